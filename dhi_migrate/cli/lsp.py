"""The command ``lsp``: serve an editor on standard input and output."""

from __future__ import annotations

import sys
from typing import Final

from .console import say

INSTALL: Final = "pip install 'dhi-migrate[lsp]'"
"""How to get what the server needs."""


def run() -> int:
    """Serve until the editor ends the session; gives the exit code: 0, 1 where it went without a word, 2 for wrong usage."""
    try:
        import pygls  # noqa: F401 - only whether it is there
    except ImportError:
        say(f"the editor server needs pygls, which is not installed: {INSTALL}")
        return 2
    if sys.stdin.isatty():
        say("lsp is started by an editor, and talks to it on standard input and output; docs/editors.md says how")
        return 2
    from ..lsp.server import serve

    return serve()

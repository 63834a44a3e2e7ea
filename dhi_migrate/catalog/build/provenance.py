"""Which commit of the public catalog a checkout is, as git tells it without running anything of the checkout's."""

from __future__ import annotations

import os
import re
import subprocess
from typing import NamedTuple

_SECONDS = 30
_LINE = re.compile(r"([0-9a-f]{40,64}) (\d{4}-\d{2}-\d{2})\n?\Z")


class Provenance(NamedTuple):
    """The full `commit` and its `date` (UTC, ISO 8601)."""

    commit: str
    date: str


def git_provenance(checkout: str) -> Provenance | None:
    """The commit that `checkout` has out; None where it is no git work tree of its own, or git cannot be asked."""
    if not os.path.exists(os.path.join(checkout, ".git")):
        return None
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed list of arguments, no shell
            [  # noqa: S607 - the git of the PATH is meant
                "git",
                *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "log.showSignature=false"),
                *("-C", checkout, "log", "-1", "--no-show-signature"),
                *("--date=format-local:%Y-%m-%d", "--format=%H %cd"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
            env={**environment, "TZ": "UTC", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"},
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    match = _LINE.match(done.stdout) if done.returncode == 0 else None
    return Provenance(match[1], match[2]) if match else None

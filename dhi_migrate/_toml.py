"""TOML from files that are not ours: as `tomllib` reads it, but for keys that cost it the square of their length."""

from __future__ import annotations

from typing import Any

from ._pattern import regex

MAX_PARTS = 16
"""Most parts of a dotted key, ``a.b.c``. tomllib keeps each beginning of a key: of n parts, n * n / 2 names."""

_LONG_KEY = regex(r"""(?:(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){16}""")


def parse_toml(text: str) -> dict[str, Any]:
    """The document `text`.

    Raises ValueError (`tomllib.TOMLDecodeError`) for what is no TOML, RecursionError for what is nested too deeply.
    """
    import tomllib

    if _LONG_KEY.search(text) is not None:
        raise RecursionError
    return tomllib.loads(text)

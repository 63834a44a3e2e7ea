"""TOML to values, in time that grows with the text: `tomllib` takes the square of it for a key of very many parts."""

from __future__ import annotations

from .._pattern import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

MAX_PARTS: Final = 20
"""Most parts of a dotted key."""

_PART: Final = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*"|'[^'\n]*')[ \t]*+\.[ \t]*+"""
_LONG_KEY = regex(rf"(?<![A-Za-z0-9_-])(?:{_PART}){{{MAX_PARTS}}}")


def load_toml(text: str) -> dict[str, Any]:
    """What `tomllib` makes of `text`.

    Raises what it raises, ValueError (also for a key of more than `MAX_PARTS` parts) and RecursionError.
    """
    import tomllib

    if text.count(".") >= MAX_PARTS and _LONG_KEY.search(text) is not None:
        raise ValueError(f"a key has more than {MAX_PARTS} parts")
    return tomllib.loads(text)

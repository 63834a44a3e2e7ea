"""JSON arrays of strings, as the exec form uses them, with the place of every element."""

from __future__ import annotations

import re

from .._pattern import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

_STRING = regex(r'"([^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+)"')
_ESCAPE = r"(?:\\u[0-9a-fA-F]{4})+|\\."
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BLANK = " \t\r\n"


def string_array(text: str, start: int, stop: int) -> list[tuple[str, int, int]] | Literal["mixed", "invalid"]:
    """Read ``text[start:stop]``, which starts with ``[``, as Go's encoding/json does.

    Gives value, start and end (quotes included) of each element; "mixed" if it is an array with something else than
    strings, which BuildKit refuses; "invalid" if it is no JSON array, which BuildKit takes for a shell text. Linear.
    """
    at = _skip(text, start + 1, stop)
    found: list[tuple[str, int, int]] = []
    if text.startswith("]", at, stop):
        at += 1
    else:
        while True:
            match = _STRING.match(text, at, stop)
            if match is None:
                return _judge(text[start:stop])
            body = match.group(1)
            found.append((body if "\\" not in body else re.sub(_ESCAPE, _decode, body), match.start(), match.end()))
            at = _skip(text, match.end(), stop)
            if text.startswith(",", at, stop):
                at = _skip(text, at + 1, stop)
            elif text.startswith("]", at, stop):
                at += 1
                break
            else:
                return _judge(text[start:stop])
    if _skip(text, at, stop) != stop:
        return "invalid"
    return found


def _skip(text: str, at: int, stop: int) -> int:
    while at < stop and text[at] in _BLANK:
        at += 1
    return at


def _decode(match: re.Match[str]) -> str:
    token = match.group()
    if token[1] != "u":
        return _SHORT.get(token[1], token[1])
    units = b"".join([int(unit, 16).to_bytes(2, "big") for unit in token[2:].split("\\u")])
    # Go turns each half of a broken pair into U+FFFD.
    return re.sub("[\ud800-\udfff]", "\ufffd", units.decode("utf-16-be", "surrogatepass"))


def _judge(text: str) -> Literal["mixed", "invalid"]:
    """Say whether `text`, no array of strings, is a JSON array at all."""
    import json

    def refuse(name: str) -> None:
        raise ValueError(name)

    def number(digits: str) -> float:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            raise ValueError(digits)
        return value

    try:
        json.loads(text, parse_constant=refuse, parse_int=number, parse_float=number)
    except (ValueError, RecursionError):
        return "invalid"
    return "mixed"

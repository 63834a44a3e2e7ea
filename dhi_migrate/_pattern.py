"""Forms of texts: numbers, and regular expressions that are compiled when they are first used.

A run on one small file uses a tenth of the expressions of this program, and compiling the others would be a quarter of its time.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, AnyStr


class _Lazy:
    """Stands for a compiled expression; the first attribute that is asked for compiles it."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._given = text, flags

    def __getattr__(self, name: str) -> Any:
        text, flags = self._given
        compiled = re.compile(text, flags)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "split", "pattern"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` gives for `text`, as far as its methods are called; a bad `text` is found at the first call.

    It is not accepted by the functions of `re` that take a pattern: call its methods.
    """
    return _Lazy(text, flags)  # type: ignore[return-value]  # it has the methods, which is what is promised


MAX_DIGITS = 40
"""Most digits of what counts as a number; ``int`` of more than 4,300 raises."""


def is_number(text: str) -> bool:
    """Whether `text` is digits of ASCII alone, no more than `int` reads; ``str.isdigit`` takes ``²`` too."""
    return text.isdigit() and text.isascii() and len(text) <= MAX_DIGITS

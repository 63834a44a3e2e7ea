"""How text is laid out: colours or none, and the width to fit."""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, Literal

    Ink = Literal["error", "warning", "info", "path", "frame", "good", "removed", "faint"]


# SGR parameters, ECMA-48 section 8.3.117: 1 bold, 2 faint, 31 red, 32 green, 33 yellow, 34 blue, 36 cyan.
_INKS: Final[dict[str, str]] = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "path": "1",
    "frame": "34",
    "good": "32",
    "removed": "31",
    "faint": "2",
}


class Style(NamedTuple):
    """How a report for people looks: `colour` on or off, `width` in columns, and which fixes are on offer.

    With `unsafe_fixes` the unsafe ones count as applicable too (the mark ``[*]``).
    """

    colour: bool = False
    width: int = 120
    unsafe_fixes: bool = False

    def paint(self, ink: Ink, text: str) -> str:
        """Put `text`, which holds nothing but printable characters, into a colour; unchanged without colours."""
        return f"\x1b[{_INKS[ink]}m{text}\x1b[0m" if self.colour and text else text


def wrap(text: str, columns: int) -> list[str]:
    """Break `text` at spaces into lines of at most `columns` characters; a longer word gets a line of its own."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > columns:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]

"""A shadow of the file for dockerfile-parse: as many lines, without what that library reads otherwise than BuildKit."""

from __future__ import annotations

from .text import SPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_GUARD = "\ue000"
"""A private-use character: stands where dockerfile-parse must not see a space or a continuation."""

_MOST_LINES = 256
"""Longer instructions keep their place but not their text.

Dockerfile-parse takes quadratic time to join continued lines.
"""

_FOREIGN = {code: _GUARD for code in (*range(0x1C, 0x20), *map(ord, SPACE)) if code > 0x7F or 0x1B < code < 0x20}
"""What is space to dockerfile-parse and not to BuildKit, at least not within a line."""


def directive_line(escape: str | None) -> str:
    """The shadow of a parser directive that sets the escape character (or of another one, None)."""
    return f"# escape={escape}\n" if escape else "# syntax=x\n"


def instruction_lines(
    keyword: str, texts: Sequence[str | None], split_first: bool, logical: str, escape: str
) -> list[str]:
    """Shadow of one instruction, line by line.

    `texts` has one entry a physical line: its text without the continuation character, or None for a comment or an
    empty line. `split_first` says that the first line does not hold the keyword with an ASCII space or nothing after it;
    `logical` is the whole text.
    """
    if len(texts) == 1 and not split_first:
        return [_guarded(texts[0] or "", escape)]
    texts = list(texts)
    if split_first or len(texts) > _MOST_LINES:
        arguments = logical.strip(SPACE)[len(keyword) :] if len(texts) <= _MOST_LINES else ""
        texts = [f"{keyword or _GUARD} {arguments.lstrip(SPACE)}", *[None] * (len(texts) - 1)]
    last = max(index for index, text in enumerate(texts) if text is not None)
    lines = []
    for index, text in enumerate(texts):
        if text is None:
            lines.append("#\n")
        elif index == last:
            lines.append(_guarded(text, escape))
        else:
            lines.append(_translated(text) + escape + "\n")
    return lines


def _translated(text: str) -> str:
    return text if text.isascii() and text.isprintable() else text.translate(_FOREIGN)


def _guarded(text: str, escape: str) -> str:
    text = _translated(text.rstrip(SPACE))
    if text.rstrip().endswith(escape):
        text += _GUARD
    return text + "\n"

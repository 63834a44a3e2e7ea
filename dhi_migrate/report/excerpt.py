"""The source line of a finding, with carets under the place."""

from __future__ import annotations

from ..dockerfile.source import Source, Span
from .escape import cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from .style import Ink, Style

_CUT: Final = "..."
_LEAD: Final = 20  # columns that are still shown before the place when the start of a long line is cut off


def excerpt(source: Source, span: Span, ink: Ink, style: Style) -> list[str]:
    """Give three lines: a gutter, the first source line of `span` with its number, and carets under the place.

    What does not fit into `style.width` is cut around the place. A span over several lines is marked to the end of its
    first line, with a note where it ends. All have a gutter as wide as the line number.
    """
    line = source.line_of(span.start)
    last = source.line_of(max(span.start, span.end - 1))
    number = str(line)
    bar = style.paint("frame", "|")
    gutter = " " * len(number)
    shown, indent, carets = _cut_to_fit(*split_line(source, span, line, style.width), style.width - len(number) - 3)
    marker = style.paint(ink, "^" * carets) + (f" to line {last}" if last > line else "")
    return [
        f"{gutter} {bar}",
        f"{style.paint('frame', number)} {bar} {shown}".rstrip(" "),
        f"{gutter} {bar} {' ' * indent}{marker}",
    ]


def split_line(source: Source, span: Span, line: int, columns: int) -> tuple[list[tuple[str, int]], int, int]:
    """Give the cells of the line around the span, and which of them are the span (first, and one past the last).

    Of a long line only what can be shown at all is decoded.
    """
    whole = source.line_span(line)
    most = 4 * columns  # bytes: no character takes more than four
    start = min(span.start, whole.end)
    end = max(start, min(span.end, whole.end, start + most))
    before = source.text(Span(max(whole.start, start - most), start))
    if line == 1:
        before = before.removeprefix("\ufeff")
    shown = cells(before)
    first = len(shown)
    shown += cells(source.text(Span(start, end)), sum(width for _, width in shown))
    past = len(shown)
    if end == min(span.end, whole.end):
        shown += cells(source.text(Span(end, min(whole.end, end + most))), sum(width for _, width in shown))
    return shown, first, past


def _cut_to_fit(shown: list[tuple[str, int]], first: int, past: int, columns: int) -> tuple[str, int, int]:
    """Give the text to show, the column of the first caret, and the number of carets (at least one)."""
    indent = sum(width for _, width in shown[:first])
    carets = sum(width for _, width in shown[first:past])
    total = indent + carets + sum(width for _, width in shown[past:])
    if total <= columns:
        return "".join(cell for cell, _ in shown), indent, max(carets, 1)
    text = ""
    if indent + min(carets, _LEAD) > columns - len(_CUT):
        while first > 0 and indent > _LEAD:
            indent -= shown[0][1]
            shown = shown[1:]
            first -= 1
            past -= 1
        text = _CUT
        indent += len(_CUT)
    room = columns - len(text) - len(_CUT)
    for cell, width in shown:
        if width > room:
            text += _CUT
            break
        text += cell
        room -= width
    return text, indent, max(1, min(carets, columns - indent))

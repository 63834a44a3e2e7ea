"""Where the characters of a shell text are in the file."""

from __future__ import annotations

from bisect import bisect_right

from ..source import Span, span_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import Instruction, Word
    from ..text import Layout


class Place:
    """Maps character offsets of one shell text to bytes of the file.

    The text starts at character `shift` of `layout`. A text that is not in the file as it stands (decoded escapes) has no
    layout: all that is in it has the span `whole`.
    """

    __slots__ = ("_base", "_layout", "_shift", "_whole")

    def __init__(self, layout: Layout | None, shift: int, whole: Span) -> None:
        self._layout = layout
        self._shift = shift
        self._whole = whole
        single = layout is not None and layout.plain and len(layout.starts) == 1
        self._base = layout.offsets[0] + shift if layout is not None and single else -1

    def span(self, start: int, end: int) -> Span:
        """Bytes of the characters `start` <= offset < `end`."""
        if self._base >= 0:
            return span_of((self._base + start, self._base + end))
        if self._layout is None:
            return self._whole
        if start == end and start:
            # nothing, behind a character: it is on that one's line, also where the next character is on another
            after = self._layout.span(self._shift + start - 1, self._shift + start).end
            return Span(after, after)
        return self._layout.span(self._shift + start, self._shift + end)

    def spans(self, places: Sequence[tuple[int, int]]) -> list[Span]:
        """What `span` gives for each of `places`, which stand one behind the other and are not empty."""
        base, layout, shift = self._base, self._layout, self._shift
        if base >= 0:
            return [span_of((base + start, base + end)) for start, end in places]
        if layout is None:
            return [self._whole] * len(places)
        if not layout.plain:
            return [layout.span(shift + start, shift + end) for start, end in places]
        starts, offsets = layout.starts, layout.offsets
        final = len(starts) - 1
        found = []
        segment = bisect_right(starts, shift + places[0][0]) - 1 if places else 0
        for start, end in places:
            first, last = shift + start, shift + end
            while segment < final and first >= starts[segment + 1]:
                segment += 1
            if segment == final or last <= starts[segment + 1]:
                by = offsets[segment] - starts[segment]
                found.append(span_of((by + first, by + last)))
            else:
                found.append(layout.span(first, last))
        return found

    def inner(self, start: int, end: int) -> Place:
        """The place of a text that is the characters `start` <= offset < `end` of this one."""
        return Place(self._layout, self._shift + start, self._whole)

    def collapsed(self, start: int, end: int) -> Place:
        """The place of a text that was decoded from the characters `start` <= offset < `end` of this one."""
        return Place(None, 0, self.span(start, end))


def of_word(instruction: Instruction, word: Word) -> Place:
    """The place of the text of `word`: a shell text as written, or an element of a JSON array without its quotes."""
    original = instruction.original
    text = word.text
    if original.startswith(text, word.offset):
        return Place(instruction.layout, word.offset, word.span)
    if original.startswith(f'"{text}"', word.offset):
        return Place(instruction.layout, word.offset + 1, word.span)
    return Place(None, 0, word.span)

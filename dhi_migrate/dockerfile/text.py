"""Logical lines.

What is left of a few physical lines once continuations are joined, and where each character came from.
"""

from __future__ import annotations

from bisect import bisect_right

from .._record import NamedTuple
from .source import span_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .source import Span

SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""The characters of Go's ``unicode.IsSpace``.

Python's ``str.isspace`` also takes U+001C to U+001F, which BuildKit does not.
"""

_CHUNK = 256
"""Longest run of characters of a line with non-ASCII text that is measured at once.

Bounds the cost of one look-up.
"""


class Layout(NamedTuple):
    """Where the characters of the logical line `text` are in the file.

    `starts[i]` is the 0-based character offset in `text` of segment `i`, `offsets[i]` the byte offset of its first
    character in the file. Segments are contiguous in `text`; between two of them the file has a continuation (and
    perhaps comments or empty lines).
    """

    text: str
    starts: tuple[int, ...]
    offsets: tuple[int, ...]
    plain: bool

    def span(self, start: int, end: int) -> Span:
        """Bytes of the file from the first to the last of the characters `start` <= offset < `end`.

        Continuations between are inside.
        """
        if self.plain and len(self.starts) == 1:
            base = self.offsets[0]
            return span_of((base + start, base + end if end > start else base + start))
        if self.plain:
            # nearly all spans begin and end on one physical line, which takes one look-up and no call
            starts = self.starts
            segment = bisect_right(starts, start) - 1
            first = self.offsets[segment] + start - starts[segment]
            if segment + 1 == len(starts) or end <= starts[segment + 1]:
                return span_of((first, first + end - start if end > start else first))
        else:
            first = self._byte(start)
        if end <= start:
            return span_of((first, first))
        return span_of((first, self._byte(end - 1, after=True)))

    def _byte(self, at: int, after: bool = False) -> int:
        segment = bisect_right(self.starts, at) - 1
        start = self.starts[segment]
        stop = at + 1 if after else at
        if self.plain:
            return self.offsets[segment] + stop - start
        return self.offsets[segment] + len(self.text[start:stop].encode("utf-8", "surrogateescape"))

    def part(self, start: int, end: int) -> Layout:
        """Layout of the characters `start` <= offset < `end` alone, with offsets that count from `start`."""
        if len(self.starts) == 1 and self.plain:
            return Layout(self.text[start:end], (0,), (self.offsets[0] + start,), True)
        first = bisect_right(self.starts, start) - 1
        last = max(first + 1, bisect_right(self.starts, max(start, end - 1)))
        starts = [0, *(at - start for at in self.starts[first + 1 : last])]
        offsets = [self._byte(start), *self.offsets[first + 1 : last]]
        return Layout(self.text[start:end], tuple(starts), tuple(offsets), self.plain)


def layout(pieces: Sequence[tuple[str, int]]) -> Layout:
    """Join `pieces`, each the text of one physical line and the byte offset of its first character.

    At least one piece.
    """
    if len(pieces) == 1:
        text, offset = pieces[0]
        if text.isascii():
            return Layout(text, (0,), (offset,), True)
    joined = "".join([text for text, _ in pieces])
    plain = joined.isascii()
    starts: list[int] = []
    offsets: list[int] = []
    at = 0
    for text, offset in pieces:
        starts.append(at)
        offsets.append(offset)
        if not plain and len(text) > _CHUNK:
            for begin in range(_CHUNK, len(text), _CHUNK):
                before = text[begin - _CHUNK : begin]
                starts.append(at + begin)
                offsets.append(offsets[-1] + len(before.encode("utf-8", "surrogateescape")))
        at += len(text)
    return Layout(joined, tuple(starts), tuple(offsets), plain)

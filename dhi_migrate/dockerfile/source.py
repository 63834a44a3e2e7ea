"""Byte spans and positions: the one coordinate space of the tool."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Span(NamedTuple):
    """Half-open range of byte offsets, `start` <= offset < `end`, in the original file."""

    start: int
    end: int


span_of: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)
"""Makes a `Span` of a pair without the call that ``Span(start, end)`` is: there are a hundred in a usual file."""


class Position(NamedTuple):
    """A place for people: 1-based `line`, 1-based `column` counted in code points."""

    line: int
    column: int


class Source:
    """The bytes of one file with an index of its lines.

    Lines are separated by a line feed; a carriage return before it belongs to the line. `line_starts` holds the byte
    offset of each line, first line first.
    """

    __slots__ = ("data", "line_starts")

    def __init__(self, data: bytes) -> None:
        """Index `data`; any bytes are accepted."""
        self.data = data
        starts = [0]
        find = data.find
        at = find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = find(b"\n", at + 1)
        self.line_starts = starts

    @property
    def line_count(self) -> int:
        """Number of lines; text after the last newline counts as a line, even if empty."""
        return len(self.line_starts)

    def line_of(self, offset: int) -> int:
        """1-based line that holds byte `offset`."""
        return bisect_right(self.line_starts, offset)

    def line_span(self, line: int) -> Span:
        """Span of 1-based `line` without its line ending (LF or CR LF)."""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] - 1 if line < len(self.line_starts) else len(self.data)
        if end > start and self.data[end - 1 : end] == b"\r":
            end -= 1
        return Span(start, end)

    def position(self, offset: int) -> Position:
        """Line and column of byte `offset`.

        Undecodable bytes count as one code point each, a byte order mark as none.
        """
        line = self.line_of(offset)
        prefix = self.data[self.line_starts[line - 1] : offset]
        if line == 1 and prefix.startswith(b"\xef\xbb\xbf"):
            prefix = prefix[3:]
        return Position(line, len(prefix.decode("utf-8", "surrogateescape")) + 1)

    def text(self, span: Span) -> str:
        """Decoded text of `span` (UTF-8, undecodable bytes as lone surrogates)."""
        return self.data[span.start : span.end].decode("utf-8", "surrogateescape")

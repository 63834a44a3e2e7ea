"""The text of an open file: its bytes, and the places in it as an editor counts them.

An editor counts lines from 0, and columns in the units of the encoding that it has agreed on: UTF-8, UTF-16 or UTF-32. A line
ends at LF, CR LF or a lone CR. Everything else of this program counts bytes.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from lsprotocol import types

from .._pattern import regex

if TYPE_CHECKING:
    from ..dockerfile import Span

UTF8, UTF16, UTF32 = "utf-8", "utf-16", "utf-32"
"""The encodings of the protocol; the one that holds without an agreement is UTF-16."""

_ENDING = regex(rb"\r\n|\n|\r")
_BEYOND = 0x10000  # the first code point that takes two units of UTF-16


def to_bytes(text: str) -> bytes:
    """The bytes of a `text` from an editor; half of a surrogate pair, which no file can hold, becomes a question mark."""
    return text.encode("utf-8", "replace")


class Text:
    """The bytes `data` of an open file (UTF-8), with its places in the units of `encoding`. It never changes."""

    __slots__ = ("_ends", "_starts", "data", "encoding")

    def __init__(self, data: bytes, encoding: str = UTF16) -> None:
        """Index the lines of `data`."""
        self.data = data
        self.encoding = encoding
        starts, ends = [0], []
        for ending in _ENDING.finditer(data):
            ends.append(ending.start())
            starts.append(ending.end())
        self._starts = starts
        self._ends = [*ends, len(data)]

    def offset(self, position: types.Position) -> int:
        """The byte at `position`; one behind the end of its line is that end, one behind the last line the end of the file."""
        line = max(0, position.line)
        if line >= len(self._starts):
            return len(self.data)
        start, wanted = self._starts[line], max(0, position.character)
        raw = self.data[start : self._ends[line]]
        if raw.isascii():
            return start + min(wanted, len(raw))
        used = units = 0
        for character in raw.decode("utf-8", "replace"):
            size = self._units(character)
            if units + size > wanted:
                break  # the end, or the middle of a character: its beginning
            units += size
            used += len(character.encode())
        return start + used

    def position(self, offset: int) -> types.Position:
        """The place of the byte `offset`; inside of a line ending it is the end of the line."""
        line = bisect_right(self._starts, offset) - 1
        raw = self.data[self._starts[line] : min(offset, self._ends[line])]
        if raw.isascii():
            return types.Position(line, len(raw))
        text = raw.decode("utf-8", "ignore")
        if self.encoding == UTF8:
            return types.Position(line, len(text.encode()))
        pairs = sum(ord(character) >= _BEYOND for character in text) if self.encoding == UTF16 else 0
        return types.Position(line, len(text) + pairs)

    def range(self, start: int, end: int) -> types.Range:
        """The range of the bytes `start` <= offset < `end`."""
        return types.Range(self.position(start), self.position(end))

    def span_range(self, span: Span) -> types.Range:
        """The range of `span`."""
        return self.range(span.start, span.end)

    def changed(self, change: types.TextDocumentContentChangeEvent) -> Text:
        """The text after one `change` of the editor: of a range, or as a whole."""
        if not isinstance(change, types.TextDocumentContentChangePartial):
            return Text(to_bytes(change.text), self.encoding)
        start, end = self.offset(change.range.start), self.offset(change.range.end)
        start, end = min(start, end), max(start, end)
        return Text(self.data[:start] + to_bytes(change.text) + self.data[end:], self.encoding)

    def _units(self, character: str) -> int:
        if self.encoding == UTF8:
            return len(character.encode())
        return 2 if self.encoding == UTF16 and ord(character) >= _BEYOND else 1

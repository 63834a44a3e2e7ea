"""Regions of a file as SARIF writes them: by line and column, by characters, and by bytes."""

from __future__ import annotations

from ..dockerfile.source import Source, Span

_BOM = b"\xef\xbb\xbf"


class Regions:
    """The regions of one file. Counting its characters is put off until the first one is asked for, and done once."""

    __slots__ = ("_before", "_source")

    def __init__(self, source: Source) -> None:
        """Give regions of `source`."""
        self._source = source
        self._before: list[int] | None = None

    def of(self, start: int, end: int) -> dict[str, int]:
        """Give the region of the bytes `start` <= offset < `end`.

        A byte that is not UTF-8 counts as one character. A byte order mark is none, and no column; as a byte it counts.
        """
        first, last = self._source.position(start), self._source.position(end)
        offset = self._characters(start)
        return {
            "startLine": first.line,
            "startColumn": first.column,
            "endLine": last.line,
            "endColumn": last.column,
            "charOffset": offset,
            "charLength": self._characters(end) - offset,
            "byteOffset": start,
            "byteLength": end - start,
        }

    def _characters(self, offset: int) -> int:
        """Count the characters before byte `offset`."""
        if self._before is None:
            self._before = self._count()
        line, column = self._source.position(offset)
        return self._before[line - 1] + column - 1

    def _count(self) -> list[int]:
        """Count the characters before each line."""
        source = self._source
        if source.data.isascii():
            return source.line_starts
        before = [0]
        ends = [*source.line_starts[1:], len(source.data)]
        for start, end in zip(source.line_starts, ends, strict=True):
            text = source.text(Span(start, end))
            if start == 0:
                text = text.removeprefix("\ufeff")
            before.append(before[-1] + len(text))
        return before

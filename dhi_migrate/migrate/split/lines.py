"""The lines of a Dockerfile as a rewriting sees them: instructions with the comments directly above them, and empty lines."""

from __future__ import annotations

from ...rules.edits import apply_edits
from ...rules.findings import Edit
from ...rules.repairs import BOM, line_ending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...dockerfile import Dockerfile, Instruction


class Lines:
    """The lines of one file; all numbers are 1-based."""

    def __init__(self, dockerfile: Dockerfile) -> None:
        self.source = dockerfile.source
        self.data = self.source.data
        self.ending = line_ending(dockerfile)
        self.comments = {one.line for one in dockerfile.comments if one.instruction is None}

    def last(self, instruction: Instruction) -> int:
        """The last line of `instruction`."""
        return self.source.line_of(max(instruction.span.end - 1, instruction.span.start))

    def first(self, instruction: Instruction) -> int:
        """The first of the comment lines directly above `instruction`, or its own."""
        line = instruction.start_line
        while line - 1 in self.comments:
            line -= 1
        return line

    def is_blank(self, line: int) -> bool:
        """Whether nothing stands on `line`."""
        span = self.source.line_span(line)
        return not self.data[span.start : span.end].strip()

    def end(self, line: int) -> int:
        """The byte behind the text of `line`, before its line ending."""
        span = self.source.line_span(line)
        return span.start + len(self.data[span.start : span.end].rstrip(b"\r\n"))

    def text(self, first: int, last: int, inside: Iterable[Edit]) -> str:
        """The lines `first` to `last` with those of the edits `inside` made that lie there, without the final line ending."""
        start, end = self.source.line_starts[first - 1], self.end(last)
        if first == 1 and self.data.startswith(BOM):
            start = len(BOM)
        edits = [
            Edit(one.start - start, one.end - start, one.text)
            for one in inside
            if start <= one.start and one.end <= end
        ]
        return apply_edits(self.data[start:end], edits).decode("utf-8", "surrogateescape")

    def removals(self, gone: set[int], kept: int) -> Iterator[Edit]:
        """Take the lines `gone` out up to line `kept`, each range with one of the two empty lines around it."""
        line = 1
        while line <= kept:
            if line not in gone:
                line += 1
                continue
            first = line
            while line in gone and line <= kept:
                line += 1
            end = line
            if end <= kept and self.is_blank(end) and (first == 1 or self.is_blank(first - 1)):
                end += 1
            start = self.source.line_starts[first - 1]
            if first == 1 and self.data.startswith(BOM):
                start = len(BOM)
            yield Edit(start, self.source.line_starts[end - 1], b"")


def cased(line: str, like: str) -> str:
    """The instruction `line` with its keyword in lower case, where the keyword `like` of the file is."""
    keyword, space, rest = line.partition(" ")
    return f"{keyword.lower()}{space}{rest}" if like.islower() else line


def merged(edits: Iterable[Edit]) -> list[Edit]:
    """`edits` without those inside of others: what is taken out as a whole needs no more."""
    ordered = sorted(dict.fromkeys(edits), key=lambda one: (one.start, -one.end))
    found: list[Edit] = []
    for one in ordered:
        if found and one.end <= found[-1].end and one.start >= found[-1].start and found[-1].end > found[-1].start:
            if one.start == one.end and one.start in {found[-1].start, found[-1].end}:
                found.append(one)
            continue
        found.append(one)
    return found

"""Markdown for a comment on a pull request: the totals first, then a table for each file that has findings.

A comment holds 65,536 characters at most (GitHub). What does not fit is named with its number of findings, or counted.
The first line is a comment that nobody sees: by it the job of a later commit can find its comment and replace it.
"""

from __future__ import annotations

from .escape import visible
from .frame import Frame, Piece
from .markdown_text import code, plain
from .notes import cut, notes
from .places import lines_of
from .style import Style
from .text import render_summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..dockerfile.source import Source
    from ..rules.findings import FileReport, Finding, StageReport
    from .tally import Tally

MARKER: Final = "<!-- dhi-migrate report -->\n"
_MOST_WHOLE: Final = 45_000  # bytes of files with all their findings
_MOST: Final = 60_000  # bytes of all files; with head and tail it stays below what a comment holds
_MOST_STAGES: Final = 20
_MOST_TEXT: Final = 500  # characters of one text


class MarkdownFrame(Frame):
    """Keeps what fits into a comment, and puts the totals before it."""

    __slots__ = ("_kept", "_left_out", "_size")

    def __init__(self) -> None:
        """Begin with nothing kept."""
        super().__init__()
        self._kept: list[bytes] = []
        self._left_out = 0
        self._size = 0

    def place(self, text: bytes, extra: bytes) -> bytes:
        """Keep a file, or the one line that `extra` is, or count it; nothing is printed yet."""
        for form, most in ((text, _MOST_WHOLE if extra else _MOST), (extra, _MOST)):
            if form and self._size + len(form) <= most:
                self._kept.append(form)
                self._size += len(form)
                return b""
        self._left_out += bool(text)
        return b""

    def end(self, tally: Tally) -> str:
        """Give the whole comment."""
        totals = "\n".join(f"{line}  " for line in render_summary(tally, Style()).splitlines())
        head = f"{MARKER}## dhi-migrate\n\n{totals.strip() or 'Nothing was checked.'}\n"
        tail = ""
        if self._left_out:
            files = "1 more file" if self._left_out == 1 else f"{self._left_out} more files"
            tail = f"\n... and {files} for which this comment has no room.\n"
        return head + b"".join(self._kept).decode() + tail


def render_file(report: FileReport) -> Piece:
    """Give a heading and a table for a file with findings, and a line for the case that there is no room for it."""
    path = code(cut(visible(report.path), _MOST_TEXT))
    failed = ""
    if report.error is not None:
        failed = f"\n### {path}: failed\n\n{plain(cut(visible(report.error), _MOST_TEXT))}\n"
    source = report.source
    if source is None or not report.findings:
        return Piece(failed)
    standing: str = report.status or "not judged"
    if report.level is not None:
        standing += f", level {report.level}"
    parts = [f"{failed}\n### {path}: {standing}\n\n"]
    stages = [_stage(stage) for stage in report.stages[:_MOST_STAGES] if stage.target is not None]
    if stages:
        parts.append("".join(f"- {line}\n" for line in stages) + "\n")
    parts.append("| Line | Rule | Finding |\n|---|---|---|\n")
    parts += [_row(source, finding) for finding in report.findings]
    number = len(report.findings)
    return Piece("".join(parts), f"{failed}\n### {path}: {standing}\n\n{number} finding{'' if number == 1 else 's'}\n")


def _stage(stage: StageReport) -> str:
    assert stage.target is not None, "the caller asks only about stages that have one"  # noqa: S101
    name = f" {code(cut(visible(stage.name), _MOST_TEXT))}" if stage.name else ""
    base, target = (code(cut(visible(text), _MOST_TEXT)) for text in (stage.base, stage.target))
    return f"{stage.role}{name}: {base} → {target} ({stage.match}{'' if stage.safe else ', not by `--fix`'})"


def _row(source: Source, finding: Finding) -> str:
    place = lines_of(source, finding.span)
    lines = f"{place.line}" if place.line == place.end_line else f"{place.line}-{place.end_line}"
    said = [plain(cut(visible(finding.message), _MOST_TEXT))]
    said += [f"{label}: {plain(cut(text, _MOST_TEXT))}" for label, text in notes(finding)]
    return f"| {lines} | {finding.severity} {finding.rule} | {'<br>'.join(said)} |\n"

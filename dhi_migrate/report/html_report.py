"""One page of HTML: everything in it, no script, nothing loaded from elsewhere, every text of a file escaped.

The page is well-formed as XML too. It is written file by file, so the totals stand at its end; the style sheet shows
them on top. Boxes above the files choose what is shown, by style sheet alone. A page of many files stays usable: after
8 MB the files get one line each, and after 20 MB they are counted only.
"""

from __future__ import annotations

from html import escape

from .._version import __version__
from ..rules.registry import RuleInfo, texts
from .escape import visible
from .excerpt import split_line
from .frame import Frame, Piece
from .html_style import STYLE
from .notes import cut, notes
from .places import lines_of
from .shipped import shipped_rules
from .style import Style
from .text import render_summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..catalog.model import CatalogInfo
    from ..dockerfile.source import Source, Span
    from ..rules.findings import FileReport, Finding, StageReport
    from .tally import Tally

_OPENED: Final = 20  # files that are shown unfolded
_MOST_WHOLE: Final = 8_000_000  # bytes; about 4,000 files, which a browser lays out in a few seconds
_MOST: Final = 20_000_000  # about 60,000 files
_COLUMNS: Final = 160
_FOLDED: Final = b'<details class="file'


class HtmlFrame(Frame):
    """The page around the files."""

    __slots__ = ("_left_out", "_opened", "_size")

    def __init__(self) -> None:
        """Begin an empty page."""
        super().__init__()
        self._left_out = 0
        self._opened = 0
        self._size = 0

    def begin(self, info: CatalogInfo) -> str:
        """Give the head of the page and the boxes."""
        about = f"dhi-migrate {escape(__version__)}, catalog {escape(info.commit)} of {escape(info.date)}"
        boxes = "".join(
            f'<label><input type="checkbox" id="show-{name}"{checked}/> {label}</label>\n'
            for name, label, checked in (
                ("error", "errors", ' checked="checked"'),
                ("warning", "warnings", ' checked="checked"'),
                ("info", "info", ' checked="checked"'),
                ("clean", "files without findings", ""),
            )
        )
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
            f"<title>dhi-migrate report</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
            f"<header><h1>dhi-migrate report</h1>\n<p>{about}</p></header>\n<nav>Show: {boxes}</nav>\n<main>\n"
        )

    def place(self, text: bytes, extra: bytes) -> bytes:
        """Give a file as it is, as its one line `extra` where the page is long, or not at all where it is too long."""
        if self._size > _MOST_WHOLE:
            text = extra
        if self._size > _MOST:
            self._left_out += 1
            return b""
        if self._opened < _OPENED and text.startswith(_FOLDED):
            self._opened += 1
            text = b'<details open="open"' + text.removeprefix(b"<details")
        self._size += len(text)
        return text

    def end(self, tally: Tally) -> str:
        """Give the totals, the rules, and the end of the page."""
        lines = render_summary(tally, Style()).splitlines() or ["Nothing was checked."]
        totals = "".join(f"<p>{escape(line)}</p>\n" for line in lines)
        if self._left_out:
            totals += f"<p>{self._left_out} more files are not on this page, which would be too long.</p>\n"
        described = "".join(_rule(rule) for rule in shipped_rules().values())
        return (
            f'</main>\n<section class="totals">\n{totals}</section>\n'
            f'<section class="rules">\n<h2>Rules</h2>\n{described}</section>\n</body>\n</html>\n'
        )


def render_file(report: FileReport) -> Piece:
    """Give a file as a part of the page to fold out, and as one line."""
    path = _shown(report.path)
    failed = ""
    if report.error is not None:
        failed = f'<div class="file failed"><span class="path">{path}</span> failed: {_shown(report.error)}</div>\n'
    source = report.source
    standing: str = report.status or ""
    if report.level is not None:
        standing += f", level {report.level}"
    if source is None or not report.findings:
        row = failed or f'<div class="file clean"><span class="path">{path}</span> {standing}</div>\n'
        return Piece(row, row)
    counts, kinds = _counts(report)
    head = f'<span class="path">{path}</span> {standing} {counts}'
    stages = "".join(_stage(stage) for stage in report.stages)
    if stages:
        stages = (
            "<table><thead><tr><th>role</th><th>stage</th><th>base</th><th>becomes</th><th>match</th></tr></thead>\n"
            f"<tbody>{stages}</tbody></table>\n"
        )
    described = shipped_rules()
    found = "".join(_finding(source, finding, linked=finding.rule in described) for finding in report.findings)
    whole = f'<details class="file{kinds}"><summary>{head}</summary>\n{found}{stages}</details>\n'
    return Piece(failed + whole, f'{failed}<div class="file{kinds}">{head}</div>\n')


def _counts(report: FileReport) -> tuple[str, str]:
    """Say how many findings of each severity there are, and give the classes for those that there are."""
    counts = kinds = ""
    severities = [finding.severity for finding in report.findings]
    for severity in ("error", "warning", "info"):
        number = severities.count(severity)
        if number:
            plural = "" if number == 1 or severity == "info" else "s"
            counts += f' <span class="count {severity}">{number} {severity}{plural}</span>'
            kinds += f" has-{severity}"
    return counts, kinds


def _finding(source: Source, finding: Finding, *, linked: bool) -> str:
    place = lines_of(source, finding.span)
    said = "\n".join(f"<li>{label}: {escape(text)}</li>" for label, text in notes(finding))
    code = f'<a href="#{finding.rule}">{finding.rule}</a>' if linked else finding.rule
    return (
        f'<article class="{finding.severity}"><p><b>{finding.severity}</b> '
        f'{code} <span class="at">{place.line}:{place.column}</span> {_shown(finding.message)}</p>\n'
        f"{_excerpt(source, finding.span, place.line, place.end_line)}"
        f"{f'<ul>{said}</ul>' if said else ''}</article>\n"
    )


def _excerpt(source: Source, span: Span, line: int, last: int) -> str:
    """Give the first line of the place with the place marked."""
    cells, first, past = split_line(source, span, line, _COLUMNS)
    before, marked, after = (
        escape("".join(cell for cell, _ in part)) for part in (cells[:first], cells[first:past], cells[past:])
    )
    more = f'\n<span class="number">to line {last}</span>' if last > line else ""
    return f'<pre><span class="number">{line}</span> {before}<mark>{marked}</mark>{after}{more}</pre>\n'


def _stage(stage: StageReport) -> str:
    name = _shown(stage.name) if stage.name else f"#{stage.index}"
    target = _shown(stage.target) if stage.target is not None else ""
    match = stage.match + ("" if stage.safe or stage.target is None else ", not by --fix")
    cells = (stage.role, name, _shown(stage.base), target, match)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"


def _rule(rule: RuleInfo) -> str:
    said = texts(rule.code)
    paragraphs = [f"<p>{escape(part)}</p>" for text in (said.why, said.fix) for part in text.strip().split("\n\n")]
    return f'<h3 id="{rule.code}">{rule.code} {rule.name}</h3>\n<p>{escape(rule.summary)}</p>\n{"".join(paragraphs)}\n'


def _shown(text: str) -> str:
    return escape(cut(visible(text)))

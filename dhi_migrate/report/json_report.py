r"""The report for programs: JSON, version 1. Its schema is ``docs/schema/report-v1.schema.json``.

The document is pure ASCII, ends with a line ending, and is the same for the same input. `start` and `end` are byte
offsets in the file as it is; lines and columns are 1-based, columns count code points, and the end is exclusive. The
`text` of an edit, and every other text, is Unicode; a byte that is not UTF-8 stands there as ``\xNN`` (a backslash, an
"x", two digits), so an edit that would write such a byte is to be applied by ``--fix``, not from the report.
"""

from __future__ import annotations

import json

from .._version import __version__
from .escape import printable
from .frame import Frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..catalog.model import CatalogInfo
    from ..rules.findings import FileReport, Finding, Fix, StageReport
    from .tally import Tally


class JsonFrame(Frame):
    """The document around the files."""

    __slots__ = ()

    def __init__(self) -> None:
        """Separate files by commas."""
        super().__init__(",")

    def begin(self, info: CatalogInfo) -> str:
        """Give `render_head`."""
        return render_head(info)

    def end(self, tally: Tally) -> str:
        """Give `render_tail`."""
        return render_tail(tally)


def render_head(info: CatalogInfo) -> str:
    """Give the beginning of the document, up to where the files go."""
    tool = {"name": "dhi-migrate", "version": __version__}
    catalog = {"commit": info.commit, "date": info.date, "images": info.images, "tags": info.tags}
    return f'{{"version": 1,\n "tool": {json.dumps(tool)},\n "catalog": {json.dumps(catalog)},\n "files": ['


def render_file(report: FileReport) -> str:
    """Give one file as a JSON object, to be separated from the others by a comma."""
    return "\n  " + json.dumps(file_object(report), indent=1).replace("\n", "\n  ")


def render_tail(tally: Tally) -> str:
    """Give the end of the document."""
    summary = {
        "files": tally.files,
        "errors": tally.errors,
        "warnings": tally.warnings,
        "infos": tally.infos,
        "fixable": tally.fixable,
        "fixable_unsafe": tally.fixable_unsafe,
    }
    return f'],\n "summary": {json.dumps(summary)}}}\n'


def file_object(report: FileReport) -> dict[str, Any]:
    """Give one entry of "files"."""
    return {
        "path": printable(report.path),
        "status": report.status,
        "level": report.level,
        "error": None if report.error is None else printable(report.error),
        "stages": [stage_object(stage) for stage in report.stages],
        "findings": [_finding(report, finding) for finding in report.findings],
        "suppressed": report.suppressed,
    }


def stage_object(stage: StageReport) -> dict[str, Any]:
    """Give one entry of "stages"; also what ``catalog resolve`` prints."""
    return {
        "index": stage.index,
        "name": None if stage.name is None else printable(stage.name),
        "line": stage.line,
        "role": stage.role,
        "base": printable(stage.base),
        "target": None if stage.target is None else printable(stage.target),
        "match": stage.match,
        "safe": stage.safe,
        "reasons": [printable(reason) for reason in stage.reasons],
        "alternatives": [printable(alternative) for alternative in stage.alternatives],
    }


def _finding(report: FileReport, finding: Finding) -> dict[str, Any]:
    assert report.source is not None, "a file with findings was read"  # noqa: S101
    start = report.source.position(finding.span.start)
    end = report.source.position(finding.span.end)
    return {
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity,
        "message": printable(finding.message),
        "evidence": printable(finding.evidence),
        "stage": finding.stage,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "start": finding.span.start,
        "end": finding.span.end,
        "help": f"docs/rules/{finding.rule}.md",
        "fixes": [_fix(fix) for fix in finding.fixes],
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [
        {"start": edit.start, "end": edit.end, "text": edit.text.decode("utf-8", "backslashreplace")}
        for edit in fix.edits
    ]
    return {"safety": fix.safety, "title": printable(fix.title), "edits": edits}

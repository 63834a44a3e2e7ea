"""GitLab's Code Quality report: a JSON array with an object for each finding.

The form is the one that GitLab's documentation names: description, check_name, fingerprint, severity, location. The
fingerprint is what a merge request is compared by; see `dhi_migrate.report.fingerprint`.
"""

from __future__ import annotations

import json

from .escape import visible
from .fingerprint import failure_fingerprint, fingerprints
from .frame import Frame, View
from .notes import cut
from .places import from_directory, lines_of, named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from ..catalog.model import CatalogInfo
    from ..rules.findings import FileReport, Finding, Severity
    from .tally import Tally

# GitLab has info, minor, major, critical and blocker.
_SEVERITIES: Final[dict[Severity, str]] = {"error": "major", "warning": "minor", "info": "info"}


class GitlabFrame(Frame):
    """The brackets around all, and commas."""

    __slots__ = ()

    def __init__(self) -> None:
        """Separate files by commas."""
        super().__init__(",")

    def begin(self, info: CatalogInfo) -> str:
        """Open the array."""
        del info
        return "["

    def end(self, tally: Tally) -> str:
        """Close the array."""
        del tally
        return "\n]\n"


def render_file(report: FileReport, view: View) -> str:
    """Give the findings of one file as JSON objects with commas between; what went wrong with it is one of them."""
    path = named(from_directory(report.path, view.directory))
    entries: list[dict[str, Any]] = []
    if report.error is not None:
        text = f"failed: {cut(visible(report.error))}"
        entries.append(_entry("failed", text, path, 1, 1, "blocker", failure_fingerprint(path)))
    prints = fingerprints(report, path)
    entries += [_finding(report, *pair, path) for pair in zip(report.findings, prints, strict=True)]
    return ",".join("\n " + json.dumps(entry) for entry in entries)


def _finding(report: FileReport, finding: Finding, fingerprint: str, path: str) -> dict[str, Any]:
    assert report.source is not None, "a file with findings was read"  # noqa: S101
    place = lines_of(report.source, finding.span)
    text = f"{finding.rule} {cut(visible(finding.message))}"
    name, severity = f"{finding.rule} {finding.name}", _SEVERITIES[finding.severity]
    return _entry(name, text, path, place.line, place.end_line, severity, fingerprint)


def _entry(check: str, text: str, path: str, begin: int, end: int, severity: str, fingerprint: str) -> dict[str, Any]:
    return {
        "description": text,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": begin, "end": end}},
    }

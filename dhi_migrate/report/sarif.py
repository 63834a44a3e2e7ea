"""SARIF 2.1.0 (OASIS): for GitHub code scanning, Visual Studio Code and other viewers of results.

The results come first and are written file by file, then the tool with its rules: those of the package, whether they
found anything or not, and a user's own ones that did. Paths are relative to ``%SRCROOT%``, the directory that the run
was started in, whose own place is left out: the document is the same on every machine. Columns count code points. Each
region is given three times: by line and column, by characters and by bytes; as SARIF has it, only the bytes count a
byte order mark.

SARIF reads ``{0}`` in a message as a placeholder and ``[text](target)`` as a link. Text of a checked file is changed so
that it is neither; other braces stay single, as viewers show them.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from urllib.parse import quote

from .._pattern import regex
from .._version import __version__
from ..rules.registry import RuleInfo, rules, texts
from .escape import visible
from .fingerprint import fingerprints, line_hashes
from .frame import Frame, Piece, View
from .notes import cut, notes
from .places import from_directory
from .regions import Regions
from .shipped import shipped_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from ..catalog.model import CatalogInfo
    from ..rules.findings import Edit, FileReport, Finding, Fix, Severity
    from .tally import Tally

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT: Final = "%SRCROOT%"

_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}
_PLACEHOLDER = regex(r"\{([0-9]+)\}")
_MOST_NOTIFICATIONS: Final = 1000


class SarifFrame(Frame):
    """One run: the results, then what went wrong and the tool with its rules."""

    __slots__ = ("_info", "_left_out", "_notifications", "_own")

    def __init__(self) -> None:
        """Separate the results of files by commas."""
        super().__init__(",")
        self._info: dict[str, str] = {}
        self._left_out = 0
        self._notifications: list[Any] = []
        self._own: dict[str, Any] = {}

    def begin(self, info: CatalogInfo) -> str:
        """Give everything up to the first result."""
        self._info = {"catalogCommit": info.commit, "catalogDate": info.date}
        base = {ROOT: {"description": {"text": "The directory that dhi-migrate was started in."}}}
        return (
            f'{{"$schema": {json.dumps(SCHEMA)},\n "version": "2.1.0",\n "runs": [\n'
            '  {"columnKind": "unicodeCodePoints",\n   "defaultEncoding": "utf-8",\n'
            f'   "originalUriBaseIds": {json.dumps(base)},\n   "results": ['
        )

    def place(self, text: bytes, extra: bytes) -> bytes:
        """Give the results of a file; `extra` is what waits for the end: what went wrong, and rules of its own."""
        if extra:
            late = json.loads(extra)
            self._own.update(late["rules"])
            if len(self._notifications) < _MOST_NOTIFICATIONS:
                self._notifications += late["notifications"]
            else:
                self._left_out += len(late["notifications"])
        return super().place(text, extra)

    def end(self, tally: Tally) -> str:
        """Give what went wrong and the tool, and close everything."""
        noted = self._notifications
        if self._left_out:
            noted = [*noted, {"level": "error", "message": {"text": f"{self._left_out} more files failed."}}]
        invocation = {"executionSuccessful": tally.unreadable == 0, "toolExecutionNotifications": noted}
        own = [self._own[code] for code in sorted(self._own)]
        driver = {
            "name": "dhi-migrate",
            "version": __version__,
            "semanticVersion": __version__,
            "properties": self._info,
            "rules": [*map(_rule, shipped_rules().values()), *own],
        }
        return (
            f'],\n   "invocations": {json.dumps([invocation], indent=1)},\n'
            f'   "tool": {json.dumps({"driver": driver}, indent=1)}}}]}}\n'
        )


def render_file(report: FileReport, view: View) -> Piece:
    """Give the results of one file as JSON objects with commas between; what went wrong with it is a notification."""
    artifact = artifact_location(report.path, view.directory)
    notifications = [_notification(report.error, artifact)] if report.error is not None else []
    source = report.source
    if source is None or not report.findings:
        return _piece([], {}, notifications)
    regions = Regions(source)
    lines = [source.line_of(finding.span.start) for finding in report.findings]
    hashes = line_hashes(source.data, lines)
    indices = {code: number for number, code in enumerate(shipped_rules())}
    own: dict[str, Any] = {}
    results: list[str] = []
    for finding, line, fingerprint in zip(report.findings, lines, fingerprints(report), strict=True):
        result = _result(finding, artifact, regions)
        if finding.rule in indices:
            result["ruleIndex"] = indices[finding.rule]
        elif finding.rule in rules():
            own[finding.rule] = _rule(rules()[finding.rule])
        result["partialFingerprints"] = {"dhiMigrate/v1": fingerprint}
        if line in hashes:
            result["partialFingerprints"]["primaryLocationLineHash"] = hashes[line]
        results.append("\n    " + json.dumps(result))
    return _piece(results, own, notifications)


def artifact_location(path: str, directory: str) -> dict[str, Any]:
    """Give an artifactLocation for `path`: relative to the root, or absolute where it leads out of `directory`.

    The bytes of the path are percent-encoded, whatever they are.
    """
    shown = from_directory(path, directory)
    uri = quote(shown.encode("utf-8", "surrogateescape"))
    if os.path.isabs(shown):
        return {"uri": f"file://{'' if uri.startswith('/') else '/'}{uri}"}
    return {"uri": uri, "uriBaseId": ROOT}


def _piece(results: list[str], own: dict[str, Any], notifications: list[Any]) -> Piece:
    late = json.dumps({"rules": own, "notifications": notifications}) if own or notifications else ""
    return Piece(",".join(results), late)


def _notification(error: str, artifact: dict[str, Any]) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": _message(f"failed: {cut(visible(error))}")},
        "locations": [{"physicalLocation": {"artifactLocation": artifact}}],
    }


def _rule(rule: RuleInfo) -> dict[str, Any]:
    said = texts(rule.code)
    why, fix = said.why.strip(), said.fix.strip()
    text = f"{rule.summary}\n\nWhy: {why}\n\nWhat to do: {fix}\n"
    markdown = f"{rule.summary}\n\n## Why\n\n{why}\n\n## What to do\n\n{fix}\n"
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": cut(rule.summary, 1024)},  # GitHub takes no more of either
        "fullDescription": {"text": cut(" ".join(why.split()) or rule.summary, 1024)},
        "help": {"text": text, "markdown": markdown.replace("&", "&amp;").replace("<", "&lt;")},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["dockerfile", "docker-hardened-images"]},
    }


def _result(finding: Finding, artifact: dict[str, Any], regions: Regions) -> dict[str, Any]:
    text = [cut(visible(finding.message)), *(f"{label}: {text}" for label, text in notes(finding))]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message("\n".join(text))},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact, "region": regions.of(*finding.span)}},
        ],
    }
    if finding.fixes:
        result["fixes"] = [_fix(fix, artifact, regions) for fix in finding.fixes]
    return result


def _fix(fix: Fix, artifact: dict[str, Any], regions: Regions) -> dict[str, Any]:
    changes = [_replacement(edit, regions) for edit in fix.edits]
    return {
        "description": {"text": _message(cut(visible(fix.title)))},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": changes}],
        "properties": {"safety": fix.safety},
    }


def _replacement(edit: Edit, regions: Regions) -> dict[str, Any]:
    """Give a replacement of text, or of bytes where the new ones are no text."""
    try:
        content = {"text": edit.text.decode("utf-8")}
    except UnicodeDecodeError:
        return {
            "deletedRegion": {"byteOffset": edit.start, "byteLength": edit.end - edit.start},
            "insertedContent": {"binary": b64encode(edit.text).decode("ascii")},
        }
    replacement: dict[str, Any] = {"deletedRegion": regions.of(edit.start, edit.end)}
    if edit.text:
        replacement["insertedContent"] = content
    return replacement


def _message(text: str) -> str:
    return _PLACEHOLDER.sub(r"{{\1}}", text).replace("](", "] (")

"""Workflow commands of GitHub Actions: each finding becomes an annotation of its lines.

A command is one line, ``::error file=..,line=..::message``. The escapes are those that the runner takes back: ``%``, CR
and LF everywhere, ``:`` and ``,`` in properties too. Other control characters are written out before, so nothing of a
checked file can end the line and begin a command of its own.

GitHub shows 10 errors, 10 warnings and 10 notices of a step; the rest is in its log, which is why the message says the
place again.
"""

from __future__ import annotations

from .escape import visible
from .notes import cut, notes
from .places import from_directory, lines_of, named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..dockerfile.source import Source
    from ..rules.findings import FileReport, Finding, Severity
    from .frame import View

_COMMANDS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}


def render_file(report: FileReport, view: View) -> str:
    """Give a command for each finding, each with a line ending, and one without a line for what went wrong."""
    path = named(from_directory(report.path, view.directory))
    commands: list[str] = []
    if report.error is not None:
        properties = [("file", path), ("title", "dhi-migrate")]
        commands.append(_command("error", properties, f"{visible(report.path)}: {cut(visible(report.error))}"))
    source = report.source
    if source is not None:
        commands += [_finding(path, report, source, finding) for finding in report.findings]
    return "".join(commands)


def _finding(path: str, report: FileReport, source: Source, finding: Finding) -> str:
    place = lines_of(source, finding.span)
    properties = [("file", path), ("line", str(place.line))]
    if place.end_line == place.line:  # GitHub takes columns of one line only
        properties += [("col", str(place.column)), ("endLine", str(place.end_line))]
        properties.append(("endColumn", str(place.end_column)))
    else:
        properties.append(("endLine", str(place.end_line)))
    properties.append(("title", f"{finding.rule} {finding.name}"))
    message = [f"{visible(report.path)}:{place.line}:{place.column}: {finding.rule} {cut(visible(finding.message))}"]
    message += [f"{label}: {text}" for label, text in notes(finding)]
    return _command(_COMMANDS[finding.severity], properties, "\n".join(message))


def _command(name: str, properties: list[tuple[str, str]], message: str) -> str:
    shown = ",".join(f"{key}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}" for key, value in properties)
    return f"::{name} {shown}::{_escaped(message)}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

"""The report for people: each finding with its source line, what becomes of each stage, and a summary."""

from __future__ import annotations

from .escape import visible, width
from .excerpt import excerpt
from .style import Style, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..dockerfile.source import Source
    from ..rules.findings import FileReport, Finding, StageReport, Status
    from .style import Ink
    from .tally import Tally

_WIDEST_COLUMN: Final = 56  # a longer reference stands out of its column rather than pushing everybody else's
_LEAST_TEXT: Final = 40
_MEANINGS: Final[dict[Status, str]] = {
    "hardened": "nothing left to do",
    "swappable": "by FROM lines alone",
    "fixable": "with further edits",
    "manual": "needs a person",
    "unsupported": "no hardened equivalent",
}


def render_text(report: FileReport, style: Style) -> str:
    """Give the findings of one file and a line a stage, with a blank line after each block; "" without findings."""
    source = report.source
    if source is None or not report.findings:
        return ""
    told: set[int] = set()
    blocks = [_finding(report, source, finding, told, style) for finding in report.findings]
    blocks.append(_stages(report, told, style))
    return "".join("\n".join(block) + "\n\n" for block in blocks if block)


def render_summary(tally: Tally, style: Style) -> str:
    """Give the closing lines of a run: how many findings in how many files, what can be fixed, how the files stand."""
    lines: list[str] = []
    if tally.fixed:
        fixed = f"Fixed {_many(tally.fixed, 'finding')} in {_many(tally.fixed_files, 'file')}."
        lines.append(style.paint("good", fixed))
    if tally.findings:
        lines.append(_findings_line(tally, style))
    elif tally.files > tally.unreadable:
        none = "No findings left" if tally.fixed else "No findings"
        hardened = f"; {tally.hardened_stages} of {_many(tally.stages, 'stage')} hardened" if tally.stages else ""
        lines.append(style.paint("good", f"{none} in {_many(tally.files - tally.unreadable, 'file')}{hardened}."))
    if tally.findings:
        lines.append(_files_line(tally))
    return "".join(line + "\n" for line in lines)


def _findings_line(tally: Tally, style: Style) -> str:
    by_severity: list[str] = []
    severities: tuple[tuple[Ink, str], ...] = (
        ("error", _many(tally.errors, "error")),
        ("warning", _many(tally.warnings, "warning")),
        ("info", f"{tally.infos} info"),
    )
    for ink, said in severities:
        if not said.startswith("0 "):
            by_severity.append(style.paint(ink, said))
    files = f"{tally.with_findings} of {tally.files} files" if tally.files > 1 else "1 file"
    text = f"{_many(tally.findings, 'finding')} in {files} ({', '.join(by_severity)})"
    if tally.fixable:
        text += f"; {tally.fixable} fixable with --fix"
        if tally.fixable_unsafe:
            text += f", {tally.fixable_unsafe} more with --unsafe-fixes"
    elif tally.fixable_unsafe:
        text += f"; {tally.fixable_unsafe} fixable with --fix --unsafe-fixes"
    return text


def _files_line(tally: Tally) -> str:
    parts = (
        (tally.hardened, "hardened"),
        (tally.swappable, "swappable by FROM lines alone"),
        (tally.fixable_files, "fixable with further edits"),
        (tally.manual, "in need of a person"),
        (tally.unsupported, "without a hardened equivalent"),
        (tally.unreadable, "not read"),
    )
    said = [f"{number} {text}" for number, text in parts if number]
    return f"{_many(tally.files, 'file')}: {', '.join(said)}" if said else _many(tally.files, "file")


def _finding(report: FileReport, source: Source, finding: Finding, told: set[int], style: Style) -> list[str]:
    """Lay out one finding; `told` holds the stages whose target has been explained, and grows."""
    line, column = source.position(finding.span.start)
    place = f"{visible(report.path)}:{line}:{column}"
    severity = style.paint(finding.severity, f"{finding.severity}[{finding.rule}]")
    lines = [f"{style.paint('path', place)}: {severity} {visible(finding.message)}"]
    lines += excerpt(source, finding.span, finding.severity, style)
    indent = len(str(line)) + 1
    for label, text in _notes(report, source, finding, told, style):
        head = " " * indent + style.paint("frame", "=") + f" {label}: "
        used = indent + len(label) + 4
        first, *more = wrap(visible(text), max(style.width - used, _LEAST_TEXT))
        lines.append(head + first)
        lines += [" " * used + rest for rest in more]
    return lines


def _notes(report: FileReport, source: Source, finding: Finding, told: set[int], style: Style) -> list[tuple[str, str]]:
    """Say what stands behind a finding: its evidence, on a FROM line also the target, and the fixes."""
    notes: list[tuple[str, str]] = []
    if finding.evidence:
        notes.append(("because", finding.evidence))
    stage = next((stage for stage in report.stages if stage.index == finding.stage), None)
    if stage is not None and stage.index not in told and source.line_of(finding.span.start) == stage.line:
        told.add(stage.index)
        if stage.target is not None and stage.target not in finding.message:
            notes.append(("target", f"{stage.target} ({stage.match})"))
        notes += [("note", reason) for reason in stage.reasons if reason not in finding.evidence]
        if stage.alternatives:
            notes.append(("or", ", ".join(stage.alternatives)))
    for fix in finding.fixes:
        flags = "--fix" if fix.safety == "safe" else "--fix --unsafe-fixes"
        notes.append((style.paint("good", "fix"), f"{fix.title} [{flags}]"))
    return notes


def _stages(report: FileReport, told: set[int], style: Style) -> list[str]:
    """Give a heading for the file and a line a stage: role, name, base, and what becomes of it."""
    if not report.stages:
        return []
    named = any(stage.name for stage in report.stages)
    rows = [
        (
            stage.role,
            visible(stage.name or f"#{stage.index}") if named else "",
            visible(stage.base),
            visible(_outcome(stage)),
            visible(stage.match) if stage.target is not None else "",
        )
        for stage in report.stages
    ]
    widths = [max(width(row[at]) if width(row[at]) <= _WIDEST_COLUMN else 0 for row in rows) for at in range(4)]
    heading = visible(report.path)
    if report.status is not None:
        heading += f": {report.status} ({_MEANINGS[report.status]})"
    if report.level is not None:
        heading += f", level {report.level}"
    lines = [style.paint("path", heading)]
    for stage, (role, name, base, outcome, match) in zip(report.stages, rows, strict=True):
        left = [_pad(cell, size) for cell, size in zip((role, name, base), widths, strict=False) if size]
        text = "  ".join(left)
        if outcome:
            text += "  -> " + (_pad(outcome, widths[3]) if match else outcome)
        if match:
            text += "  " + match + ("" if stage.safe else ", not by --fix")
        lines.append("  " + text.rstrip(" "))
        if stage.index not in told:
            lines += ["      " + style.paint("faint", visible(reason)) for reason in stage.reasons]
    return lines


def _outcome(stage: StageReport) -> str:
    """Say in a word or two what becomes of the base of a stage; "" where it needs no word."""
    if stage.target is not None:
        return stage.target
    return {"hardened": "hardened already", "stage": "", "scratch": ""}.get(stage.match, f"no target ({stage.match})")


def _pad(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"

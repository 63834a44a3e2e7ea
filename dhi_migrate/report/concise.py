"""One line a finding: for a terminal, an editor's error list, grep."""

from __future__ import annotations

from .escape import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rules.findings import FileReport, Finding
    from .style import Style


def render_concise(report: FileReport, style: Style) -> str:
    """Give ``path:line:column: CODE severity message [*]`` for each finding, each with a line ending.

    ``[*]`` stands where the fixes on offer (`style.unsafe_fixes`) mend it.
    """
    source = report.source
    if source is None:
        return ""
    path = style.paint("path", visible(report.path))
    lines: list[str] = []
    for finding in report.findings:
        line, column = source.position(finding.span.start)
        code = style.paint("path", finding.rule)
        severity = style.paint(finding.severity, finding.severity)
        mark = f" {style.paint('good', '[*]')}" if is_on_offer(finding, style) else ""
        lines.append(f"{path}:{line}:{column}: {code} {severity} {visible(finding.message)}{mark}\n")
    return "".join(lines)


def is_on_offer(finding: Finding, style: Style) -> bool:
    """Tell whether one of the fixes of `finding` would be applied with the flags of this run."""
    return any(fix.safety == "safe" or style.unsafe_fixes for fix in finding.fixes)

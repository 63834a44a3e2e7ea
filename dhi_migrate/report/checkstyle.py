"""Checkstyle XML, which reviewdog, Jenkins and many others read: a ``file`` for each file, an ``error`` a finding."""

from __future__ import annotations

from .escape import visible
from .frame import Frame
from .notes import cut
from .places import lines_of
from .xml_text import HEAD, attribute, path_attribute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.model import CatalogInfo
    from ..rules.findings import FileReport
    from .tally import Tally


class CheckstyleFrame(Frame):
    """The root element."""

    __slots__ = ()

    def begin(self, info: CatalogInfo) -> str:
        """Open the root; the version is that of the form, which readers expect and do not use."""
        del info
        return f'{HEAD}<checkstyle version="4.3">\n'

    def end(self, tally: Tally) -> str:
        """Close the root."""
        del tally
        return "</checkstyle>\n"


def render_file(report: FileReport) -> str:
    """Give the ``file`` element of one file. What went wrong with it stands at line 0."""
    lines = [f'<file name="{path_attribute(report.path)}">\n']
    if report.error is not None:
        lines.append(_error(0, 0, "error", f"failed: {cut(visible(report.error))}", "failed"))
    if report.source is not None:
        for finding in report.findings:
            place = lines_of(report.source, finding.span)
            text = cut(visible(finding.message))
            lines.append(_error(place.line, place.column, finding.severity, text, finding.rule))
    lines.append("</file>\n")
    return "".join(lines)


def _error(line: int, column: int, severity: str, text: str, rule: str) -> str:
    shown = attribute(text)
    return f'<error line="{line}" column="{column}" severity="{severity}" message="{shown}" source="dhi-migrate.{rule}"/>\n'

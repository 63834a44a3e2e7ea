"""JUnit XML, as the test pages of Jenkins, GitLab and others show it: a suite for each file, a case for each finding.

A case fails where its finding makes the run fail (``--fail-on``), and is a skipped one below that. A file without
findings is one case that passes; what went wrong with a file is a case with an error. The names of cases hold no lines, so that
a report can be compared with that of an earlier commit.
"""

from __future__ import annotations

from .escape import visible
from .excerpt import excerpt
from .frame import Frame, View
from .notes import cut, notes
from .places import lines_of
from .style import Style
from .xml_text import HEAD, attribute, content, path_attribute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..catalog.model import CatalogInfo
    from ..choices import FailOn
    from ..dockerfile.source import Source
    from ..rules.findings import FileReport, Finding
    from .tally import Tally

_PLAIN: Final = Style()
_RANKS: Final[dict[FailOn, int]] = {"info": 0, "warning": 1, "error": 2, "never": 3}


class JunitFrame(Frame):
    """The root element."""

    __slots__ = ()

    def begin(self, info: CatalogInfo) -> str:
        """Open the root; the numbers are those of the suites, readers add them up."""
        del info
        return f'{HEAD}<testsuites name="dhi-migrate">\n'

    def end(self, tally: Tally) -> str:
        """Close the root."""
        del tally
        return "</testsuites>\n"


def render_file(report: FileReport, view: View) -> str:
    """Give the ``testsuite`` element of one file."""
    path = path_attribute(report.path)
    cases: list[str] = []
    failed = 0
    named: dict[str, int] = {}
    source = report.source
    if report.error is not None:
        text = attribute(cut(visible(report.error)))
        cases.append(_case(path, "dhi-migrate", f'<error type="failed" message="{text}"/>'))
    elif not report.findings:
        cases.append(_case(path, "no findings", ""))
    if source is not None:
        for finding in report.findings:
            fails = _RANKS[finding.severity] >= _RANKS[view.fail_on]
            failed += fails
            name = f"{finding.rule} {finding.name}"
            number = named[name] = named.get(name, 0) + 1
            cases.append(_case(path, f"{name} #{number}" if number > 1 else name, _outcome(source, finding, fails)))
    errors = int(report.error is not None)
    skipped = len(report.findings) - failed
    counts = f'tests="{len(cases)}" failures="{failed}" errors="{errors}" skipped="{skipped}"'
    return f'<testsuite name="{path}" {counts}>\n{"".join(cases)}</testsuite>\n'


def _case(path: str, name: str, inner: str) -> str:
    return f'<testcase name="{attribute(name)}" classname="{path}">{inner}</testcase>\n'


def _outcome(source: Source, finding: Finding, fails: bool) -> str:
    place = lines_of(source, finding.span)
    message = f"{place.line}:{place.column}: {cut(visible(finding.message))}"
    if not fails:
        return f'<skipped type="{finding.severity}" message="{attribute(message)}"/>'
    lines = [message, *excerpt(source, finding.span, finding.severity, _PLAIN)]
    lines += [f"{label}: {text}" for label, text in notes(finding)]
    text = content("\n".join(lines))
    return f'<failure type="{finding.severity}" message="{attribute(message)}">{text}\n</failure>'

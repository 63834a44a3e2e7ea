"""Counts over the files of a run, for summaries and exit codes."""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..choices import FailOn
    from ..rules.findings import FileReport


class Tally(NamedTuple):
    """Numbers of one file or of many; those of many are the sums (`add`).

    `fixable` findings have a safe fix, `fixable_unsafe` have none but an unsafe one. `with_findings` and the five
    statuses count files, `unreadable` those with an error; `fixed` counts fixes that were applied, `fixed_files` the
    files they were applied to.
    """

    files: int = 0
    with_findings: int = 0
    unreadable: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    fixable: int = 0
    fixable_unsafe: int = 0
    suppressed: int = 0
    hardened: int = 0
    swappable: int = 0
    fixable_files: int = 0
    manual: int = 0
    unsupported: int = 0
    stages: int = 0
    hardened_stages: int = 0
    fixed: int = 0
    fixed_files: int = 0

    @property
    def findings(self) -> int:
        """Number of findings of any severity."""
        return self.errors + self.warnings + self.infos

    def reaches(self, fail_on: FailOn) -> bool:
        """Tell whether there is a finding at or above the severity `fail_on`."""
        counted = {
            "error": self.errors,
            "warning": self.errors + self.warnings,
            "info": self.findings,
            "never": 0,
        }
        return counted[fail_on] > 0


def count(report: FileReport, fixed: int = 0) -> Tally:
    """Count one file; `fixed` is the number of fixes that were applied before `report` was made."""
    severities = [finding.severity for finding in report.findings]
    fixable = unsafe = 0
    for finding in report.findings:
        if any(fix.safety == "safe" for fix in finding.fixes):
            fixable += 1
        elif finding.fixes:
            unsafe += 1
    return Tally(
        files=1,
        with_findings=int(bool(severities)),
        unreadable=int(report.error is not None),
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        infos=severities.count("info"),
        fixable=fixable,
        fixable_unsafe=unsafe,
        suppressed=report.suppressed,
        hardened=int(report.status == "hardened"),
        swappable=int(report.status == "swappable"),
        fixable_files=int(report.status == "fixable"),
        manual=int(report.status == "manual"),
        unsupported=int(report.status == "unsupported"),
        stages=len(report.stages),
        hardened_stages=sum(stage.match in ("hardened", "scratch", "stage") for stage in report.stages),
        fixed=fixed,
        fixed_files=int(fixed > 0),
    )


def add(first: Tally, second: Tally) -> Tally:
    """Sum two tallies."""
    return Tally._make(map(sum, zip(first, second, strict=True)))

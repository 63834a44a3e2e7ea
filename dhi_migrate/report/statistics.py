"""How often each rule was found, instead of where."""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..rules.findings import FileReport, Severity
    from .style import Style


class RuleCount(NamedTuple):
    """Findings of one rule with one severity: their `number`, and how many have a safe fix or only an unsafe one."""

    rule: str
    name: str
    severity: Severity
    number: int
    fixable: int
    fixable_unsafe: int


def count_rules(report: FileReport) -> tuple[RuleCount, ...]:
    """Count the findings of one file by rule."""
    ones = []
    for finding in report.findings:
        safe = any(fix.safety == "safe" for fix in finding.fixes)
        unsafe = bool(finding.fixes) and not safe
        ones.append(RuleCount(finding.rule, finding.name, finding.severity, 1, int(safe), int(unsafe)))
    return sum_counts(ones)


def sum_counts(counts: Iterable[RuleCount]) -> tuple[RuleCount, ...]:
    """Add up what is about the same rule and severity; the most frequent first, then by code."""
    sums: dict[tuple[str, str], RuleCount] = {}
    for one in counts:
        key = one.rule, one.severity
        old = sums.get(key)
        sums[key] = (
            one
            if old is None
            else RuleCount(*one[:3], *(first + second for first, second in zip(old[3:], one[3:], strict=True)))
        )
    return tuple(sorted(sums.values(), key=lambda one: (-one.number, one.rule, one.severity)))


def render_statistics(counts: tuple[RuleCount, ...], style: Style) -> str:
    """Give one line a rule: number, code, severity, name, and how many of them can be fixed; "" for none."""
    width = max((len(str(one.number)) for one in counts), default=0)
    return "".join(_line(one, width, style) for one in counts)


def _line(one: RuleCount, width: int, style: Style) -> str:
    severity = style.paint(one.severity, one.severity) + " " * (7 - len(one.severity))
    parts = [f"{one.fixable} fixable with --fix"] if one.fixable else []
    parts += [f"{one.fixable_unsafe} with --fix --unsafe-fixes"] if one.fixable_unsafe else []
    fixable = f" [{', '.join(parts)}]" if parts else ""
    return f"{one.number:>{width}}  {style.paint('path', one.rule)}  {severity}  {one.name}{fixable}\n"

"""Other severities for what is reported: by code, prefix of a code, or name of a rule."""

from __future__ import annotations

from functools import lru_cache

from .registry import match_rules, use_own_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..choices import SeverityName
    from ..settings import Settings
    from .findings import FileReport


def with_severities(report: FileReport, settings: Settings) -> FileReport:
    """`report` with the severities that `settings` give to its findings; everything else, swaps and status too, stays.

    Raises `UnknownRuleError` for a selector that matches no rule.
    """
    if not settings.severity:
        return report
    use_own_rules(settings.own_rules)
    by_rule = _by_rule(settings.severity, settings.own_rules)
    findings = tuple(
        one._replace(severity=by_rule[one.rule]) if by_rule.get(one.rule, one.severity) != one.severity else one
        for one in report.findings
    )
    return report if findings == report.findings else report._replace(findings=findings)


@lru_cache(maxsize=8)
def _by_rule(severity: tuple[tuple[str, SeverityName], ...], own: tuple[str, ...]) -> dict[str, SeverityName]:
    del own  # only a key, as in the engine
    return {code: level for selector, level in severity for code in match_rules((selector,))}

"""The engine: bytes of one Dockerfile to a report of what was found.

Pure: no I/O but the catalog's data and the build context.
"""

from __future__ import annotations

from functools import lru_cache

from .._record import NamedTuple
from ..dockerfile import Source, Span
from .findings import FileReport, Finding, StageReport
from .offers import Offers, make_offers, refused_by, without_fixes
from .registry import match_rules, rule, use_own_rules
from .status import file_level, file_status
from .verdict import judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..catalog.store import Catalog
    from ..dockerfile import Diagnostic
    from ..settings import Settings
    from .context import Context
    from .stages import StageModel
    from .tree import BuildContext
    from .verdict import Verdict

MAX_LINES = 12
"""How many lines one reason names."""


class Chosen(NamedTuple):
    """Which rules are reported: those in `select` (None: all) that are not in `ignore`."""

    select: frozenset[str] | None
    ignore: frozenset[str]

    def takes(self, code: str) -> bool:
        """Whether findings of rule `code` are reported."""
        return code not in self.ignore and (self.select is None or code in self.select)


def chosen_rules(settings: Settings) -> Chosen:
    """Which rules `settings` have reported. Raises `UnknownRuleError` for a selector that matches no rule."""
    use_own_rules(settings.own_rules)
    return _chosen(settings.select, settings.ignore, settings.own_rules)


@lru_cache(maxsize=8)
def _chosen(select: tuple[str, ...], ignore: tuple[str, ...], own: tuple[str, ...]) -> Chosen:
    del own  # only a key: a selector names other rules where there are own ones
    return Chosen(match_rules(select) if select else None, match_rules(ignore))


def check_source(
    path: str,
    data: bytes,
    catalog: Catalog,
    settings: Settings,
    *,
    tree: BuildContext | None = None,
    comments: bool = True,
) -> FileReport:
    """Judge one Dockerfile. `path` is only for the report; any bytes are accepted. `tree` is the build context, if there is one.

    Without `comments` nothing is suppressed by them: what a rewritten file is proven with.

    Raises `UnknownRuleError` for a selector in `settings` that matches no rule, and ValueError for a registry template
    that makes no references.
    """
    chosen = chosen_rules(settings)
    verdict = judge(data, catalog, settings, tree)
    source = verdict.dockerfile.source
    if verdict.context is None:
        errors = [one for one in (_syntax_error(source, verdict.errors),) if chosen.takes(one.rule)]
        return FileReport(path, source, "manual", None, None, (), tuple(errors))
    offers = make_offers(verdict)
    status = file_status(verdict, offers)
    findings, suppressed = offers.findings, 0
    if comments:
        findings, suppressed = _suppressed(verdict, verdict.context, offers, chosen)
    shown = (one for one in findings if chosen.takes(one.rule))
    ordered = tuple(sorted(shown, key=lambda one: (one.span, one.rule, one.message)))
    stages = _stage_reports(verdict, verdict.context, offers)
    return FileReport(path, source, status, file_level(verdict, status), None, stages, ordered, suppressed)


def _suppressed(verdict: Verdict, context: Context, offers: Offers, chosen: Chosen) -> tuple[tuple[Finding, ...], int]:
    """The findings that no comment suppresses, those about such comments, and the number of suppressed ones."""
    if not any("dhi-migrate" in comment.text.lower() for comment in verdict.dockerfile.comments):
        return offers.findings, 0
    from .suppress import apply_suppressions, read_suppressions

    suppressions = read_suppressions(verdict.dockerfile)
    kept = apply_suppressions(verdict.dockerfile, offers.findings, suppressions, chosen.takes, _unseen(context))
    findings = without_fixes(kept.findings, refused_by(offers, kept.refused)) if kept.refused else kept.findings
    return (*findings, *kept.extra), kept.number


def _unseen(context: Context) -> frozenset[int]:
    """The instructions of stages that this build does not need: another ``--target`` judges them in another role."""
    return frozenset(
        instruction.index
        for stage in context.graph.stages
        if stage.index not in context.graph.reachable
        for instruction in (stage.instruction, *stage.instructions)
    )


def _syntax_error(source: Source, errors: Sequence[Diagnostic]) -> Finding:
    """One finding for a file that the builder rejects: the first error, as the builder would print it."""
    first = min(errors, key=lambda one: one.span)
    known = rule("DHI000")
    more = f"; {len(errors) - 1} more after it" if len(errors) > 1 else ""
    span = first.span if first.span.end > first.span.start else _visible(source, first.span)
    return Finding("DHI000", known.name, known.severity, first.message, f"{first.kind}{more}", None, span)


def _visible(source: Source, span: Span) -> Span:
    """A non-empty span at `span`, where the file has a byte there."""
    end = min(span.start + 1, len(source.data))
    return Span(max(0, end - 1), end)


def _stage_reports(verdict: Verdict, context: Context, offers: Offers) -> tuple[StageReport, ...]:
    told: dict[int, set[int]] = {}
    for finding in verdict.findings:
        if finding.stage is not None and finding.severity != "info":
            lines = told.setdefault(verdict.carrier(finding.stage), set())
            lines.add(context.dockerfile.source.line_of(finding.span.start))
    reports = []
    for model in context.models:
        offer = offers.by_stage.get(model.stage.index)
        safe = offer is not None and offer.fix.safety == "safe"
        reports.append(_stage_report(context, model, told.get(model.stage.index, set()), safe))
    return tuple(reports)


def _stage_report(context: Context, model: StageModel, told: set[int], safe: bool) -> StageReport:
    """The report of one stage; `told` are the lines of which findings speak already, `safe` tells that ``--fix`` moves it."""
    stage, resolution = model.stage, model.resolution
    target = None
    alternatives: tuple[str, ...] = ()
    reasons = model.notes
    if resolution is not None:
        if resolution.best is not None:
            target = context.spelling.write(resolution.best.name, resolution.best.tag)
        alternatives = tuple(context.spelling.write(one.name, one.tag) for one in resolution.alternatives)
        reasons = (*resolution.reasons, *model.notes, *_breaker_lines(context, model, told))
    elif model.hardened is not None and model.hardened.message:
        reasons = (*reasons, model.hardened.message)
    return StageReport(
        stage.index,
        stage.name,
        stage.line,
        model.role,
        model.base,
        target,
        model.match,
        safe,
        reasons,
        alternatives,
    )


def _breaker_lines(context: Context, model: StageModel, told: set[int]) -> tuple[str, ...]:
    """The breakers as sentences with their lines; one sentence for all lines with the same trouble.

    What a finding says of a line is not said again, but for the ``FROM``, where many things come together.
    """
    lines: dict[str, list[int]] = {}
    for breaker in model.breakers:
        line = context.dockerfile.source.line_of(breaker.span.start)
        if line not in told or line == model.stage.line:
            lines.setdefault(breaker.text, []).append(line)
    found = []
    for text, numbers in lines.items():
        shown = sorted(set(numbers))
        where = ", ".join(map(str, shown[:MAX_LINES])) + (
            f" and {len(shown) - MAX_LINES} more" if len(shown) > MAX_LINES else ""
        )
        found.append(f"line{'s' if len(shown) > 1 else ''} {where}: {text}")
    return tuple(found)

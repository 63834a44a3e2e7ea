"""The engine: bytes of one Dockerfile to a report of what was found. Pure: no I/O but the catalog's own data."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .._record import NamedTuple
from ..dockerfile import Source, Span, build_graph, parse
from ..images import Spelling
from .context import Context
from .detectors.bases import base_findings, targets
from .detectors.copies import copy_findings
from .findings import FileReport, StageReport
from .registry import match_rules, rule
from .stages import stage_models

if TYPE_CHECKING:
    from ..catalog.store import Catalog
    from ..dockerfile import Diagnostic, Dockerfile
    from ..settings import Settings
    from .findings import Finding, Level, Status
    from .stages import StageModel

MAX_LINES = 12
"""How many lines one reason names."""

_spelling = lru_cache(maxsize=8)(Spelling)


class Chosen(NamedTuple):
    """Which rules are reported: those in `select` (None: all) that are not in `ignore`."""

    select: frozenset[str] | None
    ignore: frozenset[str]

    def takes(self, code: str) -> bool:
        """Whether findings of rule `code` are reported."""
        return code not in self.ignore and (self.select is None or code in self.select)


@lru_cache(maxsize=8)
def _chosen(select: tuple[str, ...], ignore: tuple[str, ...]) -> Chosen:
    return Chosen(match_rules(select) if select else None, match_rules(ignore))


def check_source(path: str, data: bytes, catalog: Catalog, settings: Settings) -> FileReport:
    """Judge one Dockerfile. `path` is only for the report; any bytes are accepted.

    Raises `UnknownRuleError` for a selector in `settings` that matches no rule, and ValueError for a registry template
    that makes no references.
    """
    chosen = _chosen(settings.select, settings.ignore)
    spelling = _spelling(settings.registry)
    dockerfile = parse(data)
    source = dockerfile.source
    graph = build_graph(dockerfile, build_args=settings.build_args, target=settings.target)
    errors = [one for one in (*dockerfile.diagnostics, *graph.diagnostics) if one.severity == "error"]
    if errors:
        findings = tuple(one for one in (_syntax_error(dockerfile, errors),) if chosen.takes(one.rule))
        return FileReport(path, source, "manual", None, None, (), findings)
    context = Context(dockerfile, graph, stage_models(graph, catalog, spelling, settings), catalog, spelling, settings)
    found = [*base_findings(context), *copy_findings(context)]
    findings = tuple(sorted((one for one in found if chosen.takes(one.rule)), key=lambda one: (one.span, one.rule)))
    status = _status(context)
    level: Level | None = None
    if status in {"hardened", "swappable"}:
        level = "dev" if settings.level == "dev" and _ships_dev(context) else "runtime"
    return FileReport(path, source, status, level, None, _stage_reports(context), findings)


def _syntax_error(dockerfile: Dockerfile, errors: list[Diagnostic]) -> Finding:
    """One finding for a file that the builder rejects: the first error, as the builder would print it."""
    from .findings import Finding

    first = min(errors, key=lambda one: one.span)
    known = rule("DHI000")
    more = f"; {len(errors) - 1} more after it" if len(errors) > 1 else ""
    span = first.span if first.span.end > first.span.start else _visible(dockerfile.source, first.span)
    return Finding("DHI000", known.name, known.severity, first.message, f"{first.kind}{more}", None, span)


def _visible(source: Source, span: Span) -> Span:
    """A non-empty span at `span`, where the file has a byte there."""
    end = min(span.start + 1, len(source.data))
    return Span(max(0, end - 1), end)


def _stage_reports(context: Context) -> tuple[StageReport, ...]:
    references = targets(context)
    return tuple(_stage_report(context, model, references) for model in context.models)


def _stage_report(context: Context, model: StageModel, references: dict[int, str]) -> StageReport:
    stage, resolution = model.stage, model.resolution
    alternatives: tuple[str, ...] = ()
    reasons = model.notes
    if resolution is not None:
        alternatives = tuple(context.spelling.write(one.name, one.tag) for one in resolution.alternatives)
        reasons = (*resolution.reasons, *model.notes, *_breaker_lines(context, model))
    elif model.hardened is not None and model.hardened.message:
        reasons = (*reasons, model.hardened.message)
    name = stage.name
    target = references.get(stage.index)
    return StageReport(
        stage.index, name, stage.line, model.role, model.base, target, model.match, model.safe, reasons, alternatives
    )


def _breaker_lines(context: Context, model: StageModel) -> tuple[str, ...]:
    """The breakers as sentences with their lines; one sentence for all lines with the same trouble."""
    lines: dict[str, list[int]] = {}
    for breaker in model.breakers:
        lines.setdefault(breaker.text, []).append(context.dockerfile.source.line_of(breaker.span.start))
    found = []
    for text, numbers in lines.items():
        shown = sorted(set(numbers))
        where = ", ".join(map(str, shown[:MAX_LINES])) + (
            f" and {len(shown) - MAX_LINES} more" if len(shown) > MAX_LINES else ""
        )
        found.append(f"line{'s' if len(shown) > 1 else ''} {where}: {text}")
    return tuple(found)


def _ships_dev(context: Context) -> bool:
    shipped = context.graph.chain(context.graph.target) if context.graph.target is not None else ()
    numbers = {stage.index for stage in shipped}
    return any(
        model.stage.index in numbers and model.definition is not None and model.definition.variant == "dev"
        for model in context.models
    )


def _status(context: Context) -> Status:
    """What a migration of the file takes, judged over the stages that the target is built from."""
    models = [model for model in context.models if model.role != "unused"] or list(context.models)
    bases = [model for model in models if model.match not in {"stage", "scratch"} or model.own_from]
    shipped = (
        {stage.index for stage in context.graph.chain(context.graph.target)}
        if context.graph.target is not None
        else set()
    )
    if all(model.match == "hardened" for model in bases):
        problem = any(
            model.hardened is not None and model.hardened.problem in {"invalid", "retired"} for model in bases
        )
        return "manual" if problem else "hardened"
    if any(model.match in {"none", "unknown"} and model.stage.index in shipped for model in bases):
        return "unsupported"
    if any(model.broken or model.match in {"none", "unknown", "other-product"} for model in bases):
        return "manual"
    return "swappable"

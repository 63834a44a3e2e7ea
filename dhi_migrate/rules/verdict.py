"""The judgement of one text, before fixes are put together: stages as models, and what the rules find in them."""

from __future__ import annotations

from functools import lru_cache

from .._record import NamedTuple
from ..dockerfile import build_graph, parse
from ..images import Spelling
from .breakers import Breaker
from .context import Context
from .lineage import lineage
from .runner import run_rules
from .stages import hold_together, stage_models
from .subject import Subject, subjects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.store import Catalog
    from ..dockerfile import BuildGraph, Diagnostic, Dockerfile
    from ..settings import Settings
    from .findings import Finding
    from .stages import StageModel
    from .tree import BuildContext

_spelling = lru_cache(maxsize=8)(Spelling)


class Verdict(NamedTuple):
    """What one text is: `errors` that the builder would refuse it for (then the rest is empty), or its context and findings.

    `subjects` has one entry a stage. `findings` carry the fixes that their detectors propose; those of base images have none yet.
    """

    dockerfile: Dockerfile
    errors: tuple[Diagnostic, ...]
    context: Context | None
    subjects: tuple[Subject, ...]
    findings: tuple[Finding, ...]

    def carrier(self, stage: int) -> int:
        """The number of the stage whose ``FROM`` names the image that stage `stage` runs on."""
        return self.subjects[stage].carrier.stage.index


def judge(data: bytes, catalog: Catalog, settings: Settings, tree: BuildContext | None) -> Verdict:
    """Judge the bytes of one Dockerfile; any bytes are accepted. Raises ValueError for a bad registry template."""
    spelling = _spelling(settings.registry)
    dockerfile = parse(data)
    graph = build_graph(dockerfile, build_args=settings.build_args, target=settings.target)
    errors = tuple(one for one in (*dockerfile.diagnostics, *graph.diagnostics) if one.severity == "error")
    if errors:
        return Verdict(dockerfile, errors, None, (), ())
    return _judge(dockerfile, graph, catalog, spelling, settings, tree)


def _judge(
    dockerfile: Dockerfile,
    graph: BuildGraph,
    catalog: Catalog,
    spelling: Spelling,
    settings: Settings,
    tree: BuildContext | None,
) -> Verdict:
    lines = lineage(graph)
    models = stage_models(graph, lines, catalog, spelling, settings)
    context = Context(dockerfile, graph, lines, models, catalog, spelling, settings, tree)
    looked_at = subjects(context)
    findings = tuple(run_rules(looked_at))
    models = hold_together(lines, _blocked(models, looked_at, findings))
    return Verdict(dockerfile, (), context._replace(models=models), looked_at, findings)


def _blocked(
    models: tuple[StageModel, ...], looked_at: tuple[Subject, ...], findings: tuple[Finding, ...]
) -> tuple[StageModel, ...]:
    """The models, with each error finding as a reason that the stage which names the image can not move as it is."""
    blocks: dict[int, list[Breaker]] = {}
    for finding in findings:
        if finding.severity == "error" and finding.stage is not None:
            carrier = looked_at[finding.stage].carrier
            if carrier.resolution is not None:
                blocks.setdefault(carrier.stage.index, []).append(Breaker(finding.span, finding.message, True))
    return tuple(
        model._replace(breakers=(*model.breakers, *blocks[model.stage.index]), safe=False)
        if model.stage.index in blocks
        else model
        for model in models
    )

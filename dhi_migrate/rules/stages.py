"""The stage model: for each stage its role, what it runs on today, what it would run on, and what breaks on the way.

A stage needs an image with a shell (``-dev``, ``-sdk``) where it, or a stage built on it, runs a command. The stages that
end up in the image that ships get the runtime. Stages that exchange programs move together or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..catalog.resolve import Resolution, resolve
from ..images import InvalidReferenceError, parse_reference
from .breakers import Breaker, Move, breakers
from .hardened import HardenedUse, inspect_hardened
from .linkage import link_breakers

if TYPE_CHECKING:
    from ..catalog.model import Definition, UpstreamFacts
    from ..catalog.resolve import Match
    from ..catalog.resolve import Role as Want
    from ..catalog.store import Catalog
    from ..dockerfile import BuildGraph, Stage
    from ..images import Spelling
    from ..settings import Settings
    from .findings import Role


class StageModel(NamedTuple):
    """What is known and decided about one stage.

    `want` is the kind of image that the stage needs, None where its base is another stage. Exactly one of `resolution` (an
    upstream base) and `hardened` (a hardened one already) is set for a known external base. `definition` is what the
    stage runs on after the move: the proposed definition, or its own hardened one. `own_from` tells that the stage is
    built on a bare stage of the file and gets its own ``FROM`` of `resolution`.
    """

    stage: Stage
    role: Role
    want: Want | None
    base: str
    match: Match
    resolution: Resolution | None = None
    hardened: HardenedUse | None = None
    definition: Definition | None = None
    facts: UpstreamFacts | None = None
    breakers: tuple[Breaker, ...] = ()
    own_from: bool = False
    safe: bool = False
    notes: tuple[str, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether the swap is known not to work."""
        return any(breaker.certain for breaker in self.breakers) or (
            self.resolution is not None and not self.resolution.workable
        )


def stage_models(graph: BuildGraph, catalog: Catalog, spelling: Spelling, settings: Settings) -> tuple[StageModel, ...]:
    """The models of all stages of `graph`, in file order."""
    shipped = frozenset(stage.index for stage in graph.chain(graph.target)) if graph.target is not None else frozenset()
    models = [_model(graph, stage, shipped, catalog, spelling, settings) for stage in graph.stages]
    models = [_judge(graph, model, shipped, models, catalog, settings) for model in models]
    return _together(graph, models)


def _role(graph: BuildGraph, stage: Stage) -> Role:
    if stage.index == graph.target:
        return "final"
    return "build" if stage.index in graph.reachable else "unused"


def _runs(stage: Stage) -> bool:
    return any(instruction.keyword == "RUN" for instruction in stage.instructions)


def _descendants(graph: BuildGraph, index: int) -> tuple[Stage, ...]:
    """The stage itself and all stages built on it over ``FROM stage``, in file order."""
    members = {index}
    for stage in graph.stages[index + 1 :]:
        if stage.base.kind == "stage" and stage.base.stage in members:
            members.add(stage.index)
    return tuple(stage for stage in graph.stages if stage.index in members)


def _want(graph: BuildGraph, stage: Stage, shipped: frozenset[int], settings: Settings) -> Want:
    users = _descendants(graph, stage.index)
    if settings.level == "dev" and stage.index in shipped and any(_runs(user) for user in users):
        return "build"
    # an own FROM frees a bare base of its shipping child, so only the stages that do not ship count then
    ships = stage.index in shipped
    if ships:
        return "build" if any(_runs(user) for user in users if user.index not in shipped) else "final"
    return "build" if any(_runs(user) for user in users) else "final"


def _model(
    graph: BuildGraph,
    stage: Stage,
    shipped: frozenset[int],
    catalog: Catalog,
    spelling: Spelling,
    settings: Settings,
) -> StageModel:
    role = _role(graph, stage)
    base = stage.base
    if base.kind == "stage":
        return StageModel(stage, role, None, base.word.text, "stage")
    want = _want(graph, stage, shipped, settings)
    text = base.reference.text
    if base.kind == "scratch":
        return StageModel(stage, role, want, "scratch", "scratch", resolve(catalog, "scratch", want))
    if text is None:
        unset = [use.name for use in base.reference.uses if use.value is None]
        names = ", ".join(dict.fromkeys(unset)) or "a variable"
        note = f"the base is not known: {names} has no value; give one with --build-arg"
        return StageModel(stage, role, want, base.word.text, "unknown", notes=(note,))
    try:
        reference = parse_reference(text)
    except InvalidReferenceError as error:
        return StageModel(stage, role, want, text, "unknown", notes=(str(error),))
    name = spelling.read(reference)
    if name is not None:
        use = inspect_hardened(catalog, name, reference)
        return StageModel(stage, role, want, text, "hardened", hardened=use, definition=use.definition)
    resolution = resolve(catalog, text, want)
    definition = resolution.best.definition if resolution.best is not None else None
    facts = catalog.upstream_facts(resolution.upstream, reference.tag or "latest") if resolution.upstream else None
    return StageModel(stage, role, want, text, resolution.match, resolution, None, definition, facts)


def _judge(
    graph: BuildGraph,
    model: StageModel,
    shipped: frozenset[int],
    models: list[StageModel],
    catalog: Catalog,
    settings: Settings,
) -> StageModel:
    """The same model with what breaks in it, and for a bare base its shipping child with a ``FROM`` of its own."""
    stage = model.stage
    if model.match == "stage":
        return _own_from(graph, model, models, shipped, catalog)
    resolution = model.resolution
    if resolution is None or resolution.best is None:
        return model
    users = _descendants(graph, stage.index)
    chain = graph.chain(graph.target) if graph.target is not None else ()
    found: list[Breaker] = []
    ships = stage.index in shipped
    notes = list(model.notes)
    if ships and model.want == "final":
        found.extend(breakers(_move(graph, model, tuple(chain[chain.index(stage) :]), True)))
    else:
        # stages that ship are judged apart: they get their own FROM, or stand in the way
        others = tuple(user for user in users if user.index not in shipped or user.index == stage.index)
        if ships and model.want == "build" and settings.level == "dev":
            others = users
            found.append(
                Breaker(stage.base.word.span, "the image that ships would run as root with a shell: add a USER", False)
            )
        elif ships and not _frees_child(graph, stage, shipped):
            last = chain[-1]
            text = f"the stage that ships (line {last.line}) is built on this stage, which needs -dev to run commands"
            found.append(Breaker(stage.base.word.span, text, True))
        found.extend(breakers(_move(graph, model, others, False)))
    platform = stage.platform
    if platform is not None and platform.text and not _has_platform(platform.text, resolution.best.definition):
        notes.append(f"no image for {platform.text}")
        found.append(Breaker(stage.base.word.span, f"{_written(model)} does not exist for {platform.text}", True))
    safe = resolution.automatic and not found
    return model._replace(breakers=tuple(found), safe=safe, notes=tuple(notes))


def _has_platform(platform: str, definition: Definition) -> bool:
    known = set(definition.platforms)
    wanted = platform.lower()
    return wanted in known or (wanted == "linux/arm64/v8" and "linux/arm64" in known)


def _written(model: StageModel) -> str:
    best = model.resolution.best if model.resolution is not None else None
    return f"{best.name}:{best.tag}" if best is not None else model.base


def _move(graph: BuildGraph, model: StageModel, stages: tuple[Stage, ...], final: bool) -> Move:
    resolution = model.resolution
    assert resolution is not None  # noqa: S101 - callers hold it
    assert resolution.best is not None  # noqa: S101 - likewise
    best = resolution.best
    return Move(
        graph,
        stages,
        final,
        resolution.upstream,
        f"{best.name}:{best.tag}",
        best.definition,
        model.facts,
        resolution.release_changes,
    )


def _bare(stage: Stage) -> bool:
    return not stage.instructions


def _frees_child(graph: BuildGraph, stage: Stage, shipped: frozenset[int]) -> bool:
    """Whether the shipping child of a bare `stage` can have its own FROM: nothing of the base is lost by that."""
    return _bare(stage) and any(
        other.base.kind == "stage" and other.base.stage == stage.index and other.index in shipped
        for other in graph.stages
    )


def _own_from(
    graph: BuildGraph, model: StageModel, models: list[StageModel], shipped: frozenset[int], catalog: Catalog
) -> StageModel:
    """A stage that ships, built on a bare base which others need as -dev: it gets the runtime by a FROM of its own."""
    stage = model.stage
    if stage.index not in shipped or stage.base.stage is None:
        return model
    parent = models[stage.base.stage]
    if parent.want != "build" or parent.resolution is None or not _bare(parent.stage) or parent.match == "stage":
        return model
    chain = graph.chain(stage.index if graph.target is None else graph.target)
    rest = tuple(chain[[member.index for member in chain].index(stage.index) :])
    resolution = resolve(catalog, parent.base, "final")
    if resolution.best is None:
        return model
    own = model._replace(
        want="final",
        match=resolution.match,
        resolution=resolution,
        definition=resolution.best.definition,
        facts=parent.facts,
        own_from=True,
    )
    found = breakers(_move(graph, own, rest, True))
    note = f"{model.base} stays a -dev image for the stages that run commands, so this stage names its own image"
    return own._replace(breakers=found, safe=resolution.automatic and not found, notes=(note,))


def _together(graph: BuildGraph, models: list[StageModel]) -> tuple[StageModel, ...]:
    """Hold back a stage whose partner over a COPY edge does not move in the same way."""
    moving = {model.stage.index: model for model in models}
    changed = True
    while changed:
        changed = False
        for index, model in moving.items():
            found = tuple(breaker for breaker in link_breakers(graph, moving, index) if breaker not in model.breakers)
            if found and model.safe:
                moving[index] = model._replace(breakers=(*model.breakers, *found), safe=False)
                changed = True
    for index, model in moving.items():
        if model.resolution is not None and not model.safe:
            known = set(model.breakers)
            extra = tuple(breaker for breaker in link_breakers(graph, moving, index) if breaker not in known)
            moving[index] = model._replace(breakers=(*model.breakers, *extra))
    return tuple(moving[stage.index] for stage in graph.stages)

"""The stage model: for each stage its role, what it runs on today, what it would run on, and what breaks on the way.

A stage needs an image with a shell (``-dev``, ``-sdk``) where it, or a stage built on it, runs a command. The stages that
end up in the image that ships get the runtime. Stages that exchange programs move together or not at all.
"""

from __future__ import annotations

from .._record import NamedTuple
from ..catalog.resolve import Resolution, resolve
from ..images import InvalidReferenceError, Spelling, parse_reference
from .breakers import Breaker, Move, breakers, start_breakers
from .findings import StageReport
from .moving import does_not_roll_forward, reference_breakers
from .start import SHELLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..catalog.model import Definition
    from ..catalog.ranking import Match
    from ..catalog.resolve import Role as Want
    from ..catalog.store import Catalog
    from ..dockerfile import BuildGraph, Stage
    from ..settings import Settings
    from .findings import Role
    from .hardened import HardenedUse
    from .lineage import Lineage


class StageModel(NamedTuple):
    """What is known and decided about one stage.

    `want` is the kind of image that the stage needs, None where its base is another stage. At most one of `resolution` (an
    upstream base) and `hardened` (a hardened one already) is set. `definition` is what the stage runs on after the move:
    the proposed definition, or its own hardened one. `own_from` tells that the stage is built on a bare stage of the file
    and gets a ``FROM`` of its own. `safe` is what ``--fix`` goes by.
    """

    stage: Stage
    role: Role
    want: Want | None
    base: str
    match: Match
    resolution: Resolution | None = None
    hardened: HardenedUse | None = None
    definition: Definition | None = None
    breakers: tuple[Breaker, ...] = ()
    own_from: bool = False
    safe: bool = False
    notes: tuple[str, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether the swap is known not to work."""
        unworkable = self.resolution is not None and not self.resolution.workable
        return unworkable or any(breaker.certain for breaker in self.breakers)


def stage_models(
    graph: BuildGraph, lines: Lineage, catalog: Catalog, spelling: Spelling, settings: Settings
) -> tuple[StageModel, ...]:
    """The models of all stages of `graph`, in file order, each judged by itself; see `hold_together`."""
    modeller = _Modeller(graph, lines, catalog, spelling, settings.level == "dev")
    models: list[StageModel] = []
    for stage in graph.stages:
        models.append(modeller.judge(modeller.model(stage), models))
    return tuple(models)


def reference_report(reference: str, want: Want, catalog: Catalog, registry: str) -> StageReport:
    """What would be said of a stage of the kind `want` whose base is `reference`, with nothing in it to break.

    `registry` is the template for hardened references; raises ValueError where it makes none.
    """
    spelling = Spelling(registry)
    try:
        name = spelling.read(parse_reference(reference))
        parsed = parse_reference(reference)
    except InvalidReferenceError as error:
        return StageReport(0, None, 1, want, reference, None, "unknown", False, (str(error),), ())
    if name is not None:
        from .hardened import inspect_hardened

        use = inspect_hardened(catalog, name, parsed)
        others = (spelling.write(use.name, use.successor),) if use.successor is not None else ()
        reasons = (use.message or f"{use.name}:{use.tag} is a hardened image already",)
        return StageReport(0, None, 1, want, reference, None, "hardened", False, reasons, others)
    found = resolve(catalog, reference, want)
    target = spelling.write(found.best.name, found.best.tag) if found.best is not None else None
    ideas = tuple(spelling.write(one.name, one.tag) for one in found.alternatives)
    return StageReport(0, None, 1, want, reference, target, found.match, found.automatic, found.reasons, ideas)


def _runs(stage: Stage) -> bool:
    return any(instruction.keyword == "RUN" for instruction in stage.instructions)


# Package managers of node that start scripts of package.json.
_RUNNERS = frozenset({"npm", "npx", "yarn", "yarnpkg", "pnpm", "pnpx"})


def _starts_shell(stage: Stage) -> bool:
    """Whether `stage` starts something in a shell, a shell script by its name, or a package manager of node."""
    for instruction in stage.instructions:
        if instruction.keyword not in {"CMD", "ENTRYPOINT", "HEALTHCHECK"}:
            continue
        argv = getattr(instruction.detail, "argv", None)
        if argv is None:
            if getattr(instruction.detail, "shell", None) is not None:
                return True
        elif argv:
            name = argv[0].text.rsplit("/", 1)[-1]
            if name in SHELLS or name in _RUNNERS or name.endswith(".sh") or name == "docker-entrypoint":
                return True
    return False


class _Modeller(NamedTuple):
    """What every step looks at; `stay_on_dev` is the level at which a shipping stage that needs a shell keeps -dev."""

    graph: BuildGraph
    lines: Lineage
    catalog: Catalog
    spelling: Spelling
    stay_on_dev: bool

    def model(self, stage: Stage) -> StageModel:
        """What the stage runs on, and what it would run on."""
        graph, base = self.graph, stage.base
        role: Role = "build" if stage.index in graph.reachable else "unused"
        if stage.index == graph.target:
            role = "final"
        if base.kind == "stage":
            return StageModel(stage, role, None, base.word.text, "stage")
        want = self._want(stage)
        text = base.reference.text
        if base.kind == "scratch":
            return StageModel(stage, role, want, "scratch", "scratch", resolve(self.catalog, "scratch", want))
        if text is None:
            unset = dict.fromkeys(use.name for use in base.reference.uses if use.value is None)
            has = "have" if len(unset) > 1 else "has"
            note = f"{', '.join(unset) or 'a variable'} {has} no value here; give one with --build-arg"
            return StageModel(stage, role, want, base.word.text, "unknown", notes=(note,))
        try:
            reference = parse_reference(text)
        except InvalidReferenceError as error:
            empty = dict.fromkeys(use.name for use in base.reference.uses if not use.value)
            are = "are" if len(empty) > 1 else "is"
            note = f"{', '.join(empty)} {are} empty; give a value with --build-arg" if empty else str(error)
            return StageModel(stage, role, want, base.word.text if empty else text, "unknown", notes=(note,))
        name = self.spelling.read(reference)
        if name is not None:
            from .hardened import inspect_hardened

            use = inspect_hardened(self.catalog, name, reference)
            definition = use.definition
            if definition is None and use.successor is not None:
                # a tag that is gone is judged by what takes its place
                definition = self.catalog.find(use.name, use.successor)
            return StageModel(stage, role, want, text, "hardened", hardened=use, definition=definition)
        resolution = resolve(self.catalog, text, want)
        definition = resolution.best.definition if resolution.best is not None else None
        return StageModel(stage, role, want, text, resolution.match, resolution, None, definition)

    def _want(self, stage: Stage) -> Want:
        """Commands are run on -dev images; those of stages that ship are what stands in the way of the runtime."""
        shipped, family = self.lines.shipped, self.lines.family[stage.index]
        ships = stage.index in shipped
        if ships and self.stay_on_dev and any(_runs(member) or _starts_shell(member) for member in family):
            return "build"
        return (
            "build" if any(_runs(member) for member in family if not (ships and member.index in shipped)) else "final"
        )

    def judge(self, model: StageModel, before: list[StageModel]) -> StageModel:
        """The same model with what breaks in it; `before` are the models of the earlier stages."""
        stage, resolution = model.stage, model.resolution
        if model.match == "stage":
            return self._own_from(model, before)
        if resolution is None or resolution.best is None:
            return model
        ships, span = stage.index in self.lines.shipped, stage.base.word.span
        family, chain = self.lines.family[stage.index], self.lines.chain
        found: list[Breaker] = []
        if ships and model.want == "final":
            found.extend(breakers(self._move(model, chain, final=True)))
        elif ships and self.stay_on_dev:
            found.append(Breaker(span, "the image that ships would run as root with a shell: add a USER", False))
            found.extend(breakers(self._move(model, family, final=False)))
        else:
            # a shipping stage on a bare base gets its own FROM; one on a base with content stands in the way
            others = tuple(member for member in family if not ships or member.index not in self.lines.shipped)
            if ships and stage.instructions:
                last = chain[-1]
                text = (
                    f"the stage that ships (line {last.line}) is built on this stage, which needs -dev to run commands"
                )
                found.append(Breaker(span, text, True))
            found.extend(breakers(self._move(model, others or family, final=False)))
            if ships and not stage.instructions and resolve(self.catalog, model.base, "final").best is None:
                found.append(Breaker(span, "there is no runtime image for the stage that ships", True))
            if not ships and model.want == "final" and self._starts(family):
                # a stage that others build with --target, or run: it starts something, so it is judged like one that ships
                found.extend(breakers(self._move(model, family, final=True)))
            if not ships and model.want == "build":
                # nothing in the file needs it: a stage for --target, started on the -dev image
                unused = tuple(member for member in family if member.index not in self.graph.reachable)
                if any(one.keyword in {"CMD", "ENTRYPOINT"} for member in unused for one in member.instructions):
                    found.extend(start_breakers(self._move(model, family, final=False)))
        found.extend(reference_breakers(self.catalog, resolution, span))
        if does_not_roll_forward(resolution, self.graph.dockerfile.source.data, ships=ships):
            text = (
                "a program for one major version of .NET does not start on the next: raise the target framework first"
            )
            found.append(Breaker(span, text, True))
        platform = stage.platform
        if platform is not None and platform.text and not has_platform(platform.text, resolution.best.definition):
            written = f"{resolution.best.name}:{resolution.best.tag}"
            found.append(Breaker(span, f"{written} does not exist for {platform.text}", True))
        return model._replace(breakers=tuple(found), safe=resolution.automatic and not found)

    def _starts(self, family: tuple[Stage, ...]) -> bool:
        """Whether one of `family` says what it starts, or is there for nothing else: no other stage needs it."""
        return any(
            member.index not in self.graph.reachable
            or any(one.keyword in {"CMD", "ENTRYPOINT", "HEALTHCHECK"} for one in member.instructions)
            for member in family
        )

    def _move(self, model: StageModel, stages: tuple[Stage, ...], *, final: bool) -> Move:
        resolution = model.resolution
        if resolution is None or resolution.best is None:
            raise ValueError("only a stage with a target moves")
        best = resolution.best
        taken = self.lines.taken.get(self.lines.root[model.stage.index], ())
        name = f"{best.name}:{best.tag}"
        return Move(stages, taken, final, resolution.upstream, name, best.definition, resolution.facts)

    def _own_from(self, model: StageModel, before: list[StageModel]) -> StageModel:
        """A shipping stage on a bare base, which others need as -dev: it gets the runtime by a ``FROM`` of its own."""
        stage = model.stage
        if stage.index not in self.lines.shipped or stage.base.stage is None or stage.base.stage >= len(before):
            return model
        parent = before[stage.base.stage]
        if parent.want != "build" or parent.resolution is None or parent.stage.instructions or self.stay_on_dev:
            return model
        resolution = resolve(self.catalog, parent.base, "final")
        if resolution.best is None:
            return model
        own = model._replace(
            want="final",
            match=resolution.match,
            resolution=resolution,
            definition=resolution.best.definition,
            own_from=True,
        )
        rest = tuple(member for member in self.lines.chain if member.index >= stage.index)
        indexes = {member.index for member in rest}
        move = self._move(own, rest, final=True)
        found = breakers(move._replace(taken=tuple(edge for edge in move.taken if edge.source in indexes)))
        ours, theirs = resolution.best.definition, parent.definition
        if theirs is not None and (ours.distro, ours.release) != (theirs.distro, theirs.release):
            text = f"the runtime is on {ours.distro} {ours.release}, and -dev on {theirs.distro} {theirs.release}"
            found = (*found, Breaker(stage.base.word.span, text, True))
        if parent.stage.platform is not None:
            text = f"a FROM of its own would lose the --platform of {model.base}"
            found = (*found, Breaker(stage.base.word.span, text, True))
        note = f"{model.base} stays a -dev image for the stages that run commands, so this stage names its own image"
        return own._replace(breakers=found, safe=resolution.automatic and not found, notes=(note,))


# As containerd reads the architecture of a platform: github.com/containerd/platforms, database.go, normalizeArch.
_ARCHITECTURES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm/v7", "armel": "arm/v6"}


def has_platform(platform: str, definition: Definition) -> bool:
    """Whether `definition` is built for `platform`: ``linux/arm64``, or an operating system or architecture alone."""
    parts = platform.lower().split("/")
    if parts == ["linux"]:
        return True
    if len(parts) == 1:
        parts.insert(0, "linux")
    parts[1] = _ARCHITECTURES.get(parts[1], parts[1])
    wanted = "/".join(parts)
    # every amd64 is a v1, and every arm64 a v8
    return wanted in definition.platforms or wanted.removesuffix("/v8").removesuffix("/v1") in definition.platforms


def hold_together(lines: Lineage, models: Sequence[StageModel]) -> tuple[StageModel, ...]:
    """Hold back the stages whose partners do not move in the same way, until nothing changes.

    Partners exchange programs over COPY edges, or are a bare base that becomes -dev and the stage that ships, which is
    built on it and has to leave it. Only the partners of a stage that has just been held back are looked at again, and a
    stage is held back once.
    """
    current = {model.stage.index: model for model in models}
    leaving: dict[int, list[int]] = {}
    for model in models:
        if model.own_from:
            leaving.setdefault(lines.root[model.stage.index], []).append(model.stage.index)
    waiting = dict.fromkeys([*lines.family, *(index for own in leaving.values() for index in own)])  # each once
    done: set[tuple[int, bool]] = set()
    while waiting:
        index, _ = waiting.popitem()
        model = current[index]
        if model.resolution is None or model.resolution.best is None:
            continue
        others = [lines.root[index]] if model.own_from else leaving.get(index, [])
        reasons: list[Breaker] = []
        if not model.own_from and (index in lines.taken or index in lines.given):
            from .linkage import link_breakers

            reasons.extend(link_breakers(lines, current, index))
        reasons.extend(breaker for other in others for breaker in _in_step(model, current[other]))
        found = tuple(one for one in reasons if one not in model.breakers)
        if not found:
            continue
        held = model._replace(breakers=(*model.breakers, *found), safe=False)
        current[index] = held
        state = (index, held.broken)
        if (model.safe or held.broken != model.broken) and state not in done:
            done.add(state)
            waiting.update(dict.fromkeys(others))
            for edge in lines.partners(index) if not model.own_from else ():
                if edge.source is not None:
                    partner = lines.root[edge.stage] if lines.root[edge.source] == index else lines.root[edge.source]
                    waiting[partner] = None
    return tuple(current[model.stage.index] for model in models)


def _in_step(model: StageModel, other: StageModel) -> list[Breaker]:
    """Why `model` has to wait for `other`: one of them is a bare base, the other the stage that would leave it."""
    if (not other.broken or model.broken) and (other.safe or not model.safe):
        return []
    text = f"it moves together with the stage of line {other.stage.line}, which "
    text += "can not move" if other.broken else "is not safe to move"
    return [Breaker(model.stage.base.word.span, text, other.broken)]

"""`Dockerfile` -> `BuildGraph`.

Stages, what each is built from, what is copied between them, and what is in force in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .._pattern import is_number
from .._record import NamedTuple
from . import details
from .evaluate import DEFAULT_PATH, Globals, Refusal, Runner, StageScope, first_settings
from .expand import Expanded, Scope, expand, expand_flag, expand_word
from .model import Diagnostic, Dockerfile, Instruction, Word
from .pause import uncollected
from .reach import order_problems, reachable_from
from .source import Span
from .state import History, StageState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

BaseEnv = Callable[[str], "Mapping[str, str] | None"]
"""Image reference -> the environment that the image sets, None if that is not known."""


MAX_TRIGGERS = 5000
"""Most ONBUILD instructions that are run for all stages together; bounds what stages times triggers can cost."""


class Base(NamedTuple):
    """What a stage is built from.

    An earlier `stage` (its index), an external image, ``scratch``, or something that cannot be known. `reference` is
    the image as FROM gives it, with its variables; `word` is where.
    """

    kind: Literal["stage", "image", "scratch", "unknown"]
    reference: Expanded
    stage: int | None
    word: Word


class Edge(NamedTuple):
    """Files that stage `stage` takes from elsewhere: ``COPY --from`` or ``RUN --mount=from=``.

    They come from stage `source`, or from an external `image`. `span` holds the bytes of the value of ``from``.
    `sources` and `destination` are expanded where that is known (`known`), else as written.
    """

    stage: int
    instruction: Instruction
    kind: Literal["copy", "mount"]
    source: int | None
    image: Expanded | None
    span: Span
    sources: tuple[str, ...]
    destination: str
    known: bool


class Stage(NamedTuple):
    """One stage: `instruction` is its FROM on 1-based `line`, `instructions` are those after it, `state` is that at its end.

    `name` is as written; BuildKit compares names in lower case. `triggers` are the ONBUILD instructions of its base
    stage, which run first. `history` and `scope` are for `stage_state_at` and `scope_at`.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, on purpose
    name: str | None
    instruction: Instruction
    line: int
    base: Base
    platform: Expanded | None
    instructions: tuple[Instruction, ...]
    triggers: tuple[Instruction, ...]
    state: StageState
    history: History
    scope: StageScope


class BuildGraph(NamedTuple):
    """The stages of a Dockerfile.

    `target` is the one that ships (None if there is none), `reachable` what it needs.
    """

    dockerfile: Dockerfile
    stages: tuple[Stage, ...]
    edges: tuple[Edge, ...]
    target: int | None
    reachable: frozenset[int]
    diagnostics: tuple[Diagnostic, ...]

    def chain(self, index: int) -> tuple[Stage, ...]:
        """Stage `index` and the stages that it is built from, the root first."""
        found = [self.stages[index]]
        while found[-1].base.stage is not None:
            found.append(self.stages[found[-1].base.stage])
        return tuple(reversed(found))

    def children(self, index: int) -> tuple[Stage, ...]:
        """The stages that are built FROM stage `index`."""
        return tuple([stage for stage in self.stages if stage.base.stage == index])

    def edges_from(self, index: int) -> tuple[Edge, ...]:
        """What other stages (or later instructions of none) take out of stage `index`."""
        return tuple([edge for edge in self.edges if edge.source == index])

    def edges_into(self, index: int) -> tuple[Edge, ...]:
        """What stage `index` takes from elsewhere."""
        return tuple([edge for edge in self.edges if edge.stage == index])


def build_graph(
    dockerfile: Dockerfile,
    *,
    build_args: Sequence[tuple[str, str]] = (),
    target: str | None = None,
    base_env: BaseEnv | None = None,
) -> BuildGraph:
    """Evaluate `dockerfile` as ``docker build`` would start to.

    `build_args` are the ``--build-arg`` values (the last of a name wins), `target` is ``--target``: a stage name in
    any case, or a number; default the last stage. `base_env` can tell the environment of external images.
    """
    with uncollected():
        builder = _Builder(dockerfile, dict(build_args), base_env)
        builder.run()
        return builder.finish(target)


def stage_state_at(graph: BuildGraph, stage_index: int, instruction: Instruction) -> StageState:
    """What is in force in stage `stage_index` just before `instruction`, one of its own."""
    return graph.stages[stage_index].history.at(instruction.index)


def scope_at(graph: BuildGraph, stage_index: int, instruction: Instruction) -> Scope:
    """The variables that `instruction` of stage `stage_index` sees; for `expand` and its kin."""
    return graph.stages[stage_index].scope.at(instruction.index)


class _Opening(NamedTuple):
    """A stage before it is evaluated."""

    instruction: Instruction
    body: list[Instruction]


class _Builder:
    def __init__(self, dockerfile: Dockerfile, build_args: Mapping[str, str], base_env: BaseEnv | None) -> None:
        self.dockerfile = dockerfile
        self.globals = Globals(build_args, dockerfile.escape)
        self.base_env = base_env
        self.stages: list[Stage] = []
        self.names: dict[str, int] = {}
        self.edges: list[Edge] = []
        self.diagnostics: list[Diagnostic] = []
        self.refusals: list[tuple[int, Refusal]] = []
        self.onbuilds: list[tuple[Instruction, ...]] = []
        self.triggers_left = MAX_TRIGGERS

    def error(self, kind: str, message: str, span: Span) -> None:
        self.diagnostics.append(Diagnostic(kind, message, span, "error"))

    def run(self) -> None:
        openings: list[_Opening] = []
        for instruction in self.dockerfile.instructions:
            if instruction.keyword == "FROM":
                openings.append(_Opening(instruction, []))
            elif openings:
                openings[-1].body.append(instruction)
            else:
                for expanded in self.globals.declare(instruction):
                    if expanded.error is not None:
                        self.error("expansion", expanded.error, instruction.span)
        for index, opening in enumerate(openings):
            self._stage(index, opening)
        for stage in self.stages:
            for instruction in (*stage.triggers, *stage.instructions):
                self._edges(stage, instruction)

    def _stage(self, index: int, opening: _Opening) -> None:
        instruction = opening.instruction
        detail = instruction.detail
        escape = self.dockerfile.escape
        platform = None
        name = None
        if isinstance(detail, details.From):
            base = self._base(instruction, detail)
            name = detail.name
            if detail.platform is not None:
                platform = expand_flag(instruction, detail.platform, self.globals.scope, escape)
                self._check_platform(platform, detail.platform.span)
        else:
            word = instruction.words[0] if instruction.words else Word("", instruction.keyword_span, 0)
            base = Base("unknown", Expanded(None, (), None), None, word)
        parent = self.stages[base.stage] if base.stage is not None else None
        scratch = base.kind == "scratch"
        if parent is not None:
            settings = parent.history.settings[-1]
            history = History(settings, parent.history.complete, parent.history)
            # Where the chain is too deep nothing inherited is seen, not even what is known of the image.
            cut = history.env.parent is None
            env, external = (None, True) if cut else (parent.scope.base_env, parent.scope.external)
        else:
            settings = first_settings(scratch)
            history = History(settings, scratch)
            env = {"PATH": DEFAULT_PATH} if scratch else None
            external = not scratch
            if base.kind == "image" and self.base_env is not None and base.reference.text is not None:
                env = self.base_env(base.reference.text)
        scope = StageScope(history, self.globals, env, external)
        runner = Runner(index, scope, settings)
        triggers = self._triggers(parent, instruction)
        for trigger in triggers:
            runner.run(trigger, -1)
        for own in opening.body:
            runner.run(own, own.index)
        self.refusals += [(index, refusal) for refusal in runner.refusals]
        inner = [own.detail.inner for own in opening.body if isinstance(own.detail, details.Onbuild)]
        self.onbuilds.append(tuple([own for own in inner if own.detail is not None]))
        self.stages.append(
            Stage(
                index,
                name.text if name else None,
                instruction,
                instruction.start_line,
                base,
                platform,
                tuple(opening.body),
                triggers,
                history.at(),
                history,
                scope,
            )
        )
        if name is not None:
            self.names[name.text.lower()] = index

    def _triggers(self, parent: Stage | None, instruction: Instruction) -> tuple[Instruction, ...]:
        """What the ONBUILD instructions of the stage that FROM names run in the new one."""
        if parent is None:
            return ()
        found = self.onbuilds[parent.index]
        if len(found) > self.triggers_left:
            message = "more ONBUILD instructions are triggered than can be followed: they are left out"
            self.diagnostics.append(Diagnostic("too-many-triggers", message, instruction.span, "warning"))
            return ()
        self.triggers_left -= len(found)
        return found

    def _base(self, instruction: Instruction, detail: details.From) -> Base:
        """What a FROM names: an earlier stage before an image (``addState``)."""
        word = detail.image
        reference = expand_word(instruction, word, self.globals.scope, self.dockerfile.escape)
        text = reference.text
        if reference.error is not None:
            self.error("expansion", reference.error, word.span)
        if text is None:
            return Base("unknown", reference, None, word)
        if not text:
            self.error("blank-base", "nothing is left of the image once its variables are expanded", word.span)
            return Base("unknown", reference, None, word)
        stage = self.names.get(text.lower())
        if stage is not None:
            if text != text.lower():
                message = f"BuildKit finds a stage after FROM only if it is written in lower case: {text.lower()}"
                self.error("stage-name-case", message, word.span)
            return Base("stage", reference, stage, word)
        return Base("scratch" if text == "scratch" else "image", reference, None, word)

    def _check_platform(self, platform: Expanded, span: Span) -> None:
        from .checks import platform_problem

        if platform.error is not None:
            self.error("expansion", platform.error, span)
        elif platform.text is not None:
            problem = platform_problem(platform.text)
            if problem is not None:
                self.error("invalid-platform", problem, span)

    def _edges(self, stage: Stage, instruction: Instruction) -> None:
        detail = instruction.detail
        if isinstance(detail, details.Copy) and detail.from_ is not None and detail.from_.value:
            scope = stage.scope.at(instruction.index)
            texts = [
                (expand_word(instruction, word, scope, self.dockerfile.escape).text, word.text)
                for word in (*detail.sources, detail.destination)
            ]
            paths = [written if text is None else text for text, written in texts]
            source = self._source(detail.from_.value, detail.from_.value_span or detail.from_.span)
            image = None if source is not None else Expanded(detail.from_.value, (), None)
            if source is None and _number(detail.from_.value) is not None:
                return
            self.edges.append(
                Edge(
                    stage.index,
                    instruction,
                    "copy",
                    source,
                    image,
                    detail.from_.value_span or detail.from_.span,
                    tuple(paths[:-1]),
                    paths[-1],
                    all(text is not None for text, _ in texts),
                )
            )
        elif isinstance(detail, details.Run):
            for mount in detail.mounts:
                self._mount(stage, instruction, mount)

    def _source(self, value: str, span: Span) -> int | None:
        """The stage that ``COPY --from=value`` means: by number, else by name, where the last of a name counts."""
        number = _number(value)
        if number is None:
            return self.names.get(value.lower())
        if 0 <= number < len(self.stages):
            return number
        self.error("invalid-stage-index", f"there is no stage number {number}", span)
        return None

    def _mount(self, stage: Stage, instruction: Instruction, mount: details.Mount) -> None:
        """A mount with from=: that names a stage or an image, never a number (``detectRunMount``)."""
        from_ = mount.field("from")
        if from_ is None or not from_.value:
            return
        scope = stage.scope.at(instruction.index)
        texts: list[tuple[str | None, str]] = []
        for key in ("source", "target"):
            field = mount.field(key)
            written = field.value if field is not None and field.value else ""
            texts.append((expand(written, scope, self.dockerfile.escape).text, written))
        paths = [written if text is None else text for text, written in texts]
        source = self.names.get(from_.value.lower())
        image = None if source is not None else Expanded(from_.value, (), None)
        known = all(text is not None for text, _ in texts)
        self.edges.append(
            Edge(stage.index, instruction, "mount", source, image, from_.span, (paths[0],), paths[1], known)
        )

    def finish(self, target: str | None) -> BuildGraph:
        """Reachability, and what can be said only with all stages at hand."""
        shipped = len(self.stages) - 1 if self.stages else None
        if target is not None:
            shipped = self._target(target)
        edges = [(edge.stage, edge.source) for edge in self.edges if edge.source is not None]
        bases = [stage.base.stage for stage in self.stages]
        reachable = reachable_from(shipped, bases, edges)
        self.diagnostics += order_problems(self.stages, self.edges, reachable)
        for index, refusal in self.refusals:
            severity: Literal["error", "warning"] = "error" if index in reachable else "warning"
            self.diagnostics.append(Diagnostic("expansion", refusal.message, refusal.span, severity))
        self.diagnostics.sort(key=lambda diagnostic: diagnostic.span)
        return BuildGraph(
            self.dockerfile, tuple(self.stages), tuple(self.edges), shipped, reachable, tuple(self.diagnostics)
        )

    def _target(self, target: str) -> int | None:
        found = self.names.get(target.lower())
        number = _number(target)
        if found is None and number is not None and 0 <= number < len(self.stages):
            found = number
        if found is None:
            message = f"there is no stage {target} to build"
            last = self.stages[-1].instruction.keyword_span if self.stages else Span(0, 0)
            self.error("unknown-target", message, last)
        return found


def _number(text: str) -> int | None:
    """`text` as Go's strconv.Atoi reads it; a number too large to be one is no number."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not digits or len(digits) > 18 or not is_number(digits):
        return None
    return int(text)

"""The names of a file: where stages and variables are declared and used, and where images are named."""

from __future__ import annotations

import re

from .._pattern import regex
from .._record import NamedTuple
from ..dockerfile import Span, scope_at
from ..dockerfile.details import Arg, Env, From

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..dockerfile import BuildGraph, Instruction, Stage

    Giver = Callable[[str], Instruction | None]

Key = tuple[str, str, int]
"""What a name stands for: "stage" with its number, or "variable" with its name and the instruction that gives the value."""

# A use of a variable, also in a shell text; what is escaped is none.
_USE = regex(r"[\\`].|\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))", re.DOTALL)


class Name(NamedTuple):
    """A place at which a stage or a variable is named. `declares`: it is declared there; `first`: and gets its value there."""

    span: Span
    key: Key
    declares: bool = False
    first: bool = False


class ImagePlace(NamedTuple):
    """A place at which an image is named, as it is once variables are expanded; `owner` is the stage that is built on it."""

    span: Span
    image: str
    owner: int | None


def image_places(graph: BuildGraph) -> Iterator[ImagePlace]:
    """The images that are named in ``FROM``, ``COPY --from`` and ``RUN --mount=from=``; unknown ones as they are written."""
    for stage in graph.stages:
        if stage.base.kind in {"image", "unknown"}:
            yield ImagePlace(stage.base.word.span, stage.base.reference.text or stage.base.word.text, stage.index)
    for edge in graph.edges:
        if edge.image is not None and edge.image.text:
            yield ImagePlace(edge.span, edge.image.text, None)


def names(graph: BuildGraph) -> list[Name]:
    """All names of stages and variables in a file, in its order."""
    return sorted([*_stage_names(graph), *_variables(graph)])


def name_at(graph: BuildGraph, offset: int) -> Name | None:
    """The name at the byte `offset`, or that ends there."""
    found = [one for one in names(graph) if one.span.start <= offset <= one.span.end]
    return min(found, key=lambda one: (offset == one.span.end, one.span.end - one.span.start), default=None)


def definitions(graph: BuildGraph, offset: int) -> list[Span]:
    """Where what is named at the byte `offset` is declared, and gets its value."""
    name = name_at(graph, offset)
    if name is None:
        return []
    return [one.span for one in names(graph) if one.key == name.key and one.first]


def references(graph: BuildGraph, offset: int, *, declarations: bool) -> list[Span]:
    """Where what is named at the byte `offset` is used; with `declarations` also where it is declared."""
    name = name_at(graph, offset)
    if name is None:
        return []
    return [one.span for one in names(graph) if one.key == name.key and (declarations or not one.declares)]


def _stage_names(graph: BuildGraph) -> Iterator[Name]:
    for stage in graph.stages:
        detail = stage.instruction.detail
        own = detail.name.span if isinstance(detail, From) and detail.name else stage.instruction.keyword_span
        yield Name(own, _stage(stage.index), declares=True, first=True)
        if stage.base.stage is not None:
            yield Name(stage.base.word.span, _stage(stage.base.stage))
    for edge in graph.edges:
        if edge.source is not None:
            yield Name(edge.span, _stage(edge.source))


def _stage(index: int) -> Key:
    return "stage", "", index


def _variables(graph: BuildGraph) -> Iterator[Name]:
    known: dict[str, int] = {}
    first = graph.stages[0].instruction.index if graph.stages else len(graph.dockerfile.instructions)
    for instruction in graph.dockerfile.instructions[:first]:
        if isinstance(instruction.detail, Arg):
            for pair in instruction.detail.pairs:
                known[pair.name] = instruction.index
                yield Name(pair.name_span, ("variable", pair.name, instruction.index), declares=True, first=True)
    for stage in graph.stages:
        yield from _of_from(stage)
        for instruction in stage.instructions:
            yield from _of_instruction(graph, stage, instruction, known)


def _of_from(stage: Stage) -> Iterator[Name]:
    expanded = (stage.base.reference, *((stage.platform,) if stage.platform is not None else ()))
    givers = {use.name: use.definition for one in expanded for use in one.uses}
    instruction = stage.instruction
    for start, end, key in _scanned(instruction.original, givers.get):
        yield Name(instruction.map(start, end), key)


def _of_instruction(graph: BuildGraph, stage: Stage, instruction: Instruction, known: dict[str, int]) -> Iterator[Name]:
    detail = instruction.detail
    if isinstance(detail, Arg):
        for pair in detail.pairs:
            # without a default it is the one from before the first FROM
            source = known.get(pair.name, instruction.index) if pair.default is None else instruction.index
            key = ("variable", pair.name, source)
            yield Name(pair.name_span, key, declares=True, first=source == instruction.index)
    elif isinstance(detail, Env):
        for assigned in detail.pairs:
            key = ("variable", assigned.name, instruction.index)
            yield Name(assigned.name_span, key, declares=True, first=True)
    if "$" in instruction.original:
        for start, end, key in _scanned(instruction.original, _giver(graph, stage, instruction)):
            yield Name(instruction.map(start, end), key)
    for document in instruction.heredocs:
        if "$" not in document.content or not (document.expand or instruction.keyword == "RUN"):
            continue
        begin, at = document.span.start, 0
        for start, end, key in _scanned(document.content, _giver(graph, stage, instruction)):
            begin += len(document.content[at:start].encode("utf-8", "surrogateescape"))
            at = start
            yield Name(Span(begin, begin + end - start), key)


def _giver(graph: BuildGraph, stage: Stage, instruction: Instruction) -> Giver:
    scope = scope_at(graph, stage.index, instruction)
    return lambda name: scope(name).definition


def _scanned(text: str, giver: Giver) -> Iterator[tuple[int, int, Key]]:
    """The names of variables in `text` (characters from, to) that the file gives a value, and what they stand for."""
    for match in _USE.finditer(text):
        group = 1 if match[1] else 2
        definition = giver(match[group]) if match[group] else None
        if definition is not None:
            yield match.start(group), match.end(group), ("variable", match[group], definition.index)

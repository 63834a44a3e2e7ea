"""Edits that write a hardened reference where the upstream one stands, in ``FROM``, and in the ``ARG`` that feeds it.

A reference without variables is replaced as a whole (its digest goes with it). Where a global ARG holds a version, the whole
reference, or the registry before the name, the variable stays: the ``FROM`` line keeps naming it, and its default changes
only if every ``FROM`` that uses it agrees. What cannot keep its variable is written out, which is never done unasked.
"""

from __future__ import annotations

from .._pattern import regex
from .._record import NamedTuple
from ..images import parse_hardened_tag
from .findings import Edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..dockerfile import BuildGraph, Dockerfile, Expanded, Span, VariableUse, Word
    from .stages import StageModel


_NAME = regex(r"\$\{?(\w+)")

WRITTEN_OUT = "the reference is written out and no longer follows {}"
"""What is noted of a reference that can not keep its variables, with their names."""


class SwapEdits(NamedTuple):
    """The edits of one swap, whether they keep the meaning of the file for every reader (`plain`), and what to say.

    `partners` are the other stages that the same edits change: they are applied together.
    """

    edits: tuple[Edit, ...]
    plain: bool
    notes: tuple[str, ...] = ()
    partners: frozenset[int] = frozenset()


class _Slot(NamedTuple):
    """One ``FROM`` word to be rewritten to ``<target>``."""

    stage: int
    word: Word
    expanded: Expanded
    target: str


MAX_JOINT = 32
"""How many FROM instructions one fix changes together with their ARG; a file with more is generated, and its maker is the
place to change."""


def swap_edits(
    dockerfile: Dockerfile, graph: BuildGraph, models: Sequence[StageModel], targets: Mapping[int, str]
) -> dict[int, SwapEdits]:
    """The edits by stage number for all stages with a target reference in `targets`."""
    found: dict[int, SwapEdits] = {}
    groups: dict[tuple[int, str], list[_Slot]] = {}
    for model in models:
        target = targets.get(model.stage.index)
        if target is None:
            continue
        word, expanded = _written(model, models)
        slot = _Slot(model.stage.index, word, expanded, target)
        use = _single_use(slot)
        if not expanded.uses:
            found[slot.stage] = _literal(dockerfile, slot, ())
        elif use is not None and use.definition is not None and use.origin == "arg":
            groups.setdefault((use.definition.index, use.name), []).append(slot)
        elif use is not None and (kept := _keep(dockerfile, slot, use, use.value or "")) is not None:
            note = f"{use.name} is given from outside: with another value the reference may not exist"
            found[slot.stage] = SwapEdits((kept,), False, (note,))
        else:
            found[slot.stage] = _written_out(dockerfile, slot)
    if groups:
        readers = _readers(dockerfile, graph)
        fed: dict[str, int] = {}
        for model in models:
            for use in _written(model, models)[1].uses:
                fed[use.name] = fed.get(use.name, 0) + 1
        for slots in groups.values():
            found.update(_group(dockerfile, slots, fed, readers))
    return found


def _written(model: StageModel, models: Sequence[StageModel]) -> tuple[Word, Expanded]:
    """The reference to be rewritten, and where; a stage that gets a FROM of its own writes that of its base in its place."""
    base = model.stage.base
    if not model.own_from or base.stage is None:
        return base.word, base.reference
    origin = models[base.stage].stage.base
    return origin.word._replace(span=base.word.span), origin.reference


def _single_use(slot: _Slot) -> VariableUse | None:
    """The only variable of the reference, if it is written plainly (``$V`` or ``${V}``)."""
    if len(slot.expanded.uses) != 1:
        return None
    use = slot.expanded.uses[0]
    written = slot.word.text[use.start : use.end]
    return use if written in {f"${use.name}", f"${{{use.name}}}"} else None


def _one_line(dockerfile: Dockerfile, span: Span) -> bool:
    return b"\n" not in dockerfile.source.data[span.start : span.end]


def _literal(dockerfile: Dockerfile, slot: _Slot, notes: tuple[str, ...]) -> SwapEdits:
    span = slot.word.span
    if not _one_line(dockerfile, span):
        return SwapEdits((), False, ("the reference runs over several lines",))
    return SwapEdits((Edit(span.start, span.end, slot.target.encode()),), not notes, notes)


def _written_out(dockerfile: Dockerfile, slot: _Slot) -> SwapEdits:
    names = ", ".join(dict.fromkeys(use.name for use in slot.expanded.uses))
    return _literal(dockerfile, slot, (WRITTEN_OUT.format(names),))


def _parts(slot: _Slot, use: VariableUse) -> tuple[str, str] | None:
    """The fixed head of the new reference before the variable, and the rest of the target that starts at it."""
    before, after = slot.word.text[: use.start], slot.word.text[use.end :]
    if _place(slot, use) is not None:
        return "", slot.target
    if "/" in after:
        return None  # the variable holds a part of the path
    if not before:
        return ("", slot.target) if after[:1] in {"", ":", "-"} else None
    if before.endswith(":") and "/" not in before.rsplit(":", 1)[1]:
        head, _, tag = slot.target.rpartition(":")
        return f"{head}:", tag
    return None


def _place(slot: _Slot, use: VariableUse) -> str | None:
    """What of the target stands for a variable that holds the registry or the namespace before the name; None for no such one."""
    after, (path, slash, _) = slot.word.text[use.end :], slot.target.rpartition("/")
    if use.start or not path or not use.value:
        return None
    if after[:1] == "/":
        return path
    return path + slash if use.value.endswith("/") and after[:1].isalnum() else None


def _fits(rest: str, value: str) -> bool:
    if not value or not rest.startswith(value):
        return False
    return len(rest) == len(value) or value[-1] == "/" or rest[len(value)] in "-:/"


def _keep(dockerfile: Dockerfile, slot: _Slot, use: VariableUse, value: str) -> Edit | None:
    """Rewrite the word around the variable, which has or gets `value`; None where the target does not allow it."""
    parts = _parts(slot, use)
    span = slot.word.span
    if parts is None or not _fits(parts[1], value) or not _one_line(dockerfile, span):
        return None
    written = slot.word.text[use.start : use.end]
    suffix = parts[1][len(value) :]
    return Edit(span.start, span.end, f"{parts[0]}{written}{suffix}".encode())


def _group(
    dockerfile: Dockerfile, slots: list[_Slot], fed: Mapping[str, int], readers: Mapping[str, str]
) -> dict[int, SwapEdits]:
    """The stages whose references are fed by one ARG; `fed` counts its uses in FROM, `readers` says where else it is read."""
    uses = {slot.stage: use for slot in slots if (use := _single_use(slot)) is not None}
    first = uses[slots[0].stage]
    kept = {slot.stage: _keep(dockerfile, slot, uses[slot.stage], first.value or "") for slot in slots}
    if all(edit is not None for edit in kept.values()):
        return {index: SwapEdits((edit,), True) for index, edit in kept.items() if edit is not None}
    joint = _new_default(dockerfile, slots, uses, fed, readers)
    if joint is not None:
        return joint
    return {
        slot.stage: SwapEdits((edit,), True)
        if (edit := kept[slot.stage]) is not None
        else _written_out(dockerfile, slot)
        for slot in slots
    }


def _new_default(
    dockerfile: Dockerfile,
    slots: list[_Slot],
    uses: Mapping[int, VariableUse],
    fed: Mapping[str, int],
    readers: Mapping[str, str],
) -> dict[int, SwapEdits] | None:
    """Change the default of the ARG and all references that it feeds, as one fix; None where that is not possible."""
    first = uses[slots[0].stage]
    span, definition = first.value_span, first.definition
    if span is None or definition is None or not _one_line(dockerfile, span):
        return None
    if len(slots) > MAX_JOINT:
        return None
    if fed[first.name] != len(slots):
        return None  # another FROM, which does not move, is fed by it too
    rests = [parts[1] for slot in slots if (parts := _parts(slot, uses[slot.stage])) is not None]
    if len(rests) != len(slots):
        return None
    shortest = min(rests, key=len)
    parsed = parse_hardened_tag(shortest)
    candidates = [parsed.version] if parsed is not None and "/" not in shortest else []
    whole = "-" in (first.value or "") or "/" in shortest
    candidates = [shortest, *candidates] if whole or not candidates else candidates
    places = {_place(slot, uses[slot.stage]) for slot in slots}
    if all(slot.word.text[uses[slot.stage].end :].startswith(":") for slot in slots):
        candidates = [shortest.rpartition(":")[0]]  # the variable holds a name, and the tag follows it
    elif places != {None}:
        candidates = [place for place in places if place is not None]
    for value in candidates:
        edits = {slot.stage: _keep(dockerfile, slot, uses[slot.stage], value) for slot in slots}
        if all(edit is not None for edit in edits.values()):
            break
    else:
        return None
    raw = dockerfile.source.text(span)
    quote = raw[0] if len(raw) >= 2 and raw[0] == raw[-1] and raw[0] in "\"'" else ""
    change = Edit(span.start, span.end, f"{quote}{value}{quote}".encode())
    elsewhere = readers.get(first.name)
    notes = (f"{first.name} is used by other instructions too: {elsewhere}",) if elsewhere else ()
    if "$" in raw:
        notes = (*notes, f"the default of {first.name} no longer follows {raw}")
    if places != {None}:
        notes = (*notes, f"another value of {first.name} has to name a place with the hardened images")
    if ":" in value.rpartition("/")[2] and any(slot.target != value for slot in slots):
        notes = (*notes, f"another value of {first.name} needs a -dev twin of its own")
    changed = tuple(edit for edit in edits.values() if edit is not None and _changes(dockerfile, edit))
    together = frozenset(slot.stage for slot in slots)
    return {slot.stage: SwapEdits((change, *changed), not notes, notes, together - {slot.stage}) for slot in slots}


def _changes(dockerfile: Dockerfile, edit: Edit) -> bool:
    return dockerfile.source.data[edit.start : edit.end] != edit.text


def _readers(dockerfile: Dockerfile, graph: BuildGraph) -> dict[str, str]:
    """Where else than in FROM a global ARG is read: a redeclaration in a stage, or another global default."""
    first = graph.stages[0].instruction.index if graph.stages else len(dockerfile.instructions)
    found: dict[str, str] = {}
    for instruction in dockerfile.instructions:
        if instruction.keyword != "ARG":
            continue
        line = instruction.start_line
        if instruction.index < first:
            for name in _NAME.findall(instruction.original):
                found.setdefault(name, f"line {line}")
        else:
            for pair in getattr(instruction.detail, "pairs", ()):
                found.setdefault(pair.name, f"ARG {pair.name} in line {line}")
    return found

"""What the stage that ships is made of: which files its runtime needs and where they lie, or why that cannot be told.

Walks the stages that it is built on and its own instructions in the order in which they run. What is found is complete: a file
that the application may need is in it, or the split is refused.
"""

from __future__ import annotations

import posixpath

from ..._record import NamedTuple
from ...dockerfile.details import Add, Copy, Onbuild
from ...rules.accounts import was_root
from ...rules.copied import brought, expanded
from ...rules.facts import stage_facts
from ..effects.outputs import outputs_of
from ..effects.places import SYSTEM
from ..effects.read import PathReader, Place, effects
from ..outcome import Refusal
from .holdings import Holdings, Root
from .landings import landing
from .shell_names import value_reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Instruction, Span, Stage
    from ...rules.copied import Brought
    from ...rules.facts import RunFacts
    from ...rules.subject import Subject
    from ..effects.model import Effect

MAX_INSTRUCTIONS = 400
"""Most instructions of a chain that is split; a longer one is generated, and its maker is the place to change."""

MAX_EFFECTS = 2000
"""Most commands of a chain that are looked at."""


class Inventory(NamedTuple):
    """What a chain holds.

    `roots` in the order in which they come up, none in another. `workdir` is the final one ("/" for none). `python` are the
    RUN instructions that install for the Python of the image, `installed` the packages of the operating system with the
    bytes of the command, `globals` the effects of installations for the whole image. `runs` are the facts of all RUN
    instructions, `copies` all COPY and ADD, `outputs` the files that commands name as what they build, `fetched` the paths
    of what is downloaded. `was_root` tells that what starts runs as root so far.
    """

    roots: tuple[Root, ...]
    workdir: str
    python: tuple[RunFacts, ...]
    installed: tuple[tuple[str, Span], ...]
    globals: tuple[Effect, ...]
    runs: tuple[RunFacts, ...]
    copies: tuple[Brought, ...]
    outputs: frozenset[str]
    fetched: frozenset[str]
    was_root: bool


def take_inventory(subject: Subject, workdir: str | None = None, *, below: bool = False) -> Inventory | Refusal:
    """The inventory of the stage of `subject` with all that it is built on, or why it cannot be split.

    `workdir` is the work directory of the image, where it is not that of the upstream one. With `below` only the stages that it
    is built on are looked at.
    """
    return _Taker(subject, workdir, below).take()


class _Taker:
    def __init__(self, subject: Subject, workdir: str | None, below: bool) -> None:
        self.subject = subject
        self.stages = subject.chain[:-1] if below else subject.chain
        before = subject.before
        self.first = workdir if workdir is not None else (before.workdir or "/" if before is not None else None)
        self.file = subject.file
        self.python: list[RunFacts] = []
        self.installed: list[tuple[str, Span]] = []
        self.globals: list[Effect] = []
        self.runs: list[RunFacts] = []
        self.outputs: list[str] = []
        self.fetched: list[str] = []
        self.count = 0

    def refuse(self, span: Span, text: str) -> Refusal:
        return Refusal("split", self.subject.line(span), text)

    def take(self) -> Inventory | Refusal:
        subject = self.subject
        first = subject.stage.instruction.span
        if sum(len(stage.instructions) for stage in self.stages) > MAX_INSTRUCTIONS:
            return self.refuse(first, f"the stage has more than {MAX_INSTRUCTIONS} instructions")
        self.places = self._places()
        workdir = self.places[-1]
        if workdir is None and not any(True for _ in subject.chain_instructions("WORKDIR")):
            workdir = "/"  # nothing is said of the image; a relative path is not known then
        if workdir is None:
            return self.refuse(first, "the WORKDIR at the end of the stage is not known")
        self.workdir = workdir
        copies = {one.instruction.index: self._from_workdir(one) for one in brought(subject)}
        self.holdings = Holdings(subject, workdir)
        for stage in self.stages:
            facts = {run.instruction.index: run for run in stage_facts(stage).runs}
            for instruction in stage.instructions:
                refusal = self._instruction(stage, instruction, facts, copies)
                if refusal is not None:
                    return refusal
        roots = self.holdings.roots(any(True for _ in subject.chain_instructions("WORKDIR")))
        if isinstance(roots, str):
            return self.refuse(first, roots)
        return Inventory(
            roots,
            workdir,
            tuple(self.python),
            tuple(self.installed),
            tuple(self.globals),
            tuple(self.runs),
            tuple(copies.values()),
            frozenset(self.outputs),
            frozenset(self.fetched),
            was_root(subject),
        )

    def _places(self) -> dict[int, str | None]:
        """The work directory before each instruction of the chain, by its index, and at the end at -1; None where not known."""
        current = "/" + posixpath.normpath(self.first).lstrip("/") if self.first is not None else None
        found: dict[int, str | None] = {}
        for stage in self.subject.chain:
            for one in stage.instructions:
                found[one.index] = current
                if one.keyword == "WORKDIR":
                    text = expanded(self.subject, stage, one, one.words[0]) if one.words else None
                    known = text is not None and (current is not None or text.startswith("/"))
                    current = posixpath.normpath(posixpath.join(current or "/", text or "")) if known else None
        found[-1] = current
        return found

    def _instruction(
        self, stage: Stage, instruction: Instruction, facts: dict[int, RunFacts], copies: dict[int, Brought]
    ) -> Refusal | None:
        if isinstance(instruction.detail, Onbuild):
            return self.refuse(instruction.span, "ONBUILD: what an image built on this one runs would move too")
        if isinstance(instruction.detail, Copy | Add):
            return self._copy(copies[instruction.index])
        if instruction.keyword == "WORKDIR":
            following = next((one.index for one in self._after(instruction)), -1)
            after = self.places[following]
            if after is not None:
                self.holdings.folder(after)
        if instruction.keyword != "RUN":
            return None
        run = facts[instruction.index]
        self.runs.append(run)
        place = Place(self.places[instruction.index], value_reader(self.file, stage, run))
        reader = PathReader(run, place)
        self.outputs.extend(path for build in run.builds for name in outputs_of(build) if (path := reader.path(name)))
        self.holdings.begin(stage, run, reader)
        for effect in effects(run, place):
            self.count += 1
            if self.count > MAX_EFFECTS:
                return self.refuse(instruction.span, f"the stage runs more than {MAX_EFFECTS} commands")
            refusal = self._effect(run, effect)
            if refusal is not None:
                return refusal
        self.fetched.extend(self.holdings.fetched)
        return None

    def _after(self, instruction: Instruction) -> Iterator[Instruction]:
        """The instructions of the chain behind `instruction`."""
        every = (one for stage in self.subject.chain for one in stage.instructions)
        return (one for one in every if one.index > instruction.index)

    # -- one thing at a time

    def _copy(self, one: Brought) -> Refusal | None:
        places = landing(self.subject, one)
        if isinstance(places, str):
            return self.refuse(one.instruction.span, places)
        owned = one.detail.chown is not None and (one.detail.chown.value or "").partition(":")[0] not in {"root", "0"}
        text = one.detail.destination.text.strip("\"'").rstrip("/")
        for path in places:
            written = text if len(places) == 1 and "$" in text else ""
            trouble = self.holdings.add(path, owned, certain=True, text=written)
            if trouble is not None:
                return self.refuse(one.instruction.span, trouble)
        return None

    def _from_workdir(self, one: Brought) -> Brought:
        """`one` with a relative destination as the work directory of the chain has it."""
        text = expanded(self.subject, one.stage, one.instruction, one.detail.destination)
        workdir = self.places[one.instruction.index]
        if text is None or text.startswith("/"):
            return one
        if workdir is None:
            return one._replace(destination=None)
        end = "/" if text.endswith("/") or text in {".", ""} else ""
        return one._replace(destination=posixpath.normpath(posixpath.join("/", workdir, text)).rstrip("/") + end)

    def _effect(self, run: RunFacts, effect: Effect) -> Refusal | None:
        kind, span = effect.kind, effect.span
        if kind == "unknown":
            return self.refuse(span, f"what {effect.text} leaves behind is not known")
        if kind == "packages":
            self.installed.extend((name, span) for name in effect.names)
            self.holdings.packages.update(effect.names)
        elif kind == "python":
            if run not in self.python:
                self.python.append(run)
        elif kind == "global":
            self.globals.append(effect)
        else:
            trouble = self.holdings.take(effect)
            return self.refuse(span, trouble) if trouble is not None else None
        return None


__all__ = ["SYSTEM", "Inventory", "Root", "take_inventory"]

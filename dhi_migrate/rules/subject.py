"""What a detector looks at: one stage, the image that it will run on, and the image that it stood on.

A stage that is built on another stage of the file shares the image of that one: its *carrier*.
"""

from __future__ import annotations

from functools import cached_property

from ..dockerfile import stage_state_at
from .breakers.programs import known_programs
from .facts import stage_facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ..catalog.model import Definition, UpstreamFacts
    from ..dockerfile import Edge, Instruction, Span, Stage, StageState
    from .context import Context
    from .facts import StageFacts
    from .stages import StageModel

    State = Literal["pending", "hardened", "generic", "scratch"]
    """Pending: an upstream base with a known hardened target. Hardened: on one already. Generic: nothing is known of a target."""

Edges = tuple[tuple["Edge", ...], tuple["Edge", ...]]


class Subject:
    """One stage under judgement. Frozen by use: what is computed from it is kept, and nothing is ever set from outside.

    `file` is the whole file, `stage` the stage itself, `carrier` the model of the stage whose ``FROM`` names the
    image, and `chain` the stages from that one to this one, in order. `role` is "final" for the stages that end up in
    what ships. `ships` tells that this stage is the one that ships, so that its end state is what starts. `target` is
    the definition that the stage will run on (None: generic or scratch), `image` its reference as a message names it
    (the upstream base where there is no target), `incoming` and `outgoing` what it takes from elsewhere and what
    other stages take from it, `before` how the upstream image is made up (for a hardened base: that of its upstream
    twin), None where unknown.
    """

    def __init__(
        self, file: Context, stage: Stage, carrier: StageModel, chain: tuple[Stage, ...], edges: Edges
    ) -> None:
        self.file = file
        self.stage = stage
        self.carrier = carrier
        self.chain = chain
        self.incoming, self.outgoing = edges
        self.target: Definition | None = carrier.definition
        self.ships = stage.index == file.graph.target
        alone = stage.index not in file.graph.reachable and carrier.want == "final"
        self.role: Literal["final", "build"] = "final" if stage.index in file.lines.shipped or alone else "build"
        if carrier.match == "scratch":
            self.state: State = "scratch"
        elif carrier.hardened is not None:
            self.state = "hardened" if carrier.definition is not None else "generic"
        else:
            self.state = "pending" if carrier.definition is not None else "generic"

    @cached_property
    def image(self) -> str:
        """The image that the stage will run on, as a message names it: ``dhi.io/node:24-debian13``."""
        carrier = self.carrier
        if carrier.resolution is not None and carrier.resolution.best is not None:
            return self.file.spelling.write(carrier.resolution.best.name, carrier.resolution.best.tag)
        use = carrier.hardened
        if use is not None and use.definition is None and use.successor is not None:
            return self.file.spelling.write(use.name, use.successor)  # the facts are those of the successor
        return carrier.base.partition("@")[0]

    @cached_property
    def before(self) -> UpstreamFacts | None:
        """How the upstream image is made up, or that of the upstream twin of a hardened base."""
        if self.carrier.resolution is not None:
            return self.carrier.resolution.facts
        definition = self.carrier.definition
        if definition is None:
            return None
        return self.file.catalog.upstream_twin(definition)

    @cached_property
    def facts(self) -> StageFacts:
        """What the RUN instructions of the stage itself do."""
        return stage_facts(self.stage)

    @cached_property
    def programs(self) -> frozenset[str]:
        """Programs that the target is known to have; what is missing here may be there all the same."""
        return frozenset(known_programs(self.target)) if self.target is not None else frozenset()

    @cached_property
    def evidence(self) -> str:
        """The definition that the facts of the target come from, or a word on why there is none."""
        if self.target is not None:
            return self.target.source
        return "no hardened equivalent is known: a claim about hardened images in general"

    @property
    def who(self) -> str:
        """The user that the target runs as: ``nonroot (65532)``."""
        return f"{self.target.user} ({self.target.uid})" if self.target is not None else "a user that is not root"

    @property
    def pending(self) -> bool:
        """Whether the stage still stands on its upstream base: then what is right only on the target is a bound fix."""
        return self.state == "pending"

    def instructions(self, *keywords: str) -> Iterator[Instruction]:
        """The stage's own instructions with one of `keywords` (none: all), in file order."""
        for instruction in self.stage.instructions:
            if not keywords or instruction.keyword in keywords:
                yield instruction

    def chain_instructions(self, *keywords: str) -> Iterator[Instruction]:
        """The same over all stages of the chain, the oldest first."""
        for stage in self.chain:
            for instruction in stage.instructions:
                if not keywords or instruction.keyword in keywords:
                    yield instruction

    def state_at(self, instruction: Instruction) -> StageState:
        """What is in force just before `instruction`, one of the stage's own."""
        return stage_state_at(self.file.graph, self.stage.index, instruction)

    def line(self, span: Span) -> int:
        """The 1-based line on which `span` begins."""
        return self.file.dockerfile.source.line_of(span.start)

    @cached_property
    def keywords(self) -> frozenset[str]:
        """The keywords of the stage's own instructions, and FROM."""
        return frozenset({"FROM", *(one.keyword for one in self.stage.instructions)})

    @cached_property
    def chain_keywords(self) -> frozenset[str]:
        """The keywords of the instructions of all stages of the chain, and FROM."""
        return frozenset({"FROM", *(one.keyword for stage in self.chain for one in stage.instructions)})


def subjects(file: Context) -> tuple[Subject, ...]:
    """One subject for each stage, in file order."""
    carriers: list[StageModel] = []
    chains: list[tuple[Stage, ...]] = []
    for model in file.models:
        stage, parent = model.stage, model.stage.base.stage
        if parent is None or parent >= len(carriers) or model.own_from:
            carriers.append(model)
            chains.append((stage,))
        else:
            carriers.append(carriers[parent])
            # a file of ten thousand stages on each other stays linear: what lies too deep is left out, as for variables
            chains.append((*chains[parent][-MAX_CHAIN:], stage))
    into: dict[int, list[Edge]] = {}
    out: dict[int, list[Edge]] = {}
    for edge in file.graph.edges:
        into.setdefault(edge.stage, []).append(edge)
        if edge.source is not None:
            out.setdefault(edge.source, []).append(edge)
    found = []
    for model, carrier, chain in zip(file.models, carriers, chains, strict=True):
        index = model.stage.index
        edges = tuple(into.get(index, ())), tuple(out.get(index, ()))
        found.append(Subject(file, model.stage, carrier, chain, edges))
    return tuple(found)


MAX_CHAIN = 50
"""Deepest chain of stages of one file that is looked at as one."""

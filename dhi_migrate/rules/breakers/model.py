"""The values of the breakers: one move of a chain of stages to one hardened definition, and what stands in its way."""

from __future__ import annotations

import re

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition, UpstreamFacts
    from ...dockerfile import Edge, Instruction, Span, Stage


class Breaker(NamedTuple):
    """One reason against a swap: what it is about (`span`) and whether it is `certain` to fail (else: not known to work)."""

    span: Span
    text: str
    certain: bool


class Move(NamedTuple):
    """Stages that run on one image today, and the hardened definition that they would run on.

    `stages` holds the stage whose ``FROM`` is swapped and the stages built on it that the move is judged for, in file
    order; `taken` the edges by which others take files from it. `final` tells that the last of them ships. `image` is
    ``name:tag`` of the definition. `facts` is None where the upstream image is not described.
    """

    stages: tuple[Stage, ...]
    taken: tuple[Edge, ...]
    final: bool
    upstream: str
    image: str
    definition: Definition
    facts: UpstreamFacts | None

    def instructions(self, *keywords: str) -> Iterator[Instruction]:
        """The instructions of all stages that have one of `keywords`, in file order."""
        for stage in self.stages:
            for instruction in stage.instructions:
                if instruction.keyword in keywords:
                    yield instruction

    def last(self, keyword: str) -> Instruction | None:
        """The instruction `keyword` in force at the end of the last stage, within these stages."""
        found = None
        for instruction in self.instructions(keyword):
            found = instruction
        return found


def run_text(run: Instruction) -> str:
    """The shell text of a RUN: its logical line and the bodies of its here-documents."""
    return "\n".join([run.original, *(heredoc.content for heredoc in run.heredocs)])


def pieces(text: str) -> list[str]:
    """The shell `text` cut where one command ends and another begins; quotes are not minded."""
    return re.split(r"&&|\|\||[;|\n]", text)


def package_names(definition: Definition) -> set[str]:
    """The packages that `definition` lists, without the versions that they are pinned to."""
    return {package.partition("=")[0] for package in definition.packages}


def destination(instruction: Instruction) -> str:
    """Where a COPY or ADD puts its files, as written and without quotes; "" where it says nothing."""
    return instruction.words[-1].text.strip("\"'") if instruction.words else ""


def basename(path: str) -> str:
    """The last component of a command word: ``/usr/bin/node`` is ``node``."""
    return path.rsplit("/", 1)[-1]

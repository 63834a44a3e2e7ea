"""The facts layer: what the commands of each RUN do, computed once a file and shared by all detectors."""

from __future__ import annotations

from functools import cache

from .model import (
    Account,
    Build,
    Download,
    LanguageInstall,
    Mode,
    Ownership,
    Package,
    PackageCommand,
    RunFacts,
    StageFacts,
    Written,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...dockerfile import Instruction, Stage

__all__ = [
    "Account",
    "Build",
    "Download",
    "LanguageInstall",
    "Mode",
    "Ownership",
    "Package",
    "PackageCommand",
    "RunFacts",
    "StageFacts",
    "Written",
    "read_facts",
    "stage_facts",
]


def read_facts(instruction: Instruction, posix: bool = True) -> RunFacts:
    """What the commands of the RUN `instruction` do.

    `posix` is False where the SHELL in force is no relative of sh; then little is known.
    """
    return _readers()[0](instruction, posix)


def stage_facts(stage: Stage) -> StageFacts:
    """The facts of the RUN instructions of `stage` itself (not of its base stage), each read for the SHELL in force there."""
    if not any(instruction.keyword == "RUN" for instruction in stage.instructions):
        return StageFacts(())  # and the readers need not be loaded
    return _readers()[1](stage)


@cache
def _readers() -> tuple[Callable[[Instruction, bool], RunFacts], Callable[[Stage], StageFacts]]:
    from . import read

    return read.read_facts, read.stage_facts

"""What the modules of level dev ask of the stage that ships: the RUN instructions of its chain, and what is in force there."""

from __future__ import annotations

import posixpath
from functools import cached_property

from ..dockerfile import scope_at
from ..dockerfile.expand import expand
from ..rules.accounts import ROOT
from ..rules.makers import MAX_RUNS, runs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.model import Definition
    from ..dockerfile import Instruction, Stage
    from ..rules.facts import RunFacts
    from ..rules.subject import Subject


MAX_FILES = 1000
"""Most facts about files, of all RUN instructions of a chain, that are looked at."""

MAX_COPIES = 200
"""Most COPY and ADD instructions of a chain that are looked at."""


class Scope:
    """The stage that ships (`subject`) on the -dev image `target`; frozen by use, what is computed is kept.

    `root_before` tells that the upstream image runs as root, or that it is not known as whom. `given` are directories that
    the rewritten file gives to the user.
    """

    def __init__(self, subject: Subject, target: Definition, given: tuple[str, ...] = ()) -> None:
        self.subject = subject
        self.target = target
        self.given = given
        before = subject.before
        self.root_before = before is None or before.user.partition(":")[0] in {"", *ROOT}

    @cached_property
    def runs(self) -> tuple[RunFacts, ...]:
        """The RUN instructions of the chain, the oldest first; see `too_long`."""
        return runs_of(self.subject.file, self.subject.stage.index)

    @property
    def too_long(self) -> bool:
        """Whether the chain has more RUN instructions, commands on files or copies than are compared with each other."""
        files = sum(len(run.written) + len(run.modes) + len(run.ownerships) for run in self.runs)
        copies = sum(1 for _ in self.subject.chain_instructions("COPY", "ADD"))
        return len(self.runs) >= MAX_RUNS or files > MAX_FILES or copies > MAX_COPIES

    @cached_property
    def own(self) -> frozenset[int]:
        """The numbers of the instructions of the stage itself."""
        return frozenset(one.index for one in self.subject.stage.instructions)

    def stage_of(self, instruction: Instruction) -> Stage:
        """The stage of the chain that `instruction` is in."""
        for stage in self.subject.chain:
            if stage.instructions and stage.instruction.index < instruction.index <= stage.instructions[-1].index:
                return stage
        return self.subject.stage

    def line(self, instruction: Instruction) -> int:
        """The 1-based line on which `instruction` begins."""
        return self.subject.line(instruction.keyword_span)

    def workdir(self, instruction: Instruction | None = None) -> str | None:
        """The work directory before `instruction` of the chain (None: at the end) on the -dev image; None where not known."""
        if instruction is None:
            state = self.subject.stage.state.workdir
        else:
            state = self.stage_of(instruction).history.at(instruction.index).workdir
        if state.instruction is None:
            return posixpath.normpath(self.target.workdir or "/")
        if not state.known or not isinstance(state.value, str):
            return None
        return posixpath.normpath(state.value)

    def as_root(self, instruction: Instruction) -> bool:
        """Whether `instruction` of the chain runs as root on the -dev image, as far as is known."""
        user = self.stage_of(instruction).history.at(instruction.index).user
        if user.instruction is None:
            return True
        return user.known and isinstance(user.value, str) and user.value.partition(":")[0] in ROOT

    def keyword(self, word: str) -> str:
        """`word`, a keyword, in the case in which the stage writes its own."""
        span = self.subject.stage.instruction.keyword_span
        written = self.subject.file.dockerfile.source.data[span.start : span.end]
        return word.lower() if written.islower() else word

    def is_sh(self, instruction: Instruction | None) -> bool:
        """Whether the shell in force at `instruction` of the chain (None: at the end) is a relative of sh."""
        if instruction is None:
            shell = self.subject.stage.state.shell
        else:
            shell = self.stage_of(instruction).history.at(instruction.index).shell
        if shell.instruction is None:
            return True
        words = shell.value if isinstance(shell.value, tuple) else ()
        return bool(words) and words[0].rsplit("/", 1)[-1] in {"sh", "bash", "ash", "dash"}

    def absolute(self, run: RunFacts, path: str) -> str | None:
        """`path`, as a command of `run` names it, as an absolute path; None where that is not known, as behind a ``cd``."""
        instruction = run.instruction
        if any(sign in path for sign in "*?[{~`") and "${" not in path:
            return None
        stage = self.stage_of(instruction)
        text: str | None = path
        if "$" in path:
            text = expand(
                path, scope_at(self.subject.file.graph, stage.index, instruction), self.subject.file.dockerfile.escape
            ).text
        if text is None or any(sign in text for sign in "*?[$~` \t"):
            return None
        if text.startswith("/"):
            return posixpath.normpath(text)
        base = self.workdir(instruction)
        if base is None or any(one.name in {"cd", "pushd"} for one in run.script.commands):
            return None
        return posixpath.normpath(posixpath.join(base, text))

"""The text of a split: the build stage keeps its own, the runtime stage is put behind it.

Lines go or come as wholes; what stays keeps its bytes. Instructions that only say something about the container move with the
comments directly above them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._pattern import regex
from ..._record import NamedTuple
from ...dockerfile.details import Arg, Env
from ...rules.edits import apply_edits
from ...rules.findings import Edit
from ...rules.repairs import BOM, line_ending
from ..effects.table import BUILD_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...dockerfile import Instruction
    from ...rules.subject import Subject

MOVED = frozenset({"CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "STOPSIGNAL", "USER", "VOLUME"})
"""Keywords of instructions that say something about the container that is started, and nothing to a build."""

_SINGLE = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL"})
_HEAD = ("ARG", "ENV", "LABEL", "MAINTAINER", "WORKDIR")
_USE = regex(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_NAMES = ("build", "builder", "build-stage", "runtime-build")


class Copied(NamedTuple):
    """A COPY of the runtime stage: the absolute `path` in both stages, and its owner ("" for none named).

    `source` is the path in the build stage where it is another one.
    """

    path: str
    owner: str
    source: str = ""


class Layout(NamedTuple):
    """What the runtime stage consists of, beside the instructions that it takes over.

    `base` is the word after FROM. `variables` are ENV lines that come first, `user` the USER to be named ("" for none).
    `edits` are those inside of the build stage, `inside` those of instructions that move, `gone` are instructions of the
    build stage that nothing is left of. `inserted` are instructions put above `before`. `plain_path` tells that the search
    path of the build means nothing to the runtime.
    """

    base: str
    workdir: str
    copies: tuple[Copied, ...]
    variables: tuple[str, ...]
    user: str
    edits: tuple[Edit, ...]
    inside: tuple[Edit, ...]
    gone: tuple[Instruction, ...]
    before: Instruction | None
    inserted: tuple[str, ...]
    plain_path: bool = False


def write_split(subject: Subject, layout: Layout) -> bytes:
    """The whole file with the stage of `subject` split as `layout` says."""
    return _Writer(subject, layout).write()


def stage_name(subject: Subject) -> str:
    """A name for the build stage that the file does not use yet."""
    taken = {(stage.name or "").lower() for stage in subject.file.graph.stages}
    text = subject.file.dockerfile.source.data.decode("utf-8", "replace").lower()
    for name in (*_NAMES, *(f"build-{number}" for number in range(2, 100))):
        if name not in taken and f"--from={name} " not in text and f"from={name}," not in text:
            return name
    return "build-of-the-runtime"


class _Writer:
    def __init__(self, subject: Subject, layout: Layout) -> None:
        self.subject = subject
        self.layout = layout
        self.dockerfile = subject.file.dockerfile
        self.source = self.dockerfile.source
        self.data = self.source.data
        self.ending = line_ending(self.dockerfile)
        self.comments = {one.line for one in self.dockerfile.comments if one.instruction is None}
        self.name = stage_name(subject)
        self.late = self._late()

    # -- lines

    def last_line(self, instruction: Instruction) -> int:
        return self.source.line_of(max(instruction.span.end - 1, instruction.span.start))

    def first_line(self, instruction: Instruction) -> int:
        """The first of the comment lines directly above `instruction`, or its own."""
        line = instruction.start_line
        while line - 1 in self.comments:
            line -= 1
        return line

    def is_blank(self, line: int) -> bool:
        span = self.source.line_span(line)
        return not self.data[span.start : span.end].strip()

    def line_end(self, line: int) -> int:
        """The byte behind the text of `line`, before its line ending."""
        span = self.source.line_span(line)
        return span.start + len(self.data[span.start : span.end].rstrip(b"\r\n"))

    def text(self, first: int, last: int) -> str:
        """The lines `first` to `last` with the edits of moved instructions made, without the final line ending."""
        start, end = self.source.line_starts[first - 1], self.line_end(last)
        if first == 1 and self.data.startswith(BOM):
            start = len(BOM)
        edits = [
            Edit(one.start - start, one.end - start, one.text)
            for one in self.layout.inside
            if start <= one.start and one.end <= end
        ]
        return apply_edits(self.data[start:end], edits).decode("utf-8", "surrogateescape")

    def instruction_text(self, instruction: Instruction, *, comments: bool) -> str:
        first = self.first_line(instruction) if comments else instruction.start_line
        return self.text(first, self.last_line(instruction))

    def _late(self) -> frozenset[int]:
        """The variables and work directories of the stage that no command of the build is after: they move as a whole."""
        last = max((one.index for one in self.subject.instructions("RUN", "COPY", "ADD")), default=-1)
        after = [one for one in self.subject.instructions("ENV", "ARG", "WORKDIR") if one.index > last]
        taken = {one.index for one in self._taken()}
        return frozenset(one.index for one in after if one.index in taken)

    # -- the build stage

    def write(self) -> bytes:
        stage = self.subject.stage
        moved = [one for one in stage.instructions if one.keyword in MOVED or one.index in self.late]
        inside = {(one.start, one.end, one.text) for one in self.layout.inside}
        whole = [self.source.line_starts[one.start_line - 1] for one in self.layout.gone]
        ends = [one.span.end for one in self.layout.gone]
        edits = [
            one
            for one in self.layout.edits
            if (one.start, one.end, one.text) not in inside
            and not any(start <= one.end and one.start <= end for start, end in zip(whole, ends, strict=True))
        ]
        edits.append(self._named())
        before = self.layout.before
        if before is not None:
            at = self.source.line_starts[self.first_line(before) - 1]
            edits.append(Edit(at, at, "".join(f"{one}{self.ending}" for one in self.layout.inserted).encode()))
        last = max(self.last_line(one) for one in (stage.instruction, *stage.instructions))
        gone: set[int] = set()
        for one in (*moved, *self.layout.gone):
            gone.update(range(self.first_line(one), self.last_line(one) + 1))
        kept = last
        while kept in gone or (kept > stage.line and self.is_blank(kept)):
            kept -= 1
        edits.extend(self._removals(gone, kept))
        edits.append(self._appended(kept, last))
        return apply_edits(self.data, self._merged(edits))

    def _named(self) -> Edit:
        stage = self.subject.stage
        detail = stage.instruction.detail
        name = getattr(detail, "name", None)
        if name is not None:
            return Edit(name.span.start, name.span.end, self.name.encode())
        span = stage.base.word.span
        keyword = self.source.text(stage.instruction.keyword_span)
        written = self.data[span.start : span.end]
        return Edit(span.start, span.end, written + f" {'as' if keyword.islower() else 'AS'} {self.name}".encode())

    def _removals(self, gone: set[int], kept: int) -> Iterator[Edit]:
        """Take the lines `gone` out up to line `kept`, each range with one of the two empty lines around it."""
        line = 1
        while line <= kept:
            if line not in gone:
                line += 1
                continue
            first = line
            while line in gone and line <= kept:
                line += 1
            end = line
            if end <= kept and self.is_blank(end) and (first == 1 or self.is_blank(first - 1)):
                end += 1
            start = self.source.line_starts[first - 1]
            if first == 1 and self.data.startswith(BOM):
                start = len(BOM)
            yield Edit(start, self.source.line_starts[end - 1], b"")

    def _appended(self, kept: int, last: int) -> Edit:
        lines = list(self._runtime())
        text = self.ending + self.ending + self.ending.join(lines)
        return Edit(self.line_end(kept), self.line_end(last), text.encode("utf-8", "surrogateescape"))

    @staticmethod
    def _merged(edits: Iterable[Edit]) -> list[Edit]:
        """Without edits inside of others: what is taken out as a whole needs no more."""
        ordered = sorted(dict.fromkeys(edits), key=lambda one: (one.start, -one.end))
        found: list[Edit] = []
        for one in ordered:
            if found and one.end <= found[-1].end and one.start >= found[-1].start and found[-1].end > found[-1].start:
                if one.start == one.end and one.start in {found[-1].start, found[-1].end}:
                    found.append(one)
                continue
            found.append(one)
        return found

    # -- the runtime stage

    def _runtime(self) -> Iterator[str]:
        layout, stage = self.layout, self.subject.stage
        keyword = self.source.text(stage.instruction.keyword_span)
        name = f" {'as' if keyword.islower() else 'AS'} {stage.name}" if stage.name is not None else ""
        detail = stage.instruction.detail
        if stage.name is not None:
            name = self.data[stage.base.word.span.end : detail.name.span.end].decode("utf-8", "replace")  # type: ignore[union-attr]
        flags = "".join(f"{flag.text} " for flag in self.subject.carrier.stage.instruction.flags)
        yield f"{keyword} {flags}{layout.base}{name}"
        yield from layout.variables
        taken = self._taken()
        head = [one for one in taken if one.keyword in _HEAD]
        for one in head:
            own = one in stage.instructions
            yield self.instruction_text(one, comments=own and (one.keyword in MOVED or one.index in self.late))
        if not any(one.keyword == "WORKDIR" for one in head) and layout.workdir:
            yield f"WORKDIR {layout.workdir}"
        for copy in layout.copies:
            owner = f"--chown={copy.owner} " if copy.owner else ""
            yield f"COPY --from={self.name} {owner}{copy.source or copy.path} {copy.path}"
        user = f"USER {layout.user}" if layout.user else ""
        for one in taken:
            if one.keyword in _HEAD:
                continue
            if one in stage.instructions and self._stands_apart(one):
                yield ""
            if user and one.keyword in {"CMD", "ENTRYPOINT"}:
                yield user
                user = ""
            yield self.instruction_text(one, comments=one in stage.instructions)
        if user:
            yield user

    def _stands_apart(self, instruction: Instruction) -> bool:
        """Whether an empty line stands above `instruction` and its comments."""
        line = self.first_line(instruction)
        return line > 1 and self.is_blank(line - 1)

    def _taken(self) -> Sequence[Instruction]:
        """The instructions of the chain that the runtime stage repeats, in their order."""
        every = [one for stage in self.subject.chain for one in stage.instructions]
        state = self.subject.stage.state
        in_force = {
            one.instruction.index
            for one in (state.cmd, state.entrypoint, state.healthcheck, state.stop_signal)
            if one.instruction is not None
        }
        found: list[Instruction] = []
        workdirs = [one for one in every if one.keyword == "WORKDIR"]
        for one in every:
            if one.keyword == "USER" or (one.keyword in _SINGLE and one.index not in in_force):
                continue
            if one.keyword == "WORKDIR" and not (one is workdirs[-1] and self._absolute(one)):
                continue
            if one.keyword == "ENV" and not self._runs_with(one):
                continue
            if one.keyword in MOVED or one.keyword in {"ENV", "WORKDIR"}:
                found.append(one)
        return self._with_arguments(every, found)

    @staticmethod
    def _absolute(instruction: Instruction) -> bool:
        return bool(instruction.words) and instruction.words[0].text.strip("\"'").startswith(("/", "$"))

    def _runs_with(self, instruction: Instruction) -> bool:
        """Whether an ENV is for more than a build."""
        detail = instruction.detail
        if not isinstance(detail, Env):
            return False
        for pair in detail.pairs:
            if pair.name.startswith(BUILD_SETTINGS):
                continue
            if self.layout.plain_path and pair.name in {"PATH", "GOPATH", "GOROOT", "GOBIN"}:
                continue
            return True
        return False

    @staticmethod
    def _with_arguments(every: Sequence[Instruction], found: list[Instruction]) -> list[Instruction]:
        """`found` with the ARG instructions whose variables they use, in the order of the file."""
        wanted: set[str] = set()
        for one in found:
            wanted.update(_USE.findall(one.original))
        arguments: list[Instruction] = []
        for one in reversed(every):
            detail = one.detail
            if isinstance(detail, Arg) and any(pair.name in wanted for pair in detail.pairs):
                arguments.append(one)
                wanted.update(_USE.findall(one.original))
        chosen = {one.index for one in (*arguments, *found)}
        return [one for one in every if one.index in chosen]

"""The text of a split: the build stage keeps its own, the runtime stage is put behind it.

Lines go or come as wholes; what stays keeps its bytes. Instructions that only say something about the container move with the
comments directly above them.
"""

from __future__ import annotations

from ..._record import NamedTuple
from ...dockerfile.details import From
from ...rules.edits import apply_edits
from ...rules.findings import Edit
from .carried import HEAD, MOVED, carried, defined, uses
from .lines import Lines, cased, merged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Instruction
    from ...rules.subject import Subject

_NAMES = ("build", "builder", "build-stage", "runtime-build")


class Copied(NamedTuple):
    """A COPY of the runtime stage: the absolute `path` in both stages, and its owner ("" for none named).

    `source` is the path in the build stage where it is another one. `text` is the path as the file writes it with variables, ""
    where it has none.
    """

    path: str
    owner: str
    source: str = ""
    text: str = ""


class Layout(NamedTuple):
    """What the runtime stage consists of, beside the instructions that it takes over.

    `base` is the word after FROM. `variables` are ENV lines that come first, `user` the USER to be named ("" for none).
    `edits` are those inside of the build stage, `inside` those of instructions that move, `gone` are instructions of the
    build stage that nothing is left of. `inserted` are instructions put above `before`. `static` tells that nothing of a
    language is left in the runtime. `folders` are directories that WORKDIR makes for the user of the image.
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
    static: bool = False
    folders: tuple[str, ...] = ()


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


def copy_lines(
    subject: Subject, copies: tuple[Copied, ...], name: str, taken: tuple[Instruction, ...]
) -> Iterator[str]:
    """COPY instructions for `copies` from the stage `name`, with the variables of the file where the runtime has them."""
    times = defined(taken)
    every = defined(one for stage in subject.chain for one in stage.instructions)
    for copy in copies:
        owner = f"--chown={copy.owner} " if copy.owner else ""
        plain = bool(copy.text) and all(times.get(one, 0) >= 1 and every.get(one, 0) == 1 for one in uses(copy.text))
        place = copy.text if plain else copy.path
        yield f"COPY --from={name} {owner}{copy.source or place} {place}"


class _Writer:
    def __init__(self, subject: Subject, layout: Layout) -> None:
        self.subject = subject
        self.layout = layout
        self.dockerfile = subject.file.dockerfile
        self.source = self.dockerfile.source
        self.lines = Lines(self.dockerfile)
        self.name = stage_name(subject)
        texts = [copy.text for copy in layout.copies if copy.text]
        self.taken = carried(subject, texts, static=layout.static)
        self.late = self._late()
        self.keyword = self.source.text(subject.stage.instruction.keyword_span)

    def _late(self) -> frozenset[int]:
        """The variables and work directories of the stage that no command of the build is after: they move as a whole."""
        last = max((one.index for one in self.subject.instructions("RUN", "COPY", "ADD")), default=-1)
        after = [one for one in self.subject.instructions("ENV", "ARG", "WORKDIR") if one.index > last]
        taken = {one.index for one in self.taken}
        return frozenset(one.index for one in after if one.index in taken)

    # -- the build stage

    def write(self) -> bytes:
        lines, layout, stage = self.lines, self.layout, self.subject.stage
        moved = [one for one in stage.instructions if one.keyword in MOVED or one.index in self.late]
        inside = {(one.start, one.end, one.text) for one in layout.inside}
        whole = [self.source.line_starts[one.start_line - 1] for one in layout.gone]
        ends = [one.span.end for one in layout.gone]
        edits = [
            one
            for one in layout.edits
            if (one.start, one.end, one.text) not in inside
            and not any(start <= one.end and one.start <= end for start, end in zip(whole, ends, strict=True))
        ]
        edits.append(self._named())
        if layout.before is not None:
            at = self.source.line_starts[lines.first(layout.before) - 1]
            text = "".join(f"{cased(one, self.keyword)}{lines.ending}" for one in layout.inserted)
            edits.append(Edit(at, at, text.encode()))
        last = max(lines.last(one) for one in (stage.instruction, *stage.instructions))
        gone: set[int] = set()
        for one in (*moved, *layout.gone):
            gone.update(range(lines.first(one), lines.last(one) + 1))
        kept = last
        while kept in gone or (kept > stage.line and lines.is_blank(kept)):
            kept -= 1
        edits.extend(lines.removals(gone, kept))
        edits.append(self._appended(kept, last))
        return apply_edits(lines.data, merged(edits))

    def _named(self) -> Edit:
        stage = self.subject.stage
        detail = stage.instruction.detail
        name = getattr(detail, "name", None)
        if name is not None:
            return Edit(name.span.start, name.span.end, self.name.encode())
        span = stage.base.word.span
        keyword = self.keyword
        written = self.lines.data[span.start : span.end]
        return Edit(span.start, span.end, written + f" {'as' if keyword.islower() else 'AS'} {self.name}".encode())

    def _appended(self, kept: int, last: int) -> Edit:
        ending = self.lines.ending
        text = ending + ending + ending.join(self._runtime())
        return Edit(self.lines.end(kept), self.lines.end(last), text.encode("utf-8", "surrogateescape"))

    # -- the runtime stage

    def _text(self, instruction: Instruction, *, comments: bool) -> str:
        first = self.lines.first(instruction) if comments else instruction.start_line
        return self.lines.text(first, self.lines.last(instruction), self.layout.inside)

    def _runtime(self) -> Iterator[str]:
        layout, stage = self.layout, self.subject.stage
        keyword = self.keyword
        name, opening = "", stage.instruction.detail
        if isinstance(opening, From) and opening.name is not None:
            name = self.lines.data[opening.image.span.end : opening.name.span.end].decode("utf-8", "replace")
        flags = "".join(f"{flag.text} " for flag in self.subject.carrier.stage.instruction.flags)
        yield f"{keyword} {flags}{layout.base}{name}"
        yield from (cased(one, keyword) for one in layout.variables)
        head = [one for one in self.taken if one.keyword in HEAD]
        for one in head:
            if one.keyword == "WORKDIR":
                yield from (cased(f"WORKDIR {path}", keyword) for path in layout.folders)
            own = one in stage.instructions
            yield self._text(one, comments=own and (one.keyword in MOVED or one.index in self.late))
        if not any(one.keyword == "WORKDIR" for one in head):
            yield from (cased(f"WORKDIR {path}", keyword) for path in layout.folders)
            if layout.workdir:
                yield cased(f"WORKDIR {layout.workdir}", keyword)
        yield from (cased(one, keyword) for one in copy_lines(self.subject, layout.copies, self.name, self.taken))
        user = cased(f"USER {layout.user}", keyword) if layout.user else ""
        for one in self.taken:
            if one.keyword in HEAD:
                continue
            if one in stage.instructions and self._stands_apart(one):
                yield ""
            if user and one.keyword in {"CMD", "ENTRYPOINT"}:
                yield user
                user = ""
            yield self._text(one, comments=one in stage.instructions)
        if user:
            yield user

    def _stands_apart(self, instruction: Instruction) -> bool:
        """Whether an empty line stands above `instruction` and its comments."""
        line = self.lines.first(instruction)
        return line > 1 and self.lines.is_blank(line - 1)

"""A final stage that is built on the stages that make its files: it gets its own FROM, and takes them with COPY.

All of its own lines stay where they are, so that files which it copies itself are copied as before.
"""

from __future__ import annotations

from ...rules.edits import apply_edits
from ...rules.findings import Edit
from ...rules.paths import under
from .carried import carried, is_absolute
from .landings import landing
from .lines import Lines, cased, merged
from .ownership import owner_for
from .write import copy_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ...dockerfile import Instruction
    from ...rules.subject import Subject
    from .inventory import Inventory
    from .people import People
    from .write import Layout


def stands_alone(subject: Subject, people: People) -> bool:
    """Whether nothing has to run in the stage of `subject` itself, which is built on another one."""
    gone = {one.index for one in people.gone}
    own = [one for one in subject.instructions("RUN") if one.index not in gone]
    return len(subject.chain) > 1 and not own and subject.stage.base.stage is not None


def write_chained(subject: Subject, layout: Layout, inventory: Inventory, people: People, target: Definition) -> bytes:
    """The whole file with a FROM of its own for the stage of `subject`, on the image `target`.

    The copies of `layout` come from the stage below.
    """
    return _Chained(subject, layout, inventory, people, target).write()


class _Chained:
    def __init__(
        self, subject: Subject, layout: Layout, inventory: Inventory, people: People, target: Definition
    ) -> None:
        self.subject, self.layout, self.inventory, self.people, self.target = subject, layout, inventory, people, target
        self.lines = Lines(subject.file.dockerfile)
        texts = [copy.text for copy in layout.copies if copy.text]
        self.taken = carried(subject, texts, static=layout.static)
        self.keyword = self.lines.source.text(subject.stage.instruction.keyword_span)
        self.own = {one.index for one in subject.stage.instructions}

    def write(self) -> bytes:
        lines, layout, stage = self.lines, self.layout, self.subject.stage
        source = lines.source
        word = stage.base.word.span
        flags = self.subject.carrier.stage.instruction.flags if not stage.instruction.flags else ()
        edits = [Edit(word.start, word.end, f"{''.join(f'{flag.text} ' for flag in flags)}{layout.base}".encode())]
        gone: set[int] = set()
        for one in (*layout.gone, *self._users()):
            if one.index in self.own:
                gone.update(range(lines.first(one), lines.last(one) + 1))
        last = max(lines.last(one) for one in (stage.instruction, *stage.instructions))
        edits.extend(lines.removals(gone, last))
        edits.extend(one for one in layout.edits if not self._inside(one, gone))
        edits.extend(layout.inside)
        if layout.before is not None:
            at = source.line_starts[lines.first(layout.before) - 1]
            inserted = "".join(f"{cased(one, self.keyword)}{lines.ending}" for one in layout.inserted)
            edits.append(Edit(at, at, inserted.encode()))
        block = list(self._block())
        if block:
            at = lines.end(lines.last(stage.instruction))
            text = "".join(f"{lines.ending}{line}" for line in block)
            edits.append(Edit(at, at, text.encode("utf-8", "surrogateescape")))
        edits.extend(self._owners())
        if layout.user:
            edits.append(self._user())
        return apply_edits(lines.data, merged(edits))

    def _inside(self, edit: Edit, gone: set[int]) -> bool:
        return self.lines.source.line_of(edit.start) in gone

    def _users(self) -> Iterator[Instruction]:
        """The USER instructions that mean nothing in the runtime: all but the last one, if that names the user of the image."""
        every = list(self.subject.instructions("USER"))
        for one in every:
            name = one.words[0].text.partition(":")[0] if one.words else ""
            same = name in {self.target.user, str(self.target.uid)}
            if one is not every[-1] or not same or self.layout.user:
                yield one

    def _block(self) -> Iterator[str]:
        """What the stage had from the ones below: variables and settings, the work directory, and the files."""
        layout, stage = self.layout, self.subject.stage
        yield from (cased(one, self.keyword) for one in layout.variables)
        inherited = [one for one in self.taken if one.index not in self.own]
        overridden = {one.keyword for one in self.taken if one.index in self.own}
        for one in inherited:
            if one.keyword == "WORKDIR" or (one.keyword in {"CMD", "ENTRYPOINT"} and one.keyword in overridden):
                continue
            yield self.lines.text(one.start_line, self.lines.last(one), ())
        workdir = self._inherited_workdir()
        yield from (cased(f"WORKDIR {path}", self.keyword) for path in layout.folders)
        if workdir:
            yield cased(f"WORKDIR {workdir}", self.keyword)
        copies = copy_lines(self.subject, layout.copies, stage.base.word.text, self.taken)
        yield from (cased(one, self.keyword) for one in copies)

    def _inherited_workdir(self) -> str:
        """The work directory of the stage below, as written; "" where the stage sets its own before anything depends on it."""
        for one in self.subject.stage.instructions:
            if one.keyword == "WORKDIR":
                if is_absolute(one):
                    return ""
                break
            if one.keyword in {"COPY", "ADD"}:
                break
        below = self.subject.chain[-2].state.workdir
        written = [one for stage in self.subject.chain[:-1] for one in stage.instructions if one.keyword == "WORKDIR"]
        if written and is_absolute(written[-1]):
            return written[-1].words[0].text
        return below.value if written and isinstance(below.value, str) else ""

    def _owners(self) -> Iterator[Edit]:
        """``--chown`` for what the stage copies itself and the application may write."""
        for one in self.inventory.copies:
            places = landing(self.subject, one)
            if one.instruction.index not in self.own or one.detail.chown is not None or isinstance(places, str):
                continue
            for root in self.inventory.roots:
                owner = owner_for(root, self.inventory, self.people)
                if owner and all(under(place, root.path) for place in places):
                    flags = one.instruction.flags
                    at = flags[-1].span.end if flags else one.instruction.keyword_span.end
                    yield Edit(at, at, f" --chown={owner}".encode())
                    break

    def _user(self) -> Edit:
        start = next((one for one in self.subject.stage.instructions if one.keyword in {"CMD", "ENTRYPOINT"}), None)
        text = cased(f"USER {self.layout.user}", self.keyword)
        if start is None:
            last = max(
                self.lines.last(one) for one in (self.subject.stage.instruction, *self.subject.stage.instructions)
            )
            at = self.lines.end(last)
            return Edit(at, at, f"{self.lines.ending}{text}".encode())
        at = self.lines.source.line_starts[self.lines.first(start) - 1]
        return Edit(at, at, f"{text}{self.lines.ending}".encode())

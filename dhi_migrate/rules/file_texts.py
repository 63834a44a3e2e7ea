"""The texts that a file brings into the image: by the build context, by here-documents, by the RUN that writes them."""

from __future__ import annotations

import fnmatch
import posixpath
from bisect import bisect_left

from .._record import NamedTuple
from ..dockerfile.details import Add, Copy
from .brought import MOST_COPIES, absolute, absolute_in, copies, place_of
from .facts import read_facts
from .start import basename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..dockerfile import Instruction, Stage
    from .subject import Subject

_HEAD = 4096  # bytes of a file that are looked at: its first line
_DEEPEST = 5  # stages that a file is followed through
_LOOKS = 200  # places that are looked at for one file


class Text(NamedTuple):
    """The first bytes of a file that the Dockerfile brings: `head`, as text; "" for a program (not a text)."""

    head: str


def brought_text(subject: Subject, path: str) -> Text | None:
    """What the file at `path` begins with, if the Dockerfile or the build context tells; None where it is not known.

    The last instruction that makes it counts. A file that comes out of another stage is not known: a stage may change it.
    """
    wanted = absolute(subject, path)
    if wanted is None:
        return None
    looks = 0
    for stage in reversed(subject.chain):
        for instruction in reversed(stage.instructions):
            detail = instruction.detail
            looks += 1
            if looks > MOST_COPIES:
                return None
            if isinstance(detail, Copy | Add):
                answer = _from_copy(subject, stage, instruction, detail, wanted)
            elif instruction.keyword == "RUN":
                answer = _from_run(subject, stage, instruction, wanted)
            else:
                continue
            if answer is not None:
                return answer if isinstance(answer, Text) else None
    return None


def _from_copy(
    subject: Subject, stage: Stage, instruction: Instruction, detail: Copy | Add, wanted: str
) -> Text | bool | None:
    """The text; True where this instruction makes the file, but from what is not known; None where it does not make it."""
    raw, place = place_of(subject, stage, instruction, detail)
    if place is None:
        return True
    folder = raw.endswith("/") or raw in {".", "./"} or len(detail.sources) + len(detail.documents) > 1
    for word, document in zip(detail.documents, instruction.heredocs, strict=False):
        name = document.name if folder else ""
        if posixpath.join(place, name).rstrip("/") == wanted:
            return _text(document.content.encode("utf-8", "surrogateescape")) if word is not None else True
    foreign = detail.from_ if isinstance(detail, Copy) else None
    for word in detail.sources:
        source = word.text.strip("\"'")
        if "$" in source:
            if place == wanted or wanted.startswith(f"{place.rstrip('/')}/"):
                return True
            continue
        if "://" in source or source.startswith("git@"):
            if place == wanted or posixpath.join(place, basename(source)) == wanted:
                return True
            continue
        candidates = _candidates(source, place, wanted, folder)
        if not candidates:
            continue
        found = _read(subject, candidates) if foreign is None else None
        if found is not None:
            return found
        if not folder and (place == wanted or (basename(source) == basename(wanted) and candidates)):
            return True
    return None


def _candidates(source: str, place: str, wanted: str, folder: bool) -> list[str]:
    """Paths in the source that may become the file `wanted`, if `source` is copied to `place`."""
    found = []
    name = basename(wanted)
    if place == wanted and not folder:
        found.append(source)
    if posixpath.dirname(wanted) == place and fnmatch.fnmatchcase(name, basename(source.rstrip("/"))):
        found.append(posixpath.join(posixpath.dirname(source), name))
    if wanted.startswith(f"{place.rstrip('/')}/") and not any(sign in source for sign in "*?["):
        found.append(posixpath.join(source, wanted[len(place.rstrip("/")) + 1 :]))
    return found


def _read(subject: Subject, candidates: list[str]) -> Text | None:
    tree = subject.file.tree
    if tree is None:
        return None
    for path in candidates:
        data = tree.read(posixpath.normpath(path.lstrip("/")))
        if data is not None:
            return _text(data)
    return None


def _from_run(subject: Subject, stage: Stage, instruction: Instruction, wanted: str) -> Text | bool | None:
    """A text that a RUN writes: ``RUN echo '#!/bin/sh' > /start.sh``."""
    if wanted.rsplit("/", 1)[-1] not in "\n".join(
        [instruction.original, *(one.content for one in instruction.heredocs)]
    ):
        return None
    for one in read_facts(instruction).written:
        if one.kind != "file" or absolute_in(subject, stage, one.path, instruction) != wanted:
            continue
        heads = [text for text in one.command.texts if text.startswith("#!")]
        if one.command.name in {"echo", "printf"} and heads:
            return Text(heads[0].replace("\\n", "\n"))
        return True
    return None


def _text(data: bytes) -> Text:
    head = data[:_HEAD]
    if b"\0" in head:
        return Text("")
    return Text(head.decode("utf-8", "replace"))


def whole_file(subject: Subject, path: str) -> bytes | None:
    """All bytes of the build context's file that becomes `path` of the image, also through other stages; None if unknown."""
    found = origin(subject, path)
    return found.data if found is not None else None


class Origin(NamedTuple):
    """The file `name` of the build context with all its bytes, and the numbers of the `stages` that it comes through."""

    name: str
    data: bytes
    stages: frozenset[int]


def origin(subject: Subject, path: str) -> Origin | None:
    """The build context's file that becomes `path` of the image, also through other stages; None if that is not known.

    What a RUN of these stages makes of it is not looked at.
    """
    wanted = absolute(subject, path)
    if wanted is None or subject.file.tree is None:
        return None
    # by stage and path, with how deep it is; the number of look-ups is bounded, whatever the file says
    first = frozenset(one.index for one in subject.chain)
    waiting: list[tuple[tuple[Stage, ...], str, int, frozenset[int]]] = [(subject.chain, wanted, 0, first)]
    for _ in range(_LOOKS):
        if not waiting:
            return None
        chain, wanted, depth, seen = waiting.pop(0)
        for one, foreign in _sources(subject, chain, wanted):
            if foreign is None:
                name = posixpath.normpath(one.lstrip("/"))
                data = subject.file.tree.read(name)
                if data is not None:
                    return Origin(name, data, seen)
            elif depth < _DEEPEST and len(waiting) < _LOOKS:
                before = subject.file.graph.chain(foreign)[-_DEEPEST:]
                place = posixpath.normpath(posixpath.join("/", one))
                waiting.append((before, place, depth + 1, seen | {stage.index for stage in before}))
    return None


def _sources(subject: Subject, chain: tuple[Stage, ...], wanted: str) -> Iterator[tuple[str, int | None]]:
    """Paths that may become `wanted` in the last of `chain`, latest first, each with its stage (None: the context)."""
    edges = subject.file.graph.edges
    for stage in reversed(chain):
        for instruction, detail in reversed(copies(stage)[-_LOOKS:]):
            raw, place = place_of(subject, stage, instruction, detail)
            if place is None:
                continue
            folder = raw.endswith("/") or raw in {".", "./"} or len(detail.sources) > 1
            found = [
                one for word in detail.sources for one in _candidates(word.text.strip("\"'"), place, wanted, folder)
            ]
            if not (isinstance(detail, Copy) and detail.from_ is not None):
                yield from ((one, None) for one in found)
                continue
            at = bisect_left(edges, instruction.index, key=lambda edge: edge.instruction.index) if found else len(edges)
            if at < len(edges) and edges[at].instruction is instruction and edges[at].source is not None:
                yield from ((one, edges[at].source) for one in found)


def is_startable(subject: Subject, path: str) -> bool:
    """Whether the file that is brought to `path` starts without a shell: a program, or a text that begins with ``#!``.

    Where its content is not known, one that comes out of another stage or image counts as a program.
    """
    text = brought_text(subject, path)
    if text is not None:
        return not text.head or text.head.startswith("#!")
    wanted = absolute(subject, path)
    if wanted is None:
        return False
    foreign = False
    for stage in subject.chain:
        for instruction, detail in copies(stage)[-MOST_COPIES:]:
            place = place_of(subject, stage, instruction, detail)[1]
            if place is None or place == wanted or wanted.startswith(f"{place.rstrip('/')}/"):
                if not (isinstance(detail, Copy) and detail.from_ is not None):
                    return False
                foreign = True
    return foreign

"""What COPY and ADD put where in the image of a stage, over all stages that it is built on."""

from __future__ import annotations

import posixpath

from .._record import NamedTuple
from ..dockerfile import scope_at, stage_state_at
from ..dockerfile.details import Add, Copy
from ..dockerfile.expand import expand_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..dockerfile import Effective, Instruction, Stage, Word
    from .subject import Subject

MAX_FILES = 200
"""Most files of the build context that are read for one COPY."""

_BINARIES = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")


class Brought(NamedTuple):
    """One COPY or ADD of `stage`: where it puts its files, and what they are called.

    `destination` is absolute, with a final slash as written, None where a variable or the work directory is not known.
    `sources` are as written. `outside` tells that they come from another stage or image, and not from the build context.
    """

    stage: Stage
    instruction: Instruction
    detail: Copy | Add
    destination: str | None
    sources: tuple[str, ...]
    outside: bool

    def lands(self, source: str) -> str | None:
        """The absolute path at which the file `source` lands; that of the directory for the contents of a directory."""
        if self.destination is None:
            return None
        several = len(self.detail.sources) + len(self.detail.documents) > 1
        if self.destination.endswith("/") or several:
            return posixpath.join(self.destination, posixpath.basename(source.rstrip("/")))
        return self.destination


def brought(subject: Subject) -> Iterator[Brought]:
    """Every COPY and ADD of the stages that `subject` is built on and of its own, in the order in which they run."""
    for stage in subject.chain:
        for instruction in stage.instructions:
            detail = instruction.detail
            if isinstance(detail, Copy | Add):
                sources = tuple(word.text for word in detail.sources)
                outside = isinstance(detail, Copy) and detail.from_ is not None
                yield Brought(stage, instruction, detail, _destination(subject, stage, instruction), sources, outside)


def _destination(subject: Subject, stage: Stage, instruction: Instruction) -> str | None:
    detail = instruction.detail
    if not isinstance(detail, Copy | Add):
        return None
    text = expanded(subject, stage, instruction, detail.destination)
    if text is None:
        return None
    if text.startswith("/"):
        return text
    workdir = stage_state_at(subject.file.graph, stage.index, instruction).workdir
    if not workdir.known and (workdir.instruction is not None or subject.target is None):
        return None
    base = workdir.value if workdir.known else (subject.target.workdir if subject.target is not None else None)
    base = base if isinstance(base, str) else "/"
    end = "/" if text.endswith("/") or text in {".", ""} else ""
    return posixpath.normpath(posixpath.join("/", base, text)).rstrip("/") + end


def expanded(subject: Subject, stage: Stage, instruction: Instruction, word: Word) -> str | None:
    """The text of `word` of `instruction` in `stage`: variables put in, quotes removed; None where it is not known."""
    scope = scope_at(subject.file.graph, stage.index, instruction)
    return expand_word(instruction, word, scope, subject.file.dockerfile.escape).text


def may_bring(subject: Subject, program: str) -> bool:
    """Whether some COPY or ADD may bring the program `program` to a directory where it is found by its name.

    A directory of programs whose contents are not known counts as one that may.
    """
    for one in brought(subject):
        named = any(_base(source) == program for source in one.sources)
        if one.destination is None:
            if named or "bin" in one.detail.destination.text.lower():
                return True
            continue
        place = posixpath.normpath(one.destination)
        if named or posixpath.basename(place) == program:
            return True
        if place in _BINARIES and any(_many(source) for source in one.sources):
            return True
        if place in {"/", "/usr", "/usr/local"} and any(_tree(subject, source) for source in one.sources):
            return True
    return False


def brings_path(subject: Subject, path: str) -> bool:
    """Whether some COPY or ADD may put a file at the absolute `path`: to it, or to a directory above it."""
    path = posixpath.normpath(path)
    for one in brought(subject):
        if one.destination is None:
            return True
        place = posixpath.normpath(one.destination)
        if path == place or path.startswith(place.rstrip("/") + "/"):
            return True
    return False


def texts(subject: Subject, one: Brought) -> Iterator[tuple[str, str | None]]:
    """The files of `one` as pairs of the path where each lands and its text; None for a text that cannot be seen.

    Here-documents are seen always, files of the build context where one is at hand, what comes from elsewhere never.
    """
    documents = {document.name: document for document in one.instruction.heredocs}
    for word in one.detail.documents:
        name = word.text.lstrip("<-").strip("\"'")
        place = one.lands(name)
        if place is not None and name in documents:
            yield place, documents[name].content
    tree = subject.file.tree
    for source in one.sources:
        place = one.lands(source)
        if place is None:
            continue
        if tree is None or one.outside or "$" in source or "*" in source or "://" in source:
            yield place, None
            continue
        path = source.lstrip("/").removeprefix("./").rstrip("/")
        data = tree.read(path) if path else None
        if data is not None:
            yield place, data.decode("utf-8", "replace")
            continue
        names = tree.names(path)
        if names is None or (not names and not tree.exists(path)):
            yield place, None
            continue
        folder = (one.destination or "/").rstrip("/")
        if len(names) > MAX_FILES:
            yield place, None
        for name in names[:MAX_FILES]:
            data = tree.read(f"{path}/{name}" if path else name)
            yield f"{folder}/{name}", data.decode("utf-8", "replace") if data is not None else None


def _base(source: str) -> str:
    return posixpath.basename(source.rstrip("/"))


def _many(source: str) -> bool:
    """Whether `source` may be a directory full of programs, or a pattern for them."""
    return "*" in source or "$" in source or _base(source) in {"", ".", "bin", "sbin", "tools", "scripts"}


def _tree(subject: Subject, source: str) -> bool:
    """Whether `source` may hold a part of a file system, with programs in it; what the container starts is a file."""
    if "*" in source or "$" in source or source.rstrip("/").endswith("/."):
        return True
    name = _base(source)
    if name in {"", "."} or "." in name:
        return False
    state = subject.stage.state
    return name not in {_base(_first(one)) for one in (state.entrypoint, state.cmd)}


def _first(effective: Effective) -> str:
    """The first word of a command in force, "" for none."""
    value = effective.value
    if not value:
        return ""
    return value.partition(" ")[0] if isinstance(value, str) else value[0]

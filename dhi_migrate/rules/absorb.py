"""File commands of a RUN that the instructions around it can take over: what is left to do is nothing, so the RUN can go.

``chown`` and ``chmod`` of what a COPY brought become its ``--chown`` and ``--chmod``; a directory that a WORKDIR makes belongs to
the user in force there, parents included (moby/buildkit, frontend/dockerfile/dockerfile2llb/convert.go, dispatchWorkdir). A
directory that nothing else makes is never dropped: the application would fail at its first write.
"""

from __future__ import annotations

import posixpath
from itertools import islice

from .._pattern import is_number, regex
from .._record import NamedTuple
from ..dockerfile.details import Copy
from .accounts import final_user, own_account
from .causes import is_root
from .copied import Brought, brought
from .findings import Edit
from .paths import known_directory, under, unowned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dockerfile import Instruction
    from ..dockerfile.shell import Command
    from .facts import Mode, Ownership, RunFacts
    from .subject import Subject

_SUFFIX = regex(r"[^.]\.[A-Za-z][A-Za-z0-9]{1,9}\Z")
_OCTAL = regex(r"0?[0-7]{3}\Z")
_ARCHIVE = regex(r"\.(?:tar|tar\.[a-z0-9]{1,4}|t[bgx]z2?|txz|git)(?:#.*)?\Z")
_EXECUTABLE = frozenset({"+x", "a+x", "ug+x", "ugo+x", "u+x", "+rx", "a+rx"})


MAX_COPIES = 200
"""Most copies of a chain, and work directories of a stage, that each command is compared with; beyond, nothing is taken over."""


class Absorbed(NamedTuple):
    """The edits that do what the commands did, and whether they do neither more nor less."""

    edits: tuple[Edit, ...]
    safe: bool


class Around:
    """What the instructions of one stage make: directories by WORKDIR, files by COPY and ADD. Made once a stage."""

    def __init__(self, subject: Subject, names: frozenset[str], homes: frozenset[str] = frozenset()) -> None:
        """`names` are users and groups that the file makes, by name and number; the image's own account takes their place.

        `homes` are home directories of theirs that nothing else names.
        """
        self.subject = subject
        self.names = names
        self.homes = homes
        every = list(brought(subject))
        self.every = every
        self.copies = [one for one in every if one.stage is subject.stage]
        self.unknown = any(one.destination is None for one in every) or len(every) > MAX_COPIES
        self.inherited = [
            posixpath.normpath(one.destination)
            for one in every
            if one.stage is not subject.stage and one.destination is not None
        ]
        self.workdirs = self._workdirs()

    def _workdirs(self) -> dict[str, bool]:
        """The directories that WORKDIR names, and whether each is made for a user that is not root."""
        found: dict[str, bool] = {}
        self.first: dict[str, int] = {}
        history = self.subject.stage.history
        for one in islice(self.subject.instructions("WORKDIR"), MAX_COPIES):
            after = history.at(one.index + 1).workdir
            if after.known and isinstance(after.value, str):
                place = posixpath.normpath(after.value)
                found.setdefault(place, is_root(self.subject, one) is False)
                self.first.setdefault(place, one.index)
        return found

    def made(self, path: str) -> bool | None:
        """Whether a WORKDIR makes the directory `path`: True for the user that is not root, False for root, None if none does."""
        if unowned(self.subject.target, path):
            return None
        found = [mine for place, mine in self.workdirs.items() if under(place, path)]
        return all(found) if found else None

    def given(self, path: str) -> bool:
        """Whether a COPY with --chown for the image's own account makes the directory `path`, and none without it may before."""
        target = self.subject.target
        own = own_account(target) if target is not None else None
        if own is None:
            return False
        known = {own.name, str(own.uid), *self.names}
        for one in self.copies:
            place = posixpath.normpath(one.destination or "/")
            owned = one.detail.chown is not None and (one.detail.chown.value or "").partition(":")[0] in known
            if under(place, path):
                return owned
            if under(path, place) and not owned:
                return False
        return False

    def owner(self, change: Ownership) -> str | None:
        """``uid:gid`` that takes the place of the owner of `change`; None where there is none that is known."""
        target = self.subject.target
        own = own_account(target) if target is not None else None
        user, group = change.owner, change.group
        if own is None or target is None or not user or change.command.name == "chgrp":
            return None
        if user in self.names or user == own.name or (user == str(own.uid) and group in {"", str(own.gid), own.name}):
            if group and group not in self.names and group not in {own.name, str(own.gid), user}:
                return None
            # whoever runs as another user than the image's own has files of that one
            final = final_user(self.subject)
            known = {"", own.name, str(own.uid), *(name for name in self.names if not is_number(name))}
            return f"{own.uid}:{own.gid}" if final is not None and final in known else None
        return None


def absorb(around: Around, run: RunFacts, commands: Sequence[Command]) -> Absorbed | None:
    """The edits by which COPY and WORKDIR do what the file `commands` of `run` do; None where one of them has to run."""
    if around.unknown or run.instruction.flags or run.instruction.heredocs:
        return None
    edits: list[Edit] = []
    safe = True
    for command in commands:
        part = _command(around, run, command)
        if part is None:
            return None
        edits.extend(part.edits)
        safe = safe and part.safe
    unique = tuple(dict.fromkeys(edits))
    if len({(one.start, one.end) for one in unique}) != len(unique):
        return None  # two owners or modes for one COPY
    return Absorbed(unique, safe)


def _command(around: Around, run: RunFacts, command: Command) -> Absorbed | None:
    plain = command.depth == 0 and not command.nested and not command.wrappers and command.operator in {"", "&&", ";"}
    if not plain or command.redirects or not all(word.literal for word in command.words):
        return None
    owners = [one for one in run.ownerships if one.command == command]
    modes = [one for one in run.modes if one.command == command]
    written = [one for one in run.written if one.command == command]
    parts: list[Absorbed | None] = []
    if command.name == "mkdir":
        if any(
            word.text.startswith("-") and word.text not in {"-p", "--parents", "-pv", "-v"}
            for word in command.arguments
        ):
            return None
        parts = [_directory(around, _resolved(around, run.instruction, one.path)) for one in written]
    elif command.name == "chown" and not any(word.text.startswith("--") for word in command.arguments):
        parts = [
            _change(around, run.instruction, one, _resolved(around, run.instruction, path))
            for one in owners
            for path in one.paths
        ]
    elif command.name == "chmod":
        parts = [
            _mode(around, run.instruction, one, _resolved(around, run.instruction, path))
            for one in modes
            for path in one.paths
        ]
    elif command.name == "rm":
        parts = [_removed(around, run.instruction, _resolved(around, run.instruction, one.path)) for one in written]
    if not parts or any(one is None for one in parts):
        return None
    known = [one for one in parts if one is not None]
    return Absorbed(tuple(edit for one in known for edit in one.edits), all(one.safe for one in known))


def _resolved(around: Around, run: Instruction, path: str) -> str | None:
    """The absolute form of `path`, a word of `run`; None where that is not known."""
    if not path or any(sign in path for sign in "$*?[~{`"):
        return None
    if path.startswith("/"):
        return posixpath.normpath(path)
    workdir = around.subject.state_at(run).workdir
    if not workdir.known or not isinstance(workdir.value, str):
        return None
    return posixpath.normpath(posixpath.join(workdir.value, path))


def _directory(around: Around, path: str | None) -> Absorbed | None:
    """``mkdir``: done where a WORKDIR or COPY of the stage makes the directory, or the image has it."""
    if path is None:
        return None
    target = around.subject.target
    there = target is not None and any(
        one.kind == "directory" and posixpath.normpath(one.path) == path for one in target.paths
    )
    if not there and not _stays_a_directory(around, path):
        return None
    copied = any(under(place, path) and place != path for place in _places(around.copies))
    into = any(
        one.destination is not None and posixpath.normpath(one.destination) == path and _is_directory(one)
        for one in around.copies
    )
    if there or copied or into or path in around.homes or around.made(path) is not None:
        return Absorbed((), True)
    return None


def _stays_a_directory(around: Around, path: str) -> bool:
    """Whether no copy makes a file of `path` once the ``mkdir`` is gone.

    ``COPY one.php /opt/x`` puts the file into a directory that is there, and otherwise makes a file of that name. A WORKDIR
    before the copy makes the directory.
    """
    for one in around.copies:
        if one.destination is None or posixpath.normpath(one.destination) != path or _is_directory(one):
            continue
        made = (around.first[place] for place in around.workdirs if under(place, path))
        if not any(first < one.instruction.index for first in made):
            return False
    return True


def _places(copies: Sequence[Brought]) -> list[str]:
    return [posixpath.normpath(one.destination) for one in copies if one.destination is not None]


def _is_directory(one: Brought) -> bool:
    """Whether the destination of a copy is a directory for sure, and not the name of one file."""
    return (
        (one.destination or "").endswith("/")
        or len(one.detail.sources) + len(one.detail.documents) > 1
        or (one.sources in {(".",), ("./",)})
    )


def _change(around: Around, run: Instruction, change: Ownership, path: str | None) -> Absorbed | None:
    """``chown``: by ``--chown`` of the copies that brought what is there, and by the WORKDIR that makes the directory."""
    if path in around.homes and change.owner in around.names:
        return Absorbed((), True)
    owner = around.owner(change)
    if owner is None or path is None or path == "/":
        return None
    if any(under(place, path) or under(path, place) for place in around.inherited if place != "/"):
        return None
    edits: list[Edit] = []
    safe, found = True, around.made(path)
    if found is None and not unowned(around.subject.target, path) and around.given(path):
        found = True
    for one in around.copies:
        place = posixpath.normpath(one.destination or "/")
        if one.instruction.index > run.index or not (under(place, path) or under(path, place)):
            continue
        lands = one.lands(one.sources[0]) if len(one.sources) == 1 and not one.detail.documents else None
        inside = under(place, path) or (lands is not None and under(posixpath.normpath(lands), path))
        if not inside:
            if one.outside or place == "/" or not change.recursive:
                continue
            safe = False  # part of what is copied: the rest would change hands too
        elif not change.recursive and place == path and _is_directory(one):
            found = True  # the directory itself comes with the copy, and its files would change hands too
            safe = False
        edit = _chown_flag(around, one, owner)
        if edit is None:
            return None
        edits.extend(edit)
        found = found if found is not None else True
    if found is None or not found:
        return None
    if unowned(around.subject.target, path):
        safe = False  # the directory itself stays with root
    if len({(edit.start, edit.end) for edit in edits}) != len(edits):
        return None
    return Absorbed(tuple(edits), safe)


def _chown_flag(around: Around, one: Brought, owner: str) -> tuple[Edit, ...] | None:
    """Give the copy `one` the `owner`; () where it has it, None where it has another one that is not known to be the same."""
    flag = one.detail.chown
    if flag is not None:
        return () if flag.value == owner or (flag.value or "").partition(":")[0] in around.names else None
    flags = one.instruction.flags
    at = flags[-1].span.end if flags else one.instruction.keyword_span.end
    return (Edit(at, at, f" --chown={owner}".encode()),)


def _mode(around: Around, run: Instruction, change: Mode, path: str | None) -> Absorbed | None:
    """``chmod``: by ``--chmod`` of the copy that brought exactly this file, or this directory with all that is in it."""
    if path is None:
        return None
    octal = _OCTAL.match(change.mode) is not None
    if not octal and (change.mode not in _EXECUTABLE or change.recursive):
        return None
    mode = change.mode if octal else "755"
    if (int(mode[-3]) ^ int(mode[-1])) & 5:
        return None  # the file is root's, and the user of the image is one of the others
    for one in reversed(around.copies):
        if one.instruction.index > run.index or one.destination is None:
            continue
        if one.instruction.exec_form:
            if under(path, posixpath.normpath(one.destination)):
                return None
            continue
        sources = (*one.sources, *(word.text.lstrip("<-").strip("\"'") for word in one.detail.documents))
        if len(sources) != 1 or any(sign in sources[0] for sign in "*?[$") or "://" in sources[0]:
            if under(path, posixpath.normpath(one.destination)):
                return None
            continue
        lands = posixpath.normpath(one.lands(sources[0]) or "/")
        whole = posixpath.normpath(one.destination) == path
        directory = _may_be_directory(one, sources[0])
        if lands != path and not (whole and change.recursive):
            if directory and under(path, posixpath.normpath(one.destination)):
                return None
            continue
        if directory and not change.recursive:
            return None
        if one.detail.chmod is not None:
            return Absorbed((), True) if one.detail.chmod.value == mode else None
        if not int(mode[-1]) % 2 and not _stands(around, one, posixpath.dirname(lands)):
            return None
        first = (one.detail.sources or one.detail.documents)[0]
        if directory and not int(mode[-3]) % 2:
            return None  # below a mode without x no directory can be entered
        return Absorbed((Edit(first.span.start, first.span.start, f"--chmod={mode} ".encode()),), not directory)
    return None


def _stands(around: Around, one: Brought, folder: str) -> bool:
    """Whether the directory `folder` is there before the copy `one`, which makes it with the mode of the file otherwise.

    A mode without x makes it a directory that only root may enter (tonistiigi/fsutil, copy/copy.go).
    """
    target = around.subject.target
    if folder == "/" or known_directory(target, folder):
        return True
    if any(place for place, index in around.first.items() if index < one.instruction.index and under(place, folder)):
        return True
    before = (other for other in around.every if other.instruction.index < one.instruction.index)
    return any(
        other.destination is not None
        and other.detail.chmod is None
        and _is_directory(other)
        and under(posixpath.normpath(other.destination), folder)
        for other in before
    )


def _may_be_directory(one: Brought, source: str) -> bool:
    """Whether `source` may be a directory, of which COPY takes the contents, or an archive or a repository that ADD unpacks.

    So may all of ``--parents``. A name with a suffix is taken for a file, as is one whose destination has the same name
    (``COPY build/app /bin/app``).
    """
    name = posixpath.basename(source.rstrip("/"))
    if source.endswith("/") or name in {"", ".", ".."}:
        return True
    if one.detail.parents if isinstance(one.detail, Copy) else _ARCHIVE.search(name) or source.startswith("git@"):
        return True
    place = one.destination or "/"
    plain = _SUFFIX.search(name) is None  # conf.d and foo-1.2 are directories as a rule
    return plain and (place.endswith("/") or posixpath.basename(place) != name or "." in name.lstrip("."))


def _removed(around: Around, run: Instruction, path: str | None) -> Absorbed | None:
    """``rm``: done where a later copy writes a file at exactly that path."""
    if path is None or _SUFFIX.search(posixpath.basename(path)) is None:
        return None
    for one in around.copies:
        if (
            one.instruction.index > run.index
            and len(one.sources) == 1
            and not any(sign in one.sources[0] for sign in "*?[$")
        ):
            lands = one.lands(one.sources[0])
            if lands is not None and posixpath.normpath(lands) == path and not _may_be_directory(one, one.sources[0]):
                return Absorbed((), True)
    return None

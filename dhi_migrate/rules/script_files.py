"""Scripts that a Dockerfile brings into the image, as whole files: from the build context, or as a here-document of a COPY."""

from __future__ import annotations

import fnmatch
import posixpath

from .._pattern import regex
from .._record import NamedTuple
from .brought import absolute, copies, place_of
from .file_texts import origin
from .start import basename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from ..dockerfile.shell import Command
    from .subject import Subject

    Change = Literal["no", "line-endings", "yes"]

MAX_COPIES = 100
"""Most COPY and ADD instructions of a chain whose here-documents are looked at."""

_SHEBANG = regex(r"#![ \t]*(\S+)(?:[ \t]+([^\r\n]*))?")
# What leaves the text of its operands as it is.
_HARMLESS = frozenset(
    {
        *("chmod", "chown", "chgrp", "ls", "stat", "cat", "head", "tail", "grep", "test", "[", "touch", "ln", "echo", "find"),
        *("sha256sum", "file", "shellcheck", "setfacl", "mkdir", "rm"),
    }
)  # fmt: skip

_LONGEST = 100
_ENDINGS = (".sh", ".bash", ".ash")
# Names of start scripts that have no ending.
_NAMES = regex(r"[\w-]*(?:entrypoint|entry-point|start|run|boot|init|launch|wait)[\w-]*\Z")


class ScriptFile(NamedTuple):
    """A file that becomes `path` of the image (absolute): its `name` in the build context, and its bytes.

    The name of a here-document is its path. `clean` tells that no RUN is known to change it, but perhaps for line endings,
    which `unix` says.
    """

    path: str
    name: str
    data: bytes
    clean: bool
    unix: bool

    @property
    def interpreter(self) -> str:
        """The program of the first line: ``/bin/sh``, ``/usr/bin/env python3``; "" where there is none."""
        return interpreter(self.data[:1024].decode("utf-8", "replace"))

    def line(self, offset: int) -> int:
        """The 1-based line of the byte `offset`."""
        return self.data.count(b"\n", 0, offset) + 1


def looks_like_script(name: str) -> bool:
    """Whether a file called `name` may be a shell script for the start: by its ending, or by a name that such scripts have."""
    return name.endswith(_ENDINGS) or (len(name) <= _LONGEST and bool(_NAMES.match(name)))


def interpreter(head: str) -> str:
    """The program of the first line `head` of a text: ``/bin/sh``, ``/usr/bin/env python3``; "" where it names none."""
    match = _SHEBANG.match(head)
    if match is None:
        return ""
    program, rest = match.group(1), (match.group(2) or "").split()
    if basename(program) == "env":
        words = [word for word in rest if not word.startswith("-") and "=" not in word]
        return f"/usr/bin/env {words[0]}" if words else program
    return program


def script_file(subject: Subject, path: str) -> ScriptFile | None:
    """The file that is `path` in the image of `subject` (relative: to the work directory at its end); None if not known."""
    wanted = absolute(subject, path)
    if wanted is None:
        return None
    here = _document(subject, wanted)
    if here is not None:
        return ScriptFile(wanted, wanted, here, True, False)
    found = origin(subject, wanted)
    if found is None:
        return None
    change = _changed(subject, found.stages, {basename(wanted), basename(found.name)})
    return ScriptFile(wanted, found.name, found.data, change != "yes", change == "line-endings")


def _document(subject: Subject, wanted: str) -> bytes | None:
    looks = 0
    for stage in reversed(subject.chain):
        for instruction, detail in reversed(copies(stage)):
            looks += 1
            if looks > MAX_COPIES:
                return None
            if not detail.documents:
                continue
            raw, place = place_of(subject, stage, instruction, detail)
            if place is None:
                continue
            folder = raw.endswith("/") or raw in {".", "./"} or len(detail.sources) + len(detail.documents) > 1
            for document in instruction.heredocs:
                name = document.name if folder else ""
                if posixpath.join(place, name).rstrip("/") == wanted:
                    return document.content.encode("utf-8", "surrogateescape")
    return None


def _changed(subject: Subject, stages: Iterable[int], names: set[str]) -> Change:
    """What the RUN instructions of `stages` make of a file with one of `names`."""
    from .facts import stage_facts

    found: Change = "no"
    for index in stages:
        for run in stage_facts(subject.file.graph.stages[index]).runs:
            text = "\n".join([run.instruction.original, *(one.content for one in run.instruction.heredocs)])
            if "*" not in text and not any(name in text for name in names):
                continue
            if not run.script.ok:
                return "yes"
            for command in run.script.commands:
                one = _change(command, names)
                if one == "yes":
                    return "yes"
                found = one if one != "no" else found
    return found


def _change(command: Command, names: set[str]) -> Change:
    targets = [one.target.text for one in command.redirects if one.target is not None and ">" in one.operator]
    if any(basename(target) in names for target in targets):
        return "yes"
    words = [word.text for word in command.words[1:]]
    if not any(_names(word, name) for word in words for name in names):
        return "no"
    if command.name == "dos2unix" or (command.name == "sed" and any("\\r" in word for word in words)):
        return "line-endings"
    return "no" if command.name in _HARMLESS else "yes"


def _names(word: str, name: str) -> bool:
    last = basename(word)
    return last == name or ("*" in last and fnmatch.fnmatchcase(name, last))

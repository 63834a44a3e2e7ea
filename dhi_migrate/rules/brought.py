"""What a file itself brings into the image that starts: programs by COPY, ADD or RUN."""

from __future__ import annotations

import posixpath

from ..dockerfile import scope_at
from ..dockerfile.details import Add, Copy
from ..dockerfile.expand import expand_word
from .start import SHELLS, basename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import Instruction, Stage
    from .subject import Subject

_BIN = ("/bin", "/sbin")
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH where an image sets none (runc, and BuildKit for Linux)."""
_ENVIRONMENTS = frozenset({"venv", ".venv", "virtualenv", "node_modules"})

# Programs that are one file each in the images that they are copied from: https://docs.astral.sh/uv/guides/integration/docker/.
_SINGLE = frozenset({"uv", "uvx"})
MOST_COPIES = 300
"""Copies into one chain of stages that are looked at; beyond that everything may be brought."""


def absolute(subject: Subject, path: str) -> str | None:
    """`path` as seen from the work directory at the end of the stage; None where that is not known."""
    return absolute_in(subject, subject.stage, path, None)


def absolute_in(subject: Subject, stage: Stage, path: str, instruction: Instruction | None) -> str | None:
    """`path` as seen from the work directory just before `instruction` of `stage` (None: at its end); None if not known."""
    if path.startswith("/"):
        return posixpath.normpath(path)
    state = stage.state if instruction is None else stage.history.at(instruction.index)
    workdir = state.workdir
    if workdir.instruction is None:
        base = subject.target.workdir if subject.target is not None else None
        if subject.pending and subject.before is not None:
            base = subject.before.workdir
        directory: str | None = base or "/"
    else:
        directory = workdir.value if isinstance(workdir.value, str) else None
    return None if directory is None else posixpath.normpath(posixpath.join(directory, path))


def copies(stage: Stage) -> list[tuple[Instruction, Copy | Add]]:
    """The COPY and ADD instructions of `stage` in file order."""
    return [(one, one.detail) for one in stage.instructions if isinstance(one.detail, Copy | Add)]


def may_bring(subject: Subject, program: str) -> bool:
    """Whether a COPY, an ADD or a RUN of the chain may bring `program`: a path, or a bare name that is looked for in PATH.

    RUN counts only where the image can run it at all. Where a destination is not known, it may.
    """
    target = subject.target
    if target is not None and target.bin_sh is not False and any(True for _ in subject.chain_instructions("RUN")):
        return True
    return may_copy(subject, program)


def may_copy(subject: Subject, program: str) -> bool:
    """The same of COPY and ADD alone."""
    wanted = absolute(subject, program) if "/" in program else None
    if "/" in program and wanted is None:
        return True
    directories = _search_path(subject)
    found = [(stage, *one) for stage in subject.chain for one in copies(stage)]
    if len(found) > MOST_COPIES:
        return True
    for stage, instruction, detail in found:
        place = place_of(subject, stage, instruction, detail)[1]
        foreign = isinstance(detail, Copy) and detail.from_ is not None
        if wanted is not None and basename(wanted) not in _SINGLE and _is_single(detail):
            continue
        if place is None:
            # somewhere: as the very file, or as one of the files of another image
            if foreign or any(basename(word.text) == basename(program) for word in detail.sources):
                return True
        elif wanted is not None:
            if place == wanted or (place != "/" and wanted.startswith(f"{place}/")):
                return True
            if place == "/" and (foreign or posixpath.dirname(wanted) == "/"):
                return True
        elif program in SHELLS and _of_a_language(place):
            continue
        elif _into_path(place, program, directories) or (place == "/" and foreign):
            return True
    return False


def _of_a_language(place: str) -> bool:
    """Whether `place` is a directory in which the package manager of a language puts programs, of which no one is a shell."""
    return not _ENVIRONMENTS.isdisjoint(place.split("/"))


def _is_single(detail: Copy | Add) -> bool:
    """Whether an instruction copies nothing but programs of one file each."""
    return (
        bool(detail.sources) and not detail.documents and all(basename(one.text) in _SINGLE for one in detail.sources)
    )


def place_of(subject: Subject, stage: Stage, instruction: Instruction, detail: Copy | Add) -> tuple[str, str | None]:
    """The destination with its variables expanded, and the absolute path of it; None where that is not known."""
    word = detail.destination
    raw = word.text.strip("\"'")
    if "$" in raw or "\\" in raw:
        scope = scope_at(subject.file.graph, stage.index, instruction)
        text = expand_word(instruction, word, scope, subject.file.dockerfile.escape).text
        if text is None:
            return raw, None
        raw = text
    return raw, absolute_in(subject, stage, raw, instruction)


def _search_path(subject: Subject) -> tuple[str, ...]:
    path = subject.stage.state.env.get("PATH")
    text = path.value if path is not None and isinstance(path.value, str) else ""
    if path is not None and not text and path.instruction is not None:
        text = path.instruction.original.replace('"', ":").replace("=", ":").replace(" ", ":")
    return tuple({*(DEFAULT_PATH.split(":")), *(one.rstrip("/") for one in text.split(":") if one.startswith("/"))})


def _into_path(place: str, program: str, directories: tuple[str, ...]) -> bool:
    if place.endswith(_BIN) or (basename(place) == program and posixpath.dirname(place) in directories):
        return True
    return any(one == place or (place != "/" and one.startswith(f"{place}/")) for one in directories)


def has_shell(subject: Subject, name: str) -> bool | None:
    """Whether the image that starts has the shell `name` ("sh", "bash"); None where that is not known."""
    target = subject.target
    if target is None:
        return None
    if any(basename(path) == name for path in target.shells):
        return True
    if name == "sh" and target.bin_sh is not False:
        return target.bin_sh
    if target.bin_sh is None or any(may_bring(subject, f"{place}/{name}") for place in ("/bin", "/usr/bin")):
        return None
    return False


def has_env(subject: Subject) -> bool | None:
    """Whether the image has ``/usr/bin/env``, which ``#!/usr/bin/env node`` needs: a program of coreutils or busybox."""
    target = subject.target
    if target is None:
        return None
    names = {package.partition("=")[0] for package in target.packages}
    if {"coreutils", "busybox"} & names:
        return True
    if target.bin_sh is not False or may_bring(subject, "/usr/bin/env"):
        return None
    return False

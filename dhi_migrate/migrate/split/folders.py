"""Directories that a stage makes for its application: WORKDIR makes them too, for the user in force, and needs no shell.

BuildKit makes the directory of a WORKDIR, and its parents, for the user that the stage runs as there (moby/buildkit,
frontend/dockerfile/dockerfile2llb/convert.go, dispatchWorkdir); one that is there already is left alone.
"""

from __future__ import annotations

import posixpath

from ..._record import NamedTuple
from ...rules.accounts import ROOT, created, final_user, substituted
from ...rules.facts.files import is_cache
from ...rules.findings import Edit
from ...rules.makers import absolute
from ...rules.paths import known_directory, under, unowned
from ...rules.repairs import insert_after, line_ending, remove_commands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Instruction
    from ...rules.facts import RunFacts
    from ...rules.subject import Subject

MAX_MADE = 8
"""Most directories of one RUN that become WORKDIR instructions; beyond, a build stage is clearer."""


class Made(NamedTuple):
    """The edits that put WORKDIR in the place of a RUN, and the directories that it makes, as written."""

    edits: tuple[Edit, ...]
    paths: tuple[str, ...]


def made_directories(subject: Subject, run: RunFacts) -> Made | None:
    """WORKDIR instructions for a RUN that only makes directories and gives them to the user that the container runs as.

    Users that it makes as well are left to the rule about them. None where the RUN does anything else, or where the directories
    would be somebody else's.
    """
    if not run.script.ok or run.instruction.flags or run.instruction.heredocs or run.packages:
        return None
    if _current(subject, run.instruction) is None:
        return None
    names = [one for one in run.written if one.kind == "directory"]
    commands = [one.command for one in names]
    commands += [one.command for one in run.ownerships] + [one.command for one in run.modes]
    people = [one.command for one in run.accounts]
    known = {id(command) for command in (*commands, *people)}
    if not names or len(names) > MAX_MADE or any(id(command) not in known for command in run.script.commands):
        return None
    if len(names) < len(run.written) or any(is_cache(one.path) for one in names):
        return None
    if not _mine(subject, run.instruction) or not _all_ours(subject, run, [one.path for one in names]):
        return None
    texts = list(dict.fromkeys(one.path for one in names))
    if not people:
        return Made((_edit(subject, run.instruction, texts),), tuple(texts))
    gone = remove_commands(subject.file.dockerfile, run.instruction, run.script.commands, commands)
    if gone is None:
        return None
    lines = line_ending(subject.file.dockerfile).join(_lines(subject, run.instruction, texts))
    return Made((*gone, insert_after(subject.file.dockerfile, run.instruction, lines)), tuple(texts))


def _all_ours(subject: Subject, run: RunFacts, texts: list[str]) -> bool:
    """Whether the directories `texts` are new in the image, and nothing else changes hands in `run`."""
    places = [_place(subject, run.instruction, text) for text in texts]
    known = [place for place in places if place is not None]
    if len(known) < len(places):
        return False
    target = subject.target
    if any(unowned(target, place) or known_directory(target, place) for place in known):
        return False
    others = [path for one in run.ownerships for path in one.paths] + [path for one in run.modes for path in one.paths]
    for path in others:
        place = _place(subject, run.instruction, path)
        if place is None or not any(under(place, made) or under(made, place) for made in known):
            return False
    return not any(one.owner in ROOT for one in run.ownerships)


def _place(subject: Subject, instruction: Instruction, text: str) -> str | None:
    """The absolute path that `text` means; None where a pattern, a quote or an unknown variable is in it."""
    if any(sign in text for sign in "*?[]`~ \t'\"\\"):
        return None
    value = substituted(subject, instruction, text)
    if value is None or "{" in value:
        return None
    return absolute(subject.file, subject.stage.index, instruction, value)


def _mine(subject: Subject, instruction: Instruction) -> bool:
    """Whether the user in force at `instruction` is the one that the container runs as, on the hardened image."""
    now = subject.state_at(instruction).user
    final = final_user(subject)
    if final is None:
        return False
    made = created(subject)
    own = {"", *made, subject.target.user if subject.target is not None else ""}
    if now.instruction is None:
        return final in own or final in ROOT
    return str(now.value).partition(":")[0] == final


def _edit(subject: Subject, instruction: Instruction, paths: list[str]) -> Edit:
    """The lines of `instruction` as WORKDIR instructions."""
    dockerfile = subject.file.dockerfile
    start = dockerfile.source.line_starts[instruction.start_line - 1]
    text = line_ending(dockerfile).join(_lines(subject, instruction, paths))
    return Edit(start, instruction.span.end, text.encode())


def _lines(subject: Subject, instruction: Instruction, paths: list[str]) -> list[str]:
    """The WORKDIR instructions, the last of which goes back to where it was."""
    written = subject.file.dockerfile.source.text(instruction.keyword_span)
    keyword = "workdir" if written.islower() else "WORKDIR"
    lines = [f"{keyword} {path}" for path in _leaves(paths)]
    if _next(subject, instruction) not in {"WORKDIR", ""}:
        lines.append(f"{keyword} {_current(subject, instruction) or '/'}")
    return lines


def _leaves(paths: list[str]) -> Iterator[str]:
    """`paths` without those that another one makes on its way."""
    for path in dict.fromkeys(paths):
        if not any(other != path and under(posixpath.normpath(other), posixpath.normpath(path)) for other in paths):
            yield path


def _next(subject: Subject, instruction: Instruction) -> str:
    """The keyword of the next instruction to which the work directory matters; "" where there is none."""
    for one in subject.instructions("RUN", "COPY", "ADD", "WORKDIR", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        if one.index > instruction.index:
            return one.keyword
    return "CMD"


def _current(subject: Subject, instruction: Instruction) -> str | None:
    """The work directory in force at `instruction`, as the file writes it where it does; None where it is not known.

    Where the file names none, it is that of the image, if the hardened one has the same.
    """
    workdir = subject.state_at(instruction).workdir
    if workdir.instruction is not None and workdir.instruction.words:
        text = workdir.instruction.words[0].text
        if text.startswith(("/", "$")):
            return text
        return workdir.value if isinstance(workdir.value, str) else None
    before, target = subject.before, subject.target
    if before is None or target is None or (before.workdir or "/") != (target.workdir or "/"):
        return None
    return before.workdir or "/"

"""The instructions of a chain that its runtime stage repeats: what the container is, and no setting of a build."""

from __future__ import annotations

from ..._pattern import regex
from ...dockerfile.details import Arg, Env
from ..effects.table import is_build_setting
from .environment import PROGRAMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...dockerfile import Instruction
    from ...rules.subject import Subject

MOVED = frozenset({"CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "STOPSIGNAL", "USER", "VOLUME"})
"""Keywords of instructions that say something about the container that is started, and nothing to a build."""

HEAD = ("ARG", "ENV", "LABEL", "MAINTAINER", "WORKDIR")
"""Keywords of instructions that stand above the copies of the runtime stage."""

_SINGLE = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL"})
_USE = regex(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_GO = frozenset({"GOPATH", "GOROOT", "GOBIN"})
# Directories of PATH in which only a build finds programs, and the search path that is there already.
_BUILD_PATHS = (
    *("/root/", "~/", "$HOME/.local", "/go/bin", "/usr/local/go/bin", "/usr/lib/go", "/usr/local/cargo"),
    *("$GOPATH", "$GOROOT", "$GOBIN", "$CARGO_HOME"),
)


def uses(text: str) -> set[str]:
    """The names of the variables in `text`."""
    return set(_USE.findall(text))


def carried(subject: Subject, texts: Iterable[str], *, static: bool) -> tuple[Instruction, ...]:
    """The instructions to repeat; `texts` are the paths with variables that the copies of the runtime stage name.

    `static` tells that nothing of a language is left there, so that its variables mean nothing.
    """
    every = [one for stage in subject.chain for one in stage.instructions]
    state = subject.stage.state
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
        if one.keyword == "WORKDIR" and not (one is workdirs[-1] and is_absolute(one)):
            continue
        if one.keyword == "ENV" and not _runs_with(one, static):
            continue
        if one.keyword in MOVED or one.keyword in {"ENV", "WORKDIR"}:
            found.append(one)
    return tuple(_with_definitions(every, found, texts))


def is_absolute(instruction: Instruction) -> bool:
    """Whether a WORKDIR does not depend on the one before it."""
    return bool(instruction.words) and instruction.words[0].text.strip("\"'").startswith(("/", "$"))


def _runs_with(instruction: Instruction, static: bool) -> bool:
    """Whether an ENV is for more than a build."""
    detail = instruction.detail
    if not isinstance(detail, Env):
        return False
    for pair in detail.pairs:
        if is_build_setting(pair.name) or (static and pair.name in _GO):
            continue
        if pair.name == "PATH" and is_for_building(pair.value):
            continue
        return True
    return False


def is_for_building(path: str) -> bool:
    """Whether a PATH adds nothing but directories in which only a build finds programs."""
    for part in path.strip("\"'").split(":"):
        plain = part.replace("${", "$").replace("}", "").strip("\"'")
        if plain in {"", "$PATH"} or plain.startswith(_BUILD_PATHS) or plain.startswith("$PATH"):
            continue
        if plain.startswith("$") and is_build_setting(plain[1:].partition("/")[0]):
            continue
        if PROGRAMS.intersection(plain.lower().replace(".", "").split("/")):
            continue
        return False
    return True


def _with_definitions(
    every: Sequence[Instruction], found: list[Instruction], texts: Iterable[str]
) -> list[Instruction]:
    """`found` with the ARG and ENV instructions whose variables they and `texts` use, in the order of the file."""
    wanted: set[str] = set()
    for text in (*(one.original for one in found), *texts):
        wanted.update(_USE.findall(text))
    chosen = {one.index for one in found}
    for one in reversed(every):
        detail = one.detail
        names = {pair.name for pair in detail.pairs} if isinstance(detail, Arg | Env) else set()
        if one.index not in chosen and names & wanted:
            chosen.add(one.index)
            wanted.update(_USE.findall(one.original))
    return [one for one in every if one.index in chosen]


def defined(instructions: Iterable[Instruction]) -> dict[str, int]:
    """How often each variable is given a value by ENV and by ARG among `instructions`: the larger of the two numbers."""
    counts: dict[tuple[str, str], int] = {}
    for one in instructions:
        detail = one.detail
        for pair in detail.pairs if isinstance(detail, Arg | Env) else ():
            counts[one.keyword, pair.name] = counts.get((one.keyword, pair.name), 0) + 1
    found: dict[str, int] = {}
    for (_, name), count in counts.items():
        found[name] = max(found.get(name, 0), count)
    return found

"""How the container starts: ENTRYPOINT, CMD and HEALTHCHECK against the hardened image's own entrypoint, command, shell.

The judgement compares three things: what the file sets, what the upstream image would have added, and what the hardened
image adds instead. An ENTRYPOINT in the file clears the base image's CMD; a CMD alone becomes the arguments of the base
image's entrypoint (https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact).

What is certain to fail the rules of the start report as errors, for the stages that start. These are the reasons to hold a swap
back, also for stages that only somebody else starts.
"""

from __future__ import annotations

import posixpath

from ..entrypoints import (
    default_words,
    hardened_program,
    is_captured,
    lost_words,
    same_default,
    same_program,
    upstream_words,
)
from .model import Breaker, Move, basename, destination
from .programs import known_programs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Instruction, Span

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_SCRIPT_ENDINGS = (".sh", ".bash", ".envsh")
_FETCHERS = frozenset(
    {"curl", "wget", "nc", "netcat", "ncat", "pg_isready", "mysqladmin", "redis-cli", "mongosh", "ps", "pgrep"}
)
# Programs that the upstream images bring or that installs add, and that no runtime image here has unless it lists them.
_ABSENT = frozenset(
    {
        *("npm", "npx", "yarn", "pnpm", "corepack", "tini", "dumb-init", "gosu", "su-exec", "catatonit", "s6-svscan"),
        *("supervisord", "docker-entrypoint.sh", "docker-php-entrypoint", "apache2-foreground", "sudo", "su", "env"),
        *_FETCHERS,
    }
)
# What a container starts that is given its command by somebody else: docker run, Compose, Kubernetes, a devcontainer.
_INTERACTIVE = _SHELLS | {
    *("node", "python3", "python", "irb", "jshell", "bun", "deno", "iex", "erl", "perl", "julia", "R", "ghci", "dart"),
}
# Upstream start scripts that put the program's name before arguments that are not a program.
_WRAPPERS = ("docker-entrypoint.sh", "docker-php-entrypoint", "entrypoint.sh", "__cacert_entrypoint.sh", "run.sh")


def start_breakers(move: Move) -> list[Breaker]:
    """Everything about the start of the container that the move breaks, or that is not known to work."""
    entrypoint, cmd = _in_force(move)
    found = []
    for instruction in (entrypoint, cmd, move.last("HEALTHCHECK")):
        if instruction is not None:
            found.extend(_shell_breakers(move, instruction))
    if entrypoint is not None:
        found.extend(_program_breakers(move, entrypoint))
    elif cmd is not None:
        found.extend(_command_breakers(move, cmd))
    else:
        found.extend(_default_breakers(move))
    health = move.last("HEALTHCHECK")
    if health is not None:
        found.extend(_health_breakers(move, health))
    if move.facts is None:
        span = move.stages[0].instruction.span
        found.append(Breaker(span, f"how {move.upstream} is made up (user, work directory, files) is not known", False))
    return found


def _in_force(move: Move) -> tuple[Instruction | None, Instruction | None]:
    """The last ENTRYPOINT and CMD; an ENTRYPOINT clears a CMD that an earlier stage of the chain has set."""
    entrypoint = cmd = None
    for stage in move.stages:
        if any(instruction.keyword == "ENTRYPOINT" for instruction in stage.instructions):
            cmd = None
        for instruction in stage.instructions:
            if instruction.keyword == "ENTRYPOINT":
                entrypoint = instruction if _argv(instruction) != () else None
            elif instruction.keyword == "CMD":
                cmd = instruction
    return entrypoint, cmd


def _argv(instruction: Instruction) -> tuple[str, ...] | None:
    """The words of the exec form, None for the shell form."""
    argv = getattr(instruction.detail, "argv", None)
    return tuple(word.text for word in argv) if argv is not None else None


def _shell_breakers(move: Move, instruction: Instruction) -> list[Breaker]:
    if instruction.keyword == "HEALTHCHECK" and getattr(instruction.detail, "none", False):
        return []
    definition, span = move.definition, instruction.span
    argv = _argv(instruction)
    if argv is None:
        return _no_shell(move, span, f"{instruction.keyword} in shell form needs /bin/sh")
    if not argv:
        return []
    name = basename(argv[0])
    if name in _SHELLS:
        if definition.bin_sh and not any(path.endswith(f"/{name}") for path in definition.shells):
            return [Breaker(span, f"{instruction.keyword} starts {argv[0]}, which {move.image} does not have", False)]
        return _no_shell(move, span, f"{instruction.keyword} starts the shell {argv[0]}")
    scripts = [
        word for word in argv[:2] if word.endswith(_SCRIPT_ENDINGS) or basename(word).startswith("docker-entrypoint")
    ]
    if scripts and scripts[0] not in (definition.entrypoint or ()):
        return _no_shell(move, span, f"{instruction.keyword} starts the script {scripts[0]}, which needs a shell")
    return []


def _no_shell(move: Move, span: Span, need: str) -> list[Breaker]:
    bin_sh = move.definition.bin_sh
    if bin_sh:
        return [Breaker(span, f"{need}: {move.image} has it, but what the shell runs is not judged", False)]
    if bin_sh is None:
        return [Breaker(span, f"{need}; whether {move.image} has a shell is not known", False)]
    return [Breaker(span, f"{need}, and {move.image} has no shell", False)]


def _program_breakers(move: Move, instruction: Instruction) -> list[Breaker]:
    """Whether the program that starts is there: in the image, or copied in."""
    argv = _argv(instruction)
    if not argv:
        return []  # the shell form is judged as such
    program, span = argv[0], instruction.span
    name = basename(program)
    if name in _SHELLS or program.endswith(_SCRIPT_ENDINGS):
        return []
    known = known_programs(move.definition)
    if "/" not in program:
        if name in known or _copied(move, name):
            return _toolchain_breakers(move, span, argv)
        if name in _ABSENT or (move.definition.bin_sh is False and name in {"mvn", "gradle", "cargo", "make"}):
            return [Breaker(span, f"{move.image} has no {name}", False)]
        return [Breaker(span, f"{name} is not known to be in {move.image}", False)]
    if _copied(move, program):
        from .scripts import script_breakers

        return script_breakers(move, instruction, program)
    listed = {word for argv in (move.definition.entrypoint, move.definition.cmd) if argv for word in argv[:1]}
    if program in listed or any(entry.path == program for entry in move.definition.paths):
        return []
    if name in _ABSENT and name not in known:
        return [Breaker(span, f"{move.image} has no {program}", False)]
    return [Breaker(span, f"{program} is not known to be in {move.image}, and no COPY brings it", False)]


def _toolchain_breakers(move: Move, span: Span, argv: tuple[str, ...]) -> list[Breaker]:
    """Commands that do more than to start a program: ``node --run`` starts a shell, ``go run`` compiles."""
    name = basename(argv[0])
    if name == "node" and "--run" in argv and not move.definition.bin_sh:
        # https://nodejs.org/api/cli.html#--run: the command of package.json is given to a shell
        return [Breaker(span, f"node --run needs a shell, and {move.image} has none", False)]
    if name == "bun" and not move.definition.bin_sh and _bun_script(argv):
        # https://bun.sh/docs/cli/run: a script of package.json is given to the shell of the system
        return [Breaker(span, f"bun runs scripts of package.json in a shell, and {move.image} has none", False)]
    if name in {"go", "cargo"}:
        who = f"{move.definition.user} ({move.definition.uid})"
        return [Breaker(span, f"{name} compiles when the container starts, as {who} and in its directories", False)]
    return []


def _bun_script(argv: tuple[str, ...]) -> bool:
    """Whether the words after ``bun`` name a script of package.json, and no file."""
    words = [word for word in argv[1:] if not word.startswith("-") and word != "run"]
    return not words or not (
        "/" in words[0] or words[0].endswith((".js", ".ts", ".mjs", ".cjs", ".mts", ".jsx", ".tsx"))
    )


def _copied(move: Move, program: str) -> bool:
    """Whether some COPY or ADD of these stages may bring `program`: to its path, or, for a bare name, to a bin directory.

    A destination that is not known counts as one that may.
    """
    if "/" in program:
        from .scripts import bringing

        return bool(bringing(move, program))
    for instruction in move.instructions("COPY", "ADD"):
        target = destination(instruction)
        place = posixpath.normpath(target)
        in_bin = place.endswith(("/bin", "/sbin")) or (basename(place) == program and "bin/" in place)
        if not target or "$" in target or in_bin:
            return True
    return False


def _command_breakers(move: Move, cmd: Instruction) -> list[Breaker]:
    """A CMD without an ENTRYPOINT in the file: it meets the hardened image's entrypoint instead of the upstream one."""
    argv, span, image, facts = _argv(cmd), cmd.span, move.image, move.facts
    ours, program = move.definition.entrypoint, hardened_program(move.definition)
    if not argv:
        return (
            [Breaker(span, f"the CMD becomes arguments of {ours[0]}, the entrypoint of {image}", False)] if ours else []
        )
    if ours and program != ():
        return _argument_breakers(move, cmd, argv)
    if facts is not None:
        if lost_words(facts, argv):
            lost = " ".join(facts.entrypoint or ())
            return [
                Breaker(span, f"the CMD relies on the upstream entrypoint {lost}, which {image} does not have", False)
            ]
        if facts.entrypoint and upstream_words(facts, argv) is None:
            lost = " ".join(facts.entrypoint)
            return [Breaker(span, f"what the upstream entrypoint {lost} makes of the CMD is not known", False)]
    found = _program_breakers(move, cmd)
    if facts is None:
        found.append(Breaker(span, "whether the upstream image has an entrypoint is not known", False))
    return found


def _argument_breakers(move: Move, cmd: Instruction, argv: tuple[str, ...]) -> list[Breaker]:
    """A CMD that becomes arguments of the hardened image's entrypoint."""
    definition, facts, span, image = move.definition, move.facts, cmd.span, move.image
    ours, program = definition.entrypoint or (), hardened_program(definition)
    if program and same_program(argv[0], program[0]):
        return [Breaker(span, f"{image} starts {basename(program[0])} already: the CMD would repeat it", False)]
    if facts is None:
        return [Breaker(span, f"the CMD becomes arguments of {ours[0]}; how upstream starts is not known", False)]
    theirs = facts.entrypoint
    if program:
        if is_captured(facts, definition, known_programs(definition), argv):
            text = f"the CMD would become arguments of {basename(program[0])}, the entrypoint of {image}"
            return [Breaker(span, text, False)]
        made = upstream_words(facts, argv)
        if made is not None and (same_program(made[0], program[0]) or theirs is None):
            return []
    elif theirs is not None and [basename(word) for word in theirs] == [basename(word) for word in ours]:
        return []
    was = " ".join(theirs or ()) or "none"
    return [Breaker(span, f"the entrypoint changes from {was} to {' '.join(ours)}", False)]


def _default_breakers(move: Move) -> list[Breaker]:
    """Neither CMD nor ENTRYPOINT in the file: the image's own start has to mean the same as before."""
    definition, facts = move.definition, move.facts
    span = move.stages[-1].instruction.span
    if facts is None:
        return [Breaker(span, "the file sets no command, and how the upstream image starts is not known", False)]
    before = [*_program(facts.entrypoint), *_program(facts.cmd)]
    after = [*_program(definition.entrypoint), *_program(definition.cmd)]
    if before and before[0] in _INTERACTIVE and len(before) == 1:
        text = f"the file sets no command, and {before[0]} alone does nothing: what the container runs is not known"
        return [Breaker(span, text, False)]
    words, ours = upstream_words(facts, facts.cmd or ()), default_words(definition)
    if words and ours is not None and same_default(words, ours):
        return []
    if before == after or (not before and not after):
        return []
    if before[:1] == after[:1] and len(before) <= 1:
        return []
    was = " ".join((*(facts.entrypoint or ()), *(facts.cmd or ()))) or "nothing"
    now = " ".join((*(definition.entrypoint or ()), *(definition.cmd or ()))) or "nothing"
    return [Breaker(span, f"the file sets no command; upstream starts {was}, {move.image} starts {now}", False)]


def _program(argv: tuple[str, ...] | None) -> list[str]:
    """The words of a command without start scripts; the program by its name alone, since directories differ."""
    words = list(argv or ())
    if words and basename(words[0]) in _WRAPPERS:
        return []
    return [basename(words[0]), *words[1:]] if words else []


def _health_breakers(move: Move, health: Instruction) -> list[Breaker]:
    if getattr(health.detail, "none", False):
        return []
    argv = _argv(health)
    started = _program_breakers(move, health) if argv and basename(argv[0]) not in _FETCHERS else []
    words = argv if argv is not None else tuple(health.original.replace(";", " ").replace("|", " ").split())
    known = known_programs(move.definition)
    if move.definition.distro == "alpine" and move.definition.bin_sh:
        known |= {"wget", "nc"}  # every shell of Alpine is busybox, which is these programs too
    missing = sorted({basename(word) for word in words if basename(word) in _FETCHERS} - known)
    return started + [
        Breaker(health.span, f"the HEALTHCHECK runs {tool}, which {move.image} does not have", True) for tool in missing
    ]

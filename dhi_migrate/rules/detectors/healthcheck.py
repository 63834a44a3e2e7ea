"""HEALTHCHECK: the shell that it runs in (DHI205), and the program that it asks with (DHI206).

Docker takes every exit status but 0 for unhealthy, so ``|| exit 1`` adds nothing to a program that fails by itself:
https://docs.docker.com/reference/dockerfile/#healthcheck.
"""

from __future__ import annotations

import posixpath

from ..._pattern import regex
from ...dockerfile.details import Healthcheck
from ...dockerfile.shell import read_argument, read_shell, shell_argv
from ...dockerfile.shell.read import BUILTINS
from ..copied import brings_path, brought, may_bring
from ..file_texts import brought_text
from ..findings import Fix, Hit
from ..health_probe import fetch_argv
from ..health_tools import BY_IMAGE, BY_PACKAGE, TOOLS
from ..repairs import exec_form, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal

    from ...catalog.model import Definition
    from ...dockerfile import Instruction, Span, Word
    from ...dockerfile.shell import Command, Script
    from ..subject import Subject

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_SCRIPTS = (".sh", ".bash")
# Programs that are a part of the shell as well: an exec form of them asks little, and a bare ``[`` looks odd.
_COREUTILS = frozenset({"[", "test", "true", "false", "echo", "printf", "kill"})
# Images without tools, from which definitions copy files.
_BARE = ("static", "pkg-", "eclipse-temurin", "node", "python", "golang")
# Words of Compose's "healthcheck.test", which mean nothing in a Dockerfile: https://docs.docker.com/reference/compose-file/services/#healthcheck.
_COMPOSE = frozenset({"CMD", "CMD-SHELL", "NONE"})

# A search path to which the file adds the programs of one virtual environment and nothing else.
_VENV_PATH = regex(r"PATH[= ]+[\"']?(?:[^\s:\"'$]{0,200}/\.?v?env|\$\{?VIRTUAL_ENV\}?)/bin:\$\{?PATH\}?[\"']?(?:\s|\Z)")


def healthcheck(subject: Subject, problem: Literal["shell", "tool"]) -> Iterator[Hit]:
    """One hit at most on the HEALTHCHECK in force in the stage that ships.

    `problem` "shell": it is in shell form, and the image has no /bin/sh. "tool": a program that it asks with is not in the image.
    """
    found = _in_force(subject)
    if found is None or subject.target is None:
        return
    instruction, detail, stage = found
    commands, script = _commands(subject, instruction, detail)
    there = _there(subject)
    missing = [one for one in commands if one.name in TOOLS and not _has(subject, one, there)]
    hit = None
    if problem == "tool":
        hit = _compose_hit(detail)
        if hit is None and missing:
            hit = _tool_hit(subject, instruction, detail, missing, script)
    elif not missing:
        hit = _shell_hit(subject, instruction, detail, script, there)
    if hit is not None:
        own = stage == subject.stage.index
        yield hit._replace(stage=stage, fixes=hit.fixes if own and not _commented(subject, instruction) else ())


def _in_force(subject: Subject) -> tuple[Instruction, Healthcheck, int] | None:
    """The last HEALTHCHECK of the chain, with the number of its stage; None for NONE."""
    if not subject.ships:
        return None
    for stage in reversed(subject.chain):
        for instruction in reversed(stage.instructions):
            if isinstance(instruction.detail, Healthcheck):
                return None if instruction.detail.none else (instruction, instruction.detail, stage.index)
    return None


def _commands(subject: Subject, instruction: Instruction, detail: Healthcheck) -> tuple[list[Command], Script | None]:
    """The commands that the HEALTHCHECK runs, and its shell text if it has one."""
    if detail.shell is not None:
        shell = subject.stage.state.shell
        posix = not isinstance(shell.value, tuple) or not shell.value or _base(shell.value[0]) in _SHELLS
        script = read_shell(instruction, detail.shell, posix)
        return list(script.commands), script
    argv = detail.argv or ()
    if len(argv) > 2 and _base(argv[0].text) in _SHELLS and argv[1].text.startswith("-") and argv[1].text.endswith("c"):
        script = read_argument(instruction, argv[2])
        return list(script.commands), script
    return ([_plain(argv)] if argv else []), None


def _plain(argv: Sequence[Word]) -> Command:
    from ...dockerfile.shell import Command, ShellWord

    words = tuple([ShellWord(word.text, word.text, word.span, True) for word in argv])
    span, none = argv[0].span, argv[0].span._replace(end=argv[0].span.start)
    return Command(_base(argv[0].text), words, (), (), (), span, "", none, 0, True, False)


def _there(subject: Subject) -> frozenset[str]:
    """The names of the programs that the image has by its packages, or by what it is."""
    target = subject.target
    if target is None:
        return frozenset()
    listed = {package.partition("=")[0] for package in target.packages}
    if target.package_manager is not None:
        listed |= _installed(subject)
    if target.distro == "alpine" and target.bin_sh is not False:
        listed.add("busybox")  # every shell of Alpine comes with it, and it is all of these programs there
    elif target.distro != "alpine":
        listed.discard("busybox")  # on Debian it has no links for the programs that it is
    packed = [program for package in listed for program in BY_PACKAGE.get(package, ())]
    own = [*BY_IMAGE.get(target.image, ()), *BY_IMAGE.get(f"{target.image}-{target.flavor or target.variant}", ())]
    return frozenset({*subject.programs, *own, *listed, *packed})


def _installed(subject: Subject) -> set[str]:
    """The packages that the stages of the chain install: they come where the image has a package manager."""
    from ..facts import stage_facts

    return {name for stage in subject.chain for name in stage_facts(stage).installed}


def _has(subject: Subject, command: Command, there: frozenset[str]) -> bool:
    """Whether the program of `command` is in the image, or is not known to be missing."""
    target = subject.target
    if target is None or command.name in there or not command.words or not _listed(target):
        return True
    program = command.words[0].text
    if program.startswith("/") and brings_path(subject, program):
        return True
    return may_bring(subject, command.name) or _own_path(subject)


def _listed(target: Definition) -> bool:
    """Whether the packages say which tools are in the image: not where files of a larger image are copied into it."""
    names = [reference.rpartition("/")[2].partition(":")[0] for reference in target.inherits]
    return all(name.startswith(_BARE) for name in names)


def _own_path(subject: Subject) -> bool:
    """Whether the file names directories of its own in PATH and fills them: what is in them is not known."""
    path = subject.stage.state.env.get("PATH")
    if path is None or path.instruction is None or _VENV_PATH.search(path.instruction.original) is not None:
        return False  # a virtual environment holds what Python packages bring
    return any(one.outside for one in brought(subject))


def _tool_hit(
    subject: Subject, instruction: Instruction, detail: Healthcheck, missing: list[Command], script: Script | None
) -> Hit:
    names = list(dict.fromkeys(one.name for one in missing))
    message = f"HEALTHCHECK runs {' and '.join(names)}, which {subject.image} does not have"
    evidence = f"{subject.evidence} lists no package with {' or '.join(names)}"
    span = missing[0].words[0].span
    plain = detail.argv is not None if script is None else script.ok and len(_asked(script.commands)) == 1
    argv = fetch_argv(missing[0], subject.programs) if plain else None
    if argv is None:
        message += ": leave it to a probe of the orchestrator, or copy in a small program that asks"
        return Hit(span, message, evidence)
    message += f": let {argv[0]} ask"
    place = detail.shell.span if detail.shell is not None else _array_span(instruction)
    title = f"Let {argv[0]} ask in the HEALTHCHECK"
    return Hit(
        span, message, evidence, (Fix("unsafe", title, (replace(place, exec_form(argv)),), bound=subject.pending),)
    )


def _compose_hit(detail: Healthcheck) -> Hit | None:
    """The first word of Compose's own form, taken for a program: the check fails on every image."""
    word = detail.argv[0] if detail.argv else None
    if word is None or word.text not in _COMPOSE:
        return None
    message = f"HEALTHCHECK starts a program of the name {word.text}, which no image has: leave the word out"
    return Hit(word.span, message, f"{word.text} belongs to the healthcheck of a Compose file, not to this instruction")


def _shell_hit(
    subject: Subject, instruction: Instruction, detail: Healthcheck, script: Script | None, there: frozenset[str]
) -> Hit | None:
    target, argv = subject.target, detail.argv or ()
    if target is None or target.bin_sh is None:
        return None
    evidence = f"{subject.evidence} lists {' and '.join(target.shells) or 'no shell'}"
    if detail.shell is not None:
        message = f"HEALTHCHECK runs in a shell, and {subject.image} has none"
        span, missing = detail.shell.span, target.bin_sh is False
    elif argv and _base(argv[0].text) in _SHELLS:
        message = f"HEALTHCHECK starts {argv[0].text}, which {subject.image} does not have"
        missing = _base(argv[0].text) not in {_base(path) for path in target.shells} and _listed(target)
        span = _array_span(instruction)
    elif argv and _is_script(subject, argv[0].text):
        message = (
            f"HEALTHCHECK starts the script {argv[0].text}, and {subject.image} has no shell for it: ask with a program"
        )
        return Hit(argv[0].span, message, evidence) if target.bin_sh is False else None
    else:
        return None
    if not missing:
        return None
    words = _argv(script)
    if words is not None and (_is_script(subject, words[0]) or _base(words[0]) in _SHELLS):
        script_name = words[1] if len(words) > 1 and _base(words[0]) in _SHELLS else words[0]
        return Hit(span, f"{message} to run {script_name} in: ask with a program", evidence)
    known = _known(subject, words[0], there) if words is not None else None
    if words is None or known is None or _unseen(subject, words[0]):
        return Hit(span, f"{message}: ask with one program of the image, as a JSON array", evidence)
    text = exec_form(words)
    fix = Fix("safe" if known else "unsafe", "Write HEALTHCHECK as an exec form", (replace(span, text),))
    return Hit(span, f"{message}: write CMD {text}", evidence, (fix,))


def _is_script(subject: Subject, program: str) -> bool:
    """Whether `program` is a shell script: by its first line where the file or the build context shows it, else by its name."""
    text = brought_text(subject, program) if "/" in program else None
    if text is None:
        return program.endswith(_SCRIPTS)
    line = text.head.partition("\n")[0]
    return line.startswith("#!") and any(_base(word) in _SHELLS for word in line[2:].split())


def _unseen(subject: Subject, program: str) -> bool:
    """Whether `program` is by its name a file of the build context that is a script, or may be one for all that is seen of it."""
    for one in brought(subject):
        for source in one.sources if not one.outside else ():
            if _base(source) == _base(program):
                place = one.lands(source)
                text = brought_text(subject, place) if place is not None else None
                if text is None or text.head.startswith("#!"):
                    return True
    return False


def _known(subject: Subject, program: str, there: frozenset[str]) -> bool | None:
    """Whether `program` starts without a shell: True if the image or another stage brings it, False if that may be.

    None where nothing is known of it.
    """
    if "/" not in program:
        if program in there and program not in _COREUTILS:
            return True
        return False if may_bring(subject, program) else None
    paths = subject.target.paths if subject.target is not None else ()
    if any(entry.path == program for entry in paths):
        return True
    for one in brought(subject):
        if one.outside and any(one.lands(source) == program for source in one.sources):
            return True
    return False if not program.startswith("/") or brings_path(subject, program) else None


def _argv(script: Script | None) -> tuple[str, ...] | None:
    """The words of the shell text without its final ``|| exit 1``, if what is left is one plain command."""
    if script is None:
        return None
    words = shell_argv(script).words
    if words is not None or not script.ok:
        return words
    asked = _asked(script.commands)
    if len(asked) != 1 or asked[0].depth or asked[0].wrappers or asked[0].assignments or asked[0].redirects:
        return None
    command = asked[0]
    if command.name in BUILTINS or not all(word.literal for word in command.words):
        return None
    return tuple([word.text for word in command.words]) or None


def _asked(commands: Sequence[Command]) -> list[Command]:
    """`commands` without a final ``|| exit 1`` or ``|| false``, which only says again that the check failed."""
    if len(commands) > 1 and commands[-1].name in {"exit", "false"} and commands[-1].operator == "||":
        return list(commands[:-1])
    return list(commands)


def _commented(subject: Subject, instruction: Instruction) -> bool:
    """Whether comments stand between the lines of `instruction`: an edit of the whole would take them along."""
    return any(one.instruction == instruction.index for one in subject.file.dockerfile.comments)


def _array_span(instruction: Instruction) -> Span:
    """The bytes of the JSON array of an exec form, with its brackets."""
    text = instruction.original
    cmd = instruction.words[0]
    return instruction.map(text.index("[", cmd.offset + len(cmd.text)), len(text.rstrip()))


def _base(path: str) -> str:
    return posixpath.basename(path)

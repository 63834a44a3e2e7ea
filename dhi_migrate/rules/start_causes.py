"""Why the container of a stage will not start on its hardened image: each cause once, with the words that it lies in.

The causes exclude each other by their order: what stands deeper is named, so that a package manager's script in shell form is
a package manager that is missing, not a shell that is missing too. The rules of the start only choose among these.
"""

from __future__ import annotations

from functools import lru_cache

from .._record import NamedTuple
from .brought import has_shell, may_bring
from .entrypoints import INITS, hardened_program, init_length, is_captured, lost_words, same_program
from .start import SHELLS, Part, basename, parts_of, script_of, shell_in_force, start_of, starts
from .start_programs import SWITCHES, is_absent, is_moved, program_trouble, script_trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..dockerfile import Span
    from ..dockerfile.shell import Command
    from .start import Setting, Start
    from .start_programs import Kind
    from .subject import Subject


_MOST_WRAPPERS = 4
"""Most programs around the one that is meant: ``tini -- gosu app sh -c ..`` has two."""


class Cause(NamedTuple):
    """One reason: its `kind`, the `setting` it is in, its bytes, and the words from there on as they would run.

    `start` is the place of the first of `words` in an exec form, -1 in a shell text. `name` is what is missing, moved or
    repeated: a program, a script, an interpreter.
    """

    kind: Kind
    setting: Setting | None
    span: Span
    words: tuple[str, ...]
    start: int
    name: str
    note: str = ""


@lru_cache(maxsize=4)
def causes(subject: Subject) -> tuple[Cause, ...]:
    """Everything that keeps the container of `subject` from its start, in the order of the command line."""
    if not starts(subject) or _windows(subject):
        return ()
    start = start_of(subject)
    if start is None:
        return ()
    return tuple(_causes(subject, start))


def _windows(subject: Subject) -> bool:
    base, platform = subject.carrier.base.lower(), subject.stage.platform
    if any(word in base for word in ("windows", "nanoserver", "servercore")) or subject.file.dockerfile.escape == "`":
        return True
    return platform is not None and (platform.text or "").startswith("windows")


def _causes(subject: Subject, start: Start) -> Iterator[Cause]:
    entrypoint, cmd, target = start.entrypoint, start.cmd, subject.target
    if entrypoint is not None:
        yield from _walk(subject, parts_of(entrypoint) if entrypoint.argv is None else parts_of(entrypoint, cmd))
        return
    if target is None or not start.inherits:
        if cmd is not None:
            yield from _walk(subject, parts_of(cmd))
        return
    program = hardened_program(target)
    if cmd is None:
        if start.inherits_cmd and subject.ships:
            yield Cause("default", None, subject.stage.base.word.span, (), -1, "")
    elif program:
        yield from _meets(subject, cmd, program)
    elif program is not None:
        lost = _lost(subject, cmd)
        yield from (lost,) if lost is not None else _walk(subject, parts_of(cmd))


# -- a CMD and the ENTRYPOINT of the image ---------------------------------------------------------------------------------


def _meets(subject: Subject, cmd: Setting, program: tuple[str, ...]) -> Iterator[Cause]:
    """A CMD that the image appends to `program`: arguments, the same program again, or another one that never starts."""
    first = program[0]
    words = cmd.words if cmd.argv is not None else _plain_words(subject, cmd)
    if words and same_program(words[0], first):
        yield Cause("doubled", cmd, cmd.span, words, 0 if cmd.argv is not None else -1, first)
        return
    before, target = subject.before, subject.target
    argv = cmd.words if cmd.argv is not None else ("/bin/sh", "-c", "")
    if before is None or target is None or not argv or not is_captured(before, target, subject.programs, argv):
        return
    found = list(_walk(subject, parts_of(cmd)))
    if any(one.kind in {"shell", "shell-program", "script", "package-script"} for one in found):
        yield from found  # it would not start by itself either
        return
    yield Cause("captured", cmd, cmd.span, words, 0 if cmd.argv is not None else -1, first)


def _lost(subject: Subject, cmd: Setting) -> Cause | None:
    """A CMD of arguments alone, before which the upstream image puts its program and the hardened one does not."""
    words, before = cmd.words, subject.before
    if not words:
        return None
    if before is not None:
        before_them = lost_words(before, words)
        if before_them:
            return Cause("lost", cmd, cmd.span, words, 0, " ".join(before_them), ", as upstream does")
    if before is None or subject.state == "hardened":
        for ending, name in ((".py", "python3"), (".js", "node"), (".mjs", "node"), (".jar", "java -jar")):
            if not words[0].endswith(ending) or name.split()[0] not in subject.programs:
                continue
            # a text at a path may have a first line that says what starts it; an archive of Java classes has none
            if ending == ".jar" if "/" in words[0] else is_absent(subject, words[0]):
                return Cause("lost", cmd, cmd.span, words, 0, name)
    return None


# -- a command line of the file --------------------------------------------------------------------------------------------


def _walk(subject: Subject, parts: tuple[Part, ...]) -> Iterator[Cause]:
    """The causes in `parts`: first the wrappers around the program, then the program."""
    for _ in range(_MOST_WRAPPERS):
        if not parts:
            return
        if parts[0].shell:
            yield from _shell_form(subject, parts[0].setting)
            return
        name, texts = basename(parts[0].text), tuple([part.text for part in parts])
        if name in INITS and subject.target is not None:
            length = init_length(texts)
            if is_absent(subject, parts[0].text):
                yield _cause("init", parts, length)
            parts = parts[length:]
        elif parts[0].text == "/init" and subject.target is not None and _has_s6(subject):
            if has_shell(subject, "sh") is False:
                yield _cause("init", parts, 1, note="s6-overlay")
            parts = parts[1:]
        elif name in SWITCHES and subject.target is not None:
            length = _switch_length(name, texts)
            if is_absent(subject, parts[0].text) or (length and _switch_fails(subject)):
                yield _cause("privilege", parts, length)
            if not length:
                return
            parts = parts[length:]
        else:
            yield from _program(subject, parts)
            return


def _cause(kind: Kind, parts: tuple[Part, ...], length: int = 0, name: str = "", note: str = "") -> Cause:
    """A cause in the first of `parts`; its words begin `length` words later."""
    first = parts[0]
    rest = tuple([part.text for part in parts[length:] if part.setting is first.setting and not part.shell])
    return Cause(kind, first.setting, first.span, rest, first.place + length, name or first.text, note)


def _has_s6(subject: Subject) -> bool:
    """Whether the file unpacks s6-overlay, whose ``/init`` is a script for /bin/sh (https://github.com/just-containers/s6-overlay)."""
    return any("s6-overlay" in one.original for one in subject.chain_instructions("ADD", "COPY", "RUN", "ENV"))


def _switch_length(name: str, texts: tuple[str, ...]) -> int:
    """How many words are the switch and its user; 0 where that is not plain."""
    if name in {"gosu", "su-exec", "s6-setuidgid"} and len(texts) > 2 and not texts[1].startswith("-"):
        return 2
    return 0


def _switch_fails(subject: Subject) -> bool:
    """Whether the container does not start as root, so that a program that is there could not change the user."""
    user, target = subject.stage.state.user, subject.target
    if user.instruction is None:
        return target is not None and target.uid != 0
    return user.known and isinstance(user.value, str) and user.value.partition(":")[0] not in {"root", "0"}


def _program(subject: Subject, parts: tuple[Part, ...]) -> Iterator[Cause]:
    first, target = parts[0], subject.target
    name, texts = basename(first.text), tuple([part.text for part in parts if not part.shell])
    if name in SHELLS:
        if target is None and len(texts) == 1:
            return  # a prompt, on an image that others build on: nothing is known of what runs
        if target is None or (has_shell(subject, name) is False and not may_bring(subject, first.text)):
            yield _cause("shell-program", parts)
        return
    if target is None:
        script = script_trouble(subject, first.text)
        if script is not None:
            yield _cause("script", parts, note=script)
        return
    deeper = program_trouble(subject, texts)
    if deeper is not None:
        kind, word, note = deeper
        yield _cause(kind, parts, 0, word, note)


def moved_health(subject: Subject) -> Cause | None:
    """The same for the program of a HEALTHCHECK in exec form, which runs inside of the same image."""
    effective = subject.stage.state.healthcheck
    argv = getattr(effective.instruction.detail, "argv", None) if effective.instruction is not None else None
    if not argv or not starts(subject) or not is_moved(subject, argv[0].text):
        return None
    return Cause("moved", None, argv[0].span, (argv[0].text,), 0, argv[0].text)


# -- shell texts -----------------------------------------------------------------------------------------------------------


def _plain_words(subject: Subject, setting: Setting) -> tuple[str, ...]:
    """The words of a shell text that is one plain command; () where it is more than that."""
    from ..dockerfile.shell import shell_argv

    script = script_of(subject, setting)
    return (shell_argv(script).words or ()) if script is not None else ()


def _shell_form(subject: Subject, setting: Setting) -> Iterator[Cause]:
    script, target = script_of(subject, setting), subject.target
    shell = basename(shell_in_force(subject, setting)[0])
    if shell not in SHELLS or script is None:
        return
    there = has_shell(subject, shell)
    if there is None and target is not None:
        return
    command = _single(script.commands) if script.ok else None
    words = tuple([word.text for word in command.words]) if command is not None else ()
    span = setting.span
    if command is not None and target is not None and words and command.words[0].literal:
        switch = next((one for one in command.wrappers if one in SWITCHES), None)
        wrapper = switch or next((one for one in command.wrappers if one in INITS), None)
        if wrapper is not None and is_absent(subject, wrapper) and (there is False or not may_bring(subject, wrapper)):
            literal = all(word.literal for word in command.words) and not command.assignments and not command.redirects
            kind: Kind = "privilege" if switch is not None else "init"
            yield Cause(kind, setting, span, words if literal else (), -1, wrapper)
            return
        deeper = program_trouble(subject, words)
        # a plain command that the shell itself could start: without a shell that is what is missing
        if deeper is not None and (deeper[0] in {"script", "package-script"} or there):
            yield Cause(deeper[0], setting, span, words, -1, deeper[1], deeper[2])
            return
    if there is not True and words and basename(words[0]) in SHELLS:
        yield Cause("shell", setting, span, (), -1, shell, f"and starts {words[0]}")
        return
    script_note = script_trouble(subject, words[0]) if target is None and words and words[0] else None
    if script_note is not None:
        yield Cause("script", setting, span, words, -1, words[0], script_note)
    elif there is not True:
        yield Cause("shell", setting, span, _plain_words(subject, setting), -1, shell)


def _single(commands: tuple[Command, ...]) -> Command | None:
    """The command of a text that has one alone."""
    return commands[0] if len(commands) == 1 and not commands[0].depth else None

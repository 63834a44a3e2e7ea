"""Reading a RUN: each command goes to the reader of its program, what none explains is left over."""

from __future__ import annotations

from importlib import import_module

from ..._pattern import regex
from ...dockerfile.shell import read_run
from ...dockerfile.shell.wrappers import script_word
from .harmless import BUILT_IN, HARMLESS, SETTINGS, SHELL_ONLY, SHOW_WORDS, SHOWS, WRAPPERS_OF_SHELLS, WRITES
from .model import RunFacts, StageFacts
from .notes import Call, Notes
from .programs import MODULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ...dockerfile import Instruction, Stage
    from ...dockerfile.shell import Command, Script
    from .notes import Kind, Reader

    _Pure = Literal["packages", "cleanup", "accounts", "files", "language", "build"]

_readers: dict[str, tuple[Reader, ...]] = {}  # of the programs of `MODULES` that were met so far

# Programs that often carry their version in their name: pip3.12, gcc-12, php8.2.
_VERSIONED = frozenset(
    {
        "python",
        "pypy",
        "pip",
        "pyvenv",
        "virtualenv",
        "easy_install",
        "gcc",
        "g++",
        "clang",
        "clang++",
        "php",
        "gem",
        "ruby",
        "rake",
    }
)
_TOOLS = frozenset({"languages", "node"})
_CROSS = ("-gcc", "-g++", "-cc", "-clang")
# Shells that a SHELL instruction can name and whose language is not that of sh(1).
_OTHER_SHELLS = frozenset(
    {"powershell", "pwsh", "cmd", "fish", "nu", "elvish", "csh", "tcsh", "python", "python3", "perl", "node", "ruby"}
)

# A redirection of a whole group or loop, which no command shows.
_GROUP_WRITES = regex(r"(?:[)}]|\b(?:fi|done|esac))[ \t]*[0-9&]?>")


# The facts of instructions that were read not long ago, each with its instruction, whose identity is the key: rules ask for the
# same ones again and again, and an instruction that is equal in another file has other places. What is asked for stays longer:
# when the first dictionary is full it becomes the second one, and what that held is forgotten.
_Known = dict[tuple[int, bool], tuple["Instruction", RunFacts]]
_known: _Known = {}
_former: _Known = {}
_MOST_KNOWN = 512


def read_facts(instruction: Instruction, posix: bool = True) -> RunFacts:
    """What the commands of the RUN `instruction` do; `posix` is False where it runs in another shell than sh and its kin.

    They are read once and kept while the file is judged.
    """
    global _known, _former
    key = id(instruction), posix
    found = _known.get(key)
    if found is not None and found[0] is instruction:
        return found[1]
    found = _former.get(key)
    if found is None or found[0] is not instruction:
        found = instruction, script_facts(instruction, read_run(instruction, posix=posix))
    if len(_known) >= _MOST_KNOWN:
        _known, _former = {}, _known
    _known[key] = found
    return found[1]


def stage_facts(stage: Stage) -> StageFacts:
    """The facts of all RUN instructions of `stage` itself, each read for the SHELL that is in force there."""
    return StageFacts(
        tuple(
            [
                read_facts(instruction, posix=instruction.exec_form or _is_posix(stage, instruction))
                for instruction in stage.instructions
                if instruction.keyword == "RUN"
            ]
        )
    )


def _is_posix(stage: Stage, instruction: Instruction) -> bool:
    shell = stage.history.shell_at(instruction.index).value
    program = shell[0] if isinstance(shell, tuple) and shell else ""
    name = program.replace("\\", "/").rsplit("/", 1)[-1].lower().removesuffix(".exe")
    return name not in _OTHER_SHELLS


def script_facts(instruction: Instruction, script: Script) -> RunFacts:
    """What the commands of `script`, the text of `instruction`, do."""
    notes = Notes()
    kinds: set[Kind] = set()
    leftover: list[Command] = []
    programs: dict[str, None] = {}
    ignored = SHELL_ONLY if instruction.exec_form else SHELL_ONLY | BUILT_IN
    for index, command in enumerate(script.commands):
        for name in (*command.wrappers, command.name):
            if name and name not in ignored and name not in WRAPPERS_OF_SHELLS:
                programs[name] = None
        kind = _read_command(command, notes)
        if kind is None and _is_read(command, script.commands, index):
            kind = "harmless"
        if kind is None:
            leftover.append(command)
        else:
            kinds.add(kind)
    return RunFacts(
        instruction,
        script,
        tuple(notes.packages),
        tuple(notes.accounts),
        tuple(notes.ownerships),
        tuple(notes.modes),
        tuple(notes.written),
        tuple(notes.languages),
        tuple(notes.builds),
        tuple(notes.downloads),
        tuple(programs),
        tuple(leftover),
        None if leftover or not script.ok or writes_in_groups(instruction) else _pure(kinds),
    )


def writes_in_groups(instruction: Instruction) -> bool:
    """Whether the output of a whole group or loop of the RUN `instruction` may go to a file that no command shows."""
    return ">" in instruction.original and _GROUP_WRITES.search(instruction.original) is not None


def _is_read(command: Command, commands: tuple[Command, ...], index: int) -> bool:
    """Whether number `index` of `commands` is a shell whose text is read too: its commands follow."""
    following = commands[index + 1] if index + 1 < len(commands) else None
    if following is None or not following.nested or following.depth <= command.depth:
        return False
    return script_word(command.name, command.words) is not None


def _pure(kinds: set[Kind]) -> _Pure | None:
    """The one kind of all commands; cleaning goes along with each, files go along with accounts."""
    main = kinds - {"harmless", "cleanup"}
    if not main:
        return "cleanup" if "cleanup" in kinds else None
    if main == {"update"}:
        return "cleanup"
    if main <= {"packages", "update"}:
        return "packages"
    if main <= {"accounts", "files"}:
        return "accounts" if "accounts" in main else "files"
    if main == {"language"}:
        return "language"
    return "build" if main == {"build"} else None


def _read_command(command: Command, notes: Notes) -> Kind | None:
    """Note the facts of one command; None where nothing explains it."""
    _settings(command, notes)
    if not command.words:
        kind: Kind | None = "harmless"
    elif not command.name:
        kind = None
    else:
        kind = read_call(Call(command, command.name, command.words[0].text, command.words[1:]), notes)
    if command.redirects:
        from .files import write_redirections

        if write_redirections(command, notes) and kind is not None:
            kind = "other"
    return kind


def _settings(command: Command, notes: Notes) -> None:
    """Remember what the command sets for those after it."""
    if command.name == "export":
        for word in command.words[1:]:
            name, equals, value = word.text.partition("=")
            if equals:
                notes.exported[name] = value
    elif not command.words:
        for name, word in command.assignments:
            notes.exported[name] = word.text
    elif command.name in {".", "source"} and command.words[1:] and command.words[1].text.endswith("activate"):
        notes.activated = True


def read_call(call: Call, notes: Notes) -> Kind | None:
    """Note the facts of one call; None where nothing explains it."""
    name = call.name
    arguments = call.arguments
    if len(arguments) == 1 and _shows(name, arguments[0].text):
        return "harmless"
    readers = _readers_of(name)
    if not readers:
        plain = name.rstrip("0123456789.").rstrip("-")
        if plain in _VERSIONED:
            call = call._replace(name=plain)
            readers = _readers_of(plain)
        elif name.endswith(_CROSS):
            readers = _readers_of("gcc")
    for reader in readers:
        kind = reader(call, notes)
        if kind is not None:
            return kind
    if readers:
        return None
    if name in HARMLESS:
        writes = WRITES.get(name)
        return "harmless" if writes is None or not any(word.text in writes for word in arguments) else None
    if name in {".", "source"}:
        return "harmless" if arguments and arguments[0].text.endswith(SETTINGS) else None
    return None


def _readers_of(name: str) -> tuple[Reader, ...]:
    """The readers of the program `name`, in the order in which they are asked; () for one that is not known."""
    found = _readers.get(name, ())
    if not found and name in MODULES:
        modules = [import_module(f".{module}", __package__) for module in MODULES[name]]
        found = _readers[name] = tuple([module.READERS[name] for module in modules])
    return found


def _shows(name: str, word: str) -> bool:
    """Whether the only argument `word` makes the program `name` tell about itself and nothing else."""
    if word in SHOWS:
        return True
    return word in SHOW_WORDS and not _TOOLS.isdisjoint(MODULES.get(name, ()))

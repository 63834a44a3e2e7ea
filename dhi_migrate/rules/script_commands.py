"""What a shell script of the build context runs: its commands, and those of the scripts that it reads in or starts."""

from __future__ import annotations

import posixpath

from .._pattern import regex
from .._record import NamedTuple
from ..dockerfile.shell import read_file
from ..dockerfile.shell.read import BUILTINS
from .script_files import script_file
from .start import SHELLS, basename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..dockerfile import Span
    from ..dockerfile.shell import Command
    from .script_files import ScriptFile
    from .subject import Subject

MAX_FILES = 10
"""Most scripts that are followed from one; as deep as that, too."""
MAX_FUNCTIONS = 200
"""Most functions of which it is looked for whether something calls them; the others count as called."""
MAX_BYTES = 64 * 1024
"""Longest script that is read."""

_OWN = BUILTINS | {
    *("echo", "printf", "test", "[", "[[", "true", "false", "kill", "pwd", "command", "builtin", "exec", "let", "time"),
    *("mapfile", "readarray", "enable", "caller", "disown", "suspend", "logout", "until", "while", "if", "function"),
    *("compgen", "complete", "fc", "help", "history", "dirs", "select", "!", "{", "}", "((", "then", "do", "fi", "done"),
}  # fmt: skip
_NO_PROGRAMS = frozenset({"exec", "command", "builtin", "time"})
_ASKS = frozenset({"command", "which", "type", "hash"})
_NAME = regex(r"[A-Za-z_][\w:.-]*")
_FOLDERS = ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/")


class Step(NamedTuple):
    """One command of a script: the `file` that it stands in, its 1-based `line` there, and whether it always runs (`certain`)."""

    file: ScriptFile
    line: int
    command: Command
    certain: bool


class Steps(NamedTuple):
    """The commands of a script and of those that it leads to, in the order of the texts.

    `names` are functions and aliases of these texts, `asked` programs that they ask for before they start them (``command -v``).
    `whole` is False where a text cannot be read in full, or reads in another one that is not known.
    """

    steps: tuple[Step, ...]
    names: frozenset[str]
    asked: frozenset[str]
    whole: bool


class Called(NamedTuple):
    """A program that a script starts by its name, and the step that does so."""

    program: str
    step: Step


def read_steps(subject: Subject, file: ScriptFile) -> Steps:
    """The steps of the script `file`, which is in the image of `subject`."""
    reader = _Reader(subject)
    reader.read(file, certain=True)
    return Steps(reader.called(), frozenset(reader.names), frozenset(reader.asked), reader.whole)


class _Reader:
    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.steps: list[Step] = []
        self.names: set[str] = set()
        self.asked: set[str] = set()
        self.seen: set[str] = set()
        self.whole = True
        self.bodies: list[tuple[str, str, Span]] = []
        self.uses: dict[str, list[tuple[str, int]]] = {}

    def called(self) -> tuple[Step, ...]:
        """The steps without those of functions that nothing outside of them names."""
        dead: dict[str, list[Span]] = {}
        for name, path, span in self.bodies[:MAX_FUNCTIONS]:
            uses = self.uses.get(name, ())
            if all(where == path and span.start <= at < span.end for where, at in uses):
                dead.setdefault(path, []).append(span)
        return tuple(
            [
                step
                for step in self.steps
                if not any(one.start <= step.command.span.start < one.end for one in dead.get(step.file.path, ()))
            ]
        )

    def read(self, file: ScriptFile, *, certain: bool) -> None:
        if file.path in self.seen:
            return
        if len(self.seen) >= MAX_FILES or len(file.data) > MAX_BYTES:
            self.whole = False
            return
        self.seen.add(file.path)
        text = read_file(file.data)
        self.whole = self.whole and text.ok
        self.names.update(text.functions)
        self.bodies.extend((name, file.path, span) for name, span in text.functions.items())
        for command in text.commands:
            step = Step(file, file.line(command.span.start), command, certain and command.certain)
            self.steps.append(step)
            for word in command.words:
                for name in _NAME.findall(word.raw):
                    self.uses.setdefault(name, []).append((file.path, command.span.start))
            if command.name == "alias":
                self.names.update(word.partition("=")[0] for word in command.texts)
            self._asks(command)
            self._follow(step)

    def _asks(self, command: Command) -> None:
        if command.name in _ASKS:
            self.asked.update(basename(word) for word in command.texts if not word.startswith("-"))
        elif command.name in {"[", "test", "[["}:
            self.asked.update(basename(word) for word in command.texts if word.startswith("/") and "bin/" in word)

    def _follow(self, step: Step) -> None:
        """Read the script that the command reads in, starts or gives to a shell."""
        command = step.command
        if not command.words:
            return
        reads = command.name in {".", "source"}
        words = [word for word in command.words[1:] if not word.text.startswith("-")]
        if reads or command.name in SHELLS:
            if command.name in SHELLS and any(word.text.startswith("-") and "c" in word.text for word in command.words):
                return
            word = words[0] if words else None
        else:
            word = command.words[0]
            if "/" not in word.text and not word.text.endswith(".sh"):
                return
        if word is None:
            return
        path = word.text if word.literal else _beside(step.file, word.text)
        if not path or path.startswith(_FOLDERS[:4]):
            self.whole = self.whole and not reads
            return
        found = script_file(self.subject, path)
        if found is None and "/" not in path:
            found = script_file(self.subject, posixpath.join("/usr/local/bin", path))
        if found is None or not found.clean:
            self.whole = self.whole and not reads
            return
        name = basename(found.interpreter.split()[-1]) if found.interpreter else "sh"
        if name in SHELLS and b"\0" not in found.data[:4096] and (found.interpreter or reads or path.endswith(".sh")):
            self.read(found, certain=step.certain)


def _beside(file: ScriptFile, text: str) -> str:
    """The path of ``"$(dirname "$0")/other.sh"`` beside the script `file`; "" for any other word."""
    for head in ('$(dirname "$0")', "$(dirname $0)", '$(dirname "${BASH_SOURCE[0]}")', "${0%/*}"):
        rest = text.removeprefix(head)
        if rest != text and rest.startswith("/") and not any(sign in rest for sign in "$`*?"):
            return posixpath.normpath(posixpath.dirname(file.path) + rest)
    return ""


def programs(steps: Steps) -> Iterator[Called]:
    """The programs that the steps start by name, or by the path of a directory of the system; builtins and functions left out."""
    for step in steps.steps:
        command = step.command
        for name in command.wrappers:
            if name not in _NO_PROGRAMS:
                yield Called(name, step)
        if not command.words or not command.name or command.name in _OWN or command.name in steps.names:
            continue
        word = command.words[0].text
        if "/" not in word or word.startswith(_FOLDERS):
            yield Called(command.name, step)

"""A start script that only sets defaults and then becomes another program: what an image can say by itself.

``exec`` replaces the shell (POSIX, section 2.14), so that the program is process 1 with or without the script. Read are
scripts of which every command is understood: constant variables, defaults of variables (``${X:-y}``, ``: "${X:=y}"``), ``cd``
to a known directory, ``set -e``, and one program at the end. A condition, a loop, a trap, a redirection or any other program
is too much.
"""

from __future__ import annotations

from .._pattern import regex
from .._record import NamedTuple
from .start import SHELLS, basename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from ..dockerfile.shell import Command, ShellWord

    Kind = Literal["constant", "unset", "empty"]

MAX_BYTES = 16 * 1024
"""Longest script that is taken for one of these."""


_FIRST = regex(r"#![ \t]*(?:/usr/bin/env[ \t]+(?:-S[ \t]+)?)?(\S+)(?:[ \t]+-[eux]+)?[ \t]*\r?\Z")
_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_DEFAULT = regex(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[-=])([^${}`\\\"'*?~\[\]|&;<>()\s]*)\}\Z")
_QUOTED = regex(r"\"\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[-=])([^${}`\\\"'\t\r\n]*)\}\"\Z")
_OPTIONS = regex(r"-[eux]+\Z")
_NAMED = frozenset({"errexit", "nounset", "xtrace", "pipefail", "posix"})
_PARTS = frozenset({"echo", "printf", "test", "[", "true", "false", "kill", "exec", "command", "pwd"})
_ALL = frozenset({'"$@"', '"${@}"'})
_SPLIT = frozenset({"$@", "${@}", "$*", "${*}"})
# The search path is for the shell as well, and what decides how programs are loaded is better seen by a person.
_NOT = frozenset({"PATH", "IFS", "ENV", "BASH_ENV", "SHELL", "PWD", "OLDPWD"})


class Variable(NamedTuple):
    """A variable that the program gets: its `value`, and when.

    `kind` "constant": always. "unset": where it is not set (``${X-y}``). "empty": where it is not set, or set and empty
    (``${X:-y}``).
    """

    name: str
    value: str
    kind: Kind


class Wrapper(NamedTuple):
    """What such a script says: `variables` in their order, the `directory` that it changes to ("" for none), and the program.

    `words` start, and then the arguments of the script where `arguments` is set: () for ``exec "$@"``. `split` tells that these
    are written without quotes. `replaced` tells that the program takes the place of the shell (``exec``).
    """

    variables: tuple[Variable, ...]
    directory: str
    words: tuple[str, ...]
    arguments: bool
    split: bool
    replaced: bool


def read_wrapper(data: bytes, named: bool = False) -> Wrapper | None:
    """What the shell script `data` says; None where it does more, or anything in it is not understood.

    `named` tells that a shell is given its name, so that its first line is a comment.
    """
    if len(data) > MAX_BYTES or b"\0" in data:
        return None
    first = _FIRST.match(data.partition(b"\n")[0].decode("utf-8", "replace"))
    if not named and (first is None or basename(first[1]) not in SHELLS):
        return None
    if named and first is None and data.startswith(b"#!"):
        return None
    from ..dockerfile.shell import read_file

    script = read_file(data)
    if not script.ok or script.functions or not script.commands:
        return None
    reader = _Reader()
    *before, last = script.commands
    if not all(reader.take(command) for command in before):
        return None
    program = _program(last)
    if program is None:
        return None
    variables = tuple([one for name, one in reader.values.items() if name in reader.exported])
    return Wrapper(variables, reader.directory, *program)


class _Reader:
    """Variables and directory as the commands set them."""

    def __init__(self) -> None:
        self.values: dict[str, Variable] = {}
        self.exported: set[str] = set()
        self.directory = ""
        self._may_exit = False

    def take(self, command: Command) -> bool:
        """Take in one command; False where it does anything else."""
        after, self._may_exit = self._may_exit, False
        if command.depth or command.nested or command.redirects or command.wrappers:
            return False
        if command.operator == "||":
            return after and command.name == "exit" and len(command.words) < 3
        if command.operator not in {"", ";", "\n", "&&"}:
            return False
        if not command.words:
            # the value of a plain assignment reaches the program where the variable is exported, which the environment decides
            return all(self._default(name, word) for name, word in command.assignments)
        if command.assignments:
            return False
        if command.name == "set":
            return self._options(command.texts)
        if command.name == ":":
            return all(self._default("", word) for word in command.words[1:])
        if command.name == "export":
            return all(self._export(word) for word in command.words[1:])
        if command.name == "cd" and len(command.words) == 2 and command.words[1].literal:
            folder = command.words[1].text
            self._may_exit = True
            plain = bool(folder) and not folder.startswith(("-", "~")) and not self.directory
            self.directory = folder
            return plain
        return False

    @staticmethod
    def _options(words: Sequence[str]) -> bool:
        index = 0
        while index < len(words):
            word = words[index]
            if word.startswith("-") and word.endswith("o") and (word == "-o" or _OPTIONS.match(word[:-1])):
                index += 1
                if index >= len(words) or words[index] not in _NAMED:
                    return False
            elif not _OPTIONS.match(word):
                return False
            index += 1
        return bool(words)

    def _default(self, name: str, word: ShellWord) -> bool:
        """``X=${X:-y}`` and ``"${X:=y}"``: the value if the variable has none."""
        default = _DEFAULT.match(word.raw) or _QUOTED.match(word.raw)
        if default is None or (name and default[1] != name) or (not name and not default[2].endswith("=")):
            return False
        return self._set(Variable(default[1], default[3], "empty" if ":" in default[2] else "unset"))

    def _export(self, word: ShellWord) -> bool:
        name, equals, raw = word.raw.partition("=")
        if not _NAME.match(name):
            return False
        if equals:
            default = _DEFAULT.match(raw) or _QUOTED.match(raw)
            if default is not None:
                if default[1] != name or not self._default(name, word._replace(raw=raw)):
                    return False
            elif not word.literal or not self._set(Variable(name, word.text.partition("=")[2], "constant")):
                return False
        elif name not in self.values:
            return name not in _NOT  # of the environment, in which it is already
        self.exported.add(name)
        return True

    def _set(self, one: Variable) -> bool:
        if one.name in _NOT:
            return False
        known = self.values.get(one.name)
        if one.kind == "constant" or known is None:
            self.values[one.name] = one
            return True
        return known.kind != "unset"  # an empty value would stay by the first, and not by the second


def _program(command: Command) -> tuple[tuple[str, ...], bool, bool, bool] | None:
    """The words, whether the arguments follow, whether they are split, and whether it replaces the shell."""
    if command.depth or command.nested or command.redirects or command.assignments or not command.words:
        return None
    if command.operator not in {"", ";", "\n", "&&"} or command.wrappers not in ((), ("exec",)):
        return None
    *words, last = command.words
    arguments = last.raw in _ALL or last.raw in _SPLIT
    if not arguments:
        words = [*words, last]
    if not all(word.literal for word in words):
        return None
    texts = tuple([word.text for word in words])
    if texts:
        from ..dockerfile.shell.read import BUILTINS

        if texts[0] in BUILTINS | _PARTS or texts[0].startswith("-"):
            return None
    elif not arguments:
        return None
    return texts, arguments, last.raw in _SPLIT, command.wrappers == ("exec",)

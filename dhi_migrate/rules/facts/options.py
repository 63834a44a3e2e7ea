"""Arguments of a command taken apart.

Flags with their values, and operands. The same three syntaxes serve all programs.
"""

from __future__ import annotations

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...dockerfile.shell import ShellWord

NO_FLAGS: frozenset[str] = frozenset()


def word_set(text: str) -> frozenset[str]:
    """The words of `text` as a set: how the tables of this layer are written."""
    return frozenset(text.split())


class Flag(NamedTuple):
    """A flag: `name` with its dashes, the `value` that it has (None without), `literal` if that is known, `text` as written.

    A value in a word of its own is part of `text`, after a space.
    """

    name: str
    value: str | None
    literal: bool
    text: str


class Arguments(NamedTuple):
    """The `flags` and the `operands` of a command, each in the order written."""

    flags: tuple[Flag, ...]
    operands: tuple[ShellWord, ...]

    def has(self, *names: str) -> bool:
        """Whether one of the flags `names` is given."""
        return any(flag.name in names for flag in self.flags)

    def flag(self, *names: str) -> Flag | None:
        """The last flag of these `names` that has a value: the one that counts."""
        return next((flag for flag in reversed(self.flags) if flag.value is not None and flag.name in names), None)

    def value(self, *names: str) -> str:
        """The literal value of the last of these flags, "" where none has one."""
        flag = self.flag(*names)
        return flag.value or "" if flag is not None and flag.literal else ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the flags."""
        return tuple([flag.name for flag in self.flags])

    @property
    def texts(self) -> tuple[str, ...]:
        """The flags with their values as written."""
        return tuple([flag.text for flag in self.flags])


def split(given: Sequence[ShellWord], takes: frozenset[str], eats: frozenset[str] = NO_FLAGS) -> Arguments:
    """Take the words `given` apart as ``getopt_long`` does: ``-ab`` is ``-a -b``, ``-ofile`` holds its value.

    `takes` are the flags that take a value, `eats` the short ones whose value is never a word of its own (``sed
    -i.bak``).
    """
    flags: list[Flag] = []
    operands: list[ShellWord] = []
    index, count = 0, len(given)
    while index < count:
        word = given[index]
        text = word.text
        index += 1
        if text[:1] != "-" or text == "-":
            operands.append(word)
        elif text == "--":
            operands.extend(given[index:])
            break
        elif text[1] == "-":
            index += _long(word, given, index, takes, flags)
        else:
            for place in range(1, len(text)):
                name = "-" + text[place]
                rest = text[place + 1 :]
                if name in takes or name in eats or rest[:1] == "=":
                    if rest or name in eats:
                        flags.append(Flag(name, rest.removeprefix("=") or None, word.literal, name + rest))
                    elif index < count:
                        value = given[index]
                        flags.append(Flag(name, value.text, value.literal, f"{name} {value.raw}"))
                        index += 1
                    break
                flags.append(Flag(name, None, True, name))
    return Arguments(tuple(flags), tuple(operands))


def split_long(given: Sequence[ShellWord], takes: frozenset[str]) -> Arguments:
    """Take the words `given` apart where a single dash begins a whole name: ``go build -ldflags=-s``, ``mvn -pl app``.

    `takes` are the flags that take a value; two dashes are as good as one.
    """
    flags: list[Flag] = []
    operands: list[ShellWord] = []
    index, count = 0, len(given)
    while index < count:
        word = given[index]
        index += 1
        if word.text[:1] != "-" or word.text == "-":
            operands.append(word)
        elif word.text == "--":
            operands.extend(given[index:])
            break
        else:
            index += _long(word, given, index, takes, flags)
    return Arguments(tuple(flags), tuple(operands))


def _long(word: ShellWord, given: Sequence[ShellWord], index: int, takes: frozenset[str], flags: list[Flag]) -> int:
    """Add the flag in `word` to `flags`; how many of the words from `index` on are its value."""
    name, equals, value = word.text.partition("=")
    if equals:
        flags.append(Flag(name, value, word.literal, word.raw))
        return 0
    if index < len(given) and (name in takes or name[1:] in takes):
        value_word = given[index]
        flags.append(Flag(name, value_word.text, value_word.literal, f"{word.raw} {value_word.raw}"))
        return 1
    flags.append(Flag(name, None, True, word.raw))
    return 0

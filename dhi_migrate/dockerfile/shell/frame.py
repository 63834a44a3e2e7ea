"""What is carried through a shell text while it is read: how commands run there, what was found, and the bounds."""

from __future__ import annotations

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..source import Span
    from .model import Command, Operator
    from .places import Place

MAX_DEPTH = 30
"""Deepest nesting of groups, substitutions and ``sh -c`` texts that is followed."""

MAX_COMMANDS = 20_000
"""Most commands that are read of one text."""


MAX_TEXT = 1 << 16
"""Longest text in characters that is read; the longest RUN of 400,000 in public files has 17,330."""


class TooMuchError(Exception):
    """A bound is passed; never leaves this package."""


class Mode(NamedTuple):
    """How the commands of a list run.

    `guarded` tells that a failure does not end the text, so that what follows a ``&&`` may be skipped. `level` counts what
    the reading has gone down, whether or not that deepens the nesting.
    """

    depth: int
    certain: bool
    guarded: bool
    nested: bool
    level: int

    def down(self, *, deeper: bool = True, certain: bool = True, guarded: bool = False, nested: bool = False) -> Mode:
        """The mode of what stands inside; refuses to go down without end."""
        if self.level >= 4 * MAX_DEPTH or self.depth >= MAX_DEPTH:
            raise TooMuchError
        return Mode(
            self.depth + deeper,
            self.certain and certain,
            self.guarded or guarded,
            self.nested or nested,
            self.level + 1,
        )


class Before(NamedTuple):
    """The operator before a statement and its characters."""

    operator: Operator
    start: int
    end: int


FIRST = Before("", -1, -1)
"""Before the first statement of a list."""

TOP = Mode(0, True, False, False, 0)
"""The mode of a text's own list."""


class Commands:
    """The commands read so far: `found`, whether everything was understood: `ok`, and the characters of the first one.

    `functions` are the functions that the text defines, by name, with their bytes.
    """

    __slots__ = ("extent", "found", "functions", "ok")

    def __init__(self) -> None:
        self.found: list[Command] = []
        self.ok = True
        self.extent = (0, 0)
        self.functions: dict[str, Span] = {}

    def add(self, command: Command) -> None:
        """Append `command`, unless there are too many."""
        if len(self.found) >= MAX_COMMANDS:
            raise TooMuchError
        self.found.append(command)


class Body(NamedTuple):
    """The body of a here-document that does not stand in the text: its content and place, and whether it expands."""

    text: str
    place: Place
    expand: bool

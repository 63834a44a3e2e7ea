"""What is noted while the commands of one RUN are read, and the shape of the functions that read them."""

from __future__ import annotations

from ..._record import NamedTuple
from .model import Build

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from ...dockerfile.shell import Command, ShellWord
    from .model import Account, Download, LanguageInstall, Mode, Ownership, PackageCommand, Written

    Kind = Literal["packages", "update", "cleanup", "accounts", "files", "language", "build", "harmless", "other"]
    """What a command is for.

    "other" is explained by facts but belongs to no pure kind, "update" are package lists and upgrades.
    """


class Call(NamedTuple):
    """A program with its `arguments` inside of `command`.

    That is the command itself, or what it hands on to (``python -m pip``, ``npx tsc``, ``bundle exec rails``);
    `program` is the word that names it as written, `name` that without directory.
    """

    command: Command
    name: str
    program: str
    arguments: tuple[ShellWord, ...]

    def inner(self, skip: int, name: str = "") -> Call:
        """The call that the arguments from number `skip` on are, or their call to `name` where that is given."""
        if name:
            return Call(self.command, name, self.program, self.arguments[skip:])
        word = self.arguments[skip]
        return Call(self.command, word.text.rsplit("/", 1)[-1], word.text, self.arguments[skip + 1 :])


class Notes:
    """The facts found so far, and what earlier commands of the same text set.

    `exported` variables, an active virtual environment.
    """

    __slots__ = (
        "accounts",
        "activated",
        "builds",
        "downloads",
        "exported",
        "languages",
        "modes",
        "ownerships",
        "packages",
        "written",
    )

    def __init__(self) -> None:
        self.packages: list[PackageCommand] = []
        self.accounts: list[Account] = []
        self.ownerships: list[Ownership] = []
        self.modes: list[Mode] = []
        self.written: list[Written] = []
        self.languages: list[LanguageInstall] = []
        self.builds: list[Build] = []
        self.downloads: list[Download] = []
        self.exported: dict[str, str] = {}
        self.activated = False


def note_build(
    call: Call, notes: Notes, tool: str, action: str, outputs: tuple[str, ...], static: bool | None = None
) -> Kind:
    """Add a build by `tool`."""
    notes.builds.append(Build(call.command, tool, action, outputs, static))
    return "build"


if TYPE_CHECKING:
    Reader = Callable[[Call, Notes], Kind | None]
    """Reads one call, adds its facts to the notes and says what the command is for; None where it explains nothing."""

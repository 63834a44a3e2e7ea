"""From the facts of a RUN to its effects, command by command, in the directory in which each runs."""

from __future__ import annotations

import posixpath

from ..._record import NamedTuple
from ...rules.facts.read import writes_in_groups
from .files import downloaded, written
from .model import Effect
from .places import LOCALES
from .table import COMMANDS, PERSONAL
from .tools import built, installed, packages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...dockerfile import Span
    from ...dockerfile.shell import Command
    from ...rules.facts import RunFacts

MAX_SHOWN = 60
"""Most characters of a command that a message shows."""


class Place(NamedTuple):
    """Where a RUN runs: its work directory (None: not known) and what variables stand for (None: not known)."""

    workdir: str | None
    expand: Callable[[str], str | None]


def shown(command: Command) -> str:
    """`command` as a message names it, on one line, its end left out where it is long."""
    text = " ".join(word.raw for word in command.words) or "a command"
    text = " ".join(text.split())
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 2].rstrip()} .."


def effects(run: RunFacts, place: Place) -> tuple[Effect, ...]:
    """The effects of all commands of `run`, in order; one unknown effect for a text that cannot be read."""
    if not run.script.ok:
        return (Effect("unknown", run.instruction.span, "a text that cannot be read in full"),)
    if writes_in_groups(run.instruction):
        return (Effect("unknown", run.instruction.span, "output of a group of commands that goes to a file"),)
    return tuple(PathReader(run, place).read())


class PathReader:
    """Reads one RUN; the directory changes with ``cd``."""

    def __init__(self, run: RunFacts, place: Place) -> None:
        self.run = run
        self.place = place
        self.stack: list[tuple[int, str | None]] = [(0, place.workdir)]
        self.leftover = {command.span for command in run.leftover}

    def read(self) -> Iterator[Effect]:
        """The effects of all commands, in order."""
        for command in self.run.script.commands:
            while len(self.stack) > 1 and command.depth < self.stack[-1][0]:
                self.stack.pop()
            if command.name == "cd":
                self._change(command)
            elif command.name in {"pushd", "popd"}:
                self.stack[-1] = (self.stack[-1][0], None)
            else:
                yield from (one._replace(certain=command.certain) for one in self._effects(command))

    @property
    def folder(self) -> str | None:
        """The directory in which the next command runs; None where that is not known."""
        return self.stack[-1][1]

    def _change(self, command: Command) -> None:
        words = [word for word in command.arguments if word.text not in {"-P", "-L", "--"}]
        target = self.path(words[0].text) if len(words) == 1 and words[0].text != "-" else None
        if command.depth > self.stack[-1][0]:
            self.stack.append((command.depth, target))
        else:
            self.stack[-1] = (self.stack[-1][0], target)

    def path(self, text: str) -> str | None:
        """The absolute path that `text` means here; None where it is not known."""
        if text.startswith("~/") or text == "~":
            text = "/root" + text[1:]
        text = text.replace("${HOME}", "$HOME")
        expanded = self.place.expand(text)
        if expanded is None and text.startswith("$HOME"):
            expanded = self.place.expand("/root" + text.removeprefix("$HOME"))
        if expanded is None or "\0" in expanded or any(sign in expanded for sign in "`$"):
            return None
        for sign in "*?[{":
            head = expanded.partition(sign)[0]
            if len(head) < len(expanded):
                # what matches lies in the directory before the pattern
                expanded = head.rpartition("/")[0] or ("/" if head.startswith("/") else ".")
        if not expanded.startswith("/"):
            if self.folder is None:
                return None
            expanded = posixpath.join(self.folder, expanded)
        return "/" + posixpath.normpath(expanded).lstrip("/")

    def _effects(self, command: Command) -> Iterator[Effect]:
        run, span, text = self.run, command.span, shown(command)
        found = False
        for package in run.packages:
            if package.command is command:
                found = True
                yield from packages(self, package, text)
        if any(one.command is command for one in run.accounts):
            found = True
            yield Effect("account", span, text)
        given = [one.paths for one in run.ownerships if one.command is command]
        given += [one.paths for one in run.modes if one.command is command]
        if given and command.name != "install":  # which is about the files that it makes
            found = True
            yield self._owned([path for paths in given for path in paths], span, text)
        for install in run.languages:
            if install.command is command:
                found = True
                yield installed(self, install, text)
        for build in run.builds:
            if build.command is command:
                found = True
                yield from built(self, build, text)
        for one in run.written:
            if one.command is command:
                found = True
                yield written(one, command, text, self.path)
        for download in run.downloads:
            if download.command is command:
                found = True
                effect = downloaded(download, text, self.folder, self.path)
                if effect is not None:
                    yield effect
        if not found and span in self.leftover:
            yield self.known(command, text) or Effect("unknown", span, text)

    def known(self, command: Command, text: str) -> Effect | None:
        """The effect of a command that is no fact of its own, by the table of such commands; None where it has none."""
        words = tuple(word.text for word in command.words)
        for beginning, kind in COMMANDS:
            if words[: len(beginning)] != beginning and (command.name, *words[1:])[: len(beginning)] != beginning:
                continue
            if kind == "edited":
                paths = [self.path(word) for word in words[1:] if not word.startswith("-")]
                known = tuple(path for path in paths if path is not None)
                return Effect("edited", command.span, text, known) if len(known) == len(paths) else None
            if kind == "tree":
                return self.tree(command.span, text)
            if kind == "git" and any(word.startswith(PERSONAL) for word in words):
                return None  # who commits: then the application uses git
            if kind == "settings" and words[-1] not in {"tzdata", "locales"}:
                return None
            if kind == "locales" or (kind == "settings" and words[-1] == "locales"):
                return Effect("path", command.span, text, (LOCALES,))
            if kind == "certificates":
                return Effect("path", command.span, text, ("/etc/ssl/certs/ca-certificates.crt",))
            if kind == "data":
                option = next((place for place, word in enumerate(words) if word == "-d"), None)
                path = self.path(words[option + 1]) if option is not None and option + 1 < len(words) else None
                return Effect("path", command.span, text, (path,)) if path is not None else None
            return Effect("python" if kind == "python" else "nothing", command.span, text)
        return None

    def tree(self, span: Span, text: str, moved: str | None = None) -> Effect:
        """Files below the directory that the next command runs in, or below `moved`."""
        folder = self.path(moved) if moved else self.folder
        if folder is None:
            return Effect("unknown", span, text)
        return Effect("tree", span, text, (folder,))

    def named(self, word: str, span: Span, text: str) -> Effect:
        """Files at the path that `word` means."""
        path = self.path(word)
        return Effect("path", span, text, (path,)) if path is not None else Effect("unknown", span, text)

    def _owned(self, words: list[str], span: Span, text: str) -> Effect:
        paths = [self.path(word) for word in words]
        known = tuple([path for path in paths if path is not None])
        return Effect("owner" if len(known) == len(paths) else "unknown", span, text, known)

"""The files of a chain, path by path, as its instructions make, change and take them away.

What is changed or taken away has to be the chain's own: a change of a file of the image would stay behind in the build stage.
"""

from __future__ import annotations

import fnmatch
import posixpath

from ..._record import NamedTuple
from ...dockerfile import stage_state_at
from ...rules.accounts import ROOT
from ...rules.breakers.model import package_names
from ...rules.paths import above, under
from ..effects.places import BINARIES, OPEN, SYSTEM, ZONES, is_scratch, is_settings, is_slimming
from .environment import PROGRAMS
from .known_paths import ACCOUNTS, ARCHIVES, CLOCK, LIBRARY, LISTS, TOOLS, TOPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...dockerfile import Stage
    from ...rules.facts import RunFacts
    from ...rules.subject import Subject
    from ..effects.model import Effect
    from ..effects.read import PathReader


class Root(NamedTuple):
    """A file or directory that the runtime takes over: its absolute path, and whether the application may have to write there.

    `shared` tells that the file gives it to the group of root, `text` is the path as the file writes it where it does so with
    variables, else "".
    """

    path: str
    owned: bool
    shared: bool = False
    text: str = ""


class Holdings:
    """What the instructions looked at so far have made; `workdir` is the one at the end of the chain."""

    def __init__(self, subject: Subject, workdir: str) -> None:
        self.subject = subject
        self.workdir = workdir
        self.packages: set[str] = set()
        self.paths: dict[str, bool] = {}
        self.texts: dict[str, str] = {}
        self.folders: set[str] = {workdir} if workdir not in SYSTEM else set()
        self.given: list[str] = []
        self.shared: list[str] = []
        self.sure: set[str] = set()
        self.fetched: list[str] = []
        self.mounts: tuple[str, ...] = ()
        self.as_user = False
        self.empty = _empty(subject)

    def folder(self, path: str) -> None:
        """WORKDIR makes the directory `path`."""
        if path not in SYSTEM:
            self.folders.add(path)

    def begin(self, stage: Stage, run: RunFacts, reader: PathReader) -> None:
        """The effects of `run` come next."""
        user = stage_state_at(self.subject.file.graph, stage.index, run.instruction).user
        self.as_user = user.instruction is not None and str(user.value).partition(":")[0] not in ROOT
        mounts = getattr(run.instruction.detail, "mounts", ())
        targets = [field.value for one in mounts if (field := one.field("target")) is not None and field.value]
        self.mounts = tuple([path for text in targets if (path := reader.path(text)) is not None])
        self.fetched = [path for one in run.downloads if one.output and (path := reader.path(one.output)) is not None]
        for one in run.ownerships:
            paths = [path for text in one.paths if (path := reader.path(text)) is not None]
            if one.owner not in {"", *ROOT}:
                self.given.extend(paths)
            if one.group in ROOT:
                self.shared.extend(paths)

    def take(self, effect: Effect) -> str | None:
        """Add what `effect`, one about files, does; a text where the split must not go on."""
        kind = effect.kind
        if kind in {"path", "place", "directory"}:
            return self._made(effect)
        if kind == "link":
            return self._linked(effect)
        if kind in {"edited", "removed", "owner"}:
            return self._changed(effect)
        if kind == "tree":
            return self._tree(effect)
        return None

    def mine(self, path: str) -> bool:
        """Whether `path` lies in what the chain makes."""
        return any(under(path, one) for one in (*self.paths, *self.folders))

    def add(self, path: str, owned: bool, *, certain: bool, text: str = "") -> str | None:
        """Add `path`; a text where it must not be copied. `certain`: it is there in every build."""
        if is_settings(path) or (is_scratch(path) and not under(path, "/tmp")):  # noqa: S108 - name of a path
            return None
        if posixpath.dirname(path) in BINARIES and posixpath.basename(path) in PROGRAMS:
            return None  # a tool of the build
        if path in SYSTEM and path not in self.empty:
            return f"files are put into {path}, which the image has of its own"
        if path in ACCOUNTS:
            return f"{path} holds the accounts of the image, and the hardened one has its own"
        if LIBRARY.match(path):
            return f"{path} lies in the Python of the image, and the runtime has another one"
        if under(path, "/root"):
            return f"{path} lies in the home directory of root, which no other user may enter"
        self.paths[path] = self.paths.get(path, False) or owned
        if text and path not in self.texts:
            self.texts[path] = text
        if certain:
            self.sure.add(path)
        return None

    def _made(self, effect: Effect) -> str | None:
        for source in effect.sources:
            if not self._is_there(source):
                return f"{effect.text} takes {source} from the image, and the hardened one may not have it"
        for path in effect.paths:
            if effect.kind == "directory" and path in SYSTEM:
                continue  # it is there already
            trouble = self.add(path, self.as_user, certain=effect.certain)
            if trouble is not None:
                return trouble
        return None

    def _is_there(self, path: str) -> bool:
        """Whether a file that a command takes from `path` is the chain's own, or one that a build image has."""
        if self.mine(path) or is_scratch(path) or any(under(path, one) for one in (*TOOLS, *self.mounts)):
            return True
        if under(path, ZONES):
            target = self.subject.target
            return "tzdata" in self.packages or (target is not None and "tzdata" in package_names(target))
        return path.startswith("/etc/ssl/certs") or any(under(one, path) for one in self.paths if path not in SYSTEM)

    def _linked(self, effect: Effect) -> str | None:
        for link, source in zip(effect.paths, effect.sources, strict=True):
            if is_scratch(link) or is_settings(link) or (under(link, "/var/log") and under(source, "/dev")):
                continue
            name = posixpath.basename(link)
            if link in CLOCK and self._is_there(source):
                self.add(link, False, certain=effect.certain)
            elif posixpath.dirname(link) in BINARIES and name in PROGRAMS:
                continue  # a tool of the build
            elif not any(under(link, one) and link != one for one in (*self.paths, *self.folders)):
                return f"{effect.text} makes a link, and COPY takes what it stands for in its place"
            elif not (self.mine(source) or under(source, "/dev")):
                return f"{effect.text} makes a link to {source}, which is part of the image"
        return None

    def _changed(self, effect: Effect) -> str | None:
        """Files that are changed in place, given away or removed."""
        for path in effect.paths:
            if is_settings(path) or under(path, "/root") or is_scratch(path):
                continue
            if effect.kind == "owner" and under(path, "/home") and not any(under(one, path) for one in self.paths):
                continue  # the home directory of a user of the build
            if effect.kind == "owner" and self._belongs(path):
                continue  # the image runs as its own user, and has its directories for that one
            if effect.kind == "removed" and is_slimming(effect.names[0] if effect.names else path) and _forced(effect):
                continue
            pattern = effect.names[0] if effect.kind == "removed" and effect.names else path
            gone = [one for one in self.paths if under(one, path) and _matches(one, pattern)]
            # what no image has may be taken away: another directory at the root, a download that lies there
            foreign = path.split("/")[1] not in TOPS if path != "/" else pattern.endswith(ARCHIVES)
            foreign = foreign and effect.kind == "removed" and (_forced(effect) or path == "/")
            above = path not in SYSTEM and any(under(one, path) for one in self.paths)
            if not (foreign or self.mine(path) or gone or above):
                word = {"removed": "removes", "owner": "changes who may use"}.get(effect.kind, "changes")
                return f"{effect.text} {word} {path}, which is part of the image"
            if effect.kind == "removed":
                for one in gone:
                    self.sure.discard(one)
                    if effect.certain:
                        del self.paths[one]
                self.folders -= {one for one in self.folders if _matches(one, pattern) and one != self.workdir}
        return None

    def _belongs(self, path: str) -> bool:
        """Whether `path` is named after the product of the image: /var/cache/nginx, /var/run/nginx.pid."""
        target = self.subject.target
        name = target.image if target is not None and target.uid else ""
        return bool(name) and any(part in {name, f"{name}.pid"} for part in path.split("/"))

    def _tree(self, effect: Effect) -> str | None:
        for path in effect.paths:
            if is_scratch(path) or any(under(path, one) for one in self.mounts):
                continue
            if self.mine(path):
                self.paths[path] = self.paths.get(path, False) or self.as_user
            elif (path in SYSTEM and path not in self.empty) or under(path, "/root"):
                return f"{effect.text} works in {path}, which is no directory of the application"
            else:
                self.paths.setdefault(path, False)
        return None

    def roots(self, makes_workdir: bool) -> tuple[Root, ...] | str:
        """What the runtime takes over; a text where one may be missing in some build.

        `makes_workdir`: the file names the work directory, so that it is there.
        """
        found: dict[str, bool] = {}
        work = self.workdir if self.workdir not in SYSTEM else "\0"
        for path, owned in self.paths.items():
            top = work if under(path, work) else path
            found[top] = found.get(top, False) or owned
        tops = [path for path in found if not any(other != path and other in found for other in above(path))]
        tops = [path for path in tops if not (is_scratch(path) or LISTS.match(path))]
        sure, owned_below = _with_above(self.sure), _with_above(path for path, owned in found.items() if owned)
        given, shared = _Near(self.given), _Near(self.shared)
        merged = []
        for top in tops:
            there = (top == self.workdir and makes_workdir) or top in self.folders
            if not there and top not in sure:
                return f"whether {top} is made in every build is not known"
            owned = top in owned_below or given.touches(top)
            merged.append(Root(top, owned, shared.touches(top), self.texts.get(top, "")))
        return tuple(merged)


def _empty(subject: Subject) -> frozenset[str]:
    """The directories of `OPEN` in which the hardened image has nothing of its own, so that they can be copied as a whole."""
    target = subject.target
    if target is None:
        return frozenset()
    own = (*target.prefix.values(), *(one.path for one in target.paths), *target.env.values())
    return frozenset(one for one in OPEN if not any(f"{one}/" in f"{path}/" for path in own))


def _forced(effect: Effect) -> bool:
    """Whether rm does not mind that nothing is there."""
    return any(word.startswith("-") and not word.startswith("--") and "f" in word for word in effect.text.split())


def _matches(path: str, pattern: str) -> bool:
    """Whether ``rm`` of `pattern` takes `path` away: itself, or a directory that it lies in."""
    while path != "/":
        if path == pattern or fnmatch.fnmatchcase(path, pattern):
            return True
        path = posixpath.dirname(path)
    return False


def _with_above(paths: Iterable[str]) -> set[str]:
    """The `paths` and all directories that they lie in."""
    return {folder for path in paths for folder in above(path)}


class _Near:
    """Paths, to be asked whether one of them is above or below another; the root directory is neither."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._own = {path for path in paths if path != "/"}
        self._with_above = _with_above(self._own)

    def touches(self, top: str) -> bool:
        return top in self._with_above or not self._own.isdisjoint(above(top))

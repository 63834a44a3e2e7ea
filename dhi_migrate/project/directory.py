"""A directory as the builder gets it when it is the build context: what is in it, less what ``.dockerignore`` leaves out.

The directory is not trusted. What leads out of it over a symbolic link is not there, and everything is looked at a bounded number
of times.
"""

from __future__ import annotations

import os
import stat
from itertools import islice

from .dockerignore import MAX_BYTES, Ignore, parse_dockerignore
from .reader import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_LOOKUPS: Final = 5000
"""Most paths that are looked up in one directory."""

MAX_NAMES: Final = 2000
"""Most entries of a directory that is listed."""


def open_directory(root: str, dockerfile: str) -> Directory | None:
    """The directory at the real path `root` as the context of `dockerfile`; None if what it leaves out cannot be read.

    An ignore file that is named after the Dockerfile wins over that of the context:
    https://docs.docker.com/build/concepts/context/#filename-and-location
    """
    for path in (f"{dockerfile}.dockerignore", os.path.join(root, ".dockerignore")):
        if not os.path.lexists(path):
            continue
        data = read_file(path, MAX_BYTES) if is_inside(os.path.realpath(path), root) else None
        patterns = parse_dockerignore(data) if isinstance(data, bytes) else None
        return None if patterns is None else Directory(root, Ignore(patterns))
    return Directory(root, Ignore())


def is_inside(path: str, root: str) -> bool:
    """Whether the real path `path` is the directory `root` or lies in it."""
    return path == root or path.startswith(os.path.join(root, ""))


class Directory:
    """The directory at the real path `root`. Paths in it are clean: no ``.`` or ``..``, no slash at an end, "" for itself."""

    def __init__(self, root: str, ignore: Ignore) -> None:
        self.root = root
        self._ignore = ignore
        self._lookups = 0
        self._found: dict[str, tuple[bool | None, str]] = {}

    def find(self, name: str) -> tuple[bool | None, str]:
        """Whether something is at `name` (None: not known), and its real path if so. Answers are kept."""
        found = self._found.get(name)
        if found is None:
            self._lookups += 1
            if self._lookups > MAX_LOOKUPS:
                return None, ""
            found = self._found[name] = self._look(name)
        return found

    def names(self, name: str) -> tuple[str, ...] | None:
        """The names in the directory at `name`, sorted; empty where there is none, None where not known or too many."""
        there, real = self.find(name)
        if there is None:
            return None
        if not there or not os.path.isdir(real):
            return ()
        entries = _entries(real)
        if entries is None:
            return None
        found = {entry.name: self.find(f"{name}/{entry.name}" if name else entry.name)[0] for entry in entries}
        return None if None in found.values() else tuple(sorted(entry for entry, there in found.items() if there))

    def _look(self, name: str) -> tuple[bool | None, str]:
        try:
            real = self._unlinked(name)
            target = name
            if real is None:
                real = os.path.realpath(os.path.join(self.root, name))
                if not is_inside(real, self.root):
                    return False, ""
                os.stat(real)
                target = os.path.relpath(real, self.root).replace(os.sep, "/")
        except (FileNotFoundError, NotADirectoryError):
            return False, ""
        except (OSError, ValueError):
            return None, ""
        for one in dict.fromkeys((name, target)):  # a symbolic link is of no use where what it leads to is left out
            there = one in {"", "."} or self._sent(one, real)
            if not there:
                return there, ""
        return True, real

    def _unlinked(self, name: str) -> str | None:
        """The real path of what is at `name`, each part of which is looked at once; None where one of them is a link.

        Raises OSError where there is nothing. `os.path.realpath` would look at everything above the directory as well.
        """
        if not name or os.name != "posix":
            return None
        real = self.root.rstrip("/")
        for part in name.split("/"):
            real = f"{real}/{part}"
            if stat.S_ISLNK(os.lstat(real).st_mode):
                return None
        return real

    def _sent(self, name: str, real: str) -> bool | None:
        """Whether ``.dockerignore`` leaves `name`, which is at `real`, in the context."""
        excluded = self._ignore.excludes(name)
        if not excluded:
            return None if excluded is None else True
        return self._brought_back(name) if os.path.isdir(real) else False

    def _brought_back(self, folder: str) -> bool | None:
        """Whether something below the excluded directory `folder` is in the context all the same."""
        waiting = [folder] if self._ignore.brings_back(folder) else []
        while waiting:
            folder = waiting.pop()
            entries = _entries(os.path.join(self.root, folder))
            if entries is None:
                return None
            for entry in entries:
                self._lookups += 1
                path = f"{folder}/{entry.name}"
                excluded = self._ignore.excludes(path)
                if excluded is None or self._lookups > MAX_LOOKUPS:
                    return None
                if not excluded:
                    return True
                if entry.is_dir(follow_symlinks=False) and self._ignore.brings_back(path):
                    waiting.append(path)
        return False


def _entries(folder: str) -> list[os.DirEntry[str]] | None:
    """What is in `folder`; None if that cannot be said or is too much."""
    try:
        with os.scandir(folder) as listing:
            entries = list(islice(listing, MAX_NAMES + 1))
    except OSError:
        return None
    return entries if len(entries) <= MAX_NAMES else None

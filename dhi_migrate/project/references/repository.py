"""The files of a repository on disk, as the files in it are judged: a `ProjectTree` that never leads out of its directory."""

from __future__ import annotations

import os

from ..directory import Directory
from ..dockerignore import Ignore
from ..reader import read_file
from .model import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_BYTES: Final = 1024 * 1024
"""Largest file that is read."""

MAX_READS: Final = 5000
"""Most files that are read; those behind them are not known."""

MAX_TOTAL: Final = 64 * 1024 * 1024
"""Most bytes that are read of all files together, since they are kept."""


class RepositoryTree:
    """A `dhi_migrate.project.references.ProjectTree` that is the directory `root`.

    Answers are kept: a file that changes in between is read once. What leads out over a symbolic link is not there.
    """

    def __init__(self, root: str) -> None:
        """Take the path of the directory; nothing is read yet."""
        self._directory = Directory(os.path.realpath(root), Ignore())
        self._files: dict[str, bytes | None] = {}
        self._bytes = 0

    def read(self, path: str) -> bytes | None:
        """The bytes of the regular file at `path`; None where there is none, or none that may be read."""
        name = join("", path)
        if not name:
            return None
        there, real = self._directory.find(name)
        if there and name not in self._files and len(self._files) < MAX_READS:
            data = read_file(real, min(MAX_BYTES, MAX_TOTAL - self._bytes))
            self._files[name] = data if isinstance(data, bytes) else None
            self._bytes += len(data) if isinstance(data, bytes) else 0
        return self._files.get(name)

    def exists(self, path: str) -> bool | None:
        """Whether a file or directory is at `path`; None where that is not known."""
        name = join("", path)
        return False if name is None else self._directory.find(name)[0]

    def names(self, path: str) -> tuple[str, ...] | None:
        """The names in the directory at `path`, sorted; empty where there is none, None where not known or too many."""
        name = join("", path)
        return () if name is None else self._directory.names(name)

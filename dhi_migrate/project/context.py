"""The build context of a Dockerfile: the directory that its COPY instructions take from, found out when it is first asked for.

Which directory that is stands nowhere: it is an argument of ``docker build``. The directory of the Dockerfile is tried first,
then those above it; the first one that holds everything that the Dockerfile copies by name is it. Few rules look at files, and
only in few Dockerfiles, so that nothing is parsed, read or looked at before the first question.
"""

from __future__ import annotations

import os
import posixpath
import re

from .reader import read_file
from .roots import Roots, as_roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Final

    from .directory import Directory

MAX_BYTES: Final = 1024 * 1024
"""Largest file of a context that is read."""

MAX_READS: Final = 200
"""Most files that are read for one Dockerfile."""

_TOTAL_BYTES: Final = 16 * 1024 * 1024  # of all files that are read for one Dockerfile, since they are kept
_MAX_SOURCES: Final = 256  # paths that a Dockerfile copies by name; real ones have some dozens at most
_LEVELS: Final = 20  # directories above the Dockerfile in which the top of its work tree is looked for
_LEVELS_WITHOUT_GIT: Final = 2
_LONGEST: Final = 4096  # characters of a path

# A path that stands for something else than itself: a pattern, a variable, something quoted or escaped; and what ADD fetches.
_NOT_LITERAL: Final = r"[$*?\[\]\\\"'\x00]"
_REMOTE: Final = r"[A-Za-z][A-Za-z0-9+.-]*://|git@|github\.com/"


def open_context(path: str, data: bytes, roots: Roots | Sequence[str] = ()) -> DirectoryContext:
    """The build context of the Dockerfile at `path` with the bytes `data`; nothing is read yet.

    Directories above that of the Dockerfile are tried up to the top of the git work tree that it lies in. Without one, two levels
    at most, and only inside of the directories `roots`, which are what the user gave.
    """
    return DirectoryContext(path, data, as_roots(roots))


def copied_paths(data: bytes) -> tuple[str, ...]:
    """What the Dockerfile `data` takes from its context by name: sources of COPY, ADD and bind mounts that are plain paths.

    Relative to the context and without ``.``, ``..`` and slashes at the ends, as the builder reads them: it cuts off what would
    lead out. The context as a whole (``.``) is left out.
    """
    found = (posixpath.normpath(f"/{source}").lstrip("/") for source in _sources(data))
    return tuple(dict.fromkeys(path for path in found if path))


def _sources(data: bytes) -> Iterator[str]:
    from ..dockerfile import parse
    from ..dockerfile.details import Add, Copy, Run

    for instruction in parse(data).instructions:
        detail = instruction.detail
        texts: list[str] = []
        if isinstance(detail, Add) or (isinstance(detail, Copy) and detail.from_ is None):
            texts = [word.text for word in detail.sources]
        elif isinstance(detail, Run):
            binds = (mount for mount in detail.mounts if mount.type == "bind" and mount.field("from") is None)
            texts = [field.value or "" for mount in binds if (field := mount.field("source")) is not None]
        yield from (text for text in texts if not re.search(_NOT_LITERAL, text) and not re.match(_REMOTE, text))


class DirectoryContext:
    """A `dhi_migrate.rules.tree.BuildContext` that is a directory; see `open_context`.

    Answers are kept: a file that changes while its Dockerfile is judged is read once. Where no directory fits, where one cannot
    be looked at, and past the limits, the answer is None: not known.
    """

    def __init__(self, path: str, data: bytes, roots: Roots) -> None:
        self._dockerfile = path
        self._data = data
        self._roots = roots
        self._resolved = False
        self._directory: Directory | None = None
        self._files: dict[str, bytes | None] = {}
        self._bytes = 0

    @property
    def root(self) -> str | None:
        """The real path of the directory; None where none fits. Asking for it looks for it."""
        directory = self._open()
        return None if directory is None else directory.root

    def read(self, path: str) -> bytes | None:
        """The bytes of the regular file at `path`; None where there is none, or none that may be read."""
        directory, name = self._open(), _clean(path)
        if directory is None or name is None:
            return None
        there, real = directory.find(name)
        if there and name not in self._files and len(self._files) < MAX_READS:
            data = read_file(real, min(MAX_BYTES, _TOTAL_BYTES - self._bytes))
            self._files[name] = data if isinstance(data, bytes) else None
            self._bytes += len(data) if isinstance(data, bytes) else 0
        return self._files.get(name)

    def exists(self, path: str) -> bool | None:
        """Whether a file or directory is at `path`; None where that is not known."""
        directory, name = self._open(), _clean(path)
        if directory is None:
            return None
        return False if name is None else directory.find(name)[0]

    def names(self, path: str) -> tuple[str, ...] | None:
        """The names in the directory at `path`, sorted; empty where there is none, None where not known or too many."""
        directory, name = self._open(), _clean(path)
        if directory is None:
            return None
        return () if name is None else directory.names(name)

    def _open(self) -> Directory | None:
        if not self._resolved:
            self._resolved = True
            self._directory = _choose(self._dockerfile, copied_paths(self._data), self._roots)
        return self._directory


def _choose(dockerfile: str, sources: Sequence[str], roots: Roots) -> Directory | None:
    """The first candidate that has all `sources`; none where one cannot be looked at, since it could be the one."""
    from .directory import open_directory

    if len(sources) > _MAX_SOURCES:
        return None
    for folder in _candidates(dockerfile, roots):
        directory = open_directory(folder, dockerfile)
        if directory is None:
            return None
        answers = (directory.find(source)[0] for source in sources)
        answer = next((there for there in answers if not there), True)
        if answer is not False:
            return directory if answer else None
    return None


def _candidates(dockerfile: str, roots: Roots) -> Iterator[str]:
    """Directories that can be the context, as real paths: that of the Dockerfile, and those above it."""
    folder = roots.real_paths.directory(os.path.dirname(dockerfile))
    yield folder
    top = _work_tree(folder, roots)
    given = roots if top is None else Roots((top,))
    for _ in range(_LEVELS_WITHOUT_GIT if top is None else _LEVELS):
        folder, below = os.path.dirname(folder), folder
        if folder == below or not given.hold(folder):
            return
        yield folder


def _work_tree(folder: str, roots: Roots) -> str | None:
    """The top of the git work tree that holds `folder`: the nearest such directory."""
    for _ in range(_LEVELS + 1):
        if roots.is_work_tree(folder):
            return folder
        folder = os.path.dirname(folder)
    return None


def _clean(path: str) -> str | None:
    """`path` without ``.`` and needless slashes, "" for the context itself; None for one that could lead out, or is none."""
    if path.startswith("/") or "\0" in path or len(path) > _LONGEST:
        return None
    parts = [part for part in path.split("/") if part not in {"", "."}]
    return None if ".." in parts else "/".join(parts)

"""Real paths, and the directories of a run: build contexts are looked for in them, links are written through only into them."""

from __future__ import annotations

import os
import stat
from functools import cached_property

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Roots:
    """Directories, by their real paths. These are found out at the first question, once for all files of a run."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._trees: dict[str, bool] = {}

    @cached_property
    def real_paths(self) -> RealPaths:
        """The real paths that were found out in this run."""
        return RealPaths()

    @cached_property
    def _real(self) -> frozenset[str]:
        return frozenset(map(self.real_paths, self._paths))

    def is_work_tree(self, folder: str) -> bool:
        """Whether the directory `folder` is the top of a git work tree: it has a ``.git`` (a file in submodules)."""
        found = self._trees.get(folder)
        if found is None:
            found = self._trees[folder] = os.path.lexists(os.path.join(folder, ".git"))
        return found

    def hold(self, path: str) -> bool:
        """Whether the real path `path` is one of the directories, or lies in one. It takes as many steps as `path` is deep."""
        above = os.path.dirname(path)
        while path not in self._real:
            if above == path:
                return False
            path, above = above, os.path.dirname(above)
        return True


def as_roots(roots: Roots | Sequence[str]) -> Roots:
    """`roots` as such, where they are given as paths."""
    return roots if isinstance(roots, Roots) else Roots(roots)


class RealPaths:
    """Gives what `os.path.realpath` gives, and looks at each directory once.

    Of a run over 1,500 files, `os.path.realpath` looked at 30 paths a file, most of them directories above all the files. To be
    kept for one run only: a directory that becomes a symbolic link later is not seen.
    """

    __slots__ = ("_directories",)

    def __init__(self) -> None:
        self._directories: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        """The real path of `path`, which need not exist. Raises what `os.path.realpath` raises (ValueError for a NUL)."""
        above, name = os.path.split(path)
        if name in {"", ".", ".."} or "//" in path or os.name != "posix":
            return os.path.realpath(path)
        real = os.path.join(self.directory(above), name)
        try:
            if not stat.S_ISLNK(os.lstat(real).st_mode):
                return real
        except OSError:  # as os.path.realpath does: what cannot be looked at is taken for no link
            return real
        return os.path.realpath(path)

    def directory(self, path: str) -> str:
        """The real path of a directory ("" for the working directory)."""
        found = self._directories.get(path)
        if found is None:
            # through the one above it, unless that is the same, or the end of the recursion of a very deep path
            above = os.path.dirname(path)
            deep = path.count("/") > _DEEPEST
            found = os.path.realpath(path or ".") if deep or above in {"", path} else self(path)
            self._directories[path] = found
        return found


_DEEPEST = 100
"""Most directories of a path that are looked up one by one."""

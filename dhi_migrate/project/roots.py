"""The directories that a run was given: a build context is looked for in them, and links are written through only into them."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Roots:
    """Directories, by their real paths. These are found out at the first question, once for all files of a run."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths

    @cached_property
    def _real(self) -> frozenset[str]:
        return frozenset(map(os.path.realpath, self._paths))

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

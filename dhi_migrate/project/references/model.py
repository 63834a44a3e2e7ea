"""Values of the files around a Dockerfile: a file of a repository, what kind it is, and how others are read."""

from __future__ import annotations

from typing import Protocol

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    Kind = Literal[
        "compose",
        "kubernetes",
        "kustomize",
        "helm-values",
        "helm-template",
        "workflow",
        "action",
        "gitlab",
        "circleci",
        "devcontainer",
        "bake-hcl",
        "bake-json",
        "skaffold",
        "makefile",
        "jenkinsfile",
        "python",
        "javascript",
        "renovate",
        "dependabot",
    ]
    """What kind a file is by its path: see `dhi_migrate.project.references.kinds`."""


class ProjectFile(NamedTuple):
    """A file of a repository: its `path` from the top of it, with forward slashes, and its bytes."""

    path: str
    data: bytes


class ProjectTree(Protocol):
    """Read access to the files of a repository; paths are from its top, with forward slashes, never outside of it.

    The same questions as of `dhi_migrate.rules.tree.BuildContext`, so that a directory that answers those can answer these.
    """

    def read(self, path: str) -> bytes | None:
        """The bytes of the regular file at `path`; None where there is none, it is too large, or nothing is known."""

    def exists(self, path: str) -> bool | None:
        """Whether a file or directory is at `path`; None where that is not known."""

    def names(self, path: str) -> tuple[str, ...] | None:
        """The names in the directory at `path`, sorted; empty where there is none, None where not known or too many."""


class Joint(NamedTuple):
    """Which Dockerfiles (paths from the top) change in the same step as the file that is judged.

    `moving` ones go to hardened images, and what is bound to that may be written; `staying` ones are left as they are, and what
    would move them is not written either. The fixes of others are those of a file that is changed alone.
    """

    moving: frozenset[str] = frozenset()
    staying: frozenset[str] = frozenset()


ALONE = Joint()


class OverlayTree:
    """A `ProjectTree` in which some files have other bytes."""

    def __init__(self, tree: ProjectTree, files: Mapping[str, bytes]) -> None:
        """Take the `tree` and the `files` that are otherwise, by their paths."""
        self._tree = tree
        self._files = files

    def read(self, path: str) -> bytes | None:
        """As of `ProjectTree`."""
        inside = join("", path)
        found = self._files.get(inside) if inside is not None else None
        return self._tree.read(path) if found is None else found

    def exists(self, path: str) -> bool | None:
        """As of `ProjectTree`."""
        return self._tree.exists(path)

    def names(self, path: str) -> tuple[str, ...] | None:
        """As of `ProjectTree`."""
        return self._tree.names(path)


class SubTree:
    """The part of a `ProjectTree` below a directory, as a build context: paths are from that directory."""

    def __init__(self, tree: ProjectTree, folder: str) -> None:
        """Take the `tree` and a clean `folder` in it ("" for the top)."""
        self._tree = tree
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        """As of `ProjectTree`."""
        inside = join(self._folder, path)
        return None if inside is None else self._tree.read(inside)

    def exists(self, path: str) -> bool | None:
        """As of `ProjectTree`; what leads outside is not there."""
        inside = join(self._folder, path)
        return False if inside is None else self._tree.exists(inside)

    def names(self, path: str) -> tuple[str, ...] | None:
        """As of `ProjectTree`."""
        inside = join(self._folder, path)
        return () if inside is None else self._tree.names(inside)


MAX_PATH = 1024
"""Longest path, in characters, that is looked at."""


def join(folder: str, path: str) -> str | None:
    """`path` as seen from `folder`, from the top of the repository; "" for the top, None where it leads outside.

    Absolute paths, URLs, and paths with a variable in them lead outside too.
    """
    if not path or len(path) > MAX_PATH or path[0] in "/~\\" or "$" in path or ":" in path or "\0" in path:
        return None if path else folder
    parts = [part for part in folder.split("/") if part]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def folder_of(path: str) -> str:
    """The directory that the file at `path` is in, "" for the top."""
    return path.rpartition("/")[0]

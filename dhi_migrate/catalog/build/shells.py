"""Which shells an image has, read from its definition.

Rules, checked against the catalog's guides: on Debian the package ``bash`` gives /bin/bash and /bin/sh (the frontend
makes the link), ``dash`` gives /bin/dash and /bin/sh, ``busybox`` gives /bin/busybox and no links; a dependency never
brings a shell. On Alpine ``busybox`` gives /bin/sh and /bin/ash, ``bash`` needs a /bin/sh and so brings one, and
``ca-certificates`` (not ``-bundle``) needs one too: probable, since few guides confirm it. Builds and links of the
definition can add a shell, and so can files taken from another image. Paths are written below /bin; in a merged-/usr
image /usr/bin is the same directory.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..record import PROBABLE
from .artifacts import MAX_DEPTH, takes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .artifacts import Origins
    from .reader import SourceFile

_BY_PACKAGE = {
    "debian": {
        "bash": ("/bin/bash", "/bin/sh"),
        "dash": ("/bin/dash", "/bin/sh"),
        "busybox": ("/bin/busybox",),
    },
    "alpine": {
        "bash": ("/bin/bash", "/bin/sh"),
        "busybox": ("/bin/ash", "/bin/busybox", "/bin/sh"),
        "dash": ("/usr/bin/dash",),
    },
}
_SHELL_NAMES = frozenset({"sh", "bash", "ash", "dash"})
_INSTALL = re.compile(r"busybox --install -s (/\S+)")


class Shells(NamedTuple):
    """Paths of shells with how they come in, sorted by path; `bin_sh` None where /bin/sh is only probable."""

    origins: tuple[tuple[str, str], ...]
    bin_sh: bool | None

    @property
    def paths(self) -> tuple[str, ...]:
        """The shells that are there for certain."""
        return tuple(path for path, origin in self.origins if origin != PROBABLE)


def root_names(packages: Iterable[str]) -> list[str]:
    """The names of the packages asked for, without versions and exclusions."""
    return [package.partition("=")[0] for package in packages if not package.startswith("!")]


class ShellFinder:
    """Finds shells, following the files that definitions take from other images."""

    def __init__(self, origins: Origins) -> None:
        """Take the `origins` of artifacts."""
        self._origins = origins
        self._known: dict[str, Shells] = {}

    def find(self, file: SourceFile, depth: int = 0) -> Shells:
        """The shells of the definition `file`; raises RecursionError where images take files in a circle."""
        if file.path in self._known:
            return self._known[file.path]
        if depth > MAX_DEPTH:
            raise RecursionError(file.path)
        found = _from_packages(file.distro, root_names(file.data.contents.packages))
        unknown = False
        for artifact in file.data.contents.artifacts:
            origin = self._origins.find(artifact)
            if origin.definition is not None:
                there = self.find(origin.definition, depth + 1).origins
            else:
                there = tuple(_from_packages(file.distro, root_names(origin.roots)).items())
            taken = [(path, how) for path, how in there if takes(artifact, _place(file.distro, path))]
            for path, how in taken:
                found.setdefault(path, how if how == PROBABLE else f"copied from {origin.reference}")
            unknown = unknown or (not origin.known and takes(artifact, _place(file.distro, "/bin/sh")))
        _add_installed(file, found)
        _add_links(file, found)
        if "/bin/sh" not in found and file.distro == "alpine":
            names = root_names(file.data.contents.packages)
            if "ca-certificates" in names:
                found["/bin/sh"] = PROBABLE
        certain = "/bin/sh" in found and found["/bin/sh"] != PROBABLE
        probable = unknown or found.get("/bin/sh") == PROBABLE
        shells = Shells(tuple(sorted(found.items())), True if certain else None if probable else False)
        self._known[file.path] = shells
        return shells


def _from_packages(distro: str, roots: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for root in roots:
        for path in _BY_PACKAGE[distro].get(root, ()):
            # bash is named before busybox where both give /bin/sh: on Debian bash makes it, on Alpine both are there
            found.setdefault(path, f"package {root}")
    return found


def _place(distro: str, path: str) -> str:
    """Where the file of a shell lies: Debian has merged /bin into /usr/bin."""
    return f"/usr{path}" if distro == "debian" and path.startswith("/bin/") else path


def _add_installed(file: SourceFile, found: dict[str, str]) -> None:
    for build in file.data.contents.builds:
        targets = {output.target.rstrip("/") or "/" for output in build.outputs}
        for step in build.pipeline:
            for match in _INSTALL.finditer(step.runs or ""):
                if match[1] in targets or "/" in targets:
                    found.setdefault("/bin/sh", "build busybox --install")
                    found.setdefault("/bin/ash", "build busybox --install")


def _add_links(file: SourceFile, found: dict[str, str]) -> None:
    for entry in file.data.paths:
        path = entry.path.removeprefix("/usr") if entry.path.startswith("/usr/bin/") else entry.path
        if path.rsplit("/", 1)[-1] not in _SHELL_NAMES or "bin/" not in path:
            continue
        if entry.type == "delete":
            found.pop(path, None)
        elif entry.type == "symlink" and entry.source:
            target = entry.source.removeprefix("/usr") if entry.source.startswith("/usr/bin/") else entry.source
            if target in found:
                found.setdefault(path, "link in the definition")

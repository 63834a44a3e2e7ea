"""Directories of an image: which are there before the file adds any, and whose they are."""

from __future__ import annotations

import posixpath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..catalog.model import Definition

# Directories of the Filesystem Hierarchy Standard 3.0 that base-files (Debian) or alpine-baselayout bring, all of root.
_STANDARD = frozenset(
    {
        *(
            "/",
            "/bin",
            "/boot",
            "/dev",
            "/etc",
            "/home",
            "/lib",
            "/media",
            "/mnt",
            "/opt",
            "/root",
            "/run",
            "/sbin",
            "/srv",
        ),
        *(
            "/usr",
            "/usr/bin",
            "/usr/lib",
            "/usr/local",
            "/usr/local/bin",
            "/usr/local/lib",
            "/usr/local/share",
            "/usr/sbin",
        ),
        *("/usr/share", "/usr/src", "/var", "/var/cache", "/var/lib", "/var/log", "/var/run", "/var/spool"),
    }
)
SHARED = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - names of paths, nothing is made there
"""Directories that everybody may write to."""


def under(path: str, folder: str) -> bool:
    """Whether the normal absolute `path` is `folder` or lies in it."""
    return folder in {path, "/"} or path.startswith(f"{folder}/")


def above(path: str) -> Iterator[str]:
    """The normal absolute `path` and the directories that it lies in, the nearest first: those that it is `under`."""
    while path not in {"", "/"}:
        yield path
        path = path.rpartition("/")[0]
    yield "/"


def standard(target: Definition | None) -> bool:
    """Whether the image has the directories of the standard for sure: those of base-files on Debian, alpine-baselayout on Alpine.

    The images of Alpine list alpine-baselayout-data, which brings files in /etc and no directories.
    """
    if target is None:
        return False
    return any(one.partition("=")[0] in {"base-files", "alpine-baselayout"} for one in target.packages)


def known_directory(target: Definition | None, path: str) -> bool:
    """Whether the image is known to have the directory `path` before the file adds anything."""
    if path in {"/", "/etc", "/usr", "/usr/bin", "/usr/lib"} or (path in _STANDARD and standard(target)):
        return True
    return target is not None and any(
        one.kind == "directory" and under(posixpath.normpath(one.path), path) for one in target.paths
    )


def unowned(target: Definition | None, path: str) -> bool:
    """Whether the directory `path` is in the image of `target` already and belongs to root, so that WORKDIR leaves it alone."""
    if target is not None:
        for one in target.paths:
            if one.kind == "directory" and posixpath.normpath(one.path) == path:
                return one.uid == 0 and (one.mode or "0755")[-1] not in "2367"
        if target.workdir is not None and posixpath.normpath(target.workdir) == path and path != "/":
            return target.workdir_writable is False
    return path in _STANDARD


def owned(target: Definition | None, path: str, uid: int) -> bool:
    """Whether the definition makes `path`, or a directory above it, for the user `uid` or for everybody."""
    if any(under(path, one) for one in SHARED):
        return True
    if target is None:
        return False
    for one in target.paths:
        inside = one.kind == "directory" and one.path != "/" and under(path, posixpath.normpath(one.path))
        if inside and (one.uid == uid or (one.mode or "0755")[-1] in "2367"):
            return True
    return False

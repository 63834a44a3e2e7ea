"""Find the Dockerfiles of the paths on a command line, as git sees the tree where there is git.

Nothing outside of a given directory is reported: a symbolic link that leads out of it is skipped with a notice, and
symbolic links to directories are not followed.
"""

from __future__ import annotations

import os
import stat

from .._record import NamedTuple
from .reader import ReadError, reason
from .roots import RealPaths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Discovery(NamedTuple):
    """What was found: `files` in path order without duplicates, written as the paths given and what is below them.

    `notices` says what was passed over and why; `errors` names paths that are not there or cannot be listed.
    """

    files: tuple[str, ...]
    notices: tuple[str, ...]
    errors: tuple[ReadError, ...]


def discover(
    paths: Sequence[str],
    exclude: Sequence[str] = (),
    *,
    force_exclude: bool = False,
    also: Callable[[str], object | None] | None = None,
) -> Discovery:
    """Find the Dockerfiles that `paths` (files and directories) stand for.

    A file is taken whatever its name; in a directory, names decide (`names.is_dockerfile_name`). The patterns `exclude`
    are written as in a ``.gitignore`` and matched from the working directory; they hold for named files only with
    `force_exclude`. `also` tells of a path below a directory whether it is taken besides. A file that is reached twice,
    also over a symbolic link, is there once.
    """
    named: dict[str, str] = {}  # path as written -> real path
    found: dict[str, str] = {}
    notices: list[str] = []
    errors: list[ReadError] = []
    real_path = RealPaths()
    for path in paths:
        try:
            if not stat.S_ISDIR(os.stat(path).st_mode):
                named[os.path.normpath(path)] = real_path(path)
                continue
        except (OSError, ValueError) as error:
            errors.append(ReadError(path, reason(error)))
            continue
        root = os.path.realpath(path)
        folders: dict[str, str] = {}
        for name in sorted(_names(path, notices, errors, also)):
            shown = os.path.normpath(os.path.join(path, name))
            real = _real_file(root, name, folders)
            if isinstance(real, ReadError):
                notices.append(f"{shown}: skipped: {real.message}")
            elif real is not None:
                found[shown] = real
    if exclude:
        found = _without(found, exclude)
        named = _without(named, exclude) if force_exclude else named
    return Discovery(_unique(named, found), tuple(notices), tuple(errors))


def _names(
    directory: str, notices: list[str], errors: list[ReadError], also: Callable[[str], object | None] | None
) -> Iterable[str]:
    """List the Dockerfile names below `directory`, relative to it: by git, else by walking."""
    from .git import git_files
    from .names import SKIPPED_DIRECTORIES, is_dockerfile_name

    names: list[str] = []
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        listed = git_files(os.path.join(directory, prefix))
        if listed is None:
            from .walk import walk

            walked = walk(os.path.join(directory, prefix), also)
            names += [prefix + name for name in walked.files]
            notices += walked.notices
            errors += walked.errors
            continue
        for name in listed.files:
            folder, _, last = name.rpartition("/")
            wanted = is_dockerfile_name(last) or (also is not None and also(name) is not None)
            if wanted and SKIPPED_DIRECTORIES.isdisjoint(folder.split("/")):
                names.append(prefix + name)
        # Submodules and untracked clones have a list of their own, and are part of the given tree all the same.
        waiting += [
            f"{prefix}{name}/"
            for name in listed.repositories
            if name
            and not os.path.islink(os.path.join(directory, prefix, name))
            and os.path.isdir(os.path.join(directory, prefix, name))
            and SKIPPED_DIRECTORIES.isdisjoint(name.split("/"))
        ]
    return names


def _real_file(root: str, name: str, folders: dict[str, str]) -> str | ReadError | None:
    """Give the real path of the file `name` below `root`, an error for what is not to be read, None if it is gone.

    The real path lies inside of `root`, which is one itself: git also lists tracked files of a directory that was
    replaced by a symbolic link to elsewhere. `folders` remembers the real paths of directories between calls.
    """
    folder, _, last = name.rpartition("/")
    if folder not in folders:
        folders[folder] = os.path.realpath(os.path.join(root, folder))
    path = os.path.join(folders[folder], last)
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):
        return None  # tracked, but deleted from the working tree
    linked = stat.S_ISLNK(mode)
    if linked:
        path = os.path.realpath(path)
    if not path.startswith(os.path.join(root, "")):
        return ReadError(name, "symbolic link that leads out of the tree")
    if linked:
        try:
            mode = os.lstat(path).st_mode
        except (OSError, ValueError):
            return ReadError(name, "symbolic link that leads nowhere")
    if stat.S_ISREG(mode):
        return path
    return ReadError(name, "symbolic link to something that is not a regular file" if linked else "not a regular file")


def _without(files: dict[str, str], exclude: Sequence[str]) -> dict[str, str]:
    """Drop the files that the patterns match, relative to the working directory (elsewhere: as they are written)."""
    from .globs import excludes, parse_patterns

    patterns = parse_patterns(exclude)
    here = os.path.join(os.getcwd(), "")
    return {
        path: real
        for path, real in files.items()
        if not excludes(patterns, path.removeprefix(here).replace(os.sep, "/"))
    }


def _unique(named: dict[str, str], found: dict[str, str]) -> tuple[str, ...]:
    """Sort, and keep one path a file: one that is no symbolic link before one that is, then the first that was named."""
    entries = {**named, **found}
    here = os.path.realpath(".")
    direct = {path for path, real in entries.items() if os.path.normpath(os.path.join(here, path)) == real}
    chosen: dict[str, str] = {}
    for path in sorted(entries, key=lambda path: (path not in direct, path not in named)):
        chosen.setdefault(entries[path], path)
    return tuple(sorted(chosen.values()))

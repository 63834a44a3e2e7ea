"""Walk a directory tree where git cannot be asked, minding the ``.gitignore`` files in it."""

from __future__ import annotations

import os

from .._record import NamedTuple
from .globs import Pattern, parse_ignore_file, verdict
from .names import SKIPPED_DIRECTORIES, is_dockerfile_name
from .reader import ReadError, read_file, reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

_IGNORE_BYTES: Final = 128 * 1024
_DEEPEST: Final = 100


class Walked(NamedTuple):
    """Names that look like Dockerfiles, relative to the directory and "/"-separated; notices and errors for people."""

    files: tuple[str, ...]
    notices: tuple[str, ...]
    errors: tuple[ReadError, ...]


class _Folder(NamedTuple):
    """A directory to look into: its path below the top, and the ignore files above it, each with the depth it is at."""

    parts: tuple[str, ...]
    rules: tuple[tuple[int, tuple[Pattern, ...]], ...]


def walk(directory: str, also: Callable[[str], object | None] | None = None) -> Walked:
    """List everything below `directory` that has the name of a Dockerfile and is not ignored, in no certain order.

    `also` tells of a path whether it is taken besides. Symbolic links to directories are not followed. A directory that
    cannot be listed is an error, the others go on.
    """
    files: list[str] = []
    notices: list[str] = []
    errors: list[ReadError] = []
    waiting = [_Folder((), ())]
    while waiting:
        folder = waiting.pop()
        here = os.path.join(directory, *folder.parts)
        try:
            with os.scandir(here) as listing:
                entries = list(listing)
        except OSError as error:
            errors.append(ReadError(here, reason(error)))
            continue
        rules = folder.rules
        if any(entry.name == ".gitignore" for entry in entries):
            rules += _ignore_file(os.path.join(here, ".gitignore"), len(folder.parts), notices)
        for entry in entries:
            parts = (*folder.parts, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if entry.name in SKIPPED_DIRECTORIES or _ignored(rules, parts, is_directory=True):
                    continue
                if len(parts) > _DEEPEST:
                    notices.append(f"{entry.path}: skipped: more than {_DEEPEST} directories deep")
                else:
                    waiting.append(_Folder(parts, rules))
            elif (
                is_dockerfile_name(entry.name) or (also is not None and also("/".join(parts)) is not None)
            ) and not _ignored(rules, parts, is_directory=False):
                files.append("/".join(parts))
    return Walked(tuple(files), tuple(notices), tuple(errors))


def _ignore_file(path: str, depth: int, notices: list[str]) -> tuple[tuple[int, tuple[Pattern, ...]], ...]:
    if os.path.islink(path):  # git does not follow it either, and it may lead out of the tree
        notices.append(f"{path}: not used: is a symbolic link")
        return ()
    data = read_file(path, _IGNORE_BYTES)
    if isinstance(data, ReadError):
        notices.append(f"{path}: not used: {data.message}")
        return ()
    patterns = parse_ignore_file(data)
    return ((depth, patterns),) if patterns else ()


def _ignored(rules: tuple[tuple[int, tuple[Pattern, ...]], ...], parts: tuple[str, ...], *, is_directory: bool) -> bool:
    """Ask the ignore files from the nearest to the farthest; the first that has a pattern for the path decides."""
    for depth, patterns in reversed(rules):
        answer = verdict(patterns, parts[depth:], is_directory=is_directory)
        if answer is not None:
            return answer
    return False

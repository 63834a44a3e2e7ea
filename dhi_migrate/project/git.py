"""Ask git which files of a directory belong to it, without letting the repository run anything."""

from __future__ import annotations

import os
from typing import Final

from .._record import NamedTuple

_SECONDS: Final = 60.0

# A repository that was just cloned is not trusted. Its configuration can name a program to watch the file system and
# directories of hooks; objects that are missing would be fetched with a program of its choice.
_COMMAND: Final = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.devnull, "--no-pager")
_ENVIRONMENT: Final = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}


class GitFiles(NamedTuple):
    """Paths relative to the directory asked for, "/"-separated: files, and roots of repositories inside of it."""

    files: tuple[str, ...]
    repositories: tuple[str, ...]


def git_files(directory: str) -> GitFiles | None:
    """List what is tracked, or untracked and not ignored, in `directory`.

    None where git has no say: it is not installed, this is not a working tree, git refuses (an owner it does not trust)
    or takes more than a minute, or the directory as a whole is ignored.
    """
    listing = _git(directory, "ls-files", "--cached", "--others", "--stage", "--exclude-standard", "-z")
    if listing is None:
        return None
    if not listing and _git(directory, "check-ignore", "-q", "--", os.path.abspath(directory)) is not None:
        return None
    files: list[str] = []
    repositories: list[str] = []
    for entry in listing.split(b"\0"):
        # A tracked entry is "mode object stage<tab>path" (gitlinks have mode 160000), an untracked one the bare path,
        # with a slash at its end if it is a repository of its own.
        head, tab, path = entry.partition(b"\t")
        tracked = bool(tab) and head.count(b" ") == 2
        name = os.fsdecode(path if tracked else entry)
        if (tracked and head.startswith(b"160000 ")) or name.endswith("/"):
            repositories.append(name.rstrip("/"))
        elif name:
            files.append(name)
    return GitFiles(tuple(files), tuple(repositories))


def _git(directory: str, *arguments: str) -> bytes | None:
    """Run git in `directory` and give its standard output; None if it cannot be run, fails, or takes too long."""
    import subprocess

    # What a hook that runs this tool has set (GIT_DIR, GIT_INDEX_FILE ..) is about its repository, not about ours.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 -- a fixed list of arguments, no shell
            [*_COMMAND, "-C", directory, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, **_ENVIRONMENT},
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None

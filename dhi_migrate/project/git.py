"""Ask git which files of a directory belong to it, without letting the repository run anything."""

from __future__ import annotations

import os

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SECONDS: Final = 60.0
"""Longest that git is waited for, in seconds."""

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
    listing = _asked(directory, "ls-files", "--cached", "--others", "--stage", "--exclude-standard", "-z")
    if listing is None:
        return None
    if not listing and _asked(directory, "check-ignore", "-q", "--", os.path.abspath(directory)) is not None:
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


class GitError(Exception):
    """Git cannot be run, or takes too long; the text says which."""


def run_git(directory: str, *arguments: str) -> bytes | None:
    """Run git in `directory` and give its standard output; None if it fails. Raises `GitError`."""
    import subprocess

    try:
        done = subprocess.run(  # noqa: S603 -- a list of arguments, no shell
            git_command(directory, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=git_environment(),
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git {arguments[0]} failed in {directory}: {error}") from None
    return done.stdout if done.returncode == 0 else None


def _asked(directory: str, *arguments: str) -> bytes | None:
    try:
        return run_git(directory, *arguments)
    except GitError:
        return None


def git_command(directory: str, *arguments: str) -> list[str]:
    """The command that runs git in `directory` with `arguments`, and nothing that the repository there names."""
    return [*_COMMAND, "-C", directory, *arguments]


def git_environment() -> dict[str, str]:
    """The environment for `git_command`: that of this process, without what a hook that runs this tool has set.

    ``GIT_DIR``, ``GIT_INDEX_FILE`` and the like are about the repository of the hook, not about ours.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, **_ENVIRONMENT}

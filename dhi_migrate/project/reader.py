"""Read one file of a tree that is not trusted: only regular files, never more than a limit, never waiting."""

from __future__ import annotations

import os
import stat

from .._record import NamedTuple

MAX_BYTES = 4 * 1024 * 1024
"""Largest file that is read. Real Dockerfiles stay below 100 kB; BuildKit itself reads at most 2 MiB over its API."""

# O_NONBLOCK: opening a FIFO must not wait for a writer. Windows has neither it nor O_CLOEXEC, but needs O_BINARY.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


class ReadError(NamedTuple):
    """Why `path` could not be read, as a short text for people that does not repeat the path."""

    path: str
    message: str


def read_file(path: str, limit: int = MAX_BYTES) -> bytes | ReadError:
    """Give the bytes of the regular file at `path` (symbolic links are followed), or say why not.

    Anything that is not a regular file, or is larger than `limit` bytes, is an error value; nothing is raised.
    """
    try:
        # Looked at before it is opened, since opening a device can have effects; and again once open, since it may
        # have been replaced in between.
        kind = _kind(os.stat(path).st_mode)
        if kind is not None:
            return ReadError(path, f"is {kind}, not a regular file")
        handle = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        return ReadError(path, reason(error))
    try:
        status = os.fstat(handle)
        kind = _kind(status.st_mode)
        if kind is not None:
            return ReadError(path, f"is {kind}, not a regular file")
        if status.st_size > limit:
            return ReadError(path, _too_large(limit))
        data = _read_up_to(handle, status.st_size, limit)
    except OSError as error:
        return ReadError(path, reason(error))
    finally:
        os.close(handle)
    return ReadError(path, _too_large(limit)) if len(data) > limit else data


def reason(error: OSError | ValueError) -> str:
    """Say in a few lower-case words what went wrong, without the path ("no such file or directory")."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]


def _read_up_to(handle: int, expected: int, limit: int) -> bytes:
    """Read to the end of the file or one byte past `limit`; a file can grow, so its size is only a first guess."""
    chunks: list[bytes] = []
    size = 0
    want = expected + 1
    while size <= limit:
        chunk = os.read(handle, min(want, limit + 1 - size))
        if not chunk:
            break
        chunks.append(chunk)
        size += len(chunk)
        want = 65536
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(limit: int) -> str:
    return f"is larger than {limit} bytes, the most that is read"


def _kind(mode: int) -> str | None:
    """Name what is not a regular file; None for a regular file."""
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISDIR(mode):
        return "a directory"
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"

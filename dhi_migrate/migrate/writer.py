"""Replace a file by new bytes in one step, or leave it exactly as it was."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from ..project.reader import MAX_BYTES, ReadError, read_file
from ..project.roots import Roots, as_roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class WriteError(Exception):
    """A file was not written and is as it was; the text says why, for people, without the path."""


class FileChanged(WriteError):  # noqa: N818 -- it says what happened
    """The file no longer holds what the new bytes were made from."""


def write_atomic(path: str, data: bytes, expected: bytes | None, *, roots: Roots | Sequence[str] | None = None) -> None:
    """Replace the content of the existing regular file `path` by `data`, whole or not at all.

    The new bytes go to a temporary file beside it, reach the disk, take over its mode and (where permitted) owner, and
    are then renamed over it; on any error the temporary file is removed. If `path` is a symbolic link, the link stays
    and the file it leads to is replaced, but only where that lies below one of the directories `roots` (None:
    anywhere). A file with several hard links loses the tie to its other names, as with every replacement by renaming.

    `expected` are the bytes that `data` was made from: `FileChanged` is raised when the file holds anything else
    (None: do not look). Raises `WriteError` for everything else that stands in the way.
    """
    real, status = _writable(path, expected, roots)
    try:
        _replace(real, data, status, expected)
    except OSError as error:
        raise WriteError(_say(error)) from error


def _writable(path: str, expected: bytes | None, roots: Roots | Sequence[str] | None) -> tuple[str, os.stat_result]:
    """The file that `path` leads to and its status, where it may be replaced. Raises `WriteError` where not."""
    real = os.path.realpath(path)
    if os.path.islink(path) and roots is not None and not as_roots(roots).hold(real):
        msg = f"is a symbolic link to {real}, outside of what was given; name that file itself"
        raise WriteError(msg)
    try:
        status = os.stat(real)
        if not stat.S_ISREG(status.st_mode):
            msg = "is not a regular file"
            raise WriteError(msg)
        if not os.access(real, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is read-only")
        _same_content(real, expected)
    except OSError as error:
        raise WriteError(_say(error)) from error
    return real, status


class NotWritten(WriteError):  # noqa: N818 -- it says what happened
    """None of several files was written; `path` is the one that stood in the way."""

    def __init__(self, path: str, text: str) -> None:
        """Take the path of the file, and why it could not be written."""
        super().__init__(text)
        self.path = path


def write_all(changes: Sequence[tuple[str, bytes, bytes]], *, roots: Roots | Sequence[str] | None = None) -> None:
    """Replace several files, all or none: `changes` are paths with the new bytes and those that they were made from.

    All are looked at before the first is written; where one fails all the same, those before it get their old bytes back.
    Raises `NotWritten`, whose text tells of a file that could not be put back; otherwise as `write_atomic`.
    """
    for path, _, expected in changes:
        try:
            _writable(path, expected, roots)
        except WriteError as error:
            raise NotWritten(path, str(error)) from error
    written: list[tuple[str, bytes, bytes]] = []
    try:
        for path, data, expected in changes:
            try:
                write_atomic(path, data, expected, roots=roots)
            except WriteError as error:
                raise NotWritten(path, str(error)) from error
            written.append((path, data, expected))
    except BaseException as failure:
        lost = [path for path, data, expected in reversed(written) if not _put_back(path, expected, data, roots)]
        if lost and isinstance(failure, NotWritten):
            raise NotWritten(failure.path, f"{failure}; {', '.join(lost)} could not be put back") from failure
        raise


def _put_back(path: str, old: bytes, new: bytes, roots: Roots | Sequence[str] | None) -> bool:
    try:
        write_atomic(path, old, new, roots=roots)
    except WriteError:
        return False
    return True


def _replace(real: str, data: bytes, status: os.stat_result, expected: bytes | None) -> None:
    """Write beside `real` and rename; the temporary file does not outlive this call."""
    folder, name = os.path.split(real)
    handle, temporary = _create(folder, name)
    try:
        try:
            _write_all(handle, data)
            _take_over(handle, temporary, status)
            os.fsync(handle)
        finally:
            os.close(handle)
        _same_content(real, expected)
        os.replace(temporary, real)
    except BaseException:
        _remove(temporary)
        raise
    _sync_folder(folder)


def _create(folder: str, name: str) -> tuple[int, str]:
    """Create a new file with an unguessable name, readable by its owner only, and give its handle and path."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    for _ in range(16):
        # Cut by bytes: file systems limit a name to 255 of them.
        stem = os.fsdecode(os.fsencode(name)[:200])
        path = os.path.join(folder, f".{stem}.{os.urandom(6).hex()}.tmp")
        try:
            return os.open(path, flags, 0o600), path
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, "no free name for a temporary file")


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def _take_over(handle: int, temporary: str, status: os.stat_result) -> None:
    """Give the temporary file the owner and mode of the original; a foreign owner can be kept by root only."""
    if hasattr(os, "fchown"):
        with suppress(OSError):  # not ours to give away: the file then belongs to who runs the tool
            os.fchown(handle, status.st_uid, status.st_gid)
        os.fchmod(handle, stat.S_IMODE(status.st_mode))
    else:
        os.chmod(temporary, stat.S_IMODE(status.st_mode))


def _same_content(real: str, expected: bytes | None) -> None:
    if expected is None:
        return
    now = read_file(real, max(len(expected), MAX_BYTES))
    if isinstance(now, ReadError):
        raise WriteError(now.message)
    if now != expected:
        msg = "was changed by something else in the meantime; it was left alone"
        raise FileChanged(msg)


def _sync_folder(folder: str) -> None:
    """Make the renaming durable. Not every system or file system can sync a directory: the content is safe anyway."""
    try:
        handle = os.open(folder or ".", os.O_RDONLY)
    except OSError:
        return
    with suppress(OSError):
        os.fsync(handle)
    os.close(handle)


def _remove(path: str) -> None:
    with suppress(OSError):  # nothing more can be done; the first error is the one to report
        os.unlink(path)


def _say(error: OSError) -> str:
    """Turn a system error into what a person can act on."""
    if error.errno == errno.ENOSPC:
        return "cannot be written: no space left on the device"
    if error.errno == errno.EROFS:
        return "cannot be written: the file system is read-only"
    if error.errno in (errno.EACCES, errno.EPERM):
        detail = "the file is read-only" if error.strerror == "the file is read-only" else "permission denied"
        return f"cannot be written: {detail}"
    return f"cannot be written: {error.strerror or error}"

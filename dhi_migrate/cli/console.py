"""The streams of a run: results to standard output or a file, everything else to standard error."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

from ..report.escape import visible
from ..report.style import Style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, TextIO


def say(text: str) -> None:
    """Write one line to standard error, behind the name of the program; control characters are written out.

    So is the bracket of ``##[``, by which the runner of GitHub Actions knows a command anywhere in a line of a log.
    """
    shown = visible(text).replace("##[", "##\\x5b")
    write_error(f"dhi-migrate: {shown}\n")


def write_error(text: str) -> None:
    """Write printable text to standard error. Nobody listening there, or a closed one (None), is no reason to fail."""
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


class Output:
    """Where results go: one of the standard streams, or a file.

    A file gets its name when it is whole (`finish`, then `close`); until then what was there stays. A reader that has gone away
    (``| head``) is not an error: `broken` tells that nobody is listening any more.
    """

    __slots__ = ("_file", "_final", "_finished", "_stream", "_temporary", "broken")

    def __init__(self, stream: TextIO | None, path: str | None = None) -> None:
        """Write to `stream` (None: one that is closed), or to the file `path` if there is one.

        Raises OSError if that cannot be opened.
        """
        self._stream = stream
        self._file: IO[bytes] | None = None
        self._temporary = self._final = ""
        self._finished = False
        if path is not None:
            self._open(path)
        self.broken = False

    def _open(self, path: str) -> None:
        """Open a file beside `path` if that is, or can be, a regular file; else `path` itself: a device, a pipe."""
        real = os.path.realpath(path)
        folder, name = os.path.split(real)
        plain = not os.path.exists(real) or (os.path.isfile(real) and os.access(real, os.W_OK))
        if plain and os.path.isdir(folder) and os.access(folder, os.W_OK):
            temporary = os.path.join(folder, f".{name[:100]}.{os.urandom(6).hex()}.tmp")
            self._file = open(temporary, "xb")  # noqa: SIM115 -- see `close`
            self._temporary, self._final = temporary, real
            if os.path.exists(real):
                with suppress(OSError):
                    os.chmod(temporary, os.stat(real).st_mode & 0o777)
        else:
            self._file = open(path, "wb")  # noqa: SIM115 -- see `close`

    @property
    def terminal(self) -> bool:
        """Whether a person reads along on a terminal."""
        return self._file is None and is_terminal(self._stream)

    @property
    def columns(self) -> int | None:
        """The width of the terminal; None where there is none."""
        if self._stream is not None and self.terminal:
            with suppress(OSError, ValueError):
                return os.get_terminal_size(self._stream.fileno()).columns
        return None

    def write(self, data: bytes) -> None:
        """Write `data` at once. Raises OSError for anything but a reader that has gone."""
        if self.broken or not data:
            return
        if self._file is not None:
            self._file.write(data)
            return
        if self._stream is None:
            self.broken = True
            raise OSError(errno.EBADF, "standard output is closed")
        try:
            self._stream.flush()
            self._stream.buffer.write(data)
            self._stream.buffer.flush()
        except OSError as error:
            self.broken = True
            # What is still buffered must not fail once more when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            if not isinstance(error, BrokenPipeError):
                raise

    def finish(self) -> None:
        """Say that all is written."""
        self._finished = True

    def close(self) -> None:
        """Close the file, if it is one; one that is not whole leaves no trace. Raises OSError if it could not be written."""
        if self._file is None:
            return
        try:
            self._file.close()
            if self._temporary and self._finished:
                os.replace(self._temporary, self._final)
                self._temporary = ""
        finally:
            if self._temporary:
                with suppress(OSError):
                    os.unlink(self._temporary)


def style_for(output: Output, *, unsafe_fixes: bool) -> Style:
    """Choose colours and width for what is written to `output`.

    NO_COLOR (no-color.org) comes first, then FORCE_COLOR, then TERM=dumb; without them a terminal gets colours.
    """
    environment = os.environ
    if environment.get("NO_COLOR"):
        colour = False
    elif environment.get("FORCE_COLOR"):
        colour = environment["FORCE_COLOR"] != "0"
    else:
        colour = output.terminal and environment.get("TERM") != "dumb"
    columns = output.columns
    width = max(60, min(columns, 160)) if columns else Style().width
    return Style(colour, width, unsafe_fixes)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether `stream` is an open terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False

"""The streams of a run: results to standard output or a file, everything else to standard error."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, TextIO

from ..report.escape import visible
from ..report.style import Style


def say(text: str) -> None:
    """Write one line to standard error, behind the name of the program; control characters are written out."""
    write_error(f"dhi-migrate: {visible(text)}\n")


def write_error(text: str) -> None:
    """Write printable text to standard error. Nobody listening there is no reason to fail."""
    with suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


class Output:
    """Where results go: one of the standard streams, or a file.

    A reader that has gone away (``| head``) is not an error: `broken` tells that nobody is listening any more.
    """

    __slots__ = ("_file", "_stream", "broken")

    def __init__(self, stream: TextIO, path: str | None = None) -> None:
        """Write to `stream`, or to the file `path` if there is one. Raises OSError if that cannot be opened."""
        self._stream = stream
        self._file: IO[bytes] | None = None if path is None else open(path, "wb")  # noqa: SIM115 -- see `close`
        self.broken = False

    @property
    def terminal(self) -> bool:
        """Whether a person reads along on a terminal."""
        return self._file is None and is_terminal(self._stream)

    @property
    def columns(self) -> int | None:
        """The width of the terminal; None where there is none."""
        if self.terminal:
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

    def close(self) -> None:
        """Close the file, if it is one. Raises OSError if not all of it could be written."""
        if self._file is not None:
            self._file.close()


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

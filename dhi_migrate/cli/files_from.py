"""``--files-from``: the paths of a run from a list, for trees that a command line cannot hold."""

from __future__ import annotations

import os
import sys

from ..project.reader import ReadError, read_file
from .prepare import RunError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_BYTES: Final = 256 * 1024 * 1024
"""Largest list that is read."""


def read_list(source: str) -> tuple[str, ...]:
    """The paths in the file `source`, or with "-" on standard input: one a line, or each followed by a NUL byte.

    Empty ones do not count. Raises `RunError` where there is no reading it.
    """
    if source == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        read = read_file(source, MAX_BYTES)
        if isinstance(read, ReadError):
            raise RunError(f"--files-from {source}: {read.message}")
        data = read
    if len(data) > MAX_BYTES:
        raise RunError(f"--files-from {source}: is larger than {MAX_BYTES} bytes")
    if b"\0" in data:
        return tuple(os.fsdecode(part) for part in data.split(b"\0") if part)
    return tuple(os.fsdecode(part) for line in data.split(b"\n") if (part := line.removesuffix(b"\r")))

"""Where a finding is, as other programs want to be told: lines and columns, and paths from the directory of the run."""

from __future__ import annotations

import os

from .._record import NamedTuple
from .escape import printable, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..dockerfile.source import Source, Span

_NEVER: Final = frozenset(
    chr(code)
    for part in (
        *(range(0x20), range(0x7F, 0xA0), range(0x061C, 0x061D), range(0x200E, 0x2010), range(0x2028, 0x202F)),
        *(range(0x2066, 0x206A), range(0xFFFE, 0x10000)),
    )
    for code in part
)


class Lines(NamedTuple):
    """A place for programs that show lines: from `line` and `column` to `end_line` and `end_column`.

    All are 1-based, columns count code points. `end_line` is the line of the last character, so a line ending at the
    end of the place does not add a line; `end_column` is the column after that character.
    """

    line: int
    column: int
    end_line: int
    end_column: int


def lines_of(source: Source, span: Span) -> Lines:
    """Give the place of `span`."""
    line, column = source.position(span.start)
    end_line = source.line_of(max(span.start, span.end - 1))
    end = max(span.start, min(span.end, source.line_span(end_line).end))
    return Lines(line, column, end_line, source.position(end).column)


def from_directory(path: str, directory: str) -> str:
    """Write `path` from `directory` (absolute, the one that the run was started in), with forward slashes.

    A path that leads out of it is given absolute. Neither is looked at on disk.
    """
    full = os.path.normpath(os.path.join(directory, path))
    inside = directory if directory.endswith(os.sep) else directory + os.sep
    shown = full.removeprefix(inside)
    return shown.replace(os.sep, "/")


def named(path: str) -> str:
    r"""Give `path` as a text that another program can look it up by: ``\xff`` for a byte that is not UTF-8.

    Control characters, ends of lines, what turns the direction of text, and code points that are no characters are
    written out as well. Everything else stays, also what does not print.
    """
    text = printable(path)
    return text if text.isprintable() else "".join(visible(char) if char in _NEVER else char for char in text)

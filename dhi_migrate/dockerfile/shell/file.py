"""A shell script that is a file of its own -> its commands. Offsets are bytes of that file, not of a Dockerfile."""

from __future__ import annotations

from ..._record import NamedTuple
from ..source import Span
from ..text import layout
from .frame import MAX_TEXT, Commands, TooMuchError
from .places import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Command


class FileScript(NamedTuple):
    """The `commands` of a script file in the order of its text, and the `functions` that it defines, by name, with their bytes.

    `ok` is False where the text could not be understood in full; then `commands` holds what could be read.
    """

    commands: tuple[Command, ...]
    functions: dict[str, Span]
    ok: bool


def read_file(data: bytes) -> FileScript:
    """The commands of the shell script `data`; none of one that is longer than the grammar takes (`MAX_TEXT` characters)."""
    if len(data) > MAX_TEXT:
        return FileScript((), {}, False)
    from .walk import walk

    text = data.decode("utf-8", "surrogateescape")
    out = Commands()
    try:
        walk(text, Place(layout([(text, 0)]), 0, Span(0, len(data))), out)
    except TooMuchError:
        out.ok = False
    return FileScript(tuple(out.found), out.functions, out.ok)

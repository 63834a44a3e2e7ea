"""Which configuration file is for a directory, and what stands in it as TOML.

A configuration lies in the tree that is checked, and is trusted as little: it is a regular file of limited size, and what it
names has to lie in the same tree.
"""

from __future__ import annotations

import os
import re

from .._pattern import regex
from .._record import NamedTuple
from .config_error import NAMES, Complaint, ConfigError
from .directory import is_inside
from .reader import ReadError, read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from ..catalog.toml_positions import Location

MAX_BYTES: Final = 256 * 1024
"""Largest configuration file that is read."""

_PYPROJECT: Final = NAMES[2]
_TABLE: Final = ("tool", "dhi-migrate")
_SYNTAX: Final = regex(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)\Z", re.DOTALL)


class ConfigFile(NamedTuple):
    """A configuration file as it stands there: `path` is how it is shown, `real` its real path, `root` that of its tree.

    `table` holds its keys, which stand at `prefix` in the TOML document `text`.
    """

    path: str
    real: str
    root: str
    text: str
    prefix: tuple[str, ...]
    table: dict[str, Any]

    @property
    def directory(self) -> str:
        """The real path of the directory that the paths in the file are relative to."""
        return os.path.dirname(self.real)

    def complaint(self, location: Location, message: str, *, key: bool = False) -> Complaint:
        """Complain of the value at `location` (below the prefix), or with `key` of its key."""
        from ..catalog.toml_positions import Positions

        positions = Positions(self.text)
        place = positions.key((*self.prefix, *location)) if key else positions.value((*self.prefix, *location))
        return Complaint(self.path, *place, message)

    def line(self, key: str) -> int:
        """The 1-based line of `key`."""
        return self.complaint((key,), "", key=True).line


def config_in(directory: str) -> ConfigFile | None:
    """The configuration file in the directory at the real path `directory`; None where there is none.

    A ``pyproject.toml`` counts only with a table ``[tool.dhi-migrate]``. Raises `ConfigError` for a file that cannot be read,
    or is no TOML.
    """
    for name in NAMES:
        path = os.path.join(directory, name)
        if os.path.lexists(path) and (name != _PYPROJECT or os.path.isfile(path)):
            found = read_config(path)
            if found is not None:
                return found
    return None


def read_config(path: str, root: str | None = None) -> ConfigFile | None:
    """Read the configuration file at `path`, which lies in the tree at the real path `root` (None: that of its directory).

    None for a ``pyproject.toml`` that says nothing. Raises `ConfigError`.
    """
    shown = show_path(path)
    real = os.path.realpath(path)
    if root is None:
        root = tree_of(os.path.realpath(os.path.dirname(path) or "."))
    if not is_inside(real, root):
        raise ConfigError((Complaint(shown, 0, 0, f"leads out of the tree {show_path(root)}, over a symbolic link"),))
    data = read_file(real, MAX_BYTES)
    if isinstance(data, ReadError):
        raise ConfigError((Complaint(shown, 0, 0, data.message),))
    within = _TABLE if os.path.basename(path) == _PYPROJECT else ()
    if within and b"dhi-migrate" not in data:
        return None  # the usual case, and no reason to read TOML
    text, document = _parse(shown, data)
    table: Any = document
    for name in within:
        table = table.get(name) if isinstance(table, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ConfigError((Complaint(shown, 0, 0, f"{'.'.join(within)} is not a table"),))
    return ConfigFile(shown, real, root, text, within, table)


def tree_of(directory: str) -> str:
    """The top of the git work tree that the directory at the real path `directory` lies in; without one, `directory` itself."""
    folder = directory
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return directory
        folder = above
    return folder


def path_in(file: ConfigFile, text: str) -> str | None:
    """The real path that `text` in a configuration file stands for; None where that leads out of the tree, or is no path."""
    try:
        real = os.path.realpath(os.path.join(file.directory, text))
    except (OSError, ValueError):
        return None
    return real if is_inside(real, file.root) else None


def show_path(path: str) -> str:
    """`path` as it is shown: relative to the working directory where it lies in it."""
    here = os.path.realpath(".")
    real = os.path.join(os.path.realpath(os.path.dirname(path) or "."), os.path.basename(path))
    return os.path.relpath(real, here) if is_inside(real, here) else real


def _end(text: str) -> tuple[int, int]:
    """The line and column behind the last character."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _parse(path: str, data: bytes) -> tuple[str, dict[str, Any]]:
    """The text and the TOML document in `data`."""
    from ..catalog.toml_text import load_toml

    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise ConfigError((Complaint(path, line, column, "is not UTF-8 text"),)) from None
    try:
        return text, load_toml(text)
    except RecursionError:
        raise ConfigError((Complaint(path, 0, 0, "is nested too deeply"),)) from None
    except ValueError as error:  # also for a number with too many digits
        match = _SYNTAX.match(str(error))
        if match is None:
            raise ConfigError((Complaint(path, 0, 0, str(error)),)) from None
        line, column = (int(match[2]), int(match[3])) if match[2] else _end(text)
        raise ConfigError((Complaint(path, line, column, f"is not TOML: {match[1]}"),)) from None

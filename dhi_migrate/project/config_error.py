"""What is wrong with a configuration; apart, since every run has to know of it and few have a configuration."""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

NAMES: Final = ("dhi-migrate.toml", ".dhi-migrate.toml", "pyproject.toml")
"""The names of a configuration file; in one directory the first of them that is there wins."""


class Complaint(NamedTuple):
    """Something wrong in the configuration file `path`, at a 1-based `line` and `column` (both 0: the file as a whole)."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """``path:line:column: message``."""
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.path}{place}: {self.message}"


class ConfigError(Exception):
    """A configuration that cannot be used; its text has a line for each of the `complaints`."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        """Take at least one complaint."""
        self.complaints = complaints
        super().__init__("\n".join(map(str, complaints)))

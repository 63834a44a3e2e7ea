"""What can be wrong with a checkout: problems with file and line, and the error that carries them."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """Something wrong in the checkout: `path` relative to it, a 1-based `line` (None: the file as a whole)."""

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """``path:line: message``, as compilers print it."""
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}"


class CatalogBuildError(Exception):
    """The checkout cannot be made into catalog data; `problems` are all that was found, in order of path."""

    def __init__(self, problems: list[Problem]) -> None:
        """Take the `problems`; there is at least one."""
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.path, problem.line or 0)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

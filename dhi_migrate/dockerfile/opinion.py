"""The second opinion: how dockerfile-parse splits a file into instructions. In memory and read-only."""

from __future__ import annotations

from dockerfile_parse import DockerfileParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _ShadowParser(DockerfileParser):  # type: ignore[misc]  # the library has no types
    """A DockerfileParser over given lines that has no file behind it: what it could write to disk is cut off."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    @property
    def lines(self) -> list[str]:
        return self._lines

    @property
    def content(self) -> str:
        return "".join(self._lines)

    def _open_dockerfile(self, mode: str) -> Any:
        raise PermissionError(mode)


def start_lines(shadow: list[str]) -> list[tuple[int, str]]:
    """What dockerfile-parse finds in `shadow`: 1-based first line and upper-case keyword of each instruction."""
    structure = _ShadowParser(shadow).structure
    return [(found["startline"] + 1, found["instruction"]) for found in structure if found["instruction"] != "COMMENT"]

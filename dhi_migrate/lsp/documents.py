"""Open files, and what is known of each: the report of a check, and on demand its parsed text and its stages."""

from __future__ import annotations

import os
from functools import cached_property

from .. import build_graph, check, open_context, parse
from ..project.names import is_dockerfile_name
from ..project.reader import MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dockerfile import BuildGraph, Dockerfile, Instruction
    from ..rules.findings import FileReport
    from ..rules.tree import BuildContext
    from .positions import Text
    from .settings import Chosen

_LANGUAGES = frozenset({"dockerfile", "docker", "containerfile"})


class Document:
    """One open file. `path` is None where it is not on disk; `folder` is the workspace folder that it lies in, if any."""

    __slots__ = ("cost", "folder", "language", "path", "text", "uri", "version", "view")

    def __init__(self, uri: str, path: str | None, language: str, version: int, text: Text) -> None:
        self.uri = uri
        self.path = path
        self.language = language
        self.version = version
        self.text = text
        self.folder: str | None = None
        self.view: View | None = None
        self.cost = 0.0  # seconds that the last check took

    @property
    def name(self) -> str:
        """What reports call the file."""
        return self.path or self.uri

    @property
    def is_dockerfile(self) -> bool:
        """Whether it is one: by the language that the editor has chosen, or else by its name."""
        return self.language.lower() in _LANGUAGES or is_dockerfile_name(os.path.basename(self.path or ""))


class View:
    """What is known of one state of a file, under the settings that hold for it. Each part is found out when it is asked for."""

    def __init__(self, document: Document, chosen: Chosen, roots: Sequence[str]) -> None:
        self.uri = document.uri
        self.version = document.version
        self.text = document.text
        self.chosen = chosen
        self.name = document.name
        self._path = document.path
        self._roots = roots

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return self.text.data

    @property
    def unseen(self) -> str | None:
        """Why the file is not looked at at all, "" for no more than that it is left out on purpose; None where it is."""
        if self.chosen.excluded:
            return ""
        if len(self.data) <= MAX_BYTES:
            return None
        return f"the file is larger than {MAX_BYTES} bytes, the most that is read"

    @cached_property
    def tree(self) -> BuildContext | None:
        """The build context of a file that is on disk."""
        if self._path is None or not os.path.isfile(self._path):
            return None
        return open_context(self._path, self.data, self._roots)

    @cached_property
    def report(self) -> FileReport:
        """The report of a check."""
        chosen = self.chosen
        return check(self.data, chosen.catalog, chosen.settings, path=self.name, tree=self.tree)

    @cached_property
    def dockerfile(self) -> Dockerfile:
        """The parsed text."""
        return parse(self.data)

    @cached_property
    def graph(self) -> BuildGraph:
        """Its stages."""
        settings = self.chosen.settings
        return build_graph(self.dockerfile, build_args=settings.build_args, target=settings.target)

    def instruction_at(self, offset: int) -> Instruction | None:
        """The instruction whose lines hold the byte `offset`, the blanks behind it included."""
        source = self.dockerfile.source
        line = source.line_of(offset)
        for instruction in self.dockerfile.instructions:
            last = source.line_of(max(instruction.span.start, instruction.span.end - 1))
            if instruction.start_line <= line <= last:
                return instruction
        return None

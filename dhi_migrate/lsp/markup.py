"""Text for people in an editor: Markdown, or the same as plain text. What comes from a file never acts as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types

from .._pattern import regex
from ..report.escape import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

# What begins a mark-up in a text, emphasis at the edge of a word, and a block at the beginning of a line.
_SPECIAL = regex(r"[\\`*\[\]<~&|]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK = regex(r"^[ \t]*[-+#>=]", re.MULTILINE)
_TICKS = regex(r"`+")


class Page:
    """Collects a text part by part, for an editor that shows Markdown or one that does not."""

    def __init__(self, *, markdown: bool) -> None:
        self.markdown = markdown
        self._parts: list[str] = []

    def text(self, text: str) -> None:
        """Add the paragraphs `text`."""
        self._parts.append(self._prose("\n".join(visible(line) for line in text.strip().split("\n"))))

    def head(self, text: str, rest: str = "") -> None:
        """Add a heading, and behind it the `rest` of its line."""
        shown = f"**{self._inline(visible(text))}**" if self.markdown else visible(text)
        self._parts.append(shown + (f" {self._inline(visible(rest))}" if rest else ""))

    def rows(self, rows: Iterable[tuple[str, str]]) -> None:
        """Add a list of facts, each with its label; the values are things such as commands, "" for none."""
        mark = "- " if self.markdown else "  "
        listed = (f"{mark}{label}: {self._code(visible(value)) if value else 'none'}" for label, value in rows)
        self._parts.append("\n".join(listed))

    def reasons(self, texts: Iterable[str]) -> None:
        """Add a list of sentences."""
        mark = "- " if self.markdown else "  "
        self._parts.append("\n".join(f"{mark}{self._prose(visible(text))}" for text in texts))

    def link(self, text: str, uri: str) -> None:
        """Add a link."""
        self._parts.append(f"[{text}]({uri})" if self.markdown else uri)

    def content(self) -> types.MarkupContent:
        """All of it."""
        kind = types.MarkupKind.Markdown if self.markdown else types.MarkupKind.PlainText
        return types.MarkupContent(kind, "\n\n".join(self._parts))

    def _prose(self, text: str) -> str:
        text = self._inline(text)
        return _BLOCK.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", text) if self.markdown else text

    def _inline(self, text: str) -> str:
        return _SPECIAL.sub(r"\\\g<0>", text) if self.markdown else text

    def _code(self, text: str) -> str:
        """`text` word for word: between more backticks than it has in a row."""
        if not self.markdown:
            return text
        fence = "`" * (max(map(len, _TICKS.findall(text)), default=0) + 1)
        pad = " " if text.startswith("`") or text.endswith("`") else ""
        return f"{fence}{pad}{text}{pad}{fence}"

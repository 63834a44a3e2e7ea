"""One simple command of a syntax tree -> its words, assignments and redirections."""

from __future__ import annotations

from ..._pattern import regex
from .model import Redirect, ShellWord, word_of
from .quoting import dequote, split_words, unjoined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from .grammar import Heredoc
    from .places import Place

REDIRECTS = frozenset(("file_redirect", "herestring_redirect", "heredoc_redirect"))
"""The nodes of redirections."""

_NO_WORDS = REDIRECTS | {"comment", "ERROR"}
# What the grammar puts into the node of a here-document though it is another command of the list.
_COMMANDS = frozenset(("command", "list", "pipeline", "redirected_statement", "heredoc_body", "heredoc_end"))
_UNQUOTED = frozenset(("word", "concatenation", "command_name"))
_DESCRIPTOR = regex(r"[0-9]*-?")
_SPACE = regex(r"\s")
# A command of nothing but plain words with blanks between them. The first has no "=", which would make it an assignment.
_PLAIN = regex(r"[A-Za-z0-9_%+,./:@^-]+(?:[ \t]+[A-Za-z0-9_%+,./:=@^-]+)*+")
_NOT_BLANK = regex(r"[^ \t]+")


class Parts:
    """The parts of one command of `text`, collected in the order of the text, as character offsets and nodes.

    `spans` are its words and `assigned` its assignments; `composed` are the nodes of words and targets that can hold
    substitutions, `fed` the here-documents that it gets. It ends at `end`. `plain` tells that all words are plain ones: what
    is written is what the program gets.
    """

    __slots__ = ("_heredocs", "_place", "_text", "assigned", "composed", "end", "fed", "plain", "redirects", "spans")

    def __init__(self, text: str, place: Place, heredocs: dict[int, Heredoc]) -> None:
        self._text = text
        self._place = place
        self._heredocs = heredocs
        self.spans: list[tuple[int, int]] = []
        self.assigned: list[Node] = []
        self.redirects: list[Redirect] = []
        self.fed: list[Heredoc] = []
        self.composed: list[Node] = []
        self.end = 0
        self.plain = False

    def read(self, node: Node, kind: str) -> None:
        """Collect the parts of `node`, a simple command of the type `kind`."""
        self.end = node.end_byte
        if kind == "command" and self._read_plain(node):
            return
        if kind == "test_command":
            self.spans = split_words(self._text, node.start_byte, self.end)
            self.composed.append(node)
        elif kind == "variable_assignment":
            self.assigned.append(node)
        else:
            for child in node.children:
                what = child.type
                if what == "variable_assignment" and kind != "declaration_command":
                    self.assigned.append(child)
                elif what in REDIRECTS:
                    self._redirect(child)
                elif what not in _NO_WORDS:
                    self._add(child)

    def _read_plain(self, node: Node) -> bool:
        """Collect the words of the command `node` by their blanks, and tell whether that is all there is to it.

        Most commands are like that, and asking the tree for each word takes three times as long. A test holds both equal.
        """
        start = node.start_byte
        match = _PLAIN.match(self._text, start, self.end)
        if match is None or match.end() != self.end or node.has_error:
            return False
        self.spans = [word.span() for word in _NOT_BLANK.finditer(self._text, start, self.end)]
        self.plain = True
        return True

    def read_after(self, node: Node) -> None:
        """Collect `node`, which stands after the command: a redirection, or a word after one."""
        self.plain = False
        kind = node.type
        if kind in REDIRECTS:
            self.end = max(self.end, self._redirect(node))
        elif kind not in _NO_WORDS:
            self._add(node)
            self.end = max(self.end, node.end_byte)

    def words(self) -> tuple[ShellWord, ...]:
        """All words, in order."""
        if not self.plain:
            return tuple([self.word(*span) for span in self.spans])
        text = self._text
        spans = self._place.spans(self.spans)
        return tuple(
            [
                word_of((raw := text[start:end], raw, span, True))
                for (start, end), span in zip(self.spans, spans, strict=True)
            ]
        )

    def word(self, start: int, end: int) -> ShellWord:
        """The word of the characters `start` <= offset < `end`."""
        raw = unjoined(self._text[start:end])
        text, literal = dequote(raw)
        return ShellWord(text, raw, self._place.span(start, end), literal)

    def assignments(self, wrapped: Sequence[tuple[str, int]]) -> tuple[tuple[str, ShellWord], ...]:
        """The names and values of the assignments; `wrapped` are those of wrappers: name and index of the word."""
        if not self.assigned and not wrapped:
            return ()
        found = []
        for node in self.assigned:
            start, end = node.start_byte, node.end_byte
            equals = self._text.find("=", start, end)
            equals = end if equals < 0 else equals
            found.append((self._text[start:equals].rstrip("+"), self._value(min(equals + 1, end), end)))
        for name, index in wrapped:
            start, end = self.spans[index]
            found.append((name, self._value(start + len(name) + 1, end)))
        return tuple(found)

    def _value(self, start: int, end: int) -> ShellWord:
        """The value of an assignment, in which a tilde expands after each colon too."""
        word = self.word(start, end)
        return word._replace(literal=False) if word.literal and ":~" in word.raw else word

    def _add(self, node: Node) -> None:
        """Append the word `node`; one that touches the word before it is a part of that."""
        start, end = node.start_byte, node.end_byte
        if start == end:
            return
        spans = self.spans
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        if node.child_count:
            self.composed.append(node)
        if node.type in _UNQUOTED and _SPACE.search(self._text, start, end):
            # The grammar takes some words with blanks between them for one, as in "echo [ ]".
            first = spans.pop()[0]
            spans += split_words(self._text, first, end)

    def _redirect(self, node: Node) -> int:
        """Collect a redirection; the grammar takes words after its target for more targets. Gives where it ends."""
        text = self._text
        start = node.start_byte
        operator_end = start
        end = last = -1
        for child in node.children:
            kind = child.type
            if kind in _NO_WORDS or kind in _COMMANDS:
                continue
            if end >= 0:
                if child.is_named:
                    self._add(child)
                    last = child.end_byte
                continue
            if kind == "file_descriptor" or not child.is_named:
                operator_end = child.end_byte
                continue
            end = last = child.end_byte
            if child.child_count:
                self.composed.append(child)
            target: ShellWord | None = self.word(child.start_byte, end)
            operator = text[start:operator_end].rstrip()
            angle = text.find("<", start, operator_end)
            heredoc = self._heredocs.get(angle) if angle >= 0 else None
            if heredoc is not None or kind == "heredoc_start":
                operator = operator.rstrip("<-") + "<<"
                target = None
                if heredoc is not None:
                    self.fed.append(heredoc)
            elif angle >= 0 and text.startswith("<<<", angle):
                operator = operator.rstrip("<") + "<<<"
            elif operator.endswith("&") and target is not None and _DESCRIPTOR.fullmatch(target.raw):
                operator += target.raw
                target = None
            self.redirects.append(Redirect(operator, target, self._place.span(start, end)))
        if end < 0:
            last = operator_end
            self.redirects.append(Redirect(text[start:operator_end], None, self._place.span(start, operator_end)))
        return last

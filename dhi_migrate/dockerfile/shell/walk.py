"""Syntax tree -> simple commands in the order of the text."""

from __future__ import annotations

import re

from ..._pattern import regex
from .flat import flat, read_flat
from .frame import FIRST, TOP, Before, Body, Commands, Mode
from .grammar import Heredoc, prepare, syntax
from .model import Command, ShellWord
from .quoting import expansion_end
from .simple import REDIRECTS, Parts
from .wrappers import basename, script_word, unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from .model import Operator
    from .places import Place

_OPERATORS: dict[str, Operator] = {
    "&&": "&&",
    "||": "||",
    ";": ";",
    "&": "&",
    "|": "|",
    "|&": "|",
    "\n": "\n",
}
_GROUPS = frozenset(
    (
        "subshell",
        "compound_statement",
        "if_statement",
        "while_statement",
        "for_statement",
        "c_style_for_statement",
        "case_statement",
        "function_definition",
        "do_group",
        "elif_clause",
        "else_clause",
        "case_item",
        "ERROR",
    )
)
_SIMPLE = frozenset(
    (
        "command",
        "declaration_command",
        "unset_command",
        "test_command",
        "variable_assignment",
        "variable_assignments",
    )
)
_LISTS = frozenset(("list", "pipeline", "negated_command", "redirected_statement"))
_STATEMENTS = _GROUPS | _SIMPLE | _LISTS
_SUBSTITUTIONS = frozenset(("command_substitution", "process_substitution"))
# The grammar takes these for names of commands where no shell does.
_RESERVED = frozenset(
    ("if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "{", "}")
)
_TESTS = ("[", "test")
_ESCAPED = regex(r"\\([$`\\])")
_EXPANDS = regex(r"\\.|\$\(|`", re.DOTALL)
_SUBSTITUTES = regex(r"\$\(|`|[<>]\(")
_SUBSTITUTING = ("$(", "`", "<(", ">(")


def walk(text: str, place: Place, out: Commands, mode: Mode = TOP, bodies: Sequence[Body] = ()) -> None:
    """Append the commands of `text` to `out`; `bodies` are those of its first here-documents."""
    pieces = None if bodies else flat(text)
    if pieces is not None:
        read_flat(text, pieces, place, out, mode)
    else:
        walk_tree(text, place, out, mode, bodies)


def walk_tree(text: str, place: Place, out: Commands, mode: Mode, bodies: Sequence[Body]) -> None:
    """The same by the syntax tree of `text`."""
    prepared = prepare(text, len(bodies))
    root = syntax(prepared.text)
    if root is None:
        from .fallback import split_commands

        out.ok = False
        split_commands(text, place, out.add, mode)
        return
    if root.has_error or "\0" in text:
        out.ok = False
    _Walk(text, prepared.text, prepared.heredocs, bodies, place, out).sequence(root.children, mode, 0)


class _Walk:
    """One text on its way through; `shape` is what the grammar got."""

    __slots__ = ("bodies", "heredocs", "out", "place", "shape", "substitutes", "text")

    def __init__(
        self,
        text: str,
        shape: str,
        heredocs: dict[int, Heredoc],
        bodies: Sequence[Body],
        place: Place,
        out: Commands,
    ) -> None:
        self.text = text
        self.shape = shape
        self.substitutes = any(mark in shape for mark in _SUBSTITUTING)
        self.heredocs = heredocs
        self.bodies = bodies
        self.place = place
        self.out = out

    def sequence(self, children: Sequence[Node], mode: Mode, start: int) -> None:
        """Statements with separators between them; `start` is where the first can stand."""
        before = FIRST
        began = False
        last = len(children) - 1
        for index, child in enumerate(children):
            kind = child.type
            if kind in _STATEMENTS:
                if began and before is FIRST:
                    at = self.shape.find("\n", start, child.start_byte)
                    before = FIRST if at < 0 else Before("\n", at, at + 1)
                start = child.end_byte
                if index < last and kind == "list" and self._tests(child):
                    self.statement(child, kind, mode._replace(guarded=True), before, ())
                else:
                    self.statement(child, kind, mode, before, ())
                began = True
                before = FIRST
            elif kind in _OPERATORS:
                if began and before is FIRST:
                    before = Before(_OPERATORS[kind], child.start_byte, child.end_byte)
            elif kind in _SUBSTITUTIONS or (kind not in ("comment", "word") and child.child_count):
                self.substitutions(child, mode)

    def _tests(self, node: Node) -> bool:
        """Tell whether the list starts with a test, whose failure is no accident."""
        while node.type in ("list", "redirected_statement") and node.child_count:
            node = node.children[0]
        if node.type == "test_command":
            return True
        # a node that the grammar has made up to go on after an error is empty
        words = self.shape[node.start_byte : node.end_byte].split(None, 1) if node.type == "command" else []
        return bool(words) and words[0] in _TESTS

    def statement(self, node: Node, kind: str, mode: Mode, before: Before, extra: Sequence[Node]) -> None:
        """One statement; the redirections `extra` stand after it."""
        if kind in _SIMPLE:
            self.simple(node, kind, mode, before, extra)
        elif kind == "list":
            self.list(node, mode, before, extra)
        elif kind == "redirected_statement":
            self.redirected(node, mode, before, extra)
        elif kind == "pipeline":
            self.pipeline(node, mode, before, extra)
        elif kind == "negated_command":
            inside = mode.down(deeper=False, guarded=True)
            for child in node.children:
                if child.type in _STATEMENTS:
                    self.statement(child, child.type, inside, before, extra)
        else:
            self.group(node, kind, mode)
            for redirect in extra:
                self.substitutions(redirect, mode)

    def list(self, node: Node, mode: Mode, before: Before, extra: Sequence[Node]) -> None:
        """A ``&&`` and ``||`` list, which the grammar nests to the left."""
        items: list[tuple[Node, Before]] = []
        alternatives = 0
        while node.type == "list":
            children = [child for child in node.children if child.type != "comment"]
            operator = FIRST
            rest: list[tuple[Node, Before]] = []
            for child in children[1:]:
                known = _OPERATORS.get(child.type)
                if known is not None:
                    operator = Before(known, child.start_byte, child.end_byte)
                elif child.type in _STATEMENTS:
                    rest.append((child, operator))
                    alternatives += operator.operator == "||"
            items += reversed(rest)
            if not children:
                return
            node = children[0]
        items.append((node, before))
        items.reverse()
        last = len(items) - 1
        for index, (item, own) in enumerate(items):
            inside = mode
            if index:
                if own.operator == "||":
                    alternatives -= 1
                    inside = mode._replace(certain=False)
                elif mode.guarded or alternatives:
                    inside = mode._replace(certain=False, guarded=True)
            if alternatives:
                inside = inside._replace(guarded=True)
            kind = item.type
            if kind == "list":
                inside = inside.down(deeper=False)
            if kind in _STATEMENTS:
                self.statement(item, kind, inside, own, extra if index == last else ())

    def pipeline(self, node: Node, mode: Mode, before: Before, extra: Sequence[Node]) -> None:
        """Commands with ``|`` between them."""
        inside = mode.down(deeper=False)
        children = node.children
        last = max((index for index, child in enumerate(children) if child.type in _STATEMENTS), default=-1)
        for index, child in enumerate(children):
            kind = child.type
            if kind in _STATEMENTS:
                self.statement(child, kind, inside, before, extra if index == last else ())
            elif kind in _OPERATORS:
                before = Before(_OPERATORS[kind], child.start_byte, child.end_byte)

    def redirected(self, node: Node, mode: Mode, before: Before, extra: Sequence[Node]) -> None:
        """A statement with redirections after it, or redirections alone."""
        children = node.children
        if children[0].type in REDIRECTS:
            self.simple(node, "command", mode, before, extra)
            return
        self.statement(children[0], children[0].type, mode.down(deeper=False), before, (*children[1:], *extra))

    def group(self, node: Node, kind: str, mode: Mode) -> None:
        """A group, a loop, a conditional, a function, or what the grammar could not make sense of."""
        children = node.children
        start = node.start_byte
        if kind in ("subshell", "compound_statement"):
            if self.shape.startswith("((", start) and children[0].type == "((":
                # Arithmetic to some shells, two subshells to others.
                self.out.ok = False
            self.sequence(children, mode.down(), start)
        elif kind == "ERROR":
            self.sequence(children, mode.down(deeper=False, certain=False), start)
        elif kind == "function_definition":
            name = next((child for child in children if child.type == "word"), None)
            if name is not None:
                word = self.text[name.start_byte : name.end_byte]
                self.out.functions[word] = self.place.span(start, node.end_byte)
            self.sequence(children, mode.down(certain=False, guarded=True), start)
        elif kind in ("do_group", "else_clause", "case_item"):
            self.sequence(children, mode.down(deeper=False, certain=False, guarded=True), start)
        else:
            # What stands before "then" or the group of a loop runs at least once, unless the whole is a branch.
            split = next((index for index, child in enumerate(children) if child.type in ("then", "do_group")), 0)
            inside = mode.down(deeper=kind != "elif_clause", guarded=True)
            branch = inside._replace(certain=False)
            if kind in ("case_statement", "for_statement", "c_style_for_statement"):
                for child in children:
                    if child.type in ("case_item", "do_group", "compound_statement"):
                        self.sequence(child.children, branch, child.start_byte)
                    elif child.child_count:
                        self.substitutions(child, inside)
                return
            self.sequence(children[:split], branch if kind == "elif_clause" else inside, start)
            self.sequence(children[split:], branch, start)

    def substitutions(self, node: Node, mode: Mode) -> None:
        """The commands of the substitutions in `node`, the outermost ones; deeper ones follow from them."""
        if not self.substitutes or _SUBSTITUTES.search(self.shape, node.start_byte, node.end_byte) is None:
            return
        stack = [node]
        while stack:
            one = stack.pop()
            if one.type in _SUBSTITUTIONS:
                self.sequence(one.children, mode.down(nested=True), one.start_byte)
            else:
                stack += reversed(one.children)

    def simple(self, node: Node, kind: str, mode: Mode, before: Before, extra: Sequence[Node]) -> None:
        """A simple command, and the commands inside of its words, its assignments and its here-documents."""
        place, start = self.place, node.start_byte
        parts = Parts(self.text, place, self.heredocs)
        parts.read(node, kind)
        for one in extra:
            parts.read_after(one)
        words = parts.words()
        wrapped = unwrap(words)
        own = words[wrapped.start :]
        name = basename(own[0]) if own else ""
        if not self.out.found:
            self.out.extent = (start, parts.end)
        self.out.add(
            Command(
                name,
                own,
                parts.assignments(wrapped.assignments),
                wrapped.wrappers,
                tuple(parts.redirects),
                place.span(start, parts.end),
                before.operator,
                place.span(start, start) if before is FIRST else place.span(before.start, before.end),
                mode.depth,
                mode.certain,
                mode.nested,
            )
        )
        if name in _RESERVED and own[0].raw == name:
            self.out.ok = False
        script = script_word(name, own) if own else None
        skipped = parts.spans[wrapped.start + script] if isinstance(script, int) else (-1, -1)
        for one in (*parts.assigned, *parts.composed):
            if not skipped[0] <= one.start_byte < skipped[1]:
                self.substitutions(one, mode)
        if isinstance(script, int):
            self._nested(own[script], skipped, mode)
        for heredoc in parts.fed:
            self._body(heredoc, script == "stdin" and heredoc is parts.fed[-1], mode)

    def _nested(self, word: ShellWord, span: tuple[int, int], mode: Mode) -> None:
        """The commands of a ``sh -c`` text."""
        start, end = span
        raw = self.text[start:end]
        inside = mode.down(nested=True)
        if raw == word.text:
            walk(raw, self.place.inner(start, end), self.out, inside)
        elif raw[1:-1] == word.text and raw[0] in "'\"":
            walk(word.text, self.place.inner(start + 1, end - 1), self.out, inside)
        else:
            walk(word.text, self.place.collapsed(start, end), self.out, inside)

    def _body(self, heredoc: Heredoc, script: bool, mode: Mode) -> None:
        """The commands of a here-document: all of it if it is fed to a shell, else those of its substitutions."""
        if heredoc.start >= 0:
            text = self.text[heredoc.start : heredoc.stop]
            place = self.place.inner(heredoc.start, heredoc.stop)
        else:
            body = self.bodies[heredoc.start + len(self.bodies)]
            text, place = body.text, body.place
        if script:
            if heredoc.expand and _ESCAPED.search(text):
                text = _ESCAPED.sub(r"\1", text)
                place = place.collapsed(0, len(text))
            walk(text, place, self.out, mode.down(nested=True))
        elif heredoc.expand:
            _expanded(text, place, self.out, mode)


def _expanded(text: str, place: Place, out: Commands, mode: Mode) -> None:
    """The commands of the substitutions in `text`, which expands as if in double quotes."""
    at = 0
    while True:
        match = _EXPANDS.search(text, at)
        if match is None:
            return
        at = match.end()
        if match.group()[0] != "\\":
            end = expansion_end(text, match.start(), len(text))
            walk(text[at : end - 1], place.inner(at, end - 1), out, mode.down(nested=True))
            at = end

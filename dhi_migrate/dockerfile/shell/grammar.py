"""Shell text -> syntax tree (tree-sitter with the grammar tree-sitter-bash), and what the text needs before it.

The tree is made of a text that has one byte a character, so that its byte offsets are character offsets.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple
from ..._tree_sitter import parse_bounded
from .frame import MAX_TEXT
from .quoting import double_end, expansion_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from tree_sitter import Node, Parser

MAX_PIPES = 256
"""Most pipes in such a text: the parser takes time quadratic in them if an error follows."""

# A text up to this length is parsed if the parser gets on at all. In a longer one the parser may come to the end of the text
# _MAX_READS times (it looks ahead that far for each quote or here-document that is not closed; 12 is the most that valid texts
# of public files need), and may go on _MAX_TROUBLE hundred steps after an error.
_SHORT = 2048
_MAX_READS = 64
_MAX_TROUBLE = 20

# What is a part of a word to a shell, but not to the grammar, or has more than one byte.
_FOREIGN = regex(r"[^\t\n\r -~]")
# A comment in backticks, the way to have one inside of a joined line; the grammar takes it for a syntax error.
_COMMENT = regex(r"(?<![^\s;&|(])`[ \t]*#[^`\n]*`")
_MARK = regex(r"[\\'\"`$#\n]|<<")
_HEREDOC = regex(r"<<(-?)[ \t]*((?:[^\s\\'\"`$;&|<>()]|\\.|'[^'\n]*'|\"[^\"\n]*\"|\$)+)")
_INK = regex(r"[^\n]")
_QUOTES = regex(r"[\\'\"]")

_parser: Parser | Literal[False] | None = None


class Heredoc(NamedTuple):
    """A here-document in a text: its operator starts at `at`, its body is `start` .. `stop`, the text goes on at `after`.

    If the body does not stand in the text, `start` is negative: its place among those that do not, counted from the end.
    `expand` tells that expansions in it are made.
    """

    at: int
    start: int
    stop: int
    after: int
    expand: bool


class Prepared(NamedTuple):
    """A text as the grammar gets it: ASCII, as long as the original, without bodies of here-documents.

    `heredocs` has them by the place of their operator. Their operators and ``<<<`` read ``<`` in `text`: after another
    redirection the grammar does not know them.
    """

    text: str
    heredocs: dict[int, Heredoc]


def syntax(text: str) -> Node | None:
    """The tree of the ASCII `text`; None if there is no parser, or the text would cost it too much."""
    global _parser
    if _parser is None:
        try:
            library, grammar = _extension("tree_sitter"), _extension("tree_sitter_bash")
            _parser = library.Parser(library.Language(grammar.language()))
        except (ImportError, OSError, ValueError, TypeError):
            _parser = False
    if _parser is False or len(text) > MAX_TEXT:
        return None
    data = text.encode("ascii")
    if len(data) <= _SHORT:
        return parse_bounded(_parser, data)
    if data.count(b"|") - 2 * data.count(b"||") > MAX_PIPES:
        return None
    return parse_bounded(_parser, data, _MAX_READS, _MAX_TROUBLE)


def _extension(package: str) -> Any:
    """The extension module `_binding` of `package`, without the package around it.

    The packages import `importlib.resources` and `typing` for what nothing here asks for: a sixth of a whole run on one file.
    Where the module does not lie as expected, the package is imported as usual; it has the same names.
    """
    from importlib.machinery import ExtensionFileLoader, ModuleSpec, PathFinder

    found = PathFinder.find_spec(package)
    places = found.submodule_search_locations if found is not None else None
    binding = PathFinder.find_spec("_binding", places) if places else None
    if binding is not None and binding.origin is not None and isinstance(binding.loader, ExtensionFileLoader):
        name = f"{package}._binding"
        loader = ExtensionFileLoader(name, binding.origin)
        module = loader.create_module(ModuleSpec(name, loader, origin=binding.origin))
        loader.exec_module(module)
        return module
    return __import__(package)


def prepare(text: str, outside: int = 0) -> Prepared:
    """Make `text` fit for the grammar. `outside` here-documents of it have their bodies elsewhere: the first ones."""
    if not text.isascii() or (not text.isprintable() and _FOREIGN.search(text)):
        text = _FOREIGN.sub(".", text)
    if "\r" in text:
        text = text.replace("\\\r\n", " \\\n").replace("\r\n", "\n\n")
    if "`" in text and "#" in text:
        text = _COMMENT.sub(lambda match: " " * len(match.group()), text)
    if "<<" not in text:
        return Prepared(text, {})
    found, strings = _heredocs(text, outside)
    marks = [(one.at, 3 if text.startswith("<<-", one.at) else 2) for one in found]
    if strings:
        marks = sorted([*marks, *[(at, 3) for at in strings]])
    pieces: list[str] = []
    at = 0
    for start, width in marks:
        pieces += (text[at:start], "<".ljust(width))
        at = start + width
    pieces.append(text[at:])
    text = "".join(pieces)
    pieces = []
    at = 0
    for one in found:
        if one.start >= 0:
            pieces += (text[at : one.start], _INK.sub(" ", text[one.start : one.after]))
            at = one.after
    pieces.append(text[at:])
    return Prepared("".join(pieces), {one.at: one for one in found})


def _heredocs(text: str, outside: int) -> tuple[list[Heredoc], list[int]]:
    """The here-documents of `text` in order and the places of ``<<<``, without those inside of a substitution."""
    found: list[Heredoc] = []
    strings: list[int] = []
    waiting: list[tuple[int, str, bool, bool]] = []
    stop = len(text)
    at = 0
    while True:
        match = _MARK.search(text, at)
        if match is None:
            break
        char = match.group()
        at = match.end()
        if char == "\\":
            at += 1
        elif char == "'":
            end = text.find("'", at)
            at = stop if end < 0 else end + 1
        elif char == '"':
            at = double_end(text, at - 1, stop)
        elif char in "$`":
            at = expansion_end(text, at - 1, stop)
        elif char == "#":
            if at == 1 or text[at - 2] in " \t\n;&|(":
                end = text.find("\n", at)
                at = stop if end < 0 else end
        elif char == "\n":
            if waiting:
                at = _bodies(text, at, waiting, found)
                waiting = []
        elif text.startswith("<", at):
            strings.append(at - 2)
            at += 1
        else:
            mark = _HEREDOC.match(text, at - 2)
            if mark is not None:
                name = _QUOTES.sub("", mark.group(2))
                expand = name == mark.group(2)
                at = mark.end()
                if len(found) + len(waiting) < outside:
                    found.append(Heredoc(mark.start(), len(found) - outside, -1, -1, expand))
                else:
                    waiting.append((mark.start(), name, bool(mark.group(1)), expand))
    return found, strings


def _bodies(text: str, at: int, waiting: list[tuple[int, str, bool, bool]], found: list[Heredoc]) -> int:
    """Read the bodies of the `waiting` here-documents from `at` on; gives the place after the last delimiter line."""
    for start, name, chomp, expand in waiting:
        body = stop = at
        while at < len(text):
            line_end = text.find("\n", at)
            line_end = len(text) if line_end < 0 else line_end
            line = text[at:line_end]
            at = min(line_end + 1, len(text))
            if (line.lstrip("\t") if chomp else line) == name:
                break
            stop = at
        found.append(Heredoc(start, body, stop, at, expand))
    return at

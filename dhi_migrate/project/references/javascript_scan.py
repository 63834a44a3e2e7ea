"""What JavaScript and TypeScript source does to the system around it: shells, programs, low ports, and files of root.

Read by tree-sitter with the grammar of either language, behind a filter over the bytes. Nothing is imported or run.
"""

from __future__ import annotations

from functools import lru_cache

from ..._pattern import is_number, regex
from ..._tree_sitter import parse_bounded
from ...dockerfile import Span
from .javascript_names import Names, dotted, first_argument, names_of, nodes_of, plain_text, serves, source_of
from .python_scan import MAX_FOUND, OF_ROOT, Call, is_free
from .python_syntax import MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_WORDS = regex(rb"child_process|execa|shelljs|zx|\.listen\(|writeFile|appendFile|mkdir|createWriteStream")
_LONG = regex(rb"[^\n]{5001}")  # a file with such a line is minified
_TEST = regex(
    r".{0,200}\.(?:test|spec|config|d|min)\.[cm]?[jt]s\Z|(?:build|release|gulpfile|Gruntfile)(?:[.-].{0,80})?\.[cm]?[jt]s\Z"
)
_FOLDERS = frozenset(
    [
        "node_modules",
        "__tests__",
        "__mocks__",
        "test",
        "tests",
        "e2e",
        "cypress",
        "scripts",
        "examples",
        "docs",
        "benchmarks",
        "release",
        "extra",
        "tools",
    ]
)
_SHELLS = frozenset(
    {
        *("child_process.exec", "child_process.execSync", "shelljs.exec"),
    }
)
_RUNS = frozenset(
    {
        *("child_process.spawn", "child_process.spawnSync", "child_process.execFile", "child_process.execFileSync"),
        *("execa.execa", "execa.execaSync", "execa.default", "execa"),
    }
)
# A whole command in one text, which is split at its blanks: https://github.com/sindresorhus/execa/blob/main/docs/scripts.md.
_LINES = frozenset({"execa.execaCommand", "execa.execaCommandSync", "execa.$", "execa.$.sync", "zx.$", "zx.$.sync"})
_STRINGS = frozenset({"string", "template_string"})
_WRITES = frozenset(f"{verb}{end}" for verb in ("writeFile", "appendFile", "mkdir") for end in ("", "Sync")) | {
    "createWriteStream"
}


def is_passed_over(path: str) -> bool:
    """Whether the file at `path` is a test, a declaration, a configuration, or a script for building, by its names."""
    return _TEST.match(path.rpartition("/")[2]) is not None or not _FOLDERS.isdisjoint(path.split("/")[:-1])


def scan_javascript(data: bytes, *, typed: bool = False) -> tuple[Call, ...]:
    """The calls of the source `data` (TypeScript where `typed`), in its order.

    None for a file that is minified, too large, or out of all proportion for the parser.
    """
    if len(data) > MAX_BYTES or _WORDS.search(data) is None or _LONG.search(data) is not None:
        return ()
    root = parse_bounded(_parser(typed), data)
    if root is None:
        return ()
    nodes = list(nodes_of(root))
    names = names_of(nodes)
    found = (_call(node, names) for node in nodes if node.type == "call_expression")
    return tuple(one for one in found if one is not None)[:MAX_FOUND]


def strings_of(data: bytes, *, typed: bool = False) -> tuple[Span, ...] | None:
    """Where the strings of the source `data` are; None for one that is minified, too large, or not of the language."""
    if len(data) > MAX_BYTES or _LONG.search(data) is not None:
        return None
    root = parse_bounded(_parser(typed), data)
    if root is None or root.has_error:
        return None
    return tuple(Span(node.start_byte, node.end_byte) for node in nodes_of(root, _STRINGS))


@lru_cache(maxsize=2)
def _parser(typed: bool) -> Parser:
    from tree_sitter import Language, Parser

    if typed:
        import tree_sitter_typescript

        return Parser(Language(tree_sitter_typescript.language_typescript()))
    import tree_sitter_javascript

    return Parser(Language(tree_sitter_javascript.language()))


def _call(node: Node, names: Names) -> Call | None:
    called = node.child_by_field_name("function")
    name, span = dotted(called, names), Span(node.start_byte, node.end_byte)
    first = first_argument(node)
    text = plain_text(first)
    if name in _SHELLS:
        return Call("shell", span, name, text)
    if name in _RUNS:
        shell = _option(node, b"shell")
        if shell is None or shell == "false":
            return None if text is None else Call("program", span, name, text)
        return Call("shell", span, name, text) if shell == "true" else None
    module, _, last = name.rpartition(".")
    if module in {"fs", "fs.promises", "fs/promises", "fs-extra"} and last in _WRITES:
        written = text is not None and text.startswith(OF_ROOT) and not is_free(text)
        return Call("write", span, name, text) if written else None
    if name in _LINES:
        return _line(node, span, name, text)
    if called is None or called.type != "member_expression":
        return None
    if source_of(called.child_by_field_name("property")) == "listen" and serves(
        called.child_by_field_name("object"), names
    ):
        number = _port(first)
        if is_number(number) and 0 < int(number[:6]) < 1024:
            return Call("port", span, "a server", port=int(number))
    return None


def _line(node: Node, span: Span, name: str, text: str | None) -> Call | None:
    """A whole command in one text: for zx that of a shell, for execa the program at its begin."""
    given = node.child_by_field_name("arguments")
    if given is not None and given.type == "template_string":
        text = plain_text(given)
    if name.startswith("zx"):
        return Call("shell", span, name, text) if given is not None and given.type == "template_string" else None
    words = (text or "").split()
    return Call("program", span, name, words[0]) if words else None


def _port(first: Node | None) -> str:
    """The number that `listen` is given: its first argument, or ``port`` in that."""
    if first is not None and first.type == "object":
        pairs = (one for one in first.named_children if one.type == "pair")
        values = (
            one.child_by_field_name("value") for one in pairs if source_of(one.child_by_field_name("key")) == "port"
        )
        first = next(values, None)
    return source_of(first) if first is not None and first.type == "number" else ""


def _option(node: Node, name: bytes) -> str | None:
    """The option `name` of a call, as written; None where it is not given; "?" where options are not written out."""
    given = node.child_by_field_name("arguments")
    rest = given.named_children[1:] if given is not None else []
    for one in rest:
        if one.type == "object":
            for pair in one.named_children:
                key = pair.child_by_field_name("key")
                if key is not None and key.text == name:
                    return source_of(pair.child_by_field_name("value"))
                if pair.type in {"spread_element", "shorthand_property_identifier"} and (
                    pair.type == "spread_element" or pair.text == name
                ):
                    return "?"
    return None

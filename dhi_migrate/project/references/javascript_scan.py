"""What JavaScript and TypeScript source does to the system around it: shells, programs, low ports, and files of root.

Read by tree-sitter with the grammar of either language, behind a filter over the bytes. Nothing is imported or run.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from ..._pattern import regex
from ..._record import NamedTuple
from ...dockerfile import Span
from .python_scan import MAX_FOUND, OF_ROOT, Call, is_free
from .python_syntax import MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

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
# What gives a server that listens where `listen` says; each may be called with ``new`` too.
_SERVERS = frozenset(
    {
        *(
            "express",
            "express.default",
            "fastify",
            "fastify.default",
            "fastify.fastify",
            "connect",
            "koa",
            "koa.default",
        ),
        *("polka", "polka.default", "restify.createServer", "@nestjs/core.NestFactory.create"),
        *(f"{module}.createServer" for module in ("http", "https", "net", "tls", "http2")),
        *("http.Server", "https.Server", "net.Server", "tls.Server", "http2.createSecureServer"),
    }
)
_SERVER = "a server"
_MODULES = frozenset({"child_process", "execa", "shelljs", "zx", "fs", "fs/promises", "fs-extra", "util"}) | {
    *(
        "express",
        "fastify",
        "connect",
        "koa",
        "polka",
        "restify",
        "@nestjs/core",
        "http",
        "https",
        "net",
        "tls",
        "http2",
    )
}
_FUNCTIONS = frozenset(
    {
        *("arrow_function", "function_expression", "function_declaration", "generator_function", "method_definition"),
        *("generator_function_declaration", "catch_clause"),
    }
)
_FIELDS = frozenset({"assignment_expression", "public_field_definition", "field_definition"})
_NODES = _FUNCTIONS | _FIELDS | {"call_expression", "import_statement", "variable_declarator", "class_declaration"}
_PARTS = ("pattern", "left", "value")  # where what is around a pattern has it
_MOST_STEPS = 20  # of a chain of calls: ``express().use(a).get("/", b).listen(80)``
_WRITES = frozenset(f"{verb}{end}" for verb in ("writeFile", "appendFile", "mkdir") for end in ("", "Sync")) | {
    "createWriteStream"
}


def is_passed_over(path: str) -> bool:
    """Whether the file at `path` is a test, a declaration, a configuration, or a script for building, by its names."""
    return _TEST.match(path.rpartition("/")[2]) is not None or not _FOLDERS.isdisjoint(path.split("/")[:-1])


def scan_javascript(data: bytes, *, typed: bool = False) -> tuple[Call, ...]:
    """The calls of the source `data` (TypeScript where `typed`), in its order; none for a file that is minified or too large."""
    if len(data) > MAX_BYTES or _WORDS.search(data) is None or _LONG.search(data) is not None:
        return ()
    root = _parser(typed).parse(data).root_node
    nodes = list(_nodes(root))
    names = _names(nodes)
    found = (_call(node, names) for node in nodes if node.type == "call_expression")
    return tuple(one for one in found if one is not None)[:MAX_FOUND]


@lru_cache(maxsize=2)
def _parser(typed: bool) -> Parser:
    from tree_sitter import Language, Parser

    if typed:
        import tree_sitter_typescript

        return Parser(Language(tree_sitter_typescript.language_typescript()))
    import tree_sitter_javascript

    return Parser(Language(tree_sitter_javascript.language()))


def _nodes(root: Node) -> Iterator[Node]:
    """The calls, imports and what gives names below `root`, in the order of the file, without recursion."""
    cursor = root.walk()
    while True:
        node = cursor.node
        if node is not None and node.type in _NODES:
            yield node
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


class _Names(NamedTuple):
    """Names of the file and what they stand for, and where parameters hide them.

    ``run`` stands for ``child_process.exec``, and what is a server for `_SERVER`; ``this.app`` is a name too. `hidden` has the
    starts and the ends of stretches of bytes that do not overlap, by name.
    """

    meanings: dict[str, str]
    hidden: dict[str, tuple[list[int], list[int]]]

    def meaning(self, name: str, at: int) -> str:
        """What `name` stands for at the byte `at`; "" where that is nothing that counts."""
        found = self.meanings.get(name, "")
        if found and name in self.hidden:
            starts, ends = self.hidden[name]
            place = bisect_right(starts, at) - 1
            if place >= 0 and at < ends[place]:
                return ""
        return found


def _names(nodes: list[Node]) -> _Names:
    """The names of the file; one that is declared again with another meaning is left out."""
    found: dict[str, str] = {}
    again: set[str] = set()
    hidden: dict[str, tuple[list[int], list[int]]] = {}
    names = _Names(found, hidden)
    for node in nodes:
        given: list[tuple[str, str]] = []
        if node.type == "import_statement":
            given = _imported(node)
        elif node.type == "variable_declarator":
            given = _declared(node, names)
        elif node.type in _FIELDS:
            given = _assigned(node, names)
        elif node.type != "call_expression":
            if node.type.endswith("_declaration"):
                given = [(_source(node.child_by_field_name("name")), "")]
            for name in _bound(node):
                _hide(hidden, name, node)
        for name, meaning in given:
            if found.get(name, meaning) != meaning:
                again.add(name)
            found[name] = meaning
    return _Names({name: meaning for name, meaning in found.items() if name not in again and meaning}, hidden)


def _hide(hidden: dict[str, tuple[list[int], list[int]]], name: str, around: Node) -> None:
    """Note that `name` is another one in `around`; the functions come in the order of the file, outer ones first."""
    starts, ends = hidden.setdefault(name, ([], []))
    if not ends or around.start_byte >= ends[-1]:
        starts.append(around.start_byte)
        ends.append(around.end_byte)


def _imported(node: Node) -> list[tuple[str, str]]:
    module = _module(_text(node.child_by_field_name("source")))
    clause = next((one for one in node.named_children if one.type == "import_clause"), None)
    found: list[tuple[str, str]] = []
    for one in clause.named_children if clause is not None else ():
        if one.type == "identifier":
            found.append((_source(one), module))
        elif one.type == "namespace_import":
            found.extend((_source(name), module) for name in one.named_children)
        elif one.type == "named_imports":
            for part in one.named_children:
                name, alias = part.child_by_field_name("name"), part.child_by_field_name("alias")
                if name is not None:
                    found.append((_source(alias or name), f"{module}.{_source(name)}" if module else ""))
    return found


def _declared(node: Node, names: _Names) -> list[tuple[str, str]]:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None:
        return []
    meaning = _meaning(value, names)
    if name.type == "identifier":
        if value is None:
            return []  # what it is given later counts
        return [(_source(name), meaning or (_SERVER if _serves(value, names) else ""))]
    found: list[tuple[str, str]] = []
    for part in name.named_children if name.type == "object_pattern" else ():
        key, alias = part.child_by_field_name("key"), part.child_by_field_name("value")
        if part.type == "shorthand_property_identifier_pattern":
            key = alias = part
        if key is not None and alias is not None and alias.type != "object_pattern":
            found.append((_source(alias), f"{meaning}.{_source(key)}" if meaning else ""))
    return found


def _assigned(node: Node, names: _Names) -> list[tuple[str, str]]:
    """The name that an assignment, or the field of a class, gives a value to."""
    left, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "assignment_expression":
        left = node.child_by_field_name("name") or node.child_by_field_name("property")
        value = node.child_by_field_name("value")
        name = f"this.{_source(left)}"
    else:
        name = _own(left) or _identifier(left)
    if not name or value is None:
        return []
    return [(name, _meaning(value, names) or (_SERVER if _serves(value, names) else ""))]


def _own(node: Node | None) -> str:
    """``this.app`` where `node` is that; else ""."""
    if node is None or node.type != "member_expression":
        return ""
    base, last = node.child_by_field_name("object"), node.child_by_field_name("property")
    return f"this.{_source(last)}" if base is not None and base.type == "this" else ""


def _bound(node: Node) -> list[str]:
    """The names of the parameters of the function `node`, or of what it catches."""
    given = node.child_by_field_name("parameters")
    waiting: list[Node | None] = [node.child_by_field_name("parameter")] if given is None else [*given.named_children]
    found: list[str] = []
    while waiting:
        one = waiting.pop()
        if one is None:
            continue
        if one.type in {"identifier", "shorthand_property_identifier_pattern"}:
            found.append(_source(one))
        elif one.type in {"object_pattern", "array_pattern", "rest_pattern"}:
            waiting.extend(one.named_children)
        elif one.type.endswith(("_pattern", "_parameter")):  # with a default, a name of its own, or a type
            waiting.append(next((part for part in map(one.child_by_field_name, _PARTS) if part is not None), None))
    return found


def _serves(node: Node | None, names: _Names) -> bool:
    """Whether an expression is a server: a name of one, a call that makes one, or calls of its methods behind that."""
    for _ in range(_MOST_STEPS):
        if node is None:
            return False
        if node.type in {"await_expression", "parenthesized_expression"}:
            node = node.named_children[0] if node.named_children else None
        elif node.type == "identifier":
            return names.meaning(_source(node), node.start_byte) == _SERVER
        elif node.type == "member_expression":
            return names.meaning(_own(node), node.start_byte) == _SERVER
        elif node.type in {"call_expression", "new_expression"}:
            called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            if _dotted(called, names) in _SERVERS:
                return True
            if called is None or called.type != "member_expression":
                return False
            node = called.child_by_field_name("object")
        else:
            return False
    return False


def _meaning(node: Node | None, names: _Names) -> str:
    """What an expression stands for: a module that is required, a function of one, or such a function promisified."""
    if node is not None and node.type == "await_expression" and node.named_children:
        node = node.named_children[0]
    if node is None or node.type != "call_expression":
        return _dotted(node, names)
    first = _first(node)
    called = node.child_by_field_name("function")
    if _identifier(called) in {"require", "import"}:
        return _module(_text(first))
    return _dotted(first, names) if _dotted(called, names) == "util.promisify" else ""


def _dotted(node: Node | None, names: _Names) -> str:
    """``child_process.exec`` for ``cp.exec``; "" for what comes from no module that counts."""
    parts: list[str] = []
    while node is not None and node.type == "member_expression":
        last = node.child_by_field_name("property")
        parts.append(_source(last) if last is not None else "")
        node = node.child_by_field_name("object")
    if node is not None and node.type == "call_expression":
        base = _module(_text(_first(node))) if _identifier(node.child_by_field_name("function")) == "require" else ""
    else:
        named = node is not None and node.type == "identifier"
        base = names.meaning(_source(node), node.start_byte) if node is not None and named else ""
    return ".".join([base, *reversed(parts)]) if base else ""


def _call(node: Node, names: _Names) -> Call | None:
    called = node.child_by_field_name("function")
    name, span = _dotted(called, names), Span(node.start_byte, node.end_byte)
    first = _first(node)
    text = _text(first)
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
    if _source(called.child_by_field_name("property")) == "listen" and _serves(
        called.child_by_field_name("object"), names
    ):
        number = _port(first)
        if number.isascii() and number.isdigit() and 0 < int(number[:6]) < 1024:
            return Call("port", span, "a server", port=int(number))
    return None


def _line(node: Node, span: Span, name: str, text: str | None) -> Call | None:
    """A whole command in one text: for zx that of a shell, for execa the program at its begin."""
    given = node.child_by_field_name("arguments")
    if given is not None and given.type == "template_string":
        text = _text(given)
    if name.startswith("zx"):
        return Call("shell", span, name, text) if given is not None and given.type == "template_string" else None
    words = (text or "").split()
    return Call("program", span, name, words[0]) if words else None


def _port(first: Node | None) -> str:
    """The number that `listen` is given: its first argument, or ``port`` in that."""
    if first is not None and first.type == "object":
        pairs = (one for one in first.named_children if one.type == "pair")
        values = (
            one.child_by_field_name("value") for one in pairs if _source(one.child_by_field_name("key")) == "port"
        )
        first = next(values, None)
    return _source(first) if first is not None and first.type == "number" else ""


def _option(node: Node, name: bytes) -> str | None:
    """The option `name` of a call, as written; None where it is not given; "?" where options are not written out."""
    given = node.child_by_field_name("arguments")
    rest = given.named_children[1:] if given is not None else []
    for one in rest:
        if one.type == "object":
            for pair in one.named_children:
                key = pair.child_by_field_name("key")
                if key is not None and key.text == name:
                    return _source(pair.child_by_field_name("value"))
                if pair.type in {"spread_element", "shorthand_property_identifier"} and (
                    pair.type == "spread_element" or pair.text == name
                ):
                    return "?"
    return None


def _first(node: Node) -> Node | None:
    given = node.child_by_field_name("arguments")
    if given is None or given.type != "arguments":
        return None
    return next((one for one in given.named_children if one.type != "comment"), None)


def _module(text: str | None) -> str:
    name = (text or "").removeprefix("node:")
    return name if name in _MODULES else ""


def _text(node: Node | None) -> str | None:
    """The text of a string that is written without escapes or parts to be filled in."""
    if node is None or node.type not in {"string", "template_string"}:
        return None
    if any(one.type != "string_fragment" for one in node.named_children):
        return None
    return _source(node)[1:-1]


def _source(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def _identifier(node: Node | None) -> str:
    """The name that `node` is; "" for a longer expression, so that a long chain is not read again and again."""
    return _source(node) if node is not None and node.type in {"identifier", "import"} else ""

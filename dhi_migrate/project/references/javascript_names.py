"""What the names of a JavaScript or TypeScript file stand for: functions of modules, servers, and what hides them."""

from __future__ import annotations

from bisect import bisect_right

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

# What gives a server that listens where `listen` says; each may be called with ``new`` too.
_SERVERS = frozenset(
    {
        *("express", "express.default", "connect", "koa", "koa.default"),
        *("fastify", "fastify.default", "fastify.fastify"),
        *("polka", "polka.default", "restify.createServer", "@nestjs/core.NestFactory.create"),
        *(f"{module}.createServer" for module in ("http", "https", "net", "tls", "http2")),
        *("http.Server", "https.Server", "net.Server", "tls.Server", "http2.createSecureServer"),
    }
)
_SERVER = "a server"
_MODULES = frozenset(
    {
        *("child_process", "execa", "shelljs", "zx", "fs", "fs/promises", "fs-extra", "util"),
        *("express", "fastify", "connect", "koa", "polka", "restify", "@nestjs/core"),
        *("http", "https", "net", "tls", "http2"),
    }
)
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


def nodes_of(root: Node, types: frozenset[str] = _NODES) -> Iterator[Node]:
    """The nodes of the `types` below `root`, in the order of the file, without recursion: calls, imports, what gives names."""
    cursor = root.walk()
    while True:
        node = cursor.node
        if node is not None and node.type in types:
            yield node
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


class Names(NamedTuple):
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


def names_of(nodes: list[Node]) -> Names:
    """The names of the file; one that is declared again with another meaning is left out."""
    found: dict[str, str] = {}
    again: set[str] = set()
    hidden: dict[str, tuple[list[int], list[int]]] = {}
    names = Names(found, hidden)
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
                given = [(source_of(node.child_by_field_name("name")), "")]
            for name in _bound(node):
                _hide(hidden, name, node)
        for name, meaning in given:
            if found.get(name, meaning) != meaning:
                again.add(name)
            found[name] = meaning
    return Names({name: meaning for name, meaning in found.items() if name not in again and meaning}, hidden)


def _hide(hidden: dict[str, tuple[list[int], list[int]]], name: str, around: Node) -> None:
    """Note that `name` is another one in `around`; the functions come in the order of the file, outer ones first."""
    starts, ends = hidden.setdefault(name, ([], []))
    if not ends or around.start_byte >= ends[-1]:
        starts.append(around.start_byte)
        ends.append(around.end_byte)


def _imported(node: Node) -> list[tuple[str, str]]:
    module = _module(plain_text(node.child_by_field_name("source")))
    clause = next((one for one in node.named_children if one.type == "import_clause"), None)
    found: list[tuple[str, str]] = []
    for one in clause.named_children if clause is not None else ():
        if one.type == "identifier":
            found.append((source_of(one), module))
        elif one.type == "namespace_import":
            found.extend((source_of(name), module) for name in one.named_children)
        elif one.type == "named_imports":
            for part in one.named_children:
                name, alias = part.child_by_field_name("name"), part.child_by_field_name("alias")
                if name is not None:
                    found.append((source_of(alias or name), f"{module}.{source_of(name)}" if module else ""))
    return found


def _declared(node: Node, names: Names) -> list[tuple[str, str]]:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None:
        return []
    meaning = _meaning(value, names)
    if name.type == "identifier":
        if value is None:
            return []  # what it is given later counts
        return [(source_of(name), meaning or (_SERVER if serves(value, names) else ""))]
    found: list[tuple[str, str]] = []
    for part in name.named_children if name.type == "object_pattern" else ():
        key, alias = part.child_by_field_name("key"), part.child_by_field_name("value")
        if part.type == "shorthand_property_identifier_pattern":
            key = alias = part
        if key is not None and alias is not None and alias.type != "object_pattern":
            found.append((source_of(alias), f"{meaning}.{source_of(key)}" if meaning else ""))
    return found


def _assigned(node: Node, names: Names) -> list[tuple[str, str]]:
    """The name that an assignment, or the field of a class, gives a value to."""
    left, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type != "assignment_expression":
        left = node.child_by_field_name("name") or node.child_by_field_name("property")
        value = node.child_by_field_name("value")
        name = f"this.{source_of(left)}"
    else:
        name = _own(left) or _identifier(left)
    if not name or value is None:
        return []
    return [(name, _meaning(value, names) or (_SERVER if serves(value, names) else ""))]


def _own(node: Node | None) -> str:
    """``this.app`` where `node` is that; else ""."""
    if node is None or node.type != "member_expression":
        return ""
    base, last = node.child_by_field_name("object"), node.child_by_field_name("property")
    return f"this.{source_of(last)}" if base is not None and base.type == "this" else ""


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
            found.append(source_of(one))
        elif one.type in {"object_pattern", "array_pattern", "rest_pattern"}:
            waiting.extend(one.named_children)
        elif one.type.endswith(("_pattern", "_parameter")):  # with a default, a name of its own, or a type
            waiting.append(next((part for part in map(one.child_by_field_name, _PARTS) if part is not None), None))
    return found


def serves(node: Node | None, names: Names) -> bool:
    """Whether an expression is a server: a name of one, a call that makes one, or calls of its methods behind that."""
    for _ in range(_MOST_STEPS):
        if node is None:
            return False
        if node.type in {"await_expression", "parenthesized_expression"}:
            node = node.named_children[0] if node.named_children else None
        elif node.type == "identifier":
            return names.meaning(source_of(node), node.start_byte) == _SERVER
        elif node.type == "member_expression":
            return names.meaning(_own(node), node.start_byte) == _SERVER
        elif node.type in {"call_expression", "new_expression"}:
            called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            if dotted(called, names) in _SERVERS:
                return True
            if called is None or called.type != "member_expression":
                return False
            node = called.child_by_field_name("object")
        else:
            return False
    return False


def _meaning(node: Node | None, names: Names) -> str:
    """What an expression stands for: a module that is required, a function of one, or such a function promisified."""
    if node is not None and node.type == "await_expression" and node.named_children:
        node = node.named_children[0]
    if node is None or node.type != "call_expression":
        return dotted(node, names)
    first = first_argument(node)
    called = node.child_by_field_name("function")
    if _identifier(called) in {"require", "import"}:
        return _module(plain_text(first))
    return dotted(first, names) if dotted(called, names) == "util.promisify" else ""


def dotted(node: Node | None, names: Names) -> str:
    """``child_process.exec`` for ``cp.exec``; "" for what comes from no module that counts."""
    parts: list[str] = []
    while node is not None and node.type == "member_expression":
        last = node.child_by_field_name("property")
        parts.append(source_of(last) if last is not None else "")
        node = node.child_by_field_name("object")
    if node is not None and node.type == "call_expression":
        base = (
            _module(plain_text(first_argument(node)))
            if _identifier(node.child_by_field_name("function")) == "require"
            else ""
        )
    else:
        named = node is not None and node.type == "identifier"
        base = names.meaning(source_of(node), node.start_byte) if node is not None and named else ""
    return ".".join([base, *reversed(parts)]) if base else ""


def first_argument(node: Node) -> Node | None:
    """The first argument of a call; None where it has none."""
    given = node.child_by_field_name("arguments")
    if given is None or given.type != "arguments":
        return None
    return next((one for one in given.named_children if one.type != "comment"), None)


def _module(text: str | None) -> str:
    name = (text or "").removeprefix("node:")
    return name if name in _MODULES else ""


def plain_text(node: Node | None) -> str | None:
    """The text of a string that is written without escapes or parts to be filled in."""
    if node is None or node.type not in {"string", "template_string"}:
        return None
    if any(one.type != "string_fragment" for one in node.named_children):
        return None
    return source_of(node)[1:-1]


def source_of(node: Node | None) -> str:
    """The text of `node` as it is written; "" for None."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def _identifier(node: Node | None) -> str:
    """The name that `node` is; "" for a longer expression, so that a long chain is not read again and again."""
    return source_of(node) if node is not None and node.type in {"identifier", "import"} else ""

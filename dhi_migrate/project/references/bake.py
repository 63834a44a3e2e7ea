"""docker-bake.hcl and docker-bake.json: build arguments that hold a base image, https://docs.docker.com/build/bake/reference/.

Of HCL only what is written out is read: blocks, attributes, strings, lists and objects. What has a template (``${..}``), a
function or a variable in it is not known.
"""

from __future__ import annotations

from ..._pattern import regex
from ...dockerfile import Span
from .compose import arguments, contexts_of
from .compose_merge import merged
from .model import folder_of, join
from .service import Build, Service
from .yaml_tree import MAX_DEPTH, MAX_EVENTS, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping

MAX_TARGETS = 300
"""Most targets of one file that are looked at."""

MAX_PARENTS = 20
"""Most targets that one inherits from."""

# A comment or a string that does not end goes on to the end of the file or line, so that nothing is looked at twice.
_TOKEN = regex(
    rb"[ \t\r]+|(#[^\n]*|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z))"
    rb'|"((?:[^"\\\n]|\\.)*+)(?:"|(?=\n|\Z))|([A-Za-z_][\w-]*)|(\n)|(.)'
)


def bake_services(root: Node, path: str) -> Iterator[Service]:
    """The targets of a bake file, as what they build, and the images that contexts of theirs are."""
    folder = folder_of(path)
    targets = root.get("target")
    if targets is None or targets.kind != "map":
        return
    known = [(name, node) for name, node in targets.entries() if node.kind == "map"][:MAX_TARGETS]
    shared = {one.text for _, node in known for one in node.each("inherits")}
    whole = _inherited({name: _kept(node) if name in shared else node for name, node in known})
    for name, written in known:
        contexts = written.get("contexts")
        if contexts is not None:
            yield from contexts_of(contexts, f"target {name}")
        node = whole[name]
        context = join(folder, node.value("context") or ".")
        inline = node.value("dockerfile-inline")
        inside = join(context, node.value("dockerfile") or "Dockerfile") if context is not None else None
        stage = node.value("target")
        if context is None or inside is None or (stage is not None and "$" in stage):
            continue
        given = arguments(node.get("args"))
        tags = tuple(tag for tag in node.each("tags") if tag.kind == "scalar")
        build = Build(context, inside, inline, given, stage, node.span)
        yield Service(f"target {name}", None, build=build, tags=tags)


def _kept(node: Node) -> Node:
    """The target `node` with build arguments that are not edited, since others inherit them and build other things."""
    pairs = tuple((key, _unedited(value) if key.text == "args" else value) for key, value in node.pairs)
    return Node("map", node.span, pairs=pairs)


def _unedited(node: Node) -> Node:
    pairs = tuple(
        (key, value.reading(value.text, None) if value.kind == "scalar" else value) for key, value in node.pairs
    )
    return Node(node.kind, node.span, node.text, None, node.plain, pairs, node.items)


def _inherited(targets: Mapping[str, Node]) -> dict[str, Node]:
    """Each target with what it inherits: https://docs.docker.com/build/bake/inheritance/.

    Its own attributes win, and so do later parents; build arguments come together. One that inherits itself is as it is written.
    """
    made: dict[str, Node] = {}

    def of(name: str, below: tuple[str, ...]) -> Node:
        node = targets[name]
        if name in made:
            return made[name]
        parents = [one.text for one in node.each("inherits")[:MAX_PARENTS] if one.text in targets]
        if not parents or name in below or len(below) == MAX_DEPTH:
            return node
        attributes: dict[str, Node] = {}
        for one in (*(of(parent, (*below, name)) for parent in parents), node):
            for key, value in one.entries():
                joint = key in {"args", "contexts"} and key in attributes
                attributes[key] = merged(attributes[key], value) if joint else value
        pairs = tuple((Node("scalar", value.span, key), value) for key, value in attributes.items())
        made[name] = Node("map", node.span, pairs=pairs)
        return made[name]

    return {name: of(name, ()) for name in targets}


def parse_hcl(data: bytes) -> Node | None:
    """The blocks of an HCL file as one mapping: ``target "x" { .. }`` is ``{target: {x: {..}}}``; None for what is not HCL."""
    return _Parser(data).run()


class _Parser:
    """A parser of the part of HCL that is data; it gives up, rather than guesses."""

    def __init__(self, data: bytes) -> None:
        self.tokens = _tokens(data)
        self.at = 0
        self.size = len(data)

    def run(self) -> Node | None:
        """The whole file."""
        if len(self.tokens) > MAX_EVENTS:
            return None
        blocks: dict[str, list[tuple[Node, Node]]] = {}
        while (token := self.next(lines=True)) is not None:
            if token[0] != "name":
                return None
            labels: list[Node] = []
            while (following := self.next()) is not None and following[0] in {"text", "name"}:
                labels.append(_scalar(following))
            if following is None:
                return None
            if following[1] == "=":
                if self.value(0) is None:
                    return None
                continue
            if following[1] != "{":
                return None
            body = self.object(0, following[2])
            if body is None:
                return None
            if len(labels) == 1:
                blocks.setdefault(token[1], []).append((labels[0], body))
        whole = Span(0, self.size)
        keys = [
            (_scalar(("name", name, whole)), Node("map", whole, pairs=tuple(pairs))) for name, pairs in blocks.items()
        ]
        return Node("map", whole, pairs=tuple(keys))

    def next(self, *, lines: bool = False) -> _Token | None:
        """The next token; `lines` passes over line ends."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if not lines or token[0] != "line":
                return token
        return None

    def object(self, depth: int, start: Span) -> Node | None:
        """What stands between braces: attributes, parted by line ends or commas; nested blocks are passed over."""
        pairs: list[tuple[Node, Node]] = []
        while (token := self.next(lines=True)) is not None:
            if token[1] == "}" and token[0] == "sign":
                return Node("map", Span(start.start, token[2].end), pairs=tuple(pairs))
            if token[1] == "," and token[0] == "sign":
                continue
            if token[0] not in {"name", "text"} or depth == MAX_DEPTH:
                return None
            following = self.next()
            if following is None:
                return None
            if following[1] in {"=", ":"}:
                value = self.value(depth + 1)
                if value is None:
                    return None
                pairs.append((_scalar(token), value))
                continue
            while following is not None and following[0] == "text":
                following = self.next()
            if following is None or following[1] != "{" or self.object(depth + 1, following[2]) is None:
                return None
        return None

    def value(self, depth: int) -> Node | None:
        """An expression; one that is no plain data is a list that says nothing."""
        token = self.next(lines=depth > 0 and self.peek_line())
        if token is None or depth >= MAX_DEPTH:
            return None
        if token[0] == "sign" and token[1] == "{":
            return self.object(depth, token[2])
        if token[0] == "sign" and token[1] == "[":
            return self.list(depth, token[2])
        node = _scalar(token) if token[0] == "text" else Node("list", token[2])
        plain = True
        nesting = 0
        while self.at < len(self.tokens):
            kind, text, _ = self.tokens[self.at]
            if nesting == 0 and (kind == "line" or (text in {"}", "]", ","} and kind == "sign")):
                break
            nesting += (text in {"(", "[", "{"}) - (text in {")", "]", "}"}) if kind == "sign" else 0
            plain = False
            self.at += 1
        return node if plain else Node("list", token[2])

    def peek_line(self) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][0] == "line"

    def list(self, depth: int, start: Span) -> Node | None:
        """What stands between brackets."""
        items: list[Node] = []
        while self.at < len(self.tokens):
            kind, text, span = self.tokens[self.at]
            if kind == "line" or (kind == "sign" and text == ","):
                self.at += 1
            elif kind == "sign" and text == "]":
                self.at += 1
                return Node("list", Span(start.start, span.end), items=tuple(items))
            else:
                before = self.at
                item = self.value(depth + 1)
                if item is None or self.at == before:
                    return None
                items.append(item)
        return None


_Token = tuple[str, str, Span]


def _tokens(data: bytes) -> list[_Token]:
    found: list[_Token] = []
    for match in _TOKEN.finditer(data):
        token = _token(match)
        if token is not None:
            found.append(token)
    return found


def _token(match: re.Match[bytes]) -> _Token | None:
    kinds = {2: "text", 3: "name", 4: "line", 5: "sign"}
    kind = kinds.get(match.lastindex or 0)
    if kind is None:
        return None
    text = match[match.lastindex or 0].decode("utf-8", "replace")
    if kind == "text" and (match[0][-1:] != b'"' or len(match[0]) < 2):
        kind = "sign"  # a string without its end, which no rule of the language has a place for
    return kind, text, Span(match.start(), match.end())


def _scalar(token: _Token) -> Node:
    """A string, or a name, as a scalar; one with an escape or a template, or that is no UTF-8, can not be replaced."""
    kind, text, span = token
    written = kind == "text" and not set(text) & set("\\$%\ufffd") and span.end - span.start > 2
    return Node("scalar", span, text, Span(span.start + 1, span.end - 1) if written else None)

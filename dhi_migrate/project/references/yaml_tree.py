"""YAML as nodes with the bytes that they stand on, from PyYAML's events: nothing is constructed, nothing is expanded.

An alias is the node that its anchor names, the same object, so a file of aliases of aliases costs no more than its events.
Limits: https://pyyaml.org/wiki/PyYAMLDocumentation (marks count characters from the start of the text).
"""

from __future__ import annotations

import re
from itertools import pairwise

from ..._pattern import regex
from ..._record import NamedTuple
from ...dockerfile import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Literal

MAX_BYTES = 1024 * 1024
"""Largest file that is parsed."""

MAX_EVENTS = 200_000
"""Most events of one file; a manifest of 1 MiB has some 60,000."""

MAX_DEPTH = 64
"""Deepest nesting."""

BOM = b"\xef\xbb\xbf"
_STEP = 1024


class Node:
    """One node. `kind` tells which of the other fields hold something; nothing is ever set from outside.

    `text` is the value of a scalar, `span` the bytes from its first to its last (with quotes), `edit` the bytes of the value
    alone where they can be replaced by other plain characters, None where the value is not written as it is (escapes, block
    scalars, several lines). `plain` tells that it has no quotes. `pairs` are the entries of a mapping in file order, `items`
    those of a list.
    """

    __slots__ = ("edit", "items", "kind", "pairs", "plain", "span", "text")

    def __init__(
        self,
        kind: Literal["scalar", "map", "list"],
        span: Span,
        text: str = "",
        edit: Span | None = None,
        plain: bool = False,
        pairs: tuple[tuple[Node, Node], ...] = (),
        items: tuple[Node, ...] = (),
    ) -> None:
        self.kind = kind
        self.span = span
        self.text = text
        self.edit = edit
        self.plain = plain
        self.pairs = pairs
        self.items = items

    def reading(self, text: str, edit: Span | None) -> Node:
        """A scalar at the same place that stands for `text`, of which the bytes `edit` can be replaced."""
        return Node("scalar", self.span, text, edit)

    @property
    def null(self) -> bool:
        """Whether it is a scalar that says nothing."""
        return self.kind == "scalar" and self.plain and self.text in {"", "~", "null", "Null", "NULL"}

    def get(self, name: str) -> Node | None:
        """The value of the key `name` of a mapping, with merge keys (``<<``) behind its own; None for none and for null."""
        for layer in _layers(self):
            for key, value in reversed(layer.pairs):
                if key.text == name and key.kind == "scalar":
                    return None if value.null else value
        return None

    def value(self, name: str) -> str | None:
        """The text of the scalar at the key `name`; None where there is none."""
        found = self.get(name)
        return found.text if found is not None and found.kind == "scalar" else None

    def each(self, name: str) -> tuple[Node, ...]:
        """The items of the list at the key `name`; none where it is no list."""
        found = self.get(name)
        return found.items if found is not None else ()

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Keys and values of a mapping, with those of merge keys that it does not have itself."""
        seen: set[str] = set()
        for layer in _layers(self):
            for key, value in layer.pairs:
                if key.kind == "scalar" and key.text not in seen and not (key.text == "<<" and key.plain):
                    seen.add(key.text)
                    yield key.text, value


def replacement(node: Node, text: str) -> bytes:
    """What to put in the place of the value of the scalar `node` for it to be the string `text`, and no number."""
    number = node.plain and _NUMBER.match(text) is not None
    return f'"{text}"'.encode() if number else text.encode()


_NUMBER = regex(r"[-+]?[0-9][0-9_.:]*(?:[eE][-+]?[0-9]+)?\Z")

MAX_MERGES = 64
"""Most mappings that are merged into one (``<<``), each counted once however often it is named."""


def _layers(node: Node) -> list[Node]:
    """`node` and the mappings that are merged into it, the nearest first."""
    found: list[Node] = []
    seen, waiting = {id(node)}, [node]
    while waiting and len(found) < MAX_MERGES:
        one = waiting.pop()
        found.append(one)
        below: list[Node] = []
        for key, value in one.pairs:
            if key.text == "<<" and key.plain:
                below.extend((value, *value.items[:MAX_MERGES]))
        for other in reversed(below):
            if other.kind == "map" and id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)
    return found


class Trouble(NamedTuple):
    """Why a file could not be read: in words, and the byte where."""

    message: str
    offset: int


class Yaml(NamedTuple):
    """The documents of a file, up to the `trouble` where there is some."""

    documents: tuple[Node, ...]
    trouble: Trouble | None


def parse_yaml(data: bytes) -> Yaml:
    """Read the bytes of a YAML file; never raises. Only UTF-8 is read, and no more than `MAX_BYTES`."""
    if len(data) > MAX_BYTES:
        return Yaml((), Trouble(f"larger than {MAX_BYTES} bytes, the most that is read", 0))
    start = len(BOM) if data.startswith(BOM) else 0
    try:
        text = data[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        return Yaml((), Trouble("not UTF-8", start + error.start))
    return _Reader(text, start).run()


def parse_chunks(data: bytes, wanted: Callable[[bytes], bool]) -> Yaml:
    """As `parse_yaml`, but of the documents that begin with ``---`` only those whose bytes are `wanted` are parsed.

    A line that begins so ends whatever is open: https://yaml.org/spec/1.2.2/#912-document-markers.
    """
    if len(data) > MAX_BYTES:
        return parse_yaml(data)
    starts = [0, *(match.start() for match in _MARKER.finditer(data) if match.start()), len(data)]
    documents: list[Node] = []
    trouble: Trouble | None = None
    for start, end in pairwise(starts):
        chunk = data[start:end]
        if not wanted(chunk):
            continue
        bom = len(BOM) if not start and chunk.startswith(BOM) else 0
        try:
            found = _Reader(chunk[bom:].decode("utf-8"), start + bom).run()
        except UnicodeDecodeError as error:
            found = Yaml((), Trouble("not UTF-8", start + bom + error.start))
        documents.extend(found.documents)
        trouble = trouble or found.trouble
    return Yaml(tuple(documents), trouble)


_MARKER = regex(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)


class _Reader:
    """Events to nodes; holds the text and where its characters are in the file."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        self.ascii = text.isascii()
        self.steps: list[int] = []
        if not self.ascii:
            at = start
            for begin in range(0, len(text) + 1, _STEP):
                self.steps.append(at)
                at += len(text[begin : begin + _STEP].encode())

    def offset(self, place: int) -> int:
        """The byte of the file for a character of the text."""
        if self.ascii:
            return self.start + place
        step = place // _STEP
        return self.steps[step] + len(self.text[step * _STEP : place].encode())

    def span(self, start: int, end: int) -> Span:
        """The bytes for characters."""
        return Span(self.offset(start), self.offset(end))

    def run(self) -> Yaml:
        """Read all documents; what was complete before the trouble counts."""
        import yaml

        documents: list[Node] = []
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for document in self.documents(yaml.parse(self.text, Loader=loader)):
                documents.append(document)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = min(mark.index, len(self.text)) if mark is not None else 0
            return Yaml(tuple(documents), Trouble(str(error.problem or "not YAML"), self.offset(place)))
        except yaml.YAMLError as error:
            place = getattr(error, "position", 0)
            return Yaml(tuple(documents), Trouble("a character that YAML does not allow", self.offset(place or 0)))
        except _TooMuchError as error:
            return Yaml(tuple(documents), Trouble(str(error), self.start))
        return Yaml(tuple(documents), None)

    def documents(self, events: Iterator[Any]) -> Iterator[Node]:
        """The root node of each document of `events`."""
        anchors: dict[str, Node] = {}
        stack: list[tuple[Any, list[Node]]] = []
        for count, event in enumerate(events):
            if count > MAX_EVENTS:
                raise _TooMuchError(f"more than {MAX_EVENTS} events, the most that is read")
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                anchors = {}
                continue
            if kind in {"MappingStartEvent", "SequenceStartEvent"}:
                if len(stack) == MAX_DEPTH:
                    raise _TooMuchError(f"more than {MAX_DEPTH} levels deep, the most that is read")
                stack.append((event, []))
                continue
            if kind == "ScalarEvent":
                node = self.scalar(event)
                opening = event
            elif kind == "AliasEvent":
                node = anchors.get(event.anchor) or self.empty(event)
                opening = None
            elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
                opening, children = stack.pop()
                node = self.group(opening, children, event)
            else:
                continue
            if opening is not None and opening.anchor:
                anchors[opening.anchor] = node
            if stack:
                stack[-1][1].append(node)
            else:
                yield node

    def empty(self, event: Any) -> Node:
        """What an alias without its anchor stands for: nothing that is known."""
        return Node("list", self.span(event.start_mark.index, event.end_mark.index))

    def scalar(self, event: Any) -> Node:
        """A scalar, and whether its value can be replaced in place."""
        start, end = event.start_mark.index, event.end_mark.index
        style = event.style
        plain = not style
        if event.anchor or event.tag:  # these stand before the value, and the mark is theirs
            start = max(start, end - len(event.value) - (0 if plain else 2))
        if style in {"'", '"'} and end - start >= 2:
            inner = (start + 1, end - 1)
        elif plain:
            inner = (start, end)
        else:
            return Node("scalar", self.span(start, end), event.value)
        same = self.text[inner[0] : inner[1]] == event.value
        edit = self.span(*inner) if same and event.value else None
        return Node("scalar", self.span(start, end), event.value, edit, plain)

    def group(self, opening: Any, children: list[Node], closing: Any) -> Node:
        """A mapping or a list; one in block style ends with the last byte of what it holds."""
        start = self.offset(opening.start_mark.index)
        if opening.flow_style:
            end = self.offset(closing.end_mark.index)
        else:
            own = [child.span.end for child in children[-2:] if child.span.start >= start]
            end = max(own, default=self.offset(opening.end_mark.index))
        span = Span(start, max(start, end))
        if type(opening).__name__ == "SequenceStartEvent":
            return Node("list", span, items=tuple(children))
        pairs = tuple(zip(children[::2], children[1::2], strict=False))
        return Node("map", span, pairs=pairs)


class _TooMuchError(Exception):
    """A limit is passed."""

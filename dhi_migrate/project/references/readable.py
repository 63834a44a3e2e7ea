"""Where suppressions of a file around a Dockerfile can be: whether all of it was read, and what of it is no comment."""

from __future__ import annotations

import ast

from ..._record import NamedTuple
from ...dockerfile import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from .model import Kind, ProjectFile
    from .yaml_tree import Node

_JSON = frozenset({"devcontainer", "bake-json", "renovate"})


class Readable(NamedTuple):
    """What is known of a file's text.

    `whole` tells that all of it could be read: in another one a suppression may be about what nobody saw. `strings` are the bytes
    of its quoted strings, in no order, in which ``#`` begins no comment.
    """

    whole: bool
    strings: tuple[Span, ...]


def readable(file: ProjectFile, kind: Kind) -> Readable:
    """Read `file`, which is of the `kind`, for its strings. Any bytes are accepted; meant for the few files that suppress."""
    if kind == "python":
        return _python(file.data)
    if kind == "javascript":
        return _javascript(file)
    if kind in {"makefile", "jenkinsfile"}:
        return Readable(True, ())
    if kind == "bake-hcl":
        return _hcl(file.data)
    return _yaml(file.data, kind)


def _python(data: bytes) -> Readable:
    from .python_syntax import MAX_BYTES, Lines, parse_python

    tree = parse_python(data) if len(data) <= MAX_BYTES else None
    if tree is None:
        return Readable(False, ())
    lines = Lines(data)
    return Readable(True, tuple(lines.span(node) for node in ast.walk(tree) if _is_string(node)))


def _is_string(node: ast.AST) -> TypeGuard[ast.expr]:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _javascript(file: ProjectFile) -> Readable:
    from .javascript_scan import strings_of

    found = strings_of(file.data, typed=file.path.lower().endswith("ts"))
    return Readable(found is not None, found or ())


def _hcl(data: bytes) -> Readable:
    from .bake import parse_hcl
    from .yaml_tree import MAX_BYTES

    root = parse_hcl(data) if len(data) <= MAX_BYTES else None
    return Readable(False, ()) if root is None else Readable(True, tuple(_quoted(root, data)))


def _yaml(data: bytes, kind: Kind) -> Readable:
    from .yaml_tree import parse_yaml

    if kind in _JSON:
        from .devcontainer import without_comments

        data = without_comments(data)
    parsed = parse_yaml(data)
    # what is between the braces of a template is read line by line, and need not be YAML
    whole = parsed.trouble is None or (kind in {"helm-template", "kubernetes"} and b"{{" in data)
    return Readable(whole, tuple(span for document in parsed.documents for span in _quoted(document, data)))


def _quoted(root: Node, data: bytes) -> Iterator[Span]:
    waiting, seen = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        if node.kind == "scalar" and data[node.span.start : node.span.start + 1] in {b'"', b"'"}:
            yield node.span
        for child in (*node.items, *(one for pair in node.pairs for one in pair)):
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)

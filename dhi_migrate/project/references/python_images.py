"""Images that Python source starts or builds on: docker SDK, testcontainers, Dagger, Modal, Airflow, Kubernetes, Pulumi, CDK.

A reference counts where it is written out, or is a constant of the module that is assigned once. What is started in the image is
only looked at where the call says it, so that a replacement is never made unasked.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ..._pattern import regex
from ...dockerfile import Span
from .python_syntax import MAX_BYTES, Lines, dotted, imported_names, is_test, parse_python, tail
from .service import Service
from .uses import reference_finding
from .yaml_tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.store import Catalog
    from ...rules.findings import Finding
    from ...settings import Settings

MAX_IMAGES = 100
"""Most references of one file that are judged."""

_WORDS = regex(rb"\bimage\b|\bfrom_\(|from_registry|testcontainers|containers\.(?:run|create)|images\.pull")
_LIKE_REFERENCE = regex(
    r"[a-z0-9][\w.-]{0,80}(?::\d{1,5})?(?:/[\w.-]{1,80}){0,5}:[\w.-]{1,100}(?:@sha256:[0-9a-f]{64})?\Z"
)
# Methods whose first argument is an image: https://docker-py.readthedocs.io, https://docs.dagger.io, https://modal.com/docs.
_FIRST = frozenset({"from_", "from_registry", "containers.run", "containers.create", "images.pull"})
_DOUBT = "what is started in it is not looked at here"


def image_findings(path: str, data: bytes, catalog: Catalog, settings: Settings) -> list[Finding]:
    """DHI902 for the references of the Python file `data` at `path`; in a test only what testcontainers starts counts."""
    if len(data) > MAX_BYTES or _WORDS.search(data) is None:
        return []
    tree = parse_python(data)
    if tree is None:
        return []
    from .judging import judge_service

    lines, found = Lines(data), {}
    for count, node in enumerate(_references(tree, is_test(path))):
        if count == MAX_IMAGES:
            break
        span = lines.span(node)
        text = str(node.value)
        written = data[span.start + 1 : span.end - 1] == text.encode() and data[span.start : span.start + 1] in {
            b'"',
            b"'",
        }
        edit = Span(span.start + 1, span.end - 1) if written else None
        scalar = Node("scalar", span, text, edit)
        judged = judge_service(Service("the container", scalar, doubts=(_DOUBT,)), catalog, settings, None)
        if judged.target is not None:
            found[span] = reference_finding(scalar, judged._replace(reasons=(_DOUBT,)))
    return list(found.values())


def _references(tree: ast.Module, only_started: bool) -> Iterator[ast.Constant]:
    """The string constants that are references, where a call takes an image; `only_started`: those of testcontainers."""
    names, constants = imported_names(tree), _constants(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        name = dotted(node.func, names)
        last = (tail(node.func) or name).rpartition(".")[2]
        started = name.startswith("testcontainers.") and last.endswith("Container")
        if only_started and not started:
            continue
        values = [one.value for one in node.keywords if one.arg == "image"]
        first = any(f".{tail(node.func) or name}".endswith(f".{one}") for one in _FIRST)
        if node.args and (first or started):
            values.append(node.args[0])
        for value in values:
            constant = constants.get(value.id) if isinstance(value, ast.Name) else value
            if (
                isinstance(constant, ast.Constant)
                and isinstance(constant.value, str)
                and _LIKE_REFERENCE.match(constant.value)
            ):
                yield constant


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """The strings that names of the module are assigned, where that happens once."""
    found: dict[str, ast.expr] = {}
    twice: set[str] = set()
    for node in ast.walk(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for target in targets:
            if isinstance(target, ast.Name):
                if target.id in found or value is None:
                    twice.add(target.id)
                else:
                    found[target.id] = value
    return {name: value for name, value in found.items() if name not in twice}

"""Python source as `ast` sees it: its tree, what its names stand for, and where in its bytes a node is. Nothing is run."""

from __future__ import annotations

import ast
from functools import lru_cache

from ..._pattern import regex
from ...dockerfile import Span

MAX_BYTES = 1024 * 1024
"""Largest file that is parsed."""

_TESTS = ("test_", "conftest", "setup.py", "noxfile", "tasks.py")
_FOLDERS = frozenset({"tests", "test", "testing", "examples", "docs", "benchmarks", "node_modules", "site-packages"})
_TOOLS = frozenset({"scripts", "script", "tools", "hack", "ci", "dev", "devtools"})


def is_test(path: str) -> bool:
    """Whether the file at `path` is a test, an example, or a file for building, by the names of it and its directories."""
    name = path.rpartition("/")[2]
    return name.startswith(_TESTS) or name.endswith("_test.py") or not _FOLDERS.isdisjoint(path.split("/"))


def is_tool(path: str) -> bool:
    """Whether the file at `path` is by its directory one for those who develop, which is in the image without being started."""
    return not _TOOLS.isdisjoint(path.split("/")[:-1])


@lru_cache(maxsize=2)
def parse_python(data: bytes) -> ast.Module | None:
    """The syntax tree of `data`; None where there is none: another version's syntax, another encoding, or too deep a nesting."""
    import warnings

    try:
        data.decode("utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in strings of the checked file
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Names of the file and what they stand for: ``sp`` for ``subprocess``, ``run`` for ``subprocess.run``."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                if one.asname is not None:
                    found[one.asname] = one.name
                else:
                    found[one.name.partition(".")[0]] = one.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            for one in node.names:
                found[one.asname or one.name] = f"{node.module}.{one.name}"
    return found


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """The full name of what is called: ``subprocess.run``; "" for what is no name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])


def tail(node: ast.expr) -> str:
    """The attributes at the end of what is called, whatever they are of: ``containers.run`` of ``client().containers.run``."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed(parts))


class Lines:
    """Byte offsets for the positions of `ast`, whose columns are bytes of UTF-8."""

    def __init__(self, data: bytes) -> None:
        """Index the lines of `data` as Python's tokenizer ends them."""
        self.start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self.starts = [0]
        for match in regex(rb"\r\n|\r|\n").finditer(data):
            self.starts.append(match.end())

    def span(self, node: ast.expr | ast.keyword) -> Span:
        """The bytes of `node`."""
        return Span(self._at(node.lineno, node.col_offset), self._at(node.end_lineno or 0, node.end_col_offset or 0))

    def _at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column + (self.start if line == 1 else 0)


def parents_of(tree: ast.Module) -> dict[ast.AST, ast.AST]:
    """The node that each node of `tree` is directly part of."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def calls_of(tree: ast.Module) -> list[ast.Call]:
    """The calls of `tree` in the order of the file."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return sorted(found, key=lambda one: (one.lineno, one.col_offset))


def text_of(node: ast.AST | None) -> str | None:
    """The text of a string that is written out; None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

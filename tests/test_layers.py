"""The house rules that a reader relies on: one direction of imports, no printing and no exit below the command line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "dhi_migrate"
# A layer imports itself, its own height, and what stands further down; never one above it.
HEIGHT = {
    "cli": 4,
    "lsp": 3,
    "report": 2,
    "project": 2,
    "migrate": 2,
    "rules": 1,
    "catalog": 0,
    "images": 0,
    "dockerfile": 0,
}
# Of the lowest layers only the catalog looks at a sibling.
SIBLINGS = {("catalog", "images")}
MODULES = sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_layers(path: Path) -> set[str]:
    """The first component under the package of every import in the file at `path`."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = parts[: len(parts) - node.level]
            name = (*base, *(node.module or "").split("."))
            found.update({name[0]} if name[0] else {alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dhi_migrate."):
            found.add((node.module or "").split(".")[1])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    here = layer_of(path)
    if here not in HEIGHT:
        return  # __init__, __main__ and the shared values belong to no layer
    for there in imported_layers(path) & set(HEIGHT) - {here}:
        below = HEIGHT[there] < HEIGHT[here] or (HEIGHT[there] == HEIGHT[here] == 2) or (here, there) in SIBLINGS
        assert below, f"{here} imports {there}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_below_the_command_line_prints_or_exits(path: Path) -> None:
    if layer_of(path) in {"cli", "__main__"}:
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"print", "exit", "quit", "sys.exit", "os._exit", "input"}, f"line {node.lineno}: {name}"


def public(path: Path) -> list[tuple[str, ast.AST]]:
    """The module at `path`, its public classes and functions, and the public methods of those classes."""
    shown = str(path.relative_to(PACKAGE))
    found: list[tuple[str, ast.AST]] = [(shown, ast.parse(path.read_text("utf-8")))]
    queue = list(ast.iter_child_nodes(found[0][1]))
    while queue:
        node = queue.pop()
        named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if named and not node.name.startswith("_"):
            found.append((f"{shown}:{node.lineno} {node.name}", node))
            if isinstance(node, ast.ClassDef):
                queue.extend(node.body)
    return found


def test_every_module_and_public_name_is_documented() -> None:
    missing = [name for path in MODULES for name, node in public(path) if not ast.get_docstring(node)]
    assert missing == []

"""What an expression of Python source stands for, one hop away: constants of the module, attributes of a class, defaults.

A name counts where the file gives it one meaning only. What another file, or the environment, can decide is said as a doubt.
"""

from __future__ import annotations

import ast
from collections import Counter

from ..._record import NamedTuple
from ...dockerfile import Span
from .python_syntax import dotted, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .python_syntax import Lines

_FROM_ENVIRONMENT = frozenset({"os.environ.get", "os.getenv"})


class Value(NamedTuple):
    """A string that is written out in the file: its `node`, and in `doubt` what else may decide ("" for nothing).

    `name` is the constant that holds it, "" for none; `firm` tells that it can be replaced where it stands.
    """

    node: ast.Constant
    text: str
    doubt: str = ""
    name: str = ""
    firm: bool = True


class Values:
    """Looks up the strings of one file."""

    def __init__(self, tree: ast.Module, names: dict[str, str], parents: dict[ast.AST, ast.AST]) -> None:
        """Take the `tree`, what its imported `names` stand for, and the node above each node."""
        self.names = names
        self.parents = parents
        self.constants: dict[str, ast.expr] = {}
        self.attributes: dict[str, ast.expr] = {}
        self.loads: Counter[str] = Counter()
        self._read(tree)

    def _read(self, tree: ast.Module) -> None:
        stores: Counter[str] = Counter()
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute):
                name = node.id if isinstance(node, ast.Name) else f".{node.attr}"
                if isinstance(node.ctx, ast.Load):
                    self.loads[name] += 1
                elif isinstance(node, ast.Name) and isinstance(self._scope(node), ast.ClassDef):
                    stores[f".{name}"] += 1
                else:
                    stores[name] += 1
            target, value = _assigned(node)
            if target is not None and value is not None:
                if isinstance(self._scope(node), ast.ClassDef):
                    self.attributes[f".{target}"] = value
                else:
                    self.constants[target] = value
        self.constants = {name: value for name, value in self.constants.items() if stores[name] == 1}
        self.attributes = {name: value for name, value in self.attributes.items() if stores[name] == 1}

    def _scope(self, node: ast.AST) -> ast.AST | None:
        above = self.parents.get(node)
        while above is not None and not isinstance(
            above, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        ):
            above = self.parents.get(above)
        return above

    def text(self, node: ast.expr | None, hops: int = 1) -> Value | None:
        """The string that `node` stands for; None where that is not known."""
        if node is None:
            return None
        text = text_of(node)
        if text is not None and isinstance(node, ast.Constant):
            return Value(node, text)
        default = self._default(node)
        if default is not None:
            found = self.text(default, hops)
            return None if found is None else found._replace(firm=False, doubt="the environment can name another image")
        if hops == 0:
            return None
        if isinstance(node, ast.Name):
            return self._named(node, hops)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f".{node.attr}"
            if name not in self.attributes or (
                node.value.id not in {"self", "cls"} and not node.value.id[:1].isupper()
            ):
                return None
            found = self.text(self.attributes[name], hops - 1)
            return None if found is None else found._replace(name=name)
        return None

    def _named(self, node: ast.Name, hops: int) -> Value | None:
        function = self._scope(node)
        while function is not None:
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                given, default = _parameter(function.args, node.id)
                if given:
                    found = self.text(default, hops - 1)
                    return None if found is None else found._replace(doubt="it is what a parameter is by default")
            function = self._scope(function)
        if node.id not in self.constants:
            return None
        found = self.text(self.constants[node.id], hops - 1)
        return None if found is None else found._replace(name=node.id)

    def _default(self, node: ast.expr) -> ast.expr | None:
        """What is taken where a variable of the environment is not set: of ``os.environ.get("X", "a:1")``, or after ``or``."""
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2:
            first = node.values[0]
            if isinstance(first, ast.Call) and dotted(first.func, self.names) in _FROM_ENVIRONMENT:
                return node.values[1]
        if isinstance(node, ast.Call) and dotted(node.func, self.names) in _FROM_ENVIRONMENT and len(node.args) == 2:
            return node.args[1]
        return None

    def words(self, node: ast.expr) -> list[str] | None:
        """The strings of a list or tuple that is written out; None where one of them is not known."""
        if not isinstance(node, ast.List | ast.Tuple):
            return None
        found = [self.text(one) for one in node.elts]
        return None if None in found else [one.text for one in found if one is not None]


def _assigned(node: ast.AST) -> tuple[str | None, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.value
    return None, None


def _parameter(given: ast.arguments, name: str) -> tuple[bool, ast.expr | None]:
    """Whether a function has the parameter `name`, and its default."""
    plain = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [*[None] * (len(plain) - len(given.defaults)), *given.defaults]
    for one, default in [*zip(plain, defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]:
        if one.arg == name:
            return True, default
    rest = [one for one in (given.vararg, given.kwarg) if one is not None]
    return any(one.arg == name for one in rest), None


def editable(data: bytes, lines: Lines, value: Value) -> Span | None:
    """The bytes between the quotes of a string that is written as it is; None where it is not, or is not `firm`."""
    span = lines.span(value.node)
    for quote in (b'"""', b"'''", b'"', b"'"):
        if data.startswith(quote, span.start):
            inner = Span(span.start + len(quote), span.end - len(quote))
            plain = data[inner.start : inner.end] == value.text.encode("utf-8", "replace")
            return inner if plain and value.firm else None
    return None

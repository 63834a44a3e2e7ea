"""What Python source does to the system around it: shells, programs, low ports, and files in directories of root.

Found by `ast` alone, behind a filter over the bytes that passes over nearly all files. Nothing is imported or run.
"""

from __future__ import annotations

import ast

from ..._pattern import regex
from ..._record import NamedTuple
from .python_syntax import MAX_BYTES, Lines, calls_of, dotted, imported_names, parents_of, parse_python, tail, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

    from ...dockerfile import Span

    Result = Literal["unused", "compared", "used"]
    """What becomes of the value of a call: nothing, a comparison with 0, or something else."""

MAX_FOUND = 200
"""Most calls of one file that are told of."""

# Searched for one by one, which is ten times faster than one expression with all of them. What is behind a colon is asked
# only of a file that has what stands before it.
_WORDS = (b"subprocess", b"os.system", b"os.popen", b"os.exec", b"os.spawn", b"from os import")
_PORT = regex(rb"\bport\s*=\s*\d{1,3}\b")
_PAIR = regex(rb"(?:\.bind|Server)\(\s*\(")
_PATH = regex(rb"(?:open|makedirs|mkdir)\(\s*[\"']/(?:etc|usr|var|opt|root|run)/")
_RUNNERS = frozenset({"run", "call", "check_call", "check_output", "Popen"})
_SHELLS = frozenset({"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"})
_EXECS = frozenset({"os.execv", "os.execvp", "os.execl", "os.execlp", "os.posix_spawn", "os.posix_spawnp"})
_SPAWNS = frozenset({"os.spawnv", "os.spawnvp", "os.spawnl", "os.spawnlp"})  # the program comes behind a mode
_SERVERS = frozenset({"run", "serve", "run_app", "run_simple", "TCPSite", "create_server", "start_server"})
OF_ROOT = ("/etc/", "/usr/", "/var/", "/opt/", "/root/", "/run/")
"""Directories of root."""

_FREE = ("/var/tmp/", "/run/secrets/", "/var/run/secrets/", "/usr/local/bin/")  # noqa: S108 -- a name in the checked file
_ELSEWHERE = frozenset({"nt", "win32", "Windows", "darwin", "Darwin", "cygwin"})
_NOT_FOUND = frozenset({"FileNotFoundError", "OSError", "EnvironmentError", "IOError"})


class Call(NamedTuple):
    """One call: what `kind` of thing it does, the bytes of it, and what it is called in a message (``subprocess.run``).

    `text` is the command of a shell, the program, or the path; None where it is not written out. `port` is the number. `result`
    is what becomes of its value.
    """

    kind: Literal["shell", "program", "port", "write"]
    span: Span
    name: str
    text: str | None = None
    port: int = 0
    result: Result = "used"


def is_free(path: str) -> bool:
    """Whether `path`, below a directory of root, is a place that is written to or mounted all the same."""
    return path.startswith(_FREE)


def scan_python(data: bytes) -> tuple[Call, ...]:
    """The calls of the source `data`, in its order; none for a file that Python cannot parse. Never raises.

    Passed over is what runs on another system only (``if os.name == "nt"``), and a program that the file looks for with
    ``shutil.which`` or whose absence it catches.
    """
    if len(data) > MAX_BYTES or not _worth_parsing(data):
        return ()
    tree = parse_python(data)
    return () if tree is None else tuple(_Scanner(data, tree).calls())[:MAX_FOUND]


def _worth_parsing(data: bytes) -> bool:
    if any(word in data for word in _WORDS):
        return True
    if (b"port=" in data or b"port =" in data) and _PORT.search(data) is not None:
        return True
    if (b"bind(" in data or b"Server(" in data) and _PAIR.search(data) is not None:
        return True
    return (b"open(" in data or b"dir" in data) and _PATH.search(data) is not None


class _Scanner:
    def __init__(self, data: bytes, tree: ast.Module) -> None:
        self.tree = tree
        self.lines = Lines(data)
        self.names = imported_names(tree)
        self.parents = parents_of(tree)
        self.asked: frozenset[str] = frozenset()
        bodies = (node.body for node in self.parents.values() if isinstance(node, ast.If | ast.Try))
        self.caught: dict[ast.AST, bool] = {}
        self.elsewhere: dict[ast.AST, bool] = {}
        self.in_body = {below for body in {id(body): body for body in bodies}.values() for below in body}

    def calls(self) -> Iterator[Call]:
        nodes = calls_of(self.tree)
        asked = (text_of(node.args[0]) for node in nodes if node.args and self._name(node) == "shutil.which")
        self.asked = frozenset(one for one in asked if one is not None)
        for node in nodes:
            found = self.call(node)
            if found is None or (found.kind == "program" and self.is_expected(node, found.text or "")):
                continue
            if not self.is_elsewhere(node):
                yield found

    def _name(self, node: ast.Call) -> str:
        return dotted(node.func, self.names)

    def call(self, node: ast.Call) -> Call | None:
        name = self._name(node)
        module, _, last = (name or tail(node.func)).rpartition(".")
        first = node.args[0] if node.args else None
        if name and module == "subprocess" and last in _RUNNERS:
            return self.subprocess(node, name, first)
        if name in _SHELLS or name == "asyncio.create_subprocess_shell":
            return Call("shell", self.lines.span(node), name, text_of(first), result=self.result(node))
        if name in _SPAWNS:
            first = node.args[1] if len(node.args) > 1 else None
        if name == "asyncio.create_subprocess_exec" or name in _EXECS or name in _SPAWNS:
            return self.program(node, name, first)
        return self.port(node, name, last) or self.write(node, name, last, first)

    def subprocess(self, node: ast.Call, name: str, first: ast.expr | None) -> Call | None:
        shell = next((one for one in node.keywords if one.arg == "shell"), None)
        first = first or next((one.value for one in node.keywords if one.arg == "args"), None)
        if shell is not None and isinstance(shell.value, ast.Constant) and shell.value.value:
            return Call("shell", self.lines.span(node), name, text_of(first), result=self.result(node))
        if shell is not None and not isinstance(shell.value, ast.Constant):
            return None
        if isinstance(first, ast.List | ast.Tuple) and first.elts:
            first = first.elts[0]
        return self.program(node, name, first)

    def program(self, node: ast.Call, name: str, first: ast.expr | None) -> Call | None:
        program = text_of(first)
        return None if program is None else Call("program", self.lines.span(node), name, program)

    def result(self, node: ast.Call) -> Result:
        above = self.parents.get(node)
        if isinstance(above, ast.Expr):
            return "unused"
        if isinstance(above, ast.Compare) and len(above.ops) == 1 and isinstance(above.ops[0], ast.Eq | ast.NotEq):
            other = above.comparators[0] if above.left is node else above.left
            if isinstance(other, ast.Constant) and other.value == 0 and other.value is not False:
                return "compared"
        return "used"

    def is_expected(self, node: ast.Call, program: str) -> bool:
        """Whether the file knows that `program` may not be there: it asks for it, or catches that it is missing."""
        if program in self.asked:
            return True
        return self._within(node, self.caught, _catches_below, ends=True)

    def is_elsewhere(self, node: ast.Call) -> bool:
        """Whether the call is in the branch of another system than Linux."""
        return self._within(node, self.elsewhere, _is_elsewhere, ends=False)

    def _within(
        self, node: ast.AST, known: dict[ast.AST, bool], says: Callable[[ast.AST], bool], *, ends: bool
    ) -> bool:
        """Whether `node` is in the body of a statement that `says` so; with `ends` one of its own function.

        Answers are `known` from then on, so that deep nesting is gone through once.
        """
        way: list[ast.AST] = []
        at: ast.AST | None = node
        answer = False
        while at is not None and at not in known:
            way.append(at)
            above = self.parents.get(at)
            if ends and isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                break
            if above is not None and at in self.in_body and says(above):
                answer = True
                break
            at = above
        else:
            answer = at is not None and known[at]
        known.update(dict.fromkeys(way, answer))
        return answer

    def port(self, node: ast.Call, name: str, last: str) -> Call | None:
        """A server that is told its port by a keyword, or an address as a pair."""
        numbers = [one.value for one in node.keywords if one.arg == "port" and last in _SERVERS]
        pairs = [one for one in node.args[:1] if isinstance(one, ast.Tuple) and len(one.elts) == 2]
        if pairs and (last == "bind" or last.endswith("Server")):
            numbers.append(pairs[0].elts[1])
        for value in numbers:
            if isinstance(value, ast.Constant) and type(value.value) is int and 0 < value.value < 1024:
                return Call("port", self.lines.span(node), name or last, port=value.value)
        return None

    def write(self, node: ast.Call, name: str, last: str, first: ast.expr | None) -> Call | None:
        """A file that is opened to write, or a directory that is made, below a directory of root."""
        path = text_of(first)
        if path is None or not path.startswith(OF_ROOT) or is_free(path):
            return None
        if name in {"os.makedirs", "os.mkdir"}:
            return Call("write", self.lines.span(node), name, path)
        if name in {"open", "io.open"}:
            given = (one.value for one in node.keywords if one.arg == "mode")
            mode = node.args[1] if len(node.args) > 1 else next(given, None)
            if set(text_of(mode) or "") & set("wax+"):
                return Call("write", self.lines.span(node), name, path)
        return None


def _catches_below(node: ast.AST) -> bool:
    return isinstance(node, ast.Try) and any(map(_catches, node.handlers))


def _is_elsewhere(node: ast.AST) -> bool:
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    positive = isinstance(node.test.ops[0], ast.Eq | ast.In)
    return positive and any(text_of(one) in _ELSEWHERE for one in ast.walk(node.test))


def _catches(handler: ast.ExceptHandler) -> bool:
    """Whether `handler` is for a program that is not there."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(one, ast.Name) and one.id in _NOT_FOUND for one in kinds)

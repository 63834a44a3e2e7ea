"""What Python source does to the system around it: shells, programs, low ports, and files in directories of root.

Found by `ast` alone, behind a filter over the bytes that passes over nearly all files. Nothing is imported or run.
"""

from __future__ import annotations

import ast
import shlex
from typing import TYPE_CHECKING, Literal

from ..._pattern import regex
from ..._record import NamedTuple
from ...dockerfile import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1024 * 1024
"""Largest file that is parsed."""

MAX_FOUND = 200
"""Most calls of one file that are told of."""

_WORDS = regex(
    rb"\bos\.(?:system|popen|exec|spawn)|\bsubprocess\b|\bcreate_subprocess_|\bport\s*=\s*\d{1,3}\b|\.bind\(|Server\(\s*\("
    rb"|\bfrom os import|(?:open|makedirs|mkdir)\(\s*[\"']/(?:etc|usr|var|opt|root|run)/"
)
_RUNNERS = frozenset({"run", "call", "check_call", "check_output", "Popen"})
_SHELLS = frozenset({"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"})
_EXECS = frozenset({"os.execv", "os.execvp", "os.execl", "os.execlp", "os.spawnv", "os.spawnvp", "os.posix_spawn"})
_SERVERS = frozenset({"run", "serve", "run_app", "run_simple", "TCPSite", "create_server", "start_server"})
OF_ROOT = ("/etc/", "/usr/", "/var/", "/opt/", "/root/", "/run/")
"""Directories of root."""

_FREE = ("/var/tmp/", "/run/secrets/", "/var/run/secrets/", "/usr/local/bin/")  # noqa: S108 -- a name in the checked file
# What an argument list cannot say: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
_SPECIAL = frozenset("|&;<>()$`\\\"'*?[]{}~#!=%\n")
_BUILTINS = frozenset(
    {"cd", "export", "source", ".", "exit", "set", "unset", "ulimit", "umask", "exec", "eval", "type", "command"}
)


_TESTS = ("test_", "conftest", "setup.py", "noxfile", "tasks.py")
_FOLDERS = frozenset({"tests", "test", "testing", "examples", "docs", "benchmarks", "node_modules", "site-packages"})


def is_test(path: str) -> bool:
    """Whether the file at `path` is a test, an example, or a file for building, by the names of it and its directories."""
    name = path.rpartition("/")[2]
    return name.startswith(_TESTS) or name.endswith("_test.py") or not _FOLDERS.isdisjoint(path.split("/"))


class Call(NamedTuple):
    """One call: what `kind` of thing it does, the bytes of it, and what it is called in a message (``subprocess.run``).

    `text` is the command of a shell, the program, or the path; None where it is not written out. `port` is the number. `edits`
    are the bytes to replace, with their text, that make a list of arguments of a command for a shell, where that is the same.
    """

    kind: Literal["shell", "program", "port", "write"]
    span: Span
    name: str
    text: str | None = None
    port: int = 0
    edits: tuple[tuple[Span, str], ...] = ()


def is_free(path: str) -> bool:
    """Whether `path`, below a directory of root, is a place that is written to or mounted all the same."""
    return path.startswith(_FREE)


def scan_python(data: bytes) -> tuple[Call, ...]:
    """The calls of the source `data`, in its order; none for a file that Python cannot parse. Never raises."""
    if len(data) > MAX_BYTES or _WORDS.search(data) is None:
        return ()
    tree = parse_python(data)
    return () if tree is None else tuple(_Scanner(data).calls(tree))[:MAX_FOUND]


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


class _Scanner:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.lines = Lines(data)
        self.names: dict[str, str] = {}

    def calls(self, tree: ast.Module) -> Iterator[Call]:
        self.names = imported_names(tree)
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
            found = self.call(node)
            if found is not None:
                yield found

    def call(self, node: ast.Call) -> Call | None:
        name = dotted(node.func, self.names)
        module, _, last = (name or tail(node.func)).rpartition(".")
        first = node.args[0] if node.args else None
        if name and module == "subprocess" and last in _RUNNERS:
            return self.subprocess(node, name, first)
        if name in _SHELLS or name == "asyncio.create_subprocess_shell":
            return Call("shell", self.lines.span(node), name, _text(first))
        if name == "asyncio.create_subprocess_exec" or name in _EXECS:
            program = _text(first)
            return None if program is None else Call("program", self.lines.span(node), name, program)
        return self.port(node, name, last) or self.write(node, name, last, first)

    def subprocess(self, node: ast.Call, name: str, first: ast.expr | None) -> Call | None:
        shell = next((one for one in node.keywords if one.arg == "shell"), None)
        first = first or next((one.value for one in node.keywords if one.arg == "args"), None)
        span = self.lines.span(node)
        if shell is not None and isinstance(shell.value, ast.Constant) and shell.value.value:
            return Call("shell", span, name, _text(first), edits=self.argument_list(node, first, shell))
        if shell is not None and not isinstance(shell.value, ast.Constant):
            return None
        if isinstance(first, ast.List | ast.Tuple) and first.elts:
            first = first.elts[0]
        program = _text(first)
        return None if program is None else Call("program", span, name, program)

    def argument_list(self, node: ast.Call, first: ast.expr | None, shell: ast.keyword) -> tuple[tuple[Span, str], ...]:
        """The edits that give the command as a list and leave ``shell=True`` out."""
        text = _text(first)
        if (
            first is None
            or text is None
            or not text.strip()
            or set(text) & _SPECIAL
            or any(one.arg in {None, "executable"} for one in node.keywords)
        ):
            return ()
        words = shlex.split(text)
        place, keyword = self.lines.span(first), self.lines.span(shell)
        written = self.data[place.start : place.end]
        if words[0] in _BUILTINS or written[:1] not in {b'"', b"'"} or written[1:-1] != text.encode():
            return ()
        others: list[ast.expr | ast.keyword] = [*node.args, *(one for one in node.keywords if one is not shell)]
        ends = [end for one in others if (end := self.lines.span(one).end) <= keyword.start]
        before = max(ends, default=0)
        between = self.data[before : keyword.start]
        if not before or between.strip() != b"," or b"#" in between:
            return ()
        quote = written[:1].decode()
        listed = "[" + ", ".join(f"{quote}{word}{quote}" for word in words) + "]"
        return (place, listed), (Span(before, keyword.end), "")

    def port(self, node: ast.Call, name: str, last: str) -> Call | None:
        """A server that is told its port by a keyword, or an address as a pair."""
        numbers = [one.value for one in node.keywords if one.arg == "port" and last in _SERVERS]
        pairs = [one for one in node.args[:1] if isinstance(one, ast.Tuple) and len(one.elts) == 2]
        if pairs and (last == "bind" or last.endswith("Server")):
            numbers.append(pairs[0].elts[1])
        for value in numbers:
            if isinstance(value, ast.Constant) and isinstance(value.value, int) and 0 < value.value < 1024:
                return Call("port", self.lines.span(node), name or last, port=value.value)
        return None

    def write(self, node: ast.Call, name: str, last: str, first: ast.expr | None) -> Call | None:
        """A file that is opened to write, or a directory that is made, below a directory of root."""
        path = _text(first)
        if path is None or not path.startswith(OF_ROOT) or is_free(path):
            return None
        if name in {"os.makedirs", "os.mkdir"}:
            return Call("write", self.lines.span(node), name, path)
        if name in {"open", "io.open"}:
            mode = (
                node.args[1]
                if len(node.args) > 1
                else next((one.value for one in node.keywords if one.arg == "mode"), None)
            )
            if set(_text(mode) or "") & set("wax+"):
                return Call("write", self.lines.span(node), name, path)
        return None


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

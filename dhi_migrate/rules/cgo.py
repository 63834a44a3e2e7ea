"""Go programs with C code in them: what tells of it, and the edit that builds without it."""

from __future__ import annotations

from .._pattern import regex
from .findings import Edit, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .context import Context
    from .facts import Build, RunFacts

# What a Go program with cgo code in it is known by: modules that wrap a C library.
_CGO = regex(r"sqlite3|confluent-kafka|librdkafka|go-duckdb|gocv|govips|h3-go|git2go|rocksdb|import \"C\"|libvips")
_PLAIN = frozenset({"musl-dev", "libc-dev", "libc6-dev", "linux-libc-dev"})


def cgo_hint(file: Context, run: RunFacts, facts: Sequence[RunFacts]) -> str:
    """What tells that the program has C code in it; "" for nothing."""
    for one in facts:
        for command in one.packages:
            for package in command.packages:
                if command.action == "install" and package.name.endswith("-dev") and package.name not in _PLAIN:
                    return package.name
    found = _CGO.search(run.instruction.original)
    if found is not None:
        return found[0]
    data = file.tree.read("go.mod") if file.tree is not None else None
    found = _CGO.search(data.decode("utf-8", "replace")) if data is not None else None
    return found[0] if found is not None else ""


def without_cgo(build: Build) -> tuple[Fix, ...]:
    """``CGO_ENABLED=0`` before the command; not where a wrapper or a setting of its own decides."""
    command = build.command
    if command.wrappers or build.static is False or any(name == "CGO_ENABLED" for name, _ in command.assignments):
        return ()
    if not command.words or command.nested:
        return ()
    at = command.span.start
    return (Fix("unsafe", "Build without cgo", (Edit(at, at, b"CGO_ENABLED=0 "),)),)

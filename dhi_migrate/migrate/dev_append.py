"""Putting a command to the end of a RUN that is there, written the way its own commands are."""

from __future__ import annotations

from .._pattern import regex
from ..rules.findings import Edit
from ..rules.repairs import line_ending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..rules.facts import RunFacts
    from .dev_scope import Scope

# What stands between the last two commands of a list that has one command a line.
_BETWEEN = regex(rb"(?:[ \t]*(?:&&|;))?[ \t]*[\\`]\r?\n(?:[ \t]*(?:&&|;))?[ \t]*\Z")


def hosts(scope: Scope) -> dict[int, RunFacts]:
    """The RUN instructions of the stage itself to whose end a command can be put, by their number, in order."""
    return {run.instruction.index: run for run in scope.subject.facts.runs if _is_host(scope, run)}


def _is_host(scope: Scope, run: RunFacts) -> bool:
    """Whether `run` is one list of commands in a shell, run by root, whose last one is known to end it."""
    instruction, script = run.instruction, run.script
    if instruction.exec_form or instruction.heredocs or not script.ok or not script.commands:
        return False
    if not scope.as_root(instruction) or not scope.is_sh(instruction):
        return False
    last = script.commands[-1]
    if last.depth or last.nested or last.name in {"exit", "exec", ""} or "exec" in last.wrappers:
        return False
    if any(one.operator == "&" for one in script.commands):
        return False
    data = scope.subject.file.dockerfile.source.data
    return not data[last.span.end : instruction.span.end].strip()


def append(scope: Scope, run: RunFacts, commands: Sequence[str]) -> Edit:
    """`commands` behind the last one of `run`, one of `hosts`, joined in the way of its own list."""
    dockerfile = scope.subject.file.dockerfile
    data, last = dockerfile.source.data, run.script.commands[-1]
    top = [one for one in run.script.commands if not one.depth and not one.nested]
    between = data[top[-2].span.end : last.span.start] if len(top) > 1 else b""
    if _BETWEEN.match(between) and (b"&&" in between or b";" in between):
        joint = between.replace(b";", b" &&").decode("utf-8", "replace")
    elif b"\n" in data[run.instruction.span.start : last.span.end]:
        joint = f" {dockerfile.escape}{line_ending(dockerfile)}{_indent(data, last.span.end)}&& "
    else:
        joint = " && "
    text = "".join(f"{joint}{command}" for command in commands)
    return Edit(last.span.end, last.span.end, text.encode())


def _indent(data: bytes, at: int) -> str:
    """The indentation of the line of byte `at`; four spaces where it has none."""
    start = data.rfind(b"\n", 0, at) + 1
    line = data[start:at]
    found = line[: len(line) - len(line.lstrip(b" \t"))].decode("ascii", "replace")
    return found or "    "

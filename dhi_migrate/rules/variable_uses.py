"""Where a stage uses a variable that the file gives no value: in texts that BuildKit expands, and in shell texts."""

from __future__ import annotations

import posixpath

from .._pattern import regex
from ..dockerfile import scope_at
from ..dockerfile.details import Add, Arg, Cmd, Copy, Entrypoint, Env, Expose, Healthcheck, Run, User, Volume, Workdir
from ..dockerfile.expand import expand_flag, expand_part, expand_word
from ..dockerfile.shell import read_run, read_shell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..dockerfile import Expanded, Instruction, Span
    from ..dockerfile.shell import Script
    from .subject import Subject

# A use without a default of its own: ``$X``, ``${X}``, ``${X%.*}``.
_USE = regex(r"(?<!\\)\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:[%#/,^]|\}))")


def open_uses(subject: Subject, instruction: Instruction, lost: frozenset[str]) -> Iterator[tuple[str, Span]]:
    """The uses of the names `lost` in `instruction`, one of the stage's own, where the file gives no value; with their places.

    A use with a default of its own is none, nor is one of a name that the same shell text assigns. An ARG without a default gives
    no value where the upstream image sets the variable, which comes before the caller's. Where no commands are run (a
    runtime image) a RUN is left out: it is judged again in the stage that it moves to.
    """
    scope, escape = scope_at(subject.file.graph, subject.stage.index, instruction), subject.file.dockerfile.escape

    def open_(name: str) -> bool:
        return name in lost and scope(name).value is None and (subject.pending or not scope(name).open)

    for expanded in _expansions(subject, instruction, escape):
        for use in expanded.uses:
            if open_(use.name) and not _defaulted(subject, use.span):
                yield use.name, use.span
    script = _script(subject, instruction)
    if script is None:
        return
    own: set[str] = set()
    for command in script.commands:
        own.update(name for name, _ in command.assignments)
        if command.name in {"read", "for", "export", "local", "declare"}:
            own.update(word.text.partition("=")[0] for word in command.arguments)
        words = [*command.words, *(value for _, value in command.assignments)]
        words.extend(one.target for one in command.redirects if one.target is not None)
        for word in words:
            if word.literal:
                continue
            for match in _USE.finditer(word.raw):
                name = match[1] or match[2]
                if name not in own and open_(name):
                    yield name, word.span


def _expansions(subject: Subject, instruction: Instruction, escape: str) -> Iterator[Expanded]:
    """The texts of `instruction` in which BuildKit itself puts in variables."""
    detail, scope = instruction.detail, scope_at(subject.file.graph, subject.stage.index, instruction)
    for flag in instruction.flags:
        if flag.value and "$" in flag.value and flag.name in {"chown", "chmod"}:
            yield expand_flag(instruction, flag, scope, escape)
    if isinstance(detail, Env):
        for pair in detail.pairs:
            yield expand_part(instruction, pair.value, pair.value_span, pair.value_offset, scope, escape)
    elif isinstance(detail, Arg):
        for one in detail.pairs:
            if one.default is not None and one.default_span is not None:
                yield expand_part(instruction, one.default, one.default_span, one.default_offset, scope, escape)
    elif isinstance(detail, Copy | Add):
        for word in (*detail.sources, detail.destination):
            yield expand_word(instruction, word, scope, escape)
    elif isinstance(detail, User):
        yield expand_word(instruction, detail.user, scope, escape)
    elif isinstance(detail, Workdir):
        yield expand_word(instruction, detail.path, scope, escape)
    elif isinstance(detail, Expose | Volume):
        for word in detail.ports if isinstance(detail, Expose) else detail.paths:
            yield expand_word(instruction, word, scope, escape)


def _defaulted(subject: Subject, span: Span) -> bool:
    """Whether the use at `span` says what to do without a value: ``${X:-default}``, ``${X:+other}``, ``${X:?message}``."""
    text = subject.file.dockerfile.source.data[span.start : span.end]
    return any(sign in text for sign in (b"-", b"+", b"?", b"="))


def _script(subject: Subject, instruction: Instruction) -> Script | None:
    """The shell text of `instruction`, where it is one of a shell that is understood."""
    detail, target = instruction.detail, subject.target
    if isinstance(detail, Run) and target is not None and target.variant != "dev":
        return None
    shell = subject.state_at(instruction).shell
    posix = not isinstance(shell.value, tuple) or not shell.value or posixpath.basename(shell.value[0]).endswith("sh")
    if isinstance(detail, Run):
        script = read_run(instruction, posix)
    elif isinstance(detail, Cmd | Entrypoint | Healthcheck) and detail.shell is not None:
        script = read_shell(instruction, detail.shell, posix)
    else:
        return None
    return script if script.ok else None

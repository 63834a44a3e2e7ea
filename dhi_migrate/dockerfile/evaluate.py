"""Runs the instructions of one stage: what they set, by BuildKit's rules (``dispatch`` in its convert.go)."""

from __future__ import annotations

import posixpath

from .._pattern import regex
from .._record import NamedTuple
from . import details
from .expand import UNSET, Binding, Expanded, expand, expand_flag, expand_part, expand_word, expand_words
from .state import END, FROM_IMAGE, NOTHING, Effective, History, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .model import Instruction, Word
    from .source import Span

PLATFORM_ARGS = (
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
)
"""Names that BuildKit sets in the global scope (``defaultArgs`` in platform.go)."""

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH of a stage FROM scratch (util/system/path.go)."""

_WINDOWS_PATH = regex(r"[A-Za-z]:|\\")


class Globals:
    """The scope before the first FROM: platform arguments, then ARG in order, overridden by what the caller gives."""

    def __init__(self, build_args: Mapping[str, str], escape: str) -> None:
        self.build_args = build_args
        self.escape = escape
        self.bindings: dict[str, Binding] = {}
        for name in PLATFORM_ARGS:
            given = build_args.get(name)
            self.bindings[name] = Binding(given, "platform" if given is None else "build-arg")

    def scope(self, name: str) -> Binding:
        """What `name` stands for in a FROM."""
        return self.bindings.get(name, UNSET)

    def declare(self, instruction: Instruction) -> list[Expanded]:
        """Take an ARG that stands before the first FROM; gives what its defaults expand to."""
        expansions: list[Expanded] = []
        if not isinstance(instruction.detail, details.Arg):
            return expansions
        for pair in instruction.detail.pairs:
            if pair.name in self.build_args:
                binding = Binding(self.build_args[pair.name], "build-arg", instruction)
            elif pair.default is not None and pair.default_span is not None:
                part = expand_part(
                    instruction, pair.default, pair.default_span, pair.default_offset, self.scope, self.escape
                )
                expansions.append(part)
                binding = Binding(part.text, "arg", instruction, pair.default_span)
            elif pair.name in self.bindings:
                continue
            else:
                binding = Binding(None, "arg", instruction, None, True)
            self.bindings[pair.name] = binding
        return expansions


class Refusal(NamedTuple):
    """What BuildKit would refuse when it runs an instruction, and why."""

    instruction: Instruction
    span: Span
    message: str


class StageScope:
    """Variables of one stage: what ARG and ENV say, then the base image."""

    def __init__(self, history: History, globals_: Globals, base_env: Mapping[str, str] | None, external: bool) -> None:
        self.history = history
        self.globals = globals_
        self.base_env = base_env
        self.external = external

    def at(self, before: int) -> Callable[[str], Binding]:
        """The scope before moment `before`."""

        def scope(name: str) -> Binding:
            found = self.history.binding(name, before)
            if found is not None and not found.open:
                return found
            if self.base_env is not None:
                value = self.base_env.get(name)
                return Binding(value, "image") if value is not None else found or UNSET
            if found is not None:
                return found
            return Binding(None, "image") if self.external else UNSET

        return scope


class Runner:
    """Runs the instructions of stage `index` in order; what they set ends up in `history`."""

    def __init__(self, index: int, scope: StageScope, settings: Settings) -> None:
        self.index = index
        self.names = scope
        self.history = scope.history
        self.settings = settings
        self.escape = scope.globals.escape
        self.scope = scope.at(END)
        self.cmd_set = False
        self.refusals: list[Refusal] = []

    def run(self, instruction: Instruction, moment: int) -> None:
        """Run `instruction` at `moment`."""
        detail = instruction.detail
        before = self.settings
        act = _ACTS.get(type(detail))
        if act is not None:
            act(self, instruction, detail, moment)
        if self.settings is not before:
            self.history.change(moment, self.settings)

    def word(self, instruction: Instruction, word: Word) -> Expanded:
        """Expand one word; what BuildKit refuses is noted."""
        return self.noted(instruction, expand_word(instruction, word, self.scope, self.escape), word.span)

    def noted(self, instruction: Instruction, expanded: Expanded, span: Span) -> Expanded:
        """`expanded`; its error, the first of `instruction`, is noted as a refusal of what stands at `span`."""
        if expanded.error is not None and (not self.refusals or self.refusals[-1].instruction is not instruction):
            self.refusals.append(Refusal(instruction, span, expanded.error))
        return expanded

    def effective(self, instruction: Instruction, value: str | tuple[str, ...] | None) -> Effective:
        """`value` as set by `instruction`; None is unknown."""
        return Effective(value, value is not None, instruction, self.index)


def first_settings(scratch: bool) -> Settings:
    """What a stage starts with that is not built from another: an image of which nothing is known, or scratch."""
    value = NOTHING if scratch else FROM_IMAGE
    workdir = Effective("/", True, None, None) if scratch else FROM_IMAGE
    return Settings(value, workdir, value, value, value, value, value)


def joined_path(directory: str | None, path: str) -> str | None:
    """`path` as BuildKit makes it absolute in working `directory`; None if that would have to be known."""
    if path.startswith("/") or _WINDOWS_PATH.match(path):
        return path
    if directory is None:
        return None
    if not path:
        return directory
    cleaned = posixpath.normpath(directory + "/" + path)
    return "/" + cleaned.lstrip("/") if cleaned.startswith("//") else cleaned


def _env(runner: Runner, instruction: Instruction, detail: details.Env, moment: int) -> None:
    found = []
    for pair in detail.pairs:
        name = runner.noted(instruction, expand(pair.name, runner.scope, runner.escape), pair.name_span).text
        value = expand_part(instruction, pair.value, pair.value_span, pair.value_offset, runner.scope, runner.escape)
        found.append((name, runner.noted(instruction, value, pair.value_span).text, pair.value_span))
    for name, text, span in found:
        if name is not None:
            binding = Binding(text, "env", instruction, span)
            runner.history.names.set(name, moment, binding)
            runner.history.given.set(name, moment, binding)
            runner.history.env.set(name, moment, runner.effective(instruction, text))


def _arg(runner: Runner, instruction: Instruction, detail: details.Arg, moment: int) -> None:
    """``dispatchArg``: what the caller gives, else the default, else the global of that name, else nothing."""
    outer = runner.names.globals
    for pair in detail.pairs:
        inherited = outer.bindings.get(pair.name)
        if pair.name in outer.build_args:
            binding = Binding(outer.build_args[pair.name], "build-arg", instruction)
        elif pair.default is not None and pair.default_span is not None:
            value = expand_part(
                instruction, pair.default, pair.default_span, pair.default_offset, runner.scope, runner.escape
            )
            text = runner.noted(instruction, value, pair.default_span).text
            binding = Binding(text, "arg", instruction, pair.default_span)
        elif inherited is not None and not inherited.open:
            binding = inherited
        elif runner.history.binding(pair.name) is not None:
            continue
        else:
            binding = Binding(None, "arg", instruction, None, True)
        runner.history.names.set(pair.name, moment, binding)


def _user(runner: Runner, instruction: Instruction, detail: details.User, moment: int) -> None:
    user = runner.word(instruction, detail.user).text
    runner.settings = runner.settings._replace(user=runner.effective(instruction, user))


def _workdir(runner: Runner, instruction: Instruction, detail: details.Workdir, moment: int) -> None:
    path = runner.word(instruction, detail.path).text
    before = runner.settings.workdir.value
    whole = None if path is None else joined_path(before if isinstance(before, str) else None, path)
    runner.settings = runner.settings._replace(workdir=runner.effective(instruction, whole))


def _command(shell: Word | None, argv: tuple[Word, ...] | None) -> str | tuple[str, ...]:
    if argv is not None:
        return tuple([word.text for word in argv])
    return shell.text if shell else ""


def _cmd(runner: Runner, instruction: Instruction, detail: details.Cmd, moment: int) -> None:
    value = runner.effective(instruction, _command(*detail))
    runner.settings = runner.settings._replace(cmd=value)
    runner.cmd_set = True


def _entrypoint(runner: Runner, instruction: Instruction, detail: details.Entrypoint, moment: int) -> None:
    """An ENTRYPOINT takes away a CMD that was not set earlier in the same stage."""
    value = runner.effective(instruction, _command(*detail))
    runner.settings = runner.settings._replace(entrypoint=value)
    if not runner.cmd_set:
        runner.settings = runner.settings._replace(cmd=Effective(None, True, instruction, runner.index))


def _shell(runner: Runner, instruction: Instruction, detail: details.ShellInstruction, moment: int) -> None:
    value = runner.effective(instruction, _command(None, detail.argv))
    runner.settings = runner.settings._replace(shell=value)


def _healthcheck(runner: Runner, instruction: Instruction, detail: details.Healthcheck, moment: int) -> None:
    value = ("NONE",) if detail.none else _command(detail.shell, detail.argv)
    runner.settings = runner.settings._replace(healthcheck=runner.effective(instruction, value))


def _stop_signal(runner: Runner, instruction: Instruction, detail: details.StopSignal, moment: int) -> None:
    value = runner.effective(instruction, runner.word(instruction, detail.signal).text)
    runner.settings = runner.settings._replace(stop_signal=value)


def _expose(runner: Runner, instruction: Instruction, detail: details.Expose, moment: int) -> None:
    for word in detail.ports:
        texts = expand_words(word.text, runner.scope, runner.escape)
        for text in (word.text,) if texts is None else texts:
            value = runner.effective(instruction, None if texts is None else _with_protocol(text))
            runner.history.ports.set(value.value if isinstance(value.value, str) else text, moment, value)


def _with_protocol(port: str) -> str:
    port = port.rpartition(":")[2]
    return port.lower() if "/" in port else port + "/tcp"


def _volume(runner: Runner, instruction: Instruction, detail: details.Volume, moment: int) -> None:
    for word in detail.paths:
        text = runner.word(instruction, word).text
        runner.history.volumes.set(text or word.text, moment, runner.effective(instruction, text))


def _label(runner: Runner, instruction: Instruction, detail: details.Label, moment: int) -> None:
    for pair in detail.pairs:
        name = runner.noted(instruction, expand(pair.name, runner.scope, runner.escape), pair.name_span).text
        value = runner.noted(instruction, expand(pair.value, runner.scope, runner.escape), pair.value_span).text
        if name is not None:
            runner.history.labels.set(name, moment, runner.effective(instruction, value))


def _copy(runner: Runner, instruction: Instruction, detail: details.Copy | details.Add, moment: int) -> None:
    """Nothing is set: only what BuildKit cannot expand is noted."""
    for word in (*detail.sources, detail.destination):
        runner.word(instruction, word)
    for flag in (detail.chown, detail.chmod):
        if flag is not None:
            runner.noted(instruction, expand_flag(instruction, flag, runner.scope, runner.escape), flag.span)


_ACTS: dict[type, Callable[[Runner, Instruction, Any, int], None]] = {
    details.Copy: _copy,
    details.Add: _copy,
    details.Env: _env,
    details.Arg: _arg,
    details.Label: _label,
    details.Expose: _expose,
    details.Volume: _volume,
    details.Workdir: _workdir,
    details.User: _user,
    details.Cmd: _cmd,
    details.Entrypoint: _entrypoint,
    details.ShellInstruction: _shell,
    details.Healthcheck: _healthcheck,
    details.StopSignal: _stop_signal,
}

"""A line taken apart -> its typed detail, with all that BuildKit would refuse in it (its package ``instructions``)."""

from __future__ import annotations

import re

from . import details
from .parts import Parts, check_flags
from .text import SPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from .model import Flag, Word

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_STAGE_NAME = frozenset(_LETTERS + "0123456789-_.")


def read(parts: Parts) -> details.Detail | None:
    """The typed reading of a line, or None if it is unknown or malformed; problems are appended to `parts.findings`.

    Of an ONBUILD only the outer part is judged here; its detail is made where its instruction is.
    """
    line = parts.line
    if not line.known:
        name = line.keyword
        parts.add(
            "unknown-instruction",
            f"{name} is no instruction" if name else "an instruction is missing",
            line.start,
            line.end,
        )
        return None
    if line.problem is not None:
        parts.add(line.problem.kind, line.problem.message, line.problem.start, line.problem.end)
        return None
    before = len(parts.findings)
    if parts.flags:
        check_flags(parts)
    detail = _READERS[line.keyword](parts)
    return detail if all(finding.level == "late" for finding in parts.findings[before:]) else None


def _from(parts: Parts) -> details.From | None:
    words = parts.words
    platform = parts.flag("platform")
    if len(words) == 3 and words[1].text.lower() == "as":
        name = words[2]
        lowered = name.text.lower()
        if lowered[0] not in _LETTERS or not _STAGE_NAME.issuperset(lowered):
            message = "a stage name starts with a letter and holds only letters, digits, - _ and ."
            parts.add_at("invalid-stage-name", message, name)
        return details.From(words[0], name, platform)
    if len(words) != 1:
        parts.add("from-arguments", "FROM takes an image, or an image, AS and a name")
        return None
    return details.From(words[0], None, platform)


def _command(parts: Parts) -> tuple[Word | None, tuple[Word, ...] | None]:
    if parts.line.exec_form:
        return None, parts.words
    return (parts.words[0] if parts.words else None), None


def _run(parts: Parts) -> details.Run:
    shell, argv = _command(parts)
    mounts: tuple[details.Mount, ...] = ()
    network = security = None
    if parts.flags:
        from .mounts import read_mount

        both = zip(parts.flags, parts.line.flags, strict=True)
        mounts = tuple(
            [read_mount(parts, flag, raw) for flag, raw in both if flag.name == "mount" and flag.value is not None]
        )
        network = parts.flag("network")
        if network and network.value not in ("default", "none", "host", None):
            parts.bad_flag(network, "--network takes default, none or host")
        security = parts.flag("security")
        if security and security.value not in ("insecure", "sandbox", None):
            parts.bad_flag(security, "--security takes sandbox or insecure")
    return details.Run(shell, argv, mounts, network, security, parts.flags_named("device"))


def _cmd(parts: Parts) -> details.Cmd:
    return details.Cmd(*_command(parts))


def _entrypoint(parts: Parts) -> details.Entrypoint:
    return details.Entrypoint(*_command(parts))


def _paths(parts: Parts) -> tuple[tuple[Word, ...], tuple[Word, ...], Word] | None:
    """Sources, here-document words and destination of COPY and ADD."""
    words = parts.words
    if len(words) < 2:
        parts.needs("a source and a destination")
        return None
    *sources, destination = words
    documents: list[Word] = []
    if any("<<" in word.text for word in words):
        documents = [word for word in sources if _is_heredoc(word.text)]
        sources = [word for word in sources if not _is_heredoc(word.text)]
        if _is_heredoc(destination.text):
            parts.add_at("heredoc-destination", "a here-document cannot be the destination", destination)
    chmod = parts.flag("chmod")
    if chmod and chmod.value and re.fullmatch(r"[0-9]+", chmod.value) and not re.fullmatch("0*[0-7]{1,4}", chmod.value):
        parts.bad_flag(chmod, "--chmod takes an octal number up to 07777 or a symbolic mode", "late")
    return tuple(sources), tuple(documents), destination


def _is_heredoc(text: str) -> bool:
    if "<<" not in text:
        return False
    from .heredoc import parse_heredoc
    from .lex import LexError

    try:
        return parse_heredoc(text) is not None
    except LexError:
        return False


def _copy(parts: Parts) -> details.Copy | None:
    paths = _paths(parts)
    if paths is None:
        return None
    sources, documents, destination = paths
    from_ = parts.flag("from")
    if from_ and from_.value and any(char in from_.value for char in "$'\"" + parts.escape):
        _check_from(parts, from_)
    for word in sources:
        if word.text.startswith(("http://", "https://")):
            parts.add_at("copy-url", "COPY cannot fetch a URL, ADD can", word, "late")
    return details.Copy(
        sources,
        documents,
        destination,
        from_,
        parts.flag("chown"),
        parts.flag("chmod"),
        bool(parts.switch("link")),
        bool(parts.switch("parents")),
        parts.flags_named("exclude"),
    )


def _check_from(parts: Parts, flag: Flag) -> None:
    """``--from`` may hold nothing that expansion would change (convert.go, ``toCommand``)."""
    from .lex import Lexer, LexError

    def unset(name: str) -> Literal[False]:
        return False

    try:
        same = Lexer(flag.value or "", parts.escape, unset).process()[0] == flag.value
    except LexError:
        same = False
    if not same:
        parts.bad_flag(flag, "variables are not expanded in --from: name a stage FROM the image and copy from that")


def _add(parts: Parts) -> details.Add | None:
    paths = _paths(parts)
    if paths is None:
        return None
    checksum = parts.flag("checksum")
    if checksum and checksum.value and len(paths[0]) != 1:
        parts.bad_flag(checksum, "--checksum takes a single source", "late")
    return details.Add(
        *paths,
        parts.flag("chown"),
        parts.flag("chmod"),
        checksum,
        bool(parts.switch("link")),
        parts.switch("keep-git-dir"),
        parts.switch("unpack"),
        parts.flags_named("exclude"),
    )


def _user(parts: Parts) -> details.User | None:
    if parts.words:
        return details.User(parts.words[0])
    parts.needs()
    return None


def _workdir(parts: Parts) -> details.Workdir | None:
    if parts.words:
        return details.Workdir(parts.words[0])
    parts.needs()
    return None


def _stopsignal(parts: Parts) -> details.StopSignal | None:
    if not parts.words:
        parts.needs()
        return None
    from .checks import is_signal

    word = parts.words[0]
    if not any(char in word.text for char in "$'\"" + parts.escape) and not is_signal(word.text):
        parts.add_at("invalid-signal", "this is no signal", word, "late")
    return details.StopSignal(word)


def _maintainer(parts: Parts) -> details.Maintainer | None:
    if parts.words:
        return details.Maintainer(parts.words[0])
    parts.needs()
    return None


def _pairs(parts: Parts) -> tuple[details.Pair, ...] | None:
    values = parts.line.values
    if not values:
        parts.needs()
        return None
    span = parts.layout.span
    found = []
    for index in range(0, len(values), 3):
        name, value, separator = values[index : index + 3]
        if separator:
            word = parts.words[index // 3]
            name_start, name_end = word.offset, word.offset + len(name)
            value_start, value_end = name_end + 1, name_end + 1 + len(value)
            name_span = span(name_start, name_end)
            value_span = span(value_start, value_end)
        else:
            name_start, name_end = parts.words[0].offset, parts.words[0].offset + len(name)
            value_start = parts.words[1].offset
            name_span, value_span = parts.words[0].span, parts.words[1].span
        if not name:
            parts.add("blank-name", "a name before the = is missing", name_start, value_start)
        found.append(details.Pair(name, value, name_span, value_span, value_start, separator))
    return tuple(found)


def _env(parts: Parts) -> details.Env | None:
    pairs = _pairs(parts)
    return details.Env(pairs) if pairs else None


def _label(parts: Parts) -> details.Label | None:
    pairs = _pairs(parts)
    return details.Label(pairs) if pairs else None


def _arg(parts: Parts) -> details.Arg | None:
    if not parts.words:
        parts.needs()
        return None
    found = []
    for word in parts.words:
        name, equals, default = word.text.partition("=")
        end = word.offset + len(name)
        if equals and not name:
            parts.add_at("blank-name", "a name before the = is missing", word)
        if equals:
            begin = end + 1
            default_span = parts.layout.span(begin, begin + len(default))
            found.append(details.ArgPair(name, default, parts.layout.span(word.offset, end), default_span, begin))
        else:
            found.append(details.ArgPair(name, None, word.span, None, -1))
    return details.Arg(tuple(found))


def _expose(parts: Parts) -> details.Expose | None:
    if not parts.words:
        parts.needs()
        return None
    from .checks import port_problem

    special = "$'\"<" + parts.escape
    for word in parts.words:
        if not any(char in word.text for char in special):
            problem = port_problem(word.text)
            if problem:
                parts.add_at("invalid-port", problem, word, "late")
    return details.Expose(parts.words)


def _healthcheck(parts: Parts) -> details.Healthcheck | None:
    if not parts.words:
        parts.needs()
        return None
    kind, *rest = parts.words
    if kind.text.upper() == "NONE":
        if rest:
            parts.add("healthcheck-none", "HEALTHCHECK NONE takes nothing more")
        return details.Healthcheck(True, None, None, None, None, None, None, None)
    if kind.text.upper() != "CMD":
        parts.add_at("healthcheck-type", "HEALTHCHECK takes CMD or NONE", kind)
        return None
    if not rest:
        parts.add("missing-argument", "HEALTHCHECK CMD needs a command")
        return None
    interval, timeout = parts.flag("interval"), parts.flag("timeout")
    start_period, start_interval = parts.flag("start-period"), parts.flag("start-interval")
    retries = parts.flag("retries")
    if parts.flags:
        from .checks import duration, is_count

        for flag in (interval, timeout, start_period, start_interval):
            nanoseconds = duration(flag.value) if flag and flag.value else 0
            if flag and (nanoseconds is None or (nanoseconds and nanoseconds < 1_000_000)):
                parts.bad_flag(flag, f"--{flag.name} takes a duration of at least 1ms, such as 30s")
        if retries and retries.value and not is_count(retries.value):
            parts.bad_flag(retries, "--retries takes a number that is not negative")
    exec_form = parts.line.exec_form
    shell, argv = (None, tuple(rest)) if exec_form else (rest[0], None)
    return details.Healthcheck(False, interval, timeout, start_period, start_interval, retries, shell, argv)


def _shell(parts: Parts) -> details.ShellInstruction | None:
    if not parts.words:
        parts.needs()
        return None
    if not parts.line.exec_form:
        parts.add("json-required", "SHELL takes a JSON array")
        return None
    return details.ShellInstruction(parts.words)


def _volume(parts: Parts) -> details.Volume | None:
    if not parts.words:
        parts.needs()
        return None
    for word in parts.words:
        if not word.text.strip(SPACE):
            parts.add("blank-volume", "a volume needs a path")
    return details.Volume(parts.words)


def _onbuild(parts: Parts) -> None:
    line = parts.line
    if line.args_start >= line.args_end:
        parts.needs("an instruction")
        return
    if line.inner is None:
        return
    keyword = line.inner.keyword
    if keyword in ("ONBUILD", "FROM", "MAINTAINER"):
        parts.add("onbuild-trigger", f"{keyword} is not allowed after ONBUILD", line.inner.start, line.inner.end)


_READERS: dict[str, Callable[[Parts], details.Detail | None]] = {
    "ADD": _add,
    "ARG": _arg,
    "CMD": _cmd,
    "COPY": _copy,
    "ENTRYPOINT": _entrypoint,
    "ENV": _env,
    "EXPOSE": _expose,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _label,
    "MAINTAINER": _maintainer,
    "ONBUILD": _onbuild,
    "RUN": _run,
    "SHELL": _shell,
    "STOPSIGNAL": _stopsignal,
    "USER": _user,
    "VOLUME": _volume,
    "WORKDIR": _workdir,
}

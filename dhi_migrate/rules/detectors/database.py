"""What the start script of a database image does for a new database, and what of it the hardened image leaves out (DHI803)."""

from __future__ import annotations

import re

from ..._pattern import regex
from ...dockerfile.details import Env
from ..copied import brought, texts
from ..findings import Edit, Fix, Hit
from ..start import basename, start_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ...dockerfile import Span
    from ..start import Setting
    from ..subject import Subject

_SETTING = regex(r"^[ \t]{0,20}(?:requirepass|protected-mode|aclfile|user|include)\b", re.MULTILINE | re.IGNORECASE)
_OWN_CONFIGURATIONS = frozenset({"/etc/redis/redis.conf", "/etc/valkey/valkey.conf"})
# Options after which clients from outside are served: a password, accounts, or the mode itself, whatever its value.
_OPEN = frozenset({"--requirepass", "--protected-mode", "--aclfile", "--user", "--version", "-v", "--help"})
_SERVERS = frozenset({"mysqld", "mariadbd"})


def database(subject: Subject, images: Mapping[str, Mapping[str, Any]]) -> Iterator[Hit]:
    """The hits on a stage that ships and runs on one of `images`, by the name of the hardened image.

    Each has `folder`, whose scripts nothing runs; `ignored`, the variables that nothing reads; `allowed`, the values of variables
    with which alone it starts; `data`, the variable with the data directory; `options`, the variable whose words alone the script
    gives to the server that it starts; `server`, a program that protects itself; `advice`, what to do instead.
    """
    target = subject.target
    facts = images.get(target.image) if target is not None else None
    if not subject.ships or target is None or facts is None or _starts_itself(subject):
        return
    unread = [*_files(subject, facts.get("folder", "")), *_variables(subject, frozenset(facts.get("ignored", ())))]
    if unread:
        unread.sort(key=lambda one: one[0].start)
        span, stage, _ = unread[0]
        what = ", ".join(dict.fromkeys(text for _, _, text in unread))
        message = f"nothing in {subject.image} reads {what}: {facts['advice']}"
        evidence = _evidence(subject, "only upstream's start script reads that")
        yield Hit(span, message, evidence, (), None, stage)
    yield from _refused(subject, facts.get("allowed", {}))
    yield from _data(subject, facts.get("data", ""))
    yield from _arguments(subject, facts.get("options", ""))
    yield from _protected(subject, facts.get("server", ""))


def _protected(subject: Subject, server: str) -> Iterator[Hit]:
    """A `server` that without a password answers its own container alone, where the upstream one answers everybody.

    Images that are hardened already are left alone: whoever asks may be in the same network, or the password is set elsewhere.
    """
    target, start = subject.target, start_of(subject)
    if not server or not subject.pending or target is None or start is None or "sentinel" in (target.flavor or ""):
        return
    settings = [one for one in (start.entrypoint, start.cmd) if one is not None]
    words = [
        word for one in settings for word in (one.words or (one.text.text.split() if one.text is not None else ()))
    ]
    if any(
        word.lower() in _OPEN or "$" in word or (word.endswith(".conf") and _may_open(subject, word)) for word in words
    ):
        return
    programs = [basename(word) for word in words if not word.startswith("-") and not word.endswith(".conf")]
    cmd = start.cmd
    options = cmd is not None and cmd.words and cmd.words[0].startswith("-")
    if programs and programs[0] != server and not options:
        return
    fixes: tuple[Fix, ...] = ()
    if cmd is not None and cmd.argv and basename(cmd.argv[0].text) == server and cmd.stage == subject.stage.index:
        end = cmd.argv[-1].span.end
        edit = Edit(end, end, b', "--protected-mode", "no"')
        fixes = (Fix("unsafe", "Switch the protected mode off, as upstream does", (edit,), bound=True),)
    message = (
        f"without a password {subject.image} refuses all clients but those of its own container (protected mode, which upstream "
        "builds off): set a password, or add --protected-mode no"
    )
    span, stage = (cmd.span, cmd.stage) if cmd is not None else _base(subject)
    yield Hit(span, message, f"{subject.evidence} builds {server} without upstream's patch of that", fixes, None, stage)


def _may_open(subject: Subject, path: str) -> bool:
    """Whether the configuration at `path` sets one of those, or cannot be seen."""
    for one in brought(subject):
        for place, text in texts(subject, one):
            if place == path or (basename(place) == basename(path) and not path.startswith("/")):
                return text is None or _SETTING.search(text) is not None
    return path not in _OWN_CONFIGURATIONS


def _base(subject: Subject) -> tuple[Span, int]:
    stage = subject.carrier.stage
    return stage.base.word.span, stage.index


def drops_arguments(subject: Subject) -> bool:
    """Whether the start script of the hardened image starts its server without the words of the CMD."""
    target = subject.target
    return target is not None and target.image in {"mysql", "mariadb"} and not _starts_itself(subject)


def _starts_itself(subject: Subject) -> bool:
    """Whether the file has an ENTRYPOINT that is not the start script of the image: then all of this is its own matter."""
    entrypoint = subject.stage.state.entrypoint
    return entrypoint.instruction is not None and "docker-entrypoint" not in entrypoint.instruction.original


def _evidence(subject: Subject, word: str) -> str:
    entry = " ".join(subject.target.entrypoint or ()) if subject.target is not None else ""
    return f"{subject.evidence} starts {entry}; {word}"


def _files(subject: Subject, folder: str) -> Iterator[tuple[Span, int, str]]:
    for one in brought(subject):
        if folder and one.destination is not None and f"{one.destination}/".startswith(f"{folder}/"):
            yield one.instruction.span, one.stage.index, folder


def _variables(subject: Subject, names: frozenset[str]) -> Iterator[tuple[Span, int, str]]:
    for name, value, span, stage in _assignments(subject):
        if value and name.removesuffix("_FILE") in names:
            yield span, stage, name


def _assignments(subject: Subject) -> Iterator[tuple[str, str | None, Span, int]]:
    """The variables that the chain sets, with their values at its end and the place of the last ENV."""
    for name, found in subject.stage.state.env.items():
        instruction = found.instruction
        if instruction is None or found.stage is None or not isinstance(instruction.detail, Env):
            continue
        spans = [pair.name_span for pair in instruction.detail.pairs if pair.name == name]
        value = found.value if isinstance(found.value, str) else None
        if spans:
            yield name, value, spans[-1], found.stage


def _refused(subject: Subject, allowed: Mapping[str, list[str]]) -> Iterator[Hit]:
    for name, value, span, stage in _assignments(subject):
        if name in allowed and value and value not in allowed[name]:
            good = " or ".join(allowed[name])
            message = f"{subject.image} does not start with {name}={value} and a new database: it takes {good} only"
            yield Hit(span, message, _evidence(subject, "its start script refuses other values"), (), None, stage)


def _data(subject: Subject, name: str) -> Iterator[Hit]:
    target = subject.target
    if not name or target is None:
        return
    own = target.env.get(name, "")
    for variable, value, span, stage in _assignments(subject):
        if variable != name or not value or value.rstrip("/") == own:
            continue
        if value.startswith("/tmp/") or any(entry.path.rstrip("/") == value.rstrip("/") for entry in target.paths):  # noqa: S108
            continue
        message = f"{name}={value} is no directory of {subject.who} in {subject.image}: use {own}, or mount a volume of that user"
        evidence = f"{subject.evidence} makes {own} for {subject.who}"
        yield Hit(span, message, evidence, (), "warning", stage)


def _arguments(subject: Subject, variable: str) -> Iterator[Hit]:
    """Words of the CMD that the start script does not give to the server, and a server that it does not know by that name."""
    target, start = subject.target, start_of(subject)
    cmd: Setting | None = start.cmd if start is not None else None
    if not variable or cmd is None or not cmd.words or target is None or not target.cmd:
        return
    first, server = cmd.words[0], target.cmd[0]
    named = basename(first) in _SERVERS
    given = cmd.words[1:] if named else cmd.words
    if not named and not first.startswith("-"):
        return
    if named and first != server:
        message = f"the start script of {subject.image} makes a new database for {server} alone, and starts {first} without one"
        message += f': write CMD ["{server}"]' + (f" and put its arguments into {variable}" if given else "")
    elif given:
        shown = given[0] if len(given) == 1 else f"{given[0]} and {len(given) - 1} more"
        message = (
            f"the start script of {subject.image} drops the arguments of the CMD ({shown}): put them into {variable}"
        )
    else:
        return
    yield Hit(
        cmd.span, message, _evidence(subject, f"it starts {server} with those of {variable} alone"), (), None, cmd.stage
    )

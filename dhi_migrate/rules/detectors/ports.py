"""Ports: those that only root may open by default (DHI701), and those that the hardened image has changed (DHI702)."""

from __future__ import annotations

import re

from ..._pattern import is_number, regex
from ..._record import NamedTuple
from ...dockerfile.details import Cmd, Entrypoint, Env, Expose
from ..copied import expanded
from ..findings import Fix, Hit
from ..server_config import read_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal

    from ...dockerfile import Instruction, Span
    from ...dockerfile.details import Pair
    from ..findings import Edit
    from ..subject import Subject

LOWEST_FREE = 1024
"""Ports below this one are root's by the default of Linux (ip_unprivileged_port_start)."""

_PORT = regex(r"(\d{1,5})(?:/(tcp|udp))?\Z", re.IGNORECASE)
_URL = regex(r"https?://[^/:;]{1,100}:(\d{1,5})(?![\d.])")
_OPTION = regex(r"(?:--(?:port|http-port|listen|bind|addr|http)=)?[\w.*\[\]:]{0,40}?:?(\d{1,5})\Z")
_PORT_OPTIONS = frozenset({"--port", "--http-port", "-p", "--bind", "-b", "--listen", "--addr"})


class _Place(NamedTuple):
    """Where a port is named: its bytes, the number of the stage, and the word as written."""

    span: Span
    stage: int
    text: str


_Named = tuple[int, str, _Place]
"""A port, its protocol, and where it is named."""


def ports(subject: Subject, problem: Literal["privileged", "moved"], variables: Sequence[str] = ()) -> Iterator[Hit]:
    """At most one hit on the stage that ships.

    `problem` "privileged": it names ports below 1024 (EXPOSE, one of the `variables`, an option of the command, a
    configuration that it copies), and is not run by root. "moved": the hardened image listens on another port than the
    upstream one, and the file names the old one, or none at all.
    """
    if not subject.ships or subject.target is None:
        return
    hit = _moved(subject) if problem == "moved" else _privileged(subject, variables)
    if hit is not None:
        yield hit


def _moved(subject: Subject) -> Hit | None:
    change = port_change(subject)
    if change is None or subject.target is None or subject.before is None:
        return None
    old, new = change
    place = next((place for number, _, place in _exposed(subject) if number == old), None)
    evidence = f"{subject.evidence} exposes {new}/tcp; {subject.before.repository} upstream listens on {old}"
    message = f"{subject.image} listens on {new}, not on {old}"
    if place is not None:
        fixes: tuple[Fix, ...] = ()
        if place.stage == subject.stage.index and place.text.partition("/")[0] == str(old):
            text = place.text.replace(str(old), str(new), 1)
            from ..repairs import replace

            fixes = (Fix("unsafe", f"Expose {new}", (replace(place.span, text),), bound=subject.pending),)
        message += f": expose {new}, and publish it in place of {old}"
        return Hit(place.span, message, evidence, fixes, None, place.stage)
    if subject.pending and subject.carrier.stage.index == subject.chain[0].index:
        message += f": publish {new} where {old} is published now"
        stage = subject.carrier.stage
        return Hit(stage.base.word.span, message, evidence, (), None, stage.index)
    return None


def port_change(subject: Subject) -> tuple[int, int] | None:
    """The old and the new port of an image that listens elsewhere than upstream, where the file does not decide that itself."""
    target, before = subject.target, subject.before
    if target is None or before is None:
        return None
    was, now = _numbers(before.ports), _numbers(target.ports)
    old, new = was - now, now - was
    if len(old) != 1 or len(new) != 1:
        return None
    resolution = subject.carrier.resolution
    if (resolution is not None and not resolution.workable) or "fpm" in (target.flavor or ""):
        return None  # another product, which speaks another protocol on that port
    settings = read_settings(subject, target.image)
    if settings.site or not settings.seen or old & set(settings.ports()) or _starts_elsewhere(subject):
        return None
    exposed = {number for number, _, _ in _exposed(subject)}
    if exposed & new:
        return None
    return old.pop(), new.pop()


def _starts_elsewhere(subject: Subject) -> bool:
    """Whether the command names a configuration of its own, ``nginx -c /app/nginx.conf``."""
    state = subject.stage.state
    words = [
        word for one in (state.entrypoint, state.cmd) for word in (one.value or ()) if isinstance(one.value, tuple)
    ]
    return any(word in {"-c", "-f"} for word in words)


def _numbers(ports_: Sequence[str]) -> set[int]:
    return {int(match[1]) for one in ports_ if (match := _PORT.match(one)) and (match[2] or "tcp") == "tcp"}


def _privileged(subject: Subject, variables: Sequence[str]) -> Hit | None:
    if _runs_as_root(subject) or _may_bind(subject) or subject.target is None:
        return None
    change = port_change(subject)
    low: dict[int, _Place] = {}
    exposed, configured = list(_exposed(subject)), list(_configured(subject))
    served = {number for number, _, _ in configured} if read_settings(subject, subject.target.image).site else set()
    for number, _, place in exposed:
        # where the whole configuration is at hand, EXPOSE of a port that is not in it opens nothing
        if not served or number in served:
            low.setdefault(number, place)
    for number, _, place in [*_assigned(subject, variables), *_started(subject), *configured]:
        low.setdefault(number, place)
    moved = change[0] if change is not None else 0
    low = {number: place for number, place in low.items() if 0 < number < LOWEST_FREE and number != moved}
    if not low:
        return None
    numbers = sorted(low)
    first = low[numbers[0]]
    what = f"port {numbers[0]} is" if len(numbers) == 1 else f"ports {', '.join(map(str, numbers))} are"
    message = (
        f"{what} below 1024, and {_user(subject)} may open that under Docker 20.10 or later, but not in every Kubernetes: "
        f"listen on a higher one, such as {_higher(numbers[0])}, and publish it as before"
    )
    fixes = _lifted(subject, variables, numbers, exposed)
    return Hit(first.span, message, f"{subject.evidence} runs as {subject.who}", fixes, None, first.stage)


def _higher(port: int) -> int:
    return port + 8000 if port < 1000 else port + 1000


def _user(subject: Subject) -> str:
    user = subject.stage.state.user
    return str(user.value) if user.known and user.value else subject.who


def _runs_as_root(subject: Subject) -> bool:
    """Whether root starts the container, or that is not known."""
    user, target = subject.stage.state.user, subject.target
    if user.instruction is None:
        return target is None or target.uid == 0
    if not user.known or not isinstance(user.value, str):
        return True
    return user.value.partition(":")[0] in {"", "root", "0"}


def _may_bind(subject: Subject) -> bool:
    """Whether some RUN of the file gives a program the right to open low ports."""
    return any(
        "cap_net_bind_service" in one.original.lower()
        for stage in subject.file.graph.stages
        for one in stage.instructions
        if one.keyword == "RUN"
    )


def _exposed(subject: Subject) -> Iterator[_Named]:
    """The single ports that EXPOSE names over the chain, with their protocol."""
    for stage in subject.chain:
        for instruction in stage.instructions:
            if not isinstance(instruction.detail, Expose):
                continue
            for word in instruction.detail.ports:
                text = expanded(subject, stage, instruction, word)
                match = _PORT.match(text) if text is not None else None
                if match is not None:
                    yield int(match[1]), (match[2] or "tcp").lower(), _Place(word.span, stage.index, word.text)


def _assigned(subject: Subject, variables: Sequence[str]) -> Iterator[_Named]:
    """The ports in the variables of the name `variables` that are in force at the end."""
    env = subject.stage.state.env
    for name in variables:
        found = env.get(name)
        if found is None or found.instruction is None or found.stage is None or not isinstance(found.value, str):
            continue
        spans = [pair.value_span for pair in _pairs(found.instruction) if pair.name == name]
        numbers = [found.value] if is_number(found.value) else _URL.findall(found.value)
        numbers = numbers or [one for one in found.value.split(";") if is_number(one)]
        for number in numbers:
            if spans and len(number) < 6:
                yield int(number), "tcp", _Place(spans[-1], found.stage, name)


def _pairs(instruction: Instruction) -> tuple[Pair, ...]:
    return instruction.detail.pairs if isinstance(instruction.detail, Env) else ()


def _started(subject: Subject) -> Iterator[_Named]:
    """The ports in options of the command: ``--port 80``, ``--bind=0.0.0.0:80``."""
    for effective in (subject.stage.state.entrypoint, subject.stage.state.cmd):
        instruction = effective.instruction
        if instruction is None or effective.stage is None or not isinstance(instruction.detail, Cmd | Entrypoint):
            continue
        words = instruction.detail.argv or ()
        for before, word in zip((None, *words), words, strict=False):
            after_option = before is not None and before.text in _PORT_OPTIONS
            if (
                not after_option
                and not word.text.startswith("--")
                and not (":" in word.text and re.match(r"(0\.0\.0\.0|\[::\])?:\d+\Z", word.text))
            ):
                continue
            match = _OPTION.match(word.text) if after_option or "=" in word.text or ":" in word.text else None
            if match is not None:
                yield int(match[1]), "tcp", _Place(word.span, effective.stage, word.text)


def _configured(subject: Subject) -> Iterator[_Named]:
    """The ports of a server configuration that the file copies in, where it can be seen."""
    if subject.target is not None:
        for port, setting in read_settings(subject, subject.target.image).ports().items():
            yield port, "tcp", _Place(setting.source.instruction.span, setting.source.stage.index, setting.path)


def _lifted(subject: Subject, variables: Sequence[str], numbers: list[int], exposed: list[_Named]) -> tuple[Fix, ...]:
    """Both the variable and the EXPOSE on a higher port, where the program reads its port from that variable alone."""
    assigned = list(_assigned(subject, variables))
    if len(numbers) != 1 or len(assigned) != 1 or assigned[0][0] != numbers[0] or any(True for _ in _started(subject)):
        return ()
    port, place = numbers[0], assigned[0][2]
    data = subject.file.dockerfile.source.data
    places = [place, *(one for number, _, one in exposed if number == port)]
    if any(one.stage != subject.stage.index for one in places) or len(places) < 2:
        return ()
    if any(str(port) in one.original for one in subject.instructions("HEALTHCHECK", "RUN")):
        return ()
    edits: list[Edit] = []
    from ..repairs import replace

    for one in places:
        written = data[one.span.start : one.span.end].decode("utf-8", "replace")
        if written.strip("\"'").partition("/")[0] != str(port):
            return ()
        edits.append(replace(one.span, written.replace(str(port), str(_higher(port)), 1)))
    return (Fix("unsafe", f"Listen on {_higher(port)}", tuple(edits), bound=subject.pending),)

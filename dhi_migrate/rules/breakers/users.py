"""User and group names that the hardened image does not know, and what its user may not do: low ports, volumes."""

from __future__ import annotations

from ..._pattern import is_number
from ..accounts import may_list
from .model import Breaker, Move

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Instruction, Span


def user_breakers(move: Move) -> list[Breaker]:
    """Names in USER and ``--chown`` that nobody can look up before the image is built.

    They are looked up in the image's own /etc/passwd and /etc/group; numbers always work. That a name is not there is an
    error of its own (DHI402 to DHI404). A name with a variable in it is not known to work, and neither is root by name
    where the definition lists no such account, nor a name that a package of the image may bring.
    """
    users = {account.name for account in move.definition.accounts}
    known = {"root", *users, *(group.name for group in move.definition.groups)}
    lost = set(move.facts.env) - set(move.definition.env) if move.facts is not None else set()
    found = []
    for instruction in move.instructions("USER", "COPY", "ADD"):
        owner, span = _owner(instruction)
        if owner is None:
            continue
        user, _, group = owner.partition(":")
        for name, kind in ((user, "user"), (group, "group")):
            if name.removeprefix("$").strip("{}") in lost:
                continue  # said as such: a variable that is not there
            named_root = instruction.keyword == "USER" and kind == "user" and name == "root" and name not in users
            brought = name not in known and may_list(move.definition, name)
            if "$" in name or named_root or brought:
                found.append(Breaker(span, f"whether {move.image} has the {kind} {name} is not known", False))
    return found


def home_breakers(move: Move) -> list[Breaker]:
    """What runs as another user than root needs a home and a work directory of its own.

    A new WORKDIR belongs to the USER in force, one that the image brings stays as it is:
    https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go (dispatchWorkdir).
    """
    found = []
    for stage in move.stages:
        user = None
        for instruction in stage.instructions:
            if instruction.keyword == "USER" and instruction.words:
                user = instruction.words[0].text.strip("\"'").partition(":")[0]
            if user in {None, "root", "0"}:
                continue
            if instruction.keyword == "RUN" and not move.final:
                text = f"whether {user} has a home directory to write to in {move.image} is not known"
                found.append(Breaker(instruction.span, text, False))
            elif instruction.keyword == "WORKDIR" and instruction.words:
                path = instruction.words[0].text.strip("\"'").rstrip("/")
                brought = next((entry for entry in move.definition.paths if entry.path.rstrip("/") == path), None)
                if brought is not None and brought.kind == "directory" and brought.uid == 0:
                    text = f"{path} belongs to root in {move.image}; upstream it is made for {user}"
                    found.append(Breaker(instruction.span, text, False))
    return found


def privilege_breakers(move: Move) -> list[Breaker]:
    """What a process that is not root may be refused where the image ships: ports below 1024, and root's volumes.

    Docker Engine lets every user bind low ports since 20.10; Kubernetes runtimes and older engines do not.
    """
    definition, facts = move.definition, move.facts
    if definition.uid == 0 or not move.final or move.last("USER") is not None:
        return []
    who = f"{definition.user} ({definition.uid})"
    found = []
    exposed = list(move.instructions("EXPOSE"))
    for instruction in exposed:
        low = [word.text for word in instruction.words if _port(word.text) < LOWEST_FREE_PORT]
        if low:
            ports = ", ".join(low)
            found.append(
                Breaker(instruction.span, f"port {ports} is below 1024, and {move.image} runs as {who}", False)
            )
    for instruction in move.instructions("VOLUME"):
        found.append(Breaker(instruction.span, f"a new volume belongs to root, and {move.image} runs as {who}", False))
    found.extend(_written_paths(move, who))
    if facts is None:
        return found
    span = move.stages[0].instruction.span
    taken = sorted(port for port in facts.ports if _port(port) < LOWEST_FREE_PORT)
    if taken and not definition.ports:
        text = f"upstream listens on {', '.join(taken)}, and {move.image} runs as {who}"
        found.append(Breaker(span, text, False))
    # not every image with data declares a volume for it
    data = facts.volumes or tuple(
        path for key, path in facts.prefix.items() if key == "data" and facts.uid != definition.uid
    )
    if data:
        paths = ", ".join(data)
        found.append(
            Breaker(span, f"existing data in {paths} belongs to the upstream user, {move.image} runs as {who}", False)
        )
    return found


def port_breakers(move: Move) -> list[Breaker]:
    """Another default port: whoever publishes the old one reaches nothing, whatever user the container runs as."""
    if not move.final or move.facts is None:
        return []
    before, after = set(move.facts.ports), set(move.definition.ports)
    if not after or not before - after:
        return []
    lost, now = ", ".join(sorted(before - after)), ", ".join(sorted(after))
    span = move.stages[0].instruction.span
    return [Breaker(span, f"upstream listens on {lost}, {move.image} on {now}", False)]


def download_breakers(move: Move) -> list[Breaker]:
    """ADD of a URL makes a file with mode 0600, for root alone: https://docs.docker.com/reference/dockerfile/#add."""
    if not move.final or move.definition.uid == 0:
        return []
    return [
        Breaker(
            instruction.span,
            f"only root may read what ADD downloads, and {move.image} runs as {move.definition.user}",
            False,
        )
        for instruction in move.instructions("ADD")
        if any(word.text.strip("\"'").startswith(("http://", "https://")) for word in instruction.words[:-1])
        and not any(flag.name in {"chmod", "chown"} for flag in instruction.flags)
    ]


def _written_paths(move: Move, who: str) -> list[Breaker]:
    """Variables that by their name hold a path the application writes to; only root may write there by default."""
    found = []
    for instruction in move.instructions("ENV"):
        for pair in getattr(instruction.detail, "pairs", ()):
            value = pair.value.strip("\"'")
            if pair.name.upper().endswith("PORT") and _port(value) < LOWEST_FREE_PORT and value != "0":
                found.append(
                    Breaker(instruction.span, f"port {value} is below 1024, and the container runs as {who}", False)
                )
            name = f"_{pair.name.upper()}_"
            scratch = value.startswith("/tmp")  # noqa: S108 - a path in the image, writable for everyone
            if not value.startswith("/") or scratch or name.endswith(("_JAVA_HOME_", "_SHARE_DIR_")):
                continue
            if any(f"_{word}_" in name for word in _WRITTEN):
                found.append(
                    Breaker(instruction.span, f"{pair.name}={value} may be written to, and {who} may not", False)
                )
    return found


_WRITTEN = (
    *("DB", "DATA", "DATABASE", "DATADIR", "STORAGE", "STORE", "CACHE", "LOG", "LOGS", "LOGDIR", "UPLOAD", "UPLOADS"),
    *("STATE", "SQLITE", "SPOOL", "WORKSPACE", "DATA_DIR", "LOG_DIR", "CACHE_DIR", "HOME"),
)
LOWEST_FREE_PORT = 1024
"""Ports below this one are root's, by the default of Linux."""


def _port(text: str) -> int:
    """The first port of ``EXPOSE 80/tcp`` or ``80-90``; a large number for what is not one."""
    digits = text.partition("/")[0].partition("-")[0]
    return int(digits) if is_number(digits) and len(digits) < 6 else LOWEST_FREE_PORT


def _owner(instruction: Instruction) -> tuple[str | None, Span]:
    if instruction.keyword == "USER":
        word = instruction.words[0] if instruction.words else None
        return (word.text.strip("\"'"), word.span) if word is not None else (None, instruction.span)
    for flag in instruction.flags:
        if flag.name == "chown" and flag.value:
            return flag.value, flag.span
    return None, instruction.span

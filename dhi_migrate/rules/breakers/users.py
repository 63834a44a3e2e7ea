"""User and group names that the hardened image does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dockerfile import Span
from .model import Breaker, Move

if TYPE_CHECKING:
    from ...dockerfile import Instruction


def user_breakers(move: Move) -> list[Breaker]:
    """Names in USER and ``--chown`` are looked up in the image's own /etc/passwd and /etc/group when the image is built.

    Numbers always work. A name with a variable in it is not known to work. Names that a RUN of these stages creates
    (useradd, adduser) are left to the rules about users: such a RUN is judged there.
    """
    created = _created(move)
    users = {account.name for account in move.definition.accounts} | created
    groups = {group.name for group in move.definition.groups} | created
    found = []
    for instruction in move.instructions("USER", "COPY", "ADD"):
        owner, span = _owner(instruction)
        if owner is None:
            continue
        user, _, group = owner.partition(":")
        for name, known, kind in ((user, users, "user"), (group, groups, "group")):
            if not name or name.isdigit() or name in known:
                continue
            if "$" in name:
                found.append(Breaker(span, f"whether {move.image} has the {kind} {name} is not known", False))
            else:
                found.append(Breaker(span, f"{move.image} has no {kind} {name}", True))
    return found


def _owner(instruction: Instruction) -> tuple[str | None, Span]:
    if instruction.keyword == "USER":
        word = instruction.words[0] if instruction.words else None
        return (word.text.strip("\"'"), word.span) if word is not None else (None, instruction.span)
    for flag in instruction.flags:
        if flag.name == "chown" and flag.value:
            return flag.value, flag.span
    return None, instruction.span


def _created(move: Move) -> set[str]:
    """Last words of useradd, adduser, groupadd and addgroup commands: the names that they create."""
    import re

    names: set[str] = set()
    for instruction in move.instructions("RUN"):
        if not any(tool in instruction.original for tool in ("useradd", "adduser", "groupadd", "addgroup")):
            continue
        for piece in re.split(r"&&|\|\||;|\n|\|", instruction.original):
            words = piece.split()
            if any(tool in words for tool in ("useradd", "adduser", "groupadd", "addgroup")):
                names.update(words[-2:])
    return names

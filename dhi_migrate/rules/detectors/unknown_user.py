"""Names in USER (DHI402) and ``--chown`` (DHI404) that the image of the stage does not know, and numbers of upstream."""

from __future__ import annotations

import posixpath

from ..._pattern import is_number
from ..accounts import (
    ROOT,
    Elsewhere,
    created,
    final_user,
    numeric_owner,
    own_account,
    owner_of,
    replaced,
    unknown_names,
)
from ..causes import also
from ..copied import brought
from ..entrypoints import after_init, same_program
from ..findings import Edit, Fix, Hit
from ..paths import SHARED, under
from ..repairs import remove_instruction, replace
from ..start import start_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal

    from ...catalog.model import Definition
    from ..accounts import Owner
    from ..findings import Safety
    from ..subject import Subject


MAX_TEXTS = 50
"""Most different texts that are reported for one stage."""


def unknown_user(
    subject: Subject, where: Literal["user", "chown"], state: Mapping[str, str] | None = None
) -> Iterator[Hit]:
    """One hit for each text of USER ("user") or ``--chown`` ("chown") with an unknown name, on the first of its lines.

    For USER also one for the number of the upstream image's user, where a server writes to directories of its own: `state`
    names one by hardened image, beside those of the definitions. Names that a RUN of the chain makes belong to the rule
    about such RUN instructions. Where the file brings a passwd of its own, nothing is known.
    """
    target = subject.target
    keywords = ("USER",) if where == "user" else ("COPY", "ADD")
    owners = [owner for one in subject.instructions(*keywords) if (owner := owner_of(one)) is not None]
    if target is None or not owners or replaced(subject):
        return
    made = created(subject)
    found: dict[tuple[str, bool], list[Owner]] = {}
    elsewhere = Elsewhere(subject)
    for owner in owners:
        if len(found) >= MAX_TEXTS:
            break
        linked = where == "chown" and _alone(owner)
        if owner.user in made or owner.group in made:
            continue  # what is to be done about the RUN is to be done about its names too
        names = unknown_names(subject, owner, made)
        if any(elsewhere.may_make(name) for name in names):
            continue
        named = [part for part in (owner.user, owner.group) if part and part not in ROOT and not is_number(part)]
        if names or (linked and named and owner.fixed):
            found.setdefault((owner.text, linked and not names), []).append(owner)
    for (text, linked), same in found.items():
        names = unknown_names(subject, same[0], made)
        fixes = _user_fix(subject, same) if where == "user" else _chown_fix(subject, same)
        rest = also(subject, [one.instruction for one in same[1:]])
        yield Hit(same[0].span, _message(subject, where, text, names, linked) + rest, _evidence(subject), fixes)
    if where == "user":
        yield from _foreign_number(subject, target, owners, state or {})


def _foreign_number(
    subject: Subject, target: Definition, owners: list[Owner], state: Mapping[str, str]
) -> Iterator[Hit]:
    """At most one hit: the stage ends as the number that the server had upstream, and it has another one here."""
    before, own = subject.before, own_account(target)
    if not subject.pending or subject.role != "final" or before is None or not before.uid or own is None:
        return
    number = str(before.uid)
    if before.uid == own.uid or target.uid == 0 or final_user(subject) != number or not _starts_server(subject, target):
        return
    places = [place for place in (state.get(target.image), *_own_directories(target)) if place is not None]
    place = next((one for one in places if one.startswith("/var/")), next(iter(places), None))
    mine = [one for one in owners if one.user == number]
    if place is None or not mine:
        return
    text = (
        f"USER {mine[0].text} is the user of {subject.carrier.base.partition('@')[0]}; {subject.image} runs as "
        f"{subject.who}, and {place}, where it writes to, belongs to that user: write USER {own.uid}"
    )
    chowns = [owner for one in subject.instructions("COPY", "ADD") if (owner := owner_of(one)) is not None]
    edits = tuple(replace(one.span, _renumbered(one, number, own.uid, own.gid)) for one in chowns if one.user == number)
    edits = (*(replace(one.span, str(own.uid)) for one in mine), *edits)
    fix = Fix("safe", f"Use the image's own user: USER {own.uid}", edits, bound=True)
    yield Hit(mine[0].span, text + also(subject, [one.instruction for one in mine[1:]]), _evidence(subject), (fix,))


def _renumbered(owner: Owner, number: str, uid: int, gid: int) -> str:
    """The text of a ``--chown`` of the user `number` for another user; a group of another number stays."""
    if not owner.group:
        return str(uid)
    return f"{uid}:{gid if owner.group == number else owner.group}"


def _starts_server(subject: Subject, target: Definition) -> bool:
    """Whether what starts is the program of the image, by its ENTRYPOINT or by that of the file."""
    start, program = start_of(subject), after_init(target.entrypoint or ())
    if start is None or not program:
        return False
    if start.inherits:
        return True
    own = after_init(start.entrypoint.words) if start.entrypoint is not None else ()
    return bool(own) and same_program(own[0], program[0])


def _own_directories(target: Definition) -> Iterator[str]:
    """The directories that the definition makes for its user alone."""
    for one in target.paths:
        private = one.uid == target.uid and (one.mode or "0755")[-1] not in "2367"
        if one.kind == "directory" and private and one.path not in SHARED:
            yield one.path


def _alone(owner: Owner) -> bool:
    """Whether the COPY is made on an empty file system: ``--link`` without ``--chmod`` (moby/buildkit, convert_copy.go)."""
    detail = owner.instruction.detail
    return bool(getattr(detail, "link", False)) and getattr(detail, "chmod", None) is None


def _message(subject: Subject, where: str, text: str, names: tuple[str, ...], linked: bool) -> str:
    number = numeric_owner(subject.target, *_parts(text)) if subject.target is not None else None
    if linked:
        return f"--link copies without looking at the image, so --chown={text} finds no name: write --chown={number}"
    what = f"--chown={text}" if where == "chown" else f"USER {text}"
    missing = f"{subject.image} has no user or group {' or '.join(names)}"
    if where == "chown":
        advice = "take the flag out, -dev builds as root" if _needless(subject) else f"write --chown={number}"
        return f"{what} cannot be looked up: {missing}; {advice}"
    own = own_account(subject.target) if subject.target is not None else None
    if subject.role == "build" and subject.target is not None and subject.target.uid == 0:
        return f"{what} cannot be looked up: {missing}; take it out, -dev builds as root"
    return f"{what} cannot be looked up: {missing}" + (f"; its own user is {own.name} ({own.uid})" if own else "")


def _parts(text: str) -> tuple[str, str]:
    user, _, group = text.partition(":")
    return user, group


def _evidence(subject: Subject) -> str:
    target = subject.target
    if target is None:
        return subject.evidence
    names = ", ".join(f"{one.name} ({one.uid})" for one in target.accounts[:6])
    return f"{target.source} lists {names or 'no accounts'}"


def _user_fix(subject: Subject, owners: list[Owner]) -> tuple[Fix, ...]:
    target = subject.target
    if target is None:
        return ()
    dockerfile = subject.file.dockerfile
    if subject.role == "build":
        if target.uid != 0:
            return ()
        edits = tuple(remove_instruction(dockerfile, one.instruction) for one in owners)
        safety: Safety = "unsafe" if _needs_home(subject, owners[0].user) else "safe"
        return (Fix(safety, f"Remove USER {owners[0].text}", edits, bound=subject.pending),)
    own = own_account(target)
    if own is None:
        return ()
    known = {one.name for one in target.accounts}
    user = owners[0].user
    name = user if user in known or is_number(user) else own.name
    edits = tuple(replace(one.span, name) for one in owners)
    return (Fix("safe", f"Use the image's own user: USER {name}", edits, bound=subject.pending),)


def _needs_home(subject: Subject, user: str) -> bool:
    """Whether the stage works in the home of `user`: as root it is another one, and what is taken from there is not there."""
    texts = [one.original for one in subject.instructions("RUN", "ENV")]
    texts.extend(source for edge in subject.outgoing for source in edge.sources)
    words = ("~", "HOME", "--user", f"/home/{user}/.")
    return any(word in text for text in texts for word in words)


def _chown_fix(subject: Subject, owners: list[Owner]) -> tuple[Fix, ...]:
    target = subject.target
    if target is None:
        return ()
    if _needless(subject):
        edits = tuple(remove_flag(subject.file.dockerfile.source.data, one) for one in owners)
        safety: Safety = "unsafe" if _handed_on(subject, owners) else "safe"
        return (Fix(safety, f"Remove --chown={owners[0].text}", edits, bound=subject.pending),)
    number = numeric_owner(target, owners[0].user, owners[0].group)
    if number is None:
        return ()
    edits = tuple(replace(one.span, number) for one in owners)
    return (Fix("safe", f"Write --chown={number}", edits, bound=subject.pending),)


def _needless(subject: Subject) -> bool:
    """Whether the stage does all its work as root, so that it matters to nobody in it whose the files are."""
    root = subject.target is not None and subject.target.uid == 0
    return root and subject.role == "build" and not _has_user(subject)


def _handed_on(subject: Subject, owners: list[Owner]) -> bool:
    """Whether another stage takes the very files over without an owner of its own: COPY --from keeps the one that they have."""
    if all(getattr(edge.instruction.detail, "chown", None) is not None for edge in subject.outgoing):
        return False
    mine = {one.instruction.index for one in owners}
    places = [one.destination for one in brought(subject) if one.instruction.index in mine]
    taken = [posixpath.normpath(posixpath.join("/", source)) for edge in subject.outgoing for source in edge.sources]
    if len(taken) > MAX_TEXTS:
        return True
    return any(place is None or under(posixpath.normpath(place), source) for place in places for source in taken)


def _has_user(subject: Subject) -> bool:
    """Whether the chain changes to a user that the target has, so that ownership matters while it builds."""
    known = {one.name for one in subject.target.accounts if one.uid} if subject.target is not None else set()
    made = created(subject)
    for instruction in subject.chain_instructions("USER"):
        owner = owner_of(instruction)
        if owner is None or not owner.fixed or owner.user in known or owner.user in made:
            return True
        if is_number(owner.user) and owner.user != "0":
            return True
    return False


def remove_flag(data: bytes, owner: Owner) -> Edit:
    """Take the ``--chown`` that `owner` was read from out of the bytes of the file, with the blanks behind it."""
    flag = next(one for one in owner.instruction.flags if one.name == "chown")
    end = flag.span.end
    while data[end : end + 1] in {b" ", b"\t"}:
        end += 1
    return Edit(flag.span.start, end, b"")

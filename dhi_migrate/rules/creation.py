"""Taking user creation out of a stage that ships: the commands, and every place that uses the names they made.

All of it is one repair: half of it would leave a USER or a ``--chown`` that nothing explains.
"""

from __future__ import annotations

from itertools import islice

from .._pattern import is_number
from ..dockerfile.details import Arg
from .absorb import Around, absorb
from .account_uses import (
    ending,
    homes_stand,
    names_in_variables,
    runs_as,
    starts_script,
    takes_accounts,
    user_of,
    words_of,
)
from .accounts import (
    ROOT,
    final_user,
    name_of,
    numeric_owner,
    own_account,
    owner_of,
    substituted,
    value_of,
    variable,
)
from .facts import stage_facts
from .facts.files import is_cache
from .findings import Edit, Fix
from .repairs import remove_commands, remove_instruction, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dockerfile import Instruction, Stage
    from ..dockerfile.shell import Command
    from .accounts import Owner
    from .facts import RunFacts
    from .subject import Subject

# Programs that are given a user name to run something as.
_SWITCHING = ("gosu", "su-exec", "su", "sudo", "runuser", "setpriv", "chroot", "setuidgid", "s6-setuidgid")


MAX_FAMILY = 50
"""Most stages that are built on one which makes users; with more of them there is no repair."""

MAX_NAMES = 50
"""Most users, groups, and build arguments that are followed."""


def made_names(runs: Sequence[RunFacts]) -> frozenset[str]:
    """The names of users and groups that `runs` make; in variables as ``$NAME``."""
    return frozenset(
        name for run in runs for one in run.accounts if one.action in {"user", "group"} and (name := name_of(one))
    )


def made_uids(runs: Sequence[RunFacts]) -> tuple[int, ...]:
    """The numbers that `runs` ask for as uids."""
    return tuple(
        dict.fromkeys(one.uid for run in runs for one in run.accounts if one.action == "user" and one.uid is not None)
    )


def removal(subject: Subject, runs: Sequence[RunFacts]) -> Fix | None:
    """The repair that takes the account commands of `runs` out of the stage; None where something else hangs on them."""
    target = subject.target
    own = own_account(target) if target is not None else None
    if target is None or own is None or len(made_names(runs)) > MAX_NAMES or not _simple(runs):
        return None
    names = _known_names(subject, runs)
    if any(one.action in {"user", "group"} and not name_of(one) for run in runs for one in run.accounts):
        return None
    family = _family(subject)
    if len(family) > MAX_FAMILY or takes_accounts(subject.outgoing):
        return None
    around = Around(subject, names | {str(uid) for uid in made_uids(runs)}, _homes(family, runs))
    edits: list[Edit] = []
    ids = names | around.names
    end = ending(subject, family)
    serves = user_of(end) in ids
    if not serves and starts_script(end):
        return None
    stand = homes_stand(end, family, runs, around)
    if stand is None:
        return None
    # a user that no USER names is there for something that the file does not show
    safe = serves and stand and not names_in_variables(family, ids)
    gone: list[Instruction] = []
    for run in runs:
        part = _without(subject, around, run)
        if part is None:
            return None
        more, exact, whole = part
        edits.extend(more)
        safe = safe and exact
        if whole:
            gone.append(run.instruction)
    if not _unused(subject, family, runs, names, around):
        return None
    owners = _owners(subject, family, runs, names)
    if owners is None:
        return None
    edits.extend(owners)
    edits.extend(_arguments(subject, family, gone))
    edits.extend(_detours(subject, gone))
    title = "Remove the user creation" + (f", and use {own.name} ({own.uid})" if owners else "")
    return Fix("safe" if safe else "unsafe", title, tuple(dict.fromkeys(edits)), bound=subject.pending)


def _known_names(subject: Subject, runs: Sequence[RunFacts]) -> frozenset[str]:
    """What `made_names` gives, and the values of names in variables where these are known."""
    found = set(made_names(runs))
    for run in runs:
        for one in run.accounts:
            value = substituted(subject, run.instruction, name_of(one)) if one.action in {"user", "group"} else None
            if value:
                found.add(value)
    return frozenset(found)


def _simple(runs: Sequence[RunFacts]) -> bool:
    """Whether the commands only make accounts, or change those that they make."""
    names = made_names(runs)
    joined = {*names, "users"}
    for run in runs:
        for one in run.accounts:
            if one.action == "change" and (name_of(one) not in names or not names.issuperset(one.groups)):
                return False
            if one.action == "user" and not joined.issuperset(one.groups):
                return False
    return True


def _family(subject: Subject) -> tuple[Stage, ...]:
    """The stage and those that are built on it, which know its accounts too."""
    found = {subject.stage.index}
    members = [subject.stage]
    for stage in subject.file.graph.stages[subject.stage.index + 1 :]:
        if stage.base.stage in found:
            found.add(stage.index)
            members.append(stage)
    return tuple(members)


def _without(subject: Subject, around: Around, run: RunFacts) -> tuple[tuple[Edit, ...], bool, bool] | None:
    """The edits that take the accounts out of `run`, whether they are exact, and whether the whole RUN goes."""
    dockerfile = subject.file.dockerfile
    gone = {one.command for one in run.accounts}
    if run.instruction.exec_form:
        return ((remove_instruction(dockerfile, run.instruction),), True, True) if run.pure == "accounts" else None
    if run.pure == "accounts":
        rest = _files(run, gone)
        taken = absorb(around, run, rest) if rest else None
        if rest and taken is None:
            return None
        extra = taken.edits if taken is not None else ()
        return (*extra, remove_instruction(dockerfile, run.instruction)), taken is None or taken.safe, True
    if not run.script.ok or any(one.depth for one in gone):
        return None
    kept = [word.text for command in run.script.commands if command not in gone for word in command.words]
    if not around.names.isdisjoint(part for text in kept for part in text.replace(":", " ").split()):
        return None
    edits = remove_commands(dockerfile, run.instruction, run.script.commands, tuple(gone))
    return (edits, True, False) if edits is not None else None


def _files(run: RunFacts, gone: set[Command]) -> list[Command]:
    """The commands of `run` that make or change files, in order, without those that only clean."""
    kept = [one for one in run.written if not (one.kind == "removed" and is_cache(one.path))]
    touched = {one.command for group in (kept, run.ownerships, run.modes) for one in group}
    return [one for one in run.script.commands if one in touched and one not in gone]


def _unused(
    subject: Subject, family: Sequence[Stage], runs: Sequence[RunFacts], names: frozenset[str], around: Around
) -> bool:
    """Whether only USER, ``--chown`` and what a COPY takes over name one of `names` once `runs` are without them."""
    changed = {run.instruction.index for run in runs}
    for stage in family:
        own = stage is subject.stage
        for run in subject.facts.runs if own else stage_facts(stage).runs:
            if run.instruction.index in changed and run.pure == "accounts":
                continue
            named = any(one.owner in names or one.group in names for one in run.ownerships)
            if named and (not own or run.pure != "files" or absorb(around, run, _files(run, set())) is None):
                return False
            if any(_switches(command, names) for command in run.script.commands):
                return False
        for instruction in stage.instructions:
            if instruction.keyword in {"CMD", "ENTRYPOINT", "HEALTHCHECK"} and (
                _mentions(instruction.original, names) or runs_as(instruction.original, names)
            ):
                return False
            if instruction.keyword == "ONBUILD" and not names.isdisjoint(words_of(instruction.original)):
                return False
    return True


def _switches(command: Command, names: frozenset[str]) -> bool:
    programs = {command.name, *command.wrappers}
    return not programs.isdisjoint(_SWITCHING) and _mentions(" ".join((*command.wrappers, *command.texts)), names)


def _mentions(text: str, names: frozenset[str]) -> bool:
    """Whether `text` starts a program as another user, with one of `names` among its words."""
    words = words_of(text)
    return not names.isdisjoint(words) and not set(_SWITCHING).isdisjoint(word.rsplit("/", 1)[-1] for word in words)


def _homes(family: Sequence[Stage], runs: Sequence[RunFacts]) -> frozenset[str]:
    """The home directories of the users that `runs` make, without those that something else in `family` names."""
    found = {
        one.home.rstrip("/") or f"/home/{one.name}"
        for run in runs
        for one in run.accounts
        if one.action == "user" and one.name
    }
    changed = {run.instruction.index for run in runs}
    texts = [one.original for stage in family for one in stage.instructions if one.index not in changed]
    return frozenset(home for home in found if home.startswith("/") and not any(home in text for text in texts))


def _owners(
    subject: Subject, family: Sequence[Stage], runs: Sequence[RunFacts], names: frozenset[str]
) -> list[Edit] | None:
    """USER and ``--chown`` with the image's own account in the place of what `runs` make; None where one cannot be written so.

    So for a name that comes from a variable: then it is told by another place what it is.

    A container that the file runs as a number goes on as that number, and its files with it.
    """
    numbers = {str(uid) for uid in made_uids(runs)}
    final = final_user(subject)
    stays = final is not None and is_number(final)
    edits: list[Edit] = []
    for stage in family:
        for instruction in stage.instructions:
            owner = owner_of(instruction) if instruction.keyword in {"USER", "COPY", "ADD"} else None
            if owner is None:
                continue
            user, group = variable(owner.user), variable(owner.group)
            counted = not stays and instruction.keyword != "USER" and user in numbers
            if not {user, group} & names and not counted:
                value = value_of(subject, stage, owner)
                if value is None or not names.isdisjoint(value.split(":")):
                    return None
                continue
            text = _numbered(runs, final or "", user, group) if stays else _renamed(subject, owner, names, counted)
            if text is None or "$" in text:
                return None
            edits.append(replace(owner.span, text))
    return edits


def _renamed(subject: Subject, owner: Owner, names: frozenset[str], counted: bool) -> str | None:
    """What `owner` is for the image's own account."""
    target = subject.target
    own = own_account(target) if target is not None else None
    if target is None or own is None:
        return None
    mine = counted or variable(owner.user) in names
    if owner.instruction.keyword == "USER":
        return own.name if mine else owner.user
    group = "" if mine else str(own.gid) if variable(owner.group) in names else owner.group
    return numeric_owner(target, own.name if mine else owner.user, group)


def _numbered(runs: Sequence[RunFacts], final: str, user: str, group: str) -> str | None:
    """``uid:gid`` of what `runs` make by number, for a container that runs as the uid `final`."""
    made = [one for run in runs for one in run.accounts]
    uids = {name_of(one): one.uid for one in made if one.action == "user"}
    gids = {name_of(one): one.gid for one in made if one.action == "group"}
    uid = uids.get(user) if not is_number(user) else int(user)
    gid = gids.get(group, uids.get(group)) if group and not is_number(group) else int(group) if group else uid
    return f"{uid}:{gid}" if uid is not None and gid is not None and str(uid) == final else None


def _arguments(subject: Subject, family: Sequence[Stage], gone: Sequence[Instruction]) -> list[Edit]:
    """Takes out the ARG instructions of the stage that only the RUN instructions `gone` use."""
    lost = {one.index for one in gone}
    text = "\n".join(one.original for one in gone)
    if "$" not in text:
        return []
    edits = []
    for instruction in islice(subject.instructions("ARG"), MAX_NAMES):
        detail = instruction.detail
        if not isinstance(detail, Arg) or not all(_used(pair.name, text) for pair in detail.pairs):
            continue
        others = (
            part
            for stage in family
            for one in stage.instructions
            if one.index not in lost and one.index != instruction.index
            for part in (one.original, *(document.content for document in one.heredocs))
        )
        if not any(pair.name in part for part in others for pair in detail.pairs):
            edits.append(remove_instruction(subject.file.dockerfile, instruction))
    return edits


def _detours(subject: Subject, gone: Sequence[Instruction]) -> list[Edit]:
    """Takes out each USER root that stood there for the RUN instructions `gone` alone: another USER follows them directly."""
    lost = {one.index for one in gone}
    own = [one for one in subject.instructions() if one.keyword not in {"ARG", "LABEL", "ENV", "EXPOSE"}]
    edits = []
    for place, instruction in enumerate(own):
        owner = owner_of(instruction) if instruction.keyword == "USER" else None
        if owner is None or owner.user not in ROOT:
            continue
        after = place + 1
        while after < len(own) and own[after].index in lost:
            after += 1
        if place + 1 < after < len(own) and own[after].keyword == "USER":
            edits.append(remove_instruction(subject.file.dockerfile, instruction))
    return edits


def _used(name: str, text: str) -> bool:
    return f"${name}" in text or f"${{{name}" in text

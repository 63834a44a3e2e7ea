"""Names of users and groups in the RUN instructions of a stage on -dev: who is looked up where, and what cannot be made."""

from __future__ import annotations

from .._pattern import is_number
from ..rules.accounts import Elsewhere, created, may_list, numeric_owner, replaced
from ..rules.repairs import replace
from .dev_tables import is_gone
from .outcome import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile.shell import ShellWord
    from ..rules.facts import Account, Ownership, RunFacts
    from ..rules.findings import Edit
    from .dev_scope import Scope


def lost_names(scope: Scope) -> frozenset[str]:
    """The users that a RUN of the chain gives files to and that neither the -dev image nor the file has."""
    made = created(scope.subject)
    known = {"root", *(one.name for one in scope.target.accounts), *made}
    return frozenset(
        one.owner
        for run in scope.runs
        for one in run.ownerships
        if one.owner and not is_number(one.owner) and "$" not in one.owner and one.owner not in known
    )


def rename_owners(scope: Scope, mapped: frozenset[str] | None) -> list[Edit] | Refusal:
    """Numbers in the place of names that ``chown`` and its kin cannot look up on the -dev image.

    `mapped` are the names that stand for the image's own account (None: every unknown name does); a chown to another
    unknown one is a refusal.
    """
    subject, target = scope.subject, scope.target
    if replaced(subject):
        return []
    made = created(subject)
    elsewhere = Elsewhere(subject)
    users = {one.name for one in target.accounts}
    groups = {one.name for one in target.groups}

    def missing(name: str, known: set[str]) -> bool:
        plain = name and not is_number(name) and name != "root" and "$" not in name
        return bool(plain) and name not in known and name not in made and not may_list(target, name)

    edits: list[Edit] = []
    for run in scope.runs:
        for one in run.ownerships:
            lost = [name for name, known in ((one.owner, users), (one.group, groups)) if missing(name, known)]
            if not lost:
                continue
            if mapped is not None and not mapped.issuperset(lost):
                if any(elsewhere.may_make(name) for name in lost):
                    continue
                text = f"chown to {lost[0]}, whom {target.image}:{target.tags[0]} does not have"
                return Refusal("dev", scope.line(run.instruction), text)
            edit = _edit(scope, one, missing(one.owner, users), missing(one.group, groups))
            if edit is None:
                text = f"chown to {lost[0]}, whom the image does not have, and the place of the name cannot be told"
                return Refusal("dev", scope.line(run.instruction), text)
            edits.extend(edit)
        stuck = _switched(run, made, users)
        if stuck:
            text = f"a RUN does something as {stuck}, whom {target.image}:{target.tags[0]} does not have"
            return Refusal("dev", scope.line(run.instruction), text)
    return list(dict.fromkeys(edits))


def _switched(run: RunFacts, made: frozenset[str], users: set[str]) -> str:
    """A name that is not there and that a command of `run` is run as: ``su www-data -c ..``; "" for none."""
    for command in run.script.commands:
        if command.name in {"su", "runuser"}:
            names = [word.text for word in command.words[1:3] if not word.text.startswith("-")]
        elif "gosu" in command.wrappers or "su-exec" in command.wrappers:
            names = _before(command.span.start, run)
        else:
            continue
        for name in names[:1]:
            if name.isidentifier() and name not in users and name not in made and name != "root":
                return name
    return ""


def _before(start: int, run: RunFacts) -> list[str]:
    """The word after the wrapper that begins at byte `start` of the RUN."""
    layout = run.instruction.original
    for tool in ("gosu ", "su-exec "):
        at = layout.find(tool)
        if at >= 0:
            return layout[at + len(tool) :].split()[:1]
    return []


def _edit(scope: Scope, one: Ownership, user: bool, group: bool) -> list[Edit] | None:
    """The edits that write numbers in `one`, whose `user` and `group` are unknown; None where the words are not found."""
    number = numeric_owner(scope.target, one.owner or "0", one.group)
    if number is None:
        return None
    uid, _, gid = number.partition(":")
    whole: ShellWord | None = None
    edits: list[Edit] = []
    for word in one.command.words[1:]:
        if not word.literal:
            continue
        text = word.text
        if text in {
            f"{one.owner}:{one.group}",
            f"{one.owner}.{one.group}",
            one.owner,
            f"{one.owner}:",
            f":{one.group}",
        }:
            if one.command.name in {"chown", "chgrp"}:
                whole = word
                break
            if text == one.owner and user:
                edits.append(replace(word.span, uid))
                continue
        if text == one.group and (group or one.command.name == "chgrp"):
            edits.append(replace(word.span, gid if one.owner else _group(scope, one.group)))
        elif text in {f"--owner={one.owner}", f"--group={one.group}"}:
            name, _, _ = text.partition("=")
            edits.append(replace(word.span, f"{name}={uid if name == '--owner' else gid}"))
    if whole is None:
        return edits or None
    text = whole.text
    if text == one.owner:
        return [replace(whole.span, uid)]
    if not one.owner:
        return [replace(whole.span, f":{_group(scope, one.group)}")]
    return [replace(whole.span, f"{uid if user else one.owner}:{gid}")]


def _group(scope: Scope, name: str) -> str:
    """The number of the group `name`, that of the image's own account where it does not have one of that name."""
    number = numeric_owner(scope.target, "0", name) or "0:0"
    return number.partition(":")[2]


def unmakeable(scope: Scope) -> Refusal | None:
    """An account that cannot be made, changed or deleted on the -dev image as the file does it; None for none.

    A name or number that the image has already, a group that it does not have.
    """
    target = scope.target
    names = {one.name for one in target.accounts}
    groups = {one.name for one in target.groups} | {"root"}
    uids = {one.uid for one in target.accounts}
    gids = {one.gid for one in target.groups}
    for run in scope.runs:
        for one in run.accounts:
            trouble = _trouble(scope, one, (names, uids), (groups, gids))
            if trouble is not None and one.command.certain:
                return Refusal("dev", scope.line(run.instruction), f"{one.command.name}: {trouble}")
            if one.action == "user":
                names.add(one.name)
                groups.update((one.name,) if not one.primary else ())
            elif one.action == "group":
                groups.add(one.name)
            elif one.action == "delete":
                gone = [known for known in target.accounts if known.name == one.name]
                names.discard(one.name)
                groups.discard(one.name)
                uids.difference_update(known.uid for known in gone)
                gids.difference_update(known.gid for known in gone)
    return None


def _trouble(
    scope: Scope, one: Account, users: tuple[set[str], set[int]], groups: tuple[set[str], set[int]]
) -> str | None:
    target, (names, uids), (known, gids) = scope.target, users, groups
    image = f"{target.image}:{target.tags[0]}"
    if not one.name or "$" in one.name:
        return None
    if one.action == "user" and one.name in names:
        return f"{image} has the user {one.name} already"
    if one.action == "user" and one.uid is not None and one.uid in uids and "-o" not in one.command.texts:
        return f"{image} has a user with the number {one.uid} already"
    if one.action == "group" and one.name in known:
        return f"{image} has the group {one.name} already"
    if one.action == "group" and one.gid is not None and one.gid in gids and "-o" not in one.command.texts:
        return f"{image} has a group with the number {one.gid} already"
    if one.action in {"change", "delete"} and one.name not in names | known and not may_list(target, one.name):
        return f"{image} has no {one.name}"
    for group in (*one.groups, one.primary):
        if group and not is_number(group) and "$" not in group and group not in known and not may_list(target, group):
            return f"{image} has no group {group}"
    return None


def gone_package(scope: Scope) -> Refusal | None:
    """A package that the distribution of the -dev image is known to have no more, where no other source of packages is added."""
    manager = scope.target.package_manager
    for run in scope.runs:
        text = run.instruction.original
        if any(word in text for word in ("sources.list", "apt-add-repository", "add-apt-repository", "/etc/apk/")):
            return None
        if any(one.repository or one.opaque for one in run.packages if one.action == "install"):
            return None
        for one in run.packages:
            if one.action != "install" or one.manager != manager or not one.command.certain:
                continue
            lost = [package.name for package in one.packages if is_gone(scope.target, package.name)]
            if lost:
                where = f"{scope.target.distro} {scope.target.release}"
                return Refusal(
                    "dev", scope.line(run.instruction), f"{where} has no package {', '.join(lost[:5])} any more"
                )
    return None

"""Users of a stage that is split: the build runs as root, the runtime as its own user, and files change hands on the way."""

from __future__ import annotations

from ..._pattern import is_number
from ..._record import NamedTuple
from ...rules.accounts import ROOT, created, final_user, owner_of
from ...rules.findings import Edit
from ...rules.repairs import remove_commands
from ..outcome import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Instruction
    from ...rules.facts import RunFacts
    from ...rules.subject import Subject
    from .frame import Frame
    from .inventory import Inventory


class People(NamedTuple):
    """`owner` is ``uid:gid`` of the user that the runtime runs as; `user` the text of its USER, "" for that of the image.

    `edits` take the making of users, and owners that only they explain, out of the build stage; `gone` are the RUN
    instructions of which nothing is left.
    """

    owner: str
    user: str
    edits: tuple[Edit, ...]
    gone: tuple[Instruction, ...]


def plan_people(subject: Subject, inventory: Inventory, frame: Frame) -> People | Refusal:
    """Who the runtime runs as, and what that takes out of the build stage; or why it cannot be told."""
    target = frame.target
    user = final_user(subject)
    line = subject.stage.line
    made = created(subject)
    instruction = subject.stage.state.user.instruction
    if user is None and instruction is not None and instruction.words[0].text in {"$APP_UID", "${APP_UID}"}:
        user = ""  # the variable of the upstream .NET images for their own user
    if user is None:
        return Refusal("split", line, "the user at the end of the stage is not known")
    text = ""
    uid, gid = target.uid, target.gid
    if user and user not in ROOT and user not in made:
        account = next((one for one in target.accounts if one.name == user), None)
        if is_number(user):
            if int(user) != target.uid:
                uid, gid = int(user), _group(subject, int(user))
                text = user if gid == uid and not _has_group(instruction) else f"{uid}:{gid}"
        elif account is not None and account.uid != target.uid:
            text, uid, gid = user, account.uid, account.gid
        elif account is None and instruction is not None and "$" in instruction.original:
            return Refusal("split", subject.line(instruction.span), "the user is named by a variable")
    if uid == 0:
        # an image that runs as root although it is hardened needs to (docker-dind)
        return Refusal("split", line, f"{target.image} runs as root, and what it starts may need that")
    edits: list[Edit] = []
    gone: list[Instruction] = []
    for run in inventory.runs:
        found = _without_accounts(subject, run, frame)
        if isinstance(found, Refusal):
            return found
        edits.extend(found[0])
        gone.extend(found[1])
    edits.extend(_without_owners(subject, frame))
    return People(f"{uid}:{gid}", text, tuple(edits), tuple(gone))


def _has_group(instruction: Instruction | None) -> bool:
    owner = owner_of(instruction) if instruction is not None else None
    return owner is not None and bool(owner.group)


def _group(subject: Subject, uid: int) -> int:
    """The group of a user that is given by number: the one beside it, else the same number."""
    instruction = subject.stage.state.user.instruction
    owner = owner_of(instruction) if instruction is not None else None
    return int(owner.group) if owner is not None and is_number(owner.group) else uid


def _without_accounts(
    subject: Subject, run: RunFacts, frame: Frame
) -> tuple[tuple[Edit, ...], tuple[Instruction, ...]] | Refusal:
    """Edits that leave the account commands of `run` out, and those that give files to who is not there."""
    known = {one.name for one in frame.builder.accounts} | ROOT
    gone = {one.command.span for one in run.accounts}
    for one in run.ownerships:
        names = {name for name in (one.owner, one.group) if name and not is_number(name)}
        if names and not names <= known:
            gone.add(one.command.span)
    if not gone:
        return (), ()
    commands = run.script.commands
    inside = any(one is run.instruction for one in subject.stage.instructions)
    line = subject.line(run.instruction.span)
    if not inside:
        return (), ()  # other stages may need them, and the build runs as root
    chosen = [command for command in commands if command.span in gone]
    edits = remove_commands(subject.file.dockerfile, run.instruction, commands, chosen)
    if edits is None:
        return Refusal("split", line, "the commands that make users cannot be taken out of this RUN")
    whole = len(chosen) == len(commands)
    return edits, (run.instruction,) if whole else ()


def _without_owners(subject: Subject, frame: Frame) -> list[Edit]:
    """Takes ``--chown`` out of the copies of the build stage where the -dev image does not know the names."""
    known = {one.name for one in frame.builder.accounts} | {one.name for one in frame.builder.groups} | ROOT
    edits: list[Edit] = []
    for instruction in subject.instructions("COPY", "ADD"):
        owner = owner_of(instruction)
        if owner is None:
            continue
        names = {name for name in (owner.user, owner.group) if name and not is_number(name)}
        if names <= known and "$" not in owner.text:
            continue
        flag = next(one for one in instruction.flags if one.name == "chown")
        data = subject.file.dockerfile.source.data
        end = flag.span.end
        while data[end : end + 1] in {b" ", b"\t"}:
            end += 1
        edits.append(Edit(flag.span.start, end, b""))
    return edits

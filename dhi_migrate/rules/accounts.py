"""Users and groups of a stage: which names its image knows, which the file creates, and who is in force where.

USER and ``--chown`` look names up in the ``/etc/passwd`` and ``/etc/group`` of the image that the stage is built on. Numbers are
taken as they are (https://docs.docker.com/reference/dockerfile/#copy---chown---chmod), and root in ``--chown`` is 0 everywhere
(moby/buildkit, client/llb/fileop.go, parseUID).
"""

from __future__ import annotations

from functools import cached_property

from .._pattern import is_number
from .._record import NamedTuple
from ..dockerfile import scope_at
from ..dockerfile.expand import expand, expand_flag
from .copied import expanded
from .facts import read_facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..catalog.model import Account, Definition
    from ..dockerfile import BuildGraph, Instruction, Span, Stage
    from ..dockerfile.shell import Command
    from .facts import Account as Creation
    from .facts import RunFacts
    from .subject import Subject

TOOLS = ("useradd", "groupadd", "adduser", "addgroup", "usermod", "groupmod")
"""Programs that make or change accounts; a RUN without any of these words creates none."""

ROOT = frozenset({"root", "0"})
"""How root is written."""

# Names in the passwd and group files of Alpine's package alpine-baselayout-data. Whether an image that lists the package keeps
# these files beside the accounts of its definition is not known.
_BASELAYOUT = frozenset(
    {
        *("root", "bin", "daemon", "lp", "sync", "shutdown", "halt", "mail", "news", "uucp", "cron", "ftp", "sshd"),
        *("games", "ntp", "guest", "nobody", "nogroup", "users", "sys", "adm", "tty", "disk", "mem", "kmem", "wheel"),
        *("floppy", "audio", "cdrom", "dialout", "tape", "video", "netdev", "kvm", "input", "utmp", "ping"),
    }
)


class Owner(NamedTuple):
    """A ``user[:group]`` of USER or ``--chown``: the bytes of the text, its parts as written, "" for none.

    `text` is the whole as written, without quotes. `fixed` tells that there is no variable in it.
    """

    instruction: Instruction
    span: Span
    text: str
    user: str
    group: str
    fixed: bool


def own_account(definition: Definition) -> Account | None:
    """The account that a container of `definition` is meant to run as, or that a root image has beside root.

    None where there is no such account. `_apt` is the package manager's: https://manpages.debian.org/apt-get.
    """
    if definition.uid:
        found = next((one for one in definition.accounts if one.uid == definition.uid), None)
        if found is not None:
            return found
        from ..catalog.model import Account

        return Account(definition.user, definition.uid, definition.gid)
    return next((one for one in definition.accounts if one.uid and one.name != "_apt"), None)


def owner_of(instruction: Instruction) -> Owner | None:
    """What USER or the ``--chown`` of COPY and ADD says; None for none."""
    if instruction.keyword == "USER":
        if not instruction.words:
            return None
        word = instruction.words[0]
        text, span = word.text, word.span
    else:
        flag = next((one for one in instruction.flags if one.name == "chown" and one.value), None)
        if flag is None or flag.value_span is None:
            return None
        text, span = flag.value or "", flag.value_span
    text = text.strip("\"'")
    user, group = _cut(text)
    return Owner(instruction, span, text, user, group, "$" not in text)


def _cut(text: str) -> tuple[str, str]:
    """`text` before and after its colon; those of ``${UID:-1000}`` do not count."""
    depth = 0
    for place, sign in enumerate(text):
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
        elif sign == ":" and depth == 0:
            return text[:place], text[place + 1 :]
    return text, ""


def value_of(subject: Subject, stage: Stage, owner: Owner) -> str | None:
    """The text of `owner` with its variables put in; None where one is not known."""
    if owner.fixed:
        return owner.text
    instruction = owner.instruction
    if instruction.keyword == "USER":
        return expanded(subject, stage, instruction, instruction.words[0])
    flag = next(one for one in instruction.flags if one.name == "chown")
    scope = scope_at(subject.file.graph, stage.index, instruction)
    return expand_flag(instruction, flag, scope, subject.file.dockerfile.escape).text


def variable(text: str) -> str:
    """`text` with ``${NAME}`` written as ``$NAME``, so that two ways of writing one name are equal."""
    return f"${text[2:-1]}" if text.startswith("${") and text.endswith("}") else text


def name_of(creation: Creation) -> str:
    """The name that `creation` makes, as written where a variable holds it; "" where it cannot be told."""
    if creation.name:
        return creation.name
    words = creation.command.words
    last = words[-1].text.strip("\"'") if len(words) > 1 else ""
    return variable(last) if last.startswith("$") else ""


# What was read of the file that was looked at last, by stage: stages that are built on each other ask for the same.
_read: list[tuple[BuildGraph, dict[tuple[int, bool], tuple[RunFacts, ...]]]] = []


def creating(subject: Subject) -> Iterator[RunFacts]:
    """The facts of the RUN instructions of the chain that name a program for accounts."""
    return _facts(subject, every=False)


def _facts(subject: Subject, every: bool) -> Iterator[RunFacts]:
    """The facts of the RUN instructions of the chain, of all or of those that name a program for accounts."""
    graph = subject.file.graph
    if not _read or _read[0][0] is not graph:
        _read[:] = [(graph, {})]
    known = _read[0][1]
    for stage in subject.chain:
        key = stage.index, every
        if key not in known:
            known[key] = tuple(
                read_facts(one)
                for one in stage.instructions
                if one.keyword == "RUN" and (every or any(tool in _text(one) for tool in TOOLS))
            )
        yield from known[key]


def created(subject: Subject) -> frozenset[str]:
    """Names of users and groups that RUN instructions of the chain make or change.

    Names in variables as ``$NAME``, and as their value where that is known.
    """
    found: set[str] = set()
    for run in creating(subject):
        for one in run.accounts:
            if one.action != "delete" and (name := name_of(one)):
                found.add(name)
                value = substituted(subject, run.instruction, name)
                if value is not None:
                    found.add(value)
    return frozenset(found)


def substituted(subject: Subject, instruction: Instruction, text: str) -> str | None:
    """`text` with the variables that `instruction`, of a stage of the chain, sees put in; None where one is not known."""
    if "$" not in text:
        return text
    stage = next((one for one in subject.chain if one.instruction.index <= instruction.index <= _end(one)), None)
    if stage is None:
        return None
    return expand(text, scope_at(subject.file.graph, stage.index, instruction), subject.file.dockerfile.escape).text


def _end(stage: Stage) -> int:
    return stage.instructions[-1].index if stage.instructions else stage.instruction.index


def replaced(subject: Subject) -> bool:
    """Whether the chain may bring account files of its own: then nothing is known of the names in them."""
    for instruction in subject.chain_instructions("COPY", "ADD", "RUN"):
        if instruction.keyword == "RUN":
            if "/etc/passwd" in _text(instruction) or "/etc/group" in _text(instruction):
                return True
            continue
        words = [word.text.strip("\"'") for word in instruction.words]
        if not words:
            continue
        place = words[-1].rstrip("/")
        if place in {"/etc/passwd", "/etc/group"}:
            return True
        # a whole file system, or files for /etc that may be these; also an archive that ADD unpacks
        if place in {"", "/etc"} and words[-1].startswith("/"):
            return True
    return False


class Elsewhere:
    """Who else may make users in the chain of a stage: packages of servers bring their own, scripts can do anything."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def may_make(self, name: str) -> bool:
        """Whether a package or a script may make the user or group `name`, one that the upstream image does not have."""
        before = self.subject.before
        if before is not None and name in before.users_present:
            return False
        return (
            self._anything
            or name in self._named
            or any(
                one.startswith(name) or (len(one) > 2 and name.startswith(one)) or name.strip("_-") in one
                for one in self._packages
            )
        )

    @cached_property
    def _named(self) -> frozenset[str]:
        """The words of the RUN instructions in which a tool for accounts stands, in whatever way it is started."""
        texts = (_text(one) for one in self.subject.chain_instructions("RUN"))
        return frozenset(word for text in texts if any(tool in text for tool in TOOLS) for word in text.split())

    @cached_property
    def _runs(self) -> tuple[RunFacts, ...]:
        return tuple(_facts(self.subject, every=True))

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(
            package.name
            for run in self._runs
            for one in run.packages
            if one.action == "install"
            for package in one.packages
        )

    @cached_property
    def _anything(self) -> bool:
        return any(
            not run.script.ok
            or any(one.opaque and one.action == "install" for one in run.packages)
            or any(not one.name for one in run.accounts)
            or any(_is_script(command) for command in run.leftover)
            for run in self._runs
        )


def _is_script(command: Command) -> bool:
    """Whether `command` runs something of its own making: a script by its path, a shell, make."""
    first = command.words[0].text if command.words else ""
    return (
        "/" in first or first.endswith(".sh") or command.name in {"sh", "bash", "ash", "make", "ansible-playbook", ""}
    )


def _text(instruction: Instruction) -> str:
    if not instruction.heredocs:
        return instruction.original
    return "\n".join((instruction.original, *(one.content for one in instruction.heredocs)))


def unknown_names(subject: Subject, owner: Owner, made: frozenset[str]) -> tuple[str, ...]:
    """The parts of `owner` that the target does not know and the file does not make, in order.

    Numbers are always known. Root is not listed in most definitions; ``--chown`` does not look it up, and USER root is a matter
    of its own.
    """
    target = subject.target
    if target is None or not owner.fixed:
        return ()
    users = {one.name for one in target.accounts}
    groups = {one.name for one in target.groups}
    found = []
    for name, known in ((owner.user, users), (owner.group, groups)):
        if name and not is_number(name) and name not in known and name not in made and not may_list(target, name):
            found.append(name)
    return tuple(dict.fromkeys(found))


def may_list(definition: Definition, name: str) -> bool:
    """Whether an image may know the user or group `name` although its definition does not list it."""
    if name == "root":
        return True
    return name in _BASELAYOUT and any(one.partition("=")[0] == "alpine-baselayout-data" for one in definition.packages)


def numeric_owner(definition: Definition, user: str, group: str) -> str | None:
    """``uid:gid`` for a ``--chown`` on `definition`; what it does not know becomes its own account. None where it has none.

    So does an unknown group of files of root, which is there to let somebody else read them.
    """
    own = own_account(definition)
    account = next((one for one in definition.accounts if one.name == user), None)
    if user in ROOT:
        uid, gid = 0, 0
    elif is_number(user):
        uid, gid = int(user), int(user)
    elif account is not None:
        uid, gid = account.uid, account.gid
    elif own is not None:
        # the group of a user that is not there says nothing about the one that takes its place
        uid, gid, group = own.uid, own.gid, group if is_number(group) or group in ROOT else ""
    else:
        return None
    if is_number(group):
        gid = int(group)
    elif group in ROOT:
        gid = 0
    elif group:
        other = own.gid if user in ROOT and own is not None else gid
        gid = next((one.gid for one in definition.groups if one.name == group), other)
    return f"{uid}:{gid}"


def final_user(subject: Subject) -> str | None:
    """The user part that is in force at the end of the stage; "" for that of the image, None where it is not known."""
    user = subject.stage.state.user
    if user.instruction is None:
        return ""
    if not user.known or not isinstance(user.value, str):
        return None
    return user.value.partition(":")[0]


def final_uid(subject: Subject) -> int | None:
    """The uid that the stage ends as on its target; None where it is not known."""
    target, user = subject.target, final_user(subject)
    if target is None or user is None:
        return None
    if user == "":
        return target.uid
    if is_number(user):
        return int(user)
    if user == "root":
        return 0
    return next((one.uid for one in target.accounts if one.name == user), None)


def was_root(subject: Subject) -> bool:
    """Whether what starts here runs as root so far, so that the target takes rights away.

    A stage that stands on a hardened image already is judged by that image: True.
    """
    if not subject.pending:
        return True
    user = final_user(subject)
    if user == "":
        return subject.before is not None and subject.before.user.partition(":")[0] in {"", *ROOT}
    return user in ROOT

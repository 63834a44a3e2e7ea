"""Commands that make users and groups where they cannot: in a stage that ships, and in -dev images without the tools (DHI403)."""

from __future__ import annotations

from ..accounts import own_account
from ..breakers.model import package_names
from ..causes import also, is_root, judged, listed, needs_shell
from ..creation import made_uids, removal
from ..facts import read_facts
from ..findings import Fix, Hit
from ..installing import install

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ..facts import Account, RunFacts
    from ..subject import Subject

# Which package brings which program: packages passwd and adduser of Debian, shadow and busybox of Alpine.
_PASSWD = frozenset(
    {
        "useradd",
        "groupadd",
        "usermod",
        "groupmod",
        "userdel",
        "groupdel",
        "chpasswd",
        "passwd",
        "chage",
        "chsh",
        "gpasswd",
    }
)
_ADDUSER = frozenset({"adduser", "addgroup", "deluser", "delgroup"})
# Debian packages that depend on adduser or passwd, so that they bring the programs along: https://packages.debian.org/trixie
_BRINGING = frozenset(
    {
        *(
            "openssh-server",
            "openssh-client",
            "postgresql",
            "postgresql-common",
            "redis-server",
            "redis",
            "nginx",
            "cron",
        ),
        *(
            "dbus",
            "systemd",
            "apache2",
            "apache2-bin",
            "mariadb-server",
            "rsyslog",
            "sudo",
            "supervisor",
            "login",
            "man-db",
        ),
        *(
            "avahi-daemon",
            "ubuntu-standard",
            "tasksel",
            "debhelper",
            "build-essential-user",
            "ssh",
            "memcached",
            "exim4",
        ),
    }
)


def user_creation(subject: Subject) -> Iterator[Hit]:
    """At most one hit, on the first command for accounts that the image cannot run; it names the lines of the others."""
    target = subject.target
    runs = [run for run in subject.facts.runs if run.accounts]
    if target is None or not runs:
        return
    if judged(subject):
        failing = [run for run in runs if _fails(subject, target, run)]
        if failing:
            yield _shipped(subject, target, failing)
    elif target.variant == "dev" or target.package_manager is not None:
        yield from _building(subject, target, runs)


def _fails(subject: Subject, target: Definition, run: RunFacts) -> bool:
    """Whether a runtime image is known to fail at `run`: no shell, no root, or no such program."""
    if target.bin_sh is False and needs_shell(subject, run.instruction):
        return True
    root = is_root(subject, run.instruction)
    if root is None:
        return False
    # where a shell may come in by a dependency, so may the programs of busybox
    known = target.packages_complete and target.bin_sh is not None
    return not root or (known and any(_package(target, one.command.name) for one in run.accounts))


def _shipped(subject: Subject, target: Definition, runs: list[RunFacts]) -> Hit:
    first = runs[0]
    command = first.accounts[0].command
    programs = listed(one.command.name for run in runs for one in run.accounts)
    if target.bin_sh is False and needs_shell(subject, first.instruction):
        reason = f"{subject.image} has no shell"
    elif is_root(subject, first.instruction) is False:
        reason = f"in {subject.image} it would not run as root"
    else:
        reason = f"{subject.image} does not have that program"
    own = own_account(target)
    advice = f"take it out, and use the image's own user {own.name} ({own.uid})" if own is not None else "take it out"
    if all(one.action == "change" for run in runs for one in run.accounts):
        advice = "leave the accounts as they are"
        if any(one.groups for run in runs for one in run.accounts):
            advice += ", and give groups when the container starts (--group-add)"
    text = f"{programs} in the stage that ships: {reason}; {advice}"
    shifted = [uid for uid in made_uids(runs) if own is not None and uid != own.uid]
    if shifted:
        text += f" instead of uid {listed(map(str, shifted))}"
    text += also(subject, [run.instruction for run in runs[1:]])
    fix = removal(subject, runs)
    names = listed(f"{one.name} ({one.uid})" for one in target.accounts)
    return Hit(command.span, text, f"{target.source} lists the accounts {names or 'of no one'}", (fix,) if fix else ())


def _building(subject: Subject, target: Definition, runs: list[RunFacts]) -> Iterator[Hit]:
    """The programs that a -dev image lacks, with the package that brings them."""
    # an image that lists base-files is put together from packages; what is copied in besides are programs of its own
    if not (target.packages_complete or "base-files" in package_names(target)):
        return
    missing: dict[str, list[tuple[RunFacts, Account]]] = {}
    for run, have in _installed(subject, runs):
        if have is None:
            return
        for one in run.accounts:
            package = _package(target, one.command.name)
            if package is None or package in have or (package == "passwd" and "adduser" in have):
                continue
            if target.distro != "debian" or not have & _BRINGING:
                missing.setdefault(package, []).append((run, one))
    if not missing:
        return
    found = sorted((pair for pairs in missing.values() for pair in pairs), key=lambda one: one[1].command.span)
    run, account = found[0]
    names = sorted(missing)
    programs = listed(one.command.name for _, one in found)
    text = f"{subject.image} has no {programs}"
    packages = " ".join(names)
    fixes: tuple[Fix, ...] = ()
    if target.package_manager is None:
        text += ", and no package manager to install it: write numbers in USER and --chown, they need no account"
    else:
        text += f": install {packages} before it"
        fixes = install(subject, target, run, account.command, names, ahead=True)
    rest = dict.fromkeys(one.instruction for one, _ in found if one is not run)
    text += also(subject, rest)
    evidence = f"{target.source} does not list {packages}"
    yield Hit(account.command.span, text, evidence, fixes)


def _package(target: Definition, program: str) -> str | None:
    """The package that `program` has to be installed from; None where the image has it, or nothing is known of it."""
    have = package_names(target)
    if target.distro == "debian":
        package = "passwd" if program in _PASSWD else "adduser" if program in _ADDUSER else None
        return package if package is not None and package not in have else None
    if program in _ADDUSER | {"passwd", "chpasswd"} and "busybox" in have:
        return None
    return "shadow" if program in _PASSWD | _ADDUSER and "shadow" not in have else None


def _installed(subject: Subject, runs: list[RunFacts]) -> Iterator[tuple[RunFacts, set[str] | None]]:
    """Each of `runs` with the packages that the chain installs before its accounts, and None where they cannot all be named.

    It is one set that grows: it is to be looked at before the next one is asked for.
    """
    names: set[str] = set()
    waiting = {run.instruction.index: run for run in runs}
    for instruction in subject.chain_instructions("RUN"):
        if not waiting:
            return
        run = waiting.pop(instruction.index, None)
        installed = [one for one in (run or read_facts(instruction)).packages if one.action == "install"]
        if run is not None:
            first = run.accounts[0].command.span
            before = [one for one in installed if one.command.span <= first]
            names.update(package.name for one in before for package in one.packages)
            yield run, None if any(one.opaque for one in before) else names
        names.update(package.name for one in installed for package in one.packages)
        if any(one.opaque for one in installed) and waiting:
            yield next(iter(waiting.values())), None
            return

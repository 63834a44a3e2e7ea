"""What a start script is for, in few words: that is what has to find another place where no shell is."""

from __future__ import annotations

from .._pattern import regex
from .script_commands import programs
from .start import basename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile.shell import Command
    from .script_commands import Step, Steps
    from .script_files import ScriptFile

_PROBES = frozenset(
    {
        *("nc", "ncat", "netcat", "pg_isready", "mysqladmin", "mariadb-admin", "redis-cli", "dockerize", "wait4ports"),
        *("curl", "wget", "psql", "mysql", "mariadb", "mongosh", "mongo", "nslookup", "dig", "getent", "telnet"),
    }
)
_WAITERS = ("wait-for", "wait_for", "waitfor", "wait4", "wait-on")
_SWITCHES = frozenset({"gosu", "su-exec", "su", "sudo", "runuser", "setpriv", "chpst", "s6-setuidgid"})
_ACCOUNTS = frozenset({"useradd", "adduser", "usermod", "groupadd", "addgroup", "groupmod", "deluser", "userdel"})
# Commands of frameworks that change a database's tables, by their words; a space stands between any two words.
_MIGRATES = regex(
    r"(?:\b(?:manage\.py|django-admin|artisan|prisma|knex|mikro-orm|goose|dbmate|flyway|migrate|diesel|sqlx|sea-orm-cli)\b"
    r".{0,200}\bmigrat\w*|\balembic\b.{0,200}\bupgrade\b|\bdb[: ](?:migrate|upgrade|prepare|setup|schema:load)\b"
    r"|\b(?:migration:run|migrations:migrate|db:migrate|migrate:(?:up|latest|deploy|prod))\b|\bdb push\b"
    r"|\bmigrat(?:e|ions?)(?:\.(?:py|js|sh|ts|mjs))?(?: |\Z)|\bliquibase\b.{0,200}\bupdate\b)"
)
_INSTALLERS = frozenset({"pip", "pip3", "npm", "yarn", "pnpm", "apt-get", "apk", "bundle", "composer"})
_SAY = frozenset({"echo", "printf", "[", "[[", "test", "cd", "export", "ls", "rm", "chmod", "chown", "mkdir"})
_SIGNS = frozenset({">", ">>", "1>", "1>>", "&>"})


def work_of(file: ScriptFile, steps: Steps) -> tuple[str, ...]:
    """What the script `file` with the `steps` does, each with the line of its first place: ``runs migrations (line 4)``.

    Only what its commands show; () where they show nothing.
    """
    found: dict[str, Step] = {}
    waits = any(one.command.name == "sleep" and one.command.depth for one in steps.steps)
    behind = any(one.command.operator == "&" for one in steps.steps)
    for step in steps.steps:
        for what in _does(step.command, waits=waits):
            found.setdefault(what, step)
        if step.command.name == "wait" and behind:
            found.setdefault("runs several processes", step)
    for called in programs(steps):
        if called.program in _SWITCHES:
            found.setdefault("changes the user", called.step)
    return tuple([f"{what} ({_place(file, step)})" for what, step in found.items()])


def _place(file: ScriptFile, step: Step) -> str:
    return f"line {step.line}" if step.file is file else f"{basename(step.file.name)}:{step.line}"


def _does(command: Command, *, waits: bool) -> list[str]:
    words = [word.text for word in command.words]
    if not words:
        values = [word.raw for _, word in command.assignments]
        return ["reads values from files"] if any(_reads(raw) for raw in values) else []
    name, text = command.name, " ".join(words)[:2000]
    found = []
    waiter = name not in _SAY and any(basename(word).startswith(_WAITERS) for word in words[:3])
    if waiter or (name in _PROBES and waits and command.depth):
        found.append("waits for another service")
    if _MIGRATES.search(text) and name not in _SAY:
        found.append("runs migrations")
    if "collectstatic" in words or "assets:precompile" in words:
        found.append("builds static files")
    targets = [one.target.text for one in command.redirects if one.target is not None and one.operator in _SIGNS]
    writes = any(not target.startswith(("/dev/", "/proc/", "&")) for target in targets)
    if name == "envsubst" or (name == "sed" and any(word.startswith(("-i", "--in-place")) for word in words)):
        found.append("fills in templates")
    elif name in {"cat", "echo", "printf", "sed", "jq", "tee"} and (writes or name == "tee"):
        found.append("writes files")
    if name in {"chown", "chgrp"}:
        found.append("changes owners")
    if name in _ACCOUNTS:
        found.append("changes accounts")
    if name in _INSTALLERS and {"install", "ci", "add"} & set(words[1:3]):
        found.append("installs packages")
    raws = [word.raw for word in command.words]
    if name == "export" and any(_reads(raw) for raw in raws):
        found.append("reads values from files")
    if name in {"[", "[[", "test"} and any(sign in raw for raw in raws for sign in ('"$1"', '"${1', "$1")):
        found.append("chooses by its arguments")
    if name == "trap":
        found.append("handles signals")
    return found


def _reads(raw: str) -> bool:
    """Whether a value is what a file holds, such as a secret; what the kernel says of itself is no file."""
    reads = any(sign in raw for sign in ("$(cat ", "$(<", "$( cat "))
    return reads and "/proc/" not in raw and "/sys/" not in raw

"""The work directory of the stage that ships: whether its user may be given it, since when it is there, and what fills it."""

from __future__ import annotations

import posixpath

from .._record import NamedTuple
from ..rules.copied import brought
from ..rules.paths import SHARED, known_directory, under, unowned
from .dev_tables import LANGUAGES
from .outcome import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import Instruction
    from ..rules.facts import LanguageInstall, RunFacts
    from .dev_scope import Scope


class Place(NamedTuple):
    """One `path` (absolute) with how a command writes it (`shown`), from the instruction number `after` on.

    `recursive` tells that what is in it was made by root, `make` that nothing is known to make it, `work` that it is the work
    directory.
    """

    path: str
    shown: str
    recursive: bool
    make: bool
    after: int
    work: bool = False


# Programs, libraries and settings of the system: never the application's to write to.
_SYSTEM = (
    *("/etc", "/root", "/bin", "/sbin", "/lib", "/lib64", "/dev", "/proc", "/sys", "/boot", "/usr/bin", "/usr/sbin"),
    *(
        "/usr/lib",
        "/usr/include",
        "/usr/share",
        "/usr/local/bin",
        "/usr/local/sbin",
        "/usr/local/lib",
        "/usr/local/share",
    ),
    *("/usr/local/include", "/var/lib/apt", "/var/lib/dpkg", "/var/cache/apt", "/var/cache/apk", *SHARED),
)
# Directories above those of applications, in which one may work all the same.
_ABOVE = frozenset({"/usr/src", "/usr/local/src", "/go", "/go/src", "/var/www", "/home"})
_WORKABLE = _ABOVE | {"/opt", "/srv", "/mnt", "/media"}
_SHARES = ("/usr/share/", "/usr/lib/", "/usr/local/share/", "/usr/local/lib/")
# Tools that install for the whole system and write nothing to the work directory.
_ELSEWHERE = frozenset(
    {"pip", "pip3", "pipx", "gem", "conda", "mamba", "apt", "cpan", "cpanm", "go", "cargo", "rustup"}
)
_INTO = ("-e", "--editable", "-t", "--target", "--path", "--deployment", "--standalone", "--binstubs")


def may_be_given(path: str) -> bool:
    """Whether `path` is a directory of an application, and not one of the system."""
    if path in _ABOVE or unowned(None, path):  # of no image in particular: the directories of the standard
        return False
    return not any(under(path, folder) for folder in _SYSTEM)


def work_directory(scope: Scope) -> Place | Refusal | None:
    """The work directory at the end, with whether a RUN or a base stage fills it as root; None where there is nothing to give."""
    subject, path = scope.subject, scope.workdir()
    setting = subject.stage.state.workdir.instruction
    if path is None:
        line = scope.line(setting) if setting is not None else subject.stage.line
        return Refusal("dev", line, "the work directory is not known, so it cannot be given to the user")
    if path == "/" or any(under(path, one) for one in SHARED):
        return None
    if not _may_work(scope, path):
        text = f"the work directory {path} is the system's, and cannot be given to the user"
        return Refusal("dev", scope.line(setting), text) if setting is not None else None
    copied = [
        one
        for one in brought(subject)
        if one.destination is not None and under(posixpath.normpath(one.destination), path)
    ]
    if setting is None and (not copied or scope.target.image not in LANGUAGES):
        return None  # the image's own, of which the file makes nothing, or that of a server
    begins = [one.index for one in subject.chain_instructions("WORKDIR") if _is_in(scope, one, path)]
    begins.extend(one.instruction.index for one in copied)
    begins.extend(run.instruction.index for run in scope.runs if _makes(scope, run, path))
    after, recursive = min(begins, default=-1), False
    for run in scope.runs:
        if scope.as_root(run.instruction) and fills(scope, run, path):
            after, recursive = max(after, run.instruction.index), True
    below = [one.instruction.index for one in copied if one.stage is not subject.stage]
    if below:
        after, recursive = max(after, *below), True
    return Place(path, _shown(scope, path), recursive, False, after, True)


def _may_work(scope: Scope, path: str) -> bool:
    if may_be_given(path) or path in _WORKABLE:
        return True
    return path.startswith(_SHARES) and not known_directory(scope.target, path)


def _is_in(scope: Scope, instruction: Instruction, path: str) -> bool:
    """Whether the WORKDIR `instruction` makes the directory `path`."""
    after = scope.stage_of(instruction).history.at(instruction.index + 1).workdir
    return after.known and isinstance(after.value, str) and under(posixpath.normpath(after.value), path)


def _makes(scope: Scope, run: RunFacts, path: str) -> bool:
    """Whether `run` is sure to make the directory `path`."""
    made = [one for one in run.written if one.kind == "directory" and one.command.certain]
    places = [scope.absolute(run, one.path) for one in made]
    return any(place is not None and under(place, path) for place in places)


def _shown(scope: Scope, path: str) -> str:
    """How the file itself writes the work directory, where a variable stands for all of it: ``$APP_HOME``."""
    state = scope.subject.stage.state.workdir
    words = state.instruction.words if state.instruction is not None else ()
    text = words[0].text.strip("\"'") if len(words) == 1 else ""
    name = text.removeprefix("$").strip("{}")
    known = scope.subject.stage.state.env.get(name)
    plain = text in {f"${name}", f"${{{name}}}"} and known is not None and known.value == path
    # a command before the variable is set would not know it
    early = plain and known is not None and known.stage == scope.subject.stage.index and known.instruction is not None
    first = min((run.instruction.index for run in scope.subject.facts.runs), default=-1)
    return (
        text
        if early and known is not None and known.instruction is not None and known.instruction.index < first
        else path
    )


def fills(scope: Scope, run: RunFacts, path: str) -> bool:
    """Whether the commands of `run` may make files in `path`: with it as their work directory, or by its name."""
    if run.pure in {"packages", "cleanup"}:
        return False
    base = scope.workdir(run.instruction)
    text = "\n".join((run.instruction.original, *(one.content for one in run.instruction.heredocs)))
    if base is None:
        return True
    if not (under(base, path) or path in text or any(sign in text for sign in _variables(scope, path))):
        return False
    if not run.script.ok or run.builds or run.leftover or any(_writes(one) for one in run.languages):
        return True
    if any(
        one.tool == "git" or not one.output.startswith("/") for one in run.downloads if one.output or one.tool == "git"
    ):
        return True
    for one in run.written:
        if one.kind != "removed" and one.command.name != "mkdir":
            place = scope.absolute(run, one.path)
            if place is None or under(place, path):
                return True
    return False


def _variables(scope: Scope, path: str) -> tuple[str, ...]:
    """How a shell text names `path` by a variable of the file."""
    names = [name for name, one in scope.subject.stage.state.env.items() if one.value == path]
    return tuple(sign for name in names for sign in (f"${name}", f"${{{name}}}"))


def _writes(one: LanguageInstall) -> bool:
    """Whether an installation writes to its work directory: node_modules, vendor, .venv; not to the whole system."""
    if one.action in {"venv", "virtualenv"} or any(word.startswith(_INTO) for word in one.options):
        return True
    if one.action in {"config", "cache", "login", "set"} or one.tool == "bundle":
        return False
    program = one.command.words[0].text if one.command.words else ""
    if "/" in program and not program.startswith(("/usr/", "/bin/", "/opt/")):
        return True  # a virtual environment of the application's: venv/bin/pip
    return one.tool not in _ELSEWHERE and one.is_global is not True

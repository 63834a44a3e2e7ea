"""RUN in a stage that ships: what keeps it from working on the hardened image.

A runtime image is not for running commands. Why is a fact of its tag: there is no shell, no package manager, or the user is not
root.
"""

from __future__ import annotations

from .._record import NamedTuple
from ..dockerfile.shell.wrappers import SHELLS
from .breakers.model import basename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..dockerfile import Instruction
    from .facts import PackageCommand, RunFacts
    from .subject import Subject


class Obstacle(NamedTuple):
    """Why a RUN does not work: a clause such as ``dhi.io/python:3.13 has no shell``, and whether it is certain to fail."""

    text: str
    certain: bool


def judged(subject: Subject) -> bool:
    """Whether `subject` is a stage that ships on an image that is not for building; general claims count too."""
    if subject.role != "final" or subject.state == "scratch":
        return False
    if subject.target is not None:
        return subject.target.variant != "dev"
    reference = subject.carrier.base.lower()
    if any(word in reference for word in ("windows", "nanoserver", "servercore")):
        return False
    if subject.carrier.hardened is not None:
        return not reference.endswith(("-dev", "-sdk"))
    return subject.file.settings.level != "dev"


def is_root(subject: Subject, instruction: Instruction) -> bool | None:
    """Whether the user in force at `instruction` is root; None where that is not known."""
    user = subject.state_at(instruction).user
    if user.instruction is None:
        return subject.target.uid == 0 if subject.target is not None else None
    if not user.known or not isinstance(user.value, str):
        return None
    return user.value.partition(":")[0] in {"root", "0"}


def needs_shell(subject: Subject, instruction: Instruction) -> bool:
    """Whether the RUN `instruction` starts a shell: the shell form, or an exec form that names one."""
    if instruction.exec_form:
        argv = getattr(instruction.detail, "argv", None) or ()
        return next((basename(word.text) in SHELLS for word in argv), False)
    shell = subject.state_at(instruction).shell.value
    program = "".join(shell[:1]) if isinstance(shell, tuple) else ""
    return basename(program) not in subject.programs - SHELLS


def obstacle(subject: Subject, instruction: Instruction) -> Obstacle | None:
    """What keeps the RUN `instruction` from working on the target; None for nothing that is known."""
    target = subject.target
    if target is None:
        return (
            Obstacle("hardened runtime images in general have no shell", False) if not instruction.exec_form else None
        )
    if needs_shell(subject, instruction):
        if target.bin_sh is False:
            return Obstacle(f"{subject.image} has no shell", True)
        if target.bin_sh is None:
            return Obstacle(f"whether {subject.image} has a shell is not known", False)
    if target.uid != 0 and subject.state_at(instruction).user.instruction is None and not _was_user(subject):
        # what the upstream image runs as is not known of all of them
        known = not subject.pending or (subject.before is not None and subject.before.uid is not None)
        return Obstacle(f"in {subject.image} it would run as {subject.who}{', not as root' if known else ''}", False)
    return None


def _was_user(subject: Subject) -> bool:
    """Whether the stage still stands on an image that does not run as root either, so that nothing changes."""
    return subject.pending and subject.before is not None and subject.before.uid not in {0, None}


def manager_obstacle(subject: Subject, run: RunFacts, command: PackageCommand) -> Obstacle | None:
    """What keeps the package manager of `command`, in `run`, from working on the target."""
    target = subject.target
    if target is None:
        return Obstacle("hardened runtime images in general have no package manager", False)
    shell = target.bin_sh is False and needs_shell(subject, run.instruction)
    if target.package_manager is None:
        has = "neither a shell nor a package manager" if shell else f"no {command.program}"
        return Obstacle(f"{subject.image} has {has}", True)
    if shell:
        return Obstacle(f"{subject.image} has no shell", True)
    if is_root(subject, run.instruction) is False:
        return Obstacle(f"{subject.image} runs as {subject.who}, who may not install", True)
    return None


def installs(run: RunFacts) -> tuple[PackageCommand, ...]:
    """The commands of `run` that install packages."""
    return tuple(one for one in run.packages if one.action == "install")


def also(subject: Subject, runs: Iterable[Instruction]) -> str:
    """A word on the lines of further instructions: `` (also line 7, 9)``; "" for none."""
    lines = list(dict.fromkeys(subject.line(one.span) for one in runs))
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return f" (also line {', '.join(map(str, lines[:5]))}{more})" if lines else ""


def listed(names: Iterable[str], most: int = 6) -> str:
    """`names` without doubles, as a message has them: the first `most`, and how many more."""
    every = list(dict.fromkeys(names))
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more

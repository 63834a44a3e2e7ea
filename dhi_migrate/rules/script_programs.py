"""Programs that a start script calls, against an image that has the shell for it: which of them are known not to be there."""

from __future__ import annotations

from .._pattern import regex
from .brought import has_shell, may_copy
from .facts import stage_facts
from .health_tools import BY_IMAGE, BY_PACKAGE
from .health_tools import TOOLS as PROBES
from .knowledge.tools import COREUTILS, DOUBTFUL, ESSENTIAL, SERVICE, TOOLS
from .provided import Provided
from .script_commands import programs
from .start import SHELLS
from .start_programs import absent_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..catalog.model import Definition
    from .script_commands import Called, Steps
    from .subject import Subject

# What only root has a use for: scripts have it in a branch that asks for root.
_FOR_ROOT = frozenset(
    {
        *("gosu", "su-exec", "su", "sudo", "runuser", "setpriv", "chown", "chgrp", "usermod", "groupmod", "useradd", "groupadd"),
        *("adduser", "addgroup", "update-ca-certificates", "chpst", "mount", "sysctl", "apt-get", "apk"),
    }
)  # fmt: skip
_WORD = regex(r"[A-Za-z0-9_+-]+")
_IF_ROOT = ("id", "whoami")
_IS_ROOT = ("EUID", "UID")


def missing_programs(subject: Subject, steps: Steps) -> Iterator[Called]:
    """The programs of `steps` that the image of `subject` is known to lack and that nothing brings, each at its first place."""
    target = subject.target
    if target is None or target.bin_sh is not True:
        return
    seen: set[str] = set()
    guarded = any(
        one.command.name in _IF_ROOT or any(word in text for text in one.command.texts for word in _IS_ROOT)
        for one in steps.steps
    )
    brought: Provided | None = None
    for called in programs(steps):
        name = called.program
        if name in seen or name in steps.asked or (name in _FOR_ROOT and guarded and not called.step.certain):
            continue
        seen.add(name)
        if _is_survived(called) or not _lacks(subject, target, name) or may_copy(subject, name):
            continue
        brought = brought or _provided(subject)
        if brought.opaque or brought.obscure or brought.has(name) or _is_named(subject, name):
            continue
        yield called


def _lacks(subject: Subject, target: Definition, name: str) -> bool:
    if name in subject.programs:
        return False
    if name in SHELLS:
        return has_shell(subject, name) is False
    if not (target.packages_complete or all(one.startswith("dhi.io/pkg-") for one in target.inherits)):
        return False
    have = {package.partition("=")[0] for package in target.packages}
    have |= {one.removeprefix("dhi.io/pkg-").partition(":")[0] for one in target.inherits}
    if target.distro == "debian" and ("busybox" in have or (target.package_manager is not None and name in DOUBTFUL)):
        return False
    if target.distro == "alpine":
        have.add("busybox")  # every shell of Alpine comes with it
    known = TOOLS.get(name) or ESSENTIAL.get(name) or COREUTILS.get(name) or SERVICE.get(name)
    if known is not None:
        if have.intersection(known.holders(target.distro)) or any(one.startswith(f"{name}-") for one in have):
            return False
        return not _own(target, name)
    if name in PROBES:
        return not _own(target, name) and not any(name in BY_PACKAGE.get(package, (package,)) for package in have)
    return absent_program(subject, name)


def _own(target: Definition, name: str) -> bool:
    """Whether the product of the image is, or brings, the program `name`."""
    own = (*BY_IMAGE.get(target.image, ()), *BY_IMAGE.get(f"{target.image}-{target.flavor or target.variant}", ()))
    return name in own or name == target.image


def _is_survived(called: Called) -> bool:
    """Whether the text goes on where the program fails: ``curl .. || true``, but not ``curl .. || exit 1``."""
    data, command = called.step.file.data, called.step.command
    after = data[command.span.end : command.span.end + 200].lstrip(b" \t\r\n\\")
    return after.startswith(b"||") and not after[2:].lstrip(b" \t{(").startswith((b"exit", b"return"))


def _provided(subject: Subject) -> Provided:
    """What the instructions of the chain bring; packages only where the image has a package manager for them."""
    found = Provided()
    manager = subject.target is not None and subject.target.package_manager is not None
    for stage in subject.chain:
        found.copies(stage.instructions)
        for run in stage_facts(stage).runs:
            if manager or not run.packages:
                found.run(run)
    return found


def _is_named(subject: Subject, name: str) -> bool:
    """Whether some RUN that is no installation speaks of the program, and so may bring it."""
    manager = subject.target is not None and subject.target.package_manager is not None
    runs = (run for stage in subject.chain for run in stage_facts(stage).runs)
    return any(name in _WORD.findall(run.instruction.original) for run in runs if manager or not run.packages)

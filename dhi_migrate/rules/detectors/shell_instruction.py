"""SHELL instructions that name a shell which the image does not have (DHI207)."""

from __future__ import annotations

from ...dockerfile.shell.wrappers import SHELLS
from ..breakers.model import basename
from ..causes import judged
from ..findings import Fix, Hit
from ..makers import runs_of
from ..repairs import remove_instruction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Instruction
    from ..findings import Severity
    from ..subject import Subject


def shell_instruction(subject: Subject) -> Iterator[Hit]:
    """One hit for each SHELL that names a shell of sh's kin which the target lacks and nothing installs.

    In a stage that ships each counts, in a build stage only one that a later RUN is given to.
    """
    target = subject.target
    if target is None or (target.bin_sh is None and not target.shells):
        return
    final = judged(subject)
    if not final and target.variant != "dev":
        return
    there = {basename(shell) for shell in target.shells} | subject.programs
    forms = [one for one in subject.stage.instructions if _is_shell_form(one)]
    ended = max((one.index for one in forms if one.keyword == "RUN"), default=-1)
    installed = _installed(subject)
    handed = _inherited(subject) if final else []
    for instruction in subject.instructions("SHELL"):
        argv = getattr(instruction.detail, "argv", None) or ()
        program = next((word.text for word in argv), "")
        name = basename(program)
        if name not in SHELLS or name in there or installed is None or name in installed:
            continue
        if final:
            later = [one for one in (*forms, *handed) if one.index > instruction.index]
            yield _final(subject, instruction, name, later[-1] if later else None)
        elif instruction.index < ended:
            has = ", ".join(sorted({basename(shell) for shell in target.shells} & SHELLS)) or "no shell"
            severity: Severity | None = "warning" if target.distro == "alpine" else None
            text = f"SHELL names {program}, and {subject.image} has {has}: install {name} before it, or use /bin/sh"
            yield Hit(instruction.span, text, subject.evidence, (), severity)


def _final(subject: Subject, instruction: Instruction, name: str, last: Instruction | None) -> Hit:
    target = subject.target
    without = "has no shell" if target is not None and not target.bin_sh else f"has no {name}"
    text = f"SHELL names a shell, and {subject.image} {without}: "
    if last is not None:
        if target is not None and target.bin_sh:
            text += "write it with /bin/sh, or "
        where = f"{last.keyword} (line {subject.line(last.span)})"
        text += f"take it out together with the shell forms that follow, the last in {where}"
        return Hit(instruction.span, text, subject.evidence)
    text += "nothing after it uses it, so take it out"
    edits = (remove_instruction(subject.file.dockerfile, instruction),)
    fix = Fix("safe", "Remove SHELL", edits, bound=subject.pending)
    # by itself the instruction starts nothing, so the build goes on
    return Hit(instruction.span, text, subject.evidence, (fix,), "warning")


def _inherited(subject: Subject) -> list[Instruction]:
    """The shell forms of the later stages that may be built on this one, and get its SHELL with it."""
    own = subject.stage.index
    family = () if subject.carrier.own_from else subject.file.lines.family[subject.carrier.stage.index]
    return [one for stage in family if stage.index > own for one in stage.instructions if _is_shell_form(one)]


def _installed(subject: Subject) -> frozenset[str] | None:
    """The packages that the stages of the chain install; None where more is installed than can be named."""
    commands = [
        one for run in runs_of(subject.file, subject.stage.index) for one in run.packages if one.action == "install"
    ]
    if any(one.opaque for one in commands):
        return None
    return frozenset(package.name for one in commands for package in one.packages)


def _is_shell_form(instruction: Instruction) -> bool:
    return instruction.keyword in {"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "ONBUILD"} and not instruction.exec_form

"""Installing packages before a command that needs them: with those that the stage installs anyway, or in a RUN of their own."""

from __future__ import annotations

from math import inf

from .._pattern import regex
from .causes import is_root
from .findings import Edit, Fix
from .knowledge.install import install_command
from .repairs import line_ending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..catalog.model import Definition
    from ..dockerfile import Dockerfile, Instruction
    from ..dockerfile.shell import Command
    from .facts import PackageCommand, RunFacts
    from .subject import Subject

_PLAIN = {("/bin/sh",), ("/bin/bash",), ("sh",), ("bash",), ("/bin/ash",), ("/usr/bin/bash",)}
# Flags of apk by which an installation fetches the lists of packages itself.
_FRESH = frozenset({"--no-cache", "--update-cache", "--update", "-U"})
_PROGRAMS = frozenset({"apt-get", "apt", "apk"})
# What stands between two words on different lines: a continuation and the next line's indentation.
_CONTINUED = regex(rb"[ \t]*[\\`][ \t]*\r?\n[ \t]*\Z")


def install(
    subject: Subject,
    target: Definition,
    run: RunFacts,
    command: Command,
    packages: Sequence[str],
    *,
    ahead: bool = False,
) -> tuple[Fix, ...]:
    """The fix that installs `packages` before `command` of `run`; none where that would not work.

    It takes the manager of the image, root, and a shell of sh's kin. Where the stage installs packages before, they join these:
    behind the last of them, or `ahead` of the first, so that the fixes of two rules can be applied together.
    """
    wanted = "apt" if target.distro == "debian" else "apk"
    if target.package_manager != wanted or not _may_install(subject, run.instruction):
        return ()
    edit = _join(subject, wanted, command, packages, ahead)
    if edit is None:
        data, span = subject.file.dockerfile.source.data, run.instruction.keyword_span
        keyword = data[span.start : span.end].decode("ascii", "replace")
        edit = _insert(
            subject.file.dockerfile, run.instruction, f"{keyword} {install_command(target.distro, packages)}"
        )
    return (Fix("safe", f"Install {', '.join(packages)}", (edit,), bound=subject.pending),)


def _may_install(subject: Subject, instruction: Instruction) -> bool:
    if not is_root(subject, instruction):
        return False
    shell = subject.state_at(instruction).shell
    return shell.instruction is None or (isinstance(shell.value, tuple) and shell.value[:1] in _PLAIN)


def _join(subject: Subject, manager: str, before: Command, packages: Sequence[str], ahead: bool) -> Edit | None:
    """Put `packages` behind the last package of an installation before `before`, or `ahead` of all, as its own are written."""
    fetched = False
    for run in subject.facts.runs:
        if run.instruction.span.start > before.span.start:
            break
        loose = _loose(subject, run)
        for one in run.packages:
            fetched = fetched or one.action == "update" or not _FRESH.isdisjoint(one.options)
            first = one.command.span.start < before.span.start
            if first and fetched and one.command.span.start > loose and _is_plain(manager, one):
                spans = [package.span for package in one.packages]
                place = min(spans) if ahead else max(spans)
                data = subject.file.dockerfile.source.data
                previous = max(word.span.end for word in one.command.words if word.span.end <= place.start)
                between = data[previous : place.start]
                gap = between if _CONTINUED.match(between) else b" "
                if ahead:
                    return Edit(place.start, place.start, b"".join(package.encode() + gap for package in packages))
                return Edit(place.end, place.end, b"".join(gap + package.encode() for package in packages))
    return None


def _loose(subject: Subject, run: RunFacts) -> float:
    """The byte up to which a command of `run` may fail, or what it installs be gone at the end; infinite for all of them."""
    instruction = run.instruction
    if not run.script.ok or instruction.heredocs or instruction.exec_form or not _may_install(subject, instruction):
        return inf
    # packages that are removed again in the same RUN may take others along
    if any(one.action not in {"install", "update", "upgrade", "clean"} for one in run.packages):
        return inf
    return max((one.span.start for one in run.script.commands if one.operator in {"||", "&", "|"}), default=-1)


def _is_plain(manager: str, one: PackageCommand) -> bool:
    """Whether `one` is sure to install what it names, and nothing else: more packages may be named there."""
    command = one.command
    if one.action != "install" or one.manager != manager or one.program not in _PROGRAMS or not one.packages:
        return False
    if one.opaque or one.repository or not {"-t", "--virtual", "--root", "-p"}.isdisjoint(one.options):
        return False
    top = command.certain and command.depth == 0 and not command.nested
    return top and all(word.literal for word in command.words)


def _insert(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """Put `text` on a line of its own above `instruction` and the comments that stand directly above it."""
    line = instruction.start_line
    above = {comment.line for comment in dockerfile.comments if comment.instruction is None}
    while line - 1 in above:
        line -= 1
    at = dockerfile.source.line_starts[line - 1]
    return Edit(at, at, f"{text}{line_ending(dockerfile)}".encode())

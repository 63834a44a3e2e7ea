"""Packages of the distribution that are installed in a stage that ships (DHI301)."""

from __future__ import annotations

from ..breakers.model import package_names
from ..brought import has_shell
from ..causes import Obstacle, also, installs, judged, listed, manager_obstacle
from ..findings import Hit
from ..shipped import shipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..facts import PackageCommand, RunFacts
    from ..subject import Subject


def package_manager(subject: Subject) -> Iterator[Hit]:
    """At most one hit: the first command that installs, with the packages and the lines of all that belong to it."""
    if not judged(subject):
        return
    stage = shipped(subject)
    found: list[tuple[RunFacts, PackageCommand, Obstacle]] = []
    for run in subject.facts.runs:
        if not installs(run) or stage.redundant(run) is not None:
            continue
        command = installs(run)[0]
        hindrance = manager_obstacle(subject, run, command)
        if hindrance is not None:
            found.append((run, command, hindrance))
    if not found:
        return
    first, command, hindrance = found[0]
    others = [
        run.instruction
        for run in subject.facts.runs
        if (run.packages or run.pure == "cleanup") and run is not first and stage.redundant(run) is None
    ]
    have = package_names(subject.target) if subject.target is not None else set[str]()
    commands = [one for run, _, _ in found for one in installs(run)]
    every = [package.name for one in commands for package in one.packages]
    what = listed(name for name in every if name not in have)
    if not what:
        what = listed(every) if every and not any(one.opaque for one in commands) else "packages"
    text = (
        f"{command.program} installs {what} in the stage that ships{also(subject, others)}, and {hindrance.text}: install in a "
        "build stage on -dev and copy what is needed, or ship a customised image with the packages, or the -dev image itself"
    )
    # without a shell the RUN fails as a whole; else a command may stand in a branch that is not taken
    dead = has_shell(subject, "sh") is False
    sure = any(one.certain and (dead or what.command.certain) for _, what, one in found)
    yield Hit(command.command.span, text, subject.evidence, (), None if sure else "warning")

"""Dependencies and builds of a language in a stage that ships (DHI303)."""

from __future__ import annotations

from ..breakers.programs import is_jre
from ..brought import has_shell
from ..causes import also, judged, listed, obstacle
from ..findings import Hit
from ..shipped import language_commands, shipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile.shell import Command
    from ..causes import Obstacle
    from ..facts import RunFacts
    from ..subject import Subject


# On a JRE they are missing, which is more to the point than that nothing can be built there: DHI605 says so.
_JDK_TOOLS = frozenset({"javac", "jar", "jlink", "jpackage"})


def language_install(subject: Subject) -> Iterator[Hit]:
    """At most one hit: the first command that installs or builds for a language, with the lines of the others."""
    if not judged(subject) or subject.target is None:
        return
    stage, jre = shipped(subject), is_jre(subject.target)
    found: list[tuple[RunFacts, Command, Obstacle]] = []
    for run in subject.facts.runs:
        commands = [one for one in language_commands(run) if not (jre and one.name in _JDK_TOOLS)]
        if not commands or "language" not in stage.explained(run):
            continue
        hindrance = obstacle(subject, run.instruction)
        if hindrance is not None:
            found.extend((run, command, hindrance) for command in commands)
    if not found:
        return
    found.sort(key=lambda one: not one[2].certain)
    first, command, hindrance = found[0]
    # the commands of a run follow one another
    runs = [run for at, (run, _, _) in enumerate(found) if at == 0 or found[at - 1][0] is not run]
    others = [run.instruction for run in runs if run is not first]
    tools = listed((name for run in runs for name in _names(run)), 4)
    text = (
        f"{tools} in the stage that ships{also(subject, others)}: {hindrance.text}; do it in a build stage on -dev, and COPY "
        "--from what comes of it"
    )
    # a shell that the file copies in may run it after all
    sure = hindrance.certain and has_shell(subject, "sh") is False
    yield Hit(command.span, text, subject.evidence, (), None if sure else "warning")


def _names(run: RunFacts) -> list[str]:
    """What the RUN installs and builds with, as a message names it: ``pip install``, ``make``, ``manage.py collectstatic``."""
    wanted = frozenset(language_commands(run))
    every = [(one.command, f"{one.tool} {one.action}".strip()) for one in run.languages]
    every += [(one.command, f"{one.tool} {one.action}".strip()) for one in run.builds]
    return [name for command, name in sorted(every, key=lambda one: one[0].span) if command in wanted]

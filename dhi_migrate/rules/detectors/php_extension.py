"""Commands of the upstream PHP images that hardened ones do not have (DHI802)."""

from __future__ import annotations

from ..breakers.model import package_names
from ..causes import also, judged, listed, obstacle
from ..findings import Hit
from ..shipped import APACHE_TOOLS, EXTENSION_TOOLS, extension_commands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile.shell import Command
    from ..facts import RunFacts
    from ..findings import Severity
    from ..subject import Subject


def php_extension(subject: Subject, unsure: list[str]) -> Iterator[Hit]:
    """At most one hit: the first command for extensions that the target lacks, or that cannot run in a stage that ships.

    `unsure` are those that an image for building may have all the same: a warning there.
    """
    target = subject.target
    if target is None:
        return
    there = subject.programs
    # in other images a package of the distribution, or a copy, may have brought the command
    own = target.image == "php" or "php" in target.prefix
    found: list[tuple[RunFacts, Command]] = []
    for run in subject.facts.runs:
        found.extend((run, one) for one in extension_commands(target, run) if one.name not in there)
    severity: Severity | None = None
    if judged(subject):
        hindrances = {run.instruction.index: obstacle(subject, run.instruction) for run, _ in found}
        found = [(run, one) for run, one in found if hindrances[run.instruction.index] is not None]
        hindrance = hindrances[found[0][0].instruction.index] if found else None
        why = hindrance.text if hindrance is not None else ""
        if hindrance is not None and not hindrance.certain:
            severity = None if own else "warning"
            why = f"{subject.image} does not have it: it belongs to the upstream image" if own else why
    else:
        found = [(run, one) for run, one in found if own]
        found.sort(key=lambda one: one[1].name in unsure)
        severity = "warning" if found and found[0][1].name in unsure else None
        what = "may not have it" if severity else "does not have it"
        why = f"{subject.image} {what}: it belongs to the upstream image"
    if not found:
        return
    first, command = found[0]
    others = [run.instruction for run, _ in found if run is not first]
    if command.name in APACHE_TOOLS:
        names, text = [], "there is no hardened Apache with PHP: serve php-fpm behind nginx or httpd"
    else:
        names = [
            name
            for run, _ in found
            for one in run.languages
            if one.command.name in EXTENSION_TOOLS
            for name in one.packages
        ]
        home = target.prefix.get("php", "")
        place = f"{home}/lib/php/extensions" if home and home != "/usr" else "the extension directory"
        text = f"build with phpize and make in a -dev stage, copy the .so to {place} and load it in an .ini file"
    extensions = f" ({listed(sorted(set(names)))})" if names else ""
    text = f"{command.name}{extensions}{also(subject, others)}: {why}; {text}"
    yield Hit(command.span, text, _evidence(subject), (), severity)


def _evidence(subject: Subject) -> str:
    target = subject.target
    built = target is not None and "autoconf" in package_names(target)
    return f"{subject.evidence} lists no such command" + (", and what phpize needs" if built else "")

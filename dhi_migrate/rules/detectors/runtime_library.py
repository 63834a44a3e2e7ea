"""Libraries that what a stage copies was built against, and that the image which ships does not have (DHI308)."""

from __future__ import annotations

from ..._pattern import regex
from ..breakers.model import package_names
from ..causes import installs, judged, listed
from ..findings import Hit
from ..makers import copies, named_packages, runs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..facts import RunFacts
    from ..findings import Severity
    from ..subject import Subject

# Directories that installed packages of Python, Ruby and PHP are copied by.
_PACKAGES = regex(r"venv|virtualenv|site-packages|dist-packages|/bundle|/gems|/\.local|/install|/extensions|/deps")
_LIBRARIES = regex(r"\.so\b|linux-gnu|/usr/lib(?:64)?/?\Z|/lib(?:64)?/?\Z|/usr/local/lib/?\Z")


def runtime_library(
    subject: Subject, libraries: Mapping[str, Mapping[str, Sequence[str]]], full: list[str]
) -> Iterator[Hit]:
    """At most one hit: the first COPY of packages whose build stage installs headers of `libraries`, without the library here.

    Of each package with headers `libraries` tells the packages of its library (``runtime``) and the packages of languages that
    link to it as a rule (``needed_by``); one of these by name makes it an error. `full` are tools of upstream images that bring
    the libraries: a stage that is still to move had them only there, or by an installation of its own.
    """
    target = subject.target
    if target is None or not judged(subject) or not subject.ships or target.inherits:
        return
    if any(installs(run) for run in runs_of(subject.file, subject.stage.index)):
        return  # what is installed here is for DHI301
    if subject.pending and (subject.before is None or not set(full) & set(subject.before.tools)):
        return
    have = package_names(target)
    edges = copies(subject)
    if any(_LIBRARIES.search(source) for edge in edges for source in edge.sources):
        return
    for edge in edges:
        if edge.source is None or not any(_PACKAGES.search(source) for source in edge.sources):
            continue
        runs = runs_of(subject.file, edge.source)
        headers = _headers(runs, libraries)
        lacking = {name: line for name, line in headers.items() if not have & set(libraries[name].get("runtime", ()))}
        if not lacking:
            continue
        needed = frozenset(name for one in lacking for name in libraries[one].get("needed_by", ()))
        named = named_packages(subject.file, [one for run in runs for one in run.languages], needed)
        severity: Severity | None = None if named else "warning"
        who = listed(named) if named else "what is copied"
        wanted = listed(libraries[one]["runtime"][0] for one in lacking)
        lines = ", ".join(str(subject.line(run.instruction.span)) for run in lacking.values())
        text = (
            f"{who} {'needs' if named else 'may need'} {wanted} at run time: built with {listed(lacking)} (line {lines}), and "
            f"{subject.image} does not have the library: copy it too, take packages with binaries, or ship a customised image"
        )
        yield Hit(edge.instruction.span, text, f"{subject.evidence} does not list {wanted}", (), severity)
        return


def _headers(runs: Sequence[RunFacts], libraries: Mapping[str, object]) -> dict[str, RunFacts]:
    """The packages of `libraries` that `runs` install, each with the RUN."""
    found: dict[str, RunFacts] = {}
    for run in runs:
        for one in installs(run):
            for package in one.packages:
                if package.name in libraries:
                    found.setdefault(package.name, run)
    return found

"""Packages that the hardened image has already, installed in a stage that ships (DHI302)."""

from __future__ import annotations

from itertools import pairwise

from ..breakers.model import package_names
from ..causes import installs, judged, listed
from ..findings import Edit, Fix, Hit
from ..shipped import shipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..facts import Package, PackageCommand, RunFacts
    from ..shipped import Redundant, Shipped
    from ..subject import Subject


def redundant_package(subject: Subject) -> Iterator[Hit]:
    """One hit for each RUN that installs what the target lists; the fix takes the RUN, the commands or the words out."""
    if not judged(subject) or subject.target is None:
        return
    stage = shipped(subject)
    for run in subject.facts.runs:
        found = stage.redundant(run)
        if found is not None:
            yield _commands(subject, found)
        elif run.script.ok and not subject.pending:
            # before the move the rest of the RUN keeps the stage where it is (DHI301), and has to be moved as a whole
            yield from _words(subject, stage, run)


def _commands(subject: Subject, found: Redundant) -> Hit:
    """Nothing else is installed: the commands go, or the whole RUN."""
    names = ", ".join(found.packages)
    if names:
        text = f"{names} {_is(found.packages)} in {subject.image} already: take the installation out"
    else:
        text = f"{subject.image} has its certificates in place, and the file brings none: take {found.command.name} out"
    title = f"Remove the installation of {names}" if names else f"Remove {found.command.name}"
    fix = Fix("safe", title, found.edits, bound=subject.pending)
    return Hit(found.command.span, text, f"{subject.evidence} lists {_listing(subject, found.packages)}", (fix,))


def _words(subject: Subject, stage: Shipped, run: RunFacts) -> Iterator[Hit]:
    """Other packages are installed too: at most one hit, and only the words go."""
    found: list[Package] = []
    edits: list[Edit] = []
    plain = True
    for one in installs(run):
        there = [package for package in one.packages if package.name in stage.there(one)]
        if not there or len(there) == len(one.packages):
            continue
        cut = _cut(subject, one, there)
        plain = plain and cut is not None
        found.extend(there)
        edits.extend(cut or ())
    if not found:
        return
    names = listed(package.name for package in found)
    every = tuple(dict.fromkeys(package.name for package in found))
    text = f"{names} {_is(every)} in {subject.image} already: take {'it' if len(every) == 1 else 'them'} out of the installation"
    fixes = (Fix("safe", f"Remove the package {names}", tuple(edits)),) if plain else ()
    yield Hit(found[0].span, text, f"{subject.evidence} lists {_listing(subject, every)}", fixes)


def _cut(subject: Subject, command: PackageCommand, gone: list[Package]) -> tuple[Edit, ...] | None:
    """The edits that take the words of `gone` out, each with what stands before it; None where that is a comment."""
    data, words = subject.file.dockerfile.source.data, command.command.words
    spans = {package.span for package in gone}
    edits: list[Edit] = []
    for before, word in pairwise(words):
        if word.span not in spans:
            continue
        if b"#" in data[before.span.end : word.span.start]:
            return None
        edits.append(Edit(before.span.end, word.span.end, b""))
    return tuple(edits) if len(edits) == len(spans) else None


def _listing(subject: Subject, names: tuple[str, ...]) -> str:
    """The packages of the definition that stand for `names` (none: for the certificates)."""
    have = package_names(subject.target) if subject.target is not None else set[str]()
    wanted = names or ("ca-certificates",)
    return listed(name if name in have else f"{name}-bundle" if f"{name}-bundle" in have else name for name in wanted)


def _is(names: tuple[str, ...]) -> str:
    return "is" if len(names) == 1 else "are"

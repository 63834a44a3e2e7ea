"""Packages of the distribution that are pinned to versions of the release that a build stage leaves (DHI307)."""

from __future__ import annotations

from ..causes import listed
from ..findings import Fix, Hit
from ..makers import system_after, system_before
from ..repairs import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..facts import Package
    from ..findings import Edit
    from ..subject import Subject


def pinned_package(subject: Subject) -> Iterator[Hit]:
    """At most one hit: the first pinned package of a stage that moves to another release, with the names of all."""
    target = subject.target
    if target is None or target.variant != "dev" or not subject.pending:
        return
    before, after = system_before(subject.carrier), system_after(subject.carrier)
    if after is None or (before is not None and before == after):
        return
    if _has_sources(subject):
        return  # a repository of a vendor has its own versions, the same for many releases
    family = "apt" if target.distro == "debian" else "apk"
    pinned = [
        package
        for run in subject.facts.runs
        for one in run.packages
        if one.action == "install" and one.manager == family
        for package in one.packages
        if package.version and _is_pin(subject, package)
    ]
    if not pinned:
        return
    known = before is not None and before.release
    left = f"of {before}" if known else "of the release that the stage leaves"
    which = "a version" if len({one.name for one in pinned}) == 1 else "versions"
    text = (
        f"{listed(one.name for one in pinned)}: pinned to {which} {left}, which {subject.image} may not find on {after}: "
        f"drop the {'pin' if which == 'a version' else 'pins'}, or name {which} of {after}"
    )
    yield Hit(pinned[0].span, text, subject.evidence, _fix(subject, pinned))


def _has_sources(subject: Subject) -> bool:
    """Whether the stage adds sources of packages, by itself or by a package that is not of the distribution."""
    places = ("/etc/apt/sources", "/etc/apk/repositories")
    return any(
        any(one.repository or (one.manager == "dpkg" and one.action == "install") for one in run.packages)
        or any(one.path.startswith(places) for one in run.written)
        for run in subject.facts.runs
    )


def _operator(subject: Subject, package: Package) -> str:
    """What stands between name and version, from the source: ``=``, ``=~``, ``>``; "" where that is not plain."""
    text = subject.file.dockerfile.source.text(package.span).strip("\"'")
    if not text.startswith(package.name) or not text.endswith(package.version):
        return ""
    return text[len(package.name) : len(text) - len(package.version)]


def _is_pin(subject: Subject, package: Package) -> bool:
    """Whether the version is the only one that will do; a lower bound is none."""
    return _operator(subject, package) not in {">", ">=", "<", "<="}


def _fix(subject: Subject, pinned: list[Package]) -> tuple[Fix, ...]:
    edits: list[Edit] = []
    for package in pinned:
        if _operator(subject, package) not in {"=", "==", "~=", "=~", "~"}:
            return ()
        edits.append(replace(package.span, package.name))
    return (Fix("unsafe", "Drop the pins of packages", tuple(edits), bound=subject.pending),)

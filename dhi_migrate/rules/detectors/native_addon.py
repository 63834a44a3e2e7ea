"""Packages with native code under a C library that changes with the swap of the stage (DHI604)."""

from __future__ import annotations

from ..findings import Hit
from ..makers import named_packages, system_after, system_before

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subject import Subject


def native_addon(subject: Subject, tools: list[str], packages: list[str]) -> Iterator[Hit]:
    """At most one hit: the first installation by one of `tools` in a stage that moves between musl and glibc.

    `packages` are names of packages that are known to hold native code; those that the stage or its package.json names are in the
    message.
    """
    if not subject.pending or subject.target is None or subject.target.variant != "dev":
        return  # on a runtime image nothing is installed at all (DHI303)
    after, before = system_after(subject.carrier), system_before(subject.carrier)
    if after is None or before is None or after.musl == before.musl:
        return
    wanted = frozenset(tools)
    installs = [one for run in subject.facts.runs for one in run.languages if one.tool in wanted]
    if not installs:
        return
    first = installs[0]
    names = named_packages(subject.file, installs, frozenset(packages))
    what = f"{', '.join(names)} and other packages" if names else "packages"
    change = f"{_library(before.musl)} to {_library(after.musl)}"
    text = (
        f"{first.tool} installs for another C library on {subject.image} ({change}): {what} with native code are fetched or "
        "built anew; let lock files and settings that name a platform follow"
    )
    evidence = f"{subject.carrier.base.partition('@')[0]} is {before}; {subject.evidence} is {after}"
    yield Hit(first.command.span, text, evidence)


def _library(musl: bool) -> str:
    return "musl" if musl else "glibc"

"""Ordering the definitions that suit: version, operating system, end of life, support, nearness, release."""

from __future__ import annotations

from .._record import NamedTuple
from ..images import parse_hardened_tag
from .families import family
from .versions import MAJOR, MINOR, SAME, definition_version, is_system, release_numbers, version_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from ..images import HardenedTag, UpstreamOS
    from .families import Wish
    from .model import Definition
    from .store import Catalog

    Match = Literal[
        "exact",
        "same-version",
        "step-minor",
        "step-major",
        "partial",
        "other-product",
        "none",
        "scratch",
        "hardened",
        "stage",
        "unknown",
    ]


NEWER_RELEASE, OTHER_SYSTEM = 1, 2
"""Operating system classes beside `SAME`: a newer release of the same distribution, another distribution or C library."""

SOON_MONTHS = 6
"""How long before its end of life an image stops being a good step to take."""

_BY_GRADE: tuple[Match, ...] = ("exact", "same-version", "step-minor", "step-major")


class Candidate(NamedTuple):
    """One hardened tag that could replace the reference, with its match class and the definition behind it.

    `expired` tells that it is past its end of life on the day of the catalog data.
    """

    name: str
    tag: str
    definition: Definition
    match: Match
    expired: bool


class Ranked(NamedTuple):
    """A candidate with its place: the smaller `key`, the better. The classes and the parsed tag are kept to explain it."""

    key: tuple[object, ...]
    candidate: Candidate
    version_class: int
    system_class: int
    parsed: HardenedTag


class Frame(NamedTuple):
    """What candidates are ranked against.

    `system` is the operating system that the upstream tag names, None where it names none or where it is the version
    itself. `distro` is the distribution whose C library the upstream image has. `strict` tells that an image of the other C
    library is another system although the tag names none: some definition of the right one exists.
    `today` is the ISO date of the catalog data: the same file gives the same answer every day.
    """

    wish: Wish
    system: UpstreamOS | None
    distro: str
    strict: bool
    today: str


def rank(catalog: Catalog, frame: Frame, pool: Iterable[Definition]) -> list[Ranked]:
    """The definitions of `pool` that are not older than what is asked, best first."""
    ranked = (_rank(catalog, frame, definition) for definition in pool)
    return sorted((entry for entry in ranked if entry is not None), key=lambda entry: entry.key)


def system_class(frame: Frame, definition: Definition) -> int | None:
    """`SAME`, `NEWER_RELEASE`, `OTHER_SYSTEM`, or None for an older release of the same distribution."""
    system = frame.system
    if system is None:
        return OTHER_SYSTEM if frame.strict and definition.distro != frame.distro else SAME
    if system.family != definition.distro:
        return OTHER_SYSTEM
    asked, have = release_numbers(system.release), release_numbers(definition.release)
    if asked[: len(have)] == have[: len(asked)]:
        return SAME
    return NEWER_RELEASE if have > asked else None


def expired(definition: Definition, today: str) -> bool:
    """Whether the end of life of `definition`, or of its distribution, has come."""
    return definition.end_of_life is not None and definition.end_of_life <= today


def ends_soon(definition: Definition, today: str) -> bool:
    """Whether the end of life is within `SOON_MONTHS`, or past."""
    if definition.end_of_life is None:
        return False
    year, month, day = today.split("-")
    months = int(year) * 12 + int(month) - 1 + SOON_MONTHS
    return definition.end_of_life <= f"{months // 12:04}-{months % 12 + 1:02}-{day}"


def _rank(catalog: Catalog, frame: Frame, definition: Definition) -> Ranked | None:
    wish = frame.wish
    have = definition_version(definition)
    version = version_class(wish.numbers, have, family(wish.name).get("patch", 3))
    system = system_class(frame, definition)
    if version is None or system is None:
        return None
    spelled = spell(catalog, wish, definition)
    if spelled is None:
        return None
    tag, parsed = spelled
    grade = max(version, system)
    if system == OTHER_SYSTEM:
        match: Match = "partial" if frame.system is not None or version < MINOR else _BY_GRADE[grade]
    else:
        match = _BY_GRADE[grade]
    past = expired(definition, frame.today)
    lines = family(wish.name).get("lts")
    supported = lines is None or not have or have[0] in lines
    stepping = version >= MINOR
    choosing = stepping or not wish.numbers
    newest_release = tuple(-part for part in release_numbers(definition.release))
    if stepping and not is_system(wish.name):
        nearness: tuple[object, ...] = ((*have[:2], *(-part for part in have[2:])), newest_release)
    else:
        nearness = (newest_release, tuple(-part for part in have))
    key = (
        # past its end of life an image stands behind the same version on a newer release, before any version step
        1.5 if past and grade < MINOR else float(grade),
        version,
        system == OTHER_SYSTEM,
        past,
        system if frame.system is not None else SAME,
        choosing and version != MINOR and not supported,
        choosing and ends_soon(definition, frame.today),
        definition.distro != (frame.distro if frame.system is None else "debian"),
        *nearness,
        tag,
    )
    return Ranked(key, Candidate(definition.image, tag, definition, match, past), version, system, parsed)


def spell(catalog: Catalog, wish: Wish, definition: Definition) -> tuple[str, HardenedTag] | None:
    """The shortest tag of `definition` with an explicit release, at the asked precision; None if all are denied.

    The precision is at most ``major.minor``: tags with a patch number live for days. For an operating system image the
    version is the release, so the tag is the bare one: ``debian-base:trixie``, ``alpine-base:3.24``.
    """
    precision = min(len(wish.numbers), 2) or 1
    system = is_system(definition.image)
    best: tuple[tuple[object, ...], str, HardenedTag] | None = None
    for tag in definition.tags:
        parsed = parse_hardened_tag(tag, definition.flavor)
        if parsed is None or catalog.denied(definition.image, tag):
            continue
        length = parsed.version.count(".") + 1 + parsed.version.count("-")
        explicit = parsed.distro is None if system else parsed.release is not None
        key = (not explicit, abs(length - precision) + (length > 2), length, len(tag), tag)
        if best is None or key < best[0]:
            best = (key, tag, parsed)
    return (best[1], best[2]) if best is not None else None


def other_lines(ranked: list[Ranked], best: Candidate, limit: int) -> tuple[Candidate, ...]:
    """The next best candidates that differ from `best` in distribution or version line, at most `limit`."""
    seen = {(best.definition.distro, definition_version(best.definition)[:2])}
    found: list[Candidate] = []
    for entry in ranked:
        definition = entry.candidate.definition
        mark = (definition.distro, definition_version(definition)[:2])
        if mark not in seen and not entry.candidate.expired and len(found) < limit:
            seen.add(mark)
            found.append(entry.candidate)
    return tuple(found)


def step(asked: tuple[int, ...], have: tuple[int, ...]) -> Match:
    """The match class by version alone, for a tag that somebody else has chosen (a pin); older versions count as steps."""
    kind = version_class(asked, have)
    return _BY_GRADE[MAJOR if kind is None else kind]

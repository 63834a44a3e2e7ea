"""Which hardened tag replaces an upstream reference: a pure, deterministic ranking over the tags that exist.

Each definition of the hardened image is classed by version (same at the asked precision, patch, minor, major; never an
older minor or major) and by operating system (same release, newer release, other distribution or C library). The worse
of both is the match class; then end of life, long-term support, nearness and release decide. A tag is never composed:
it is looked up among the tags of the definition.
"""

from __future__ import annotations

from functools import lru_cache

from .._record import NamedTuple
from ..images import InvalidReferenceError, parse_reference, parse_upstream_tag
from .families import family, wish_for
from .ranking import OTHER_SYSTEM, Candidate, Frame, ends_soon, other_lines, rank, step, system_class
from .selection import explain_words, suited
from .versions import MAJOR, MINOR, PATCH, SAME, definition_version, dotted, is_system, release_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ..images import Reference, UpstreamOS
    from .families import Wish
    from .model import Confidence, Definition, UpstreamFacts, UpstreamTarget
    from .ranking import Match, Ranked
    from .store import Catalog

    Role = Literal["build", "final"]


MAX_ALTERNATIVES = 3

# Systems of upstream images from which a runtime moves without another thought; the others change files underfoot.
_KIN = frozenset({"", "debian", "ubuntu", "alpine", "scratch", "distroless"})


class Resolution(NamedTuple):
    """The answer for one reference.

    `upstream` is the repository as it was looked up. `best` is None for every match but the versioned ones and
    ``partial``, ``other-product``. `confidence` is that of the map row. `automatic` tells that the reference itself may
    be replaced unasked (same version, a reviewed row, a supported image); the stage around it may still forbid the swap.
    `workable` is False where the swap is known to break (an Apache variant that does not exist): shown, never edited.
    `system_changes` tells that the distribution or the C library is known to be another than before. `pinned` tells that
    an overlay has chosen the image.
    `system_image` tells that the hardened image is one of a bare operating system, whose release is its version.
    `facts` describe the upstream image; None where nothing is known of it.
    """

    reference: str
    upstream: str
    match: Match
    best: Candidate | None
    confidence: Confidence
    automatic: bool
    reasons: tuple[str, ...]
    alternatives: tuple[Candidate, ...]
    workable: bool = True
    system_changes: bool = False
    system_image: bool = False
    facts: UpstreamFacts | None = None
    pinned: bool = False


def _nothing(reference: str, upstream: str, match: Match, reason: str) -> Resolution:
    return Resolution(reference, upstream, match, None, "none", False, (reason,), ())


@lru_cache(maxsize=1024)
def resolve(catalog: Catalog, reference: str, role: Role) -> Resolution:
    """The hardened tag for `reference` (as written in a ``FROM``, fully expanded) in a stage of that `role`.

    ``build`` asks for an image with a shell and a package manager (``-dev``, ``-sdk``), ``final`` for the runtime. The
    reference is an upstream one: whether it is hardened already is the caller's to know. Never raises. The last answers
    are kept: files of one repository ask the same again and again.
    """
    if reference == "scratch":
        return _nothing(reference, "scratch", "scratch", "scratch is empty: there is nothing to harden in it")
    try:
        parsed = parse_reference(reference)
    except InvalidReferenceError as error:
        return _nothing(reference, "", "unknown", str(error))
    upstream = parsed.upstream
    rows = catalog.upstream(upstream)
    if not rows:
        return _nothing(reference, upstream, "unknown", f"{upstream} is not in the map of upstream images")
    tag = parse_upstream_tag(parsed.tag)
    row = _choose_row(rows, tag.words)
    pin = catalog.pins.get(upstream)
    if pin is not None:
        return _pinned(catalog, parsed, row, pin, role)
    if row.confidence == "none" or not row.name:
        return _nothing(reference, upstream, "none", row.note or f"nothing in the catalog replaces {upstream}")
    if tag.os is not None and tag.os.family == "windows":
        return _nothing(reference, upstream, "none", f"{tag.os.text} is Windows; hardened images are Linux only")
    wish = wish_for(row.name, upstream, tag, final=role == "final")
    image = catalog.image(wish.name)
    pool = tuple(one for one in image.definitions if not _denied(catalog, one)) if image is not None else ()
    if not pool:
        return _nothing(reference, upstream, "none", f"the catalog has no image {wish.name} that may be used")
    facts = catalog.upstream_facts(upstream, parsed.tag or "latest")
    implied = facts.os if facts is not None else ("alpine" if "alpine" in parsed.path else "")
    resolver = _Resolver(catalog, parsed, row, implied, role)
    resolver.denials = image is not None and len(pool) < len(image.definitions)
    return resolver.run(wish, tag.os, pool)._replace(facts=facts)


def _choose_row(rows: tuple[UpstreamTarget, ...], words: tuple[str, ...]) -> UpstreamTarget:
    """The row that the tag asks for, where one repository holds several products; else the most trusted one."""
    by_name = {row.name: row for row in rows}
    if "docker" in by_name and "docker-dind" in by_name:
        return by_name["docker" if "cli" in words else "docker-dind"]
    order = {"high": 0, "medium": 1, "low": 2, "none": 3}
    return min(rows, key=lambda row: order[row.confidence])


def _denied(catalog: Catalog, definition: Definition) -> bool:
    return all(catalog.denied(definition.image, tag) for tag in definition.tags)


def _pinned(catalog: Catalog, parsed: Reference, row: UpstreamTarget, pin: str, role: Role) -> Resolution:
    name, _, tag = pin.partition(":")
    definition = catalog.find(name, tag)
    if definition is not None and role == "build" and definition.variant != "dev":
        definition, tag = _twin(catalog, definition, tag)
    upstream = parsed.upstream
    if definition is None:
        kind = "build image" if role == "build" else "image"
        return _nothing(str(parsed), upstream, "none", f"the overlay pins {upstream} to {pin}, which has no {kind}")
    match = step(parse_upstream_tag(parsed.tag).numbers, definition_version(definition))
    if row.confidence in {"low", "none"}:
        match = "other-product"
    candidate = Candidate(name, tag, definition, match, False)
    reason = f"the overlay pins {upstream} to {pin}"
    facts = catalog.upstream_facts(upstream, parsed.tag or "latest")
    return Resolution(str(parsed), upstream, match, candidate, "high", True, (reason,), (), facts=facts, pinned=True)


def _twin(catalog: Catalog, definition: Definition, tag: str) -> tuple[Definition | None, str]:
    """The build image that belongs to a runtime `tag`: the listed ``<tag>-dev``, else the same version and release."""
    twin = catalog.find(definition.image, f"{tag}-dev")
    if twin is not None:
        return twin, f"{tag}-dev"
    image = catalog.image(definition.image)
    kind = (definition.flavor, definition.distro, definition.release, definition_version(definition)[:2])
    for other in image.definitions if image is not None else ():
        if other.variant == "dev" and kind == (
            other.flavor,
            other.distro,
            other.release,
            definition_version(other)[:2],
        ):
            return other, min(other.tags, key=len)
    return None, tag


class _Resolver:
    """The answer for one reference, step by step; holds what every step looks at."""

    def __init__(self, catalog: Catalog, reference: Reference, row: UpstreamTarget, implied: str, role: Role) -> None:
        self.catalog = catalog
        self.reference = reference
        self.row = row
        self.implied = implied
        self.role = role
        self.foreign = row.confidence == "low"
        self.today = catalog.info.date
        self.denials = False

    def run(self, wish: Wish, system: UpstreamOS | None, pool: tuple[Definition, ...]) -> Resolution:
        """Rank `pool` against `wish`, choose, and explain."""
        upstream = self.reference.upstream
        wish = explain_words(wish, pool)
        if is_system(wish.name):
            wish, system = self._release_as_version(wish, system), None
        if self.foreign and not wish.own_version:
            wish = wish._replace(numbers=())
        everything = pool
        pool, lacks = suited(wish, pool, build=self.role == "build")
        distro = "alpine" if self.implied == "alpine" else "debian"
        strict = bool(self.implied) and not is_system(wish.name) and any(one.distro == distro for one in pool)
        frame = Frame(wish, system, distro, strict, self.today)
        ranked = rank(self.catalog, frame, pool)
        if wish.absent is not None or not ranked or _line_ends_before(ranked[0], wish, pool):
            if self.role == "build" and rank(self.catalog, frame, suited(wish, everything, build=False).pool):
                shown = f"{wish.name} {dotted(wish.numbers)}"
                return _nothing(
                    str(self.reference), upstream, "none", f"{shown} or newer has no -dev image to run commands on"
                )
            return self._too_new(frame, pool)
        return self._answer(frame, ranked, pool, (*wish.missing, *wish.partial, *lacks))

    def _release_as_version(self, wish: Wish, system: UpstreamOS | None) -> Wish:
        """For an operating system image the release, however it is written, is the version."""
        same = wish.name.partition("-")[0]
        if self.foreign:
            return wish._replace(numbers=())
        if system is not None and system.family == same:
            if system.release == "unstable":
                return wish._replace(absent=f"{system.text} is newer than every hardened {same} release")
            return wish._replace(numbers=release_numbers(system.release) or wish.numbers)
        return wish

    def _answer(
        self, frame: Frame, ranked: list[Ranked], pool: tuple[Definition, ...], lacks: tuple[str, ...]
    ) -> Resolution:
        best, wish = ranked[0], frame.wish
        match = best.candidate.match
        if match == "exact" and wish.prerelease:
            match = "same-version"
        if lacks:
            match = "partial"
        if self.foreign:
            match = "other-product"
        candidate = best.candidate._replace(match=match)
        changes = best.system_class == OTHER_SYSTEM or self._libc_changes(frame, candidate.definition)
        automatic = (
            match in {"exact", "same-version"}
            and not candidate.expired
            and not self._floating_data(wish)
            and not self._older_patch(wish, best)
            and not _behind_newest(wish, ranked)
            and not self._libc_changes(frame, candidate.definition)
            and self.implied in _KIN
            and (self.role == "build" or candidate.definition.variant == "runtime")
        )
        reasons = (*self._reasons(frame, best, pool), *lacks, *wish.notes)
        others = other_lines(ranked, candidate, MAX_ALTERNATIVES)
        return Resolution(
            str(self.reference),
            self.reference.upstream,
            match,
            candidate,
            self.row.confidence,
            automatic,
            reasons,
            others,
            workable=not wish.missing,
            system_changes=changes,
            system_image=is_system(wish.name),
        )

    def _too_new(self, frame: Frame, pool: tuple[Definition, ...]) -> Resolution:
        """Nothing is as new as what was asked: say so, and name the newest of the line as an idea only."""
        wish = frame.wish
        reference, upstream = str(self.reference), self.reference.upstream
        if not pool:
            wanted = f"Java {wish.java}" if wish.java is not None else "what the tag asks for"
            return _nothing(reference, upstream, "none", f"{wish.name} has no image for {wanted}")
        data = f"the catalog data of {self.catalog.info.date}"
        line = wish.numbers[:1] if any(definition_version(one)[:1] == wish.numbers[:1] for one in pool) else ()
        idea = frame._replace(wish=wish._replace(numbers=line, absent=None))
        if wish.absent is not None:
            reason = wish.absent
        elif frame.system is not None and not any(system_class(frame, one) is not None for one in pool):
            reason = f"{frame.system.text} is newer than every release in {data}"
            idea = idea._replace(system=frame.system._replace(release=""))
        else:
            reason = f"{dotted(wish.numbers)} is newer than every {wish.name} of its line in {data}"
        ideas = tuple(entry.candidate for entry in rank(self.catalog, idea, pool)[:1])
        return Resolution(reference, upstream, "none", None, self.row.confidence, False, (reason,), ideas)

    def _libc_changes(self, frame: Frame, definition: Definition) -> bool:
        """The tag names no system, and the image that it stands for has another C library."""
        unnamed = bool(self.implied) and frame.system is None and not is_system(frame.wish.name)
        return unnamed and self.implied not in {"scratch"} and definition.distro != frame.distro

    def _floating_data(self, wish: Wish) -> bool:
        return bool(family(wish.name).get("data")) and not wish.numbers

    def _older_patch(self, wish: Wish, best: Ranked) -> bool:
        have = definition_version(best.candidate.definition)
        return best.version_class == PATCH and have[: len(wish.numbers)] < wish.numbers[: len(have)]

    def _reasons(self, frame: Frame, best: Ranked, pool: tuple[Definition, ...]) -> tuple[str, ...]:
        wish, definition = frame.wish, best.candidate.definition
        reasons: list[str] = []
        if self.foreign:
            reasons.append(self._foreign_reason(wish))
        reasons.extend(self._version_reasons(wish, best, pool))
        if frame.system is not None:
            reasons.extend(_system_reasons(frame, frame.system, best, pool))
        elif self._libc_changes(frame, definition):
            here = f"{definition.distro} {definition.release}"
            reasons.append(f"the C library changes: {self.implied} upstream, {here} here")
        if best.candidate.expired:
            reasons.append(f"past its end of life ({definition.end_of_life})")
        elif ends_soon(definition, self.today):
            reasons.append(f"end of life {definition.end_of_life}")
        if self._floating_data(wish):
            reasons.append("a version of a database is for a person to choose: the data has to fit")
        if not reasons:
            reasons.append(f"the same version on {definition.distro} {definition.release}")
        if self.reference.digest is not None:
            reasons.append("the digest belongs to the replaced image and is dropped")
        return tuple(reasons)

    def _foreign_reason(self, wish: Wish) -> str:
        upstream = self.reference.upstream
        if is_system(wish.name):
            return f"{upstream} is another distribution: package names, versions and third-party repositories differ"
        return f"{upstream} is another product than the hardened {wish.name}, which is the nearest"

    def _version_reasons(self, wish: Wish, best: Ranked, pool: tuple[Definition, ...]) -> list[str]:
        definition, name, shown = best.candidate.definition, wish.name, dotted(wish.numbers)
        if best.version_class >= MINOR:
            depth = 1 if best.version_class == MAJOR and not is_system(name) else 2
            lines = sorted({definition_version(one)[:depth] for one in pool})
            have = ", ".join(dotted(line) for line in lines)
            allowed = " that the overlay allows" if self.denials else ""
            near = f"{name} {best.parsed.version} is the nearest newer one"
            return [f"no hardened {name} {shown}{allowed} (there are {have}); {near}"]
        reasons: list[str] = []
        if best.version_class == PATCH and not is_system(name):
            reasons.append(f"{shown} becomes the patch release of the day ({definition.version} in the catalog data)")
        elif not wish.numbers and not self.foreign and family(name).get("rule") != "static":
            line = "newest long-term line" if "lts" in family(name) else "newest one"
            version = definition.version if is_system(name) else dotted(definition_version(definition)[:2])
            reasons.append(f"the tag names no version; {name} {version} is the {line}")
        if wish.prerelease:
            reasons.append(f"a pre-release of {shown} becomes the release")
        if self._older_patch(wish, best):
            reasons.append(f"the catalog data of {self.catalog.info.date} is older than {shown}")
        return reasons


def _line_ends_before(best: Ranked, wish: Wish, pool: tuple[Definition, ...]) -> bool:
    """Whether only a newer major is left although the asked major is there, but ends before the asked minor."""
    line = wish.numbers[:1]
    return best.version_class == MAJOR and any(definition_version(one)[:1] == line for one in pool)


def _behind_newest(wish: Wish, ranked: list[Ranked]) -> bool:
    """A tag without a version means the newest; choosing a long-term line before it is a step back for people to take."""
    if wish.numbers or "lts" not in family(wish.name):
        return False
    newest = max(definition_version(entry.candidate.definition)[:1] for entry in ranked)
    return definition_version(ranked[0].candidate.definition)[:1] < newest


def _system_reasons(frame: Frame, system: UpstreamOS, best: Ranked, pool: tuple[Definition, ...]) -> list[str]:
    definition = best.candidate.definition
    here = f"{definition.distro} {definition.release}"
    if best.system_class == OTHER_SYSTEM:
        if "alpine" in {system.family, definition.distro}:
            return [f"the C library changes from {system.text} to {here}"]
        return [f"{system.text} becomes {here}"]
    if best.system_class == SAME:
        return []
    same = [one for one in pool if system_class(frame, one) == SAME]
    ended = bool(same) and all(ends_soon(one, frame.today) for one in same)
    why = "past its end of life" if ended else "not offered in this version" if same else "not offered"
    return [f"{system.text} is {why}; {here} is its successor"]

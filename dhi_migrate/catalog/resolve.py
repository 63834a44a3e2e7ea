"""Which hardened tag replaces an upstream reference: a pure, deterministic ranking over the tags that exist.

Each definition of the hardened image is classed by version (same at the asked precision, patch, minor, major; never an
older minor or major) and by operating system (same release, newer release, other distribution or C library). The worse
of both is the match class; then end of life, long-term support, nearness and release decide. A tag is never composed:
it is looked up among the tags of the definition.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..images import InvalidReferenceError, UpstreamOS, parse_hardened_tag, parse_reference, parse_upstream_tag
from .families import Wish, family, wish_for

if TYPE_CHECKING:
    from ..images import HardenedTag, Reference
    from .model import Confidence, Definition, UpstreamTarget
    from .store import Catalog

Role = Literal["build", "final"]
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

SOON = timedelta(days=183)
"""How long before its end of life an image stops being a good step to take: half a year."""

MAX_ALTERNATIVES = 3

# Operating system classes, ordered like the version classes: see `_system_class`.
_SAME, _NEWER_RELEASE, _OTHER_SYSTEM = 0, 1, 2


class Candidate(NamedTuple):
    """One hardened tag that could replace the reference, with its match class and the definition behind it."""

    name: str
    tag: str
    definition: Definition
    match: Match
    expired: bool


class Resolution(NamedTuple):
    """The answer for one reference.

    `upstream` is the repository as it was looked up. `best` is None for every match but the versioned ones and
    ``partial``, ``other-product``. `confidence` is that of the map row. `automatic` tells that the reference itself may be
    replaced unasked (same version, a reviewed row, a supported image); the stage around it may still forbid the swap.
    `workable` is False where the swap is known to break (an Apache variant that does not exist): shown, never edited.
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


class _Ranked(NamedTuple):
    key: tuple[object, ...]
    candidate: Candidate
    version_class: int
    system_class: int
    parsed: HardenedTag


def _nothing(reference: str, upstream: str, match: Match, *reasons: str) -> Resolution:
    return Resolution(reference, upstream, match, None, "none", False, reasons, ())


def resolve(catalog: Catalog, reference: str, role: Role) -> Resolution:
    """The hardened tag for `reference` (as written in a ``FROM``, fully expanded) in a stage of that `role`.

    ``build`` asks for an image with a shell and a package manager (``-dev``, ``-sdk``), ``final`` for the runtime. The
    reference is an upstream one: whether it is hardened already is the caller's to know. Never raises.
    """
    if reference == "scratch":
        return _nothing(
            reference,
            "scratch",
            "scratch",
            "scratch is empty already; static adds certificates, time zones, and a user",
        )
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
    wish = wish_for(row.name, upstream, tag, final=role == "final")
    facts = catalog.upstream_facts(upstream, parsed.tag or "latest")
    system = tag.os
    if system is not None and system.family == "windows":
        return _nothing(reference, upstream, "none", f"{system.text} is Windows; hardened images are Linux only")
    implied = facts.os if facts is not None else ""
    if facts is None and system is None and "alpine" in parsed.path:
        implied = "alpine"
    return _Resolver(catalog, parsed, row, wish, system, implied, role).result()


def _choose_row(rows: tuple[UpstreamTarget, ...], words: tuple[str, ...]) -> UpstreamTarget:
    """The row that the tag asks for, where one repository holds several products; else the most trusted one."""
    by_name = {row.name: row for row in rows}
    if "docker" in by_name and "docker-dind" in by_name:
        return by_name["docker" if "cli" in words else "docker-dind"]
    order = {"high": 0, "medium": 1, "low": 2, "none": 3}
    return min(rows, key=lambda row: order[row.confidence])


def _pinned(catalog: Catalog, parsed: Reference, row: UpstreamTarget, pin: str, role: Role) -> Resolution:
    name, _, tag = pin.partition(":")
    definition = catalog.find(name, tag)
    if definition is not None and role == "build" and definition.variant != "dev":
        definition, tag = _twin(catalog, definition, tag)
    if definition is None:
        return _nothing(
            str(parsed), parsed.upstream, "none", f"the overlay pins {parsed.upstream} to {pin}, which is not to be had"
        )
    asked = parse_upstream_tag(parsed.tag).numbers
    have = _numbers(definition)
    match: Match = "exact"
    if asked and have and asked != have[: len(asked)]:
        match = ("step-major", "step-minor", "same-version")[min(_common(asked, have), 2)]  # type: ignore[assignment]
    if row.confidence in {"low", "none"}:
        match = "other-product"
    candidate = Candidate(name, tag, definition, match, False)
    reason = f"the overlay pins {parsed.upstream} to {pin}"
    return Resolution(str(parsed), parsed.upstream, match, candidate, "high", True, (reason,), ())


def _twin(catalog: Catalog, definition: Definition, tag: str) -> tuple[Definition | None, str]:
    """The build variant that belongs to a runtime `tag`: the listed ``<tag>-dev``, else the same version and release."""
    twin = catalog.find(definition.image, f"{tag}-dev")
    if twin is not None:
        return twin, f"{tag}-dev"
    image = catalog.image(definition.image)
    for other in image.definitions if image is not None else ():
        if (
            other.variant == "dev"
            and other.flavor == definition.flavor
            and (other.distro, other.release) == (definition.distro, definition.release)
            and _numbers(other)[:2] == _numbers(definition)[:2]
        ):
            return other, min(other.tags, key=len)
    return None, tag


def _numbers(definition: Definition) -> tuple[int, ...]:
    """The version of `definition` as integers; that of an operating system image is its release."""
    if family(definition.image).get("rule") == "system":
        return tuple(int(part) for part in definition.release.split("."))
    parts: list[int] = []
    for part in definition.version.partition("-")[0].removeprefix("v").replace("u", ".").split("."):
        digits = part.removeprefix("b").removeprefix("r")
        if not digits.isdigit():
            break
        parts.append(int(digits))
    return tuple(parts)


def _common(left: tuple[int, ...], right: tuple[int, ...]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _version_class(asked: tuple[int, ...], have: tuple[int, ...], patch: int) -> int | None:
    """0 same at the asked precision, 1 other patch of the asked minor, 2 newer minor, 3 newer major; None: older.

    `patch` is the 1-based place of the patch number: 3 as a rule, 2 for PostgreSQL.
    """
    if not asked:
        return 0
    if not have:
        return None
    common = _common(asked, have)
    if common == len(asked):
        return 0
    if common == len(have):
        return 1  # more was asked than the image tells, such as the patch of an Alpine release
    if common >= patch - 1:
        return 1
    if have[common] < asked[common]:
        return None
    return 2 if common == 1 else 3


def _release(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


class _Resolver:
    """The ranking for one reference: its wish against every definition of the hardened image."""

    def __init__(
        self,
        catalog: Catalog,
        reference: Reference,
        row: UpstreamTarget,
        wish: Wish,
        system: UpstreamOS | None,
        implied: str,
        role: Role,
    ) -> None:
        self.catalog = catalog
        self.reference = reference
        self.row = row
        self.wish = wish
        self.role = role
        self.row_family = family(wish.name)
        self.is_system = self.row_family.get("rule") == "system"
        self.today = date.fromisoformat(catalog.info.date)
        self.implied = implied
        self.libc_distro = "alpine" if implied == "alpine" else "debian"
        self.other_libc = _OTHER_SYSTEM
        self.system = None if self.is_system else system
        self.foreign = row.confidence == "low"
        if self.is_system:
            self._read_release(system)

    def _read_release(self, system: UpstreamOS | None) -> None:
        """For an operating system image the release, however it is written, is the version."""
        wish = self.wish
        same = wish.name.partition("-")[0]
        if self.foreign:
            self.wish = wish._replace(numbers=())
        elif system is not None and system.family == same:
            self.wish = wish._replace(numbers=_release(system.release) or wish.numbers)
            if system.release == "unstable":
                self.wish = self.wish._replace(absent=f"{system.text} is newer than every hardened {same} release")
        elif wish.alias == "edge":
            self.wish = wish._replace(absent=f"edge is newer than every hardened {same} release")

    def result(self) -> Resolution:
        """Rank, choose, and explain."""
        reference, upstream, name = str(self.reference), self.reference.upstream, self.wish.name
        image = self.catalog.image(name)
        pool = [definition for definition in image.definitions if not self._denied(definition)] if image else []
        if not pool:
            return _nothing(reference, upstream, "none", f"the catalog has no image {name} that may be used")
        self._read_flavor(pool)
        if self.foreign and name not in upstream.rsplit("/", 1)[-1]:
            self.wish = self.wish._replace(numbers=())  # the number counts the releases of another product
        pool, lacks = self._suited(pool)
        if not any(definition.distro == self.libc_distro for definition in pool):
            self.other_libc = _SAME  # the tag names no system and the image leaves no choice: said, not ranked
        ranked = sorted(filter(None, map(self._rank, pool)), key=lambda entry: entry.key)
        lacks = (*self.wish.missing, *self.wish.partial, *lacks)
        if self.wish.absent is not None or not ranked or self._line_too_old(ranked[0], pool):
            return self._too_new(pool)
        best = ranked[0]
        match = best.candidate.match
        if lacks and match in {"exact", "same-version", "step-minor", "step-major"}:
            match = "partial"
        if self.foreign:
            match = "other-product"
        candidate = best.candidate._replace(match=match)
        reasons = (*self._reasons(best, pool), *lacks, *self.wish.notes)
        if self.foreign:
            reasons = (self._foreign_reason(), *reasons)
        automatic = (
            match in {"exact", "same-version"}
            and self.row.confidence in {"high", "medium"}
            and not candidate.expired
            and not self._floating_data()
            and not self._older_patch(candidate)
            and not self._behind_newest(ranked, candidate)
            and self.implied in {"", "debian", "alpine", "scratch", "distroless", "ubuntu"}
            and not self._libc_changes(candidate)
        )
        alternatives = _alternatives(ranked, candidate)
        return Resolution(
            reference,
            upstream,
            match,
            candidate,
            self.row.confidence,
            automatic,
            reasons,
            alternatives,
            not self.wish.missing,
        )

    def _foreign_reason(self) -> str:
        upstream = self.reference.upstream
        if self.is_system:
            return f"{upstream} is another distribution: package names, versions and third-party repositories differ"
        return f"{upstream} is another product than the hardened {self.wish.name}, which is the nearest"

    def _line_too_old(self, best: _Ranked, pool: list[Definition]) -> bool:
        """Whether only a newer major is left although the asked major is there, but ends before the asked minor."""
        asked = self.wish.numbers
        return best.version_class == 3 and any(_numbers(definition)[:1] == asked[:1] for definition in pool)

    def _libc_changes(self, candidate: Candidate) -> bool:
        return (
            bool(self.implied)
            and self.system is None
            and not self.is_system
            and (candidate.definition.distro != self.libc_distro)
        )

    def _denied(self, definition: Definition) -> bool:
        return all(self.catalog.denied(definition.image, tag) for tag in definition.tags)

    def _read_flavor(self, pool: list[Definition]) -> None:
        """Take the tag words that name a flavor or an edition of the image; the rest stay unexplained."""
        wish = self.wish
        flavors = {definition.flavor for definition in pool if definition.flavor}
        editions = {definition.edition for definition in pool if definition.edition}
        left: list[str] = []
        for word in wish.words:
            if word in flavors and wish.flavor is None:
                wish = wish._replace(flavor=word)
            elif word in editions and wish.edition is None:
                wish = wish._replace(edition=word)
            else:
                left.append(word)
        for word in left:
            wish = wish.lacking(f"nothing hardened is known to match the tag word {word}")
        if wish.alias is not None:
            wish = wish.lacking(f"what {wish.alias} stands for is not known")
        self.wish = wish._replace(words=())

    def _suited(self, pool: list[Definition]) -> tuple[list[Definition], tuple[str, ...]]:
        """The definitions of the wanted variant, edition and flavor, and what they lack if none is right."""
        wish = self.wish
        variant = "dev" if self.role == "build" or wish.edition == "sdk" else "runtime"
        lacks: list[str] = []
        chosen = [definition for definition in pool if definition.variant == variant]
        if not chosen:
            chosen = pool
            if variant == "runtime":
                lacks.append(f"{wish.name} exists only as a -dev image, with a shell and as root")
            elif not all(definition.bin_sh and definition.package_manager for definition in chosen):
                lacks.append(f"{wish.name} has no -dev image, so nothing can be run in a build stage on it")
        chosen, flavor_note = self._of_flavor(chosen)
        lacks.extend(flavor_note)
        chosen, edition_note = self._of_edition(chosen)
        lacks.extend(edition_note)
        return chosen, tuple(lacks)

    def _of_flavor(self, pool: list[Definition]) -> tuple[list[Definition], list[str]]:
        wanted = self.wish.flavor
        chosen = [definition for definition in pool if definition.flavor == wanted]
        if chosen:
            return chosen, []
        if wanted is not None and self.role == "build" and (plain := [d for d in pool if d.flavor is None]):
            return plain, []  # php fpm: one -dev image serves every flavor
        if wanted is not None and (plain := [d for d in pool if d.flavor is None]):
            return plain, [f"{self.wish.name} has no flavor {wanted}"]
        first = max({definition.flavor or "" for definition in pool}, key=_natural)
        return [definition for definition in pool if (definition.flavor or "") == first], []

    def _of_edition(self, pool: list[Definition]) -> tuple[list[Definition], list[str]]:
        wish = self.wish
        if wish.java is not None or (wish.edition == "jdk" and self.row_family.get("rule") == "jdk-edition"):
            return self._of_java(pool)
        chosen = [definition for definition in pool if definition.edition == wish.edition]
        if chosen:
            return chosen, []
        plain = [definition for definition in pool if definition.edition is None]
        if plain:
            return plain, [f"{wish.name} has no edition {wish.edition}"] if wish.edition else []
        first = max({definition.edition or "" for definition in pool}, key=_natural)
        note = (
            f"the tag names no edition; {wish.name} has {first}" if not wish.edition else f"no edition {wish.edition}"
        )
        return [definition for definition in pool if definition.edition == first], [note]

    def _of_java(self, pool: list[Definition]) -> tuple[list[Definition], list[str]]:
        """Keep the editions ``jdkNN`` of the asked Java release, else of the nearest newer one."""
        releases = sorted({int(d.edition[3:]) for d in pool if d.edition and d.edition[3:].isdigit()})
        wanted = self.wish.java
        newer = [release for release in releases if wanted is None or release >= wanted]
        if not newer:
            return [], []
        release = newer[0] if wanted is not None else newer[-1]
        note = []
        if wanted is not None and release != wanted:
            note = [f"Java {wanted} is not offered; Java {release} is the nearest newer one"]
        return [definition for definition in pool if definition.edition == f"jdk{release}"], note

    def _system_class(self, definition: Definition) -> int | None:
        """0 the same release or none was named, 1 a newer release, 2 another distribution or C library; None: older."""
        system = self.system
        if system is None:
            if self.is_system or not self.implied:
                return _SAME
            return _SAME if definition.distro == self.libc_distro else self.other_libc
        if system.family != definition.distro:
            return _OTHER_SYSTEM
        if not system.release:
            return _SAME
        asked, have = _release(system.release), _release(definition.release)
        if asked == have[: len(asked)] or have == asked[: len(have)]:
            return _SAME
        return _NEWER_RELEASE if have > asked else None

    def _rank(self, definition: Definition) -> _Ranked | None:
        have = _numbers(definition)
        version_class = _version_class(self.wish.numbers, have, self.row_family.get("patch", 3))
        system_class = self._system_class(definition)
        if version_class is None or system_class is None:
            return None
        spelled = self._spell(definition)
        if spelled is None:
            return None
        tag, parsed = spelled
        grade = max(version_class, system_class)
        if system_class == _OTHER_SYSTEM:
            match: Match = "partial" if self.system is not None or version_class < 2 else "step-major"
        else:
            match = ("exact", "same-version", "step-minor", "step-major")[grade]  # type: ignore[assignment]
        ends = date.fromisoformat(definition.end_of_life) if definition.end_of_life else None
        expired = ends is not None and ends <= self.today
        soon = ends is not None and ends <= self.today + SOON
        supported = self.row_family.get("lts")
        lts = supported is None or have[:1] == () or have[0] in supported
        choosing = not self.wish.numbers or version_class >= 2
        release = _release(definition.release)
        # An image past its end of life stands behind the same version on a newer release, before any version step.
        grade_key = 1.5 if expired and grade <= 1 else float(grade)
        second = definition.distro != (self.libc_distro if self.system is None else "debian")
        if self.wish.numbers and version_class >= 2 and not self.is_system:
            near: tuple[int, ...] = (*have[:2], *(-part for part in have[2:]))
        else:
            near = tuple(-part for part in have)
        newest_release = tuple(-part for part in release)
        by_version = (near, newest_release) if self.wish.numbers and version_class >= 2 else (newest_release, near)
        key = (
            grade_key,
            version_class,
            system_class == _OTHER_SYSTEM,
            expired,
            system_class if self.system is not None else 0,
            choosing and version_class != 2 and not lts,
            choosing and soon,
            second,
            *by_version,
            tag,
        )
        return _Ranked(
            key, Candidate(definition.image, tag, definition, match, expired), version_class, system_class, parsed
        )

    def _spell(self, definition: Definition) -> tuple[str, HardenedTag] | None:
        """The shortest tag with an explicit release at the asked precision; a patch form only if nothing else exists."""
        precision = min(len(self.wish.numbers), 2) or 1
        best: tuple[tuple[object, ...], str, HardenedTag] | None = None
        for tag in definition.tags:
            if self.catalog.denied(definition.image, tag):
                continue
            parsed = parse_hardened_tag(tag, definition.flavor)
            if parsed is None:
                continue
            length = parsed.version.count(".") + 1 + parsed.version.count("-")
            explicit = parsed.release is not None
            if self.is_system:
                explicit = parsed.distro is None  # the version is the release: debian-base:trixie, alpine-base:3.24
            key = (not explicit, abs(length - precision) + (length > 2), length, len(tag), tag)
            if best is None or key < best[0]:
                best = (key, tag, parsed)
        return best[1:] if best is not None else None

    def _too_new(self, pool: list[Definition]) -> Resolution:
        """Nothing is as new as what was asked: say so, and name the newest of the line as an idea only."""
        asked = self.wish
        reference, upstream = str(self.reference), self.reference.upstream
        if not pool:
            wanted = f"Java {asked.java}" if asked.java is not None else "what the tag asks for"
            return _nothing(reference, upstream, "none", f"{asked.name} has no image for {wanted}")
        shown = ".".join(map(str, asked.numbers))
        reason = asked.absent or (
            f"{shown} is newer than every {asked.name} in the catalog data of {self.catalog.info.date}; older ones are not proposed"
        )
        self.wish = asked._replace(numbers=(), absent=None)
        if not self.is_system and self.system is not None and not any(self._system_class(d) is not None for d in pool):
            reason = f"{self.system.text} is newer than every release in the catalog data of {self.catalog.info.date}"
            self.system = self.system._replace(release="")
        ranked = sorted(filter(None, map(self._rank, pool)), key=lambda entry: entry.key)
        ideas = tuple(entry.candidate for entry in ranked[:1])
        return Resolution(reference, upstream, "none", None, self.row.confidence, False, (reason,), ideas)

    def _floating_data(self) -> bool:
        return bool(self.row_family.get("data")) and not self.wish.numbers

    def _older_patch(self, candidate: Candidate) -> bool:
        have, asked = _numbers(candidate.definition), self.wish.numbers
        return candidate.match == "same-version" and have[: len(asked)] < asked[: len(have)]

    def _behind_newest(self, ranked: list[_Ranked], candidate: Candidate) -> bool:
        """A tag without a version means the newest; choosing a long-term line before it is a step back to decide."""
        if self.wish.numbers or self.is_system or "lts" not in self.row_family:
            return False
        newest = max(_numbers(entry.candidate.definition)[:1] for entry in ranked)
        return _numbers(candidate.definition)[:1] < newest

    def _reasons(self, best: _Ranked, pool: list[Definition]) -> tuple[str, ...]:
        wish, definition = self.wish, best.candidate.definition
        shown = ".".join(map(str, wish.numbers))
        reasons: list[str] = []
        if best.version_class >= 2:
            lines = sorted({_numbers(d)[: 1 if best.version_class == 3 and not self.is_system else 2] for d in pool})
            have = ", ".join(".".join(map(str, line)) for line in lines)
            reasons.append(
                f"no hardened {wish.name} {shown} (there are {have}); {wish.name} {best.parsed.version} is the nearest newer one"
            )
        elif best.version_class == 1 and not self.is_system:
            reasons.append(f"{shown} becomes the patch release of the day ({definition.version} in the catalog data)")
        elif not wish.numbers and not self.foreign and self.row_family.get("rule") != "static":
            reasons.append(f"the tag names no version; {_short(definition)} is the {self._chosen_line()}")
        if self._older_patch(best.candidate):
            reasons.append(f"the catalog data of {self.catalog.info.date} is older than {shown}")
        if self.system is not None:
            reasons.extend(self._system_reasons(best, pool))
        elif self._libc_changes(best.candidate):
            reasons.append(
                f"the C library changes: {self.implied} upstream, {definition.distro} {definition.release} here"
            )
        if best.candidate.expired:
            reasons.append(f"past its end of life ({definition.end_of_life})")
        elif definition.end_of_life and date.fromisoformat(definition.end_of_life) <= self.today + SOON:
            reasons.append(f"end of life {definition.end_of_life}")
        if self._floating_data():
            reasons.append("a version of a database is for a person to choose: the data has to fit")
        if self.reference.digest is not None:
            reasons.append("the digest belongs to the replaced image and is dropped")
        return tuple(reasons)

    def _chosen_line(self) -> str:
        return "newest long-term line" if "lts" in self.row_family else "newest one"

    def _system_reasons(self, best: _Ranked, pool: list[Definition]) -> list[str]:
        system, definition = self.system, best.candidate.definition
        if system is None:
            return []
        if best.system_class == _NEWER_RELEASE:
            same = [other for other in pool if self._system_class(other) == _SAME]
            ended = any(other.end_of_life and date.fromisoformat(other.end_of_life) <= self.today for other in same)
            why = "past its end of life" if ended else "not offered"
            return [f"{system.text} is {why}; {definition.distro} {definition.release} is its successor"]
        if best.system_class == _OTHER_SYSTEM:
            change = "the C library changes from " if "alpine" in {system.family, definition.distro} else ""
            return [f"{change}{system.text} {'to' if change else 'becomes'} {definition.distro} {definition.release}"]
        return []


def _short(definition: Definition) -> str:
    """Name and version line of a definition, for people: ``node 24``, ``python 3.13``, ``debian-base trixie``."""
    if family(definition.image).get("rule") == "system":
        return f"{definition.image} {definition.version}"
    return f"{definition.image} {'.'.join(map(str, _numbers(definition)[:2]))}"


def _natural(text: str) -> tuple[object, ...]:
    """Sort key that orders the numbers inside `text` by value."""
    key: list[object] = []
    digits = ""
    for character in f"{text}\0":
        if character.isdigit():
            digits += character
            continue
        if digits:
            key.append((1, int(digits), ""))
            digits = ""
        key.append((0, 0, character))
    return tuple(key)


def _alternatives(ranked: list[_Ranked], best: Candidate) -> tuple[Candidate, ...]:
    """The next best tags that differ from the best in version line or distribution."""
    seen = {(best.definition.distro, _numbers(best.definition)[:2])}
    found: list[Candidate] = []
    for entry in ranked:
        definition = entry.candidate.definition
        mark = (definition.distro, _numbers(definition)[:2])
        if mark in seen or entry.candidate.expired:
            continue
        seen.add(mark)
        found.append(entry.candidate)
        if len(found) == MAX_ALTERNATIVES:
            break
    return tuple(found)

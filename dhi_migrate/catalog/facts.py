"""What people ask of the catalog: the facts of a tag, a search over images, and the state of a tag on a given day."""

from __future__ import annotations

from .._pattern import regex
from .._record import NamedTuple
from ..images.tags import DEBIAN_CODENAMES, parse_hardened_tag
from .days import NEAR_DAYS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from typing import Any, Literal

    from ..images.tags import HardenedTag
    from .model import Definition
    from .store import Catalog

    Status = Literal["known", "retired", "unknown", "unknown-image", "end-of-life", "near-end-of-life"]


STALE_DAYS = 90
"""From how many days on the age of the catalog data is worth a notice: a third of the minor tags are new by then."""

_LETTERS = regex(r"[\d.]+")
_NUMBERS = regex(r"v?(\d{1,12}(?:\.\d{1,12}){0,7})(?![0-9A-Za-z])")


class State(NamedTuple):
    """The state of a tag: its `status`, the `definition` of a tag that exists, and a tag to use instead, if any.

    "retired": the tag is of the form that the catalog uses and names a version, or a distribution release, that the
    catalog has left behind. "unknown": as far as the data tells no such tag was ever there, or it is newer.
    """

    status: Status
    definition: Definition | None
    successor: str | None


class Found(NamedTuple):
    """An image that a search found, with the upstream repositories that it replaces."""

    name: str
    title: str
    upstream: tuple[str, ...]


def show(catalog: Catalog, name: str, tag: str, reference: str) -> dict[str, Any] | None:
    """The facts of ``name:tag`` as ``catalog show --format json`` prints them; None where there is no such tag.

    `reference` is how the tag is written where it is used ("dhi.io/node:24-debian13").
    """
    definition = catalog.find(name, tag)
    if definition is None:
        return None
    return {
        "reference": reference,
        "image": definition.image,
        "tag": tag,
        "distro": definition.distro,
        "distro_release": definition.release,
        "variant": definition.variant,
        "flavor": definition.flavor,
        "user": definition.user,
        "uid": definition.uid,
        "gid": definition.gid,
        "shells": list(definition.shells),
        "bin_sh": definition.bin_sh,
        "package_manager": definition.package_manager,
        "entrypoint": None if definition.entrypoint is None else list(definition.entrypoint),
        "cmd": None if definition.cmd is None else list(definition.cmd),
        "workdir": definition.workdir,
        "ports": list(definition.ports),
        "env": dict(definition.env),
        "packages": list(definition.packages),
        "platforms": list(definition.platforms),
        "end_of_life": definition.end_of_life,
        "tags": list(definition.tags),
        "source": definition.source,
    }


def search(catalog: Catalog, words: Iterable[str]) -> list[Found]:
    """The images that all of `words` point to, best first: by name, by title, and by the upstream images they replace.

    Reads every image's file; meant for people, not for the path of a check.
    """
    wanted = [word.lower() for word in words if word]
    if not wanted:
        return []
    upstream: dict[str, list[str]] = {}
    for target in catalog.targets():
        if target.name:
            upstream.setdefault(target.name, []).append(target.repository)
    ranked = []
    for name in catalog.names:
        image = catalog.image(name)
        if image is None:
            continue
        repositories = upstream.get(name, [])
        scores = [_score(word, name, image.title.lower(), repositories) for word in wanted]
        if all(scores):
            ranked.append((-sum(scores), name, image.title, tuple(repositories)))
    return [Found(name, title, repositories) for _, name, title, repositories in sorted(ranked)]


def _score(word: str, name: str, title: str, repositories: list[str]) -> int:
    if word == name:
        return 100
    parts = name.split("-")
    if word in parts:
        return 60 if parts[0] == word else 50
    if word in title.split():
        return 45
    if any(word == repository or word == repository.rsplit("/", 1)[-1] for repository in repositories):
        return 40
    if word in name:
        return 30
    if word in title:
        return 20
    return 10 if any(word in repository for repository in repositories) else 0


def age(catalog: Catalog, today: date) -> int:
    """How many days old the catalog data is on the day `today`; 0 for data of the future."""
    return max(0, (today - today.fromisoformat(catalog.info.date)).days)


def classify(catalog: Catalog, name: str, tag: str, today: date) -> State:
    """The state of ``name:tag`` on the day `today`, with the nearest tag that is better where one exists."""
    image = catalog.image(name)
    if image is None:
        return State("unknown-image", None, None)
    definition = catalog.find(name, tag)
    if definition is not None:
        if definition.end_of_life is None:
            return State("known", definition, None)
        days = (today.fromisoformat(definition.end_of_life) - today).days
        if days > NEAR_DAYS:
            return State("known", definition, None)
        numbers = _numbers(definition.version)
        parsed = parse_hardened_tag(tag, definition.flavor)
        wish = _Wish(parsed, definition.variant, definition.flavor, definition.edition, numbers)
        supported = [one for one in image.definitions if _lasts(one, definition, today)]
        return State("end-of-life" if days < 0 else "near-end-of-life", definition, _successor(wish, supported))
    parsed, flavor = _parse(image.definitions, tag)
    numbers = _numbers(parsed.version) if parsed is not None else ()
    if parsed is None or not numbers:
        return State("unknown", None, None)
    status: Status = "retired" if _left_behind(image.definitions, parsed, numbers) else "unknown"
    if parsed.edition in DEBIAN_CODENAMES:
        # node:24-bookworm: upstream's way to name a release, which the catalog's tags have for debian-base alone
        parsed = parsed._replace(edition=None, distro="debian", release=DEBIAN_CODENAMES[parsed.edition])
    variant = "dev" if parsed.dev or parsed.edition == "sdk" else "runtime"
    wish = _Wish(parsed, variant, flavor, parsed.edition, numbers)
    return State(status, None, _successor(wish, list(image.definitions)))


class _Wish(NamedTuple):
    """What a successor should be like, and the `tag` to be replaced, which tells how much it should name."""

    tag: HardenedTag | None
    variant: str
    flavor: str | None
    edition: str | None
    numbers: tuple[int, ...]


def _parse(definitions: tuple[Definition, ...], tag: str) -> tuple[HardenedTag | None, str | None]:
    """`tag` in its parts, by the flavors that the image has; and the flavor."""
    bare = tag.removesuffix("-dev")
    flavors = sorted({one.flavor for one in definitions if one.flavor}, key=len, reverse=True)
    for flavor in flavors:
        if bare.endswith(f"-{flavor}"):
            return parse_hardened_tag(tag, flavor), flavor
    parsed = parse_hardened_tag(tag)
    return parsed, parsed.flavor if parsed is not None else None


def _numbers(version: str) -> tuple[int, ...]:
    match = _NUMBERS.match(version)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def _left_behind(definitions: tuple[Definition, ...], parsed: HardenedTag, numbers: tuple[int, ...]) -> bool:
    """Whether the catalog has newer than what the tag names: its version, or its distribution release."""
    editions = {_LETTERS.sub("", one.edition or "") for one in definitions}
    if parsed.edition is not None and _LETTERS.sub("", parsed.edition) not in editions:
        return False
    distros = {one.distro for one in definitions}
    distro = parsed.distro or ("debian" if "debian" in distros else "alpine")  # no distribution means Debian
    here = [one for one in definitions if one.distro == distro]
    newest = max((_numbers(one.version) for one in here), default=())
    if not newest or numbers > newest[: len(numbers)]:
        return False
    matching = [one for one in here if _numbers(one.version)[: len(numbers)] == numbers]
    if parsed.release is not None and parsed.release not in {one.release for one in here}:
        return _numbers(parsed.release) < max(_numbers(one.release) for one in here)
    return not matching


def _lasts(candidate: Definition, definition: Definition, today: date) -> bool:
    """Whether `candidate` is supported today and for longer than `definition`."""
    if candidate.end_of_life is None:
        return True
    return candidate.end_of_life > max(definition.end_of_life or "", today.isoformat())


def _successor(wish: _Wish, definitions: list[Definition]) -> str | None:
    """The tag of the definition that is nearest to the `wish`: never an older version, as explicit as the wish's tag.

    Where no definition has the wished variant, flavor and edition, first the variant, then the edition, and at last the
    flavor is let go.
    """
    asked = wish.numbers[:2]
    newer = [one for one in definitions if not asked or _numbers(one.version)[: len(asked)] >= asked]
    pools = (
        [one for one in newer if _kind(one) == (wish.variant, wish.flavor, wish.edition)],
        [one for one in newer if _kind(one)[1:] == (wish.flavor, wish.edition)],
        [one for one in newer if _kind(one)[:2] == (wish.variant, wish.flavor)],
        [one for one in newer if _kind(one)[:2] == (wish.variant, None)],
        [one for one in newer if one.variant == wish.variant],
    )
    pool = next((one for one in pools if one), None)
    if pool is None:
        return None
    distro = wish.tag.distro if wish.tag is not None and wish.tag.distro else "debian"

    def nearness(one: Definition) -> tuple[object, ...]:
        distance = tuple(have - want for have, want in zip(_numbers(one.version), asked, strict=False))
        release = tuple(-number for number in _numbers(one.release))
        return one.distro != distro, distance, one.edition != wish.edition, release, one.source

    return _spelled(min(pool, key=nearness), wish)


def _kind(definition: Definition) -> tuple[str, str | None, str | None]:
    return definition.variant, definition.flavor, definition.edition


def _spelled(definition: Definition, wish: _Wish) -> str:
    """The tag of `definition` that names as much as the wish's: the release if that does, but never a patch version.

    Tags with a patch version are gone with the next patch.
    """
    precision = min(len(_numbers(wish.tag.version)) if wish.tag is not None else 2, 2)
    explicit = wish.tag is not None and wish.tag.distro is not None
    released = wish.tag is not None and wish.tag.release is not None

    def distance(text: str) -> tuple[object, ...]:
        parsed = parse_hardened_tag(text, definition.flavor)
        if parsed is None:
            return (9,)
        given = len(_numbers(parsed.version)) or 9
        return (
            abs(given - precision),
            (parsed.release is not None) != released,
            (parsed.distro is not None) != explicit,
            len(text),
            text,
        )

    return min(definition.tags, key=distance)

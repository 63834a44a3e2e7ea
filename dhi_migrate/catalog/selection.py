"""Which definitions of a hardened image are of the kind that is wanted: variant, flavor, edition."""

from __future__ import annotations

from .._pattern import is_number
from .._record import NamedTuple
from .families import family
from .versions import natural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .families import Wish
    from .model import Definition


class Selection(NamedTuple):
    """The definitions that suit, and what they lack against the wish."""

    pool: tuple[Definition, ...]
    lacks: tuple[str, ...] = ()


def explain_words(wish: Wish, pool: Sequence[Definition]) -> Wish:
    """The same wish with the tag words that name a flavor or an edition of the image; other words are held against it."""
    flavors = {definition.flavor for definition in pool if definition.flavor}
    editions = {definition.edition for definition in pool if definition.edition}
    for word in wish.words:
        if word in flavors and wish.flavor is None:
            wish = wish._replace(flavor=word)
        elif word in editions and wish.edition is None:
            wish = wish._replace(edition=word)
        else:
            wish = wish.lacking(f"nothing hardened is known to match the tag word {word}")
    if wish.alias is not None:
        wish = wish.lacking(f"what {wish.alias} stands for is not known")
    return wish._replace(words=(), alias=None)


def suited(wish: Wish, pool: Sequence[Definition], *, build: bool) -> Selection:
    """The definitions of `pool` for a build stage (`build`) or for a stage that ships."""
    variant = "dev" if build or wish.edition == "sdk" else "runtime"
    chosen = tuple(definition for definition in pool if definition.variant == variant)
    lacks: tuple[str, ...] = ()
    if not chosen:
        chosen = tuple(pool)
        if variant == "runtime":
            lacks = (f"{wish.name} exists only as a -dev image, with a shell and as root",)
        elif not all(definition.bin_sh and definition.package_manager for definition in chosen):
            lacks = (f"{wish.name} has no -dev image, so nothing can be run in a build stage on it",)
    flavored = _of_flavor(wish, chosen, build)
    edited = _of_edition(wish, flavored.pool)
    return Selection(edited.pool, (*lacks, *flavored.lacks, *edited.lacks))


def _of_flavor(wish: Wish, pool: tuple[Definition, ...], build: bool) -> Selection:
    chosen = tuple(definition for definition in pool if definition.flavor == wish.flavor)
    if chosen:
        return Selection(chosen)
    plain = tuple(definition for definition in pool if definition.flavor is None)
    if plain:
        # php fpm: one -dev image serves every flavor
        return Selection(plain, () if build else (f"{wish.name} has no flavor {wish.flavor}",))
    first = max({definition.flavor or "" for definition in pool}, key=natural)
    return Selection(tuple(definition for definition in pool if definition.flavor == first))


def _of_edition(wish: Wish, pool: tuple[Definition, ...]) -> Selection:
    if family(wish.name).get("rule") == "jdk-edition":
        return _of_java(wish, pool)
    chosen = tuple(definition for definition in pool if definition.edition == wish.edition)
    if chosen:
        return Selection(chosen)
    plain = tuple(definition for definition in pool if definition.edition is None)
    if plain:
        return Selection(plain, (f"{wish.name} has no edition {wish.edition}",))
    first = max({definition.edition or "" for definition in pool}, key=natural)
    note = f"{wish.name} has no edition {wish.edition}" if wish.edition else f"the tag names no edition like {first}"
    return Selection(tuple(definition for definition in pool if definition.edition == first), (note,))


def _of_java(wish: Wish, pool: tuple[Definition, ...]) -> Selection:
    """The editions ``jdkNN`` of the asked Java release, else of the nearest newer one; of the newest if none is asked."""
    releases = sorted({int(one.edition[3:]) for one in pool if one.edition and is_number(one.edition[3:])})
    newer = [release for release in releases if wish.java is None or release >= wish.java]
    if not newer:
        return Selection(())
    release = newer[0] if wish.java is not None else newer[-1]
    chosen = tuple(definition for definition in pool if definition.edition == f"jdk{release}")
    if wish.java in {None, release}:
        return Selection(chosen)
    return Selection(chosen, (f"Java {wish.java} is not offered; Java {release} is the nearest newer one",))

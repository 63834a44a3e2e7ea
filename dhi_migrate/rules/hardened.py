"""A base that is a hardened image already: does the tag exist, is it maintained, and is it the right kind of image?"""

from __future__ import annotations

from .._pattern import is_number
from .._record import NamedTuple
from ..catalog.facts import classify
from ..images.tags import DEBIAN_CODENAMES, parse_hardened_tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Literal

    from ..catalog.model import Definition
    from ..catalog.store import Catalog
    from ..images import HardenedName, Reference

    Problem = Literal["invalid", "retired", "ending"]


class HardenedUse(NamedTuple):
    """What the catalog knows of a hardened reference in the file.

    `definition` is None for a tag that is not in the catalog; then `problem` and `message` say why, and `successor` is a
    tag to use instead, where one is near. A `problem` "ending" is one of a tag that exists. `meant` tells that the successor is
    the same image in the spelling of the catalog: it has the version and the release that were asked for.
    """

    name: str
    tag: str
    definition: Definition | None
    problem: Problem | None
    message: str
    successor: str | None
    meant: bool = False


def inspect_hardened(catalog: Catalog, name: HardenedName, reference: Reference) -> HardenedUse:
    """The state of a hardened `reference` whose spelling was recognised as `name`, on the day of the catalog data."""
    written = str(reference)
    if reference.tag is None:
        if reference.digest is not None:
            return HardenedUse(name.name, "", None, None, "a digest alone tells nothing of the version", None)
        return HardenedUse(
            name.name, "", None, "invalid", f"{written} names no tag, and no hardened image has latest", None
        )
    tag = reference.tag
    from datetime import date

    day = date.fromisoformat(catalog.info.date)
    state = classify(catalog, name.name, tag, day)
    definition, successor = state.definition, state.successor
    spelled = respelled(catalog, name.name, tag)
    if name.problem is not None:
        near = spelled or successor
        return HardenedUse(name.name, tag, definition, "invalid", name.problem, near, spelled is not None)
    if state.status == "unknown-image":
        return HardenedUse(name.name, tag, None, "invalid", f"the catalog has no image {name.name}", None)
    if state.status in {"unknown", "retired"} and spelled is not None:
        message = f"{name.name} has no tag {tag} in the catalog"
        return HardenedUse(name.name, tag, None, "invalid", message, spelled, True)
    if state.status == "unknown":
        return HardenedUse(name.name, tag, None, "invalid", f"{name.name} has no tag {tag} in the catalog", successor)
    if state.status == "retired":
        near = _same_release(catalog, name.name, tag, successor, day)
        return HardenedUse(name.name, tag, None, "retired", f"the catalog has no {name.name}:{tag} any more", near)
    if definition is not None and state.status in {"end-of-life", "near-end-of-life"}:
        when = "was" if state.status == "end-of-life" else "is"
        message = f"the end of life of {name.name}:{tag} {when} {definition.end_of_life}"
        return HardenedUse(name.name, tag, definition, "ending", message, successor)
    return HardenedUse(name.name, tag, definition, None, "", None)


def _same_release(catalog: Catalog, name: str, tag: str, successor: str | None, day: date) -> str | None:
    """`successor` on the distribution release that `tag` names, as long as that lasts: other stages may be on it too."""
    asked, found = parse_hardened_tag(tag), parse_hardened_tag(successor) if successor is not None else None
    if asked is None or found is None or asked.release is None:
        return successor
    wanted = str(found._replace(distro=asked.distro, release=asked.release))
    return wanted if classify(catalog, name, wanted, day).status == "known" else successor


def respelled(catalog: Catalog, name: str, tag: str) -> str | None:
    """The tag of the catalog that `tag` means in upstream's way of writing: ``-slim`` left out, a code name as a release.

    The tag itself where the catalog has it; None where what is left is no tag of the image either.
    """
    words: list[str] = []
    for word in tag.split("-"):
        if word == "slim":
            continue
        release = DEBIAN_CODENAMES.get(word, "")
        words.append(f"debian{release}" if words and is_number(release) else word)
    wanted = "-".join(words)
    return wanted if catalog.find(name, wanted) is not None else None

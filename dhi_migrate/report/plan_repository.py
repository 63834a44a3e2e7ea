"""The plan of a repository for people: its images, and what has to change in one pull request."""

from __future__ import annotations

from .escape import visible
from .style import wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..project.repository_plan import BuiltImage, ByHand, ChangeGroup, Place, RepositoryPlan
    from .style import Style

_LEAST_TEXT = 40


def render_repository(around: RepositoryPlan, style: Style) -> str:
    """Give the sections on images, logins and groups, with a blank line after each."""
    lines = []
    if around.images:
        lines.append(style.paint("path", "Images:"))
        for image in around.images:
            lines += _folded("  ", image_in_words(image), style)
        lines.append("")
    if around.logins:
        lines.append(style.paint("path", "First of all, logins to the registry of the new images:"))
        for login in around.logins:
            lines += _folded("  ", hand_in_words(login), style)
        lines.append("")
    if around.groups:
        lines.append(style.paint("path", "One pull request each, in this order:"))
        for number, group in enumerate(around.groups, 1):
            head, *rest = lines_of_group(group)
            lines += _folded(f"  {number}. ", head, style)
            for one in rest:
                lines += _folded("     ", one, style)
        lines.append("")
    return "\n".join(lines) + "\n"


def image_in_words(image: BuiltImage) -> str:
    """Give what one Dockerfile builds, who builds it and who runs it."""
    stage = f" ({visible(image.target)})" if image.target is not None else ""
    name = f" -> {visible(image.image)}" if image.image is not None else ""
    text = f"{visible(image.dockerfile)}{stage}{name}, built by {_places(image.built_by)}"
    return text + (f", run by {_places(image.run_by)}" if image.run_by else "")


def lines_of_group(group: ChangeGroup) -> list[str]:
    """Give the files of a group in their order, and then what a person has to see to."""
    ordered = group.dockerfiles[: len(group.dockerfiles) - len(group.cycle)]
    said = [", then ".join(map(visible, ordered))] if ordered else []
    if group.cycle:
        said.append(f"no order for {', '.join(map(visible, group.cycle))}: they build on each other")
    others = [visible(path) for path in group.files if path not in set(group.dockerfiles)]
    head = "; ".join(said) + (f"; with {', '.join(others)}" if others else "")
    return [head, *map(hand_in_words, group.by_hand)]


def hand_in_words(one: ByHand) -> str:
    """Give what a person has to see to, with its place."""
    return f"{visible(one.path)}:{one.line}: [{one.rule}] {visible(one.text)}"


def _places(places: tuple[Place, ...]) -> str:
    return ", ".join(f"{visible(one.path)}:{one.line} ({visible(one.service)})" for one in places)


def _folded(lead: str, text: str, style: Style) -> list[str]:
    """Give `text` behind `lead`, its further lines two columns further in."""
    first, *more = wrap(text, max(style.width - len(lead) - 2, _LEAST_TEXT))
    return [lead + first, *(" " * (len(lead) + 2) + one for one in more)]

"""RUN instructions of a stage that ships which only clean up or upgrade (DHI304)."""

from __future__ import annotations

from ..causes import judged
from ..findings import Fix, Hit
from ..shipped import shipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..facts import RunFacts
    from ..subject import Subject


def package_cleanup(subject: Subject) -> Iterator[Hit]:
    """One hit for each RUN that only removes caches, fetches package lists or upgrades, and belongs to no installation."""
    if not judged(subject) or subject.target is None:
        return
    stage = shipped(subject)
    if stage.installs:
        return  # then the cleaning is that of the installation, for DHI301
    for run in subject.facts.runs:
        if stage.explained(run) != {"cleanup"}:
            continue
        edits = stage.cleanup(run)
        if edits is None:
            continue
        what = _what(run)
        text = f"RUN only {what}, which {subject.image} neither needs nor can do: take it out"
        fix = Fix("safe", "Remove the RUN that only cleans up", edits, bound=subject.pending)
        yield Hit(run.instruction.keyword_span, text, subject.evidence, (fix,))


def _what(run: RunFacts) -> str:
    actions = {one.action for one in run.packages}
    if "upgrade" in actions:
        return "upgrades packages"
    return "fetches package lists" if actions == {"update"} else "cleans up"

"""RUN instructions of a stage that ships, on an image where they cannot run (DHI201)."""

from __future__ import annotations

from ..causes import also, installs, judged, manager_obstacle, needs_shell, obstacle
from ..copied import may_bring
from ..findings import Fix, Hit
from ..shipped import shipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Instruction
    from ..causes import Obstacle
    from ..facts import RunFacts
    from ..subject import Subject


def run_without_shell(subject: Subject) -> Iterator[Hit]:
    """At most one hit: the first RUN that no rule of its own explains, with the lines of the others."""
    if subject.role == "build":
        yield from _builder(subject)
    if not judged(subject):
        return
    stage = shipped(subject)
    found: list[tuple[RunFacts, Obstacle]] = []
    for run in subject.facts.runs:
        if stage.explained(run):
            continue
        hindrance = obstacle(subject, run.instruction)
        if hindrance is None or (run.instruction.exec_form and not needs_shell(subject, run.instruction)):
            continue
        if hindrance.certain or subject.target is None or not _harmless(run):
            found.append((run, hindrance))
    if not found:
        return
    if not any(hindrance.certain for _, hindrance in found) and (stage.announced or _said(subject)):
        return  # what may fail adds nothing where DHI301 asks for a build stage already, or where the same was said below
    found.sort(key=lambda one: not one[1].certain)  # what is certain says more than what may be
    run, hindrance = found[0]
    rest = also(subject, sorted((one.instruction for one, _ in found[1:]), key=lambda one: one.span))
    image = " on -dev" if subject.target is not None else ""
    text = f"RUN in the stage that ships: {hindrance.text}{rest}; do it in a build stage{image}, and COPY --from what it makes"
    yield Hit(run.instruction.keyword_span, text, subject.evidence, (), None if hindrance.certain else "warning")


def _builder(subject: Subject) -> Iterator[Hit]:
    """A build stage on a hardened image that is not for building: the RUN instructions that are certain to fail there."""
    target = subject.target
    below = any(one.keyword == "RUN" for stage in subject.chain[:-1] for one in stage.instructions)
    if target is None or subject.state != "hardened" or target.variant == "dev" or below or may_bring(subject, "sh"):
        return
    found: list[tuple[Instruction, str]] = []
    for run in subject.facts.runs:
        reasons = [obstacle(subject, run.instruction)]
        reasons.extend(manager_obstacle(subject, run, one) for one in installs(run))
        sure = next((one.text for one in reasons if one is not None and one.certain), None)
        if sure is not None:
            found.append((run.instruction, sure))
    if found:
        first, why = found[0]
        reference, fixes = _twin(subject)
        text = f"RUN in a build stage: {why}{also(subject, (one for one, _ in found[1:]))}; build on {reference}"
        yield Hit(first.keyword_span, text, subject.evidence, fixes)


def _twin(subject: Subject) -> tuple[str, tuple[Fix, ...]]:
    """The -dev image of the same tag, as a message names it, and the edit that takes it."""
    use, base = subject.carrier.hardened, subject.stage.base
    tag = f"{use.tag}-dev" if use is not None else ""
    if use is None or subject.file.catalog.find(use.name, tag) is None:
        return "the -dev image of the same tag", ()
    reference = subject.file.spelling.write(use.name, tag)
    own = subject.carrier.stage is subject.stage and not base.reference.uses and "@" not in base.word.text
    from ..repairs import replace

    fixes = (Fix("unsafe", f"Use {reference}", (replace(base.word.span, reference),)),) if own else ()
    return reference, fixes


def _said(subject: Subject) -> bool:
    """Whether the general claim was made for a stage of the same unknown image already."""
    below = (one for stage in subject.chain[:-1] for one in stage.instructions)
    return subject.target is None and any(one.keyword == "RUN" and not one.exec_form for one in below)


def _harmless(run: RunFacts) -> bool:
    """Whether the RUN only prints: it works for any user."""
    return not (run.leftover or run.written or run.downloads or run.modes or run.ownerships) and run.script.ok

"""The fixes of a file: the swap of a base together with the repairs that it takes, and never one without the other.

A repair that is right only on the hardened image (a bound fix) goes with the swap of its stage. Whether all repairs
of a stage are
enough is not argued but tried: they are applied in memory, and the result is judged by all rules again.
"""

from __future__ import annotations

from .._record import NamedTuple
from .detectors.base_image import swap_kind
from .findings import Fix
from .swap import swap_edits
from .verdict import Verdict, judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from .findings import Edit, Finding
    from .stages import StageModel
    from .swap import SwapEdits


class Offer(NamedTuple):
    """How one stage gets onto its hardened image: the `fix`, the repairs in it (of findings of their own), and what to know."""

    fix: Fix
    repairs: frozenset[Fix]
    notes: tuple[str, ...]


class Offers(NamedTuple):
    """What can be done about a file: `findings` with all their fixes, and the offer of each stage that has one."""

    findings: tuple[Finding, ...]
    by_stage: Mapping[int, Offer]


def make_offers(verdict: Verdict) -> Offers:
    """Put the fixes of `verdict`, a judgement without syntax errors, together."""
    context = verdict.context
    if context is None:
        raise ValueError("a file with syntax errors has no offers")
    references = {
        model.stage.index: context.spelling.write(model.resolution.best.name, model.resolution.best.tag)
        for model in context.models
        if model.resolution is not None and model.resolution.best is not None
    }
    proposals = swap_edits(context.dockerfile, context.graph, context.models, references)
    safe = _repairs(verdict, unsafe=False)
    tried = _try(verdict, safe)
    found = {
        index: offer
        for index, proposal in proposals.items()
        if (offer := _offer(index, proposal, tried, safe, references[index])) is not None
    }
    every = _repairs(verdict, unsafe=True)
    if every != safe:
        again = _try(verdict, every)
        for index, proposal in proposals.items():
            if index not in found and (offer := _offer(index, proposal, again, every, references[index])) is not None:
                found[index] = offer._replace(fix=offer.fix._replace(safety="unsafe"))
    return Offers(tuple(_finished(verdict, finding, found) for finding in verdict.findings), found)


def _repairs(verdict: Verdict, *, unsafe: bool) -> dict[int, list[Fix]]:
    """The repairs of each pending stage, by the number of the stage that names the image.

    A stage with an error that none of them mends does not move, so it has none.
    """
    found: dict[int, list[Fix]] = {}
    stuck: set[int] = set()
    chosen: list[tuple[Finding, int, Fix | None]] = []
    for finding in verdict.findings:
        if finding.stage is None or not verdict.subjects[finding.stage].pending:
            continue
        error = finding.severity == "error"
        usable = (fix for fix in finding.fixes if (fix.bound or error) and (unsafe or fix.safety == "safe"))
        fix = next(usable, None)
        if fix is not None or error:
            chosen.append((finding, verdict.carrier(finding.stage), fix))
    gone = _taken_out(chosen)
    for finding, index, fix in chosen:
        if any(_takes_out(one, finding) for one in gone):
            continue  # what another repair takes out needs none of its own
        if fix is not None:
            found.setdefault(index, []).append(fix)
        else:
            stuck.add(index)
    return {index: list(dict.fromkeys(fixes)) for index, fixes in found.items() if index not in stuck}


def _taken_out(chosen: Sequence[tuple[Finding, int, Fix | None]]) -> list[Edit]:
    """The removals of repairs that are about something else: a start script goes, and with it the RUN that makes it ready."""
    found = []
    for finding, _, fix in chosen:
        for edit in fix.edits if fix is not None else ():
            if not edit.text and edit.start < edit.end and not edit.start <= finding.span.start < edit.end:
                found.append(edit)
    return found[:MOST_REMOVALS]


def _takes_out(edit: Edit, finding: Finding) -> bool:
    """Whether `edit` removes all that `finding` is about."""
    return not edit.text and edit.start <= finding.span.start and finding.span.end <= edit.end


MOST_REMOVALS = 100
"""How many removals of that kind are compared with the findings of a file."""


def _try(verdict: Verdict, repairs: Mapping[int, Sequence[Fix]]) -> Sequence[StageModel]:
    """The models of the file with all `repairs` made; those of the file as it is where they cannot be."""
    context = verdict.context
    models = context.models if context is not None else ()
    if context is None or not repairs:
        return models
    from .edits import EditConflict, apply_edits, compatible

    chosen = compatible([fix for fixes in repairs.values() for fix in fixes])
    data = context.dockerfile.source.data
    try:
        changed = apply_edits(data, [edit for fix in chosen for edit in fix.edits])
    except EditConflict:
        return models
    result = judge(changed, context.catalog, context.settings, context.tree)
    if result.context is None or len(result.context.models) != len(models):
        return models
    return result.context.models


def _offer(
    index: int, proposal: SwapEdits, models: Sequence[StageModel], repairs: Mapping[int, Sequence[Fix]], reference: str
) -> Offer | None:
    """The swap of stage `index` with its repairs, where `models`, made with them, say that it works."""
    model = models[index]
    partners = [models[other] for other in proposal.partners]
    if not proposal.edits or model.broken or any(one.broken for one in partners) or swap_kind(model) == "none":
        return None
    wanted = [fix for other in (index, *sorted(proposal.partners)) for fix in repairs.get(other, ())]
    own: tuple[Fix, ...] = ()
    if wanted:
        from .edits import compatible

        own = compatible(wanted)
    safe = model.safe and proposal.plain and all(one.safe for one in partners)
    safe = safe and all(fix.safety == "safe" for fix in own)
    edits: list[Edit] = [*proposal.edits, *(edit for fix in own for edit in fix.edits)]
    title = f"Use {reference}"
    if own:
        words = [fix.title[:1].lower() + fix.title[1:] for fix in own]
        title += f", and {'; '.join(dict.fromkeys(words))}"
    fix = Fix("safe" if safe else "unsafe", title, tuple(sorted(dict.fromkeys(edits))))
    return Offer(fix, frozenset(own), proposal.notes)


def _finished(verdict: Verdict, finding: Finding, offers: Mapping[int, Offer]) -> Finding:
    """`finding` with the fixes that can be applied by themselves: the offer of its stage in the place of what is bound to it."""
    if finding.stage is None:
        return finding
    subject = verdict.subjects[finding.stage]
    offer = offers.get(verdict.carrier(finding.stage))
    if _names_the_swap(finding):
        if offer is None:
            return finding._replace(fixes=())
        notes = (note for note in offer.notes if note not in finding.evidence)
        return finding._replace(fixes=(offer.fix,), evidence="; ".join((finding.evidence, *notes)))
    fixes: list[Fix] = []
    for fix in finding.fixes:
        if not (fix.bound and subject.pending):
            fixes.append(fix)
        elif offer is not None and fix in offer.repairs:
            fixes.append(offer.fix)
    if (
        not fixes
        and offer is not None
        and any(_takes_out(edit, finding) for fix in offer.repairs for edit in fix.edits)
    ):
        fixes.append(offer.fix)
    return finding._replace(fixes=tuple(dict.fromkeys(fixes)))


SWAPS = frozenset({"DHI101", "DHI102", "DHI103", "DHI105", "DHI106", "DHI107"})
"""Rules that name the swap itself: what mends them is that."""


def _names_the_swap(finding: Finding) -> bool:
    return finding.rule in SWAPS


def refused_by(offers: Offers, suppressed: Sequence[Finding]) -> frozenset[Fix]:
    """The swaps that nobody wants who turned the `suppressed` findings off, of whatever else they would be the fix.

    One is that of the stage itself, or with the repair of such a finding; or one that moves the base of such a stage as well.
    """
    held = {
        index for index, offer in offers.by_stage.items() if any(offer.fix in finding.fixes for finding in suppressed)
    }
    moved = {edit for index in held for edit in _moves(offers.by_stage[index])}
    return frozenset(
        offer.fix for index, offer in offers.by_stage.items() if index in held or not moved.isdisjoint(_moves(offer))
    )


def without_fixes(findings: Sequence[Finding], refused: Set[Fix]) -> tuple[Finding, ...]:
    """The `findings` without those of their fixes that are `refused`."""
    if not refused:
        return tuple(findings)
    return tuple(one._replace(fixes=tuple(fix for fix in one.fixes if fix not in refused)) for one in findings)


def _moves(offer: Offer) -> set[Edit]:
    """The edits that change bases, without those of the repairs."""
    return set(offer.fix.edits).difference(*(fix.edits for fix in offer.repairs))

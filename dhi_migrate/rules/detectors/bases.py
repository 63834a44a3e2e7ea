"""Findings about base images: the swap (DHI101-104), wrong or old hardened references (DHI108-110), platforms (DHI111)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Edit, Fix
from ..stages import has_platform
from ..swap import SwapEdits, swap_edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..context import Context
    from ..findings import Finding
    from ..stages import StageModel

_HARDENED_RULES = {"invalid": "DHI108", "retired": "DHI109", "ending": "DHI110"}


def base_findings(context: Context) -> Iterator[Finding]:
    """One finding for each stage whose base is not a maintained hardened image."""
    proposals = swap_edits(context.dockerfile, context.graph, context.models, targets(context))
    by_index = {model.stage.index: model for model in context.models}
    for model in context.models:
        if model.hardened is not None:
            yield from _hardened(context, model)
        elif model.resolution is not None and model.match not in {"scratch", "none", "unknown"}:
            yield from _swap(context, model, proposals.get(model.stage.index), by_index)
        elif model.match in {"none", "unknown"}:
            yield _nothing(context, model)


def targets(context: Context) -> dict[int, str]:
    """The hardened reference of every stage that has one, by stage number."""
    found = {}
    for model in context.models:
        best = model.resolution.best if model.resolution is not None else None
        if best is not None:
            found[model.stage.index] = context.spelling.write(best.name, best.tag)
    return found


def _rule(model: StageModel) -> str:
    resolution = model.resolution
    if resolution is None or not resolution.workable:
        return "DHI104"
    if resolution.pinned or model.match in {"exact", "same-version"}:
        return "DHI101"
    if model.match == "other-product":
        return "DHI103" if resolution.system_image else "DHI104"
    if model.match == "partial":
        return "DHI103" if resolution.system_changes else "DHI101"
    return "DHI103" if resolution.system_image else "DHI102"


def _swap(
    context: Context, model: StageModel, proposal: SwapEdits | None, models: Mapping[int, StageModel]
) -> Iterator[Finding]:
    resolution = model.resolution
    best = resolution.best if resolution is not None else None
    if resolution is None or best is None:
        return
    reference = context.spelling.write(best.name, best.tag)
    code = _rule(model)
    idea = "the nearest hardened image is" if code == "DHI104" else "runs on"
    base = _shown(resolution.reference if model.own_from else model.base)
    if code == "DHI104":
        message = f"{base} has no hardened equivalent; {idea} {reference}"
    elif resolution.pinned:
        message = f"{base} is replaced by {reference}: the overlay pins it"
    elif model.match == "partial" and code == "DHI101":
        message = f"{base} has a hardened equivalent in part: {reference}"
    elif code == "DHI101":
        message = f"{base} has a hardened equivalent: {reference}"
    else:
        message = f"{base} is not hardened in this version; {reference} is the nearest"
        if code == "DHI103":
            message = f"{base} is a distribution or release without a hardened image; {reference} is the nearest"
    fixes: tuple[Fix, ...] = ()
    if proposal is not None and proposal.edits and not model.broken and code != "DHI104":
        partners = [models[index] for index in proposal.partners]
        if not any(partner.broken for partner in partners):
            safe = model.safe and proposal.plain and all(partner.safe for partner in partners)
            fixes = (Fix("safe" if safe else "unsafe", f"Use {reference}", proposal.edits),)
    notes = proposal.notes if proposal is not None and fixes else ()
    evidence = "; ".join((_evidence(model), *notes))
    yield context.finding(code, model.stage.base.word.span, message, evidence, model.stage.index, *fixes)
    platform = model.stage.platform
    if platform is not None and platform.text and not has_platform(platform.text, best.definition):
        text = f"{reference} does not exist for {platform.text}"
        known = ", ".join(best.definition.platforms)
        yield context.finding("DHI111", model.stage.base.word.span, text, f"it is built for {known}", model.stage.index)


def _evidence(model: StageModel) -> str:
    """Where the answer comes from: the map row and the definition."""
    resolution, definition = model.resolution, model.definition
    if resolution is None or definition is None:
        return ""
    shell = {True: "with /bin/sh", False: "without a shell", None: "perhaps with a shell"}[definition.bin_sh]
    return (
        f"{resolution.upstream} -> {definition.image} ({resolution.confidence} confidence); "
        f"{definition.source} runs as {definition.user} ({definition.uid}), {shell}"
    )


def _shown(reference: str) -> str:
    """The reference as a message names it: without its digest, which the line shown beside it has."""
    return reference.partition("@")[0]


def _nothing(context: Context, model: StageModel) -> Finding:
    resolution = model.resolution
    ideas = [context.spelling.write(idea.name, idea.tag) for idea in resolution.alternatives] if resolution else []
    reasons = (*(resolution.reasons if resolution is not None else ()), *model.notes)
    message = f"{_shown(model.base)} has no hardened equivalent"
    if resolution is None or model.match == "unknown":
        message = f"nothing is known of a hardened image for {_shown(model.base)}"
    if ideas:
        message += f"; the nearest is {ideas[0]}"
    return context.finding("DHI104", model.stage.base.word.span, message, "; ".join(reasons), model.stage.index)


def _hardened(context: Context, model: StageModel) -> Iterator[Finding]:
    use = model.hardened
    if use is None or use.problem is None:
        return
    code = _HARDENED_RULES[use.problem]
    span = model.stage.base.word.span
    message = use.message
    fixes: tuple[Fix, ...] = ()
    if use.successor is not None:
        reference = context.spelling.write(use.name, use.successor)
        message += f"; {reference} is its successor" if code != "DHI108" else f"; the nearest tag is {reference}"
        if code != "DHI110" and not model.stage.base.reference.uses:
            edit = Edit(span.start, span.end, reference.encode())
            fixes = (Fix("unsafe", f"Use {reference}", (edit,)),)
    source = use.definition.source if use.definition is not None else f"catalog {context.catalog.info.commit}"
    yield context.finding(
        code, span, message, f"{source}, data of {context.catalog.info.date}", model.stage.index, *fixes
    )

"""How a file stands as a whole: what a migration of it takes, judged over the stages that the target is built from."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .findings import Level, Status
    from .offers import Offers
    from .verdict import Verdict


def file_status(verdict: Verdict, offers: Offers) -> Status:
    """The status of a file without syntax errors.

    ``hardened``: nothing left to do. ``swappable``: FROM lines alone. ``fixable``: with further edits that are
    offered. ``manual``: an error
    without a fix, or a base of which nothing is known. ``unsupported``: the image that ships has no hardened equivalent.
    """
    context = verdict.context
    if context is None:
        return "manual"
    models = [model for model in context.models if model.role != "unused"] or list(context.models)
    numbers = {model.stage.index for model in models}
    errors = [one for one in offers.findings if one.severity == "error" and (one.stage is None or one.stage in numbers)]
    bases = [model for model in models if model.match not in {"stage", "scratch"} or model.own_from]
    if any(model.match in {"none", "unknown"} and model.stage.index in context.lines.shipped for model in bases):
        return "unsupported"
    if any(model.match in {"none", "unknown", "other-product"} for model in bases):
        return "manual"
    if any(model.hardened is not None and model.hardened.problem == "retired" for model in bases):
        return "manual"
    if any(not one.fixes for one in errors):
        return "manual"
    pending = [model for model in bases if model.match != "hardened"]
    if any(model.stage.index not in offers.by_stage for model in pending):
        return "manual"
    if errors or any(offers.by_stage[model.stage.index].repairs for model in pending):
        return "fixable"
    # files that come from an upstream image with a hardened twin: the reference is all that changes
    copied = any(one.rule == "DHI114" and one.fixes and one.stage in numbers for one in offers.findings)
    return "swappable" if pending or copied else "hardened"


def file_level(verdict: Verdict, status: Status) -> Level | None:
    """The level that the status is reached at; None where a person has to do it."""
    context = verdict.context
    if context is None or status in {"manual", "unsupported"}:
        return None
    target = context.graph.target
    shipped = {stage.index for stage in context.graph.chain(target)} if target is not None else set()
    ships_dev = any(
        model.stage.index in shipped and model.definition is not None and model.definition.variant == "dev"
        for model in context.models
    )
    return "dev" if ships_dev else "runtime"

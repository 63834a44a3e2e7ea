"""Findings about images that only files are taken from: ``COPY --from=image``, ``RUN --mount=from=image`` (DHI114)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...catalog.resolve import resolve
from ...images import InvalidReferenceError, parse_reference
from ..findings import Edit, Fix
from ..linkage import runs_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ...dockerfile import Edge
    from ..context import Context
    from ..findings import Finding


def copy_findings(context: Context) -> Iterator[Finding]:
    """One finding for each place that takes files from an upstream image with a hardened twin."""
    for edge in context.graph.edges:
        text = edge.image.text if edge.image is not None else None
        if edge.source is not None or not text or text == "scratch":
            continue
        finding = _judge(context, edge, text)
        if finding is not None:
            yield finding


def _judge(context: Context, edge: Edge, text: str) -> Finding | None:
    try:
        reference = parse_reference(text)
    except InvalidReferenceError:
        return None
    if context.spelling.read(reference) is not None:
        return None
    resolution = resolve(context.catalog, text, "final")
    best = resolution.best
    if best is None or resolution.match in {"other-product", "none", "unknown"}:
        return None
    written = context.spelling.write(best.name, best.tag)
    missing = _missing(best.definition, edge)
    evidence = f"{resolution.upstream} -> {best.name} ({resolution.confidence} confidence), {best.definition.source}"
    message = f"files come from {text}; {written} holds the same program"
    fixes: tuple[Fix, ...] = ()
    if missing:
        message += f", but {', '.join(missing)} is not known to be in it"
    plain = edge.image is not None and not edge.image.uses
    reasons = resolution.reasons
    if plain and resolution.workable and not missing:
        finds = _finds_libraries(context, edge, best.definition)
        if not finds:
            reasons = (*reasons, f"it needs the C library of {best.definition.distro} {best.definition.release}")
        edit = Edit(edge.span.start, edge.span.end, written.encode())
        fixes = (Fix("safe" if resolution.automatic and finds else "unsafe", f"Use {written}", (edit,)),)
    return context.finding("DHI114", edge.span, message, "; ".join((evidence, *reasons)), edge.stage, *fixes)


def _finds_libraries(context: Context, edge: Edge, definition: Definition) -> bool:
    """Whether the stage that takes the files is, or becomes unasked, an image on which programs of `definition` run."""
    stage = context.graph.chain(edge.stage)[0]
    model = next((one for one in context.models if one.stage.index == edge.stage and one.own_from), None)
    model = model or context.models[stage.index]
    if model.definition is None or not (model.safe or model.match == "hardened"):
        return False
    return runs_on(definition, model.definition)


def _missing(definition: Definition, edge: Edge) -> list[str]:
    """The copied paths that the catalog does not list for `definition`."""
    known = {entry.path.rstrip("/") for entry in definition.paths}
    sources = edge.sources if edge.kind == "copy" else ()
    if not sources:
        return ["what the mount is used for"]
    return [source for source in sources if ("/" + source.strip("/")) not in known]

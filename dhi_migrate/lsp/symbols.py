"""The outline of a file: its stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from .documents import View


def document_symbols(view: View, *, nested: bool) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    """The stages of a file with what they are built from; as a flat list for editors that know no other."""
    found = []
    for stage in view.graph.stages:
        last = stage.instructions[-1] if stage.instructions else stage.instruction
        span = view.text.range(stage.instruction.span.start, last.span.end)
        base = stage.base.word.text
        ships = " (ships)" if stage.index == view.graph.target else ""
        name = stage.name or f"stage {stage.index}"
        line = view.text.span_range(stage.instruction.span)
        found.append(types.DocumentSymbol(name, types.SymbolKind.Class, span, line, f"FROM {base}{ships}"))
    if nested:
        return found
    return [
        types.SymbolInformation(types.Location(view.uri, one.range), one.name, one.kind, container_name=one.detail)
        for one in found
    ]

"""Which stages a target needs, and dependencies that cannot be met."""

from __future__ import annotations

from .model import Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .graph import Edge, Stage


def reachable_from(target: int | None, bases: Sequence[int | None], edges: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Stages that stage `target` needs: itself, over `bases` (per stage) and `edges` (consumer, producer); linear."""
    if target is None:
        return frozenset()
    needs: dict[int, list[int]] = {}
    for consumer, producer in edges:
        needs.setdefault(consumer, []).append(producer)
    found = {target}
    pending = [target]
    while pending:
        stage = pending.pop()
        base = bases[stage]
        for needed in (*needs.get(stage, ()), *(() if base is None else (base,))):
            if needed not in found:
                found.add(needed)
                pending.append(needed)
    return frozenset(found)


def order_problems(stages: Sequence[Stage], edges: Sequence[Edge], reachable: frozenset[int]) -> list[Diagnostic]:
    """Files taken from the stage itself or a later one: a circle always, the rest if the stage is built."""
    if not any(edge.source is not None and edge.source >= edge.stage for edge in edges):
        return []
    circular = _in_circles([(edge.stage, edge.source) for edge in edges if edge.source is not None])
    found = []
    for edge in edges:
        if edge.source is None or edge.source < edge.stage:
            continue
        name = stages[edge.source].name or str(edge.source)
        if edge.source in circular and edge.stage in circular:
            message = f"stage {name} is needed to build itself"
            found.append(Diagnostic("circular-dependency", message, edge.span, "error"))
        else:
            message = f"stage {name} comes after the stage that takes files from it"
            severity = "error" if edge.stage in reachable else "warning"
            found.append(Diagnostic("later-stage", message, edge.span, severity))  # type: ignore[arg-type]
    return found


def _in_circles(edges: list[tuple[int, int]]) -> set[int]:
    """Nodes that lie on a circle, or between two.

    What is left once sources and sinks are taken away again and again.
    """
    left = {node for edge in edges for node in edge}
    for forward in (edges, [(b, a) for a, b in edges]):
        onward: dict[int, list[int]] = {}
        count = dict.fromkeys(left, 0)
        for a, b in forward:
            if a in left and b in left:
                onward.setdefault(a, []).append(b)
                count[b] += 1
        pending = [node for node, number in count.items() if number == 0]
        while pending:
            node = pending.pop()
            left.discard(node)
            for other in onward.get(node, ()):
                count[other] -= 1
                if count[other] == 0:
                    pending.append(other)
    return left

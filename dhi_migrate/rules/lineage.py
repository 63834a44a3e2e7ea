"""Who is built on whom, and who takes files from whom: computed once a file, so that judging stays linear."""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import BuildGraph, Edge, Stage


class Lineage(NamedTuple):
    """Answers about the stages of one file; all by 0-based stage number.

    `root` gives the stage whose ``FROM`` names the image that a stage runs on; `family` the stages built on that image, in
    file order, by root. `shipped` are the target and what it is built on over ``FROM stage``. `taken` are the edges out of
    the stages of a root, `given` those into them.
    """

    root: tuple[int, ...]
    family: dict[int, tuple[Stage, ...]]
    shipped: frozenset[int]
    chain: tuple[Stage, ...]
    taken: dict[int, tuple[Edge, ...]]
    given: dict[int, tuple[Edge, ...]]

    def partners(self, root: int) -> tuple[Edge, ...]:
        """The edges between the stages of `root` and stages of other roots, each once."""
        edges = [*self.taken.get(root, ()), *self.given.get(root, ())]
        return tuple(
            edge for edge in edges if edge.source is not None and self.root[edge.stage] != self.root[edge.source]
        )


def lineage(graph: BuildGraph) -> Lineage:
    """The lineage of `graph`."""
    root: list[int] = []
    family: dict[int, list[Stage]] = {}
    for stage in graph.stages:
        parent = stage.base.stage if stage.base.kind == "stage" else None
        # a stage can only be built on an earlier one, whose root is known by now
        top = root[parent] if parent is not None and parent < stage.index else stage.index
        root.append(top)
        family.setdefault(top, []).append(stage)
    taken: dict[int, list[Edge]] = {}
    given: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        given.setdefault(root[edge.stage], []).append(edge)
        if edge.source is not None:
            taken.setdefault(root[edge.source], []).append(edge)
    chain = graph.chain(graph.target) if graph.target is not None else ()
    return Lineage(
        tuple(root),
        {top: tuple(members) for top, members in family.items()},
        frozenset(stage.index for stage in chain),
        chain,
        {top: tuple(edges) for top, edges in taken.items()},
        {top: tuple(edges) for top, edges in given.items()},
    )

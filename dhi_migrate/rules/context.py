"""What is known of one file under judgement: its stages as models, how hardened references are written, its build context."""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.store import Catalog
    from ..dockerfile import BuildGraph, Dockerfile
    from ..images import Spelling
    from ..settings import Settings
    from .lineage import Lineage
    from .stages import StageModel
    from .tree import BuildContext


class Context(NamedTuple):
    """One file under judgement; `lines` says who is built on whom, `tree` is the build context, None where none is at hand."""

    dockerfile: Dockerfile
    graph: BuildGraph
    lines: Lineage
    models: tuple[StageModel, ...]
    catalog: Catalog
    spelling: Spelling
    settings: Settings
    tree: BuildContext | None = None

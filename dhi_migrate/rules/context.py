"""What every detector is given: one parsed file, its stages as models, and how hardened references are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._record import NamedTuple
from .findings import Finding, Fix
from .registry import rule

if TYPE_CHECKING:
    from ..catalog.store import Catalog
    from ..dockerfile import BuildGraph, Dockerfile, Span
    from ..images import Spelling
    from ..settings import Settings
    from .stages import StageModel


class Context(NamedTuple):
    """One file under judgement."""

    dockerfile: Dockerfile
    graph: BuildGraph
    models: tuple[StageModel, ...]
    catalog: Catalog
    spelling: Spelling
    settings: Settings

    def finding(
        self, code: str, span: Span, message: str, evidence: str, stage: int | None = None, *fixes: Fix
    ) -> Finding:
        """A finding of rule `code`, with the name and severity that the rule has."""
        known = rule(code)
        return Finding(code, known.name, known.severity, message, evidence, stage, span, fixes)

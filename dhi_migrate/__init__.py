"""dhi-migrate: judge Dockerfiles against hardened base images, and move them there.

The public interface, complete:

- `parse(source)` reads the bytes of a Dockerfile; `build_graph(dockerfile)` gives its stages.
- `Catalog.load()` opens the shipped catalog; `load_overlay(path)` reads a user's additions to it.
- `resolve(catalog, reference, role)` says which hardened tag replaces an upstream reference.
- `check(data, catalog, settings)` gives the report of one file, `migrate(data, catalog, settings)` the fixed bytes,
  `plan(data, catalog, settings)` what a migration of it takes and gains.
- `work_list(plans)` puts many plans in the order to do them in, `plan_totals(plans)` counts them.
- `open_context(path, data)` is the build context of a Dockerfile on disk, for the argument `tree` of these three: some rules look
  at files such as ``go.mod`` in it. Any other `BuildContext` does as well.

Nothing here prints, exits, writes a file, or uses the network. Names are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module

from ._version import __version__

# The first import of the subpackage `migrate` binds its name here; done now, so that the function below keeps the name.
import_module(".migrate", __name__)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .catalog.model import CatalogInfo, Definition, Image, UpstreamFacts, UpstreamTarget
    from .catalog.overlay import OverlayError, load_overlay
    from .catalog.resolve import Resolution, resolve
    from .catalog.store import Catalog, CatalogError, Overlay
    from .dockerfile import BuildGraph, Dockerfile, Instruction, Source, Span, build_graph, parse
    from .images import InvalidReferenceError, Reference, Spelling, parse_reference
    from .migrate.blockers import Blocker, Step
    from .migrate.gain import Gain, ImageTraits
    from .migrate.outcome import Migration, Refusal
    from .migrate.plan import FilePlan, PlanGroup, PlannedEdit, PlannedSwap, PlanTotals, plan_totals, work_list
    from .project.context import open_context
    from .rules.findings import Edit, FileReport, Finding, Fix, StageReport
    from .rules.registry import UnknownRuleError
    from .rules.tree import BuildContext
    from .settings import Settings

__all__ = [
    "Blocker",
    "BuildContext",
    "BuildGraph",
    "Catalog",
    "CatalogError",
    "CatalogInfo",
    "Definition",
    "Dockerfile",
    "Edit",
    "FilePlan",
    "FileReport",
    "Finding",
    "Fix",
    "Gain",
    "Image",
    "ImageTraits",
    "Instruction",
    "InvalidReferenceError",
    "Migration",
    "Overlay",
    "OverlayError",
    "PlanGroup",
    "PlanTotals",
    "PlannedEdit",
    "PlannedSwap",
    "Reference",
    "Refusal",
    "Resolution",
    "Settings",
    "Source",
    "Span",
    "Spelling",
    "StageReport",
    "Step",
    "UnknownRuleError",
    "UpstreamFacts",
    "UpstreamTarget",
    "__version__",
    "build_graph",
    "check",
    "load_overlay",
    "migrate",
    "open_context",
    "parse",
    "parse_reference",
    "plan",
    "plan_totals",
    "resolve",
    "work_list",
]

_HOMES = {
    "catalog.model": ("CatalogInfo", "Definition", "Image", "UpstreamFacts", "UpstreamTarget"),
    "catalog.overlay": ("OverlayError", "load_overlay"),
    "catalog.resolve": ("Resolution", "resolve"),
    "catalog.store": ("Catalog", "CatalogError", "Overlay"),
    "dockerfile": ("BuildGraph", "Dockerfile", "Instruction", "Source", "Span", "build_graph", "parse"),
    "images": ("InvalidReferenceError", "Reference", "Spelling", "parse_reference"),
    "migrate.blockers": ("Blocker", "Step"),
    "migrate.gain": ("Gain", "ImageTraits"),
    "migrate.outcome": ("Migration", "Refusal"),
    "migrate.plan": (
        "FilePlan",
        "PlanGroup",
        "PlanTotals",
        "PlannedEdit",
        "PlannedSwap",
        "plan_totals",
        "work_list",
    ),
    "project.context": ("open_context",),
    "rules.findings": ("Edit", "FileReport", "Finding", "Fix", "StageReport"),
    "rules.registry": ("UnknownRuleError",),
    "rules.tree": ("BuildContext",),
    "settings": ("Settings",),
}


def check(
    data: bytes,
    catalog: Catalog,
    settings: Settings | None = None,
    *,
    path: str = "Dockerfile",
    tree: BuildContext | None = None,
) -> FileReport:
    """Judge the bytes of one Dockerfile; `path` is the name in the report. Any bytes are accepted.

    `tree` is its build context; without one, what depends on files in it is not known. With the level ``split`` or ``dev`` in
    `settings` the rewriting is tried as well.

    Raises `UnknownRuleError` for a selector in `settings` that matches no rule, and ValueError for a registry template
    that makes no references.
    """
    from .migrate.examine import examine
    from .rules.severity import with_severities
    from .settings import Settings

    chosen = settings if settings is not None else Settings()
    return with_severities(examine(path, data, catalog, chosen, tree=tree), chosen)


def migrate(
    data: bytes,
    catalog: Catalog,
    settings: Settings | None = None,
    *,
    unsafe: bool = False,
    path: str = "Dockerfile",
    tree: BuildContext | None = None,
) -> Migration:
    """Apply the safe fixes to the bytes of one Dockerfile, with `unsafe` the others too; nothing is written.

    `tree` is as for `check`, which also says what is raised.
    """
    from .migrate.levels import migrate_source
    from .settings import Settings

    chosen = settings if settings is not None else Settings()
    return migrate_source(path, data, catalog, chosen, unsafe=unsafe, tree=tree)


def plan(
    data: bytes,
    catalog: Catalog,
    settings: Settings | None = None,
    *,
    path: str = "Dockerfile",
    tree: BuildContext | None = None,
) -> FilePlan:
    """Plan the migration of one Dockerfile, given as its bytes: the best level with unsafe fixes, and what it takes and gains.

    `path` and `tree` are as for `check`, which also says what is raised; nothing is written.
    """
    from .migrate.plan import plan_source
    from .settings import Settings

    return plan_source(path, data, catalog, settings if settings is not None else Settings(), tree=tree)


def __getattr__(name: str) -> Any:
    """Import a public name from its home at its first use: a command pays only for what it needs."""
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f".{home}", __name__), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

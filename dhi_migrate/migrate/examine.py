"""The report of a file at a level that is named: what a check says where the user asks how far a rewriting gets."""

from __future__ import annotations

from ..rules.engine import check_source
from ..rules.findings import Fix
from .levels import line_edits, migrate_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.store import Catalog
    from ..rules.findings import FileReport, Finding
    from ..rules.tree import BuildContext
    from ..settings import Settings
    from .outcome import Migration

_BASES = frozenset({"DHI101", "DHI102", "DHI103", "DHI105", "DHI106", "DHI107"})


def examine(
    path: str, data: bytes, catalog: Catalog, settings: Settings, *, tree: BuildContext | None = None
) -> FileReport:
    """As `check_source`; for the levels ``split`` and ``dev`` the rewriting is tried too.

    Where it is proven, the file is ``fixable`` at that level, and the finding of the base that ships carries the whole of it
    as one fix. Raises what `check_source` raises.
    """
    report = check_source(path, data, catalog, settings, tree=tree)
    if settings.level not in {"split", "dev"} or report.status not in {"manual", "swappable", "fixable"}:
        return report
    migration = migrate_source(path, data, catalog, settings, unsafe=False, tree=tree)
    if migration.level not in {"split", "dev"} or migration.data == data:
        return report
    findings = tuple(_with_rewriting(finding, report, migration, data) for finding in report.findings)
    return report._replace(status="fixable", level=migration.level, findings=findings)


def _with_rewriting(finding: Finding, report: FileReport, migration: Migration, data: bytes) -> Finding:
    ships = [stage.index for stage in report.stages if stage.role == "final"]
    if finding.rule not in _BASES or finding.stage not in ships:
        return finding
    title = migration.applied[0].title if migration.applied else f"Rewrite for level {migration.level}"
    return finding._replace(fixes=(Fix("unsafe", title, line_edits(data, migration.data)),))

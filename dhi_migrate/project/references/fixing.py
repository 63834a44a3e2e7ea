"""Fixes of a file around a Dockerfile, applied in memory until nothing is left to do."""

from __future__ import annotations

from ..._record import NamedTuple
from ...rules.edits import EditConflict, apply_edits, compatible
from .check import check_project_file
from .model import ALONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...catalog.store import Catalog
    from ...rules.findings import FileReport, Fix
    from ...settings import Settings
    from .model import Joint, ProjectFile, ProjectTree

MAX_ROUNDS = 5
"""Rounds of judging and editing; one is enough for all that is known."""


class ProjectMigration(NamedTuple):
    """What became of one file: the reports before and after, the new bytes, and the fixes that were applied."""

    before: FileReport
    after: FileReport
    data: bytes
    applied: tuple[Fix, ...]


def fix_project_file(
    file: ProjectFile,
    catalog: Catalog,
    settings: Settings,
    tree: ProjectTree | None = None,
    joint: Joint = ALONE,
    *,
    unsafe: bool,
) -> ProjectMigration:
    """Apply the safe fixes of `file` in memory, with `unsafe` the others too. A round that brings a new error is left out.

    `joint` are the Dockerfiles that change in the same step. Raises what `check_project_file` raises.
    """
    before = report = check_project_file(file, catalog, settings, tree, joint)
    applied: list[Fix] = []
    current = file
    for _ in range(MAX_ROUNDS):
        wanted = [next((fix for fix in one.fixes if unsafe or fix.safety == "safe"), None) for one in report.findings]
        chosen = compatible(list(dict.fromkeys(fix for fix in wanted if fix is not None)))
        if not chosen:
            break
        try:
            data = apply_edits(current.data, [edit for fix in chosen for edit in fix.edits])
        except EditConflict:
            break
        after = check_project_file(current._replace(data=data), catalog, settings, tree, joint)
        if data == current.data or _errors(after) > _errors(report):
            break
        current, report = current._replace(data=data), after
        applied.extend(chosen)
    return ProjectMigration(before, report, current.data, tuple(applied))


def _errors(report: FileReport) -> int:
    return sum(one.severity == "error" for one in report.findings)

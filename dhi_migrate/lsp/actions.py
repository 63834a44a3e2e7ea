"""Code actions: the fixes of findings, suppressions, everything that is safe, and the migration of the file to a level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from .. import migrate
from .._record import NamedTuple
from ..migrate.levels import line_edits
from .diagnostics import diagnostic
from .edits import workspace_edit
from .suppression import suppression_edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..migrate.outcome import Migration
    from ..rules.findings import Finding, Fix, Level
    from .diagnostics import Abilities
    from .documents import View

FIX_ALL = "source.fixAll.dhi-migrate"
REWRITE = "refactor.rewrite.dhi-migrate"
"""The kind of migrations is this, a dot, and the level."""

QUICK_FIX = types.CodeActionKind.QuickFix.value

_LEVELS: dict[Level, str] = {
    "runtime": "Migrate this file to hardened images (level runtime, with unsafe fixes)",
    "split": "Migrate this file: split what ships into a build and a runtime stage (level split)",
    "dev": "Migrate this file: keep what ships on a -dev image with a shell (level dev)",
}
_MOST_REASONS = 3


class Wishes(NamedTuple):
    """What an editor can do with actions, and which ones it asks for.

    `resolve`: it takes an action without its edit and asks for that later. `versioned`: see `workspace_edit`. `only`: kinds of
    actions, None for all. `automatic`: it asks without the user having asked.
    """

    resolve: bool
    versioned: bool
    abilities: Abilities
    only: tuple[str, ...] | None = None
    automatic: bool = False

    def wants(self, kind: str) -> bool:
        """Whether actions of `kind` are asked for: those kinds, and what is below them."""
        return self.only is None or any(not one or kind == one or kind.startswith(f"{one}.") for one in self.only)


class Unreached(Exception):  # noqa: N818 - it says what happened
    """A migration that does not get to its level; the text says why, for people."""


def actions(view: View, start: int, end: int, wishes: Wishes) -> list[types.CodeAction]:
    """The actions for the bytes `start` to `end` of a file."""
    found: list[types.CodeAction] = []
    if view.unseen is not None:
        return found
    if wishes.wants(QUICK_FIX):
        here = [one for one in view.report.findings if one.span.start <= end and start <= one.span.end]
        found += _quick_fixes(view, here, wishes)
        found += _suppressions(view, here, wishes)
    for action in _whole_file(view, wishes):
        if wishes.resolve:
            found.append(action)
        elif wishes.only is not None or not wishes.automatic:
            found += _at_once(view, action, wishes)
    return found


def _quick_fixes(view: View, findings: Sequence[Finding], wishes: Wishes) -> Iterator[types.CodeAction]:
    """One action a fix; a fix of several findings is one action. The first one of a finding is preferred where it is safe."""
    about: dict[Fix, list[Finding]] = {}
    preferred: set[Fix] = set()
    for finding in findings:
        for number, fix in enumerate(finding.fixes):
            about.setdefault(fix, []).append(finding)
            if number == 0 and fix.safety == "safe":
                preferred.add(fix)
    for fix, those in about.items():
        unsafe = " (unsafe)" if fix.safety == "unsafe" else ""
        yield types.CodeAction(
            title=f"{fix.title}{unsafe}",
            kind=QUICK_FIX,
            diagnostics=[diagnostic(view, finding, wishes.abilities) for finding in those],
            is_preferred=True if fix in preferred else None,
            edit=workspace_edit(view, fix.edits, versioned=wishes.versioned),
        )


def _suppressions(view: View, findings: Sequence[Finding], wishes: Wishes) -> Iterator[types.CodeAction]:
    seen = set()
    for finding in findings:
        edit = suppression_edit(view.dockerfile, finding)
        if edit is None or edit in seen:
            continue
        seen.add(edit)
        where = "in this file" if b"ignore-file=" in edit.text else "here"
        yield types.CodeAction(
            title=f"Suppress {finding.rule} ({finding.name}) {where} with a reason",
            kind=QUICK_FIX,
            diagnostics=[diagnostic(view, finding, wishes.abilities)],
            edit=workspace_edit(view, (edit,), versioned=wishes.versioned),
        )


def _whole_file(view: View, wishes: Wishes) -> Iterator[types.CodeAction]:
    """The actions on the whole file without their edits."""
    if wishes.wants(FIX_ALL) and any(fix.safety == "safe" for one in view.report.findings for fix in one.fixes):
        yield types.CodeAction(
            title="Fix everything that is safe to fix (dhi-migrate)", kind=FIX_ALL, data={"uri": view.uri}
        )
    status = view.report.status
    for level, title in _LEVELS.items():
        open_to = status in {"swappable", "fixable", "manual"} and bool(view.report.stages)
        open_to = open_to or (status == "hardened" and view.report.level == "dev" and level == "split")
        if open_to and wishes.wants(f"{REWRITE}.{level}"):
            yield types.CodeAction(title=title, kind=f"{REWRITE}.{level}", data={"uri": view.uri, "level": level})


def _at_once(view: View, action: types.CodeAction, wishes: Wishes) -> Iterator[types.CodeAction]:
    """`action` with its edit, if there is one."""
    try:
        edit = whole_file_edit(view, action.data, versioned=wishes.versioned)
    except Unreached:
        return
    if edit is not None:
        action.edit = edit
        action.data = None
        yield action


def whole_file_edit(view: View, data: Any, *, versioned: bool) -> types.WorkspaceEdit | None:
    """The edit of an action on the whole file, by its `data`; None where nothing changes. Raises `Unreached`."""
    level = data.get("level") if isinstance(data, dict) else None
    result = _at_level(view, level) if level in _LEVELS else _migrated(view, None, unsafe=False)
    if result.data == view.data:
        return None
    return workspace_edit(view, line_edits(view.data, result.data), versioned=versioned)


def _migrated(view: View, level: Level | None, *, unsafe: bool) -> Migration:
    chosen = view.chosen
    settings = chosen.settings if level is None else chosen.settings._replace(level=level)
    return migrate(view.data, chosen.catalog, settings, unsafe=unsafe, path=view.name, tree=view.tree)


def _at_level(view: View, level: Level) -> Migration:
    """The file at `level`, no other. A level below ``runtime`` brings the unsafe fixes that it needs, as on the command line."""
    result = _migrated(view, level, unsafe=level == "runtime")
    if result.level == level:
        return result
    if result.level is not None:
        raise Unreached(f"level {level} is not needed: this file gets to level {result.level}")
    reasons = [f"line {one.line}: {one.text}" for one in result.refusals if one.level == level]
    source = result.after.source
    if not reasons and source is not None:
        errors = [one for one in result.after.findings if one.severity == "error"]
        reasons = [f"line {source.line_of(one.span.start)}: {one.rule}: {one.message}" for one in errors]
    more = f"; and {len(reasons) - _MOST_REASONS} more" if len(reasons) > _MOST_REASONS else ""
    why = "; ".join(reasons[:_MOST_REASONS]) or "nothing is known to put in the place of its base image"
    raise Unreached(f"level {level} is not reached: {why}{more}")

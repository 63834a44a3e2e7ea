"""Apply fixes until nothing is left to apply; roll back whatever leaves a file that is worse than before."""

from __future__ import annotations

from collections import Counter

from .._record import NamedTuple
from ..rules.edits import EditConflict, apply_edits, compatible
from ..rules.engine import check_source
from .outcome import Migration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Judge = Callable[[bytes], "FileReport"]

    from ..catalog.store import Catalog
    from ..rules.findings import FileReport, Fix
    from ..rules.tree import BuildContext
    from ..settings import Settings

MAX_ROUNDS = 10
"""Rounds of judging and editing before a file is taken to be without an end."""


def fix_source(
    path: str, data: bytes, catalog: Catalog, settings: Settings, *, unsafe: bool, tree: BuildContext | None = None
) -> Migration:
    """Fix one Dockerfile in memory: the safe fixes, and the unsafe ones too where `unsafe` is set.

    `tree` is the build context, where there is one.

    After each round the result is parsed and judged again. A fix that leaves a file which no longer parses, or that has an
    error which was not there before, is dropped. Raises what `check_source` raises.
    """

    def judged(text: bytes) -> FileReport:
        return check_source(path, text, catalog, settings, tree=tree)

    before = judged(data)
    report, current = before, data
    applied: list[Fix] = []
    problem = None
    for _ in range(MAX_ROUNDS):
        chosen = compatible(list(dict.fromkeys(_wanted(report, unsafe))))
        if not chosen:
            break
        attempt, refused = _round(judged, _Attempt(current, report, ()), chosen)
        problem = problem or refused
        if attempt.data == current:
            break
        report, current = attempt.report, attempt.data
        applied.extend(attempt.fixes)
    else:
        problem = f"the fixes had no end after {MAX_ROUNDS} rounds"
        report, current, applied = before, data, []
    return Migration(before, report, current, tuple(applied), problem)


MAX_TRIES = 20
"""How many fixes of a round are tried one by one, where all together leave a worse file."""


class _Attempt(NamedTuple):
    """The bytes of a file, what is said of them, and the fixes that have been applied on the way to them."""

    data: bytes
    report: FileReport
    fixes: tuple[Fix, ...]


def _round(judged: Judge, start: _Attempt, chosen: tuple[Fix, ...]) -> tuple[_Attempt, str | None]:
    """`start` with those of the `chosen` fixes that may be applied together, and why others may not (the first reason)."""
    together = _attempt(judged, start, chosen)
    if isinstance(together, _Attempt):
        return together, None
    best = start
    for fix in chosen[:MAX_TRIES] if len(chosen) > 1 else ():
        tried = _attempt(judged, start, (*best.fixes, fix))
        if isinstance(tried, _Attempt):
            best = tried
    return best, together


def _attempt(judged: Judge, start: _Attempt, fixes: tuple[Fix, ...]) -> _Attempt | str:
    """`start` with `fixes` applied, or why they must not be."""
    try:
        changed = apply_edits(start.data, [edit for fix in fixes for edit in fix.edits])
    except EditConflict as error:
        return str(error)
    if changed == start.data:
        return start
    result = judged(changed)
    return _worse(start.report, result) or _Attempt(changed, result, fixes)


def _wanted(report: FileReport, unsafe: bool) -> Iterator[Fix]:
    """The first fix of every finding that may be applied."""
    for finding in report.findings:
        fix = next((one for one in finding.fixes if unsafe or one.safety == "safe"), None)
        if fix is not None:
            yield fix


def _worse(before: FileReport, after: FileReport) -> str | None:
    """Why `after` must not be written: a syntax error, or more errors of a rule than before. None: it may."""
    had = Counter(finding.rule for finding in before.findings if finding.severity == "error")
    for finding in after.findings:
        if finding.severity != "error":
            continue
        had[finding.rule] -= 1
        if had[finding.rule] >= 0:
            continue
        return f"the fixed file would have a new error ({finding.rule}: {finding.message}); the edit was left out"
    return None

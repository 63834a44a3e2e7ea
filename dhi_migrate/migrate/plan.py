"""The plan of a file: how far a migration gets it, by which edits, what that gains, and what a person has to do for more."""

from __future__ import annotations

from .._record import NamedTuple
from .blockers import blockers, step
from .gain import gain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..catalog.store import Catalog
    from ..rules.findings import FileReport, Finding, Fix, Level, Role, Safety, StageReport, Status
    from ..rules.tree import BuildContext
    from ..settings import Settings
    from .blockers import Blocker, Step
    from .gain import Gain
    from .outcome import Migration


class PlannedSwap(NamedTuple):
    """What becomes of the base of one stage of the rewritten file.

    `base` is the image or stage that it is built on today, on 1-based `line`; both are None for a stage that the plan adds.
    `target` is the hardened reference (None: none, or none is needed), `match` its match class, `reached` whether the plan
    writes it. `reasons` and `alternatives` are those of the report.
    """

    name: str | None
    role: Role
    line: int | None
    base: str | None
    target: str | None
    match: str
    reached: bool
    reasons: tuple[str, ...]
    alternatives: tuple[str, ...]


class PlannedEdit(NamedTuple):
    """One kind of edit in words; `rules` are the codes that it answers, `lines` where they found something (1-based).

    `rules` is empty for an edit that no rule asks for in the file as it is: the rewriting of a stage, with the first of its
    `lines`, and what comes up only in the rewritten text, which has no lines. `title` may hold text of the file.
    """

    title: str
    safety: Safety
    rules: tuple[str, ...]
    lines: tuple[int, ...]


class FilePlan(NamedTuple):
    """The plan for one file; `error` is set, and the rest empty, where it could not be read.

    `status` and `level` are the best that can be had with unsafe fixes; a level is that of the stage that ships, so a file that
    is "manual" has one where only another stage is left for a person. `flags` are those of a check that writes the edits
    ("--fix --unsafe-fixes"), None where there is nothing to write. `blockers` keep the file from the next level, nearest level
    first; `step` is the smallest thing that a person can do about them. `problem` says which edits were left out because they
    would not work.
    """

    path: str
    status: Status | None
    level: Level | None
    error: str | None
    swaps: tuple[PlannedSwap, ...] = ()
    edits: tuple[PlannedEdit, ...] = ()
    flags: str | None = None
    blockers: tuple[Blocker, ...] = ()
    step: Step | None = None
    gain: Gain | None = None
    problem: str | None = None


def plan_source(
    path: str, data: bytes, catalog: Catalog, settings: Settings, *, tree: BuildContext | None = None
) -> FilePlan:
    """The plan for one Dockerfile, given as its bytes; nothing is written. `tree` is the build context, where there is one.

    Raises what `check_source` raises.
    """
    from .levels import migrate_source

    migration = migrate_source(path, data, catalog, settings, unsafe=True, tree=tree)
    return plan_of(migration, catalog, settings)


def plan_of(migration: Migration, catalog: Catalog, settings: Settings) -> FilePlan:
    """The plan that carries out `migration`, which was made with unsafe fixes under `settings`.

    Raises ValueError for a registry template that makes no references.
    """
    before, after = migration.before, migration.after
    if before.status is None or before.source is None:
        return FilePlan(before.path, None, None, before.error)
    status, level = _reached(migration)
    changed = before.source.data != migration.data
    found = blockers(migration, status, level)
    unsafe = any(fix.safety == "unsafe" for fix in migration.applied)
    return FilePlan(
        before.path,
        status,
        level,
        None,
        _swaps(before, after),
        _edits(before, migration.applied),
        ("--fix --unsafe-fixes" if unsafe else "--fix") if changed else None,
        found,
        step(migration, status, found),
        gain_of(before, after, catalog, settings),
        migration.problem,
    )


def _reached(migration: Migration) -> tuple[Status, Level | None]:
    """Status and level of the plan: how the file gets to be hardened, or why it does not."""
    before, after, level = migration.before.status, migration.after.status, migration.level
    if after == "unsupported":
        return "unsupported", level
    if after != "hardened" or level is None:
        return "manual", level  # what is offered still, but was left out, is for a person as well
    if before == "hardened":
        return "hardened", level
    return "swappable" if before == "swappable" and level != "split" else "fixable", level


def _swaps(before: FileReport, after: FileReport) -> tuple[PlannedSwap, ...]:
    """A row for each stage of the rewritten file, paired with the stage that it comes from.

    A split leaves the text of the final stage where it is and adds stages behind it.
    """
    added = len(after.stages) - len(before.stages)
    if added < 0:
        return tuple(_swap(stage, stage) for stage in before.stages)
    final = next((stage.index for stage in before.stages if stage.role == "final"), len(before.stages) - 1)
    rows = []
    for number, stage in enumerate(after.stages):
        if final < number <= final + added:
            rows.append(_added(stage))
        else:
            rows.append(_swap(before.stages[number if number <= final else number - added], stage))
    return tuple(rows)


def _swap(was: StageReport, now: StageReport) -> PlannedSwap:
    reached = now.base != was.base and now.match == "hardened"
    target = now.base if reached else was.target
    return PlannedSwap(
        now.name, now.role, was.line, was.base, target, was.match, reached, was.reasons, was.alternatives
    )


def _added(stage: StageReport) -> PlannedSwap:
    reached = stage.match == "hardened"
    target = stage.base if reached else stage.target
    return PlannedSwap(
        stage.name, stage.role, None, None, target, stage.match, reached, stage.reasons, stage.alternatives
    )


def _edits(before: FileReport, applied: tuple[Fix, ...]) -> tuple[PlannedEdit, ...]:
    """The `applied` fixes in words, in the order of the lines that they answer; what is known of no line comes last.

    A fix of a later round is known by its title: the same was offered for the file as it is, at least its first half, before
    ", and". The very first one was made in that file, whoever found it.
    """
    source = before.source
    if source is None:
        return ()
    by_fix: dict[Fix, list[Finding]] = {}
    by_title: dict[str, list[Finding]] = {}
    for finding in before.findings:
        for fix in finding.fixes:
            by_fix.setdefault(fix, []).append(finding)
            for title in {fix.title, _head(fix.title)}:
                by_title.setdefault(title, []).append(finding)
    answered: dict[str, list[Finding]] = {}
    unsafe: set[str] = set()
    for fix in applied:
        answered.setdefault(fix.title, []).extend(by_fix.get(fix) or ())
        if fix.safety == "unsafe":
            unsafe.add(fix.title)
    edits = []
    for title, findings in answered.items():
        known = findings or by_title.get(title) or by_title.get(_head(title), [])
        lines = tuple(sorted({source.line_of(finding.span.start) for finding in known}))
        rules = tuple(sorted({finding.rule for finding in known}))
        if not known and title == applied[0].title and applied[0].edits:
            lines = (source.line_of(applied[0].edits[0].start),)
        edits.append(PlannedEdit(title, "unsafe" if title in unsafe else "safe", rules, lines))
    return tuple(sorted(edits, key=lambda edit: edit.lines[:1] or (_LAST,)))


def _head(title: str) -> str:
    return title.partition(", and ")[0]


_LAST = 1 << 62

# What is cheap comes first. A file that could not be read waits for a person; what is done is at the end.
_STATUSES: tuple[Status | None, ...] = ("swappable", "fixable", "manual", "unsupported", None, "hardened")
_LEVELS: tuple[Level | None, ...] = ("runtime", "split", "dev", None)


def work_list(plans: Iterable[FilePlan]) -> list[FilePlan]:
    """`plans` in the order to do them in: by status, cheapest first, then by level, strongest first, then by path.

    The order of statuses is swappable, fixable, manual, unsupported, not read, and hardened at the end.
    """
    return sorted(plans, key=lambda one: (_STATUSES.index(one.status), _LEVELS.index(one.level), one.path))


class PlanGroup(NamedTuple):
    """How many `files` are of one `status` (None: not read) and `level`."""

    status: Status | None
    level: Level | None
    files: int


class PlanTotals(NamedTuple):
    """Numbers over many plans: `files`, and how many of each status and level (`groups`, in the order of a work list).

    The rest counts images that ship and that the plans change: all of them (`images`), those known to stop starting as root, to
    lose the shell and to lose the package manager, and those of which one side of that is not known.
    """

    files: int
    groups: tuple[PlanGroup, ...]
    images: int
    stop_root: int
    lose_shell: int
    lose_package_manager: int
    unknown_root: int
    unknown_shell: int
    unknown_package_manager: int


def plan_totals(plans: Iterable[FilePlan]) -> PlanTotals:
    """Count `plans`."""
    counts: dict[tuple[Status | None, Level | None], int] = {}
    gains: list[Gain] = []
    for one in plans:
        counts[one.status, one.level] = counts.get((one.status, one.level), 0) + 1
        if one.gain is not None and one.gain.reached:
            gains.append(one.gain)
    order = sorted(counts, key=lambda key: (_STATUSES.index(key[0]), _LEVELS.index(key[1])))
    return PlanTotals(
        sum(counts.values()),
        tuple(PlanGroup(status, level, counts[status, level]) for status, level in order),
        len(gains),
        sum(gain.stops_root for gain in gains),
        sum(gain.loses_shell for gain in gains),
        sum(gain.loses_package_manager for gain in gains),
        sum(None in (gain.before.root, gain.after.root) for gain in gains),
        sum(None in (gain.before.shell, gain.after.shell) for gain in gains),
        sum(None in (gain.before.package_manager, gain.after.package_manager) for gain in gains),
    )

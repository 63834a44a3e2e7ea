"""What is done with one file: read, judge, perhaps write, and lay out what to say. Runs in workers as well."""

from __future__ import annotations

import os

from .._record import NamedTuple
from ..project.context import DirectoryContext, open_context
from ..project.reader import ReadError, read_file
from ..report.tally import Tally, count
from ..rules.findings import FileReport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.store import Catalog
    from ..choices import FailOn, Format
    from ..project.baseline import Counts
    from ..project.changed_lines import Ranges
    from ..project.roots import Roots
    from ..report.statistics import RuleCount
    from ..report.style import Style
    from ..settings import Settings


AROUND = (".yml", ".yaml", ".py", ".hcl", ".tpl", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
"""Ends of names that no Dockerfile has: such a file that is named is read as what it is."""


class Job(NamedTuple):
    """What to do with each file of a run; the same for all of them, and small enough to send to a worker.

    `diff` wins over `fix`. Symbolic links are written through only below `roots`, and build contexts outside of a git work tree
    lie there. `escape` is set where what is printed goes to a terminal. `fail_on` is the least severity that makes the run fail.
    `catalog` is an overlay file, `baseline` a file of findings that are known, or with `collect` are to be known from now on.
    `changed` holds the changed lines of each file (None: all) where only these count. With `statistics` the findings are
    counted by rule and not laid out. With `project` the files around Dockerfiles are read as well.
    """

    settings: Settings
    format: Format
    style: Style
    fix: bool
    unsafe: bool
    diff: bool
    roots: Roots
    escape: bool
    fail_on: FailOn = "warning"
    catalog: str | None = None
    baseline: str | None = None
    collect: bool = False
    changed: dict[str, Ranges | None] | None = None
    statistics: bool = False
    project: bool = False


class Outcome(NamedTuple):
    """What came of one file: bytes to print, lines to say on standard error, counts, and what the exit code needs.

    `extra` is what the frame of the format is given besides (`dhi_migrate.report.frame`). `reached` tells that a finding is
    severe enough for the run to fail. `known` findings are in the baseline and not among those that are counted, `gone` ones
    are in it and no longer found. `by_rule` is for statistics, `collected` for the baseline to be written: its path, the name
    of the file in it, and what was found.
    """

    out: bytes
    said: tuple[str, ...]
    tally: Tally
    failed: bool
    differs: bool
    extra: bytes = b""
    reached: bool = False
    known: int = 0
    gone: int = 0
    by_rule: tuple[RuleCount, ...] = ()
    collected: tuple[str, str, Counts] | None = None


def process_file(path: str, job: Job, catalog: Catalog) -> Outcome:
    """Do the `job` on the file at `path`. Nothing is raised for a bad file, however bad."""
    data = read_file(path)
    if isinstance(data, ReadError):
        return failure(path, data.message, job)
    if path.endswith(AROUND) or (job.project and not _is_dockerfile(path)):
        from .around import is_project_file, process_project_file

        if is_project_file(path):
            try:
                return process_project_file(path, data, job, catalog)
            except Exception as error:
                return failure(path, internal(error), job)
    return _guarded(path, data, job, catalog, open_context(path, data, job.roots))


def process_stream(name: str, data: bytes, job: Job, catalog: Catalog) -> tuple[Outcome, bytes]:
    """Do the `job` on `data` from standard input; the bytes after fixing (or as they were) come with the outcome.

    Where `name` is that of a file, as an editor gives it, the text stands for that file and has its build context.
    """
    tree = open_context(name, data, job.roots) if os.path.isfile(name) else None
    if not job.fix or job.diff:
        return _guarded(name, data, job, catalog, tree), data
    from ..migrate.levels import migrate_source

    try:
        migration = migrate_source(name, data, catalog, job.settings, unsafe=job.unsafe, tree=tree)
    except Exception as error:
        return failure(name, internal(error), job), data
    said = () if migration.problem is None else (f"{name}: {migration.problem}",)
    outcome = told(migration.after, job, said, fixed=len(migration.applied), differs=migration.data != data)
    return outcome, migration.data


def failure(path: str, message: str, job: Job) -> Outcome:
    """Give the outcome of a file that could not be dealt with."""
    report = FileReport(path, None, None, None, message, (), ())
    return _report(report, job, (f"{path}: {message}",))


def _is_dockerfile(path: str) -> bool:
    from ..project.names import is_dockerfile_name

    return is_dockerfile_name(os.path.basename(path))


def _guarded(path: str, data: bytes, job: Job, catalog: Catalog, tree: DirectoryContext | None) -> Outcome:
    """Judge one file; a fault of ours in one file must not cost the report of the others."""
    try:
        return _judge(path, data, job, catalog, tree)
    except Exception as error:
        return failure(path, internal(error), job)


def _judge(path: str, data: bytes, job: Job, catalog: Catalog, tree: DirectoryContext | None) -> Outcome:
    if not job.fix and not job.diff:
        if job.settings.level in {"split", "dev"}:
            from ..migrate.examine import examine as look
        else:
            from ..rules.engine import check_source as look
        return told(look(path, data, catalog, job.settings, tree=tree), job, ())
    from ..migrate.levels import migrate_source

    migration = migrate_source(path, data, catalog, job.settings, unsafe=job.unsafe, tree=tree)
    said = () if migration.problem is None else (f"{path}: {migration.problem}",)
    rewritten = Rewritten(migration.data, migration.before, migration.after, len(migration.applied))
    return deliver(rewritten, data, job, said)


class Rewritten(NamedTuple):
    """What a file becomes: its new bytes, the reports of it before and after (with the path to be shown), the fixes made."""

    data: bytes
    before: FileReport
    after: FileReport
    fixed: int


def deliver(rewritten: Rewritten, data: bytes, job: Job, said: tuple[str, ...]) -> Outcome:
    """Show the difference to the bytes `data` where the `job` is to do that, and write the file where it is not."""
    before, path = rewritten.before, rewritten.before.path
    differs = rewritten.data != data
    if job.diff:
        from ..report.diff import show_diff, unified_diff

        diff = unified_diff(data, rewritten.data, path)
        shown = show_diff(diff, job.style) if job.escape else diff
        return Outcome(shown, said, count(before), before.error is not None, differs)
    if differs:
        from ..migrate.writer import WriteError, write_atomic

        try:
            write_atomic(path, rewritten.data, data, roots=job.roots)
        except WriteError as error:
            return told(before._replace(error=str(error)), job, (*said, f"{path}: {error}"))
    return told(rewritten.after, job, said, fixed=rewritten.fixed, differs=differs)


def told(report: FileReport, job: Job, said: tuple[str, ...], *, fixed: int = 0, differs: bool = False) -> Outcome:
    """Lay out what is to be shown of a report: without what is known already, or not on changed lines."""
    if job.settings.severity:
        from ..rules.severity import with_severities

        report = with_severities(report, job.settings)
    known = gone = 0
    collected = None
    if job.baseline is not None and report.source is not None:
        from ..project.baseline import baseline_name, count_findings, read_baseline, without_known

        name = baseline_name(job.baseline, report.path)
        if job.collect:
            collected = (job.baseline, name, count_findings(report))
            report = report._replace(findings=())
        else:
            from ..rules.engine import chosen_rules

            entries = read_baseline(job.baseline).get(name, {})
            report, known, gone = without_known(report, entries, chosen_rules(job.settings).takes)
    changed = None if job.changed is None else job.changed.get(report.path)
    if changed is not None:
        from ..project.changed_lines import on_changed_lines

        report = on_changed_lines(report, changed)
    outcome = _report(report, job, said, fixed=fixed, differs=differs)
    by_rule: tuple[RuleCount, ...] = ()
    if job.statistics:
        from ..report.statistics import count_rules

        by_rule = count_rules(report)
        outcome = outcome._replace(out=b"", extra=b"")
    reached = outcome.tally.reaches(job.fail_on)
    return outcome._replace(reached=reached, known=known, gone=gone, by_rule=by_rule, collected=collected)


def _report(report: FileReport, job: Job, said: tuple[str, ...], *, fixed: int = 0, differs: bool = False) -> Outcome:
    """Lay out a report in the format of the job."""
    text = extra = ""
    if job.diff:
        pass
    elif job.format == "text":
        from ..report.text import render_text

        text = render_text(report, job.style)
    elif job.format == "concise":
        from ..report.concise import render_concise

        text = render_concise(report, job.style)
    else:
        from ..report.frame import View, lay_out

        text, extra = lay_out(job.format, report, View(_directory(), job.fail_on))
    return Outcome(text.encode("utf-8"), said, count(report, fixed), report.error is not None, differs, extra.encode())


def _directory() -> str:
    """The directory that the run was started in; the root where it is not there any more."""
    try:
        return os.getcwd()
    except OSError:
        return os.sep


def internal(error: Exception) -> str:
    """Describe a fault of ours by its kind and place, without a page of traceback."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" in {place.tb_frame.f_globals.get('__name__')}, line {place.tb_lineno}"
    return f"internal error{where}: {type(error).__name__}: {error}; please report it"

"""What is done with one file: read, judge, perhaps write, and lay out what to say. Runs in workers as well."""

from __future__ import annotations

import os

from .._record import NamedTuple
from ..catalog.store import Catalog
from ..project.context import DirectoryContext, open_context
from ..project.reader import ReadError, read_file
from ..report.style import Style
from ..report.tally import Tally, count
from ..rules.findings import FileReport
from ..settings import Settings
from .options import Format


class Job(NamedTuple):
    """What to do with each file of a run; the same for all of them, and small enough to send to a worker.

    `diff` wins over `fix`. Symbolic links are written through only below `roots`, and build contexts outside of a git work tree
    lie there. `escape` is set where what is printed goes to a terminal.
    """

    settings: Settings
    format: Format
    style: Style
    fix: bool
    unsafe: bool
    diff: bool
    roots: tuple[str, ...]
    escape: bool


class Outcome(NamedTuple):
    """What came of one file: bytes to print, lines to say on standard error, counts, and what the exit code needs."""

    out: bytes
    said: tuple[str, ...]
    tally: Tally
    failed: bool
    differs: bool


def process_file(path: str, job: Job, catalog: Catalog) -> Outcome:
    """Do the `job` on the file at `path`. Nothing is raised for a bad file, however bad."""
    data = read_file(path)
    if isinstance(data, ReadError):
        return failure(path, data.message, job)
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
        return failure(name, _internal(error), job), data
    said = () if migration.problem is None else (f"{name}: {migration.problem}",)
    outcome = _report(migration.after, job, said, fixed=len(migration.applied), differs=migration.data != data)
    return outcome, migration.data


def failure(path: str, message: str, job: Job) -> Outcome:
    """Give the outcome of a file that could not be dealt with."""
    report = FileReport(path, None, None, None, message, (), ())
    return _report(report, job, (f"{path}: {message}",))


def _guarded(path: str, data: bytes, job: Job, catalog: Catalog, tree: DirectoryContext | None) -> Outcome:
    """Judge one file; a fault of ours in one file must not cost the report of the others."""
    try:
        return _judge(path, data, job, catalog, tree)
    except Exception as error:
        return failure(path, _internal(error), job)


def _judge(path: str, data: bytes, job: Job, catalog: Catalog, tree: DirectoryContext | None) -> Outcome:
    if not job.fix and not job.diff:
        if job.settings.level in {"split", "dev"}:
            from ..migrate.examine import examine as look
        else:
            from ..rules.engine import check_source as look
        return _report(look(path, data, catalog, job.settings, tree=tree), job, ())
    from ..migrate.levels import migrate_source

    migration = migrate_source(path, data, catalog, job.settings, unsafe=job.unsafe, tree=tree)
    said = () if migration.problem is None else (f"{path}: {migration.problem}",)
    differs = migration.data != data
    if job.diff:
        from ..report.diff import show_diff, unified_diff

        diff = unified_diff(data, migration.data, path)
        shown = show_diff(diff, job.style) if job.escape else diff
        return Outcome(shown, said, count(migration.before), migration.before.error is not None, differs)
    if differs:
        from ..migrate.writer import WriteError, write_atomic

        try:
            write_atomic(path, migration.data, data, roots=job.roots)
        except WriteError as error:
            report = migration.before._replace(error=str(error))
            return _report(report, job, (*said, f"{path}: {error}"))
    return _report(migration.after, job, said, fixed=len(migration.applied), differs=differs)


def _report(report: FileReport, job: Job, said: tuple[str, ...], *, fixed: int = 0, differs: bool = False) -> Outcome:
    """Lay out a report in the format of the job."""
    if job.diff:
        text = ""
    elif job.format == "json":
        from ..report.json_report import render_file

        text = render_file(report)
    elif job.format == "concise":
        from ..report.concise import render_concise

        text = render_concise(report, job.style)
    else:
        from ..report.text import render_text

        text = render_text(report, job.style)
    return Outcome(text.encode("utf-8"), said, count(report, fixed), report.error is not None, differs)


def _internal(error: Exception) -> str:
    """Describe a fault of ours by its kind and place, without a page of traceback."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" in {place.tb_frame.f_globals.get('__name__')}, line {place.tb_lineno}"
    return f"internal error{where}: {type(error).__name__}: {error}; please report it"

"""The command ``plan``: what a migration of these files takes and gains, as a work list. Nothing is written."""

from __future__ import annotations

import sys
from itertools import chain

from ..migrate.plan import FilePlan, plan_source, plan_totals, work_list
from ..project.context import DirectoryContext, open_context
from ..project.reader import MAX_BYTES, ReadError, read_file, reason
from .check import STDIN_NAME, find_files, hint, make_jobs, named_files, open_output, start_of, tell_notices
from .console import say
from .freshness import staleness_notice
from .interrupt import Interruption
from .pool import results
from .prepare import RunError, prepare
from .progress import Progress
from .reporter import FAILED, OK
from .work import Job, internal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..catalog.model import CatalogInfo
    from ..catalog.store import Catalog
    from ..choices import PlanFormat
    from ..project.repository_plan import RepositoryPlan
    from ..report.style import Style
    from .options import CheckOptions


def run(options: CheckOptions, format: PlanFormat) -> int:
    """Plan the files that `options` name, print the plans in `format`, and give the exit code.

    Of `options` those count that the command has. 0: all files were planned, whatever was found; 2: a usage, configuration or I/O
    error. Nothing is raised, interruption by the keyboard included.
    """
    try:
        return _run(options, format)
    except RunError as trouble:
        for line in str(trouble).split("\n"):
            say(line)
    except KeyboardInterrupt:
        say("interrupted")
    except OSError as error:
        say(f"cannot write the plan: {reason(error)}")
    return FAILED


def _run(options: CheckOptions, format: PlanFormat) -> int:
    stream = options.paths == ("-",)
    given, found = ((), None) if stream else find_files(options)
    files = () if found is None else found.files
    prepared = prepare(options, files, named_files(given), "Dockerfile" if stream else start_of(given))
    output = open_output(options.output, files)
    try:
        jobs = make_jobs(options, prepared, output, given)
        with Interruption(wanted=len(files) > 1) as stop:
            if found is None:
                _tell_age(prepared.catalog, quiet=options.quiet)
                planned = iter((_plan_stream(jobs[0], prepared.catalog),))
            else:
                tell_notices(options, found, prepared, given)
                missing = (failure(error.path, error.message + hint(error.path), jobs[0]) for error in found.errors)
                planned = chain(missing, results(plan_file, failure, prepared.items, jobs, options.jobs, stop))
            plans = _collected(planned, len(files), quiet=options.quiet)
            if stop.at is not None:
                raise KeyboardInterrupt
        from .repository import around_plans

        around = around_plans(options, given, plans, prepared.catalog, jobs[0].settings)
        for piece in _laid_out(plans, around, format, jobs[0].style, prepared.catalog.info, quiet=options.quiet):
            output.write(piece.encode())
            if output.broken:
                break
        output.finish()
    finally:
        output.close()
    return FAILED if any(plan.error is not None for plan in plans) else OK


def _tell_age(catalog: Catalog, *, quiet: bool) -> None:
    """Say that the catalog data is old, if it is."""
    notice = None if quiet else staleness_notice(catalog.info.date)
    if notice is not None:
        say(notice)


def plan_file(path: str, job: Job, catalog: Catalog) -> FilePlan:
    """Give the plan for the file at `path`, by the settings of `job`. Nothing is raised for a bad file, however bad."""
    data = read_file(path)
    if isinstance(data, ReadError):
        return failure(path, data.message, job)
    return _planned(path, data, job, catalog, open_context(path, data, job.roots))


def failure(path: str, message: str, job: Job) -> FilePlan:
    """Give the plan of a file that could not be dealt with."""
    del job  # every function of a pool is given it
    return FilePlan(path, None, None, message)


def _plan_stream(job: Job, catalog: Catalog) -> FilePlan:
    """Give the plan for standard input, which has no build context."""
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return failure(STDIN_NAME, f"is larger than {MAX_BYTES} bytes, the most that is read", job)
    return _planned(STDIN_NAME, data, job, catalog, None)


def _planned(path: str, data: bytes, job: Job, catalog: Catalog, tree: DirectoryContext | None) -> FilePlan:
    """Plan one file; a fault of ours in one file must not cost the plans of the others."""
    try:
        return plan_source(path, data, catalog, job.settings, tree=tree)
    except Exception as error:
        return failure(path, internal(error), job)


def _collected(planned: Iterator[FilePlan], total: int, *, quiet: bool) -> list[FilePlan]:
    """Wait for all of `total` plans, and say which files could not be read as they come."""
    plans: list[FilePlan] = []
    with Progress(total, wanted=not quiet) as progress:
        for plan in planned:
            if plan.error is not None:
                progress.make_way()
                say(f"{plan.path}: {plan.error}")
            plans.append(plan)
            progress.advance()
    return work_list(plans)


def _laid_out(
    plans: Sequence[FilePlan],
    around: RepositoryPlan | None,
    format: PlanFormat,
    style: Style,
    info: CatalogInfo,
    *,
    quiet: bool,
) -> Iterator[str]:
    """Give the report in pieces; without the totals when `quiet`, except in JSON, whose form is fixed."""
    totals = plan_totals(plans)
    if format == "json":
        from ..report import plan_json
        from ..report.json_report import render_head

        yield render_head(info)
        for number, plan in enumerate(plans):
            yield ("," if number else "") + plan_json.render_file(plan)
        yield plan_json.render_tail(totals, around)
    elif format == "markdown":
        from ..report import plan_markdown

        yield plan_markdown.render_head()
        yield from map(plan_markdown.render_row, plans)
        if around is not None:
            yield plan_markdown.render_repository(around)
        if not quiet:
            yield plan_markdown.render_tail(totals)
    else:
        from ..report import plan_text

        for plan in plans:
            yield plan_text.render_plan(plan, style)
        if around is not None:
            from ..report.plan_repository import render_repository

            yield render_repository(around, style)
        if not quiet:
            yield plan_text.render_plan_totals(totals, style)

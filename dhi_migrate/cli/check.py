"""The command ``check``: options in, a report out, an exit code back."""

from __future__ import annotations

import os
import sys
from itertools import chain

from ..project.reader import MAX_BYTES, reason
from ..project.roots import Roots
from .console import Output, say, style_for
from .freshness import staleness_notice
from .interrupt import Interruption
from .options import COMMANDS, CheckOptions
from .pool import outcomes
from .prepare import Prepared, RunError, prepare
from .progress import Progress
from .reporter import FAILED, Reporter
from .work import Job, Outcome, failure, process_stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from typing import Final

    from ..project.config_settings import FileSettings
    from ..project.discovery import Discovery

STDIN_NAME: Final = "<stdin>"


def run(options: CheckOptions) -> int:
    """Do what `options` say, on the streams of this process, and give the exit code.

    0: nothing at or above ``--fail-on``; 1: findings (with ``--diff``: a difference); 2: a usage, configuration or I/O
    error. Nothing is raised, interruption by the keyboard included.
    """
    try:
        if options.paths == ("-",):
            return _check_stream(options)
        return _check_files(options)
    except RunError as trouble:
        for line in str(trouble).split("\n"):
            say(line)
    except KeyboardInterrupt:
        say("interrupted")
    except OSError as error:
        say(f"cannot write the report: {reason(error)}")
    return FAILED


def _check_files(options: CheckOptions) -> int:
    given, found = find_files(options)
    prepared = prepare(options, found.files, named_files(given), start_of(given))
    files = [path for path, _ in prepared.items]
    if options.write_baseline:
        from .known import read_old

        old = read_old(prepared.settings)
    output = open_output(options.output, files)
    jobs = make_jobs(options, prepared, output, given)
    tell_notices(options, found, prepared, given)
    missing = (failure(error.path, error.message + hint(error.path), jobs[0]) for error in found.errors)
    reporter = Reporter(options, output, jobs[0].style, prepared.catalog.info)
    try:
        reporter.begin()
        with Interruption(wanted=len(files) > 1) as stop, Progress(len(files), wanted=not options.quiet) as progress:
            for outcome in chain(missing, _work(options, prepared, jobs, stop)):
                if outcome.out or outcome.said:
                    progress.make_way()
                if not reporter.take(outcome):
                    break
                progress.advance()
        if stop.at is not None:
            return _stopped(options, reporter, stop.at, len(files) + len(found.errors))
        if not options.write_baseline and not options.diff:
            _count_gone(reporter, prepared)
        code = reporter.finish()
        output.finish()
    finally:
        output.close()
    if options.write_baseline:
        from .known import write_new

        write_new(reporter.collected, old, configured=options.baseline is not None)
    return code


def _work(options: CheckOptions, prepared: Prepared, jobs: Sequence[Job], stop: Interruption) -> Iterator[Outcome]:
    """Do all files; those that have to change together as one set where files are changed."""
    if options.project and (options.fix or options.diff):
        from .sets import outcomes_in_sets

        return outcomes_in_sets(prepared.items, jobs, options.jobs, stop)
    return outcomes(prepared.items, jobs, options.jobs, stop)


def _stopped(options: CheckOptions, reporter: Reporter, at: str, total: int) -> int:
    """End a run that was interrupted: say how far it got. A report on a stream ends as it should, one in a file is not kept."""
    if options.output is None:
        reporter.finish()
    wrote = (
        f", {reporter.tally.fixed_files} of them fixed and written whole" if options.fix and not options.diff else ""
    )
    kept = f"; {options.output} was not written" if options.output is not None else ""
    say(
        f"interrupted: {reporter.tally.files} of {total} files were checked{wrote}; the first that was not is {at}{kept}"
    )
    return FAILED


def _count_gone(reporter: Reporter, prepared: Prepared) -> None:
    """Count the known findings of files that are not there any more."""
    baselines = dict.fromkeys(one.baseline for one in prepared.settings if one.baseline is not None)
    if baselines:
        from .known import count_gone

        for path in baselines:
            reporter.count_gone(count_gone(path))


def find_files(options: CheckOptions) -> tuple[tuple[str, ...], Discovery]:
    """The paths that the user gave, and the files that they stand for. Raises `RunError` for a list that cannot be read."""
    from ..project.discovery import discover

    if options.files_from is None:
        given = options.paths or (".",)
    else:
        from .files_from import read_list

        given = read_list(options.files_from)
    also = None
    if options.project:
        from ..project.references import kind_of

        also = kind_of
    return given, discover(given, options.exclude, force_exclude=options.force_exclude, also=also)


def named_files(given: Sequence[str]) -> frozenset[str]:
    """The files among the paths `given`, as they are called when they are found."""
    return frozenset(os.path.normpath(path) for path in given if not os.path.isdir(path))


def start_of(given: Sequence[str]) -> str:
    """The path of a file, which need not exist, whose settings are those of a run without files."""
    first = given[0] if given else "."
    return os.path.join(first, "Dockerfile") if os.path.isdir(first) else first


def tell_notices(options: CheckOptions, found: Discovery, prepared: Prepared, given: Collection[str]) -> None:
    """Say on standard error what was passed over, and whether the catalog is old; nothing when quiet."""
    if options.quiet:
        return
    stale = staleness_notice(prepared.catalog.info.date)
    if stale is not None:
        say(stale)
    for notice in (*found.notices, *prepared.notices):
        say(f"notice: {notice}")
    if not prepared.items and not found.errors:
        if options.diff_base is not None and found.files:
            say(f"no Dockerfile has changed since {options.diff_base}")
        else:
            say(f"no Dockerfiles found in {', '.join(given) or 'the list'}")


def _check_stream(options: CheckOptions) -> int:
    """Check standard input. With ``--fix`` the fixed text goes to standard output, and the report makes way for it."""
    name = options.stdin_filename or STDIN_NAME
    prepared = prepare(options, (), (), options.stdin_filename or "Dockerfile")
    stale = None if options.quiet else staleness_notice(prepared.catalog.info.date)
    if stale is not None:
        say(stale)
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    fixing = options.fix and not options.diff
    output = Output(sys.stderr) if fixing and options.output is None else open_output(options.output, ())
    (job,) = make_jobs(options, prepared, output, ())
    fixed = b""
    if len(data) > MAX_BYTES:
        outcome = failure(name, f"is larger than {MAX_BYTES} bytes, the most that is read", job)
    else:
        outcome, fixed = process_stream(name, data, job, prepared.catalog)
    reporter = Reporter(options, output, job.style, prepared.catalog.info)
    try:
        if fixing:
            Output(sys.stdout).write(fixed)
        reporter.begin()
        reporter.take(outcome)
        code = reporter.finish()
        output.finish()
        return code
    finally:
        output.close()


def make_jobs(options: CheckOptions, prepared: Prepared, output: Output, given: Sequence[str]) -> tuple[Job, ...]:
    """What is to be done, for each of the settings of the run."""
    directories = [path if os.path.isdir(path) else os.path.dirname(path) or "." for path in given]
    roots = Roots(tuple(dict.fromkeys((".", *directories))))
    style = style_for(output, unsafe_fixes=options.unsafe_fixes)

    def job(chosen: FileSettings) -> Job:
        baseline = chosen.baseline
        if options.write_baseline and baseline is None:
            from ..project.baseline import DEFAULT_NAME

            baseline = DEFAULT_NAME
        return Job(
            settings=chosen.settings,
            format=options.format,
            style=style,
            fix=options.fix,
            unsafe=options.unsafe_fixes,
            diff=options.diff,
            roots=roots,
            escape=output.terminal,
            project=options.project,
            fail_on=chosen.fail_on,
            catalog=chosen.catalog,
            baseline=baseline,
            collect=options.write_baseline,
            changed=prepared.changed,
            statistics=options.statistics,
        )

    return tuple(map(job, prepared.settings))


def open_output(path: str | None, files: Sequence[str]) -> Output:
    """Open the output. Raises `RunError` where that fails, or would overwrite one of the `files` that are checked."""
    if path is None:
        return Output(sys.stdout)
    if os.path.exists(path):
        for file in files:
            if os.path.exists(file) and os.path.samefile(path, file):
                raise RunError(f"--output {path} would overwrite {file}, which is to be checked")
    try:
        return Output(sys.stdout, path)
    except (OSError, ValueError) as error:
        raise RunError(f"--output {path}: {reason(error)}") from error


def hint(path: str) -> str:
    """Guess that a path which is not there was meant as a command."""
    if os.sep in path or os.path.lexists(path):
        return ""
    import difflib

    near = difflib.get_close_matches(path, COMMANDS, 1)
    return f" (did you mean the command {near[0]!r}? It has to come first)" if near else ""

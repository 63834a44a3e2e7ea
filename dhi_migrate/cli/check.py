"""The command ``check``: options in, a report out, an exit code back."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import chain
from typing import Final

from ..catalog.store import Catalog, CatalogError
from ..project.reader import MAX_BYTES, reason
from ..settings import Settings
from .console import Output, say, style_for
from .freshness import staleness_notice
from .options import COMMANDS, CheckOptions
from .pool import load_catalog, outcomes
from .progress import Progress
from .reporter import FAILED, Reporter
from .work import Job, failure, process_stream

STDIN_NAME: Final = "<stdin>"


class _RunError(Exception):
    """Something that ends the run before any file is judged; the text says what, for people."""


def run(options: CheckOptions) -> int:
    """Do what `options` say, on the streams of this process, and give the exit code.

    0: nothing at or above ``--fail-on``; 1: findings (with ``--diff``: a difference); 2: a usage, configuration or I/O
    error. Nothing is raised, interruption by the keyboard included.
    """
    try:
        settings = _settings(options)
        catalog = _catalog(options.catalog)
        notice = None if options.quiet else staleness_notice(catalog.info.date)
        if notice is not None:
            say(notice)
        if options.paths == ("-",):
            return _check_stream(options, settings, catalog)
        return _check_files(options, settings, catalog)
    except _RunError as trouble:
        say(str(trouble))
    except KeyboardInterrupt:
        say("interrupted")
    except OSError as error:
        say(f"cannot write the report: {reason(error)}")
    return FAILED


def _check_files(options: CheckOptions, settings: Settings, catalog: Catalog) -> int:
    from ..project.discovery import discover

    given = options.paths or (".",)
    found = discover(given, options.exclude, force_exclude=options.force_exclude)
    output = _open(options.output, found.files)
    job = _job(options, settings, output, given)
    if not options.quiet:
        for notice in found.notices:
            say(f"notice: {notice}")
        if not found.files and not found.errors:
            say(f"no Dockerfiles found in {', '.join(given)}")
    missing = (failure(error.path, error.message + _hint(error.path), job) for error in found.errors)
    checked = outcomes(found.files, job, catalog, options.catalog, options.jobs)
    reporter = Reporter(options, output, job.style, catalog.info)
    try:
        reporter.begin()
        with Progress(len(found.files), wanted=not options.quiet) as progress:
            for outcome in chain(missing, checked):
                if outcome.out or outcome.said:
                    progress.make_way()
                if not reporter.take(outcome):
                    break
                progress.advance()
        return reporter.finish()
    finally:
        output.close()


def _check_stream(options: CheckOptions, settings: Settings, catalog: Catalog) -> int:
    """Check standard input. With ``--fix`` the fixed text goes to standard output, and the report makes way for it."""
    name = options.stdin_filename or STDIN_NAME
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    fixing = options.fix and not options.diff
    output = Output(sys.stderr) if fixing and options.output is None else _open(options.output, ())
    job = _job(options, settings, output, ())
    fixed = b""
    if len(data) > MAX_BYTES:
        outcome = failure(name, f"is larger than {MAX_BYTES} bytes, the most that is read", job)
    else:
        outcome, fixed = process_stream(name, data, job, catalog)
    reporter = Reporter(options, output, job.style, catalog.info)
    try:
        if fixing:
            Output(sys.stdout).write(fixed)
        reporter.begin()
        reporter.take(outcome)
        return reporter.finish()
    finally:
        output.close()


def _settings(options: CheckOptions) -> Settings:
    """Make the settings of the run. Raises `_RunError` for a rule that does not exist."""
    # With no --select every rule is on, and there is nothing to extend.
    select = options.select + options.extend_select if options.select else ()
    if options.select or options.ignore or options.extend_select:
        from ..rules.registry import UnknownRuleError, match_rules

        try:
            match_rules(options.select + options.extend_select + options.ignore)
        except UnknownRuleError as error:
            raise _RunError(str(error)) from error
    return Settings(
        registry=options.registry,
        target=options.target,
        build_args=_build_args(options.build_args),
        level=options.level,
        select=select,
        ignore=options.ignore,
    )


def _build_args(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Split build arguments; a bare NAME takes its value from the environment, and is left out if it is not set there.

    As ``docker build --build-arg`` does.
    """
    pairs: list[tuple[str, str]] = []
    for argument in given:
        name, equals, value = argument.partition("=")
        if equals:
            pairs.append((name, value))
        elif name in os.environ:
            pairs.append((name, os.environ[name]))
    return tuple(pairs)


def _catalog(overlay: str | None) -> Catalog:
    """Load the catalog. Raises `_RunError` where it, or the overlay, cannot be used."""
    known: tuple[type[Exception], ...] = (CatalogError,)
    if overlay is not None:
        from ..catalog.overlay import OverlayError

        known += (OverlayError,)
    try:
        return load_catalog(overlay)
    except known as error:
        raise _RunError(str(error)) from error


def _job(options: CheckOptions, settings: Settings, output: Output, given: Sequence[str]) -> Job:
    directories = [path if os.path.isdir(path) else os.path.dirname(path) or "." for path in given]
    return Job(
        settings=settings,
        format=options.format,
        style=style_for(output, unsafe_fixes=options.unsafe_fixes),
        fix=options.fix,
        unsafe=options.unsafe_fixes,
        diff=options.diff,
        roots=tuple(dict.fromkeys((".", *directories))),
        escape=output.terminal,
    )


def _open(path: str | None, files: Sequence[str]) -> Output:
    """Open the output. Raises `_RunError` where that fails, or would overwrite one of the `files` that are checked."""
    if path is None:
        return Output(sys.stdout)
    if os.path.exists(path):
        for file in files:
            if os.path.exists(file) and os.path.samefile(path, file):
                raise _RunError(f"--output {path} would overwrite {file}, which is to be checked")
    try:
        return Output(sys.stdout, path)
    except (OSError, ValueError) as error:
        raise _RunError(f"--output {path}: {reason(error)}") from error


def _hint(path: str) -> str:
    """Guess that a path which is not there was meant as a command."""
    if os.sep in path or os.path.lexists(path):
        return ""
    import difflib

    near = difflib.get_close_matches(path, COMMANDS, 1)
    return f" (did you mean the command {near[0]!r}? It has to come first)" if near else ""

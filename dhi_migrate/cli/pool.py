"""Many files on many processors, with the outcomes in the order of the files whatever finishes first."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from ..catalog.store import Catalog
from .work import Job, Outcome, failure, process_file

T = TypeVar("T")

_FEW: Final = 50  # files that one process has done before others would have started
_CHUNK: Final = 16  # files sent to a worker at a time


def outcomes(paths: Sequence[str], job: Job, catalog: Catalog, overlay: str | None, jobs: int) -> Iterator[Outcome]:
    """Do `job` on every file of `paths` and give the outcomes in that order.

    `jobs` is the number of processes (0: one a processor); up to 50 files are done in this one. Workers load their own
    catalog with the `overlay` file of this one. A file that kills its worker ends the run with an error outcome.
    """
    return results(process_file, failure, paths, job, catalog, overlay, jobs)


def results(
    task: Callable[[str, Job, Catalog], T],
    lost: Callable[[str, str, Job], T],
    paths: Sequence[str],
    job: Job,
    catalog: Catalog,
    overlay: str | None,
    jobs: int,
) -> Iterator[T]:
    """Do `task`, a function of a module, on every file of `paths`, with the rest as for `outcomes`.

    `lost` makes the result of a file that killed its worker, from its path and a message.
    """
    if len(paths) > _FEW:
        gc.enable()  # it is off for short runs
    count = jobs or _processors()
    if count == 1 or len(paths) <= _FEW:
        for path in paths:
            yield task(path, job, catalog)
        return
    yield from _in_workers(task, lost, paths, job, overlay, min(count, len(paths) // _CHUNK + 1))


def _in_workers(
    task: Callable[[str, Job, Catalog], T],
    lost: Callable[[str, str, Job], T],
    paths: Sequence[str],
    job: Job,
    overlay: str | None,
    count: int,
) -> Iterator[T]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # Forking a process without threads is safe and at once; elsewhere (macOS, Windows) workers start afresh.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    executor = ProcessPoolExecutor(count, context, _start_worker, (task, job, overlay))
    done = 0
    try:
        for outcome in executor.map(_work, paths, chunksize=_CHUNK):
            done += 1
            yield outcome
    except BrokenProcessPool:
        left = len(paths) - done - 1
        message = f"a worker process died; this file and the {left} after it were not finished (try --jobs 1)"
        yield lost(paths[done], message, job)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


_task: Callable[[str, Job, Catalog], Any]
_job: Job
_catalog: Catalog


def _start_worker(task: Callable[[str, Job, Catalog], Any], job: Job, overlay: str | None) -> None:
    """Set up a worker process: the catalog is loaded once, and Ctrl-C is left to the parent."""
    import signal

    global _task, _job, _catalog  # the state of a worker process is its module
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _task = task
    _job = job
    _catalog = load_catalog(overlay)
    gc.enable()
    gc.freeze()


def _work(path: str) -> Any:
    return _task(path, _job, _catalog)


def load_catalog(overlay: str | None) -> Catalog:
    """Load the catalog with the overlay file `overlay` over it (None: without). Raises what the catalog raises."""
    if overlay is None:
        return Catalog.load()
    from ..catalog.overlay import load_overlay

    return Catalog.load(load_overlay(overlay))


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1

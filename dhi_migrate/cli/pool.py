"""Many files on many processors, with the outcomes in the order of the files whatever finishes first."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from ..catalog.store import Catalog
from .work import Job, Outcome, process_file

_FEW: Final = 50  # files that one process has done before others would have started
_CHUNK: Final = 16  # files sent to a worker at a time


def outcomes(paths: Sequence[str], job: Job, catalog: Catalog, overlay: str | None, jobs: int) -> Iterator[Outcome]:
    """Do `job` on every file of `paths` and give the outcomes in that order.

    `jobs` is the number of processes (0: one a processor); up to 50 files are done in this one. Workers load their own
    catalog with the `overlay` file of this one. A file that kills its worker ends the run with an error outcome.
    """
    if len(paths) > _FEW:
        gc.enable()  # it is off for short runs
    count = jobs or _processors()
    if count == 1 or len(paths) <= _FEW:
        for path in paths:
            yield process_file(path, job, catalog)
        return
    yield from _in_workers(paths, job, overlay, min(count, len(paths) // _CHUNK + 1))


def _in_workers(paths: Sequence[str], job: Job, overlay: str | None, count: int) -> Iterator[Outcome]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    from .work import failure

    # Forking a process without threads is safe and at once; elsewhere (macOS, Windows) workers start afresh.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    executor = ProcessPoolExecutor(count, context, _start_worker, (job, overlay))
    done = 0
    try:
        for outcome in executor.map(_work, paths, chunksize=_CHUNK):
            done += 1
            yield outcome
    except BrokenProcessPool:
        lost = len(paths) - done
        message = f"a worker process died; this file and the {lost - 1} after it were not finished (try --jobs 1)"
        yield failure(paths[done], message, job)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


_job: Job
_catalog: Catalog


def _start_worker(job: Job, overlay: str | None) -> None:
    """Set up a worker process: the catalog is loaded once, and Ctrl-C is left to the parent."""
    import signal

    global _job, _catalog  # the state of a worker process is its module
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _job = job
    _catalog = load_catalog(overlay)
    gc.enable()
    gc.freeze()


def _work(path: str) -> Outcome:
    return process_file(path, _job, _catalog)


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

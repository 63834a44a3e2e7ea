"""Many files on many processors, with the outcomes in the order of the files whatever finishes first.

Memory does not grow with the number of files: only so many results wait for their turn.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from functools import lru_cache

from ..catalog.store import Catalog
from .work import Job, Outcome, failure, process_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, Final, TypeVar

    from .interrupt import Interruption

    T = TypeVar("T")

Item = tuple[str, int]
"""A file by its path, and which of the jobs is to be done on it."""

_FEW: Final = 50  # files that one process has done before others would have started
_CHUNK: Final = 16  # files sent to a worker at a time
_AHEAD: Final = 4  # chunks a worker that are sent, or done, before their turn


def outcomes(items: Sequence[Item], jobs: Sequence[Job], count: int, stop: Interruption) -> Iterator[Outcome]:
    """Do its job on every file of `items` and give the outcomes in that order.

    `count` is the number of processes (0: one a processor); up to 50 files are done in this one. A file that kills its worker
    ends the run with an error outcome; `stop` ends it after the files that are begun.
    """
    return results(process_file, failure, items, jobs, count, stop)


def results(
    task: Callable[[str, Job, Catalog], T],
    lost: Callable[[str, str, Job], T],
    items: Sequence[Item],
    jobs: Sequence[Job],
    count: int,
    stop: Interruption,
) -> Iterator[T]:
    """Do `task`, a function of a module, on every file of `items`, with the rest as for `outcomes`.

    `lost` makes the result of a file that killed its worker, from its path and a message.
    """
    if len(items) > _FEW:
        _collect_seldom()
        gc.enable()  # it is off for short runs
    count = count or _processors()
    if count > 1 and len(items) > _FEW:
        yield from _in_workers(task, lost, items, jobs, min(count, len(items) // _CHUNK + 1), stop)
        return
    for path, number in items:
        if stop.requested:
            stop.at = path
            return
        yield task(path, jobs[number], catalog_for(jobs[number].catalog))


def _collect_seldom() -> None:
    """Have garbage looked for once in fifty thousand new objects, and not in 700: what a file leaves are few cycles."""
    gc.set_threshold(50_000, 20, 50)


def _in_workers(
    task: Callable[[str, Job, Catalog], T],
    lost: Callable[[str, str, Job], T],
    items: Sequence[Item],
    jobs: Sequence[Job],
    count: int,
    stop: Interruption,
) -> Iterator[T]:
    import multiprocessing
    from collections import deque
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # Forking a process without threads is safe and at once; elsewhere (macOS, Windows) workers start afresh.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    ended = context.Event()
    stop.when_requested(ended.set)
    executor = ProcessPoolExecutor(count, context, _start_worker, (task, tuple(jobs), ended))
    starts = iter(range(0, len(items), _CHUNK))
    waiting: deque[tuple[int, Future[list[T]]]] = deque()
    start = 0
    try:
        while True:
            while len(waiting) < count * _AHEAD and not stop.requested:
                following = next(starts, None)
                if following is None:
                    break
                waiting.append((following, executor.submit(_work, items[following : following + _CHUNK])))
            if not waiting:
                break
            start, future = waiting.popleft()
            found = future.result()
            if stop.at is None and len(found) < len(items[start : start + _CHUNK]):
                stop.at = items[start + len(found)][0]
            yield from found
        following = next(starts, None)
        if stop.at is None and following is not None:
            stop.at = items[following][0]
    except BrokenProcessPool:
        left = len(items) - start - 1
        message = f"a worker process died; this file and the {left} after it were not finished (try --jobs 1)"
        path, number = items[start]
        yield lost(path, message, jobs[number])
    finally:
        ended.set()
        executor.shutdown(cancel_futures=True)


_task: Callable[[str, Job, Catalog], Any]
_jobs: tuple[Job, ...]
_ended: Any


def _start_worker(task: Callable[[str, Job, Catalog], Any], jobs: tuple[Job, ...], ended: Any) -> None:
    """Set up a worker process: the catalog is loaded once, and Ctrl-C is left to the parent."""
    import signal

    global _task, _jobs, _ended  # the state of a worker process is its module
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _task = task
    _jobs = jobs
    _ended = ended
    catalog_for(jobs[0].catalog)
    _collect_seldom()
    gc.enable()
    gc.freeze()


def _work(items: Sequence[Item]) -> list[Any]:
    """Do the files of one chunk; those that are not begun when the run ends are left."""
    done: list[Any] = []
    for path, number in items:
        if _ended.is_set():
            break
        done.append(_task(path, _jobs[number], catalog_for(_jobs[number].catalog)))
    return done


def catalog_for(overlay: str | None) -> Catalog:
    """The catalog with the overlay file `overlay` over it (None: without). Raises what the catalog raises.

    It is loaded once, and again where the overlay has changed.
    """
    if overlay is None:
        return _catalog(None, None)
    stamp = None
    with suppress(OSError, ValueError):
        status = os.stat(overlay)
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
    return _catalog(overlay, stamp)


@lru_cache(maxsize=4)
def _catalog(overlay: str | None, stamp: tuple[int, ...] | None) -> Catalog:
    del stamp  # a key: with another one the file has changed
    if overlay is None:
        return Catalog.load()
    from ..catalog.overlay import load_overlay

    return Catalog.load(load_overlay(overlay))


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1

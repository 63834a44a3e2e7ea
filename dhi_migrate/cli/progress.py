"""A progress bar on standard error, for runs that take a while and only where a person sees it."""

from __future__ import annotations

import sys
import time

from .console import is_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Final

_PATIENCE: Final = 1.0  # seconds before a bar appears, and after it had to make way for results


class Progress:
    """Counts files; shows itself when standard error is a terminal and a second has passed."""

    __slots__ = ("_bar", "_done", "_next", "_shown", "_total")

    def __init__(self, total: int, *, wanted: bool) -> None:
        """Expect `total` files; with `wanted` False nothing is ever shown."""
        self._total = total
        self._done = 0
        self._bar: Any = None
        self._shown = False
        self._next = time.monotonic() + _PATIENCE if wanted and total > 1 and is_terminal(sys.stderr) else float("inf")

    def __enter__(self) -> Progress:
        """Begin; nothing is shown yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Take the bar away."""
        self.make_way()

    def advance(self) -> None:
        """Count one more file, and show the bar if it is time."""
        self._done += 1
        if self._shown:
            self._bar.update(self._bar.task_ids[0], completed=self._done)
        elif time.monotonic() >= self._next:
            self._show()

    def make_way(self) -> None:
        """Take the bar off the screen before something else is written there."""
        if self._shown:
            self._bar.stop()
            self._shown = False
            self._next = time.monotonic() + _PATIENCE

    def _show(self) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("Checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task("", total=self._total, completed=self._done)
        self._bar.start()
        self._shown = True

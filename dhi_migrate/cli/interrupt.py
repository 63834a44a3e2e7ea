"""Ctrl-C: the first ends the run after the files that are begun, so that all that was written is reported; the second at once."""

from __future__ import annotations

from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType
    from typing import Any


class Interruption:
    """Whether the user has asked to stop. Takes over Ctrl-C while it is entered, where signals can be had.

    `at` is for who stops: the first file that was not begun.
    """

    __slots__ = ("_before", "_told", "_wanted", "at", "requested")

    def __init__(self, *, wanted: bool) -> None:
        """Begin with nothing asked for; with `wanted` False, Ctrl-C is left as it is."""
        self.requested = False
        self._wanted = wanted
        self.at: str | None = None
        self._told: Callable[[], object] | None = None
        self._before: Any = None

    def when_requested(self, tell: Callable[[], object]) -> None:
        """Call `tell` as soon as the user asks to stop."""
        self._told = tell
        if self.requested:
            tell()

    def __enter__(self) -> Interruption:
        """Take over Ctrl-C."""
        if self._wanted:
            import signal  # slow to import, for a single file

            with suppress(ValueError):  # not in the main thread: nobody presses Ctrl-C there
                self._before = signal.signal(signal.SIGINT, self._take)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give Ctrl-C back."""
        if self._before is not None:
            import signal

            signal.signal(signal.SIGINT, self._before)

    def _take(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        if self._told is not None:
            self._told()

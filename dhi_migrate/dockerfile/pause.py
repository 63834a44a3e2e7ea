"""A pause for the cyclic garbage collector while many small values are made that hold no cycles."""

from __future__ import annotations

import gc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class uncollected:  # noqa: N801 - reads as a word in a with statement
    """Context manager: no collection inside, and the collector as before afterwards.

    The collector walks over all living tuples again and again as a tree of them grows: half of the time of a parse,
    and more than in step with its size.
    """

    __slots__ = ("_was_on",)

    def __enter__(self) -> None:
        """Stop the collector, if it runs."""
        self._was_on = gc.isenabled()
        gc.disable()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it run again, if it ran."""
        if self._was_on:
            gc.enable()

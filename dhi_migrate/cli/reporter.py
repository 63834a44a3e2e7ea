"""Print outcomes as they come, count them, and say at the end how it went."""

from __future__ import annotations

import sys

from ..report.tally import Tally, add
from .console import Output, say, style_for, write_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.model import CatalogInfo
    from ..project.baseline import Counts
    from ..report.frame import Frame
    from ..report.statistics import RuleCount
    from ..report.style import Style
    from .options import CheckOptions
    from .work import Outcome

OK = 0
FINDINGS = 1
FAILED = 2


class Reporter:
    """One report on one `output`: `begin`, then `take` for each file in order, then `finish`."""

    __slots__ = (
        *("_collected", "_counts", "_differs", "_failed", "_frame", "_gone", "_info", "_known", "_options"),
        *("_output", "_reached", "_style", "_tally"),
    )

    def __init__(self, options: CheckOptions, output: Output, style: Style, info: CatalogInfo) -> None:
        """Report in the format of `options`; `info` is the catalog that the report names."""
        self._options = options
        self._output = output
        self._style = style
        self._info = info
        self._frame: Frame | None = None
        if not options.diff and options.format != "text" and options.format != "concise":  # noqa: PLR1714 -- narrows the type
            from ..report.frame import frame_for

            self._frame = frame_for(options.format)
        self._tally = Tally()
        self._failed = False
        self._differs = False
        self._reached = False
        self._known = 0
        self._gone = 0
        self._counts: tuple[RuleCount, ...] = ()
        self._collected: dict[str, dict[str, Counts]] = {}

    @property
    def collected(self) -> dict[str, dict[str, Counts]]:
        """What is to be known from now on: for each baseline, by its path, the findings of each file by its name there."""
        return self._collected

    @property
    def tally(self) -> Tally:
        """What was counted so far."""
        return self._tally

    def count_gone(self, number: int) -> None:
        """Count `number` known findings whose files are gone."""
        self._gone += number

    def begin(self) -> None:
        """Print what comes before the first file."""
        if self._frame is not None:
            self._output.write(self._frame.begin(self._info).encode())

    def take(self, outcome: Outcome) -> bool:
        """Print and count one outcome; False if nobody reads the output any more."""
        self._output.write(outcome.out if self._frame is None else self._frame.place(outcome.out, outcome.extra))
        for text in outcome.said:
            say(text)
        self._tally = add(self._tally, outcome.tally)
        self._failed = self._failed or outcome.failed
        self._differs = self._differs or outcome.differs
        self._reached = self._reached or outcome.reached
        self._known += outcome.known
        self._gone += outcome.gone
        if outcome.by_rule:
            from ..report.statistics import sum_counts

            self._counts = sum_counts((*self._counts, *outcome.by_rule))
        if outcome.collected is not None:
            baseline, name, found = outcome.collected
            self._collected.setdefault(baseline, {})[name] = found
        return not self._output.broken

    def finish(self) -> int:
        """Print what comes after the last file, and give the exit code."""
        if self._frame is not None:
            self._output.write(self._frame.end(self._tally).encode())
        if self._counts:
            from ..report.statistics import render_statistics

            text = render_statistics(self._counts, self._style)
            self._output.write(f"{text}\n".encode() if not self._options.quiet else text.encode())
        if self._options.write_baseline:
            return FAILED if self._failed else OK
        if not self._options.quiet and (self._frame is None or self._options.format == "github"):
            from ..report.text import render_summary

            if self._options.diff:
                style = style_for(Output(sys.stderr), unsafe_fixes=self._options.unsafe_fixes)
                write_error(render_summary(self._tally, style))
            else:
                self._output.write(render_summary(self._tally, self._style).encode())
        if not self._options.quiet:
            self._tell_known()
        if self._failed:
            return FAILED
        if self._options.exit_zero:
            return OK
        return FINDINGS if (self._differs if self._options.diff else self._reached) else OK

    def _tell_known(self) -> None:
        """Say how many findings the baseline hides, and how many of it are no longer there."""
        if self._known:
            say(f"notice: {self._known} known finding{'s' * (self._known > 1)} not shown, by the baseline")
        if self._gone:
            what, them = (
                ("a known finding is", "it") if self._gone == 1 else (f"{self._gone} known findings are", "them")
            )
            say(f"notice: {what} no longer there: --write-baseline takes {them} out of the baseline")

"""Print outcomes as they come, count them, and say at the end how it went."""

from __future__ import annotations

import sys

from ..catalog.model import CatalogInfo
from ..report.style import Style
from ..report.tally import Tally, add
from .console import Output, say, style_for, write_error
from .options import CheckOptions
from .work import Outcome

OK = 0
FINDINGS = 1
FAILED = 2


class Reporter:
    """One report on one `output`: `begin`, then `take` for each file in order, then `finish`."""

    __slots__ = ("_differs", "_failed", "_info", "_json", "_options", "_output", "_style", "_tally")

    def __init__(self, options: CheckOptions, output: Output, style: Style, info: CatalogInfo) -> None:
        """Report in the format of `options`; `info` is the catalog that the report names."""
        self._options = options
        self._output = output
        self._style = style
        self._info = info
        self._json = options.format == "json" and not options.diff
        self._tally = Tally()
        self._failed = False
        self._differs = False

    def begin(self) -> None:
        """Print what comes before the first file."""
        if self._json:
            from ..report.json_report import render_head

            self._output.write(render_head(self._info).encode())

    def take(self, outcome: Outcome) -> bool:
        """Print and count one outcome; False if nobody reads the output any more."""
        separator = b"," if self._json and self._tally.files else b""
        self._output.write(separator + outcome.out)
        for text in outcome.said:
            say(text)
        self._tally = add(self._tally, outcome.tally)
        self._failed = self._failed or outcome.failed
        self._differs = self._differs or outcome.differs
        return not self._output.broken

    def finish(self) -> int:
        """Print what comes after the last file, and give the exit code."""
        if self._json:
            from ..report.json_report import render_tail

            self._output.write(render_tail(self._tally).encode())
        elif not self._options.quiet:
            from ..report.text import render_summary

            if self._options.diff:
                style = style_for(Output(sys.stderr), unsafe_fixes=self._options.unsafe_fixes)
                write_error(render_summary(self._tally, style))
            else:
                self._output.write(render_summary(self._tally, self._style).encode())
        if self._failed:
            return FAILED
        if self._options.diff:
            return FINDINGS if self._differs else OK
        return FINDINGS if self._tally.reaches(self._options.fail_on) else OK

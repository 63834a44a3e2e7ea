"""Values of the migrator: what became of a file, a rewriting of it, and why a level is not reached."""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rules.findings import FileReport, Fix, Level


class Refusal(NamedTuple):
    """Why the stage that ships does not reach `level`.

    `line` is 1-based and names the instruction that stands in the way, `text` says why in one line (it may hold text of the
    file: whoever prints it to a terminal escapes control characters).
    """

    level: Level
    line: int
    text: str


class Rewrite(NamedTuple):
    """A text in which the stage that ships is rewritten for `level`: `data`, and in a few words what was done.

    Its base is not swapped yet; `notes` are what a reader of the change has to know.
    """

    level: Level
    data: bytes
    title: str
    notes: tuple[str, ...] = ()


class Migration(NamedTuple):
    """What became of one file: the reports before and after, the new bytes (the given ones if nothing changed).

    `applied` are the fixes that were written, in order; `problem` says why edits were rolled back, or is None. `refusals`
    say why the levels above the one that was reached are not, the strongest level first. `level` is the one at which the
    stage that ships is done now; None where it is not.
    """

    before: FileReport
    after: FileReport
    data: bytes
    applied: tuple[Fix, ...]
    problem: str | None
    refusals: tuple[Refusal, ...] = ()
    level: Level | None = None

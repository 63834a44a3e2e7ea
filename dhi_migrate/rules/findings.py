"""Values that the engine yields: findings with their fixes, and the report of one file."""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ..dockerfile.source import Source, Span

    Severity = Literal["error", "warning", "info"]
    Safety = Literal["safe", "unsafe"]
    Role = Literal["final", "build", "unused"]
    Status = Literal["hardened", "swappable", "fixable", "manual", "unsupported"]
    Level = Literal["runtime", "split", "dev"]


class Edit(NamedTuple):
    """Replace bytes `start` <= offset < `end` of the original file by `text` (an insertion where both are equal)."""

    start: int
    end: int
    text: bytes


class Fix(NamedTuple):
    """Edits that belong together, whether they may be applied unasked, and what they do in a few words.

    A `bound` fix is right only on the hardened image: in a stage that still stands on its upstream base it is applied together
    with the swap of that base, or not at all.
    """

    safety: Safety
    title: str
    edits: tuple[Edit, ...]
    bound: bool = False


class Hit(NamedTuple):
    """What a detector yields: a finding without the code and name of its rule.

    `severity` is set where this one is weaker than its rule says (a generic claim), or stronger. `stage` is set where the
    place lies in another stage than the one that was judged.
    """

    span: Span
    message: str
    evidence: str
    fixes: tuple[Fix, ...] = ()
    severity: Severity | None = None
    stage: int | None = None


class Finding(NamedTuple):
    """One thing to say about a file: rule code and name, where (`span`), why (`evidence`), and how to mend it.

    `stage` is the 0-based stage number or None for the whole file. `message` and `evidence` are plain text that may hold
    text of the file: whoever prints them to a terminal escapes control characters.
    """

    rule: str
    name: str
    severity: Severity
    message: str
    evidence: str
    stage: int | None
    span: Span
    fixes: tuple[Fix, ...] = ()


class StageReport(NamedTuple):
    """What was decided for one stage (or one external image): see "JSON report" in the design.

    `target` is the hardened reference as it would be written, or None; `match` the match class; `safe` whether the swap is
    applied by ``--fix``; `line` is 1-based.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, on purpose: the name is that of the report
    name: str | None
    line: int
    role: Role
    base: str
    target: str | None
    match: str
    safe: bool
    reasons: tuple[str, ...]
    alternatives: tuple[str, ...]


class FileReport(NamedTuple):
    """Everything about one file; `error` is set (and the rest empty) when it could not be read."""

    path: str
    source: Source | None
    status: Status | None
    level: Level | None
    error: str | None
    stages: tuple[StageReport, ...]
    findings: tuple[Finding, ...]
    suppressed: int = 0

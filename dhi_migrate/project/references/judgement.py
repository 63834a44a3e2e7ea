"""One text under judgement: what the rules for Dockerfiles said of a service, and where its lines are in what they judged."""

from __future__ import annotations

from ..._record import NamedTuple
from ...rules.findings import Finding, Fix
from ...rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Span
    from ...rules.stages import StageModel
    from ...rules.subject import Subject
    from ...rules.verdict import Verdict
    from .service import Line


class Judgement(NamedTuple):
    """One text under judgement: the verdict, where the lines are in it, and the stage that runs."""

    verdict: Verdict
    places: list[tuple[int, Line]]
    subject: Subject
    model: StageModel

    def line_at(self, span: Span) -> Line | None:
        """The line of the service that the bytes `span` of the text belong to."""
        found = None
        for start, line in self.places:
            if start > span.start:
                break
            found = line
        last = self.places[-1] if self.places else None
        if found is None or last is None:
            return None
        end = last[0] + len(f"{last[1].keyword} {last[1].text}\n".encode("utf-8", "replace"))
        return found if span.start < end else None


def said(code: str, message: str, evidence: str, span: Span, fixes: tuple[Fix, ...] = ()) -> Finding:
    """A finding of the rule `code` at the bytes `span` of the file of a service."""
    known = rule(code)
    return Finding(code, known.name, known.severity, message, evidence, None, span, fixes)

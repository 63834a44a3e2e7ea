"""Data of packages (time zones, certificates) that a stage takes from one that it already copies from and that has them."""

from __future__ import annotations

from ...rules.breakers.model import package_names
from ...rules.facts import stage_facts
from ...rules.repairs import insert_after

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Edge
    from ...rules.findings import Edit
    from ...rules.subject import Subject
    from ...rules.verdict import Verdict

_PACKAGES = {"/usr/share/zoneinfo": "tzdata", "/etc/ssl/certs/ca-certificates.crt": "ca-certificates"}
"""The packages by their files; Debian and Alpine have both at these places."""


def copies_of(verdict: Verdict, subject: Subject, paths: tuple[str, ...]) -> tuple[Edit, ...] | None:
    """Edits that copy `paths` from a stage that has them, behind what is copied from it; None where no stage is known to."""
    edits = []
    for path in paths:
        package = _PACKAGES.get(path, "")
        edge = next((edge for edge in subject.incoming if _has(verdict, edge, package)), None)
        if edge is None:
            return None
        source = subject.file.dockerfile.source
        keyword = source.text(edge.instruction.keyword_span)
        line = f"{keyword} --from={source.text(edge.span)} {path} {path}"
        edits.append(insert_after(subject.file.dockerfile, edge.instruction, line))
    return tuple(edits)


def _has(verdict: Verdict, edge: Edge, package: str) -> bool:
    """Whether the stage that `edge` takes files from has `package`: its image lists it, or it installs it."""
    if edge.kind != "copy" or edge.source is None or not package:
        return False
    maker = verdict.subjects[edge.source]
    if maker.target is not None and package in package_names(maker.target):
        return True
    return any(package in stage_facts(stage).installed for stage in maker.chain)

"""What stands behind a finding in a few lines, the same for all formats that have room for it."""

from __future__ import annotations

from .escape import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..rules.findings import Finding

MOST: Final = 2000
"""Characters of one text that are shown outside of a terminal; what is longer has a line of a hostile file in it."""


def notes(finding: Finding) -> list[tuple[str, str]]:
    """Give the evidence of `finding` and its fixes as label and printable text, cut to `MOST` characters."""
    found = [("because", cut(visible(finding.evidence)))] if finding.evidence else []
    for fix in finding.fixes:
        flags = "--fix" if fix.safety == "safe" else "--fix --unsafe-fixes"
        found.append(("fix", f"{cut(visible(fix.title))} [{flags}]"))
    return found


def cut(text: str, most: int = MOST) -> str:
    """Give `text`, or its start and an ellipsis where it is longer than `most` characters."""
    return text if len(text) <= most else text[: most - 3] + "..."

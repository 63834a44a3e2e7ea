"""Findings as diagnostics of the protocol."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING
from urllib.request import pathname2url

from lsprotocol import types

from .._record import NamedTuple

if TYPE_CHECKING:
    from ..rules.findings import Finding
    from .documents import View
    from .positions import Text

SOURCE = "dhi-migrate"

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
# What an editor greys out: text that is of no use. What it strikes through: images that are not to be used any more.
_UNNECESSARY = frozenset({"DHI001", "DHI302", "DHI304"})
_DEPRECATED = frozenset({"DHI109", "DHI110"})

_HERE = os.path.dirname(os.path.abspath(__file__))
_PAGES = (os.path.join(_HERE, "..", "pages"), os.path.join(_HERE, "..", "..", "docs", "rules"))


class Abilities(NamedTuple):
    """What the editor takes of a diagnostic: a link to the page of the rule, and tags."""

    links: bool = True
    tags: bool = True


def diagnostics(view: View, abilities: Abilities) -> list[types.Diagnostic]:
    """What is to be said of a file: what is wrong with its configuration, then the findings in their order."""
    found = [problem(view.text, "configuration", text) for text in view.chosen.problems]
    if view.unseen is not None:
        return [*found, problem(view.text, "too-large", view.unseen)] if view.unseen else found
    if view.report.error is not None:
        found.append(problem(view.text, "unreadable", view.report.error))
    return [*found, *(diagnostic(view, finding, abilities) for finding in view.report.findings)]


def diagnostic(view: View, finding: Finding, abilities: Abilities) -> types.Diagnostic:
    """The diagnostic of one finding: its message, and below it the evidence."""
    evidence = f"\n{finding.evidence}" if finding.evidence else ""
    page = page_uri(finding.rule) if abilities.links else None
    tags = [
        tag
        for rules, tag in (
            (_UNNECESSARY, types.DiagnosticTag.Unnecessary),
            (_DEPRECATED, types.DiagnosticTag.Deprecated),
        )
        if finding.rule in rules
    ]
    return types.Diagnostic(
        range=view.text.span_range(finding.span),
        message=f"{finding.message}{evidence}",
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=types.CodeDescription(page) if page is not None else None,
        source=SOURCE,
        tags=tags if tags and abilities.tags else None,
    )


def problem(text: Text, code: str, message: str) -> types.Diagnostic:
    """An error that lies in no line of the file; it is shown on the first one."""
    end = text.data.find(b"\n")
    place = text.range(0, end if end != -1 else len(text.data))
    return types.Diagnostic(place, message, types.DiagnosticSeverity.Error, code, None, SOURCE)


@cache
def page_uri(code: str) -> str | None:
    """Where the page of the rule `code` is, as a ``file:`` URI: in the installed package, or in a checkout."""
    for folder in _PAGES:
        path = os.path.realpath(os.path.join(folder, f"{code}.md"))
        if os.path.isfile(path):
            return f"file://{pathname2url(path)}"
    return None

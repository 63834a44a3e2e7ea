"""Hover: what is known of an image that is named here, and the text of the rules that found something here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from ..rules.registry import rules, texts, use_own_rules
from .diagnostics import page_uri
from .images import describe_reference
from .markup import Page
from .names import image_places, name_at

if TYPE_CHECKING:
    from ..catalog.resolve import Role
    from ..dockerfile import Span
    from ..rules.findings import Finding
    from .documents import View
    from .names import ImagePlace

_MOST_FINDINGS = 5


def hover(view: View, offset: int, *, markdown: bool) -> types.Hover | None:
    """What is to be said at the byte `offset` of a file, None for nothing: of an image or stage, then of the findings here."""
    if view.unseen is not None:
        return None
    page = Page(markdown=markdown)
    span = _image(page, view, offset) or _stage(page, view, offset)
    here = [one for one in view.report.findings if one.span.start <= offset <= max(one.span.end - 1, one.span.start)]
    use_own_rules(view.chosen.settings.own_rules)
    here.sort(key=lambda one: one.span.end - one.span.start)  # what is said of less is nearer to what is meant
    for finding in here[:_MOST_FINDINGS]:
        explain(page, finding)
        span = span or finding.span
    return types.Hover(page.content(), view.text.span_range(span)) if span is not None else None


def _image(page: Page, view: View, offset: int) -> Span | None:
    for place in image_places(view.graph):
        if place.span.start <= offset <= place.span.end:
            reports = [one for one in view.report.stages if one.index == place.owner]
            describe_reference(page, place.image, _want(view, place), view.chosen, reports[0] if reports else None)
            return place.span
    return None


def _want(view: View, place: ImagePlace) -> Role:
    """The kind of image that is wanted where no report says so: to run commands on, or to ship."""
    if place.owner is None or place.owner == view.graph.target:
        return "final"
    runs = any(one.keyword == "RUN" for one in view.graph.stages[place.owner].instructions)
    return "build" if runs else "final"


def _stage(page: Page, view: View, offset: int) -> Span | None:
    name = name_at(view.graph, offset)
    if name is None or name.key[0] != "stage" or name.declares:
        return None
    stage = view.graph.stages[name.key[2]]
    page.head(f"stage {stage.name or stage.index}", f"(line {stage.line}, from {stage.base.word.text})")
    return name.span


def explain(page: Page, finding: Finding) -> None:
    """Add to `page` what `finding` says, and the text of its rule."""
    said = texts(finding.rule)
    page.head(f"{finding.rule} {finding.name}", f"({finding.severity}): {finding.message}")
    for text in (finding.evidence, rules()[finding.rule].summary, said.why, said.fix):
        if text.strip():
            page.text(text)
    uri = page_uri(finding.rule)
    if uri is not None:
        page.link("the page of the rule", uri)

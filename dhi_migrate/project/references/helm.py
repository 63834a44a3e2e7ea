"""Helm charts: images in values files (``repository`` and ``tag``), and references that stand in templates as they are.

https://helm.sh/docs/chart_best_practices/values/. What the chart starts in an image stands in its templates, which are not
evaluated: a replacement is never made unasked, and in a template none is made at all.
"""

from __future__ import annotations

import re

from ..._pattern import regex
from ...dockerfile import Span
from ...rules.findings import Edit, Finding, Fix
from .service import Service
from .uses import reference_finding
from .yaml_tree import Node, replacement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.store import Catalog
    from ...settings import Settings

MAX_PAIRS = 300
"""Most images of one file that are looked at."""

_DOUBT = "what the chart starts in it is not looked at here"
_LINE = regex(
    rb"""^[ \t]*(?:-[ \t]+)?image:[ \t]*(["']?)([A-Za-z0-9][\w./@:-]{0,300})\1[ \t]*(?:#[^\n]*)?\r?$""", re.MULTILINE
)


def values_findings(root: Node, catalog: Catalog, settings: Settings) -> list[Finding]:
    """DHI902 for the images of a values file whose document is `root`."""
    from .judging import judge_service

    found: list[Finding] = []
    for count, (registry, repository, tag) in enumerate(_images(root)):
        if count == MAX_PAIRS:
            break
        name = f"{registry.text}/{repository.text}" if registry is not None else repository.text
        reference = name if tag is None else f"{name}:{tag.text}"
        if tag is None and ":" not in name.rpartition("/")[2]:
            continue
        node = repository.reading(reference, repository.edit if tag is None else None)
        judged = judge_service(Service("the chart", node, doubts=(_DOUBT,)), catalog, settings, None)
        target = judged.target
        if target is None or "bitnami/" in name:
            continue  # charts of Bitnami rely on what only its own images have
        judged = judged._replace(reasons=(_DOUBT,), findings=())
        finding = reference_finding(node, judged)
        if tag is not None:
            edits = _edits(registry, repository, tag, target)
            fixes = (Fix("unsafe", f"Use {target}", edits),) if edits else ()
            finding = finding._replace(fixes=fixes)
        found.append(finding)
    return found


def _images(root: Node) -> Iterator[tuple[Node | None, Node, Node | None]]:
    """Registry, repository and tag of each image, without looking at one place twice."""
    waiting, seen = [root], set[Span]()
    while waiting and len(seen) < 20_000:
        node = waiting.pop()
        if node.span in seen:
            continue
        seen.add(node.span)
        if node.kind == "map":
            repository, tag, registry = node.get("repository"), node.get("tag"), node.get("registry")
            if _said(repository) and _said(tag) and repository is not None and tag is not None:
                yield registry if _said(registry) else None, repository, tag
            image = node.get("image")
            if image is not None and image.kind == "scalar":
                yield None, image, None
        waiting.extend(reversed((*(value for _, value in node.pairs), *node.items)))


def _said(node: Node | None) -> bool:
    return node is not None and node.kind == "scalar" and bool(node.text)


def _edits(registry: Node | None, repository: Node, tag: Node, target: str) -> tuple[Edit, ...]:
    """The edits that make the values name `target`; none where one of them can not be replaced in place."""
    name, _, version = target.rpartition(":")
    domain, _, path = name.partition("/")
    pairs = [(tag, version)]
    pairs += [(repository, name)] if registry is None else [(registry, domain), (repository, path)]
    edits = [
        Edit(node.edit.start, node.edit.end, replacement(node, text)) for node, text in pairs if node.edit is not None
    ]
    return tuple(sorted(edits)) if len(edits) == len(pairs) else ()


def template_findings(data: bytes, catalog: Catalog, settings: Settings) -> list[Finding]:
    """DHI902, without a fix, for references that stand in a template without anything to fill in."""
    from .judging import judge_service

    found: list[Finding] = []
    for count, match in enumerate(_LINE.finditer(data)):
        if count == MAX_PAIRS:
            break
        node = Node("scalar", Span(match.start(2), match.end(2)), match[2].decode())
        judged = judge_service(Service("the template", node, doubts=(_DOUBT,)), catalog, settings, None)
        if judged.target is not None:
            reasons = ("this is a template, and is not changed",)
            found.append(reference_finding(node, judged._replace(safety=None, reasons=reasons)))
    return found

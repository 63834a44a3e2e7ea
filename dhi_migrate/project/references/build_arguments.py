"""Build arguments in a file around a Dockerfile that hold a base image, or a part of one: DHI902 at their value."""

from __future__ import annotations

from ...dockerfile import Span
from ...rules.detectors.base_image import swap_kind
from ...rules.findings import Edit, Finding, Fix
from ...rules.registry import rule
from ...rules.verdict import judge
from .judging import MAX_DOCKERFILE
from .model import SubTree
from .wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...catalog.store import Catalog
    from ...images import Spelling
    from ...rules.stages import StageModel
    from ...settings import Settings
    from .model import ProjectTree
    from .service import Build
    from .yaml_tree import Node

MAX_ARGUMENTS = 50
"""Most arguments of one build that are looked at."""


def argument_findings(build: Build, catalog: Catalog, settings: Settings, tree: ProjectTree | None) -> list[Finding]:
    """The arguments of `build` that decide a FROM of its Dockerfile whose image has a hardened equivalent of the same version."""
    given = [(name, value, node) for name, value, node in build.args[:MAX_ARGUMENTS] if value]
    if not given:
        return []
    if build.inline is not None:
        data: bytes | None = build.inline.encode("utf-8", "replace")
    else:
        data = tree.read(build.dockerfile) if tree is not None else None
    if data is None or len(data) > MAX_DOCKERFILE or not any(name.encode() in data for name, _, _ in given):
        return []
    arguments = tuple((name, value) for name, value, _ in given if value is not None)
    chosen = settings._replace(target=build.target, build_args=(*settings.build_args, *arguments), level="auto")
    verdict = judge(data, catalog, chosen, SubTree(tree, build.folder) if tree is not None else None)
    if verdict.context is None:
        return []
    found: list[Finding] = []
    for name, value, node in given:
        fed = [
            model
            for model in verdict.context.models
            if any(use.name == name and use.value == value for use in model.stage.base.reference.uses)
            and model.role != "unused"
        ]
        ready = [model for model in fed if model.resolution is not None and swap_kind(model) == "same"]
        if fed and len(ready) == len(fed):
            found.append(_finding(build, name, node, ready, verdict.context.spelling))
    return found


def _finding(build: Build, name: str, node: Node, models: list[StageModel], spelling: Spelling) -> Finding:
    """DHI902 on one argument, which makes the bases of `models`, all with a target."""
    bests = [one.resolution.best for one in models if one.resolution is not None and one.resolution.best is not None]
    model, best = models[0], bests[0]
    target = spelling.write(best.name, best.tag)
    where = f"line {model.stage.line} of {build.dockerfile}" if build.dockerfile else f"line {model.stage.line}"
    message = (
        f"the build argument {name} makes the base of {where}: {shown(model.base)} has a hardened equivalent: {target}"
    )
    fixes: tuple[Fix, ...] = ()
    whole = all(one.base == node_value(node) for one in models)
    same = len({(one.name, one.tag) for one in bests}) == 1
    place = value_place(node)
    if not whole or not same:
        message += "; change it together with that line"
    elif place is not None and not any(one.broken for one in models):
        safe = all(one.safe for one in models)
        fixes = (Fix("safe" if safe else "unsafe", f"Use {target}", (Edit(place.start, place.end, target.encode()),)),)
        if not safe and model.breakers:
            message += f"; look first at: {model.breakers[0].text}"
    known = rule("DHI902")
    return Finding("DHI902", known.name, known.severity, message, best.definition.source, None, node.span, fixes)


def node_value(node: Node) -> str:
    """The value of a build argument that `node` holds: a scalar of a mapping, or ``NAME=value`` in a list."""
    name, sign, value = node.text.partition("=")
    return value if sign and name.isidentifier() else node.text


def value_place(node: Node) -> Span | None:
    """The bytes of that value, where they can be replaced."""
    if node.edit is None:
        return None
    value = node_value(node)
    return Span(node.edit.end - len(value.encode()), node.edit.end)

"""From judged services to findings: DHI902 for each image that may be replaced, once for each place in the file."""

from __future__ import annotations

from ...rules.findings import Edit, Finding, Fix
from ...rules.registry import rule
from .model import ALONE
from .wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...catalog.store import Catalog
    from ...settings import Settings
    from .judging import Judged
    from .model import Joint, ProjectTree
    from .service import Service
    from .yaml_tree import Node


MAX_WORK = 1500
"""Most judgements of one file, of which one on a Dockerfile counts once more for each 4 KiB of it; the rest is not judged."""


def service_findings(
    services: Iterable[Service],
    catalog: Catalog,
    settings: Settings,
    tree: ProjectTree | None,
    joint: Joint = ALONE,
) -> list[Finding]:
    """The findings of all `services` of one file, DHI902 to DHI904 and those about hardened references.

    `joint` are the Dockerfiles that change in the same step.
    """
    from .build_arguments import argument_findings
    from .judging import judge_service

    found: dict[Finding, None] = {}
    images: dict[tuple[int, int], list[tuple[Node, Judged]]] = {}
    work = 0
    for service in services:
        work += _work(service, tree)
        if work > MAX_WORK:
            break
        judged = judge_service(service, catalog, settings, tree)
        if service.build is not None:
            own = service.build.dockerfile if service.build.inline is None else ""
            found.update(dict.fromkeys(_of_build(one, own in joint.moving) for one in judged.findings))
            arguments = argument_findings(service.build, catalog, settings, tree)
            found.update(dict.fromkeys(one._replace(fixes=()) if own in joint.staying else one for one in arguments))
        elif service.image is None:
            found.update(dict.fromkeys(judged.findings))
        elif service.image is not None:
            images.setdefault(service.image.span, []).append((service.image, judged))
    for uses in images.values():
        one = _reference(uses)
        swap = one.fixes if one is not None else ()
        for _, judged in uses:
            found.update(dict.fromkeys(_with_swap(finding, swap) for finding in judged.findings))
        if one is not None:
            found[one] = None
    return list(found)


def _of_build(finding: Finding, moving: bool) -> Finding:
    """`finding` without the fixes that are right only where the Dockerfile of the service moves, unless it does."""
    if moving:
        return finding._replace(fixes=tuple(fix._replace(bound=False) for fix in finding.fixes))
    return finding._replace(fixes=tuple(fix for fix in finding.fixes if not fix.bound))


def _with_swap(finding: Finding, swap: tuple[Fix, ...]) -> Finding:
    """`finding` with the fix of the image in the place of one that is right only together with that."""
    if not any(fix.bound for fix in finding.fixes):
        return finding
    return finding._replace(fixes=swap)


def _work(service: Service, tree: ProjectTree | None) -> int:
    data = tree.read(service.build.dockerfile) if service.build is not None and tree is not None else None
    return max(1, len(service.checks)) * (1 + len(data or b"") // 4096)


def _reference(uses: list[tuple[Node, Judged]]) -> Finding | None:
    """The finding about one image scalar; several services use it where an alias or a merge key says so, and all must agree."""
    node, target = uses[0][0], uses[0][1].target
    if target is None:
        return None
    if len({judged.target for _, judged in uses}) > 1:
        return None
    order = {"safe": 0, "unsafe": 1, None: 2}
    worst = max((judged for _, judged in uses), key=lambda judged: order[judged.safety])
    bound = [fix for _, judged in uses for finding in judged.findings for fix in finding.fixes if fix.bound]
    return _joint(reference_finding(node, worst), tuple(dict.fromkeys(bound)))


def _joint(finding: Finding, bound: tuple[Fix, ...]) -> Finding:
    """`finding` with the repairs `bound` to the swap in its fix."""
    if not bound or not finding.fixes:
        return finding
    swap = finding.fixes[0]
    edits = tuple(sorted({*swap.edits, *(edit for fix in bound for edit in fix.edits)}))
    words = dict.fromkeys(fix.title[:1].lower() + fix.title[1:] for fix in bound)
    return finding._replace(fixes=(Fix("unsafe", f"{swap.title}, and {'; '.join(words)}", edits),))


def reference_finding(node: Node, judged: Judged) -> Finding:
    """DHI902 on the scalar `node`, which is a whole reference."""
    fixes: tuple[Fix, ...] = ()
    if node.edit is not None and judged.safety is not None and judged.target is not None:
        edit = Edit(node.edit.start, node.edit.end, judged.target.encode())
        fixes = (Fix("safe" if judged.safety == "safe" else "unsafe", f"Use {judged.target}", (edit,)),)
    message = f"{shown(node.text.partition('@')[0])} has a hardened equivalent: {judged.target}"
    if judged.reasons:
        message += f"; look first at: {'; '.join(judged.reasons)}"
    known = rule("DHI902")
    return Finding("DHI902", known.name, known.severity, message, judged.evidence, None, node.span, fixes)

"""Plans for programs: JSON, version 1. Its schema is ``docs/schema/plan-v1.schema.json``.

What `json_report` says about texts and places holds here as well, and the head of the document is that of its `render_head`.
"""

from __future__ import annotations

import json

from .escape import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..migrate.gain import Gain, ImageTraits
    from ..migrate.plan import FilePlan, PlannedSwap, PlanTotals
    from ..project.repository_plan import ByHand, Place, RepositoryPlan


def render_file(plan: FilePlan) -> str:
    """Give one file as a JSON object, to be separated from the others by a comma."""
    return "\n  " + json.dumps(plan_object(plan), indent=1).replace("\n", "\n  ")


def render_tail(totals: PlanTotals, around: RepositoryPlan | None = None) -> str:
    """Give the end of the document; `around` is the plan of the repository, where there is one."""
    summary = {
        "files": totals.files,
        "groups": [group._asdict() for group in totals.groups],
        "images": totals.images,
        "stop_root": totals.stop_root,
        "lose_shell": totals.lose_shell,
        "lose_package_manager": totals.lose_package_manager,
        "unknown_root": totals.unknown_root,
        "unknown_shell": totals.unknown_shell,
        "unknown_package_manager": totals.unknown_package_manager,
    }
    repository = "" if around is None else f',\n "repository": {json.dumps(_repository(around))}'
    return f'],\n "summary": {json.dumps(summary)}{repository}}}\n'


def plan_object(plan: FilePlan) -> dict[str, Any]:
    """Give one entry of "files"."""
    return {
        "path": printable(plan.path),
        "status": plan.status,
        "level": plan.level,
        "error": _text(plan.error),
        "swaps": [_swap(swap) for swap in plan.swaps],
        "edits": [
            {
                "title": printable(edit.title),
                "safety": edit.safety,
                "rules": list(edit.rules),
                "lines": list(edit.lines),
            }
            for edit in plan.edits
        ],
        "flags": plan.flags,
        "blockers": [
            {"level": one.level, "rule": one.rule, "line": one.line, "text": printable(one.text)}
            for one in plan.blockers
        ],
        "step": None
        if plan.step is None
        else {"rule": plan.step.rule, "line": plan.step.line, "text": printable(plan.step.text)},
        "gain": None if plan.gain is None else _gain(plan.gain),
        "problem": _text(plan.problem),
    }


def _repository(around: RepositoryPlan) -> dict[str, Any]:
    return {
        "images": [
            {
                "dockerfile": printable(one.dockerfile),
                "target": _text(one.target),
                "image": _text(one.image),
                "built_by": [_place(place) for place in one.built_by],
                "run_by": [_place(place) for place in one.run_by],
            }
            for one in around.images
        ],
        "groups": [
            {
                "dockerfiles": [printable(path) for path in one.dockerfiles],
                "cycle": [printable(path) for path in one.cycle],
                "files": [printable(path) for path in one.files],
                "by_hand": [_hand(hand) for hand in one.by_hand],
            }
            for one in around.groups
        ],
        "logins": [_hand(one) for one in around.logins],
    }


def _hand(hand: ByHand) -> dict[str, Any]:
    return {"path": printable(hand.path), "line": hand.line, "rule": hand.rule, "text": printable(hand.text)}


def _place(place: Place) -> dict[str, Any]:
    return {"path": printable(place.path), "line": place.line, "service": printable(place.service)}


def _swap(swap: PlannedSwap) -> dict[str, Any]:
    return {
        "name": _text(swap.name),
        "role": swap.role,
        "line": swap.line,
        "base": _text(swap.base),
        "target": _text(swap.target),
        "match": swap.match,
        "reached": swap.reached,
        "reasons": [printable(reason) for reason in swap.reasons],
        "alternatives": [printable(alternative) for alternative in swap.alternatives],
    }


def _gain(gain: Gain) -> dict[str, Any]:
    return {"reached": gain.reached, "before": _traits(gain.before), "after": _traits(gain.after)}


def _traits(traits: ImageTraits) -> dict[str, Any]:
    return {
        "image": printable(traits.image),
        "user": _text(traits.user),
        "uid": traits.uid,
        "root": traits.root,
        "shell": traits.shell,
        "package_manager": traits.package_manager,
        "packages": traits.packages,
        "source": printable(traits.source) or None,
    }


def _text(text: str | None) -> str | None:
    return None if text is None else printable(text)

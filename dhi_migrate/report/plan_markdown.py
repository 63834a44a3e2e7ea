"""Plans as Markdown, for a comment on a pull request or a page of a wiki: a table in the order to do it in, and totals."""

from __future__ import annotations

from .escape import visible
from .markdown_text import code, plain
from .plan_repository import hand_in_words, image_in_words, lines_of_group
from .plan_text import (
    blockers_in_words,
    edits_in_words,
    gain_in_words,
    group_in_words,
    standing,
    step_in_words,
    swap_in_words,
    totals_in_words,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..migrate.plan import FilePlan, PlannedSwap, PlanTotals
    from ..project.repository_plan import RepositoryPlan


def render_head() -> str:
    """Give what comes before the first file: a heading, and the head of the table."""
    return (
        "## Migration plan\n\n"
        "| File | Status | Base images | Edits | In the way | Next step | Gain |\n"
        "|---|---|---|---|---|---|---|\n"
    )


def render_row(plan: FilePlan) -> str:
    """Give the row of one file, ended by a line ending; whatever is in the file's text stays text."""
    if plan.error is not None:
        cells = [code(visible(plan.path)), f"not read: {plain(visible(plan.error))}", "", "", "", "", ""]
    else:
        cells = [
            code(visible(plan.path)),
            standing(plan),
            "<br>".join(_swap(swap) for swap in plan.swaps if swap.match != "stage" or swap.reached),
            _lines(edits_in_words(plan) + ([visible(plan.problem)] if plan.problem is not None else [])),
            _lines(blockers_in_words(plan)),
            plain(step_in_words(plan)),
            plain(gain_in_words(plan.gain)).replace("-&gt;", "→") if plan.gain is not None else "",
        ]
    return f"| {' | '.join(cells)} |\n"


def render_repository(around: RepositoryPlan) -> str:
    """Give the images of the repository, the logins and the groups, as lists below the table."""
    lines = []
    if around.images:
        lines += ["", "### Images", "", *(f"- {plain(visible(image_in_words(one)))}" for one in around.images)]
    if around.logins:
        lines += ["", "### First of all, logins to the registry of the new images", ""]
        lines += [f"- {plain(visible(hand_in_words(one)))}" for one in around.logins]
    if around.groups:
        lines += ["", "### One pull request each", ""]
    for number, group in enumerate(around.groups, 1):
        head, *rest = lines_of_group(group)
        lines += [f"{number}. {plain(visible(head))}", *(f"   - {plain(visible(one))}" for one in rest)]
    return "\n".join(lines) + "\n"


def render_tail(totals: PlanTotals) -> str:
    """Give what comes after the last file: the totals."""
    files = "1 file" if totals.files == 1 else f"{totals.files} files"
    groups = ", ".join(f"{group.files} {group_in_words(group)}" for group in totals.groups)
    lines = [f"**{files}**: {groups}." if groups else f"**{files}**.", *totals_in_words(totals)]
    return "\n" + "\n\n".join(lines) + "\n"


def _swap(swap: PlannedSwap) -> str:
    base, target, word = swap_in_words(swap)
    named = swap.target is not None
    text = code(base) if swap.base is not None else plain(base)
    if target:
        text += f" → {code(target) if named else plain(target)}"
    return text + (f" ({word})" if word else "")


def _lines(texts: list[str]) -> str:
    return "<br>".join(map(plain, texts))

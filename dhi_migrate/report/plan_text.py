"""Plans for people: a block a file, in the order to do them in, and totals."""

from __future__ import annotations

from ..migrate.blockers import split_advice
from .escape import visible, width
from .style import Style, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..migrate.blockers import Blocker
    from ..migrate.gain import Gain, ImageTraits
    from ..migrate.plan import FilePlan, PlanGroup, PlannedEdit, PlannedSwap, PlanTotals

MOST: Final = 5
"""How many edits, blockers or lines of one file are named; the JSON report has all."""

_LABEL: Final = 9  # columns before the text of a line: two blanks, a word of at most six letters, a blank
_WIDEST_COLUMN: Final = 56  # a longer reference stands out of its column rather than pushing everybody else's
_LEAST_TEXT: Final = 40


def render_plan(plan: FilePlan, style: Style) -> str:
    """Give the block of one file, with a blank line after it; what is hardened or was not read takes a heading alone."""
    heading = f"{style.paint('path', visible(plan.path))}: "
    if plan.error is not None:
        return f"{heading}{style.paint('error', 'not read')}: {visible(plan.error)}\n\n"
    heading += style.paint("good" if plan.level is not None else "warning", standing(plan))
    if plan.status == "hardened" and plan.flags is None and plan.step is None:
        return f"{heading}\n\n"
    lines = [heading, *_labelled("swap", _swaps(plan), style, fold=False)]
    lines += _labelled("edit", edits_in_words(plan), style)
    if plan.flags is not None:
        lines += _labelled("write", [plan.flags], style)
    if plan.problem is not None:
        lines += _labelled("note", [visible(plan.problem)], style)
    lines += _labelled("block", blockers_in_words(plan), style)
    if plan.step is not None:
        lines += _labelled("next", [step_in_words(plan)], style)
    if plan.gain is not None:
        lines += _labelled("gain", [gain_in_words(plan.gain)], style)
    return "\n".join(lines) + "\n\n"


def render_plan_totals(totals: PlanTotals, style: Style) -> str:
    """Give the closing lines: how many files of each status and level, and what their images gain."""
    if not totals.files:
        return ""
    lines = [style.paint("path", f"{_many(totals.files, 'file')}:")]
    columns = len(str(max(group.files for group in totals.groups)))
    lines += [f"  {group.files:{columns}} {group_in_words(group)}" for group in totals.groups]
    return "\n".join([*lines, *totals_in_words(totals)]) + "\n"


def standing(plan: FilePlan) -> str:
    """Give status and level of a file that was read: ``fixable, level split``."""
    return f"{plan.status}, level {plan.level}" if plan.level is not None else str(plan.status)


def group_in_words(group: PlanGroup) -> str:
    """Give status and level of a group of files."""
    if group.status is None:
        return "not read"
    return f"{group.status}, level {group.level}" if group.level is not None else group.status


def totals_in_words(totals: PlanTotals) -> list[str]:
    """Give the sentence on what the images of all files gain, in a list; empty where none changes."""
    if not totals.images:
        return []
    parts = (
        (totals.stop_root, "stop running as root", totals.unknown_root),
        (totals.lose_shell, "lose the shell", totals.unknown_shell),
        (totals.lose_package_manager, "lose the package manager", totals.unknown_package_manager),
    )
    said = [f"{number} {what}" + (f" ({unknown} not known)" if unknown else "") for number, what, unknown in parts]
    return [f"{_many(totals.images, 'image')} that ship{'s' * (totals.images == 1)} would change: {', '.join(said)}."]


def edits_in_words(plan: FilePlan) -> list[str]:
    """Give the edits with their rules and lines, without those that say no more than the table of swaps."""
    plain = {f"Use {swap.target}" for swap in plan.swaps if swap.reached}
    said = [_edit(edit) for edit in plan.edits if edit.title not in plain]
    return _some(said)


def blockers_in_words(plan: FilePlan) -> list[str]:
    """Give what keeps the file from the next level, without the advice in the messages: the smallest step is what follows."""
    return _some([_blocker(one) for one in plan.blockers])


def step_in_words(plan: FilePlan) -> str:
    """Give the smallest step for a person, with its line; "" where there is none."""
    if plan.step is None:
        return ""
    where = f"line {plan.step.line}: " if plan.step.line is not None else ""
    return where + visible(plan.step.text)


def gain_in_words(gain: Gain) -> str:
    """Give what the image that ships gains: before and after, of each thing that is asked."""
    rows = (
        ("root", gain.before.root, gain.after.root),
        ("shell", gain.before.shell, gain.after.shell),
        ("package manager", gain.before.package_manager, gain.after.package_manager),
    )
    said = [f"{what} {_answer(was)} -> {_answer(now)}" for what, was, now in rows]
    if gain.reached and gain.after.user is not None:
        said[0] += f" ({_user(gain.after)})"
    packages = "not known" if gain.after.packages is None else str(gain.after.packages)
    said.append(f"packages listed {packages}")
    return ("" if gain.reached else "once done: ") + ", ".join(said)


def swap_in_words(swap: PlannedSwap) -> tuple[str, str, str]:
    """Give what becomes of the base of a stage: what it is, what it gets, and a word on that ("" for nothing to say)."""
    base = visible(swap.base) if swap.base is not None else "(new)"
    if swap.target is None:
        kept = {"hardened": "hardened already", "stage": "", "scratch": ""}
        return base, kept.get(swap.match, f"no target ({swap.match})"), ""
    word = swap.match if swap.base is not None and swap.match != "hardened" else ""
    if not swap.reached:
        word = f"{word}, not yet" if word else "not yet"
    return base, visible(swap.target), word


def _swaps(plan: FilePlan) -> list[str]:
    """Give the table of swaps: role, name, base, and what becomes of it."""
    named = any(swap.name for swap in plan.swaps)
    rows = []
    for number, swap in enumerate(plan.swaps):
        name = visible(swap.name or f"#{number}") if named else ""
        rows.append((swap.role, name, *swap_in_words(swap)))
    widths = [max((width(row[at]) for row in rows if width(row[at]) <= _WIDEST_COLUMN), default=0) for at in range(4)]
    lines = []
    for row in rows:
        left = "  ".join(_pad(cell, size) for cell, size in zip(row[:3], widths, strict=False) if size)
        if row[3]:
            left += "  -> " + _pad(row[3], widths[3])
        lines.append(f"{left}  {row[4]}".rstrip(" "))
    return lines


def _edit(edit: PlannedEdit) -> str:
    where = ""
    if edit.lines:
        shown = ", ".join(map(str, edit.lines[:MOST]))
        more = f" and {len(edit.lines) - MOST} more" if len(edit.lines) > MOST else ""
        where = f"line{'s' * (len(edit.lines) > 1)} {shown}{more}: "
    rules = f" ({', '.join(edit.rules)})" if edit.rules else ""
    return f"{where}{visible(edit.title)}{rules}"


def _blocker(blocker: Blocker) -> str:
    level = f"{blocker.level}: " if blocker.level is not None else ""
    where = f"line {blocker.line}: " if blocker.line is not None else ""
    rule = f"[{blocker.rule}] " if blocker.rule is not None else ""
    return f"{level}{where}{rule}{visible(split_advice(blocker.text)[0])}"


def _answer(known: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[known]


def _user(traits: ImageTraits) -> str:
    name = visible(traits.user or "")
    return name if traits.uid is None or name == str(traits.uid) else f"{name}, {traits.uid}"


def _some(said: list[str]) -> list[str]:
    return said if len(said) <= MOST else [*said[:MOST], f"and {len(said) - MOST} more"]


def _labelled(label: str, texts: list[str], style: Style, *, fold: bool = True) -> list[str]:
    """Give `texts` below each other behind `label`, folded to the width of `style` unless they are a table."""
    lines: list[str] = []
    for text in texts:
        parts = wrap(text, max(style.width - _LABEL, _LEAST_TEXT)) if fold else [text]
        for number, part in enumerate(parts):
            indent = "  " if number and fold else ""
            lines.append(" " * _LABEL + indent + part)
    if lines:
        head = "  " + style.paint("frame", label) + " " * (_LABEL - 2 - len(label))
        lines[0] = head + lines[0][_LABEL:]
    return lines


def _pad(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"

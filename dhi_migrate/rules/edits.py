"""Apply byte edits to a file, all from one snapshot, and choose fixes that do not get in each other's way.

Two edits *clash* when they would change the same byte, when one inserts strictly inside what the other replaces, or
when two different texts go in at the same offset (their order would be anybody's guess). Touching edits do not clash:
an insertion at the first or last offset of a replaced range stays outside of it. Equal edits count as one.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .findings import Edit, Fix


class EditConflict(ValueError):  # noqa: N818 -- it says what happened
    """Edits that cannot all be applied: they clash, or one lies outside of the data (a fault of the caller)."""


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Give `data` with every edit applied; all offsets refer to `data` as it was given.

    The order of `edits` does not matter, and bytes outside of them are unchanged.
    Raises `EditConflict` for clashing edits and for offsets outside ``0 <= start <= end <= len(data)``.
    """
    ordered = sorted(set(edits))
    pieces: list[bytes] = []
    at = 0
    previous: Edit | None = None
    for edit in ordered:
        if not 0 <= edit.start <= edit.end <= len(data):
            msg = f"edit {edit.start}..{edit.end} lies outside of the {len(data)} bytes of the file"
            raise EditConflict(msg)
        if previous is not None and _clash(previous, edit):
            msg = f"edit {edit.start}..{edit.end} clashes with edit {previous.start}..{previous.end}"
            raise EditConflict(msg)
        pieces += (data[at : edit.start], edit.text)
        at = edit.end
        previous = edit
    pieces.append(data[at:])
    return b"".join(pieces)


def compatible(fixes: Sequence[Fix]) -> tuple[Fix, ...]:
    """Choose from `fixes`, first come first served, those whose edits can be applied together.

    A fix is taken whole or not at all. One that shares an equal edit with a fix already taken is taken too.
    What is left out can be tried again on the result.
    """
    taken: list[Edit] = []
    chosen: list[Fix] = []
    for fix in fixes:
        own = sorted(set(fix.edits))
        if all(not _clash(a, b) for a, b in pairwise(own)) and all(_fits(taken, e) for e in own):
            chosen.append(fix)
            for edit in own:
                at = bisect_left(taken, edit)
                if at == len(taken) or taken[at] != edit:
                    insort(taken, edit)
    return tuple(chosen)


def _clash(first: Edit, second: Edit) -> bool:
    """Tell whether two different edits, in sorted order, cannot both be applied."""
    if first.end > second.start:
        return True
    return first.start == first.end == second.start == second.end


def _fits(taken: list[Edit], edit: Edit) -> bool:
    """Tell whether `edit` equals one of the sorted, mutually free edits `taken` or clashes with none of them."""
    at = bisect_left(taken, edit)
    if at < len(taken) and taken[at] == edit:
        return True
    if at > 0 and _clash(taken[at - 1], edit):
        return False
    return at == len(taken) or not _clash(edit, taken[at])

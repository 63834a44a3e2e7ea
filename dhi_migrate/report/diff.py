"""Unified diffs that ``git apply`` and ``patch`` take, made of the exact bytes.

Lines are matched by those that occur once in both files (patience diff), never by comparing all with all: the cost
stays near linear for any input, where the usual algorithms are quadratic on repeated lines.
"""

from __future__ import annotations

import os
from bisect import bisect_left

from .._record import NamedTuple
from .escape import cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from .style import Style

_CONTEXT: Final = 3
_DEEPEST: Final = 32
_SMALL: Final = 20_000  # pairs of lines that may be compared all with all, in one stretch


_C_ESCAPES: Final = {0x22: b'\\"', 0x5C: b"\\\\", 0x09: b"\\t", 0x0A: b"\\n", 0x0D: b"\\r"}


class _Same(NamedTuple):
    """`length` lines that are equal, from 0-based line `old` of the old file and `new` of the new one."""

    old: int
    new: int
    length: int


class _Change(NamedTuple):
    """Lines `old_start` <= line < `old_end` of the old file become `new_start` <= line < `new_end` of the new one."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def unified_diff(before: bytes, after: bytes, path: str) -> bytes:
    r"""Give the change from `before` to `after` as a unified diff, three lines of context; empty if there is none.

    `path` names the file in both headers, behind ``a/`` and ``b/``, quoted as git does where it needs to be.
    Lines end at ``\n`` only, so a ``\r`` is part of its line.
    """
    if before == after:
        return b""
    old, new = _lines(before), _lines(after)
    out = [b"--- " + _quoted("a", path), b"+++ " + _quoted("b", path)]
    for hunk in _hunks(_changes(_matches(old, new), len(old), len(new))):
        out += _render(hunk, old, new)
    return b"".join(out)


def show_diff(diff: bytes, style: Style) -> bytes:
    """Give a diff as it is shown on a terminal: coloured, and with control characters written out."""
    shown: list[str] = []
    for line in diff.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n") if diff else ():
        text = line[:1] + "".join(cell for cell, _ in cells(line[1:]))
        if line.startswith(("--- ", "+++ ")):
            text = style.paint("path", text)
        elif line.startswith("@@"):
            text = style.paint("frame", text)
        elif line.startswith(("-", "+")):
            text = style.paint("removed" if line.startswith("-") else "good", text)
        shown.append(text + "\n")
    return "".join(shown).encode()


def _lines(data: bytes) -> list[bytes]:
    """Split after each newline character; unlike `bytes.splitlines`, not at a lone carriage return."""
    parts = data.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def _matches(old: list[bytes], new: list[bytes]) -> list[_Same]:
    """Find equal stretches, in order and not crossing."""
    found: list[_Same] = []
    waiting = [(_Change(0, len(old), 0, len(new)), 0)]
    while waiting:
        part, depth = waiting.pop()
        part = _trim(old, new, part, found)
        if part.old_start == part.old_end or part.new_start == part.new_end:
            continue
        anchors = _anchors(old, new, part) if depth < _DEEPEST else []
        if not anchors:
            if (part.old_end - part.old_start) * (part.new_end - part.new_start) <= _SMALL:
                found += _longest(old, new, part)
            continue
        i, j = part.old_start, part.new_start
        for anchor in [*anchors, _Same(part.old_end, part.new_end, 0)]:
            waiting.append((_Change(i, anchor.old, j, anchor.new), depth + 1))
            i, j = anchor.old + 1, anchor.new + 1
        found += anchors
    return sorted(same for same in found if same.length)


def _trim(old: list[bytes], new: list[bytes], part: _Change, found: list[_Same]) -> _Change:
    """Take equal lines off both ends of `part` into `found`, and give the rest."""
    i, i_end, j, j_end = part
    while i < i_end and j < j_end and old[i] == new[j]:
        i, j = i + 1, j + 1
    found.append(_Same(part.old_start, part.new_start, i - part.old_start))
    while i < i_end and j < j_end and old[i_end - 1] == new[j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
    found.append(_Same(i_end, j_end, part.old_end - i_end))
    return _Change(i, i_end, j, j_end)


def _anchors(old: list[bytes], new: list[bytes], part: _Change) -> list[_Same]:
    """Find lines that occur once on both sides of `part`, and of these the longest series that does not cross."""
    once_old = _once(old, part.old_start, part.old_end)
    once_new = _once(new, part.new_start, part.new_end)
    pairs = sorted((i, once_new[line]) for line, i in once_old.items() if line in once_new)
    ends: list[int] = []  # by length of series: the smallest line of the new file that such a series ends with
    where: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        ends[length : length + 1] = [j]
        where[length : length + 1] = [at]
        before.append(where[length - 1] if length else -1)
    series: list[_Same] = []
    at = where[-1] if where else -1
    while at >= 0:
        series.append(_Same(*pairs[at], 1))
        at = before[at]
    return series[::-1]


def _once(lines: list[bytes], start: int, end: int) -> dict[bytes, int]:
    seen: dict[bytes, int] = {}
    for at in range(start, end):
        seen[lines[at]] = at if lines[at] not in seen else -1
    return {line: at for line, at in seen.items() if at >= 0}


def _longest(old: list[bytes], new: list[bytes], part: _Change) -> list[_Same]:
    """Find the longest common subsequence of two short stretches, by the table of its lengths."""
    a, a_end, b, b_end = part
    table = [[0] * (b_end - b + 1) for _ in range(a_end - a + 1)]
    for i in range(a_end - 1, a - 1, -1):
        for j in range(b_end - 1, b - 1, -1):
            if old[i] == new[j]:
                table[i - a][j - b] = table[i - a + 1][j - b + 1] + 1
            else:
                table[i - a][j - b] = max(table[i - a + 1][j - b], table[i - a][j - b + 1])
    found: list[_Same] = []
    i, j = a, b
    while i < a_end and j < b_end:
        if old[i] == new[j]:
            found.append(_Same(i, j, 1))
            i, j = i + 1, j + 1
        elif table[i - a + 1][j - b] >= table[i - a][j - b + 1]:
            i += 1
        else:
            j += 1
    return found


def _changes(matches: list[_Same], old_length: int, new_length: int) -> list[_Change]:
    """Give what lies between the equal stretches."""
    changes: list[_Change] = []
    i = j = 0
    for same in [*matches, _Same(old_length, new_length, 0)]:
        if (i, j) != (same.old, same.new):
            changes.append(_Change(i, same.old, j, same.new))
        i, j = same.old + same.length, same.new + same.length
    return changes


def _hunks(changes: list[_Change]) -> list[list[_Change]]:
    """Put changes whose context would touch into one hunk."""
    hunks: list[list[_Change]] = []
    for change in changes:
        if hunks and change.old_start - hunks[-1][-1].old_end <= 2 * _CONTEXT:
            hunks[-1].append(change)
        else:
            hunks.append([change])
    return hunks


def _render(hunk: list[_Change], old: list[bytes], new: list[bytes]) -> list[bytes]:
    lead = min(_CONTEXT, hunk[0].old_start)
    tail = min(_CONTEXT, len(old) - hunk[-1].old_end)
    first, last = hunk[0].old_start - lead, hunk[-1].old_end + tail
    new_first, new_last = hunk[0].new_start - lead, hunk[-1].new_end + tail
    out = [f"@@ -{_range(first, last)} +{_range(new_first, new_last)} @@\n".encode()]
    at = first
    for change in hunk:
        out += [_line(b" ", line) for line in old[at : change.old_start]]
        out += [_line(b"-", line) for line in old[change.old_start : change.old_end]]
        out += [_line(b"+", line) for line in new[change.new_start : change.new_end]]
        at = change.old_end
    out += [_line(b" ", line) for line in old[at:last]]
    return out


def _line(mark: bytes, line: bytes) -> bytes:
    return mark + line if line.endswith(b"\n") else mark + line + b"\n\\ No newline at end of file\n"


def _range(start: int, end: int) -> str:
    """Write a range of 0-based lines as unified diffs do: an empty one names the line before it."""
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _quoted(side: str, path: str) -> bytes:
    """Write a path for a header line: in C quotes where it holds control characters, quotes or bytes beyond ASCII."""
    name = side + "/" + path.replace(os.sep, "/").lstrip("/")
    data = name.encode("utf-8", "surrogateescape")
    if any(byte < 0x20 or byte >= 0x7F or byte in b'"\\' for byte in data):
        return b'"' + b"".join(_C_ESCAPES.get(byte) or _c_escape(byte) for byte in data) + b'"\n'
    # A tab after a name with spaces keeps readers from cutting it there, as git writes it.
    return data + (b"\t\n" if b" " in data else b"\n")


def _c_escape(byte: int) -> bytes:
    return bytes((byte,)) if 0x20 <= byte < 0x7F else b"\\%03o" % byte

"""Suppressions in files whose comments begin with ``#`` or ``//``: ``# dhi-migrate: ignore=DHI902 -- reason``, ``ignore-file=``.

A comment on a line of its own is about the next line that is neither empty nor a comment, and about the lines below that are
indented deeper than it: a service, a container. One behind something is about its own line and what is indented below that.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from ..._pattern import regex
from ..._record import NamedTuple
from ...dockerfile import Span
from ...rules.findings import Edit, Finding, Fix
from ...rules.offers import without_fixes
from ...rules.registry import UnknownRuleError, match_rules, rule
from ...rules.suppress import Selector, shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...dockerfile import Source

MAX_COMMENTS = 500
"""Most suppressions of one file that are read; those behind them suppress nothing."""

_COMMENT = regex(rb"(?:^|[ \t])((?:#|//)[^\n]{0,200}?)dhi-migrate\s*:\s*ignore(-file)?\b[ \t]*(=?)([^\n]{0,2000})")
_ALWAYS = frozenset({"DHI000", "DHI001", "DHI002"})


class _Suppression(NamedTuple):
    """One comment: its bytes, what it names, the bytes that it is about (None: the whole file), and whether it has its line.

    `note` is what the comment says before the suppression: ``# our mirror`` of ``# our mirror # dhi-migrate: ..``.
    """

    comment: Span
    note: Span
    selectors: tuple[Selector, ...]
    about: Span | None
    alone: bool
    line: int


class Kept(NamedTuple):
    """The findings that are left, with those about suppressions, and the number of suppressed ones."""

    findings: tuple[Finding, ...]
    number: int


def suppress(
    source: Source,
    findings: Sequence[Finding],
    chosen: Callable[[str], bool],
    inner: Sequence[Span] = (),
    *,
    whole: bool = True,
) -> Kept:
    """Take suppressed findings out of `findings`, and say which suppressions name no rule or suppress nothing.

    `chosen` tells which rules are reported; only their findings are counted. `inner` are texts in the file that are no comments,
    strings above all; suppressions in them are left to whoever judges them. Where the file was not read as a `whole`, no
    suppression is called unused: what it is about may not have been seen.
    """
    if b"dhi-migrate" not in source.data:
        return Kept(tuple(findings), 0)
    given = _read(source, inner)
    used: dict[int, set[str]] = {}
    kept: list[Finding] = []
    refused: set[Fix] = set()
    number = 0
    for finding in findings:
        hits = [
            place
            for place, one in enumerate(given)
            if _covers(one, finding) and any(finding.rule in selector.codes - _ALWAYS for selector in one.selectors)
        ]
        for place in hits:
            used.setdefault(place, set()).add(finding.rule)
        if not hits:
            kept.append(finding)
        else:
            refused.update(finding.fixes)
            number += chosen(finding.rule)
    # nobody wants the fixes of a finding who turned it off, of whatever else they would be the fix
    kept = list(without_fixes(kept, refused))
    for place, one in enumerate(given):
        kept.extend(_judge(source, one, used.get(place, set()), chosen if whole else lambda _: False))
    return Kept(tuple(kept), number)


def _covers(one: _Suppression, finding: Finding) -> bool:
    return one.about is None or one.about.start <= finding.span.start < max(one.about.end, one.about.start + 1)


def _read(source: Source, inner: Sequence[Span]) -> list[_Suppression]:
    found: list[_Suppression] = []
    layout = _Layout(source)
    texts = _joined(inner)
    starts = [one.start for one in texts]
    for line in range(1, source.line_count + 1):
        span = source.line_span(line)
        raw = source.data[span.start : min(span.end, span.start + 4096)]
        match = _COMMENT.search(raw) if b"dhi-migrate" in raw else None
        if match is None:
            continue
        place = bisect_right(starts, span.start + match.start(1)) - 1
        if place >= 0 and span.start + match.start(1) < texts[place].end:
            continue
        if len(found) == MAX_COMMENTS:
            break
        alone = not raw[: match.start(1)].strip()
        listed = match[4].split(b"--", 1)[0] if match[3] else b""
        selectors = tuple(_selectors(listed.decode("utf-8", "surrogateescape"), span.start + match.start(4)))
        comment = Span(span.start + match.start(1), span.end)
        about = None if match[2] else _with_texts(layout.block(line + 1 if alone else line), texts, starts)
        note = Span(comment.start, comment.start + _note(match[1]))
        found.append(_Suppression(comment, note, selectors, about, alone, line))
    return found


def _note(before: bytes) -> int:
    """How many bytes of what stands `before` a suppression in its comment are a note of somebody's, or 0."""
    note = before.rstrip()
    for mark in (b"#", b"/"):
        bare = note.rstrip(mark)
        if bare != bare.rstrip():  # the mark stands alone: it begins a comment, and is no end of an address
            note = bare.rstrip()
    return len(note) if note.strip(b"#/ \t") else 0


def _joined(texts: Sequence[Span]) -> list[Span]:
    """`texts` in the order of the file, those that overlap as one."""
    found: list[Span] = []
    for one in sorted(texts, key=lambda span: span.start):
        if found and one.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def _with_texts(block: Span, texts: Sequence[Span], starts: Sequence[int]) -> Span:
    """`block` with the whole of the last of `texts`, which begin at `starts`, that begins in it."""
    place = bisect_left(starts, block.end) - 1
    inside = place >= 0 and starts[place] >= block.start
    return Span(block.start, max(block.end, texts[place].end)) if inside else block


def _selectors(listed: str, at: int) -> list[Selector]:
    found: list[Selector] = []
    for word in re.finditer(r"[^\s,]+", listed):
        text = word[0][:60]
        try:
            codes, hint = match_rules((text,)), ""
        except UnknownRuleError as error:
            codes, hint = frozenset(), f": did you mean {error.suggestion}?" if error.suggestion else ""
        start = at + len(_bytes(listed[: word.start()]))
        found.append(Selector(text, Span(start, start + len(_bytes(word[0]))), codes, hint))
        if not codes and "," not in listed[word.end() : word.end() + 1]:
            break
    return found


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class _Layout:
    """The lines of a file that say something, and how deep each is indented."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.lines: list[int] = []
        self.indents: list[int] = []
        for line in range(1, source.line_count + 1):
            span = source.line_span(line)
            raw = source.data[span.start : span.end]
            text = raw.lstrip()
            if text and not text.startswith(b"#"):
                self.lines.append(line)
                self.indents.append(len(raw) - len(text))
        self.last: list[int] = []  # for each of them the place of the last one that is indented deeper without a break

    def block(self, line: int) -> Span:
        """The first line from `line` on that says something, and the lines below that are indented deeper."""
        place = bisect_left(self.lines, line)
        if place == len(self.lines):
            return Span(len(self.source.data), len(self.source.data))
        last = self._lasts()[place]
        return Span(self.source.line_span(self.lines[place]).start, self.source.line_span(self.lines[last]).end)

    def _lasts(self) -> list[int]:
        """The ends of all blocks, found in one go."""
        if not self.last:
            self.last = list(range(len(self.lines)))
            open_blocks: list[int] = []
            for place, indent in enumerate([*self.indents, -1]):
                while open_blocks and self.indents[open_blocks[-1]] >= indent:
                    self.last[open_blocks.pop()] = place - 1
                open_blocks.append(place)
        return self.last


def _judge(source: Source, one: _Suppression, used: set[str], chosen: Callable[[str], bool]) -> list[Finding]:
    if not one.selectors:
        return [
            _finding("DHI002", one.comment, "the suppression names no rule: write ignore=CODE", "no code after ignore")
        ]
    unused = [not each.codes & used and any(chosen(code) for code in each.codes) for each in one.selectors]
    found: list[Finding] = []
    for place, selector in enumerate(one.selectors):
        if not selector.codes:
            message = f"unknown rule {selector.text}{selector.hint}"
            found.append(_finding("DHI002", selector.span, message, "no rule has this code or name"))
        elif unused[place]:
            message = f"{selector.text} is suppressed here and not found: remove it from the suppression"
            fix = _removal(source, one) if all(unused) else shorten(one.selectors, place)
            why = "no finding of the rule lies in what the comment is about"
            found.append(_finding("DHI001", selector.span, message, why, fix))
    return found


def _removal(source: Source, one: _Suppression) -> Fix:
    """Take the comment out: with its line where it has one, with the space before it where it stands behind something.

    A note before it stays.
    """
    if one.note.end > one.note.start:
        edit = Edit(one.note.end, one.comment.end, b"")
    elif one.alone:
        start = source.line_starts[one.line - 1]
        last = one.line >= source.line_count
        edit = Edit(start, len(source.data) if last else source.line_starts[one.line], b"")
    else:
        start = one.comment.start
        while start > 0 and source.data[start - 1 : start] in {b" ", b"\t"}:
            start -= 1
        edit = Edit(start, one.comment.end, b"")
    return Fix("safe", "Remove the suppression", (edit,))


def _finding(code: str, span: Span, message: str, evidence: str, *fixes: Fix) -> Finding:
    known = rule(code)
    return Finding(code, known.name, known.severity, message, evidence, None, span, fixes)

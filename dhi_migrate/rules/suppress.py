"""Suppressions: ``# dhi-migrate: ignore=DHI202 -- reason`` above or inside an instruction, ``ignore-file=`` for the whole file.

A comment above an instruction is about that instruction, also with other comments or empty lines between, since the builder reads
them so; one between the lines of a continued instruction is about that one. Comments of other tools are left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from .._pattern import regex
from .._record import NamedTuple
from ..dockerfile import Span
from .findings import Edit, Finding, Fix
from .registry import UnknownRuleError, match_rules, rule
from .repairs import remove_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..dockerfile import Comment, Dockerfile
    from .verdict import Verdict

MAX_SELECTORS = 500
"""Most selectors of one file that are read; those behind them suppress nothing."""

BASES = frozenset({"DHI101", "DHI102", "DHI103"})
"""Rules of which one says how near a hardened image is to a base; which one changes with the data of the catalog.

A comment that names another of them keeps the base all the same, and the finding is told without a fix."""

_COMMENT = regex(r"dhi-migrate\s*:\s*ignore(-file)?\b\s*(=?)(.*)", re.IGNORECASE | re.DOTALL)
_DIRECTIVE = regex(r"(?:syntax|escape|check)\s*=", re.IGNORECASE)
_ALWAYS = frozenset({"DHI000", "DHI001", "DHI002"})
_LONGEST = 60  # characters of a selector; what is longer is no rule, and is cut in messages


class Selector(NamedTuple):
    """One code, prefix or name of a suppression: its text, its bytes, and the rules that it names.

    It names none where it is unknown; `hint` is then what was probably meant, as a part of a sentence, or "".
    """

    text: str
    span: Span
    codes: frozenset[str]
    hint: str


class Suppression(NamedTuple):
    """One comment: its bytes, its selectors, the index of its instruction (None: the whole file), and the reason ("" for none).

    `lost` tells that it stands above no instruction.
    """

    comment: Span
    selectors: tuple[Selector, ...]
    instruction: int | None
    lost: bool
    reason: str


class Suppressed(NamedTuple):
    """What is left of the `findings`, the `number` of suppressed ones, and what is to be said of the suppressions (`extra`).

    `refused` are the findings whose fixes nobody wants: the suppressed ones, and those about a base that a comment keeps.
    """

    findings: tuple[Finding, ...]
    number: int
    extra: tuple[Finding, ...]
    refused: tuple[Finding, ...] = ()


def read_suppressions(dockerfile: Dockerfile) -> tuple[Suppression, ...]:
    """The suppressions of a file, in its order; no more than `MAX_SELECTORS` selectors in all."""
    starts = [instruction.span.start for instruction in dockerfile.instructions]
    left = MAX_SELECTORS
    found: list[Suppression] = []
    for comment in dockerfile.comments:
        match = _COMMENT.match(comment.text)
        if match is None:
            continue
        if left <= 0:
            break
        found.append(_read(dockerfile, comment, match, starts, left))
        left -= max(1, len(found[-1].selectors))
    return tuple(found)


def _read(
    dockerfile: Dockerfile, comment: Comment, match: re.Match[str], starts: Sequence[int], most: int
) -> Suppression:
    listed, _, reason = match[3].partition("--") if match[2] else ("", "", match[3].removeprefix("--"))
    # the text of a comment is trimmed: its place in the file is found from the marker on
    raw = dockerfile.source.data[comment.span.start : comment.span.end]
    at = comment.span.start + raw.find(_bytes(comment.text)) + len(_bytes(comment.text[: match.start(3)]))
    selectors = tuple(_selectors(listed, at, most))
    index = comment.instruction
    if index is None and not match[1]:
        following = bisect_left(starts, comment.span.end)
        index = following if following < len(starts) else None
    lost = index is None and not match[1]
    return Suppression(comment.span, selectors, None if match[1] else index, lost, reason.strip())


def _selectors(listed: str, at: int, most: int) -> Iterator[Selector]:
    """The selectors of the list `listed`, whose first byte is `at`; they are parted by commas or spaces.

    An unknown word behind a space ends the list: it is rather a reason without its ``--`` than a rule.
    """
    end = 0
    for count, word in enumerate(re.finditer(r"[^\s,]+", listed)):
        if count == most:
            return
        at += len(_bytes(listed[end : word.start()]))
        text, comma = word[0], "," in listed[end : word.start()]
        end = word.end()
        span = Span(at, at + len(_bytes(text)))
        at = span.end
        try:
            codes, hint = match_rules((text,)) if len(text) <= _LONGEST else frozenset[str](), ""
        except UnknownRuleError as error:
            codes, hint = frozenset(), f"did you mean {error.suggestion}?" if error.suggestion else ""
        if codes or comma or not count:
            yield Selector(text, span, codes, hint)
        else:
            yield Selector(text, span, codes, "a reason stands behind --")
            return


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def apply_suppressions(
    dockerfile: Dockerfile,
    findings: Sequence[Finding],
    suppressions: Sequence[Suppression],
    chosen: Callable[[str], bool],
    unseen: frozenset[int] = frozenset(),
) -> Suppressed:
    """Take the suppressed findings out, and say which suppressions name no rule (DHI002) or suppress nothing (DHI001).

    `findings` are those of all rules; `chosen` tells which of them are reported, and only these are counted. A suppression of a
    rule that is not reported is never called unused, nor is one of an instruction whose index is in `unseen` (its stage is not
    part of this build), nor, where there are such, one of the whole file.
    """
    if not suppressions:
        return Suppressed(tuple(findings), 0, ())
    covered: dict[int | None, set[str]] = {}
    for one in suppressions:
        if not one.lost:
            codes = covered.setdefault(one.instruction, set())
            codes.update(*(selector.codes - _ALWAYS for selector in one.selectors))
    hit: set[tuple[int | None, str]] = set()
    kept: list[Finding] = []
    refused: list[Finding] = []
    number = 0
    for finding in findings:
        places = _places(dockerfile, finding)
        hits = {(place, finding.rule) for place in places if finding.rule in covered.get(place, ())}
        number += bool(hits) and chosen(finding.rule)
        if not hits:
            kept.append(finding)
        if not hits and finding.rule in BASES:
            hits = {(place, code) for place in places for code in BASES & covered.get(place, set())}
        if hits:
            refused.append(finding)
        hit.update(hits)
    header = _header_end(dockerfile)
    extra: list[Finding] = []
    for one in suppressions:
        seen = not unseen if one.instruction is None and not one.lost else one.instruction not in unseen
        extra.extend(_judge(dockerfile, one, hit, chosen if seen else lambda _: False, header))
    return Suppressed(tuple(kept), number, tuple(extra), tuple(refused))


def refused_findings(verdict: Verdict) -> tuple[Finding, ...]:
    """The findings of `verdict` whose fixes comments of the file turn down, whether their rules are reported or not."""
    if b"dhi-migrate" not in verdict.dockerfile.source.data.lower():
        return ()
    suppressions = read_suppressions(verdict.dockerfile)
    return apply_suppressions(verdict.dockerfile, verdict.findings, suppressions, lambda _: False).refused


def _places(dockerfile: Dockerfile, finding: Finding) -> tuple[int | None, ...]:
    """What a suppression can be about that covers `finding`: the whole file, and the instruction that it lies in."""
    instructions, start = dockerfile.instructions, finding.span.start
    index = bisect_right(instructions, start, key=lambda one: one.span.start) - 1
    if index >= 0 and start < instructions[index].span.end:
        return None, index
    return (None,)


def _header_end(dockerfile: Dockerfile) -> int:
    """The offset of the last comment above the first instruction that would be a parser directive if it came first, or 0.

    The first line that is no directive ends them, and such a line may be a suppression: with its line removed, a comment that
    had no effect would get one.
    """
    first = dockerfile.instructions[0].span.start if dockerfile.instructions else len(dockerfile.source.data)
    found = 0
    for comment in dockerfile.comments:
        if comment.span.start >= first:
            break
        if _DIRECTIVE.match(comment.text):
            found = comment.span.start
    return found


def _judge(
    dockerfile: Dockerfile,
    given: Suppression,
    hit: set[tuple[int | None, str]],
    chosen: Callable[[str], bool],
    header: int,
) -> Iterator[Finding]:
    if not given.selectors:
        yield _finding(
            "DHI002", given.comment, "the suppression names no rule: write ignore=CODE", "no code after ignore"
        )
        return
    used = [not given.lost and any((given.instruction, code) in hit for code in one.codes) for one in given.selectors]
    unused = [
        not taken and any(chosen(code) for code in one.codes) for one, taken in zip(given.selectors, used, strict=True)
    ]
    for place, selector in enumerate(given.selectors):
        shown = selector.text if len(selector.text) <= _LONGEST else f"{selector.text[:_LONGEST]}..."
        if not selector.codes:
            hint = f": {selector.hint}" if selector.hint else ""
            yield _finding("DHI002", selector.span, f"unknown rule {shown}{hint}", "no rule has this code or name")
        elif unused[place]:
            message = f"{shown} is suppressed here and not found: remove it from the suppression"
            why = "no finding of the rule lies in what the comment is about"
            if given.lost:
                why = "no instruction follows the comment"
            if not all(unused):
                yield _finding("DHI001", selector.span, message, why, shorten(given.selectors, place))
            elif given.comment.start < header:
                yield _finding("DHI001", selector.span, message, why)
            else:
                yield _finding("DHI001", selector.span, message, why, _remove(dockerfile, given))


def _remove(dockerfile: Dockerfile, given: Suppression) -> Fix:
    """Take the line of the comment out."""
    line = dockerfile.source.line_of(given.comment.start)
    return Fix("safe", "Remove the suppression", (remove_lines(dockerfile, line, line),))


def shorten(selectors: Sequence[Selector], place: int) -> Fix:
    """Take one of the `selectors` of a suppression out, with what parts it from the next (the one before, if it is the last)."""
    selector = selectors[place]
    if place + 1 < len(selectors):
        edit = Edit(selector.span.start, selectors[place + 1].span.start, b"")
    else:
        edit = Edit(selectors[place - 1].span.end, selector.span.end, b"")
    return Fix("safe", f"Remove {selector.text} from the suppression", (edit,))


def _finding(code: str, span: Span, message: str, evidence: str, *fixes: Fix) -> Finding:
    known = rule(code)
    return Finding(code, known.name, known.severity, message, evidence, None, span, fixes)

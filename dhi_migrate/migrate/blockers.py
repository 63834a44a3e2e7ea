"""What stands between a file and the next level, and the smallest step that a person can take about it."""

from __future__ import annotations

from .._pattern import regex
from .._record import NamedTuple
from ..rules.registry import rules, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..dockerfile import Source
    from ..rules.findings import FileReport, Finding, Level, StageReport, Status
    from .outcome import Migration, Refusal


class Blocker(NamedTuple):
    """One thing in the way: `text` says what, `rule` which rule found it, `line` where in the file as it is (1-based).

    `level` is the level that it keeps the file from; None where it keeps the file from all of them. `rule` is None for
    what no rule found, `line` None for what is in the rewritten text alone. `text` may hold text of the file.
    """

    level: Level | None
    rule: str | None
    line: int | None
    text: str


class Step(NamedTuple):
    """The smallest thing for a person to do next: `text` in one line, about 1-based `line` and `rule` where these are known."""

    rule: str | None
    line: int | None
    text: str


# Words that a message begins its advice with, after a colon or a semicolon.
_ADVICE = regex(
    r"(?:add|ask|build|chown|copy|do|drop|end|expose|give|if|install|leave|let|listen|make|mount|move|name|publish|remove|run"
    r"|say|serve|set|ship|start|take|use|write) "
)
_PERSON = "a person has to "
_PARTS = regex(r"[:;] ")
# How a refusal begins whose reason is what a rule says of the rewritten text.
_RULE = regex(r"(DHI\d{3}): ")
# How the reasons of a stage begin that are about a place in the file.
_PLACE = regex(r"lines? (\d{1,9})\b[^:]*: ")
# Warnings that say why a stage stays where it is; the other reasons are errors.
_STAYS = frozenset({"DHI104", "DHI109", "DHI113"})
_KEEPS_DEV = "DHI115"
_KEY = 200  # bytes of a line by which it is known again
_WEAKEST_FIRST: tuple[Level | None, ...] = ("dev", "split", "runtime", None)


def blockers(migration: Migration, status: Status, level: Level | None) -> tuple[Blocker, ...]:
    """What keeps the file, which the plan gets to `status` and `level`, from the next level; nearest level first.

    Refusals of the migrator come first, then what rules find in the rewritten file: in what ships before the rest. Lines are
    those of the file as it is.
    """
    left = status in {"manual", "unsupported"}
    if level in {"runtime", "split"} and not left:
        return ()
    refused = sorted(migration.refusals, key=lambda one: _WEAKEST_FIRST.index(one.level))
    found = [_refused(one) for one in refused if one.text]
    if left:
        found.extend(_left(migration))
    elif level == "dev" and not found:
        found.extend(
            Blocker("runtime", one.rule, line, one.message)
            for one, line in _in_place(migration, (one for one in migration.after.findings if one.rule == _KEEPS_DEV))
        )
    # what keeps the file from a stronger level as well is told of the nearest one
    first: dict[tuple[str | None, int | None, str], Blocker] = {}
    for one in found:
        first.setdefault(one[1:], one)
    return tuple(first.values())


def _refused(refusal: Refusal) -> Blocker:
    """`refusal` with the rule that its text begins with, if it does."""
    named = _RULE.match(refusal.text)
    if named is None or named[1] not in rules():
        return Blocker(refusal.level, None, refusal.line, refusal.text)
    return Blocker(refusal.level, named[1], refusal.line, refusal.text[named.end() :])


def step(migration: Migration, status: Status, found: tuple[Blocker, ...]) -> Step | None:
    """The smallest step for a person, of the `found` blockers; None where nothing is in the way.

    A file without a hardened equivalent gets the nearest idea. Otherwise it is the advice in the message of the first error that
    nothing mends, or else of the first blocker; without advice in it, what its rule says in general.
    """
    if not found:
        return None
    if status == "unsupported":
        idea = _idea(migration.after)
        if idea is not None:
            return idea
    first = found[0]
    if status == "manual":
        mendable = {(one.rule, one.message) for one in migration.after.findings if one.fixes}
        errors = (one for one in found if one.rule is not None and (one.rule, one.text) not in mendable)
        first = next(errors, first)
    return Step(first.rule, first.line, split_advice(first.text)[1] or _general(first))


def split_advice(message: str) -> tuple[str, str | None]:
    """What `message` claims, and what it tells a person to do, or None.

    Advice follows a colon or a semicolon and begins with a verb.
    """
    for cut in _PARTS.finditer(message):
        at = cut.end() + (len(_PERSON) if message.startswith(_PERSON, cut.end()) else 0)
        if _ADVICE.match(message, at):
            return message[: cut.start()], message[at:]
    return message, None


def _general(blocker: Blocker) -> str:
    """A step for a blocker whose text holds no advice: the first sentence that its rule says about mending, or its text."""
    if blocker.rule is not None:
        words = " ".join(texts(blocker.rule).fix.split())
        first = words.partition(". ")[0].removesuffix(".")
        return first[:1].lower() + first[1:]
    return f"change this: {blocker.text}"


def _idea(report: FileReport) -> Step | None:
    """The nearest hardened image for what ships, where the resolver names one although it is no equivalent."""
    ideas = [one for one in report.stages if one.alternatives and one.match in {"none", "unknown"}]
    stage = min(ideas, key=lambda one: one.role != "final", default=None)
    if stage is None:
        return None
    why = f" ({stage.reasons[0]})" if stage.reasons else ""
    return Step(None, stage.line, f"try {stage.alternatives[0]} in place of {stage.base}{why}")


def _left(migration: Migration) -> Iterator[Blocker]:
    """What is left for a person in the rewritten file: errors and warnings, else why the bases that have not moved stay."""
    after = migration.after
    stages = [one for one in after.stages if one.role != "unused"] or list(after.stages)
    stages.sort(key=lambda one: one.role != "final")
    order = {one.index: number for number, one in enumerate(stages)}
    # a syntax error is about the whole file
    findings = [one for one in after.findings if one.stage is None or one.stage in order]
    findings.sort(key=lambda one: order.get(one.stage, -1) if one.stage is not None else -1)
    errors = [one for one in findings if one.severity == "error"]
    for one, line in _in_place(migration, errors):
        # where lower levels were tried, what ships has these errors on the runtime image alone
        ships = one.stage in order and stages[order[one.stage]].role == "final"
        yield Blocker("runtime" if ships and migration.refusals else None, one.rule, line, one.message)
    warnings = [one for one in findings if one.rule in _STAYS and one.severity != "error"]
    yield from (Blocker(None, one.rule, line, one.message) for one, line in _in_place(migration, warnings))
    if errors or warnings:
        return
    was: dict[tuple[str | None, str], StageReport] = {}
    for stage in migration.before.stages:
        was.setdefault((stage.name, stage.base), stage)
    for stage in stages:
        if stage.match not in {"hardened", "stage", "scratch"}:
            yield from _reasons(was.get((stage.name, stage.base)), stage)


def _reasons(was: StageReport | None, stage: StageReport) -> Iterator[Blocker]:
    """Those reasons of `stage` about places of the file that it had before, too: as they stand in the file as it is."""
    if was is None:
        return
    still = {reason[place.end() :] for reason in stage.reasons if (place := _PLACE.match(reason)) is not None}
    for reason in was.reasons:
        place = _PLACE.match(reason)
        if place is not None and reason[place.end() :] in still:
            yield Blocker(None, None, int(place[1]), reason[place.end() :])


def _in_place(migration: Migration, findings: Iterable[Finding]) -> Iterator[tuple[Finding, int | None]]:
    """`findings` of the rewritten text as they stand in the file as it is, with the line there; None where it has no such line.

    A finding stands where the same rule says the same, or speaks of a line of the same text; else only the line is looked for.
    """
    before, after = migration.before.source, migration.after.source
    if before is None or after is None:
        return
    if before.data == after.data:
        yield from ((one, before.line_of(one.span.start)) for one in findings)
        return
    lines: dict[bytes, int | None] = {}
    for number, line in enumerate(before.data.split(b"\n"), 1):
        text = line[:_KEY].strip()
        lines[text] = None if text in lines else number
    said: dict[tuple[str, str], list[Finding]] = {}
    spoken: dict[tuple[str, bytes], list[Finding]] = {}
    for one in reversed(migration.before.findings):
        said.setdefault((one.rule, one.message), []).append(one)
        spoken.setdefault((one.rule, _line(before, one)), []).append(one)
    for one in findings:
        text = _line(after, one)
        known = said.get((one.rule, one.message)) or spoken.get((one.rule, text))
        if known:
            same = known.pop() if len(known) > 1 else known[0]
            yield same, before.line_of(same.span.start)
        else:
            yield one, _from_line(migration, one) or lines.get(text)


def _from_line(migration: Migration, finding: Finding) -> int | None:
    """The line of the ``FROM`` of a stage in the file as it is, where `finding` is about that ``FROM`` and no stage was added."""
    before, after = migration.before.stages, migration.after.stages
    if finding.stage is None or not finding.stage < len(before) == len(after) or migration.after.source is None:
        return None
    there = after[finding.stage].line == migration.after.source.line_of(finding.span.start)
    return before[finding.stage].line if there else None


def _line(source: Source, finding: Finding) -> bytes:
    """The beginning of the line that `finding` is about, without blanks around it."""
    start, end = source.line_span(source.line_of(finding.span.start))
    return source.data[start : min(end, start + _KEY)].strip()

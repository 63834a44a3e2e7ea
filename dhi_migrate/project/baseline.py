"""Baselines: findings that are known already. They are counted and not shown, so that what is new stands out.

A finding is known again by its rule, its file, and the text of its instruction without its layout; of equal ones, by how many
there are. So lines that move do not bring it back, and a change of the instruction does.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections import Counter
from functools import lru_cache
from hashlib import sha256

from .._record import NamedTuple
from .reader import ReadError, read_file, reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Final

    from ..dockerfile import Dockerfile
    from ..rules.findings import FileReport, Finding

VERSION: Final = 1
MAX_BYTES: Final = 32 * 1024 * 1024
"""Largest baseline that is read."""

DEFAULT_NAME: Final = "dhi-migrate-baseline.json"
"""What a baseline is called where nobody names it."""

Key = tuple[str, str]
"""A rule, and 16 hexadecimal digits that stand for the text of an instruction."""

Counts = dict[Key, int]


class BaselineError(Exception):
    """A baseline that cannot be used; the text says why, with its path."""


class Known(NamedTuple):
    """A `report` without the findings that are known, their `number`, and how many known ones are no longer found (`gone`)."""

    report: FileReport
    number: int
    gone: int


def read_baseline(path: str) -> dict[str, Counts]:
    """Read the baseline at `path`: for each file, by its path from the directory of the baseline, what is known.

    As long as the file stays the same it is read once. Raises `BaselineError`.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise BaselineError(f"baseline {path}: {reason(error)}; --write-baseline makes one") from None
    return _read(path, (status.st_mtime_ns, status.st_size, status.st_ino))


@lru_cache(maxsize=4)
def _read(path: str, stamp: tuple[int, ...]) -> dict[str, Counts]:
    del stamp  # a key: with another one the file has changed
    data = read_file(path, MAX_BYTES)
    if isinstance(data, ReadError):
        raise BaselineError(f"baseline {path}: {data.message}")
    try:
        document = json.loads(data)
        if not isinstance(document, dict) or document.get("version") != VERSION:
            raise ValueError(f"is no baseline of version {VERSION}")
        return {str(name): _counts(entries) for name, entries in document["findings"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        text = str(error) if type(error) is ValueError else "is no baseline"
        raise BaselineError(f"baseline {path}: {text}; make a new one with --write-baseline") from None


def _counts(entries: Any) -> Counts:
    counts: Counter[Key] = Counter()
    for entry in entries:
        rule, instruction, number = entry["rule"], entry["instruction"], entry.get("count", 1)
        if not (isinstance(rule, str) and isinstance(instruction, str) and isinstance(number, int)):
            raise ValueError("is no baseline")
        counts[rule, instruction] += number
    return dict(counts)


def baseline_name(baseline: str, path: str) -> str:
    """What the file at `path` is called in the baseline at `baseline`: its path from the directory of that, with "/"."""
    folder = os.path.realpath(os.path.dirname(path) or ".")
    top = os.path.realpath(os.path.dirname(baseline) or ".")
    return os.path.relpath(os.path.join(folder, os.path.basename(path)), top).replace(os.sep, "/")


def count_findings(report: FileReport) -> Counts:
    """The findings of a file as a baseline counts them."""
    return dict(Counter(_keys(report)))


def without_known(report: FileReport, known: Counts, takes: Callable[[str], bool]) -> Known:
    """Take the `known` findings out of a report; `takes` tells of a rule whether the run reports it.

    Of equal findings the first ones are those that are known.
    """
    left = dict(known)
    kept: list[Finding] = []
    for finding, key in zip(report.findings, _keys(report), strict=True):
        if left.get(key, 0) > 0:
            left[key] -= 1
        else:
            kept.append(finding)
    number = len(report.findings) - len(kept)
    gone = sum(count for (rule, _), count in left.items() if takes(rule) and count > 0)
    return Known(report if not number else report._replace(findings=tuple(kept)), number, gone)


def updated_baseline(old: Mapping[str, Counts], found: Mapping[str, Counts], is_there: Callable[[str], bool]) -> bytes:
    """The content of a baseline with what was `found` in each checked file, and what `old` says of others that are there."""
    kept = {name: counts for name, counts in old.items() if name not in found and is_there(name)}
    lines = [
        f"  {json.dumps(name)}: [\n"
        + ",\n".join(f"   {json.dumps(_entry(*one))}" for one in sorted(counts.items()))
        + "\n  ]"
        for name, counts in sorted({**kept, **found}.items())
        if counts
    ]
    body = ",\n".join(lines)
    return f'{{"version": {VERSION},\n "findings": {{\n{body}\n }}}}\n'.encode()


def _entry(key: Key, count: int) -> dict[str, Any]:
    entry: dict[str, Any] = {"rule": key[0], "instruction": key[1]}
    return {**entry, "count": count} if count > 1 else entry


def _keys(report: FileReport) -> list[Key]:
    """The key of each finding, in their order."""
    if report.source is None or not report.findings:
        return []
    from ..dockerfile import parse

    dockerfile = parse(report.source.data)
    texts: dict[int, str] = {}
    keys: list[Key] = []
    for finding in report.findings:
        at = _instruction(dockerfile, finding)
        if at is None:
            keys.append((finding.rule, _digest(report.source.text(finding.span))))
            continue
        if at not in texts:
            instruction = dockerfile.instructions[at]
            documents = (document.content for document in instruction.heredocs)
            texts[at] = _digest("\n".join((instruction.keyword, instruction.original, *documents)))
        keys.append((finding.rule, texts[at]))
    return keys


def _instruction(dockerfile: Dockerfile, finding: Finding) -> int | None:
    """The index of the instruction that a finding lies in."""
    start = finding.span.start
    at = bisect_right(dockerfile.instructions, start, key=lambda one: one.span.start) - 1
    return at if at >= 0 and start < dockerfile.instructions[at].span.end else None


def _digest(text: str) -> str:
    """16 hexadecimal digits for `text`; runs of blanks and line ends are one."""
    return sha256(" ".join(text.split()).encode("utf-8", "surrogateescape")).hexdigest()[:16]

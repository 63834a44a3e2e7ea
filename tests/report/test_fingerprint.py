"""What a finding is recognised by: stable where lines move, and for GitHub the hash that its own action computes."""

from __future__ import annotations

import pytest
from report_cases import span

from dhi_migrate.dockerfile.source import Source, Span
from dhi_migrate.report.fingerprint import failure_fingerprint, fingerprints, line_hashes
from dhi_migrate.rules.findings import FileReport, Finding

FILE = b"FROM node:22\nRUN apt-get update\nRUN apt-get update\nCMD npm start\n"


def report(data: bytes, *places: tuple[str, Span]) -> FileReport:
    findings = tuple(Finding(rule, "name", "info", "message", "evidence", 0, where) for rule, where in places)
    return FileReport("Dockerfile", Source(data), "manual", None, None, (), findings)


def prints(data: bytes, *places: tuple[str, bytes]) -> list[str]:
    return fingerprints(report(data, *((rule, span(data, text)) for rule, text in places)))


def test_the_same_line_elsewhere_is_the_same_finding() -> None:
    moved = b"# why\n\nARG A\nFROM node:22\nWORKDIR /x\n\tCMD   npm  start\r\n"
    places = (("DHI101", b"node:22"), ("DHI202", b"CMD"))
    assert prints(FILE, *places) == prints(moved, *places)


def test_another_rule_or_a_changed_line_is_another_finding() -> None:
    (first,) = prints(FILE, ("DHI101", b"node:22"))
    assert prints(FILE, ("DHI102", b"node:22")) != [first]
    assert prints(FILE.replace(b"node:22", b"node:24"), ("DHI101", b"node:24")) != [first]


def test_equal_lines_are_told_apart_by_their_number_and_files_by_their_path() -> None:
    second = FILE.index(b"RUN", 20)
    twice = report(FILE, ("DHI301", span(FILE, b"RUN apt-get")), ("DHI301", Span(second, second + 3)))
    alone = twice._replace(findings=twice.findings[:1])
    first, other = fingerprints(twice)
    assert first != other
    assert fingerprints(alone) == [first]
    assert fingerprints(alone, "a") != fingerprints(alone, "b") != [first]
    assert failure_fingerprint("a") != failure_fingerprint("b")


def test_a_huge_place_costs_what_a_small_one_costs() -> None:
    data = b"RUN <<E\n" + b"x" * 100_000 + b"\nE\n"
    (whole,) = fingerprints(report(data, ("DHI301", Span(0, len(data)))))
    (cut,) = fingerprints(report(data[:50_000] + b"y" + data[50_001:], ("DHI301", Span(0, len(data)))))
    assert whole == cut


# Pairs of text and hashes that the tests of github/codeql-action hold.
@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        *(
            (
                f" hello; \t{ending}world!!!{ending}{ending}{ending}  \t\tGreetings{ending} End{ending}",
                [
                    "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
                    "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
                ],
            )
            for ending in ("\n", "\r\n", "\r")
        ),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
                "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ],
        ),
    ],
    ids=["empty", "blanks", "lf", "crlf", "cr", "repeated"],
)  # fmt: skip
def test_line_hashes_are_those_of_the_action(text: str, hashes: list[str]) -> None:
    data = text.encode()
    lines = list(range(1, len(hashes) + 1))
    assert line_hashes(data, lines) == dict(zip(lines, hashes, strict=True))
    assert line_hashes(data, [len(hashes), len(hashes) + 1]) == {len(hashes): hashes[-1]}


def test_characters_beyond_the_first_plane_count_as_two_units() -> None:
    # By the definition: units d83d dc33 0046 ffff, 37 as the factor, 96 zeros behind.
    value = 0
    for unit in (0xD83D, 0xDC33, 0x46, 0xFFFF, *[0] * 96):
        value = (value * 37 + unit) % 2**64
    assert line_hashes("\U0001f433 F".encode(), [1]) == {1: f"{value:x}:1"}

"""Suppressions: which findings a comment takes out of the report, and what becomes of comments that take out none."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from dhi_migrate import Catalog, Settings, check, migrate
from dhi_migrate.choices import LevelChoice
from dhi_migrate.dockerfile import Span, parse
from dhi_migrate.migrate.levels import migrate_source
from dhi_migrate.rules.edits import apply_edits, compatible
from dhi_migrate.rules.findings import Finding
from dhi_migrate.rules.suppress import MAX_SELECTORS, Suppressed, apply_suppressions, read_suppressions

BASE = "FROM registry.example.com/team/base:1\n"


def finding(text: str, place: str, code: str = "DHI104") -> Finding:
    """A finding of `code` on the first `place` in `text`."""
    start = text.encode("utf-8", "surrogateescape").index(place.encode())
    return Finding(code, "any-name", "warning", "message", "", 0, Span(start, start + len(place)))


def applied(
    text: str,
    *findings: Finding,
    chosen: Callable[[str], bool] = lambda _: True,
    unseen: frozenset[int] = frozenset(),
) -> Suppressed:
    dockerfile = parse(text.encode("utf-8", "surrogateescape"))
    return apply_suppressions(dockerfile, findings, read_suppressions(dockerfile), chosen, unseen)


def said(text: str, found: Suppressed) -> list[tuple[str, str]]:
    """Code and place of what is said of the suppressions."""
    data = text.encode("utf-8", "surrogateescape")
    return [(one.rule, data[one.span.start : one.span.end].decode("utf-8", "replace")) for one in found.extra]


def fixed(text: str, found: Suppressed) -> str:
    fixes = compatible([fix for one in found.extra for fix in one.fixes])
    data = apply_edits(text.encode("utf-8", "surrogateescape"), [edit for fix in fixes for edit in fix.edits])
    return data.decode("utf-8", "surrogateescape")


# -- what a comment covers


@pytest.mark.parametrize(
    "comment",
    [
        "# dhi-migrate: ignore=DHI104",
        "# dhi-migrate: ignore=DHI104 -- a reason, with DHI1O5 in it",
        "#dhi-migrate:ignore=DHI104--reason",
        "   #   DHI-Migrate :  Ignore  =  dhi104  ",
        "# dhi-migrate: ignore=DHI104\n# another comment\n\n# hadolint ignore=DL3006",
        "# dhi-migrate: ignore=No-Hardened-Equivalent",
        "# dhi-migrate: ignore=DHI1",
        "# dhi-migrate: ignore=all",
        "# dhi-migrate: ignore-file=DHI104 -- reason",
    ],
)
def test_a_comment_above_the_instruction_covers_it(comment: str) -> None:
    text = f"{comment}\n{BASE}"
    only = finding(text, "registry")
    assert applied(text, only) == Suppressed((), 1, (), (only,))


@pytest.mark.parametrize(
    "text",
    [
        "FROM base\nRUN a && \\\n# dhi-migrate: ignore=DHI202\n  b\n",
        "FROM base\n# dhi-migrate: ignore=DHI202\nRUN a && \\\n  b\n",
        "FROM base\nRUN a && \\\n  b\n# dhi-migrate: ignore-file=DHI202\n",
        "FROM base\nRUN a && \\\n  # dhi-migrate: ignore-file=DHI202\n  b\n",
        "FROM base\r\n# dhi-migrate: ignore=DHI202\r\nRUN a && \\\r\n  b\r\n",
    ],
)
def test_a_comment_covers_all_lines_of_its_instruction(text: str) -> None:
    text = text.replace("DHI202", "DHI104")
    assert applied(text, finding(text, "a &&"), finding(text, "b\n" if "\r" not in text else "b\r")).number == 2


@pytest.mark.parametrize(
    "text",
    [
        "# dhi-migrate: ignore=DHI104\nFROM base\nRUN here\n",
        "FROM base\nRUN here\n# dhi-migrate: ignore=DHI104\nRUN there\n",
        "FROM base\nRUN here\n# dhi-migrate: ignore=DHI104\n",
        "FROM base\n# dhi-migrate: ignore=DHI105\nRUN here\n",
        "FROM base\n# see dhi-migrate: ignore=DHI104\nRUN here\n",
        "FROM base\n# hadolint ignore=DHI104\nRUN here\n",
        "FROM base\n# dhi-migrate: ignored=DHI104\nRUN here\n",
        "FROM base\nRUN here <<EOF\n# dhi-migrate: ignore-file=DHI104\nEOF\n",
    ],
)
def test_what_a_comment_is_not_about_stays(text: str) -> None:
    only = finding(text, "here")
    found = applied(text, only)
    assert (found.findings, found.number) == ((only,), 0)


def test_comments_of_others_are_nothing_to_speak_of() -> None:
    text = f"# check=skip=all\n# hadolint ignore=DL3006\n# dhi-migrate is run on this file\n{BASE}"
    assert applied(text) == Suppressed((), 0, ())


def test_only_findings_that_would_be_reported_are_counted() -> None:
    text = f"# dhi-migrate: ignore=DHI104,DHI105\n{BASE}"
    findings = (finding(text, "registry"), finding(text, "registry", "DHI105"))
    assert applied(text, *findings, chosen=lambda code: code != "DHI105") == Suppressed((), 1, (), findings)


@pytest.mark.parametrize("code", ["DHI000", "DHI001", "DHI002"])
def test_what_is_said_of_the_file_itself_cannot_be_suppressed(code: str) -> None:
    text = f"# dhi-migrate: ignore-file=all\n{BASE}"
    only = finding(text, "FROM", code)
    assert applied(text, only).findings == (only,)


def test_the_reason_and_the_places_are_read() -> None:
    text = "FROM base\n# dhi-migrate: ignore=DHI104 , DHI105 -- because é -- so\nRUN x\n"
    (one,) = read_suppressions(parse(text.encode()))
    assert (one.instruction, one.lost, one.reason) == (1, False, "because é -- so")
    assert [text.encode()[each.span.start : each.span.end] for each in one.selectors] == [b"DHI104", b"DHI105"]


# -- unused (DHI001)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"# dhi-migrate: ignore=DHI105\n{BASE}", BASE),
        (f"# dhi-migrate: ignore=DHI105 -- reason\r\n{BASE}", BASE),
        (f"\ufeff# dhi-migrate: ignore=DHI105\n{BASE}", f"\ufeff{BASE}"),
        (f"# one\n  # dhi-migrate: ignore=DHI105,DHI106\n# two\n{BASE}", f"# one\n# two\n{BASE}"),
        (f"{BASE}# dhi-migrate: ignore=DHI105", BASE.removesuffix("\n")),
        (f"{BASE}# dhi-migrate: ignore-file=DHI105\nRUN x\n", f"{BASE}RUN x\n"),
        (f"{BASE}RUN a && \\\n  # dhi-migrate: ignore=DHI105\n  b\n", f"{BASE}RUN a && \\\n  b\n"),
        (f"# dhi-migrate: ignore=DHI104,DHI105 -- r\n{BASE}", f"# dhi-migrate: ignore=DHI104 -- r\n{BASE}"),
        (f"# dhi-migrate: ignore=DHI105, DHI104 -- r\n{BASE}", f"# dhi-migrate: ignore=DHI104 -- r\n{BASE}"),
        (f"# dhi-migrate: ignore=DHI105 DHI104\n{BASE}", f"# dhi-migrate: ignore=DHI104\n{BASE}"),
        (
            f"# é dhi\n# dhi-migrate: ignore=DHI104,DHI105 -- é\n{BASE}",
            f"# é dhi\n# dhi-migrate: ignore=DHI104 -- é\n{BASE}",
        ),
        (f"# dhi-migrate: ignore=DHI105,nope\n{BASE}", f"# dhi-migrate: ignore=nope\n{BASE}"),
    ],
)
def test_an_unused_code_is_taken_out(before: str, after: str) -> None:
    found = applied(before, finding(before, "registry"))
    assert {one.rule for one in found.extra} - {"DHI002"} == {"DHI001"}
    assert all(one.severity == "warning" for one in found.extra if one.rule == "DHI001")
    assert all(fix.safety == "safe" for one in found.extra for fix in one.fixes)
    assert fixed(before, found) == after
    again = applied(after, finding(after, "registry"))
    assert "DHI001" not in {one.rule for one in again.extra}


def test_it_is_placed_on_the_code() -> None:
    text = f"# dhi-migrate: ignore=DHI104,DHI105\n{BASE}"
    assert said(text, applied(text, finding(text, "registry"))) == [("DHI001", "DHI105")]


def test_a_rule_that_is_not_reported_is_not_called_unused() -> None:
    text = f"# dhi-migrate: ignore=DHI105,DHI106\n{BASE}"
    found = applied(text, chosen=lambda code: code != "DHI106")
    assert said(text, found) == [("DHI001", "DHI105")]
    assert fixed(text, found) == f"# dhi-migrate: ignore=DHI106\n{BASE}"


def test_what_is_not_part_of_this_build_is_not_called_unused() -> None:
    text = (
        f"# dhi-migrate: ignore-file=DHI105\n# dhi-migrate: ignore=DHI106\n{BASE}# dhi-migrate: ignore=DHI107\nRUN x\n"
    )
    assert said(text, applied(text, unseen=frozenset({1}))) == [("DHI001", "DHI106")]
    assert [code for _, code in said(text, applied(text))] == ["DHI105", "DHI106", "DHI107"]


def test_no_line_is_removed_that_keeps_a_directive_from_having_an_effect() -> None:
    text = f"# dhi-migrate: ignore=DHI105\n# escape=`\n{BASE}RUN a \\\n  b\n"
    found = applied(text)
    assert said(text, found) == [("DHI001", "DHI105")]
    assert fixed(text, found) == text


def test_below_a_directive_lines_are_removed() -> None:
    text = f"# escape=`\n# dhi-migrate: ignore=DHI105\n{BASE}RUN a `\n  b\n"
    assert fixed(text, applied(text)) == f"# escape=`\n{BASE}RUN a `\n  b\n"


# -- unknown (DHI002)


@pytest.mark.parametrize(
    ("comment", "place", "message"),
    [
        ("ignore=DHI104x", "DHI104x", "unknown rule DHI104x: did you mean DHI104?"),
        (
            "ignore=no-hardend-equivalent",
            "no-hardend-equivalent",
            "unknown rule no-hardend-equivalent: did you mean no-hardened-equivalent?",
        ),
        ("ignore=DHI104,qqqqqqqq", "qqqqqqqq", "unknown rule qqqqqqqq"),
        ("ignore=DHI104 it is ours", "it", "unknown rule it: a reason stands behind --"),
        ("ignore", "# dhi-migrate: ignore", "the suppression names no rule: write ignore=CODE"),
        ("ignore -- DHI104", "# dhi-migrate: ignore -- DHI104", "the suppression names no rule: write ignore=CODE"),
        ("ignore=", "# dhi-migrate: ignore=", "the suppression names no rule: write ignore=CODE"),
        ("ignore= , -- x", "# dhi-migrate: ignore= , -- x", "the suppression names no rule: write ignore=CODE"),
        ("ignore-file", "# dhi-migrate: ignore-file", "the suppression names no rule: write ignore=CODE"),
        (f"ignore={'x' * 5000}", "x" * 5000, f"unknown rule {'x' * 60}..."),
    ],
)
def test_what_names_no_rule_is_an_error(comment: str, place: str, message: str) -> None:
    text = f"# dhi-migrate: {comment}\n{BASE}"
    (one,) = applied(text, finding(text, "registry")).extra
    assert (one.rule, one.severity, one.message, one.fixes) == ("DHI002", "error", message, ())
    assert said(text, applied(text, finding(text, "registry"))) == [("DHI002", place)]


# -- hostile files


@pytest.mark.parametrize(
    "text",
    [
        "# dhi-migrate: ignore=" + "DHI105," * 300_000 + f"\n{BASE}",
        "# dhi-migrate: ignore=" + ",".join(f"x{number}" for number in range(100_000)) + f"\n{BASE}",
        "# dhi-migrate: ignore\n" * 100_000 + BASE,
        BASE + "# dhi-migrate: ignore=DHI105\nRUN a\n" * 50_000,
    ],
)
def test_a_file_of_suppressions_costs_little(text: str) -> None:
    dockerfile = parse(text.encode())
    findings = [finding(text, "FROM")] * 20_000
    begin = time.perf_counter()
    found = apply_suppressions(dockerfile, findings, read_suppressions(dockerfile), lambda _: True)
    assert len(found.extra) <= MAX_SELECTORS
    assert time.perf_counter() - begin < 20


def test_undecodable_bytes_keep_the_places_right() -> None:
    text = f"# \udcff\n# dhi-migrate: ignore=DHI104,\udcff\udcfe,DHI105 -- \udcff\n{BASE}"
    found = applied(text, finding(text, "registry"))
    assert [one.rule for one in found.extra] == ["DHI002", "DHI001"]
    assert fixed(text, found) == text.replace(",DHI105", "")


# -- in a report


def test_a_report_is_without_them_and_counts_them() -> None:
    text = f"# dhi-migrate: ignore=DHI104 -- our own image\n{BASE}# dhi-migrate: ignore=DHI114\nCOPY app /app\n"
    report = check(text.encode(), Catalog.load(), Settings(select=("DHI0", "DHI104", "DHI114")))
    assert [one.rule for one in report.findings] == ["DHI001"]
    assert (report.suppressed, report.status) == (1, "unsupported")
    mended = migrate(text.encode(), Catalog.load(), Settings(select=("DHI0", "DHI104", "DHI114")))
    assert mended.data == text.replace("# dhi-migrate: ignore=DHI114\n", "").encode()


def test_a_swap_that_is_suppressed_is_not_made() -> None:
    text = '# dhi-migrate: ignore=DHI101\nFROM node:24-alpine\nCMD ["node", "a.js"]\n'
    assert migrate(text.encode(), Catalog.load(), Settings(select=("DHI0", "DHI1"))).data == text.encode()


def test_a_base_is_kept_whichever_rule_tells_how_near_the_hardened_one_is() -> None:
    text = f"{NOT_NOW}FROM golang:1.24\nWORKDIR /src\n"
    done = migrate_source("Dockerfile", text.encode(), Catalog.load(), Settings(level="dev"), unsafe=True)
    assert done.data == text.encode()
    told = [(one.rule, one.fixes) for one in done.after.findings if one.rule in {"DHI001", "DHI101", "DHI102"}]
    assert (told, done.after.suppressed) == ([("DHI102", ())], 0)


def test_a_comment_that_kept_a_base_is_unused_when_the_base_is_hardened() -> None:
    text = f'{NOT_NOW}FROM dhi.io/node:24-alpine3.24\nCMD ["node", "a.js"]\n'
    assert [one.rule for one in check(text.encode(), Catalog.load(), Settings()).findings] == ["DHI001"]


NOT_NOW = "# dhi-migrate: ignore=DHI101 -- not now\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{NOT_NOW}FROM memcached:1.6\nCMD memcached\n",
        "FROM memcached:1.6\n# dhi-migrate: ignore=DHI501 -- wanted\nCMD memcached\n",
        f"ARG BASE=node:22-alpine\nFROM $BASE AS build\nRUN npm ci\n{NOT_NOW}FROM $BASE\nCOPY --from=build /a /a\n"
        'CMD ["node", "a.js"]\n',
        f"{NOT_NOW}FROM node:22-alpine\nWORKDIR /app\nCOPY package.json .\nRUN npm install\nCOPY . .\n"
        'CMD ["node", "a.js"]\n',
    ],
    ids=["with another's repair", "its repair", "a variable that two stages share", "a split"],
)
@pytest.mark.parametrize("level", ["auto", "split", "dev"])
def test_what_a_comment_turns_down_is_not_done_by_another_way(text: str, level: LevelChoice) -> None:
    without = "".join(line for line in text.splitlines(keepends=True) if "dhi-migrate" not in line)
    settings = Settings(level=level)
    assert (
        migrate_source("Dockerfile", without.encode(), Catalog.load(), settings, unsafe=True).data != without.encode()
    )
    done = migrate_source("Dockerfile", text.encode(), Catalog.load(), settings, unsafe=True)
    assert done.data == text.encode()
    assert done.after.suppressed == 1

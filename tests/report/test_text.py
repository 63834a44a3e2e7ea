"""The report for people, whole."""

from __future__ import annotations

import pytest
from report_cases import hostile, multi_stage, unreadable

from dhi_migrate.dockerfile.source import Source, Span
from dhi_migrate.report.concise import render_concise
from dhi_migrate.report.escape import cells, printable, visible, width
from dhi_migrate.report.excerpt import excerpt
from dhi_migrate.report.style import Style, wrap
from dhi_migrate.report.tally import Tally, add, count
from dhi_migrate.report.text import render_summary, render_text
from dhi_migrate.rules.findings import FileReport

PLAIN = Style()

TEXT = """\
web/Dockerfile:2:6: info[DHI101] node:22-alpine is there as dhi.io/node:22-alpine3.24-dev
  |
2 | FROM node:22-alpine AS deps
  |      ^^^^^^^^^^^^^^
  = note: alpine 3.24 for alpine
  = fix: use dhi.io/node:22-alpine3.24-dev [--fix]

web/Dockerfile:4:1: warning[DHI209] two lines
  |
4 | RUN npm ci \\
  | ^^^^^^^^^^^^ to line 5

web/Dockerfile:10:6: info[DHI101] node:22-alpine has a hardened image
   |
10 | FROM node:22-alpine
   |      ^^^^^^^^^^^^^^
   = target: dhi.io/node:22-alpine3.24 (same-version)
   = note: the start command needs a shell
   = or: dhi.io/node:22-debian13, dhi.io/node:22-alpine3.24-dev

web/Dockerfile:12:1: error[DHI202] CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have
   |
12 | CMD  npm start
   | ^^^^^^^^^^^^^^
   = because: image/node/alpine-3.24/22.yaml lists no shell
   = fix: write CMD as a JSON array [--fix --unsafe-fixes]

web/Dockerfile: manual (needs a person), level runtime
  build  deps   node:22-alpine  -> dhi.io/node:22-alpine3.24-dev  exact
  build  build  deps
  final  #2     node:22-alpine  -> dhi.io/node:22-alpine3.24      same-version, not by --fix

"""


def test_findings_stages_and_source_lines_are_laid_out() -> None:
    assert render_text(multi_stage(), PLAIN) == TEXT


def test_colours_change_nothing_but_the_colours() -> None:
    import re

    coloured = render_text(multi_stage(), Style(colour=True))
    assert "\x1b[1;31merror[DHI202]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == TEXT


def test_notes_are_wrapped_to_the_width() -> None:
    report = multi_stage()
    long = report.findings[3]._replace(evidence="word " * 30 + "end")
    shown = render_text(report._replace(findings=(long,)), Style(width=60))
    notes = [line for line in shown.splitlines() if "word" in line]
    assert notes[0].startswith("   = because: word")
    assert len(notes) > 3
    assert all(line.startswith("              word") for line in notes[1:])
    assert max(map(len, notes)) <= 60


def test_reasons_of_a_stage_without_a_finding_stand_below_its_line() -> None:
    report = multi_stage()
    shown = render_text(report._replace(findings=report.findings[3:]), PLAIN)
    assert shown.endswith(
        "  build  deps   node:22-alpine  -> dhi.io/node:22-alpine3.24-dev  exact\n"
        "      alpine 3.24 for alpine\n"
        "  build  build  deps\n"
        "  final  #2     node:22-alpine  -> dhi.io/node:22-alpine3.24      same-version, not by --fix\n"
        "      the start command needs a shell\n\n"
    )


def test_a_file_without_findings_and_one_that_was_not_read_say_nothing() -> None:
    assert render_text(multi_stage()._replace(findings=()), PLAIN) == ""
    assert render_text(unreadable(), PLAIN) == ""
    assert render_concise(unreadable(), PLAIN) == ""


def test_one_line_a_finding_with_a_mark_for_what_the_flags_would_fix() -> None:
    lines = [
        "web/Dockerfile:2:6: DHI101 info node:22-alpine is there as dhi.io/node:22-alpine3.24-dev [*]\n",
        "web/Dockerfile:4:1: DHI209 warning two lines\n",
        "web/Dockerfile:10:6: DHI101 info node:22-alpine has a hardened image\n",
        "web/Dockerfile:12:1: DHI202 error CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have",
    ]
    assert render_concise(multi_stage(), PLAIN) == "".join(lines) + "\n"
    assert render_concise(multi_stage(), Style(unsafe_fixes=True)) == "".join(lines) + " [*]\n"


def test_nothing_of_a_hostile_file_comes_out_raw() -> None:
    for text in (render_text(hostile(), PLAIN), render_concise(hostile(), PLAIN)):
        assert all(line.isprintable() for line in text.split("\n"))
    assert render_concise(hostile(), PLAIN) == (
        r"a\xff\x1b[31m\x9b:\u202e1:1:6: DHI101 info a\xff\x1b[31m\x9b:\u202e1 [*]" + "\n"
    )


@pytest.mark.parametrize(
    ("tally", "text"),
    [
        (
            count(multi_stage()),
            "4 findings in 1 file (1 error, 1 warning, 2 info); 1 fixable with --fix, 1 more with --unsafe-fixes\n"
            "1 file: 1 in need of a person\n",
        ),
        (
            add(add(count(multi_stage()), count(unreadable())), count(hostile(), fixed=3)),
            "Fixed 3 findings in 1 file.\n"
            "5 findings in 2 of 3 files (1 error, 1 warning, 3 info); 2 fixable with --fix, 1 more with --unsafe-fixes\n"
            "3 files: 1 swappable by FROM lines alone, 1 in need of a person, 1 not read\n",
        ),
        (Tally(files=1, with_findings=1, infos=1), "1 finding in 1 file (1 info)\n1 file\n"),
        (
            Tally(files=2, with_findings=2, errors=2, fixable_unsafe=2, unsupported=2),
            "2 findings in 2 of 2 files (2 errors); 2 fixable with --fix --unsafe-fixes\n"
            "2 files: 2 without a hardened equivalent\n",
        ),
        (Tally(files=4, stages=7, hardened_stages=6), "No findings in 4 files; 6 of 7 stages hardened.\n"),
        (Tally(files=1, stages=1, hardened_stages=1), "No findings in 1 file; 1 of 1 stage hardened.\n"),
        (Tally(files=1, fixed=1, fixed_files=1), "Fixed 1 finding in 1 file.\nNo findings left in 1 file.\n"),
        (Tally(files=1, unreadable=1), ""),
        (Tally(), ""),
    ],
)
def test_the_summary(tally: Tally, text: str) -> None:
    assert render_summary(tally, PLAIN) == text


def show(data: bytes, start: int, end: int, columns: int = 120) -> list[str]:
    return excerpt(Source(data), Span(start, end), "error", Style(width=columns))


@pytest.mark.parametrize(
    ("data", "place", "lines"),
    [
        (b"FROM a\n", (5, 6), ["FROM a", "     ^"]),
        (b"\xef\xbb\xbfFROM a\n", (8, 9), ["FROM a", "     ^"]),
        (b"FROM a\r\n", (5, 6), ["FROM a", "     ^"]),
        (b"\tCMD\tx y", (5, 6), ["    CMD x y", "        ^"]),
        ("RUN 漢字 x".encode(), (11, 12), ["RUN 漢字 x", "         ^"]),
        ("RUN 漢字 x".encode(), (4, 10), ["RUN 漢字 x", "    ^^^^"]),
        ("RUN e\u0301 x".encode(), (8, 9), ["RUN e\u0301 x", "      ^"]),
        (b"RUN \xff\x1b x", (7, 8), ["RUN \\xff\\x1b x", "             ^"]),
        (b"FROM a", (6, 6), ["FROM a", "      ^"]),
        (b"", (0, 0), ["", "^"]),
        (b"RUN a \\\n b\nCMD c\n", (0, 10), ["RUN a \\", "^^^^^^^ to line 2"]),
        (b"RUN a\nCMD c\n", (0, 6), ["RUN a", "^^^^^"]),
    ],
)
def test_carets_stand_under_the_place(data: bytes, place: tuple[int, int], lines: list[str]) -> None:
    assert show(data, *place) == ["  |", f"1 | {lines[0]}".rstrip(), f"  | {lines[1]}"]


def test_a_long_line_is_cut_around_the_place() -> None:
    data = b"RUN " + b"a" * 300 + b" HERE " + b"b" * 300
    _, line, carets = show(data, 305, 309, 80)
    assert line == "1 | ..." + "a" * 19 + " HERE " + "b" * 45 + "..."
    assert len(line) <= 80
    assert carets == "  | " + " " * 23 + "^^^^"
    _, line, carets = show(data, 0, 3, 80)
    assert line == "1 | RUN " + "a" * 69 + "..."
    assert carets == "  | ^^^"
    _, line, carets = show(data, 0, len(data), 80)
    assert line == "1 | RUN " + "a" * 69 + "..."
    assert carets == "  | " + "^" * 76


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢 \\x1b", "plain é 漢 \\x1b"),
        ("\x1b[31m\r\n\t\x00\x7f", "\\x1b[31m\\r\\n\\t\\x00\\x7f"),
        ("\x9b\xa0\xad", "\\x9b\\xa0\\xad"),
        ("\u202e\u200b\u2028\ufeff", "\\u202e\\u200b\\u2028\\ufeff"),
        ("\udcff\ud800\U000e0001", "\\xff\\ud800\\U000e0001"),
    ],
)
def test_what_does_not_print_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert "".join(cell for cell, _ in cells(text.replace("\t", ""))) == shown.replace("\\t", "")


def test_only_what_is_no_text_is_written_out_for_programs() -> None:
    assert printable("\x1bé\udcff") == "\x1bé\\xff"
    assert printable("\udcff\ud800") == "\\udcff\\ud800"


def test_width_counts_columns() -> None:
    assert [width(text) for text in ("abc", "漢字", "e\u0301", "é", "\udcff")] == [3, 4, 1, 1, 4]


def test_wrapping_keeps_every_word() -> None:
    assert wrap("a bb ccc dddd", 6) == ["a bb", "ccc", "dddd"]
    assert wrap("a" * 30 + " b", 10) == ["a" * 30, "b"]
    assert wrap("", 10) == [""]


def test_counts_are_sums() -> None:
    empty = FileReport("x", Source(b""), "hardened", "runtime", None, (), ())
    total = add(add(count(multi_stage()), count(empty)), count(unreadable()))
    assert (total.files, total.with_findings, total.unreadable, total.findings) == (3, 1, 1, 4)
    assert (total.stages, total.hardened_stages, total.suppressed, total.hardened) == (3, 1, 1, 1)

"""``--baseline`` and ``--write-baseline``: what is known is counted and not shown, what is new stands out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_support import Run, write

CENTOS = "FROM centos:7\nRUN yum install -y curl\n"
NAME = "dhi-migrate-baseline.json"


@pytest.fixture
def known(real: Run) -> Run:
    """Two files whose findings are known."""
    write("a/Dockerfile", CENTOS)
    write("b/Dockerfile", CENTOS)
    assert real("--write-baseline") == (
        0,
        "",
        f"dhi-migrate: {NAME} now knows 4 findings in 2 of 2 checked files; use it with --baseline {NAME}\n",
    )
    return real


def new(known: Run, *arguments: str) -> list[str]:
    return [
        ":".join(line.split(":")[:2])
        for line in known("--format", "concise", "-q", "--baseline", NAME, *arguments)[1].splitlines()
    ]


def test_known_findings_are_counted_and_not_shown(known: Run) -> None:
    assert known("--baseline", NAME) == (
        0,
        "No findings in 2 files; 0 of 2 stages hardened.\n",
        "dhi-migrate: notice: 4 known findings not shown, by the baseline\n",
    )
    assert known("-q")[0] == 1
    assert json.loads(known("--format", "json", "--baseline", NAME)[1])["summary"]["warnings"] == 0


def test_a_configuration_names_it_from_its_own_place(known: Run) -> None:
    write("dhi-migrate.toml", f'baseline = "{NAME}"\n')
    assert known("-q") == (0, "", "")
    os.chdir("a")
    assert known("-q") == (0, "", "")
    assert known("-q", "--no-config")[0] == 1


@pytest.mark.parametrize(
    "text",
    [
        "# a new comment\n\n\nFROM   centos:7\n\nRUN yum install -y curl\n",
        "FROM centos:7\nRUN yum \\\n  # why\n  install -y \\\n  curl",
        "FROM centos:7\r\nRUN yum install -y curl\r\n",
        "FROM centos:7\nENV A=1\nRUN yum install -y curl\n",
        "FROM scratch AS x\nFROM centos:7\nRUN yum install -y curl\n",
    ],
    ids=["comment", "layout", "crlf", "between", "stage"],
)
def test_lines_that_move_or_are_laid_out_anew_do_not_bring_them_back(known: Run, text: str) -> None:
    write("a/Dockerfile", text)
    assert new(known) == []


def test_a_changed_instruction_and_one_more_of_the_same_kind_are_new(known: Run) -> None:
    write("a/Dockerfile", CENTOS.replace("curl", "curl wget"))
    assert new(known) == ["a/Dockerfile:2"]
    write("a/Dockerfile", "FROM centos:7\n" + CENTOS)
    assert new(known) == ["a/Dockerfile:2"]
    write("c/Dockerfile", CENTOS)
    assert new(known) == ["a/Dockerfile:2", "c/Dockerfile:1", "c/Dockerfile:2"]


def test_the_body_of_a_here_document_counts(real: Run) -> None:
    write("Dockerfile", "FROM centos:7\nRUN <<EOF\nyum install -y curl\nEOF\n")
    real("--write-baseline")
    assert new(real) == []
    write("Dockerfile", "FROM centos:7\nRUN <<EOF\nyum install -y wget\nEOF\n")
    assert new(real) == ["Dockerfile:3"]


def test_what_was_mended_is_reported_as_removable_and_written_out(known: Run) -> None:
    write("a/Dockerfile", "FROM centos:7\n")
    os.unlink("b/Dockerfile")
    assert known("--baseline", NAME)[2] == (
        "dhi-migrate: notice: 1 known finding not shown, by the baseline\n"
        "dhi-migrate: notice: 3 known findings are no longer there: --write-baseline takes them out of the baseline\n"
    )
    assert (
        known("--baseline", NAME, "--write-baseline")[2]
        == f"dhi-migrate: {NAME} now knows 1 findings in 1 of 1 checked files\n"
    )
    assert list(json.loads(Path(NAME).read_text())["findings"]) == ["a/Dockerfile"]
    assert known("--baseline", NAME)[2] == "dhi-migrate: notice: 1 known finding not shown, by the baseline\n"


def test_a_finding_of_a_rule_that_is_off_is_not_called_removable(known: Run) -> None:
    assert (
        known("--baseline", NAME, "--select", "DHI104")[2]
        == "dhi-migrate: notice: 2 known findings not shown, by the baseline\n"
    )


def test_files_that_were_not_checked_keep_what_is_known(known: Run) -> None:
    write("a/Dockerfile", "FROM scratch\n")
    known("--write-baseline", "a")
    assert list(json.loads(Path(NAME).read_text())["findings"]) == ["b/Dockerfile"]


def test_two_configurations_with_baselines_of_their_own(real: Run) -> None:
    for folder in ("a", "b"):
        write(f"{folder}/Dockerfile", CENTOS)
        write(f"{folder}/dhi-migrate.toml", 'baseline = "known.json"\n')
    assert real("-q")[0] == 2
    assert real("--write-baseline", "-q")[0] == 0
    assert Path("a/known.json").read_text() == Path("b/known.json").read_text()
    assert real("-q") == (0, "", "")


def test_the_file_is_made_for_diffs(known: Run) -> None:
    lines = Path(NAME).read_text().splitlines()
    assert lines[:3] == ['{"version": 1,', ' "findings": {', '  "a/Dockerfile": [']
    assert next(line for line in lines if '"rule"' in line).startswith('   {"rule": "DHI104", "instruction": "')
    before = Path(NAME).read_bytes()
    known("--write-baseline", "--jobs", "2")
    assert Path(NAME).read_bytes() == before


@pytest.mark.parametrize(
    "text", ["FROM x", "[]", '{"version": 2, "findings": {}}', '{"version": 1, "findings": {"a": [{}]}}', "[" * 5000]
)
def test_something_else_is_neither_used_nor_overwritten(known: Run, text: str) -> None:
    write("other.json", text)
    code, out, err = known("--baseline", "other.json")
    assert (code, out) == (2, "")
    assert err.startswith("dhi-migrate: baseline other.json: is no baseline")
    assert known("--baseline", "other.json", "--write-baseline")[0] == 2
    assert Path("other.json").read_text() == text


def test_one_that_is_missing_is_an_error_that_says_how_to_make_it(real: Run) -> None:
    assert real("--baseline", "gone.json") == (
        2,
        "",
        "dhi-migrate: baseline gone.json: no such file or directory; --write-baseline makes one\n",
    )
    assert real("--baseline", "gone/x.json", "--write-baseline")[0] == 2


def test_fixes_are_made_all_the_same(real: Run) -> None:
    write("Dockerfile", 'FROM node:22-alpine\nCMD ["node", "a.js"]\n')
    real("--write-baseline")
    assert real("--baseline", NAME, "--fix") == (
        0,
        "Fixed 1 finding in 1 file.\nNo findings left in 1 file; 1 of 1 stage hardened.\n",
        "dhi-migrate: notice: a known finding is no longer there: --write-baseline takes it out of the baseline\n",
    )


@pytest.mark.parametrize("other", [["--diff"], ["--diff-base", "HEAD"], ["-"]])
def test_what_it_cannot_be_combined_with(real: Run, other: list[str]) -> None:
    code, _, err = real("--write-baseline", *other)
    assert (code, "cannot be combined" in " ".join(err.split())) == (2, True)

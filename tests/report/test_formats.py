"""What holds for every format of a whole run."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as Tree
from pathlib import Path
from typing import get_args

import pytest
from report_cases import clean, document, hostile, markup, multi_stage, unreadable, unwritten

from dhi_migrate.choices import Format, Framed
from dhi_migrate.report.frame import frame_for
from dhi_migrate.report.tally import Tally
from dhi_migrate.rules.edits import apply_edits

FRAMED: tuple[Framed, ...] = get_args(Framed)
MACHINE = [format for format in FRAMED if format not in ("github", "markdown")]


def read(format: str, text: str) -> object:
    """Read a whole document by a strict parser."""
    if format in ("json", "sarif", "gitlab"):
        return json.loads(text)
    return Tree.fromstring(text.removeprefix("<!DOCTYPE html>\n"))


def test_the_command_line_offers_each_of_them() -> None:
    assert get_args(Format) == ("text", "concise", *FRAMED)


@pytest.mark.parametrize("format", FRAMED)
def test_the_same_reports_give_the_same_document(format: Framed) -> None:
    reports = (multi_stage(), unreadable(), hostile(), clean(), markup(), unwritten())
    assert document(format, *reports) == document(format, *reports)


@pytest.mark.parametrize("format", FRAMED)
def test_all_of_it_is_utf_8_that_prints(format: Framed) -> None:
    text = document(format, hostile(), markup(), unwritten())
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.endswith("\n")


@pytest.mark.parametrize("format", MACHINE)
@pytest.mark.parametrize("number", range(4))
def test_a_run_that_is_broken_off_between_files_can_be_closed(format: Framed, number: int) -> None:
    reports = (clean(), multi_stage(), unreadable())[:number]
    read(format, document(format, *reports))


@pytest.mark.parametrize("format", FRAMED)
def test_what_went_wrong_is_said_beside_the_findings(format: Framed) -> None:
    text = document(format, unwritten())
    assert "has changed since it was read" in text
    assert text.count("CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have") >= 1


@pytest.mark.parametrize("format", FRAMED)
def test_a_frame_keeps_nothing_of_the_files(format: Framed) -> None:
    if format == "markdown":
        return  # it keeps a comment's worth, see test_markdown
    frame = frame_for(format)
    slots = [name for kind in type(frame).__mro__ for name in getattr(kind, "__slots__", ())]
    frame.place(b"x" * 1000, b"")
    before = {name: getattr(frame, name) for name in slots}
    frame.place(b"x" * 1000, b"")
    after = {name: getattr(frame, name) for name in slots}
    kept = {name for name in slots if before[name] != after[name]}
    assert kept <= {"_size"}
    frame.end(Tally())


EXAMPLES = Path(__file__).parents[2] / "examples"


def run(*arguments: str) -> str:
    """The output of the program on the examples and a path that is not there."""
    command = [sys.executable, "-m", "dhi_migrate", "-q", "--fail-on", "never", *arguments]
    done = subprocess.run(command, cwd=EXAMPLES.parent, capture_output=True, check=False)
    assert done.returncode == 2
    return done.stdout.decode()


@pytest.mark.parametrize("format", FRAMED)
def test_the_program_prints_a_whole_document(format: Framed) -> None:
    text = run("--format", format, "examples", "gone/Dockerfile")
    if format in MACHINE:
        read(format, text)
    assert "gone/Dockerfile" in text
    assert "examples/static/Dockerfile" in text


def test_a_plain_check_imports_none_of_it() -> None:
    code = (
        "import sys; from dhi_migrate.__main__ import main\n"
        "try: main(sys.argv[1:])\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(EXAMPLES / "static" / "Dockerfile")], capture_output=True, check=False
    )
    modules = set(done.stderr.decode().split())
    assert "dhi_migrate.report.text" in modules
    names = ("frame", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html_report", "fingerprint")
    assert not modules & {"json.tool", "hashlib", "html", "xml", *(f"dhi_migrate.report.{name}" for name in names)}


DOCS = Path(__file__).parents[2] / "docs"


def test_each_format_is_documented() -> None:
    page = (DOCS / "formats.md").read_text("utf-8")
    table = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert table == list(get_args(Format))
    for format in FRAMED:
        assert f"\n## {format}\n" in page or format == "json"


def test_the_documented_way_to_apply_a_fix_gives_the_fixed_file(tmp_path: Path) -> None:
    page = (DOCS / "json.md").read_text("utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    (entry,) = json.loads(document("json", multi_stage()))["files"]
    report = multi_stage()
    assert report.source is not None
    path = tmp_path / "Dockerfile"
    path.write_bytes(report.source.data)
    for finding, shown in zip(report.findings, entry["findings"], strict=True):
        for fix, shown_fix in zip(finding.fixes, shown["fixes"], strict=True):
            names = {"path": str(path), "fix": shown_fix}
            exec(code, names)
            assert names["data"] == apply_edits(report.source.data, fix.edits)

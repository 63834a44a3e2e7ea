"""``--project``: the files around Dockerfiles, through real runs over the fixture repositories."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "project"
CASES = sorted(path.name for path in FIXTURES.iterdir() if (path / "files").is_dir())
COMPOSE = (
    'services:\n  web:\n    image: node:22-alpine  # the web\n    command: sh -c "node x.js"\n'
    '  cache:\n    image: "memcached:1.6"\n'
)


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "dhi_migrate", "--quiet", "--no-config", *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, check=False, timeout=300)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "Dockerfile").write_text('FROM node:22-alpine\nCMD ["node", "x.js"]\n')
    (tmp_path / "notes.yaml").write_text("a: [1, 2]\n")
    return tmp_path


def test_a_directory_is_checked_for_dockerfiles_alone_unless_asked(tree: Path) -> None:
    assert b"compose.yaml" not in run(tree, "--format", "concise").stdout
    lines = run(tree, "--format", "concise", "--project").stdout.decode().splitlines()
    assert [line.partition(" ")[0] + line.partition(": ")[2][:7] for line in lines] == [
        "Dockerfile:1:6:DHI101 ",
        "deploy/compose.yaml:3:12:DHI902 ",
        "deploy/compose.yaml:4:14:DHI903 ",
        "deploy/compose.yaml:6:12:DHI902 ",
    ]


def test_a_file_that_is_named_is_read_as_what_it_is(tree: Path) -> None:
    report = json.loads(run(tree, "--format", "json", "deploy/compose.yaml").stdout)
    (file,) = report["files"]
    assert (file["path"], file["status"], file["stages"]) == ("deploy/compose.yaml", None, [])
    assert [one["rule"] for one in file["findings"]] == ["DHI902", "DHI903", "DHI902"]


def test_fixes_are_written_byte_for_byte_and_a_second_run_changes_nothing(tree: Path) -> None:
    assert run(tree, "--project", "--diff").returncode == 1
    run(tree, "--project", "--fix")
    written = (tree / "deploy" / "compose.yaml").read_text()
    assert written == COMPOSE.replace("memcached:1.6", "dhi.io/memcached:1.6-debian13")
    run(tree, "--project", "--fix")
    assert (tree / "deploy" / "compose.yaml").read_text() == written


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("form", ["json", "sarif", "github", "text"])
def test_every_fixture_repository_is_reported_in_every_format(case: str, form: str, tmp_path: Path) -> None:
    tree = tmp_path / "repository"
    shutil.copytree(FIXTURES / case / "files", tree)
    (tree / ".git").mkdir()  # its top
    one, two = (run(tree, "--project", "--format", form, "--jobs", jobs) for jobs in ("1", "2"))
    assert one.returncode in {0, 1}
    assert one.stdout == two.stdout
    assert b"Traceback" not in one.stderr
    assert b"internal error" not in one.stdout + one.stderr

"""Trees in a bad state: whole runs over files that cannot be read, are not files, or are killed half-way."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = (sys.executable, "-m", "dhi_migrate")
OLD = b'FROM node:22-alpine AS build\nWORKDIR /app\nRUN npm ci\n\nFROM python:3.12-slim\nCMD ["python", "a.py"]\n'


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, *arguments], cwd=tree, capture_output=True, check=False, timeout=300)


def fixed(folder: Path) -> bytes:
    """What a run makes of `OLD`."""
    (folder / "Dockerfile").write_bytes(OLD)
    run(folder, "--fix", "--unsafe-fixes", "--quiet", "--fail-on", "never")
    return (folder / "Dockerfile").read_bytes()


def many(tree: Path, count: int) -> list[Path]:
    paths = [tree / f"d{number % 7}" / f"{number}.Dockerfile" for number in range(count)]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(OLD)
    return paths


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_that_is_killed_leaves_whole_files(tmp_path: Path, jobs: str) -> None:
    reference = tmp_path / "reference"
    reference.mkdir()
    new = fixed(reference)
    assert new != OLD
    chance = random.Random(7)
    seen: set[bytes] = set()
    for attempt in range(6):
        tree = tmp_path / f"tree{attempt}"
        paths = many(tree, 150)
        with subprocess.Popen(
            [*PROGRAM, "--fix", "--unsafe-fixes", "--quiet", "--jobs", jobs, "--format", "concise"],
            cwd=tree,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(1, 200)):  # as far as the report has come, without a clock
                if not process.stdout.readline():
                    break
            process.send_signal(signal.SIGKILL)
        for path in paths:
            seen.add(path.read_bytes())
    assert seen <= {OLD, new}
    assert new in seen


def test_what_is_no_readable_file_is_said_and_the_others_are_done(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(OLD)
    with (tmp_path / "huge.Dockerfile").open("wb") as huge:
        huge.truncate(1 << 30)  # sparse: one gigabyte that takes no room
    os.mkfifo(tmp_path / "pipe.Dockerfile")
    (tmp_path / "loop.Dockerfile").symlink_to("loop.Dockerfile")
    (tmp_path / "out.Dockerfile").symlink_to("/etc/hostname")
    (tmp_path / "folder.Dockerfile").mkdir()
    named = ["Dockerfile", "huge.Dockerfile", "pipe.Dockerfile", "loop.Dockerfile", "missing.Dockerfile"]

    result = run(tmp_path, "--format", "concise", *named)

    assert result.returncode == 2
    said = result.stderr.decode()
    for name in named[1:]:
        assert f"{name}: " in said
    assert "Dockerfile:1:6: DHI101" in result.stdout.decode()
    whole = run(tmp_path, "--fix", "--quiet", "--fail-on", "never", ".")
    assert whole.returncode in {0, 2}
    assert (tmp_path / "Dockerfile").read_bytes() != OLD
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")) == []


def test_the_output_is_the_same_for_any_number_of_processes(tmp_path: Path) -> None:
    many(tmp_path, 90)
    outputs = {
        (form, jobs): run(tmp_path, "--format", form, "--jobs", jobs).stdout
        for form in ("text", "json", "concise")
        for jobs in ("1", "2", "3")
    }
    for form in ("text", "json", "concise"):
        assert len({outputs[form, jobs] for jobs in ("1", "2", "3")}) == 1
    assert run(tmp_path, "--format", "json").stdout == outputs["json", "1"]

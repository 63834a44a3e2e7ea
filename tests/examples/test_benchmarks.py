"""benchmarks/run.py runs over a directory and writes what it measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_short_run_over_the_examples_measures_start_rate_and_growth(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    script = str(ROOT / "benchmarks" / "run.py")
    options = ["--limit", "2", "--rounds", "1", "--lines", "900", "--jobs", "1", "--many", "2", "--json", str(result)]

    run = subprocess.run(
        [sys.executable, script, str(ROOT / "examples"), *options], check=False, capture_output=True, text=True
    )

    assert run.returncode == 0, run.stderr
    rows = json.loads(result.read_text(encoding="utf-8"))["rows"]
    own = [row for row in rows if "hadolint" not in row["name"] and "tally" not in row["name"]]
    assert [(row["name"], row["unit"], row["target"]) for row in own] == [
        ("python -c pass", "ms", ""),
        ("dhi-migrate, 7 lines", "ms", ""),
        ("start ratio", "x", "<= 5"),
        ("memory, 7 lines", "MB", "<= 60"),
        ("one run, 2 files", "files/s", ">= 1000"),
        ("memory, 2 files", "MB", "<= 150"),
        ("dhi-migrate, 2 files", "files/s", ""),
        ("mixed, 900 lines", "s", "<= 3"),
        ("mixed, twice the lines", "x", "< 2.5"),
        ("one RUN, 900 lines", "s", "<= 3"),
        ("one RUN, twice the lines", "x", "< 2.5"),
        ("ENV chain, 900 lines", "s", "<= 3"),
        ("ENV chain, twice the lines", "x", "< 2.5"),
    ]
    assert all(row["value"] > 0 for row in rows)
    assert len(run.stdout.splitlines()) == len(rows)


def test_a_directory_without_a_dockerfile_is_a_usage_error(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "run.py"), str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 2
    assert f"no Dockerfile in {tmp_path}" in run.stderr

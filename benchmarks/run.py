"""Measure how fast dhi-migrate starts, how many files it checks in a second, and how its time grows with a file.

    python benchmarks/run.py DIRECTORY [--limit N] [--jobs 2] [--rounds 20] [--json FILE] [--check]

DIRECTORY holds real Dockerfiles. hadolint and tally are measured in the same run where they are installed
(``pip install -r benchmarks/requirements.txt``). Standard library only.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

from commands import (
    PEERS,
    accepted_by,
    check,
    check_measured,
    check_with_peer,
    median_seconds,
    run,
    tool_command,
)
from inputs import SHAPES, SMALL, dockerfiles

START_RATIO = 5.0
FILES_PER_SECOND = 1000.0
FEWEST_FILES = 300  # with fewer, the start of the process is most of what is measured
MEGABYTES_FOR_ONE = 60.0
MEGABYTES_FOR_MANY = 150.0  # of each process
LONG_FILE_SECONDS = 3.0
DOUBLE_RATIO = 2.5


class Row(NamedTuple):
    """One measured value with its unit, and the target that it is held against ("" for none)."""

    name: str
    value: float
    unit: str
    target: str = ""
    met: bool | None = None


def measure_start(folder: Path, rounds: int) -> list[Row]:
    """Whole process on a seven-line file, and as a multiple of ``python -c pass``."""
    small = folder / "Dockerfile"
    small.write_text(SMALL, encoding="utf-8")
    tool, python = median_seconds(
        [partial(check, [small], jobs=1), partial(run, [sys.executable, "-c", "pass"])], rounds
    )
    ratio = tool / python
    return [
        Row("python -c pass", python * 1000, "ms"),
        Row("dhi-migrate, 7 lines", tool * 1000, "ms"),
        Row("start ratio", ratio, "x", f"<= {START_RATIO:g}", ratio <= START_RATIO),
    ]


def measure_memory(folder: Path, many: list[Path], jobs: int) -> list[Row]:
    """Peak memory for one small file, and for `many` files (none where there are none) with their rate in that one run."""
    listed, small = folder / "list", folder / "Dockerfile"
    small.write_text(SMALL, encoding="utf-8")
    listed.write_text(f"{small}\n", encoding="utf-8")
    _, peak = check_measured(listed, 1)
    rows = [Row("memory, 7 lines", peak, "MB", f"<= {MEGABYTES_FOR_ONE:g}", peak <= MEGABYTES_FOR_ONE)]
    if many:
        listed.write_text("".join(f"{path}\n" for path in many), encoding="utf-8")
        seconds, peak = check_measured(listed, jobs)
        rate = len(many) / seconds
        count = f"{len(many)} files"
        rows += [
            Row(f"one run, {count}", rate, "files/s", f">= {FILES_PER_SECOND:g}", rate >= FILES_PER_SECOND),
            Row(f"memory, {count}", peak, "MB", f"<= {MEGABYTES_FOR_MANY:g}", peak <= MEGABYTES_FOR_MANY),
        ]
    return rows


def measure_rate(files: list[Path], jobs: int, rounds: int) -> list[Row]:
    """Files a second of the tool and of each installed peer, one after the other over the same files."""
    (seconds,) = median_seconds([partial(check, files, jobs)], rounds)
    rate = len(files) / seconds
    rows = [Row(f"dhi-migrate, {len(files)} files", rate, "files/s")]
    if len(files) >= FEWEST_FILES:
        rows[0] = rows[0]._replace(target=f">= {FILES_PER_SECOND:g}", met=rate >= FILES_PER_SECOND)
    for peer in PEERS:
        if peer.executable is None:
            print(f"{peer.name} is not installed; not measured", file=sys.stderr)
            continue
        accepted = accepted_by(peer, files)
        if not accepted:
            print(f"{peer.name} accepts none of the files; not measured", file=sys.stderr)
            continue
        (seconds,) = median_seconds([partial(check_with_peer, peer, accepted, jobs)], rounds)
        peer_rate = len(accepted) / seconds
        rows.append(Row(f"{peer.name}, {len(accepted)} files", peer_rate, "files/s"))
        rows.append(Row(f"dhi-migrate / {peer.name}", rate / peer_rate, "x"))
    return rows


def measure_growth(folder: Path, lines: int, rounds: int) -> list[Row]:
    """Seconds for a file of `lines` lines of each shape, and as a multiple of half the lines."""
    rows = []
    for shape, generate in SHAPES.items():
        half, full = folder / "half.dockerfile", folder / "full.dockerfile"
        half.write_text(generate(lines // 2), encoding="utf-8")
        full.write_text(generate(lines), encoding="utf-8")
        short, long = median_seconds([partial(check, [half], jobs=1), partial(check, [full], jobs=1)], rounds)
        ratio = long / short
        rows.append(Row(f"{shape}, {lines} lines", long, "s", f"<= {LONG_FILE_SECONDS:g}", long <= LONG_FILE_SECONDS))
        rows.append(Row(f"{shape}, twice the lines", ratio, "x", f"< {DOUBLE_RATIO:g}", ratio < DOUBLE_RATIO))
    return rows


def table(rows: list[Row]) -> str:
    """The rows as aligned text."""
    width = max(len(row.name) for row in rows)
    lines = []
    for row in rows:
        verdict = "" if row.met is None else f"   target {row.target}: {'met' if row.met else 'MISSED'}"
        lines.append(f"{row.name:<{width}}  {row.value:>10.2f} {row.unit:<8}{verdict}".rstrip())
    return "\n".join(lines)


def main() -> int:
    """Parse the arguments, measure, print the table; 1 if ``--check`` is given and a target is missed, else 0."""
    parser = argparse.ArgumentParser(description="Measure dhi-migrate, and its peers where they are installed.")
    parser.add_argument("directory", type=Path, help="directory with real Dockerfiles")
    parser.add_argument("--limit", type=int, help="take at most N files, at even distances")
    parser.add_argument("--jobs", type=int, default=2, help="processes for the files-a-second measure (default 2)")
    parser.add_argument("--rounds", type=int, default=20, help="rounds of the start measure (default 20)")
    parser.add_argument("--lines", type=int, default=20_000, help="length of the generated files (default 20000)")
    parser.add_argument("--many", type=int, default=15_000, help="files of the one large run (default 15000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the values to FILE as JSON too")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is missed")
    options = parser.parse_args()

    files = dockerfiles(options.directory, options.limit)
    if not files:
        parser.error(f"no Dockerfile in {options.directory}")
    many = dockerfiles(options.directory, options.many)
    if len(many) < options.many:
        print(f"fewer than {options.many} files; the large run is not measured", file=sys.stderr)
        many = []
    print(f"measured: {' '.join(tool_command())}", file=sys.stderr)
    few = min(3, options.rounds)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        rows = measure_start(folder, options.rounds)
        rows += measure_memory(folder, many, options.jobs)
        rows += measure_rate(files, options.jobs, few)
        rows += measure_growth(folder, options.lines, few)
    print(table(rows))
    if options.json:
        values = {
            "command": Path(tool_command()[0]).name,
            "python": platform.python_version(),
            "machine": platform.machine(),
            "jobs": options.jobs,
            "rows": [row._asdict() for row in rows],
        }
        options.json.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    return 1 if options.check and any(row.met is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())

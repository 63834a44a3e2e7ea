"""How the tool and its peers are called, and how long a call takes."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ARGUMENT_BYTES = 500_000
REFUSED = re.compile(r"^Error: (?:failed to lint )?(.+?):(?: |\d)")


def tool_command() -> list[str]:
    """The installed `dhi-migrate` beside this Python, else the checkout run with ``-m``."""
    script = _beside_python("dhi-migrate")
    return [script] if script else [sys.executable, "-m", "dhi_migrate"]


def _beside_python(name: str) -> str | None:
    return shutil.which(name, path=str(Path(sys.executable).parent))


class Peer(NamedTuple):
    """Another linter: `arguments` print its findings for the files that follow them; `accepted` are its exit codes."""

    name: str
    command: str
    arguments: tuple[str, ...]
    stops_at_bad_file: bool

    @property
    def executable(self) -> str | None:
        """Path of the program: beside this Python or on PATH; None if it is not installed."""
        return _beside_python(self.command) or shutil.which(self.command)


PEERS = (
    Peer("hadolint", "hadolint", ("--no-color", "--no-fail", "--format", "gnu"), stops_at_bad_file=False),
    Peer(
        "tally",
        "tally",
        ("lint", "--no-config", "--no-color", "--hide-source", "--slow-checks", "off", "--fail-level", "none"),
        stops_at_bad_file=True,
    ),
)


def run(command: Sequence[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run `command` in the root of the checkout with its output caught."""
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, check=False
    )


def check(paths: Sequence[Path | str], jobs: int) -> None:
    """Check `paths` with the tool in `jobs` processes; raise RuntimeError with its message if it fails."""
    for part in chunks(paths):
        result = run([*tool_command(), "--fail-on", "never", "--format", "concise", "--jobs", str(jobs), *part])
        if result.returncode != 0:
            raise RuntimeError(result.stderr.decode(errors="replace")[-2000:])


_PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))
sys.exit(done.returncode)
"""


def check_measured(listed: Path, jobs: int) -> tuple[float, float]:
    """Check the paths in the file `listed` in one run: its seconds, and the peak memory in MB of the largest of its processes.

    Raises RuntimeError where the run fails, and where the system does not tell the memory (Windows).
    """
    arguments = ["--fail-on", "never", "--format", "concise", "--jobs", str(jobs), "--files-from", str(listed)]
    begin = time.perf_counter()
    result = run([sys.executable, "-c", _PEAK, *tool_command(), *arguments])
    seconds = time.perf_counter() - begin
    if result.returncode != 0:
        raise RuntimeError(result.stderr.decode(errors="replace")[-2000:])
    return seconds, float(result.stdout)


def chunks(paths: Sequence[Path | str], largest: int = ARGUMENT_BYTES) -> list[list[str]]:
    """Split `paths` so that each part fits into an argument list of `largest` bytes."""
    parts: list[list[str]] = []
    room = 0
    for path in map(str, paths):
        room -= len(os.fsencode(path)) + 1
        if room < 0:
            parts.append([])
            room = largest
        parts[-1].append(path)
    return parts


def check_with_peer(peer: Peer, paths: Sequence[Path], jobs: int) -> None:
    """Lint `paths` with `peer`, in `jobs` processes that have one processor each."""
    executable = peer.executable
    if executable is None:
        raise RuntimeError(f"{peer.name} is not installed")
    size = -(-len(paths) // jobs)
    shares = [paths[start : start + size] for start in range(0, len(paths), size)]

    def lint(share: Sequence[Path]) -> None:
        for part in chunks(share):
            result = run([executable, *peer.arguments, *part], {"GOMAXPROCS": "1"})
            if result.returncode not in (0, 1):
                raise RuntimeError(result.stderr.decode(errors="replace")[-2000:])

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lint, shares))


def accepted_by(peer: Peer, paths: Sequence[Path]) -> list[Path]:
    """Those of `paths` that `peer` can lint; the others would end its whole run (tally stops at a bad file)."""
    executable = peer.executable
    if executable is None or not peer.stops_at_bad_file:
        return list(paths)
    accepted: list[Path] = []
    for start in range(0, len(paths), 100):
        part = [str(path) for path in paths[start : start + 100]]
        while part:
            result = run([executable, *peer.arguments, *part])
            if result.returncode in (0, 1):
                break
            refused = REFUSED.search(result.stderr.decode(errors="replace"))
            if refused is None or refused[1] not in part:
                raise RuntimeError(result.stderr.decode(errors="replace")[-2000:])
            part.remove(refused[1])
        accepted += map(Path, part)
    return accepted


def median_seconds(actions: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median wall time of each action over `rounds`, after one round to warm up; the actions take turns."""
    times: list[list[float]] = [[] for _ in actions]
    for turn in range(rounds + 1):
        for action, taken in zip(actions, times, strict=True):
            begin = time.perf_counter()
            action()
            if turn:
                taken.append(time.perf_counter() - begin)
    return [statistics.median(taken) for taken in times]

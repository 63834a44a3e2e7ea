"""Fuzz the targets with Atheris for a bounded time: ``python tests/fuzz/fuzz.py [--seconds 90] [--seed 1] [FAMILY ...]``.

Each family of targets runs in its own process, with the first byte of an input choosing the target. It starts from ``corpus/``
and, in a long run, from the fixtures. An input that fails is put into ``corpus/<target>/`` and named; the exit code is then 1.
Without Atheris the script says so and gives 0. With ``--keep DIRECTORY`` the inputs that reached new code are kept there between
runs. With the same ``--seed`` the inputs are the same, as many as there is time for; without, each run looks elsewhere.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
FIXTURES = HERE.parent / "fixtures"
FAMILIES = ("language", "rules", "fixes", "brought", "readers", "around")
MOST_BYTES = 4096


def main() -> int:
    """Run what the command line says, one family after the other, and give the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=int, default=90, help="for all families together")
    parser.add_argument("--keep", type=Path, help="a directory for inputs that reached new code")
    parser.add_argument("--seed", type=int, default=0, help="of the inputs; 0 is a new one each time")
    parser.add_argument("--one", metavar="FAMILY", help=argparse.SUPPRESS)
    parser.add_argument("family", nargs="*", help=", ".join(FAMILIES))
    given, rest = parser.parse_known_args()
    if importlib.util.find_spec("atheris") is None:
        print("fuzzing: Atheris is not installed (pip install atheris); nothing was fuzzed")
        return 0
    if given.one is not None:
        return _in_this_process(given.one, rest)
    failed = 0
    families = given.family or list(FAMILIES)
    for family in families:
        failed += _in_a_process(family, max(5, given.seconds // len(families)), given.keep, given.seed)
    return 1 if failed else 0


LONG = 60
"""Seconds of a family from which on it starts from the fixtures too; to run through them takes longer than a short while."""


def kept(target: str) -> Iterator[bytes]:
    """The kept inputs of a target."""
    for path in sorted((CORPUS / target).glob("*")):
        yield path.read_bytes()


def fixtures(target: str) -> Iterator[bytes]:
    """The fixtures of other tests that are of the kind of a target."""
    if target in {"dockerfile", "check", "fix"}:
        for path in sorted((FIXTURES / "migrate").glob("*/input/Dockerfile")):
            yield path.read_bytes()
    if target.startswith("around-"):
        from targets import PATHS

        from dhi_migrate.project.references import kind_of

        for path in sorted((FIXTURES / "project").glob("*/files/**/*")):
            name = path.relative_to(FIXTURES / "project").as_posix().split("/", 2)[2]
            if path.is_file() and kind_of(name) == kind_of(PATHS[target]):
                yield path.read_bytes()
    if target == "rule-file":
        for path in sorted((HERE.parents[1] / "rules").glob("*.toml")):
            yield path.read_bytes()


def _in_a_process(family: str, seconds: int, keep: Path | None, seed: int) -> bool:
    """Fuzz one family for so many seconds; whether something failed."""
    from targets import FAMILIES as TARGETS

    names = list(TARGETS[family])
    with tempfile.TemporaryDirectory() as work:
        found = Path(work, "found") if keep is None else keep / family
        start, failures = Path(work, "start"), Path(work, "failures")
        for folder in (found, start, failures):
            folder.mkdir(parents=True, exist_ok=True)
        for number, name in enumerate(names):
            for data in (*kept(name), *(fixtures(name) if seconds >= LONG else ())):
                if len(data) < MOST_BYTES:
                    (start / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(bytes([number]) + data)
        command = [
            *(sys.executable, str(Path(__file__).resolve()), "--one", family, str(found), str(start)),
            *(f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", "-timeout=30", "-rss_limit_mb=3000"),
            *(f"-artifact_prefix={failures}/", "-print_final_stats=1", f"-dict={HERE / 'words.dict'}", f"-seed={seed}"),
        ]
        hashes = {"PYTHONHASHSEED": str(seed)} if seed else {}
        environment = {**os.environ, **hashes, "PYTHONPATH": os.pathsep.join((str(HERE.parents[1]), str(HERE)))}
        done = subprocess.run(
            command, stderr=subprocess.PIPE, text=True, errors="replace", env=environment, check=False
        )
        runs = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        for path in sorted(failures.iterdir()):
            data = path.read_bytes()
            name = names[data[0] % len(names)] if data else names[0]
            place = CORPUS / name / f"failed-{hashlib.sha256(data[1:]).hexdigest()[:12]}"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data[1:])
            print(f"fuzzing: {family}: {name} fails on {place.relative_to(HERE.parents[1])}")
        if done.returncode:
            print(done.stderr[-6000:])
        print(f"fuzzing: {family}: {runs[-1] if runs else 'no'} inputs", flush=True)
        return done.returncode != 0


def _in_this_process(family: str, rest: list[str]) -> int:
    import atheris

    with atheris.instrument_imports(include=["dhi_migrate"]):
        import targets

        tests = list(targets.FAMILIES[family].items())
        for name, target in tests:  # also imports what is imported late, so that it is instrumented
            for data in kept(name):
                target(data)

    def one(data: bytes) -> None:
        if data:
            tests[data[0] % len(tests)][1](data[1:])

    atheris.Setup([sys.argv[0], *rest], one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())

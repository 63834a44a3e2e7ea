"""What is done with a case: build, start, ask, migrate with the command line, and the swap of the FROM lines alone."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from standins.builder import Buildah, Built
from standins.containers import Container
from standins.debs import Debs
from standins.images import Images, bases
from standins.vendored import MAKE

from dhi_migrate import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = Path(__file__).with_name("cases")
NAMES = sorted(path.name for path in CASES.iterdir() if (path / "case.toml").is_file())
REPOSITORY = ("curl", "gcc", "libc6-dev", "make", "passwd", "adduser", "tini", "ca-certificates", "tzdata", "libpq5",
              "bash", "busybox-static", "gzip", "tar", "unzip", "wget", "git", "g++", "build-essential", "libpq-dev",
              "libgomp1", "libxml2", "file", "libyaml-dev", "jq", "dumb-init", "gosu", "procps",
              "python3")  # fmt: skip
SHELLS = ("sh", "bash", "dash", "ash", "busybox")
MANAGERS = ("apt", "apt-get", "dpkg", "apk")


class Case(NamedTuple):
    """One project: `data` is its case.toml (see README.md of this directory)."""

    name: str
    data: dict[str, Any]

    @property
    def source(self) -> Path:
        return CASES / self.name / "input"

    @property
    def naive(self) -> dict[str, str] | None:
        found: dict[str, str] | None = self.data.get("naive")
        return found


@cache
def case(name: str) -> Case:
    return Case(name, tomllib.loads((CASES / name / "case.toml").read_text()))


class Stage(NamedTuple):
    base: str
    target: str | None


class Verdict(NamedTuple):
    """What the command line says of a file: the level it can reach or None, stages, and the rules that fired."""

    level: str | None
    stages: tuple[Stage, ...]
    rules: tuple[str, ...]
    targets: tuple[str, ...]


class Proof:
    """Builds and runs cases; images are kept under `kept`, everything else goes to `work`.

    Several processes may share `kept`: only one at a time gets packages or makes images.
    """

    def __init__(self, kept: Path, work: Path) -> None:
        self.work = work
        self._lock = kept / "lock"
        kept.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._prepare(kept)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _prepare(self, kept: Path) -> None:
        self.buildah = Buildah(kept / "images")
        self.debs = Debs(kept / "trixie", "trixie")
        self.debs.prepare()
        repository = kept / "repository"
        names = repository / "names"
        if not names.exists() or names.read_text() != " ".join(REPOSITORY):
            self.debs.repository(repository, REPOSITORY)
            names.write_text(" ".join(REPOSITORY))
        self.buildah.repository = repository
        self.buildah.go_cache = kept / "go-build"
        self.buildah.go_cache.mkdir(exist_ok=True)
        self.catalog = Catalog.load()
        self.images = Images(self.buildah, self.debs, self.catalog)
        self._contexts: dict[str, Path] = {}
        self._verdicts: dict[str, Verdict] = {}

    def prepare(self, names: list[str]) -> None:
        """Make the images of the cases, two at a time; what cannot be made is told by the case that asks for it."""
        self._judge([case(name) for name in names])
        wanted = [base for name in names for base in bases((case(name).source / "Dockerfile").read_text())]
        for name in names:
            verdict = self.verdict(case(name))
            wanted += verdict.targets
            if case(name).naive:
                wanted += [stage.target for stage in verdict.stages if stage.target]
        with self._alone(), ThreadPoolExecutor(2) as pool:
            list(pool.map(self._try, dict.fromkeys(wanted)))

    def make(self, reference: str) -> None:
        """Have the image `reference`; `LookupError` if it does not exist."""
        with self._alone():
            self.images.make(reference)

    def ensure(self, dockerfile: str) -> None:
        """Have the images that the text `dockerfile` starts from; `LookupError` for one that does not exist."""
        with self._alone():
            self.images.ensure(dockerfile)

    def _try(self, reference: str) -> None:
        with suppress(LookupError, RuntimeError, OSError):
            self.images.make(reference)

    def context(self, one: Case) -> Path:
        """A copy of the project with its dependencies made."""
        if one.name not in self._contexts:
            target = self.work / one.name / "project"
            shutil.copytree(one.source, target)
            for kind in one.data.get("make", ()):
                MAKE[kind](target)
            self._contexts[one.name] = target
        return self._contexts[one.name]

    def build(self, one: Case, dockerfile: Path, kind: str) -> tuple[Built, str]:
        """Build as `kind` ("before", "after", "naive"): how it went, and the reference of the image.

        A base that does not exist fails the build, as the registry would.
        """
        reference = f"localhost/case/{one.name}:{kind}"
        try:
            self.ensure(dockerfile.read_text())
        except LookupError as error:
            return Built(False, f"{error}: not found"), reference
        return self.buildah.build(self.context(one), dockerfile, reference), reference

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "dhi_migrate", *arguments], capture_output=True, text=True, check=False
        )

    def verdict(self, one: Case) -> Verdict:
        """What the program says of the project: the findings of a check, and the level of the plan."""
        if one.name not in self._verdicts:
            self._judge([one])
        return self._verdicts[one.name]

    def _judge(self, cases: list[Case]) -> None:
        checks, plans = (self._reports(cases, command) for command in ("check", "plan"))
        for one, check, plan in zip(cases, checks, plans, strict=True):
            stages = tuple(Stage(stage["base"], stage["target"]) for stage in check["stages"])
            self._verdicts[one.name] = Verdict(
                plan["level"], stages, tuple(found["rule"] for found in check["findings"]),
                tuple(swap["target"] for swap in plan["swaps"] if swap["target"]))  # fmt: skip

    def _reports(self, cases: list[Case], command: str) -> list[dict[str, Any]]:
        """The reports about the Dockerfile of each project, of one run."""
        options = ("--format", "json", *(("--fail-on", "never") if command == "check" else ()))
        done = self.command(command, *options, *(str(self.context(one)) for one in cases))
        assert done.returncode == 0, done.stderr
        files = {os.path.realpath(found["path"]): found for found in json.loads(done.stdout)["files"]}
        return [files[os.path.realpath(self.context(one) / "Dockerfile")] for one in cases]

    def migrate(self, one: Case) -> Path:
        """The Dockerfile that the command line writes, in a copy of the project."""
        copy = self.work / one.name / "migrated"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.context(one), copy)
        done = self.command("--fix", "--unsafe-fixes", "--fail-on", "never", str(copy))
        assert done.returncode == 0, done.stdout + done.stderr
        return copy / "Dockerfile"

    def swapped(self, one: Case) -> Path:
        """The Dockerfile with its bases replaced, and nothing else."""
        target = self.work / one.name / "naive.Dockerfile"
        stages = iter(self.verdict(one).stages)
        override = one.data.get("naive", {}).get("swap", {})

        def swap(match: re.Match[str]) -> str:
            stage = next(stages, None)
            return match[1] + (override.get(match[2]) or (stage and stage.target) or match[2])

        text = (self.context(one) / "Dockerfile").read_text()
        target.write_text(
            re.sub(r"^(FROM\s+(?:--platform=\S+\s+)?)(\S+)", swap, text, flags=re.MULTILINE | re.IGNORECASE)
        )
        return target

    def container(self, one: Case, reference: str) -> Container:
        return Container(self.buildah, reference, self.work / f"{one.name}.{reference.rpartition(':')[2]}.log")

    def answer(self, one: Case, running: Container, *, after: bool = False) -> str:
        """Start the container and ask it as the case says; the text that came back."""
        asked = one.data["ask"]
        running.start(tuple(asked["argv"]) if "argv" in asked else None)
        if "inside" in asked:
            running.ready(tuple(asked["ready"]))
            return running.inside(tuple(asked["inside"])).output
        if "port" not in asked:
            done = running.wait()
            assert done.code == 0, f"exit code {done.code}: {done.output[-3000:]}"
            return done.output
        port = asked.get("port_after", asked["port"]) if after else asked["port"]
        if "send" in asked:
            return running.ask("send", port, asked["send"])
        if "script" in asked:
            return running.ask("fastcgi", port, asked["script"])
        paths = asked.get("paths", ["/"])
        return "\n".join(running.ask("http", port, path, asked.get("method", "GET")) for path in paths)

    def present(self, root: Path, names: tuple[str, ...]) -> list[str]:
        """Which of the commands are in the file system `root`."""
        places = ("usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin")
        return [
            name
            for name in names
            for place in places
            if (root / place / name).is_symlink() or (root / place / name).exists()
        ]

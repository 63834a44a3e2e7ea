"""buildah without a daemon: storage of its own, nothing pulled, no network in a build."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BUILD_SECONDS = 300


class Built(NamedTuple):
    """How a build ended: `ok`, and all that it printed."""

    ok: bool
    log: str


class Config(NamedTuple):
    """What an image says of its containers; `healthcheck` is the argv of the probe, None without one."""

    user: str
    entrypoint: tuple[str, ...]
    cmd: tuple[str, ...]
    workdir: str
    env: dict[str, str]
    stop_signal: str
    healthcheck: tuple[str, ...] | None


class Buildah:
    """A storage in `directory`, and what is built into it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.repository: Path | None = None
        self.go_cache: Path | None = None
        directory.mkdir(parents=True, exist_ok=True)
        self.registries = directory / "registries.conf"
        self.registries.write_text('unqualified-search-registries = ["docker.io"]\n')

    @cached_property
    def driver(self) -> str:
        """overlay where the kernel has it for this directory, else vfs, which copies."""
        probe = self.directory / "probe"
        for name in ("lower", "upper", "work", "merged"):
            (probe / name).mkdir(parents=True, exist_ok=True)
        options = f"lowerdir={probe}/lower,upperdir={probe}/upper,workdir={probe}/work"
        done = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(probe / "merged")], check=False,
                              capture_output=True)  # fmt: skip
        if done.returncode == 0:
            subprocess.run(["umount", str(probe / "merged")], check=True)
        shutil.rmtree(probe, ignore_errors=True)
        return "vfs" if done.returncode else "overlay"

    def _command(self, *arguments: str) -> list[str]:
        command = ["buildah", "--root", str(self.directory / "storage"), "--runroot", str(self.directory / "run")]
        return [*command, "--storage-driver", self.driver, "--registries-conf", str(self.registries), *arguments]

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(self._command(*arguments), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"buildah {arguments[0]}: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def _quietly(self, *arguments: str) -> bool:
        return subprocess.run(self._command(*arguments), capture_output=True, check=False).returncode == 0

    def has(self, reference: str) -> bool:
        return self._quietly("inspect", "--type", "image", reference)

    def tag(self, reference: str, other: str) -> None:
        self._run("tag", reference, other)

    def remove(self, reference: str) -> None:
        self._quietly("rmi", "--force", reference)

    def container(self, reference: str) -> tuple[str, Path]:
        """A container of `reference`, or an empty one for "scratch": its name and where its files are."""
        name = self._run("from", "--pull-never", reference)
        return name, Path(self._run("mount", name))

    def discard(self, container: str) -> None:
        self._quietly("rm", container)

    def commit(self, container: str, reference: str, settings: list[str]) -> None:
        self._run("config", *settings, container)
        self._run("commit", "--quiet", "--format", "docker", "--rm", container, reference)

    def config(self, reference: str) -> Config:
        data: dict[str, Any] = json.loads(self._run("inspect", "--type", "image", reference))["Docker"]["config"]
        test = (data.get("Healthcheck") or {}).get("Test") or []
        probe = None if not test or test[0] == "NONE" else tuple(test[1:])
        if test and test[0] == "CMD-SHELL":
            probe = (*(data.get("Shell") or ["/bin/sh", "-c"]), test[1])
        env = dict(one.split("=", 1) for one in data.get("Env") or [])
        return Config(
            data.get("User") or "", tuple(data.get("Entrypoint") or ()), tuple(data.get("Cmd") or ()),
            data.get("WorkingDir") or "/", {"PATH": PATH, **env}, data.get("StopSignal") or "SIGTERM", probe)  # fmt: skip

    def build(self, context: Path, dockerfile: Path, reference: str) -> Built:
        """Build `dockerfile`; a RUN sees the packages of the repository and no network."""
        command = ["build", "--isolation", "chroot", "--format", "docker", "--pull-never", "--layers=false"]
        for directory, mounted in ((self.repository, "/repository:ro"), (self.go_cache, "/root/.cache/go-build:rw")):
            if directory is not None:
                command += ["--volume", f"{directory}:{mounted}"]
        command += ["-f", str(dockerfile), "-t", reference, str(context)]
        environment = {"PATH": os.environ["PATH"], "HOME": "/root", "TMPDIR": str(self.directory)}
        try:
            done = subprocess.run(["unshare", "--net", *self._command(*command)], stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment, check=False,
                                  timeout=BUILD_SECONDS, errors="replace")  # fmt: skip
        except subprocess.TimeoutExpired as late:
            return Built(False, f"{late.output!r}\nno end after {BUILD_SECONDS} s")
        return Built(done.returncode == 0, done.stdout)

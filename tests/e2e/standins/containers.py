"""Containers from images: process, mount and network namespaces and a chroot, as the user that the image names."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from .builder import Buildah

ENTER = Path(__file__).with_name("enter.py")
CLIENT = Path(__file__).with_name("client.py")
WAIT, READY, STEP = 30.0, 120.0, 0.05  # seconds; a database makes its files first
ADDRESS = "10.0.0.2"  # as in enter.py


class Owner(NamedTuple):
    """Who a program runs as, in numbers, with the home directory; raises `LookupError` where a name is unknown."""

    uid: int
    gid: int
    groups: tuple[int, ...]
    home: str


def owner(root: Path, user: str) -> Owner:
    """What `user` ("", "name", "uid", "name:group", "uid:gid") stands for in the file system `root`."""
    name, _, group = user.partition(":")
    name = name or "0"
    users = [line.split(":") for line in _lines(root / "etc/passwd")]
    groups = [line.split(":") for line in _lines(root / "etc/group")]
    row = next((one for one in users if name in {one[0], one[2]}), None)
    if row is None and not name.isdigit():
        raise LookupError(f"unable to find user {name}: no matching entries in passwd file")
    uid, gid, home = (int(row[2]), int(row[3]), row[5]) if row else (int(name), 0, "/")
    if group:
        found = next((one for one in groups if group in {one[0], one[2]}), None)
        if found is None and not group.isdigit():
            raise LookupError(f"unable to find group {group}: no matching entries in group file")
        gid = int(found[2]) if found else int(group)
    more = tuple(int(one[2]) for one in groups if row and row[0] in one[3].split(",")) if not group else ()
    return Owner(uid, gid, (gid, *more), home or "/")


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text().splitlines() if line.count(":") >= 3]
    except OSError:
        return []


class Finished(NamedTuple):
    """A program that has ended: its exit code (negative: the signal) and what it printed."""

    code: int
    output: str


class Container:
    """One container of `reference`; use it in a `with`. `start` starts the image's command or the `argv` given."""

    def __init__(self, buildah: Buildah, reference: str, log: Path) -> None:
        self.buildah = buildah
        self.config = buildah.config(reference)
        self.reference = reference
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.mounts: tuple[tuple[str, str], ...] = ()
        self.hosts: tuple[str, ...] = ()
        self.network: int | None = None
        """A process whose network the container shares; None for one of its own."""

    def __enter__(self) -> Container:
        self.name, self.root = self.buildah.container(self.reference)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            pid = self.pid  # the end of unshare is no end for a program that has changed its user
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.kill()
            self.process.wait()
        self.buildah.discard(self.name)

    def owner(self) -> Owner:
        return owner(self.root, self.config.user)

    def _order(self, argv: tuple[str, ...], *, fresh: bool) -> list[str]:
        who = self.owner()
        env = {"HOME": who.home, "HOSTNAME": "container", **self.config.env}
        order = {"root": str(self.root), "uid": who.uid, "gid": who.gid, "groups": who.groups, "fresh": fresh,
                 "workdir": self.config.workdir, "env": env, "argv": argv, "mounts": self.mounts,
                 "hosts": self.hosts}  # fmt: skip
        return [sys.executable, "-I", str(ENTER), json.dumps(order)]

    def start(self, argv: tuple[str, ...] | None = None) -> None:
        """Start it. Where nothing can be started, what the runtime would say is written to the log."""
        whole = (*self.config.entrypoint, *self.config.cmd) if argv is None else argv
        try:
            order = self._order(whole, fresh=True)
        except LookupError as error:
            order = [sys.executable, "-c", f"import sys; sys.exit({str(error)!r})"]
        if not whole:
            order = [sys.executable, "-c", "import sys; sys.exit('no command specified')"]
        namespaces = [
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "--pid",
            "--fork",
            "--kill-child",
            "--uts",
            *(["--net"] if self.network is None else []),
        ]
        if self.network is not None:
            namespaces = ["nsenter", "--target", str(self.network), "--net", *namespaces]
        with self.log.open("wb") as stream:
            self.log.chmod(0o666)  # the program may open /dev/stderr anew
            self.process = subprocess.Popen(
                [*namespaces, *order], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
            )

    @property
    def pid(self) -> int | None:
        """The first process of the container, as seen from outside; None while or after there is one."""
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            return int(path.read_text().split()[0])
        except (OSError, IndexError):
            return None

    def wait(self, seconds: float = WAIT) -> Finished:
        """The end of the program; `TimeoutError` where it goes on."""
        assert self.process is not None
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"still running after {seconds} s: {self.output()[-1500:]}") from None
        return Finished(code, self.output())

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def inside(self, argv: tuple[str, ...]) -> Finished:
        """Run `argv` in the running container as its user, as `docker exec` does."""
        return self._join(self._order(argv, fresh=False))

    def _join(self, command: list[str], *kinds: str) -> Finished:
        join = ["nsenter", "--target", str(self.pid), *(kinds or ("--mount", "--pid", "--net")), *command]
        done = subprocess.run(join, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        return Finished(done.returncode, done.stdout.decode(errors="replace"))

    def ask(self, kind: str, port: int, *what: str) -> str:
        """What the server answers to client.py, as soon as it does; `TimeoutError` or `RuntimeError` with its log if not."""
        command = [sys.executable, "-I", str(CLIENT), kind, ADDRESS, str(port), *what]
        return self._repeat(lambda: self._join(command, "--net"), f"no answer on {port} to {' '.join(what)}", WAIT)

    def ready(self, argv: tuple[str, ...]) -> None:
        """Run `argv` in the container until it ends well; the errors of `ask`."""
        self._repeat(lambda: self.inside(argv), f"no success of {' '.join(argv)}", READY)

    def _repeat(self, attempt: Callable[[], Finished], what: str, seconds: float) -> str:
        assert self.process is not None
        last = "never asked"
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"ended with {self.process.returncode}: {self.output()[-1500:]}")
            if self.pid is not None:
                done = attempt()
                if done.code == 0:
                    return done.output
                last = done.output
            time.sleep(STEP)
        raise TimeoutError(f"{what} ({last.strip()}): {self.output()[-1500:]}")

    def stop(self, seconds: float = 8.0) -> bool:
        """Send the stop signal; whether it ended by itself in that time."""
        assert self.process is not None
        pid = self.pid
        if pid is None:
            return False
        number = self.config.stop_signal
        os.kill(pid, int(number) if number.isdigit() else signal.Signals[number])
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

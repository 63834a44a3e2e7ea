"""Debian packages as files: an apt of its own in a directory, closures of packages, and a repository for builds."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import threading
from functools import cached_property
from pathlib import Path

MIRROR = "http://deb.debian.org/debian"
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Debs:
    """The packages of a Debian `suite`, kept in `directory`. Signatures are checked by apt."""

    def __init__(self, directory: Path, suite: str) -> None:
        self.directory = directory
        self.suite = suite
        self._closures: dict[tuple[str, ...], tuple[Path, ...]] = {}
        self._lock = threading.Lock()

    @cached_property
    def architecture(self) -> str:
        return subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()

    @cached_property
    def known(self) -> frozenset[str]:
        """The names of all packages of the suite."""
        return frozenset(self._apt("apt-cache", "pkgnames").split())

    def _apt(self, *arguments: str) -> str:
        options = {
            "Dir": str(self.directory),
            "Dir::State::status": str(self.directory / "status"),
            "APT::Architecture": self.architecture,
            "APT::Architectures": self.architecture,
            "APT::Install-Recommends": "0",
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        command = list(arguments)
        for key, value in options.items():
            command += ["-o", f"{key}={value}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": SYSTEM_PATH})
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def prepare(self) -> None:
        """Get the list of packages, if it is not there."""
        for name in ("etc/apt", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "etc/apt/preferences.d"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        (self.directory / "status").touch()
        source = f"deb [signed-by={KEYRING}] {MIRROR} {self.suite} main\n"
        (self.directory / "etc/apt/sources.list").write_text(source)
        if not any((self.directory / "var/lib/apt/lists").glob("*Packages*")):
            self._apt("apt-get", "update")

    def closure(self, names: tuple[str, ...]) -> tuple[Path, ...]:
        """The files of `names` and of all that they depend on, downloaded."""
        names = tuple(sorted(set(names)))
        if not names:
            return ()
        with self._lock:
            return self._closure(names)

    def _closure(self, names: tuple[str, ...]) -> tuple[Path, ...]:
        if names not in self._closures:
            kept = self.directory / "closures" / hashlib.sha256(" ".join(names).encode()).hexdigest()
            archives = self.directory / "var/cache/apt/archives"
            if not kept.exists():
                said = self._apt("apt-get", "install", "-y", "-q", "--download-only", *names)
                block = said.partition("NEW packages will be installed:\n")[2]
                new = [name for line in block.splitlines(keepends=True) for name in line.split()]
                new = new[
                    : next(at for at, name in enumerate(new) if name.isdigit())
                ]  # "59 upgraded, 3 newly installed"
                files = {package_name(path): path.name for path in archives.glob("*.deb")}
                kept.parent.mkdir(exist_ok=True)
                kept.write_text("".join(f"{files[name]}\n" for name in new))
            self._closures[names] = tuple(archives / line for line in kept.read_text().splitlines())
        return self._closures[names]

    def repository(self, target: Path, names: tuple[str, ...]) -> None:
        """Make a repository at `target` that holds the closure of `names`, for apt in a build without network."""
        target.mkdir(parents=True, exist_ok=True)
        index = []
        for path in self.closure(names):
            copy = target / path.name.replace("%3a", "-")
            if not copy.exists():
                shutil.copyfile(path, copy)
            sums = subprocess.check_output(["sha256sum", str(copy)], text=True).split()[0]
            index.append(
                f"{fields(path).rstrip()}\nFilename: ./{copy.name}\nSize: {copy.stat().st_size}\nSHA256: {sums}\n"
            )
        (target / "Packages").write_text("\n".join(index))


def package_name(path: Path) -> str:
    return path.name.partition("_")[0]


def fields(path: Path) -> str:
    """The control fields of a package file; kept next to it."""
    kept = path.with_suffix(".control")
    if not kept.exists():
        part = kept.with_suffix(f".part{threading.get_ident()}")
        part.write_text(subprocess.check_output(["dpkg-deb", "-f", str(path)], text=True))
        part.rename(kept)
    return kept.read_text()


def unpack(paths: tuple[Path, ...], root: Path) -> None:
    """Put the files of packages into `root`, without documentation and translations."""
    tars = []
    for path in paths:
        tar = path.with_suffix(".tar")
        if not tar.exists():
            part = tar.with_suffix(f".part{threading.get_ident()}")
            with part.open("wb") as stream:
                subprocess.run(["dpkg-deb", "--fsys-tarfile", str(path)], check=True, stdout=stream)
            part.rename(tar)
        tars.append(str(tar))
    if tars:
        options = [f"--exclude=./usr/share/{name}/*" for name in ("doc", "man", "locale", "bug", "lintian", "info")]
        with subprocess.Popen(["cat", *tars], stdout=subprocess.PIPE) as cat:
            subprocess.run(["tar", "-x", "--ignore-zeros", "--keep-directory-symlink", *options, "-C", str(root)], check=True,
                           stdin=cat.stdout)  # fmt: skip


def record(paths: tuple[Path, ...], root: Path) -> None:
    """Tell dpkg in `root` that the packages are installed; no maintainer script is run."""
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dpkg/updates").mkdir(exist_ok=True)
    entries = []
    for path in paths:
        text = fields(path)
        lines = text.splitlines()
        entries.append("\n".join([lines[0], "Status: install ok installed", *lines[1:]]) + "\n")
        same = "Multi-Arch: same" in text
        architecture = next(line.split()[1] for line in lines if line.startswith("Architecture:"))
        (info / f"{package_name(path)}{f':{architecture}' if same else ''}.list").write_text("/.\n")
    (root / "var/lib/dpkg/status").write_text("\n".join(entries))
    (info / "format").write_text("1\n")

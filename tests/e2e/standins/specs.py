"""What a stand-in image has: hardened ones from the catalog's definitions, upstream ones from the upstream facts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .builder import PATH

if TYPE_CHECKING:
    from dhi_migrate import Catalog
    from dhi_migrate.catalog.model import Definition

GENERATION = "20"
"""Change it when the making of images changes: it is part of the names under which they are kept."""

ESSENTIAL = ("base-files", "base-passwd", "bash", "dash", "coreutils", "debianutils", "diffutils", "dpkg", "findutils",
             "grep", "gzip", "hostname", "libc-bin", "login", "mawk", "passwd", "perl-base", "sed", "tar", "util-linux",
             "apt")  # fmt: skip
TOOLS = {"curl": "curl", "gcc": "gcc", "make": "make", "adduser": "adduser", "envsubst": "gettext-base",
         "ca-certificates": "ca-certificates", "tzdata": "tzdata", "gosu": "gosu", "pg_config": "libpq5"}  # fmt: skip
"""Commands of the upstream facts -> the Debian package that has them. Other commands are left out."""

NUMBERS = {"root": 0, "daemon": 1, "www-data": 33, "nobody": 65534, "_apt": 42, "node": 1000, "nginx": 101, "redis": 999,
           "postgres": 999, "memcache": 11211, "haproxy": 99, "ubuntu": 1000, "mysql": 999, "nonroot": 65532,
           "valkey": 999, "bun": 1000, "deno": 1993}  # fmt: skip
START = {"docker-entrypoint.sh": "docker-entrypoint.sh", "docker-php-entrypoint": "docker-php-entrypoint",
         "/docker-entrypoint.sh": "nginx", "/__cacert_entrypoint.sh": "plain",
         "/usr/local/bin/mvn-entrypoint.sh": "plain"}  # fmt: skip
"""Entrypoint scripts of upstream images -> which of the scripts of `languages` stands for them."""

DATA_PACKAGES = ("tzdata", "netbase", "media-types", "gcc-14-base", "nginx-common", "php-common",
                 "ca-certificates", "openssl-provider-legacy", "linux-libc-dev", "rubygems-integration",
                 "zlib1g", "readline-common")  # fmt: skip


OMITTED = {"g++": (), "git": (), "build-essential": ("gcc", "libc6-dev", "make"), "mercurial": (), "subversion": (),
           "python-3.13": (), "gnu-which": ("debianutils",), "npm": (), "llvm": (), "locales": ()}  # fmt: skip
"""Packages of definitions that are left out for their size, or named otherwise in Debian -> what is taken instead."""


class Entry(NamedTuple):
    """A directory, or a link to `target`, with its owner and octal mode."""

    path: str
    uid: int
    gid: int
    mode: str
    target: str | None = None


class Spec(NamedTuple):
    """A stand-in: `packages` are of Debian; `language` names a function of `languages`, `prefix` where it goes.

    `everything` False: of what the packages depend on, only libraries and data are taken, as a hardened runtime image
    has it. `passwd` and `group` are lines.
    """

    reference: str
    packages: tuple[str, ...]
    language: str
    prefix: str
    dev: bool
    everything: bool
    passwd: tuple[str, ...]
    group: tuple[str, ...]
    user: str
    entrypoint: tuple[str, ...]
    cmd: tuple[str, ...]
    workdir: str
    ports: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    stop_signal: str
    shells: tuple[str, ...]
    entries: tuple[Entry, ...]
    certificates: bool
    upstream: bool
    alpine: bool


LANGUAGES = {
    "python": "python", "node": "node", "golang": "go", "eclipse-temurin": "java", "nginx": "nginx",
    "php": "php", "ruby": "ruby", "redis": "redis", "memcached": "memcached", "haproxy": "haproxy", "caddy": "caddy",
    "composer": "composer", "httpd": "httpd", "postgres": "postgres", "mariadb": "mariadb", "openjdk": "java",
    "amazoncorretto": "java", "rust": "rust", "maven": "maven", "valkey": "valkey", "bun": "bun", "deno": "deno",
}  # fmt: skip


def hardened(catalog: Catalog, reference: str) -> Spec:
    """The stand-in of ``dhi.io/name:tag``; `LookupError` where the catalog has no such tag."""
    name, _, tag = reference.removeprefix("dhi.io/").partition(":")
    found = catalog.find(name, tag)
    if found is None:
        raise LookupError(f"{reference}: not in the catalog")
    if found.distro == "alpine":
        return _alpine(found, reference, name)
    names = [one for one in found.packages if "=" not in one]  # with a version: built by DHI, the language below
    return Spec(
        reference,
        tuple(dict.fromkeys(new for one in names for new in OMITTED.get(one, (one,)))),
        LANGUAGES.get(name, ""),
        _prefix(found.prefix, "/usr"),
        found.variant == "dev",
        found.variant == "dev",
        tuple(_passwd(one.name, one.uid, one.gid) for one in found.accounts),
        tuple(f"{one.name}:x:{one.gid}:" for one in found.groups),
        _user(found),
        found.entrypoint or (),
        found.cmd or (),
        found.workdir or "",
        found.ports,
        tuple(
            sorted({"PATH": PATH, **{key: re.sub(r"\$\{\w+}", "", text) for key, text in found.env.items()}}.items())
        ),
        found.stop_signal or "",
        found.shells,
        tuple(
            Entry(one.path, one.uid, one.gid, one.mode or "0755", one.target if one.kind == "symlink" else None)
            for one in found.paths
            if one.kind != "file" and "$" not in one.path
        ),
        any(one.startswith("ca-certificates") for one in found.packages),
        False,
        False,
    )


def _alpine(found: Definition, reference: str, name: str) -> Spec:
    """The nearest thing to an Alpine image that Debian's packages make: musl, its compiler, and busybox.

    Programs of Debian (Go's compiler) need libc6 next to musl. There is no apk.
    """
    dev = found.variant == "dev"
    packages = ("musl", *(("libc6",) if name != "static" else ()), *(("busybox-static",) if found.shells else ()))
    packages += ("gcc", "libc6-dev", "musl-tools") if "gcc" in found.packages else ()
    return Spec(
        reference, packages, LANGUAGES.get(name, ""), _prefix(found.prefix, "/usr"), dev, dev,
        tuple(_passwd(one.name, one.uid, one.gid) for one in found.accounts),
        tuple(f"{one.name}:x:{one.gid}:" for one in found.groups),
        _user(found), found.entrypoint or (), found.cmd or (), found.workdir or "", found.ports,
        tuple(sorted({"PATH": PATH, **found.env}.items())), found.stop_signal or "",
        tuple(one for one in found.shells if one in {"/bin/sh", "/bin/ash"}), (), False, False, True,
    )  # fmt: skip


def upstream(catalog: Catalog, reference: str) -> Spec:
    """The stand-in of an upstream image, by the catalog's facts on it; `LookupError` where it has none."""
    name, _, tag = reference.partition(":")
    found = catalog.upstream_facts(name, tag or "latest")
    if found is None:
        raise LookupError(f"{reference}: no facts")
    language = LANGUAGES.get(name.rpartition("/")[2], "")
    if name.startswith("gcr.io/distroless/"):
        language = {"python3": "python", "java21": "java", "nodejs22": "node"}.get(
            name.rpartition("/")[2].split("-")[0], ""
        )
    packages: tuple[str, ...] = ESSENTIAL if found.package_manager == "apt" else ()
    packages += tuple(TOOLS[tool] for tool in found.tools if tool in TOOLS)
    if language not in {"go", "python", "rust"}:  # for their size
        packages = tuple(one for one in packages if one not in {"gcc", "make"})
    if "gcc" in packages:
        packages += ("libc6-dev",)
    if found.package_manager == "apk":
        packages += ("busybox-static", "musl", "libc6")
    if found.package_manager is None:
        packages += ("base-files", "tzdata", *(() if name.endswith("/static") else ("libc6",)))
    prefix = _prefix(found.prefix, "/usr/local")
    env = {"PATH": PATH, **found.env}
    if language == "go":
        env["PATH"] = f"/go/bin:{prefix}/bin:{PATH}"
    if language in {"java", "maven"}:
        env["PATH"] = f"{found.prefix['java']}/bin:{PATH}"
    if language == "rust":
        env["PATH"] = f"{found.prefix['cargo']}/bin:{PATH}"
    if language == "postgres":
        env["PATH"] = f"/usr/lib/postgresql/{tag.partition('-')[0]}/bin:{PATH}"
    people = [one for one in dict.fromkeys((*found.users_present, *found.user.split(":"))) if one and not one.isdigit()]
    shells = ("/bin/bash", "/bin/sh") if found.shell == "bash" else ("/bin/sh",) if found.shell == "busybox" else ()
    return Spec(
        reference,
        packages,
        language,
        prefix,
        any(tool in found.tools for tool in ("pip", "npm", "javac", "phpize", "bundle")) or language == "go",
        found.package_manager == "apt",
        tuple(_passwd(one, NUMBERS.get(one, 990), NUMBERS.get(one, 990)) for one in people),
        tuple(f"{one}:x:{NUMBERS.get(one, 990)}:" for one in people),
        found.user,
        found.entrypoint or (),
        found.cmd or (),
        found.workdir,
        found.ports,
        tuple(sorted(env.items())),
        found.stop_signal or "",
        shells,
        (),
        "ca-certificates" in found.tools,
        True,
        found.package_manager == "apk",
    )


def _prefix(prefix: dict[str, str], default: str) -> str:
    for name in ("python", "node", "go", "java", "php", "ruby", "nginx"):
        if name in prefix:
            return prefix[name] if name != "nginx" else "/usr"
    return default


def _user(found: Definition) -> str:
    return found.user or str(found.uid)


def _passwd(name: str, uid: int, gid: int) -> str:
    home = "/root" if uid == 0 else f"/home/{name}"
    return f"{name}:x:{uid}:{gid}::{home}:{'/bin/sh' if uid == 0 else '/usr/sbin/nologin'}"

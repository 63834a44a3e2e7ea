"""Tags: of hardened images (a fixed grammar) and of upstream images (tokens that are tried against known words).

Hardened: ``<version>[-<edition>][-<debian|alpine>[<release>]][-<flavor>][-dev]``, as 99.9% of the catalog's tags are
formed. Where edition and flavor cannot be told apart (``pg18``, ``python3.12``) the definition's own field decides.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .._pattern import is_number, regex
from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Family = Literal["debian", "alpine", "ubuntu", "rpm", "windows", "other"]


_DISTROS: tuple[Literal["debian", "alpine"], ...] = ("debian", "alpine")
_FAMILIES: tuple[tuple[str, Family], ...] = (
    *(("alpine", "alpine"), ("debian", "debian"), ("deb", "debian"), ("ubuntu", "ubuntu")),
)
_FLAVORS = ("sfw-ent", "sfw", "compat", "fpm", "cudnn", "contrib", "native", "sentinel")
_VERSION = regex(r"v?(\d+(?:\.\d+)*)(.*)\Z", re.DOTALL)

# Code names with the release they stand for. Debian: https://wiki.debian.org/DebianReleases; Ubuntu: https://wiki.ubuntu.com/Releases.
DEBIAN_CODENAMES = {
    "wheezy": "7",
    "jessie": "8",
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
    "oldoldstable": "11",
    "oldstable": "12",
    "stable": "13",
    "testing": "14",
    "sid": "unstable",
    "unstable": "unstable",
}
UBUNTU_CODENAMES = {
    "precise": "12.04",
    "trusty": "14.04",
    "utopic": "14.10",
    "vivid": "15.04",
    "wily": "15.10",
    "xenial": "16.04",
    "yakkety": "16.10",
    "zesty": "17.04",
    "artful": "17.10",
    "bionic": "18.04",
    "cosmic": "18.10",
    "disco": "19.04",
    "eoan": "19.10",
    "focal": "20.04",
    "groovy": "20.10",
    "hirsute": "21.04",
    "impish": "21.10",
    "jammy": "22.04",
    "kinetic": "22.10",
    "lunar": "23.04",
    "mantic": "23.10",
    "noble": "24.04",
    "oracular": "24.10",
    "plucky": "25.04",
    "questing": "25.10",
    "resolute": "26.04",
    "rolling": "",
    "devel": "",
}
_RPM_NAMES = (
    *("centos", "ubi", "rhel", "rockylinux", "rocky", "almalinux", "alma", "oraclelinux", "ol", "fedora", "fc", "al"),
    *("amazonlinux", "amzn", "azurelinux", "cbl-mariner", "mariner", "opensuse", "leap", "photon"),
)
_RPM = regex(rf"(?:{'|'.join(_RPM_NAMES)})(\d[\d.]*)?\Z")
_WINDOWS_NAMES = ("win", "nano", "server", "ltsc")
_WINDOWS = regex(r"(?:windowsservercore|nanoserver|servercore|windows|win|ltsc\d{4}|nano\d*|windowsservercore\d+)\Z")
_PRERELEASE_NAMES = ("-", ".", "a", "b", "rc", "ea", "dev", "pre", "nightly", "snapshot")
_PRERELEASE = regex(r"[-.]?(?:a|b|rc|ea|alpha|beta|dev|pre|preview|nightly|snapshot)\.?\d*\Z")
_ALIASES = frozenset(
    {
        "latest",
        "lts",
        "current",
        "stable",
        "mainline",
        "edge",
        "nightly",
        "main",
        "master",
        "rolling",
        "slim",
        "nonroot",
    }
)


class HardenedTag(NamedTuple):
    """A hardened tag in its parts; None stands for a part that the tag does not name."""

    version: str
    edition: str | None
    distro: Literal["debian", "alpine"] | None
    release: str | None
    flavor: str | None
    dev: bool

    def __str__(self) -> str:
        """The tag text; gives back what was parsed."""
        parts = [self.version]
        if self.edition:
            parts.append(self.edition)
        if self.distro:
            parts.append(self.distro + (self.release or ""))
        if self.flavor:
            parts.append(self.flavor)
        if self.dev:
            parts.append("dev")
        return "-".join(parts)


def _release(word: str, name: str) -> str | None:
    """The release that `word` gives behind `name`: numbers with dots between them, "" for none; None for another word."""
    if not word.startswith(name):
        return None
    number = word[len(name) :]
    return number if not number or all(is_number(part) for part in number.split(".")) else None


@lru_cache(maxsize=4096)
def parse_hardened_tag(tag: str, flavor: str | None = None) -> HardenedTag | None:
    """Parse a hardened image's `tag`; `flavor` is the definition's own, where known. None: not of this form."""
    rest = tag
    dev = rest.endswith("-dev")
    if dev:
        rest = rest[:-4]
    found = None
    for name in (flavor,) if flavor else _FLAVORS:
        if name and rest.endswith(f"-{name}"):
            rest, found = rest[: -len(name) - 1], name
            break
    words = rest.split("-")
    distro: Literal["debian", "alpine"] | None = None
    release = None
    if len(words) > 1:
        for name in _DISTROS:
            number = _release(words[-1], name)
            if number is not None:
                distro, release = name, number or None
                words.pop()
                break
    if not words or not all(words):
        return None
    count = 1
    if is_number(words[0][0]) or (words[0][0] == "v" and is_number(words[0][1:2])):
        while count < len(words) and is_number(words[count].removeprefix("r")):
            count += 1
    edition = "-".join(words[count:]) or None
    return HardenedTag("-".join(words[:count]), edition, distro, release, found, dev)


class UpstreamOS(NamedTuple):
    """An operating system that an upstream tag names; `release` is "12", "3.19", "22.04", "unstable" or ""."""

    family: Family
    release: str
    text: str


class UpstreamTag(NamedTuple):
    """An upstream tag in its parts.

    `version` is its numbers as written ("3.12", "8", "11.0.20.1") and `numbers` the same as integers; `suffix` is what
    is glued to them ("rc1", "u212", "_8"). `alias` is a moving name (``latest`` where there is no tag). `words` are the
    remaining words in order, such as ``jre``, ``slim``, ``fpm``.
    """

    version: str | None
    numbers: tuple[int, ...]
    suffix: str
    alias: str | None
    os: UpstreamOS | None
    words: tuple[str, ...]

    @property
    def prerelease(self) -> bool:
        """Whether the version is an alpha, beta, release candidate or nightly."""
        return any(
            text.startswith(_PRERELEASE_NAMES) and _PRERELEASE.match(text) for text in (self.suffix, *self.words)
        )


def _operating_system(word: str) -> UpstreamOS | None:
    if word in DEBIAN_CODENAMES and word not in {
        "stable",
        "testing",
        "unstable",
        "oldstable",
        "oldoldstable",
    }:
        return UpstreamOS("debian", DEBIAN_CODENAMES[word], word)
    if word in UBUNTU_CODENAMES and word not in {"rolling", "devel"}:
        return UpstreamOS("ubuntu", UBUNTU_CODENAMES[word], word)
    for name, family in _FAMILIES:
        release = _release(word, name)
        if release is not None:
            return UpstreamOS(family, release, word)
    if word.startswith(_WINDOWS_NAMES) and _WINDOWS.match(word):
        return UpstreamOS("windows", "", word)
    if word.startswith(_RPM_NAMES) and (match := _RPM.match(word)):
        return UpstreamOS("rpm", match[1] or "", word)
    if word in {"wolfi", "chiseled"}:
        return UpstreamOS("other" if word == "wolfi" else "ubuntu", "", word)
    return None


@lru_cache(maxsize=1024)
def parse_upstream_tag(tag: str | None) -> UpstreamTag:
    """Split an upstream `tag` into its parts; never fails: upstream tags follow no grammar. None is ``latest``."""
    if tag is None:
        return UpstreamTag(None, (), "", "latest", None, ())
    version = alias = None
    suffix = ""
    os: UpstreamOS | None = None
    words: list[str] = []
    for word in tag.lower().split("-"):
        if not word:
            continue
        found = _operating_system(word)
        if found is not None:
            # "bookworm-slim", "noble-chiseled", "windowsservercore-ltsc2022": the first, more exact, name stays
            if os is None:
                os = found
            else:
                words.append(word)
            continue
        if version is None and not words and (match := _VERSION.match(word)):
            version, suffix = match[1], match[2]
            continue
        if alias is None and version is None and word in _ALIASES and word not in {"slim", "nonroot"}:
            alias = word
            continue
        words.append(word)
    numbers = tuple(int(part[:18]) for part in version.split(".")) if version else ()
    return UpstreamTag(version, numbers, suffix, alias, os, tuple(words))

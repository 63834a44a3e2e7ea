"""What an upstream reference asks of the hardened image that replaces it: version, edition, flavor.

The tables are reviewed data (``data/families.json``); one small function a rule turns the words of a tag into a `Wish`.
"""

from __future__ import annotations

import json
import os
import re
from functools import lru_cache

from .._pattern import is_number, regex
from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..images import UpstreamTag

_JAVA = regex(r"(?:jdk|jre|java|openjdk|temurin|corretto|amazoncorretto|sapmachine|zulu|graalvm|ibmjava)(\d*)\Z")
_DIGITS = regex(r"\d{1,2}")
_REPOSITORY_VERSION = regex(r"(java|nodejs|openjdk|python|ruby|php|nginx|httpd|postgresql)-?(\d+)\Z")
_MAJOR_ONLY = frozenset({"java", "nodejs", "openjdk", "postgresql"})
_HARMLESS = frozenset({"slim", "nonroot", "latest", "full", "fat", "community", "chiseled", "distroless"})

_cache: dict[str, Any] | None = None


class Wish(NamedTuple):
    """What an upstream reference asks for, in the terms of the hardened image `name`.

    `numbers` is the asked version (empty: any). `edition` and `flavor` are those of the tag grammar, None for the plain
    one; `java` is the Java release inside an edition such as ``jdk17``. `alias` is a moving name that nothing explains.
    `partial` says what the hardened image lacks, `missing` what it lacks so that a swap can not work at all, `absent`
    why nothing replaces the reference, `notes` what else to know. `words` are tag words without a known meaning.
    `own_version` is False where the number may count the releases of another product (of a framework, of a build).
    `prerelease` tells that an alpha, beta or release candidate is asked for.
    """

    name: str
    numbers: tuple[int, ...]
    words: tuple[str, ...]
    alias: str | None = None
    edition: str | None = None
    java: int | None = None
    flavor: str | None = None
    partial: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    absent: str | None = None
    notes: tuple[str, ...] = ()
    own_version: bool = True
    prerelease: bool = False

    def lacking(self, reason: str) -> Wish:
        """The same wish with one more `reason` why the hardened image serves it only in part."""
        return self._replace(partial=(*self.partial, reason))


def _table() -> dict[str, Any]:
    global _cache
    if _cache is None:
        path = os.path.join(os.path.dirname(__file__), "data", "families.json")
        with open(path, "rb") as file:
            _cache = json.loads(file.read())
    return _cache


@lru_cache(maxsize=2048)
def family(name: str) -> dict[str, Any]:
    """The reviewed row of the hardened image `name`; empty for an image without special rules."""
    row: dict[str, Any] = _table()["images"].get(name, {})
    return row


def repository_facts(repository: str) -> dict[str, Any]:
    """What the name of an upstream repository says beside its tag: ``version``, ``words``, ``partial``."""
    row = _table()["repositories"].get(repository)
    if isinstance(row, dict):
        return row
    if repository.startswith("bitnami/") and repository != "bitnami/minideb":
        return {
            "lacks": ["the layout of Bitnami images (/opt/bitnami, BITNAMI_ variables, user 1001) does not carry over"]
        }
    if repository.startswith(("registry.access.redhat.com/", "gcr.io/distroless/")):
        last = re.sub(r"-(?:debian\d+|runtime)\Z", "", repository.rsplit("/", 1)[1])
        match = _REPOSITORY_VERSION.search(last)
        if match:
            digits = match[2]
            # python-311 is 3.11, php-82 is 8.2, nginx-124 is 1.24; but java17, nodejs-20, openjdk-21 are majors
            if match[1] not in _MAJOR_ONLY and len(digits) > 1:
                digits = f"{digits[0]}.{digits[1:]}"
            return {"version": digits}
    return {}


def java_release(words: tuple[str, ...]) -> int | None:
    """The Java release that tag words name: ``jdk17``, ``eclipse-temurin-21``, ``jdk-11``; None if none is named."""
    for index, word in enumerate(words):
        match = _JAVA.match(word)
        if match is None:
            continue
        following = words[index + 1] if index + 1 < len(words) else ""
        digits = match[1] or getattr(_DIGITS.match(following), "group", str)()
        if digits:
            return int(digits)
    return None


def version_numbers(version: str) -> tuple[int, ...]:
    """The integers of a dotted `version`: "3.12" is (3, 12)."""
    return tuple(int(part) for part in version.split("."))


def _without_java(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that say nothing of Java: ``openjdk-8-jre`` leaves none."""
    left: list[str] = []
    previous = ""
    for word in words:
        java = _JAVA.match(word) is not None or word.startswith(("jdk", "jre"))
        if not java and not (_JAVA.match(previous) and is_number(word[:1])):
            left.append(word)
        previous = word
    return tuple(left)


def _temurin(wish: Wish, repository: str, final: bool) -> Wish:
    last = repository.rsplit("/", 1)[-1]
    runtime = any(word.startswith("jre") or word == "runtime" for word in wish.words)
    runtime = runtime or "jre" in last or last.endswith("-runtime") or repository.startswith("gcr.io/distroless/")
    numbers = wish.numbers
    if not numbers and (java := java_release(wish.words)):
        numbers = (java,)
    if numbers[:2] == (1, 8):
        numbers = (8,)
    wish = wish._replace(words=_without_java(wish.words), numbers=numbers)
    if not final:
        return wish._replace(edition="jdk")
    wish = wish._replace(
        notes=(*wish.notes, "fontconfig, which drawing text and PDF or Excel export need, is not in it")
    )
    return wish if runtime else wish.lacking("the hardened runtime is a JRE; the JDK exists only as a -dev image")


def _java_vendor(wish: Wish, repository: str, final: bool) -> Wish:
    return wish._replace(words=_without_java(wish.words))


def _jdk_edition(wish: Wish, repository: str, final: bool) -> Wish:
    java = java_release(wish.words)
    if java is None:
        wish = wish.lacking("the tag names no Java release, a hardened tag does")
    return wish._replace(java=java, edition="jdk", words=())


def _dotnet(wish: Wish, repository: str, final: bool) -> Wish:
    words = tuple(word for word in wish.words if word not in {"sdk", "amd64", "arm64v8", "arm32v7"})
    return wish._replace(edition="sdk" if "sdk" in wish.words else None, words=words)


def _azul(wish: Wish, repository: str, final: bool) -> Wish:
    return wish._replace(edition="jdk-prime" if "prime" in repository else "jdk-zulu", words=())


def _php(wish: Wish, repository: str, final: bool) -> Wish:
    return wish._replace(flavor="fpm") if "apache" in wish.words else wish


def _static(wish: Wish, repository: str, final: bool) -> Wish:
    if "debug" in wish.words:
        wish = wish.lacking("the debug variant has a busybox shell, the hardened image has none")
    return wish._replace(numbers=(), alias=None, edition="glibc" if "glibc" in wish.words else None, words=())


def _docker(wish: Wish, repository: str, final: bool) -> Wish:
    words = tuple(word for word in wish.words if word not in {"cli", "dind"})
    return wish._replace(flavor="cli" if wish.name == "docker" else None, words=words)


def _uv(wish: Wish, repository: str, final: bool) -> Wish:
    python = next((word for word in wish.words if word.startswith("python")), None)
    if python is None:
        return wish._replace(words=())
    digits = re.sub(r"[^\d.]", "", python).strip(".") or "3"
    wish = wish._replace(name="python", numbers=version_numbers(digits), words=())
    return wish.lacking("uv itself has to be copied from the hardened uv image")


def _wordpress(wish: Wish, repository: str, final: bool) -> Wish:
    if "fpm" not in wish.words and "cli" not in wish.words and not wish.missing:
        wish = wish._replace(missing=(family("wordpress")["missing"]["apache"],))  # upstream's default variant
    php = next((word for word in wish.words if re.match(r"php\d", word)), None)
    if php is None:
        wish = wish.lacking("the tag names no PHP release, a hardened tag does")
    return wish._replace(flavor=f"{php}-fpm" if php else None, words=())


def _system(wish: Wish, repository: str, final: bool) -> Wish:
    return wish._replace(words=())


_RULES: dict[str, Callable[[Wish, str, bool], Wish]] = {
    "azul": _azul,
    "docker": _docker,
    "dotnet": _dotnet,
    "java-vendor": _java_vendor,
    "jdk-edition": _jdk_edition,
    "php": _php,
    "static": _static,
    "system": _system,
    "temurin": _temurin,
    "uv": _uv,
    "wordpress": _wordpress,
}


def wish_for(name: str, repository: str, tag: UpstreamTag, *, final: bool) -> Wish:
    """What ``repository:tag`` asks of the hardened image `name`.

    `repository` is the upstream name (`Reference.upstream`); `final` tells that the stage ships (the runtime is wanted).
    """
    row = family(name)
    beside = repository_facts(repository)
    words = tag.words + tuple(beside.get("words", ()))
    numbers, alias = tag.numbers, tag.alias
    notes: tuple[str, ...] = ()
    if "version" in beside:
        numbers = version_numbers(beside["version"])
    elif repository.startswith("registry.access.redhat.com/"):
        numbers = ()  # the tags there number the container build, not the product
    elif "/devcontainers/" in repository and words and re.match(r"\d+(?:\.\d+)*\Z", words[0]):
        numbers, words = version_numbers(words[0]), words[1:]  # 3.0.6-3.13-trixie: container build, then language
    aliases = row.get("aliases", {})
    named = next((word for word in (alias, *words) if word in aliases), None)
    if named is not None and not numbers:
        numbers = version_numbers(aliases[named])
        notes = (f"{named} stands for {aliases[named]}",)
    if named is not None:
        words = tuple(word for word in words if word != named)
        alias = None
    absent = None
    if alias == "edge" and row.get("rule") == "system":
        absent = f"edge is newer than every hardened {name.partition('-')[0]} release"
    if alias in {"latest", "stable", "current"}:
        alias = None
    last = repository.rsplit("/", 1)[-1]
    own_version = "version" in beside or name in last
    if row.get("rule") == "temurin":
        own_version = own_version or any(word in last for word in ("java", "jdk", "jre"))
    if not numbers or not own_version:
        inside = (re.match(rf"{re.escape(name)}(\d+(?:\.\d+)*)\Z", word) for word in words)  # "python3.9-slim"
        found = next((match for match in inside if match is not None), None)
        if found is not None:
            numbers, own_version = version_numbers(found[1]), True
        words = tuple(word for word in words if not word.startswith(name))
    lacks, missing = row.get("partial", {}), row.get("missing", {})
    wish = Wish(
        name,
        numbers,
        words,
        alias=alias,
        partial=(*beside.get("lacks", ()), *(lacks[word] for word in words if word in lacks)),
        missing=tuple(missing[word] for word in words if word in missing),
        absent=absent,
        notes=notes,
        own_version=own_version,
        prerelease=tag.prerelease,
    )
    rule = _RULES.get(row.get("rule", ""))
    if rule is not None:
        wish = rule(wish, repository, final)
    explained = {*row.get("ignore", ()), *lacks, *missing, *_HARMLESS}
    return wish._replace(words=tuple(word for word in wish.words if word not in explained))

"""Comparing the versions and releases of upstream tags and definitions. All versions are tuples of integers."""

from __future__ import annotations

from functools import lru_cache

from .._pattern import is_number
from .families import family

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Definition

SAME, PATCH, MINOR, MAJOR = 0, 1, 2, 3
"""Version classes: the same at the asked precision, another patch, a newer minor, a newer major."""


@lru_cache(maxsize=2048)
def is_system(name: str) -> bool:
    """Whether the hardened image `name` is a bare operating system: its release is its version."""
    return family(name).get("rule") == "system"


def definition_version(definition: Definition) -> tuple[int, ...]:
    """The version of `definition`: ``24.19.0-0`` is (24, 19, 0), ``8u502.b07`` is (8, 502, 7), ``trixie`` is (13,)."""
    if is_system(definition.image):
        return release_numbers(definition.release)
    return _numbers(definition.version)


@lru_cache(maxsize=4096)
def _numbers(version: str) -> tuple[int, ...]:
    parts: list[int] = []
    for part in version.partition("-")[0].removeprefix("v").replace("u", ".").split("."):
        digits = part.removeprefix("b").removeprefix("r")
        if not is_number(digits):
            break
        parts.append(int(digits))
    return tuple(parts)


def release_numbers(text: str) -> tuple[int, ...]:
    """The release of a distribution: ``3.24`` is (3, 24); words give nothing."""
    return tuple(int(part) for part in text.split(".") if is_number(part))


def dotted(numbers: tuple[int, ...]) -> str:
    """The version as people write it."""
    return ".".join(map(str, numbers))


def common(left: tuple[int, ...], right: tuple[int, ...]) -> int:
    """How many leading numbers are equal."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def version_class(asked: tuple[int, ...], have: tuple[int, ...], patch: int = 3) -> int | None:
    """How `have` serves whoever `asked`: `SAME`, `PATCH`, `MINOR`, `MAJOR`, or None for an older version.

    `patch` is the 1-based place of the patch number: 3 as a rule, 2 for PostgreSQL. A patch may be older as well as
    newer: the tag that is written names none, and the registry serves the newest.
    """
    if not asked:
        return SAME
    if not have:
        return None
    equal = common(asked, have)
    if equal == len(asked):
        return SAME
    if equal == len(have) or equal >= patch - 1:
        return PATCH
    if have[equal] < asked[equal]:
        return None
    return MINOR if equal == 1 else MAJOR


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that orders the numbers inside `text` by their value: ``php8.10`` after ``php8.9``."""
    key: list[tuple[int, int, str]] = []
    digits = ""
    for character in f"{text}\0":
        if is_number(character):
            digits += character
            continue
        if digits:
            key.append((1, int(digits), ""))
            digits = ""
        key.append((0, 0, character))
    return tuple(key)

"""When support ends: the earliest of what the catalog, the product's makers and the distribution say."""

from __future__ import annotations

import datetime
import os
import re
import tomllib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import EndOfLifeCause
    from .reader import SourceFile

TABLE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "end-of-life.toml")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


class EndOfLife(NamedTuple):
    """A last day of support (ISO 8601) and what ends on it."""

    date: str
    cause: EndOfLifeCause


def is_date(text: str) -> bool:
    """Whether `text` is a calendar day in ISO 8601."""
    if not _ISO.match(text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


class EndOfLifeTable:
    """The reviewed dates of ``end-of-life.toml`` together with those of the catalog."""

    def __init__(self, files: Iterable[tuple[SourceFile, str]], path: str = TABLE) -> None:
        """Take all definitions with their versions; reads `path`, and raises ValueError where a date in it is none."""
        with open(path, "rb") as stream:
            table = tomllib.load(stream)
        self._distribution: dict[str, str] = table["distribution"]
        self._product: dict[str, dict[str, str]] = table["product"]
        for date in [*self._distribution.values(), *(d for v in self._product.values() for d in v.values())]:
            if not is_date(date):
                raise ValueError(f"{path}: not a date: {date!r}")
        self._siblings: dict[tuple[str, str], str] = {}
        for file, version in files:
            date = file.data.dates.end_of_life
            if date is not None:
                key = (file.name, _series(version))
                self._siblings[key] = min(date, self._siblings.get(key, date))

    def find(self, file: SourceFile, version: str) -> EndOfLife | None:
        """The end of support of the definition `file`, whose full version is `version`; None where nothing is known."""
        found: list[EndOfLife] = []
        own = file.data.dates.end_of_life or self._siblings.get((file.name, _series(version)))
        if own is not None:
            found.append(EndOfLife(own, "image"))
        for prefix, date in self._product.get(file.name, {}).items():
            if version == prefix or version.startswith(f"{prefix}."):
                found.append(EndOfLife(date, "product"))
        distribution = self._distribution.get(f"{file.distro} {file.release}")
        if distribution is not None:
            found.append(EndOfLife(distribution, "distribution"))
        return min(found, key=lambda one: one.date, default=None)


def _series(version: str) -> str:
    """Major and minor version, which share their dates."""
    return ".".join(version.split(".")[:2])

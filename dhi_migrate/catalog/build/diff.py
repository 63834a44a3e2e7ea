"""What changes from one catalog to the next, for the person who reviews new data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Definition, Image

_COMPARED = (
    "version",
    "variant",
    "flavor",
    "platforms",
    "end_of_life",
    "user",
    "uid",
    "gid",
    "accounts",
    "entrypoint",
    "cmd",
    "workdir",
    "workdir_writable",
    "ports",
    "env",
    "stop_signal",
    "shells",
    "bin_sh",
    "package_manager",
    "packages",
    "prefix",
    "paths",
)
"""Fields whose change is told; the others say the same in other words (`groups`) or where a fact comes from."""


class Change(NamedTuple):
    """A fact that changed: of the definition `source`, the `field` was `before` and is `after`, as text.

    A version that goes back is marked "(older)": the reviewer has to know why.
    """

    source: str
    field: str
    before: str
    after: str


class CatalogDiff(NamedTuple):
    """The difference of two catalogs; tags are written "name:tag", definitions by their path. All sorted."""

    added_images: tuple[str, ...]
    removed_images: tuple[str, ...]
    added_tags: tuple[str, ...]
    removed_tags: tuple[str, ...]
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return any(self[:])

    def as_text(self) -> str:
        """The difference for people: a line each, then the totals."""
        lines = [f"+ image {name}" for name in self.added_images]
        lines += [f"- image {name}" for name in self.removed_images]
        lines += [f"+ {tag}" for tag in self.added_tags]
        lines += [f"- {tag}" for tag in self.removed_tags]
        lines += [f"~ {c.source}: {c.field}: {c.before} -> {c.after}" for c in self.changes]
        lines.append(
            f"{len(self.added_images)} images added, {len(self.removed_images)} removed; "
            f"{len(self.added_tags)} tags added, {len(self.removed_tags)} removed; {len(self.changes)} facts changed"
        )
        return "\n".join(lines)


def compare(before: Iterable[Image], after: Iterable[Image]) -> CatalogDiff:
    """The difference between two sets of images."""
    old = {image.name: image for image in before}
    new = {image.name: image for image in after}
    old_tags, new_tags = _tags(old.values()), _tags(new.values())
    return CatalogDiff(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(sorted(new_tags - old_tags)),
        tuple(sorted(old_tags - new_tags)),
        tuple(_changes(_definitions(old.values()), _definitions(new.values()))),
    )


def _tags(images: Iterable[Image]) -> set[str]:
    return {f"{image.name}:{tag}" for image in images for one in image.definitions for tag in one.tags}


def _definitions(images: Iterable[Image]) -> dict[str, Definition]:
    return {one.source: one for image in images for one in image.definitions}


def _changes(old: dict[str, Definition], new: dict[str, Definition]) -> Iterable[Change]:
    for source in sorted(old.keys() & new.keys()):
        for field in _COMPARED:
            before, after = getattr(old[source], field), getattr(new[source], field)
            if before != after:
                change = Change(source, field, *_told(before, after))
                if field == "version" and goes_back(before, after):
                    change = change._replace(after=f"{change.after} (older)")
                yield change


def goes_back(before: str, after: str) -> bool:
    """Whether `after` is an older version than `before`; False where either is not of PEP 440's form (``8u502.b07``)."""
    try:
        return Version(after) < Version(before)
    except InvalidVersion:
        return False


def _told(before: object, after: object) -> tuple[str, str]:
    """Both values as text; of lists and tables only what differs."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(before.keys() | after.keys())
        differing = [name for name in names if before.get(name) != after.get(name)]
        return _join(before, differing), _join(after, differing)
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _items(one for one in before if one not in after), _items(one for one in after if one not in before)
    return _text(before), _text(after)


def _join(values: dict[str, str], names: list[str]) -> str:
    return ", ".join(f"{name}={values[name]}" for name in names if name in values) or "(none)"


def _items(values: Iterable[object]) -> str:
    return ", ".join(_text(value) for value in values) or "(none)"


def _text(value: object) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value if part is not None)
    return str(value)

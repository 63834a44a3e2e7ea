"""Reads a catalog overlay: a user's own images and tags, pins and denials, in TOML.

Imported only where an overlay is given, as it needs pydantic. Every complaint says file, line and column; a wrong
overlay is never half used.
"""

from __future__ import annotations

import datetime
import os
import re
import stat
from typing import Any

from pydantic import ValidationError

from .._pattern import is_number, regex
from .._record import NamedTuple
from ..images.reference import InvalidReferenceError, parse_reference
from ..images.tags import parse_hardened_tag
from .model import Account, Definition, Image, UpstreamTarget
from .overlay_schema import OverlayFile, OverlayImage, OverlayTag, fields_at
from .store import Catalog, Overlay
from .toml_positions import Location, Position, Positions
from .toml_text import load_toml

MAX_SIZE = 1_000_000
"""An overlay larger than this (bytes) is refused."""

_SYNTAX = regex(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)\Z", re.DOTALL)
_BARE = regex(r"[A-Za-z0-9_-]+\Z")
_NAME = regex(r"[a-z0-9]+(?:[._-][a-z0-9]+)*\Z")
_NEEDED = ("version", "distro", "release", "user", "uid", "gid", "shells")
_EMPTY_IS_UNSET = ("edition", "flavor", "workdir", "stop_signal", "released", "end_of_life", "entrypoint", "cmd")


class Complaint(NamedTuple):
    """Something wrong in an overlay, at a 1-based `line` and `column` (both 0: the file as a whole)."""

    line: int
    column: int
    message: str


class OverlayError(Exception):
    """The overlay cannot be used; its text has a line ``path:line:column: message`` for each of the `complaints`."""

    def __init__(self, path: str, complaints: list[Complaint]) -> None:
        """Take the `path` as the user gave it and at least one of the `complaints`."""
        self.path = path
        self.complaints = tuple(sorted(complaints))
        lines = [
            f"{path}:{c.line}:{c.column}: {c.message}" if c.line else f"{path}: {c.message}" for c in self.complaints
        ]
        super().__init__("\n".join(lines))


def load_overlay(path: str, catalog: Catalog | None = None) -> Overlay:
    """The overlay in the file `path` over `catalog` (None: the shipped data).

    Raises `OverlayError` where it cannot be read, is not TOML, has unknown keys or wrong types, names tags that do not
    exist, or leaves out facts that a new image needs.
    """
    text = _read(path)
    try:
        data = load_toml(text)
    except ValueError as error:  # also for a number with too many digits
        raise OverlayError(path, [_syntax_complaint(text, str(error))]) from None
    except RecursionError:
        raise OverlayError(path, [Complaint(0, 0, "is nested too deeply")]) from None
    try:
        positions = Positions(text)
    except RecursionError:
        raise OverlayError(path, [Complaint(0, 0, "is nested too deeply")]) from None
    try:
        file = OverlayFile.model_validate(data)
    except ValidationError as error:
        raise OverlayError(path, [_schema_complaint(one, positions) for one in error.errors()]) from None
    return _Builder(path, file, positions, catalog if catalog is not None else Catalog.load()).build()


def _read(path: str) -> str:
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise OverlayError(path, [Complaint(0, 0, "is not a regular file")])
        if status.st_size > MAX_SIZE:
            raise OverlayError(path, [Complaint(0, 0, f"is larger than {MAX_SIZE} bytes")])
        with open(path, "rb") as stream:
            data = stream.read(MAX_SIZE)
    except OSError as error:
        raise OverlayError(path, [Complaint(0, 0, error.strerror or "cannot be read")]) from None
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        column = len(before) - (before.rfind("\n") + 1) + 1
        complaint = Complaint(before.count("\n") + 1, column, "is not UTF-8 text")
        raise OverlayError(path, [complaint]) from None


def _syntax_complaint(text: str, message: str) -> Complaint:
    match = _SYNTAX.match(message)
    if match is None:
        return Complaint(0, 0, message)
    if match[2] is None:
        return Complaint(text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1, match[1])
    return Complaint(int(match[2]), int(match[3]), match[1])


def _schema_complaint(error: Any, positions: Positions) -> Complaint:
    location: Location = tuple(error["loc"])
    name = ".".join(step if _BARE.match(step) else repr(step) for step in location if isinstance(step, str))
    if error["type"] == "extra_forbidden":
        place = positions.key(location)
        known = fields_at(location[:-1])
        return Complaint(*place, f"unknown key {location[-1]!r}{_suggestion(str(location[-1]), known)}")
    if error["type"] == "missing":
        return Complaint(*positions.key(location[:-1]), f"{location[-1]!r} is missing")
    message = error["msg"].removeprefix("Input ").removeprefix("String ")
    if error["type"] == "string_pattern_mismatch":
        message = f"is not of the right form: {error['input']!r}"
    return Complaint(*positions.value(location), f"{name} {message}")


def _suggestion(name: str, known: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


class _Builder:
    """Turns a well-formed overlay into values; collects what is wrong with it."""

    def __init__(self, path: str, file: OverlayFile, positions: Positions, catalog: Catalog) -> None:
        self._path = path
        self._file = file
        self._positions = positions
        self._catalog = catalog
        self._complaints: list[Complaint] = []
        self._images: dict[str, Image] = {}
        self._first: dict[tuple[str, str], Position] = {}

    def build(self) -> Overlay:
        targets: list[UpstreamTarget] = []
        for index, image in enumerate(self._file.images):
            self._add_image(image, index)
            for number, repository in enumerate(image.replaces):
                name = self._repository(repository, ("images", index, "replaces", number))
                targets.append(UpstreamTarget(name, image.name, "high", f"set in {self._path}"))
        pins = {}
        for repository, target in self._file.pins.items():
            pins[self._repository(repository, ("pins", repository), key=True)] = target
            name, _, tag = target.partition(":")
            if self._find(name, tag) is None:
                self._complain(("pins", repository), self._unknown(name, tag))
        for number, pattern in enumerate(self._file.deny):
            if "/" in pattern:
                text = f"{pattern!r} has a registry in it: write the name and tag alone"
                self._complain(("deny", number), text)
        if self._complaints:
            raise OverlayError(self._path, self._complaints)
        return Overlay(self._path, self._images, tuple(targets), pins, tuple(self._file.deny))

    def _complain(self, location: Location, message: str, *, key: bool = False) -> None:
        place = self._positions.key(location) if key else self._positions.value(location)
        self._complaints.append(Complaint(*place, message))

    def _repository(self, text: str, location: Location, *, key: bool = False) -> str:
        """The upstream repository `text` in the form that the catalog looks up."""
        try:
            reference = parse_reference(text)
        except InvalidReferenceError as error:
            self._complain(location, str(error), key=key)
            return text
        if reference.tag is not None or reference.digest is not None:
            self._complain(location, f"{text!r} is a repository: leave out the tag and the digest", key=key)
        return reference.upstream

    def _find(self, name: str, tag: str) -> Definition | None:
        own = self._images.get(name)
        for definition in own.definitions if own is not None else ():
            if tag in definition.tags:
                return definition
        return None if own is not None else self._catalog.find(name, tag)

    def _unknown(self, name: str, tag: str) -> str:
        image = self._images.get(name) or self._catalog.image(name)
        if image is None:
            return f"there is no image {name!r} in the catalog{_suggestion(name, list(self._catalog.names))}"
        known = [text for definition in image.definitions for text in definition.tags]
        return f"{name} has no tag {tag!r}{_suggestion(tag, known)}"

    def _add_image(self, image: OverlayImage, index: int) -> None:
        location: Location = ("images", index)
        if not _NAME.match(image.name):
            self._complain((*location, "name"), f"{image.name!r} is not an image name")
            return
        known = self._images.get(image.name) or self._catalog.image(image.name)
        if known is None and not image.tags:
            text = f"{image.name} is a new image and needs [[images.tags]]"
            near = _suggestion(image.name, list(self._catalog.names))
            self._complain((*location, "name"), text + near)
            return
        made = []
        for number, tag in enumerate(image.tags):
            place = (*location, "tags", number)
            first = self._first.setdefault((image.name, tag.tag), self._positions.value((*place, "tag")))
            if first != self._positions.value((*place, "tag")):
                text = f"the tag {image.name}:{tag.tag} is given twice, first in line {first.line}"
                self._complain((*place, "tag"), text)
                continue
            definition = self._definition(image.name, tag, place)
            if definition is not None:
                made.append(definition)
        taken = {text for one in made for text in one.tags}
        rest = []
        for one in known.definitions if known is not None else ():
            tags = tuple(text for text in one.tags if text not in taken)
            if tags:
                rest.append(one if tags == one.tags else one._replace(tags=tags))
        title = image.title or (known.title if known is not None else image.name)
        self._images[image.name] = Image(image.name, title, (*made, *rest))

    def _definition(self, name: str, tag: OverlayTag, location: Location) -> Definition | None:
        given = tag.model_dump(exclude={"tag", "like"}, exclude_none=True)
        base = None
        if tag.like is not None:
            like, _, like_tag = tag.like.removeprefix("dhi.io/").partition(":")
            base = self._find(like, like_tag)
            if base is None:
                self._complain((*location, "like"), self._unknown(like, like_tag))
                return None
            if "distro" in given and given["distro"] != base.distro and "release" not in given:
                text = "another distribution than that of 'like' needs 'release' as well"
                self._complain((*location, "distro"), text)
                return None
        for field in ("released", "end_of_life"):
            if given.get(field) and not _is_date(given[field]):
                self._complain((*location, field), f"there is no day {given[field]}")
                return None
        values = self._values(given, base)
        missing = [field for field in _NEEDED if base is None and field not in values]
        if "user" in given and "uid" not in values:
            missing = ["uid", *(field for field in missing if field != "uid")]
        if missing:
            facts = ", ".join(repr(field) for field in missing)
            if base is None:
                text = f"a tag without 'like' needs all of its facts; missing: {facts}"
            else:
                text = f"user {given['user']!r} has no account in {tag.like}; missing: {facts}"
            self._complain((*location, "tag"), text)
            return None
        dev = tag.tag.endswith("-dev")
        if "variant" not in given and (base is None or dev):
            values["variant"] = "dev" if dev else "runtime"
        parsed = parse_hardened_tag(tag.tag, values.get("flavor") or (base.flavor if base is not None else None))
        if "edition" not in values and parsed is not None and base is None:
            values["edition"] = parsed.edition
        start = base if base is not None else _blank(name)
        if base is not None and "version" in values and _major(values["version"]) != _major(base.version):
            # the dates of `like` are those of another product line
            values.setdefault("released", None)
            if base.end_of_life_cause != "distribution" and "end_of_life" not in values:
                values.update(end_of_life=None, end_of_life_cause=None)
        values.update(image=name, tags=(tag.tag,), source=f"overlay {self._path}")
        return start._replace(**values)

    def _values(self, given: dict[str, Any], base: Definition | None) -> dict[str, Any]:
        """The fields that `given` sets, in the types of `Definition`, and those that follow from them."""
        values: dict[str, Any] = {}
        for field, value in given.items():
            if field in {"accounts", "groups"}:
                values[field] = tuple(Account(one["name"], one.get("uid", one["gid"]), one["gid"]) for one in value)
            elif value in ("", []) and field in _EMPTY_IS_UNSET:
                values[field] = None
            else:
                values[field] = tuple(value) if isinstance(value, list) else value
        if values.get("package_manager") == "":
            values["package_manager"] = None
        if "user" in values and "uid" not in values:
            values.update(_numbers_of(values["user"], values.get("accounts") or (base.accounts if base else ())))
        if "shells" in values:
            values["shell_origins"] = tuple((path, "the overlay") for path in values["shells"])
            values.setdefault("bin_sh", "/bin/sh" in values["shells"])
        if "workdir" in values or "uid" in values:
            same = base is not None and (values.get("uid", base.uid), values.get("workdir", base.workdir)) == (
                base.uid,
                base.workdir,
            )
            values.setdefault("workdir_writable", base.workdir_writable if base is not None and same else None)
        if "end_of_life" in values:
            values["end_of_life_cause"] = "image" if values["end_of_life"] else None
        return values


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _major(version: str) -> str:
    return str(version.partition(".")[0])


def _numbers_of(user: str, accounts: tuple[Account, ...]) -> dict[str, int]:
    """The numbers of `user` by the `accounts`; none where they are not known."""
    if user == "root":
        return {"uid": 0, "gid": 0}
    if is_number(user):
        known = next((one for one in accounts if one.uid == int(user)), None)
        return {"uid": int(user), "gid": known.gid if known is not None else 0}
    named = next((one for one in accounts if one.name == user), None)
    return {} if named is None else {"uid": named.uid, "gid": named.gid}


def _blank(name: str) -> Definition:
    """A definition of which nothing is known; what an overlay's tag without `like` starts from."""
    return Definition(
        image=name,
        source="",
        tags=(),
        version="",
        edition=None,
        distro="debian",
        release="",
        flavor=None,
        variant="runtime",
        platforms=("linux/amd64", "linux/arm64"),
        released=None,
        end_of_life=None,
        user="",
        uid=0,
        gid=0,
        accounts=(),
        groups=(),
        entrypoint=None,
        cmd=None,
        workdir=None,
        workdir_writable=None,
        ports=(),
        env={},
        stop_signal=None,
        shells=(),
        bin_sh=None,
        package_manager=None,
        packages=(),
        packages_complete=False,
        prefix={},
        paths=(),
    )

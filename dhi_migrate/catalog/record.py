"""The form of an image in the data files, written for people to compare and for checks to load quickly.

``shared`` holds what most definitions of the image have in common; a definition's own record holds what differs, with
null for a field that it does not have at all. Fields that are unset everywhere are left out, and so are those that
follow from others (`shells` from `shell_origins`).

Reading is on the path of every check, so it is plain code without validation: the data is written by `catalog build`,
which validates, and the tests read all of it.
"""

from __future__ import annotations

import json

from .model import Account, Definition, Image, PathEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = 1
"""Version of the data files' form; a reader refuses another one."""

PROBABLE = "dependency of ca-certificates"
"""The origin of a shell that is probably there: a package that needs /bin/sh is installed, and nothing else says so."""

_DERIVED = frozenset({"image", "source", "shells"})
_UNSET: dict[str, Any] = {
    "edition": None,
    "flavor": None,
    "released": None,
    "end_of_life": None,
    "accounts": (),
    "groups": (),
    "entrypoint": None,
    "cmd": None,
    "workdir": None,
    "workdir_writable": None,
    "ports": (),
    "env": {},
    "stop_signal": None,
    "shells": (),
    "bin_sh": None,
    "package_manager": None,
    "packages": (),
    "packages_complete": True,
    "prefix": {},
    "paths": (),
    "shell_origins": (),
    "inherits": (),
    "end_of_life_cause": None,
}


_NO_MODE_NO_TARGET = (None, None)


def _accounts(entries: Any) -> tuple[Account, ...]:
    return tuple([Account(*entry) for entry in entries])


def _groups(entries: Any) -> tuple[Account, ...]:
    return tuple([Account(name, gid, gid) for name, gid in entries])


def _paths(entries: Any) -> tuple[PathEntry, ...]:
    return tuple([_path(*entry) for entry in entries])


def _path(path: str, kind: Any, uid: int, gid: int, *rest: str | None) -> PathEntry:
    return PathEntry(path, kind, uid, gid, *rest, *_NO_MODE_NO_TARGET[len(rest) :])


def _pairs(entries: Any) -> tuple[tuple[str, str], ...]:
    return tuple([(path, origin) for path, origin in entries])


_READ: dict[str, Any] = {
    "tags": tuple,
    "platforms": tuple,
    "accounts": _accounts,
    "groups": _groups,
    "entrypoint": tuple,
    "cmd": tuple,
    "ports": tuple,
    "packages": tuple,
    "paths": _paths,
    "shell_origins": _pairs,
    "inherits": tuple,
    "env": dict,
    "prefix": dict,
    "packages_complete": bool,
}


def _values(record: dict[str, Any]) -> dict[str, Any]:
    values = record.copy()
    for field in _READ.keys() & record.keys():
        value = record[field]
        values[field] = _UNSET[field] if value is None else _READ[field](value)
    if "shell_origins" in record:
        values["shells"] = tuple([path for path, origin in values["shell_origins"] if origin != PROBABLE])
    return values


def decode_image(text: str | bytes) -> Image:
    """The image that the whole `text` of its data file stands for; raises ValueError and KeyError on other text."""
    record = json.loads(text)
    name = record["name"]
    shared = {**_UNSET, **_values(record["shared"])}
    definitions = []
    for own in record["definitions"]:
        values = {**shared, **_values(own)}
        values["image"] = name
        values["source"] = f"image/{name}/{own['file']}"
        definitions.append(Definition._make(map(values.__getitem__, Definition._fields)))
    return Image(name, record["title"], tuple(definitions))


def encode_image(image: Image) -> str:
    """The text of the data file of `image`: a field a line, so that a changed tag is a change of one line."""
    records = [_record(definition) for definition in image.definitions]
    shared = _shared(records)
    lines = ["{", f' "name": {_text(image.name)},', f' "title": {_text(image.title)},', ' "shared": {']
    lines.append(",\n".join(f"  {_text(field)}: {_text(value)}" for field, value in shared.items()))
    lines += [" },", ' "definitions": [']
    for position, record in enumerate(records):
        own = {
            field: record.get(field)
            for field in ("file", *Definition._fields)
            if record.get(field) != shared.get(field) or (field in record and field not in shared)
        }
        lines.append("  {")
        lines.append(",\n".join(f"   {_text(field)}: {_text(value)}" for field, value in own.items()))
        lines.append("  }" if position == len(records) - 1 else "  },")
    lines += [" ]", "}"]
    return "\n".join(lines) + "\n"


def _record(definition: Definition) -> dict[str, Any]:
    """The record of `definition` in the order of the fields, without those that are unset or derived."""
    record: dict[str, Any] = {"file": definition.source.removeprefix(f"image/{definition.image}/")}
    for field, value in definition._asdict().items():
        if field in _DERIVED or value == _UNSET.get(field, ...):
            continue
        if field == "groups":
            record[field] = [[group.name, group.gid] for group in value]
        elif field == "paths":
            record[field] = [_shortened(entry) for entry in value]
        elif isinstance(value, tuple):
            record[field] = [list(item) if isinstance(item, tuple) else item for item in value]
        else:
            record[field] = value
    return record


def _shared(records: list[dict[str, Any]]) -> dict[str, Any]:
    """The values that more than half of `records` have, by field."""
    shared = {}
    for field in Definition._fields:
        if field == "tags":
            continue
        counts: dict[str, int] = {}
        for record in records:
            if field in record:
                text = _text(record[field])
                counts[text] = counts.get(text, 0) + 1
        text = max(counts, key=lambda one: (counts[one], one), default="")
        if text and counts[text] * 2 > len(records):
            shared[field] = json.loads(text)
    return shared


def _shortened(entry: PathEntry) -> list[Any]:
    values = list(entry)
    while values[-1] is None:
        values.pop()
    return values


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

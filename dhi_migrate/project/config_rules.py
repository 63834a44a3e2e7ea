"""The user's own rules: folders of rule files that a configuration names. Loaded only where it names some."""

from __future__ import annotations

import json
import os
import re
from itertools import islice

from ..rules.registry import rules, use_own_rules
from ..rules.schema import MAX_BYTES, RuleFileError, read_rule
from .config_error import Complaint
from .config_files import path_in, show_path
from .directory import is_inside
from .reader import ReadError, read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from .config_files import ConfigFile

MAX_FILES: Final = 500
"""Most rule files of one folder."""

RESERVED: Final = "DHI"
"""Codes that begin with this are those of the package, now and later."""

_MAX_NAMES: Final = 5000
_PLACE: Final = re.compile(r"(.*?):(\d+):(\d+): (.*)", re.DOTALL)


def own_rule_texts(files: tuple[ConfigFile, ...]) -> tuple[tuple[str, ...], tuple[Complaint, ...]]:
    """The rules in the folders that the configuration `files` name, for `Settings.own_rules`, and what is wrong with them."""
    rows: list[str] = []
    complaints: list[Complaint] = []
    use_own_rules(())
    taken = {name: "a rule of dhi-migrate" for rule in rules().values() for name in (rule.code, rule.name)}
    folders: dict[str, tuple[ConfigFile, int]] = {}
    for file in files:
        for number, folder in enumerate(file.table.get("rules", ())):
            real = path_in(file, folder)
            if real is None:
                complaints.append(file.complaint(("rules", number), f"{folder!r} leads out of the tree"))
            elif not os.path.isdir(real):
                complaints.append(file.complaint(("rules", number), f"{folder!r} is not a directory"))
            else:
                folders.setdefault(real, (file, number))
    for real, (file, number) in folders.items():
        names = _rule_files(real)
        if isinstance(names, str):
            complaints.append(file.complaint(("rules", number), f"{file.table['rules'][number]!r} {names}"))
            continue
        for name in names:
            path = os.path.join(real, name)
            row = _read(path, file.root, taken)
            if isinstance(row, Complaint):
                complaints.append(row)
            else:
                rows.append(json.dumps(row, ensure_ascii=False))
    return tuple(rows), tuple(complaints)


def _rule_files(folder: str) -> list[str] | str:
    """The names of the rule files in `folder`, in order, or what is wrong with it."""
    try:
        with os.scandir(folder) as listing:
            names = [entry.name for entry in islice(listing, _MAX_NAMES + 1)]
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    found = sorted(name for name in names if name.endswith(".toml"))
    if len(names) > _MAX_NAMES or len(found) > MAX_FILES:
        return f"holds more than {MAX_FILES} rule files"
    return found or "holds no rule files (*.toml)"


def _read(path: str, root: str, taken: dict[str, str]) -> dict[str, Any] | Complaint:
    """The rule file at `path`, whose code and name are not among those `taken`, which it is added to."""
    shown = show_path(path)
    real = os.path.realpath(path)
    if not is_inside(real, root):
        return Complaint(shown, 0, 0, "leads out of the tree, over a symbolic link")
    data = read_file(real, MAX_BYTES)
    if isinstance(data, ReadError):
        return Complaint(shown, 0, 0, data.message)
    try:
        row = read_rule(shown, data)
    except RuleFileError as error:
        first = str(error).split("\n", 1)[0]
        match = _PLACE.match(first.removeprefix(shown))
        if match is not None and not match[1]:
            return Complaint(shown, int(match[2]), int(match[3]), match[4])
        return Complaint(shown, 0, 0, first.removeprefix(f"{shown}: "))
    if row["code"].startswith(RESERVED):
        return Complaint(
            shown, 0, 0, f"code {row['code']}: codes with {RESERVED} are those of dhi-migrate; take another prefix"
        )
    for key in ("code", "name"):
        if row[key] in taken:
            return Complaint(shown, 0, 0, f"{key} {row[key]} is that of {taken[row[key]]} too")
    taken.update({row["code"]: shown, row["name"]: shown})
    try:
        json.dumps(row)
    except TypeError:
        return Complaint(shown, 0, 0, "holds a date or time, which no rule takes")
    return row

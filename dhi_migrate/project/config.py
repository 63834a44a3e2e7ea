"""A configuration as one value: the nearest file and those that it extends, checked and put together."""

from __future__ import annotations

import os

from .._record import NamedTuple
from .config_error import Complaint, ConfigError
from .config_files import ConfigFile, config_in, path_in, read_config, show_path, tree_of
from .config_form import is_well_formed
from .globs import parse_patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    from ..choices import FailOn, LevelChoice, SeverityName
    from .globs import Pattern

MAX_EXTENDS: Final = 10
"""Most files that extend one another."""


class Scope(NamedTuple):
    """Patterns as in a ``.gitignore`` that are matched from `directory`, a real path."""

    directory: str
    patterns: tuple[Pattern, ...]


class PerFile(NamedTuple):
    """The `rules` (selectors) that are ignored in the files of the scope, or (`others`) in all files but those."""

    scope: Scope
    others: bool
    rules: tuple[str, ...]


class Config(NamedTuple):
    """What the `files` say together: the nearest one first, then those that it extends. None, or empty: they do not say.

    `origins` names for each key the files that its value comes from. `catalog` and `baseline` are paths from the working
    directory, `own_rules` and the pairs of `severity` as in `Settings`.
    """

    files: tuple[ConfigFile, ...]
    origins: dict[str, tuple[str, ...]]
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[PerFile, ...] = ()
    severity: tuple[tuple[str, SeverityName], ...] = ()
    fail_on: FailOn | None = None
    level: LevelChoice | None = None
    registry: str | None = None
    catalog: str | None = None
    target: str | None = None
    build_args: tuple[tuple[str, str], ...] = ()
    exclude: tuple[Scope, ...] = ()
    own_rules: tuple[str, ...] = ()
    baseline: str | None = None


def find_config(directory: str) -> Config | None:
    """The configuration in the directory at the real path `directory`; None where there is none. Raises `ConfigError`."""
    nearest = config_in(directory)
    return None if nearest is None else _load(nearest)


def load_config(path: str) -> Config:
    """The configuration in the file at `path`, which the user has named. What it names lies in its tree. Raises `ConfigError`."""
    real = os.path.realpath(path)
    file = read_config(path, tree_of(os.path.dirname(real)))
    if file is None:
        raise ConfigError((Complaint(show_path(path), 0, 0, "has no table [tool.dhi-migrate]"),))
    return _load(file)


def _load(nearest: ConfigFile) -> Config:
    files = tuple(_chain(nearest))
    own: tuple[str, ...] = ()
    if any(file.table.get("rules") for file in files):
        from .config_rules import own_rule_texts

        own, wrong = own_rule_texts(files)
        if wrong:
            raise ConfigError(wrong)
    complaints = [complaint for file in files for complaint in _complaints(file, own)]
    if complaints:
        raise ConfigError(tuple(complaints))
    return _merged(files, own)


def _chain(nearest: ConfigFile) -> Iterator[ConfigFile]:
    """The file `nearest` and those that it extends, each well-formed."""
    file = nearest
    seen = [file.real]
    while True:
        if not is_well_formed(file.table):
            from .config_model import form_complaints

            raise ConfigError(form_complaints(file))
        yield file
        if "extend" not in file.table:
            return
        text = file.table["extend"]
        real = path_in(file, text)
        message = None
        if real is None:
            message = f"{text!r} leads out of the tree"
        elif real in seen:
            message = f"{text!r} extends this file in turn" if real != file.real else "the file extends itself"
        elif len(seen) > MAX_EXTENDS:
            message = f"more than {MAX_EXTENDS} files extend one another"
        elif not os.path.isfile(real):
            message = f"{text!r} is not a file"
        if real is None or message is not None:
            raise ConfigError((file.complaint(("extend",), message or ""),))
        following = read_config(real, file.root)
        if following is None:
            raise ConfigError((file.complaint(("extend",), f"{text!r} has no table [tool.dhi-migrate]"),))
        file = following
        seen.append(real)


def _complaints(file: ConfigFile, own: tuple[str, ...]) -> Iterator[Complaint]:
    """What is wrong with the sense of a well-formed file: rules that do not exist, templates, and paths."""
    table = file.table
    yield from _rule_complaints(file, own)
    if "registry" in table:
        from ..images import Spelling

        try:
            Spelling(table["registry"])
        except ValueError as error:
            yield file.complaint(("registry",), str(error))
    for key in ("catalog", "baseline"):
        if key in table:
            real = path_in(file, table[key])
            if real is None:
                yield file.complaint((key,), f"{table[key]!r} leads out of the tree")
            elif key == "catalog" and not os.path.isfile(real):
                yield file.complaint((key,), f"{table[key]!r} is not a file")


def _rule_complaints(file: ConfigFile, own: tuple[str, ...]) -> Iterator[Complaint]:
    table = file.table
    places: list[tuple[tuple[str | int, ...], str]] = [
        *(
            ((key, at), one)
            for key in ("select", "extend-select", "ignore")
            for at, one in enumerate(table.get(key, ()))
        ),
        *(
            (("per-file-ignores", pattern, at), one)
            for pattern, listed in table.get("per-file-ignores", {}).items()
            for at, one in enumerate(listed)
        ),
        *((("severity", one), one) for one in table.get("severity", ())),
    ]
    if not places:
        return
    from ..rules.registry import UnknownRuleError, match_rules, use_own_rules

    use_own_rules(own)
    for location, selector in places:
        try:
            match_rules((selector,))
        except UnknownRuleError as error:
            hint = f"; did you mean {error.suggestion!r}?" if error.suggestion else ""
            yield file.complaint(location, f"unknown rule {selector!r}{hint}", key=location[0] == "severity")


def _merged(files: tuple[ConfigFile, ...], own: tuple[str, ...]) -> Config:
    """Put the files together: the nearer one holds; tables key by key; ``extend-select`` and ``rules`` add up."""
    single: dict[str, tuple[Any, ConfigFile]] = {}
    tables: dict[str, dict[str, Any]] = {"per-file-ignores": {}, "severity": {}, "build-args": {}}
    origins: dict[str, list[str]] = {}
    extended: list[str] = []
    for file in reversed(files):
        for key, value in file.table.items():
            adds = key in tables or key in {"extend-select", "rules"}
            origins[key] = [file.path, *origins[key]] if adds and key in origins else [file.path]
            if key == "extend-select":
                extended += value
            elif key in tables:
                tables[key].update({name: (one, file) for name, one in value.items()})
            else:
                single[key] = (value, file)
    ignores = tuple(
        PerFile(Scope(file.directory, parse_patterns((pattern.removeprefix("!"),))), pattern[0] == "!", tuple(listed))
        for pattern, (listed, file) in tables["per-file-ignores"].items()
    )
    severity = sorted(tables["severity"].items(), key=lambda pair: _weight(pair[0]))
    paths = {
        key: show_path(path_in(file, text) or text)
        for key, (text, file) in single.items()
        if key in {"catalog", "baseline"}
    }
    exclude, excluder = single.get("exclude", ((), files[0]))
    return Config(
        files,
        {key: tuple(named) for key, named in origins.items()},
        select=tuple(single.get("select", ((), None))[0]),
        extend_select=tuple(dict.fromkeys(extended)),
        ignore=tuple(single.get("ignore", ((), None))[0]),
        per_file_ignores=ignores,
        severity=tuple((selector, level) for selector, (level, _) in severity),
        fail_on=single.get("fail-on", (None, None))[0],
        level=single.get("level", (None, None))[0],
        registry=single.get("registry", (None, None))[0],
        catalog=paths.get("catalog"),
        target=single.get("target", (None, None))[0],
        build_args=tuple((name, value) for name, (value, _) in tables["build-args"].items()),
        exclude=(Scope(excluder.directory, parse_patterns(exclude)),) if exclude else (),
        own_rules=own,
        baseline=paths.get("baseline"),
    )


def _weight(selector: str) -> tuple[bool, int]:
    """How much a selector says: ``ALL`` least, a longer prefix more, a code or a name most; the most is to come last."""
    if selector.upper() == "ALL":
        return False, 0
    return "-" in selector, len(selector)

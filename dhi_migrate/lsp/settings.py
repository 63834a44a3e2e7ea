"""What holds for a file: the one place where the server takes settings and catalogs from.

It is what the command line does: the nearest configuration file above each file, and over it what the editor says, in
``initializationOptions`` at first, and in ``workspace/didChangeConfiguration`` later. What is wrong with either is said in every
file that it is about, and the rest holds all the same.
"""

from __future__ import annotations

import difflib
import os

from .. import UnknownRuleError
from .._pattern import regex
from .._record import NamedTuple
from ..catalog.store import Catalog, CatalogError
from ..images import Spelling
from ..project.config_error import ConfigError
from ..project.config_settings import Configurations, FileSettings, Overrides, combine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..settings import Settings

SECTION = "dhi-migrate"
"""The name under which editors that have sections keep the options."""

KEYS = (
    "build-args",
    "catalog",
    "config",
    "extend-select",
    "ignore",
    "level",
    "registry",
    "select",
    "severity",
    "target",
)
"""The options; ``buildArgs`` and ``build_args`` are understood as well."""

_LEVELS = ("auto", "runtime", "split", "dev")
_SEVERITIES = ("error", "warning", "info")
_CAMEL = regex(r"(?<=[a-z])([A-Z])")
_MOST_OPTIONS = 100


class Chosen(NamedTuple):
    """What holds for a file, and what is wrong with its configuration, one text each. `excluded`: it is left out."""

    settings: Settings
    catalog: Catalog
    problems: tuple[str, ...] = ()
    excluded: bool = False


class Options(NamedTuple):
    """What the editor says: `overrides`, the path of a configuration file that holds everywhere, and what is wrong with it."""

    overrides: Overrides = Overrides()
    config: str | None = None
    problems: tuple[str, ...] = ()


class SettingsSource:
    """Gives the settings for each file. A catalog is loaded once, and again where its overlay has changed on disk."""

    def __init__(self) -> None:
        self.options = Options()
        self._configurations: dict[str | None, Configurations] = {}
        self._catalogs: dict[str | None, tuple[object, Catalog]] = {}

    def set_options(self, options: object) -> None:
        """Take the `options` of the editor (JSON) in the place of earlier ones."""
        self.options = read_options(options)
        self.forget()

    def forget(self) -> None:
        """Read the configuration files again when they are needed next."""
        self._configurations.clear()

    def for_path(self, path: str | None, folder: str | None) -> Chosen:
        """What holds for the file at `path` (None: it has no name yet) in the workspace folder `folder`.

        Raises `CatalogError` where the shipped catalog cannot be read.
        """
        problems = list(self.options.problems)
        overrides = self.options.overrides
        name = path or os.path.join(folder or "", "Dockerfile")
        try:
            configurations = self._for_folder(folder)
            found = configurations.settings_for(name)
            excluded = path is not None and configurations.excludes(path)
        except (ConfigError, UnknownRuleError) as error:
            problems += str(error).split("\n")
            found, excluded = _without_configuration(overrides), False
        catalog = self._catalog(found, folder, problems)
        return Chosen(found.settings, catalog, tuple(problems), excluded)

    def _for_folder(self, folder: str | None) -> Configurations:
        """The configurations of a workspace folder; one that the editor names is relative to it."""
        key = folder if self.options.config is not None else None
        if key not in self._configurations:
            named = self.options.config
            file = None if named is None else os.path.join(folder or "", named)
            self._configurations[key] = Configurations(self.options.overrides, file)
        return self._configurations[key]

    def _catalog(self, found: FileSettings, folder: str | None, problems: list[str]) -> Catalog:
        if found.catalog is None:
            return self._loaded(None, None)
        from ..catalog.overlay import OverlayError

        path = found.catalog
        if self.options.overrides.catalog is not None:
            path = os.path.join(folder or "", path)
        try:
            status = os.stat(path)
            return self._loaded(path, (status.st_mtime_ns, status.st_size))
        except OSError as error:
            problems.append(f"{path}: {error.strerror}")
        except (OverlayError, CatalogError) as error:
            problems.append(str(error))
        return self._loaded(None, None)

    def _loaded(self, overlay: str | None, stamp: object) -> Catalog:
        known = self._catalogs.get(overlay)
        if known is not None and known[0] == stamp:
            return known[1]
        if overlay is None:
            catalog = Catalog.load()
        else:
            from ..catalog.overlay import load_overlay

            catalog = Catalog.load(load_overlay(overlay))
        self._catalogs[overlay] = stamp, catalog
        return catalog


def _without_configuration(overrides: Overrides) -> FileSettings:
    """What the editor says alone, without rules that do not exist."""
    try:
        return combine(None, overrides)
    except UnknownRuleError:
        return combine(None, overrides._replace(select=(), extend_select=(), ignore=(), severity=()))


def read_options(options: object) -> Options:
    """What the `options` of an editor (JSON) say. One that is wrong is left out, and said."""
    if isinstance(options, dict) and isinstance(options.get(SECTION), dict):
        options = options[SECTION]
    if options is None:
        return Options()
    if not isinstance(options, dict):
        return Options(problems=("the options of the editor are no object",))
    found: dict[str, Any] = {}
    problems = []
    for given, value in list(options.items())[:_MOST_OPTIONS]:
        key = _CAMEL.sub(r"-\1", str(given)).replace("_", "-").lower()
        try:
            if value is not None:
                found[key.replace("-", "_")] = _value(key, value)
        except ValueError as error:
            problems.append(f"option {str(given)[:60]!r} of the editor: {error}")
    config = found.pop("config", None)
    return Options(Overrides(**found), config, tuple(problems))


def _value(key: str, value: object) -> object:
    """The value of the field of `Overrides` for the option `key`; raises ValueError where the JSON `value` cannot be one."""
    if key in {"select", "extend-select", "ignore"}:
        return _texts(value)
    if key == "level":
        return _one_of(value, _LEVELS)
    if key == "registry":
        return Spelling(_text(value)).template
    if key in {"catalog", "config", "target"}:
        return _text(value) or None
    if key == "build-args":
        return tuple(_pairs(value))
    if key == "severity":
        return tuple((code, _one_of(level, _SEVERITIES)) for code, level in _pairs(value))
    near = difflib.get_close_matches(key, KEYS, 1)
    raise ValueError("there is no such option" + (f" (did you mean {near[0]!r}?)" if near else ""))


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("it has to be a text")
    return value


def _one_of(value: object, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"it has to be one of {', '.join(known)}")
    return str(value)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list):
        raise ValueError("it has to be a list of texts")
    return tuple(_text(one) for one in value)


def _pairs(value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        raise ValueError("it has to be an object of texts")
    yield from ((_text(key), _text(one)) for key, one in value.items())

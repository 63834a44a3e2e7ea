"""The settings of each file: what its configuration says, under what the command line says. Also for the editor server."""

from __future__ import annotations

import os

from .._record import NamedTuple
from ..settings import Settings
from .config_error import NAMES
from .roots import RealPaths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..choices import FailOn, LevelChoice, SeverityName
    from .config import Config, Scope

_MOST_DIRECTORIES: Final = 20_000  # whose configuration is remembered
DEFAULT_FAIL_ON: Final = "warning"


class Overrides(NamedTuple):
    """What the command line says, and what therefore holds whatever the configuration says. None, or empty: nothing.

    `build_args` are pairs of name and value. `exclude` tells that patterns were given, in place of those of configurations.
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, SeverityName], ...] = ()
    fail_on: FailOn | None = None
    level: LevelChoice | None = None
    registry: str | None = None
    catalog: str | None = None
    target: str | None = None
    build_args: tuple[tuple[str, str], ...] = ()
    baseline: str | None = None
    exclude: bool = False


class FileSettings(NamedTuple):
    """All settings of a file: `settings` for the engine, and what is beside them.

    `catalog` is an overlay file and `baseline` a file of known findings, as paths from the working directory.
    """

    settings: Settings
    fail_on: FailOn = DEFAULT_FAIL_ON
    catalog: str | None = None
    baseline: str | None = None


class Configurations:
    """The configurations of a run, each read once: the nearest one above each file, or the one that was named."""

    def __init__(self, overrides: Overrides | None = None, file: str | None = None, *, isolated: bool = False) -> None:
        """Let `overrides` hold everywhere; `file` is a configuration that is used for all files; `isolated`: use none at all.

        Raises `ConfigError` where `file` cannot be used, and `UnknownRuleError` for a selector that matches no rule.
        """
        self._overrides = overrides if overrides is not None else Overrides()
        self._directories: dict[str, Config | None] = {}
        self._nearest: dict[str, Config | None] = {}
        self._real_path = RealPaths()
        self._made: dict[tuple[str, frozenset[int]], FileSettings] = {}
        self._isolated = isolated
        self._named: Config | None = None
        if file is not None:
            from .config import load_config

            self._named = load_config(file)

    def config_for(self, path: str) -> Config | None:
        """The configuration for the file at `path`, which need not exist; None where there is none. Raises `ConfigError`."""
        if self._named is not None or self._isolated:
            return self._named
        directory = os.path.dirname(path)
        if directory not in self._directories:
            if len(self._directories) >= _MOST_DIRECTORIES:
                self._directories.clear()
                self._nearest.clear()
                self._real_path = RealPaths()
            self._directories[directory] = self._find(self._real_path(directory or "."))
        return self._directories[directory]

    def settings_for(self, path: str) -> FileSettings:
        """The settings of the file at `path`. Raises what `config_for` raises, and `UnknownRuleError`."""
        config = self.config_for(path)
        if config is None:
            return self._cached("", frozenset(), None)
        ignores = frozenset(
            at for at, one in enumerate(config.per_file_ignores) if _matches(one.scope, path) != one.others
        )
        return self._cached(config.files[0].real, ignores, config)

    def excludes(self, path: str) -> bool:
        """Whether the configuration of the file at `path` leaves it out; never where the command line has patterns of its own."""
        if self._overrides.exclude:
            return False
        config = self.config_for(path)
        return config is not None and any(_matches(scope, path) for scope in config.exclude)

    def _find(self, directory: str) -> Config | None:
        """The configuration for the directory at the real path `directory`: in it, or in the nearest one above that has one.

        Nothing above the top of the git work tree is looked at.
        """
        passed = []
        while directory not in self._nearest:
            passed.append(directory)
            found, is_top = _look(directory)
            above = os.path.dirname(directory)
            if found is not None or is_top or above == directory:
                self._nearest[directory] = found
                break
            directory = above
        nearest = self._nearest[directory]
        for one in passed:
            self._nearest[one] = nearest
        return nearest

    def _cached(self, key: str, ignores: frozenset[int], config: Config | None) -> FileSettings:
        made = self._made.get((key, ignores))
        if made is None:
            made = self._made[key, ignores] = combine(config, self._overrides, ignores)
        return made


def _look(directory: str) -> tuple[Config | None, bool]:
    """The configuration in a directory, and whether it is the top of a git work tree. Cheap where there is none."""
    found = None
    if any(os.path.lexists(os.path.join(directory, name)) for name in NAMES):
        from .config import find_config

        found = find_config(directory)
    return found, os.path.lexists(os.path.join(directory, ".git"))


def combine(config: Config | None, overrides: Overrides, ignores: frozenset[int] = frozenset()) -> FileSettings:
    """What `config` says under `overrides`; `ignores` are the numbers of its per-file ignores that hold.

    Raises `UnknownRuleError` for a selector of the overrides that matches no rule.
    """
    own = config.own_rules if config is not None else ()
    chosen = (*overrides.select, *overrides.extend_select, *overrides.ignore, *(one for one, _ in overrides.severity))
    if chosen:
        from ..rules.registry import match_rules, use_own_rules

        use_own_rules(own)
        match_rules(chosen)
    select, ignore = _selection(config, overrides)
    if config is None:
        settings = Settings(
            target=overrides.target,
            build_args=overrides.build_args,
            level=overrides.level or "auto",
            select=select,
            ignore=ignore,
            severity=overrides.severity,
        )
        if overrides.registry is not None:
            settings = settings._replace(registry=overrides.registry)
        return FileSettings(settings, overrides.fail_on or DEFAULT_FAIL_ON, overrides.catalog, overrides.baseline)
    of_file = tuple(rule for at in sorted(ignores) for rule in config.per_file_ignores[at].rules)
    settings = Settings(
        registry=overrides.registry or config.registry or Settings().registry,
        target=overrides.target or config.target,
        build_args=tuple({**dict(config.build_args), **dict(overrides.build_args)}.items()),
        level=overrides.level or config.level or "auto",
        select=select,
        ignore=tuple(dict.fromkeys((*ignore, *of_file))),
        severity=(*config.severity, *overrides.severity),
        own_rules=own,
    )
    return FileSettings(
        settings,
        overrides.fail_on or config.fail_on or DEFAULT_FAIL_ON,
        overrides.catalog or config.catalog,
        overrides.baseline or config.baseline,
    )


def _selection(config: Config | None, overrides: Overrides) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rules that are selected (none: all) and ignored.

    A selection on the command line replaces what the configuration selects and ignores; what it adds or ignores comes on top, and
    a rule that it adds is not ignored by the configuration.
    """
    if overrides.select or config is None:
        # with no selection every rule is on, and there is nothing to extend
        return (*overrides.select, *overrides.extend_select) if overrides.select else (), overrides.ignore
    select = (*config.select, *config.extend_select, *overrides.extend_select) if config.select else ()
    ignored = config.ignore
    if ignored and overrides.extend_select:
        from ..rules.registry import match_rules

        ignored = tuple(sorted(match_rules(ignored) - match_rules(overrides.extend_select)))
    return select, tuple(dict.fromkeys((*ignored, *overrides.ignore)))


def _matches(scope: Scope, path: str) -> bool:
    """Whether the patterns of `scope` take the file at `path`: matched from its directory, or from the working directory."""
    from .globs import excludes

    folder = os.path.realpath(os.path.dirname(path) or ".")
    real = os.path.join(folder, os.path.basename(path))
    for top in (scope.directory, os.path.realpath(".")):
        start = os.path.join(top, "")
        if real.startswith(start):
            return excludes(scope.patterns, real[len(start) :].replace(os.sep, "/"))
    return False

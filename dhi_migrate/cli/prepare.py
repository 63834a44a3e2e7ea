"""Before any file is judged: which settings each file has, and whether all that they name can be used."""

from __future__ import annotations

import os

from .._record import NamedTuple
from ..catalog.store import CatalogError
from ..project.config_error import ConfigError
from ..project.config_settings import Configurations, FileSettings, Overrides
from .options import severities
from .pool import catalog_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..catalog.store import Catalog
    from ..project.changed_lines import Ranges
    from .options import CheckOptions
    from .pool import Item


class RunError(Exception):
    """Something that ends the run before any file is judged; each line of the text says what, for people."""


class Prepared(NamedTuple):
    """The files of a run in their order, each with the number of its settings, and all `settings`: at least one.

    `changed` are the changed lines of each file where only these count; `notices` are for people. `catalog` is the one that
    reports name.
    """

    items: tuple[Item, ...]
    settings: tuple[FileSettings, ...]
    catalog: Catalog
    changed: dict[str, Ranges | None] | None = None
    notices: tuple[str, ...] = ()


def prepare(options: CheckOptions, files: Sequence[str], named: Collection[str], start: str) -> Prepared:
    """Find out what holds for each of `files`, of which the user has `named` some.

    `start` is the path of a file, which need not exist, for which settings are made where there are no files. Raises `RunError`
    for a wrong configuration, and a rule, catalog or baseline that cannot be used.
    """
    from ..rules.registry import UnknownRuleError

    changed = None
    notices: tuple[str, ...] = ()
    if options.diff_base is not None:
        from ..project.changed_lines import DiffError, changed_lines

        try:
            changes = changed_lines(files, options.diff_base)
        except DiffError as error:
            raise RunError(f"--diff-base: {error}") from None
        changed, notices = changes.files, changes.notices
        files = [path for path in files if path in changed]
    try:
        items, settings = _settings(options, files, named, start)
    except UnknownRuleError as error:
        raise RunError(str(error)) from None
    catalogs = [_catalog(one) for one in dict.fromkeys(one.catalog for one in settings)]
    if not options.write_baseline:
        for baseline in dict.fromkeys(one.baseline for one in settings if one.baseline is not None):
            _check_baseline(baseline)
    return Prepared(items, settings, catalogs[0], changed, notices)


def _settings(
    options: CheckOptions, files: Sequence[str], named: Collection[str], start: str
) -> tuple[tuple[Item, ...], tuple[FileSettings, ...]]:
    """The files that are not excluded, with the numbers of their settings. All wrong configurations are told at once."""
    try:
        configurations = Configurations(_overrides(options), options.config, isolated=options.no_config)
    except ConfigError as error:
        raise RunError(str(error)) from None
    found: dict[int, tuple[int, FileSettings]] = {}
    items: list[Item] = []
    wrong: dict[str, None] = {}
    for path in files or (start,):
        try:
            if files and configurations.excludes(path) and (options.force_exclude or path not in named):
                continue
            settings = configurations.settings_for(path)
        except ConfigError as error:
            wrong.update(dict.fromkeys(str(error).split("\n")))
            continue
        number, _ = found.setdefault(id(settings), (len(found), settings))
        items.append((path, number))
    if wrong:
        raise RunError("\n".join(wrong))
    if not found:
        return (), (configurations.settings_for(start),)
    return tuple(items) if files else (), tuple(settings for _, settings in found.values())


def _overrides(options: CheckOptions) -> Overrides:
    return Overrides(
        select=options.select,
        extend_select=options.extend_select,
        ignore=options.ignore,
        severity=severities(options),
        fail_on=options.fail_on,
        level=options.level,
        registry=options.registry,
        catalog=options.catalog,
        target=options.target,
        build_args=_build_args(options.build_args),
        baseline=options.baseline,
        exclude=bool(options.exclude),
    )


def _build_args(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Split build arguments; a bare NAME takes its value from the environment, and is left out if it is not set there.

    As ``docker build --build-arg`` does.
    """
    pairs: list[tuple[str, str]] = []
    for argument in given:
        name, equals, value = argument.partition("=")
        if equals:
            pairs.append((name, value))
        elif name in os.environ:
            pairs.append((name, os.environ[name]))
    return tuple(pairs)


def _catalog(overlay: str | None) -> Catalog:
    """Load the catalog. Raises `RunError` where it, or the overlay, cannot be used."""
    known: tuple[type[Exception], ...] = (CatalogError,)
    if overlay is not None:
        from ..catalog.overlay import OverlayError

        known += (OverlayError,)
    try:
        return catalog_for(overlay)
    except known as error:
        raise RunError(str(error)) from error


def _check_baseline(path: str) -> None:
    from ..project.baseline import BaselineError, read_baseline

    try:
        read_baseline(path)
    except BaselineError as error:
        raise RunError(str(error)) from None

"""Makes the catalog data from a checkout of the public catalog of image definitions.

`build_catalog` reads ``image/`` and ``package/``, derives the facts of every definition, and checks them; `write` puts
them into files and `diff` tells what changed. Nothing is written where anything is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..model import Image
from .artifacts import Origins
from .dates import EndOfLifeTable
from .derive import derive, missing_configs, version_and_edition
from .oci_config import read_packages
from .prefix import PrefixFinder
from .problems import CatalogBuildError, Problem
from .reader import listing, read_definitions, read_title
from .shells import ShellFinder
from .validate import validate_definitions, validate_tree

if TYPE_CHECKING:
    from ..model import Definition

__all__ = ["BuiltCatalog", "CatalogBuildError", "Problem", "build_catalog"]


class BuiltCatalog(NamedTuple):
    """The facts of a checkout: `images` by name, and `notes`, which a person should know but which stop nothing."""

    images: tuple[Image, ...]
    notes: tuple[Problem, ...]

    @property
    def definitions(self) -> int:
        """How many definitions there are."""
        return sum(len(image.definitions) for image in self.images)

    @property
    def tags(self) -> int:
        """How many tags there are."""
        return sum(len(one.tags) for image in self.images for one in image.definitions)


def build_catalog(checkout: str, *, previous_definitions: int = 0) -> BuiltCatalog:
    """The catalog of the directory `checkout`; `previous_definitions` guards against half of one.

    Raises `CatalogBuildError` with all problems where the tree is not a whole checkout, has fewer than 95 % of the
    previous definitions, or any definition is wrong.
    """
    problems: list[Problem] = validate_tree(checkout)
    if problems:
        raise CatalogBuildError(problems)
    files = read_definitions(checkout, problems)
    configs, packages = read_packages(checkout, problems)
    origins = Origins(files, packages)
    notes = validate_definitions(files, origins, previous_definitions, problems)
    if problems:
        raise CatalogBuildError(problems)
    for file in files:
        for package in missing_configs(file, configs):
            notes.append(Problem(file.path, None, f"package/ does not say what {package} adds to the image"))
    shells = ShellFinder(origins)
    prefixes = PrefixFinder(origins)
    dates = EndOfLifeTable((file, version_and_edition(file)[0]) for file in files)
    by_name: dict[str, list[Definition]] = {name: [] for name in listing(checkout, "image")}
    for file in files:
        try:
            definition = derive(file, configs, shells, prefixes, dates)
        except RecursionError:
            problems.append(Problem(file.path, file.line_of("contents", "artifacts"), "takes files in a circle"))
            continue
        if definition is not None:
            by_name[file.name].append(definition)
    images = tuple(
        Image(name, read_title(checkout, name, problems), tuple(found))
        for name, found in sorted(by_name.items())
        if found
    )
    if problems:
        raise CatalogBuildError(problems)
    return BuiltCatalog(images, tuple(notes))

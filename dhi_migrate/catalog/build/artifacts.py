"""Files that definitions take from other images: which image is meant, and whether a path comes along."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from . import schema
    from .oci_config import PackageImages
    from .reader import SourceFile

REGISTRY = "dhi.io/"
MAX_DEPTH = 8
"""Images take files from images that take files ...: the public catalog nests 4 deep; deeper is an error."""


class Origin(NamedTuple):
    """The image of an artifact: a `definition`, or the `roots` of a package image, or neither (`known` False)."""

    reference: str
    definition: SourceFile | None
    roots: tuple[str, ...]
    known: bool


class Origins:
    """Finds the images that artifacts name."""

    def __init__(self, definitions: list[SourceFile], packages: PackageImages) -> None:
        """Take all `definitions` and package images of the checkout."""
        self._by_tag = {(one.name, tag): one for one in definitions for tag in one.data.tags}
        self._names = {one.name for one in definitions}
        self._packages = packages

    def find(self, artifact: schema.Artifact) -> Origin:
        """The origin of `artifact`. A tag that is gone (pinned by digest) gives an origin that is not known."""
        reference = artifact.name.partition("@")[0]
        name, _, tag = reference.removeprefix(REGISTRY).partition(":")
        definition = self._by_tag.get((name, tag)) if reference.startswith(REGISTRY) else None
        roots = self._packages.roots.get((name, tag), ())
        known = definition is not None or bool(roots) or name in self._packages.names
        return Origin(reference, definition, roots, known)

    def is_missing(self, artifact: schema.Artifact) -> bool:
        """Whether `artifact` names an image of the catalog's registry that the checkout does not have at all."""
        name = artifact.name.partition("@")[0].removeprefix(REGISTRY).partition(":")[0]
        return artifact.name.startswith(REGISTRY) and name not in self._names and name not in self._packages.names


def takes(artifact: schema.Artifact, path: str) -> bool:
    """Whether `artifact` brings the file `path` (absolute, as it lies in the image: ``/usr/bin/bash``)."""
    segments = path.strip("/").split("/")
    if artifact.includes and not any(_matches(pattern, segments) for pattern in artifact.includes):
        return False
    return not any(_matches(pattern, segments) for pattern in artifact.excludes)


def _matches(pattern: str, segments: list[str]) -> bool:
    """Whether the glob `pattern` names the path or a directory above it; ``**`` stands for any number of segments."""
    parts = pattern.strip("/").split("/")
    states = {0}
    for segment in segments:
        following = set()
        for state in _skip(states, parts):
            if state == len(parts):
                return True  # a directory: everything below it
            if parts[state] == "**":
                following.add(state)
            elif fnmatch.fnmatchcase(segment, parts[state]):
                following.add(state + 1)
        states = following
    return len(parts) in _skip(states, parts)


def _skip(states: set[int], parts: list[str]) -> set[int]:
    reached = set(states)
    for start in states:
        state = start
        while state < len(parts) and parts[state] == "**":
            state += 1
            reached.add(state)
    return reached

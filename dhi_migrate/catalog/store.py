"""The catalog as the rest of the program sees it: opened in a fraction of a millisecond, images read when asked for."""

from __future__ import annotations

import json
import os

from .._record import NamedTuple
from .model import CatalogInfo, Image
from .record import SCHEMA, decode_image
from .upstream import fact_rows, glob_match, map_rows, read_all_targets, read_facts, read_origin, read_targets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .model import Definition, UpstreamFacts, UpstreamTarget
    from .upstream import Rows

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
"""The directory of the shipped data."""

SHOWN_COMMIT = 7
"""Characters of a commit that are shown."""


class CatalogError(Exception):
    """The catalog data cannot be read; the message names the file."""


class Overlay(NamedTuple):
    """What a user adds to the catalog, as `dhi_migrate.catalog.overlay.load_overlay` reads it.

    `images` replace or add images whole (they already hold the shipped definitions); `targets` come before the shipped
    rows of the upstream map; `pins` map upstream repositories, short or full, to "name:tag"; `deny` holds globs over
    "name:tag" or "name".
    """

    path: str
    images: Mapping[str, Image]
    targets: tuple[UpstreamTarget, ...]
    pins: Mapping[str, str]
    deny: tuple[str, ...]


class Catalog:
    """Which hardened images exist, what is in them, and which of them replaces what.

    Made by `load`. All answers are frozen values; an image that does not exist is None, whatever its name looks like.
    """

    __slots__ = ("_directory", "_facts", "_images", "_map", "_names", "_overlay", "_tags", "_targets", "_twins", "info")

    def __init__(self, directory: str, info: CatalogInfo, names: tuple[str, ...], overlay: Overlay | None) -> None:
        """Use `load`; this takes what it has read."""
        self._directory = directory
        self._names = frozenset(names)
        self._overlay = overlay
        self._images: dict[str, Image] = dict(overlay.images) if overlay else {}
        self._tags: dict[str, dict[str, Definition]] = {}
        self._map: bytes | None = None
        self._targets: Rows | None = None
        self._facts: Rows | None = None
        self._twins: dict[str, UpstreamFacts | None] = {}
        self.info = info

    @classmethod
    def load(cls, overlay: Overlay | None = None, *, directory: str | None = None) -> Catalog:
        """Open the data in `directory` (None: the shipped data) with an `overlay` over it.

        Only the index is read here. Raises `CatalogError` where it is missing or of another form.
        """
        directory = DATA if directory is None else directory
        path = os.path.join(directory, "index.json")
        try:
            with open(path, "rb") as stream:
                index = json.loads(stream.read())
            if index["schema"] != SCHEMA:
                raise CatalogError(f"{path}: data of form {index['schema']}, this version reads form {SCHEMA}")
            info = CatalogInfo(index["commit"][:SHOWN_COMMIT], index["date"], index["images"], index["tags"])
            names = tuple(index["names"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CatalogError(f"{path}: {_reason(error)}") from None
        return cls(directory, info, names, overlay)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all images, sorted, those of the overlay among them."""
        return tuple(sorted(self._names.union(self._images)))

    @property
    def pins(self) -> Mapping[str, str]:
        """The overlay's pins: short upstream repository ("python", "bitnami/redis") -> "name:tag"."""
        return {} if self._overlay is None else self._overlay.pins

    @property
    def overlay(self) -> Overlay | None:
        """The overlay that this catalog was loaded with."""
        return self._overlay

    def image(self, name: str) -> Image | None:
        """The image called `name`, read at the first request; None where there is none.

        A name that the index does not list never becomes a path. Raises `CatalogError` where its file cannot be read.
        """
        found = self._images.get(name)
        if found is None and name in self._names:
            path = os.path.join(self._directory, "images", f"{name}.json")
            try:
                with open(path, "rb") as stream:
                    found = decode_image(stream.read())
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise CatalogError(f"{path}: {_reason(error)}") from None
            self._images[name] = found
        return found

    def find(self, name: str, tag: str) -> Definition | None:
        """The definition that ``name:tag`` stands for, or None."""
        tags = self._tags.get(name)
        if tags is None:
            image = self.image(name)
            if image is None:
                return None
            tags = {text: definition for definition in image.definitions for text in definition.tags}
            self._tags[name] = tags
        return tags.get(tag)

    def definitions(self) -> Iterator[Definition]:
        """All definitions of all images, in the order of image names; reads every file."""
        for name in self.names:
            image = self.image(name)
            if image is not None:
                yield from image.definitions

    def upstream(self, repository: str) -> tuple[UpstreamTarget, ...]:
        """What replaces the upstream `repository`, best first: the overlay's answers, then the shipped map's.

        `repository` is a name as `Reference.upstream` gives it ("node", "bitnami/redis", "gcr.io/distroless/static");
        the full forms ``docker.io/library/node`` and ``docker.io/bitnami/redis`` are understood as well. A row with
        confidence "none" says that nothing replaces the image; no row means that nothing is known of it.
        """
        name = short_name(repository)
        own = tuple(one for one in self._overlay.targets if one.repository == name) if self._overlay else ()
        if self._targets is None:
            self._targets = map_rows(self._upstream_map())
        return own + read_targets(self._targets, name)

    def targets(self) -> Iterator[UpstreamTarget]:
        """All rows of the upstream map, the overlay's first."""
        if self._overlay is not None:
            yield from self._overlay.targets
        yield from read_all_targets(self._upstream_map())

    def upstream_facts(self, repository: str, tag: str) -> UpstreamFacts | None:
        """How the upstream image ``repository:tag`` is configured, or None where that is not known.

        `repository` as for `upstream`.
        """
        if self._facts is None:
            self._facts = fact_rows(self._read_data("upstream-facts.jsonl"))
        return read_facts(self._facts, short_name(repository), tag)

    def upstream_twin(self, definition: Definition) -> UpstreamFacts | None:
        """How the upstream image that `definition` replaces is configured, or None where that is not known."""
        if definition.source in self._twins:
            return self._twins[definition.source]
        found = self._twins[definition.source] = self._twin(definition)
        return found

    def _twin(self, definition: Definition) -> UpstreamFacts | None:
        origin = read_origin(self._upstream_map(), definition.image)
        if origin is None:
            return None
        parts = [definition.version, definition.edition, "alpine" if definition.distro == "alpine" else None]
        parts.append(definition.flavor)
        return self.upstream_facts(origin, "-".join(part for part in parts if part))

    def denied(self, name: str, tag: str) -> bool:
        """Whether the overlay forbids ``name:tag``; a pattern without a colon stands for all tags of the images."""
        if self._overlay is None:
            return False
        return any(glob_match(pattern, f"{name}:{tag}" if ":" in pattern else name) for pattern in self._overlay.deny)

    def _upstream_map(self) -> bytes:
        if self._map is None:
            self._map = self._read_data("upstream-map.csv")
        return self._map

    def _read_data(self, file: str) -> bytes:
        """The bytes of a hand-made data file; data built to another directory goes with the shipped ones."""
        for directory in (self._directory, DATA):
            path = os.path.join(directory, file)
            try:
                with open(path, "rb") as stream:
                    return stream.read()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise CatalogError(f"{path}: {_reason(error)}") from None
        raise CatalogError(f"{os.path.join(DATA, file)}: missing")


def short_name(repository: str) -> str:
    """`repository` without ``docker.io/`` and ``docker.io/library/``, as the data files write it."""
    return repository.removeprefix("docker.io/").removeprefix("library/")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or "cannot be read"
    if isinstance(error, KeyError):
        return f"incomplete: {error} is missing"
    return f"not catalog data: {error}"

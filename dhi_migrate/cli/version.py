"""What ``--version`` says."""

from __future__ import annotations

from .._version import __version__
from ..catalog.store import Catalog, CatalogError


def version_line() -> str:
    """Name the version, and the catalog data that answers depend on as much."""
    try:
        info = Catalog.load().info
    except CatalogError as error:
        return f"dhi-migrate {__version__} (no catalog: {error})"
    return f"dhi-migrate {__version__} (catalog {info.commit} of {info.date}, {info.images} images, {info.tags} tags)"

"""Image references and tags: parsing, comparing, printing. Knows no catalog and no Dockerfile."""

from __future__ import annotations

from .reference import InvalidReferenceError, Reference, parse_reference
from .spelling import HardenedName, Spelling
from .tags import HardenedTag, UpstreamOS, UpstreamTag, parse_hardened_tag, parse_upstream_tag

__all__ = [
    "HardenedName",
    "HardenedTag",
    "InvalidReferenceError",
    "Reference",
    "Spelling",
    "UpstreamOS",
    "UpstreamTag",
    "parse_hardened_tag",
    "parse_reference",
    "parse_upstream_tag",
]

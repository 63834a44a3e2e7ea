"""Schemas of those who read the reports. They are not ours to copy: a directory with them can be named to the tests.

``DHI_MIGRATE_SCHEMAS`` names a directory with ``sarif-schema-2.1.0.json`` (https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/
schemas/) and ``junit-10.xsd`` (github.com/jenkinsci/xunit-plugin).
"""

from __future__ import annotations

import os
from pathlib import Path


def given(name: str) -> Path | None:
    """The file `name` of that directory; None where none is named, or it is not in there."""
    folder = os.environ.get("DHI_MIGRATE_SCHEMAS")
    path = Path(folder, name) if folder else None
    return path if path is not None and path.is_file() else None

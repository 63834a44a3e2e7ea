"""Volumes of an application that ran as root: Docker makes their directories for root, unless the image has them.

https://docs.docker.com/reference/dockerfile/#volume. WORKDIR makes a directory for the user of the image (see `folders`).
"""

from __future__ import annotations

import posixpath

from ...dockerfile.details import Volume
from ...rules.copied import expanded
from ...rules.paths import known_directory, under, unowned
from ..effects.places import SYSTEM, is_scratch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...catalog.model import Definition
    from ...rules.subject import Subject
    from .inventory import Inventory

MAX_VOLUMES = 6
"""Most volumes that get a directory; a file with more is better looked at by a person."""


def volume_folders(subject: Subject, inventory: Inventory, target: Definition) -> tuple[str, ...]:
    """The volumes of the chain that nothing makes and whose directory the user of `target` could not write, as written."""
    if not inventory.was_root:
        return ()
    found: dict[str, str] = {}
    for stage in subject.chain:
        for instruction in stage.instructions:
            detail = instruction.detail
            for word in detail.paths if isinstance(detail, Volume) else ():
                text = expanded(subject, stage, instruction, word)
                if text is None or not text.startswith("/"):
                    continue
                path = posixpath.normpath(text)
                if path in SYSTEM or is_scratch(path) or under(path, "/root") or "$" in word.text:
                    continue
                if any(under(path, root.path) for root in inventory.roots) or path == inventory.workdir:
                    continue
                if not unowned(target, path) and not known_directory(target, path):
                    found[path] = path
    return tuple(found.values())[:MAX_VOLUMES]

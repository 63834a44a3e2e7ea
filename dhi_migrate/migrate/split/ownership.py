"""Whose the files of the runtime stage are: what the application may write goes to its user, all else stays root's."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .holdings import Root
    from .inventory import Inventory
    from .people import People

_FIXED = ("/usr/", "/etc/", "/bin/", "/sbin/", "/lib/", "/opt/venv")
_FREE = ("/usr/src/", "/usr/app", "/usr/share/nginx")


def owner_for(root: Root, inventory: Inventory, people: People) -> str:
    """``uid:gid`` for the COPY of `root`, "" where it stays root's.

    An application that ran as root so far could write everywhere; what it hardly ever writes are the places of programs and
    settings, and what a command names as the result of a build.
    """
    free = root.path == inventory.workdir or root.path.startswith(_FREE) or not root.path.startswith(_FIXED)
    owned = root.owned or (inventory.was_root and free and root.path not in inventory.outputs)
    if not owned:
        return ""
    return f"{people.owner.partition(':')[0]}:0" if root.shared else people.owner

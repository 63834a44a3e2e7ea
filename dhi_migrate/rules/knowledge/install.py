"""How packages are installed on each distribution, as a RUN of a Dockerfile has it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...catalog.model import Distro


def install_command(distro: Distro, packages: Sequence[str]) -> str:
    """The shell text that installs `packages`, and leaves no package lists behind."""
    names = " ".join(packages)
    if distro == "alpine":
        return f"apk add --no-cache {names}"
    return f"apt-get update && apt-get install -y --no-install-recommends {names} && rm -rf /var/lib/apt/lists/*"

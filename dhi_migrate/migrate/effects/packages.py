"""What the packages of an operating system are for: whether an image that only runs the application can do without one.

A question of damage: a package that is wrongly called "build" or "tool" makes an image that does not work, one that is wrongly
called anything else only makes a person decide. The data is in `package_table`.
"""

from __future__ import annotations

from ..._pattern import regex
from .package_table import NAMES, PATTERNS, RUNTIME_LIBRARIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...catalog.model import Distro
    from .package_table import Purpose

__all__ = ["purpose", "runtime_library"]

MAX_NAME = 100
"""Characters of the longest name that is matched with patterns."""

_PURPOSES: dict[str, Purpose] = {name: kind for kind, names in NAMES.items() for name in names.split()}
_PATTERNS = tuple([(kind, regex(text)) for kind, text in PATTERNS])
_LIBRARIES = {distro: dict([row.split("=", 1) for row in rows.split()]) for distro, rows in RUNTIME_LIBRARIES.items()}


def purpose(name: str) -> Purpose:
    """What the package `name` (without version and architecture, as `facts.Package.name`) is for, on any distribution.

    "build": to compile, or to set up the package manager. No library that the result loads comes with it alone, but for those
    of the compilers: `runtime_library` has them.
    "tool": a program for a person or for the commands of a RUN. A start script of the image may start it, an application hardly
    ever does.
    "data": files alone, such as fonts, time zones and certificates.
    "library": a shared library, the headers of one, or a module of an interpreter or a server.
    "runtime": a program that the application may start.
    "interpreter": what runs the application, or brings along what does.
    "service": a server or a supervisor.
    "unknown": none of this is known.

    Only "build" and "tool" can be left out of a runtime image without another look.
    """
    known = _PURPOSES.get(name)
    if known is not None:
        return known
    if len(name) > MAX_NAME:
        return "unknown"
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(name)), "unknown")


def runtime_library(name: str, distro: Distro) -> str | None:
    """The package with the shared library that a program built with the package `name` loads, or None if there is no certain one.

    Named as the package lists of the hardened images of `distro` name it: Debian 13 (``libpq-dev`` is ``libpq5``, and
    ``libssl-dev`` is ``libssl3t64``; Debian 12 has no ``t64`` at the end) or Alpine. For a compiler it is the library that all
    of its results may load (``g++`` is ``libstdc++6``), for a library of Debian 12 the one that took its place.
    """
    return _LIBRARIES[distro].get(name)

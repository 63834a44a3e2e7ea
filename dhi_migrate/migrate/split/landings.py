"""Where the files of a COPY or ADD come to lie: the directory for itself, or in a directory of the image each file by name."""

from __future__ import annotations

import posixpath

from ...dockerfile.details import Add, Copy
from ...rules.breakers.model import package_names
from ...rules.makers import runs_of
from ..effects.places import SYSTEM
from .environment import PROGRAMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...rules.copied import Brought
    from ...rules.subject import Subject

_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst")
_PROGRAMS = ("/bin", "/sbin", "/release", "/debug")


def landing(subject: Subject, one: Brought) -> tuple[str, ...] | str:
    """The absolute paths that `one` makes; a text where they are not known, or are a directory that the image has of its own."""
    keyword = one.instruction.keyword
    if one.destination is None:
        return f"where {keyword} puts its files is not known"
    place = "/" + posixpath.normpath(one.destination).lstrip("/")
    if place not in SYSTEM:
        return (place,)
    found = []
    several = one.destination.endswith("/") or len(one.sources) + len(one.detail.documents) > 1
    for word in one.detail.documents:
        if not several:
            return f"{keyword} puts files into {place}, which the image has of its own"
        found.append(posixpath.join(place, word.text.lstrip("<-").strip("\"'")))
    if place == "/etc/ssl/certs" and all(source.rstrip("/") == place for source in one.sources):
        have = package_names(subject.target) if subject.target is not None else set()
        if {"ca-certificates", "ca-certificates-bundle"} & have:
            return ()  # the store of certificates, which the hardened image has
    for source in one.sources:
        name = _name(subject, one, source.strip("\"'"))
        if name is None:
            return f"{keyword} puts files into {place}, which the image has of its own"
        found.append(posixpath.join(place, name))
    return tuple(found)


def _name(subject: Subject, one: Brought, source: str) -> str | None:
    """The name that `source` gets in the directory it is copied to; None where it may be more than one file."""
    base = posixpath.basename(source.rstrip("/"))
    if any(sign in source for sign in "*?[$"):
        return None
    if isinstance(one.detail, Add) and source.endswith(_ARCHIVES) and "://" not in source:
        return None  # ADD unpacks it
    if any(flag.name in {"parents", "exclude"} for flag in one.instruction.flags):
        return None
    file = not source.endswith("/") and base not in {"", ".", ".."} and _is_file(subject, one, source)
    # a directory of the image is there: a file goes into it with or without the final slash
    return base if file else None


def _is_file(subject: Subject, one: Brought, source: str) -> bool:
    """Whether a source is known to be a single file."""
    if "://" in source:
        return True
    base = posixpath.basename(source)
    if one.outside:
        plain = base in PROGRAMS or "." in base.lstrip(".") or posixpath.dirname(source).endswith(_PROGRAMS)
        return plain or is_built(subject, one, base)
    tree = subject.file.tree
    names = tree.names(source.lstrip("/").removeprefix("./")) if tree is not None else None
    if names:
        return False
    if tree is not None and tree.exists(source.lstrip("/").removeprefix("./")):
        return True
    return "." in base.lstrip(".")


def is_built(subject: Subject, one: Brought, base: str) -> bool:
    """Whether the stage that the file comes from names it as the result of a build."""
    detail = one.detail
    edge = next((edge for edge in subject.file.graph.edges if edge.instruction is one.instruction), None)
    if not isinstance(detail, Copy) or edge is None or edge.source is None:
        return False
    for run in runs_of(subject.file, edge.source):
        for build in run.builds:
            words = build.command.texts
            if any(posixpath.basename(word) == base for word in (*words, *build.outputs)) and build.outputs:
                return True
    return False

"""What must hold for a checkout before its facts are written."""

from __future__ import annotations

import os
import re

from .artifacts import MAX_DEPTH
from .dates import is_date
from .problems import Problem
from .reader import listing
from .users import NO_UID, run_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .artifacts import Origins
    from .reader import SourceFile

MIN_SHARE = 0.95
"""A checkout with a smaller share of the previous number of definitions is taken for half of one."""

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*\Z")
_PLATFORM = re.compile(r"[a-z0-9]+/[a-z0-9]+(?:/[a-z0-9]+)?\Z")
_PORT = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(?:tcp|udp|sctp))?\Z")


def validate_tree(checkout: str) -> list[Problem]:
    """Problems of the directory as a whole: it must hold ``image/`` and ``package/`` with something in them."""
    if not os.path.isdir(checkout):
        return [Problem(checkout, None, "is not a directory")]
    return [
        Problem(f"{name}/", None, f"missing or empty: a whole checkout of the catalog is needed ({why})")
        for name, why in (("image", "the definitions"), ("package", "it says what packages add to images"))
        if not listing(checkout, name)
    ]


def validate_definitions(
    files: list[SourceFile], origins: Origins, previous: int, problems: list[Problem]
) -> list[Problem]:
    """Check every definition, add what is wrong to `problems`, and give notes that stop nothing."""
    notes: list[Problem] = []
    total = len(files) + sum(problem.path.startswith("image/") for problem in problems)
    if total < previous * MIN_SHARE:
        text = f"only {total} definitions where the previous data has {previous}: this looks like half a checkout"
        problems.append(Problem("image/", None, text))
    tags: dict[tuple[str, str], str] = {}
    for file in files:
        _validate_names(file, problems)
        _validate_tags(file, tags, problems)
        _validate_runtime(file, problems)
        for index, artifact in enumerate(file.data.contents.artifacts):
            place = ("contents", "artifacts", index, "name")
            if origins.is_missing(artifact):
                text = f"takes files from {artifact.name.partition('@')[0]}, which is no image here"
                problems.append(Problem(file.path, file.line_of(*place), text))
            elif not origins.find(artifact).known:
                text = f"takes files from {artifact.name.partition('@')[0]}, whose definition is not here"
                notes.append(Problem(file.path, file.line_of(*place), text))
    return notes


def _validate_names(file: SourceFile, problems: list[Problem]) -> None:
    data = file.data
    if not _NAME.match(file.name) or len(file.name) > 128:
        problems.append(Problem(file.path, None, f"{file.name!r} is not an image name"))
    if data.image != f"dhi.io/{file.name}":
        text = f"image {data.image} does not match its directory {file.name}"
        problems.append(Problem(file.path, file.line_of("image"), text))
    version = data.os_release.version_id
    if (data.os_release.id, version) != (file.distro, file.release):
        text = f"os-release {data.os_release.id} {version} does not match the directory {file.distro}-{file.release}"
        problems.append(Problem(file.path, file.line_of("os-release", "version-id"), text))


def _validate_tags(file: SourceFile, tags: dict[tuple[str, str], str], problems: list[Problem]) -> None:
    for index, tag in enumerate(file.data.tags):
        if not _TAG.match(tag):
            problems.append(Problem(file.path, file.line_of("tags", index), f"{tag!r} is not a tag"))
            continue
        other = tags.setdefault((file.name, tag), file.path)
        if other != file.path or file.data.tags.index(tag) != index:
            text = f"tag {tag} of {file.name} is given twice, also in {other}"
            problems.append(Problem(file.path, file.line_of("tags", index), text))


def _validate_runtime(file: SourceFile, problems: list[Problem]) -> None:
    data = file.data
    if run_user(data.accounts) is None:
        text = f"{NO_UID}: {data.accounts.run_as}"
        problems.append(Problem(file.path, file.line_of("accounts", "run-as"), text))
    for key, date in (("release", data.dates.release), ("end-of-life", data.dates.end_of_life)):
        if date is not None and not is_date(date):
            problems.append(Problem(file.path, file.line_of("dates", key), f"{date!r} is not a date"))
    for index, platform in enumerate(data.platforms):
        if not _PLATFORM.match(platform):
            problems.append(Problem(file.path, file.line_of("platforms", index), f"{platform!r} is not a platform"))
    for index, port in enumerate(data.ports):
        match = _PORT.match(port)
        if match is None or any(int(number) > 65535 for number in match.groups() if number):
            problems.append(Problem(file.path, file.line_of("ports", index), f"{port!r} is not a port"))


__all__ = ["MAX_DEPTH", "MIN_SHARE", "validate_definitions", "validate_tree"]

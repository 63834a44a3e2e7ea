"""devcontainer.json, which is JSON with comments: https://containers.dev/implementors/json_reference/."""

from __future__ import annotations

import re

from ..._pattern import regex
from .compose import arguments
from .model import folder_of, join
from .service import Build, Lines, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .yaml_tree import Node

_TOKEN = regex(rb'"(?:[^"\\\n]|\\.)*+(?:"|(?=\n|\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)|\t', re.DOTALL)


def without_comments(data: bytes) -> bytes:
    """The same bytes with comments and tabs blank, so that what is left is YAML in flow style and keeps its place."""
    return _TOKEN.sub(_blank, data)


def _blank(match: re.Match[bytes]) -> bytes:
    found = match[0]
    return found if found.startswith(b'"') else re.sub(rb"[^\n\r]", b" ", found)


def devcontainer_services(root: Node, path: str) -> Iterator[Service]:
    """The image of the development container, or the Dockerfile that it builds."""
    image = root.get("image")
    if image is not None and image.kind == "scalar":
        lines = Lines()
        lines.folder("/workspaces", image.span)
        doubt = "the editor and its features install into it"
        yield Service("the development container", image, tuple(lines.lines), role="build", doubts=(doubt,))
    build = root.get("build")
    source = build if build is not None and build.kind == "map" else root
    name = source.value("dockerfile") or source.value("dockerFile") or root.value("dockerFile")
    folder = folder_of(path)
    inside = join(folder, name) if name is not None else None
    context = join(folder, source.value("context") or ".")
    if inside is not None and context is not None:
        given, target = arguments(source.get("args")), source.value("target")
        yield Service("the development container", None, build=Build(context, inside, None, given, target, source.span))

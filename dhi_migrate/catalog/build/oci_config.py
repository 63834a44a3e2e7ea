"""What packages add to an image: environment and directories, from ``<x>-oci-config`` packages.

The frontend that builds the images merges ``/opt/docker/config/<x>.yaml`` of every installed ``<x>-oci-config`` package
into the image. Package definitions make that file in one of four ways, all read here: an ``oci-config:`` key beside the
package's ``name:``; a here-document written to ``.../opt/docker/config/<x>.yaml``; one written to
``oci-config/<x>.yaml``; and ``printf`` lines in a Debian ``rules`` file.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from . import schema
from .problems import Problem
from .reader import DISTRO_DIRECTORY, Loader, load, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIX = "-oci-config"

_MARKS = (b"oci-config", b"opt/docker/config")
_TARGET = r'"?[^"\s]*?(?:opt/docker/config|oci-config)/(?P<name>[A-Za-z0-9][A-Za-z0-9.+-]*)\.yaml"?'
_END = r"<<\s*(?P<quote>'?)EOF'?"
_HEREDOCS = (re.compile(rf"cat\s+>\s*{_TARGET}\s*{_END}\s*\Z"), re.compile(rf"cat\s+{_END}\s*>\s*{_TARGET}\s*\Z"))
_ASSIGNMENT = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)="([^"$`\\]*)"\Z')
_LITERAL_TEST = re.compile(r'if \[ "([^"$`]*)" (=|!=) "([^"$`]*)" \]; then\Z')
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_PRINTF = re.compile(
    r"printf '%s\\n'(?P<lines>(?: '[^']*')+) > \S*opt/docker/config/(?P<name>[A-Za-z0-9][A-Za-z0-9.+-]*)\.yaml"
)
_QUOTED = re.compile(r"'([^']*)'")

Configs = dict[tuple[str, str, str], schema.OciConfig]
"""(distro, release, name without ``-oci-config``) -> what the package adds."""


class PackageImages:
    """Images that packages are published as (``pkg-golang``): their package roots by tag."""

    def __init__(self) -> None:
        """Start without any."""
        self.names: set[str] = set()
        self.roots: dict[tuple[str, str], tuple[str, ...]] = {}


def package_files(checkout: str) -> Iterator[tuple[str, str, str]]:
    """(path, distro, release) of the YAML and ``rules`` files below ``package/``, in order of path."""
    base = os.path.join(checkout, "package")
    for directory, directories, files in os.walk(base):
        directories.sort()
        parts = os.path.relpath(directory, checkout).split(os.sep)
        place = next((match for part in parts if (match := DISTRO_DIRECTORY.match(part))), None)
        if place is None:
            continue
        for file in sorted(files):
            if file.endswith(".yaml") or file == "rules":
                yield "/".join((*parts, file)), place[1], place[2]


def read_packages(checkout: str, problems: list[Problem]) -> tuple[Configs, PackageImages]:
    """All package configurations and package images of the `checkout`; what is wrong goes to `problems`."""
    configs: Configs = {}
    images = PackageImages()
    for path, distro, release in package_files(checkout):
        text = read_file(checkout, path, problems)
        if text is None:
            continue
        if path.endswith("/rules"):
            if _MARKS[1] in text:
                for name, body in _printed(text.decode("utf-8", "replace")):
                    _add(configs, (distro, release, name), body, path, problems)
            continue
        if b"image: dhi.io/pkg-" not in text:
            continue
        image = load(schema.PackageImage, path, text, problems)
        if image is None:
            continue
        name = image.image.removeprefix("dhi.io/")
        images.names.add(name)
        for tag in image.tags:
            images.roots[name, tag] = tuple(image.contents.packages)
        if any(mark in text for mark in _MARKS):
            for config, body in _configured(yaml.load(text, Loader=Loader)):  # noqa: S506 - the safe loader
                _add(configs, (distro, release, config), body, path, problems)
    return configs, images


def _add(configs: Configs, key: tuple[str, str, str], body: Any, path: str, problems: list[Problem]) -> None:
    try:
        configs[key] = schema.OciConfig.model_validate({} if body is None else body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        problems.append(Problem(path, None, f"configuration of {key[2]}: {where}: {first['msg']}"))


def _configured(node: Any) -> Iterator[tuple[str, Any]]:
    """(package, configuration) of every ``oci-config:`` key and here-document anywhere in a package's YAML."""
    pending = [node]
    seen: set[int] = (
        set()
    )  # an alias is one node with its anchor: without this, nested aliases double the work each time
    while pending:
        node = pending.pop()
        if id(node) in seen and isinstance(node, (list, dict)):
            continue
        seen.add(id(node))
        if isinstance(node, list):
            pending.extend(reversed(node))
        elif isinstance(node, dict):
            config, name = node.get("oci-config"), node.get("name")
            if isinstance(config, dict) and isinstance(name, str):
                yield name, config
            runs = node.get("runs")
            if isinstance(runs, str) and "<<" in runs:
                yield from _written(runs)
            pending.extend(reversed(list(node.values())))


def _written(script: str) -> Iterator[tuple[str, Any]]:
    """(package, configuration) of the here-documents in a build script that write a configuration.

    A script is not run. Of shell, only what these scripts use is understood: assignments of literal text, and ``if`` on
    two literals, which the catalog's templates leave behind (``if [ "JDK" = "JDK" ]``).
    """
    variables: dict[str, str] = {}
    branches: list[bool] = []
    lines = iter(script.splitlines())
    for line in lines:
        stripped = line.strip()
        if match := _LITERAL_TEST.match(stripped):
            branches.append((match[1] == match[3]) == (match[2] == "="))
        elif stripped.startswith("if "):
            branches.append(False)
        elif stripped == "else" and branches:
            branches[-1] = not branches[-1]
        elif stripped == "fi" and branches:
            branches.pop()
        elif all(branches) and (match := _ASSIGNMENT.match(stripped)):
            variables[match[1]] = match[2]
        elif match := _HEREDOCS[0].match(stripped) or _HEREDOCS[1].match(stripped):
            body = []
            for text in lines:
                if text.strip() == "EOF":
                    break
                body.append(text)
            content = "\n".join(body)
            if not match["quote"]:
                content = expand(content, variables)
            try:
                yield match["name"], yaml.load(content, Loader=Loader)  # noqa: S506
            except yaml.YAMLError:
                continue


def _printed(rules: str) -> Iterator[tuple[str, Any]]:
    joined = re.sub(r"[ \t]*\\\n[ \t]*", " ", rules)
    for match in _PRINTF.finditer(joined):
        yield match["name"], yaml.load("\n".join(_QUOTED.findall(match["lines"])), Loader=Loader)  # noqa: S506


def expand(text: str, variables: dict[str, str]) -> str:
    """`text` with ``$name`` and ``${name}`` replaced where `variables` has the name; others stay as written."""
    return _VARIABLE.sub(lambda match: variables.get(match[1] or match[2], match[0]), text)

"""Reads a checkout of the public catalog into the models of `schema`; every complaint names file and line."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from . import schema
from .problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# libyaml's parser is three times as fast and is missing from some builds of PyYAML.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_FILE = 4_000_000
"""A definition larger than this (bytes) is not read: the largest of the public catalog has 140 kB."""

DISTRO_DIRECTORY = re.compile(r"(debian|alpine)-(\d+(?:\.\d+)?)\Z")

_Model = TypeVar("_Model", bound=BaseModel)


class SourceFile(NamedTuple):
    """A definition as read: `path` relative to the checkout with slashes, the parsed `data`, the `text` for lines."""

    path: str
    name: str
    distro: str
    release: str
    data: schema.ImageDefinition
    text: bytes

    def line_of(self, *location: str | int) -> int | None:
        """The 1-based line of the key or item at `location`, such as ``("accounts", "run-as")``."""
        return line_of(self.text, location)


def line_of(text: bytes, location: Sequence[str | int]) -> int | None:
    """The 1-based line in the YAML `text` of what `location` leads to, or of its nearest parent that exists."""
    try:
        node = yaml.compose(text, Loader=Loader)
    except yaml.YAMLError:
        return None
    line = None
    for step in location:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == step:
                    line, node = key.start_mark.line + 1, value
                    break
            else:
                break
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def load(model: type[_Model], path: str, text: bytes, problems: list[Problem]) -> _Model | None:
    """Parse the YAML `text` of `path` as `model`; what is wrong goes to `problems`, and the answer is None."""
    try:
        data = yaml.load(text, Loader=Loader)  # noqa: S506 - both loaders are the safe ones
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problems.append(Problem(path, line, f"not YAML: {error.problem or error.context}"))
        return None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problems.append(Problem(path, None, f"not YAML: {str(error).splitlines()[0]}"))
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            where = ".".join(str(step) for step in one["loc"])
            message = f"{where}: {one['msg']}" if where else one["msg"]
            problems.append(Problem(path, line_of(text, one["loc"]), message))
        return None


def read_file(checkout: str, path: str, problems: list[Problem]) -> bytes | None:
    """The bytes of `path` in the `checkout`; None with a problem noted where it is a link, too large or unreadable."""
    full = os.path.join(checkout, *path.split("/"))
    if os.path.islink(full):
        problems.append(Problem(path, None, "is a symbolic link; a checkout has none"))
        return None
    try:
        if os.path.getsize(full) > MAX_FILE:
            problems.append(Problem(path, None, f"is larger than {MAX_FILE} bytes"))
            return None
        with open(full, "rb") as stream:
            return stream.read()
    except OSError as error:
        problems.append(Problem(path, None, f"cannot be read: {error.strerror}"))
        return None


def listing(checkout: str, path: str) -> list[str]:
    """Names in the directory `path` of the `checkout`, sorted; none where it is no directory."""
    try:
        return sorted(os.listdir(os.path.join(checkout, *path.split("/"))))
    except OSError:
        return []


def definition_paths(checkout: str) -> Iterator[tuple[str, str, str, str]]:
    """(path, image name, distro, release) of every definition file, in order.

    A definition lies in ``image/<name>/<distro>-<release>/``; ``config/`` and ``files/`` beside it hold other YAML.
    """
    for name in listing(checkout, "image"):
        for directory in listing(checkout, f"image/{name}"):
            match = DISTRO_DIRECTORY.match(directory)
            if match is None:
                continue
            for file in listing(checkout, f"image/{name}/{directory}"):
                if file.endswith((".yaml", ".yml")):
                    yield f"image/{name}/{directory}/{file}", name, match[1], match[2]


def read_definitions(checkout: str, problems: list[Problem]) -> list[SourceFile]:
    """All definitions of the `checkout` in order of path; what cannot be read goes to `problems`."""
    found = []
    for path, name, distro, release in definition_paths(checkout):
        text = read_file(checkout, path, problems)
        if text is None:
            continue
        data = load(schema.ImageDefinition, path, text, problems)
        if data is not None:
            found.append(SourceFile(path, name, distro, release, data, text))
    return found


def read_title(checkout: str, name: str, problems: list[Problem]) -> str:
    """The product name of the image `name`; the image name itself where its ``info.yaml`` is missing or wrong."""
    path = f"image/{name}/info.yaml"
    text = read_file(checkout, path, problems)
    info = None if text is None else load(schema.ImageInfo, path, text, problems)
    return name if info is None else " ".join(info.metadata.display_name.split())

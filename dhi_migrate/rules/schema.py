"""The form of a rule file, as a pydantic model: what its keys are and what they may hold."""

from __future__ import annotations

import inspect
import os
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ..catalog.toml_positions import Positions
from ..catalog.toml_text import load_toml
from .registry import ENGINE
from .runner import detector

Text = Annotated[str, StringConstraints(min_length=1)]
Keyword = Annotated[str, StringConstraints(pattern=r"^[A-Z]+$")]
MAX_BYTES = 256 * 1024
"""Largest rule file that is read."""


class RuleFileError(Exception):
    """A rule file that cannot be used; each line of the text is ``path:line:column: what is wrong``."""


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class ExampleModel(_Model):
    """One example; see `dhi_migrate.rules.registry.Example`. A negative one has `good` alone."""

    bad: str = ""
    line: Annotated[int, Field(ge=1)] = 1
    good: str = ""
    fixed: bool | None = None
    unsafe: bool = False
    about: str = ""
    options: dict[str, Any] = {}
    context: dict[str, str] = {}
    file: str = ""

    @model_validator(mode="after")
    def _not_empty(self) -> ExampleModel:
        if not self.bad and not self.good:
            raise ValueError("an example has bad, good, or both")
        return self


class RuleModel(_Model):
    """A rule file; see `dhi_migrate.rules.registry.RuleInfo`."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}[0-9]{3,4}$")]
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    severity: Literal["error", "warning", "info"]
    roles: Annotated[list[Literal["final", "build"]], Field(min_length=1)] = ["final", "build"]
    images: list[Text] = []
    variants: list[Literal["runtime", "dev"]] = []
    instructions: list[Keyword] = []
    words: list[Text] = []
    causes: list[Text] = []
    detector: Text
    parameters: dict[str, Any] = {}
    states: list[Literal["pending", "hardened", "generic", "scratch"]] = ["pending", "hardened"]
    summary: Text
    why: Text
    fix: Text
    example: Annotated[list[ExampleModel], Field(min_length=2)]


def load_rule_file(path: str) -> dict[str, Any]:
    """Read and check the rule file at `path`; gives its data as `tomllib` does. Raises what `read_rule` raises."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RuleFileError(f"{path}: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise RuleFileError(f"{path}: is larger than {MAX_BYTES} bytes")
    return read_rule(path, data)


def read_rule(path: str, data: bytes) -> dict[str, Any]:
    """Check the content `data` of the rule file at `path`; gives it as `tomllib` does.

    Raises `RuleFileError` with path, line and column: for TOML that is none, for a key or value that does not belong
    there, for a detector that does not exist, and for parameters that it does not take.
    """
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
        row = load_toml(text)
        positions = Positions(text)
    except ValueError as error:
        raise RuleFileError(f"{path}: {error}") from None
    except RecursionError:
        raise RuleFileError(f"{path}: is nested too deeply") from None
    try:
        model = RuleModel.model_validate(row)
    except ValidationError as error:
        raise RuleFileError("\n".join(_complaint(path, one, positions) for one in error.errors())) from None
    if model.detector != ENGINE:
        try:
            inspect.signature(detector(model.detector)).bind(None, **model.parameters)
        except LookupError as unknown:
            place = positions.value(("detector",))
            raise RuleFileError(f"{path}:{place.line}:{place.column}: {unknown}") from None
        except TypeError as wrong:
            place = positions.key(("parameters",)) if model.parameters else positions.value(("detector",))
            text = f"parameters of the detector {model.detector}: {wrong}"
            raise RuleFileError(f"{path}:{place.line}:{place.column}: {text}") from None
    return row


def load_rule_folder(folder: str) -> list[dict[str, Any]]:
    """All rule files of `folder` (``*.toml``) in the order of their names; raises `RuleFileError` for the first bad one.

    A code or a name that stands in two files is an error too.
    """
    rows: list[dict[str, Any]] = []
    seen: dict[str, str] = {}
    for name in sorted(entry for entry in os.listdir(folder) if entry.endswith(".toml")):
        path = os.path.join(folder, name)
        row = load_rule_file(path)
        for key in ("code", "name"):
            other = seen.setdefault(row[key], path)
            if other != path:
                raise RuleFileError(f"{path}: {key} {row[key]} stands in {other} too")
        rows.append(row)
    return rows


def _complaint(path: str, error: Any, positions: Positions) -> str:
    location = tuple(error["loc"])
    missing = error["type"] in {"missing", "extra_forbidden"}
    place = positions.key(location) if missing else positions.value(location)
    where = ".".join(map(str, location))
    return f"{path}:{place.line}:{place.column}: {where}: {error['msg'][:1].lower()}{error['msg'][1:]}"

"""The keys of a configuration file as a pydantic model: names, types, and what they are for.

It is the source of the published JSON Schema, and says what is wrong with a file. It is loaded for a wrong file alone; a right
one is told by `config_form`, which a test holds equal to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ..choices import FailOn, LevelChoice, SeverityName
from .config_form import MAX_ITEMS, MAX_TEXT

if TYPE_CHECKING:
    from ..catalog.toml_positions import Location
    from .config_error import Complaint
    from .config_files import ConfigFile

Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
Texts = Annotated[list[Text], Field(max_length=MAX_ITEMS)]
SomeTexts = Annotated[list[Text], Field(min_length=1, max_length=MAX_ITEMS)]
Value = Annotated[str, StringConstraints(max_length=MAX_TEXT)]

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")


class ConfigModel(BaseModel):
    """Settings of dhi-migrate for a directory and what is below it. Paths are relative to the file that they stand in."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", title="dhi-migrate.toml")

    select: SomeTexts | None = Field(None, description="Only these rules: codes, prefixes of codes, or names.")
    extend_select: Texts = Field([], alias="extend-select", description="These rules beside those in select.")
    ignore: Texts = Field([], description="Not these rules: codes, prefixes of codes, or names.")
    per_file_ignores: Annotated[dict[Text, Texts], Field(max_length=MAX_ITEMS)] = Field(
        {},
        alias="per-file-ignores",
        description="Rules that are not for certain files: by pattern as in a .gitignore, or with ! in front for all others.",
    )
    severity: Annotated[dict[Text, SeverityName], Field(max_length=MAX_ITEMS)] = Field(
        {}, description="Severities of rules in reports, by code, prefix of a code, or name."
    )
    fail_on: FailOn | None = Field(
        None, alias="fail-on", description="The least severity that makes the exit code 1 (warning)."
    )
    level: LevelChoice | None = Field(None, description="How far a final stage may be rewritten (auto).")
    registry: Text | None = Field(
        None, description="How hardened references are written; holds {name} (dhi.io/{name}).", pattern=r"\{name\}"
    )
    catalog: Text | None = Field(None, description="A catalog overlay: own images, tags, pins and denials.")
    target: Text | None = Field(None, description="The stage that ships (the last).")
    build_args: Annotated[dict[Text, Value], Field(max_length=MAX_ITEMS)] = Field(
        {}, alias="build-args", description="Build arguments, as for docker build."
    )
    exclude: Texts = Field([], description="Files and directories that are left out: patterns as in a .gitignore.")
    rules: Texts = Field([], description="Folders with rule files of your own.")
    baseline: Text | None = Field(None, description="A file of known findings, which are counted and not shown.")
    extend: Text | None = Field(
        None, description="Another configuration file, whose settings hold where this one has none."
    )


KEYS = tuple(field.alias or name for name, field in ConfigModel.model_fields.items())
"""All keys of a configuration file."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a configuration file, as it is published in ``docs/schema``."""
    schema = ConfigModel.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def form_complaints(file: ConfigFile) -> tuple[Complaint, ...]:
    """What is wrong with the keys and types in `file`, in its order; empty where nothing is."""
    try:
        ConfigModel.model_validate(file.table)
    except ValidationError as wrong:
        return tuple(sorted({_complaint(file, error) for error in wrong.errors()}, key=lambda one: one[1:3]))
    return ()


def _complaint(file: ConfigFile, error: Any) -> Complaint:
    location: Location = tuple(step for step in error["loc"] if step != "[key]")
    key = str(location[0])
    if error["type"] == "extra_forbidden":
        return file.complaint(location, f"unknown key {key!r}{did_you_mean(key, KEYS)}", key=True)
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{_quoted(step)}" for step in location).removeprefix(".")
    message = (
        error["msg"].removeprefix("Input ").removeprefix("String ").removeprefix("List ").removeprefix("Dictionary ")
    )
    message = message.replace(" after validation", "")
    hint = ""
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        hint = did_you_mean(error["input"], tuple(re.findall(r"'([a-z]+)'", error["ctx"]["expected"])))
    if error["type"] == "string_pattern_mismatch":
        message = "does not hold {name}, the place for the name of the image"
    return file.complaint(location, f"{name} {message}{hint}", key="[key]" in error["loc"])


def did_you_mean(name: str, known: tuple[str, ...]) -> str:
    """The end of a message that names what is most like `name` in `known`; "" where nothing is near."""
    import difflib

    near = difflib.get_close_matches(name[:100].lower(), known, 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _quoted(step: str) -> str:
    return step if _BARE.match(step) else repr(step)

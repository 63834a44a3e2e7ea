"""The two readers of a configuration's form are one, and the published schema is that of the model."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dhi_migrate.project.config_form import MAX_ITEMS, MAX_TEXT, is_well_formed
from dhi_migrate.project.config_model import KEYS, ConfigModel, json_schema

DOCS = Path(__file__).parents[2] / "docs"

# What a TOML document may hold, with a liking for what a configuration does hold.
TEXTS = st.one_of(
    st.sampled_from(["", "a", "error", "info", "never", "dev", "auto", "{name}", "dhi.io/{name}"]), st.text(max_size=5)
)
SCALARS = st.one_of(TEXTS, st.integers(), st.booleans(), st.floats(allow_nan=False))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
TABLES = st.dictionaries(st.one_of(st.sampled_from([*KEYS, "fail_on", "extend_select"]), TEXTS), VALUES, max_size=4)


def model_takes(table: dict[str, Any]) -> bool:
    try:
        ConfigModel.model_validate(table)
    except ValidationError:
        return False
    return True


@given(TABLES)
def test_both_readers_take_the_same(table: dict[str, Any]) -> None:
    assert is_well_formed(table) == model_takes(table)


SAMPLE: dict[str, Any] = {
    "select": ["DHI1"],
    "extend-select": [],
    "ignore": ["root-user"],
    "per-file-ignores": {"a/**": ["DHI1"], "b": []},
    "severity": {"DHI1": "error"},
    "fail-on": "never",
    "level": "split",
    "registry": "dhi.io/{name}",
    "catalog": "c.toml",
    "target": "app",
    "build-args": {"A": ""},
    "exclude": ["x"],
    "rules": ["r"],
    "baseline": "b.json",
    "extend": "e.toml",
}


def test_a_configuration_with_every_key_is_taken_by_all_three() -> None:
    assert tuple(SAMPLE) == KEYS
    assert is_well_formed(SAMPLE)
    assert model_takes(SAMPLE)
    jsonschema.Draft202012Validator.check_schema(json_schema())
    jsonschema.validate(SAMPLE, json_schema())


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "value", [None, 1, "", [], {}, [""], [1], {"": "x"}, {"a": 1}, {"a": ["x"]}, {"a": "x"}, "x", ["x"], True]
)
def test_both_readers_take_the_same_of_each_key(key: str, value: Any) -> None:
    if value is not None:  # TOML has none
        assert is_well_formed({key: value}) == model_takes({key: value})


@pytest.mark.parametrize(
    ("table", "taken"),
    [
        ({"ignore": ["x"] * MAX_ITEMS}, True),
        ({"ignore": ["x"] * (MAX_ITEMS + 1)}, False),
        ({"severity": {f"DHI{number}": "info" for number in range(MAX_ITEMS + 1)}}, False),
        ({"per-file-ignores": {"a": ["x"] * (MAX_ITEMS + 1)}}, False),
        ({"target": "x" * MAX_TEXT}, True),
        ({"target": "x" * (MAX_TEXT + 1)}, False),
        ({"build-args": {"A": "x" * (MAX_TEXT + 1)}}, False),
        ({"build-args": {"x" * (MAX_TEXT + 1): ""}}, False),
    ],
)
def test_both_readers_have_the_same_limits(table: dict[str, Any], taken: bool) -> None:
    assert is_well_formed(table) == model_takes(table) == taken


def test_the_published_schema_is_that_of_the_model() -> None:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, text in module.schemas().items():
        assert (DOCS / "schema" / name).read_text("utf-8") == text
    assert json.loads((DOCS / "schema" / "config-v1.schema.json").read_text("utf-8")) == json_schema()


def test_every_key_is_explained_on_the_page() -> None:
    page = (DOCS / "configuration.md").read_text("utf-8")
    assert [key for key in KEYS if f"| `{key}` |" not in page] == []

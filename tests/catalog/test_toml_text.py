"""TOML that is made to take long is refused before it is read."""

from __future__ import annotations

import tomllib

import pytest

from dhi_migrate.catalog.toml_text import MAX_PARTS, load_toml


@pytest.mark.parametrize(
    "text",
    [
        "a." * 60_000 + "b = 1",
        "[" + "a . " * 60_000 + "b]",
        '"a".' * 60_000 + "b = 1",
        "x = {" + "'a b'\t.\t" * MAX_PARTS + "b = 1}",
    ],
)
def test_a_key_of_very_many_parts_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a key has more than 20 parts"):
        load_toml(text)


@pytest.mark.parametrize(
    "text",
    [
        "a." * (MAX_PARTS - 1) + "b = 1",
        'a = "' + "x " * 200 + '..."\nb = 1.5\n' + "c.d = 1\n",
        "".join(f"a{number}.b = 1\n" for number in range(500)),
        "a = [" + "1.5, " * 500 + "]\n",
    ],
)
def test_everything_else_is_what_tomllib_makes_of_it(text: str) -> None:
    assert load_toml(text) == tomllib.loads(text)

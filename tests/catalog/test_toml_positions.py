"""Positions of keys and values in TOML text, against what `tomllib` reads."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhi_migrate.catalog.toml_positions import Position, Positions

TEXT = '''\
# a comment with "quotes" and [brackets]
deny = ["a", # one
  'b',
]
title = """x
 = [y] # no
"""
raw = \'\'\'it's
'' = 3\'\'\'
a.b . "c d" = { e = 1, "f.g" = [2, {h = 3}] }
when = 1979-05-27 07:32:00
[pins]
"bitnami/redis" = "redis:8"
[[images]]
name = "node"
[[images.tags]]
tag = "1"
[[images.tags]]
  tag = "2"   # two
[images.tags.env]
A = "x"
[[images]]
name = "é" ; é = 1
'''.replace(" ; é = 1", "")


@pytest.mark.parametrize(
    ("location", "key", "value"),
    [
        (("deny",), (2, 1), (2, 8)),
        (("deny", 0), (2, 9), (2, 9)),
        (("deny", 1), (3, 3), (3, 3)),
        (("title",), (5, 1), (5, 9)),
        (("raw",), (8, 1), (8, 7)),
        (("a",), (10, 1), (10, 1)),
        (("a", "b"), (10, 3), (10, 3)),
        (("a", "b", "c d"), (10, 7), (10, 15)),
        (("a", "b", "c d", "e"), (10, 17), (10, 21)),
        (("a", "b", "c d", "f.g", 1, "h"), (10, 37), (10, 41)),
        (("when",), (11, 1), (11, 8)),
        (("pins", "bitnami/redis"), (13, 1), (13, 19)),
        (("images", 0, "tags", 0, "tag"), (17, 1), (17, 7)),
        (("images", 0, "tags", 1, "tag"), (19, 3), (19, 9)),
        (("images", 0, "tags", 1, "env", "A"), (21, 1), (21, 5)),
        (("images", 1, "name"), (23, 1), (23, 8)),
        (("images",), (14, 3), (14, 3)),
        (("images", 0, "tags"), (16, 10), (16, 10)),
        (("images", 1), (22, 3), (22, 3)),
        (("images", 1, "missing"), (22, 3), (22, 3)),
        (("nowhere",), (1, 1), (1, 1)),
    ],
)
def test_keys_and_values_are_where_they_stand(location, key, value):
    positions = Positions(TEXT)
    assert (positions.key(location), positions.value(location)) == (Position(*key), Position(*value))


SCALARS = st.one_of(
    st.integers(-9, 99).map(str),
    st.sampled_from(
        ["true", "1.5", "2026-08-22", "inf", '""', "''", '"a#b"', "'[x'", '"\\"="', '"""a\n"b" """', "'''x\n''y'''"]
    ),
)
KEYS = st.sampled_from(["a", "b-1", '"c d"', "'e.f'", '"\\u00e9"', "0"])


def values(depth=2):
    if depth == 0:
        return SCALARS
    inner = values(depth - 1)
    arrays = st.lists(inner, max_size=3).map(lambda items: "[" + " ,\n # ]\n".join(items) + " ]")
    tables = st.dictionaries(KEYS, inner, max_size=2).map(
        lambda found: "{" + ", ".join(f"{key} = {value}" for key, value in found.items()) + "}"
    )
    return st.one_of(SCALARS, arrays, tables)


@given(
    st.lists(st.tuples(st.sampled_from(["", "[t]", "[[list]]", "[t.u]", "[[list.sub]]"]), KEYS, values()), max_size=6)
)
def test_what_stands_at_the_place_of_a_value_is_the_value(parts):
    text = "".join(f"{header}\n{key} = {value}  # end\n" for header, key, value in parts)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    positions = Positions(text)
    lines = text.split("\n")

    def look(value, location):
        line, column = positions.value(location)
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        if isinstance(value, dict):
            for key, one in value.items():
                look(one, (*location, key))
        elif isinstance(value, list) and value and isinstance(value[0], dict) and not rest.startswith("["):
            for index, one in enumerate(value):
                look(one, (*location, index))
        elif isinstance(value, list):
            assert rest.startswith("[")
            for index, one in enumerate(value):
                look(one, (*location, index))
        else:
            end = next(n for n in range(1, len(rest) + 1) if _reads_as(rest[:n], value))
            assert end
        if isinstance(location[-1], str):
            line, column = positions.key(location)
            assert lines[line - 1][column - 1] in f"{location[-1][0]}\"'"

    for key, value in data.items():
        look(value, (key,))


def _reads_as(text, value):
    try:
        return tomllib.loads(f"x = {text}")["x"] == value
    except tomllib.TOMLDecodeError:
        return False

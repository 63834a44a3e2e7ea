"""Opening the catalog and asking it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dhi_migrate.catalog.store import DATA, Catalog, CatalogError
from dhi_migrate.catalog.upstream import fact_rows, glob_match, map_rows, read_facts, read_targets


@pytest.fixture(scope="module")
def catalog():
    return Catalog.load()


def test_the_shipped_data_says_where_it_comes_from(catalog):
    assert len(catalog.info.commit) == 7
    assert (catalog.info.images, catalog.info.tags) == (
        len(catalog.names),
        sum(len(definition.tags) for definition in catalog.definitions()),
    )


@pytest.mark.parametrize(
    "name", ["../index", "images/node", "node.json", "", ".", "node\0", "/etc/passwd", "NODE", "a" * 5000]
)
def test_a_name_that_is_no_image_is_none_and_never_a_path(catalog, name):
    assert catalog.image(name) is None
    assert catalog.find(name, "24") is None


def test_a_tag_finds_its_definition(catalog):
    assert catalog.find("node", "24-alpine3.24") is catalog.find("node", "24-alpine")
    assert catalog.find("node", "24-alpine3.24").source == "image/node/alpine-3.24/24.yaml"
    assert catalog.find("node", "nope") is None


def test_an_image_is_read_once(catalog):
    assert catalog.image("nginx") is catalog.image("nginx")


@pytest.mark.parametrize("repository", ["node", "library/node", "docker.io/node", "docker.io/library/node"])
def test_all_spellings_of_a_repository_have_the_same_answer(catalog, repository):
    assert [(row.repository, row.name, row.confidence) for row in catalog.upstream(repository)] == [
        ("node", "node", "high")
    ]


def test_of_several_rows_the_most_trusted_is_first(catalog):
    assert [(row.name, row.confidence) for row in catalog.upstream("docker")] == [
        ("docker", "high"),
        ("docker-dind", "medium"),
    ]


@pytest.mark.parametrize("repository", ["", "nobody/knows", "node,", 'x"', "a\nnode", "upstream", "nod"])
def test_a_repository_that_is_not_in_the_map_has_no_answer(catalog, repository):
    assert catalog.upstream(repository) == ()


def test_nothing_replaces_some_images_and_that_is_known(catalog):
    (row,) = catalog.upstream("gcr.io/distroless/cc-debian12")
    assert (row.name, row.confidence) == ("", "none")


def test_a_distroless_image_on_another_debian_release_is_the_same_image(catalog):
    assert catalog.upstream("gcr.io/distroless/java21-debian13") == catalog.upstream(
        "gcr.io/distroless/java21-debian12"
    )
    assert [row.name for row in catalog.upstream("gcr.io/distroless/java17")] == ["eclipse-temurin"]
    assert catalog.upstream("gcr.io/distroless/nothing") == ()


def test_the_first_and_the_last_row_of_the_map_are_found(catalog):
    rows = list(catalog.targets())
    assert rows[0] in catalog.upstream(rows[0].repository)
    assert rows[-1] in catalog.upstream(rows[-1].repository)
    data = b'upstream,hardened,confidence,note\na,x,high,\nb,y,low,"1, ""2"""'
    assert [tuple(row) for row in read_targets(map_rows(data), "b")] == [("b", "y", "low", '1, "2"')]


@pytest.mark.parametrize(
    ("repository", "tag", "shell", "user"),
    [
        ("node", "24-alpine", "busybox", ""),
        ("node", "alpine", "busybox", ""),
        ("node", "24-slim", "bash", ""),
        ("docker.io/library/postgres", "17-alpine3.21", "busybox", ""),
        ("gcr.io/distroless/static-debian12", "nonroot", None, "65532"),
        ("gcr.io/distroless/static-debian13", "debug", "busybox", None),
    ],
)
def test_facts_of_an_upstream_tag_are_those_of_the_pattern_with_most_literal_characters(
    catalog, repository, tag, shell, user
):
    facts = catalog.upstream_facts(repository, tag)
    assert facts.shell == shell
    if user is not None:
        assert facts.user == user


def test_an_unknown_upstream_image_has_no_facts(catalog):
    assert catalog.upstream_facts("nobody/knows", "1") is None
    assert catalog.upstream_facts("centos/unknown", "7") is None


def test_the_row_with_most_literal_characters_wins_whatever_the_order():
    row = dict.fromkeys(("os", "user", "workdir", "confidence"), "")
    row |= {"uid": 0, "entrypoint": None, "cmd": None, "stop_signal": None, "shell": "none", "package_manager": None}
    row |= {"ports": [], "volumes": [], "tools": [], "users_present": [], "prefix": {}, "env": {}}
    patterns = ["*", "*-alpine* | 9", "1*-alpine*", "1.<major>-alpine*"]
    lines = [json.dumps({"repo": "x", "variants": pattern, **row, "source": pattern}) for pattern in patterns]
    for order in (lines, lines[::-1]):
        data = "\n".join(order).encode()
        found = [
            read_facts(fact_rows(data), "x", tag).source
            for tag in ("latest", "alpine", "12-alpine", "1.2-alpine3", "9")
        ]
        assert found == ["*", "*-alpine* | 9", "1*-alpine*", "1.<major>-alpine*", "*-alpine* | 9"]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "aXcYb", False),
        ("<major>-x", "17-x", True),
        ("<version>-x", "1.2.3-x", True),
        ("<version>-x", "1.2a-x", False),
        ("x-<arch>", "x-arm64", True),
        ("[ab]", "a", False),
        ("a?c", "abc", False),
        ("a.c", "abc", False),
    ],
)
def test_patterns_know_stars_and_placeholders_alone(pattern, text, expected):
    assert glob_match(pattern, text) is expected


def test_a_hostile_pattern_is_matched_in_bounded_time():
    assert glob_match("*a" * 200 + "b", "a" * 2000) is False


@pytest.mark.parametrize("damage", ["missing", "no-json", "other-form", "incomplete"])
def test_data_that_cannot_be_read_is_told_with_its_file(tmp_path, damage):
    if damage != "missing":
        text = {"no-json": "{", "other-form": '{"schema": 99}', "incomplete": '{"schema": 1}'}[damage]
        (tmp_path / "index.json").write_text(text)
    with pytest.raises(CatalogError, match=r"index\.json: "):
        Catalog.load(directory=str(tmp_path))


def test_a_damaged_image_file_is_told_with_its_name(tmp_path):
    shutil.copy(os.path.join(DATA, "index.json"), tmp_path)
    os.mkdir(tmp_path / "images")
    (tmp_path / "images" / "node.json").write_text('{"name": "node"}')
    catalog = Catalog.load(directory=str(tmp_path))
    with pytest.raises(CatalogError, match=r"node\.json: incomplete: 'shared' is missing"):
        catalog.image("node")
    with pytest.raises(CatalogError, match=r"nginx\.json: No such file"):
        catalog.image("nginx")
    assert catalog.upstream("node")  # hand-made files come from the shipped data


def test_a_check_imports_nothing_slow_from_here():
    """Each of these costs more than all that a check does with the catalog."""
    slow = {
        "dataclasses",
        "inspect",
        "enum",
        "pydantic",
        "csv",
        "tomllib",
        "yaml",
        "pathlib",
        "logging",
        "difflib",
        "subprocess",
    }
    code = (
        "import sys; before = set(sys.modules)\n"
        "from dhi_migrate.catalog.store import Catalog\n"
        "c = Catalog.load(); c.find('node', '24'); c.upstream('node'); c.upstream_facts('node', '24')\n"
        "import dhi_migrate.catalog.facts\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=os.getcwd(),
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    loaded = set(done.stdout.split())
    assert loaded & (slow - {"enum"}) == set()


def test_many_questions_are_answered_as_few_are() -> None:
    for file, make, start in (
        ("upstream-map.csv", map_rows, 0),
        ("upstream-facts.jsonl", fact_rows, len('{"repo": "')),
    ):
        data = (Path(DATA) / file).read_bytes()
        asked = make(data)
        fields = {line[start:].replace(b'"', b",").partition(b",")[0] for line in data.splitlines()} | {b"", b"no/body"}
        for _ in range(9):
            asked.of(b"no/body")
        assert {field: list(asked.of(field)) for field in fields} == {
            field: list(make(data).of(field)) for field in fields
        }

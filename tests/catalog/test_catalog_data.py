"""What must hold for all of the shipped data."""

from __future__ import annotations

import csv
import io
import json
import os
import tomllib

import pytest

from dhi_migrate.catalog import record
from dhi_migrate.catalog.build.dates import is_date
from dhi_migrate.catalog.build.write import index_text
from dhi_migrate.catalog.store import DATA, Catalog
from dhi_migrate.catalog.upstream import glob_match


@pytest.fixture(scope="module")
def catalog():
    return Catalog.load()


@pytest.fixture(scope="module")
def images(catalog):
    return [catalog.image(name) for name in catalog.names]


def read(name):
    with open(os.path.join(DATA, name), "rb") as stream:
        return stream.read()


def rows():
    return list(csv.reader(io.StringIO(read("upstream-map.csv").decode())))[1:]


def test_every_file_is_in_the_index_and_reads_back_to_its_own_bytes(images):
    names = sorted(name.removesuffix(".json") for name in os.listdir(os.path.join(DATA, "images")))
    assert names == [image.name for image in images]
    for image in images:
        assert record.encode_image(image).encode() == read(f"images/{image.name}.json")
    index = json.loads(read("index.json"))
    assert index_text(images, index["commit"], index["date"]).encode() == read("index.json")


def test_the_data_stays_small_enough_to_ship():
    total = sum(
        os.path.getsize(os.path.join(DATA, "images", name)) for name in os.listdir(os.path.join(DATA, "images"))
    )
    assert total < 4_000_000


def test_tags_are_distinct_within_an_image(images):
    for image in images:
        tags = [tag for definition in image.definitions for tag in definition.tags]
        assert len(tags) == len(set(tags)), image.name


def test_no_definition_contradicts_itself(images):
    for image in images:
        for one in image.definitions:
            where = one.source
            assert one.image == image.name
            assert where.startswith(f"image/{image.name}/{one.distro}-{one.release}/")
            assert one.bin_sh is not True or "/bin/sh" in one.shells, where
            assert one.bin_sh is not False or "/bin/sh" not in one.shells, where
            assert set(one.shells) <= {path for path, _ in one.shell_origins}, where
            assert one.uid != 0 or one.workdir_writable is True, where
            assert all(is_date(date) for date in (one.released, one.end_of_life) if date is not None), where
            assert (one.end_of_life is None) == (one.end_of_life_cause is None), where
            assert one.package_manager in {None, "apt" if one.distro == "debian" else "apk"}, where
            assert not any(package.startswith("!") for package in one.packages), where
            assert all(prefix.startswith("/") for prefix in one.prefix.values()), where
            assert not any(
                "$" in value for name, value in one.env.items() if name == "JAVA_VERSION" and image.name != "sapmachine"
            )


def test_dev_is_what_the_image_is_and_not_what_its_file_says(catalog):
    assert catalog.find("dotnet", "10-sdk").variant == "dev"
    assert catalog.find("dotnet", "10").variant == "runtime"
    assert {one.variant for one in catalog.image("maven").definitions} == {"dev"}
    assert catalog.find("build", "2-debian13").variant == "dev"


def test_every_target_of_the_upstream_map_exists(catalog):
    missing = [row for row in rows() if row[1] and row[1] not in catalog.names]
    assert missing == []


def test_the_upstream_map_is_sorted_distinct_and_decided_for_every_image(catalog):
    found = rows()
    keys = [(row[0], row[1]) for row in found]
    assert found == sorted(found)
    assert len(keys) == len(set(keys))
    assert {row[2] for row in found} == {"high", "medium", "low", "none"}
    assert all(row[1] for row in found if row[2] != "none")
    assert set(catalog.names) == {row[1] for row in found} - {""}


def test_the_upstream_map_is_found_as_a_csv_reader_reads_it(catalog):
    by_repository = {}
    for repository, name, confidence, note in rows():
        if repository:
            target = "" if confidence == "none" else name
            by_repository.setdefault(repository, set()).add((target, confidence, note))
    assert len(by_repository) > 1400
    for repository, expected in by_repository.items():
        assert {tuple(row[1:]) for row in catalog.upstream(repository)} == expected
    assert {(t.repository, *t[1:]) for t in catalog.targets()} == {
        (repository, *row) for repository, found in by_repository.items() for row in found
    }


def test_notes_of_the_upstream_map_are_one_line_of_printable_text():
    assert all(row[3].isprintable() and row[3] == row[3].strip() for row in rows())


def test_facts_of_upstream_images_are_complete_and_reachable(catalog):
    lines = read("upstream-facts.jsonl").decode().splitlines()
    parsed = [json.loads(line) for line in lines]
    assert [one["repo"] for one in parsed] == sorted(one["repo"] for one in parsed)
    for one in parsed:
        assert set(one) == {
            "repo", "variants", "os", "user", "uid", "entrypoint", "cmd", "workdir", "ports", "volumes", "stop_signal",
            "shell", "package_manager", "prefix", "env", "tools", "users_present", "confidence", "source",
        }  # fmt: skip
        assert one["os"] in {"debian", "alpine", "ubuntu", "rpm", "scratch", "distroless"}
        assert catalog.upstream(one["repo"]), one["repo"]
    reached = set()
    for one in parsed:
        for pattern in one["variants"].split(" | "):
            tag = pattern.replace("*", "9").lstrip("-")
            found = catalog.upstream_facts(one["repo"], tag)
            reached.add((one["repo"], " | ".join(found.variants)))
    assert reached == {(one["repo"], one["variants"]) for one in parsed}


def test_the_table_of_dates_holds_dates():
    table = tomllib.loads(read("end-of-life.toml").decode())
    assert all(is_date(date) for date in table["distribution"].values())
    assert all(is_date(date) for product in table["product"].values() for date in product.values())


def test_every_distribution_release_of_the_catalog_is_in_the_table(images):
    table = tomllib.loads(read("end-of-life.toml").decode())["distribution"]
    releases = {f"{one.distro} {one.release}" for image in images for one in image.definitions}
    assert releases <= set(table)


def test_globs_without_a_star_match_only_themselves(images):
    for image in images[:40]:
        for one in image.definitions:
            assert all(glob_match(tag, tag) and not glob_match(tag, f"{tag}x") for tag in one.tags)

"""Facts of a tag for people, search, and the state of a tag on a day."""

from __future__ import annotations

import datetime

import pytest

from dhi_migrate.catalog.facts import age, classify, search, show
from dhi_migrate.catalog.store import Catalog

DAY = datetime.date(2026, 11, 23)
KEYS = [
    "reference", "image", "tag", "distro", "distro_release", "variant", "flavor", "user", "uid", "gid", "shells", "bin_sh",
    "package_manager", "entrypoint", "cmd", "workdir", "ports", "env", "packages", "platforms", "end_of_life", "tags", "source",
]  # fmt: skip


@pytest.fixture(scope="module")
def catalog():
    return Catalog.load()


def test_the_facts_of_a_tag_have_exactly_the_published_keys(catalog):
    facts = show(catalog, "nginx", "1.30-debian13", "dhi.io/nginx:1.30-debian13")
    assert list(facts) == KEYS
    assert (facts["reference"], facts["image"], facts["tag"]) == (
        "dhi.io/nginx:1.30-debian13",
        "nginx",
        "1.30-debian13",
    )
    assert (facts["distro"], facts["distro_release"], facts["variant"], facts["flavor"]) == (
        "debian",
        "13",
        "runtime",
        None,
    )
    assert (facts["user"], facts["uid"], facts["gid"]) == ("nginx", 65532, 65532)
    assert (facts["shells"], facts["bin_sh"], facts["package_manager"]) == ([], False, None)
    assert (facts["entrypoint"], facts["cmd"], facts["ports"]) == (["nginx"], ["-g", "daemon off;"], ["8080/tcp"])
    assert facts["source"] == "image/nginx/debian-13/stable.yaml"
    assert show(catalog, "nginx", "0", "x") is None


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["postgres"], "postgres"),
        (["POSTGRES"], "postgres"),
        (["mongo"], "mongodb"),
        (["elastic", "search"], "elasticsearch"),
        (["aws-cli"], "awscli"),
        (["dotnet"], "dotnet"),
        (["openjdk"], "eclipse-temurin"),
        (["registry"], "distribution-registry"),
        (["node", "exporter"], "node-exporter"),
    ],
)
def test_search_finds_by_name_title_and_upstream_name(catalog, words, first):
    found = search(catalog, words)
    assert found[0].name == first
    assert len({one.name for one in found}) == len(found)


def test_search_needs_all_words_and_gives_nothing_for_none(catalog):
    assert search(catalog, ["node", "qqq"]) == []
    assert search(catalog, []) == search(catalog, [""]) == []


@pytest.mark.parametrize(
    ("reference", "status", "successor"),
    [
        ("node:24-debian13", "known", None),
        ("nope:1", "unknown-image", None),
        ("node:20-debian13-dev", "retired", "22-debian13-dev"),
        ("python:3.14.3-debian13", "retired", "3.14-debian13"),
        ("node:24-alpine3.21", "retired", "24-alpine3.24"),
        ("node:22.1.0-alpine", "retired", "22.23-alpine"),
        ("golang:1.22-dev", "retired", "1.26-dev"),
        ("static:20230311", "retired", "20250419"),
        ("php:8.1-fpm", "retired", "8.2-fpm"),
        ("dotnet:6-sdk", "retired", "8-sdk"),
        ("maven:3.8-jdk17-dev", "retired", "3.9-jdk17-dev"),
        ("node:24.16-debian13-sfw-dev", "retired", "24.19-debian13-sfw-dev"),
        ("node:24-bookworm", "unknown", "24-debian13"),
        ("node:24-slim", "unknown", "24"),
        ("node:30", "unknown", None),
        ("golang:1.27-debian13", "unknown", "1.27-alpine3.24"),
        ("eclipse-temurin:17-jdk", "unknown", "17-jdk-dev"),
        ("nginx:latest", "unknown", None),
        ("node:", "unknown", None),
        ("node:24-debian12", "end-of-life", "24-debian13"),
        ("python:3.10-debian13", "end-of-life", "3.11-debian13"),
        ("debian-base:bookworm", "end-of-life", "trixie"),
        ("dotnet:8-sdk", "end-of-life", "10-sdk"),
        ("redis:7-compat", "near-end-of-life", "8.4-compat"),
        ("rabbitmq:4", "end-of-life", None),
    ],
)
def test_a_tag_has_a_state_and_a_successor(catalog, reference, status, successor):
    name, _, tag = reference.partition(":")
    state = classify(catalog, name, tag, DAY)
    assert (state.status, state.successor) == (status, successor)
    assert (state.definition is None) == (status in {"retired", "unknown", "unknown-image"})


def test_a_successor_is_always_a_tag_that_exists_and_has_more_time(catalog):
    for definition in catalog.definitions():
        state = classify(catalog, definition.image, definition.tags[0], DAY)
        assert state.status in {"known", "end-of-life", "near-end-of-life"}
        if state.successor is not None:
            other = catalog.find(definition.image, state.successor)
            assert other.end_of_life is None or other.end_of_life > max(definition.end_of_life, DAY.isoformat())


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2027-10-31", "near-end-of-life"),
        ("2027-11-01", "end-of-life"),
        ("2027-05-04", "near-end-of-life"),
        ("2027-05-03", "known"),
    ],
)
def test_the_last_day_counts_and_half_a_year_is_near(catalog, day, status):
    assert catalog.find("python", "3.11-debian13").end_of_life == "2027-10-31"
    assert classify(catalog, "python", "3.11-debian13", datetime.date.fromisoformat(day)).status == status


def test_the_age_of_the_data_is_counted_in_days(catalog):
    made = datetime.date.fromisoformat(catalog.info.date)
    assert [age(catalog, made + datetime.timedelta(days=n)) for n in (0, 91)] == [0, 91]
    assert age(catalog, made - datetime.timedelta(days=3)) == 0

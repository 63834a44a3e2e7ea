"""References by the grammar of the distribution project."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhi_migrate.images import InvalidReferenceError, Reference, Spelling, parse_reference

FIXTURES = Path(__file__).parent.parent / "fixtures" / "resolution"
DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("node", Reference(None, "node", None, None)),
        ("node:22-alpine", Reference(None, "node", "22-alpine", None)),
        ("library/node", Reference(None, "library/node", None, None)),
        ("docker.io/library/node:22", Reference("docker.io", "library/node", "22", None)),
        ("localhost/node", Reference("localhost", "node", None, None)),
        ("localhost:5000/team/node:20", Reference("localhost:5000", "team/node", "20", None)),
        ("registry.corp:443/a/b__c/d-e.f:1_2", Reference("registry.corp:443", "a/b__c/d-e.f", "1_2", None)),
        (f"node@{DIGEST}", Reference(None, "node", None, DIGEST)),
        (f"node:22@{DIGEST}", Reference(None, "node", "22", DIGEST)),
        ("[::1]:5000/x:1", Reference("[::1]:5000", "x", "1", None)),
        ("FOO/bar", Reference("FOO", "bar", None, None)),
    ],
)
def test_parts_of_a_reference(text: str, reference: Reference) -> None:
    assert parse_reference(text) == reference
    assert str(reference) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Node",
        "node:",
        "node:-x",
        "node@sha256:12",
        "a//b",
        "/node",
        "node/",
        "-x.y/a",
        "no de",
        "a..b",
        "x" * 300,
        "node:" + "1" * 129,
    ],
)
def test_what_is_not_a_reference(text: str) -> None:
    with pytest.raises(InvalidReferenceError):
        parse_reference(text)


@pytest.mark.parametrize(
    ("text", "repository", "familiar", "upstream"),
    [
        ("node", "docker.io/library/node", "node", "node"),
        ("index.docker.io/library/node", "docker.io/library/node", "node", "node"),
        ("bitnami/redis", "docker.io/bitnami/redis", "bitnami/redis", "bitnami/redis"),
        ("bitnamilegacy/redis", "docker.io/bitnamilegacy/redis", "bitnamilegacy/redis", "bitnami/redis"),
        (
            "public.ecr.aws/bitnami/redis",
            "public.ecr.aws/bitnami/redis",
            "public.ecr.aws/bitnami/redis",
            "bitnami/redis",
        ),
        ("mirror.gcr.io/library/node", "mirror.gcr.io/library/node", "mirror.gcr.io/library/node", "node"),
        ("mirror.gcr.io/oven/bun", "mirror.gcr.io/oven/bun", "mirror.gcr.io/oven/bun", "oven/bun"),
        (
            "public.ecr.aws/docker/library/node",
            "public.ecr.aws/docker/library/node",
            "public.ecr.aws/docker/library/node",
            "node",
        ),
        ("arm64v8/node", "docker.io/arm64v8/node", "arm64v8/node", "node"),
        ("k8s.gcr.io/pause", "k8s.gcr.io/pause", "k8s.gcr.io/pause", "registry.k8s.io/pause"),
        ("cgr.dev/acme.com/node", "cgr.dev/acme.com/node", "cgr.dev/acme.com/node", "cgr.dev/chainguard/node"),
        (
            "registry.redhat.io/ubi9",
            "registry.redhat.io/ubi9",
            "registry.redhat.io/ubi9",
            "registry.access.redhat.com/ubi9",
        ),
        (
            "registry.corp/library/node",
            "registry.corp/library/node",
            "registry.corp/library/node",
            "registry.corp/library/node",
        ),
        ("localhost:5000/node", "localhost:5000/node", "localhost:5000/node", "localhost:5000/node"),
    ],
)
def test_normal_forms(text: str, repository: str, familiar: str, upstream: str) -> None:
    reference = parse_reference(text)
    assert (reference.repository, reference.familiar, reference.upstream) == (repository, familiar, upstream)


def test_printing_gives_back_every_public_reference() -> None:
    with (FIXTURES / "references.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert str(parse_reference(row["reference"])) == row["reference"]


@given(st.text(alphabet="aB0.:/@-_[]x$ é", max_size=40))
def test_any_text_is_a_reference_or_an_error(text: str) -> None:
    try:
        reference = parse_reference(text)
    except InvalidReferenceError:
        return
    assert str(reference) == text


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ("dhi.io/{name}", "dhi.io/node:24-debian13"),
        ("docker.io/acme/dhi-{name}", "docker.io/acme/dhi-node:24-debian13"),
        ("docker/hardened-{name}", "docker/hardened-node:24-debian13"),
        ("registry.corp:5000/{name}/hardened", "registry.corp:5000/node/hardened:24-debian13"),
    ],
)
def test_a_written_reference_is_recognised(template: str, written: str) -> None:
    spelling = Spelling(template)
    assert spelling.write("node", "24-debian13") == written
    name = spelling.read(parse_reference(written))
    assert name is not None
    assert (name.name, name.problem) == ("node", None)


@pytest.mark.parametrize(
    "template", ["dhi.io/", "{name}{name}", "dhi.io/{name}:1", "Dhi io/{name}", "dhi.io/{x}", "dhi.io/{name"]
)
def test_templates_that_make_no_references(template: str) -> None:
    with pytest.raises(ValueError, match="template"):
        Spelling(template)


@pytest.mark.parametrize(
    ("text", "name", "problem"),
    [
        ("dhi.io/python:3.13", "python", False),
        ("dhi.io/library/node:24", "node", True),
        ("acme/dhi-python:3.13", "python", False),
        ("ghcr.io/acme/x/dhi-python", "python", False),
        ("docker/hardened-node:23", "node", False),
        ("docker.io/docker/hardened-node:23", "node", False),
        ("dhi/golang:1", "golang", True),
    ],
)
def test_known_spellings_of_hardened_images(text: str, name: str, problem: bool) -> None:
    found = Spelling().read(parse_reference(text))
    assert found is not None
    assert (found.name, found.problem is not None) == (name, problem)


@pytest.mark.parametrize("text", ["node", "acme/node", "dhi-node", "ghcr.io/dhi/x", "docker/whalesay", "library/dhi"])
def test_other_images_are_not_taken_for_hardened_ones(text: str) -> None:
    assert Spelling().read(parse_reference(text)) is None

"""Hardened references in any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhi_migrate.catalog.references import find_references


def found(text, template="dhi.io/{name}"):
    data = text.encode() if isinstance(text, str) else text
    return [(data[slice(*one.span)].decode(), one.image, one.tag) for one in find_references(data, template)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM dhi.io/node:24-debian13 AS x", [("dhi.io/node:24-debian13", "node", "24-debian13")]),
        ("image: 'dhi.io/node:24'", [("dhi.io/node:24", "node", "24")]),
        ("IMAGE=acme/dhi-python:3.13-dev;", [("acme/dhi-python:3.13-dev", "python", "3.13-dev")]),
        ("docker.io/docker/hardened-nginx:1", [("docker.io/docker/hardened-nginx:1", "nginx", "1")]),
        ("docker/hardened-nginx:1", [("docker/hardened-nginx:1", "nginx", "1")]),
        ("localhost:5000/a/b/dhi-go:1", [("localhost:5000/a/b/dhi-go:1", "go", "1")]),
        ("docker://dhi.io/uv:0.12 ", [("dhi.io/uv:0.12", "uv", "0.12")]),
        ("See dhi.io/uv:0.12.", [("dhi.io/uv:0.12", "uv", "0.12")]),
        ("${REGISTRY}/dhi-node:24", [("/dhi-node:24", "node", "24")]),
        (f"dhi.io/x:1@sha256:{'a' * 64}", [(f"dhi.io/x:1@sha256:{'a' * 64}", "x", "1")]),
        (
            "dhi.io/a:1,dhi.io/b:2\ndhi.io/c:3",
            [("dhi.io/a:1", "a", "1"), ("dhi.io/b:2", "b", "2"), ("dhi.io/c:3", "c", "3")],
        ),
        ("dhi.io/node", []),
        (f"dhi.io/node@sha256:{'a' * 64}", []),
        ("dhi.io/node:${TAG}", []),
        ("dhi.io/node:24-${DISTRO}", []),
        ("dhi.io/node:{{ tag }}", []),
        ("dhi.io/node:<tag>", []),
        ("/etc/dhi-x:1", []),
        ("node:24", []),
        ("ghcr.io/acme/app:dhi-1", []),
        ("dhi.io/Node:24", []),
        ("https://dhi.io/catalog", []),
    ],
)
def test_what_is_a_reference_and_what_is_not(text, expected):
    assert found(text) == expected


def test_the_registry_of_the_user_is_known():
    assert found("FROM reg.acme.io/base/node:24", "reg.acme.io/base/{name}") == [
        ("reg.acme.io/base/node:24", "node", "24")
    ]
    assert found("FROM reg.acme.io/base/node:24") == []


def test_bytes_that_are_no_text_are_passed_over():
    assert found(b"\xff\xfe dhi.io/node:24 \x00\xe9") == [("dhi.io/node:24", "node", "24")]


@given(st.text(alphabet="dhi.o/node:24-@${}\n ", max_size=80))
def test_a_span_always_holds_the_reference(text):
    data = text.encode()
    last = 0
    for (start, end), image, tag in find_references(data):
        assert last <= start < end <= len(data)
        assert f"{image}:{tag}".encode() in data[start:end]
        last = end


def test_a_megabyte_of_one_word_is_one_word():
    assert find_references(b"dhi.io/node:" + b"a" * 1_000_000) == []
    assert len(find_references(b"dhi.io/node:24 " * 60_000)) == 60_000

"""What always holds for a file around a Dockerfile: edits change references and nothing else, and once is enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.project.references import ProjectFile
from dhi_migrate.project.references.fixing import fix_project_file
from dhi_migrate.settings import Settings

IMAGES = st.sampled_from(
    [
        "node:24-alpine",
        "memcached:1.6",
        "python:3.13-slim",
        "nginx:1.30",
        "redis:8",
        "ghcr.io/a/b:1",
        "docker.io/library/node:24-alpine",
        "golang:1.26",
        "${IMAGE:-node:24-alpine}",
        "node:${V:-24}",
        "node:$V",
        "dhi.io/python:3.13-debian13",
        "{{ image }}",
        "äöü:1",
        "node:24@sha256:" + "0" * 64,
    ]
)
COMMENTS = st.sampled_from(["", "  # node:24-alpine", "  # größer"])
EXTRAS = st.lists(
    st.sampled_from(
        [
            "command: npm start",
            "command: [node, server.js]",
            'user: "1000"',
            "read_only: true",
            'ports: ["8080:80"]',
            "environment: {IMAGE: 'node:24-alpine'}",
            "healthcheck: {test: curl -f x}",
            "labels:\n{0}- image=node:24-alpine",
            "environment:\n{0}TEXT: |\n{0}  image: node:24-alpine\n{0}  # no",
            "environment:\n{0}TEXT: >-\n{0}  image:\n{0}  node:24",
        ]
    ),
    max_size=3,
    unique_by=lambda text: text.partition(":")[0],
)
QUOTES = st.sampled_from(["", "'", '"'])
NEWLINES = st.sampled_from(["\n", "\r\n"])


@cache
def catalog() -> Catalog:
    return Catalog.load()


@st.composite
def compose(draw: st.DrawFn) -> bytes:
    """A Compose file of some services in block and flow style, with anchors, merges, comments and block scalars."""
    lines = [draw(st.sampled_from(["# top", "---", "name: shop", "x-base: &base {image: 'node:24-alpine'}"]))]
    anchored = "&base" in lines[0]
    lines.append("services:" + draw(COMMENTS))
    for number in range(draw(st.integers(1, 4))):
        quote, image = draw(QUOTES), draw(IMAGES)
        quote = quote or ('"' if image[:1] == "{" else "")
        value = f"{quote}{image}{quote}"
        if draw(st.booleans()):
            lines.append(
                f"  s{number}: {{image: {quote or chr(34)}{image}{quote or chr(34)}, init: true}}{draw(COMMENTS)}"
            )
            continue
        lines.append(f"  s{number}:{draw(st.sampled_from(['', f' &s{number}']))}")
        if anchored and draw(st.booleans()):
            lines.append("    <<: *base")
        else:
            lines.append(f"    image:{draw(st.sampled_from([' ', '   ']))}{value}{draw(COMMENTS)}")
        for extra in draw(EXTRAS):
            lines.extend("    " + part for part in extra.replace("{0}", "  ").split("\n"))
    text = draw(NEWLINES).join(lines) + draw(st.sampled_from(["", "\n"]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


@st.composite
def manifests(draw: st.DrawFn) -> bytes:
    """Manifests of Kubernetes, some documents in a file."""
    documents = []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["Pod", "Deployment", "CronJob", "ConfigMap", "Widget"]))
        quote, image = draw(QUOTES), draw(IMAGES)
        quote = quote or ('"' if image[:1] == "{" else "")
        container = [
            f"- name: c{number}",
            f"  image: {quote}{image}{quote}{draw(COMMENTS)}",
            *draw(st.sampled_from([(), ("  command: [sh, -c, 'node x']",), ("  args:", "  - node:24-alpine")])),
        ]
        spec = ["containers:", *container]
        if kind == "Deployment":
            spec = ["template:", "  spec:", *("    " + line for line in spec)]
        elif kind == "CronJob":
            spec = ["jobTemplate:", "  spec:", "    template:", "      spec:", *("        " + line for line in spec)]
        documents.append(["apiVersion: v1", f"kind: {kind}", "spec:", *("  " + line for line in spec)])
    newline = draw(NEWLINES)
    return newline.join(newline.join(lines) + f"{newline}---" for lines in documents).encode()


def check_fix(path: str, data: bytes, unsafe: bool) -> None:
    """The fixed file says the same but for images and ports, in the same lines, and has nothing left to fix."""
    made = fix_project_file(ProjectFile(path, data), catalog(), Settings(), unsafe=unsafe)
    before, after = list(yaml.safe_load_all(data)), list(yaml.safe_load_all(made.data))
    for keys, old, new in differences((), before, after):
        if keys[-1] == "image":
            assert old.partition("dhi.io/")[1] == "", (old, new)
            assert "dhi.io/" in new, (old, new)
        else:
            assert (keys[-2], old, new) == ("ports", "8080:80", "8080:8080")
    assert bool(made.applied) == (data != made.data)
    old_lines, new_lines = data.splitlines(keepends=True), made.data.splitlines(keepends=True)
    assert len(old_lines) == len(new_lines)
    for left, right in zip(old_lines, new_lines, strict=True):
        if left != right:
            assert re.sub(rb"dhi\.io/[\w.:/-]+|8080:8080", b"", right) in without_words(left), (left, right)
    again = fix_project_file(ProjectFile(path, made.data), catalog(), Settings(), unsafe=unsafe)
    assert again.data == made.data
    assert again.applied == ()


def without_words(line: bytes) -> set[bytes]:
    """`line` without one of its words that can be a reference or a port: what is around an edit, byte for byte."""
    return {
        line[: match.start()] + line[match.end() :]
        for match in re.finditer(rb"(?:(?<=:-)|(?<![\w./{-]))[\w./][\w./-]*:[\w.@:-]+", line)
    }


def differences(keys: tuple[Any, ...], one: Any, two: Any) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """The scalars that differ, with the keys that lead there; everything else has to be the same."""
    if isinstance(one, dict) and isinstance(two, dict):
        assert list(one) == list(two)
        for key in one:
            yield from differences((*keys, key), one[key], two[key])
    elif isinstance(one, list) and isinstance(two, list):
        assert len(one) == len(two)
        for at, (left, right) in enumerate(zip(one, two, strict=True)):
            yield from differences((*keys, at), left, right)
    elif one != two:
        yield keys, one, two


@settings(max_examples=150, deadline=None)
@given(compose(), st.booleans())
def test_fixes_of_a_compose_file_change_references_alone(data: bytes, unsafe: bool) -> None:
    check_fix("compose.yaml", data, unsafe)


@settings(max_examples=100, deadline=None)
@given(manifests(), st.booleans())
def test_fixes_of_manifests_change_references_alone(data: bytes, unsafe: bool) -> None:
    check_fix("deploy/app.yaml", data, unsafe)

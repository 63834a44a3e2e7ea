"""Resolution of upstream references, held whole over the bases of public Dockerfiles."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dhi_migrate.catalog.resolve import Resolution, resolve
from dhi_migrate.catalog.store import Catalog
from dhi_migrate.catalog.versions import definition_version
from dhi_migrate.images import parse_upstream_tag

FIXTURES = Path(__file__).parent.parent / "fixtures" / "resolution"
COLUMNS = ("reference", "uses", "role", "target", "match", "automatic", "reasons")
CATALOG = Catalog.load()


def shown(resolution: Resolution) -> str:
    best = resolution.best
    return f"{best.name}:{best.tag}" if best is not None else ""


def rows() -> list[dict[str, str]]:
    with (FIXTURES / "references.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_public_base_references_resolve_as_reviewed() -> None:
    """Every column of the reviewed table is computed again; UPDATE_FIXTURES=1 writes it anew."""
    expected = (FIXTURES / "references.csv").read_text("utf-8")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows():
        found = resolve(CATALOG, row["reference"], "build" if row["role"] == "build" else "final")
        automatic = "yes" if found.automatic else "no"
        writer.writerow(
            [
                row["reference"],
                row["uses"],
                row["role"],
                shown(found),
                found.match,
                automatic,
                " | ".join(found.reasons),
            ]
        )
    if os.environ.get("UPDATE_FIXTURES"):
        (FIXTURES / "references.csv").write_text(out.getvalue(), "utf-8")
    assert out.getvalue() == expected


def test_coverage_of_recent_public_bases() -> None:
    """Share of recent uses: at least 36% of the same version, at most 30% without an answer."""
    total = same = nothing = 0
    for row in rows():
        if row["role"] != "final":
            continue
        uses = int(row["uses"])
        total += uses
        same += uses * (row["match"] in {"exact", "same-version"})
        nothing += uses * (row["match"] in {"none", "unknown"})
    assert same / total >= 0.36
    assert nothing / total <= 0.30


REPOSITORIES = [
    "node",
    "python",
    "golang",
    "eclipse-temurin",
    "maven",
    "php",
    "debian",
    "alpine",
    "nginx",
    "redis",
    "rust",
    "ubuntu",
]
TAG = st.builds(
    "-".join,
    st.lists(
        st.sampled_from(
            [
                "22",
                "3.12",
                "3.12.4",
                "1.21",
                "17",
                "8",
                "latest",
                "lts",
                "alpine",
                "alpine3.19",
                "slim",
                "bookworm",
                "jdk",
                "fpm",
                "sid",
            ]
        ),
        min_size=1,
        max_size=4,
    ),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(REPOSITORIES), TAG, st.sampled_from(["build", "final"]))
def test_every_answer_exists_and_is_never_older(repository: str, tag: str, role: str) -> None:
    found = resolve(CATALOG, f"{repository}:{tag}", "build" if role == "build" else "final")
    for candidate in (found.best, *found.alternatives):
        if candidate is not None:
            assert CATALOG.find(candidate.name, candidate.tag) is candidate.definition
    if found.best is not None and repository not in {"debian", "alpine", "ubuntu"}:  # there the release is the version
        asked = parse_upstream_tag(tag).numbers[:2]
        have = definition_version(found.best.definition)[: len(asked)]
        assert have >= asked[: len(have)]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    found = resolve(CATALOG, text, "final")
    assert found.reasons


@pytest.mark.parametrize("reference", ["node:22-alpine", "python:3.9", "ubuntu:22.04", "alpine:edge"])
def test_the_same_question_has_the_same_answer(reference: str) -> None:
    assert resolve(CATALOG, reference, "final") == resolve(Catalog.load(), reference, "final")

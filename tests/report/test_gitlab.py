"""GitLab's Code Quality report: the form that its documentation names, and fingerprints that it can compare by."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from report_cases import clean, document, hostile, markup, multi_stage, unreadable

from dhi_migrate.dockerfile.source import Source

# As documented for "Code Quality report format"; GitLab's own check asks for less.
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def load(text: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(text)
    jsonschema.validate(entries, SCHEMA, jsonschema.Draft202012Validator)
    return entries


def test_each_finding_is_an_entry_and_so_is_a_file_that_was_not_read() -> None:
    entries = load(document("gitlab", clean(), multi_stage(), clean(), unreadable()))
    prints = [entry.pop("fingerprint") for entry in entries]
    assert len(set(prints)) == 5
    assert entries == [
        {
            "description": "DHI101 node:22-alpine is there as dhi.io/node:22-alpine3.24-dev",
            "check_name": "DHI101 hardened-base-available", "severity": "info",
            "location": {"path": "web/Dockerfile", "lines": {"begin": 2, "end": 2}},
        },
        {
            "description": "DHI209 two lines", "check_name": "DHI209 node-shell-shim", "severity": "minor",
            "location": {"path": "web/Dockerfile", "lines": {"begin": 4, "end": 5}},
        },
        {
            "description": "DHI101 node:22-alpine has a hardened image",
            "check_name": "DHI101 hardened-base-available", "severity": "info",
            "location": {"path": "web/Dockerfile", "lines": {"begin": 10, "end": 10}},
        },
        {
            "description": "DHI202 CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have",
            "check_name": "DHI202 shell-form-start", "severity": "major",
            "location": {"path": "web/Dockerfile", "lines": {"begin": 12, "end": 12}},
        },
        {
            "description": "failed: no such file or directory", "check_name": "failed", "severity": "blocker",
            "location": {"path": "gone/Dockerfile", "lines": {"begin": 1, "end": 1}},
        },
    ]  # fmt: skip


def test_nothing_found_is_an_empty_list() -> None:
    assert load(document("gitlab")) == load(document("gitlab", clean(), clean())) == []


def test_hostile_text_stays_text() -> None:
    text = document("gitlab", hostile(), markup())
    assert text.isascii()
    first, second = load(text)
    assert first["location"]["path"] == r"a\xff\x1b[31m\x9b:\u202e1"
    assert first["description"] == r"DHI101 a\xff\x1b[31m\x9b:\u202e1"
    assert second["location"]["path"] == "d,e:f/%0A<g>\"&'|`[h](i)\\n::error::j"


def test_two_files_with_the_same_text_have_different_fingerprints() -> None:
    entries = load(document("gitlab", multi_stage(), multi_stage()._replace(path="api/Dockerfile")))
    assert len({entry["fingerprint"] for entry in entries}) == 8


def test_fingerprints_hang_on_lines_not_on_their_numbers() -> None:
    report = multi_stage()
    assert report.source is not None
    shift = b"# a comment\n\n"
    moved = report._replace(
        source=Source(shift + report.source.data),
        findings=tuple(
            finding._replace(
                span=finding.span._replace(start=finding.span.start + len(shift), end=finding.span.end + len(shift)),
                message="other words",
            )
            for finding in report.findings
        ),
    )
    before, after = load(document("gitlab", report)), load(document("gitlab", moved))
    assert [entry["fingerprint"] for entry in before] == [entry["fingerprint"] for entry in after]
    assert [entry["location"]["lines"]["begin"] for entry in after] == [4, 6, 12, 14]

"""SARIF: valid by the schema of OASIS, the regions and fixes right to the byte, and the same on every machine."""

from __future__ import annotations

import base64
import json
from typing import Any

import jsonschema
import pytest
from report_cases import clean, document, hostile, markup, multi_stage, unreadable
from schemas import given

from dhi_migrate import _version
from dhi_migrate.dockerfile.source import Source, Span
from dhi_migrate.report.frame import View
from dhi_migrate.report.sarif import artifact_location
from dhi_migrate.rules.edits import apply_edits
from dhi_migrate.rules.findings import Edit, FileReport, Finding, Fix
from dhi_migrate.rules.registry import rules, texts, use_own_rules

OASIS = given("sarif-schema-2.1.0.json")

OWN = json.dumps(
    {
        "code": "ACME001", "name": "own-rule", "severity": "warning", "detector": "final_user", "summary": "our own",
        "why": "because", "fix": "do it", "example": [],
    }
)  # fmt: skip


def load(*reports: FileReport) -> dict[str, Any]:
    """The only run of a document, which is checked against the schema."""
    log = json.loads(document("sarif", *reports))
    if OASIS is not None:
        jsonschema.validate(log, json.loads(OASIS.read_text("utf-8")), jsonschema.Draft4Validator)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("/sarif-schema-2.1.0.json")
    assert len(log["runs"]) == 1
    run: dict[str, Any] = log["runs"][0]
    return run


def test_one_result_whole() -> None:
    run = load(multi_stage()._replace(findings=multi_stage().findings[3:]))
    driver = run["tool"]["driver"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    region = {
        "startLine": 12, "startColumn": 1, "endLine": 12, "endColumn": 15,
        "charOffset": 191, "charLength": 14, "byteOffset": 191, "byteLength": 14,
    }  # fmt: skip
    artifact = {"uri": "web/Dockerfile", "uriBaseId": "%SRCROOT%"}
    (result,) = run["results"]
    prints = result.pop("partialFingerprints")
    assert sorted(prints) == ["dhiMigrate/v1", "primaryLocationLineHash"]
    assert driver["rules"][result.pop("ruleIndex")]["id"] == "DHI202"
    assert result == {
        "ruleId": "DHI202",
        "level": "error",
        "message": {
            "text": "CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have\n"
            "because: image/node/alpine-3.24/22.yaml lists no shell\n"
            "fix: write CMD as a JSON array [--fix --unsafe-fixes]"
        },
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "fixes": [
            {
                "description": {"text": "write CMD as a JSON array"},
                "artifactChanges": [
                    {
                        "artifactLocation": artifact,
                        "replacements": [
                            {"deletedRegion": region, "insertedContent": {"text": 'CMD ["npm", "start"]'}}
                        ],
                    }
                ],
                "properties": {"safety": "unsafe"},
            }
        ],
    }


def test_every_rule_is_described_by_its_rule_file() -> None:
    driver = load()["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("dhi-migrate", _version.__version__)
    assert driver["properties"] == {"catalogCommit": "30c3db9", "catalogDate": "2026-08-22"}
    assert [rule["id"] for rule in driver["rules"]] == list(rules())
    levels = {"error": "error", "warning": "warning", "info": "note"}
    for shown, rule in zip(driver["rules"], rules().values(), strict=True):
        assert shown["name"] == rule.name
        assert shown["shortDescription"] == {"text": rule.summary}
        assert shown["defaultConfiguration"] == {"level": levels[rule.severity]}
        assert texts(rule.code).why.strip() in shown["help"]["text"]
        assert texts(rule.code).fix.strip() in shown["help"]["text"]
        assert "<" not in shown["help"]["markdown"]
        assert 0 < len(shown["fullDescription"]["text"]) <= 1024


def test_files_that_failed_make_the_run_unsuccessful() -> None:
    run = load(clean(), unreadable(), multi_stage())
    assert len(run["results"]) == 4
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": "failed: no such file or directory"},
                    "locations": [
                        {"physicalLocation": {"artifactLocation": {"uri": "gone/Dockerfile", "uriBaseId": "%SRCROOT%"}}}
                    ],
                }
            ],
        }
    ]


def test_notifications_do_not_grow_without_end() -> None:
    notes = load(*[unreadable()] * 1100)["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == 1001
    assert notes[-1]["message"]["text"] == "100 more files failed."


def test_a_rule_of_the_user_is_described_where_it_found_something() -> None:
    report = multi_stage()
    own = report._replace(findings=(report.findings[0]._replace(rule="ACME001", name="own-rule"),))
    use_own_rules((OWN,))
    try:
        run = load(report, own)
    finally:
        use_own_rules(())
    described = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert described == [*rules(), "ACME001"]
    assert "ruleIndex" not in run["results"][4]
    assert [described[result["ruleIndex"]] for result in run["results"][:4]] == ["DHI101", "DHI209", "DHI101", "DHI202"]


def test_hostile_text_is_neither_placeholder_nor_link() -> None:
    text = document("sarif", hostile(), markup())
    assert text.isascii()
    run = load(hostile(), markup())
    first, second = run["results"]
    assert first["message"]["text"].split("\n")[0] == r"a\xff\x1b[31m\x9b:\u202e1"
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == ("a%FF%1B%5B31m%C2%9B%3A%E2%80%AE1")
    message = second["message"]["text"]
    assert "{{0}}" in message
    assert "[l] (http://z)" in message
    assert "](" not in message


@pytest.mark.parametrize(
    ("path", "directory", "location"),
    [
        ("a b/Docker#file?", "/work", {"uri": "a%20b/Docker%23file%3F", "uriBaseId": "%SRCROOT%"}),
        ("a:b", "/work", {"uri": "a%3Ab", "uriBaseId": "%SRCROOT%"}),
        ("/work/caf\u00e9", "/work", {"uri": "caf%C3%A9", "uriBaseId": "%SRCROOT%"}),
        ("/tmp/x y", "/work", {"uri": "file:///tmp/x%20y"}),
        ("../x", "/work/web", {"uri": "file:///work/x"}),
        ("<stdin>", "/work", {"uri": "%3Cstdin%3E", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_paths_are_uris_below_the_root_or_absolute(path: str, directory: str, location: dict[str, str]) -> None:
    assert artifact_location(path, directory) == location


def test_the_document_does_not_hang_on_the_directory() -> None:
    here = document("sarif", multi_stage(), view=View("/work"))
    there = document("sarif", multi_stage(), view=View("/elsewhere/on/another/machine"))
    assert here == there


FILES = {
    "plain": b"FROM node\nCMD npm start\n",
    "bom, crlf": b"\xef\xbb\xbfFROM node\r\nCMD npm start\r\n",
    "other letters": "FROM n\u00f6de\nRUN echo \u6f22\u5b57 \U0001f433\nCMD npm start".encode(),
    "not utf-8": b"FROM node\nLABEL a=\xff\xc3\nCMD npm start\n",
}


@pytest.mark.parametrize("data", FILES.values(), ids=list(FILES))
def test_a_fix_can_be_applied_by_characters_by_lines_and_by_bytes(data: bytes) -> None:
    from_line = data.index(b"FROM")
    end = data.index(b"\n") + 1
    start = data.index(b"npm start")
    edits = (
        Edit(from_line, from_line, "# \u6f22\n".encode()),
        Edit(end, end, b"USER 1\n"),
        Edit(start, start + 9, b'["npm", "start"]'),
    )
    run = load(_with_fix(data, edits))
    replacements = run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"]
    wanted = apply_edits(data, edits)
    assert apply_bytes(data, replacements) == wanted
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    by_characters = [
        (one["deletedRegion"]["charOffset"], one["deletedRegion"]["charLength"], one["insertedContent"]["text"])
        for one in replacements
    ]
    by_lines = [
        (*offset_and_length(text, one["deletedRegion"]), one["insertedContent"]["text"]) for one in replacements
    ]
    assert by_characters == by_lines
    for offset, length, inserted in reversed(by_characters):
        text = text[:offset] + inserted + text[offset + length :]
    assert text.encode("utf-8", "surrogateescape") == wanted.removeprefix(b"\xef\xbb\xbf")


def test_bytes_that_are_no_text_are_replaced_as_bytes() -> None:
    data = FILES["not utf-8"]
    edit = Edit(data.index(b"a="), data.index(b"\xff") + 1, b"b=\xfe")
    run = load(_with_fix(data, (edit,)))
    (replacement,) = run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement == {
        "deletedRegion": {"byteOffset": edit.start, "byteLength": 3},
        "insertedContent": {"binary": base64.b64encode(b"b=\xfe").decode()},
    }
    assert apply_bytes(data, [replacement]) == apply_edits(data, (edit,))


def test_what_is_only_removed_inserts_nothing() -> None:
    data = FILES["plain"]
    run = load(_with_fix(data, (Edit(10, len(data), b""),)))
    (replacement,) = run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"]
    assert list(replacement) == ["deletedRegion"]
    assert (replacement["deletedRegion"]["endLine"], replacement["deletedRegion"]["endColumn"]) == (3, 1)


def _with_fix(data: bytes, edits: tuple[Edit, ...]) -> FileReport:
    where = Span(data.index(b"FROM"), data.index(b"\n"))
    fix = Fix("safe", "mend it", edits)
    finding = Finding("DHI101", "hardened-base-available", "info", "message", "", 0, where, (fix,))
    return FileReport("Dockerfile", Source(data), "fixable", None, None, (), (finding,))


def apply_bytes(data: bytes, replacements: list[dict[str, Any]]) -> bytes:
    """Apply replacements as a viewer does that reads their binary regions."""
    for one in reversed(replacements):
        start, length = one["deletedRegion"]["byteOffset"], one["deletedRegion"]["byteLength"]
        inserted = one.get("insertedContent", {})
        new = base64.b64decode(inserted["binary"]) if "binary" in inserted else inserted.get("text", "").encode()
        data = data[:start] + new + data[start + length :]
    return data


def offset_and_length(text: str, region: dict[str, int]) -> tuple[int, int]:
    """Where a region by line and column is in `text`, whose lines end at line feeds."""
    starts = [0] + [at + 1 for at, char in enumerate(text) if char == "\n"]
    start = starts[region["startLine"] - 1] + region["startColumn"] - 1
    return start, starts[region["endLine"] - 1] + region["endColumn"] - 1 - start

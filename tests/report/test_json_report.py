"""The JSON report: exactly the documented form, checked against its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from report_cases import hostile, multi_stage, unreadable

from dhi_migrate import _version
from dhi_migrate.catalog.model import CatalogInfo
from dhi_migrate.report.json_report import render_file, render_head, render_tail
from dhi_migrate.report.tally import Tally, add, count
from dhi_migrate.rules.findings import FileReport

INFO = CatalogInfo("30c3db9", "2026-08-22", 554, 18095)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/report-v1.schema.json").read_text())


def document(*reports: FileReport) -> str:
    tally = Tally()
    for report in reports:
        tally = add(tally, count(report))
    return render_head(INFO) + ",".join(map(render_file, reports)) + render_tail(tally)


def load(text: str) -> Any:
    return json.loads(text)


@pytest.mark.parametrize(
    "reports", [(), (multi_stage(),), (unreadable(), hostile(), multi_stage())], ids=["none", "one", "three"]
)
def test_every_report_follows_the_schema(reports: tuple[FileReport, ...]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(load(document(*reports)), SCHEMA, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("version",), 2),
        (("files", 0, "status"), "done"),
        (("files", 0, "stages", 0, "match"), "maybe"),
        (("files", 0, "findings", 0, "column"), 0),
        (("files", 0, "findings", 0, "extra"), 1),
        (("files", 0, "findings", 0, "fixes", 0, "edits", 0, "text"), None),
        (("summary", "files"), -1),
    ],
)
def test_the_schema_refuses_what_is_not_the_documented_form(place: tuple[Any, ...], value: object) -> None:
    report = load(document(multi_stage()))
    inner = report
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, SCHEMA, jsonschema.Draft202012Validator)


def test_one_file_whole() -> None:
    text = document(multi_stage()._replace(findings=multi_stage().findings[3:]))
    assert text.isascii()
    assert text.endswith("}\n")
    report = load(text)
    assert report == {
        "version": 1,
        "tool": {"name": "dhi-migrate", "version": _version.__version__},
        "catalog": {"commit": "30c3db9", "date": "2026-08-22", "images": 554, "tags": 18095},
        "files": [
            {
                "path": "web/Dockerfile",
                "status": "manual",
                "level": "runtime",
                "error": None,
                "stages": [
                    {
                        "index": 0, "name": "deps", "line": 2, "role": "build", "base": "node:22-alpine",
                        "target": "dhi.io/node:22-alpine3.24-dev", "match": "exact", "safe": True,
                        "reasons": ["alpine 3.24 for alpine"], "alternatives": [],
                    },
                    {
                        "index": 1, "name": "build", "line": 7, "role": "build", "base": "deps", "target": None,
                        "match": "stage", "safe": False, "reasons": [], "alternatives": [],
                    },
                    {
                        "index": 2, "name": None, "line": 10, "role": "final", "base": "node:22-alpine",
                        "target": "dhi.io/node:22-alpine3.24", "match": "same-version", "safe": False,
                        "reasons": ["the start command needs a shell"],
                        "alternatives": ["dhi.io/node:22-debian13", "dhi.io/node:22-alpine3.24-dev"],
                    },
                ],
                "findings": [
                    {
                        "rule": "DHI202", "name": "shell-form-start", "severity": "error",
                        "message": "CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have",
                        "evidence": "image/node/alpine-3.24/22.yaml lists no shell", "stage": 2,
                        "line": 12, "column": 1, "end_line": 12, "end_column": 15, "start": 191, "end": 205,
                        "help": "docs/rules/DHI202.md",
                        "fixes": [
                            {
                                "safety": "unsafe", "title": "write CMD as a JSON array",
                                "edits": [{"start": 191, "end": 205, "text": 'CMD ["npm", "start"]'}],
                            }
                        ],
                    }
                ],
                "suppressed": 1,
            }
        ],
        "summary": {"files": 1, "errors": 1, "warnings": 0, "infos": 0, "fixable": 0, "fixable_unsafe": 1},
    }  # fmt: skip


def test_the_keys_stand_in_the_documented_order() -> None:
    report = load(document(multi_stage()))
    entry = report["files"][0]
    assert list(report) == SCHEMA["required"]
    assert list(report["summary"]) == SCHEMA["properties"]["summary"]["required"]
    assert list(entry) == SCHEMA["$defs"]["file"]["required"]
    assert list(entry["stages"][0]) == SCHEMA["$defs"]["stage"]["required"]
    assert list(entry["findings"][0]) == SCHEMA["$defs"]["finding"]["required"]
    assert list(entry["findings"][0]["fixes"][0]) == SCHEMA["$defs"]["fix"]["required"]


def test_bytes_that_are_no_text_are_written_out_and_columns_count_code_points() -> None:
    entry = load(document(hostile()))["files"][0]
    finding = entry["findings"][0]
    assert entry["path"] == "a\\xff\x1b[31m\x9b:\u202e1"
    assert finding["fixes"][0]["edits"] == [{"start": 5, "end": 6, "text": "\\xff\x1b"}]
    assert (finding["column"], finding["end_column"], finding["start"], finding["end"]) == (6, 17, 5, 19)


def test_the_same_report_gives_the_same_text() -> None:
    assert document(multi_stage(), hostile()) == document(multi_stage(), hostile())

"""JUnit and Checkstyle: whole documents, valid by the schema of Jenkins, and as those read them who show them."""

from __future__ import annotations

import xml.etree.ElementTree as Tree

import pytest
from report_cases import clean, document, hostile, markup, multi_stage, unreadable
from schemas import given

from dhi_migrate.choices import FailOn
from dhi_migrate.report.frame import View
from dhi_migrate.rules.findings import FileReport

JENKINS = given("junit-10.xsd")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
PATH = "d,e:f/%0A<g>\"&'|`[h](i)\\n::error::j"


@pytest.mark.skipif(JENKINS is None, reason="DHI_MIGRATE_SCHEMAS names no directory with junit-10.xsd")
@pytest.mark.parametrize(
    "reports", [(), (clean(),), (multi_stage(), clean(), unreadable(), hostile(), markup())], ids=["none", "one", "all"]
)
def test_junit_follows_the_schema_of_jenkins(reports: tuple[FileReport, ...]) -> None:
    xmlschema = pytest.importorskip("xmlschema")
    xmlschema.XMLSchema(str(JENKINS)).validate(Tree.fromstring(document("junit", *reports)))


def test_junit_whole() -> None:
    assert document("junit", multi_stage(), clean(), unreadable()) == HEAD + (
        '<testsuites name="dhi-migrate">\n'
        '<testsuite name="web/Dockerfile" tests="4" failures="2" errors="0" skipped="2">\n'
        '<testcase name="DHI101 hardened-base-available" classname="web/Dockerfile">'
        '<skipped type="info" message="2:6: node:22-alpine is there as dhi.io/node:22-alpine3.24-dev"/></testcase>\n'
        '<testcase name="DHI209 node-shell-shim" classname="web/Dockerfile">'
        '<failure type="warning" message="4:1: two lines">4:1: two lines\n'
        "  |\n4 | RUN npm ci \\\n  | ^^^^^^^^^^^^ to line 5\n</failure></testcase>\n"
        '<testcase name="DHI101 hardened-base-available #2" classname="web/Dockerfile">'
        '<skipped type="info" message="10:6: node:22-alpine has a hardened image"/></testcase>\n'
        '<testcase name="DHI202 shell-form-start" classname="web/Dockerfile">'
        '<failure type="error" message="12:1: CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have">'
        "12:1: CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have\n"
        "   |\n12 | CMD  npm start\n   | ^^^^^^^^^^^^^^\n"
        "because: image/node/alpine-3.24/22.yaml lists no shell\n"
        "fix: write CMD as a JSON array [--fix --unsafe-fixes]\n</failure></testcase>\n"
        "</testsuite>\n"
        '<testsuite name="ok/Dockerfile" tests="1" failures="0" errors="0" skipped="0">\n'
        '<testcase name="no findings" classname="ok/Dockerfile"></testcase>\n'
        "</testsuite>\n"
        '<testsuite name="gone/Dockerfile" tests="1" failures="0" errors="1" skipped="0">\n'
        '<testcase name="dhi-migrate" classname="gone/Dockerfile">'
        '<error type="failed" message="no such file or directory"/></testcase>\n'
        "</testsuite>\n"
        "</testsuites>\n"
    )


@pytest.mark.parametrize(("fail_on", "failures"), [("error", 1), ("warning", 2), ("info", 4), ("never", 0)])
def test_a_case_fails_where_its_finding_makes_the_run_fail(fail_on: FailOn, failures: int) -> None:
    suite = Tree.fromstring(document("junit", multi_stage(), view=View("/work", fail_on)))[0]
    assert suite.get("failures") == str(failures) == str(len(suite.findall("testcase/failure")))
    assert suite.get("skipped") == str(4 - failures) == str(len(suite.findall("testcase/skipped")))


def checkstyle_entries(text: str) -> list[tuple[str, int, int, str, str, str]]:
    """What reviewdog's parser takes from a document: file, line, column, severity, message and source of each error."""
    root = Tree.fromstring(text)
    assert root.tag == "checkstyle"
    assert root.get("version")
    return [
        (
            file.attrib["name"], int(error.attrib["line"]), int(error.attrib["column"]), error.attrib["severity"],
            error.attrib["message"], error.attrib["source"],
        )
        for file in root.findall("file")
        for error in file.findall("error")
    ]  # fmt: skip


def test_checkstyle_whole() -> None:
    assert document("checkstyle", multi_stage(), clean(), unreadable()) == HEAD + (
        '<checkstyle version="4.3">\n'
        '<file name="web/Dockerfile">\n'
        '<error line="2" column="6" severity="info" message="node:22-alpine is there as dhi.io/node:22-alpine3.24-dev"'
        ' source="dhi-migrate.DHI101"/>\n'
        '<error line="4" column="1" severity="warning" message="two lines" source="dhi-migrate.DHI209"/>\n'
        '<error line="10" column="6" severity="info" message="node:22-alpine has a hardened image"'
        ' source="dhi-migrate.DHI101"/>\n'
        '<error line="12" column="1" severity="error"'
        ' message="CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have" source="dhi-migrate.DHI202"/>\n'
        "</file>\n"
        '<file name="ok/Dockerfile">\n</file>\n'
        '<file name="gone/Dockerfile">\n'
        '<error line="0" column="0" severity="error" message="failed: no such file or directory"'
        ' source="dhi-migrate.failed"/>\n'
        "</file>\n"
        "</checkstyle>\n"
    )


def test_hostile_text_stays_text_in_xml() -> None:
    first, second = checkstyle_entries(document("checkstyle", hostile(), markup()))
    bad = r"a\xff\x1b[31m\x9b:\u202e1"
    assert first == (bad, 1, 6, "info", bad, "dhi-migrate.DHI101")
    assert second[0] == PATH
    assert second[4] == markup().findings[0].message.replace("\n", "\\n")
    root = Tree.fromstring(document("junit", hostile(), markup()))
    assert [element.tag for element in root.iter()] == [
        "testsuites", "testsuite", "testcase", "skipped", "testsuite", "testcase", "failure",
    ]  # fmt: skip
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.text is not None
    assert "2 | RUN </pre><script>alert(1)</script> ]]> `x` $A $B\n" in failure.text

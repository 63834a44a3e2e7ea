"""The HTML page: one file, well-formed, without a script, with nothing of a checked file as markup, and bounded."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree

import pytest
from report_cases import clean, document, hostile, markup, multi_stage, unreadable

from dhi_migrate._version import __version__
from dhi_migrate.report import html_report
from dhi_migrate.rules.registry import rules

DOCTYPE = "<!DOCTYPE html>\n"


def page(text: str) -> Tree.Element:
    """The page, read by a parser that takes nothing that is not well-formed."""
    assert text.startswith(DOCTYPE)
    return Tree.fromstring(text.removeprefix(DOCTYPE))


def said(element: Tree.Element | None) -> str:
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def test_a_file_is_shown_with_its_findings_and_stages() -> None:
    body = page(document("html", multi_stage(), clean(), unreadable())).find("body")
    assert body is not None
    assert said(body.find("header")) == (f"dhi-migrate report dhi-migrate {__version__}, catalog 30c3db9 of 2026-08-22")
    files = body.findall("main/*")
    assert [(file.tag, file.get("class"), file.get("open")) for file in files] == [
        ("details", "file has-error has-warning has-info", "open"),
        ("div", "file clean", None),
        ("div", "file failed", None),
    ]
    assert said(files[0].find("summary")) == "web/Dockerfile manual, level runtime 1 error 1 warning 2 info"
    assert [said(article) for article in files[0].findall("article")] == [
        "info DHI101 2:6 node:22-alpine is there as dhi.io/node:22-alpine3.24-dev 2 FROM node:22-alpine AS deps"
        " fix: use dhi.io/node:22-alpine3.24-dev [--fix]",
        "warning DHI209 4:1 two lines 4 RUN npm ci \\ to line 5",
        "info DHI101 10:6 node:22-alpine has a hardened image 10 FROM node:22-alpine",
        "error DHI202 12:1 CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have 12 CMD npm start"
        " because: image/node/alpine-3.24/22.yaml lists no shell"
        " fix: write CMD as a JSON array [--fix --unsafe-fixes]",
    ]
    assert [mark.text for mark in files[0].iter("mark")] == [
        "node:22-alpine", "RUN npm ci \\", "node:22-alpine", "CMD  npm start",
    ]  # fmt: skip
    assert [[said(cell) for cell in row] for row in files[0].findall("table/tbody/tr")] == [
        ["build", "deps", "node:22-alpine", "dhi.io/node:22-alpine3.24-dev", "exact"],
        ["build", "build", "deps", "", "stage"],
        ["final", "#2", "node:22-alpine", "dhi.io/node:22-alpine3.24", "same-version, not by --fix"],
    ]
    assert said(files[1]) == "ok/Dockerfile hardened, level runtime"
    assert said(files[2]) == "gone/Dockerfile failed: no such file or directory"
    assert said(body.find("section[@class='totals']")) == (
        "4 findings in 1 of 3 files (1 error, 1 warning, 2 info); 1 fixable with --fix, 1 more with --unsafe-fixes"
        " 3 files: 1 hardened, 1 in need of a person, 1 not read"
    )


def test_every_link_leads_to_a_rule_on_the_page() -> None:
    root = page(document("html", multi_stage()))
    targets = {element.get("id") for element in root.iter("h3")}
    assert targets == set(rules())
    assert {link.attrib["href"] for link in root.iter("a")} == {"#DHI101", "#DHI202", "#DHI209"}


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    text = document("html", multi_stage(), hostile(), markup(), unreadable(), clean())
    root = page(text)
    for element in root.iter():
        assert element.tag not in {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in {"src", "style", "action"}
            assert name != "href" or value.startswith("#")
    policy = root.find("head/meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None
    assert policy.get("content") == "default-src 'none'; style-src 'unsafe-inline'"
    assert not re.search(r"@import|url\(|expression", said(root.find("head/style")))


def test_hostile_text_is_text() -> None:
    root = page(document("html", markup(), hostile()))
    first, second = root.findall("body/main/details")
    message = markup().findings[0].message.replace("\n", "\\n")
    paragraph = first.find("article/p")
    assert paragraph is not None
    assert (paragraph.findall("span")[-1].tail or "").strip() == message
    assert said(first.find("summary/span")) == markup().path.replace("\n", "\\n")
    assert [mark.text for mark in first.iter("mark")] == ["</pre><script>alert(1)</script> ]]> `x` $A $B"]
    assert [mark.text for mark in second.iter("mark")] == ["a\\xff\\x1b[31m\\x9b:\\u202e1"]


def test_a_long_line_is_cut_around_the_place() -> None:
    report = multi_stage()
    assert report.source is not None
    data = b"RUN " + b"a" * 1_000_000 + b" HERE " + b"b" * 1_000_000
    at = data.index(b"HERE")
    finding = report.findings[3]._replace(span=report.findings[3].span._replace(start=at, end=at + 4), fixes=())
    text = document("html", report._replace(source=type(report.source)(data), findings=(finding,)))
    assert len(text) < len(document("html", multi_stage())) + 2000
    assert [mark.text for mark in page(text).iter("mark")] == ["HERE"]


def test_only_the_first_files_are_unfolded() -> None:
    files = page(document("html", *[multi_stage(), clean()] * 30)).findall("body/main/details")
    assert [file.get("open") for file in files] == ["open"] * 20 + [None] * 10


def test_a_long_page_goes_over_to_a_line_a_file_and_then_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    one = len(document("html", multi_stage())) - len(document("html"))
    monkeypatch.setattr(html_report, "_MOST_WHOLE", 5 * one)
    monkeypatch.setattr(html_report, "_MOST", 6 * one)
    body = page(document("html", *[multi_stage()] * 100)).find("body")
    assert body is not None
    whole, rows = body.findall("main/details"), body.findall("main/div")
    assert len(whole) == 6
    assert 0 < len(rows) < 20
    assert said(rows[0]) == "web/Dockerfile manual, level runtime 1 error 1 warning 2 info"
    assert rows[0].get("class") == "file has-error has-warning has-info"
    left = 100 - len(whole) - len(rows)
    assert f"{left} more files are not on this page, which would be too long." in said(body.find("section"))

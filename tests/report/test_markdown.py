"""Markdown for a comment: whole, within the size of a comment, and nothing of a file is markup in it."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from report_cases import clean, document, hostile, markup, multi_stage, unreadable

from dhi_migrate.report.markdown_text import code, plain

LIMIT = 65_536  # characters of a comment on GitHub


def test_whole() -> None:
    assert document("markdown", multi_stage(), clean(), unreadable()) == (
        "<!-- dhi-migrate report -->\n"
        "## dhi-migrate\n\n"
        "4 findings in 1 of 3 files (1 error, 1 warning, 2 info); 1 fixable with --fix, 1 more with --unsafe-fixes  \n"
        "3 files: 1 hardened, 1 in need of a person, 1 not read\n\n"
        "### <code>web/Dockerfile</code>: manual, level runtime\n\n"
        "- build <code>deps</code>: <code>node:22-alpine</code> → <code>dhi.io/node:22-alpine3.24-dev</code> (exact)\n"
        "- final: <code>node:22-alpine</code> → <code>dhi.io/node:22-alpine3.24</code>"
        " (same-version, not by `--fix`)\n\n"
        "| Line | Rule | Finding |\n|---|---|---|\n"
        "| 2 | info DHI101 | node:22-alpine is there as dhi.io/node:22-alpine3.24-dev"
        "<br>fix: use dhi.io/node:22-alpine3.24-dev \\[--fix\\] |\n"
        "| 4-5 | warning DHI209 | two lines |\n"
        "| 10 | info DHI101 | node:22-alpine has a hardened image |\n"
        "| 12 | error DHI202 | CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have"
        "<br>because: image/node/alpine-3.24/22.yaml lists no shell"
        "<br>fix: write CMD as a JSON array \\[--fix --unsafe-fixes\\] |\n\n"
        "### <code>gone/Dockerfile</code>: failed\n\n"
        "no such file or directory\n"
    )


def test_nothing_found_says_so() -> None:
    assert document("markdown", clean()) == (
        "<!-- dhi-migrate report -->\n## dhi-migrate\n\nNo findings in 1 file; 1 of 1 stage hardened.\n"
    )
    assert document("markdown").endswith("\n\nNothing was checked.\n")


def shown(text: str) -> tuple[str, set[str]]:
    """What a reader of Markdown with tables, bare links and HTML makes of `text`: the text seen, and the tags."""
    html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    html = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    tags = set(re.findall(r"<(?!/)([a-z0-9]+)[^>]*>", html))
    seen = re.sub(r"<[^>]*>", "", html)
    for escape, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        seen = seen.replace(escape, char)
    return seen, tags


def test_hostile_text_is_seen_as_it_is() -> None:
    text = document("markdown", markup(), hostile())
    assert all(line.isprintable() for line in text.split("\n"))
    seen, tags = shown(text)
    assert tags == {"h2", "h3", "p", "br", "code", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "span"}
    message = markup().findings[0].message.replace("\n", "\\n")
    assert seen.count(message) == 3  # the message, the evidence, the fix
    assert markup().path.replace("\n", "\\n") in seen
    assert seen.count("a\\xff\\x1b[31m\\x9b:\\u202e1") == 7
    assert not re.search(r"[@#][0-9A-Za-z]|://|www\.", re.sub(r"&#\d+;", "", text))


@pytest.mark.parametrize(
    "text",
    ["a|b\\|c", "*x* _y_ ~z~ `q`", "<b>&amp;</b>", "$A$ $B", "[a](b) ![c](d)", "@me #1 a@b.c", "www.x.y https://z"],
)
def test_any_text_is_text_and_code_is_code(text: str) -> None:
    for form, tags in ((plain(text), {"p"}), (code(text), {"p", "code"})):
        seen, found = shown(form)
        assert seen == text + "\n"
        assert found - {"span"} == tags
        in_table, found = shown(f"| a |\n|---|\n| {form} |\n")
        assert in_table.split() == ["a", *text.split()]
        assert "code" in found or tags == {"p"}


def test_a_comment_holds_what_fits_and_counts_the_rest() -> None:
    many = [multi_stage()._replace(path=f"service-{number}/Dockerfile") for number in range(1500)]
    text = document("markdown", *many)
    assert len(text) < LIMIT
    assert text.startswith("<!-- dhi-migrate report -->\n## dhi-migrate\n\n6000 findings in 1500 of 1500 files")
    whole = text.count("| Line | Rule | Finding |\n")
    named = text.count("\n### ") - whole
    left = re.search(r"\n\.\.\. and (\d+) more files for which this comment has no room\.\n$", text)
    assert left is not None
    assert whole + named + int(left[1]) == 1500
    assert min(whole, named) > 3


def test_a_file_with_too_many_findings_is_named_with_their_number() -> None:
    report = multi_stage()
    text = document("markdown", report._replace(findings=report.findings * 500), clean())
    assert text.endswith("\n### <code>web/Dockerfile</code>: manual, level runtime\n\n2000 findings\n")
    long = report.findings[3]._replace(message="x" * 100_000)
    assert "x" * 497 + "..." in document("markdown", report._replace(findings=(long,)))

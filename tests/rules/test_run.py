"""RUN: every cause is told once, by the rule that owns it, and repairs of several rules go together."""

# ruff: noqa: E501 -- a case is a whole Dockerfile in one string
from __future__ import annotations

from functools import cache

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.rules.engine import check_source
from dhi_migrate.settings import Settings

RULES = frozenset(
    {
        *("DHI201", "DHI207", "DHI301", "DHI302", "DHI303", "DHI304", "DHI305", "DHI306", "DHI307", "DHI308", "DHI403"),
        *("DHI410", "DHI606", "DHI802"),
    }
)


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def told(text: str, level: str = "auto") -> list[tuple[str, str, int]]:
    """Rule, severity and 1-based line of each finding of the rules about commands, in file order."""
    report = check_source("Dockerfile", text.encode(), catalog(), Settings(level=level))  # type: ignore[arg-type]
    assert report.source is not None
    return [
        (one.rule, one.severity, report.source.line_of(one.span.start)) for one in report.findings if one.rule in RULES
    ]


def fixed(text: str, *, unsafe: bool = False) -> str:
    """What fixing makes of `text`."""
    migration = fix_source("Dockerfile", text.encode(), catalog(), Settings(), unsafe=unsafe)
    assert migration.problem is None
    return migration.data.decode()


CASES = [
    pytest.param(
        "FROM dhi.io/python:3.13-debian13\nRUN apt-get update && apt-get install -y curl && pip install x && curl -O https://e.org/x\n",
        [("DHI301", "error", 2), ("DHI303", "error", 2)],
        id="packages and dependencies in one RUN are two causes",
    ),
    pytest.param(
        "FROM dhi.io/python:3.13-debian13\nRUN pip install a\nRUN pip install b\nRUN ./x\nRUN ./y\n",
        [("DHI303", "error", 2), ("DHI201", "error", 4)],
        id="one finding for each cause of a stage",
    ),
    pytest.param(
        'FROM dhi.io/debian-base:trixie\nRUN apt-get update\nRUN apt-get install -y jq\nRUN curl -O https://e.org/x\nCMD ["/x"]\n',
        [("DHI301", "error", 3)],
        id="where packages are installed, what may fail besides adds nothing",
    ),
    pytest.param(
        'FROM dhi.io/debian-base:trixie\nUSER 0\nRUN curl -O https://e.org/x\nUSER 65532\nCMD ["/x"]\n',
        [],
        id="root, and a shell",
    ),
    pytest.param(
        "FROM dhi.io/nginx:1.30-debian13\nRUN a2enmod rewrite\n",
        [("DHI201", "error", 2)],
        id="a2enmod is a matter of PHP only on an image of PHP",
    ),
    pytest.param(
        'FROM dhi.io/python:3.13-debian13-dev\nRUN apt-get update && apt-get install -y curl\nRUN pip install x\nRUN rm -rf /tmp/x\nUSER 65532\nCMD ["python", "/x.py"]\n',
        [],
        id="an image for building as the last one",
    ),
    pytest.param(
        "FROM registry.example.com/base:1\nRUN yum install -y x\nRUN ./setup\nRUN useradd x\n",
        [("DHI301", "warning", 2)],
        id="one general claim for an unknown base",
    ),
    pytest.param(
        "ARG BASE\nFROM $BASE\nRUN ./setup\nRUN pip install x\n",
        [("DHI201", "warning", 3)],
        id="a base from the command line",
    ),
    pytest.param('FROM scratch\nCOPY x /x\nRUN ["/x"]\n', [], id="scratch"),
    pytest.param(
        "FROM dhi.io/python:3.13-debian13\nRUN <<EOT\nset -e\npip install x\nEOT\n",
        [("DHI303", "error", 4)],
        id="a here-document",
    ),
    pytest.param(
        'FROM dhi.io/alpine-base:3.24-dev AS b\nCOPY setup.sh /\nRUN ./setup.sh && git clone https://e.org/x\nFROM dhi.io/alpine-base:3.24\nCOPY --from=b /x /x\nCMD ["/x"]\n',
        [],
        id="a script may have installed what is used after it",
    ),
    pytest.param(
        'FROM dhi.io/alpine-base:3.24-dev AS b\nRUN apk add --no-cache $TOOLS && git clone https://e.org/x\nFROM dhi.io/alpine-base:3.24\nCOPY --from=b /x /x\nCMD ["/x"]\n',
        [],
        id="packages that a variable names",
    ),
    pytest.param(
        "FROM dhi.io/busybox:1-debian13-dev AS b\nRUN find / | xargs wget\nFROM dhi.io/busybox:1-debian13\nCOPY --from=b /x /x\n",
        [],
        id="busybox has them all",
    ),
    pytest.param(
        "FROM dhi.io/gradle:8.14-jdk21-debian13-dev AS b\nRUN apt-get update && apt-get install -y git\nFROM dhi.io/static:20250419\nCOPY --from=b /x /x\n",
        [("DHI306", "error", 2)],
        id="an image for building without a package manager",
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_every_cause_is_told_once(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert told(text) == expected


def test_at_the_level_dev_the_last_stage_may_run_commands() -> None:
    text = 'FROM python:3.13-slim\nRUN pip install x\nUSER 65532\nCMD ["python", "/x.py"]\n'
    assert told(text, "dev") == []
    assert told(text) == [("DHI303", "error", 2)]


def test_crlf_and_an_escape_directive_are_kept() -> None:
    text = (
        "# escape=`\r\nFROM dhi.io/node:24-alpine-dev AS b\r\nRUN make `\r\n  all\r\n"
        'FROM dhi.io/node:24-alpine\r\nCOPY --from=b /x /x\r\nRUN apk upgrade `\r\n  --no-cache\r\nCMD ["node", "/x"]\r\n'
    )
    assert fixed(text) == (
        "# escape=`\r\nFROM dhi.io/node:24-alpine-dev AS b\r\nRUN apk add --no-cache make\r\nRUN make `\r\n  all\r\n"
        'FROM dhi.io/node:24-alpine\r\nCOPY --from=b /x /x\r\nCMD ["node", "/x"]\r\n'
    )


def test_a_tool_is_installed_above_the_comment_of_the_command() -> None:
    text = (
        "FROM dhi.io/node:24-debian13-dev AS b\nWORKDIR /a\n\n# build\n# hadolint ignore=DL3059\nRUN make\n"
        'FROM dhi.io/node:24-debian13\nCOPY --from=b /a /a\nCMD ["node", "/a"]\n'
    )
    install = "RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*\n"
    assert fixed(text) == text.replace("# build\n", f"{install}# build\n")


def test_a_tool_is_installed_once_for_the_stages_built_on_each_other() -> None:
    text = (
        "FROM dhi.io/node:24-alpine-dev AS a\nRUN make x\nFROM a AS b\nRUN make y\n"
        'FROM dhi.io/node:24-alpine\nCOPY --from=b /a /a\nCMD ["node", "/a"]\n'
    )
    assert fixed(text).count("apk add --no-cache make") == 1


def test_the_headers_of_the_c_library_come_with_a_compiler() -> None:
    text = (
        "FROM dhi.io/node:24-debian13-dev AS b\nRUN g++ -o /x x.cc\n"
        'FROM dhi.io/node:24-debian13\nCOPY --from=b /x /x\nCMD ["node", "/a"]\n'
    )
    assert "--no-install-recommends g++ libc6-dev &&" in fixed(text)

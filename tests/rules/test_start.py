"""How containers start: which stage and which command is judged, one finding a cause, and what fixes leave alone."""

from __future__ import annotations

from functools import cache

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.rules.engine import check_source
from dhi_migrate.settings import Settings

RULES = frozenset(
    {"DHI202", "DHI203", "DHI204", "DHI208", "DHI209", "DHI210", "DHI211", "DHI501", "DHI502", "DHI503", "DHI504"}
)


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def found(text: str, **options: str) -> list[tuple[str, str, int, int | None]]:
    """The findings on the start: rule, severity, 1-based line and stage."""
    report = check_source("Dockerfile", text.encode(), catalog(), Settings(**options))  # type: ignore[arg-type]
    assert report.source is not None
    return [
        (one.rule, one.severity, report.source.line_of(one.span.start), one.stage)
        for one in report.findings
        if one.rule in RULES
    ]


def fixed(text: str, *, unsafe: bool = False) -> str:
    """The file with its fixes."""
    return fix_source("Dockerfile", text.encode(), catalog(), Settings(), unsafe=unsafe).data.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "FROM dhi.io/node:24-debian13 AS base\nCMD npm start\nFROM base\nCOPY . /srv\n",
            [("DHI210", "error", 2, 0)],
            id="a command of the stage below is reported where it stands",
        ),
        pytest.param(
            'FROM dhi.io/node:24-debian13 AS base\nCMD npm start\nFROM base\nENTRYPOINT ["node"]\n',
            [],
            id="an ENTRYPOINT clears the CMD of the stage below",
        ),
        pytest.param(
            'FROM dhi.io/node:24-debian13\nCMD npm start\nENTRYPOINT ["node"]\nCMD ["x.js"]\n',
            [],
            id="only the last CMD counts",
        ),
        pytest.param(
            'FROM node:24-alpine AS dev\nCMD ["npm", "run", "dev"]\nFROM alpine:3.24\nCOPY app /app\nCMD ["/app"]\n',
            [("DHI210", "error", 2, 0)],
            id="a stage for --target starts too",
        ),
        pytest.param(
            "FROM node:24 AS build\nCOPY . .\nCMD npm start\nFROM scratch\nCOPY --from=build /x /x\n",
            [],
            id="a stage that is only copied from does not start",
        ),
        pytest.param(
            "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCMD powershell -File x.ps1\n", [], id="Windows"
        ),
        pytest.param('FROM registry.example.com/base:1\nCMD ["/bin/bash"]\n', [], id="a prompt on an image for others"),
        pytest.param(
            "FROM registry.example.com/base:1\nENTRYPOINT ./start.sh --now\n",
            [("DHI204", "warning", 2, 0)],
            id="a script in shell form, on an image of which nothing is known",
        ),
        pytest.param(
            'FROM dhi.io/node:24-debian13\nENTRYPOINT ["tini", "--"]\nCMD npm start\n',
            [("DHI211", "error", 2, 0), ("DHI210", "error", 3, 0)],
            id="the wrapper and what is behind it are two causes",
        ),
        pytest.param(
            'FROM dhi.io/node:24-debian13\nENTRYPOINT ["dumb-init", "gosu", "node", "sh", "-c", "node x.js; node y.js"]\n',
            [("DHI211", "error", 2, 0), ("DHI211", "error", 2, 0), ("DHI203", "error", 2, 0)],
            id="wrappers of wrappers",
        ),
        pytest.param(
            "FROM dhi.io/nginx:1.30-debian13\nCMD envsubst < a > b && nginx -g 'daemon off;'\n",
            [("DHI202", "error", 2, 0)],
            id="no shell is the cause, and not the ENTRYPOINT of the image",
        ),
        pytest.param(
            "FROM dhi.io/nginx:1.30-alpine3.24\nCMD envsubst < a > b && nginx -g 'daemon off;'\n",
            [("DHI501", "error", 2, 0)],
            id="the same text with a shell: it becomes arguments",
        ),
        pytest.param(
            'FROM dhi.io/caddy:2-debian13\nCMD ["run", "--config", "/x"]\n', [], id="arguments of the ENTRYPOINT"
        ),
        pytest.param(
            'FROM node:24-alpine\nENV APP=/srv\nCOPY . $APP/\nCMD ["npm", "start"]\n',
            [("DHI210", "error", 4, 0)],
            id="a destination that a variable holds",
        ),
        pytest.param(
            'FROM node:24-alpine\nARG APP\nCOPY --from=tools $APP/ $APP/\nCMD ["npm", "start"]\n',
            [],
            id="what an image brings to nobody knows where",
        ),
        pytest.param(
            'FROM dhi.io/node:24-debian13\nSHELL ["pwsh", "-c"]\nCMD node x.js\n', [], id="a shell that is none"
        ),
        pytest.param(
            'FROM node:24-alpine\nADD https://x.org/s6-overlay-noarch.tar.xz /tmp\nENTRYPOINT ["/init"]\nCMD ["node", "x.js"]\n',
            [("DHI211", "error", 3, 0)],
            id="s6-overlay",
        ),
        pytest.param("FROM dhi.io/python:3.13-debian13\nHEALTHCHECK NONE\nCMD []\n", [], id="an empty command"),
    ],
)
def test_what_is_said_of_a_start(text: str, expected: list[tuple[str, str, int, int | None]]) -> None:
    assert found(text) == expected


def test_the_target_that_is_asked_for_is_what_starts() -> None:
    text = 'FROM dhi.io/node:24-debian13 AS a\nCMD npm start\nFROM a\nCMD ["node", "x.js"]\n'
    assert found(text) == []
    assert found(text, target="a") == [("DHI210", "error", 2, 0)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "FROM dhi.io/node:24-debian13\r\n# hadolint ignore=DL3025\r\nCMD node \\\r\n  x.js\r\nEXPOSE 1\r\n",
            'FROM dhi.io/node:24-debian13\r\n# hadolint ignore=DL3025\r\nCMD ["node", "x.js"]\r\nEXPOSE 1\r\n',
            id="line endings and comments stay",
        ),
        pytest.param(
            "FROM dhi.io/node:24-debian13\nCMD node \\\n  # the file\n  x.js\n",
            "FROM dhi.io/node:24-debian13\nCMD node \\\n  # the file\n  x.js\n",
            id="a comment inside of the command is not lost",
        ),
        pytest.param(
            'FROM dhi.io/node:24-debian13\nENTRYPOINT node x.js\nCMD ["--help"]\n',
            'FROM dhi.io/node:24-debian13\nENTRYPOINT node x.js\nCMD ["--help"]\n',
            id="an exec form would take the CMD as arguments",
        ),
        pytest.param(
            "FROM dhi.io/node:24-debian13\nCMD app --port 1\n",
            "FROM dhi.io/node:24-debian13\nCMD app --port 1\n",
            id="nothing is known of the program",
        ),
        pytest.param(
            "FROM dhi.io/node:24-debian13\nWORKDIR /srv\nCOPY . .\nCMD ./bin/www\n",
            "FROM dhi.io/node:24-debian13\nWORKDIR /srv\nCOPY . .\nCMD ./bin/www\n",
            id="a file of which only the context knows what it is",
        ),
        pytest.param(
            "FROM dhi.io/golang:1.26-debian13-dev AS b\nFROM dhi.io/static:20250419-debian13\nCOPY --from=b /app /app\n"
            "CMD /app --port 1\n",
            "FROM dhi.io/golang:1.26-debian13-dev AS b\nFROM dhi.io/static:20250419-debian13\nCOPY --from=b /app /app\n"
            'CMD ["/app", "--port", "1"]\n',
            id="a program out of a build stage",
        ),
        pytest.param(
            'FROM dhi.io/nginx:1.30-debian13 AS a\nCMD ["-t"]\nFROM a\nCMD ["nginx", "-g", "daemon off;"]\n',
            'FROM dhi.io/nginx:1.30-debian13 AS a\nCMD ["-t"]\nFROM a\nCMD ["-g", "daemon off;"]\n',
            id="without this CMD the one below would be in force",
        ),
        pytest.param(
            'FROM dhi.io/node:24-debian13\nUSER root\nENTRYPOINT ["gosu", "node", "node", "x.js"]\n',
            'FROM dhi.io/node:24-debian13\nUSER root\nENTRYPOINT ["gosu", "node", "node", "x.js"]\n',
            id="as root the wrapper took rights away",
        ),
        pytest.param(
            'FROM python:3.13-slim\nENV PATH=/usr/bin\nENTRYPOINT ["/usr/local/bin/python", "x.py"]\n',
            'FROM python:3.13-slim\nENV PATH=/usr/bin\nENTRYPOINT ["/usr/local/bin/python", "x.py"]\n',
            id="PATH of the file leads nowhere upstream",
        ),
    ],
)
def test_what_the_safe_fixes_make_of_a_start(before: str, after: str) -> None:
    assert fixed(before) == after


def test_a_repair_for_the_hardened_image_alone_waits_for_the_swap() -> None:
    text = 'FROM redis:8\nRUN apt-get update && apt-get install -y nano\nCMD ["--appendonly", "yes"]\n'
    assert ("DHI502", "error", 3, 0) in found(text)
    text = 'FROM nginx:1.30\nRUN apt-get update && apt-get install -y nano\nCMD ["nginx", "-g", "daemon off;"]\n'
    assert ("DHI501", "error", 3, 0) in found(text)
    assert fixed(text) == text


@pytest.mark.parametrize("count", [400, 1600])
def test_a_long_command_line_is_read_once(count: int) -> None:
    words = ", ".join(['"tini"'] * count)
    assert len(found(f"FROM dhi.io/node:24-debian13\nCMD [{words}]\n")) <= 4


@pytest.mark.parametrize("words", ['["--skip-name-resolve"]', '["mysqld", "--skip-name-resolve"]'])
def test_arguments_that_a_start_script_drops_are_not_given_a_program(words: str) -> None:
    text = f"FROM mysql:8.4\nCMD {words}\n"
    assert found(text) == []
    assert fixed(text) == text

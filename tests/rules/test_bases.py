"""Findings about bases and about stages that exchange files, where one example of a rule file does not show the point."""

from __future__ import annotations

from functools import cache

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.rules.engine import check_source
from dhi_migrate.rules.findings import Finding
from dhi_migrate.settings import Settings


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def found(text: str, code: str) -> list[Finding]:
    """The findings of rule `code` in the Dockerfile `text`."""
    report = check_source("Dockerfile", text.encode(), catalog(), Settings())
    return [one for one in report.findings if one.rule == code]


def fixed(text: str, *, unsafe: bool = False) -> str:
    """The Dockerfile `text` after fixing."""
    return fix_source("Dockerfile", text.encode(), catalog(), Settings(), unsafe=unsafe).data.decode()


BUILD = "FROM python:3.13-slim AS build\nRUN pip install flask\n"
COPY = "COPY --from=build /usr/local/lib/python3.13/site-packages /usr/local/lib/python3.13/site-packages\n"
RUN = 'FROM python:3.13-slim\nWORKDIR /srv\nCOPY main.py .\nCMD ["python", "main.py"]\n'


def test_moved_packages_move_with_both_stages() -> None:
    text = BUILD + RUN + COPY
    assert fixed(text) == (
        "FROM dhi.io/python:3.13-debian13-dev AS build\nRUN pip install flask\n"
        'FROM dhi.io/python:3.13-debian13\nWORKDIR /srv\nCOPY main.py .\nCMD ["python", "main.py"]\n'
        "COPY --from=build /usr/lib/python3.13/site-packages /usr/lib/python3.13/site-packages\n"
    )


@pytest.mark.parametrize(
    ("build", "run"),
    [
        pytest.param(BUILD, RUN + "RUN python -m compileall /srv\n", id="the final stage runs a command"),
        pytest.param(BUILD.replace("-slim", "") + "RUN git clone https://example.com/x /x\n", RUN, id="a missing tool"),
        pytest.param(BUILD.replace("3.13", "3.12"), RUN, id="the builder has another version"),
    ],
)
def test_moved_packages_stay_where_one_of_the_stages_stays(build: str, run: str) -> None:
    text = build + run + COPY
    assert fixed(text) == text


def test_a_builder_that_was_left_behind_is_brought_along_unasked() -> None:
    text = (
        "FROM python:3.13-slim AS build\nRUN python -m venv /venv && /venv/bin/pip install flask\n"
        'FROM dhi.io/python:3.13-debian13\nCOPY --from=build /venv /venv\nCMD ["/venv/bin/flask", "run"]\n'
    )
    assert [one.severity for one in found(text, "DHI602")] == ["error"]
    assert fixed(text).startswith("FROM dhi.io/python:3.13-debian13-dev AS build\n")
    assert found(fixed(text), "DHI602") == []


def go(base: str, runtime: str, build: str = "go build -o /app .", more: str = "") -> str:
    """A Go program that is built on `base` and copied to `runtime`."""
    return f'FROM {base} AS b\nWORKDIR /s\nCOPY . .\nRUN {build}\nFROM {runtime}\nCOPY --from=b /app /app\n{more}CMD ["/app"]\n'


@pytest.mark.parametrize(
    ("text", "severities"),
    [
        pytest.param(go("golang:1.26-alpine", "scratch"), ["error"], id="upstream has no compiler"),
        pytest.param(go("golang:1.26", "scratch"), ["warning"], id="upstream has one as well"),
        pytest.param(
            go("dhi.io/golang:1.26-dev", "scratch", more="EXPOSE 80\n"), ["error"], id="a port tells of the network"
        ),
        pytest.param(go("dhi.io/golang:1.26-dev", "scratch"), ["warning"], id="nothing tells of it"),
        pytest.param(go("golang:1.26", "scratch", "CGO_ENABLED=0 go build -o /app ."), [], id="cgo is off"),
        pytest.param(
            go("golang:1.26-alpine", "scratch", "export CGO_ENABLED=0 && go build -o /app ."), [], id="exported"
        ),
        pytest.param(go("golang:1.26-alpine", "scratch", "go build -o /other ."), [], id="another file is copied"),
        pytest.param(go("golang:1.26-alpine", "scratch", "go test ./..."), [], id="nothing is built"),
        pytest.param(go("registry.example.com/go:1", "scratch"), [], id="an image of which nothing is known"),
        pytest.param(
            "ARG CGO\n"
            + go("golang:1.26-alpine", "scratch").replace("WORKDIR", "ARG CGO\nENV CGO_ENABLED=$CGO\nWORKDIR"),
            [],
            id="a value that the caller gives",
        ),
        pytest.param(go("golang:1.26-alpine", "alpine:3.24"), [], id="the runtime has the same C library"),
    ],
)
def test_go_into_an_image_without_a_c_library(text: str, severities: list[str]) -> None:
    assert [one.severity for one in found(text, "DHI603")] == severities


def test_a_digest_and_a_moving_tag_have_the_fix_of_the_swap() -> None:
    text = f'FROM python@sha256:{"0" * 64}\nWORKDIR /srv\nCOPY . .\nCMD ["python", "main.py"]\n'
    assert found(text, "DHI105") == []
    assert [len(one.fixes) for one in found(text.replace("@", ":3.13-slim@"), "DHI106")] == [1]
    assert [len(one.fixes) for one in found(text.replace(f"@sha256:{'0' * 64}", ""), "DHI105")] == [1]


def test_what_becomes_of_a_variable_is_said_once() -> None:
    text = "ARG V=24\nFROM node:$V-alpine AS a\nRUN npm ci\nFROM node:$V-alpine\nCOPY --from=a /x /x\n"
    assert [(one.span.start, one.severity) for one in found(text, "DHI107")] == [(14, "info")]


def test_a_file_that_moved_in_part_is_reported_once() -> None:
    text = "FROM node:24 AS a\nFROM python:3.13 AS b\nFROM dhi.io/static:20250419-debian13\n"
    text += "COPY --from=a /a /\nCOPY --from=b /b /\n"
    assert [one.message for one in found(text, "DHI116")] == [
        "the stage of line 3 is hardened, the stages of lines 1, 2 are not, and what they bring is not either"
    ]


@pytest.mark.parametrize(
    ("value", "severity"),
    [pytest.param("MISSING-BUILD-ARG", "warning", id="a stand-in"), pytest.param("9.99", "error", id="a version")],
)
def test_a_hardened_reference_whose_version_the_caller_gives(value: str, severity: str) -> None:
    text = f"ARG V={value}\nFROM dhi.io/nginx:${{V}}-debian13\nCOPY site /usr/share/nginx/html\n"
    assert [one.severity for one in found(text, "DHI108")] == [severity]


def test_the_place_of_images_in_a_variable_is_kept_byte_for_byte() -> None:
    text = (
        "# escape=`\r\nARG BASE='mirror.gcr.io/library/' # mirror\r\n"
        'FROM `\r\n  # the image\r\n  ${BASE}python:3.13-slim AS app\r\nCMD ["python", "/main.py"]\r\n'
    )
    changed = text.replace("'mirror.gcr.io/library/'", "'dhi.io/'").replace("3.13-slim", "3.13-debian13")
    assert fixed(text) == text
    assert fixed(text, unsafe=True) == changed


def test_the_place_of_images_stays_where_another_from_needs_it() -> None:
    text = "ARG R=docker.io\nFROM $R/library/python:3.13-slim AS a\nFROM $R/acme/tool:1\nCOPY --from=a /etc/passwd /x\n"
    assert "ARG R=docker.io\n" in fixed(text, unsafe=True)
    assert "FROM $R/acme/tool:1\n" in fixed(text, unsafe=True)


@pytest.mark.parametrize(
    ("platform", "count"),
    [
        ("linux/amd64", 0),
        ("linux/x86_64", 0),
        ("aarch64", 0),
        ("linux/arm64/v8", 0),
        ("linux", 0),
        ("linux/arm/v7", 1),
        ("armhf", 1),
        ("windows/amd64", 1),
    ],
)
def test_platforms_are_read_as_the_builder_reads_them(platform: str, count: int) -> None:
    text = f'FROM --platform={platform} node:24-alpine\nCMD ["node", "/app.js"]\n'
    assert len(found(text, "DHI111")) == count


def test_an_image_for_building_that_ships_is_the_level_dev() -> None:
    text = "FROM dhi.io/maven:3.9-jdk21-debian13-dev\nCOPY . .\n"
    report = check_source("Dockerfile", text.encode(), catalog(), Settings())
    assert (report.status, report.level) == ("hardened", "dev")

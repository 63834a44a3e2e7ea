"""Swaps that look right and are not: each was once made unasked, on a file like these. None may be made again.

The cases are minimal. What is held for each: `--fix` leaves the named base as it is, and the reasons say why.
"""

from __future__ import annotations

from functools import cache

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.rules.engine import check_source
from dhi_migrate.rules.findings import StageReport
from dhi_migrate.settings import Settings


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def stage(text: str, index: int) -> StageReport:
    """The report of one stage of the Dockerfile `text`."""
    return check_source("Dockerfile", text.encode(), catalog(), Settings()).stages[index]


CASES = [
    # -- what the file does not show ------------------------------------------------------------------------------
    pytest.param(
        'FROM node:24-alpine\nONBUILD COPY . /app\nONBUILD RUN npm ci\nCMD ["node", "/app/x.js"]\n',
        0,
        "ONBUILD runs in files that are built on this image",
        id="a base for other files runs npm in them",
    ),
    pytest.param("FROM node:24-alpine\nWORKDIR /app\n", 0, "what the container runs is not known", id="no command"),
    pytest.param(
        'FROM quay.io/prometheus/busybox:latest\nCOPY exporter /bin/exporter\nENTRYPOINT ["/bin/exporter"]\n',
        0,
        "how quay.io/prometheus/busybox is made up (user, work directory, files) is not known",
        id="an upstream image without facts",
    ),
    # -- how it starts --------------------------------------------------------------------------------------------
    pytest.param(
        'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["./entrypoint"]\n',
        0,
        "./entrypoint may be a shell script",
        id="a start script without an ending",
    ),
    pytest.param(
        'FROM python\nCOPY ./example.py /bin/example\nENTRYPOINT ["/bin/example"]\n',
        0,
        "whether /bin/example is a program or a script",
        id="a copied file that may begin with env",
    ),
    pytest.param(
        "FROM eclipse-temurin:21-jdk AS b\nCOPY . /b\nRUN cd /b && ./gradlew installDist\n"
        'FROM eclipse-temurin:21-jre\nCOPY --from=b /b/build/install/app /app\nENTRYPOINT ["/app/bin/app"]\n',
        1,
        "whether /app/bin/app is a program or a script",
        id="the launcher of installDist is a shell script",
    ),
    pytest.param(
        'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nCMD ["node_modules/.bin/next", "start"]\n',
        0,
        "starts through /usr/bin/env",
        id="a command of a package",
    ),
    pytest.param(
        'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nCMD ["./manage.py", "runserver"]\n',
        0,
        "starts through /usr/bin/env",
        id="a script by its own name",
    ),
    pytest.param(
        'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nCMD ["node", "--run", "start"]\n',
        0,
        "node --run needs a shell",
        id="node --run",
    ),
    pytest.param(
        'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nHEALTHCHECK CMD ["npm", "run", "health"]\nCMD ["node", "x.js"]\n',
        0,
        "has no npm",
        id="a health check that runs npm",
    ),
    pytest.param(
        'FROM golang:1.26\nCOPY server.go .\nCMD ["go", "run", "server.go"]\n',
        0,
        "go compiles when the container starts",
        id="go run as a service",
    ),
]


@pytest.mark.parametrize(("text", "index", "reason"), CASES)
def test_a_swap_that_may_break_is_not_made_unasked(text: str, index: int, reason: str) -> None:
    report = stage(text, index)
    assert not report.safe
    assert any(reason in one for one in report.reasons), report.reasons


FINE = [
    pytest.param('FROM node:24-alpine\nWORKDIR /srv\nCOPY . .\nCMD ["node", "server.js"]\n', 0, id="node runs a file"),
    pytest.param(
        'FROM gcr.io/distroless/static-debian13\nCOPY run /run\nENTRYPOINT ["/run"]\n', 0, id="no shell before either"
    ),
    pytest.param('FROM alpine:3.24\nCOPY app /app\nENTRYPOINT ["/app"]\n', 0, id="a shell before and after"),
]


@pytest.mark.parametrize(("text", "index"), FINE)
def test_a_swap_that_can_not_break_is_made_unasked(text: str, index: int) -> None:
    report = stage(text, index)
    assert report.safe, report.reasons

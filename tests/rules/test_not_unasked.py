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
        "FROM node:24-alpine\nONBUILD COPY . /app\nONBUILD RUN npm ci\nCMD [\"node\", \"/app/x.js\"]\n",
        0,
        "ONBUILD runs in files that are built on this image",
        id="a base for other files runs npm in them",
    ),
]


@pytest.mark.parametrize(("text", "index", "reason"), CASES)
def test_a_swap_that_may_break_is_not_made_unasked(text: str, index: int, reason: str) -> None:
    report = stage(text, index)
    assert not report.safe
    assert any(reason in one for one in report.reasons), report.reasons


FINE = [
    pytest.param(
        "FROM node:24-alpine\nWORKDIR /srv\nCOPY . .\nCMD [\"node\", \"server.js\"]\n", 0, id="node runs a file"
    ),
]


@pytest.mark.parametrize(("text", "index"), FINE)
def test_a_swap_that_can_not_break_is_made_unasked(text: str, index: int) -> None:
    report = stage(text, index)
    assert report.safe, report.reasons

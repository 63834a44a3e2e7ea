"""The cost of comparing stages with each other grows with the file and no faster: counted in function calls."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from dhi_migrate import Catalog, Settings, check

CATALOG = Catalog.load()
SHAPES = {
    "builds and copies": lambda n: (
        "FROM golang:1.26-alpine AS b\n" + "RUN go build -o /x .\n" * n + "FROM scratch\n" + "COPY --from=b /y /x\n" * n
    ),
    "stages that copy from one": lambda n: (
        "FROM python:3.13 AS b\n" + "RUN python -m venv /v\n" * n + "FROM dhi.io/python:3.13\nCOPY --from=b /a /v\n" * n
    ),
    "packages": lambda n: (
        "FROM python:3.13 AS b\n"
        + "RUN pip install x\n" * n
        + "FROM python:3.13\n"
        + "COPY --from=b /usr/local/lib/python3.13/site-packages /y\n" * n
    ),
    "half of it hardened": lambda n: "FROM dhi.io/node:24\n" * n + "FROM node:24\nCOPY --from=0 /x /y\n" * n,
    "variables at the end": lambda n: "ARG V=24\n" + "FROM node:24\n" * n + "FROM node:$V\n" * n,
}


def calls(text: str) -> int:
    """How many functions run, of Python or not, while `text` is judged."""
    count = 0

    def tick(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal count
        count += 1

    data = text.encode()
    check(data + b"#\n", CATALOG)  # fill the caches, which are bounded, but not those of this very text
    sys.setprofile(tick)
    try:
        check(data, CATALOG, Settings())
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_file_costs_about_twice_the_work(shape: str) -> None:
    small, large = calls(SHAPES[shape](200)), calls(SHAPES[shape](400))
    assert large < 2.4 * small

"""The cost of judging a file grows with its size and no faster: counted in function calls, not in seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from dhi_migrate import Catalog, Settings, check

CATALOG = Catalog.load()
SHAPES: dict[str, Callable[[int], str]] = {
    "commands": lambda n: "FROM node:22-alpine\n" + "RUN npm ci && make\n" * n,
    "stages": lambda n: "".join(f"FROM node:22-alpine AS s{i}\nRUN make x{i}\n" for i in range(n)),
    "stages on stages": lambda n: "FROM node:22 AS s0\n" + "".join(f"FROM s{i} AS s{i + 1}\nRUN x\n" for i in range(n)),
    "one producer": lambda n: (
        "FROM golang:1.26 AS b\n" + "".join(f"FROM alpine\nCOPY --from=b /x{i} /y\n" for i in range(n))
    ),
    "a line of producers": lambda n: (
        "FROM golang:1.26\n" + "".join(f"FROM golang:1.26\nCOPY --from={i} /x /y\n" for i in range(n))
    ),
    "arguments": lambda n: (
        "".join(f"ARG V{i}=22\n" for i in range(n)) + "".join(f"FROM node:${{V{i}}}-alpine\n" for i in range(n))
    ),
    "one argument": lambda n: "ARG TAG=22.1.0\n" + "FROM node:${TAG}\nRUN x\n" * n,
    "copies": lambda n: "FROM alpine\n" + "COPY --from=nginx:alpine /a /b\n" * n,
    "users": lambda n: "FROM python:3.12-slim\n" + "USER nobody-here\n" * n,
    "platforms": lambda n: "FROM --platform=linux/s390x node:22\n" * n,
}


def calls(text: str) -> int:
    """How many functions run, of Python or not, while `text` is judged."""
    count = 0

    def tick(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal count
        count += 1

    data = text.encode()
    check(data, CATALOG)  # fill the caches, which are bounded
    sys.setprofile(tick)
    try:
        check(data, CATALOG, Settings())
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_file_costs_about_twice_the_work(shape: str) -> None:
    small, large = calls(SHAPES[shape](150)), calls(SHAPES[shape](300))
    assert large < 2.4 * small


def test_a_pattern_over_shell_text_does_not_backtrack() -> None:
    small, large = ("FROM node:22 AS a\nRUN " + "pip -pip " * n + "\nFROM a\n" for n in (2000, 4000))
    assert calls(large) < 2.4 * calls(small)

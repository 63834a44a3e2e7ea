"""The cost of judging a file grows with its size and no faster: counted in function calls, not in seconds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from dhi_migrate import Catalog, Instruction, Settings, check, parse
from dhi_migrate.dockerfile.shell import Script
from dhi_migrate.project.roots import Roots
from dhi_migrate.rules.facts import read

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
    check(data + b"#\n", CATALOG)  # fill the caches, which are bounded, but not those of this very text
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


def test_the_commands_of_a_run_are_read_once_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"FROM node:22 AS a\nRUN apt-get update && npm ci\nFROM node:22-alpine\nRUN apk add git\nCOPY --from=a /app /app\n"
    taken: list[str] = []
    read_run = read.read_run

    def note(instruction: Instruction, posix: bool = True) -> Script:
        taken.append(instruction.original)
        return read_run(instruction, posix)

    monkeypatch.setattr(read, "read_run", note)
    check(text, CATALOG)
    assert sorted(taken) == ["RUN apk add git", "RUN apt-get update && npm ci"]


def test_who_asks_again_for_the_parsed_file_gets_the_same_one() -> None:
    text = b"FROM node:22\nRUN something of this test\n"
    assert parse(text) is parse(bytes(bytearray(text)))


def test_the_directories_of_a_run_are_resolved_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    lstat, top = os.lstat, os.path.realpath(tmp_path)

    def note(path: str) -> os.stat_result:
        looked_at.append(path)
        return lstat(path)

    monkeypatch.setattr("dhi_migrate.project.roots.os.lstat", note)
    roots = Roots([str(tmp_path), str(tmp_path / "x")])
    assert not looked_at
    assert roots.hold(os.path.join(top, "a"))
    once = list(looked_at)
    assert once.count(os.path.dirname(top)) == 1
    assert roots.hold(os.path.join(top, "x", "b"))
    assert not roots.hold(os.path.dirname(top))
    assert looked_at == once

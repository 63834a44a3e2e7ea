"""Reading a Dockerfile touches neither files nor the collector."""

from __future__ import annotations

import builtins
import gc
import os

import pytest

from dhi_migrate.dockerfile.graph import build_graph
from dhi_migrate.dockerfile.parse import parse

TEXT = b"# escape=`\nFROM a AS b\nRUN <<EOF\nx\nEOF\nENV A=1\nCOPY --from=b x /y\n"


def test_no_file_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    build_graph(parse(TEXT))

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(os, "open", refuse)
    assert len(build_graph(parse(TEXT)).stages) == 1


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_left_as_it_was(on: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        build_graph(parse(TEXT))
        assert gc.isenabled() is on
    finally:
        (gc.enable if was else gc.disable)()

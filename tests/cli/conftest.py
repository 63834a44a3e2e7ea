"""Fixtures of the tests of the command line."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from cli_support import Run, check_source, migrate_source, module

from dhi_migrate.__main__ import main
from dhi_migrate.rules import engine


@pytest.fixture
def rules_stub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-in where the rules are."""
    names = {**vars(engine), "check_source": check_source}
    monkeypatch.setitem(sys.modules, "dhi_migrate.rules.engine", module("e", **names))
    monkeypatch.setitem(sys.modules, "dhi_migrate.migrate.levels", module("f", migrate_source=migrate_source))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory on the day that the catalog data is of, without colours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(time, "strftime", lambda *_: "2026-08-22")
    return tmp_path


@pytest.fixture
def run(rules_stub: None, here: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run the program in `here` with the stand-in; gives exit code, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return code, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape")

    return call


@pytest.fixture
def real(here: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run the program in `here` with the rules of the package; gives exit code, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return code, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape")

    return call

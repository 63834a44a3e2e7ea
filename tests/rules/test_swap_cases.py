"""Whole files and all that is said of them: ``tests/fixtures/swap/<case>/``.

A case is a ``Dockerfile`` with ``expected.json``, the file object of the JSON report. ``fixed`` is what ``--fix`` writes, and
``fixed-unsafe`` what ``--fix --unsafe-fixes`` writes; where one is not there, that run writes what the one before it had
(the Dockerfile, or ``fixed``). ``options.json`` holds arguments of `Settings`, and ``overlay``, an overlay beside it.

``DHI_MIGRATE_UPDATE=1 pytest tests/rules/test_swap_cases.py`` writes the files anew: look at every line of it.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dhi_migrate.catalog.overlay import load_overlay
from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.migrate.outcome import Migration
from dhi_migrate.report.json_report import file_object
from dhi_migrate.rules.engine import check_source
from dhi_migrate.settings import Settings

CASES = Path(__file__).parent.parent / "fixtures" / "swap"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


@cache
def catalog(overlay: Path | None = None) -> Catalog:
    """The shipped catalog, with one overlay if one is named; loaded once."""
    return Catalog.load(load_overlay(str(overlay)) if overlay is not None else None)


def options(name: str) -> tuple[Catalog, Settings]:
    """The catalog and the settings of a case."""
    path = CASES / name / "options.json"
    given: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    overlay = given.pop("overlay", None)
    if "build_args" in given:
        given["build_args"] = tuple((key, value) for key, value in given["build_args"])
    return catalog(CASES / name / overlay if overlay else None), Settings(**given)


def migrate(name: str, *, unsafe: bool) -> Migration:
    """Fix the Dockerfile of a case in memory."""
    return fix_source("Dockerfile", (CASES / name / "Dockerfile").read_bytes(), *options(name), unsafe=unsafe)


def expected(name: str, file: str, otherwise: bytes) -> bytes:
    """The bytes of an expected file of a case, `otherwise` if there is none."""
    path = CASES / name / file
    return path.read_bytes() if path.exists() else otherwise


def store(name: str, file: str, data: bytes, otherwise: bytes) -> None:
    """Write an expected file, or remove it where it would be equal to `otherwise`."""
    path = CASES / name / file
    if data != otherwise:
        path.write_bytes(data)
    elif path.exists():
        path.unlink()


@pytest.mark.parametrize("name", NAMES)
def test_the_report_of_a_file(name: str) -> None:
    data = (CASES / name / "Dockerfile").read_bytes()
    report = file_object(check_source("Dockerfile", data, *options(name)))
    path = CASES / name / "expected.json"
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        path.write_text(json.dumps(report, indent=1) + "\n")
    assert report == json.loads(path.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_what_fixing_a_file_writes(name: str) -> None:
    before = (CASES / name / "Dockerfile").read_bytes()
    safe, unsafe = migrate(name, unsafe=False), migrate(name, unsafe=True)
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        store(name, "fixed", safe.data, before)
        store(name, "fixed-unsafe", unsafe.data, safe.data)
    fixed = expected(name, "fixed", before)
    assert safe.data == fixed
    assert unsafe.data == expected(name, "fixed-unsafe", fixed)
    assert (safe.problem, unsafe.problem) == (None, None)


@pytest.mark.parametrize("name", NAMES)
def test_fixing_a_fixed_file_writes_nothing(name: str) -> None:
    for unsafe in (False, True):
        once = migrate(name, unsafe=unsafe).data
        again = fix_source("Dockerfile", once, *options(name), unsafe=unsafe)
        assert again.data == once


def test_there_are_cases() -> None:
    assert len(NAMES) >= 45

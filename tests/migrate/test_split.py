"""One stage in two, class by class: what the runtime takes over and what stays behind, and what is refused instead.

Each case of tests/fixtures/split is a mistake that a rewriting could make. ``<case>/input`` is the build context with its
Dockerfile, ``<case>/output.Dockerfile`` the whole file that ``--fix --unsafe-fixes`` writes where a split or the swap is
reached, and
``<case>/said.txt`` the level with its title, or why a split is refused. ``DHI_MIGRATE_UPDATE=1`` writes the last two anew.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from dhi_migrate import Catalog, Migration, Settings, check, migrate, open_context

CASES = Path(__file__).parents[1] / "fixtures" / "split"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
REFUSED = "refused-"
"""How the names of the cases begin that are not split."""


@cache
def catalog() -> Catalog:
    return Catalog.load()


def source(name: str) -> bytes:
    return (CASES / name / "input" / "Dockerfile").read_bytes()


def migrated(name: str, data: bytes) -> Migration:
    folder = CASES / name / "input"
    tree = open_context(str(folder / "Dockerfile"), data, (str(folder),))
    return migrate(data, catalog(), Settings(), unsafe=True, path="Dockerfile", tree=tree)


def said(migration: Migration) -> str:
    """The level and what was done, or the line and the reason of the refusal."""
    if migration.level in {"split", "runtime"}:
        return f"{migration.level}: {migration.applied[0].title}\n"
    refusal = next(one for one in migration.refusals if one.level == "split")
    return f"line {refusal.line}: {refusal.text}\n"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written(name: str) -> None:
    migration, folder = migrated(name, source(name)), CASES / name
    text = said(migration)
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        (folder / "said.txt").write_text(text, encoding="utf-8")
        if migration.level in {"split", "runtime"}:
            (folder / "output.Dockerfile").write_bytes(migration.data)
    assert text == (folder / "said.txt").read_text(encoding="utf-8")
    assert (migration.level not in {"split", "runtime"}) == name.startswith(REFUSED)
    if not name.startswith(REFUSED):
        assert migration.data == (folder / "output.Dockerfile").read_bytes()


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(REFUSED)])
def test_a_second_run_changes_nothing_and_finds_no_error(name: str) -> None:
    once = migrated(name, source(name)).data
    assert migrated(name, once).data == once
    after = check(once, catalog(), path="Dockerfile")
    assert [one.rule for one in after.findings if one.severity == "error"] == []

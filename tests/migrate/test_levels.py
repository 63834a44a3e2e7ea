"""Whole files at their levels: each case of tests/fixtures/migrate is a small project with what the migrator makes of it.

``<case>/input`` is the build context with its Dockerfile; ``<case>/output.Dockerfile`` the file that ``--fix --unsafe-fixes``
writes (absent where nothing changes), ``<case>/plan.json`` the plan. The number before the name is that of the shape.
``DHI_MIGRATE_UPDATE=1`` writes the last two anew: read the difference.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import pytest

from dhi_migrate import Catalog, FilePlan, Migration, Settings, check, migrate, open_context, parse, plan
from dhi_migrate.report.plan_json import plan_object

CASES = Path(__file__).parents[1] / "fixtures" / "migrate"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
SHAPES = 16
FEWEST_CASES, FEWEST_REFUSALS = 80, 20


@cache
def catalog() -> Catalog:
    return Catalog.load()


def source(name: str) -> bytes:
    return (CASES / name / "input" / "Dockerfile").read_bytes()


def migrated(name: str, data: bytes, *, unsafe: bool = True, level: str = "auto") -> Migration:
    folder = CASES / name / "input"
    tree = open_context(str(folder / "Dockerfile"), data, (str(folder),))
    settings = Settings(level=level)  # type: ignore[arg-type]
    return migrate(data, catalog(), settings, unsafe=unsafe, path="Dockerfile", tree=tree)


@cache
def best(name: str) -> Migration:
    return migrated(name, source(name))


def planned(name: str) -> FilePlan:
    folder, data = CASES / name / "input", source(name)
    tree = open_context(str(folder / "Dockerfile"), data, (str(folder),))
    return plan(data, catalog(), Settings(), path="Dockerfile", tree=tree)


def test_there_are_cases_for_every_shape_and_refusals_among_them() -> None:
    assert {int(name[:2]) for name in NAMES} == set(range(1, SHAPES + 1))
    assert len(NAMES) >= FEWEST_CASES
    assert sum(best(name).level is None for name in NAMES) >= FEWEST_REFUSALS


@pytest.mark.parametrize("name", NAMES)
def test_the_file_that_is_written(name: str) -> None:
    path, data = CASES / name / "output.Dockerfile", best(name).data
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        path.unlink(missing_ok=True)
        if data != source(name):
            path.write_bytes(data)
    assert data == (path.read_bytes() if path.exists() else source(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_plan(name: str) -> None:
    path, made = CASES / name / "plan.json", plan_object(planned(name))
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        path.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    assert made == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_done(name: str) -> None:
    migration = best(name)
    after = check(migration.data, catalog(), path="Dockerfile")
    assert parse(migration.data).ok == parse(source(name)).ok
    if migration.level is not None:
        assert [one for one in after.findings if one.severity == "error" and one.rule != "DHI114"] == []
    else:
        assert migration.refusals or migration.after.findings


@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_changes_nothing(name: str) -> None:
    once = best(name).data
    for unsafe in (True, False):
        assert migrated(name, once, unsafe=unsafe).data == once


@pytest.mark.parametrize("name", NAMES)
def test_without_being_asked_no_stage_is_rewritten(name: str) -> None:
    migration = migrated(name, source(name), unsafe=False)
    assert migration.level in {None, "runtime", migration.before.level}
    assert len(migration.after.stages) == len(migration.before.stages)


@pytest.mark.parametrize("name", [name for name in NAMES if best(name).level in {"split", "dev"}])
def test_a_level_that_is_named_is_written_unasked(name: str) -> None:
    level = best(name).level
    assert migrated(name, source(name), unsafe=False, level=str(level)).data == best(name).data


SEVERAL = b"""\
FROM python:3.12-slim AS base
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt

FROM base AS api
COPY . .
CMD ["python", "api.py"]

FROM base AS worker
COPY . .
CMD ["python", "worker.py"]
"""
SEVERAL_MOVED = b"""\
FROM dhi.io/python:3.12-debian13-dev AS base
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
RUN pip install -r requirements.txt

FROM dhi.io/python:3.12-debian13 AS api
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app
COPY --from=base /opt/venv /opt/venv
COPY --from=base --chown=65532:65532 /app /app
COPY --chown=65532:65532 . .
CMD ["python", "api.py"]

FROM dhi.io/python:3.12-debian13 AS worker
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app
COPY --from=base /opt/venv /opt/venv
COPY --from=base --chown=65532:65532 /app /app
COPY --chown=65532:65532 . .
CMD ["python", "worker.py"]
"""


def test_one_file_for_several_images_is_moved_one_target_at_a_time() -> None:
    data = SEVERAL
    for target in ("api", "worker", "api"):
        data = migrate(data, catalog(), Settings(level="split", target=target), unsafe=False, path="Dockerfile").data
    assert data == SEVERAL_MOVED

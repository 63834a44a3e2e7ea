"""The proof: whether it can run here, what it builds with, and its table."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from proof import Proof

COLUMNS = ("before", "after", "answer", "refused", "naive")
RESULTS: dict[str, dict[str, str]] = {}


def unavailable(config: pytest.Config) -> str | None:
    """Why the proof is not run, in one line; None where it is."""
    if "e2e" not in (config.option.markexpr or ""):
        return "the proof with real builds runs with -m e2e"
    for name in ("buildah", "dpkg-deb", "apt-get", "npm", "unshare", "nsenter"):
        if shutil.which(name) is None:
            return f"the proof with real builds needs {name}"
    return None if os.geteuid() == 0 else "the proof with real builds needs root"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "e2e: builds and runs images with buildah, as root; minutes (run with -m e2e)")
    config.addinivalue_line("markers", "xdist_group(name): the tests of a case run in one process")
    os.environ["DHI_MIGRATE_E2E_REASON"] = unavailable(config) or ""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `-n 2 --dist loadgroup` a case stays in one process, and so does everything of several services."""
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            name = item.callspec.params["name"] if item.path.name == "test_proof.py" else "services"
            item.add_marker(pytest.mark.xdist_group(name))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several tells its rows to the one that prints the table."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["proof"] = RESULTS


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the rows of a process that has ended."""
    for name, row in getattr(node, "workeroutput", {}).get("proof", {}).items():
        RESULTS.setdefault(name, {}).update(row)


@pytest.fixture(scope="session")
def proof(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    from proof import Proof

    kept = os.environ.get("DHI_MIGRATE_E2E_CACHE") or str(Path.home() / ".cache/dhi-migrate-e2e")
    made = Proof(Path(kept), tmp_path_factory.mktemp("proof"))
    named = [item.callspec.params["name"] for item in request.session.items if hasattr(item, "callspec")
             and item.path.name == "test_proof.py"]  # fmt: skip
    made.prepare(list(dict.fromkeys(named)))
    return made


@pytest.fixture
def result(request: pytest.FixtureRequest) -> dict[str, str]:
    """The row of the case in the table."""
    return RESULTS.setdefault(request.node.callspec.params["name"], {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not RESULTS:
        return
    terminalreporter.section("proof")
    terminalreporter.write_line(f"{'case':44} {'level':8} " + " ".join(f"{one:8}" for one in COLUMNS))
    for name in sorted(RESULTS):
        row = RESULTS[name]
        cells = " ".join(f"{row.get(one, '-'):8}" for one in COLUMNS)
        terminalreporter.write_line(f"{name:44} {row.get('level', '-'):8} {cells} {row.get('rule', '')}")
    count = {one: sum(row.get(one) == "yes" for row in RESULTS.values()) for one in COLUMNS}
    terminalreporter.write_line(f"{len(RESULTS)} cases: {count['before']} built before, {count['after']} built after, "
                                f"{count['answer']} same answer, {count['refused']} refused, "
                                f"{count['naive']} naive swaps failing as predicted")  # fmt: skip

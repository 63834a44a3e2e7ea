"""Fixing to an end, and dropping what would make a file worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.dockerfile.source import Source, Span
from dhi_migrate.migrate import fix as module
from dhi_migrate.migrate.fix import MAX_ROUNDS, fix_source
from dhi_migrate.rules.findings import Edit, FileReport, Finding, Fix
from dhi_migrate.settings import Settings

if TYPE_CHECKING:
    from dhi_migrate.rules.findings import Safety

DATA = b"FROM a\n"


def report(data: bytes, *fixes: Fix, errors: int = 0) -> FileReport:
    """A report of `data` with one finding for `fixes`, and some errors."""
    source = Source(data)
    found = [Finding("DHI101", "swap", "info", "swap", "", 0, Span(5, 6), fixes)]
    found += [Finding("DHI000", "syntax-error", "error", "bad word", "", 0, Span(0, 1)) for _ in range(errors)]
    return FileReport("Dockerfile", source, "swappable", None, None, (), tuple(found))


def fix(text: bytes, safety: Safety = "safe", start: int = 5, end: int = 6) -> Fix:
    """A fix that writes `text`."""
    return Fix(safety, text.decode(), (Edit(start, end, text),))


@pytest.fixture
def engine(monkeypatch):
    """Put a function from bytes to a report in the place of the rules."""

    def replace(function):
        monkeypatch.setattr(module, "check_source", lambda path, data, catalog, settings, tree=None: function(data))

    return replace


def run(data: bytes = DATA, *, unsafe: bool = False):
    return fix_source("Dockerfile", data, Catalog.load(), Settings(), unsafe=unsafe)


def test_a_fix_that_brings_an_error_is_dropped_and_said(engine):
    engine(lambda data: report(data, fix(b"b")) if data == DATA else report(data, errors=1))
    migration = run()
    assert migration.data == DATA
    assert migration.applied == ()
    assert migration.problem == "the fixed file would have a new error (DHI000: bad word); the edit was left out"


def test_an_error_that_was_there_before_does_not_stop_a_fix(engine):
    engine(lambda data: report(data, fix(b"b"), errors=1) if data == DATA else report(data, errors=1))
    assert run().data == b"FROM b\n"


def test_only_the_round_with_the_error_is_dropped(engine):
    rounds = {DATA: report(DATA, fix(b"b")), b"FROM b\n": report(b"FROM b\n", fix(b"c"))}
    engine(lambda data: rounds.get(data) or report(data, errors=1))
    migration = run()
    assert migration.data == b"FROM b\n"
    assert migration.applied == (fix(b"b"),)
    assert migration.problem is not None


def test_fixes_without_an_end_leave_the_file_as_it_was(engine):
    seen = []

    def judge(data):
        seen.append(data)
        return report(data, fix(b"b" if data == DATA else b"a"))

    engine(judge)
    migration = run()
    assert migration.data == DATA
    assert migration.applied == ()
    assert migration.problem == f"the fixes had no end after {MAX_ROUNDS} rounds"
    assert len(seen) == MAX_ROUNDS + 1


def test_the_first_allowed_fix_of_a_finding_is_taken(engine):
    given = (fix(b"risky", "unsafe"), fix(b"good"))
    engine(lambda data: report(data, *given) if data == DATA else report(data))
    assert run().data == b"FROM good\n"
    assert run(unsafe=True).data == b"FROM risky\n"


def test_fixes_that_clash_are_applied_one_after_the_other(engine):
    def judge(data):
        source = Source(data)
        found = [
            Finding("DHI101", "swap", "info", "swap", "", 0, Span(5, 6), (one,))
            for one in (fix(b"b"), fix(b"c"))
            if data == DATA
        ]
        return FileReport("Dockerfile", source, "swappable", None, None, (), tuple(found))

    engine(judge)
    migration = run()
    assert migration.data == b"FROM b\n"
    assert migration.problem is None


def test_a_file_with_a_syntax_error_is_left_alone():
    data = b"FROM node:24-alpine\nCOPPY . .\n"
    migration = run(data, unsafe=True)
    assert migration.data == data
    assert [finding.rule for finding in migration.after.findings] == ["DHI000"]

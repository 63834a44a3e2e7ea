"""Every example of every rule file: the bad one yields the rule at the marked line, the good one is what fixing makes of it."""

from __future__ import annotations

from functools import cache

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.fix import migrate_source
from dhi_migrate.rules.engine import check_source
from dhi_migrate.rules.findings import Finding
from dhi_migrate.rules.registry import Example, rules
from dhi_migrate.settings import Settings


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def findings(text: str, code: str) -> list[tuple[int, Finding]]:
    """The findings of rule `code` in the Dockerfile `text`, with their 1-based lines."""
    report = check_source("Dockerfile", text.encode(), catalog(), Settings())
    assert report.source is not None
    return [(report.source.line_of(one.span.start), one) for one in report.findings if one.rule == code]


EXAMPLES = [
    pytest.param(code, example, id=f"{code}-{number}")
    for code, rule in rules().items()
    for number, example in enumerate(rule.examples, 1)
]


def test_every_rule_has_an_example() -> None:
    assert [code for code, rule in rules().items() if not rule.examples] == []


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_the_bad_example_yields_the_rule_at_its_line(code: str, example: Example) -> None:
    text = example.bad.lstrip("\n")
    assert example.line in [line for line, _ in findings(text, code)]


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_fixing_the_bad_example_makes_the_good_one(code: str, example: Example) -> None:
    if not example.good:
        safe = [fix for _, one in findings(example.bad.lstrip("\n"), code) for fix in one.fixes if fix.safety == "safe"]
        assert safe == [], "an example with a safe fix shows what comes of it"
        return
    bad, good = example.bad.lstrip("\n").encode(), example.good.lstrip("\n").encode()
    migration = migrate_source("Dockerfile", bad, catalog(), Settings(), unsafe=example.unsafe)
    assert migration.data.decode() == good.decode()
    assert migration.problem is None


@pytest.mark.parametrize(("code", "example"), [one for one in EXAMPLES if one.values[1].good])
def test_the_good_example_does_not_yield_the_rule(code: str, example: Example) -> None:
    assert findings(example.good.lstrip("\n"), code) == []

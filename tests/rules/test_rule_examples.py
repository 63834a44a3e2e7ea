"""Every example of every rule file: what is bad yields the rule at the marked line, what is good does not, and fixes
do as shown."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.project.references import ProjectFile, check_project_file
from dhi_migrate.rules.edits import apply_edits
from dhi_migrate.rules.engine import check_source
from dhi_migrate.rules.findings import Finding
from dhi_migrate.rules.registry import Example, rules, texts
from dhi_migrate.rules.schema import load_rule_folder
from dhi_migrate.settings import Settings

FOLDER = Path(__file__).parent.parent.parent / "rules"


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


class Files:
    """A build context that is a table of texts."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files

    def bind(self, sources: tuple[str, ...]) -> Files:
        return self

    def read(self, path: str) -> bytes | None:
        text = self.files.get(path.removeprefix("./"))
        return None if text is None else text.encode()

    def exists(self, path: str) -> bool:
        path = path.removeprefix("./").rstrip("/")
        return path in self.files or any(name.startswith(f"{path}/") for name in self.files) or path in {"", "."}

    def names(self, path: str) -> tuple[str, ...]:
        prefix = "" if path in {"", "."} else f"{path.removeprefix('./').rstrip('/')}/"
        below = (name.removeprefix(prefix) for name in self.files if name.startswith(prefix))
        return tuple(sorted({name.partition("/")[0] for name in below}))


def tree(example: Example) -> Files | None:
    return Files(example.context) if example.context else None


def findings(text: str, code: str, example: Example) -> list[tuple[int, Finding]]:
    """The findings of rule `code` in `text`, a Dockerfile or the file that the example names, with their 1-based lines."""
    settings = Settings(**example.options)
    if example.file:
        file = ProjectFile(example.file, text.encode())
        report = check_project_file(file, catalog(), settings, Files({**example.context, example.file: text}))
    else:
        report = check_source("Dockerfile", text.encode(), catalog(), settings, tree=tree(example))
    assert report.source is not None
    return [(report.source.line_of(one.span.start), one) for one in report.findings if one.rule == code]


EXAMPLES = [
    pytest.param(code, example, id=f"{code}-{number}")
    for code in rules()
    for number, example in enumerate(texts(code).examples, 1)
]
BAD = [one for one in EXAMPLES if one.values[1].bad]
GOOD = [one for one in EXAMPLES if one.values[1].good]


def test_every_rule_file_has_the_right_form() -> None:
    assert [row["code"] for row in load_rule_folder(str(FOLDER))] == list(rules())


def test_every_rule_has_a_bad_example() -> None:
    assert [code for code in rules() if not any(one.bad for one in texts(code).examples)] == []


@pytest.mark.parametrize(("code", "example"), BAD)
def test_the_bad_example_yields_the_rule_at_its_line(code: str, example: Example) -> None:
    found = findings(example.bad.lstrip("\n"), code, example)
    assert example.line in [line for line, _ in found]
    for _, finding in found:
        assert finding.message
        assert finding.message[-1] not in ".\n"


@pytest.mark.parametrize(("code", "example"), BAD)
def test_fixing_the_bad_example_makes_the_good_one(code: str, example: Example) -> None:
    bad, good = example.bad.lstrip("\n"), example.good.lstrip("\n")
    if not example.fixed:
        safe = [fix for _, one in findings(bad, code, example) for fix in one.fixes if fix.safety == "safe"]
        assert safe == [], "an example with a safe fix shows what comes of it"
        return
    if example.file:
        fixes = [fix for _, one in findings(bad, code, example) for fix in one.fixes]
        assert {fix.safety for fix in fixes} == {"unsafe" if example.unsafe else "safe"}
        assert apply_edits(bad.encode(), [edit for fix in fixes for edit in fix.edits]).decode() == good
        return
    settings = Settings(**example.options)
    migration = fix_source("Dockerfile", bad.encode(), catalog(), settings, unsafe=example.unsafe, tree=tree(example))
    assert migration.data.decode() == good
    assert migration.problem is None


@pytest.mark.parametrize(("code", "example"), GOOD)
def test_the_good_example_does_not_yield_the_rule(code: str, example: Example) -> None:
    assert findings(example.good.lstrip("\n"), code, example) == []

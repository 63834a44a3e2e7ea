"""The example of docs/levels.md is a case of the migrator, and its result."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASE = ROOT / "tests" / "fixtures" / "migrate" / "02-pip-slim-uvicorn"


def block(mark: str) -> str:
    text = (ROOT / "docs" / "levels.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- {mark} -->\n```dockerfile\n(.*?)```\n", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_is_what_the_migrator_makes_of_it() -> None:
    assert block("input") == (CASE / "input" / "Dockerfile").read_text(encoding="utf-8")
    assert block("output") == (CASE / "output.Dockerfile").read_text(encoding="utf-8")

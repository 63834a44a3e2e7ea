"""What README.md shows is what the tool prints, and its marked lines are there for .ci/run to take."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from dhi_migrate.__main__ import main

README = Path(__file__).resolve().parents[2] / "README.md"


def block(mark: str) -> re.Match[str]:
    """The fenced block that stands directly after the comment `mark`; its text is group 1."""
    found = re.search(rf"<!-- {re.escape(mark)} -->\n```\n(.*?)```\n", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found


def test_the_output_in_the_readme_is_that_of_the_command_above_it(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(README.parent)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "```\ndhi-migrate examples/static\n```\n\n<!-- output -->\n" in README.read_text(encoding="utf-8")

    main(["examples/static"])

    printed = capfdbinary.readouterr().out.decode()
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        shown = block("output")
        text = README.read_text(encoding="utf-8")
        README.write_text(text[: shown.start(1)] + printed + text[shown.end(1) :], encoding="utf-8")
    assert block("output")[1] == printed


@pytest.mark.parametrize("mark", ["run: examples", "run: tests"])
def test_a_marked_command_of_the_readme_is_one_line_that_sets_up_and_runs(mark: str) -> None:
    line = block(mark)[1].removesuffix("\n")

    assert "\n" not in line
    assert line.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
    assert line.endswith(
        {"run: examples": "dhi-migrate --fail-on never examples", "run: tests": "-m pytest -n auto"}[mark]
    )

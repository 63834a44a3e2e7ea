"""The applications in examples/, checked as a user would, against stored reports and diffs.

After an intended change of the output, write the expected files again and read their diff:
``DHI_MIGRATE_UPDATE=1 python -m pytest tests/examples``.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from dhi_migrate.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
EXPECTED = ROOT / "tests" / "fixtures" / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/Dockerfile"))


def hold(name: str, output: bytes) -> None:
    """Compare `output` with the stored file `name`, or store it if the update switch is set."""
    path = EXPECTED / name
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(output)
    assert output.decode() == path.read_bytes().decode()


def test_every_example_has_an_application_an_ignore_file_and_a_line_in_the_readme() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")

    assert len(NAMES) == 8
    for name in NAMES:
        assert (EXAMPLES / name / ".dockerignore").is_file()
        assert f"| [{name}]({name}) |" in readme


@pytest.mark.parametrize("name", NAMES)
def test_report_of_an_example(
    name: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(EXAMPLES / name)

    code = main(["--format", "json", "--fail-on", "never", "Dockerfile"])

    assert code == 0
    hold(f"{name}.json", capfdbinary.readouterr().out)


@pytest.mark.parametrize("flags", [(), ("--unsafe-fixes",)], ids=["safe", "unsafe"])
@pytest.mark.parametrize("name", NAMES)
def test_diff_of_an_example(
    name: str, flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(EXAMPLES / name)

    code = main(["--diff", *flags, "Dockerfile"])

    diff = capfdbinary.readouterr().out
    assert code == (1 if diff else 0)
    hold(f"{name}{'.unsafe' if flags else ''}.diff", diff)


@pytest.mark.parametrize("flags", [(), ("--unsafe-fixes",)], ids=["safe", "unsafe"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_to_fix_in_a_fixed_example(
    name: str, flags: tuple[str, ...], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    copy = tmp_path / name
    shutil.copytree(EXAMPLES / name, copy)
    dockerfile = str(copy / "Dockerfile")
    main(["--fix", *flags, "--fail-on", "never", dockerfile])
    fixed = (copy / "Dockerfile").read_bytes()
    capfdbinary.readouterr()

    code = main(["--diff", *flags, dockerfile])

    assert (code, capfdbinary.readouterr().out) == (0, b"")
    assert (copy / "Dockerfile").read_bytes() == fixed


@pytest.mark.parametrize("name", ["go", "java"])
def test_an_example_that_needs_new_from_lines_only_is_hardened_by_them(
    name: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    copy = tmp_path / "Dockerfile"
    shutil.copy(EXAMPLES / name / "Dockerfile", copy)
    before = copy.read_text(encoding="utf-8").splitlines()
    main(["--fix", "--fail-on", "never", str(copy)])
    capfdbinary.readouterr()

    main(["--format", "json", "--fail-on", "never", str(copy)])

    after = copy.read_text(encoding="utf-8").splitlines()
    changed = [old for old, new in zip(before, after, strict=True) if old != new]
    assert [line.split()[0] for line in changed] == ["FROM", "FROM"]
    assert json.loads(capfdbinary.readouterr().out)["files"][0]["status"] == "hardened"

"""Files around a Dockerfile: what is found in them, and the bytes that the fixes make, for whole small repositories.

A case is a directory of ``tests/fixtures/project``: ``files`` is the repository, ``expected.txt`` has a line for each finding,
``fixed`` and ``fixed-unsafe`` hold the files that the safe fixes, and all fixes, change; ``registry.txt`` is the setting
``registry``, where there is one. With ``DHI_MIGRATE_UPDATE=1`` these are
written anew, to be read before they are committed.
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.project.references import ProjectFile, RepositoryTree, check_project_file, kind_of
from dhi_migrate.rules.edits import apply_edits, compatible
from dhi_migrate.rules.findings import FileReport
from dhi_migrate.settings import Settings

CASES = Path(__file__).parent.parent / "fixtures" / "project"
NAMES = sorted(path.parent.name for path in CASES.glob("*/files"))


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def reports(root: Path) -> dict[str, FileReport]:
    """The reports of all files of the repository at `root` that are of a known kind."""
    found = {}
    tree = RepositoryTree(str(root))
    registry = root.parent / "registry.txt"
    settings = Settings(registry=registry.read_text("utf-8").strip()) if registry.exists() else Settings()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and kind_of(name) is not None:
            found[name] = check_project_file(ProjectFile(name, path.read_bytes()), catalog(), settings, tree)
    return found


def listed(found: dict[str, FileReport]) -> str:
    """A line for each finding: place, rule, severity, how it may be fixed, message; and the number of suppressed ones."""
    lines = []
    for name, report in found.items():
        assert report.source is not None
        for one in report.findings:
            line, column = report.source.position(one.span.start)
            end = report.source.position(one.span.end)
            fixes = ", ".join(fix.safety for fix in one.fixes) or "-"
            place = f"{name}:{line}:{column}-{end.line}:{end.column}"
            lines.append(f"{place} {one.rule} {one.severity} {fixes}\n    {one.message}\n    {one.evidence}\n")
        if report.suppressed:
            lines.append(f"{name}: {report.suppressed} suppressed\n")
    return "".join(lines)


def fixed(root: Path, found: dict[str, FileReport], *, unsafe: bool) -> dict[str, bytes]:
    """The files that the fixes change, with their new bytes."""
    changed = {}
    for name, report in found.items():
        fixes = [fix for one in report.findings for fix in one.fixes if unsafe or fix.safety == "safe"]
        data = (root / name).read_bytes()
        after = apply_edits(data, [edit for fix in compatible(fixes) for edit in fix.edits])
        if after != data:
            changed[name] = after
    return changed


def stored(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_repository_is_reported_and_fixed_as_expected(name: str) -> None:
    case = CASES / name
    found = reports(case / "files")
    text = listed(found)
    results = {one: fixed(case / "files", found, unsafe=one == "fixed-unsafe") for one in ("fixed", "fixed-unsafe")}
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        (case / "expected.txt").write_text(text, "utf-8", newline="")
        for folder, files in results.items():
            shutil.rmtree(case / folder, ignore_errors=True)
            for path, data in files.items():
                (case / folder / path).parent.mkdir(parents=True, exist_ok=True)
                (case / folder / path).write_bytes(data)
    assert (case / "expected.txt").read_bytes().decode() == text
    assert {one: stored(case / one) for one in results} == results


@pytest.mark.parametrize("name", NAMES)
def test_fixed_files_have_nothing_more_to_fix(name: str, tmp_path: Path) -> None:
    case = CASES / name
    shutil.copytree(case / "files", tmp_path / "files")
    if (case / "fixed-unsafe").exists():
        shutil.copytree(case / "fixed-unsafe", tmp_path / "files", dirs_exist_ok=True)
    found = reports(tmp_path / "files")
    left = [fix.title for report in found.values() for one in report.findings for fix in one.fixes]
    assert left == []


def test_a_repository_never_leads_out_of_its_directory(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "folder" / "file").write_text("y")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "inside").symlink_to("folder")
    tree = RepositoryTree(str(root))
    assert tree.read("folder/file") == tree.read("./inside//file") == b"y"
    assert [tree.read(path) for path in ("link", "../secret", str(tmp_path / "secret"), "folder", "nothing", "")] == [
        None
    ] * 6
    assert [tree.exists(path) for path in ("folder", "folder/file", "link", "../secret", "")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert tree.names("") == ("folder", "inside")
    assert tree.names("..") == ()

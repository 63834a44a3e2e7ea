"""``--project --fix``: Dockerfiles and the services that build them change as one set, for whole small repositories.

A case is a directory of ``tests/fixtures/project-sets``: ``files`` is the repository, ``safe.txt`` and ``unsafe.txt`` what is
said of it, with the differences that ``--fix`` and ``--fix --unsafe-fixes`` make. With ``DHI_MIGRATE_UPDATE=1`` these are
written anew, to be read before they are committed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).resolve().parents[1] / "fixtures" / "project-sets"
NAMES = sorted(path.parent.name for path in CASES.glob("*/files"))


def run(tree: Path, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [
        *before,
        sys.executable,
        "-m",
        "dhi_migrate",
        "--quiet",
        "--no-config",
        "--fail-on",
        "never",
        "--project",
        *arguments,
    ]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=300)


def contents(tree: Path) -> dict[str, bytes]:
    """The files of `tree`, without those of git."""
    found = {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    return {path: data for path, data in found.items() if not path.startswith(".git/")}


@pytest.fixture
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the repository of a case, or of the case that the test names."""
    name = getattr(request, "param", None) or request.node.callspec.params["name"]
    copy = tmp_path / "tree"
    shutil.copytree(CASES / name / "files", copy)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    return copy


@pytest.mark.parametrize("kind", ["safe", "unsafe"])
@pytest.mark.parametrize("name", NAMES)
def test_a_set_changes_as_expected(name: str, kind: str, tree: Path) -> None:
    more = ["--unsafe-fixes"] if kind == "unsafe" else []
    shown = run(tree, "--diff", *more)
    text = shown.stderr + shown.stdout
    expected = CASES / name / f"{kind}.txt"
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        expected.write_text(text)
    assert text == expected.read_text()

    before = contents(tree)
    done = run(tree, "--fix", *more)
    assert (done.returncode, done.stderr) == (0, shown.stderr)
    after = contents(tree)
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {line[6:] for line in shown.stdout.splitlines() if line.startswith("+++ b/")}
    again = run(tree, "--diff", *more)
    assert again.stdout == ""
    run(tree, "--fix", *more)
    assert after == contents(tree)


@pytest.mark.parametrize("tree", ["port-moves"], indirect=True)
def test_the_order_of_processes_does_not_matter(tree: Path) -> None:
    for number in range(60):
        (tree / f"more{number:02}").mkdir()
        (tree / f"more{number:02}" / "Dockerfile").write_text("FROM memcached:1.6\n")
    one, two = (run(tree, "--diff", "--unsafe-fixes", "--jobs", jobs) for jobs in ("1", "2"))
    assert one.stdout == two.stdout
    assert one.stdout.count("--- a/") == 63


@pytest.mark.parametrize("tree", ["port-moves"], indirect=True)
def test_where_one_file_cannot_be_written_none_of_its_set_is(tree: Path) -> None:
    """Root may write a read-only file, but not on a read-only file system."""
    before = contents(tree)
    if os.geteuid() != 0:
        (tree / "compose.yaml").chmod(0o444)
        done = run(tree, "--fix", "--unsafe-fixes")
    else:
        readonly = "mount --bind compose.yaml compose.yaml && mount -o remount,bind,ro compose.yaml"
        if subprocess.run(
            ["unshare", "--mount", "sh", "-c", readonly], cwd=tree, capture_output=True, check=False
        ).returncode:
            pytest.skip("root may not mount here")
        done = run(
            tree, "--fix", "--unsafe-fixes", before=("unshare", "--mount", "sh", "-c", f'{readonly} && exec "$@"', "sh")
        )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "dhi-migrate: compose.yaml: cannot be written: the file is read-only",
        "dhi-migrate: other/Dockerfile: not written, since compose.yaml has to change with it",
        "dhi-migrate: pages/Dockerfile: not written, since compose.yaml has to change with it",
    ]
    assert contents(tree) == before

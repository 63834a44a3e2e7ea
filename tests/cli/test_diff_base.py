"""``--diff-base``: findings on changed lines, by git, which runs no program that the repository names."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cli_support import Run, write

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

CENTOS = "FROM centos:7\nRUN yum install -y curl\nCMD curl localhost\n"


def git(*arguments: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def repository(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git("init", "-q", "-b", "main", ".")
    for name in ("a/Dockerfile", "b ä/Dockerfile", "c.dockerfile"):
        write(name, CENTOS)
    git("add", ".")
    git("commit", "-q", "-m", "one")


def found(real: Run, base: str, *arguments: str) -> list[str]:
    code, out, err = real("--format", "concise", "-q", "--diff-base", base, *arguments)
    assert (code, err) == (int(bool(out)), "")
    return [":".join(line.split(":")[:2]) for line in out.splitlines()]


def test_nothing_has_changed(real: Run) -> None:
    assert real("--diff-base", "HEAD") == (
        0,
        "",
        "dhi-migrate: no Dockerfile has changed since HEAD\n",
    )


def test_findings_on_changed_lines_in_commits_the_index_and_the_work_tree(real: Run) -> None:
    write("a/Dockerfile", CENTOS.replace("curl l", "wget l"))
    git("commit", "-q", "-a", "-m", "two")
    write("b ä/Dockerfile", CENTOS.replace("-y curl", "-y wget"))
    git("add", ".")
    write("c.dockerfile", "# comment\n" + CENTOS.replace("centos:7", "centos:8"))
    assert found(real, "HEAD^") == ["a/Dockerfile:3", "b ä/Dockerfile:2", "c.dockerfile:2"]
    assert found(real, "HEAD", "a", "c.dockerfile") == ["c.dockerfile:2"]


def test_a_file_that_git_does_not_know_is_new_as_a_whole(real: Run) -> None:
    write("new/Dockerfile", CENTOS)
    write(".gitignore", "build.x\n")
    write("build.x", CENTOS)
    assert found(real, "HEAD", "new", "build.x", "a") == [
        f"{name}:{line}" for name in ("build.x", "new/Dockerfile") for line in (1, 2, 3)
    ]


def test_a_renamed_file_has_the_changed_lines_alone(real: Run) -> None:
    git("mv", "c.dockerfile", "d.dockerfile")
    write("d.dockerfile", CENTOS.replace("curl l", "wget l"))
    assert found(real, "HEAD") == ["d.dockerfile:3"]


def test_a_file_of_any_name_that_is_given(real: Run) -> None:
    for name in ("build file", "ta\tb", 'quo"te', "back\\slash", "new\nline"):
        write(name, CENTOS)
        git("add", name)
    git("commit", "-q", "-m", "two")
    for name in ("build file", "ta\tb", 'quo"te', "back\\slash", "new\nline"):
        write(name, CENTOS.replace("centos:7", "centos:8"))
        code, out, _ = real("--format", "concise", "-q", "--diff-base", "HEAD", name)
        assert (code, len(out.splitlines())) == (1, 1), name


def test_what_others_did_to_the_base_since_does_not_count(real: Run) -> None:
    git("checkout", "-q", "-b", "feature")
    write("a/Dockerfile", CENTOS.replace("curl l", "wget l"))
    git("commit", "-q", "-a", "-m", "mine")
    git("checkout", "-q", "main")
    write("b ä/Dockerfile", "FROM centos:8\nRUN yum install -y curl\n")
    git("commit", "-q", "-a", "-m", "theirs")
    git("checkout", "-q", "feature")
    assert found(real, "main") == ["a/Dockerfile:3"]


def test_without_common_history_the_base_itself_counts_and_that_is_said(real: Run) -> None:
    git("checkout", "-q", "--orphan", "other")
    write("a/Dockerfile", CENTOS.replace("curl l", "wget l"))
    git("commit", "-q", "-a", "-m", "mine")
    assert found(real, "main") == ["a/Dockerfile:3"]
    assert "no common history" in real("--diff-base", "main")[2]


def test_lines_that_look_like_a_diff_do_not_mislead(real: Run) -> None:
    trap = "FROM centos:7\nRUN <<EOF\n-- a/x\n++ b/c.dockerfile\n@@ -1 +1,90 @@\nEOF\n"
    write("a/Dockerfile", trap)
    git("commit", "-q", "-a", "-m", "two")
    write(
        "a/Dockerfile",
        trap.replace("-- a/x\n++ b/c.dockerfile\n@@ -1 +1,90 @@", "++ b/c.dockerfile\n@@ -1 +1,9 @@\n-- x"),
    )
    assert found(real, "HEAD") == ["a/Dockerfile:2"]


def test_a_line_that_is_very_long(real: Run) -> None:
    write("a/Dockerfile", "FROM centos:7\n# " + "x" * 200_000 + "\n@@ -1 +1,9 @@\nRUN yum install -y curl\n")
    git("commit", "-q", "-a", "-m", "two")
    write("a/Dockerfile", "FROM centos:7\n# " + "+++ b/" * 40_000 + "\nRUN yum install -y curl\n")
    assert found(real, "HEAD") == ["a/Dockerfile:2"]  # the builder takes no line of that length


def test_a_finding_at_the_beginning_of_an_instruction_is_on_all_its_lines(real: Run) -> None:
    text = 'FROM dhi.io/node:22-alpine3.24\nRUN echo a \\\n  b\nCMD ["node", "a.js"]\n'
    write("a/Dockerfile", text)
    git("commit", "-q", "-a", "-m", "two")
    write("a/Dockerfile", text.replace("  b", "  c"))
    assert found(real, "HEAD") == ["a/Dockerfile:2"]


def test_a_repository_inside_that_lacks_the_revision_is_new_as_a_whole(real: Run) -> None:
    git("branch", "base")
    Path("inner").mkdir()
    git("-C", "inner", "init", "-q", "-b", "main", ".")
    write("inner/Dockerfile", "FROM centos:7\n")
    git("-C", "inner", "add", ".")
    git("-C", "inner", "commit", "-q", "-m", "inner")
    write("c.dockerfile", "FROM centos:7\n")
    code, out, err = real("--format", "concise", "--diff-base", "base")
    assert code == 1
    assert out.splitlines()[0].startswith("inner/Dockerfile:1:6: DHI104")
    assert "all lines of the 1 files in it count as changed" in err


@pytest.mark.parametrize("revision", ["gone", "--output=stolen", "-p", "HEAD:a/Dockerfile", "a b", "", "\u00e4"])
def test_a_revision_that_is_none_is_an_error(real: Run, revision: str) -> None:
    code, out, err = real(f"--diff-base={revision}", "-q") if revision else real("--diff-base", "HEAD^{tree}", "-q")
    assert (code, out) == (2, "")
    assert "git knows no revision" in err
    assert not Path("stolen").exists()


def test_a_file_outside_of_git_is_an_error(real: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("plain")
    (folder / "Dockerfile").write_text(CENTOS)
    code, _, err = real("--diff-base", "HEAD", str(folder))
    assert (code, err) == (2, f"dhi-migrate: --diff-base: {folder}/Dockerfile is not in a git work tree\n")


def test_no_git_is_an_error(real: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert real("--diff-base", "HEAD", "a/Dockerfile")[2] == "dhi-migrate: --diff-base: git is not installed\n"


def test_no_program_that_the_repository_names_is_run(real: Run, here: Path) -> None:
    trap = f"touch {here}/trapped; cat"
    for key in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.evil.command",
    ):
        git("config", key, trap)
    git("config", "filter.evil.required", "true")
    git("config", "filter.e.v i$l.clean", trap)
    git("config", "diff.external", trap)
    git("config", "core.fsmonitor", trap)
    git("config", "core.pager", trap)
    git("config", "core.hooksPath", str(here / "hooks"))
    write(".git/info/attributes", "a/* filter=evil diff=evil\n* filter=e.v\\ i$l\n")
    for name in ("a/Dockerfile", "c.dockerfile"):
        Path(name).write_text(CENTOS.replace("curl l", "wget l"))
    assert found(real, "HEAD") == ["a/Dockerfile:3", "c.dockerfile:3"]
    assert not (here / "trapped").exists()


def test_a_filter_that_cannot_be_switched_off_is_an_error(real: Run, here: Path) -> None:
    git("config", "filter.a=b.clean", f"touch {here}/trapped; cat")
    assert "filters that cannot be switched off" in real("--diff-base", "HEAD")[2]
    assert not (here / "trapped").exists()


@pytest.mark.parametrize("other", [["--fix"], ["--diff"], ["-"]])
def test_what_it_cannot_be_combined_with(real: Run, other: list[str]) -> None:
    code, _, err = real("--diff-base", "HEAD", *other)
    assert (code, "cannot be combined" in " ".join(err.split())) == (2, True)

"""The hooks for pre-commit: which files they take, and a run of the real thing on a throw-away repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dhi_migrate.__main__ import main
from dhi_migrate.project import names

ROOT = Path(__file__).parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def hooks() -> dict[str, dict[str, object]]:
    return {hook["id"]: hook for hook in yaml.safe_load(HOOKS.read_text())}


def taken(path: str) -> bool:
    """Whether pre-commit gives `path` to the hooks: both patterns are searched."""
    hook = hooks()["dhi-migrate"]
    return bool(re.search(str(hook["files"]), path)) and not re.search(str(hook["exclude"]), path)


ENDINGS = (names._OTHER + names._CODE).split()
NAMES = st.one_of(
    st.from_regex(r"(?i:([a-z]{1,3}[._-])?(dockerfile|containerfile)([._-][a-z0-9~]{0,4}){0,2})", fullmatch=True),
    st.builds(
        lambda word, between, end: word + between + end,
        st.sampled_from(["Dockerfile", "dockerfile", "Containerfile", "containerfile", "DOCKERFILE"]),
        st.sampled_from([".", "-", "_", ".x.", "-x.", ""]),
        st.sampled_from([*ENDINGS, "dev", "dockerfile", "~", "Go"]),
    ),
)


@given(NAMES)
def test_the_hooks_take_the_names_that_a_search_finds(name: str) -> None:
    assert taken(name) == taken(f"some/folder/{name}") == names.is_dockerfile_name(name), name


@pytest.mark.parametrize("folder", sorted(names.SKIPPED_DIRECTORIES))
def test_the_hooks_take_nothing_from_folders_that_are_not_looked_into(folder: str) -> None:
    assert taken("a/Dockerfile")
    assert not taken(f"{folder}/Dockerfile")
    assert not taken(f"a/{folder}/b/Dockerfile")


def test_the_hooks_are_what_the_page_says_and_differ_in_the_fix_alone() -> None:
    check, fix = hooks()["dhi-migrate"], hooks()["dhi-migrate-fix"]
    assert check["entry"] == "dhi-migrate check --force-exclude"
    assert fix["entry"] == "dhi-migrate check --fix --force-exclude"
    same = ("language", "files", "exclude", "require_serial", "minimum_pre_commit_version")
    assert [check[key] for key in same] == [fix[key] for key in same]
    assert check["language"] == "python"


class TestRealPreCommit:
    """``pre-commit try-repo`` with our hooks file, where pre-commit is installed.

    Installing an environment needs a package index, and a test uses no network: so the hooks are taken from a copy that says
    ``language: system``, and the program is the one under test. Everything else is as it is.
    """

    @pytest.fixture(autouse=True)
    def repositories(self, tmp_path: Path) -> None:
        program = shutil.which("pre-commit")
        if program is None or shutil.which("git") is None:
            pytest.skip("needs pre-commit and git")
        self.program = program
        self.hooks = tmp_path / "hooks"
        self.project = tmp_path / "project"
        (tmp_path / "bin").mkdir()
        tool = tmp_path / "bin" / "dhi-migrate"
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dhi_migrate "$@"\n')
        tool.chmod(0o755)
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(tmp_path / "cache"),
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        for folder in (self.hooks, self.project):
            folder.mkdir()
            self.git("init", "-q", ".", at=folder)
            self.git("config", "user.email", "test@example.com", at=folder)
            self.git("config", "user.name", "test", at=folder)
        text = HOOKS.read_text()
        assert text.count("language: python") == 2
        (self.hooks / HOOKS.name).write_text(text.replace("language: python", "language: system"))
        self.git("add", ".", at=self.hooks)
        self.git("commit", "-q", "-m", "hooks", at=self.hooks)

    def git(self, *arguments: str, at: Path) -> None:
        subprocess.run(["git", *arguments], cwd=at, env=self.environment, check=True)

    def write(self, name: str, text: str) -> Path:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.git("add", name, at=self.project)
        return path

    def try_hook(self, hook: str) -> tuple[int, str]:
        done = subprocess.run(
            [self.program, "try-repo", str(self.hooks), hook, "--all-files", "--verbose", "--color", "never"],
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def test_the_fixing_hook_fails_and_fixes_and_then_passes(self) -> None:
        file = self.write("web/Dockerfile-dev", 'FROM node:22-alpine\nCMD ["node", "a.js"]\n')
        document = self.write("Dockerfile.md", "FROM centos:7\n")
        code, said = self.try_hook("dhi-migrate-fix")
        assert (code, "files were modified by this hook" in said) == (1, True), said
        assert file.read_text() == 'FROM dhi.io/node:22-alpine3.24\nCMD ["node", "a.js"]\n'
        assert document.read_text() == "FROM centos:7\n"
        self.git("add", ".", at=self.project)
        code, said = self.try_hook("dhi-migrate-fix")
        assert (code, "Passed" in said) == (0, True), said

    def test_the_checking_hook_fails_at_a_warning_and_minds_the_configuration(self) -> None:
        file = self.write("Containerfile.x", "FROM centos:7\n")
        code, said = self.try_hook("dhi-migrate")
        assert code == 1
        assert "Containerfile.x:1:6: warning[DHI104]" in said
        assert file.read_text() == "FROM centos:7\n"
        self.write("dhi-migrate.toml", 'exclude = ["Containerfile.x"]\n')
        code, said = self.try_hook("dhi-migrate")
        assert (code, "DHI104" in said) == (0, False), said

    def test_the_checking_hook_has_nothing_to_do_without_dockerfiles(self) -> None:
        self.write("Dockerfile.md", "FROM centos:7\n")
        self.write("node_modules/x/Dockerfile", "FROM centos:7\n")
        code, said = self.try_hook("dhi-migrate")
        assert (code, "(no files to check)Skipped" in said) == (0, True), said


def test_names_that_pre_commit_gives_can_be_excluded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old").mkdir()
    Path("old/Dockerfile").write_text("FROM centos:7\n")
    Path("dhi-migrate.toml").write_text('exclude = ["old"]\n')
    assert main(["check", "-q", "old/Dockerfile"]) == 1
    assert main(["check", "-q", "--force-exclude", "old/Dockerfile"]) == 0
    assert main(["check", "-q"]) == 0

"""The action for GitHub and the job for GitLab: their scripts, run on a throw-away repository with the program under test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(BASH is None or shutil.which("git") is None, reason="needs bash and git")


class Repository:
    """A git repository with a commit, and the program on the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repository"
        self.folder.mkdir()
        (folder / "bin").mkdir()
        for name, text in (
            ("dhi-migrate", f'exec "{sys.executable}" -m dhi_migrate "$@"'),
            ("pip", f'echo "$@" >> "{folder / "pip"}"'),
        ):
            path = folder / "bin" / name
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "CI_", "GITHUB_"))},
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GITHUB_OUTPUT": str(folder / "output"),
        }
        self.output = folder / "output"
        self.git("init", "-q", ".")
        self.git("config", "user.email", "test@example.com")
        self.git("config", "user.name", "test")
        (self.folder / "Dockerfile").write_text("FROM centos:7\n")
        (self.folder / "my app").mkdir()
        (self.folder / "my app" / "Dockerfile").write_text("FROM centos:7\n")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "one")
        self.base = self.git("rev-parse", "HEAD")
        (self.folder / "my app" / "Dockerfile").write_text("FROM centos:7\nRUN yum install -y curl\n")
        self.git("commit", "-q", "-a", "-m", "two")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def run(self, script: str, **variables: str) -> tuple[int, str]:
        assert BASH is not None
        done = subprocess.run(
            [BASH, "-e", "-c", script],
            cwd=self.folder,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


class TestAction:
    """``action.yml``."""

    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())

    def run(self, repository: Repository, **variables: str) -> tuple[int, list[str]]:
        (script,) = (step["run"] for step in self.action["runs"]["steps"] if step.get("id") == "check")
        inputs = {"PATHS": ".", "CHANGED_ONLY": "true", "BASE": "", "FAIL_ON": "", "SARIF_FILE": "", "ARGUMENTS": ""}
        code, out = repository.run(script, **{**inputs, **variables})
        return code, [line for line in out.splitlines() if line.startswith("::")]

    def test_no_input_is_put_into_a_script(self) -> None:
        for step in self.action["runs"]["steps"]:
            assert "${{" not in step["run"]

    def test_findings_are_annotations_and_the_exit_code(self, repository: Repository) -> None:
        code, lines = self.run(repository)
        assert code == 1
        assert [line.split(",")[0] for line in lines] == [
            "::warning file=Dockerfile",
            "::warning file=my app/Dockerfile",
            "::warning file=my app/Dockerfile",
        ]
        assert repository.output.read_text() == "exit-code=1\n"

    def test_in_a_pull_request_only_changed_lines_count(self, repository: Repository) -> None:
        code, lines = self.run(repository, BASE=repository.base)
        assert code == 1
        assert [line.split("::")[1].split(",")[:2] for line in lines] == [["warning file=my app/Dockerfile", "line=2"]]
        assert self.run(repository, BASE=repository.base, CHANGED_ONLY="false")[1] == self.run(repository)[1]

    def test_a_sarif_file_has_the_findings_of_all_lines(self, repository: Repository) -> None:
        code, lines = self.run(repository, BASE=repository.base, SARIF_FILE="out file.sarif", FAIL_ON="error")
        assert (code, len(lines)) == (0, 1)
        report = json.loads((repository.folder / "out file.sarif").read_text())
        assert len(report["runs"][0]["results"]) == 3

    def test_paths_and_arguments_are_one_a_line(self, repository: Repository) -> None:
        code, lines = self.run(repository, PATHS="my app\n", ARGUMENTS="--ignore=DHI104\n--severity=DHI301=info\n")
        assert (code, [line.split(",")[0] for line in lines]) == (0, ["::notice file=my app/Dockerfile"])

    def test_a_command_in_an_input_is_not_run(self, repository: Repository) -> None:
        code, _ = self.run(repository, PATHS="$(touch gone); touch gone #", ARGUMENTS="")
        assert (code, (repository.folder / "gone").exists()) == (2, False)


class TestGitlab:
    """``ci/gitlab.yml``."""

    job: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())["dhi-migrate"]

    def run(self, repository: Repository, **variables: str) -> tuple[int, list[dict[str, Any]]]:
        defaults = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "", **self.job["variables"]}
        code, _ = repository.run("\n".join(self.job["script"]), **{**defaults, **variables})
        (report,) = self.job["artifacts"]["reports"].values()
        return code, json.loads((repository.folder / report).read_text())

    def test_findings_are_a_code_quality_report(self, repository: Repository, tmp_path: Path) -> None:
        code, report = self.run(repository)
        assert code == 1
        assert [entry["location"]["path"] for entry in report] == [
            "Dockerfile",
            "my app/Dockerfile",
            "my app/Dockerfile",
        ]
        assert (tmp_path / "pip").read_text().endswith(" dhi-migrate\n")

    def test_in_a_merge_request_only_changed_lines_count(self, repository: Repository) -> None:
        code, report = self.run(repository, CI_MERGE_REQUEST_DIFF_BASE_SHA=repository.base)
        assert (code, [entry["check_name"].split()[0] for entry in report]) == (1, ["DHI301"])

"""``--files-from``, ``--statistics``, ``--exit-zero``, and completion in the shell."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import Run, write

from dhi_migrate.cli.completion import imply_check

ROOT = Path(__file__).parents[2]
CENTOS = "FROM centos:7\nRUN yum install -y curl\n"


class TestFilesFrom:
    """Paths from a list."""

    @pytest.fixture(autouse=True)
    def files(self, real: Run) -> None:
        for name in ("a/Dockerfile", "b c/Dockerfile", "d/build", "d/Dockerfile"):
            write(name, CENTOS)
        self.real = real

    def checked(self, *arguments: str) -> list[str]:
        lines = self.real("--format", "concise", "-q", *arguments)[1].splitlines()
        return list(dict.fromkeys(line.split(":")[0] for line in lines))

    @pytest.mark.parametrize(
        "text", [b"d/build\nb c/Dockerfile\n", b"d/build\r\n\r\nb c/Dockerfile", b"d/build\0b c/Dockerfile\0"]
    )
    def test_one_a_line_or_with_nul_between(self, text: bytes) -> None:
        write("list", text)
        assert self.checked("--files-from", "list") == ["b c/Dockerfile", "d/build"]

    def test_from_standard_input_with_directories(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"d\nd/build\n")))
        assert self.checked("--files-from", "-") == ["d/Dockerfile", "d/build"]

    def test_an_empty_list_is_no_file_and_not_the_whole_tree(self) -> None:
        write("list", "\n")
        assert self.real("--files-from", "list") == (0, "", "dhi-migrate: no Dockerfiles found in the list\n")

    def test_what_is_not_there_is_an_error_and_the_others_go_on(self) -> None:
        write("list", "gone\na/Dockerfile\n")
        code, out, err = self.real("--files-from", "list", "--format", "concise", "-q")
        assert (code, len(out.splitlines()), err) == (2, 2, "dhi-migrate: gone: no such file or directory\n")
        assert self.real("--files-from", "nowhere")[::2] == (
            2,
            "dhi-migrate: --files-from nowhere: no such file or directory\n",
        )

    def test_it_stands_alone(self) -> None:
        write("list", "a/Dockerfile\n")
        code, _, err = self.real("--files-from", "list", "d")
        assert (code, "cannot be combined with PATH" in err) == (2, True)

    def test_a_plan_takes_it_too(self) -> None:
        write("list", "a/Dockerfile\n")
        assert "d/Dockerfile" not in self.real("plan", "-q", "--files-from", "list")[1]


def test_statistics_say_how_often_instead_of_where(real: Run) -> None:
    for number in range(3):
        write(f"{number}/Dockerfile", "FROM centos:7\n" if number else CENTOS)
    write("n/Dockerfile", 'FROM node:22-alpine\nCMD ["node", "a.js"]\n')
    expected = """\
3  DHI104  warning  no-hardened-equivalent
1  DHI101  info     hardened-base-available [1 fixable with --fix]
1  DHI301  warning  package-manager-in-final-stage
"""
    assert real("--statistics", "-q") == (1, expected, "")
    code, out, _ = real("--statistics")
    assert out.startswith(f"{expected}\n5 findings in 4 of 4 files ")
    code, _, err = real("--statistics", "--format", "json")
    assert (code, "cannot be combined" in err) == (2, True)


def test_statistics_are_the_same_from_many_processes(real: Run) -> None:
    for number in range(70):
        write(f"{number}/Dockerfile", CENTOS)
    assert real("--statistics", "--jobs", "1") == real("--statistics", "--jobs", "3")


def test_exit_zero_is_for_findings_and_not_for_errors(real: Run) -> None:
    write("Dockerfile", 'FROM node:22-alpine\nCMD ["node", "a.js"]\n')
    assert [real(*arguments, "-q")[0] for arguments in (["--diff"], ["--diff", "--exit-zero"])] == [1, 0]
    write("Dockerfile", CENTOS)
    assert [real(*arguments, "-q")[0] for arguments in ([], ["--exit-zero"], ["--exit-zero", "gone"])] == [1, 0, 2]


def test_an_option_or_value_that_is_nearly_right_is_pointed_at(real: Run) -> None:
    for arguments, near in (
        (["--write-baselin"], "--write-baseline"),
        (["--diffbase", "x"], "--diff-base"),
        (["--format", "sarfi"], "'sarif'"),
        (["--severity", "DHI104=eror"], "RULE=warning or RULE=info"),
        (["--severity", "DHI1O4=error"], "DHI104"),
        (["confg"], "'config'"),
    ):
        code, out, err = real(*arguments)
        assert (code, out) == (2, "")
        assert near in " ".join(err.split()), arguments


class TestCompletion:
    """The words that typer's scripts ask about, with the command that goes without saying."""

    @pytest.mark.parametrize(
        ("typed", "asked"),
        [
            (["dhi-migrate", ""], None),
            (["dhi-migrate", "ch"], None),
            (["dhi-migrate", "--"], ["dhi-migrate", "check", "--"]),
            (["dhi-migrate", "--fo"], ["dhi-migrate", "check", "--fo"]),
            (["dhi-migrate", "--inst"], None),
            (["dhi-migrate", "--install-completion", ""], None),
            (["dhi-migrate", "web", "--fix", ""], ["dhi-migrate", "check", "web", "--fix", ""]),
            (["dhi-migrate", "catalog", "sh"], None),
        ],
    )
    def test_check_is_put_in_where_there_is_no_command(self, typed: list[str], asked: list[str] | None) -> None:
        bash = {"COMP_WORDS": "\n".join(typed), "COMP_CWORD": str(len(typed) - 1)}
        imply_check(bash)
        wanted = asked or typed
        assert bash == {"COMP_WORDS": "\n".join(wanted), "COMP_CWORD": str(len(wanted) - 1)}
        other = {"_TYPER_COMPLETE_ARGS": " ".join(typed)}
        imply_check(other)
        assert other == {"_TYPER_COMPLETE_ARGS": " ".join(wanted)}

    @pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
    def test_bash_completes_with_the_script_that_the_program_prints(self, tmp_path: Path) -> None:
        (tmp_path / "dhi-migrate").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dhi_migrate "$@"\n')
        (tmp_path / "dhi-migrate").chmod(0o755)
        environment = {
            **os.environ,
            "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
        }
        script = """
            eval "$(dhi-migrate --show-completion bash)"
            ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dhi_migrate_completion dhi-migrate; echo "${COMPREPLY[*]}"; }
            ask dhi-migrate --stat
            ask dhi-migrate --fail-on ""
            ask dhi-migrate conf
        """
        done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout == "--statistics\nerror warning info never\nconfig\n"

"""``check`` from arguments to exit code, over real files, with a stand-in for the rules."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import Run, write

from dhi_migrate.cli import pool, work
from dhi_migrate.settings import Settings


def test_findings_go_to_standard_output_and_make_the_exit_code_1(run: Run) -> None:
    write("web/Dockerfile", "FROM node:22\nCMD npm start\n")
    assert run("web/Dockerfile") == (
        1,
        """\
web/Dockerfile:1:6: info[DHI101] node:22 can be swapped
  |
1 | FROM node:22
  |      ^^^^^^^
  = target: dhi.io/node:22 (exact)
  = fix: use dhi.io/node:22 [--fix]

web/Dockerfile:2:5: error[DHI202] CMD needs a shell
  |
2 | CMD npm start
  |     ^^^
  = because: no /bin/sh
  = fix: write CMD as a JSON array [--fix --unsafe-fixes]

web/Dockerfile: manual (needs a person), level runtime
  final  node:22  -> dhi.io/node:22  exact

2 findings in 1 file (1 error, 1 info); 1 fixable with --fix, 1 more with --unsafe-fixes
1 file: 1 in need of a person
""",
        "",
    )


def test_nothing_to_say_is_one_line_and_exit_code_0(run: Run) -> None:
    write("a/Dockerfile", "FROM dhi.io/node:22\n")
    write("b/Dockerfile", "FROM dhi.io/node:22-dev AS b\nFROM dhi.io/node:22\n")
    assert run() == (0, "No findings in 2 files; 3 of 3 stages hardened.\n", "")


def test_without_a_path_everything_below_the_working_directory_is_checked_in_order(run: Run) -> None:
    write("b/Dockerfile", "FROM node:1\n")
    write("a/x.dockerfile", "FROM node:2\n")
    write("a/README.md", "FROM node:3\n")
    assert run("--format", "concise", "-q") == (
        0,
        "a/x.dockerfile:1:6: DHI101 info node:2 can be swapped [*]\nb/Dockerfile:1:6: DHI101 info node:1 can be swapped [*]\n",
        "",
    )


def test_the_summary_counts_files_and_severities(run: Run) -> None:
    write("a/Dockerfile", "FROM node:1\n")
    write("b/Dockerfile", "FROM alpine\n")
    write("c/Dockerfile", "FROM dhi.io/node:1\n")
    code, out, _ = run("--format", "concise")
    assert code == 1
    assert out.splitlines()[2:] == [
        "2 findings in 2 of 3 files (1 warning, 1 info); 1 fixable with --fix",
        "3 files: 1 hardened, 1 swappable by FROM lines alone, 1 in need of a person",
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("FROM node:1\nCMD npm x\n", {"error": 1, "warning": 1, "info": 1, "never": 0}),
        ("FROM alpine\n", {"error": 0, "warning": 1, "info": 1, "never": 0}),
        ("FROM node:1\n", {"error": 0, "warning": 0, "info": 1, "never": 0}),
        ("FROM dhi.io/x:1\n", {"error": 0, "warning": 0, "info": 0, "never": 0}),
    ],
)
def test_fail_on_sets_the_least_severity_for_exit_code_1(run: Run, text: str, codes: dict[str, int]) -> None:
    write("Dockerfile", text)
    assert {level: run("--fail-on", level, "Dockerfile")[0] for level in codes} == codes


def test_fix_writes_safe_fixes_and_reports_what_is_left(run: Run) -> None:
    path = write("Dockerfile", b"# \xff\r\nFROM node:22\r\nCMD npm start")
    code, out, err = run("--fix", "--format", "concise")
    assert (code, err) == (1, "")
    assert path.read_bytes() == b"# \xff\r\nFROM dhi.io/node:22\r\nCMD npm start"
    assert out == (
        "Dockerfile:3:5: DHI202 error CMD needs a shell\n"
        "Fixed 1 finding in 1 file.\n"
        "1 finding in 1 file (1 error); 1 fixable with --fix --unsafe-fixes\n"
        "1 file: 1 in need of a person\n"
    )


def test_unsafe_fixes_are_written_with_both_flags_only(run: Run) -> None:
    path = write("Dockerfile", "FROM node:22\nCMD npm start\n")
    assert run("--unsafe-fixes", "--format", "concise", "-q") == (
        1,
        "Dockerfile:1:6: DHI101 info node:22 can be swapped [*]\nDockerfile:2:5: DHI202 error CMD needs a shell [*]\n",
        "",
    )
    assert path.read_text() == "FROM node:22\nCMD npm start\n"
    assert run("--fix", "--unsafe-fixes") == (
        0,
        "Fixed 2 findings in 1 file.\nNo findings left in 1 file; 1 of 1 stage hardened.\n",
        "",
    )
    assert path.read_text() == 'FROM dhi.io/node:22\nCMD ["npm"] start\n'


def test_diff_prints_what_fix_would_write_and_writes_nothing(run: Run) -> None:
    path = write("web/Dockerfile", b"FROM node:22\r\nCMD npm start")
    before = path.read_bytes()
    assert run("--diff") == (
        1,
        "--- a/web/Dockerfile\n+++ b/web/Dockerfile\n@@ -1,2 +1,2 @@\n"
        "-FROM node:22\r\n+FROM dhi.io/node:22\r\n CMD npm start\n\\ No newline at end of file\n",
        "2 findings in 1 file (1 error, 1 info); 1 fixable with --fix, 1 more with --unsafe-fixes\n"
        "1 file: 1 in need of a person\n",
    )
    assert run("--diff", "--fix", "-q")[0] == 1
    assert path.read_bytes() == before


def test_diff_without_a_difference_is_exit_code_0_whatever_was_found(run: Run) -> None:
    write("Dockerfile", "FROM alpine\n")
    assert run("--diff", "-q") == (0, "", "")


def test_a_diff_can_be_applied_by_git(run: Run, here: Path) -> None:
    names = ["web/Dockerfile", "sp ace/Dockerfile", 'q"é/Dockerfile', "crlf/Dockerfile", "end/Dockerfile"]
    texts = [
        b"# 1\n" * 9 + b"FROM node:1\n" + b"# 2\n" * 9,
        b"FROM node:1\n",
        b"FROM node:1\n",
        b"FROM node:1\r\nA\r\n",
        b"A\nFROM node:1",
    ]
    for name, text in zip(names, texts, strict=True):
        write(name, text)
    code, diff, _ = run("--diff", ".")
    assert code == 1
    subprocess.run(["git", "apply", "-"], input=diff.encode("utf-8", "surrogateescape"), check=True, cwd=here)
    patched = [Path(name).read_bytes() for name in names]
    for name, text in zip(names, texts, strict=True):
        write(name, text)
    assert run("--fix", "-q")[0] == 0
    assert patched == [Path(name).read_bytes() for name in names]


def test_json_holds_every_file_and_the_summary(run: Run) -> None:
    write("a/Dockerfile", "FROM node:1\n")
    write("b/Dockerfile", "FROM dhi.io/node:1\n")
    code, out, err = run("--format", "json", "a", "b", "gone")
    assert (code, err) == (2, "dhi-migrate: gone: no such file or directory\n")
    report = json.loads(out)
    assert out.endswith("}\n")
    assert list(report) == ["version", "tool", "catalog", "files", "summary"]
    assert [(entry["path"], entry["status"], entry["error"]) for entry in report["files"]] == [
        ("gone", None, "no such file or directory"),
        ("a/Dockerfile", "swappable", None),
        ("b/Dockerfile", "hardened", None),
    ]
    assert report["summary"] == {
        "files": 3, "errors": 0, "warnings": 0, "infos": 1, "fixable": 1, "fixable_unsafe": 0,
    }  # fmt: skip


def test_json_of_no_file_is_a_whole_report_too(run: Run) -> None:
    code, out, err = run("--format", "json")
    assert (code, err) == (0, "dhi-migrate: no Dockerfiles found in .\n")
    assert json.loads(out)["files"] == []


def test_output_goes_to_a_file_and_standard_output_stays_empty(run: Run) -> None:
    write("Dockerfile", "FROM node:1\n")
    assert run("--format", "concise", "--output", "report.txt", "-q") == (0, "", "")
    assert Path("report.txt").read_text() == "Dockerfile:1:6: DHI101 info node:1 can be swapped [*]\n"


def test_output_that_cannot_be_written_is_an_error_before_anything_is_done(run: Run) -> None:
    path = write("Dockerfile", "FROM node:1\n")
    assert run("--output", "no/such/dir/x", "--fix") == (
        2,
        "",
        "dhi-migrate: --output no/such/dir/x: no such file or directory\n",
    )
    assert run("--output", "./Dockerfile") == (
        2,
        "",
        "dhi-migrate: --output ./Dockerfile would overwrite Dockerfile, which is to be checked\n",
    )
    assert path.read_text() == "FROM node:1\n"


def test_a_bad_file_is_an_error_and_the_others_go_on(run: Run) -> None:
    write("a/Dockerfile", "BOOM\n")
    write("b/Dockerfile", b"x" * (4 * 1024 * 1024 + 1))
    write("c/Dockerfile", "FROM node:1\n")
    code, out, err = run("--format", "concise", "a", "b", "c", "d/Dockerfile")
    assert code == 2
    assert out == (
        "c/Dockerfile:1:6: DHI101 info node:1 can be swapped [*]\n"
        "1 finding in 1 of 4 files (1 info); 1 fixable with --fix\n"
        "4 files: 1 swappable by FROM lines alone, 3 not read\n"
    )
    lines = err.splitlines()
    assert lines[0] == "dhi-migrate: d/Dockerfile: no such file or directory"
    assert lines[1].startswith("dhi-migrate: a/Dockerfile: internal error in cli_support, line ")
    assert lines[1].endswith("ValueError: BOOM; please report it")
    assert lines[2:] == ["dhi-migrate: b/Dockerfile: is larger than 4194304 bytes, the most that is read"]


def test_a_file_that_cannot_be_written_is_an_error_and_keeps_its_findings(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("Dockerfile", "FROM node:1\n")
    monkeypatch.setattr(os, "access", lambda *_: False)
    code, out, err = run("--fix", "--format", "json")
    assert (code, err) == (2, "dhi-migrate: Dockerfile: cannot be written: the file is read-only\n")
    entry = json.loads(out)["files"][0]
    assert (entry["error"], len(entry["findings"])) == ("cannot be written: the file is read-only", 1)


def test_a_link_out_of_what_was_given_is_checked_but_not_written(run: Run, here: Path) -> None:
    target = write("elsewhere/Dockerfile", "FROM node:1\n").resolve()
    (here / "tree").mkdir()
    Path("tree/Dockerfile").symlink_to(target)
    os.chdir("tree")
    code, _, err = run("--fix", "Dockerfile")
    assert code == 2
    assert "symbolic link to" in err
    assert target.read_text() == "FROM node:1\n"


def test_control_characters_of_files_and_names_never_come_out_raw(run: Run) -> None:
    write("a\x1b[31m\u202e/Dockerfile", b"FROM node:\x1b]0;x\x07\xff\t22\n")
    for form in ("text", "concise", "json"):
        _, out, err = run("--format", form, ".", "b\x1b/\x9b")
        assert "\x1b" not in out + err
        assert "\u202e" not in out + err
        assert "\x07" not in out
        assert "\x9b" not in err
    assert "a\\x1b[31m\\u202e/Dockerfile:1:6:" in run(".")[1]


def test_excluded_files_are_left_out(run: Run) -> None:
    write("a/Dockerfile", "FROM node:1\n")
    write("b/Dockerfile", "FROM node:2\n")
    assert run("--exclude", "b", "-q", "--format", "concise")[1].count("\n") == 1
    assert run("--exclude", "b", "-q", "--format", "concise", "b/Dockerfile")[1].count("\n") == 1
    assert run("--exclude", "b", "--force-exclude", "b/Dockerfile") == (
        0,
        "",
        "dhi-migrate: no Dockerfiles found in b/Dockerfile\n",
    )


def test_what_is_skipped_is_said_unless_quiet(run: Run, here: Path) -> None:
    Path("Dockerfile").symlink_to("gone")
    expected = "dhi-migrate: notice: Dockerfile: skipped: symbolic link that leads nowhere\n"
    assert run()[2] == expected + "dhi-migrate: no Dockerfiles found in .\n"
    assert run("-q") == (0, "", "")


class TestStandardInput:
    """The path ``-``."""

    @pytest.fixture(autouse=True)
    def give(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.give_bytes(b"FROM node:22\r\nCMD npm start")

    def give_bytes(self, data: bytes) -> None:
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    def test_it_is_checked_under_its_name(self, run: Run) -> None:
        assert run("-", "--format", "concise", "-q")[1].splitlines()[0] == (
            "<stdin>:1:6: DHI101 info node:22 can be swapped [*]"
        )
        self.give_bytes(b"FROM node:22\n")
        assert run("-", "--stdin-filename", "x/Dockerfile", "--format", "concise", "-q") == (
            0,
            "x/Dockerfile:1:6: DHI101 info node:22 can be swapped [*]\n",
            "",
        )

    def test_the_fixed_text_goes_to_standard_output_and_findings_to_standard_error(self, run: Run) -> None:
        assert run("-", "--fix", "--format", "concise") == (
            1,
            "FROM dhi.io/node:22\r\nCMD npm start",
            "<stdin>:2:5: DHI202 error CMD needs a shell\n"
            "Fixed 1 finding in 1 file.\n"
            "1 finding in 1 file (1 error); 1 fixable with --fix --unsafe-fixes\n"
            "1 file: 1 in need of a person\n",
        )

    def test_with_an_output_file_the_report_goes_there(self, run: Run) -> None:
        assert run("-", "--fix", "--format", "json", "--output", "r.json") == (
            1,
            "FROM dhi.io/node:22\r\nCMD npm start",
            "",
        )
        assert json.loads(Path("r.json").read_text())["files"][0]["path"] == "<stdin>"

    def test_text_that_needs_no_fix_comes_back_as_it_is(self, run: Run) -> None:
        self.give_bytes(b"\xffFROM scratch\r\n")
        assert run("-", "--fix", "-q") == (0, "\udcffFROM scratch\r\n", "")

    def test_text_that_cannot_be_judged_comes_back_as_it_is(self, run: Run) -> None:
        self.give_bytes(b"BOOM")
        code, out, err = run("-", "--fix", "-q")
        assert (code, out) == (2, "BOOM")
        assert "internal error" in err

    def test_a_diff_is_printed_under_the_given_name(self, run: Run) -> None:
        code, out, _ = run("-", "--diff", "--stdin-filename", "web/Dockerfile")
        assert code == 1
        assert out.startswith("--- a/web/Dockerfile\n+++ b/web/Dockerfile\n")

    def test_too_much_is_an_error_and_nothing_comes_back(self, run: Run) -> None:
        self.give_bytes(b"#" * (4 * 1024 * 1024 + 1))
        code, out, err = run("-", "--fix", "-q")
        assert (code, out) == (2, "")
        assert err == "dhi-migrate: <stdin>: is larger than 4194304 bytes, the most that is read\n"

    def test_it_stands_alone(self, run: Run) -> None:
        code, out, err = run("-", "Dockerfile")
        assert (code, out) == (2, "")
        assert "cannot be combined" in err


def test_an_unknown_rule_is_an_error_with_a_suggestion(run: Run) -> None:
    write("Dockerfile", "FROM node:1\n")
    code, out, err = run("--select", "DHI101,hardened-base-availabel")
    assert (code, out) == (2, "")
    assert err == "dhi-migrate: unknown rule: hardened-base-availabel (did you mean hardened-base-available?)\n"
    assert run("--ignore", "XYZ")[0] == 2
    assert run("--extend-select", "XYZ")[0] == 2


def test_settings_reach_the_rules(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setenv("FROM_ENV", "e")
    monkeypatch.delenv("UNSET", raising=False)

    def note(path: str, data: bytes, catalog: object, settings: object, *, tree: object) -> None:
        seen.append(settings)
        raise ValueError

    monkeypatch.setattr(sys.modules["dhi_migrate.rules.engine"], "check_source", note)
    write("Dockerfile", "FROM node:1\n")
    run(
        "--registry", "docker.io/acme/dhi-{name}", "--target", "prod", "--level", "runtime", "--select", "DHI1,DHI000",
        "--extend-select", "DHI101", "--ignore", "DHI104", "--build-arg", "A=b=c", "--build-arg", "FROM_ENV",
        "--build-arg", "UNSET", "--build-arg=EMPTY=",
    )  # fmt: skip
    assert seen == [
        Settings(
            registry="docker.io/acme/dhi-{name}",
            target="prod",
            build_args=(("A", "b=c"), ("FROM_ENV", "e"), ("EMPTY", "")),
            level="runtime",
            select=("DHI1", "DHI000", "DHI101"),
            ignore=("DHI104",),
        )
    ]


def test_a_path_that_looks_like_a_command_gets_a_hint(run: Run) -> None:
    assert run("chekc") == (
        2,
        "",
        "dhi-migrate: chekc: no such file or directory (did you mean the command 'check'? It has to come first)\n",
    )
    write("check", "FROM alpine\n")
    assert run("./check", "--format", "concise", "-q")[1] == "check:1:6: DHI104 warning nothing replaces alpine\n"


def test_an_overlay_that_is_wrong_is_an_error(run: Run) -> None:
    write("Dockerfile", "FROM node:1\n")
    write("overlay.toml", "nonsense = [\n")
    code, out, err = run("--catalog", "overlay.toml")
    assert (code, out) == (2, "")
    assert err.startswith("dhi-migrate: overlay.toml:")
    assert run("--catalog", "gone.toml")[0] == 2


def test_interruption_is_exit_code_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    write("Dockerfile", "FROM node:1\n")
    monkeypatch.setattr(work, "_judge", interrupt)
    code, _, err = run("Dockerfile")
    assert (code, err) == (2, "dhi-migrate: interrupted\n")


@pytest.mark.parametrize(("days", "said"), [("2026-11-20", False), ("2026-11-21", True), ("2030-03-01", True)])
def test_old_catalog_data_is_said_once_and_not_when_quiet(
    run: Run, monkeypatch: pytest.MonkeyPatch, days: str, said: bool
) -> None:
    monkeypatch.setattr("time.strftime", lambda *_: days)
    write("a/Dockerfile", "FROM dhi.io/x:1\n")
    write("b/Dockerfile", "FROM dhi.io/x:1\n")
    _, out, err = run("--format", "json")
    assert err.count("days old") == said
    assert "days old" not in out
    assert run("-q")[2] == ""


class TestManyFiles:
    """More files than one process takes."""

    @pytest.fixture(autouse=True)
    def files(self, here: Path) -> None:
        for number in range(120):
            text = ["FROM node:%d\n", "FROM alpine:%d\n", "FROM dhi.io/x:%d\n"][number % 3] % number
            write(f"{number:03}/Dockerfile", text if number != 50 else "BOOM")

    @pytest.mark.parametrize("form", ["text", "concise", "json"])
    def test_the_output_is_the_same_for_any_number_of_jobs(self, run: Run, form: str) -> None:
        one, two, many = (run("--format", form, "--jobs", jobs) for jobs in ("1", "2", "5"))
        assert one == two == many
        assert one[0] == 2

    def test_all_are_fixed_by_workers(self, run: Run) -> None:
        code, out, _ = run("--fix", "--jobs", "2", "--format", "concise")
        assert code == 2
        assert "Fixed 40 findings in 40 files.\n" in out
        assert Path("117/Dockerfile").read_text() == "FROM dhi.io/node:117\n"

    @pytest.mark.skipif(sys.platform != "linux", reason="the stand-in reaches workers by fork only")
    def test_a_worker_that_dies_ends_the_run_with_an_error(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def die(path: str, *_: object) -> None:
            os._exit(9)

        monkeypatch.setattr(pool, "process_file", die)
        code, out, err = run("--jobs", "2", "--format", "json")
        assert code == 2
        assert "a worker process died" in err
        assert json.loads(out)["files"][-1]["error"] is not None

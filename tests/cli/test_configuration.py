"""Configuration files as a user meets them: which one holds, what it does to a run, and what a wrong one says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import Run, write

from dhi_migrate.rules.registry import rules

ROOT = Path(__file__).parents[2]
CENTOS = "FROM centos:7\nRUN yum install -y curl\n"  # DHI104 in line 1, DHI301 in line 2; both warnings
BOTH = ["Dockerfile:1 DHI104 warning", "Dockerfile:2 DHI301 warning"]


def found(real: Run, *arguments: str) -> list[str]:
    """The findings of a run as ``path:line code severity``."""
    _, out, err = real("--format", "concise", "-q", *arguments)
    assert err == ""
    return [re.sub(r"^(.*?:\d+):\d+: (\S+) (\S+) .*", r"\1 \2 \3", line) for line in out.splitlines()]


class TestWhichFileHolds:
    """The nearest one above each file."""

    @pytest.mark.parametrize("name", ["dhi-migrate.toml", ".dhi-migrate.toml", "pyproject.toml"])
    def test_each_of_the_three_names(self, real: Run, name: str) -> None:
        write("Dockerfile", CENTOS)
        assert found(real) == BOTH
        write(name, ("[tool.dhi-migrate]\n" if name == "pyproject.toml" else "") + 'ignore = ["DHI104"]\n')
        assert found(real) == BOTH[1:]

    def test_the_first_name_wins_in_one_directory(self, real: Run) -> None:
        write("Dockerfile", CENTOS)
        write("pyproject.toml", '[tool.dhi-migrate]\nignore = ["DHI1", "DHI3"]\n')
        write(".dhi-migrate.toml", 'ignore = ["DHI3"]\n')
        assert found(real) == BOTH[:1]
        write("dhi-migrate.toml", 'ignore = ["DHI1"]\n')
        assert found(real) == BOTH[1:]

    def test_each_file_has_its_own_and_nothing_is_inherited(self, real: Run) -> None:
        for folder in ("a", "b/deep/er", "c"):
            write(f"{folder}/Dockerfile", CENTOS)
        write("dhi-migrate.toml", 'ignore = ["DHI104"]\n')
        write("b/dhi-migrate.toml", 'ignore = ["DHI301"]\n')
        write("c/dhi-migrate.toml", "")
        assert found(real) == [
            "a/Dockerfile:2 DHI301 warning",
            "b/deep/er/Dockerfile:1 DHI104 warning",
            "c/Dockerfile:1 DHI104 warning",
            "c/Dockerfile:2 DHI301 warning",
        ]
        os.chdir("b/deep")
        assert found(real) == ["er/Dockerfile:1 DHI104 warning"]

    def test_nothing_above_a_git_work_tree_is_looked_at(self, real: Run) -> None:
        write("dhi-migrate.toml", 'ignore = ["DHI104"]\n')
        write("project/Dockerfile", CENTOS)
        assert found(real) == ["project/Dockerfile:2 DHI301 warning"]
        Path("project/.git").mkdir()
        assert len(found(real)) == 2

    def test_a_pyproject_without_our_table_is_none_even_where_it_is_broken(self, real: Run) -> None:
        write("dhi-migrate.toml", 'ignore = ["DHI104"]\n')
        write("a/Dockerfile", CENTOS)
        write("a/pyproject.toml", "[project]\nname = \n")
        assert found(real) == ["a/Dockerfile:2 DHI301 warning"]

    def test_one_can_be_named_for_all_files_or_none_be_used(self, real: Run) -> None:
        write("Dockerfile", CENTOS)
        write("dhi-migrate.toml", 'ignore = ["DHI104"]\n')
        write("../elsewhere/strict.toml", 'ignore = ["DHI301"]\n')
        assert found(real, "--config", "../elsewhere/strict.toml") == BOTH[:1]
        assert found(real, "--no-config") == BOTH
        code, out, err = real("--config", "gone.toml")
        assert (code, out, err) == (2, "", "dhi-migrate: gone.toml: no such file or directory\n")

    def test_standard_input_has_that_of_its_name(self, real: Run, tmp_path: Path) -> None:
        write("web/dhi-migrate.toml", 'ignore = ["DHI104"]\n')
        lines = []
        for name in ("web/Dockerfile", "Dockerfile"):
            done = subprocess.run(
                [sys.executable, "-m", "dhi_migrate", "-", "--stdin-filename", name, "-q", "--format", "concise"],
                input=CENTOS.encode(),
                capture_output=True,
                check=False,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            lines.append(len(done.stdout.splitlines()))
        assert lines == [1, 2]


class TestWhatItDoes:
    """Each key, and that the command line wins."""

    def test_select_and_what_extends_it(self, real: Run) -> None:
        write("Dockerfile", CENTOS)
        write("dhi-migrate.toml", 'select = ["DHI104"]\n')
        assert found(real) == BOTH[:1]
        assert found(real, "--extend-select", "DHI301") == BOTH
        assert found(real, "--select", "DHI301") == BOTH[1:]
        write("dhi-migrate.toml", 'select = ["DHI104"]\nextend-select = ["package-manager-in-final-stage"]\n')
        assert found(real) == BOTH
        assert found(real, "--ignore", "DHI1") == BOTH[1:]

    def test_what_the_command_line_selects_is_not_ignored_by_a_file(self, real: Run) -> None:
        write("Dockerfile", CENTOS)
        write("dhi-migrate.toml", 'ignore = ["DHI1", "DHI3"]\n')
        assert found(real) == []
        assert found(real, "--select", "DHI104") == BOTH[:1]
        assert found(real, "--extend-select", "DHI301") == BOTH[1:]
        assert found(real, "--ignore", "DHI2") == []

    def test_ignores_for_some_files_and_for_all_but_some(self, real: Run) -> None:
        for name in ("old/Dockerfile", "old/x.dockerfile", "new/Dockerfile"):
            write(name, CENTOS)
        write("dhi-migrate.toml", '[per-file-ignores]\n"old/*.dockerfile" = ["DHI1"]\n"!new/**" = ["DHI3"]\n')
        assert found(real) == [
            "new/Dockerfile:1 DHI104 warning",
            "new/Dockerfile:2 DHI301 warning",
            "old/Dockerfile:1 DHI104 warning",
        ]

    def test_severities_change_the_report_and_the_more_special_one_holds(self, real: Run) -> None:
        write("Dockerfile", CENTOS)
        write("dhi-migrate.toml", '[severity]\nDHI301 = "error"\nDHI3 = "info"\nALL = "info"\n')
        assert found(real) == ["Dockerfile:1 DHI104 info", "Dockerfile:2 DHI301 error"]
        assert found(real, "--severity", "DHI3=info,DHI104=error") == [
            "Dockerfile:1 DHI104 error",
            "Dockerfile:2 DHI301 info",
        ]

    def test_a_milder_severity_does_not_let_a_swap_through(self, real: Run) -> None:
        text = "FROM node:22-alpine\nRUN apk add curl\nCMD npm start\n"
        write("Dockerfile", text)
        assert real("--fix", "-q", "--severity", "ALL=info")[0] == 0
        assert Path("Dockerfile").read_text() == text

    def test_fail_on_is_that_of_each_file(self, real: Run) -> None:
        write("a/Dockerfile", CENTOS)
        write("a/dhi-migrate.toml", 'fail-on = "error"\n')
        assert real("-q")[0] == 0
        assert real("-q", "--fail-on", "info")[0] == 1
        write("b/Dockerfile", "FROM dhi.io/node:22\n")
        assert real("-q")[0] == 0
        write("b/Dockerfile", CENTOS)
        assert real("-q")[0] == 1

    def test_registry_target_arguments_and_level(self, real: Run) -> None:
        write("Dockerfile", 'ARG V=1\nFROM node:${V} AS app\nCMD ["node", "a.js"]\nFROM scratch AS last\n')
        write(
            "dhi-migrate.toml",
            'registry = "docker.io/acme/dhi-{name}"\ntarget = "app"\nlevel = "dev"\nbuild-args = { V = "22-alpine" }\n',
        )
        report = json.loads(real("--format", "json", "-q")[1])["files"][0]
        roles = [(stage["name"], stage["role"], stage["base"]) for stage in report["stages"]]
        assert roles == [("app", "final", "node:22-alpine"), ("last", "unused", "scratch")]
        assert report["stages"][0]["target"].startswith("docker.io/acme/dhi-node:22-alpine")
        assert json.loads(real("config", "--format", "json")[1])["settings"]["level"]["value"] == "dev"
        report = json.loads(real("--format", "json", "-q", "--registry", "r.io/{name}", "--build-arg", "V=24")[1])[
            "files"
        ][0]
        assert report["stages"][0]["target"].startswith("r.io/node:24")

    def test_a_catalog_overlay_and_another_for_another_folder(self, real: Run) -> None:
        overlay = 'deny = ["node:22*"]\n[pins]\nnode = "node:{}-alpine3.24"\n'
        write("a/Dockerfile", "FROM node:20-alpine\n")
        write("b/Dockerfile", "FROM node:20-alpine\n")
        write("a/dhi-migrate.toml", 'catalog = "own.toml"\n')
        write("a/own.toml", overlay.format(24))
        write("b/dhi-migrate.toml", 'catalog = "own.toml"\n')
        write("b/own.toml", overlay.format(26))
        report = json.loads(real("--format", "json", "-q")[1])
        assert [file["stages"][0]["target"] for file in report["files"]] == [
            "dhi.io/node:24-alpine3.24",
            "dhi.io/node:26-alpine3.24",
        ]
        write("b/own.toml", "nonsense = 1\n")
        code, _, err = real("-q")
        assert (code, err) == (2, "dhi-migrate: b/own.toml:1:1: unknown key 'nonsense'\n")

    def test_excluded_files_are_left_out_unless_named(self, real: Run) -> None:
        write("old/Dockerfile", CENTOS)
        write("Dockerfile", CENTOS)
        write("dhi-migrate.toml", 'exclude = ["/old/"]\n')
        assert found(real) == BOTH
        assert len(found(real, "old/Dockerfile")) == 2
        assert found(real, "--force-exclude", "old/Dockerfile") == []
        assert [line.split(":")[0] for line in found(real, "--exclude", "nothing")] == ["Dockerfile"] * 2 + [
            "old/Dockerfile"
        ] * 2

    def test_a_plan_minds_it_too(self, real: Run) -> None:
        write("Dockerfile", 'FROM node:22-alpine\nCMD ["node", "a.js"]\n')
        write("dhi-migrate.toml", 'registry = "r.io/{name}"\n')
        assert "r.io/node:22-alpine3.24" in real("plan", "-q")[1]
        assert "dhi.io/node:22-alpine3.24" in real("plan", "-q", "--no-config")[1]


class TestExtending:
    """``extend``."""

    def test_the_nearer_file_holds_and_tables_are_put_together(self, real: Run) -> None:
        write("Dockerfile", CENTOS)
        write("shared/base.toml", 'fail-on = "never"\nignore = ["DHI104"]\n[severity]\nDHI1 = "error"\nDHI3 = "info"\n')
        write("dhi-migrate.toml", 'extend = "shared/base.toml"\nignore = []\n[severity]\nDHI3 = "error"\n')
        assert found(real) == ["Dockerfile:1 DHI104 error", "Dockerfile:2 DHI301 error"]
        assert real("-q")[0] == 0

    def test_patterns_and_paths_go_by_the_file_that_they_stand_in(self, real: Run) -> None:
        Path(".git").mkdir()
        write("a/old/Dockerfile", CENTOS)
        write("a/base.toml", 'exclude = ["/old/"]\ncatalog = "own.toml"\n')
        write("a/own.toml", 'deny = ["node:22*"]\n')
        write("dhi-migrate.toml", 'extend = "a/base.toml"\n')
        assert found(real) == []

    @pytest.mark.parametrize(
        ("files", "said"),
        [
            ({"dhi-migrate.toml": 'extend = "dhi-migrate.toml"'}, "dhi-migrate.toml:1:10: the file extends itself"),
            (
                {"dhi-migrate.toml": 'extend = "b.toml"', "b.toml": '\nextend = "dhi-migrate.toml"'},
                "b.toml:2:10: 'dhi-migrate.toml' extends this file in turn",
            ),
            ({"dhi-migrate.toml": 'extend = "gone.toml"'}, "dhi-migrate.toml:1:10: 'gone.toml' is not a file"),
            ({"dhi-migrate.toml": 'extend = "../x.toml"'}, "dhi-migrate.toml:1:10: '../x.toml' leads out of the tree"),
            ({"dhi-migrate.toml": 'extend = "/etc/passwd"'}, "dhi-migrate.toml:1:10: '/etc/passwd' leads out of the tree"),
            (
                {"dhi-migrate.toml": 'extend = "b.toml"', "b.toml": "leveL = 1"},
                "b.toml:1:1: unknown key 'leveL'; did you mean 'level'?",
            ),
            (
                {f"{name}.toml": f'extend = "{following}.toml"' for name, following in zip(
                    ["dhi-migrate", *"abcdefghijkl"], [*"abcdefghijklm"], strict=True)},
                "j.toml:1:10: more than 10 files extend one another",
            ),
        ],
        ids=["itself", "cycle", "gone", "above", "absolute", "wrong", "many"],
    )  # fmt: skip
    def test_what_cannot_be_extended_is_an_error(self, real: Run, files: dict[str, str], said: str) -> None:
        write("Dockerfile", CENTOS)
        for name, text in files.items():
            write(name, text)
        assert real() == (2, "", f"dhi-migrate: {said}\n")


class TestMistakes:
    """Errors name file, line and column, and the nearest name; the exit code is 2 and nothing is checked."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("\nignroe = []\n", "2:1: unknown key 'ignroe'; did you mean 'ignore'?"),
            ("zzz = 1", "1:1: unknown key 'zzz'"),
            ("[tool.dhi-migrate]\nselect = []\n", "1:2: unknown key 'tool'"),
            ('select = ["DHI104",\n "DHI2O2"]', "2:2: unknown rule 'DHI2O2'; did you mean 'DHI202'?"),
            ('ignore = ["root-usr"]', "1:11: unknown rule 'root-usr'; did you mean 'root-user'?"),
            ('[severity]\n"DHI999" = "info"', None),
            (
                '[severity]\nDHI104 = "eror"',
                "2:10: severity.DHI104 should be 'error', 'warning' or 'info'; did you mean 'error'?",
            ),
            ('[per-file-ignores]\n"a/b" = ["DHI104", "XYZ9"]', "2:20: unknown rule 'XYZ9'"),
            ("select = []", "1:10: select should have at least 1 item, not 0"),
            ("target = 5", "1:10: target should be a valid string"),
            ("ignore = [1]", "1:11: ignore[0] should be a valid string"),
            ('fail-on = "warn"', "1:11: fail-on should be 'error', 'warning', 'info' or 'never'; did you mean 'warning'?"),
            ('registry = "dhi.io/x"', "1:12: registry does not hold {name}, the place for the name of the image"),
            ('registry = "dhi.io/{name}:tag"', None),
            ('catalog = "gone.toml"', "1:11: 'gone.toml' is not a file"),
            ('baseline = "../b.json"', "1:12: '../b.json' leads out of the tree"),
            ('catalog = "a\\u0000b"', "1:11: 'a\\x00b' leads out of the tree"),
            ('rules = ["gone"]', "1:10: 'gone' is not a directory"),
            ("level = \n", "1:9: is not TOML: Invalid value"),
            ("x = [", "1:6: is not TOML: Invalid value"),
            ("ignore = " + "[" * 5000, None),
            ("x = " + "9" * 5000, None),
        ],
    )  # fmt: skip
    def test_a_wrong_file(self, real: Run, text: str, said: str | None) -> None:
        write("Dockerfile", CENTOS)
        write("dhi-migrate.toml", text)
        code, out, err = real("--fix")
        assert (code, out) == (2, "")
        assert err.startswith("dhi-migrate: dhi-migrate.toml")
        if said is not None:
            assert err == f"dhi-migrate: dhi-migrate.toml:{said}\n"
        assert Path("Dockerfile").read_text() == CENTOS

    def test_the_place_in_a_pyproject_is_that_in_the_whole_file(self, real: Run) -> None:
        write("Dockerfile", CENTOS)
        write("pyproject.toml", '[project]\nname = "x"\n\n[tool.dhi-migrate]\nlevl = "dev"\n')
        assert real()[2] == "dhi-migrate: pyproject.toml:5:1: unknown key 'levl'; did you mean 'level'?\n"

    def test_all_mistakes_of_all_files_are_told_at_once(self, real: Run) -> None:
        for folder in ("a", "b"):
            write(f"{folder}/Dockerfile", CENTOS)
            write(f"{folder}/dhi-migrate.toml", "x = 1\ny = 1\n")
        assert real()[2] == "".join(
            f"dhi-migrate: {folder}/dhi-migrate.toml:{line}:1: unknown key {key!r}\n"
            for folder in ("a", "b")
            for line, key in ((1, "x"), (2, "y"))
        )

    def test_bytes_that_are_no_text(self, real: Run) -> None:
        write("Dockerfile", CENTOS)
        write("dhi-migrate.toml", b"# \xc3\xa4\nx = '\xff'\n")
        assert real()[2] == "dhi-migrate: dhi-migrate.toml:2:6: is not UTF-8 text\n"

    def test_a_control_character_in_a_key_is_written_out(self, real: Run) -> None:
        write("Dockerfile", CENTOS)
        write("dhi-migrate.toml", '"\\u001b[31m" = 1\n')
        assert "\x1b" not in real()[2]


def test_the_settings_and_where_they_come_from_are_shown(real: Run) -> None:
    write("web/Dockerfile", CENTOS)
    write("base.toml", 'registry = "docker.io/acme/dhi-{name}"\n[severity]\nDHI1 = "info"\n')
    write(
        "dhi-migrate.toml",
        'extend = "base.toml"\nselect = ["DHI1", "DHI301"]\n\n[per-file-ignores]\n"web/" = ["DHI116"]\n',
    )
    on = sum(code.startswith("DHI1") for code in rules()) - 1 + 1  # without DHI116, with DHI301
    assert real("config", "web/Dockerfile") == (
        0,
        f"""\
web/Dockerfile: dhi-migrate.toml, which extends base.toml
{on} of {len(rules())} rules are on
select      DHI1, DHI301               dhi-migrate.toml:2
ignore      DHI116                     dhi-migrate.toml:4
severity    DHI1=info                  base.toml:2
fail-on     warning                    default
level       auto                       default
registry    docker.io/acme/dhi-{{name}}  base.toml:1
catalog     -                          default
target      -                          default
build-args  -                          default
exclude     -                          default
rules       -                          default
baseline    -                          default
""",
        "",
    )
    document = json.loads(real("config", "web", "--format", "json")[1])
    assert document["files"] == ["dhi-migrate.toml", "base.toml"]
    assert document["settings"]["registry"] == {
        "value": "docker.io/acme/dhi-{name}",
        "from": [{"path": "base.toml", "line": 1}],
    }
    assert real("config", "nowhere/Dockerfile")[0] == 2
    write("web/dhi-migrate.toml", "x = 1")
    assert real("config", "web") == (2, "", "dhi-migrate: web/dhi-migrate.toml:1:1: unknown key 'x'\n")


def test_without_a_file_the_defaults_are_shown(real: Run) -> None:
    code, out, _ = real("config")
    assert code == 0
    assert out.startswith(".: no configuration file; these are the defaults\n")
    assert "fail-on     warning" in out

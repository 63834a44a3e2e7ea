"""Rules of one's own: a folder of rule files that a configuration names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_support import Run, write

RULE = """\
code = "ACME001"
name = "no-curl-image"
severity = "warning"
roles = ["final", "build"]
states = ["pending", "hardened", "generic"]
detector = "package_manager"
{parameters}
summary = "our images have no package manager"
why = "It is our policy, since 2024."
fix = "Ask the platform team."
[[example]]
bad = "FROM centos:7\\nRUN yum install -y curl\\n"
line = 2
[[example]]
good = "FROM scratch\\n"
"""
PLAIN = RULE.replace("{parameters}", "")
FILE = "FROM centos:7\nRUN yum install -y curl\n"


@pytest.fixture(autouse=True)
def configuration(here: Path) -> None:
    write("Dockerfile", FILE)
    write("dhi-migrate.toml", 'rules = ["ci/dhi-rules/"]\n')
    write("ci/dhi-rules/ACME001.toml", PLAIN)


def codes(out: str) -> list[str]:
    return [line.split()[1] for line in out.splitlines()]


def test_they_are_run_and_can_be_selected_ignored_suppressed_and_changed(real: Run) -> None:
    arguments = ("--format", "concise", "-q")
    code, out, err = real(*arguments)
    assert (code, codes(out), err) == (1, ["DHI104", "ACME001", "DHI301"], "")
    assert codes(real(*arguments, "--select", "ACME")[1]) == ["ACME001"]
    assert codes(real(*arguments, "--ignore", "no-curl-image")[1]) == ["DHI104", "DHI301"]
    assert " ACME001 error " in real(*arguments, "--severity", "ACME001=error")[1]
    assert real(*arguments, "--no-config", "--select", "ACME001")[0] == 2
    write("Dockerfile", FILE.replace("RUN", "# dhi-migrate: ignore=ACME001 -- we do\nRUN"))
    assert codes(real(*arguments)[1]) == ["DHI104", "DHI301"]


def test_they_hold_below_their_configuration_alone(real: Run) -> None:
    write("other/Dockerfile", FILE)
    write("other/dhi-migrate.toml", "")
    for _ in range(2):
        lines = real("--format", "concise", "-q")[1].splitlines()
        assert [line.split(":")[0] for line in lines if "ACME001" in line] == ["Dockerfile"]


def test_two_folders_may_have_rules_of_the_same_code(real: Run) -> None:
    write("other/Dockerfile", FILE)
    write("other/dhi-migrate.toml", 'rules = ["r"]\n')
    write("other/r/x.toml", PLAIN.replace("no-curl-image", "another-rule"))
    files = json.loads(real("--format", "json", "-q", "--select", "ACME001")[1])["files"]
    assert [(one["path"], one["findings"][0]["name"]) for one in files] == [
        ("Dockerfile", "no-curl-image"),
        ("other/Dockerfile", "another-rule"),
    ]


def test_they_are_explained(real: Run) -> None:
    assert "ACME001" in real("rules")[1].splitlines()[-1]
    assert "It is our policy" in real("rules", "ACME001")[1]
    os.unlink("dhi-migrate.toml")
    assert real("rules", "ACME001")[0] == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("code =", "kode ="), ":1:1: "),
        (('"ACME001"', '"acme"'), ":1:8: code: "),
        (('"ACME001"', '"DHI999"'), ": code DHI999: codes with DHI are those of dhi-migrate; take another prefix"),
        (("no-curl-image", "root-user"), ": name root-user is that of a rule of dhi-migrate too"),
        (('"package_manager"', '"pakage_manager"'), ":6:12: no detector pakage_manager"),
        (('"package_manager"', '"os.path"'), ":6:12: no detector os.path"),
        (("summary =", "parameters = { wrong = 1 }\nsummary ="), ":8:1: parameters of the detector package_manager"),
        (("severity", "severety"), ":"),
        (("summary = ", "summary = 1\n#"), ":8:11: summary: "),
        (('code = "ACME001"', 'code = "ACME001'), ": "),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_an_error_with_its_place(real: Run, change: tuple[str, str], said: str) -> None:
    write("ci/dhi-rules/ACME001.toml", PLAIN.replace(*change, 1))
    code, out, err = real()
    assert (code, out) == (2, "")
    assert err.startswith(f"dhi-migrate: ci/dhi-rules/ACME001.toml{said}")


def test_a_code_that_stands_in_two_files_is_an_error(real: Run) -> None:
    write("ci/dhi-rules/B.toml", PLAIN)
    assert real()[2] == "dhi-migrate: ci/dhi-rules/B.toml: code ACME001 is that of ci/dhi-rules/ACME001.toml too\n"


def test_a_folder_outside_of_the_tree_is_not_read(real: Run, tmp_path: Path) -> None:
    Path("project/ci").mkdir(parents=True)
    write("project/Dockerfile", FILE)
    write("project/dhi-migrate.toml", 'rules = ["../ci/dhi-rules"]\n')
    assert real("project")[2] == "dhi-migrate: project/dhi-migrate.toml:1:10: '../ci/dhi-rules' leads out of the tree\n"
    write("project/dhi-migrate.toml", 'rules = ["ci"]\n')
    Path("project/ci/link.toml").symlink_to(tmp_path / "ci/dhi-rules/ACME001.toml")
    assert real("project")[2] == "dhi-migrate: project/ci/link.toml: leads out of the tree, over a symbolic link\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_the_folder_is_not_waited_for(real: Run) -> None:
    os.mkfifo("ci/dhi-rules/x.toml")
    assert real()[2] == "dhi-migrate: ci/dhi-rules/x.toml: is a named pipe, not a regular file\n"


def test_an_empty_folder_is_an_error(real: Run) -> None:
    os.unlink("ci/dhi-rules/ACME001.toml")
    assert real()[2] == "dhi-migrate: dhi-migrate.toml:1:10: 'ci/dhi-rules/' holds no rule files (*.toml)\n"

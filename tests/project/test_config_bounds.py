"""A configuration lies in the tree that is checked: what a hostile one can and cannot do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dhi_migrate.project.config_error import ConfigError
from dhi_migrate.project.config_files import MAX_BYTES
from dhi_migrate.project.config_settings import Configurations, Overrides
from dhi_migrate.rules.registry import UnknownRuleError


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "secret.toml").write_text('target = "secret"\n')
    monkeypatch.chdir(folder)
    return folder


def refused(path: str = "Dockerfile") -> str:
    with pytest.raises(ConfigError) as caught:
        Configurations().settings_for(path)
    return str(caught.value)


@pytest.mark.parametrize("key", ["extend", "catalog", "baseline"])
@pytest.mark.parametrize(
    "way", ["../secret.toml", "{}/secret.toml", "link.toml", "folder/secret.toml", "./x/../../secret.toml"]
)
def test_no_path_leads_out_of_the_tree(key: str, way: str, tmp_path: Path) -> None:
    Path("link.toml").symlink_to("../secret.toml")
    Path("folder").symlink_to("..")
    text = way.format(tmp_path)
    Path("dhi-migrate.toml").write_text(f'{key} = "{text}"\n')
    assert refused() == f"dhi-migrate.toml:1:{len(key) + 4}: {text!r} leads out of the tree"


def test_a_configuration_that_is_a_link_out_of_the_tree_is_not_read() -> None:
    Path("dhi-migrate.toml").symlink_to("../secret.toml")
    assert refused().startswith("dhi-migrate.toml: leads out of the tree ")


def test_the_tree_is_the_git_work_tree_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    Path("dhi-migrate.toml").write_text('extend = "../secret.toml"\n')
    assert Configurations().settings_for("Dockerfile").settings.target == "secret"


def test_a_named_configuration_may_lie_anywhere_and_its_tree_is_there(tmp_path: Path) -> None:
    assert Configurations(None, "../secret.toml").settings_for("Dockerfile").settings.target == "secret"
    (tmp_path / "named.toml").write_text('extend = "secret.toml"\nbaseline = "project/b.json"\n')
    found = Configurations(None, str(tmp_path / "named.toml")).settings_for("Dockerfile")
    assert (found.settings.target, found.baseline) == ("secret", "b.json")
    (tmp_path / "named.toml").write_text('extend = "/etc/passwd"\n')
    with pytest.raises(ConfigError, match="leads out of the tree"):
        Configurations(None, str(tmp_path / "named.toml"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for() -> None:
    os.mkfifo("dhi-migrate.toml")
    assert refused() == "dhi-migrate.toml: is a named pipe, not a regular file"


def test_a_directory_and_a_link_to_nowhere_are_errors() -> None:
    Path("dhi-migrate.toml").mkdir()
    assert refused() == "dhi-migrate.toml: is a directory, not a regular file"
    Path("dhi-migrate.toml").rmdir()
    Path("dhi-migrate.toml").symlink_to("gone")
    assert refused() == "dhi-migrate.toml: no such file or directory"


def test_a_file_that_is_too_large_is_not_read() -> None:
    Path("dhi-migrate.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert refused() == f"dhi-migrate.toml: is larger than {MAX_BYTES} bytes, the most that is read"


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 100_000, "x = " + "{a=" * 30_000, "a." * 60_000 + "b = 1", "x = 1" + "0" * 100_000]
)
def test_a_file_made_to_trouble_the_reader_is_an_error(text: str) -> None:
    Path("dhi-migrate.toml").write_text(text)
    assert refused().startswith("dhi-migrate.toml")


def test_what_the_environment_holds_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s")
    Path("dhi-migrate.toml").write_text('build-args = { A = "$SECRET", SECRET = "" }\n')
    assert Configurations().settings_for("Dockerfile").settings.build_args == (("A", "$SECRET"), ("SECRET", ""))


def test_what_is_read_is_read_once_for_a_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    from dhi_migrate.project import config_files

    Path("dhi-migrate.toml").write_text('[per-file-ignores]\n"x" = ["DHI1"]\n')
    for number in range(20):
        Path(f"{number}").mkdir()
    reads: list[str] = []
    original = config_files.read_file
    monkeypatch.setattr(config_files, "read_file", lambda path, limit: reads.append(path) or original(path, limit))
    configurations = Configurations()
    found = {
        id(configurations.settings_for(f"{number}/{name}")) for number in range(20) for name in ("Dockerfile", "x")
    }
    assert (len(reads), len(found)) == (1, 2)


def test_the_command_line_is_checked_against_the_rules_that_a_file_has() -> None:
    with pytest.raises(UnknownRuleError, match="did you mean DHI104"):
        Configurations(Overrides(ignore=("DHI1O4",))).settings_for("Dockerfile")

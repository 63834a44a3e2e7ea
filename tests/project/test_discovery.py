"""Discovery: what git sees, or what a walk finds; nothing outside of the tree, nothing twice, always in order."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from dhi_migrate.project import git
from dhi_migrate.project.discovery import Discovery, discover
from dhi_migrate.project.reader import ReadError

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory outside of any repository, and the working directory."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setattr(git, "_ENVIRONMENT", {**git._ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def touch(*names: str) -> None:
    for name in names:
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        Path(name).touch()


def run_git(*arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def found(*paths: str) -> list[str]:
    result = discover(paths or ["."])
    assert (result.notices, result.errors) == ((), ())
    return list(result.files)


def test_a_walk_finds_the_names_of_dockerfiles_in_order(tree: Path) -> None:
    touch("b/Dockerfile", "a/x.dockerfile", "Dockerfile", "a/b/c/Containerfile", "a/README.md", "a/Dockerfile.md")
    touch(".git/Dockerfile", "node_modules/x/Dockerfile", "a/.venv/Dockerfile", ".hidden/Dockerfile")
    assert found() == [".hidden/Dockerfile", "Dockerfile", "a/b/c/Containerfile", "a/x.dockerfile", "b/Dockerfile"]


def test_a_walk_minds_the_ignore_files_of_the_tree(tree: Path) -> None:
    touch("build/Dockerfile", "a/build/Dockerfile", "a/Dockerfile.dev", "a/keep/Dockerfile.dev", "b/Dockerfile")
    Path(".gitignore").write_text("/build/\nDockerfile.dev\n")
    Path("a/keep/.gitignore").write_text("!Dockerfile.dev\n")
    Path("b/.gitignore").write_text("/Dockerfile\n")
    assert found() == ["a/build/Dockerfile", "a/keep/Dockerfile.dev"]


def test_paths_are_written_as_they_were_given(tree: Path) -> None:
    touch("a/Dockerfile", "a/b/Dockerfile")
    assert found("a") == ["a/Dockerfile", "a/b/Dockerfile"]
    assert found("./a/") == ["a/Dockerfile", "a/b/Dockerfile"]
    assert found(str(tree / "a/b")) == [str(tree / "a/b/Dockerfile")]
    os.chdir("a")
    assert found("..") == ["../a/Dockerfile", "../a/b/Dockerfile"]


def test_a_named_file_counts_whatever_its_name_and_nothing_counts_twice(tree: Path) -> None:
    touch("a/Dockerfile", "notes.txt")
    assert found("notes.txt", "a", "a/Dockerfile", "./a/../a/Dockerfile", str(tree / "a/Dockerfile")) == [
        "a/Dockerfile",
        "notes.txt",
    ]


def test_a_path_that_is_not_there_is_an_error_and_the_others_go_on(tree: Path) -> None:
    touch("Dockerfile")
    assert discover(["gone", "Dockerfile", "a\0b"]) == Discovery(
        ("Dockerfile",), (), (ReadError("gone", "no such file or directory"), ReadError("a\0b", "embedded null byte"))
    )


def test_links_inside_the_tree_count_once_and_others_are_skipped_with_a_notice(tree: Path) -> None:
    outside = tree / "outside"
    touch("outside/Dockerfile", "top/real/Dockerfile", "top/other.build")
    os.chdir("top")
    Path("Dockerfile").symlink_to("real/Dockerfile")
    Path("Dockerfile.other").symlink_to("other.build")
    Path("Dockerfile.away").symlink_to(outside / "Dockerfile")
    Path("Dockerfile.dead").symlink_to("gone")
    Path("Dockerfile.loop").symlink_to("Dockerfile.loop")
    Path("Dockerfile.dir").symlink_to("real")
    Path("linked").symlink_to(outside)
    result = discover(["."])
    assert result.files == ("Dockerfile.other", "real/Dockerfile")
    assert result.notices == (
        "Dockerfile.away: skipped: symbolic link that leads out of the tree",
        "Dockerfile.dead: skipped: symbolic link that leads nowhere",
        "Dockerfile.dir: skipped: symbolic link to something that is not a regular file",
        "Dockerfile.loop: skipped: symbolic link to something that is not a regular file",
    )
    assert found("Dockerfile.away") == ["Dockerfile.away"]


def test_a_pipe_with_the_name_of_a_dockerfile_is_skipped(tree: Path) -> None:
    os.mkfifo("Dockerfile")
    assert discover(["."]) == Discovery((), ("Dockerfile: skipped: not a regular file",), ())


def test_excluded_files_are_left_out_named_ones_only_when_forced(tree: Path) -> None:
    touch("a/Dockerfile", "b/Dockerfile", "b/c/Dockerfile.dev")
    absolute = str(tree / "b")
    assert discover(["."], ["b/"]).files == ("a/Dockerfile",)
    assert discover([absolute], ["/b/c"]).files == (str(tree / "b/Dockerfile"),)
    assert discover([".", "b/Dockerfile"], ["b"]).files == ("a/Dockerfile", "b/Dockerfile")
    assert discover([".", "b/Dockerfile"], ["b"], force_exclude=True).files == ("a/Dockerfile",)
    assert discover(["."], ["*", "!a", "!Dockerfile"]).files == ("a/Dockerfile",)


def test_a_directory_that_cannot_be_listed_is_an_error(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch("a/Dockerfile", "b/Dockerfile")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert discover(["."]) == Discovery(("b/Dockerfile",), (), (ReadError("./a", "permission denied"),))


def test_an_enormous_ignore_file_is_not_used_and_that_is_said(tree: Path) -> None:
    touch("Dockerfile")
    Path(".gitignore").write_text("Dockerfile\n" * 20_000)
    result = discover(["."])
    assert result.files == ("Dockerfile",)
    assert result.notices == ("./.gitignore: not used: is larger than 131072 bytes, the most that is read",)


@needs_git
class TestInARepository:
    """The same in a working tree of git."""

    @pytest.fixture(autouse=True)
    def repository(self, tree: Path) -> None:
        run_git("init", "-q")

    def test_tracked_and_untracked_files_count_ignored_and_deleted_ones_do_not(self) -> None:
        touch("tracked/Dockerfile", "ignored/Dockerfile", "forced/Dockerfile.dev", "new/Dockerfile", "gone/Dockerfile")
        touch("node_modules/x/Dockerfile")
        Path(".gitignore").write_text("ignored/\nforced/\n")
        run_git("add", "-f", "tracked", "forced", "gone", "node_modules")
        os.unlink("gone/Dockerfile")
        assert found() == ["forced/Dockerfile.dev", "new/Dockerfile", "tracked/Dockerfile"]
        assert found("new") == ["new/Dockerfile"]

    def test_an_ignored_directory_that_is_named_is_walked(self) -> None:
        touch("ignored/Dockerfile", "ignored/a/Dockerfile")
        Path(".gitignore").write_text("ignored/\n")
        assert found() == []
        assert found("ignored") == ["ignored/Dockerfile", "ignored/a/Dockerfile"]

    def test_a_directory_of_ignored_files_stays_empty(self) -> None:
        touch("a/Dockerfile.local")
        Path(".gitignore").write_text("*.local\n")
        assert found("a") == []

    def test_names_with_any_characters_are_found(self) -> None:
        names = ["é ü/Dockerfile", "new\nline/Dockerfile", 'q"uote/Dockerfile', "tab\tx y/Dockerfile.a b"]
        touch(*names)
        run_git("add", names[0], names[3])
        assert found() == sorted(names)

    def test_repositories_inside_of_it_count_too(self) -> None:
        touch("clone/Dockerfile", "clone/ignored/Dockerfile", "clone/deep/clone/Dockerfile")
        Path("clone/.gitignore").write_text("ignored\n")
        run_git("init", "-q", "clone")
        run_git("init", "-q", "clone/deep/clone")
        assert found() == ["clone/Dockerfile", "clone/deep/clone/Dockerfile"]
        run_git("-C", "clone", "add", "Dockerfile")
        run_git("-C", "clone", "commit", "-qm", "x")
        run_git("submodule", "add", "./clone", "clone")
        assert found() == ["clone/Dockerfile", "clone/deep/clone/Dockerfile"]

    def test_a_tracked_directory_that_became_a_link_out_of_the_tree_is_not_followed(self, tmp_path: Path) -> None:
        touch("top/a/Dockerfile", "outside/Dockerfile")
        run_git("add", "top")
        shutil.rmtree("top/a")
        Path("top/a").symlink_to(tmp_path / "outside")
        result = discover(["top"])
        assert result.files == ()
        assert result.notices == ("top/a/Dockerfile: skipped: symbolic link that leads out of the tree",)

    def test_the_configuration_of_a_repository_runs_nothing(self, tmp_path: Path) -> None:
        touch("Dockerfile")
        script = tmp_path / "evil"
        script.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
        script.chmod(0o755)
        run_git("config", "core.fsmonitor", str(script))
        run_git("config", "core.pager", str(script))
        (tmp_path / ".git/hooks").mkdir(exist_ok=True)
        shutil.copy(script, ".git/hooks/post-index-change")
        assert found() == ["Dockerfile"]
        assert not (tmp_path / "ran").exists()

    def test_what_a_hook_says_about_its_own_repository_does_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        touch("Dockerfile")
        monkeypatch.setenv("GIT_DIR", "/nowhere")
        monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
        assert found() == ["Dockerfile"]

    def test_without_git_the_tree_is_walked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        touch("Dockerfile", "ignored/Dockerfile")
        Path(".gitignore").write_text("ignored\n")
        monkeypatch.setattr(git, "_COMMAND", ("a-program-that-is-not-there",))
        assert found() == ["Dockerfile"]


def test_an_ignore_file_that_is_a_link_is_not_followed(tree: Path) -> None:
    touch("a/Dockerfile")
    (tree.parent / "ignore").write_text("Dockerfile\n")
    Path("a/.gitignore").symlink_to(tree.parent / "ignore")
    result = discover(["."])
    assert result.files == ("a/Dockerfile",)
    assert result.notices == ("./a/.gitignore: not used: is a symbolic link",)

"""Ignore patterns: what gitignore(5) says, as git does it, in bounded time."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from dhi_migrate.project.globs import excludes, parse_ignore_file, parse_pattern, parse_patterns


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("Dockerfile", "a/b/Dockerfile", True),
        ("/Dockerfile", "Dockerfile", True),
        ("/Dockerfile", "a/Dockerfile", False),
        ("a/Dockerfile", "a/Dockerfile", True),
        ("a/Dockerfile", "b/a/Dockerfile", False),
        ("build/", "build/Dockerfile", True),
        ("build/", "a/build/x/Dockerfile", True),
        ("build/", "build", False),
        ("*.dev", "a/Dockerfile.dev", True),
        ("Dockerfile.*", "Dockerfile", False),
        ("**/test/Dockerfile", "test/Dockerfile", True),
        ("**/test/Dockerfile", "a/b/test/Dockerfile", True),
        ("a/**", "a/Dockerfile", True),
        ("a/**", "b/Dockerfile", False),
        ("a/**/Dockerfile", "a/Dockerfile", True),
        ("a/**/Dockerfile", "a/b/c/Dockerfile", True),
        ("a/*/Dockerfile", "a/b/c/Dockerfile", False),
        ("**", "a/Dockerfile", True),
        ("Dockerfile.[0-9]", "Dockerfile.7", True),
        ("Dockerfile.[!0-9]", "Dockerfile.7", False),
        ("Dockerfile.[^0-9]", "Dockerfile.a", True),
        ("Dockerfile.[[:digit:]]", "Dockerfile.7", True),
        ("Dockerfile.[]x]", "Dockerfile.]", True),
        ("Dockerfile.[", "Dockerfile.[", False),
        ("Dockerfile.?", "Dockerfile.x", True),
        ("Dockerfile.?", "Dockerfile.", False),
        (r"\!important", "!important", True),
        (r"\#x", "#x", True),
        ("# comment", "# comment", False),
        ("Dockerfile   ", "Dockerfile", True),
        (r"Dockerfile\ ", "Dockerfile ", True),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        (r"\*\*", "**", True),
        (r"\*\*", "x", False),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "aXbYcZ", False),
        ("*a*ab", "aab", True),
        ("*", "x/y", True),
        ("dir\\", "dir\\", False),
    ],
)
def test_a_pattern_matches_as_git_says(pattern: str, path: str, ignored: bool) -> None:
    assert excludes(parse_patterns([pattern]), path) is ignored


def test_the_last_pattern_that_matches_decides() -> None:
    patterns = parse_patterns(["Dockerfile.*", "!Dockerfile.prod"])
    assert [excludes(patterns, name) for name in ("Dockerfile.dev", "Dockerfile.prod")] == [True, False]


def test_a_file_in_an_ignored_directory_cannot_be_brought_back() -> None:
    assert excludes(parse_patterns(["build/", "!build/Dockerfile"]), "build/Dockerfile")


def test_a_file_of_patterns_is_read_with_any_line_ending_and_any_bytes() -> None:
    patterns = parse_ignore_file(b"\xef\xbb\xbfa\r\n\nb \n\xff*\n")
    assert [excludes(patterns, name) for name in ("a", "b", os.fsdecode(b"\xffx"), "c")] == [True, True, True, False]


def test_an_endless_pattern_is_no_pattern() -> None:
    assert parse_pattern("[:" * 100_000) is None


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "*b", "a" * 255),
        ("[ab]*" * 100 + "c", "ab" * 127),
        ("**/a/" * 60 + "b", "a/" * 60 + "c"),
        ("?*" * 100 + "x", "y" * 255),
    ],
)
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    patterns = parse_patterns([pattern])
    start = time.process_time()
    assert not excludes(patterns, path)
    assert time.process_time() - start < 1.0  # a backtracking matcher needs longer than the universe has


TREE = [
    "Dockerfile",
    "a/Dockerfile",
    "a/b/Dockerfile",
    "a/b/c/Dockerfile.dev",
    "b/Dockerfile",
    "build/Dockerfile",
    "build/x/Dockerfile",
    "x/build/Dockerfile",
    "Dockerfile.1",
    "Dockerfile.a",
    "x-Dockerfile",
    "y/Dockerfile.prod",
    "y/Dockerfile.test",
]

IGNORE_FILES = [
    "build/\n",
    "/build/\n*.dev\n",
    "**/b/\n",
    "a/**\n!a/b/\n",
    "Dockerfile.*\n!Dockerfile.prod\n",
    "*\n!*/\n!Dockerfile\n",
    "a/*/c\n[xy]*\n",
    "/*\n!/a\n/a/*\n!/a/b\n",
    "x/build\n# b\n\\#\n",
    "*ockerfile.[[:alpha:]]*\n",
    "a/**/Dockerfile.dev\n**/x/**\n",
]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is what it is compared with")
@pytest.mark.parametrize("content", IGNORE_FILES)
def test_the_same_files_are_ignored_as_by_git(content: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text(content)
    for name in TREE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    command = ["git", "-C", str(tmp_path), "ls-files", "-o", "--exclude-standard", "--", ":!.gitignore"]
    kept = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    patterns = parse_ignore_file(content.encode())
    assert {name for name in TREE if not excludes(patterns, name)} == kept

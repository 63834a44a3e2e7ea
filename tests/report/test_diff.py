"""Unified diffs: exact bytes, accepted by git, never quadratic."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dhi_migrate.report.diff import show_diff, unified_diff
from dhi_migrate.report.style import Style


def test_a_change_with_its_context() -> None:
    old = b"# 1\n# 2\n# 3\n# 4\nFROM node:22\nRUN a\nRUN b\nRUN c\nRUN d\n"
    new = old.replace(b"node", b"dhi.io/node")
    assert unified_diff(old, new, "web/Dockerfile") == (
        b"--- a/web/Dockerfile\n+++ b/web/Dockerfile\n@@ -2,7 +2,7 @@\n # 2\n # 3\n # 4\n-FROM node:22\n"
        b"+FROM dhi.io/node:22\n RUN a\n RUN b\n RUN c\n"
    )


def test_no_change_is_no_diff() -> None:
    assert unified_diff(b"FROM a", b"FROM a", "Dockerfile") == b""


def test_line_endings_and_a_missing_last_one_are_kept() -> None:
    assert unified_diff(b"A\r\nB\rb\nC", b"A\r\nB\rb\nD", "x") == (
        b"--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n A\r\n B\rb\n-C\n\\ No newline at end of file\n+D\n\\ No newline at end of file\n"
    )
    assert unified_diff(b"A", b"A\n", "x") == (b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-A\n\\ No newline at end of file\n+A\n")
    assert unified_diff(b"", b"A\n", "x") == b"--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+A\n"


def test_far_changes_are_hunks_of_their_own_and_near_ones_share_one() -> None:
    lines = [b"%d\n" % number for number in range(40)]
    near, far = list(lines), list(lines)
    near[10] = near[16] = b"x\n"
    far[10] = far[18] = b"x\n"
    assert unified_diff(b"".join(lines), b"".join(near), "x").count(b"@@ -") == 1
    assert unified_diff(b"".join(lines), b"".join(far), "x").count(b"@@ -") == 2


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("Dockerfile", b"a/Dockerfile\n"),
        ("/tmp/x/Dockerfile", b"a/tmp/x/Dockerfile\n"),
        ("sp ace/Dockerfile", b"a/sp ace/Dockerfile\t\n"),
        ("é/Dockerfile", b'"a/\\303\\251/Dockerfile"\n'),
        ('q"\\\n\x1b\udcff', b'"a/q\\"\\\\\\n\\033\\377"\n'),
    ],
)
def test_the_name_is_quoted_as_git_does(path: str, header: bytes) -> None:
    assert unified_diff(b"a\n", b"b\n", path).startswith(b"--- " + header)


LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b"\\ x\n", b"-d\n", b"\xff\r\x0c\n"]), max_size=25)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@settings(max_examples=60, deadline=None)
@given(LINES, LINES, st.sampled_from([b"", b"end", b"\r"]), st.sampled_from([b"", b"end", b"x"]))
def test_git_makes_the_new_bytes_of_the_old_ones(
    tmp_path_factory: pytest.TempPathFactory, old: list[bytes], new: list[bytes], old_end: bytes, new_end: bytes
) -> None:
    before, after = b"".join(old) + old_end, b"".join(new) + new_end
    if not before or not after or before == after:
        return  # git wants other headers for a new and for a deleted file
    folder = tmp_path_factory.mktemp("apply")
    path: Path = folder / "Dockerfile"
    path.write_bytes(before)
    diff = unified_diff(before, after, "Dockerfile")
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(command, input=diff, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr, diff)
    assert path.read_bytes() == after


def test_small_edits_in_repetitive_lines_stay_small() -> None:
    old = b"RUN x\n\nRUN x\n\nFROM a\n\nRUN x\n\nRUN x\n"
    new = b"RUN x\n\nRUN x\n\nUSER 1\nFROM b\n\nRUN x\n\nRUN x\n"
    changed = [line for line in unified_diff(old, new, "x").split(b"\n")[3:] if line[:1] in (b"-", b"+")]
    assert changed == [b"-FROM a", b"+USER 1", b"+FROM b"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"a\n" * 40_000, b"a\nb\n" * 20_000),
        (b"".join(b"%d\n" % n for n in range(40_000)), b"".join(b"%d\n" % n for n in range(40_000, 0, -1))),
        (b"a\nb\n" * 20_000, b"b\na\n\n" * 15_000),
    ],
)
def test_large_files_take_no_time_to_speak_of(old: bytes, new: bytes) -> None:
    start = time.process_time()
    assert unified_diff(old, new, "x")
    assert time.process_time() - start < 5.0  # comparing all with all would take many minutes


def test_on_a_terminal_nothing_comes_out_raw() -> None:
    diff = unified_diff(b"FROM a\x1b[31m\r\n", b"FROM b\tx\n", "x")
    assert show_diff(diff, Style()) == (b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-FROM a\\x1b[31m\\r\n+FROM b  x\n")
    assert b"\x1b[32m+FROM b  x\x1b[0m\n" in show_diff(diff, Style(colour=True))
    assert show_diff(b"", Style()) == b""

"""Real processes: streams, signals, terminals, and the start of the program."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dhi_migrate._version import __version__

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "dhi_migrate"]
ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "TERM")},
    "PYTHONPATH": str(ROOT),
}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


def run(*arguments: str, cwd: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        timeout=60,
        check=False,
    )


OLD = 'FROM node:22-alpine\nCMD ["node","a.js"]\n'
NEW = 'FROM dhi.io/node:22-alpine3.24\nCMD ["node","a.js"]\n'


def many(folder: Path, number: int) -> None:
    for at in range(number):
        (folder / f"{at:05}").mkdir()
        (folder / f"{at:05}" / "Dockerfile").write_text("FROM centos:7\nRUN yum install -y curl\nCMD curl localhost\n")


def test_the_version_names_the_catalog(tmp_path: Path) -> None:
    done = run("--version", cwd=tmp_path)
    line = done.stdout.decode()
    assert done.returncode == 0
    assert re.fullmatch(
        rf"dhi-migrate {re.escape(__version__)} \(catalog [0-9a-f]{{7}} of \d{{4}}-\d\d-\d\d, \d+ images, \d+ tags\)\n",
        line,
    )
    assert run("check", "--version", cwd=tmp_path).stdout == done.stdout


def test_json_from_a_real_run_is_the_only_thing_on_standard_output(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text('FROM node:22-alpine\nCMD ["node", "x.js"]\n')
    done = run("--format", "json", "--fail-on", "never", cwd=tmp_path)
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert [entry["path"] for entry in report["files"]] == ["Dockerfile"]


def test_a_fix_of_a_real_run_is_stable_and_a_diff_of_it_can_be_applied(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    diff = run("--diff", "-q", "examples", cwd=tmp_path)
    assert diff.returncode == 1
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "examples", copy / "examples")
    subprocess.run(["git", "apply", "-"], input=diff.stdout, cwd=copy, check=True)
    fixed = run("--fix", "-q", "--fail-on", "never", "examples", cwd=tmp_path)
    assert fixed.returncode == 0
    for path in sorted((tmp_path / "examples").rglob("Dockerfile")):
        assert path.read_bytes() == (copy / path.relative_to(tmp_path)).read_bytes()
    assert run("--diff", "-q", "examples", cwd=tmp_path).stdout == b""


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    many(tmp_path, 400)
    process = subprocess.Popen(
        [*COMMAND, "--jobs", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=ENVIRONMENT
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read().decode()
    assert process.wait(60) in (0, 1)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
    process.stderr.close()


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_the_run_with_exit_code_2_and_says_where(tmp_path: Path, jobs: str) -> None:
    many(tmp_path, 4000)
    process = subprocess.Popen(
        [*COMMAND, "--jobs", jobs, "--format", "concise", "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=ENVIRONMENT,
        bufsize=0,  # or else `communicate` does not give what `readline` has read ahead
        start_new_session=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()  # the work has begun
    os.killpg(process.pid, signal.SIGINT)
    rest, said = process.communicate(timeout=60)
    assert process.returncode == 2
    match = re.fullmatch(
        rb"dhi-migrate: interrupted: (\d+) of 4000 files were checked; the first that was not is (\d+)/Dockerfile\n",
        said,
    )
    assert match is not None, said
    seen = {line.split(b"/")[0] for line in (first + rest).splitlines()}
    assert len(seen) == int(match[1]) < 4000
    assert match[2] not in seen
    assert {b"%05d" % number for number in range(int(match[2]))} <= seen


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_leaves_whole_files_and_an_old_report(tmp_path: Path, jobs: str) -> None:
    for number in range(1500):
        (tmp_path / f"{number:05}").mkdir()
        (tmp_path / f"{number:05}" / "Dockerfile").write_text(OLD)
    (tmp_path / "report.json").write_text("the last one")
    process = subprocess.Popen(
        [*COMMAND, "--fix", "--jobs", jobs, "--format", "json", "--output", "report.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while (tmp_path / "00020" / "Dockerfile").read_text() == OLD and time.monotonic() < deadline:
        pass
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 2
    match = re.search(r"(\d+) of 1500 files were checked, (\d+) of them fixed and written whole; the first that", said)
    assert match is not None, said
    assert said.endswith("; report.json was not written\n")
    texts = [path.read_text() for path in sorted(tmp_path.glob("*/Dockerfile"))]
    assert set(texts) == {OLD, NEW}
    assert match[1] == match[2] == str(texts.count(NEW))
    assert (tmp_path / "report.json").read_text() == "the last one"
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".tmp")]


def on_a_terminal(*arguments: str, cwd: Path, command: list[str] = COMMAND, **environment: str) -> str:
    """Run with standard output and standard error on one terminal, and give what it shows."""
    import pty

    try:
        leader, follower = pty.openpty()
    except OSError as error:  # a build sandbox without /dev/pts
        pytest.skip(f"no pseudo terminal here: {error}")
    process = subprocess.Popen(
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        cwd=cwd,
        env={**ENVIRONMENT, "TERM": "xterm", **environment},
    )
    os.close(follower)
    shown = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([leader], [], [], 1)[0]:
            continue
        try:
            chunk = os.read(leader, 65536)
        except OSError:  # the other side is closed
            break
        if not chunk:
            break
        shown += chunk
    os.close(leader)
    process.wait(60)
    return shown.decode("utf-8", "surrogateescape").replace("\r\n", "\n")


def test_colours_are_for_terminals_that_want_them(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM centos:7\n")
    assert "\x1b[1;33mwarning" in on_a_terminal("-q", cwd=tmp_path)
    assert "\x1b" not in on_a_terminal("-q", cwd=tmp_path, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal("-q", cwd=tmp_path, TERM="dumb")
    assert b"\x1b" not in run("-q", cwd=tmp_path).stdout
    assert b"\x1b[1;33mwarning" in run("-q", cwd=tmp_path, FORCE_COLOR="1").stdout
    assert b"\x1b" not in run("-q", cwd=tmp_path, FORCE_COLOR="1", NO_COLOR="1").stdout


def test_no_escape_sequence_of_a_file_reaches_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(
        b"FROM node:22-alpine AS \x1b[31mx\n# \x1b]0;title\x07 \xc2\x9b31m\nFROM node:22-alpine\n"
    )
    for arguments in (["-q"], ["-q", "--diff"], ["-q", "--format", "concise"], ["-q", "--format", "json"]):
        shown = on_a_terminal(*arguments, cwd=tmp_path, NO_COLOR="1")
        assert all(char.isprintable() or char == "\n" for char in shown), shown


def test_a_long_run_shows_its_progress_and_takes_it_away(tmp_path: Path) -> None:
    many(tmp_path, 60)
    code = (
        "import dhi_migrate.cli.progress as p; p._PATIENCE = 0.0\n"
        "import sys; from dhi_migrate.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code]
    shown = on_a_terminal("--jobs", "1", "--format", "concise", cwd=tmp_path, command=command)
    assert "Checking" in shown
    assert "/60" in shown
    assert "Checking" not in on_a_terminal("--jobs", "1", "-q", cwd=tmp_path, command=command)


def test_standard_output_that_is_full_is_an_error(tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    (tmp_path / "Dockerfile").write_text("FROM centos:7\n")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "-q"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=ENVIRONMENT,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"dhi-migrate: cannot write the report: no space left on device\n"


@pytest.mark.parametrize(
    ("closed", "code", "said"),
    [
        (1, 2, b"dhi-migrate: cannot write the report: standard output is closed\n"),
        (2, 1, b""),
    ],
)
def test_a_closed_stream_is_no_fault_of_the_program(tmp_path: Path, closed: int, code: int, said: bytes) -> None:
    (tmp_path / "Dockerfile").write_text("FROM node:22-alpine\nRUN apk add curl\n")
    start = f"import os, sys; os.close({closed}); os.execv(sys.argv[1], sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", start, *COMMAND, "-q"], capture_output=True, cwd=tmp_path, env=ENVIRONMENT, check=False
    )
    assert (done.returncode, done.stderr) == (code, said)
    assert bool(done.stdout) is (closed != 1)

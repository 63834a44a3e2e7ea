"""Files that cannot be read or written, that change meanwhile, or that have odd names: it is said, and the others are done."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dhi_migrate.project import reader
from dhi_migrate.project.reader import ReadError, read_file

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes, pipes and signals of POSIX")

ROOT = Path(__file__).parents[2]
OLD = b'FROM node:22-alpine\nWORKDIR /app\nCMD ["node", "a.js"]\n'
NEW = b'FROM dhi.io/node:22-alpine3.24\nWORKDIR /app\nCMD ["node", "a.js"]\n'
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
PROGRAM = (sys.executable, "-m", "dhi_migrate")
FIX = ("--fix", "--quiet", "--fail-on", "never")


def run(tree: Path, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*before, *PROGRAM, *arguments], cwd=tree, env=ENVIRONMENT, capture_output=True, check=False, timeout=600
    )


def powerless() -> tuple[str, ...]:
    """What to put before a command so that the modes of files count for root too."""
    if os.getuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root may do everything, and there is no setpriv")
    lost = "-dac_override,-dac_read_search"
    command = ("setpriv", f"--bounding-set={lost}", f"--inh-caps={lost}")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("setpriv may not take capabilities away here")
    return command


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """A directory with good files in it, which can be removed whatever its modes become."""
    top = tmp_path / "tree"
    for name in ("a/Dockerfile", "z/Dockerfile"):
        (top / name).parent.mkdir(parents=True)
        (top / name).write_bytes(OLD)
    yield top
    for folder, _, _ in os.walk(top):
        os.chmod(folder, 0o755)


def good_are_done(tree: Path) -> None:
    assert [(tree / name).read_bytes() for name in ("a/Dockerfile", "z/Dockerfile")] == [NEW, NEW]


def test_files_and_directories_without_permission(tree: Path) -> None:
    before = powerless()
    for name, mode in (("no-read", 0o000), ("no-write", 0o444)):
        (tree / f"{name}.Dockerfile").write_bytes(OLD)
        (tree / f"{name}.Dockerfile").chmod(mode)
    for name, mode in (("no-list", 0o000), ("no-new", 0o555)):
        (tree / name).mkdir()
        (tree / name / "Dockerfile").write_bytes(OLD)
        (tree / name).chmod(mode)

    done = run(tree, *FIX, before=before)

    said = done.stderr.decode()
    assert done.returncode == 2
    assert "no-read.Dockerfile: permission denied\n" in said
    assert "no-write.Dockerfile: cannot be written: the file is read-only\n" in said
    assert "no-list: permission denied\n" in said
    assert "no-new/Dockerfile: " in said
    assert "Traceback" not in said
    assert (tree / "no-new/Dockerfile").read_bytes() == OLD
    good_are_done(tree)


def test_what_is_no_file_and_links_of_all_kinds(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = tmp_path / "outside.Dockerfile"
    outside.write_bytes(OLD)
    os.mkfifo(tree / "pipe.Dockerfile")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tree)  # the path of a socket has to be short
        listening.bind("socket.Dockerfile")
        (tree / "device.Dockerfile").symlink_to("/dev/zero")
        (tree / "process.Dockerfile").symlink_to("/proc/self/mem")
        (tree / "loop1.Dockerfile").symlink_to("loop2.Dockerfile")
        (tree / "loop2.Dockerfile").symlink_to("loop1.Dockerfile")
        (tree / "out.Dockerfile").symlink_to(outside)
        (tree / "gone.Dockerfile").symlink_to("nowhere")
        (tree / "folders").symlink_to(".")
        (tree / "in.Dockerfile").symlink_to("a/Dockerfile")
        walked = run(tree, *FIX)
        named = run(tree, *FIX, *sorted(path.name for path in tree.glob("*.Dockerfile")))

    assert walked.returncode == 0, walked.stderr
    good_are_done(tree)
    assert (tree / "in.Dockerfile").is_symlink()
    assert outside.read_bytes() == OLD
    assert named.returncode == 2
    said = named.stderr.decode()
    for name, reason in (
        ("pipe", "is a named pipe, not a regular file"),
        ("socket", "is a socket, not a regular file"),
        ("device", "is a device, not a regular file"),
        ("loop1", "too many levels of symbolic links"),
        ("gone", "no such file or directory"),
        ("out", "is a symbolic link to"),
    ):
        assert f"{name}.Dockerfile: {reason}" in said
    assert "process.Dockerfile: " in said
    assert outside.read_bytes() == OLD


def test_names_with_any_bytes(tree: Path) -> None:
    names = [
        b"new\nline.Dockerfile", b"esc\x1b[31m.Dockerfile", b"\xff\xfe.Dockerfile", b"-rf.Dockerfile", b" .Dockerfile",
        b"'\"$(x)`.Dockerfile", "\u202egpj.Dockerfile".encode(), b"a:b,c%0A.Dockerfile", b"x" * 240 + b".Dockerfile",
    ]  # fmt: skip
    for name in names:
        (Path(os.fsdecode(os.path.join(os.fsencode(tree), name)))).write_bytes(OLD)
    checked = run(tree, "--format", "json", "--fail-on", "never")
    assert checked.returncode == 0
    assert len(json.loads(checked.stdout)["files"]) == len(names) + 2
    text = run(tree, "--format", "concise", "--fail-on", "never").stdout.decode()
    assert all(line.isprintable() for line in text.splitlines())
    done = run(tree, *FIX)
    assert (done.returncode, done.stderr) == (0, b"")
    for name in names:
        assert Path(os.fsdecode(os.path.join(os.fsencode(tree), name))).read_bytes() == NEW


def test_a_full_disk_leaves_whole_files(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = os.getuid() == 0 and shutil.which("mount") is not None
    if not mounted or subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True, check=False
    ).returncode:  # fmt: skip
        pytest.skip("a small file system can be mounted by root alone")
    try:
        for number in range(4):
            (small / f"{number}.Dockerfile").write_bytes(OLD)
        with (small / "filler").open("wb", buffering=0) as filler:
            try:
                while filler.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        done = run(small, *FIX)
        assert done.returncode == 2
        assert done.stderr.decode().count(".Dockerfile: cannot be written: no space left on the device\n") == 4
        assert sorted(path.name for path in small.iterdir()) == [
            *(f"{number}.Dockerfile" for number in range(4)),
            "filler",
        ]
        assert {path.read_bytes() for path in small.glob("*.Dockerfile")} == {OLD}
        (small / "filler").unlink()
        assert run(small, *FIX).returncode == 0
        assert {path.read_bytes() for path in small.glob("*.Dockerfile")} == {NEW}
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


def test_a_working_directory_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    (tmp_path / "Dockerfile").write_bytes(OLD)
    code = f"import os, sys; os.rmdir({str(gone)!r}); sys.argv = ['x'] + sys.argv[1:]\n"
    code += "from dhi_migrate.__main__ import main; sys.exit(main(sys.argv[1:]))"
    for arguments in ((), (str(tmp_path / "Dockerfile"),), ("--format", "sarif"), ("plan",)):
        gone.mkdir(exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], cwd=gone, env=ENVIRONMENT, capture_output=True, check=False
        )
        assert done.returncode in {0, 1, 2}
        assert b"Traceback" not in done.stderr
        assert b"internal error" not in done.stderr + done.stdout


@pytest.mark.parametrize("size", [0, 5000, 200_000])
def test_a_file_that_shrinks_or_grows_while_it_is_read(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"x" * 100_000)
    plain = os.fstat

    def changed(handle: int) -> os.stat_result:
        status = plain(handle)
        os.truncate(path, size)
        return status

    monkeypatch.setattr(reader.os, "fstat", changed)
    found = read_file(str(path), 150_000)
    if size > 150_000:
        assert found == ReadError(str(path), "is larger than 150000 bytes, the most that is read")
    else:
        assert found == b"x" * size


def test_a_file_that_becomes_a_pipe_between_the_look_and_the_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(OLD)
    plain = os.stat

    def replaced(name: str) -> os.stat_result:
        status = plain(name)
        path.unlink()
        os.mkfifo(path)
        return status

    monkeypatch.setattr(reader.os, "stat", replaced)
    assert read_file(str(path)) == ReadError(str(path), "is a named pipe, not a regular file")


@pytest.mark.heavy
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_that_is_killed_at_any_moment_leaves_whole_files(tmp_path: Path, jobs: str) -> None:
    chance, seen = random.Random(int(jobs)), set()
    for attempt in range(20):
        tree = tmp_path / f"tree{attempt}"
        tree.mkdir()
        names = [f"{number}.Dockerfile" for number in range(300)]
        for name in names:
            (tree / name).write_bytes(OLD)
        with subprocess.Popen(
            [*PROGRAM, *FIX, "--jobs", jobs], cwd=tree, env=ENVIRONMENT, start_new_session=True
        ) as process:
            deadline = time.monotonic() + 30
            while (tree / names[0]).read_bytes() == OLD and process.poll() is None and time.monotonic() < deadline:
                pass  # it has not begun to write
            for _ in range(chance.randrange(20_000)):
                pass
            os.killpg(process.pid, signal.SIGKILL)
        seen |= {(tree / name).read_bytes() for name in names}
        left = [path.name for path in tree.iterdir() if path.name not in names]
        assert len(left) <= int(jobs)
        again = run(tree, "--format", "json", "--fail-on", "never", "--project")
        assert sorted(entry["path"] for entry in json.loads(again.stdout)["files"]) == sorted(names)
        shutil.rmtree(tree)
    assert seen == {OLD, NEW}


@pytest.mark.heavy
def test_a_hundred_thousand_files(tmp_path: Path) -> None:
    for folder in range(100):
        (tmp_path / f"{folder:02}").mkdir()
        for number in range(1000):
            name = f"{number:03}.Dockerfile" if number % 20 == 0 else f"{number:03}.txt"
            (tmp_path / f"{folder:02}" / name).write_bytes(OLD)
    done = run(tmp_path, "--fix", "--format", "json", "--fail-on", "never", "--project")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["files"]) == 5000
    assert (tmp_path / "99/980.Dockerfile").read_bytes() == NEW
    assert (tmp_path / "99/981.txt").read_bytes() == OLD

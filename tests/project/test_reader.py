"""Reading a file: regular files below a limit, and a reason for everything else."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from dhi_migrate.project.reader import ReadError, read_file


def test_the_bytes_come_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"\xef\xbb\xbfFROM a\r\n\xff\x00")
    assert read_file(str(path)) == b"\xef\xbb\xbfFROM a\r\n\xff\x00"


def test_an_empty_file_is_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").touch()
    assert read_file(str(tmp_path / "Dockerfile")) == b""


def test_a_file_of_the_limit_is_read_and_a_larger_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"x" * 100)
    assert read_file(str(path), 100) == b"x" * 100
    assert read_file(str(path), 99) == ReadError(str(path), "is larger than 99 bytes, the most that is read")


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs a file whose size is not told")
def test_a_file_that_does_not_tell_its_size_is_read_up_to_the_limit() -> None:
    whole = read_file("/proc/self/status")
    assert isinstance(whole, bytes)
    assert whole.startswith(b"Name:")
    assert read_file("/proc/self/status", 10) == ReadError(
        "/proc/self/status", "is larger than 10 bytes, the most that is read"
    )


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    fifo, sock = str(tmp_path / "fifo"), str(tmp_path / "s")
    os.mkfifo(fifo)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(sock)
        assert read_file(fifo) == ReadError(fifo, "is a named pipe, not a regular file")
        assert read_file(sock) == ReadError(sock, "is a socket, not a regular file")
    assert read_file(os.devnull) == ReadError(os.devnull, "is a device, not a regular file")
    assert read_file(str(tmp_path)) == ReadError(str(tmp_path), "is a directory, not a regular file")


def test_a_link_is_followed_and_a_dead_or_circular_one_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"FROM a\n")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dead").symlink_to("gone")
    (tmp_path / "loop").symlink_to("loop")
    assert read_file(str(tmp_path / "link")) == b"FROM a\n"
    assert read_file(str(tmp_path / "dead")) == ReadError(str(tmp_path / "dead"), "no such file or directory")
    assert read_file(str(tmp_path / "loop")) == ReadError(str(tmp_path / "loop"), "too many levels of symbolic links")


def test_a_name_that_no_file_can_have_is_an_error() -> None:
    assert read_file("a\0b") == ReadError("a\0b", "embedded null byte")


def test_a_file_without_permission_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "Dockerfile"
    path.touch()

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert read_file(str(path)) == ReadError(str(path), "permission denied")

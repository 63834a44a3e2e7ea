"""The file writer: whole or not at all, mode and links kept, nothing left behind."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from dhi_migrate.migrate import writer
from dhi_migrate.migrate.writer import FileChanged, NotWritten, WriteError, write_all, write_atomic

OLD = b"FROM node:22\r\n"
NEW = b"FROM dhi.io/node:22\r\n\xff"


@pytest.fixture
def dockerfile(tmp_path: Path) -> Path:
    path = tmp_path / "Dockerfile"
    path.write_bytes(OLD)
    return path


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_the_new_bytes_replace_the_old_and_nothing_else_is_left(dockerfile: Path) -> None:
    write_atomic(str(dockerfile), NEW, OLD)
    assert dockerfile.read_bytes() == NEW
    assert names(dockerfile.parent) == ["Dockerfile"]


@pytest.mark.parametrize("mode", [0o755, 0o640, 0o600, 0o664])
def test_the_mode_is_kept(dockerfile: Path, mode: int) -> None:
    dockerfile.chmod(mode)
    write_atomic(str(dockerfile), NEW, OLD)
    assert stat.S_IMODE(dockerfile.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_the_owner_is_kept_where_permitted(dockerfile: Path) -> None:
    os.chown(dockerfile, 1234, 4321)
    write_atomic(str(dockerfile), NEW, OLD)
    assert (dockerfile.stat().st_uid, dockerfile.stat().st_gid) == (1234, 4321)


def test_a_file_of_another_owner_is_written_with_our_own(dockerfile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    write_atomic(str(dockerfile), NEW, OLD)
    assert dockerfile.read_bytes() == NEW


def test_a_file_that_changed_in_the_meantime_is_left_alone(dockerfile: Path) -> None:
    with pytest.raises(FileChanged, match="changed by something else"):
        write_atomic(str(dockerfile), NEW, b"FROM node:20\n")
    assert dockerfile.read_bytes() == OLD
    assert names(dockerfile.parent) == ["Dockerfile"]


def test_a_change_while_writing_is_noticed_before_the_rename(dockerfile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def edit_behind_our_back(handle: int) -> None:
        dockerfile.write_bytes(b"FROM alpine\n")
        real(handle)

    monkeypatch.setattr(os, "fsync", edit_behind_our_back)
    with pytest.raises(FileChanged):
        write_atomic(str(dockerfile), NEW, OLD)
    assert dockerfile.read_bytes() == b"FROM alpine\n"
    assert names(dockerfile.parent) == ["Dockerfile"]


@pytest.mark.parametrize("broken", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_the_old_file_and_no_other(
    dockerfile: Path, monkeypatch: pytest.MonkeyPatch, broken: BaseException
) -> None:
    def replace(*_: object) -> None:
        raise broken

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises((WriteError, KeyboardInterrupt)):
        write_atomic(str(dockerfile), NEW, OLD)
    assert dockerfile.read_bytes() == OLD
    assert names(dockerfile.parent) == ["Dockerfile"]


def test_a_full_disk_leaves_the_old_file_and_says_so(dockerfile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write

    def write(handle: int, data: bytes) -> int:
        if len(data) < len(NEW):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[:3])

    monkeypatch.setattr(writer.os, "write", write)
    with pytest.raises(WriteError) as caught:
        write_atomic(str(dockerfile), NEW, OLD)
    assert str(caught.value) == "cannot be written: no space left on the device"
    assert dockerfile.read_bytes() == OLD
    assert names(dockerfile.parent) == ["Dockerfile"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (errno.EACCES, "cannot be written: permission denied"),
        (errno.EROFS, "cannot be written: the file system is read-only"),
        (errno.EDQUOT, "cannot be written: Disk quota exceeded"),
    ],
)
def test_a_directory_that_takes_no_new_file_is_an_error_that_says_why(
    dockerfile: Path, monkeypatch: pytest.MonkeyPatch, number: int, text: str
) -> None:
    real = os.open

    def refuse(path: str, flags: int, *mode: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *mode)

    monkeypatch.setattr(writer.os, "open", refuse)
    with pytest.raises(WriteError) as caught:
        write_atomic(str(dockerfile), NEW, OLD)
    assert str(caught.value) == text
    assert dockerfile.read_bytes() == OLD


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_and_a_read_only_directory_are_refused(dockerfile: Path) -> None:
    dockerfile.chmod(0o444)
    with pytest.raises(WriteError, match="the file is read-only"):
        write_atomic(str(dockerfile), NEW, OLD)
    dockerfile.chmod(0o644)
    dockerfile.parent.chmod(0o555)
    try:
        with pytest.raises(WriteError, match="permission denied"):
            write_atomic(str(dockerfile), NEW, OLD)
    finally:
        dockerfile.parent.chmod(0o755)
    assert dockerfile.read_bytes() == OLD


def test_a_read_only_file_is_refused(dockerfile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with pytest.raises(WriteError) as caught:
        write_atomic(str(dockerfile), NEW, OLD)
    assert str(caught.value) == "cannot be written: the file is read-only"


def test_a_symbolic_link_stays_and_what_it_leads_to_is_written(dockerfile: Path) -> None:
    link = dockerfile.parent / "Dockerfile.link"
    link.symlink_to("Dockerfile")
    write_atomic(str(link), NEW, OLD, roots=[str(dockerfile.parent)])
    assert link.is_symlink()
    assert dockerfile.read_bytes() == NEW
    assert names(dockerfile.parent) == ["Dockerfile", "Dockerfile.link"]


def test_a_symbolic_link_out_of_the_allowed_directories_is_refused(dockerfile: Path) -> None:
    inside = dockerfile.parent / "inside"
    inside.mkdir()
    (inside / "Dockerfile").symlink_to(dockerfile)
    with pytest.raises(WriteError, match=r"symbolic link to .*outside"):
        write_atomic(str(inside / "Dockerfile"), NEW, OLD, roots=[str(inside)])
    assert dockerfile.read_bytes() == OLD


def test_what_is_no_regular_file_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="not a regular file"):
        write_atomic(str(tmp_path), NEW, None)
    with pytest.raises(WriteError, match="No such file"):
        write_atomic(str(tmp_path / "Dockerfile"), NEW, None)
    assert names(tmp_path) == []


def test_a_name_of_the_longest_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 120 + ".dockerfile")
    path.write_bytes(OLD)
    write_atomic(str(path), NEW, OLD)
    assert path.read_bytes() == NEW


def test_of_several_files_none_is_written_where_one_has_changed(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one", "two", "three")]
    for path in paths:
        path.write_bytes(b"old")
    paths[2].write_bytes(b"changed by somebody")
    with pytest.raises(NotWritten, match="changed by something else") as raised:
        write_all([(str(path), b"new", b"old") for path in paths])
    assert raised.value.path == str(paths[2])
    assert [path.read_bytes() for path in paths] == [b"old", b"old", b"changed by somebody"]


def test_of_several_files_those_already_written_get_their_old_bytes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / name for name in ("one", "two", "three")]
    for path in paths:
        path.write_bytes(b"old")
        path.chmod(0o640)
    replace = os.replace

    def failing(source: str, target: str) -> None:
        if target.endswith("three"):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(writer.os, "replace", failing)
    with pytest.raises(NotWritten, match="no space left"):
        write_all([(str(path), b"new", b"old") for path in paths])
    assert [path.read_bytes() for path in paths] == [b"old"] * 3
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o640] * 3
    assert names(tmp_path) == ["one", "three", "two"]


def test_several_files_are_written(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one", "two")]
    for path in paths:
        path.write_bytes(b"old")
    write_all([(str(path), b"new", b"old") for path in paths])
    assert [path.read_bytes() for path in paths] == [b"new", b"new"]

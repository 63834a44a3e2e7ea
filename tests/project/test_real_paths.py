"""`RealPaths` gives what `os.path.realpath` gives, links, loops and gaps included."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

from dhi_migrate.project.roots import RealPaths

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NAMES = ("a", "b", "file", "gone", "up", "loop", "other", "deep", "..", ".", "")


def test_is_realpath(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b" / "a" / "b").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    for folder in (tmp_path, tmp_path / "a", tmp_path / "a" / "b", tmp_path / "b"):
        (folder / "file").write_bytes(b"")
        (folder / "up").symlink_to("..")
        (folder / "loop").symlink_to("loop")
        (folder / "other").symlink_to(tmp_path / "b")
        (folder / "deep").symlink_to("other/../a/b")
    monkeypatch.chdir(tmp_path)
    chosen = random.Random(7)
    real_path = RealPaths()
    for _ in range(5000):
        path = "/".join(chosen.choices(NAMES, k=chosen.randint(1, 6)))
        for start in ("", "/", "//", f"{tmp_path}/"):
            assert real_path(start + path) == os.path.realpath(start + path), start + path
    assert real_path("a/" * 3000 + "x") == os.path.realpath("a/" * 3000 + "x")

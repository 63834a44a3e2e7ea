"""A real editor: Neovim, headless, with its own language server client and the configuration that docs/editors.md prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lsp_support import ROOT

NEOVIM = os.environ.get("NVIM_PROGRAM") or shutil.which("nvim")


@pytest.mark.skipif(NEOVIM is None, reason="Neovim (nvim) is not installed: apt-get install neovim")
def test_in_neovim_a_file_has_diagnostics_hover_and_is_fixed_on_save(tmp_path: Path) -> None:
    assert NEOVIM is not None
    page = (ROOT / "docs" / "editors.md").read_text("utf-8")
    (configuration,) = re.findall(r"^```lua\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (tmp_path / "init.lua").write_text(configuration, "utf-8")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "dhi-migrate").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dhi_migrate "$@"\n')
    (programs / "dhi-migrate").chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    text = 'FROM node:22-alpine\nLABEL smile="\U0001f600"\nCMD node "\U0001f600.js" --port 3000\n'
    (work / "Dockerfile").write_text(text, "utf-8")
    environment = {
        **os.environ,
        **{f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")},
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "RESULTS": str(tmp_path / "results"),
        "LANG": "C.UTF-8",
    }
    script = Path(__file__).with_name("nvim_session.lua")
    done = subprocess.run(
        [NEOVIM, "--headless", "-n", "-u", str(tmp_path / "init.lua"), "-c", f"luafile {script}"],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = (tmp_path / "results").read_text("utf-8")
    start, _, rest = results.partition("hover: ")
    shown, _, left = rest.partition("left: ")
    assert start.splitlines() == [
        "0:5-0:19 DHI101 dhi-migrate",
        "2:4-2:30 DHI202 dhi-migrate",  # columns in bytes, as Neovim has them
    ]
    assert "node:22-alpine" in shown
    assert "dhi.io/node:22-alpine3.24" in shown
    assert left == "0\n"
    assert (work / "Dockerfile").read_text("utf-8") == (
        'FROM dhi.io/node:22-alpine3.24\nLABEL smile="\U0001f600"\n'
        'CMD ["node", "\U0001f600.js", "--port", "3000"]\nUSER node\n'
    )

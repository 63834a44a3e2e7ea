"""A hostile tree gets nothing: no file outside is read, nothing of it is run, nothing is written that was not asked for.

What the program does is seen from two sides: by the audit events of Python, and, where strace is installed, by the system.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as Tree
from pathlib import Path
from typing import Any, get_args

import pytest
from hostile_tree import SECRET, make

from dhi_migrate.choices import Format

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
FORMATS = get_args(Format)
RUNS: dict[str, tuple[str, ...]] = {
    "check": ("--project",),
    "two processes": ("--project", "--jobs", "2"),
    "split": ("--project", "--level", "split"),
    "difference": ("--project", "--diff", "--unsafe-fixes"),
    "fixing": ("--project", "--fix", "--unsafe-fixes"),
    "fixing in two processes": ("--fix", "--unsafe-fixes", "--jobs", "2"),
    "plan": ("plan",),
    "plan as JSON": ("plan", "--format", "json"),
    "plan as Markdown": ("plan", "--format", "markdown"),
    "statistics": ("--project", "--statistics"),
    **{f"as {format}": ("--project", "--format", format) for format in FORMATS},
}
WRITES = {"fixing", "fixing in two processes"}
ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PYTHON"))},
    "PYTHONPATH": str(ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "NO_COLOR": "1",
}
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
# What Python itself, and the package, read.
OURS = tuple(
    os.path.join(os.path.realpath(folder), "")
    for folder in (
        sys.prefix,
        sys.base_prefix,
        ROOT / "dhi_migrate",
        ROOT / "rules",
        "/usr/lib",
        "/usr/share/zoneinfo",
        "/proc",
    )
)
ALONE = {"/dev/null", "/etc/localtime", *map(os.path.realpath, [HERE / "watched.py", ROOT, *sys.path])}


def watched(tree: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[bytes], list[list[Any]]]:
    """Run the program in `tree`, and give what it printed and what it did."""
    log = tree.parent / "log"
    done = subprocess.run(
        [sys.executable, str(HERE / "watched.py"), str(log), *arguments],
        cwd=tree, env=ENVIRONMENT, capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    *events, (last, *modules) = [json.loads(line) for line in log.read_text().splitlines()]
    log.unlink()
    assert last == "modules"
    assert not [name for name in modules if name is not None and name.startswith(str(tree))]
    return done, events


def strays(events: list[list[Any]], tree: Path, *, writes: bool) -> list[list[Any]]:
    """The events that a run must not have."""
    inside = os.path.join(os.path.realpath(tree), "")
    return [event for event in events if not _allowed(event, inside, writes)]


def _allowed(event: list[Any], inside: str, writes: bool) -> bool:
    name, *arguments = event
    if name == "open":
        path, mode, flags = (*arguments, None, None)[:3]
        if not isinstance(path, str):
            return True  # a descriptor that is open already
        real = os.path.realpath(os.path.join(inside, path))
        changes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if changes or (isinstance(mode, str) and set(mode) & set("wax+")):
            return real == os.devnull or (writes and real.startswith(inside))
        return real in ALONE or f"{real}/" == inside or real.startswith((inside, *OURS))
    if name in {"os.listdir", "os.scandir"}:
        real = os.path.realpath(os.path.join(inside, str(arguments[0] or ".")))
        return f"{real}/".startswith((inside, *OURS)) or real in ALONE
    if name in {"os.rename", "os.remove", "os.chmod", "os.chown"}:
        return writes and all(
            not isinstance(one, str) or os.path.realpath(os.path.join(inside, one)).startswith(inside)
            for one in arguments[:2]
        )
    if name == "subprocess.Popen":
        return arguments[0] == "git" and isinstance(arguments[1], list) and arguments[1][0] == "git"
    if name == "exec":
        return not os.path.realpath(os.path.join(inside, str(arguments[0]))).startswith(inside) or str(
            arguments[0]
        ).startswith("<")
    return name in {"os.putenv", "os.unsetenv", "os.fork", "os.getxattr", "os.listxattr", "os.posix_spawn"} and (
        name != "os.posix_spawn" or str(arguments[0]).endswith("git")
    )


def outside(tree: Path) -> dict[str, bytes]:
    """The files beside the tree."""
    top = tree.parent / "outside"
    return {str(path): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


def some(names: list[str], *others: str) -> list[Any]:
    """The `names`, and the `others` where the slow tests run."""
    return [*names, *(pytest.param(name, marks=pytest.mark.heavy) for name in others)]


@pytest.mark.parametrize("repository", [pytest.param(True, marks=needs_git), False], ids=["git", "walk"])
@pytest.mark.parametrize(
    "name", some(["check", "fixing in two processes"], "two processes", "difference", "fixing", "plan", "split")
)
def test_a_run_stays_in_the_tree(tmp_path: Path, name: str, repository: bool) -> None:
    tree = make(tmp_path, repository=repository)
    before = outside(tree)
    done, events = watched(tree, *RUNS[name])
    assert b"internal error" not in done.stderr + done.stdout
    assert not strays(events, tree, writes=name in WRITES)
    assert SECRET.encode() not in done.stdout + done.stderr
    assert outside(tree) == before
    assert not [
        str(path) for path in tmp_path.rglob("*") if path.name == "pwned" or path.name.endswith((".ran", ".tmp"))
    ]
    assert any(event[0] == "open" for event in events)
    assert repository == any(
        event[0] == "subprocess.Popen" and "ls-files" in event[2] for event in events if repository
    )


@needs_git
def test_asking_for_changed_lines_runs_nothing_of_the_repository(tmp_path: Path) -> None:
    tree = make(tmp_path, repository=True)
    done, events = watched(tree, "--project", "--diff-base", "HEAD")
    assert done.returncode == 1, done.stderr
    assert not strays(events, tree, writes=False)
    assert not (tmp_path / "pwned").exists()


CONFIGURATIONS = {
    "extend": 'extend = "../outside/config.toml"',
    "catalog": 'catalog = "../outside/catalog.toml"',
    "catalog over a link": 'catalog = "linked/catalog.toml"',
    "rules": 'rules = ["../outside/rules"]',
    "rules over a link": 'rules = ["linked/rules"]',
    "baseline": 'baseline = "../outside/base.json"',
    "baseline over a link": 'baseline = "linked/base.json"',
    "baseline that is a device": 'baseline = "/dev/zero"',
    "output": 'output = "x"',
    "fix": "fix = true",
    "plugins": 'plugins = ["x"]',
    "detector": 'rules = ["own"]',
    "registry": 'registry = "$(touch pwned){name}"',
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration_of_the_tree_writes_nothing_and_reads_nothing_outside(tmp_path: Path, name: str) -> None:
    tree = make(tmp_path, repository=False)
    (tree / "own").mkdir()
    (tree / "own/x.toml").write_text('code = "OWN001"\nname = "own"\nseverity = "error"\ndetector = "os.system"\n')
    (tree / "dhi-migrate.toml").write_text(CONFIGURATIONS[name] + "\n")
    before = outside(tree)
    for arguments in (("--fix",), ("--write-baseline",)):
        done, events = watched(tree, *arguments)
        assert done.returncode == 2
        assert done.stdout == b""
        assert not strays(events, tree, writes=False)
    assert outside(tree) == before


def test_a_baseline_of_the_tree_is_never_written_over_another_file(tmp_path: Path) -> None:
    tree = make(tmp_path, repository=False)
    (tree / "dhi-migrate.toml").write_text('baseline = "Dockerfile"\n')
    text = (tree / "Dockerfile").read_bytes()
    done, _ = watched(tree, "--write-baseline")
    assert done.returncode == 2
    assert (tree / "Dockerfile").read_bytes() == text


@pytest.mark.parametrize(
    "name",
    some(
        ["as text", "as github", "as markdown"],
        *(f"as {format}" for format in FORMATS if format not in {"text", "github", "markdown"}),
        *("plan", "plan as JSON", "plan as Markdown", "difference", "statistics"),
    ),
)
def test_what_is_printed_does_nothing_where_it_is_read(tmp_path: Path, name: str) -> None:
    tree = make(tmp_path, repository=False)
    (tree / "dhi-migrate.toml").write_text('select = ["ALL"]\n[per-file-ignores]\n"x\\u001b[31m\\u202e" = ["DHI301"]\n')
    done, _ = watched(tree, *RUNS[name])
    out = done.stdout.decode()
    said = done.stderr.decode()
    assert len(out) > 20
    assert all(line.isprintable() for line in said.splitlines())
    if name != "difference":  # a difference is for `git apply`: its bytes are those of the files
        assert all(line.isprintable() for line in out.split("\n"))
    lines = out.split("\n")
    if name == "as github":
        command = re.compile(r"::(error|warning|notice) file=[^,]+(,[A-Za-z]+=[^,:]*)*::.*\Z")
        assert all(command.match(line) for line in lines if line.startswith("::"))
        assert sum(line.startswith("::") for line in lines) > 60
    else:
        assert not [line for line in lines if line.lstrip().startswith("::")]
    assert not [line for line in said.splitlines() if line.startswith("::") or "##[" in line]
    if name in {"as json", "as sarif", "as gitlab", "plan as JSON"}:
        json.loads(out)
    if name in {"as junit", "as checkstyle", "as html"}:
        whole = Tree.fromstring(out.removeprefix("<!DOCTYPE html>\n"))
        assert [one.text for one in whole.iter("script")] == []
    if name in {"as markdown", "plan as Markdown", "as html"}:
        assert "<script" not in out
    if name in {"as markdown", "plan as Markdown"}:
        assert "](http" not in out


@needs_git
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_the_system_sees_the_same(tmp_path: Path) -> None:
    tree = make(tmp_path, repository=True)
    log = tmp_path / "strace"
    command = [
        *("strace", "-f", "-qq", "-s", "4096", "-o", str(log)),
        *("-e", "trace=execve,execveat,connect,sendto,open,openat,openat2,creat"),
        *(sys.executable, "-m", "dhi_migrate", "--project", "--jobs", "2", str(tree)),
    ]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=False, timeout=300)
    if b"ptrace" in done.stderr or not log.exists():
        pytest.skip("strace may not trace here")
    assert done.returncode == 1, done.stderr
    calls = log.read_text("utf-8", "replace").splitlines()
    programs = {match[1] for call in calls if (match := re.search(r'execve\("([^"]*)".*= 0$', call))}
    assert {os.path.basename(program) for program in programs} == {os.path.basename(sys.executable), "git"}
    assert not [call for call in calls if re.search(r"(connect|sendto)\(\d+, \{sa_family=AF_(?!UNIX)", call)]
    opened = [
        match[1] for call in calls if (match := re.search(r'(?:openat?2?|creat)\((?:[^"]*, )?"([^"]*)".*= \d+$', call))
    ]
    beside = os.path.join(str(tmp_path / "outside"), "")
    reached = [path for path in opened if os.path.realpath(os.path.join(tree, path)).startswith(beside)]
    assert reached == []
    assert len([path for path in opened if path.startswith(str(tree))]) > 50

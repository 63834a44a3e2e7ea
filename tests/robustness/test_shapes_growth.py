"""A file that is twice as long costs about twice as much, however it is made: counted in function calls, not in seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from shapes import AROUND, DOCKERFILES

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.levels import migrate_source
from dhi_migrate.project import globs
from dhi_migrate.project.dockerignore import Ignore, parse_dockerignore
from dhi_migrate.project.references import ProjectFile, check_project_file
from dhi_migrate.project.references.fixing import fix_project_file
from dhi_migrate.report.diff import unified_diff
from dhi_migrate.rules.engine import check_source
from dhi_migrate.settings import Settings

CATALOG = Catalog.load()
SETTINGS = Settings()
FACTOR = 2.3
SLACK = 1000  # calls that come once, whatever the size


def calls(work: Callable[[], object]) -> int:
    """How many functions run, of Python or not, when `work` is done a second time."""
    count = 0

    def tick(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal count
        count += 1

    work()  # imports, and fills caches, which are bounded
    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def in_step(work: Callable[[int], Callable[[], object]], size: int) -> None:
    """`work` of twice the size takes at most about twice the calls.

    Where it takes more, larger sizes decide: a bounded cache that is full costs something once, the square of a size ever more.
    """
    told = []
    for at in (size, 4 * size, 16 * size):
        small, large = calls(work(at)), calls(work(2 * at))
        if large <= FACTOR * small + SLACK:
            return
        told.append(f"{small} calls for {at}, {large} for {2 * at}")
    pytest.fail("; ".join(told))


@pytest.mark.heavy
@pytest.mark.parametrize("shape", DOCKERFILES)
def test_judging_a_dockerfile(shape: str) -> None:
    def work(size: int) -> Callable[[], object]:
        data = DOCKERFILES[shape](size).encode()
        return lambda: check_source("Dockerfile", data, CATALOG, SETTINGS)

    in_step(work, 100)


@pytest.mark.heavy
@pytest.mark.parametrize("shape", DOCKERFILES)
def test_fixing_a_dockerfile(shape: str) -> None:
    def work(size: int) -> Callable[[], object]:
        data = DOCKERFILES[shape](size).encode()
        return lambda: migrate_source("Dockerfile", data, CATALOG, SETTINGS, unsafe=True)

    in_step(work, 60)


class Files:
    """A repository with one Dockerfile, which services build."""

    def read(self, path: str) -> bytes | None:
        """As of `ProjectTree`."""
        return b"ARG BASE=node:22\nFROM ${BASE}\nCOPY . /srv\nCMD npm start\n" if path == "Dockerfile" else None

    def exists(self, path: str) -> bool | None:
        """As of `ProjectTree`."""
        return path == "Dockerfile"

    def names(self, path: str) -> tuple[str, ...] | None:
        """As of `ProjectTree`."""
        return () if path else ("Dockerfile",)


@pytest.mark.parametrize("shape", AROUND)
def test_judging_a_file_around_a_dockerfile(shape: str) -> None:
    path, made = AROUND[shape]

    def work(size: int) -> Callable[[], object]:
        file = ProjectFile(path, made(size).encode())
        return lambda: check_project_file(file, CATALOG, SETTINGS, Files())

    in_step(work, 100)


class Overlaid(Files):
    """A repository in which six files say more of `size` services of Compose, all of them the same."""

    def __init__(self, size: int) -> None:
        services = "".join(f"  s{i}: *x\n" for i in range(size))
        self.more = f"x: &x {{command: npm start, environment: [A=1, B=2]}}\nservices:\n{services}".encode()

    def read(self, path: str) -> bytes | None:
        """As of `ProjectTree`."""
        return self.more if path.startswith("compose.") else None

    def names(self, path: str) -> tuple[str, ...] | None:
        """As of `ProjectTree`."""
        return () if path else ("compose.yaml", *(f"compose.{i}.yaml" for i in range(8)))


def test_services_that_six_files_say_more_of() -> None:
    def work(size: int) -> Callable[[], object]:
        data = "services:\n" + "".join(f"  s{i}: {{image: 'memcached:1.6'}}\n" for i in range(size))
        file, tree = ProjectFile("compose.yaml", data.encode()), Overlaid(size)
        return lambda: check_project_file(file, CATALOG, SETTINGS, tree)

    in_step(work, 20)


@pytest.mark.heavy
@pytest.mark.parametrize("shape", AROUND)
def test_fixing_a_file_around_a_dockerfile(shape: str) -> None:
    path, made = AROUND[shape]

    def work(size: int) -> Callable[[], object]:
        file = ProjectFile(path, made(size).encode())
        return lambda: fix_project_file(file, CATALOG, SETTINGS, Files(), unsafe=True)

    in_step(work, 60)


IGNORED: dict[str, Callable[[int], tuple[str, str]]] = {
    "many patterns": lambda n: ("".join(f"a{i}/*\n" for i in range(n)), "x/y"),
    "many stars in a pattern": lambda n: ("*a" * n + "b\n", "a" * 200),
    "a path of many directories": lambda n: ("**/a/**/b\n", "a/" * n + "c"),
    "many patterns that bring back": lambda n: ("*\n" + "".join(f"!a{i}\n" for i in range(n)), "x/y"),
    "a long class": lambda n: ("[" + "a-z" * n + "]\n", "a"),
    "classes": lambda n: ("[a-z]" * n + "\n", "a" * 200),
    "a long name": lambda n: ("*b\n", "a" * n),
}


@pytest.mark.parametrize("shape", IGNORED)
def test_asking_ignore_files_of_a_path(shape: str) -> None:
    def docker(size: int) -> Callable[[], object]:
        text, path = IGNORED[shape](size)
        return lambda: Ignore(parse_dockerignore(text.encode()) or ()).excludes(path)

    def git(size: int) -> Callable[[], object]:
        text, path = IGNORED[shape](size)
        return lambda: globs.excludes(globs.parse_ignore_file(text.encode()), path)

    in_step(docker, 200)
    in_step(git, 200)


@pytest.mark.parametrize("line", [b"x\n", b"x%d\n", b"%d\n\n}\n"])
def test_showing_a_difference(line: bytes) -> None:
    def work(size: int) -> Callable[[], object]:
        old = b"".join(line % number if b"%d" in line else line for number in range(size))
        new = old.replace(b"1", b"one").replace(b"x\nx\n", b"y\nx\n")
        return lambda: unified_diff(old, new, "Dockerfile")

    in_step(work, 400)

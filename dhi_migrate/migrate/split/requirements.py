"""What a stage installs for Python, read from the requirements of the build context: whether something there needs a library.

A library such as libpq5 is often installed for a driver that has long come with its own copy. Only the few packages that load
it are asked for; where one requirement file cannot be seen, nothing is known.
"""

from __future__ import annotations

import posixpath

from ..._pattern import regex
from ...dockerfile.details import Add, Copy
from ...rules.facts import stage_facts
from ..effects.flags import has, values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ...dockerfile import Stage
    from ...rules.facts import LanguageInstall
    from ...rules.subject import Subject

_POSTGRES = ("libpq5", "libpq-dev", "libpq", "postgresql-dev", "postgresql-libs")
_MYSQL = (
    *("libmariadb3", "libmariadb-dev", "default-libmysqlclient-dev", "libmysqlclient-dev", "mariadb-dev"),
    "mariadb-connector-c-dev",
)
_FOR_POSTGRES = frozenset(
    {"psycopg2", "psycopg", "psycopg-c", "pygresql", "pgcopy", "py-postgresql", "plpygis", "momoko", "queries"}
)
_FOR_MYSQL = frozenset({"mysqlclient", "mysql-python", "mariadb", "pymysqlsa", "oursql"})
USERS: dict[str, frozenset[str]] = {
    **dict.fromkeys(_POSTGRES, _FOR_POSTGRES),
    **dict.fromkeys(_MYSQL, _FOR_MYSQL),
}
"""Packages of Python that load a library of the system, by the packages of the system that hold it: their own documentation."""

COMPILED = frozenset(
    {
        *("uwsgi", "psycopg2", "psycopg-c", "mysqlclient", "mysql-python", "pycrypto", "python-ldap", "netifaces", "pylibmc"),
        *("pygraphviz", "pyaudio", "dlib", "pygresql", "gssapi", "pykerberos", "kerberos", "pycairo", "pygobject", "mpi4py"),
        *("dbus-python", "systemd-python", "fasttext", "pyodide-build", "python-prctl", "pycups", "pyenchant-src", "gdal"),
    }
)  # fmt: skip
"""Packages of Python of which PyPI has sources for Linux and no wheels: pip compiles them."""

_COMPILERS = frozenset({"gcc", "g++", "build-essential", "build-base", "alpine-sdk", "clang"})
_OWN_COPY = regex(r"(?:psycopg2-binary|psycopg\[(?:[a-z,\s]*,\s*)?binary)")
_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9._-]*")
MAX_LINES = 5000
"""Most requirements that are read."""


def is_unused(subject: Subject, package: str) -> bool:
    """Whether nothing that the stage installs for Python loads the library of the system's `package`; False where not known."""
    users = USERS.get(package)
    if users is None:
        return False
    lines = _requirements(subject)
    if lines is None:
        return False
    for line in lines:
        text = line.strip().lower()
        found = _NAME.match(text)
        if found is None:
            continue
        if found[0].replace("_", "-") in users and _OWN_COPY.match(text) is None:
            return False
    return True


def needs_compiler(subject: Subject, builder: Definition) -> str:
    """A package that pip compiles, where the upstream image has a compiler and the -dev image `builder` has none; "" for none."""
    before = subject.before
    have = {package.partition("=")[0] for package in builder.packages}
    if before is None or "gcc" not in before.tools or _COMPILERS & have:
        return ""
    installed = {name for stage in subject.chain for name in stage_facts(stage).installed}
    if _COMPILERS & installed:
        return ""
    for line in _requirements(subject) or ():
        text = line.strip().lower()
        found = _NAME.match(text)
        if found is not None and found[0].replace("_", "-") in COMPILED and _OWN_COPY.match(text) is None:
            return found[0]
    return ""


def _requirements(subject: Subject) -> list[str] | None:
    """The lines of all that the stages of the file install for Python; None where something cannot be seen."""
    found: list[str] = []
    any_install = False
    graph = subject.file.graph
    for stage in graph.stages:
        if stage.index not in graph.reachable:
            continue
        for run in stage_facts(stage).runs:
            for one in run.languages:
                if one.tool not in _PYTHON:
                    continue
                any_install = any_install or one.action != "venv"
                lines = _installed(subject, stage, one)
                if lines is None:
                    return None
                found.extend(lines)
    return found if any_install and len(found) <= MAX_LINES else None


_PYTHON = frozenset({"pip", "uv", "poetry", "pipenv", "pdm", "setup.py", "conda", "easy_install"})


def _installed(subject: Subject, stage: Stage, one: LanguageInstall) -> list[str] | None:
    """What one command installs, as lines of requirements; None where that cannot be seen."""
    if one.action == "venv":
        return []
    project = one.tool in {"poetry", "uv"} and one.action in {"install", "sync"}
    if one.tool not in {"pip", "uv"} and not project:
        return None
    found = [name for name in one.packages if not name.startswith(".")]
    if any(name.startswith(("/", "git+", "http")) for name in found):
        return None
    if project or len(found) < len(one.packages) or has(one.options, {"-e", "--editable"}):
        lines = _project(_copied(subject, stage, "pyproject.toml"))
        if lines is None:
            return None
        found.extend(lines)
    for name in values(one.options, {"-r", "--requirement"}):
        data = _copied(subject, stage, name)
        if data is None:
            return None
        lines = data.decode("utf-8", "replace").splitlines()[: MAX_LINES + 1]
        if any(line.lstrip().startswith(("-r", "-e", "-c", "--r", "git+", ".")) for line in lines):
            return None
        found.extend(lines)
    return found


def _project(data: bytes | None) -> list[str] | None:
    """The dependencies that a pyproject.toml names, all groups of them; None where it names none in a way that is known."""
    from ...catalog.toml_text import load_toml

    try:
        whole = load_toml((data or b"").decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    project, tool = whole.get("project"), whole.get("tool")
    found: list[str] = []
    known = False
    if isinstance(project, dict):
        groups = project.get("optional-dependencies")
        every = [project.get("dependencies"), *(groups.values() if isinstance(groups, dict) else ())]
        for names in every:
            if isinstance(names, list):
                known = True
                found.extend(map(str, names))
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    if isinstance(poetry, dict) and isinstance(poetry.get("dependencies"), dict):
        known = True
        found.extend(_poetry(poetry["dependencies"]))
    return found if known else None


def _poetry(dependencies: dict[str, object]) -> Iterator[str]:
    """The dependencies of a table of Poetry as lines of requirements."""
    for name, value in dependencies.items():
        extras = value.get("extras") if isinstance(value, dict) else None
        yield f"{name}[{','.join(map(str, extras))}]" if isinstance(extras, list) else name


def _copied(subject: Subject, stage: Stage, name: str) -> bytes | None:
    """The file `name` as the build context has it, found by the COPY that brings it into `stage`."""
    tree = subject.file.tree
    if tree is None or not name or "$" in name:
        return None
    base = posixpath.basename(name)
    for one in stage.instructions:
        detail = one.detail
        if not isinstance(detail, Copy | Add) or (isinstance(detail, Copy) and detail.from_ is not None):
            continue
        for word in detail.sources:
            source = word.text.strip("\"'").removeprefix("./").rstrip("/")
            if posixpath.basename(source) == base:
                return tree.read(source.removeprefix("/"))
            if source in {"", "."} or "." not in posixpath.basename(source):
                data = tree.read(posixpath.join(source, base))
                if data is not None:
                    return data
    return None

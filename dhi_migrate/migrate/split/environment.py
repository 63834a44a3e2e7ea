"""A virtual environment for what a stage installs into the Python of the image, which is another one at run time.

The environment lies at one path in both stages, and both have the same interpreter: what is installed into it moves with one COPY
(https://docs.python.org/3/library/venv.html). Files of the system's Python do not: the image has its own.
"""

from __future__ import annotations

import posixpath

from ..._pattern import regex
from ..._record import NamedTuple
from ...dockerfile.details import Env
from ...rules.findings import Edit
from ...rules.repairs import remove_instruction
from ..effects.flags import has
from ..outcome import Refusal
from .requirements import needs_compiler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...rules.facts import LanguageInstall, RunFacts
    from ...rules.subject import Subject
    from .frame import Frame
    from .inventory import Inventory

VENV = "/opt/venv"
"""Where the environment goes: outside of the application, so that no COPY of it lands there."""

INSTALLERS = frozenset(
    {
        *(
            "pip",
            "setuptools",
            "wheel",
            "poetry",
            "uv",
            "pipenv",
            "virtualenv",
            "build",
            "poetry-core",
            "pip-tools",
            "pdm",
        ),
        *("hatch", "poetry-plugin-export", "pipx", "twine", "flit", "cython", "Cython", "meson", "ninja", "cmake"),
    }
)
"""Python packages that install others and are of no use at run time."""

PROGRAMS = INSTALLERS | {"uvx", "composer", "npm", "npx", "yarn", "pnpm", "corepack"}
"""Programs that only install, by the names they have in a directory of programs."""

_MANAGED = frozenset({"poetry", "pipenv"})
_IN_PROJECT = regex(r"virtualenvs\.in-project[= ]+true|VIRTUALENVS_IN_PROJECT[= ]+[\"']?(?:1|true)")
_VERSIONED = regex(r"(?:pip|python)3\.[0-9]+\Z")
_OWN = regex(r"(/[^\s:;\"'$]*)/bin(?=[:\"'\s]|\Z)")


class Environment(NamedTuple):
    """What becomes of the installations: `path` of the environment, "" where none is needed.

    `own` tells that the file makes it itself. `first` is the RUN before which it has to be made, `managed` that its place has to
    be in VIRTUAL_ENV as well. `edits` take out flags that ask for another place.
    """

    path: str
    own: bool
    first: RunFacts | None
    managed: bool
    edits: tuple[Edit, ...]


NONE = Environment("", False, None, False, ())


def plan_environment(subject: Subject, inventory: Inventory, frame: Frame) -> Environment | Refusal:
    """What the installations of `inventory` need, or why they cannot be moved."""
    installs = [
        (run, one)
        for run in inventory.python
        for one in run.languages
        if one.tool in {"pip", "uv", "poetry", "pipenv", "setup.py", "get-pip.py", "ensurepip"} and _into_python(one)
    ]
    if not installs:
        return NONE
    run, first = installs[0]
    if frame.language != "python":
        # what installs for the Python of a package of the system is not moved: the runtime has no such Python
        line = subject.line(first.command.span)
        return Refusal("split", line, f"{first.tool} installs for a Python that {frame.target.image} does not have")
    compiled = needs_compiler(subject, frame.builder)
    if compiled:
        line = subject.line(first.command.span)
        return Refusal(
            "split", line, f"{compiled} is compiled, and the -dev image has no compiler: install gcc and libc6-dev"
        )
    own = _own(subject, inventory)
    if own is not None:
        outside = [one for _, one in installs if not _only_installers(one) and not _goes_into(subject, one, own)]
        if outside:
            line = subject.line(outside[0].command.span)
            return Refusal("split", line, f"{outside[0].tool} installs outside of the virtual environment {own}")
        return Environment(own, True, None, False, ())
    if all(_only_installers(one) or (one.tool in _MANAGED and _in_project(subject)) for _, one in installs):
        return NONE
    edits: list[Edit] = []
    for _, one in installs:
        refusal = _check(subject, one, frame)
        if refusal is not None:
            return refusal
        edits.extend(_without_flags(subject, one))
    system = _system_python(subject)
    if system is None:
        line = subject.line(first.command.span)
        return Refusal("split", line, "UV_SYSTEM_PYTHON sends packages into the Python of the system")
    edits.extend(system)
    managed = any(one.tool in {*_MANAGED, "uv"} for _, one in installs)
    return Environment(VENV, False, run, managed, tuple(edits))


def _into_python(one: LanguageInstall) -> bool:
    return not has(one.options, {"-t", "--target", "--prefix", "--root"})


def _only_installers(one: LanguageInstall) -> bool:
    """Whether `one` installs nothing but tools that install."""
    if one.tool in {"ensurepip", "get-pip.py"}:
        return True
    named = not has(one.options, {"-r", "--requirement", "-e", "--editable"})
    names = {name.partition("[")[0].partition("==")[0].strip("\"'") for name in one.packages}
    return one.tool in {"pip", "uv"} and named and bool(names) and names <= INSTALLERS


def _in_project(subject: Subject) -> bool:
    return any(_IN_PROJECT.search(one.original) is not None for one in subject.chain_instructions("ENV", "RUN"))


def _own(subject: Subject, inventory: Inventory) -> str | None:
    """The virtual environment that the file makes itself, as an absolute path; None for none, or for one that is not known."""
    for run in inventory.runs:
        for one in run.languages:
            if one.action != "venv":
                continue
            for made in run.written:
                if made.command is one.command and made.path.startswith("/"):
                    return posixpath.normpath(made.path)
    state = subject.stage.state.env.get("PATH")
    if state is not None and isinstance(state.value, str):
        for match in _OWN.finditer(state.value[:2000]):
            if posixpath.basename(match[1]) in {".venv", "venv", "env"}:
                return posixpath.normpath(match[1])
    return None


def _goes_into(subject: Subject, one: LanguageInstall, own: str) -> bool:
    if one.is_global is False or (one.command.words and one.command.words[0].text.startswith(f"{own}/")):
        return True
    environment = subject.stage.state.env
    for name in ("PATH", "VIRTUAL_ENV"):
        value = environment.get(name)
        if value is None or value.instruction is None or value.instruction.span.start > one.command.span.start:
            continue
        text = value.value if isinstance(value.value, str) else value.instruction.original
        if own in text or "VIRTUAL_ENV" in text:
            return True
    return False


def _check(subject: Subject, one: LanguageInstall, frame: Frame) -> Refusal | None:
    word = one.command.words[0].text if one.command.words else ""
    line = subject.line(one.command.span)
    if "/" in word:
        return Refusal("split", line, f"{word} installs for the Python at that path, not for a virtual environment")
    version = ".".join(frame.target.version.split(".")[:2])
    if _VERSIONED.match(word) and not word.endswith(f"3.{version.partition('.')[2]}"):
        return Refusal("split", line, f"{word} is not the Python of the hardened image, which is {version}")
    if one.command.wrappers and not set(one.command.wrappers) <= {"env", "time", "nice"}:
        return Refusal("split", line, f"{one.command.wrappers[0]} runs {one.tool} as somebody else")
    return None


def _system_python(subject: Subject) -> list[Edit] | None:
    """Take out ``UV_SYSTEM_PYTHON=1``; None where it stands in a stage below, or on a line of its own among other variables."""
    found: list[Edit] = []
    data = subject.file.dockerfile.source.data
    for instruction in subject.chain_instructions("ENV"):
        detail = instruction.detail
        if not isinstance(detail, Env) or all(pair.name != "UV_SYSTEM_PYTHON" for pair in detail.pairs):
            continue
        if not any(one is instruction for one in subject.stage.instructions):
            return None
        if len(detail.pairs) == 1:
            found.append(remove_instruction(subject.file.dockerfile, instruction))
            continue
        index = next(place for place, pair in enumerate(detail.pairs) if pair.name == "UV_SYSTEM_PYTHON")
        pair = detail.pairs[index]
        if index + 1 < len(detail.pairs):
            start, end = pair.name_span.start, detail.pairs[index + 1].name_span.start
        else:
            start, end = detail.pairs[index - 1].value_span.end, pair.value_span.end
        if b"#" in data[start:end] or b'"' in data[start:end]:
            return None
        found.append(Edit(start, end, b""))
    return found


def _without_flags(subject: Subject, one: LanguageInstall) -> list[Edit]:
    """Take out ``--user`` and ``--system``, which mean another place than the environment."""
    data = subject.file.dockerfile.source.data
    found = []
    for index, word in enumerate(one.command.words):
        if index and word.text in {"--user", "--system"} and word.raw == word.text:
            start = one.command.words[index - 1].span.end
            if b"\n" not in data[start : word.span.start]:
                found.append(Edit(start, word.span.end, b""))
            else:
                end = word.span.end
                found.append(Edit(word.span.start, end + (data[end : end + 1] == b" "), b""))
    return found

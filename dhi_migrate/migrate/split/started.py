"""Whether what the container starts is known to start in the runtime image as well.

A program that the file names by its path may be anything: the result of a build, a script for a shell that is not there, a
download that loads libraries of the upstream image. What is not known to work keeps the stage whole.
"""

from __future__ import annotations

import posixpath

from ...rules.breakers.programs import known_programs
from ...rules.brought import DEFAULT_PATH
from ...rules.entrypoints import after_init, is_script, plain_name
from ...rules.facts import stage_facts
from ...rules.file_texts import brought_text
from ...rules.paths import under
from ...rules.start import SHELLS, script_of, start_of
from ...rules.start_programs import RUNNERS, is_moved
from ..effects.places import BINARIES
from ..outcome import Refusal
from .landings import is_built, landing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ...rules.copied import Brought
    from ...rules.start import Setting, Start
    from ...rules.subject import Subject
    from .environment import Environment
    from .frame import Frame
    from .inventory import Inventory
    from .plan import StartPlan

PROMPTS = SHELLS | {
    *("node", "python", "python3", "irb", "jshell", "bun", "deno", "iex", "erl", "perl", "julia", "R", "php", "ruby"),
    *("go", "rustc", "java", "dotnet", "mvn", "gradle", "composer", "lua", "ghci", "dart"),
}
"""Programs that an image starts where the file says nothing, and that do nothing without a person or a file."""

BUILDERS = frozenset(
    {
        *("go", "gofmt", "cargo", "rustc", "rustup", "make", "cmake", "mvn", "mvnw", "gradle", "gradlew", "sbt", "lein", "ant"),
        *("javac", "jar", "jshell", "keytool", "msbuild", "nuget", "gcc", "g++", "air", "CompileDaemon", "pip", "pip3", "gem"),
        *("poetry", "pipenv", "pdm", "hatch", "conda", "mamba", "rebar3", "mix"),
    }
)  # fmt: skip
"""Programs of images for building, which their runtime images do not have; of npm and its kin the rules tell what it starts."""

_PLAIN_SYSTEMS = frozenset({"alpine-base", "debian-base", "busybox"})
_VENVS = ("/.venv/bin/", "/venv/bin/", "/env/bin/")


def check_default(subject: Subject, target: Definition) -> Refusal | None:
    """Why it is not known what starts in the stage that ships: the file says nothing, and the image only opens a prompt.

    An image of a distribution keeps its shell, in which all is as before that needs no library of the upstream one.
    """
    start = start_of(subject)
    line = subject.stage.line
    if start is None:
        return Refusal("split", line, "what starts is not known")
    words = _command(subject, start)
    if words:
        entry = after_init(start.entrypoint.words) if start.entrypoint is not None else ()
        single = len(words) == 1 and plain_name(words[0]) in PROMPTS and not entry
        if not single:
            return None
    else:
        before = subject.before
        entry = after_init(before.entrypoint or ()) if before is not None else ()
        own = () if entry and is_script(entry[0]) else entry
        own = (*own, *((before.cmd if before is not None else None) or ()))
        name = plain_name(own[0]) if own else ""
        if name and name not in PROMPTS and not name.startswith("-"):
            return None
    fetched = any(run.downloads for stage in subject.chain for run in stage_facts(stage).runs)
    if target.bin_sh and target.image in _PLAIN_SYSTEMS and not (fetched and target.distro == "debian"):
        return None
    return Refusal("split", line, "the file names no start command: what somebody starts in the image is not known")


def check_started(
    subject: Subject, inventory: Inventory, frame: Frame, environment: Environment, plan: StartPlan
) -> Refusal | None:
    """Why what starts may not start in the runtime of `frame`; None where nothing speaks against it."""
    start = start_of(subject)
    setting = (start.entrypoint or start.cmd) if start is not None else None
    if start is None or setting is None:
        return None
    checker = _Checker(subject, inventory, frame, environment, plan)
    for words in _commands(subject, start, setting):
        trouble = checker.check(words)
        if trouble is not None:
            return Refusal("split", subject.line(setting.span), trouble)
    return None


def _command(subject: Subject, start: Start) -> tuple[str, ...]:
    """The words of the start as one command line, a shell text split at spaces."""
    setting = start.entrypoint or start.cmd
    return next(iter(_commands(subject, start, setting)), ()) if setting is not None else ()


def _commands(subject: Subject, start: Start, setting: Setting) -> Iterator[tuple[str, ...]]:
    """Each command that the start runs, as its words."""
    if setting.argv is not None:
        more = start.cmd.words if setting is start.entrypoint and start.cmd is not None else ()
        yield after_init((*setting.words, *more))
        return
    script = script_of(subject, setting)
    for command in script.commands if script is not None else ():
        if command.name:
            yield after_init(tuple(word.text for word in command.words))


class _Checker:
    def __init__(
        self, subject: Subject, inventory: Inventory, frame: Frame, environment: Environment, plan: StartPlan
    ) -> None:
        self.subject, self.inventory, self.frame = subject, inventory, frame
        self.environment, self.plan = environment, plan
        self.target = frame.target
        self.programs = known_programs(frame.target)
        self.shell = frame.target.bin_sh is True

    def check(self, words: tuple[str, ...]) -> str | None:
        if not words or words[0].startswith("-"):
            return None  # nothing, or arguments for what the image starts
        word, name = words[0], posixpath.basename(words[0])
        if name in SHELLS and (self.shell or "/" not in word or posixpath.dirname(word) in BINARIES):
            return None  # whether it is there is a matter of the rules
        if name in BUILDERS and name not in self.programs and not self._is_made(name):
            return f"{name} is for building, and {self.target.image} does not have it"
        if name == "dotnet":
            return self._dotnet(words)
        if name in RUNNERS:
            return None  # which script of package.json that is, and whether it can be started: DHI210
        if name == "bun" and words[1:2] == ("run",) and not self.shell and _is_script(words[2:3]):
            return f"bun run {words[2]} needs a shell, which {self.target.image} does not have"
        if "/" in word:
            return self._path(word)
        return self._name(word)

    def _is_made(self, name: str) -> bool:
        return any(posixpath.basename(path) == name for path in (*self.plan.programs, *self.inventory.outputs))

    def _dotnet(self, words: tuple[str, ...]) -> str | None:
        """``dotnet app.dll`` needs the runtime alone: https://learn.microsoft.com/dotnet/core/tools/dotnet."""
        first = next((word for word in words[1:] if not word.startswith("-")), "")
        if first.endswith((".dll", ".exe")) or first == "exec" or "$" in first:
            return None
        return f"dotnet {first} needs the SDK, which stays in the build stage".replace("  ", " ")

    def _name(self, word: str) -> str | None:
        if word in self.programs or plain_name(word) in self.programs or self.plan.programs:
            return None
        language = self.frame.language
        if language == "python" and (self.environment.path or self.plan.venv or self._has_venv()):
            return None
        if language == "ruby" and any(root.path == "/usr/local/bundle" for root in self.inventory.roots):
            return None
        for root in self.inventory.roots:
            if posixpath.basename(root.path) == word and posixpath.dirname(root.path) in self._search():
                return self._path(root.path)
        if self.shell and self.target.image in _PLAIN_SYSTEMS:
            return None
        for root in self.inventory.roots:
            if any(under(folder, root.path) for folder in self._search()):
                return self._path(posixpath.join(root.path, word))
        if word in (self.subject.before.tools if self.subject.before is not None else ()):
            return f"{word} is in the upstream image, and {self.target.image} is not known to have it"
        return f"where {word} comes from is not known"

    def _search(self) -> tuple[str, ...]:
        own = self.subject.stage.state.env.get("PATH")
        value = own.value if own is not None and isinstance(own.value, str) else ""
        if not value and own is not None and own.instruction is not None:
            value = own.instruction.original.replace('"', ":").replace("=", ":").replace(" ", ":")
        every = (*self.target.env.get("PATH", DEFAULT_PATH).split(":"), *value.split(":"))
        return tuple(dict.fromkeys(one.rstrip("/") for one in every if one.startswith("/")))

    def _has_venv(self) -> bool:
        return any(one.endswith("/bin") and "venv" in one for one in self._search())

    def _path(self, word: str) -> str | None:
        workdir = self.subject.stage.state.workdir.value
        base = workdir if isinstance(workdir, str) and workdir.startswith("/") else self.inventory.workdir
        if not word.startswith("/") and self.subject.before is None and not isinstance(workdir, str):
            return f"which directory {word} is started in is not known"
        path = posixpath.normpath(posixpath.join("/", base, word))
        name = posixpath.basename(path)
        if word in self.plan.programs or path in self.inventory.outputs or "node_modules/" in word:
            return None
        if any(sign in path for sign in _VENVS) or (self.environment.path and under(path, self.environment.path)):
            return None
        if posixpath.dirname(path) in BINARIES and plain_name(word) in self.programs:
            prefix = self.target.prefix.get(plain_name(word).rstrip("3"))
            if prefix is None or posixpath.dirname(path) == f"{prefix}/bin" or is_moved(self.subject, word):
                return None  # there, or a matter of the rules
            return f"{self.target.image} has {name} in {prefix}, not at {path}"
        last = self._bringer(path)
        if last is not None and last.outside:
            return self._from_elsewhere(last, path)
        if brought_text(self.subject, path) is not None:
            return None  # what it begins with is known, and judged
        if last is not None:
            if self.shell:
                return None
            return f"{name} may be a script, and {self.target.image} has no shell to run it"
        if not any(under(path, root.path) for root in self.inventory.roots):
            own = (*(self.target.entrypoint or ()), *(self.target.cmd or ()))
            if word in own or name in self.programs or self.shell:
                return None  # of the image itself, if it is there at all: the rules know
            return f"where {word} comes from is not known"
        if self.frame.language in {"go", "rust"} or (self.shell and self.target.distro == "alpine"):
            return None  # made there, for the C library that both have
        return f"{name} may be a script or load libraries that {self.target.image} does not have"

    def _bringer(self, path: str) -> Brought | None:
        """The last COPY or ADD that may bring `path`."""
        found = None
        for one in self.inventory.copies:
            places = landing(self.subject, one)
            if isinstance(places, tuple) and any(under(path, place) for place in places):
                found = one
        return found

    def _from_elsewhere(self, one: Brought, path: str) -> str | None:
        edge = next((edge for edge in self.subject.file.graph.edges if edge.instruction is one.instruction), None)
        name = posixpath.basename(path)
        if edge is None or edge.source is None:
            return f"{name} comes from another image, and what it needs is not known"
        if self.shell or is_built(self.subject, one, name):
            return None
        if self.frame.language in {"go", "rust"} or self.frame.static:
            return None
        return f"{name} may be a script, and {self.target.image} has no shell to run it"


def _is_script(words: tuple[str, ...]) -> bool:
    """Whether ``bun run`` followed by `words` runs a script of package.json, and no file."""
    return bool(words) and not any(sign in words[0] for sign in "./")

"""A stage without a WORKDIR of its own that names the same files by relative and by absolute paths.

Upstream's work directory is ``/`` and that of the hardened image another one: relative paths move with it, absolute ones do
not (https://docs.docker.com/reference/dockerfile/#workdir). As long as all are relative nothing is lost.
"""

from __future__ import annotations

import posixpath

from .._record import NamedTuple
from ..dockerfile.details import Add, Copy
from .copied import expanded
from .findings import Fix, Hit
from .makers import MAX_COPIES, rooted, runs_of
from .moving import has_triggers
from .paths import under
from .provided import first_script
from .start import start_of, starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..dockerfile import Instruction, Span, Stage
    from ..dockerfile.shell import Command
    from .subject import Subject

# Directories that images have of themselves: what lies there may be upstream's own.
_SYSTEM = frozenset(
    (
        *("bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "proc", "root", "run", "sbin"),
        *("srv", "sys", "tmp", "usr", "var"),
    )
)
# Programs whose operands are paths; the first operand of the last two is none.
_FILE_PROGRAMS = frozenset(
    (
        "cp",
        "mv",
        "mkdir",
        "ln",
        "cat",
        "touch",
        "cd",
        "pushd",
        "node",
        "python",
        "python3",
        "sh",
        "bash",
        "chmod",
        "chown",
    )
)
_MAKING = frozenset({"cp", "mv", "mkdir", "ln", "touch"})
# What tools read in the work directory, and look for nowhere else. npm, cargo and go look in the directories above too.
_READ = {"mvn": "pom.xml", "yarn": "package.json", "pnpm": "package.json"}
_ELSEWHERE = (
    "-f",
    "--file",
    "--cwd",
    "-C",
    "--dir",
    "--prefix",
    "-g",
    "--global",
    "global",
    "config",
    "-v",
    "--version",
)
_FILES = (".js", ".mjs", ".cjs", ".ts", ".jar", ".py", ".sh")


class _Use(NamedTuple):
    """A path as it is upstream, and where it is named. `made`: that makes what is there; `folder`: as an empty directory."""

    path: str
    instruction: Instruction
    span: Span
    made: bool
    folder: bool = False


MAX_PATHS = 100
"""Most paths of one stage that are compared."""


def work_directory(subject: Subject) -> Iterator[Hit]:
    """At most one hit: on the first relative path to something that an absolute one names too."""
    target, before = subject.target, subject.before
    if not subject.pending or target is None or before is None or before.workdir not in {"", "/"}:
        return
    here = target.workdir or "/"
    if here == "/" or not subject.stage.instructions or has_triggers(subject.carrier.base):
        return
    found = _Reading(subject).mixed()
    if found is None:
        return
    use, other = found
    text = (
        f"the work directory is / upstream and {here} in {subject.image}: {use.path.lstrip('/') or 'what is copied'} in"
    )
    text += f" line {subject.line(use.span)} is another place than {other} then; set WORKDIR / first"
    from .repairs import insert_after

    edit = insert_after(subject.file.dockerfile, subject.carrier.stage.instruction, "WORKDIR /")
    fix = Fix("unsafe", "Set the work directory of upstream, WORKDIR /", (edit,), bound=True)
    yield Hit(use.span, text, f"{target.source} sets the work directory {here}", (fix,), "error")


class _Reading:
    """The paths that the instructions of the chain name before the first absolute WORKDIR, and absolute ones of all of it."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.relative: list[_Use] = []
        self.absolute: list[tuple[str, Instruction]] = []
        self.whole: _Use | None = None  # a copy of unknown names into the work directory
        self.rooted = False  # a copy of unknown names to / by that name
        self.unknown = False
        self.folder: str | None = "/"  # the work directory as upstream has it; None once the file has set one
        runs = {run.instruction.index: run for run in runs_of(subject.file, subject.stage.index)}
        self.scripted = any(
            first_script(run) is not None or "make" in run.instruction.original for run in runs.values()
        )
        for stage in subject.chain:
            for instruction in stage.instructions:
                if isinstance(instruction.detail, Copy | Add):
                    self._copy(stage, instruction, instruction.detail)
                elif instruction.keyword == "WORKDIR" and instruction.words:
                    self._workdir(stage, instruction)
                elif (run := runs.get(instruction.index)) is not None:
                    self.unknown = self.unknown or not run.script.ok
                    self._commands(instruction, run.script.commands)
        self.named = len(self.absolute)  # by the stages themselves; what follows is named by the start, and by others
        self._start()
        for edge in subject.outgoing[:MAX_COPIES]:
            for source in edge.sources if edge.known else ():
                if not set(source) & set("$*?["):
                    self.absolute.append((rooted(source), edge.instruction))

    def mixed(self) -> tuple[_Use, str] | None:
        """A relative use and the absolute path that means the same place upstream; None where there are no two.

        One of them belongs to the stage itself, and not to one that it is built on.
        """
        if self.unknown:
            return None
        older = frozenset(one.index for stage in self.subject.chain[:-1] for one in stage.instructions)
        relative, absolute = self.relative[:MAX_PATHS], self.absolute[:MAX_PATHS]
        for use in relative:
            for other, instruction in absolute:
                new = instruction.index not in older or use.instruction.index not in older
                if new and not use.folder and _same(use.path, other):
                    return use, other
        if self.rooted and self.whole is None:
            copied = [use.path for use in relative if use.made]
            for use in relative:
                new = not use.made and use.instruction.index not in older
                if new and not any(under(use.path, place) for place in copied):
                    return use, use.path
        if self.whole is not None and not self.rooted and not self.scripted:
            for path, _ in absolute[self.named :]:
                own = path.strip("/").partition("/")[0] not in {"", *_SYSTEM}
                if own and not any(_same(path, other) for other, _ in absolute[: self.named]):
                    return self.whole, path
        return None

    def _copy(self, stage: Stage, instruction: Instruction, detail: Copy | Add) -> None:
        text = expanded(self.subject, stage, instruction, detail.destination)
        if text is None or (self.folder is None and not text.startswith("/")):
            return
        place = posixpath.normpath(posixpath.join(self.folder or "/", text))
        sources = [word.text for word in detail.sources]
        into = place == self.folder or text.endswith(("/", ".")) or len(sources) + len(detail.documents) > 1
        foreign = getattr(detail, "from_", None) is not None
        for name in [posixpath.basename(source.rstrip("/")) for source in sources][:MAX_PATHS]:
            file = "." in name.strip(".") and not set(name) & set("*?[$")
            path = posixpath.join(place, name) if into and file else place
            if text.startswith("/"):
                self.absolute.append((path, instruction))
                self.rooted = self.rooted or (path == "/" and not foreign)
            else:
                use = _Use(path, instruction, detail.destination.span, True)
                self.relative.append(use)
                if path == "/":
                    self.whole = self.whole or use

    def _workdir(self, stage: Stage, instruction: Instruction) -> None:
        text = expanded(self.subject, stage, instruction, instruction.words[0])
        if text is None:
            self.unknown = self.unknown or self.folder is not None
        elif text.startswith("/"):
            self.absolute.append((posixpath.normpath(text), instruction))
            self.folder = None
        elif self.folder is not None:
            self.folder = posixpath.normpath(posixpath.join(self.folder, text))
            self.relative.append(_Use(self.folder, instruction, instruction.words[0].span, True))

    def _commands(self, instruction: Instruction, commands: tuple[Command, ...]) -> None:
        folder = self.folder
        for command in commands[:MAX_PATHS]:
            if command.name == "rm" or not command.words:
                continue
            for word in command.words[:MAX_PATHS]:
                if word.literal and word.text.startswith("/"):
                    self.absolute.append((posixpath.normpath(word.text), instruction))
            for path, span, made in _paths(command) if folder is not None else ():
                where = posixpath.normpath(posixpath.join(folder or "/", path))
                self.relative.append(_Use(where, instruction, span, made, command.name == "mkdir"))
            if command.name in {"cd", "pushd"}:
                folder = None

    def _start(self) -> None:
        start = start_of(self.subject) if starts(self.subject) else None
        for setting in (start.entrypoint, start.cmd) if start is not None else ():
            for word in (setting.argv or ())[:MAX_PATHS] if setting is not None else ():
                text = word.text
                if text.startswith("/") and setting is not None:
                    self.absolute.append((posixpath.normpath(text), setting.instruction))
                elif self.folder is not None and setting is not None and _is_file(text):
                    path = posixpath.normpath(posixpath.join(self.folder, text))
                    self.relative.append(_Use(path, setting.instruction, word.span, False))


def _is_file(text: str) -> bool:
    """Whether a word of the start is a relative path of a file."""
    return text.startswith("./") or (text[:1] != "-" and text.endswith(_FILES) and "://" not in text)


def _paths(command: Command) -> Iterator[tuple[str, Span, bool]]:
    """The relative paths that `command` names: the path, its place, and whether it is made there."""
    first, operands = command.words[0], [word for word in command.arguments if not word.text.startswith("-")]
    if first.literal and first.text.startswith(("./", "../")):
        yield first.text, first.span, False
    if command.name in _READ and not any(text.startswith(_ELSEWHERE) for text in command.texts):
        yield _READ[command.name], first.span, False
    if command.name in {"chmod", "chown"}:
        operands = operands[1:]
    for word in operands:
        text = word.text
        if not word.literal or text[:1] in {"/", "~", "$", ""} or set(text) & set("*?[:=@"):
            continue
        if command.name in _FILE_PROGRAMS if not text.startswith("./") else True:
            made = command.name == "mkdir" or (command.name in _MAKING and word is operands[-1] and len(operands) > 1)
            yield text, word.span, made


def _same(one: str, other: str) -> bool:
    """Whether one of two paths lies in the other; not where the outer one is a directory that every image has."""
    outer = min(one, other, key=len)
    if outer == "/" or outer.strip("/") in _SYSTEM or outer in {"/usr/local", "/usr/src", "/usr/bin", "/usr/share"}:
        return False
    return under(one, other) or under(other, one)

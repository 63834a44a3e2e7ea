"""What the instructions of a build stage have brought by themselves before a command is started: packages and programs."""

from __future__ import annotations

from ..dockerfile.shell.wrappers import SHELLS
from .breakers.model import basename
from .breakers.packages import LASTING
from .knowledge.tools import HOLDERS, holders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..dockerfile import Instruction
    from ..dockerfile.shell import Command
    from .facts import RunFacts

# A copy into one of these may bring any program, unless what is copied has a name of its own.
_SHARED = frozenset({"", "/", "/usr", "/usr/local", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin", "/opt"})
_NAMELESS = frozenset({"", ".", "/", "*", "bin", "usr", "local", "sbin", "lib", "opt", "rootfs"})
# Packages that bring interpreters along whatever they are for.
_PREFIXES = {"python3": ("python3", "py3-"), "java": ("openjdk", "default-j"), "javac": ("openjdk", "default-jdk")}
# What Debian's packages recommend, which is installed unless the command says otherwise.
_RECOMMENDED = {
    "gcc": {"cmake", "python3-pip", "libtool", "rustc", "cargo", "golang", "golang-go"},
    "g++": {"python3-pip"},
    "make": {"cmake", "python3-pip"},
    "patch": {"git"},
    "ssh": {"git"},
    "curl": {"php-pear", "gettext"},
    "unzip": {"zip"},
}
# Packages whose programs are all known here.
_PLAIN = (LASTING | HOLDERS) - {"npm", "docker.io", "php-pear"}
# Package managers that bring programs of any kind by lists that are not in the file, and files that a shell reads.
_OTHER_SYSTEMS = frozenset(
    {"conda", "mamba", "micromamba", "nix", "nix-env", "brew", "spack", "asdf", "mise", ".", "source"}
)


class Provided:
    """Grows with the instructions that it is shown, in file order.

    `opaque`: more was brought than can be named. `scripted`: a script that is not in the file was run, and may have brought more.
    `obscure`: a package was installed of which it is not known here what it depends on, and so what it brings along.
    """

    def __init__(self) -> None:
        self.scripted = False
        self.obscure = False
        self._packages: set[str] = set()
        self._programs: set[str] = set()
        self.opaque = False

    def copies(self, instructions: Iterable[Instruction]) -> None:
        """Take in what COPY and ADD bring."""
        for instruction in instructions:
            if instruction.keyword not in {"COPY", "ADD"} or not instruction.words:
                continue
            *sources, place = [word.text.strip("\"'") for word in instruction.words]
            self._programs.update(basename(one.rstrip("/")) for one in (*sources, place))
            if place.rstrip("/") in _SHARED and any(basename(one.rstrip("/")) in _NAMELESS for one in sources):
                self.opaque = True

    def run(self, run: RunFacts) -> None:
        """Take in what the commands of `run` install and write, whatever their order."""
        for one in run.packages:
            if one.action in {"install", "upgrade"}:
                self._packages.update(package.name for package in one.packages)
                self.opaque = self.opaque or one.opaque
                self.obscure = self.obscure or any(package.name not in _PLAIN for package in one.packages)
        self._programs.update(basename(one.path) for one in run.written if one.kind in {"file", "link"})
        for install in run.languages:
            self._programs.update(name.partition("[")[0] for name in install.packages)
            if install.tool == "corepack":
                self._programs.update(("yarn", "pnpm", "yarnpkg"))
        self.scripted = self.scripted or first_script(run) is not None
        for build in run.builds:
            self._programs.update(basename(one) for one in build.outputs)

    def has(self, tool: str) -> bool:
        """Whether the command `tool` may have been brought."""
        if tool in self._programs or tool in self._packages or not self._packages.isdisjoint(holders(tool)):
            return True
        if not self._packages.isdisjoint(_RECOMMENDED.get(tool, ())):
            return True
        starts = _PREFIXES.get(tool)
        return starts is not None and any(one.startswith(starts) for one in self._packages)


def first_script(run: RunFacts) -> int | None:
    """The byte at which the first text that is not in the file is run; None for no such text."""
    if not run.script.ok:
        return run.script.span.start
    return min((one.span.start for one in run.script.commands if _is_script(one)), default=None)


def _is_script(command: Command) -> bool:
    """Whether `command` runs a text that is not in the file: by a path of its own, or by a shell that reads a file or a pipe."""
    if not command.words:
        return False
    program = command.words[0].text
    if command.name in _OTHER_SYSTEMS:
        return True
    if command.name in SHELLS:
        return not any(word.startswith("-") and "c" in word for word in command.texts[:2])
    own = "/" in program and not program.startswith(("/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/"))
    return not command.name or own or program.endswith(".sh")

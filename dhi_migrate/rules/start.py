"""How the container of a stage starts: the ENTRYPOINT and CMD in force at the end of its chain, and who sets them.

An ENTRYPOINT in the file clears the CMD of what the stage is built on; a CMD alone becomes the arguments of the
ENTRYPOINT that is inherited (https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact).
"""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import Effective, Instruction, Span, Word
    from ..dockerfile.shell import Script
    from .subject import Subject


class Setting(NamedTuple):
    """A CMD or ENTRYPOINT of the file that is in force: its instruction, the number of its stage, and what it says.

    `argv` are the elements of the exec form; `text` is the shell text where there is one. One of the two is set.
    """

    instruction: Instruction
    stage: int
    argv: tuple[Word, ...] | None
    text: Word | None

    @property
    def keyword(self) -> str:
        """CMD or ENTRYPOINT."""
        return self.instruction.keyword

    @property
    def words(self) -> tuple[str, ...]:
        """The elements of the exec form; empty for the shell form."""
        return tuple([word.text for word in self.argv or ()])

    @property
    def span(self) -> Span:
        """The bytes of the command: the shell text, or the elements of the array."""
        if self.text is not None:
            return self.text.span
        if self.argv:
            return self.argv[0].span._replace(end=self.argv[-1].span.end)
        return self.instruction.span


class Start(NamedTuple):
    """What the file says about the start: `entrypoint` and `cmd` where the file sets them and they are in force.

    `inherits` tells that the ENTRYPOINT of the image is in force, `inherits_cmd` that its CMD is.
    """

    entrypoint: Setting | None
    cmd: Setting | None
    inherits: bool
    inherits_cmd: bool


class Part(NamedTuple):
    """One word of the command line that starts: `text`, the `setting` it is from, and its `place` among the words there.

    `shell` marks the place where the shell of a shell form begins; its text is that of the setting.
    """

    text: str
    setting: Setting
    place: int
    shell: bool = False

    @property
    def span(self) -> Span:
        """The bytes of the word, those of the whole text for a shell form."""
        argv = self.setting.argv
        return argv[self.place].span if argv else self.setting.span


def starts(subject: Subject) -> bool:
    """Whether the end state of the stage is what somebody starts: the target, or a stage with a command that nothing needs.

    The latter is there for ``--target``.
    """
    if subject.ships:
        return True
    return subject.stage.index not in subject.file.graph.reachable and bool({"CMD", "ENTRYPOINT"} & subject.keywords)


def start_of(subject: Subject) -> Start | None:
    """How the stage starts; None where that cannot be told (an ONBUILD of another stage sets it)."""
    state = subject.stage.state
    entrypoint, cmd = _setting(subject, state.entrypoint), _setting(subject, state.cmd)
    if isinstance(entrypoint, str) or isinstance(cmd, str):
        return None
    inherits = state.entrypoint.instruction is None and not state.entrypoint.known
    inherits_cmd = state.cmd.instruction is None and not state.cmd.known
    return Start(entrypoint, cmd, inherits, inherits_cmd)


def _setting(subject: Subject, effective: Effective) -> Setting | str | None:
    """The setting behind `effective`; None where the file sets nothing, or nothing is left of it."""
    instruction, value = effective.instruction, effective.value
    if instruction is None or not value or value == ("",):
        return None
    own = subject.file.dockerfile.instructions
    if not (0 <= instruction.index < len(own) and own[instruction.index] is instruction):
        return "unknown"
    detail = instruction.detail
    argv, text = getattr(detail, "argv", None), getattr(detail, "shell", None)
    if argv is None and text is None:
        return None
    stage = effective.stage if effective.stage is not None else subject.stage.index
    return Setting(instruction, stage, argv, text if argv is None else None)


def parts_of(*settings: Setting | None) -> tuple[Part, ...]:
    """The command line that `settings`, an ENTRYPOINT and a CMD or one of them, make."""
    found: list[Part] = []
    for setting in settings:
        if setting is None:
            continue
        if setting.argv is None:
            found.append(Part("/bin/sh", setting, 0, True))
            break
        found.extend(Part(word.text, setting, index) for index, word in enumerate(setting.argv))
    return tuple(found)


def shell_in_force(subject: Subject, setting: Setting) -> tuple[str, ...]:
    """The words of the SHELL that a shell form of `setting` is given to: ``/bin/sh -c`` unless the file says otherwise."""
    stage = subject.file.graph.stages[setting.stage]
    value = stage.history.at(setting.instruction.index).shell.value
    return value if isinstance(value, tuple) and value else ("/bin/sh", "-c")


def script_of(subject: Subject, setting: Setting) -> Script | None:
    """The commands of the shell text of `setting`; None for the exec form."""
    if setting.text is None:
        return None
    from ..dockerfile.shell import read_shell

    name = basename(shell_in_force(subject, setting)[0].replace("\\", "/")).lower().removesuffix(".exe")
    return read_shell(setting.instruction, setting.text, name in SHELLS)


def basename(path: str) -> str:
    """The last component of a command word: ``/usr/bin/node`` is ``node``."""
    return path.rsplit("/", 1)[-1]


SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh", "mksh"})
"""Names of shells."""

"""The shell script that the container of a stage starts with, where the file or its build context has it."""

from __future__ import annotations

import posixpath
from functools import lru_cache

from .._record import NamedTuple
from .entrypoints import INITS, hardened_program, init_length
from .file_texts import brought_text
from .script_files import looks_like_script, script_file
from .start import SHELLS, basename, parts_of, script_of, shell_in_force, start_of, starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import Span
    from .script_files import ScriptFile
    from .start import Part, Setting
    from .subject import Subject

MAX_BYTES = 64 * 1024
"""Longest script that is read."""


class StartScript(NamedTuple):
    """A shell script that starts: the `setting` that names it, and its `file`.

    `first` and `place` are the indices of the first word that goes with it (the shell that reads it, or itself) and of
    itself in the exec form of the setting; both are -1 in a shell text. `rest` are the words after it there. `span` are the
    bytes of its name, or of the shell text. `shell` is the shell that reads it; `named` tells that the command line names
    that shell, and not the first line of the script. `alone` tells that all of this stands in one setting.
    """

    setting: Setting
    first: int
    place: int
    rest: tuple[str, ...]
    span: Span
    file: ScriptFile
    shell: str
    named: bool
    alone: bool = True

    @property
    def word(self) -> str:
        """The last component of its name in the build context."""
        return basename(self.file.name)


@lru_cache(maxsize=4)
def start_script(subject: Subject) -> StartScript | None:
    """The shell script that starts in `subject`; None where none does, or its text is not at hand or may be changed by a RUN."""
    if not starts(subject):
        return None
    start = start_of(subject)
    if start is None:
        return None
    if start.entrypoint is not None:
        parts = parts_of(start.entrypoint) if start.entrypoint.argv is None else parts_of(start.entrypoint, start.cmd)
    elif start.cmd is None or (start.inherits and subject.target is not None and hardened_program(subject.target)):
        return None
    else:
        parts = parts_of(start.cmd)
    if parts and basename(parts[0].text) in INITS:
        parts = parts[init_length(tuple([part.text for part in parts])) :]
    if not parts:
        return None
    return _shell_text(subject, parts[0].setting) if parts[0].shell else _exec_form(subject, parts)


def _exec_form(subject: Subject, parts: tuple[Part, ...]) -> StartScript | None:
    index = 0
    named = basename(parts[0].text) in SHELLS
    if named:
        index = 1
        while index < len(parts) and parts[index].text.startswith("-"):
            if not set(parts[index].text[1:]) <= set("eux"):
                return None
            index += 1
    if index >= len(parts) or parts[index].shell:
        return None
    part, setting = parts[index], parts[index].setting
    file = _read(subject, part.text, named)
    shell = basename(parts[0].text) if named else _shell_of(file)
    if file is None or not shell:
        return None
    rest = tuple([one.text for one in parts[index + 1 :] if one.setting is setting and not one.shell])
    alone = parts[0].setting is setting
    first = parts[0].place if alone else part.place
    return StartScript(setting, first, part.place, rest, part.span, file, shell, named, alone)


def _shell_text(subject: Subject, setting: Setting) -> StartScript | None:
    """``CMD ./start.sh`` and ``CMD exec bash start.sh web``: one plain command."""
    if setting.text is None or basename(shell_in_force(subject, setting)[0]) not in SHELLS:
        return None
    if not any(sign in setting.text.text for sign in ("/", ".sh", ".bash")):
        return None
    from ..dockerfile.shell import shell_argv

    script = script_of(subject, setting)
    words = shell_argv(script).words if script is not None else None
    if not words:
        return None
    named = basename(words[0]) in SHELLS
    index = 1 if named else 0
    while named and index < len(words) and words[index].startswith("-"):
        if not set(words[index][1:]) <= set("eux"):
            return None
        index += 1
    file = _read(subject, words[index], named) if index < len(words) else None
    # a shell that starts a text without #! reads it itself
    shell = basename(words[0]) if named else _shell_of(file, default="sh")
    if file is None or not shell:
        return None
    return StartScript(setting, -1, -1, tuple(words[index + 1 :]), setting.span, file, shell, named)


def _read(subject: Subject, word: str, named: bool) -> ScriptFile | None:
    """The script that `word` of a command line names, if it looks like one; `named`: as the operand of a shell."""
    name = basename(word)
    if not looks_like_script(name) and not _begins_so(subject, word):
        return None
    own = {*((subject.target.entrypoint if subject.target is not None else None) or ())}
    if word in own or ("/" not in word and any(basename(one) == word for one in own)):
        return None
    places = [word] if "/" in word else [posixpath.join(folder, word) for folder in ("/usr/local/bin", "/usr/bin")]
    if "/" not in word and (named or "." in word):
        places.insert(0, word)
    for place in places:
        file = script_file(subject, place)
        if file is not None:
            return file if file.clean and len(file.data) <= MAX_BYTES and b"\0" not in file.data else None
    return None


def _begins_so(subject: Subject, word: str) -> bool:
    """Whether the text at the path `word`, which the file brings itself, begins with ``#!``."""
    text = brought_text(subject, word) if "/" in word else None
    return text is not None and text.head.startswith("#!")


def _shell_of(file: ScriptFile | None, default: str = "") -> str:
    """The shell that the first line of `file` names; "" for another program, `default` where it names none."""
    if file is None:
        return ""
    needed = file.interpreter
    if not needed:
        return default if not file.data.startswith(b"#!") else ""
    name = basename(needed.split()[-1])
    return name if name in SHELLS else ""

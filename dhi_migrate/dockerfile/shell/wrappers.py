"""Commands that start other commands: which words are theirs, and where the started one begins.

The options are those of sudo(8), env(1), the POSIX shell, GNU coreutils and findutils, util-linux, gosu, su-exec, tini.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from .model import ShellWord

SHELLS = frozenset(("sh", "bash", "dash", "ash", "ksh", "zsh", "mksh"))
"""Programs that read a shell text from ``-c`` or the standard input."""

_ASSIGNMENT = regex(r"[A-Za-z_][A-Za-z0-9_]*=")


class _Spec(NamedTuple):
    """How a wrapper reads its words.

    `short` are the letters, `long` the names of options that take a value; `operands` words stand between the options and
    the command; `assigns` tells that ``NAME=value`` can; with one of the letters `not_` it starts nothing.
    """

    short: str = ""
    long: tuple[str, ...] = ()
    operands: int = 0
    assigns: bool = False
    not_: str = ""


_SUDO_LONG = ("--user", "--group", "--host", "--prompt", "--chdir", "--chroot", "--close-from", "--role", "--type")
_SETPRIV_LONG = ("--reuid", "--regid", "--ruid", "--euid", "--groups", "--inh-caps", "--bounding-set", "--ambient-caps")
_XARGS_LONG = ("--max-args", "--max-procs", "--delimiter", "--arg-file", "--max-chars", "--max-lines", "--replace")
_SPECS = {
    "builtin": _Spec(),
    "catatonit": _Spec(),
    "catchsegv": _Spec(),
    "chpst": _Spec(short="ubnldomfcrt/e"),
    "command": _Spec(not_="vV"),
    "dbus-run-session": _Spec(),
    "doas": _Spec(short="uC"),
    "dumb-init": _Spec(short="r", long=("--rewrite",)),
    "eatmydata": _Spec(),
    "env": _Spec(short="uC", long=("--unset", "--chdir"), assigns=True, not_="S"),
    "exec": _Spec(short="a"),
    "fakeroot": _Spec(short="lsifb"),
    "flock": _Spec(short="wE", long=("--timeout", "--conflict-exit-code"), operands=1),
    "gosu": _Spec(operands=1),
    "ionice": _Spec(short="cnpPu", long=("--class", "--classdata")),
    "linux32": _Spec(),
    "linux64": _Spec(),
    "nice": _Spec(short="n", long=("--adjustment",)),
    "nohup": _Spec(),
    "s6-setuidgid": _Spec(operands=1),
    "setpriv": _Spec(long=_SETPRIV_LONG),
    "setsid": _Spec(),
    "ssh-agent": _Spec(short="aEOPt"),
    "stdbuf": _Spec(short="ioe", long=("--input", "--output", "--error")),
    "su-exec": _Spec(operands=1),
    "sudo": _Spec(short="ughpCrtTUDR", long=_SUDO_LONG, assigns=True, not_="lvVK"),
    "time": _Spec(short="fo", long=("--format", "--output")),
    "timeout": _Spec(short="ks", long=("--kill-after", "--signal"), operands=1),
    "tini": _Spec(short="pe"),
    "unbuffer": _Spec(),
    "xargs": _Spec(short="InPLdaEs", long=_XARGS_LONG),
    "xvfb-run": _Spec(short="efnpsw", long=("--server-args", "--server-num", "--error-file", "--auth-file")),
}


class Unwrapped(NamedTuple):
    """What stands before a command: `wrappers` by name, `assignments` of them as (name, index), and where it `start`s."""

    wrappers: tuple[str, ...]
    assignments: tuple[tuple[str, int], ...]
    start: int


_NOTHING = Unwrapped((), (), 0)


def basename(word: ShellWord) -> str:
    """The program that `word` names, without its directory; "" if that is not known."""
    return word.text.rpartition("/")[2] if word.literal else ""


def unwrap(words: Sequence[ShellWord]) -> Unwrapped:
    """Find the command that the wrappers at the start of `words` start; a wrapper without one is a command itself."""
    if not words or basename(words[0]) not in _SPECS:
        return _NOTHING
    wrappers: list[str] = []
    assignments: list[tuple[str, int]] = []
    start = 0
    while start < len(words):
        name = basename(words[start])
        spec = _SPECS.get(name)
        if spec is None:
            break
        at = _after_options(words, start + 1, spec)
        if at < 0:
            break
        at += spec.operands
        held = []
        while spec.assigns and at < len(words) and _ASSIGNMENT.match(words[at].raw):
            held.append((words[at].raw.partition("=")[0], at))
            at += 1
        if at >= len(words) or (name == "flock" and words[at].text in ("-c", "--command")):
            break
        wrappers.append(name)
        assignments += held
        start = at
    return Unwrapped(tuple(wrappers), tuple(assignments), start)


def _after_options(words: Sequence[ShellWord], at: int, spec: _Spec) -> int:
    """The index after the options that start at index `at`; -1 if one of them says that nothing is started."""
    while at < len(words):
        text = words[at].text
        if text == "--":
            return at + 1
        if not text.startswith("-"):
            return at
        at += 1
        if text.startswith("--"):
            if text in spec.long:
                at += 1
            continue
        for index, letter in enumerate(text[1:], 2):
            if letter in spec.not_:
                return -1
            if letter in spec.short:
                at += index == len(text)
                break
    return at


def script_word(name: str, words: Sequence[ShellWord]) -> int | Literal["stdin"] | None:
    """Index of the word of the command `words` (program `name`) that is a shell text.

    "stdin" if the command is a shell that reads its standard input, None if it is no shell or reads a file.
    """
    if name in SHELLS:
        return _shell_script(words)
    if name in ("su", "runuser", "flock"):
        for index, word in enumerate(words[:-1]):
            if index and (
                word.text == "--command" or (word.text[:1] == "-" != word.text[1:2] and word.text[-1:] == "c")
            ):
                return index + 1
    return None


def _shell_script(words: Sequence[ShellWord]) -> int | Literal["stdin"] | None:
    given = False
    at = 1
    while at < len(words):
        text = words[at].text
        if text[:1] not in ("-", "+") or len(text) == 1:
            break
        at += 1
        if text == "--":
            break
        if text.startswith("--"):
            at += text in ("--rcfile", "--init-file")
            continue
        given |= "c" in text
        at += text[-1] in "oO"
    if at < len(words) and words[at].text != "-":
        return at if given else None
    return None if given else "stdin"

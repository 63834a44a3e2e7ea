"""Shell texts of the start, and scripts that the file or the build context brings: what in them takes root."""

from __future__ import annotations

import posixpath

from .._pattern import regex
from .._record import NamedTuple
from ..dockerfile import parse
from ..rules.breakers.essentials import commands as command_words
from ..rules.copied import brought, texts
from ..rules.facts.read import read_facts, script_facts
from ..rules.file_texts import whole_file
from ..rules.paths import SHARED, under
from ..rules.start import SHELLS, basename, script_of
from .dev_tables import CHANGING, IDLE, PLAIN_SCRIPTS, RAW, SERVERS, SWITCHING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import Word
    from ..dockerfile.shell import Command
    from ..rules.facts import RunFacts
    from ..rules.start import Setting
    from .dev_scope import Scope

MAX_SCRIPT = 64 * 1024
"""Longest script, in bytes, that is read."""

_ENDINGS = (".sh", ".bash", ".ash")
_NAMES = regex(
    r"(?:docker[-_]?)?(?:entrypoint|entry|start|run|boot|bootstrap|init|launch|cmd|startup|setup|main_start)[\w-]*\Z"
)
_SHEBANG = regex(r"#![ \t]*(\S+)(?:[ \t]+(?:-S[ \t]+)?(\S+))?")
_IF_ROOT = regex(r"\bid -u\b|\bEUID\b|\$UID\b|\bwhoami\b")
_REFUSES = regex(r"(?i)\b(?:must|needs? to|has to|please) (?:be )?run(?:ning)? (?:as|with) root")
_HERE = "DHI_MIGRATE_END_OF_SCRIPT"


class Script(NamedTuple):
    """A script that is known: why it needs root, None where nothing in it does."""

    trouble: str | None


def looks_like_script(name: str) -> bool:
    """Whether a file of that name, which is not at hand, is taken for a shell script."""
    return name.endswith(_ENDINGS) or bool(_NAMES.match(name))


def trouble_in(scope: Scope, setting: Setting, argument: Word | None) -> str | None:
    """Why the shell text of `setting` (`argument`: the element of its array that is one) needs root; None for no reason."""
    if argument is not None:
        from ..dockerfile.shell import read_argument

        script = read_argument(setting.instruction, argument)
    else:
        found = script_of(scope.subject, setting)
        if found is None:
            return "what the container starts cannot be told"
        script = found
    if not script.ok and not script.commands:
        return "the shell text of the start cannot be read"
    return _trouble(scope, script_facts(setting.instruction, script), "the start", 0)


def brought_script(scope: Scope, path: str, depth: int = 0) -> Script | None:
    """The shell script that the file brings to `path`; None where it is not at hand. What is no shell script has no trouble."""
    if depth > MAX_DEPTH:
        return None
    data = _text_at(scope, path)
    if data is None:
        return None
    if b"\0" in data[:4096] or len(data) > MAX_SCRIPT:
        return Script(None) if b"\0" in data[:4096] else None
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    head = _SHEBANG.match(text)
    name = basename(head[1]) if head is not None else ""
    if head is not None and (basename(head[2] or "") if name == "env" else name) not in SHELLS:
        return Script(None)
    if head is None and not path.endswith(_ENDINGS):
        return Script(None)
    return Script(_script_trouble(scope, text, basename(path), depth))


MAX_DEPTH = 3
"""How deep scripts that start scripts are followed."""


def _text_at(scope: Scope, path: str) -> bytes | None:
    """The bytes of the file that becomes `path`: from the build context, or from a here-document of COPY."""
    names = [path] if "/" in path else [f"/usr/local/bin/{path}", f"/usr/bin/{path}", f"/{path}"]
    for name in names:
        data = whole_file(scope.subject, name)
        if data is not None:
            return data
        wanted = name if name.startswith("/") else posixpath.join(scope.workdir() or "/", name)
        wanted = posixpath.normpath(wanted)
        for one in brought(scope.subject):
            if one.detail.documents:
                for place, text in texts(scope.subject, one):
                    if posixpath.normpath(place) == wanted and text is not None:
                        return text.encode("utf-8", "surrogateescape")
    return None


def _script_trouble(scope: Scope, text: str, name: str, depth: int) -> str | None:
    if _REFUSES.search(text):
        return f"{name} says that it must run as root"
    if _HERE in text:
        return f"{name} cannot be read"
    wrapped = f"FROM scratch\nRUN <<'{_HERE}'\n{text.rstrip()}\n{_HERE}\n"
    instructions = parse(wrapped.encode("utf-8", "surrogateescape")).instructions
    if len(instructions) != 2:
        return f"{name} cannot be read"
    facts = read_facts(instructions[1])
    guarded = bool(_IF_ROOT.search(text))
    if not facts.script.ok:
        words = command_words(text)
        bad = sorted(words & (SWITCHING | CHANGING | SERVERS | RAW))
        if bad and not guarded:
            return f"{name} runs {bad[0]}, which takes root"
        return f"{name} cannot be read in full"
    return _trouble(scope, facts, name, depth, guarded)


def _trouble(scope: Scope, facts: RunFacts, where: str, depth: int, guarded: bool = False) -> str | None:
    """Why the commands of `facts` need root. `guarded`: the text asks who runs it, so that branches may be for root alone."""
    for command in facts.script.commands:
        if guarded and command.depth and not command.certain:
            continue
        found = _command(scope, command, where, depth)
        if found is not None:
            return found
    certain = {command.span for command in facts.script.commands if not (guarded and command.depth)}
    for install in facts.languages:
        if install.command.span in certain and install.action not in {"run", "exec", "venv", "start", "test"}:
            return f"{where} installs with {install.tool}, which may take root"
    for one in facts.written:
        if one.command.span in certain and one.kind != "removed" and _is_closed(scope, one.path):
            return f"{where} writes {one.path}, where only root may"
    return None


def _command(scope: Scope, command: Command, where: str, depth: int) -> str | None:
    names = (*command.wrappers, command.name)
    for name in names:
        if name in SWITCHING:
            return f"{where} runs {name}, which changes the user"
        if name in CHANGING:
            return f"{where} runs {name}, which takes root"
        plain = name.rstrip("0123456789.")
        if (name in SERVERS or plain in SERVERS) and name not in scope.subject.programs:
            return f"{where} runs {name}, a server that starts as root"
        if name in RAW:
            return f"{where} runs {name}, which opens raw sockets"
    if not command.words:
        return None
    first = command.words[0].text
    if first.startswith("/etc/init.d/"):
        return f"{where} starts {first}, a service of the system, which only root may"
    only = where == "the start"
    if only and command.name in IDLE and command.name not in SHELLS:
        return f"{command.name} only keeps the container open: what is done in it is not said"
    if only and command.name in SHELLS and len(command.words) == 1:
        return f"{command.name} alone is started: what is done in it is not said"
    script = first
    if command.name in {".", "source", *SHELLS}:
        rest = [word for word in command.words[1:] if not word.text.startswith("-")]
        flags = [word.text for word in command.words[1:] if word.text.startswith("-")]
        if not rest or any("c" in flag for flag in flags):
            return None
        if not rest[0].literal:
            return f"{where} starts {rest[0].text}, and what that is cannot be told"
        script = rest[0].text
        if script.endswith(("activate", ".env", "/profile", ".bashrc", "nvm.sh")):
            return None
    elif not looks_like_script(basename(script)) or not command.words[0].literal:
        return None
    if basename(script) in PLAIN_SCRIPTS or script in (scope.target.entrypoint or ()):
        return None
    inner = brought_script(scope, script, depth + 1)
    if inner is None:
        return f"what the script {script} does as root is not known"
    return inner.trouble


# Places of root that every user may not write to; the application's own are given to it.
_CLOSED = ("/etc", "/usr", "/bin", "/sbin", "/lib", "/root", "/run", "/var", "/opt", "/srv", "/boot", "/sys", "/proc")


def _is_closed(scope: Scope, path: str) -> bool:
    """Whether `path`, as a command names it, lies in a directory of root that nothing here makes writable."""
    if path.startswith(("~", "$HOME")):
        return False
    if not path.startswith("/") or any(under(posixpath.normpath(path), one) for one in SHARED):
        return False
    if path.startswith(("/dev/", "/proc/self")):
        return False
    work = scope.workdir()
    place = posixpath.normpath(path)
    if work is not None and work != "/" and under(place, work):
        return False
    return any(under(place, folder) for folder in _CLOSED) and not any(under(place, one) for one in scope.given)

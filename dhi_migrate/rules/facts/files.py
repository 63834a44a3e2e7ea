"""Files.

Coreutils(1), sed(1), tar(1), unzip(1), the redirections of the shell, and which removals are only cleaning.
"""

from __future__ import annotations

from ..._pattern import is_number
from .model import Mode, Ownership, Written
from .options import NO_FLAGS, Arguments, split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile.shell import Command, ShellWord
    from .model import WrittenKind
    from .notes import Call, Kind, Notes, Reader

# Caches, lists, logs and documentation: nothing that a program needs at run time (Filesystem Hierarchy Standard 3.0).
_CACHES = (
    *("/var/lib/apt/lists", "/var/cache", "/var/log", "/var/lib/dnf", "/var/lib/yum", "/etc/apk/cache"),
    *("/tmp", "/var/tmp"),  # noqa: S108 - names of paths, nothing is made there
    *("/usr/share/doc", "/usr/share/man", "/usr/share/info", "/usr/share/lintian", "/usr/share/doc-base"),
    *("/usr/local/share/man", "/usr/local/share/doc", "/usr/local/share/.cache"),
)
_HOME_CACHES = (
    ".cache",
    ".npm",
    ".pip",
    ".composer/cache",
    ".cargo/registry",
    ".cargo/git",
    ".m2/repository",
    ".gem",
    ".yarn",
)
_HOMES = ("/root/", "~/", "$HOME/", "${HOME}/")
_DEVICES = ("/dev/", "/proc/")


def is_cache(path: str) -> bool:
    """Whether `path`, as written, is a cache or lies in one, so that removing it is only cleaning."""
    if ".." in path:
        return False
    if "{" in path and "${" not in path:
        return all(is_cache(one) for one in _braces(path))
    if path.startswith(_HOMES):
        inside = path.split("/", 2)[2] if path[0] == "/" else path.split("/", 1)[1]
        return _under(inside, _HOME_CACHES)
    return _under(path, _CACHES)


def _under(path: str, folders: tuple[str, ...]) -> bool:
    """Whether `path` is one of `folders` or in it."""
    return any(path.startswith(one) and path[len(one) : len(one) + 1] in {"", "/"} for one in folders)


def _braces(path: str) -> list[str]:
    """The words that one ``{a,b}`` stands for; a path with more of them is left as it is and is no cache."""
    head, _, rest = path.partition("{")
    inside, closed, tail = rest.partition("}")
    if not closed or "{" in inside or "{" in tail:
        return [""]
    return [head + one + tail for one in inside.split(",")]


def _texts(words: tuple[ShellWord, ...]) -> tuple[str, ...]:
    return tuple([word.text for word in words])


def _literal(words: tuple[ShellWord, ...], call: Call) -> Kind:
    """The kind of a command whose operands `words` all have to be known for it to be more than explained."""
    known = bool(words) and "xargs" not in call.command.wrappers and all(word.literal for word in words)
    return "files" if known else "other"


def _write(call: Call, notes: Notes, kind: WrittenKind, words: tuple[ShellWord, ...], source: str = "") -> Kind:
    notes.written.extend(Written(call.command, kind, word.text, source) for word in words)
    return _literal(words, call)


def _mkdir(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, frozenset({"-m", "--mode"}))
    return _write(call, notes, "directory", given.operands)


def _touch(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, frozenset({"-d", "--date", "-t", "-r", "--reference"}))
    return _write(call, notes, "file", given.operands)


def _remove(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, NO_FLAGS)
    kind = _write(call, notes, "removed", given.operands)
    if given.operands and all(is_cache(word.text) for word in given.operands):
        return "cleanup"
    return kind


def _source(words: tuple[ShellWord, ...]) -> str:
    """The one literal source among `words`."""
    return words[0].text if len(words) == 1 and words[0].literal else ""


def _copy(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, frozenset({"-t", "--target-directory", "-S", "--suffix"}))
    return _place(call, notes, given, "file")


def _place(call: Call, notes: Notes, given: Arguments, kind: WrittenKind) -> Kind:
    """cp, mv, ln and install: the last operand or ``-t`` is where it goes."""
    target, sources = given.flag("-t", "--target-directory"), given.operands
    if target is not None:
        notes.written.append(Written(call.command, kind, target.value or "", _source(sources)))
        return _literal(sources, call) if target.literal else "other"
    if len(sources) < 2:
        if kind == "link" and sources:
            # ``ln -s /a/b`` makes ./b
            name = sources[0].text.rstrip("/").rsplit("/", 1)[-1]
            notes.written.append(Written(call.command, kind, name, _source(sources)))
        return _literal(sources, call) if sources else "other"
    notes.written.append(Written(call.command, kind, sources[-1].text, _source(sources[:-1])))
    if call.name == "mv":
        notes.written.extend(Written(call.command, "removed", word.text, "") for word in sources[:-1])
    return _literal(sources, call)


def _link(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, frozenset({"-t", "--target-directory", "-S", "--suffix"}))
    return _place(call, notes, given, "link")


def _install(call: Call, notes: Notes) -> Kind:
    takes = frozenset({"-o", "--owner", "-g", "--group", "-m", "--mode", "-t", "--target-directory", "-S", "--suffix"})
    given = split(call.arguments, takes)
    if not given.operands:
        return "other"
    owner, group, mode = given.flag("-o", "--owner"), given.flag("-g", "--group"), given.flag("-m", "--mode")
    directories = given.has("-d", "--directory")
    target = given.flag("-t", "--target-directory")
    paths = _texts(given.operands) if directories else (target.value or "",) if target else (given.operands[-1].text,)
    if owner is not None or group is not None:
        names = (owner.value or "" if owner else "", group.value or "" if group else "")
        notes.ownerships.append(Ownership(call.command, *names, paths, False))
    if mode is not None:
        notes.modes.append(Mode(call.command, mode.value or "", paths, False))
    if directories:
        return _write(call, notes, "directory", given.operands)
    return _place(call, notes, given, "file")


def _owner(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, frozenset({"--from", "--reference"}))
    operands, owner, group = given.operands, "", ""
    if not given.has("--reference"):
        if not operands:
            return "other"
        text, operands = operands[0].text, operands[1:]
        if call.name == "chgrp":
            group = text
        else:
            # chown(1): the old "user.group" still works; a name with a dot of its own is much rarer.
            mark = ":" if ":" in _outside(text) else "."
            owner, group = _cut(text, mark)
    paths = _texts(operands) if "xargs" not in call.command.wrappers else ()
    notes.ownerships.append(Ownership(call.command, owner, group, paths, given.has("-R", "--recursive")))
    return _literal(given.operands, call)


def _outside(text: str) -> str:
    """`text` with what stands in ``${..}`` and ``$(..)`` blanked, so that ``${UID:-1000}`` has no colon of its own."""
    depth, found = 0, []
    for place, sign in enumerate(text):
        if sign in "{(" and text[place - 1 : place] in {"$", "("}:
            depth += 1
        found.append(" " if depth else sign)
        if sign in "})" and depth:
            depth -= 1
    return "".join(found)


def _cut(text: str, mark: str) -> tuple[str, str]:
    """`text` before and after the first `mark` that stands outside of expansions."""
    place = _outside(text).find(mark)
    return (text, "") if place < 0 else (text[:place], text[place + 1 :])


_MODE_SIGNS = frozenset("rwxXstugo,-+=01234567")


def _mode(call: Call, notes: Notes) -> Kind:
    # A mode may begin with a dash (``chmod -x file``), so the flags are told from it by their letters.
    mode, paths, recursive, reference = "", [], False, False
    for word in call.arguments:
        text = word.text
        if text[:2] == "--":
            recursive = recursive or text == "--recursive"
            reference = reference or text.startswith("--reference=")
        elif not mode and not reference and not (text[:1] == "-" and not set(text[1:]) <= _MODE_SIGNS):
            mode = text
        elif text[:1] == "-" and len(text) > 1 and set(text[1:]) <= set("cfvRhHLP"):
            recursive = recursive or "R" in text
        else:
            paths.append(word)
    if not mode and not reference:
        return "other"
    operands = tuple(paths)
    notes.modes.append(Mode(call.command, mode, _texts(operands), recursive))
    return _literal(operands, call) if not reference else "other"


def _tee(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, NO_FLAGS)
    _write(call, notes, "file", tuple(word for word in given.operands if not word.text.startswith(_DEVICES)))
    return "other"


def _sed(call: Call, notes: Notes) -> Kind:
    takes = frozenset({"-e", "--expression", "-f", "--file", "-l", "--line-length"})
    given = split(call.arguments, takes, frozenset({"-i"}))
    if not given.has("-i", "--in-place"):
        return "harmless"
    files = given.operands if given.has("-e", "--expression", "-f", "--file") else given.operands[1:]
    if "xargs" not in call.command.wrappers:
        _write(call, notes, "edited", files)
    return "other"


def write_redirections(command: Command, notes: Notes) -> bool:
    """Note the files that the redirections of `command` write; whether there are any."""
    found = False
    for redirect in command.redirects:
        target = redirect.target
        if target is None or ">" not in redirect.operator or target.text.startswith(_DEVICES):
            continue
        if redirect.operator.endswith(">&") and (target.text == "-" or is_number(target.text)):
            continue
        found = True
        notes.written.append(Written(command, "file", target.text, ""))
    return found


READERS: dict[str, Reader] = {
    "mkdir": _mkdir,
    "touch": _touch,
    "rm": _remove,
    "rmdir": _remove,
    "unlink": _remove,
    "cp": _copy,
    "mv": _copy,
    "ln": _link,
    "install": _install,
    "chown": _owner,
    "chgrp": _owner,
    "chmod": _mode,
    "tee": _tee,
    "sed": _sed,
}
"""Readers by program."""

"""What cp, mv, ln, install, redirections, archives and downloads leave where, with the paths that they take it from.

``cp a b/`` makes ``b/a``; ``cp a b`` makes ``b``, or ``b/a`` where b is a directory (POSIX cp(1), mv(1), ln(1)). Which of the two
is told by the final slash, by the number of sources, and by the directories that every image has.
"""

from __future__ import annotations

import posixpath

from ..._pattern import is_number, regex
from ...rules.facts.files import is_cache
from .model import Effect
from .places import ZONES, is_scratch, is_settings, is_system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...dockerfile.shell import Command
    from ...rules.facts import Download, Written

    Resolve = Callable[[str], "str | None"]

_PATTERN = regex(r"[*?\[]|(?<!\$)\{")
_VALUES = frozenset({"-t", "--target-directory", "-S", "--suffix", "-m", "--mode", "-o", "--owner", "-g", "--group"})
_STDOUT = frozenset({"-", "/dev/stdout", "/dev/null"})


def written(one: Written, command: Command, text: str, resolve: Resolve) -> Effect:
    """The effect of `one`, which `command` writes; `resolve` gives the absolute path of a word, `text` names the command."""
    span = command.span
    if one.kind == "removed":
        return _removed(one, command, text, resolve)
    path = resolve(one.path)
    if path is None:
        return Effect("unknown", span, text)
    if is_scratch(path) or is_settings(path):
        return Effect("nothing", span, text)
    if one.kind == "edited" or _appends(command, one.path):
        return Effect("edited", span, text, (path,))
    if one.kind == "directory":
        return Effect("directory", span, text, (path,))
    if command.name in {"cp", "mv", "install", "ln"}:
        return _placed(one, command, text, resolve, path)
    if command.name in {"tar", "bsdtar"} and is_system(path):
        members = _members(command.texts)
        made = tuple([posixpath.normpath(posixpath.join(path, member)) for member in members])
        return Effect("path", span, text, made or (path,))
    return Effect("path", span, text, (path,))


_TAR_LETTERS = "fCIXTbN"
_TAR_LONG = frozenset(
    {"--file", "--directory", "--use-compress-program", "--exclude", "--exclude-from", "--files-from"}
)


def _members(words: Sequence[str]) -> list[str]:
    """The files that ``tar -x`` takes out of an archive, by their paths without ``--strip-components``; none for all of them."""
    found: list[str] = []
    strip = index = 0
    while index < len(words):
        word = words[index]
        name, equals, value = word.partition("=")
        if name in {"--strip-components", "--strip"}:
            value = value if equals else words[index + 1] if index + 1 < len(words) else ""
            strip = int(value) if is_number(value) and len(value) < 3 else -1
            index += not equals
        elif name in _TAR_LONG:
            index += not equals
        elif word.startswith("-") or index == 0:
            index += (
                sum(letter in _TAR_LETTERS for letter in word.removeprefix("-")) if not word.startswith("--") else 0
            )
        else:
            found.append(word)
        index += 1
    if strip < 0 or any(_PATTERN.search(one) is not None or "$" in one or ".." in one for one in found):
        return []
    parts = [one.removeprefix("./").strip("/").split("/")[strip:] for one in found]
    return ["/".join(one) for one in parts] if all(parts) else []


def _removed(one: Written, command: Command, text: str, resolve: Resolve) -> Effect:
    path = resolve(one.path)
    if is_cache(one.path) or (path is not None and (is_cache(path) or is_scratch(path))):
        return Effect("nothing", command.span, text)
    if path is None:
        return Effect("unknown", command.span, text)
    if _PATTERN.search(one.path) is not None:
        # the directory, and what is taken away below it as a pattern
        name = one.path.rsplit("/", 1)[-1]
        if "$" in name:
            return Effect("unknown", command.span, text)
        return Effect("removed", command.span, text, (path,), (posixpath.join(path, name),))
    return Effect("removed", command.span, text, (path,))


def _appends(command: Command, path: str) -> bool:
    """Whether `command` adds to the file `path`, and does not make it anew."""
    if command.name == "tee":
        return any(word in {"-a", "--append"} for word in command.texts)
    return any(
        redirect.operator.endswith(">>") and redirect.target is not None and redirect.target.text == path
        for redirect in command.redirects
    )


def _sources(command: Command) -> list[str]:
    """The operands of cp and its kin but for the last one, all of them where ``-t`` says where they go."""
    words = command.texts
    found: list[str] = []
    named = False
    index = 0
    while index < len(words):
        word = words[index]
        named = named or word.startswith(("-t", "--target-directory"))
        if word in _VALUES:
            index += 1
        elif not word.startswith("-") or word == "-":
            found.append(word)
        index += 1
    return found if named or len(found) == 1 else found[:-1]


def _placed(one: Written, command: Command, text: str, resolve: Resolve, path: str) -> Effect:
    span = command.span
    names = _sources(command)
    if command.name == "ln":
        return _linked(one, command, text, resolve, path, names)
    sources = [resolve(name) for name in names]
    if any(source is None for source in sources):
        return Effect("unknown", span, text)
    known = tuple([source for source in sources if source is not None])
    inside = one.path.endswith("/") or one.path in {".", ".."} or len(names) > 1 or is_system(path)
    if not inside:
        return Effect("path", span, text, (path,), sources=known)
    bases = _bases(names, known)
    if bases is None:
        # what a pattern stands for, or the contents of a directory
        return Effect("path", span, text, (path,), sources=known)
    made = tuple([posixpath.join(path, base) for base in bases])
    return Effect("path", span, text, made, sources=known)


def _bases(names: Sequence[str], paths: Sequence[str]) -> list[str] | None:
    """The last components of `paths`, which `names` mean; None where one of them is not the name of what is made."""
    found = []
    for name, path in zip(names, paths, strict=True):
        if _PATTERN.search(name) is not None or posixpath.basename(name.rstrip("/")) in {"", ".", ".."} or path == "/":
            return None
        found.append(posixpath.basename(path))
    return found


def _linked(one: Written, command: Command, text: str, resolve: Resolve, path: str, names: Sequence[str]) -> Effect:
    """``ln -s target link``: a relative target is seen from the directory of the link."""
    inside = one.path.endswith("/") or one.path in {".", ".."} or len(names) > 1 or is_system(path)
    bases = _bases(names, ["/" + name.lstrip("/") for name in names]) if inside else []
    if bases is None or not names or any("$" in base for base in bases):
        return Effect("unknown", command.span, text)
    made = tuple([posixpath.join(path, base) for base in bases]) if inside else (path,)
    sources = []
    for link, name in zip(made, names, strict=False):
        target = name if name.startswith(("/", "$", "~")) else posixpath.join(posixpath.dirname(link), name)
        source = resolve(target)
        if source is None and name.startswith(f"{ZONES}/"):
            source = ZONES  # whichever of them it is
        if source is None:
            return Effect("unknown", command.span, text)
        sources.append(source)
    return Effect("link", command.span, text, made, sources=tuple(sources))


def downloaded(one: Download, text: str, folder: str | None, resolve: Resolve) -> Effect | None:
    """The effect of a download whose file no other fact names; None where it goes to a pipe or is named elsewhere.

    wget and ``curl -O`` make a file named after the address in the directory `folder` that they run in; what a repository is
    updated with lies below that directory too.
    """
    words = one.command.texts
    span = one.command.span
    if one.output:
        return None
    if one.tool == "git":
        if "clone" in words:
            return Effect("unknown", span, text)
        return Effect("tree", span, text, (folder,)) if folder is not None else Effect("unknown", span, text)
    letter, long = ("o", "--output") if one.tool == "curl" else ("O", "--output-document")
    name = _flag(words, letter, long)
    if name is not None:
        if name in _STDOUT:
            return None
        path = resolve(name)
        if path is None:
            return Effect("unknown", span, text)
        return Effect("nothing" if is_scratch(path) else "path", span, text, (path,))
    if one.tool == "curl" and not any(word.startswith("--remote-name") or _has(word, "O") for word in words):
        return None  # standard output
    if "--spider" in words:
        return None
    addresses = [word for word in words if "://" in word and not word.startswith("-")]
    base = posixpath.basename(addresses[0]) if len(addresses) == 1 and "?" not in addresses[0] else ""
    named = resolve(base) if base and _PATTERN.search(base) is None else None
    if named is not None:
        return Effect("nothing" if is_scratch(named) else "path", span, text, (named,))
    if folder is None:
        return Effect("unknown", span, text)
    return Effect("nothing" if is_scratch(folder) else "tree", span, text, (folder,))


def _flag(words: Sequence[str], letter: str, long: str) -> str | None:
    """The value of the flag ``-<letter>`` or `long` among `words`, "" where it is not there as a word; None without the flag."""
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        if word == long:
            return following
        if word.startswith(f"{long}="):
            return word.partition("=")[2]
        if _has(word, letter):
            return word[word.index(letter) + 1 :] or following
    return None


def _has(word: str, letter: str) -> bool:
    """Whether `word` is a group of short flags with `letter` in it: ``-sSLO``."""
    return word.startswith("-") and not word.startswith("--") and letter in word

"""Places beside the work directory that the application writes to, or that only root may read, as the file shows them."""

from __future__ import annotations

import posixpath

from .._pattern import is_number, regex
from ..rules.copied import brought
from ..rules.paths import SHARED, known_directory, under
from ..rules.start import parts_of, start_of
from ..rules.writing import DATABASE_FILES, holds_data, read_only, written
from .dev_names import lost_names
from .dev_work import Place, fills, may_be_given
from .outcome import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rules.copied import Brought
    from ..rules.facts import Mode, RunFacts
    from .dev_scope import Scope

MAX_PLACES = 12
"""Most places that one file gives to its user; with more of them a person has to choose."""

MAX_WORD = 300
"""Longest word of the start that is taken for a path."""

MAX_DEEP = 4
"""Deepest directory that is taken for that of unpacked software."""

LATER = (1 << 40) - 1
"""A moment after every instruction of a file."""

_DIGITS = regex(r"0?[0-7]{3,4}\Z")
_CLAUSE = regex(r"([ugoa]*)([+=-])([rwxXstugo]*)\Z")
_OPEN = frozenset({"a+rwx", "a+rwX", "ugo+rwx", "a+w", "o+w", "ugo+w"})
# Directories in which programs of the distribution keep their data.
_DATA = ("/var/log/", "/var/run/", "/run/", "/var/lib/", "/var/cache/", "/var/spool/", "/home/")
# Directories at the top in which something is only built.
_BUILDING = frozenset({"/build", "/builds", "/src", "/source", "/sources", "/install", "/compile"})
# Files that root's own programs read.
_ROOTS = ("/etc/sudoers", "/etc/cron", "/etc/ssh", "/root", *SHARED)
_TOOLS = frozenset(
    {"java", "jdk", "jre", "maven", "m2", "gradle", "android", "scala", "sbt", "ant", "node", "python", "app"}
)


def shown_places(scope: Scope, work: Place | None) -> list[Place] | Refusal:
    """The places beside the directory `work` that the file shows as written, or closes to all but root."""
    found: dict[str, Place] = {}
    for run in scope.runs:
        if not scope.as_root(run.instruction):
            continue
        _add(found, _made(scope, run, work))
        for mode in run.modes:
            closed = _closed(scope, run, mode)
            if isinstance(closed, Refusal):
                return closed
            _add(found, closed)
    _add(found, _volumes(scope, found))
    _add(found, _homes(scope))
    if work is not None:
        found.pop(work.path, None)
    places = [_with_copies(scope, place) for place in found.values()]
    if len(places) > MAX_PLACES:
        text = "too many directories are made that the user may have to write to"
        return Refusal("dev", scope.subject.stage.line, text)
    return places


def _add(found: dict[str, Place], places: list[Place]) -> None:
    """Put `places` to those that are `found` already by the same path."""
    for one in places:
        old = found.get(one.path, one)
        deep, make = old.recursive or one.recursive, old.make and one.make
        found[one.path] = one._replace(recursive=deep, make=make, after=max(old.after, one.after))


def _made(scope: Scope, run: RunFacts, work: Place | None) -> list[Place]:
    """Directories for data, or in the directory `work`, that `run` makes, and files that it touches, if they stay."""
    found = []
    for one in run.written:
        touched = one.kind == "file" and one.command.name == "touch"
        if not (one.kind == "directory" or touched) or not one.command.certain:
            continue
        path = scope.absolute(run, one.path)
        if path is None or removes(scope, run, path) or not may_be_given(path):
            continue
        if not (touched or _is_data(path) or (work is not None and under(path, work.path))):
            continue
        filled = [
            other.instruction.index
            for other in scope.runs
            if other.instruction.index >= run.instruction.index and fills(scope, other, path)
        ]
        deep = bool(filled) and one.kind == "directory"
        found.append(Place(path, path, deep, False, filled[-1] if deep else run.instruction.index))
    return found


def removes(scope: Scope, run: RunFacts, path: str) -> bool:
    """Whether `run` takes `path` away, or what it is in."""
    places = (scope.absolute(run, one.path) for one in run.written if one.kind == "removed")
    return any(place is not None and under(path, place) for place in places)


def _is_data(path: str) -> bool:
    """Whether a directory that is made is for data: by its name, or as one of its own at the top."""
    if holds_data(path) or path.startswith(_DATA):
        return True
    return path.count("/") == 1 and path not in _BUILDING and not path.startswith("/docker-entrypoint")


def _closed(scope: Scope, run: RunFacts, mode: Mode) -> list[Place] | Refusal:
    """What `mode` closes to everybody but root."""
    if not closes(mode.mode) or not mode.command.certain:
        return []
    found = []
    for path in mode.paths:
        place = scope.absolute(run, path)
        if place is None:
            text = f"chmod {mode.mode} {path} leaves it to root, and what that is cannot be told"
            return Refusal("dev", scope.line(run.instruction), text)
        if not place.startswith(_ROOTS) and not removes(scope, run, place):
            found.append(Place(place, place, mode.recursive, False, run.instruction.index))
    return found


def closes(mode: str) -> bool:
    """Whether ``chmod mode`` takes from others what it leaves to the owner: 700, 0600, u+x, o-rwx."""
    if _DIGITS.match(mode):
        owner, others = int(mode[-3]), int(mode[-1])
        return owner & 5 & ~others != 0
    for clause in mode.split(","):
        match = _CLAUSE.match(clause)
        if match is None:
            continue
        who, sign, rights = match[1], match[2], match[3]
        others_too = not who or "a" in who or "o" in who
        if sign == "-" and others_too and set(rights) & set("rxX"):
            return True
        if sign == "=" and others_too and "r" not in rights:
            return True
        if sign != "-" and not others_too and "u" in who and set(rights) & set("xX"):
            return True
    return False


def _volumes(scope: Scope, made: dict[str, Place]) -> list[Place]:
    """Volumes and directories that variables name: what nothing makes is made for the user."""
    found = []
    for one in written(scope.subject):
        if one.instruction is None or (one.volume and read_only(one.path)) or not may_be_given(one.path):
            continue
        path = one.path
        if not one.volume and "." in posixpath.basename(path).lstrip("."):
            path = posixpath.dirname(path)
            if not may_be_given(path):
                continue
        there = path in made or known_directory(scope.target, path)
        found.append(Place(path, path, False, not there, -1))
    return found


def _homes(scope: Scope) -> list[Place]:
    """Directories of unpacked software that the start runs out of: servers keep logs and state in their own."""
    start = start_of(scope.subject)
    if start is None:
        return []
    words = [part.text for part in parts_of(start.entrypoint, start.cmd)]
    for one in (start.entrypoint, start.cmd):
        words.extend(one.text.text.split() if one is not None and one.text is not None else ())
    words = [word.strip("\"'") for word in words if len(word) < MAX_WORD]
    folders = {
        _home_of(posixpath.dirname(posixpath.normpath(word))) for word in words if word[:1] == "/" and "$" not in word
    }
    named = _named_homes(scope, " ".join(words).lower())
    found = []
    for folder in sorted(folders.union(named)):
        filled = [run for run in scope.runs if fills(scope, run, folder) and scope.as_root(run.instruction)]
        if not (filled or folder in named) or not may_be_given(folder) or folder.count("/") > MAX_DEEP:
            continue
        work = scope.workdir()
        sure = any(_is_in(scope, run, folder) for run in filled)
        # where nothing says that it is there, mkdir makes sure that chown does not fail
        make = not sure and (work is None or not under(work, folder))
        found.append(Place(folder, folder, True, make, filled[-1].instruction.index if sure else LATER))
    return found


def _named_homes(scope: Scope, words: str) -> list[str]:
    """Values of variables such as KAFKA_HOME and FLUTTER_ROOT, of a product that the words of the start name."""
    found = []
    for name, one in scope.subject.stage.state.env.items():
        product, _, kind = name.rpartition("_")
        plain = isinstance(one.value, str) and one.value.startswith("/") and len(product) > 2
        product = product.lower()
        if kind in {"HOME", "ROOT", "DIR"} and plain and product not in _TOOLS and product in words:
            found.append(posixpath.normpath(str(one.value)))
    return found


def _is_in(scope: Scope, run: RunFacts, folder: str) -> bool:
    """Whether `run` is sure to make something in `folder`."""
    made = [one.path for one in run.written if one.kind != "removed" and one.command.certain]
    made.extend(path for one in run.builds if one.command.certain for path in one.outputs)
    places = (scope.absolute(run, path) for path in made)
    return any(place is not None and under(place, folder) for place in places)


def _home_of(folder: str) -> str:
    """The directory that a directory of programs belongs to: ``/opt/kafka/bin`` is of ``/opt/kafka``."""
    return posixpath.dirname(folder) if posixpath.basename(folder) in {"bin", "sbin"} else folder


def _with_copies(scope: Scope, place: Place) -> Place:
    """`place` with what copies say of it: whether they make it, and whether files of root are in it."""
    for one in brought(scope.subject):
        if one.destination == place.path and len(one.sources) == 1 and holds_files(one):
            continue  # the file itself
        if one.destination is not None and under(posixpath.normpath(one.destination), place.path):
            if one.stage is not scope.subject.stage or one.instruction.index < place.after:
                place = place._replace(recursive=True)
            place = place._replace(make=False, after=max(place.after, one.instruction.index)) if place.make else place
    return place


def is_given(scope: Scope, place: Place, owner: str) -> bool:
    """Whether a RUN gives `place`, with what is in it, to `owner` or opens it for everybody already, after it was filled."""
    uid = owner.partition(":")[0]
    mine = {uid, *lost_names(scope), *(one.name for one in scope.target.accounts if str(one.uid) == uid)}
    for run in scope.runs:
        if run.instruction.index < place.after or not scope.as_root(run.instruction):
            continue
        opened = [(one.paths, one.recursive) for one in run.modes if opens(one.mode)]
        opened.extend((one.paths, one.recursive) for one in run.ownerships if one.owner in mine)
        for paths, recursive in opened:
            for path in paths:
                known = scope.absolute(run, path)
                whole = recursive or not place.recursive or run.instruction.index == place.after
                if known is not None and whole and (known == place.path or (recursive and under(place.path, known))):
                    return True
    return False


def opens(mode: str) -> bool:
    """Whether ``chmod mode`` lets everybody write."""
    return (is_number(mode) and mode[-1:] in {"7", "6"}) or mode in _OPEN


def holds_files(one: Brought) -> bool:
    """Whether `one` brings single files alone that are no data: configuration, a page, a script."""
    names = [posixpath.basename(source.rstrip("/")) for source in one.sources]
    return bool(names) and all(_is_file(name) for name in names)


def _is_file(name: str) -> bool:
    """Whether `name` is that of one file, and not of data or of a directory."""
    if name in _FILES:
        return True
    return "." in name.lstrip(".") and "*" not in name and not name.endswith(DATABASE_FILES)


_FILES = frozenset({"Gemfile", "Makefile", "Procfile", "Pipfile", "Rakefile", "LICENSE", "NOTICE", "README", "VERSION"})

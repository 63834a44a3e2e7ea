"""Paths that an application writes to, as far as the file itself says so: VOLUME, and variables for such places."""

from __future__ import annotations

import posixpath

from .._pattern import regex
from .._record import NamedTuple
from ..dockerfile.details import Env, Volume
from .accounts import substituted
from .copied import expanded
from .paths import SHARED, under

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..dockerfile import Instruction, Span, Stage
    from .copied import Brought
    from .subject import Subject

# A variable names a place for data by one word of each set: UPLOAD_DIR, LOG_FILE, DATABASE_PATH.
_DATA = frozenset({"UPLOAD", "UPLOADS", "DATA", "LOG", "LOGS", "CACHE", "STORAGE", "STATE", "SPOOL", "MEDIA"})
# Databases are as often read only; a file of SQLite is written to.
_DATABASE = frozenset({"DATABASE", "DB", "SQLITE"})
_PLACE = frozenset({"DIR", "DIRECTORY", "PATH", "ROOT", "FOLDER", "FILE", "LOCATION", "HOME", "URL", "URI"})
# Places for caches and state by the documentation of the programs that read these variables.
_KNOWN = frozenset(
    {
        *("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "HF_HOME", "TRANSFORMERS_CACHE"),
        *("MPLCONFIGDIR", "PM2_HOME", "TORCH_HOME", "NUMBA_CACHE_DIR", "STREAMLIT_HOME"),
    }
)
# What has such a name and is only read.
_READ = frozenset(
    {"CA", "CERT", "CERTS", "CONFIG", "CONF", "JAVA", "SHARE", "STATIC", "TZ", "ZONEINFO", "MIGRATION", "MIGRATIONS"}
)
_SQLITE = regex(r"sqlite(?:\+[a-z]{1,20})?:(?:///)?(?P<path>/[^?\s]{1,500})")


# Open to everybody, those of the kernel, configuration, which a volume brings in to be read, and the home of root, which is a
# matter of its own.
_LEFT_OUT = (*SHARED, "/dev", "/proc", "/sys", "/etc", "/root")


# Parts of paths that are for data, and last parts of those that are read: programs, pages, configuration, sources.
_DATA_FOLDERS = frozenset(
    {
        *("data", "db", "database", "databases", "upload", "uploads", "log", "logs", "cache", "storage", "media"),
        *("state", "spool", "sessions", "backup", "backups", "sqlite", "tmp", "temp"),
    }
)
_READ_FOLDERS = frozenset(
    {
        *("conf", "config", "conf.d", "scripts", "bin", "cgi-bin", "templates", "certs", "ssl", "keys", "secrets"),
        *("app", "src", "code", "source", "sources", "workspace", "site", "html", "htdocs", "www", "public", "static"),
        *("assets", "webapps", "docs", "playbooks", "dist", "tls", "pki", "custom", "security"),
        *("input", "inputs", "import", "imports", "run", "lock"),
    }
)
_READ_ENDS = ("conf", "config", "cfg", "certs", "keys", "fonts", "sock", "socket", ".pid", ",")


MAX_PLACES = 50
"""Most places of a stage that are looked at."""


DATABASE_FILES = (".db", ".db3", ".sqlite", ".sqlite3")
"""How files of SQLite end."""


class Written(NamedTuple):
    """One `path` (absolute, normal) that is written to, `why` in the words of the file, and where that stands.

    `volume` tells a mount point from a directory or file that a variable names. `instruction` is None for a volume of the
    upstream image.
    """

    path: str
    why: str
    volume: bool
    instruction: Instruction | None
    span: Span


def written(subject: Subject) -> tuple[Written, ...]:
    """The paths that the chain of `subject` says are written to, and the volumes of its upstream image.

    What everybody may write to is left out, and so are devices, /etc and the home of root.
    """
    found: list[Written] = []
    for stage in subject.chain:
        for instruction in stage.instructions:
            detail = instruction.detail
            if isinstance(detail, Volume):
                for word in detail.paths:
                    text = expanded(subject, stage, instruction, word)
                    if text is not None and text.startswith("/"):
                        found.append(
                            Written(
                                posixpath.normpath(text), f"VOLUME {text} is for data", True, instruction, word.span
                            )
                        )
            elif isinstance(detail, Env):
                found.extend(_variables(stage, instruction, detail))
    if subject.before is not None:
        span = subject.carrier.stage.base.word.span
        for path in subject.before.volumes:
            found.append(Written(posixpath.normpath(path), f"{path} is a volume upstream", True, None, span))
    found = list({one.path: one for one in reversed(found)}.values())[::-1][:MAX_PLACES]
    return tuple(one for one in found if one.path != "/" and not any(under(one.path, folder) for folder in _LEFT_OUT))


def _variables(stage: Stage, instruction: Instruction, detail: Env) -> Iterator[Written]:
    for pair in detail.pairs:
        now = stage.history.at(instruction.index + 1).env.get(pair.name)
        value = now.value if now is not None and now.known and isinstance(now.value, str) else ""
        inside = _SQLITE.match(value)
        path = inside["path"] if inside is not None else value
        # a list of paths, an address or a device is no place
        if not path.startswith("/") or any(sign in path for sign in ":*$ ") or path.startswith(("/dev/", "/proc/")):
            continue
        if inside is not None or _is_place(pair.name.upper(), path):
            span = pair.name_span._replace(end=pair.value_span.end)
            yield Written(posixpath.normpath(path), f"{pair.name}={value} is for data", False, instruction, span)


def _is_place(name: str, path: str) -> bool:
    """Whether the variable `name` with the value `path` names, by the words in it, a place for data."""
    words = set(name.split("_"))
    if name in _KNOWN or name.endswith(("LOGDIR", "DATADIR", "CACHEDIR")):
        return True
    if words & _READ:
        return False
    return bool(words & _DATA and words & _PLACE) or bool(words & _DATABASE and path.endswith(DATABASE_FILES))


def holds_data(path: str) -> bool:
    """Whether a part of `path` says that it is for data, and not for a program or pages that come with the image."""
    return not _DATA_FOLDERS.isdisjoint(path.lower().split("/")) or path.startswith("/var/lib/")


def read_only(path: str) -> bool:
    """Whether the last part of `path` says that what is mounted there is read, and no other that it is data; or a socket."""
    name = posixpath.basename(path).lower()
    if name.endswith(_READ_ENDS):
        return True
    return (name in _READ_FOLDERS or path.startswith(("/usr/share/", "/usr/lib/"))) and not holds_data(path)


def touched_places(subject: Subject) -> tuple[str, ...] | None:
    """What the RUN instructions of the stage make or change, as absolute paths; None where a variable hides one of them."""
    found: list[str] = []
    for run in subject.facts.runs:
        makes = [one.path for one in run.written if one.kind == "directory"]
        changed = [path for group in (run.ownerships, run.modes) for one in group for path in one.paths]
        others = [one.path for one in run.written if one.kind != "directory"]
        workdir = subject.state_at(run.instruction).workdir if makes or changed or others else None
        base = workdir.value if workdir is not None and workdir.known and isinstance(workdir.value, str) else "/"
        for place in (*makes, *changed):
            known = substituted(subject, run.instruction, place)
            if known is None:
                return None
            found.append(posixpath.normpath(posixpath.join(base, known)))
        found.extend(posixpath.normpath(posixpath.join(base, place)) for place in others)
    return tuple(dict.fromkeys(place for place in found if place != "/"))


def touched(places: tuple[str, ...] | None, path: str) -> bool:
    """Whether a RUN may make or change `path`, what is in it or what it is in: that RUN is judged by itself."""
    return places is None or any(under(place, path) or under(path, place) for place in places)


def given(subject: Subject, copies: Iterable[Brought], path: str, uid: int) -> bool | None:
    """Whether one of `copies` brings the directory `path` for the user `uid`; None where one may."""
    answer: bool | None = False
    mine_too = {str(uid), *_names(subject, uid)}
    for one in copies:
        if one.destination is None:
            return None
        place = posixpath.normpath(one.destination)
        flag = one.detail.chown.value if one.detail.chown is not None else ""
        mode = one.detail.chmod.value if one.detail.chmod is not None else ""
        free = bool(mode) and (mode or "")[-1:] in {"7", "6"}
        if not (flag or free):
            if one.outside and (under(place, path) or under(path, place)):
                answer = None  # COPY --from keeps the owner that the files have where they come from
            continue
        mine = free or (flag or "").partition(":")[0] in mine_too
        if mine and under(place, path):
            return True
        if mine and under(path, place):
            answer = None
    return answer


def _names(subject: Subject, uid: int) -> frozenset[str]:
    target = subject.target
    return frozenset(one.name for one in target.accounts if one.uid == uid) if target is not None else frozenset()

"""Rows of the upstream map and of the facts of upstream images, found without parsing what is not asked for.

Both files are sorted, one line a row, and searched as bytes: parsing all 1,800 rows would take longer than all other
work of a check.
"""

from __future__ import annotations

import json

from .._pattern import regex
from .model import UpstreamFacts, UpstreamTarget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .model import Confidence

_DISTROLESS = "gcr.io/distroless/"
_RELEASE = regex(r"-debian1\d\Z")
_CONFIDENCE: dict[str, Confidence] = {"high": "high", "medium": "medium", "low": "low", "none": "none"}
_ORDER = tuple(_CONFIDENCE)

# What stands in a tag where a pattern has a placeholder: characters of a version, or an architecture's name.
_VERSION_CHARACTERS = frozenset("0123456789.")
_ANY, _VERSION = "*", "#"
_PLACEHOLDERS = ("<major>", "<version>", "<release>", "<arch>")


def read_targets(data: bytes, repository: str) -> tuple[UpstreamTarget, ...]:
    """The rows of the upstream map `data` (CSV bytes) whose first field is `repository`, best confidence first.

    A Google distroless image that is there for another Debian release alone is taken for that one. The file holds
    simple rows: of the four fields only the note may be quoted, and no field holds a line break; the tests check that a
    CSV reader understands it in the same way.
    """
    if not repository or "\n" in repository or "," in repository or '"' in repository:
        return ()
    key = f"\n{repository},".encode()
    found = []
    start = data.find(key)
    if start == -1 and repository.startswith(_DISTROLESS):
        # the same image on another Debian release
        bare = _RELEASE.sub("", repository).encode()
        start = max(data.find(b"\n%b%b," % (bare, release)) for release in (b"", b"-debian12", b"-debian13"))
        key = data[start : data.find(b",", start) + 1] if start != -1 else key
    while start != -1:
        end = data.find(b"\n", start + 1)
        line = data[start + 1 : end if end != -1 else len(data)].decode()
        found.append(_target(line))
        start = data.find(key, start + 1)
    return tuple(sorted(found, key=lambda row: _ORDER.index(row.confidence)))


def read_all_targets(data: bytes) -> tuple[UpstreamTarget, ...]:
    """All rows of the upstream map `data` in the order of the file, without those that name no upstream repository."""
    lines = data.decode().splitlines()[1:]
    return tuple(_target(line) for line in lines if not line.startswith(","))


def read_origin(data: bytes, name: str) -> str | None:
    """The upstream repository that the hardened image `name` stands for best.

    The one of the same name, else the first of high confidence.
    """
    if not name or data.find(f"\n{name},{name},high".encode()) != -1:
        return name or None
    place = data.find(f",{name},high,".encode())
    if place == -1:
        return None
    return data[data.rfind(b"\n", 0, place) + 1 : place].decode()


def _target(line: str) -> UpstreamTarget:
    repository, name, confidence, note = line.split(",", 3)
    if note.startswith('"'):
        note = note[1:-1].replace('""', '"')
    return UpstreamTarget(repository, "" if confidence == "none" else name, _CONFIDENCE[confidence], note)


def read_facts(data: bytes, repository: str, tag: str) -> UpstreamFacts | None:
    """The row of `data` (JSON lines) for ``repository:tag``, None where there is none.

    Of several rows it is the one whose matching glob has the most literal characters. Globs are matched against the tag
    and against "-" and the tag, so that ``*-slim`` stands for ``slim`` too.
    """
    if repository.startswith(_DISTROLESS):
        repository = _RELEASE.sub("", repository)
    key = ('{"repo": ' + json.dumps(repository) + ", ").encode()
    best: dict[str, Any] | None = None
    most = -1
    start = data.find(key)
    while start != -1:
        end = data.find(b"\n", start)
        row = json.loads(data[start : end if end != -1 else len(data)])
        for pattern in row["variants"].split(" | "):
            literal = _literal(pattern)
            if literal > most and (glob_match(pattern, tag) or glob_match(pattern, f"-{tag}")):
                best, most = row, literal
        start = data.find(key, end if end != -1 else len(data))
    return None if best is None else _facts(best)


def _facts(row: dict[str, Any]) -> UpstreamFacts:
    entrypoint, cmd, shell = row["entrypoint"], row["cmd"], row["shell"]
    return UpstreamFacts(
        repository=row["repo"],
        variants=tuple(row["variants"].split(" | ")),
        os=row["os"],
        user=row["user"],
        uid=row["uid"],
        entrypoint=None if entrypoint is None else tuple(entrypoint),
        cmd=None if cmd is None else tuple(cmd),
        workdir=row["workdir"],
        ports=tuple(row["ports"]),
        volumes=tuple(row["volumes"]),
        stop_signal=row["stop_signal"],
        shell=None if shell in {None, "", "none"} else shell,
        package_manager=row["package_manager"],
        prefix=row["prefix"],
        env=row["env"],
        tools=tuple(row["tools"]),
        users_present=tuple(row["users_present"]),
        confidence=row["confidence"],
        source=row["source"],
    )


def _literal(pattern: str) -> int:
    """How many characters of `pattern` stand for themselves."""
    for placeholder in _PLACEHOLDERS:
        pattern = pattern.replace(placeholder, "*")
    return len(pattern) - pattern.count("*")


def glob_match(pattern: str, text: str) -> bool:
    """Whether `pattern`, in which ``*`` is any run of characters, matches the whole of `text`.

    Linear in the product of their lengths. The placeholders ``<major>``, ``<version>`` and ``<release>`` are runs of
    digits and dots, ``<arch>`` is any run.
    """
    if "<" not in pattern:
        return _plain_match(pattern, text)
    tokens = _tokens(pattern)
    states = {0}
    for character in text:
        following = set()
        for state in _closure(states, tokens):
            if state == len(tokens):
                continue
            wanted = tokens[state]
            if wanted == _ANY or (wanted == _VERSION and character in _VERSION_CHARACTERS):
                following.add(state)
            elif wanted == f"={character}":
                following.add(state + 1)
        states = following
        if not states:
            return False
    return len(tokens) in _closure(states, tokens)


def _plain_match(pattern: str, text: str) -> bool:
    """`glob_match` for a pattern without placeholders: its pieces stand in `text` in their order, the first ones that fit."""
    first, *pieces = pattern.split("*")
    if not pieces:
        return text == first
    last = pieces.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in pieces:
        at = text.find(piece, at, end)
        if at == -1:
            return False
        at += len(piece)
    return True


def _tokens(pattern: str) -> list[str]:
    """The parts of `pattern`: the marks for the two kinds of run, and ``=x`` for the character x."""
    tokens = []
    position = 0
    while position < len(pattern):
        placeholder = next((one for one in _PLACEHOLDERS if pattern.startswith(one, position)), None)
        if placeholder is not None:
            tokens.append(_ANY if placeholder == "<arch>" else _VERSION)
            position += len(placeholder)
            continue
        tokens.append(_ANY if pattern[position] == "*" else f"={pattern[position]}")
        position += 1
    return tokens


def _closure(states: set[int], tokens: list[str]) -> set[int]:
    """`states` and those reached from them where a run is empty."""
    reached = set(states)
    for start in states:
        state = start
        while state < len(tokens) and tokens[state] in {_ANY, _VERSION}:
            state += 1
            reached.add(state)
    return reached

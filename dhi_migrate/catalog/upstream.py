"""Rows of the upstream map and of the facts of upstream images, found without parsing what is not asked for.

Both files are sorted, one line a row, and searched as bytes: parsing all 1,800 rows would take longer than all other
work of a check on one file.
"""

from __future__ import annotations

import json

from .._pattern import regex
from .model import UpstreamFacts, UpstreamTarget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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


_SEARCHES = 8  # questions that are answered by a search; the lines are put in order for more


class Rows:
    """The lines of a data file by the field that they begin with, which stands between `lead` and `end`."""

    __slots__ = ("_data", "_end", "_lead", "_left", "_lines")

    def __init__(self, data: bytes, lead: bytes, end: bytes) -> None:
        self._data = b"\n" + data
        self._lead = lead
        self._end = end
        self._left = _SEARCHES
        self._lines: dict[bytes, list[bytes]] = {}

    def of(self, field: bytes) -> Sequence[bytes]:
        """The lines that begin with `field`, in the order of the file."""
        if self._left:
            self._left -= 1
            return tuple(self._search(field))
        if not self._lines:
            start = len(self._lead)
            for line in self._data.split(b"\n"):
                end = line.find(self._end, start)
                if end != -1 and line.startswith(self._lead):
                    self._lines.setdefault(line[start:end], []).append(line)
        return self._lines.get(field, ())

    def _search(self, field: bytes) -> Iterator[bytes]:
        key = b"\n" + self._lead + field + self._end
        start = self._data.find(key)
        while start != -1:
            end = self._data.find(b"\n", start + 1)
            yield self._data[start + 1 : end if end != -1 else len(self._data)]
            start = self._data.find(key, start + 1)


def map_rows(data: bytes) -> Rows:
    """The rows of the upstream map, the CSV bytes `data`, by repository."""
    return Rows(data.partition(b"\n")[2], b"", b",")


def fact_rows(data: bytes) -> Rows:
    """The rows of the facts of upstream images, the JSON lines `data`, by repository as JSON has it."""
    return Rows(data, b'{"repo": "', b'", ')


def read_targets(rows: Rows, repository: str) -> tuple[UpstreamTarget, ...]:
    """Those of `rows`, the upstream map, whose first field is `repository`, best confidence first.

    A Google distroless image that is there for another Debian release alone is taken for that one. The file holds
    simple rows: of the four fields only the note may be quoted, and no field holds a line break; the tests check that a
    CSV reader understands it in the same way.
    """
    if not repository or "\n" in repository or "," in repository or '"' in repository:
        return ()
    lines = rows.of(repository.encode())
    if not lines and repository.startswith(_DISTROLESS):
        # the same image on another Debian release
        bare = _RELEASE.sub("", repository)
        found = (rows.of(f"{bare}{release}".encode()) for release in ("-debian13", "-debian12", ""))
        lines = next((one for one in found if one), ())
    return tuple(sorted((_target(line.decode()) for line in lines), key=lambda row: _ORDER.index(row.confidence)))


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


def read_facts(rows: Rows, repository: str, tag: str) -> UpstreamFacts | None:
    """The one of `rows`, the facts of upstream images, for ``repository:tag``, None where there is none.

    Of several rows it is the one whose matching glob has the most literal characters. Globs are matched against the tag
    and against "-" and the tag, so that ``*-slim`` stands for ``slim`` too.
    """
    if repository.startswith(_DISTROLESS):
        repository = _RELEASE.sub("", repository)
    best: dict[str, Any] | None = None
    most = -1
    for line in rows.of(json.dumps(repository)[1:-1].encode()):
        row = json.loads(line)
        for pattern in row["variants"].split(" | "):
            literal = _literal(pattern)
            if literal > most and (glob_match(pattern, tag) or glob_match(pattern, f"-{tag}")):
                best, most = row, literal
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

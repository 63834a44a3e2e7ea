"""What a reader of one instruction works with, and the flags that each instruction takes (bflag.go and parse.go)."""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from .model import Flag, Word
    from .split import Line
    from .text import Layout

    Level = Literal["error", "late", "trigger"]
    """When BuildKit refuses.

    On reading the file, on running the instruction (for stages that are built), or when an ONBUILD triggers.
    """


class Finding(NamedTuple):
    """A problem of one instruction, at character offsets of its logical text."""

    kind: str
    message: str
    start: int
    end: int
    level: Level


class Parts(NamedTuple):
    """What a reader needs: the line, its flags and words with their places, and where to put findings."""

    line: Line
    flags: tuple[Flag, ...]
    words: tuple[Word, ...]
    layout: Layout
    escape: str
    findings: list[Finding]

    def add(
        self, kind: str, message: str, start: int | None = None, end: int | None = None, level: Level = "error"
    ) -> None:
        """Note a problem; it covers the whole line unless told."""
        line = self.line
        self.findings.append(
            Finding(kind, message, line.start if start is None else start, line.args_end if end is None else end, level)
        )

    def add_at(self, kind: str, message: str, word: Word, level: Level = "error") -> None:
        """Note a problem of `word`."""
        self.add(kind, message, word.offset, word.offset + len(word.text), level)

    def needs(self, what: str = "an argument") -> None:
        """Note that an argument is missing."""
        self.add("missing-argument", f"{self.line.keyword} needs {what}")

    def flag(self, name: str) -> Flag | None:
        """The first flag `name`."""
        for flag in self.flags:
            if flag.name == name:
                return flag
        return None

    def flags_named(self, name: str) -> tuple[Flag, ...]:
        """All flags `name`, in order."""
        return tuple([flag for flag in self.flags if flag.name == name])

    def switch(self, name: str) -> bool | None:
        """The truth of flag `name`: its value, true without one; None if it is not given."""
        flag = self.flag(name)
        return None if flag is None else (flag.value or "").lower() != "false"

    def bad_flag(self, flag: Flag, message: str, level: Level = "error") -> None:
        """Note that the value of `flag` is refused."""
        for raw, known in zip(self.line.flags, self.flags, strict=True):
            if known is flag:
                self.add("invalid-flag-value", message, raw.start, raw.end, level)


_STRING = "string"
_STRINGS = "strings"
_BOOL = "bool"
_FLAGS: dict[str, dict[str, str]] = {
    "FROM": {"platform": _STRING},
    "RUN": {"mount": _STRINGS, "network": _STRING, "security": _STRING, "device": _STRINGS},
    "COPY": {
        "chown": _STRING,
        "from": _STRING,
        "chmod": _STRING,
        "link": _BOOL,
        "exclude": _STRINGS,
        "parents": _BOOL,
    },
    "ADD": {
        "chown": _STRING,
        "chmod": _STRING,
        "link": _BOOL,
        "keep-git-dir": _BOOL,
        "checksum": _STRING,
        "unpack": _BOOL,
        "exclude": _STRINGS,
    },
    "HEALTHCHECK": {
        "interval": _STRING,
        "timeout": _STRING,
        "start-period": _STRING,
        "start-interval": _STRING,
        "retries": _STRING,
    },
}
# BuildKit never looks at the flags of these.
_UNCHECKED = ("ARG", "STOPSIGNAL")


def check_flags(parts: Parts) -> None:
    """Note unknown and repeated flags, and values that are missing or no booleans (bflag.go)."""
    if parts.line.keyword in _UNCHECKED or (parts.line.keyword == "HEALTHCHECK" and _is_none(parts.line)):
        return
    keyword = parts.line.keyword
    known = _FLAGS.get(keyword, {})
    used = set()
    for flag, raw in zip(parts.flags, parts.line.flags, strict=True):
        kind = known.get(flag.name)
        name = f"--{flag.name}"
        if kind is None:
            parts.add("unknown-flag", f"{keyword} has no flag {name}", raw.start, raw.end)
        elif flag.name in used and kind != _STRINGS:
            parts.add("duplicate-flag", f"{name} can be given only once", raw.start, raw.end)
        elif (kind == _BOOL and flag.value == "") or (kind != _BOOL and flag.value is None):
            parts.add("flag-without-value", f"{name} needs a value", raw.start, raw.end)
        elif kind == _BOOL and (flag.value or "").lower() not in ("true", "false", ""):
            parts.add("invalid-flag-value", f"{name} takes true or false", raw.start, raw.end)
        used.add(flag.name)


def _is_none(line: Line) -> bool:
    return bool(line.values) and line.values[0].upper() == "NONE"

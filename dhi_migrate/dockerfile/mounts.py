"""``RUN --mount=...``.

Its comma-separated fields with their places, and what BuildKit refuses (commands_runmount.go).
"""

from __future__ import annotations

import re

from .details import Mount, MountField

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Flag
    from .parts import Level, Parts
    from .split import RawFlag

_LONG = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly", "rw": "readwrite"}
_KEYS = frozenset(
    "type from source target readonly readwrite id sharing required size mode uid gid env".split()  # noqa: SIM905
)
_TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
_BOOLEANS = frozenset(("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"))


def csv_fields(text: str) -> list[tuple[str, int, int]] | None:
    """Fields of one comma-separated line with their offsets in `text`; a field may be in double quotes.

    None if a quote is misplaced.
    """
    fields: list[tuple[str, int, int]] = []
    at = 0
    while True:
        if text.startswith('"', at):
            end = at + 1
            while True:
                end = text.find('"', end)
                if end < 0:
                    return None
                if not text.startswith('"', end + 1):
                    break
                end += 2
            fields.append((text[at + 1 : end].replace('""', '"'), at + 1, end))
            at = end + 1
            if at < len(text) and text[at] != ",":
                return None
        else:
            end = text.find(",", at)
            if end < 0:
                end = len(text)
            field = text[at:end]
            if '"' in field:
                return None
            fields.append((field, at, end))
            at = end
        if at >= len(text):
            return fields
        at += 1


def read_mount(parts: Parts, flag: Flag, raw: RawFlag) -> Mount:
    """The fields of the ``--mount`` `flag` (`raw` in the line), which has a value; problems go to `parts`."""
    value = flag.value or ""
    fields = csv_fields(value)

    def add(message: str, level: Level) -> None:
        parts.add("invalid-mount", message, raw.start, raw.end, level)

    if fields is None:
        add("a double quote is misplaced in --mount", "error")
        return Mount(flag, ())
    literal = parts.layout.text[
        flag.value_offset : flag.value_offset + len(value)
    ] == value and raw.end - raw.value_start == len(value)
    found = []
    for field, start, end in fields:
        key, equals, setting = field.partition("=")
        key = key.lower()
        begin = start + len(key) + 1 if equals else start
        if literal:
            offset = flag.value_offset + begin
            span = parts.layout.span(offset, flag.value_offset + end)
        else:
            offset = -1
            span = flag.value_span or flag.span
        found.append(MountField(_LONG.get(key, key), setting if equals else None, span, offset))
        if key == "from" and 0 <= setting.find("$") < len(setting) - 1:
            add("variables are not expanded in from=: name a stage FROM the image and mount from that", "error")
    mount = Mount(flag, tuple(found))
    problem = _problem(mount, "$'\"" + parts.escape)
    if problem:
        add(problem, "late")
    return mount


def _problem(mount: Mount, special: str) -> str | None:
    """What BuildKit refuses once it runs the instruction; fields that hold one of `special` are not judged."""
    kind = "bind"
    for field in mount.fields:
        key, value = field.key, field.value
        if value is None:
            if key in ("readonly", "readwrite"):
                continue
            if key != "required":
                return f"{key or 'an empty field'} needs a value in --mount"
        elif any(char in value for char in special):
            if key == "type":
                return None
            continue
        if key == "type":
            kind = (value or "").lower()
            if kind not in _TYPES:
                return "the type of a mount is bind, cache, tmpfs, secret or ssh"
        elif key not in _KEYS:
            return f"{key} is no key of --mount"
        elif key == "required" and kind not in ("secret", "ssh"):
            return f"required= is not for mounts of type {kind}"
        elif key in ("readonly", "readwrite", "required") and value is not None and value not in _BOOLEANS:
            return f"{key}= takes true or false"
        elif key == "size" and kind != "tmpfs":
            return f"size= is not for mounts of type {kind}"
        elif key == "sharing" and (value or "").lower() not in ("shared", "private", "locked"):
            return "sharing= takes shared, private or locked"
        elif key == "mode" and not re.fullmatch(r"[0-7]{1,11}", value or ""):
            return "mode= takes an octal number"
        elif key in ("uid", "gid") and not _is_id(value or ""):
            return f"{key}= takes a number"
    return _combination(mount, kind)


def _is_id(value: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,10}", value)) and int(value) < 1 << 32


def _combination(mount: Mount, kind: str) -> str | None:
    held = {field.key: field.value for field in mount.fields if field.value}
    if kind in ("bind", "tmpfs"):
        for key in ("mode", "uid", "gid"):
            if key in held:
                return f"{key}= is not for mounts of type {kind}"
    if kind == "secret":
        if "from" in held or "sharing" in held:
            return "from= and sharing= are not for mounts of type secret"
        if not ({"source", "target", "id"} & held.keys()):
            return "a secret mount needs id=, source= or target="
        if "source" in held and "id" in held:
            return "a secret mount takes id= or source=, not both"
    if "sharing" in held and kind != "cache":
        return f"sharing= is not for mounts of type {kind}"
    return None

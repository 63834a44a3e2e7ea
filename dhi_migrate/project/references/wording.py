"""Messages of the rules for Dockerfiles in the words of a service: its command is not a CMD, its health check no HEALTHCHECK."""

from __future__ import annotations

import re

from ..._pattern import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .service import Line

_KEYWORD = regex(r"\b(?:the (?:file's )?)?(?:CMD|ENTRYPOINT|HEALTHCHECK|RUN)\b")
_FILE = regex(r"\bthe file sets no command\b")
_THIS_FILE = regex(r", and (?:nothing in this file brings it|no RUN can install it there)\b")
MAX_SHOWN = 100
"""Most characters of a text of the file in a message."""


def first_clause(message: str) -> str:
    """`message` without its advice, which is about Dockerfiles: what stands before the first ``: `` or ``; ``."""
    return re.split(r"(?::|;) ", message, maxsplit=1)[0]


def in_words(name: str, line: Line | None, message: str) -> str:
    """`message` with the keywords of Dockerfiles replaced: CMD by "the command of service web"."""
    if line is not None:
        message = _KEYWORD.sub(f"the {line.what} of {name}", message, count=1)
    else:
        message = _FILE.sub(f"{name} sets no command", message)
    return _THIS_FILE.sub("", message)


def advice(code: str, line: Line) -> str:
    """What to do about a finding of the rule `code` in `line`, as an end of the message; "" where that is plain."""
    if code in {"DHI205", "DHI206"} and "hook" not in line.what:
        return ": ask with a program of the image, or from outside"
    if code in {"DHI203", "DHI204"} and line.keyword in {"CMD", "ENTRYPOINT"}:
        return ": start one program, or stay on the -dev image"
    return ""


def shown(text: str) -> str:
    """`text` of the file as a message has it: printable, and not too long."""
    clean = "".join(sign if sign.isprintable() else "?" for sign in text)
    return clean if len(clean) <= MAX_SHOWN else f"{clean[: MAX_SHOWN - 3]}..."

"""Texts that are nothing but commands of plain words with ``&&`` and ``;`` between them.

Two of three texts in public Dockerfiles are like that, and need no grammar to be read. A test holds what comes out equal to
what the syntax tree gives.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple
from .grammar import MAX_TEXT

_FLAT = regex(r"[A-Za-z0-9_%+,./:=@*&; \t-]+")
_NAME = regex(r"[A-Za-z0-9_./][A-Za-z0-9_./+-]*")
_PIECE = regex(r"&&|[&;]|[^&; \t]+")
# Where they stand first, and for some wherever they stand, these words make something else of a text.
_SPECIAL = frozenset(
    (
        *("if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "select"),
        *("function", "time", "coproc", "test"),
        *("declare", "typeset", "export", "readonly", "local", "unset", "unsetenv", "let"),
    )
)


class Plain(NamedTuple):
    """A command: the `operator` before it ("" for the first one) that starts at character `at`, and its words.

    `words` are their characters, start and end; `literal` tells that each is what the program gets: it has no ``*``.
    """

    operator: str
    at: int
    words: list[tuple[int, int]]
    literal: bool


def flat(text: str) -> list[Plain] | None:
    """The commands of `text`; None where it is more than commands of plain words in a row."""
    if len(text) > MAX_TEXT or _FLAT.fullmatch(text) is None:
        return None
    found: list[Plain] = []
    operator, at, literal = "", -1, True
    words: list[tuple[int, int]] = []
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece == "&":
            return None
        if piece in {"&&", ";"}:
            if not words:
                return None
            found.append(Plain(operator, at, words, literal))
            operator, at, literal, words = piece, match.start(), True, []
            continue
        if piece in _SPECIAL or piece[0] == "=" or (not words and _NAME.fullmatch(piece) is None):
            return None
        literal = literal and "*" not in piece
        words.append(match.span())
    if words:
        found.append(Plain(operator, at, words, literal))
    elif operator != ";":
        return None
    return found

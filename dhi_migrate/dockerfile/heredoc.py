"""Here-documents that a logical line announces (``heredocsFromLine`` in BuildKit's parser.go)."""

from __future__ import annotations

from .._pattern import regex
from .._record import NamedTuple
from .lex import Lexer, LexError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

_MARK = regex(r"([0-9]*+)<<(-?)[\t\n\f\r ]*+([^<]*+)\Z")
_UNDECODED = regex("[\udc80-\udcff]")
_MOST_FD = 2**64 - 1


class HeredocWord(NamedTuple):
    """The word that starts a here-document: delimiter, whether variables expand, ``<<-``, file descriptor."""

    name: str
    expand: bool
    chomp: bool
    fd: int


def _unset(name: str) -> Literal[False]:
    return False


def heredoc_words(text: str) -> list[HeredocWord]:
    """The here-documents of the logical line `text`, in order.

    An unbalanced quote or a bad ``${`` anywhere in it means that it has none. The escape character is always the
    backslash here, whatever the directive says.
    """
    try:
        _, words, _ = Lexer(text, "\\", _unset, raw_quotes=True, raw_escapes=True, skip_unset=True).process()
        found = [parse_heredoc(word) for word in words]
    except LexError:
        return []
    return [word for word in found if word is not None]


def parse_heredoc(word: str) -> HeredocWord | None:
    """Read `word` as the start of a here-document (``3<<-"EOF"``), None if it is none.

    Raises `LexError` on a bad delimiter.
    """
    match = _MARK.match(word)
    if match is None or not match.group(3):
        return None
    rest = match.group(3)
    _, words, _ = Lexer(rest, "\\", _unset, skip_unset=True).process()
    if len(words) != 1:
        return None
    _, raw, _ = Lexer(rest, "\\", _unset, raw_quotes=True, skip_unset=True).process()
    if len(raw) != 1:
        return None
    name = words[0]
    expand = name.count("'") + name.count('"') == raw[0].count("'") + raw[0].count('"')
    digits = match.group(1)
    fd = 0 if not digits else _MOST_FD if len(digits) > 20 else min(int(digits), _MOST_FD)
    return HeredocWord(_UNDECODED.sub("\ufffd", name), expand, match.group(2) == "-", fd)

"""Texts that are nothing but commands of plain words with ``&&`` and ``;`` between them.

Two of three texts in public Dockerfiles are like that, and need no grammar to be read. A test holds what comes out equal to
what the syntax tree gives.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple
from .frame import FIRST, MAX_TEXT, Before
from .model import Command, ShellWord, word_of
from .wrappers import basename, script_word, unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .frame import Commands, Mode
    from .model import Operator
    from .places import Place

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

    `words` are their characters, start and end.
    """

    operator: Operator
    at: int
    words: list[tuple[int, int]]


def flat(text: str) -> list[Plain] | None:
    """The commands of `text`; None where it is more than commands of plain words in a row."""
    if len(text) > MAX_TEXT or _FLAT.fullmatch(text) is None:
        return None
    found: list[Plain] = []
    operator: Operator = ""
    at = -1
    words: list[tuple[int, int]] = []
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece == "&":
            return None
        if piece in {"&&", ";"}:
            if not words:
                return None
            found.append(Plain(operator, at, words))
            operator, at, words = "&&" if piece == "&&" else ";", match.start(), []
            continue
        if piece in _SPECIAL or piece[0] == "=" or (not words and _NAME.fullmatch(piece) is None):
            return None
        words.append(match.span())
    if words:
        found.append(Plain(operator, at, words))
    elif operator != ";":
        return None
    return found


def read_flat(text: str, pieces: Sequence[Plain], place: Place, out: Commands, mode: Mode) -> None:
    """Append the commands that `pieces` of `text` are to `out`, as the walk over the syntax tree does."""
    for piece in pieces:
        before = FIRST if not piece.operator else Before(piece.operator, piece.at, piece.at + len(piece.operator))
        skipped = mode.guarded and piece.operator == "&&"  # where a failure before it is survived
        _read_command(text, piece, before, place, out, mode._replace(certain=False) if skipped else mode)


def _read_command(text: str, piece: Plain, before: Before, place: Place, out: Commands, mode: Mode) -> None:
    places = piece.words
    start, end = places[0][0], places[-1][1]
    words = tuple(
        [
            word_of((raw := text[first:last], raw, span, "*" not in raw))
            for (first, last), span in zip(places, place.spans(places), strict=True)
        ]
    )
    wrapped = unwrap(words)
    own = words[wrapped.start :]
    name = basename(own[0]) if own else ""
    if not out.found:
        out.extent = (start, end)
    assignments: tuple[tuple[str, ShellWord], ...] = ()
    if wrapped.assignments:
        from .simple import Parts

        parts = Parts(text, place, {})
        parts.spans = places
        assignments = parts.assignments(wrapped.assignments)
    out.add(
        Command(
            name,
            own,
            assignments,
            wrapped.wrappers,
            (),
            place.span(start, end),
            before.operator,
            place.span(start, start) if before is FIRST else place.span(before.start, before.end),
            mode.depth,
            mode.certain,
            mode.nested,
        )
    )
    script = script_word(name, own) if own else None
    if isinstance(script, int):
        from .walk import walk

        start, end = places[wrapped.start + script]
        walk(text[start:end], place.inner(start, end), out, mode.down(nested=True))

"""Shell text -> commands without a grammar: split at operators outside of quotes. A stopgap that nothing may be edited by."""

from __future__ import annotations

from ..._pattern import regex
from .model import Command, ShellWord
from .quoting import dequote, unjoined, word_end
from .wrappers import basename, unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .frame import Mode
    from .model import Operator
    from .places import Place

_OPERATOR = regex(r"&&|\|\||\|&|[;&|\n()]")
_SPACE = regex(r"(?:[ \t\r]|\\\r?\n)*(?:#[^\n]*)?")
_KINDS: dict[str, Operator] = {"&&": "&&", "||": "||", ";": ";", "&": "&", "|": "|", "|&": "|", "\n": "\n"}


def split_commands(text: str, place: Place, add: Callable[[Command], None], mode: Mode) -> None:
    """Give the commands of `text` to `add`; redirections are left among the words, keywords of the shell too."""
    at = 0
    stop = len(text)
    words: list[tuple[int, int]] = []
    before: tuple[Operator, int, int] = ("", 0, 0)
    began = False
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        operator = _OPERATOR.match(text, at) if at < stop else None
        if operator is None and at < stop:
            end = max(word_end(text, at, stop, ";&|()"), at + 1)
            words.append((at, end))
            at = end
            continue
        if words:
            add(_command(text, place, words, before, mode))
            words = []
            before = ("", at, at)
            began = True
        if operator is None:
            return
        at = operator.end()
        if began and before[0] in ("", "\n"):
            before = (_KINDS.get(operator.group(), "\n"), operator.start(), at)


def _command(
    text: str, place: Place, spans: list[tuple[int, int]], before: tuple[Operator, int, int], mode: Mode
) -> Command:
    words = []
    for start, end in spans:
        raw = unjoined(text[start:end])
        said, literal = dequote(raw)
        words.append(ShellWord(said, raw, place.span(start, end), literal))
    wrapped = unwrap(words)
    own = tuple(words[wrapped.start :])
    return Command(
        basename(own[0]),
        own,
        (),
        wrapped.wrappers,
        (),
        place.span(spans[0][0], spans[-1][1]),
        before[0],
        place.span(before[1], before[2]),
        mode.depth,
        False,
        mode.nested,
    )

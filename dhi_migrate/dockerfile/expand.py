"""Expansion of variables in arguments, with the story of every variable: where it is used, what gave it its value."""

from __future__ import annotations

from collections.abc import Callable

from .._record import NamedTuple
from .lex import Lexer, LexError, TooMuchError
from .source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from .lex import Value
    from .model import Flag, Instruction, Word

    Origin = Literal["build-arg", "arg", "env", "platform", "image", "unset"]
    """What gave a variable its value: the caller, an ARG, an ENV, BuildKit itself, perhaps the base image, or nothing."""


class Binding(NamedTuple):
    """What a name stands for.

    `value` is None where it cannot be known; with `open` it is an ARG without default that only the caller can set.
    `value_span` holds the bytes of the ARG default or the ENV value.
    """

    value: str | None
    origin: Origin
    definition: Instruction | None = None
    value_span: Span | None = None
    open: bool = False


UNSET = Binding(None, "unset")
"""A name that nothing sets."""

Scope = Callable[[str], Binding]
"""Name -> what it stands for."""


class VariableUse(NamedTuple):
    """One use of a variable: characters `start` <= offset < `end` of the text, `span` in the file.

    `value` is None if unset or unknown; `definition` and `value_span` say what gave it (see `Binding`).
    """

    name: str
    start: int
    end: int
    span: Span
    value: str | None
    origin: Origin
    definition: Instruction | None
    value_span: Span | None


class Expanded(NamedTuple):
    """A text with its variables expanded, quotes and escapes removed.

    `text` is None if it cannot be known, or if BuildKit would refuse the text: then `error` says why.
    """

    text: str | None
    uses: tuple[VariableUse, ...]
    error: str | None


def expand(text: str, scope: Scope, escape: str = "\\", locate: Callable[[int, int], Span] | None = None) -> Expanded:
    """Expand `text` as BuildKit does one word (``ProcessWord``).

    `locate` maps character offsets of `text` to bytes of the file; without it all spans are empty.
    """
    if "$" not in text and "'" not in text and '"' not in text and escape not in text:
        return Expanded(text, (), None)
    lexer, bindings = _lexer(text, scope, escape)
    error = None
    result: str | None = None
    try:
        whole, _, unknown = lexer.process()
        result = None if unknown else whole
    except TooMuchError:
        pass
    except LexError as refused:
        error = str(refused)
    return Expanded(result, _uses(lexer, bindings, locate), error)


def expand_words(text: str, scope: Scope, escape: str = "\\") -> tuple[str, ...] | None:
    """Expand `text` and split it at unquoted spaces (``ProcessWords``); None if that is unknown or refused."""
    if "$" not in text and "'" not in text and '"' not in text and escape not in text and "<" not in text:
        return tuple(text.split())
    lexer, _ = _lexer(text, scope, escape)
    try:
        _, words, unknown = lexer.process()
    except LexError:
        return None
    return None if unknown else tuple(words)


def _lexer(text: str, scope: Scope, escape: str) -> tuple[Lexer, list[Binding]]:
    bindings: list[Binding] = []

    def value(name: str) -> Value:
        binding = scope(name)
        bindings.append(binding)
        if binding.open:
            return True
        return False if binding.origin == "unset" else binding.value

    return Lexer(text, escape, value), bindings


def _uses(lexer: Lexer, bindings: list[Binding], locate: Callable[[int, int], Span] | None) -> tuple[VariableUse, ...]:
    found = [
        VariableUse(
            seen.name,
            seen.start,
            seen.end,
            locate(seen.start, seen.end) if locate else Span(0, 0),
            binding.value,
            binding.origin,
            binding.definition,
            binding.value_span,
        )
        for seen, binding in zip(lexer.seen, bindings, strict=False)
    ]
    found.sort(key=lambda use: use.start)
    return tuple(found)


def expand_word(instruction: Instruction, word: Word, scope: Scope, escape: str) -> Expanded:
    """Expand `word` of `instruction`, with the places of its variables in the file."""
    return expand_part(instruction, word.text, word.span, word.offset + instruction.exec_form, scope, escape)


def expand_flag(instruction: Instruction, flag: Flag, scope: Scope, escape: str) -> Expanded:
    """Expand the value of `flag` of `instruction`."""
    return expand_part(instruction, flag.value or "", flag.value_span or flag.span, flag.value_offset, scope, escape)


def expand_part(instruction: Instruction, text: str, span: Span, offset: int, scope: Scope, escape: str) -> Expanded:
    """Expand `text`, which stands at character `offset` of the logical text and at `span` in the file.

    Where quotes or JSON escapes were taken out of it the places of single characters are lost: then a use has all of
    `span`.
    """
    if "$" not in text:
        return expand(text, scope, escape)

    def locate(start: int, end: int) -> Span:
        if instruction.original[offset : offset + len(text)] != text:
            return span
        return instruction.layout.span(offset + start, offset + end)

    return expand(text, scope, escape, locate)

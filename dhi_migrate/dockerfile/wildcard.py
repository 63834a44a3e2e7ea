"""Shell patterns of ``${name#pattern}`` and its kin: ``*``, ``?`` and escapes, matched without backtracking."""

from __future__ import annotations

from .lex import LexError

_ANY = -1
_ONE = -2
_MOST_STEPS = 1 << 16
"""Most pattern-times-text steps of one match; past it the result is unknown."""


def _tokens(pattern: str) -> list[int]:
    """`pattern` as code points, `_ANY` for ``*`` and `_ONE` for ``?`` (``convertShellPatternToRegex``)."""
    tokens: list[int] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            if not tokens or tokens[-1] != _ANY:
                tokens.append(_ANY)
        elif char == "?":
            tokens.append(_ONE)
        elif char == "\\":
            following = pattern[at : at + 1]
            if following in ("}", "/"):
                continue
            if following not in ("*", "?", "\\"):
                raise LexError("a pattern in ${} has an escape that is none")
            tokens.append(ord(following))
            at += 1
        else:
            tokens.append(ord(char))
    return tokens


def _prefix(tokens: list[int], text: str, begin: int, greedy: bool) -> int:
    """End of the shortest or longest match of `tokens` that starts at `begin`, or -1."""
    count = len(tokens)
    states = _closed({0}, tokens)
    best = begin if count in states else -1
    at = begin
    while states and at < len(text) and (greedy or best < 0):
        code = ord(text[at])
        at += 1
        moved = set()
        for state in states:
            if state < count:
                token = tokens[state]
                if token == _ANY:
                    moved.add(state)
                elif token in (_ONE, code):
                    moved.add(state + 1)
        states = _closed(moved, tokens)
        if count in states:
            best = at
    return best


def _closed(states: set[int], tokens: list[int]) -> set[int]:
    """`states` and what a ``*`` lets them skip to."""
    return states | {state + 1 for state in states if state < len(tokens) and tokens[state] == _ANY}


def trim(value: str, pattern: str, greedy: bool, suffix: bool) -> str | None:
    """`value` without its shortest (longest if `greedy`) start, or end, that matches.

    None if that would cost too much.
    """
    tokens = _tokens(pattern)
    if len(tokens) * (len(value) + 1) > _MOST_STEPS:
        return None
    if suffix:
        end = _prefix(tokens[::-1], value[::-1], 0, greedy)
        return value[: len(value) - end] if end > 0 else value
    return value[max(0, _prefix(tokens, value, 0, greedy)) :]


def replace(value: str, pattern: str, replacement: str, every: bool) -> str | None:
    """`value` with the first match (or every one) replaced by `replacement`.

    None if it would cost too much or is a Go template.
    """
    tokens = _tokens(pattern)
    if len(tokens) * (len(value) + 1) ** 2 > _MOST_STEPS or (every and "$" in replacement):
        return None
    out: list[str] = []
    size = 0
    at = done = 0
    last_end = -1
    while at <= len(value):
        end = _prefix(tokens, value, at, True)
        if end < 0 or (end == at and end == last_end):
            at += 1
            continue
        out += (value[done:at], replacement)
        size += len(replacement)
        if size > _MOST_STEPS:
            return None
        done = last_end = end
        at = max(end, at + 1) if end == at else end
        if not every:
            break
    return "".join(out) + value[done:]

"""Patterns as in a ``.gitignore``, matched in time that no pattern can blow up.

Written here because trees are not trusted: in the usual translation to one regular expression, a line such as
``*a*a*a*a*a*b`` in somebody's ``.gitignore`` takes exponential time on a file name that is nearly a match. Here a path
is matched component by component, ``**`` by a set of states, and each ``*`` inside a component by an atomic group,
which never gives back what it took (sound: the leftmost place of what follows a ``*`` is as good as any later one).
Rules: gitignore(5), section "Pattern format".
"""

from __future__ import annotations

import re

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Final

_ANY: Final = "/**"  # components without a slash are literal text, so these three can stand for themselves
_ONE: Final = "/*"
_NOTHING: Final = "/!"
_LONGEST: Final = 4096  # characters of a pattern that is still read; no path is longer
_MOST_PARTS: Final = 100  # components of a pattern that is still read; no directory that is looked into is deeper
_POSIX: Final = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


class Pattern(NamedTuple):
    """One pattern: a literal text or an expression per component, and whether it re-includes (a ``!`` before it)."""

    parts: tuple[str | re.Pattern[str], ...]
    negative: bool
    directories_only: bool


def parse_pattern(line: str) -> Pattern | None:
    """Read one line of a ``.gitignore``, without its line ending; None for a blank line, a comment, an endless line."""
    text = _strip_trailing_spaces(line)
    if not text or text.startswith("#") or len(text) > _LONGEST:
        return None
    negative = text.startswith("!")
    if negative:
        text = text[1:]
    directories_only = text.endswith("/")
    text = text.rstrip("/")
    if not text:
        return None
    components = text.split("/")
    if len(components) > _MOST_PARTS:
        return None
    if len(components) == 1:
        return Pattern((_ANY, _compile(components[0])), negative, directories_only)
    if components[0] == "":
        components = components[1:]
    parts = [_ANY if component == "**" else _compile(component) for component in components]
    if parts[-1] == _ANY:
        parts[-1:] = [_ONE, _ANY]  # "a/**" is everything below a, not a itself
    return Pattern(tuple(parts), negative, directories_only)


def parse_patterns(lines: Iterable[str]) -> tuple[Pattern, ...]:
    """Read many lines; see `parse_pattern`."""
    return tuple(pattern for pattern in map(parse_pattern, lines) if pattern is not None)


def parse_ignore_file(data: bytes) -> tuple[Pattern, ...]:
    """Read the content of a ``.gitignore``; undecodable bytes become lone surrogates, as in paths."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return parse_patterns(line.removesuffix("\r") for line in text.split("\n"))


def verdict(patterns: Sequence[Pattern], parts: Sequence[str], *, is_directory: bool) -> bool | None:
    """Say whether the path with the components `parts` is ignored: the last pattern that matches it decides.

    True: ignored; False: expressly included; None: no pattern matches. Directories above it are not looked at.
    """
    for pattern in reversed(patterns):
        if (is_directory or not pattern.directories_only) and _match(pattern.parts, parts):
            return not pattern.negative
    return None


def excludes(patterns: Sequence[Pattern], path: str) -> bool:
    """Tell whether the file `path` ("/"-separated, relative), or a directory above it, is ignored."""
    if not patterns:
        return False
    parts = [part for part in path.split("/") if part not in ("", ".")]
    decided: list[bool | None] = [None] * len(parts)  # for the path and each directory above it, by the last pattern
    for pattern in reversed(patterns):
        for depth in _depths(pattern.parts, parts):
            if decided[depth] is None and not (pattern.directories_only and depth == len(parts) - 1):
                decided[depth] = not pattern.negative
    return True in decided


def _match(pattern: tuple[str | re.Pattern[str], ...], parts: Sequence[str]) -> bool:
    if len(pattern) == 2 and pattern[0] == _ANY:
        return _component_matches(pattern[1], parts[-1])
    return any(depth == len(parts) - 1 for depth in _depths(pattern, parts))


def _depths(pattern: tuple[str | re.Pattern[str], ...], parts: Sequence[str]) -> Iterator[int]:
    """The numbers of the components that end what `pattern` matches, in one go over all of them."""
    states = _closure(pattern, {0})
    for depth, part in enumerate(parts):
        following: set[int] = set()
        for state in states:
            if state == len(pattern):
                continue
            if pattern[state] == _ANY:
                following.add(state)
            elif _component_matches(pattern[state], part):
                following.add(state + 1)
        states = _closure(pattern, following)
        if not states:
            return
        if len(pattern) in states:
            yield depth


def _closure(pattern: tuple[str | re.Pattern[str], ...], states: set[int]) -> set[int]:
    """Add the states that are reached without reading a component: "**" may stand for none."""
    for state in tuple(states):
        at = state
        while at < len(pattern) and pattern[at] == _ANY:
            at += 1
            states.add(at)
    return states


def _component_matches(pattern: str | re.Pattern[str], part: str) -> bool:
    if isinstance(pattern, str):
        return pattern in (_ONE, part)
    return pattern.match(part) is not None


def _compile(component: str) -> str | re.Pattern[str]:
    """Translate one component of a pattern."""
    pieces: list[list[str]] = [[]]  # what stands between the stars
    literal = ""
    wild = False
    at = 0
    while at < len(component):
        char = component[at]
        at += 1
        if char == "*":
            wild = True
            if pieces[-1] or len(pieces) == 1:
                pieces.append([])
        elif char == "?":
            wild = True
            pieces[-1].append(".")
        elif char == "[":
            wild = True
            found = _bracket(component, at)
            if found is None:
                return _NOTHING
            text, at = found
            pieces[-1].append(text)
        else:
            if char == "\\":
                if at == len(component):
                    return _NOTHING
                char = component[at]
                at += 1
            literal += char
            pieces[-1].append(re.escape(char))
    if not wild:
        return literal
    first, *rest = ("".join(piece) for piece in pieces)
    if not rest:
        return re.compile(f"(?s:{first})\\Z")
    if not first and rest == [""]:
        return _ONE
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    return re.compile(f"(?s:{first}{middle}.*{rest[-1]})\\Z")


def _bracket(pattern: str, at: int) -> tuple[str, int] | None:
    """Translate a bracket expression whose ``[`` stands before `at`; its end comes with it. None if it never closes."""
    negative = pattern[at : at + 1] in ("!", "^")
    if negative:
        at += 1
    items: list[str] = []
    first = True
    while at < len(pattern) and (first or pattern[at] != "]"):
        first = False
        if pattern.startswith("[:", at) and (close := pattern.find(":]", at + 2)) >= 0:
            known = _POSIX.get(pattern[at + 2 : close])
            if known is None:
                return None
            items.append(known)
            at = close + 2
            continue
        low, at = _bracket_char(pattern, at)
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("", "]"):
            high, at = _bracket_char(pattern, at + 1)
            if low <= high:
                items.append(f"{re.escape(low)}-{re.escape(high)}")
        else:
            items.append(re.escape(low))
    if at >= len(pattern):
        return None
    body = "".join(items)
    if not body:
        return ("." if negative else "(?!)"), at + 1
    return f"[{'^' if negative else ''}{body}]", at + 1


def _bracket_char(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] == "\\" and at + 1 < len(pattern):
        return pattern[at + 1], at + 2
    return pattern[at], at + 1


def _strip_trailing_spaces(line: str) -> str:
    """Drop spaces at the end unless the first of them is escaped by a backslash."""
    text = line.rstrip(" ")
    slashes = len(text) - len(text.rstrip("\\"))
    return text + " " if slashes % 2 and len(text) < len(line) else text

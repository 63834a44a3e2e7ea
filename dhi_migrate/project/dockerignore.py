"""Which files of a build context a ``.dockerignore`` leaves out, as the builder reads it.

The language is not that of a ``.gitignore`` (see `dhi_migrate.project.globs`): a pattern starts at the root of the context, a
``**`` can stand inside of a name, and a file in an ignored directory can be brought back. It is that of
https://github.com/moby/patternmatcher (``ignorefile.ReadAll``, ``New``, ``MatchesOrParentMatches``), which turns patterns into
regular expressions of Go. Those run in linear time and Python's do not, so a pattern is followed here as a set of states.
"""

from __future__ import annotations

import posixpath

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

MAX_BYTES: Final = 128 * 1024
"""Largest ``.dockerignore`` that is read."""

_STEPS: Final = 1 << 21
"""States that one `Ignore` goes through in its life; real files need some thousands."""

_ONE: Final = -1  # ``?``: one character, no slash
_MANY: Final = -2  # ``*``: any number of them
_ALL: Final = -3  # ``**`` at the end: anything
_SKIP: Final = -4  # ``**`` elsewhere, at its beginning: whole directories can follow (`_FOLDERS`), or nothing
_FOLDERS: Final = -5  # inside of them: left behind a slash


class _Class(NamedTuple):
    """``[a-z]``: code points from .. to; `negative` for ``[^a-z]``."""

    ranges: tuple[tuple[int, int], ...]
    negative: bool


_Node = int | _Class


class Pattern(NamedTuple):
    """One line: its text (`literal`) where it has no wildcard, else what to match (`nodes`); `negative` for one after a ``!``."""

    literal: str | None
    nodes: tuple[_Node, ...]
    negative: bool


class _BadPatternError(ValueError):
    """A pattern with which the builder stops, or that its two readings of a pattern do not agree on."""


def parse_dockerignore(data: bytes) -> tuple[Pattern, ...] | None:
    """Read a ``.dockerignore``; None if the builder would refuse it. Undecodable bytes become lone surrogates, as in paths."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    try:
        return tuple(found for line in lines if (found := _pattern(line)) is not None)
    except _BadPatternError:
        return None


class Ignore:
    """The patterns of one context, and how much work they may still cost; what is past that is not known."""

    def __init__(self, patterns: Sequence[Pattern] = ()) -> None:
        self._patterns = patterns
        self._left = _STEPS

    def excludes(self, path: str) -> bool | None:
        """Whether `path` (relative to the context, "/"-separated, no ``.`` and ``..`` in it) is left out; None: not known.

        The last pattern that matches it or a directory above it decides. A directory that is left out can hold files that are
        not.
        """
        ignored = False
        for pattern in self._patterns:
            if pattern.negative == ignored:
                if self._left <= 0:
                    return None
                if self._matches(pattern, path):
                    ignored = not ignored
        return None if self._left <= 0 else ignored

    def brings_back(self, folder: str) -> bool:
        """Whether a ``!`` pattern could match something below the directory `folder` (not "")."""
        return any(pattern.negative and self._begins(pattern, f"{folder}/") for pattern in self._patterns)

    def _matches(self, pattern: Pattern, path: str) -> bool:
        self._left -= 1
        if pattern.literal is not None:
            return path == pattern.literal or path.startswith(f"{pattern.literal}/")
        nodes, end = pattern.nodes, len(pattern.nodes)
        states = _reach(nodes, 0, set())
        for char in path:
            if char == "/" and end in states:
                return True
            states = self._advance(nodes, states, ord(char))
            if not states:
                return False
        return end in states

    def _begins(self, pattern: Pattern, text: str) -> bool:
        """Whether something that starts with `text` can match."""
        self._left -= 1
        if pattern.literal is not None:
            return pattern.literal.startswith(text)
        states = _reach(pattern.nodes, 0, set())
        for char in text:
            states = self._advance(pattern.nodes, states, ord(char))
        return bool(states)

    def _advance(self, nodes: Sequence[_Node], states: set[int], code: int) -> set[int]:
        """The states behind one more character; none once all work is used up."""
        self._left -= len(states)
        following: set[int] = set()
        if self._left <= 0:
            return following
        slash = code == ord("/")
        for state in states:
            if state == len(nodes):
                continue
            node = nodes[state]
            if isinstance(node, _Class):
                if any(low <= code <= high for low, high in node.ranges) is not node.negative:
                    _reach(nodes, state + 1, following)
            elif node in (_ALL, _FOLDERS) or (node == _MANY and not slash):
                _reach(nodes, state, following)
                if node == _FOLDERS and slash:
                    _reach(nodes, state + 1, following)
            elif node == code or (node == _ONE and not slash):
                _reach(nodes, state + 1, following)
        return following


def _reach(nodes: Sequence[_Node], state: int, states: set[int]) -> set[int]:
    """Add `state` to `states`, and what can be reached from it without reading a character."""
    while state not in states:
        states.add(state)
        if state == len(nodes):
            break
        if nodes[state] == _SKIP:
            states.add(state + 1)
            state += 2
        elif nodes[state] in (_MANY, _ALL):
            state += 1
        else:
            break
    return states


def _pattern(line: str) -> Pattern | None:
    """Read one line without its ending; None for a comment or a blank one."""
    text = line.strip()
    if line.startswith("#") or not text:
        return None
    bang = "!" if text[0] == "!" else ""
    text = text.removeprefix(bang).strip()
    # Only now is it looked at what the pattern is: the cleaned text of "./!x" is one that brings back.
    text = bang + (posixpath.normpath(text).lstrip("/") if text.strip("/") else text)
    negative = text.startswith("!")
    text = text.removeprefix("!")
    if not text:
        raise _BadPatternError
    if not any(char in text for char in "*?[\\"):
        return Pattern(text, (), negative)
    return Pattern(None, tuple(_nodes(text)), negative)


def _nodes(text: str) -> list[_Node]:
    nodes: list[_Node] = []
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*" and text.startswith("*", at):
            first = at == 1
            at += 1
            slash = text.startswith("/", at)
            at += slash
            rest = text[at:]
            # "**x" is any path that ends in x; with another wildcard behind it, one with a component that starts with x
            plain = first and not slash and not any(mark in rest for mark in "*?[]\\")
            nodes += [_ALL] if not rest or plain else [_SKIP, _FOLDERS]
        elif char == "*":
            nodes.append(_MANY)
        elif char == "?":
            nodes.append(_ONE)
        elif char == "[":
            found, at = _class(text, at)
            nodes.append(found)
        elif char == "\\":
            code, at = _escaped(text, at)
            nodes.append(code)
        else:
            nodes.append(ord(char))
    return nodes


def _class(text: str, at: int) -> tuple[_Class, int]:
    """Read a class whose ``[`` stands before `at`; its end comes with it."""
    negative = text.startswith("^", at)
    at += negative
    ranges: list[tuple[int, int]] = []
    while not (ranges and text.startswith("]", at)):
        low, at = _class_char(text, at)
        high = low
        if text.startswith("-", at):
            high, at = _class_char(text, at + 1)
        if low > high:
            raise _BadPatternError
        ranges.append((low, high))
    return _Class(tuple(ranges), negative), at + 1


def _class_char(text: str, at: int) -> tuple[int, int]:
    if text[at : at + 1] in ("", "-", "]") or text.startswith("[:", at):
        raise _BadPatternError
    return _escaped(text, at + 1) if text[at] == "\\" else (ord(text[at]), at + 1)


def _escaped(text: str, at: int) -> tuple[int, int]:
    r"""The character that a backslash before `at` stands for; ``\d`` would be a digit to one reading and a d to the other."""
    if at == len(text) or (text[at].isascii() and text[at].isalnum()):
        raise _BadPatternError
    return ord(text[at]), at + 1

"""Small tools of every Debian, Ubuntu and Alpine image that a hardened -dev image may leave out: find, grep, which.

Their names are words of other things too, so they count only where a command begins.
"""

from __future__ import annotations

from ..._pattern import regex
from ..knowledge.tools import ESSENTIAL, holders
from .model import Breaker, Move, basename, package_names, run_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Instruction

_BREAK = regex(r"&&|\|\||[;|\n(`{]|\$\(|\b(?:then|do|else|xargs|exec|sudo|time|env)\b")
_COMMAND = regex(r"\S+")
_ASSIGNMENT = regex(r"[A-Za-z_]\w*=\S*\s+")


def commands(text: str) -> set[str]:
    """The words of the shell text `text` that stand where a command begins, without their directories."""
    found = set()
    for piece in _BREAK.split(text):
        rest = piece.strip(" \t\r\\!")
        start = 0
        while match := _ASSIGNMENT.match(rest, start):
            start = match.end()
        if word := _COMMAND.match(rest, start):
            found.add(basename(word[0].strip("\"'@-")))
    return found


def essential_breakers(move: Move, runs: list[Instruction], installed: frozenset[str]) -> list[Breaker]:
    """The tools of that kind that `runs` start and the image lacks; `installed` are the packages that the stages install."""
    facts, definition = move.facts, move.definition
    if facts is None or facts.os not in {"debian", "ubuntu", "alpine"}:
        return []
    if (facts.os == "alpine") != (definition.distro == "alpine"):
        return []
    have = package_names(definition)
    if "busybox" in have or not definition.packages_complete:
        return []
    found = []
    for run in runs:
        text = run_text(run)
        for tool in sorted(commands(text) & ESSENTIAL.keys()):
            if not (have | installed) & holders(tool):
                # on Alpine busybox has them all, and may come in as what a package depends on
                found.append(Breaker(run.span, f"whether {move.image} has {tool} is not known", False))
    return found

"""Completion in the shell: what the scripts of typer ask, with the command that goes without saying put in."""

from __future__ import annotations

from .._pattern import is_number
from .options import COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence
    from typing import Final

OPTIONS: Final = ("--install-completion", "--show-completion")
"""Options about completion, which stand in the place of a command."""

_TOP: Final = ("--help", "-h", "--version", *OPTIONS)


def imply_check(environment: MutableMapping[str, str]) -> None:
    """Put the word ``check`` into the command line that is to be completed, where it has no command.

    In bash the words stand in ``COMP_WORDS``, one a line, with the number of the current one in ``COMP_CWORD``; the other shells
    give the line up to the cursor.
    """
    if "COMP_WORDS" in environment:
        words = environment["COMP_WORDS"].split("\n")
        current = environment.get("COMP_CWORD", "")
        if is_number(current) and _is_implied(words[1:], int(current) - 1):
            environment["COMP_WORDS"] = "\n".join((words[0], "check", *words[1:]))
            environment["COMP_CWORD"] = str(int(current) + 1)
        return
    line = environment.get("_TYPER_COMPLETE_ARGS", "")
    words = line.split()
    if _is_implied(words[1:], len(words) - 1 - (not line.endswith(" "))):
        program, _, rest = line.partition(" ")
        environment["_TYPER_COMPLETE_ARGS"] = f"{program} check {rest}"


def _is_implied(words: Sequence[str], current: int) -> bool:
    """Whether `words` are arguments of ``check``, which is not among them; the one numbered `current` is being typed."""
    if not words:
        return False
    if current > 0:
        return words[0] not in (*COMMANDS, *_TOP)
    # the first word may still become a command
    return words[0].startswith("-") and (len(words[0]) < 3 or not any(one.startswith(words[0]) for one in OPTIONS))

"""Programs that a file brings along and starts by their path: a text with ``#!`` needs what its first line names.

The files of the build context are not seen here. Where the upstream image has a shell and the hardened one has none, such a
program may have worked because of the shell (``#!/bin/sh``), of ``env`` (``#!/usr/bin/env node``) or of neither.
"""

from __future__ import annotations

import posixpath

from ..._pattern import regex
from .model import Breaker, Move, basename, destination

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Instruction

# Names that people give to start scripts, wherever they come from.
_SCRIPT_NAMES = regex(r"(?:\A|[-_.])(?:docker|entry-?point|start|startup|run|init|launch|launcher|boot|serve|wait)")
_TEXTS = (".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".php")
# A package's commands: npm links texts that begin with #!/usr/bin/env node; https://docs.npmjs.com/cli/configuring-npm/folders
_NODE_COMMANDS = "node_modules/.bin/"
# Languages whose programs are texts; what a build stage makes for them is a script or a launcher as a rule.
_TEXTUAL = frozenset({"node", "ruby", "php", "perl", "java"})


def bringing(move: Move, program: str) -> list[Instruction]:
    """The COPY and ADD instructions of these stages that may bring the file `program`, an absolute or relative path."""
    wanted = _absolute(move, program)
    found = []
    for instruction in move.instructions("COPY", "ADD"):
        target = destination(instruction)
        place = _absolute(move, target)
        if not target or "$" in target or place in {"/", wanted} or wanted.startswith(f"{place}/"):
            found.append(instruction)
    return found


def _absolute(move: Move, path: str) -> str:
    workdir = move.stages[-1].state.workdir
    base = workdir.value if workdir.known and isinstance(workdir.value, str) else move.definition.workdir or "/"
    return posixpath.normpath(posixpath.join(base, path))


def script_breakers(move: Move, instruction: Instruction, program: str) -> list[Breaker]:
    """Whether `program`, a path that the file itself brings, may be a text that needs a shell or ``env`` to start."""
    definition, facts = move.definition, move.facts
    if facts is not None and facts.shell is None:
        return []  # there never was a shell
    name = basename(program)
    if definition.bin_sh:
        if not _SCRIPT_NAMES.search(name):
            return []
        who = f"{definition.user} ({definition.uid})"
        text = f"{program} may be a shell script: {move.image} has a shell, but what {who} may do is not judged"
        return [Breaker(instruction.span, text, False)]
    sources = bringing(move, program)
    context = any(not any(flag.name == "from" for flag in one.flags) for one in sources)
    if _NODE_COMMANDS in program or program.endswith(_TEXTS):
        text = f"{program} is a text that starts through /usr/bin/env as a rule, which {move.image} does not have"
    elif _SCRIPT_NAMES.search(name):
        text = f"{program} may be a shell script, and {move.image} has no shell"
    elif context or _TEXTUAL & set(definition.prefix):
        text = f"whether {program} is a program or a script that needs a shell is not known"
    else:
        return []
    return [Breaker(instruction.span, text, False)]

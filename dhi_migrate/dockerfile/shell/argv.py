"""Shell form -> exec form."""

from __future__ import annotations

from ..._pattern import regex
from .model import Argv, Command, Script
from .read import BUILTINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..source import Span

_EXPANSION = regex(r"\$(?:\{[^}]*\}|[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])")
_LISTS = {
    "&&": "an && list",
    "||": "an || list",
    "|": "a pipe",
    "&": "a background job",
    ";": "a list",
    "\n": "several lines",
}


def shell_argv(script: Script) -> Argv:
    """The words of `script` as an exec form has them, if it is one simple command; a leading ``exec`` goes away.

    Otherwise the reason in few words, as in "expands $PORT".
    """
    if not script.ok:
        return Argv(None, "not understood in full")
    commands = script.commands
    if not commands:
        return Argv(None, "no command")
    first = commands[0]
    for command in commands:
        if command.operator:
            return Argv(None, _LISTS[command.operator])
    if first.depth:
        return Argv(None, "a group or a compound command")
    if first.assignments:
        return Argv(None, "an assignment")
    if first.redirects:
        return Argv(None, "a redirection")
    if len(commands) > 1:
        vague = [word for word in first.words if not word.literal]
        return Argv(None, _expands(vague[0].raw) if vague else "more than one command")
    if first.wrappers not in ((), ("exec",)):
        return Argv(None, f"started through {first.wrappers[-1]}")
    return _words(script, first)


def _words(script: Script, command: Command) -> Argv:
    if not command.words:
        return Argv(None, "no command")
    for word in command.words:
        if not word.literal:
            return Argv(None, _expands(word.raw))
    if command.name in BUILTINS:
        return Argv(None, f"{command.name} is a part of the shell")
    if not script.plain and not (command.wrappers and _is_all(script.span, command)):
        return Argv(None, "more than one simple command")
    return Argv(tuple([word.text for word in command.words]), "")


def _is_all(span: Span, command: Command) -> bool:
    """Tell whether ``exec`` and its command are the whole text; not known where the places of the words are lost."""
    return command.span == span and command.words[0].span != span


def _expands(raw: str) -> str:
    if "$(" in raw or "`" in raw:
        return "a substitution"
    match = _EXPANSION.search(raw)
    if match is not None:
        return f"expands {match.group()}"
    if raw.startswith("~"):
        return "expands ~"
    return f"expands {raw}"

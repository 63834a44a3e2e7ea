"""The values of a parsed shell text: scripts, simple commands, words. Offsets are bytes of the Dockerfile.

A *simple command* is a program with its arguments (POSIX shell, section 2.9.1). Control operators, loops, conditionals,
functions and groups are taken apart; what is left of them is `Command.certain` and the operator before each command.
"""

from __future__ import annotations

from functools import partial

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from ..source import Span

    Operator = Literal["", "&&", "||", ";", "&", "|", "\n"]
    """What stands between a command and the one before it in the same list; "" for the first one."""


class ShellWord(NamedTuple):
    """One word of a command.

    `text` is what the program gets where that is known: quotes and escapes removed; expansions (``$X``, ``$(..)``, ``*``, ``~``)
    stay as they are written, and then `literal` is False. `raw` is the word as written, without line continuations. `span`
    holds its bytes in the file; continuations inside of it are inside of the span.
    """

    text: str
    raw: str
    span: Span
    literal: bool


word_of: Callable[[tuple[str, str, Span, bool]], ShellWord] = partial(tuple.__new__, ShellWord)
"""Makes a `ShellWord` of its fields without the call that the class is: there are forty in a usual file."""


class Redirect(NamedTuple):
    """A redirection: `operator` (``>``, ``>>``, ``<``, ``2>``, ``&>``, ``<<``, ``<<<``), its `target`, and its bytes.

    `target` is None for a here-document of the shell itself and for ``2>&1``.
    """

    operator: str
    target: ShellWord | None
    span: Span


class Command(NamedTuple):
    """One simple command as it is started.

    `words` are the program and its arguments, without what stands before the program: assignments (`assignments`: name and
    value word, those of ``env`` and ``sudo`` too) and wrappers (`wrappers`: ``sudo``, ``env``, ``exec``, ``time``, ``nice``,
    ``xargs``, ``timeout``, ``gosu``, ``tini`` .. with their own options, by name in the order written). `name` is the program
    without its directory ("" where the program is not literal). A command of assignments or redirections alone has no words.

    `span` covers the command with its assignments, wrappers and redirections. `redirects` are its own: those of a group or a
    loop belong to no command. `operator` stands before it in its list (`operator_span`: its bytes, empty for the first one).
    `depth` is 0 for the commands of the text's own top-level list (pipelines and ``&&`` lists included) and larger inside of
    groups, subshells, loops, conditionals, functions, substitutions and ``sh -c`` texts. `certain` tells that the command
    always runs when the text runs to its end: it is False inside of a branch, a loop, a function, after ``||``, and after a
    ``&&`` whose failure the text survives (``a && b || true``: b; ``[ -f x ] && b; c``: b). `nested` tells that it stands in
    a ``sh -c '..'`` text, a substitution or a here-document fed to a shell.
    """

    name: str
    words: tuple[ShellWord, ...]
    assignments: tuple[tuple[str, ShellWord], ...]
    wrappers: tuple[str, ...]
    redirects: tuple[Redirect, ...]
    span: Span
    operator: Operator
    operator_span: Span
    depth: int
    certain: bool
    nested: bool

    @property
    def arguments(self) -> tuple[ShellWord, ...]:
        """The words after the program."""
        return self.words[1:]

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the words after the program."""
        return tuple(word.text for word in self.words[1:])


class Script(NamedTuple):
    """The commands of one shell text in the order of the text.

    `span` is the text's place in the file. `ok` is False where the text could not be understood in full (a syntax error, a
    shell that is not POSIX such as PowerShell, no parser at hand): then `commands` holds what could be read, and nothing may be
    edited. `plain` tells that the text is one simple command without expansion, redirection, assignment, wrapper or operator, so
    that it means the same without a shell.
    """

    span: Span
    commands: tuple[Command, ...]
    ok: bool
    plain: bool


class Argv(NamedTuple):
    """The words of a plain shell text as an exec form has them, or why it cannot be had.

    `words` is None where `reason` says what needs a shell: "expands $PORT", "a pipe", "an && list", "a redirection", ...
    """

    words: tuple[str, ...] | None
    reason: str

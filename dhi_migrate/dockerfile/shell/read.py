"""Instruction -> the commands that it gives to a shell."""

from __future__ import annotations

from ..._pattern import regex
from ..details import Onbuild, Run
from ..heredoc import parse_heredoc
from ..lex import LexError
from ..source import Span
from ..text import layout
from .flat import flat, read_flat
from .frame import TOP, Body, Commands, TooMuchError
from .model import Command, Script, ShellWord
from .places import Place, of_word
from .wrappers import SHELLS, basename, script_word, unwrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Heredoc, Instruction, Word

# Names that only Windows has: PowerShell's verbs with a noun, and its programs.
_WINDOWS = regex(r"(?:[A-Z][a-z]+-[A-Z][A-Za-z]+|powershell|(?:powershell|cmd|msiexec|choco)\.exe)\Z")
_WINDOWS_NAMES = ("powershell", "cmd.exe", "msiexec", "choco")
BUILTINS = frozenset(
    (
        ".",
        ":",
        "alias",
        "bg",
        "break",
        "cd",
        "continue",
        "declare",
        "eval",
        "exit",
        "export",
        "fg",
        "getopts",
        "hash",
        "jobs",
        "let",
        "local",
        "popd",
        "pushd",
        "read",
        "readonly",
        "return",
        "set",
        "shift",
        "shopt",
        "source",
        "times",
        "trap",
        "type",
        "typeset",
        "ulimit",
        "umask",
        "unalias",
        "unset",
        "wait",
    )
)
"""Commands that only the shell itself has."""
_BLANK = " \t\r\n"


def read_run(instruction: Instruction, posix: bool = True) -> Script:
    """The commands of a RUN, or of the RUN in an ONBUILD: shell form, exec form and here-documents.

    `posix` is False where the shell is not a POSIX one (SHELL says PowerShell, the platform is Windows): nothing is read
    then. An exec form is one command of literal words; the text of its ``sh -c`` is read too. A here-document is read if it
    is the script or is fed to a shell; one with a ``#!`` line of another program gives the command of that line.
    """
    detail = instruction.detail
    if isinstance(detail, Onbuild):
        instruction = detail.inner
        detail = instruction.detail
    if not isinstance(detail, Run):
        return Script(instruction.keyword_span, (), False, False)
    if detail.argv is not None:
        return _exec_form(instruction, detail.argv, posix)
    word = detail.shell
    if word is None:
        return Script(instruction.keyword_span, (), False, False)
    if not instruction.heredocs:
        return read_shell(instruction, word, posix)
    if not posix:
        return Script(word.span, (), False, False)
    documents = instruction.heredocs
    if _is_script(word.text):
        return _document(documents[0])
    bodies = [Body(one.content, _body_place(one), one.expand) for one in documents]
    return _script(word.text, of_word(instruction, word), word.span, bodies)


def read_shell(instruction: Instruction, word: Word, posix: bool = True) -> Script:
    """The commands of the shell text `word` of `instruction`: of CMD, ENTRYPOINT, HEALTHCHECK, or a RUN."""
    if not posix:
        return Script(word.span, (), False, False)
    return _script(word.text, of_word(instruction, word), word.span)


def read_argument(instruction: Instruction, word: Word, posix: bool = True) -> Script:
    """The commands of `word`, an element of a JSON array that is a shell text: ``CMD ["sh", "-c", "exec java $OPTS"]``.

    The span of the script is the element without its quotes, or the whole of it if it has escapes.
    """
    if not posix:
        return Script(word.span, (), False, False)
    place = of_word(instruction, word)
    return _script(word.text, place, place.span(0, len(word.text)))


def _script(text: str, place: Place, span: Span, bodies: list[Body] | None = None) -> Script:
    out = Commands()
    pieces = None if bodies else flat(text)
    try:
        if pieces is not None:
            read_flat(text, pieces, place, out, TOP)
        else:
            from .walk import walk_tree

            walk_tree(text, place, out, TOP, bodies or ())
    except TooMuchError:
        out.ok = False
    commands = tuple(out.found)
    if commands and any(_is_windows(command) for command in commands):
        return Script(span, (), False, False)
    plain = out.ok and len(commands) == 1 and _is_plain(commands[0]) and _covers(text, out.extent)
    return Script(span, commands, out.ok, plain)


def _is_plain(command: Command) -> bool:
    return (
        not (command.assignments or command.redirects or command.wrappers)
        and bool(command.words)
        and all(word.literal for word in command.words)
        and command.name not in BUILTINS
    )


def _covers(text: str, extent: tuple[int, int]) -> bool:
    """Tell whether the characters `extent` are all of `text` but blanks around it."""
    return extent == (len(text) - len(text.lstrip(_BLANK)), len(text.rstrip(_BLANK)))


def _is_windows(command: Command) -> bool:
    name = command.name
    if name == "cmd":
        return command.texts[:1] != () and command.texts[0][:1] == "/"
    return (name[:1].isupper() or name.startswith(_WINDOWS_NAMES)) and _WINDOWS.match(name) is not None


def _exec_form(instruction: Instruction, argv: tuple[Word, ...], posix: bool) -> Script:
    if not argv:
        return Script(instruction.keyword_span, (), False, False)
    span = Span(argv[0].span.start, argv[-1].span.end)
    words = tuple([ShellWord(word.text, word.text, word.span, True) for word in argv])
    command = _words_command(words, span)
    if not posix or _is_windows(command):
        return Script(span, (), False, False)
    out = Commands()
    out.add(command)
    script = script_word(command.name, command.words)
    if isinstance(script, int):
        from .walk import walk

        word = argv[len(argv) - len(command.words) + script]
        try:
            walk(word.text, of_word(instruction, word), out, TOP.down(nested=True))
        except TooMuchError:
            out.ok = False
    return Script(span, tuple(out.found), out.ok, len(out.found) == 1 and not command.wrappers)


def _is_script(text: str) -> bool:
    """Tell whether the line is a here-document alone, whose body then is the script (dockerfile2llb of BuildKit)."""
    try:
        return parse_heredoc(text) is not None
    except LexError:
        return False


def _body_place(document: Heredoc) -> Place:
    return Place(layout([(document.content, document.span.start)]), 0, document.span)


def _document(document: Heredoc) -> Script:
    place = _body_place(document)
    text = document.content
    if text.startswith("#!"):
        line = text.partition("\n")[0].rstrip()
        words = []
        at = 2
        for piece in line[2:].split():
            at = line.index(piece, at)
            words.append(ShellWord(piece, piece, place.span(at, at + len(piece)), True))
            at += len(piece)
        if words:
            command = _words_command(tuple(words), place.span(2, len(line)))
            if command.name not in SHELLS:
                return Script(document.span, (command,), True, False)
    return _script(text, place, document.span)


def _words_command(words: tuple[ShellWord, ...], span: Span) -> Command:
    """The command that the elements of an exec form are."""
    wrapped = unwrap(words)
    own = words[wrapped.start :]
    assignments = tuple(
        [(name, words[index]._replace(text=words[index].text.partition("=")[2])) for name, index in wrapped.assignments]
    )
    name = basename(own[0]) if own else ""
    return Command(name, own, assignments, wrapped.wrappers, (), span, "", Span(span.start, span.start), 0, True, False)

"""The values of a parsed Dockerfile.

Offsets in the file are bytes, lines are 1-based, offsets in logical text are characters.
"""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from .details import Detail
    from .source import Source, Span
    from .text import Layout

    Severity = Literal["error", "warning"]


class Word(NamedTuple):
    """One argument as written, quotes kept (an element of a JSON array: its decoded value).

    `span` covers its raw bytes (with the quotes of a JSON element) and may enclose a continuation; `offset` is the
    place of its first character in the logical text of the instruction.
    """

    text: str
    span: Span
    offset: int


class Flag(NamedTuple):
    """A ``--name=value`` before the arguments.

    `name` and `value` have quotes and escapes removed (`value` is None without ``=``); `text` is as written.
    `value_span` holds the raw bytes after the ``=``, `value_offset` their place in the logical text.
    """

    name: str
    value: str | None
    text: str
    span: Span
    value_span: Span | None
    value_offset: int


class Heredoc(NamedTuple):
    """A here-document: its delimiter `name` and file descriptor.

    `expand` says whether variables in it expand, `chomp` whether leading tabs go (``<<-``). `content` is the body as
    written (line endings kept, tabs not yet removed) and `span` its bytes, without the delimiter line.
    """

    name: str
    expand: bool
    chomp: bool
    fd: int
    content: str
    span: Span


class Instruction(NamedTuple):
    """One instruction with everything that BuildKit's parser reads in it.

    `index` is its 0-based place in `Dockerfile.instructions`. `keyword` is upper case where it is known, else as
    written. `span` runs from the keyword to the end of the last line, here-documents included, without the final line
    ending; `start_line` is the first physical line, which can lie before the keyword if that line is a lone
    continuation. `original` is the logical text. `values` and `exec_form` are BuildKit's (names, values and
    separators of ENV and LABEL in threes); `words` are the arguments with their places: the elements of a JSON array,
    the words of a list, the ``name=value`` words of ENV, LABEL and ARG, or one word for a shell text. `detail` is the
    typed reading, None if the instruction is unknown or malformed.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, on purpose
    keyword: str
    span: Span
    keyword_span: Span
    start_line: int
    end_line: int
    original: str
    flags: tuple[Flag, ...]
    values: tuple[str, ...]
    words: tuple[Word, ...]
    exec_form: bool
    heredocs: tuple[Heredoc, ...]
    detail: Detail | None
    layout: Layout

    def map(self, start: int, end: int) -> Span:
        """Bytes of the file for the characters `start` <= offset < `end` of `original`."""
        return self.layout.span(start, end)


class Directive(NamedTuple):
    r"""A parser directive such as ``# escape=\\```.

    Lower-case `name`, `value` as written, bytes from the ``#`` on, 1-based line.
    """

    name: str
    value: str
    span: Span
    line: int


class Comment(NamedTuple):
    """A comment line: `text` after the first ``#``, trimmed; bytes from the ``#`` on.

    `instruction` is the index of the instruction whose continued lines it stands between, or None.
    """

    text: str
    span: Span
    line: int
    instruction: int | None


class Diagnostic(NamedTuple):
    """Something wrong: `kind` is a stable slug, `span` where. An error is what BuildKit refuses to build."""

    kind: str
    message: str
    span: Span
    severity: Severity


class Dockerfile(NamedTuple):
    """A parsed file: everything is in file order; `escape` is the escape character in force."""

    source: Source
    escape: str
    directives: tuple[Directive, ...]
    instructions: tuple[Instruction, ...]
    comments: tuple[Comment, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """True if no diagnostic is an error."""
        return all(diagnostic.severity != "error" for diagnostic in self.diagnostics)

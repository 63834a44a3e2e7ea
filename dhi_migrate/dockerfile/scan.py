"""Physical lines -> logical lines: one pass over the file by the line rules of BuildKit's parser (parser.go)."""

from __future__ import annotations

from .._record import NamedTuple
from . import shadow
from .model import Comment, Diagnostic, Directive, Heredoc
from .source import Source, Span
from .split import Line, split_line
from .text import SPACE, Layout, layout

MAX_LINE = 65535
"""Bytes of a physical line without its line feed that BuildKit can hold (bufio.MaxScanTokenSize - 1)."""

_DIRECTIVE_SPACE = "\t\n\f\r "
_KEYWORD_END = "\t\v\f\r "
_HEREDOC_KEYWORDS = ("RUN", "COPY", "ADD")


class Logical(NamedTuple):
    """An instruction as the scan found it.

    1-based lines, its logical text with its places in the file, its end there, its parts.
    """

    start_line: int
    end_line: int
    end: int
    layout: Layout
    line: Line
    heredocs: tuple[Heredoc, ...]


class Scan(NamedTuple):
    """The whole file: `shadow` is the text for the second opinion, line by line."""

    escape: str
    directives: list[Directive]
    logicals: list[Logical]
    comments: list[Comment]
    diagnostics: list[Diagnostic]
    shadow: list[str]


class _Scanner:
    """State of the pass. `at` is the 0-based index of the next physical line."""

    def __init__(self, source: Source) -> None:
        text = source.data.decode("utf-8", "surrogateescape")
        self.source = source
        self.lines = text.split("\n")
        if not self.lines[-1]:
            self.lines.pop()
        self.at = 0
        self.escape = "\\"
        self.seen: set[str] | None = set()
        self.directives: list[Directive] = []
        self.logicals: list[Logical] = []
        self.comments: list[Comment] = []
        self.diagnostics: list[Diagnostic] = []
        self.shadow: list[str] = []

    def run(self) -> Scan:
        lines = self.lines
        starts = self.source.line_starts
        bom = 3 if lines and lines[0].startswith("\ufeff") else 0
        if bom:
            lines[0] = lines[0][1:]
        for index, line in enumerate(lines):
            if len(line) > MAX_LINE // 4:
                self._check_length(index)
        count = len(lines)
        while self.at < count:
            line = lines[self.at].rstrip("\r")
            text = line.lstrip(SPACE)
            offset = starts[self.at]
            if len(text) != len(line):
                lead = line[: len(line) - len(text)]
                offset += len(lead) if lead.isascii() else len(lead.encode("utf-8", "surrogateescape"))
            if self.at == 0:
                offset += bom
            if self.seen is not None and self._directive(text, offset):
                continue
            if not text:
                self.shadow.append("\n")
                self.at += 1
            elif text[0] == "#":
                self._comment(text, offset, None)
                self.shadow.append("#\n")
                self.at += 1
            else:
                self._instruction(text, offset)
        return Scan(self.escape, self.directives, self.logicals, self.comments, self.diagnostics, self.shadow)

    def _check_length(self, index: int) -> None:
        starts = self.source.line_starts
        end = starts[index + 1] - 1 if index + 1 < len(starts) else len(self.source.data)
        if end - starts[index] > MAX_LINE:
            message = f"this line has more than the {MAX_LINE} bytes that BuildKit can read"
            self._error("line-too-long", message, starts[index], end)

    def _error(self, kind: str, message: str, start: int, end: int) -> None:
        self.diagnostics.append(Diagnostic(kind, message, Span(start, end), "error"))

    def _directive(self, text: str, offset: int) -> bool:
        """Take `text` as a parser directive if it is one; directives.go. The first line that is none ends them."""
        seen = self.seen
        name, equals, rest = text[1:].lstrip(SPACE).partition("=") if text.startswith("#") else ("", "", "")
        name = name.rstrip(_DIRECTIVE_SPACE).lower()
        if seen is None or not equals or not rest or name not in ("syntax", "escape", "check"):
            self.seen = None
            return False
        end = offset + _width(text)
        value = rest.strip(_DIRECTIVE_SPACE) or rest[-1]
        applies = None
        if name in seen:
            self._error("duplicate-directive", f"the {name} directive can be given only once", offset, end)
        elif name == "escape":
            if value in ("\\", "`"):
                self.escape = applies = value
            else:
                self._error("invalid-escape", "the escape character can only be ` or \\", offset, end)
        elif name == "check" and offset in (0, 3, self.source.line_starts[self.at]):
            self._check_options(value, offset, end)
        seen.add(name)
        self.directives.append(Directive(name, value, Span(offset, end), self.at + 1))
        self.shadow.append(shadow.directive_line(applies))
        self.at += 1
        return True

    def _check_options(self, value: str, offset: int, end: int) -> None:
        """The options of a check directive: skip, experimental, error (linter.go, ``ParseLintOptions``)."""
        options = value.split(" ", 1)[0].strip(SPACE)
        for option in options.split(";", 2) if options else ():
            name, equals, setting = option.partition("=")
            name = name.strip(SPACE)
            booleans = ("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False")
            if not equals or name not in ("skip", "experimental", "error"):
                self._error(
                    "invalid-check", "a check directive takes skip=, experimental= and error=, parted by ;", offset, end
                )
            elif name == "error" and setting.strip(SPACE) not in booleans:
                self._error("invalid-check", "error= in a check directive takes true or false", offset, end)

    def _comment(self, text: str, offset: int, instruction: int | None) -> None:
        end = offset + (len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape")))
        self.comments.append(Comment(text[1:].strip(SPACE), Span(offset, end), self.at + 1, instruction))

    def _instruction(self, text: str, offset: int) -> None:
        """Read the instruction whose first line is `text` at byte `offset`: continued lines, then here-documents."""
        start_line = self.at + 1
        escape = self.escape
        self.at += 1
        body = _continued(text, escape)
        if body is None:
            pieces = [(text, offset)]
            texts: list[str | None] = [text]
        else:
            pieces = [(body, offset)]
            texts = [body]
            self._continuation(pieces, texts)
        placed = layout(pieces)
        line = split_line(placed.text, escape)
        heredocs: tuple[Heredoc, ...] = ()
        if "<<" in placed.text and _may_hold_heredocs(line):
            heredocs = self._heredocs(placed, line, start_line)
        last = self.at - 1
        end = self.source.line_starts[last] + _width(self.lines[last].rstrip("\r"))
        if last == 0 and self.source.data.startswith(b"\xef\xbb\xbf"):
            end += 3
        first = texts[0] or ""
        after = first[line.end : line.end + 1]
        split_first = not line.keyword or (after not in _KEYWORD_END if after else len(texts) > 1)
        self.shadow += shadow.instruction_lines(line.keyword, texts, split_first, placed.text, escape)
        self.shadow += ["\n"] * (self.at - len(self.shadow))
        self.logicals.append(Logical(start_line, self.at, end, placed, line, heredocs))

    def _continuation(self, pieces: list[tuple[str, int]], texts: list[str | None]) -> None:
        lines = self.lines
        starts = self.source.line_starts
        empty = None
        while self.at < len(lines):
            line = lines[self.at].rstrip("\r")
            stripped = line.lstrip(SPACE)
            if not stripped or stripped[0] == "#":
                if stripped:
                    self._comment(
                        stripped, starts[self.at] + _width(line[: len(line) - len(stripped)]), len(self.logicals)
                    )
                elif empty is None:
                    empty = self.at
                texts.append(None)
                self.at += 1
                continue
            body = _continued(line, self.escape)
            pieces.append((line if body is None else body, starts[self.at]))
            texts.append(pieces[-1][0])
            self.at += 1
            if body is None:
                break
        if empty is not None:
            span = self.source.line_span(empty + 1)
            message = "an empty line inside a continued instruction: BuildKit warns that it will become an error"
            self.diagnostics.append(Diagnostic("empty-continuation", message, span, "warning"))

    def _heredocs(self, placed: Layout, line: Line, start_line: int) -> tuple[Heredoc, ...]:
        from .heredoc import heredoc_words

        lines = self.lines
        starts = self.source.line_starts
        found: list[Heredoc] = []
        for word in heredoc_words(placed.text):
            first = self.at
            count = len(lines)
            name = word.name
            end = -1
            while self.at < count:
                terminator = lines[self.at].rstrip("\r")
                self.at += 1
                if (terminator.lstrip("\t") if word.chomp else terminator) == name:
                    end = self.at - 1
                    break
            stop = self.at if end < 0 else end
            begin_byte = starts[first] if first < len(starts) else len(self.source.data)
            end_byte = starts[stop] if stop < len(starts) else len(self.source.data)
            span = Span(begin_byte, end_byte)
            found.append(Heredoc(name, word.expand, word.chomp, word.fd, self.source.text(span), span))
            if end < 0:
                span = placed.span(line.start, line.args_end)
                self._error("unterminated-heredoc", f"the here-document {name} started here has no end", *span)
                break
        return tuple(found)


def _continued(text: str, escape: str) -> str | None:
    """`text` without its continuation character, or None if it has none at its end (``lineContinuationRegex``)."""
    tail = text.rstrip(" \t")
    if not tail.endswith(escape) or (len(tail) > 1 and tail[-2] == escape):
        return None
    return tail[:-1]


def _width(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def _may_hold_heredocs(line: Line) -> bool:
    """RUN, COPY and ADD can, and ONBUILD of them, unless in JSON form (``canContainHeredoc``)."""
    target = line.inner if line.keyword == "ONBUILD" and line.inner is not None else line
    return target.keyword in _HEREDOC_KEYWORDS and not target.exec_form and target.problem is None


def scan(source: Source) -> Scan:
    """Scan `source`; any bytes are accepted, and the cost is linear in them."""
    return _Scanner(source).run()

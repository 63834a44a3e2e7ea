"""bytes -> `Dockerfile`: our scan, checked against dockerfile-parse, with every argument placed in the file."""

from __future__ import annotations

from .model import Diagnostic, Dockerfile, Flag, Instruction, Word
from .scan import Logical, Scan, scan
from .shadow import start_lines
from .source import Source, Span
from .split import Line
from .text import Layout


def parse(source: bytes) -> Dockerfile:
    """Parse the bytes of a Dockerfile; never raises, whatever they are.

    What is wrong is in `Dockerfile.diagnostics`; the rest of the file is read all the same. The cost is linear in the input.
    """
    held = Source(source)
    found = scan(held)
    instructions = tuple([_instruction(index, logical) for index, logical in enumerate(found.logicals)])
    problems = [
        Diagnostic(problem.kind, problem.message, logical.layout.span(problem.start, problem.end), "error")
        for logical in found.logicals
        if (problem := logical.line.problem) is not None
    ]
    diagnostics = [*problems, *found.diagnostics, *_disagreements(held, found)]
    diagnostics.sort(key=lambda diagnostic: diagnostic.span)
    return Dockerfile(held, found.escape, tuple(found.directives), instructions, tuple(found.comments), tuple(diagnostics))


def _instruction(index: int, logical: Logical) -> Instruction:
    line = logical.line
    placed = logical.layout
    keyword_span = placed.span(line.start, line.end)
    return Instruction(
        index,
        line.keyword,
        Span(keyword_span.start, max(logical.end, keyword_span.end)),
        keyword_span,
        logical.start_line,
        logical.end_line,
        placed.text,
        _flags(line, placed),
        line.values,
        _words(line, placed),
        line.exec_form,
        logical.heredocs,
        None,
        placed,
    )


def _flags(line: Line, placed: Layout) -> tuple[Flag, ...]:
    if not line.flags:
        return ()
    text = placed.text
    return tuple(
        [
            Flag(
                flag.name,
                flag.value,
                text[flag.start : flag.end],
                placed.span(flag.start, flag.end),
                placed.span(flag.value_start, flag.end) if flag.value_start >= 0 else None,
                flag.value_start,
            )
            for flag in line.flags
        ]
    )


def _words(line: Line, placed: Layout) -> tuple[Word, ...]:
    if placed.plain and len(placed.starts) == 1:
        base = placed.offsets[0]
        return tuple([Word(piece.text, Span(base + piece.start, base + piece.end), piece.start) for piece in line.words])
    return tuple([Word(piece.text, placed.span(piece.start, piece.end), piece.start) for piece in line.words])


def _disagreements(source: Source, found: Scan) -> list[Diagnostic]:
    """Compare with dockerfile-parse: the same first lines and keywords, or the file is not to be trusted to our edits."""
    ours = [(logical.start_line, logical.line) for logical in found.logicals]
    theirs = start_lines(found.shadow)
    if len(ours) == len(theirs):
        for (our_line, line), (their_line, keyword) in zip(ours, theirs, strict=True):
            if our_line != their_line or (line.known and line.keyword != keyword and keyword.isascii()):
                break
        else:
            return []
        at = our_line
    else:
        starts = {line for line, _ in theirs} ^ {line for line, _ in ours}
        at = min(starts, default=1)
    span = source.line_span(min(at, source.line_count))
    return [Diagnostic("parser-disagreement", "two parsers read the instructions of this file differently", span, "error")]

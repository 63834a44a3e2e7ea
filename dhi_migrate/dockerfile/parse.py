"""bytes -> `Dockerfile`: our scan, checked against dockerfile-parse, with every argument placed in the file."""

from __future__ import annotations

from functools import lru_cache

from .._pattern import regex
from . import details
from .model import Diagnostic, Dockerfile, Flag, Instruction, Word
from .parts import Finding, Parts
from .pause import uncollected
from .reading import read
from .scan import Logical, Scan, scan
from .source import Source, Span, span_of
from .split import Line, upper_keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Severity
    from .text import Layout

# What makes no more and no less of a line than an instruction.
_PLAIN = bytes([code for code in (9, 10, 13, *range(0x20, 0x7F)) if code != 0x60])
# A backslash that is more than the end of a line: one that does not stand behind a blank at the very end, or before a line that
# is empty or a comment.
_UNUSUAL = regex(rb"\\(?:(?<![ \t]\\)|(?!\n[ \t]*[!-\"$-~]))")


def parse(source: bytes) -> Dockerfile:
    """Parse the bytes of a Dockerfile; never raises, whatever they are.

    What is wrong is in `Dockerfile.diagnostics`; the rest of the file is read all the same. The cost is linear in the
    input. The last two results are kept: who judges a file asks for it several times.
    """
    return _kept(source)


@lru_cache(maxsize=2)
def _kept(source: bytes) -> Dockerfile:
    with uncollected():
        return _parsed(Source(source))


def _parsed(held: Source) -> Dockerfile:
    found = scan(held)
    diagnostics = [*found.diagnostics, *_disagreements(held, found)]
    last_stage = -1
    for index, logical in enumerate(found.logicals):
        if logical.line.keyword == "FROM":
            last_stage = index
    instructions = []
    for index, logical in enumerate(found.logicals):
        findings: list[Finding] = []
        instructions.append(_instruction(index, logical, found.escape, findings))
        for finding in findings:
            severity: Severity = _severity(finding.level, index > last_stage)
            span = logical.layout.span(finding.start, finding.end)
            diagnostics.append(Diagnostic(finding.kind, finding.message, span, severity))
    diagnostics += _stages(held, instructions)
    diagnostics.sort(key=lambda diagnostic: diagnostic.span)
    return Dockerfile(
        held, found.escape, tuple(found.directives), tuple(instructions), tuple(found.comments), tuple(diagnostics)
    )


def _instruction(index: int, logical: Logical, escape: str, findings: list[Finding]) -> Instruction:
    line = logical.line
    placed = logical.layout
    keyword_span = placed.span(line.start, line.end)
    flags = _flags(line, placed) if line.flags else ()
    words = _words(line, placed)
    detail = read(Parts(line, flags, words, placed, escape, findings))
    if line.inner is not None:
        detail = _onbuild(index, logical, escape, findings)
    return Instruction(
        index,
        line.keyword,
        Span(keyword_span.start, max(logical.end, keyword_span.end)),
        keyword_span,
        logical.start_line,
        logical.end_line,
        placed.text,
        flags,
        line.values,
        words,
        line.exec_form,
        logical.heredocs,
        detail,
        placed,
    )


def _onbuild(index: int, outer: Logical, escape: str, findings: list[Finding]) -> details.Onbuild | None:
    """The instruction of an ONBUILD.

    BuildKit reads its arguments only when it triggers: what is wrong in them is no error here.
    """
    inner = outer.line.inner
    if inner is None or any(finding.level == "error" for finding in findings):
        return None
    shift = inner.start
    part = outer.layout.part(shift, len(outer.layout.text))
    own: list[Finding] = []
    built = _instruction(index, outer._replace(line=_moved(inner, -shift), layout=part), escape, own)
    findings += [found._replace(start=found.start + shift, end=found.end + shift, level="trigger") for found in own]
    return details.Onbuild(built)


def _moved(line: Line, by: int) -> Line:
    """`line` with all its offsets moved."""
    return line._replace(
        start=line.start + by,
        end=line.end + by,
        flags=tuple(
            [
                flag._replace(
                    start=flag.start + by,
                    end=flag.end + by,
                    value_start=flag.value_start + by if flag.value_start >= 0 else -1,
                )
                for flag in line.flags
            ]
        ),
        args_start=line.args_start + by,
        args_end=line.args_end + by,
        words=tuple([word._replace(start=word.start + by, end=word.end + by) for word in line.words]),
    )


def _flags(line: Line, placed: Layout) -> tuple[Flag, ...]:
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
        return tuple([Word(text, span_of((base + start, base + end)), start) for text, start, end in line.words])
    return tuple([Word(piece.text, placed.span(piece.start, piece.end), piece.start) for piece in line.words])


def _stages(source: Source, instructions: list[Instruction]) -> list[Diagnostic]:
    """What is wrong with the order of the instructions, and with stage names (``instructions.Parse``)."""
    if not instructions:
        message = "the file has no instructions" if source.data else "the file is empty"
        return [Diagnostic("empty-file", message, Span(0, 0), "error")]
    found = []
    names: set[str] = set()
    started = False
    for instruction in instructions:
        if instruction.keyword == "FROM":
            started = True
            detail = instruction.detail
            if isinstance(detail, details.From) and detail.name is not None:
                name = detail.name.text.lower()
                if name in names:
                    message = f"stage {name} is named twice: the later one counts"
                    found.append(Diagnostic("duplicate-stage-name", message, detail.name.span, "warning"))
                names.add(name)
        elif not started and instruction.keyword != "ARG":
            message = f"{instruction.keyword} stands before the first FROM, where only ARG can"
            found.append(Diagnostic("no-stage", message, instruction.keyword_span, "error"))
            started = True
    if not started:
        found.append(Diagnostic("no-stage", "the file has no FROM", instructions[0].keyword_span, "error"))
    return found


def _disagreements(source: Source, found: Scan) -> list[Diagnostic]:
    """Compare with dockerfile-parse.

    The same first lines and keywords, or the file is not to be trusted to our edits. Where each line is an instruction of its
    own, or plainly continues the one before it, there is nothing to compare, and the library is not even loaded.
    """
    if _is_plain(source.data):
        return []
    from .opinion import start_lines

    theirs = start_lines(found.shadow)
    if len(theirs) == len(found.logicals):
        for logical, (line, keyword) in zip(found.logicals, theirs, strict=True):
            ours = logical.line
            if logical.start_line != line or (ours.known and ours.keyword not in (keyword, upper_keyword(keyword))):
                at = min(logical.start_line, line)
                break
        else:
            return []
    else:
        at = min({line for line, _ in theirs} ^ {logical.start_line for logical in found.logicals}, default=1)
    message = "two parsers read the instructions of this file differently: nothing here can be edited safely"
    return [Diagnostic("parser-disagreement", message, source.line_span(min(at, source.line_count)), "error")]


def _is_plain(data: bytes) -> bool:
    """Whether two parsers cannot but take `data` for the same instructions, as they take three of four public files."""
    return (
        not data.translate(None, _PLAIN)
        and b"<<" not in data
        and data.count(b"\r") == data.count(b"\r\n")
        and (b"\\" not in data or _UNUSUAL.search(data) is None)
    )


def _severity(level: str, shipped: bool) -> Severity:
    """BuildKit runs only the stages it needs, and of those only the last is certain.

    A trigger fires in a later build.
    """
    return "error" if level == "error" or (level == "late" and shipped) else "warning"

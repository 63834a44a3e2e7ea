"""Dockerfiles in string literals of Python source: judged as files are, at their places in the Python file.

A literal counts that begins with FROM (behind comments and ARG), has another instruction, and is what the builder accepts. One
that stands alone is documentation, one that is compared with belongs to a test, one with a blank for the base is a template.
Indentation that all lines share is left out before it is judged, and is put before the lines that a fix adds.
"""

from __future__ import annotations

import ast

from ..._pattern import regex
from ..._record import NamedTuple
from ...dockerfile import Span, parse
from ...rules.engine import check_source
from .python_literals import read_literal, replaced
from .python_syntax import MAX_BYTES, Lines, is_test, parents_of, parse_python

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.store import Catalog
    from ...rules.findings import Finding, Fix
    from ...settings import Settings
    from .python_literals import Literal

MAX_DOCKERFILES = 20
"""Most literals of one file that are judged."""

MAX_TEXT = 64 * 1024
"""Longest literal, in bytes, that is judged."""

_FROM = regex(rb"(?:[\"'\n]|\\n|\\\r?\n)[ \t]*FROM[ \t]+[\w.$]")
_OTHER = regex(
    rb"(?:\n|\\n)[ \t]*(?:RUN|COPY|CMD|ENTRYPOINT|WORKDIR|ADD|ENV|USER|EXPOSE|LABEL|VOLUME|HEALTHCHECK)[ \t]+[\w.$/\[\"'-]"
)
_BEGIN = regex(rb"(?:[ \t]*(?:#[^\n]*|ARG[ \t][^\n]*)?\n){0,50}[ \t]*FROM[ \t]+([^\n]*)")
_BLANK = regex(rb"(?<!\$)\{[^{}\n]{0,60}\}|\{\{|\{%|%s|%\(\w{1,60}\)s")
_INDENT = regex(rb"[ \t]*")
_ESCAPE = regex(rb"#[ \t]*escape[ \t]*=")


class Embedded(NamedTuple):
    """What was found in the literals of one file: the findings, how many are suppressed in them, and where the literals are."""

    findings: tuple[Finding, ...]
    suppressed: int
    places: tuple[Span, ...]


NOTHING = Embedded((), 0, ())


def embedded_findings(path: str, data: bytes, catalog: Catalog, settings: Settings) -> Embedded:
    """Judge the Dockerfiles in the Python file `data` at `path`; those in tests are passed over. Stages are none."""
    if len(data) > MAX_BYTES or b"FROM " not in data:
        return NOTHING
    if is_test(path) or _FROM.search(data) is None or _OTHER.search(data) is None:
        return NOTHING
    tree = parse_python(data)
    if tree is None:
        return NOTHING
    plain = settings._replace(target=None, build_args=())
    found: list[Finding] = []
    places: list[Span] = []
    suppressed = 0
    for literal in _literals(data, tree):
        if len(places) == MAX_DOCKERFILES:
            break
        view = _view(literal)
        parsed = parse(view.text)
        if not parsed.ok or all(one.keyword in {"FROM", "ARG"} for one in parsed.instructions):
            continue
        lead = b"\n" * (data.count(b"\n", 0, literal.starts[0]) if view.leads else 0)
        report = check_source(path, lead + view.text, catalog, plain)
        fixable = _BLANK.search(literal.text) is None
        found.extend(_moved(one, data, literal, view, len(lead), fixable=fixable) for one in report.findings)
        suppressed += report.suppressed
        places.append(literal.span)
    return Embedded(tuple(found), suppressed, tuple(places))


def _literals(data: bytes, tree: ast.Module) -> Iterator[Literal]:
    """The literals that can be Dockerfiles, in file order."""
    lines, parents = Lines(data), None
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)]
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
        value = node.value
        if not isinstance(value, str | bytes) or not 10 < len(value) <= MAX_TEXT:
            continue
        begin = _BEGIN.match(value.encode("utf-8", "replace") if isinstance(value, str) else value)
        if begin is None or _BLANK.search(begin[1]) is not None:
            continue
        parents = parents or parents_of(tree)
        if isinstance(parents.get(node), ast.Expr | ast.Compare | ast.JoinedStr):
            continue
        literal = read_literal(data, lines.span(node), value)
        if literal is not None:
            yield literal


class _View(NamedTuple):
    """The value of a literal without the indentation `margin`: its `text`, and where each byte of it is in the value.

    `places` has one more, the end of the value. `leads` tells that its lines are lines of the file, so that empty lines before it
    make the numbers of its lines those of the file.
    """

    text: bytes
    places: tuple[int, ...]
    margin: bytes
    leads: bool


def _view(literal: Literal) -> _View:
    lines = literal.text.splitlines(keepends=True) if b"\r" not in literal.text else [literal.text]
    rest = [line for line in lines[1:] if line.strip()]
    margins = [_INDENT.match(line)[0] for line in rest]  # type: ignore[index]  # it matches everything
    margin = min(margins, key=len, default=b"")
    if b"<<" in literal.text or not all(one.startswith(margin) for one in margins):
        margin = b""
    text, at = bytearray(), 0
    places: list[int] = []
    for line in lines:
        skip = len(margin) if line.startswith(margin) else 0
        text += line[skip:]
        places += range(at + skip, at + len(line))
        at += len(line)
    ends = [place for place, byte in enumerate(literal.text) if byte == 10]
    leads = all(literal.plain[place] for place in ends) and _ESCAPE.search(literal.text) is None
    return _View(bytes(text), (*places, len(literal.text)), margin, leads)


def _moved(finding: Finding, data: bytes, literal: Literal, view: _View, lead: int, *, fixable: bool) -> Finding:
    """`finding` at its place in the Python file, with the fixes that can be made there."""
    start, end = (_bounded(offset - lead, view) for offset in finding.span)
    first = literal.starts[view.places[start]]
    last = literal.ends[view.places[end - 1]] if end > start else first
    fixes = tuple(moved for fix in finding.fixes if fixable and (moved := _moved_fix(fix, data, literal, view, lead)))
    return finding._replace(stage=None, span=Span(first, max(first, last)), fixes=fixes)


def _bounded(offset: int, view: _View) -> int:
    return max(0, min(offset, len(view.text)))


def _moved_fix(fix: Fix, data: bytes, literal: Literal, view: _View, lead: int) -> Fix | None:
    changes = []
    for edit in fix.edits:
        if edit.start < lead:
            return None
        changes.append(_change(edit.start - lead, edit.end - lead, edit.text, literal, view))
    edits = replaced(data, literal, changes)
    return fix._replace(edits=edits) if edits else None


def _change(start: int, end: int, text: bytes, literal: Literal, view: _View) -> tuple[int, int, bytes]:
    """A change of the view as one of the value: lines keep the indentation, and new ones get it."""
    first = view.places[start]
    last = first
    if end > start:
        whole = view.text[end - 1 : end] == b"\n"
        last = view.places[end] if whole else view.places[end - 1] + 1
    text = text.replace(b"\n", b"\n" + view.margin).replace(b"\n" + view.margin + b"\n", b"\n\n")
    if end == len(view.text) > start and literal.text[:first].endswith(b"\n" + view.margin):
        # nothing follows: no indentation is left before the closing quotes
        return (first, last, text.removesuffix(view.margin)) if text else (first - len(view.margin), last, text)
    bare = view.margin and literal.text[:first].endswith(b"\n") and end == start
    if bare and text.endswith(b"\n" + view.margin):
        text = view.margin + text[: -len(view.margin)]
    return first, last, text

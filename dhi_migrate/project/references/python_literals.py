"""String literals of Python source, byte for byte: where each byte of the value is written, and how new text is written there.

https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
"""

from __future__ import annotations

import ast
import warnings

from ..._pattern import regex
from ..._record import NamedTuple
from ...rules.edits import apply_edits
from ...rules.findings import Edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Span

_OPENING = regex(rb"([bBrRuU]{0,2})(\"\"\"|'''|\"|')")
_SPECIAL = regex(
    rb"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}\n]{1,100}\}|[0-7]{1,3}|\r\n|[\s\S])|\r\n|\r"
)
_SPECIAL_RAW = regex(rb"\r\n|\r")


class Literal(NamedTuple):
    """One literal: its bytes in the file, its `prefix` and `quote`, and its value as UTF-8 in `text`.

    The byte `i` of `text` is written in the bytes ``starts[i]`` to ``ends[i]`` of the file; `starts` has one more, the end of the
    value. `plain` tells for each whether it is written as itself (the end of a line counts, in whatever style).
    """

    span: Span
    prefix: str
    quote: str
    text: bytes
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    plain: bytes

    @property
    def raw(self) -> bool:
        """Whether backslashes stand for themselves."""
        return "r" in self.prefix


def read_literal(data: bytes, span: Span, value: str | bytes) -> Literal | None:
    """The literal at `span` of the source `data`, whose value is known; None for several that are written side by side."""
    opening = _OPENING.match(data, span.start, span.end)
    try:
        text = value.encode() if isinstance(value, str) else value
    except UnicodeEncodeError:
        return None
    if opening is None:
        return None
    prefix, quote = opening[1].decode().lower(), opening[2].decode()
    end = span.end - len(quote)
    if end < opening.end() or data[end : span.end] != opening[2]:
        return None
    found, plain = bytearray(), bytearray()
    starts: list[int] = []
    ends: list[int] = []
    at = opening.end()
    pattern = _SPECIAL_RAW if "r" in prefix else _SPECIAL
    for match in [*pattern.finditer(data, at, end), None]:
        stop = end if match is None else match.start()
        found += data[at:stop]
        starts += range(at, stop)
        ends += range(at + 1, stop + 1)
        plain += b"\1" * (stop - at)
        if match is None:
            break
        piece = b"\n" if match[0][:1] == b"\r" else _escaped(match[0], prefix, quote)
        if piece is None:
            return None
        found += piece
        starts += [match.start()] * len(piece)
        ends += [match.end()] * len(piece)
        plain += (b"\1" if match[0][:1] == b"\r" else b"\0") * len(piece)
        at = match.end()
    if bytes(found) != text:
        return None
    return Literal(span, prefix, quote, text, (*starts, end), tuple(ends), bytes(plain))


def _escaped(written: bytes, prefix: str, quote: str) -> bytes | None:
    """What the escape sequence `written` stands for."""
    return _value(f"{prefix}{quote}".encode() + written + quote.encode())


def _value(token: bytes) -> bytes | None:
    """The value of the literal `token`, as UTF-8; None for what is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes that are none
            value = ast.literal_eval(token.decode())
        return value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else None
    except (SyntaxError, ValueError, MemoryError):
        return None


def replaced(data: bytes, literal: Literal, changes: list[tuple[int, int, bytes]]) -> tuple[Edit, ...]:
    """The edits of `data` that make `changes` of the value: replace its bytes from one offset to another by a text.

    Empty where that is not possible: the bytes are not written as they are, or the new text cannot be.
    """
    after = apply_edits(literal.text, [Edit(*change) for change in changes])
    for every in (False, True):
        edits: list[Edit] = []
        for start, end, text in changes:
            if not _plain(literal, start, end):
                return ()
            written = _written(literal, text, b"\r\n" in data[literal.span.start : literal.span.end], every=every)
            if written is None:
                return ()
            at = literal.starts[start]
            edits.append(Edit(at, at if end == start else literal.ends[end - 1], written))
        token = apply_edits(data[: literal.span.end], edits)[literal.span.start :]
        if _value(token) == after:
            return tuple(edits)
    return ()


def _plain(literal: Literal, start: int, end: int) -> bool:
    """Whether the bytes of the value are written as they are, one behind the other."""
    return all(literal.plain[start:end]) and all(
        literal.ends[place] == literal.starts[place + 1] for place in range(start, end - 1)
    )


def _written(literal: Literal, text: bytes, windows: bool, *, every: bool) -> bytes | None:
    """How `text` is written in the literal; `every` has quotes escaped that need not be. None where it cannot be."""
    quote = literal.quote.encode()
    if literal.raw:
        return None if quote in text or (b"\n" in text and len(quote) == 1) else _ended(text, windows)
    text = text.replace(b"\\", b"\\\\")
    if len(quote) == 1 or every:
        text = text.replace(quote[:1], b"\\" + quote[:1])
    return text.replace(b"\n", b"\\n") if len(quote) == 1 else _ended(text, windows)


def _ended(text: bytes, windows: bool) -> bytes:
    return text.replace(b"\n", b"\r\n") if windows else text

"""What a finding is recognised by in a later run, when lines have moved.

A fingerprint is made of the rule, of the text of the lines that the finding is about (runs of blanks are one), and of
its number among the findings of the file that are equal in both. Lines that are added, removed or moved around it do
not change it, nor does newer catalog data, whose words stand in messages only; a change of the line itself does.
"""

from __future__ import annotations

from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from ..dockerfile.source import Source, Span
    from ..rules.findings import FileReport

_MOST: Final = 4096  # bytes of a place that are looked at; what is longer is a here-document or a hostile file
_WINDOW: Final = 100  # characters, without blanks, that a line hash covers
_FACTOR: Final = 37
_MODULUS: Final = 1 << 64


def fingerprints(report: FileReport, path: str = "") -> list[str]:
    """Give the fingerprint of each finding of `report`, 32 hexadecimal digits, none of them twice.

    With a `path` they differ between files as well.
    """
    source = report.source
    if source is None:
        return []
    seen: dict[tuple[str, bytes], int] = {}
    found: list[str] = []
    for finding in report.findings:
        key = finding.rule, _text(source, finding.span)
        number = seen[key] = seen.get(key, 0) + 1
        head = f"{path}\0{key[0]}\0{number}\0".encode("utf-8", "surrogateescape")
        found.append(sha256(head + key[1]).hexdigest()[:32])
    return found


def failure_fingerprint(path: str) -> str:
    """Give the fingerprint of the failure to deal with a file: it hangs on the path alone."""
    return sha256(f"{path}\0failed".encode("utf-8", "surrogateescape")).hexdigest()[:32]


def line_hashes(data: bytes, lines: list[int]) -> dict[int, str]:
    """Give for each 1-based line of `lines` the hash that GitHub's code scanning knows a line by.

    It is what the action ``github/codeql-action/upload-sarif`` would compute from the file, so that an upload by other
    ways is matched alike: a polynomial over the first 100 UTF-16 units from the start of the line, blanks left out and
    line endings (CR LF, CR, LF) made one, with U+FFFF at the end of the file and zeros behind; then a colon, and the
    number among equal ones. A line that is not there has none.
    """
    text = _squeezed(data)
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    wanted = {line: text[starts[line - 1] : starts[line - 1] + _WINDOW] for line in lines if line <= len(starts)}
    counts = dict.fromkeys(wanted.values(), 0)
    found: dict[int, str] = {}
    for number, start in enumerate(starts, 1):
        window = text[start : start + _WINDOW]
        if window in counts:
            counts[window] += 1
            if number in wanted:
                found[number] = f"{_polynomial(window):x}:{counts[window]}"
    return found


def _text(source: Source, span: Span) -> bytes:
    """The bytes of the lines of `span`, without what is only layout."""
    start = source.line_starts[source.line_of(span.start) - 1]
    end = source.line_span(source.line_of(max(span.start, span.end - 1))).end
    if end - start > _MOST:  # a long line: from the place on
        start = span.start
        end = min(end, start + _MOST)
    return b" ".join(source.data[start:end].split())


def _squeezed(data: bytes) -> str:
    """The text of a file as the hash reads it, in UTF-16 units."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace(" ", "").replace("\t", "") + "\uffff"
    if text.isascii() or max(text) <= "\uffff":
        return text
    units = text.encode("utf-16-le")
    return "".join(chr(units[at] | units[at + 1] << 8) for at in range(0, len(units), 2))


def _polynomial(window: str) -> int:
    value = 0
    for char in window:
        value = (value * _FACTOR + ord(char)) % _MODULUS
    return value * pow(_FACTOR, _WINDOW - len(window), _MODULUS) % _MODULUS

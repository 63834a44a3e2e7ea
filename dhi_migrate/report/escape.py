"""Make text of files and paths safe to show: no control character reaches a terminal or changes what is read."""

from __future__ import annotations


def visible(text: str) -> str:
    r"""Give `text` with everything that does not print written out: ``\x1b``, ``\t``, ``\u202e``.

    Besides control characters these are the ones that reorder or hide text (bidirectional marks, zero-width and other
    format characters, spaces that are not the plain one). A lone surrogate that stands for a byte which is not UTF-8
    becomes that byte. Printable text comes back as it is, backslashes included.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _written_out(char) for char in text)


def printable(text: str) -> str:
    r"""Give `text` with only what is not Unicode text written out: ``\xff`` for a byte that is not UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def cells(text: str, column: int = 0) -> list[tuple[str, int]]:
    """Give what is shown for each character of one line, with its width in columns of a terminal.

    Tabs are spaces up to the next multiple of four, `column` being where the text begins; East Asian wide characters
    take two columns, combining marks none.
    """
    if text.isascii() and text.isprintable():
        return [(char, 1) for char in text]
    from unicodedata import combining, east_asian_width

    shown: list[tuple[str, int]] = []
    for char in text:
        if char == "\t":
            width = 4 - column % 4
            cell = " " * width
        elif not char.isprintable():
            cell = _written_out(char)
            width = len(cell)
        else:
            cell = char
            width = 0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1
        shown.append((cell, width))
        column += width
    return shown


def width(text: str) -> int:
    """Count the columns that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(columns for _, columns in cells(text))


def _written_out(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    named = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}.get(char)
    if named is not None:
        return named
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"

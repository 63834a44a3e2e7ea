"""Dockerfiles put together from lines of real ones, one for each byte: what random bytes would never become."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

MOST = 40
"""Most lines of a file."""


@cache
def lines() -> list[str]:
    """The instructions to choose from, some of several lines. Kept inputs mean other files when their order changes."""
    found: list[str] = json.loads((Path(__file__).parent / "lines.json").read_text("utf-8"))
    return found


def assemble(data: bytes) -> bytes:
    """The Dockerfile that the bytes `data` stand for: each one a line; the highest ones turn ends of lines and the like."""
    known, chosen = lines(), []
    crlf, final, mark = False, True, False
    for byte in data[:MOST]:
        if byte < len(known):
            chosen.append(known[byte])
        elif byte == 255:
            crlf = not crlf
        elif byte == 254:
            final = not final
        elif byte == 253:
            mark = not mark
        else:
            chosen.append("")
    text = "\n".join(chosen) + ("\n" if final else "")
    text = text.replace("\n", "\r\n") if crlf else text
    return (b"\xef\xbb\xbf" if mark else b"") + text.encode()

"""Text in XML 1.0: nothing of a file can end an attribute or an element, and every document is well-formed."""

from __future__ import annotations

from .places import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'

_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def attribute(text: str) -> str:
    """Escape `text`, which is printable or `named`, for an attribute in double quotes."""
    return "".join(_ESCAPES.get(char, char) for char in text)


def content(text: str) -> str:
    """Escape lines of printable text for the content of an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def path_attribute(path: str) -> str:
    """Escape a path for an attribute so that it is still the path, as far as `named` leaves it."""
    return attribute(named(path))

"""Text in Markdown as GitHub and GitLab read it: whatever stands in a file stays text."""

from __future__ import annotations

from .._pattern import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_SPECIAL = regex(r"[\\`*_{}\[\]|~<>&$]")
_HTML: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "$": "<span>$</span>"}  # two dollars would be a formula
_CODE = regex(r"[\\`*_{}\[\]|~<>&$@#]")
# What becomes a mention or a reference to an issue, a merge request or a label.
_MENTION = regex(r"([@#])(?=[0-9A-Za-z])")
_LINK = regex(r"(?i)(://|www\.)")


def plain(text: str) -> str:
    """Set printable `text` as text that is nothing else: no markup, no HTML, no end of a cell, no mention, no link."""
    escaped = _SPECIAL.sub(lambda found: _HTML.get(found[0]) or f"\\{found[0]}", text)
    return _unlinked(_MENTION.sub(r"\1<!-- -->", escaped))


def code(text: str) -> str:
    """Set printable `text` as code; by a tag, since a code span cannot hold every text in a table."""
    escaped = _CODE.sub(lambda found: f"&#{ord(found[0])};", text)
    return f"<code>{_unlinked(escaped)}</code>"


def _unlinked(text: str) -> str:
    """The same text, in which nobody sees a link."""
    return _LINK.sub(lambda found: found[0].replace(":", "&#58;").replace(".", "&#46;"), text)

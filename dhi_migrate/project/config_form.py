"""Tells whether a configuration has the right keys and types, at no cost; a test holds it equal to the pydantic model.

Loading pydantic takes longer than checking a file does. So it is loaded only to say what is wrong, which is what it is good at.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final


MAX_ITEMS: Final = 1000
"""Most items of a list or table in a configuration."""

MAX_TEXT: Final = 2000
"""Most characters of a text in a configuration."""

_SEVERITIES: Final = ("error", "warning", "info")
_CHOICES: Final = {
    "fail-on": (*_SEVERITIES, "never"),
    "level": ("auto", "runtime", "split", "dev"),
}
_TEXT: Final = ("registry", "catalog", "target", "baseline", "extend")
_LISTS: Final = ("extend-select", "ignore", "exclude", "rules")


def is_well_formed(table: dict[str, Any]) -> bool:
    """Whether every key of `table` is one of a configuration and has a value of its type."""
    return all(_fits(key, value) for key, value in table.items())


def _fits(key: str, value: Any) -> bool:
    if key in _TEXT:
        return _is_text(value) and (key != "registry" or "{name}" in value)
    if key in _CHOICES:
        return isinstance(value, str) and value in _CHOICES[key]
    if key in _LISTS:
        return _is_texts(value)
    if key == "select":
        return _is_texts(value) and bool(value)
    if not isinstance(value, dict) or len(value) > MAX_ITEMS or not all(map(_is_text, value)):
        return False
    if key == "per-file-ignores":
        return all(map(_is_texts, value.values()))
    if key == "severity":
        return all(isinstance(one, str) and one in _SEVERITIES for one in value.values())
    return key == "build-args" and all(isinstance(one, str) and len(one) <= MAX_TEXT for one in value.values())


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MAX_ITEMS and all(map(_is_text, value))

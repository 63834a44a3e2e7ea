"""The rules as data: one TOML file each in ``rules/`` of a checkout, one compiled JSON file in an installed package."""

from __future__ import annotations

import json
import os
from typing import Any

from .._record import NamedTuple
from .findings import Severity


class Example(NamedTuple):
    """A bad Dockerfile that yields the rule at 1-based `line`; `good` is the same file mended, or "" if none is given."""

    bad: str
    line: int
    good: str
    unsafe: bool


class RuleInfo(NamedTuple):
    """One rule: `code` (``DHI101``), `name` (``hardened-base-available``), its severity, and its texts for people."""

    code: str
    name: str
    severity: Severity
    summary: str
    why: str
    fix: str
    examples: tuple[Example, ...]


class UnknownRuleError(ValueError):
    """A selector that matches no rule; `suggestion` is the nearest code or name, or None."""

    def __init__(self, selector: str, suggestion: str | None) -> None:
        self.selector = selector
        self.suggestion = suggestion
        hint = f" (did you mean {suggestion}?)" if suggestion else ""
        super().__init__(f"unknown rule: {selector}{hint}")


_HERE = os.path.dirname(os.path.abspath(__file__))
_COMPILED = os.path.join(_HERE, "rules.json")  # only in an installed package: see hatch_build.py
_FOLDER = os.path.join(_HERE, "..", "..", "rules")

_cache: dict[str, RuleInfo] | None = None
_single: dict[str, RuleInfo] = {}


def rules() -> dict[str, RuleInfo]:
    """All rules by code, in the order of their codes."""
    global _cache
    if _cache is None:
        _cache = {row["code"]: _rule(row) for row in _rows()}
    return _cache


def rule(code: str) -> RuleInfo:
    """The rule `code`; reads no more than it has to. Raises KeyError where there is none."""
    found = _single.get(code)
    if found is None:
        if _cache is not None or os.path.exists(_COMPILED):
            found = rules()[code]
        else:
            name = next((name for name in _file_names() if name.startswith(f"{code}-")), None)
            if name is None:
                raise KeyError(code)
            found = _rule(_read(name))
        _single[code] = found
    return found


def _rows() -> list[dict[str, Any]]:
    if os.path.exists(_COMPILED):
        with open(_COMPILED, "rb") as file:
            rows: list[dict[str, Any]] = json.loads(file.read())
        return rows
    return [_read(name) for name in _file_names()]


def _file_names() -> list[str]:
    """The rule files of a checkout, in the order of their codes."""
    return sorted(name for name in os.listdir(_FOLDER) if name.startswith("DHI") and name.endswith(".toml"))


def _read(name: str) -> dict[str, Any]:
    import tomllib

    with open(os.path.join(_FOLDER, name), "rb") as file:
        return tomllib.load(file)


def _rule(row: dict[str, Any]) -> RuleInfo:
    examples = tuple(
        Example(entry["bad"], entry.get("line", 1), entry.get("good", ""), entry.get("unsafe", False))
        for entry in row.get("example", ())
    )
    return RuleInfo(row["code"], row["name"], row["severity"], row["summary"], row["why"], row["fix"], examples)


def match_rules(selectors: tuple[str, ...]) -> frozenset[str]:
    """Codes of the rules that `selectors` name: codes, code prefixes (``DHI2``) or names, in any case.

    Raises `UnknownRuleError` for a selector that matches nothing.
    """
    known = rules()
    found: set[str] = set()
    for selector in selectors:
        wanted = selector.strip()
        if wanted.upper() == "ALL":
            found.update(known)
            continue
        matching = [
            code for code, rule in known.items() if code.startswith(wanted.upper()) or rule.name == wanted.lower()
        ]
        if not wanted or not matching or (len(wanted) < 3 and not wanted.upper().startswith("DHI"[: len(wanted)])):
            import difflib

            names = [*known, *(rule.name for rule in known.values())]
            nearest = difflib.get_close_matches(wanted.lower(), [name.lower() for name in names], 1, 0.5)
            suggestion = next((name for name in names if nearest and name.lower() == nearest[0]), None)
            raise UnknownRuleError(wanted, suggestion)
        found.update(matching)
    return frozenset(found)

"""The rules as data: one TOML file each in ``rules/`` of a checkout, one compiled JSON file in an installed package."""

from __future__ import annotations

import json
import os
from _thread import _local as ThreadLocal  # noqa: N812 -- threading.local, without the cost of that module
from functools import lru_cache

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .findings import Severity

ENGINE = "engine"
"""The detector of rules that no module of `detectors` finds: the engine does (syntax errors, suppressions), or
`dhi_migrate.project.references` in the files around a Dockerfile."""


class Example(NamedTuple):
    """A Dockerfile for a rule, with what has to come of it.

    `line` is the 1-based line where the rule fires in `bad`; 0 for a negative example, whose `bad` is empty and whose
    `good` must not yield the rule. `good` is the same file mended, or "". `fixed` tells that fixing `bad` gives
    `good` byte for byte, `unsafe` that it takes the unsafe fixes too; otherwise `good` is how a person would write
    it. `about` is one line for people. `options` are settings other than the defaults, by name. `context` are files
    of the build context by their paths. `file` is the path of a file that is no Dockerfile ("" for a Dockerfile);
    `context` are then other files of its repository.
    """

    bad: str
    line: int
    good: str
    fixed: bool
    unsafe: bool
    about: str
    options: dict[str, Any]
    context: dict[str, str]
    file: str = ""


class RuleInfo(NamedTuple):
    """One rule: its `code` (``DHI101``), `name` (``hardened-base-available``), severity, what finds it, and a line for people.

    `detector` is a module of `dhi_migrate.rules.detectors` with a function of that name, which is given `parameters`.
    The rest says which stages it is asked about: `roles` ("final", "build"), `states` of the base (see
    `dhi_migrate.rules.subject.State`; "generic" means that it is also judged where no hardened target is known, then
    as a warning at most), `images` (hardened images that the stage will run on; empty: any), `variants` (those of the
    hardened image, "runtime" and "dev"; empty: any, or none), `instructions` (keywords of which the stage, or one that it
    is built on, must have one; empty: any), `words` (texts of which the file must hold one; empty: any), and `causes`
    (kinds of `dhi_migrate.rules.start_causes.Cause`, of which one must keep the stage from its start; empty: any, or none).
    """

    code: str
    name: str
    severity: Severity
    detector: str
    parameters: dict[str, Any]
    roles: tuple[str, ...]
    states: frozenset[str]
    images: frozenset[str]
    variants: frozenset[str]
    instructions: frozenset[str]
    words: tuple[bytes, ...]
    causes: frozenset[str]
    summary: str


class RuleTexts(NamedTuple):
    """What a rule says to people: `why` it matters, how to `fix` it, and its `examples`, which are its tests."""

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
# Only in an installed package: see hatch_build.py. The texts are nine tenths of the data, and no check needs them.
_COMPILED = os.path.join(_HERE, "rules.json")
_COMPILED_TEXTS = os.path.join(_HERE, "texts.json")
_FOLDER = os.path.join(_HERE, "..", "..", "rules")

_ALIKE = str.maketrans("OIL", "011")  # letters that are taken for digits

_cache: dict[str, RuleInfo] | None = None
_texts: dict[str, RuleTexts] | None = None


class _Own(ThreadLocal):
    """The user's own rules; of the thread, since an editor may judge files of several projects at a time."""

    rows: tuple[str, ...] = ()


_own = _Own()


def use_own_rules(rows: tuple[str, ...]) -> None:
    """Add the rules `rows` (each the JSON text of a valid rule file) to those of the package.

    It holds until the next call, in this thread. Each judgement does it for the `own_rules` of its settings.
    """
    _own.rows = rows


def own_rules() -> tuple[str, ...]:
    """What `use_own_rules` was last given."""
    return _own.rows


def rules() -> dict[str, RuleInfo]:
    """All rules by code, in the order of their codes; the user's own ones last."""
    global _cache
    if _cache is None:
        _cache = {row["code"]: _rule(row) for row in _rows(_COMPILED)}
    own = _own.rows
    return {**_cache, **_own_rules(own)[0]} if own else _cache


def rule(code: str) -> RuleInfo:
    """The rule `code`. Raises KeyError where there is none."""
    return rules()[code]


def texts(code: str) -> RuleTexts:
    """The texts and examples of the rule `code`. Raises KeyError where there is none."""
    global _texts
    if _texts is None:
        _texts = {row["code"]: _text(row) for row in _rows(_COMPILED_TEXTS)}
    own = _own.rows
    return _own_rules(own)[1][code] if own and code not in _texts else _texts[code]


@lru_cache(maxsize=8)
def _own_rules(texts: tuple[str, ...]) -> tuple[dict[str, RuleInfo], dict[str, RuleTexts]]:
    """The rules and texts in the JSON `texts`, by code."""
    rows = sorted((json.loads(text) for text in texts), key=lambda row: str(row["code"]))
    return {row["code"]: _rule(row) for row in rows}, {row["code"]: _text(row) for row in rows}


def _rows(compiled: str) -> list[dict[str, Any]]:
    """The rule files of a checkout, or those keys of them that the file `compiled` has."""
    if os.path.exists(compiled):
        with open(compiled, "rb") as file:
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
    return RuleInfo(
        row["code"],
        row["name"],
        row["severity"],
        row["detector"],
        row.get("parameters", {}),
        tuple(row.get("roles", ("final", "build"))),
        frozenset(row.get("states", ("pending", "hardened"))),
        frozenset(row.get("images", ())),
        frozenset(row.get("variants", ())),
        frozenset(row.get("instructions", ())),
        tuple(word.encode() for word in row.get("words", ())),
        frozenset(row.get("causes", ())),
        row["summary"],
    )


def _text(row: dict[str, Any]) -> RuleTexts:
    return RuleTexts(row["why"], row["fix"], tuple(_example(entry) for entry in row["example"]))


def _example(entry: dict[str, Any]) -> Example:
    bad, good, unsafe = entry.get("bad", ""), entry.get("good", ""), entry.get("unsafe", False)
    line = entry.get("line", 1) if bad else 0
    fixed = entry.get("fixed", bool(bad and good))
    about, options, context = entry.get("about", ""), entry.get("options", {}), entry.get("context", {})
    return Example(bad, line, good, fixed, unsafe, about, options, context, entry.get("file", ""))


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
            raise UnknownRuleError(wanted, nearest_rule(wanted))
        found.update(matching)
    return frozenset(found)


def nearest_rule(wanted: str) -> str | None:
    """The code or name that is most like `wanted`, which matches none; None where nothing is near."""
    import difflib

    known = rules()
    alike = {code.translate(_ALIKE): code for code in known}
    if wanted.upper().translate(_ALIKE) in alike:
        return alike[wanted.upper().translate(_ALIKE)]
    names = [*known, *(rule.name for rule in known.values())]
    nearest = difflib.get_close_matches(wanted.lower(), [name.lower() for name in names], 1, 0.5)
    return next((name for name in names if nearest and name.lower() == nearest[0]), None)

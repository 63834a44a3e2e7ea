"""The command ``rules``: what the tool looks for, and why."""

from __future__ import annotations

import json
import sys

from ..report.style import Style, wrap
from ..rules.registry import Example, RuleInfo, UnknownRuleError, match_rules, rules, texts
from .console import Output, say, style_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def show_rules(selectors: tuple[str, ...], *, as_json: bool) -> int:
    """Print the rules that `selectors` name (none: all) as a list, a single one in full; give the exit code.

    Selectors are codes, code prefixes or names, as for ``--select``. An unknown one is said on standard error (2).
    """
    try:
        chosen = match_rules(selectors) if selectors else frozenset(rules())
    except UnknownRuleError as error:
        say(str(error))
        return 2
    found = [rule for code, rule in rules().items() if code in chosen]
    output = Output(sys.stdout)
    style = style_for(output, unsafe_fixes=False)
    if as_json:
        text = json.dumps([_object(rule) for rule in found], indent=1) + "\n"
    elif selectors and len(found) == 1:
        text = _page(found[0], style)
    else:
        text = "".join(_line(rule, style) for rule in found)
    output.write(text.encode())
    return 0


def _line(rule: RuleInfo, style: Style) -> str:
    severity = style.paint(rule.severity, rule.severity) + " " * (7 - len(rule.severity))
    return f"{style.paint('path', rule.code)}  {severity}  {rule.name}: {rule.summary}\n"


def _page(rule: RuleInfo, style: Style) -> str:
    """Lay out one rule: heading, why, how to mend it, and its examples."""
    severity = style.paint(rule.severity, rule.severity)
    said = texts(rule.code)
    parts = [f"{style.paint('path', f'{rule.code} {rule.name}')} ({severity})\n{_paragraphs(rule.summary, style)}"]
    parts += [
        f"{style.paint('path', heading)}\n{_paragraphs(text, style)}"
        for heading, text in (("Why", said.why), ("Fix", said.fix))
        if text.strip()
    ]
    for number, example in enumerate(said.examples, 1):
        parts += _example(number, example, style)
    return "\n".join(parts)


def _example(number: int, example: Example, style: Style) -> list[str]:
    """Lay out one example: where it is found and what mends it, or that it is not found."""
    about = f": {example.about}" if example.about else ""
    if not example.bad:
        heading = style.paint("good", f"Example {number}, not found{about}")
        return [f"{heading}\n{_indented(example.good)}"]
    parts = [
        f"{style.paint('path', f'Example {number}, found at line {example.line}{about}')}\n{_indented(example.bad)}"
    ]
    if example.good:
        flags = " (--fix --unsafe-fixes)" if example.unsafe else " (--fix)"
        how = f"Mended{flags}" if example.fixed else "As a person would write it"
        parts.append(f"{style.paint('good', how)}\n{_indented(example.good)}")
    return parts


def _paragraphs(text: str, style: Style) -> str:
    """Refill the paragraphs of `text` (separated by empty lines) to at most 100 columns."""
    paragraphs = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    return "\n\n".join("\n".join(wrap(part, min(style.width, 100))) for part in paragraphs) + "\n"


def _indented(text: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in text.rstrip("\n").split("\n"))


def _object(rule: RuleInfo) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "summary": rule.summary,
        "why": texts(rule.code).why,
        "fix": texts(rule.code).fix,
        "help": f"docs/rules/{rule.code}.md",
        "examples": [
            {
                "about": example.about or None,
                "bad": example.bad or None,
                "line": example.line or None,
                "good": example.good or None,
                "fixed": example.fixed,
                "unsafe": example.unsafe,
            }
            for example in texts(rule.code).examples
        ],
    }

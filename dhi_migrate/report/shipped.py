"""The rules that every run has, told apart from a user's own ones, which may differ from file to file."""

from __future__ import annotations

from ..rules.registry import RuleInfo, own_rules, rules, use_own_rules


def shipped_rules() -> dict[str, RuleInfo]:
    """Give the rules of the package by code, in the order of their codes, whatever file was judged last."""
    own = own_rules()
    use_own_rules(())
    try:
        return rules()
    finally:
        use_own_rules(own)

"""Write docs/rules/*.md from the rule files; ``tests/docs`` holds that they have not drifted apart.

Run it with the project installed: ``python docs/generate.py``.
"""

from __future__ import annotations

from pathlib import Path

from dhi_migrate.rules.registry import RuleInfo, rules

HERE = Path(__file__).parent


def page(rule: RuleInfo) -> str:
    """The documentation page of one rule, as Markdown."""
    parts = [
        f"# {rule.code} {rule.name}",
        f"{rule.summary}.",
        f"Severity: {rule.severity}.",
        f"## Why\n\n{rule.why.strip()}",
        f"## What to do\n\n{rule.fix.strip()}",
    ]
    for example in rule.examples:
        parts.append(f"## Example\n\nReported in line {example.line}:\n\n```dockerfile\n{example.bad.strip()}\n```")
        if example.good:
            how = "`--fix --unsafe-fixes`" if example.unsafe else "`--fix`"
            parts.append(f"{how} writes:\n\n```dockerfile\n{example.good.strip()}\n```")
    return "\n\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    """All pages by file name, with an index."""
    found = {f"{rule.code}.md": page(rule) for rule in rules().values()}
    rows = [
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} | {rule.summary} |"
        for rule in rules().values()
    ]
    found["index.md"] = (
        "# Rules\n\n| code | name | severity | what it reports |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )
    return found


def main() -> None:
    """Write the pages, and remove those of rules that are gone."""
    folder = HERE / "rules"
    folder.mkdir(exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()

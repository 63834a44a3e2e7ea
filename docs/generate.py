"""Write docs/rules/*.md from the rule files, and the schema of a configuration from its model; tests hold them together.

Run it with the project installed: ``python docs/generate.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

from dhi_migrate.project.config_model import json_schema
from dhi_migrate.rules.registry import Example, RuleInfo, rules, texts

HERE = Path(__file__).parent


def page(rule: RuleInfo) -> str:
    """The documentation page of one rule, as Markdown."""
    said = texts(rule.code)
    parts = [
        f"# {rule.code} {rule.name}",
        f"{rule.summary}.",
        f"Severity: {rule.severity}.",
        f"## Why\n\n{said.why.strip()}",
        f"## What to do\n\n{said.fix.strip()}",
    ]
    for example in said.examples:
        parts.append(f"## {title(example)}")
        if example.bad:
            parts.append(f"Reported in line {example.line}:\n\n{fenced(example.bad)}")
        if example.context:
            files = "\n\n".join(f"`{path}`:\n\n```\n{text.strip()}\n```" for path, text in example.context.items())
            parts.append(f"with these files in the build context:\n\n{files}")
        if example.bad and example.good:
            parts.append(f"{mended(example)}:\n\n{fenced(example.good)}")
        elif example.good:
            parts.append(fenced(example.good))
    return "\n\n".join(parts) + "\n"


def title(example: Example) -> str:
    """The heading of an example: what it is about, or a plain word."""
    if example.about:
        return example.about[:1].upper() + example.about[1:]
    return "Example" if example.bad else "Not reported"


def fenced(text: str) -> str:
    """A Dockerfile as a block of Markdown; the fence is longer than any in the text."""
    fence = "````" if "```" in text else "```"
    return f"{fence}dockerfile\n{text.strip()}\n{fence}"


def mended(example: Example) -> str:
    """How the good half of an example comes about."""
    if not example.fixed:
        return "A person would write"
    return "`--fix --unsafe-fixes` writes" if example.unsafe else "`--fix` writes"


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


def schemas() -> dict[str, str]:
    """The schemas that are made from models, by file name."""
    return {"config-v1.schema.json": json.dumps(json_schema(), indent=2) + "\n"}


def main() -> None:
    """Write the pages and schemas, and remove the pages of rules that are gone."""
    folder = HERE / "rules"
    folder.mkdir(exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")
    for name, text in schemas().items():
        (HERE / "schema" / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()

"""Build hook: compiles ``rules/*.toml`` to JSON inside the wheel, so that no TOML is read at run time."""

from __future__ import annotations

import json
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TEXTS = ("why", "fix", "example")
"""Keys of a rule file that only people read."""


class RulesBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds to the wheel ``dhi_migrate/rules/rules.json`` (what a check needs) and what people read.

    That is ``texts.json``, and the pages of the rules.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the compiled rules to a temporary directory and map them into the wheel (not for editable installs)."""
        if version == "editable":
            return
        root, self._compiled = Path(self.root), tempfile.TemporaryDirectory()
        rules = [tomllib.loads(path.read_text("utf-8")) for path in sorted((root / "rules").glob("DHI*.toml"))]
        texts = [{key: rule[key] for key in ("code", *TEXTS)} for rule in rules]
        judged = [{key: value for key, value in rule.items() if key not in TEXTS} for rule in rules]
        for name, rows in (("rules.json", judged), ("texts.json", texts)):
            target = Path(self._compiled.name, name)
            target.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", "utf-8")
            build_data["force_include"][str(target)] = f"dhi_migrate/rules/{name}"
        # the pages of the rules, to which the editor server links
        build_data["force_include"][str(root / "docs" / "rules")] = "dhi_migrate/pages"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the temporary directory away, so that only distributions lie in the build directory."""
        if version != "editable":
            self._compiled.cleanup()

"""Build hook: compiles ``rules/*.toml`` to one JSON file inside the wheel, so that no TOML is read at run time."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RulesBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds ``dhi_migrate/rules/rules.json`` to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the compiled rules below the build directory and map them into the wheel (not for editable installs)."""
        if version == "editable":
            return
        root = Path(self.root)
        rules = [tomllib.loads(path.read_text("utf-8")) for path in sorted((root / "rules").glob("DHI*.toml"))]
        target = Path(self.directory) / "rules.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(rules, indent=1, sort_keys=True) + "\n", "utf-8")
        build_data["force_include"][str(target)] = "dhi_migrate/rules/rules.json"

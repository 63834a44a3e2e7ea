"""The command ``config``: the settings that hold for a file, and where each of them comes from."""

from __future__ import annotations

import json
import os
import sys

from .._record import NamedTuple
from ..project.config_error import ConfigError
from ..project.config_settings import Configurations, FileSettings
from ..report.escape import visible, width
from ..rules.engine import chosen_rules
from ..rules.registry import rules, use_own_rules
from .console import Output, say, style_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..project.config import Config
    from ..report.style import Style


class _Shown(NamedTuple):
    """One setting: its key, its value as JSON has it, and the places that it comes from; none for a default."""

    key: str
    value: Any
    places: tuple[tuple[str, int], ...]


def show_config(path: str, named: str | None, *, as_json: bool) -> int:
    """Print what holds for the file or directory at `path` by the nearest configuration, or the `named` one.

    Gives the exit code: 2 where the configuration, or the path, cannot be used.
    """
    file = os.path.join(path, "Dockerfile") if os.path.isdir(path) else path
    if not os.path.isdir(os.path.dirname(file) or "."):
        say(f"{path}: no such file or directory")
        return 2
    try:
        configurations = Configurations(None, named)
        found = configurations.config_for(file)
        chosen = configurations.settings_for(file)
    except ConfigError as error:
        for line in str(error).split("\n"):
            say(line)
        return 2
    shown = _settings(found, chosen)
    excluded = configurations.excludes(file)
    rules_on = sum(map(chosen_rules(chosen.settings).takes, rules()))
    output = Output(sys.stdout)
    if as_json:
        document = {
            "version": 1,
            "path": path,
            "files": [] if found is None else [one.path for one in found.files],
            "excluded": excluded,
            "rules": {"on": rules_on, "all": len(rules())},
            "settings": {
                one.key: {"value": one.value, "from": [{"path": place[0], "line": place[1]} for place in one.places]}
                for one in shown
            },
        }
        output.write((json.dumps(document, indent=1) + "\n").encode())
    else:
        output.write(
            _text(path, found, shown, style_for(output, unsafe_fixes=False), excluded=excluded, on=rules_on).encode()
        )
    return 0


def use_rules_here() -> bool:
    """Let the own rules of the configuration here be known; False, and a line on standard error, if it is wrong."""
    try:
        use_own_rules(Configurations().settings_for("Dockerfile").settings.own_rules)
    except ConfigError as error:
        for line in str(error).split("\n"):
            say(line)
        return False
    return True


def _settings(found: Config | None, chosen: FileSettings) -> list[_Shown]:
    """All settings in the order of the documentation."""
    settings = chosen.settings
    values: dict[str, Any] = {
        "select": list(settings.select) or None,
        "ignore": list(settings.ignore),
        "severity": dict(settings.severity),
        "fail-on": chosen.fail_on,
        "level": settings.level,
        "registry": settings.registry,
        "catalog": chosen.catalog,
        "target": settings.target,
        "build-args": dict(settings.build_args),
        "exclude": [] if found is None else _exclude(found),
        "rules": [] if found is None else _folders(found),
        "baseline": chosen.baseline,
    }
    of_file = found is not None and settings.ignore != found.ignore
    beside = {"select": ("select", "extend-select"), "ignore": ("ignore", *(("per-file-ignores",) if of_file else ()))}
    return [
        _Shown(key, value, () if found is None else _places(found, beside.get(key, (key,))))
        for key, value in values.items()
    ]


def _places(found: Config, keys: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    by_path = {file.path: file for file in found.files}
    return tuple((path, by_path[path].line(key)) for key in keys for path in found.origins.get(key, ()))


def _exclude(found: Config) -> list[str]:
    return next((list(file.table["exclude"]) for file in found.files if "exclude" in file.table), [])


def _folders(found: Config) -> list[str]:
    return [folder for file in found.files for folder in file.table.get("rules", ())]


def _text(path: str, found: Config | None, shown: list[_Shown], style: Style, *, excluded: bool, on: int) -> str:
    if found is None:
        heading = f"{path}: no configuration file; these are the defaults"
    else:
        first, *others = (file.path for file in found.files)
        heading = f"{path}: {first}" + "".join(f", which extends {other}" for other in others)
    lines = [style.paint("path", visible(heading))]
    if excluded:
        lines.append("it is excluded, unless it is named without --force-exclude")
    lines.append(f"{on} of {len(rules())} rules are on")
    rows = [(one.key, visible(_value(one.value)), _from(one.places)) for one in shown]
    widest = max(width(row[0]) for row in rows)
    middle = min(44, max(width(row[1]) for row in rows))
    for key, value, source in rows:
        line = f"{key}{' ' * (widest - width(key))}  {value}"
        lines.append(
            (line + " " * max(0, widest + 2 + middle - width(line)) + f"  {style.paint('faint', source)}").rstrip()
        )
    return "".join(f"{line}\n" for line in lines)


def _value(value: Any) -> str:
    if value is None or value in ([], {}):
        return "-"
    if isinstance(value, dict):
        return ", ".join(f"{key}={one}" for key, one in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)


def _from(places: tuple[tuple[str, int], ...]) -> str:
    return visible(", ".join(f"{path}:{line}" for path, line in places)) if places else "default"

"""A small stand-in for the rules, so that tests of the command line do not change when a rule does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from dhi_migrate.dockerfile.source import Source, Span
from dhi_migrate.rules.edits import apply_edits
from dhi_migrate.rules.findings import Edit, FileReport, Finding, Fix, StageReport
from dhi_migrate.settings import Settings


class Migration(NamedTuple):
    """As `dhi_migrate.migrate.outcome.Migration`."""

    before: FileReport
    after: FileReport
    data: bytes
    applied: tuple[Fix, ...]
    problem: str | None


Run = Callable[..., tuple[int, str, str]]


def check_source(path: str, data: bytes, catalog: object, settings: Settings, *, tree: object = None) -> FileReport:
    """Find each ``FROM node:`` (safe fix), ``FROM alpine`` (no fix) and ``CMD npm`` (unsafe fix)."""
    if b"BOOM" in data:
        raise ValueError("BOOM")
    hardened = settings.registry.replace("{name}", "node").encode()
    findings: list[Finding] = []
    stages: list[StageReport] = []
    source = Source(data)
    for match in re.finditer(rb"(?m)^(FROM |CMD )(\S+)(.*)$", data):
        span = Span(*match.span(2))
        image = match[2].decode("utf-8", "surrogateescape")
        stage = len(stages)
        line = source.line_of(span.start)
        if match[1] == b"CMD ":
            if match[2] == b"npm":
                fix = Fix("unsafe", "write CMD as a JSON array", (Edit(*match.span(2), b'["npm"]'),))
                findings.append(
                    Finding(
                        "DHI202",
                        "shell-form-start",
                        "error",
                        "CMD needs a shell",
                        "no /bin/sh",
                        stage - 1,
                        span,
                        (fix,),
                    )
                )
        elif image.startswith("node:"):
            target = f"{hardened.decode()}:{image[5:]}"
            fix = Fix("safe", f"use {target}", (Edit(*match.span(2), target.encode("utf-8", "surrogateescape")),))
            findings.append(
                Finding("DHI101", "hardened-base-available", "info", f"{image} can be swapped", "", stage, span, (fix,))
            )
            stages.append(StageReport(stage, None, line, "final", image, target, "exact", True, (), ()))
        elif image.startswith("alpine"):
            findings.append(
                Finding("DHI104", "no-hardened-equivalent", "warning", f"nothing replaces {image}", "", stage, span)
            )
            stages.append(StageReport(stage, None, line, "final", image, None, "none", False, ("no such thing",), ()))
        else:
            stages.append(StageReport(stage, None, line, "final", image, None, "hardened", True, (), ()))
    status = "hardened" if not findings else "swappable" if all(f.rule == "DHI101" for f in findings) else "manual"
    return FileReport(path, source, status, "runtime", None, tuple(stages), tuple(findings))


def migrate_source(
    path: str, data: bytes, catalog: object, settings: Settings, *, unsafe: bool, tree: object = None
) -> Migration:
    """Apply all fixes at once."""
    before = check_source(path, data, catalog, settings)
    fixes = tuple(fix for finding in before.findings for fix in finding.fixes if unsafe or fix.safety == "safe")
    after = apply_edits(data, [edit for fix in fixes for edit in fix.edits])
    return Migration(before, check_source(path, after, catalog, settings), after, fixes, None)


def module(name: str, **content: Any) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(content)
    return made


def write(name: str, text: str | bytes) -> Path:
    """Write a file below the working directory."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path

"""The words that options and settings are chosen from, as types.

They stand apart from the values that are typed by them: pydantic and typer read these at run time, while a plain check
needs none of them, nor the import of `typing`.
"""

from __future__ import annotations

from typing import Literal

LevelChoice = Literal["auto", "runtime", "split", "dev"]
FailOn = Literal["error", "warning", "info", "never"]
SeverityName = Literal["error", "warning", "info"]
Format = Literal["text", "concise", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html"]
Framed = Literal["json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html"]
"""The formats that have a frame; ``text`` and ``concise`` are no more than their files."""

PlanFormat = Literal["text", "json", "markdown"]

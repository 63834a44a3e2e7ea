"""The language: bytes -> instructions -> stages. Knows nothing of hardened images."""

from __future__ import annotations

from .expand import Expanded, VariableUse
from .graph import Base, BuildGraph, Edge, Stage, build_graph, scope_at, stage_state_at
from .model import Comment, Diagnostic, Directive, Dockerfile, Flag, Heredoc, Instruction, Word
from .parse import parse
from .source import Position, Source, Span
from .state import Effective, StageState

__all__ = [
    "Base",
    "BuildGraph",
    "Comment",
    "Diagnostic",
    "Directive",
    "Dockerfile",
    "Edge",
    "Effective",
    "Expanded",
    "Flag",
    "Heredoc",
    "Instruction",
    "Position",
    "Source",
    "Span",
    "Stage",
    "StageState",
    "VariableUse",
    "Word",
    "build_graph",
    "parse",
    "scope_at",
    "stage_state_at",
]

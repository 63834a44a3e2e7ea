"""Paths of the upstream image that lie elsewhere in the hardened one: language prefixes, default work directories."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .model import Breaker, Move

if TYPE_CHECKING:
    from ...dockerfile import Instruction

# Directories that only the upstream start scripts read: https://github.com/docker-library (postgres, mysql, mongo,
# nginx): files copied there have no effect without those scripts.
_SCRIPT_DIRECTORIES = ("/docker-entrypoint-initdb.d", "/docker-entrypoint.d", "/etc/nginx/templates")

# What lies below a language prefix and belongs to the language rather than to the application.
_BELOW = {
    "python": ("lib/python", "bin/python", "bin/pip", "bin/gunicorn", "bin/uvicorn", "bin/flask", "bin/celery", "bin"),
    "node": ("lib/node_modules", "bin/node", "bin/npm", "bin/npx", "bin/yarn", "bin"),
    "go": ("",),
    "java": ("",),
    "dotnet": ("",),
    "php": ("lib/php", "bin/php", "sbin/php-fpm", "etc/php-fpm"),
    "ruby": ("lib/ruby", "bin/ruby", "bin/gem", "bin/bundle", "bundle"),
}


def path_breakers(move: Move) -> list[Breaker]:
    """Mentions of paths that move or lose their meaning, and a default work directory that changes under the file."""
    return [*_moved_prefixes(move), *_script_directories(move), *_workdir(move)]


def _moved_prefixes(move: Move) -> list[Breaker]:
    facts = move.facts
    if facts is None:
        return []
    found = []
    for language, upstream in facts.prefix.items():
        if language not in _BELOW or "<" in upstream or not upstream.startswith("/"):
            continue
        here = move.definition.prefix.get(language)
        if here == upstream:
            continue
        parts = "|".join(re.escape(below) for below in _BELOW[language] if below)
        pattern = re.compile(
            rf"(?<![\w.-]){re.escape(upstream)}(?:/(?:{parts})|(?![\w.-]))" if parts else _exactly(upstream)
        )
        where = f"in {here}" if here else "not there"
        for instruction in _mentions(move):
            if pattern.search(instruction.original):
                text = f"{language} is in {upstream} upstream and {where} in {move.image}"
                found.append(Breaker(instruction.span, text, True))
    return found


def _exactly(path: str) -> str:
    return rf"(?<![\w.-]){re.escape(path)}(?![\w.-])"


def _mentions(move: Move) -> list[Instruction]:
    """Instructions whose paths lie in these stages: their own, and copies out of them by other stages."""
    own = list(move.instructions("RUN", "ENV", "ENTRYPOINT", "CMD", "HEALTHCHECK", "WORKDIR", "VOLUME"))
    numbers = {stage.index for stage in move.stages}
    own.extend(edge.instruction for edge in move.graph.edges if edge.source in numbers)
    for instruction in move.instructions("COPY", "ADD"):
        if not any(flag.name == "from" for flag in instruction.flags):
            own.append(instruction)
    return own


def _script_directories(move: Move) -> list[Breaker]:
    if not move.final:
        return []
    found = []
    for instruction in move.instructions("COPY", "ADD"):
        for directory in _SCRIPT_DIRECTORIES:
            if directory in instruction.original and not _has_path(move, directory):
                found.append(Breaker(instruction.span, f"nothing in {move.image} reads {directory}", True))
    return found


def _has_path(move: Move, directory: str) -> bool:
    return any(entry.path == directory or entry.path.startswith(f"{directory}/") for entry in move.definition.paths)


def _workdir(move: Move) -> list[Breaker]:
    """Relative paths before the first absolute WORKDIR land in the image's own work directory."""
    before = (move.facts.workdir if move.facts is not None else "") or "/"
    after = move.definition.workdir or "/"
    if before == after or move.facts is None:
        return []
    for instruction in move.instructions("WORKDIR", "RUN", "COPY", "ADD", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        if instruction.keyword == "WORKDIR":
            path = instruction.words[0].text if instruction.words else ""
            if path.startswith("/"):
                return []
        elif instruction.keyword in {"COPY", "ADD"}:
            target = instruction.words[-1].text if instruction.words else ""
            if target.strip("\"'").startswith("/"):
                continue
        text = f"the work directory is {before} upstream and {after} in {move.image}, and the file sets none"
        return [Breaker(instruction.span, text, False)]
    return []

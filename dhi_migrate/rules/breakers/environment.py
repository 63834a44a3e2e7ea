"""Environment variables that the upstream image sets, the file reads, and the hardened image does not have.

The rule on lost environment (DHI505) says what is certain of that; here it is a reason not to swap unasked, as long as it stands.
"""

from __future__ import annotations

from ..._pattern import regex
from ..upstream_variables import BY_REPOSITORY
from .model import Breaker, Move

_USE = regex(r"\$\{?([A-Za-z_]\w*)")
# Without ICU libraries a .NET program ends at its start unless this is set, and the Alpine images list no such library:
# https://learn.microsoft.com/dotnet/core/runtime-config/globalization. Caddy keeps its certificates below the other two.
_READ_BY_PROGRAMS = frozenset({"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "XDG_CONFIG_HOME", "XDG_DATA_HOME"})


def environment_breakers(move: Move) -> list[Breaker]:
    """A variable that is not set expands to nothing, silently: ``USER $APP_UID`` becomes root."""
    return [*_lost(move), *_replaced_path(move), *_behaviour(move)]


def _replaced_path(move: Move) -> list[Breaker]:
    """A PATH that is written out leaves the directories of the hardened image out, which are not those of the upstream one."""
    found, known = [], move.definition.env
    for instruction in move.instructions("ENV"):
        for pair in getattr(instruction.detail, "pairs", ()):
            whole = f"${pair.name}" in pair.value.replace("{", "")
            if not whole and (pair.name == "PATH" or (pair.name == "LD_LIBRARY_PATH" and pair.name in known)):
                text = f"{pair.name} is replaced, and the programs of {move.image} may lie elsewhere than upstream"
                found.append(Breaker(instruction.span, text, False))
    return found


def _behaviour(move: Move) -> list[Breaker]:
    """Variables of the upstream image that programs read by themselves."""
    facts = move.facts
    if facts is None or not move.final:
        return []
    found = []
    for name in _READ_BY_PROGRAMS & (set(facts.env) - set(move.definition.env)):
        if not any(pair.name == name for one in move.instructions("ENV") for pair in getattr(one.detail, "pairs", ())):
            text = f"upstream sets {name}={facts.env[name]}, {move.image} does not"
            found.append(Breaker(move.stages[0].instruction.span, text, False))
    return found


def _lost(move: Move) -> list[Breaker]:
    facts = move.facts
    if facts is None:
        return []
    lost = {*facts.env, *BY_REPOSITORY.get(facts.repository, ())} - set(move.definition.env)
    if not lost:
        return []
    own: set[str] = set()
    found = []
    for stage in move.stages:
        for instruction in stage.instructions:
            used = _USE.findall(instruction.original) if "$" in instruction.original else ()
            names = sorted((set(used) & lost) - own)
            for name in names:
                text = f"{name} is set by the upstream image and not by {move.image}"
                found.append(Breaker(instruction.span, text, False))
            # an ARG without a default may get nothing at all, and the variable of the upstream image came before it
            if instruction.keyword in {"ARG", "ENV"}:
                pairs = getattr(instruction.detail, "pairs", ())
                own.update(pair.name for pair in pairs if getattr(pair, "default", "") is not None)
    return found

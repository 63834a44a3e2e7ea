"""What breaks when a stage moves from its upstream image to a hardened one: pure functions from a `Move` to `Breaker`s."""

from __future__ import annotations

from .environment import environment_breakers
from .model import Breaker, Move
from .paths import path_breakers
from .run import run_breakers, trigger_breakers
from .start import start_breakers
from .taken import taken_breakers
from .users import download_breakers, home_breakers, port_breakers, privilege_breakers, user_breakers

__all__ = ["Breaker", "Move", "breakers", "start_breakers"]


def breakers(move: Move) -> tuple[Breaker, ...]:
    """Everything that is known to break, or not known to work, in the stages of `move`; in file order."""
    found: list[Breaker] = []
    if move.final:
        found.extend(run_breakers(move))
        found.extend(start_breakers(move))
    else:
        from .tools import tool_breakers

        found.extend(tool_breakers(move))
    found.extend(user_breakers(move))
    found.extend(privilege_breakers(move))
    found.extend(port_breakers(move))
    found.extend(download_breakers(move))
    found.extend(home_breakers(move))
    found.extend(path_breakers(move))
    found.extend(environment_breakers(move))
    found.extend(trigger_breakers(move))
    found.extend(taken_breakers(move))
    return tuple(sorted(set(found), key=lambda breaker: (breaker.span, not breaker.certain, breaker.text)))

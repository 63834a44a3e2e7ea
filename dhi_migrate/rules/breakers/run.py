"""RUN instructions that would run on the image that ships."""

from __future__ import annotations

from .model import Breaker, Move


def run_breakers(move: Move) -> list[Breaker]:
    """A runtime image is not for running commands: no shell, or no package manager and no root."""
    definition, found = move.definition, []
    for instruction in move.instructions("RUN"):
        if definition.bin_sh is False and not instruction.exec_form:
            text = f"RUN needs /bin/sh, which {move.image} does not have"
        elif definition.uid != 0:
            manager = f", and {move.image} has no package manager" if definition.package_manager is None else ""
            text = f"RUN would run as {definition.user or definition.uid} ({definition.uid}), not as root{manager}"
        else:
            text = "RUN in the stage that ships belongs in a build stage"
        found.append(Breaker(instruction.span, text, True))
    for instruction in move.instructions("SHELL"):
        argv = getattr(instruction.detail, "argv", ())
        if argv and argv[0].text not in definition.shells:
            found.append(
                Breaker(instruction.span, f"SHELL names {argv[0].text}, which {move.image} does not have", False)
            )
    return found


def trigger_breakers(move: Move) -> list[Breaker]:
    """ONBUILD instructions run in files that are not seen here: whatever they need is not known to be in the image."""
    return [
        Breaker(instruction.span, "ONBUILD runs in files that are built on this image; they are not judged", False)
        for instruction in move.instructions("ONBUILD")
    ]

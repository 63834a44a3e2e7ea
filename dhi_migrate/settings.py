"""What a run is told: the settings that change what is found, proposed and written."""

from __future__ import annotations

from typing import Literal

from ._record import NamedTuple

LevelChoice = Literal["auto", "runtime", "split", "dev"]
FailOn = Literal["error", "warning", "info", "never"]


class Settings(NamedTuple):
    """Settings of a run; the same whether they come from the command line, a configuration file or a caller.

    `registry` is the template for hardened references and holds ``{name}``; `target` names the stage that ships (None:
    the last); `build_args` are (name, value) pairs as of ``docker build --build-arg``; `select` and `ignore` hold rule
    codes, code prefixes or names (an empty `select` is all); `level` bounds how far a final stage may be rewritten.
    """

    registry: str = "dhi.io/{name}"
    target: str | None = None
    build_args: tuple[tuple[str, str], ...] = ()
    level: LevelChoice = "auto"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

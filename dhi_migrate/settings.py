"""What a run is told: the settings that change what is found, proposed and written."""

from __future__ import annotations

from ._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .choices import LevelChoice, SeverityName


class Settings(NamedTuple):
    """Settings of a run; the same whether they come from the command line, a configuration file or a caller.

    `registry` is the template for hardened references and holds ``{name}``; `target` names the stage that ships (None:
    the last); `build_args` are (name, value) pairs as of ``docker build --build-arg``; `select` and `ignore` hold rule
    codes, code prefixes or names (an empty `select` is all); `level` bounds how far a final stage may be rewritten.

    `severity` are (selector, severity) pairs for what is reported, of which the last that names a rule holds; what a finding
    keeps from being swapped goes by the severity of its rule all the same. `own_rules` are rules of the user, each the JSON
    text of a rule file (`dhi_migrate.project.config_rules` reads them).
    """

    registry: str = "dhi.io/{name}"
    target: str | None = None
    build_args: tuple[tuple[str, str], ...] = ()
    level: LevelChoice = "auto"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, SeverityName], ...] = ()
    own_rules: tuple[str, ...] = ()

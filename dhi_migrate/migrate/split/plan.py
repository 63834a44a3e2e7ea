"""What becomes of the start command of a stage that is split."""

from __future__ import annotations

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...rules.findings import Edit


class StartPlan(NamedTuple):
    """Edits of CMD and ENTRYPOINT, and the programs by path that the start needs from elsewhere (``/go/bin/app``).

    `venv` is the environment in the project whose programs have to be found by name, "" for none.
    """

    edits: tuple[Edit, ...]
    programs: tuple[str, ...]
    venv: str

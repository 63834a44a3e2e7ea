"""Who owns what in the image that ships: the work directory and data go to the user by ``--chown``, or at the end of a RUN."""

from __future__ import annotations

import posixpath

from .._pattern import is_number
from .._record import NamedTuple
from ..rules.copied import brought
from ..rules.findings import Edit
from ..rules.paths import SHARED, known_directory, owned, under
from .dev_append import append, hosts
from .dev_places import closes, holds_files, is_given, removes, shown_places
from .dev_work import Place, work_directory
from .outcome import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dockerfile import Instruction
    from ..rules.copied import Brought
    from ..rules.facts import RunFacts
    from .dev_scope import Scope

END = 1 << 40
"""The moment of a RUN that stands behind all others."""


class Files(NamedTuple):
    """What is done about files: `edits`, instructions to put directly before the USER (`last`), the directories that are given.

    `early` is the WORKDIR above which the USER can stand already, so that the directory is made for it; None: at the end.
    """

    edits: tuple[Edit, ...]
    last: tuple[str, ...]
    given: tuple[str, ...]
    early: Instruction | None


def plan_files(scope: Scope, owner: str) -> Files | Refusal:
    """How what `owner` (``uid:gid`` or a name) may have to write to becomes its own, or why that cannot be told."""
    work = work_directory(scope)
    if isinstance(work, Refusal):
        return work
    shown = shown_places(scope, work)
    if isinstance(shown, Refusal):
        return shown
    every = [*shown] if work is None else [work, *shown]
    places = [one for one in every if not _is_owned(scope, one, owner)]
    given = {one.path: one for one in places}
    early = _early(scope, work, places)
    if early is not None:
        places = []
    places = [one for one in places if not _is_copied(scope, one)]
    able = hosts(scope)
    moments = {one: _moment(scope, one, able) for one in places}
    groups: dict[int, list[Place]] = {}
    for one in _needed(scope, places, moments):
        groups.setdefault(moments[one], []).append(one)
    edits: list[Edit] = []
    last: list[str] = []
    for moment, group in groups.items():
        commands = _commands(group, owner)
        if moment == END:
            last.append(f"{scope.keyword('RUN')} {' && '.join(commands)}")
        else:
            edits.append(append(scope, able[moment], commands))
    if last and not scope.is_sh(None):
        return Refusal("dev", scope.subject.stage.line, "the shell of the stage is not known to have chown")
    starts = {one.path: moments[one] for one in places}
    if work is not None and early is not None:
        starts[work.path] = early.index
    edits.extend(_copies(scope, owner, given, starts))
    return Files(tuple(edits), tuple(last), tuple(given), early)


def _is_owned(scope: Scope, place: Place, owner: str) -> bool:
    """Whether `place` is the user's already: in the image, or by a command of the file."""
    uid = owner.partition(":")[0]
    brings = is_number(uid) and not place.recursive and owned(scope.target, place.path, int(uid))
    return brings or is_given(scope, place, owner)


def _is_copied(scope: Scope, place: Place) -> bool:
    """Whether a copy of the stage, which gets ``--chown``, is what makes the directory `place`."""
    if place.recursive or place.make or known_directory(scope.target, place.path):
        return False
    for one in brought(scope.subject):
        if one.destination is not None and posixpath.normpath(one.destination) == place.path:
            return one.instruction.index == place.after and one.instruction.index in scope.own and not holds_files(one)
    return False


def _moment(scope: Scope, place: Place, able: dict[int, RunFacts]) -> int:
    """Where `place` is given: in the RUN that fills it or the next one; where nothing fills it, in the last one that there is."""
    later = [at for at in able if at >= place.after]
    if not later:
        return END
    return later[0] if place.recursive else later[-1]


def _early(scope: Scope, work: Place | None, places: list[Place]) -> Instruction | None:
    """The WORKDIR that makes the work directory, where nothing that needs root follows and nothing else has to be done."""
    if work is None or work.recursive or len(places) != 1 or not places[0].work:
        return None
    own = scope.subject.stage.instructions
    first = next((one for one in own if one.keyword == "WORKDIR" and one.index == work.after), None)
    if first is None or known_directory(scope.target, work.path):
        return None
    if any(one.keyword in {"RUN", "SHELL", "USER"} and one.index > first.index for one in own):
        return None
    if any(run.leftover or run.builds or run.downloads or _is_opaque(run) for run in scope.runs):
        return None  # what makes files that cannot be named may have made the directory
    above = posixpath.dirname(work.path)
    names = {work.shown, work.path, above if above.count("/") > 1 else work.path}
    if any(name in run.instruction.original for run in scope.runs for name in names):
        return None
    return first


def _is_opaque(run: RunFacts) -> bool:
    return not run.script.ok or any(one.opaque for one in run.packages)


def _needed(scope: Scope, places: Sequence[Place], moments: dict[Place, int]) -> list[Place]:
    """Those of `places` that are still there and that no other one covers; what has to be made is kept, and made before."""
    found = []
    for one in places:
        between = (run for run in scope.runs if one.after < run.instruction.index <= moments[one])
        if not one.make and any(removes(scope, run, one.path) for run in between):
            continue
        above = [
            other for other in places if other.recursive and one.path != other.path and under(one.path, other.path)
        ]
        cover = next((other for other in above if moments[other] >= moments[one] or one.make), None)
        if cover is None:
            found.append(one)
        elif one.make:
            moments[one] = moments[cover]
            found.append(one)
    return found


def _commands(group: Sequence[Place], owner: str) -> list[str]:
    """The commands that give the places of one `group` to `owner`."""
    deep = [one for one in group if one.recursive]
    covered = {one for one in group if any(other is not one and under(one.path, other.path) for other in deep)}
    words = {
        "mkdir -p": [one.shown for one in group if one.make],
        f"chown -R {owner}": [one.shown for one in deep if one not in covered],
        f"chown {owner}": [one.shown for one in group if not one.recursive and one not in covered],
    }
    return [f"{command} {' '.join(paths)}" for command, paths in words.items() if paths]


def _copies(scope: Scope, owner: str, places: dict[str, Place], starts: dict[str, int]) -> list[Edit]:
    """``--chown`` for copies of directories into `places`, where no chown comes after them, and of what root alone may read."""
    edits = []
    for one in brought(scope.subject):
        if one.stage is not scope.subject.stage or one.detail.chown is not None or one.destination is None:
            continue
        cover = [path for path in places if under(posixpath.normpath(one.destination), path)]
        if any(places[path].recursive and starts.get(path, END) > one.instruction.index for path in cover):
            continue
        if (cover and not holds_files(one)) or _is_closed(scope, one):
            edits.append(_flag(one, owner))
    return edits


def _is_closed(scope: Scope, one: Brought) -> bool:
    """Whether only root could read what is brought: a download by ADD has mode 0600, and ``--chmod`` says what it says."""
    if one.detail.chmod is not None:
        return closes(one.detail.chmod.value or "")
    fetched = [source for source in one.sources if source.startswith(("http://", "https://"))]
    if one.instruction.keyword != "ADD" or not fetched or one.destination is None:
        return False
    place = one.lands(fetched[0]) or one.destination
    if any(under(place, folder) for folder in SHARED):
        return False  # something to build with
    later = (run for run in scope.runs if run.instruction.index > one.instruction.index)
    return not any(
        scope.absolute(run, path) == posixpath.normpath(place) and not closes(mode.mode)
        for run in later
        for mode in run.modes
        for path in mode.paths
    )


def _flag(one: Brought, owner: str) -> Edit:
    flags = one.instruction.flags
    at = flags[-1].span.end if flags else one.instruction.keyword_span.end
    return Edit(at, at, f" --chown={owner}".encode())

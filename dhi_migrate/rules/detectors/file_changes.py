"""RUN instructions of a stage that ships which only make and change files (DHI410)."""

from __future__ import annotations

import posixpath

from ..accounts import creating
from ..causes import also, is_root, judged, listed, needs_shell
from ..findings import Fix, Hit
from ..paths import owned, under

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...catalog.model import Definition
    from ...dockerfile.shell import Command
    from ..absorb import Absorbed, Around
    from ..facts import RunFacts
    from ..findings import Edit, Safety
    from ..subject import Subject


def file_changes(subject: Subject) -> Iterator[Hit]:
    """One hit for the RUN instructions that COPY and WORKDIR can take over, one for those that have to move to a build stage.

    Each stands on the first of its lines and names the others.
    """
    target = subject.target
    if target is None or not judged(subject):
        return
    if not any(run.pure == "files" for run in subject.facts.runs):
        return
    from ..absorb import Around, absorb
    from ..creation import made_names, made_uids

    made = tuple(creating(subject))
    around = Around(subject, made_names(made) | {str(uid) for uid in made_uids(made)})
    runs = [run for run in subject.facts.runs if run.pure == "files" and _fails(subject, target, around, run)]
    if not runs:
        return
    able: list[tuple[RunFacts, Absorbed]] = []
    rest: list[RunFacts] = []
    for run in runs:
        taken = absorb(around, run, _commands(run))
        if taken is not None:
            able.append((run, taken))
        else:
            rest.append(run)
    for safety in ("safe", "unsafe"):
        yield from _taken(subject, [one for one in able if one[1].safe is (safety == "safe")], safety)
    if rest:
        yield _moved(subject, rest)


def _fails(subject: Subject, target: Definition, around: Around, run: RunFacts) -> bool:
    """Whether the image is known to fail at `run`: no shell, or no right to change what it changes."""
    shell = needs_shell(subject, run.instruction)
    if shell and target.bin_sh is False:
        return True
    if is_root(subject, run.instruction) is not False:
        return False
    # only root gives files away, and what a COPY brought is root's to change
    if run.ownerships or (run.modes and around.copies):
        return True
    if shell and target.bin_sh is None:
        return False
    mine = [place for place, own in around.workdirs.items() if own]
    for one in run.written:
        path = posixpath.normpath(one.path)
        if not path.startswith("/") or "$" in path:
            continue
        if not any(under(path, place) for place in mine) and not owned(target, path, target.uid):
            return True
    return False


def _commands(run: RunFacts) -> list[Command]:
    """The commands of `run` that make or change files, in order."""
    touched = {one.command for group in (run.written, run.ownerships, run.modes) for one in group}
    return [one for one in run.script.commands if one in touched]


def _taken(subject: Subject, able: list[tuple[RunFacts, Absorbed]], safety: Safety) -> Iterator[Hit]:
    """The hit on RUN instructions of which nothing is left once COPY and WORKDIR do their part."""
    if not able:
        return
    edits: list[Edit] = [edit for _, taken in able for edit in taken.edits]
    flags = list(dict.fromkeys(edit.text.decode().strip() for edit in edits))
    from ..repairs import remove_instruction

    edits.extend(remove_instruction(subject.file.dockerfile, run.instruction) for run, _ in able)
    unique = tuple(dict.fromkeys(edits))
    fixes: tuple[Fix, ...] = ()
    if len({(one.start, one.end) for one in unique}) == len(unique):
        title = f"Write COPY {' '.join(flags)} in the place of RUN" if flags else "Remove the RUN"
        fixes = (Fix(safety, title, unique, bound=subject.pending),)
    done = (
        "a later COPY replaces the file"
        if _only_removes(run for run, _ in able)
        else "WORKDIR and COPY do that already"
    )
    advice = f"write COPY {' '.join(flags)}" if flags else f"{done}, so take it out"
    yield _hit(subject, [run for run, _ in able], advice, fixes)


def _only_removes(runs: Iterable[RunFacts]) -> bool:
    return all(command.name in {"rm", "rmdir", "unlink"} for run in runs for command in _commands(run))


def _moved(subject: Subject, runs: list[RunFacts]) -> Hit:
    target = subject.target
    owner = f" --chown={target.uid}:{target.gid}" if target is not None and any(run.ownerships for run in runs) else ""
    if _only_removes(runs):
        return _hit(subject, runs, "take it out, or copy another file over it", ())
    return _hit(subject, runs, f"do it in a build stage, and take the result with COPY --from=<stage>{owner}", ())


def _hit(subject: Subject, runs: list[RunFacts], advice: str, fixes: tuple[Fix, ...]) -> Hit:
    programs = listed(command.name for run in runs for command in _commands(run))
    first, target = runs[0].instruction, subject.target
    if target is not None and target.bin_sh is False and needs_shell(subject, first):
        reason = f"{subject.image} has no shell"
    else:
        reason = f"in {subject.image} it would run as {subject.who}"
    text = f"RUN {programs} in the stage that ships: {reason}; {advice}{also(subject, [run.instruction for run in runs[1:]])}"
    return Hit(first.keyword_span, text, subject.evidence, fixes)

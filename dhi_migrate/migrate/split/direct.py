"""The swap without a split: installations that the runtime has no use for are taken out, and nothing else has to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...rules.breakers.model import package_names
from ...rules.edits import EditConflict, apply_edits
from ...rules.facts.files import is_cache
from ...rules.repairs import remove_commands
from ..outcome import Rewrite
from .folders import made_directories
from .installed import needed_files

if TYPE_CHECKING:
    from ...dockerfile import Span
    from ...dockerfile.shell import Command
    from ...rules.facts import RunFacts
    from ...rules.findings import Edit
    from ...rules.subject import Subject
    from ...rules.verdict import Verdict


def drop_installations(verdict: Verdict) -> Rewrite | None:
    """The text without the installations of the stage that ships, where all of them can go; None for none, or where one cannot.

    Whether that is enough is for the caller to judge.
    """
    context = verdict.context
    if context is None or context.graph.target is None:
        return None
    subject = verdict.subjects[context.graph.target]
    target = subject.target
    if subject.state != "pending" or target is None or target.variant == "dev":
        return None
    runs = [run for run in subject.facts.runs if run.packages or run.written]
    edits: list[Edit] = []
    names: list[str] = []
    made: list[str] = []
    for run in runs:
        folders = made_directories(subject, run)
        found = folders.edits if folders is not None else _without(subject, run)
        if found is None:
            return None
        edits.extend(found)
        made.extend(folders.paths if folders is not None else ())
        names.extend(package.name for one in run.packages for package in one.packages if one.action == "install")
    if not edits or not (names or made):
        return None
    try:
        data = apply_edits(context.dockerfile.source.data, edits)
    except EditConflict:
        return None
    have = package_names(target)
    lost = [name for name in dict.fromkeys(names) if name not in have]
    words = []
    if names:
        words.append(
            "take out the installations that the runtime has no use for" + (f" ({', '.join(lost[:6])})" if lost else "")
        )
    if made:
        words.append(f"make {', '.join(made[:4])} by WORKDIR, for the user of the image")
    title = "; ".join(words)
    return Rewrite("runtime", data, title[:1].upper() + title[1:])


def _without(subject: Subject, run: RunFacts) -> tuple[Edit, ...] | None:
    """The edits that leave the package commands of `run` out, with their cleaning; None where something hangs on them."""
    target = subject.target
    if target is None or not run.script.ok:
        return None
    if not run.packages:
        return ()
    installed: list[tuple[str, Span]] = []
    for one in run.packages:
        if one.action == "install" and (one.opaque or one.repository):
            return None
        if one.action not in {"install", "update", "upgrade", "clean"}:
            return None
        installed.extend((package.name, one.command.span) for package in one.packages if one.action == "install")
    if needed_files(subject, target, installed, ()) != ():
        return None
    gone = [command for command in run.script.commands if _goes(run, command)]
    return remove_commands(subject.file.dockerfile, run.instruction, run.script.commands, gone)


def _goes(run: RunFacts, command: Command) -> bool:
    if any(one.command is command for one in run.packages):
        return True
    removed = [one for one in run.written if one.command is command]
    return bool(removed) and all(one.kind == "removed" and is_cache(one.path) for one in removed)

"""The swap without a split: installations that the runtime has no use for are taken out, and nothing else has to run."""

from __future__ import annotations

from ..._record import NamedTuple
from ...rules.breakers.model import package_names
from ...rules.edits import EditConflict, apply_edits
from ...rules.facts.files import is_cache
from ...rules.findings import Edit
from ...rules.repairs import remove_commands
from ...rules.start import start_of
from ..outcome import Refusal, Rewrite
from .brought_data import copies_of
from .folders import made_directories
from .installed import needed_files
from .lines import Lines
from .own_files import arranged_files, replaced_files
from .started import check_default

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...catalog.model import Definition
    from ...dockerfile import Span
    from ...dockerfile.shell import Command
    from ...rules.facts import RunFacts
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
    runs = [run for run in subject.facts.runs if run.packages or run.written or run.ownerships]
    edits: list[Edit] = []
    names: list[str] = []
    made: list[str] = []
    extra: list[str] = []
    cleared = False
    for run in runs:
        own = arranged_files(subject, run) or replaced_files(subject, run)
        folders = made_directories(subject, run) if own is None else None
        if own is not None:
            cleared = True
            found: Left | None = Left((_with_comments(subject, run, own[0]), *own[1:]))
        elif folders is not None:
            found = Left(folders.edits)
        elif run.packages or run.written:
            found = _without(subject, run)
        else:
            continue  # a rule of its own is about owners alone
        if found is None:
            return None
        edits.extend(found.edits)
        extra.extend(found.extra)
        made.extend(folders.paths if folders is not None else ())
        names.extend(package.name for one in run.packages for package in one.packages if one.action == "install")
    if not edits or not (names or made or cleared):
        return None
    if names and _is_for_people(subject, target):
        return None  # then the packages may be what the image is for
    copies = copies_of(verdict, subject, tuple(dict.fromkeys(extra)))
    if copies is None:
        return None
    try:
        data = apply_edits(context.dockerfile.source.data, [*edits, *copies])
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
    if cleared:
        words.append("leave out what is so in the image, or comes with a COPY")
    title = "; ".join(words)
    return Rewrite("runtime", data, title[:1].upper() + title[1:])


def _is_for_people(subject: Subject, target: Definition) -> bool:
    """Whether nothing is known of what starts in the stage: then the packages may be what the image is for."""
    start = start_of(subject)
    silent = start is None or (start.entrypoint is None and start.cmd is None)
    return check_default(subject, target) is not None or (
        silent and target.image in {"alpine-base", "debian-base", "busybox"}
    )


class Left(NamedTuple):
    """The edits that leave commands out, and the files of packages that the runtime needs all the same, by absolute path."""

    edits: tuple[Edit, ...]
    extra: tuple[str, ...] = ()


def _without(subject: Subject, run: RunFacts) -> Left | None:
    """What leaves the package commands of `run` out, with their cleaning; None where something hangs on them."""
    target = subject.target
    if target is None or not run.script.ok:
        return None
    if not run.packages:
        return Left(())
    installed: list[tuple[str, Span]] = []
    for one in run.packages:
        if one.action == "install" and (one.opaque or one.repository):
            return None
        if one.action not in {"install", "update", "upgrade", "clean"}:
            return None
        installed.extend((package.name, one.command.span) for package in one.packages if one.action == "install")
    extra = needed_files(subject, target, installed, ())
    if isinstance(extra, Refusal):
        return None
    gone = [command for command in run.script.commands if _goes(run, command)]
    edits = remove_commands(subject.file.dockerfile, run.instruction, run.script.commands, gone)
    if edits is None:
        return None
    if len(gone) == len(run.script.commands):
        edits = (_with_comments(subject, run, edits[0]),)
    return Left(edits, extra)


def _with_comments(subject: Subject, run: RunFacts, edit: Edit) -> Edit:
    """`edit`, which takes the whole of `run` out, with the comments directly above that speak of nothing else.

    Headings between lines of signs, and what stands at the top of the file, stay.
    """
    lines = Lines(subject.file.dockerfile)
    first = lines.first(run.instruction)
    texts = [lines.text(line, line, ()).strip("# \t") for line in range(first, run.instruction.start_line)]
    heading = any(not text or not any(sign.isalnum() for sign in text) for text in texts)
    if first == 1 or not texts or heading:
        return edit
    end = edit.end
    following = lines.source.line_of(end)
    if lines.is_blank(first - 1) and following < lines.source.line_count and lines.is_blank(following):
        end = max(end, lines.source.line_starts[following])
    return Edit(min(edit.start, lines.source.line_starts[first - 1]), end, edit.text)


def _goes(run: RunFacts, command: Command) -> bool:
    if any(one.command is command for one in run.packages):
        return True
    removed = [one for one in run.written if one.command is command]
    return bool(removed) and all(one.kind == "removed" and is_cache(one.path) for one in removed)

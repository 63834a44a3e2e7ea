"""Dockerfiles and the files with the services that build them, done as one set each: all of its files are written, or none."""

from __future__ import annotations

import os

from .._record import NamedTuple
from ..project.context import open_context
from ..project.names import is_dockerfile_name
from ..project.reader import ReadError, read_file
from ..project.references import ProjectFile, services_of
from ..project.references.together import Member, Part, all_uses, migrate_together
from .around import is_project_file, place, tree_for
from .pool import catalog_for, outcomes
from .work import Outcome, Rewritten, deliver, failure, internal, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..migrate.writer import NotWritten
    from ..project.references.service import Service
    from .interrupt import Interruption
    from .pool import Item
    from .work import Job

MAX_SET = 200
"""Most files of one set; in a larger one each file is changed by itself."""


class _Set(NamedTuple):
    """The numbers of the items of one set, in their order: Dockerfiles, and the files around them.

    `top` is the directory that paths are told from: that of the repository, or the one that the files around lie in.
    """

    top: str
    dockerfiles: tuple[int, ...]
    around: tuple[int, ...]


def outcomes_in_sets(items: Sequence[Item], jobs: Sequence[Job], count: int, stop: Interruption) -> Iterator[Outcome]:
    """As `dhi_migrate.cli.pool.outcomes`; sets are done in this process when the first of their files has its turn."""
    sets = find_sets(items)
    of_item = {number: one for one in sets for number in (*one.dockerfiles, *one.around)}
    alone = outcomes([item for number, item in enumerate(items) if number not in of_item], jobs, count, stop)
    done: dict[int, Outcome] = {}
    for number, (path, _) in enumerate(items):
        if number not in of_item:
            outcome = next(alone, None)
            if outcome is None:
                return
            yield outcome
            continue
        if number not in done:
            if stop.requested:
                stop.at = stop.at or path
                return
            done.update(_process(of_item[number], items, jobs))
        yield done.pop(number)


def find_sets(items: Sequence[Item]) -> tuple[_Set, ...]:
    """The sets among `items`: files with services that build a Dockerfile of the run, or run its image, and those Dockerfiles."""
    places = {os.path.realpath(path): number for number, (path, _) in enumerate(items) if _may_be_dockerfile(path)}
    above: dict[int, int] = {}

    def root(number: int) -> int:
        while above.setdefault(number, number) != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    around: dict[int, str] = {}
    files: dict[str, list[tuple[int, tuple[ProjectFile, str, Sequence[Service]]]]] = {}
    for number, (path, _) in enumerate(items):
        if _may_be_dockerfile(path) or not is_project_file(path):
            continue
        data = read_file(path)
        if isinstance(data, ReadError):
            continue
        top, name = place(path)
        services = services_of(ProjectFile(name, data))
        if services:
            files.setdefault(top, []).append((number, (ProjectFile(name, b""), name, services)))
    for top, listed in files.items():
        for (number, _), uses in zip(listed, all_uses([one for _, one in listed]), strict=True):
            for use in uses:
                built = places.get(os.path.join(top, *use.build.dockerfile.split("/")))
                if built is not None:
                    around[number] = top
                    above[root(built)] = root(number)
    members: dict[int, list[int]] = {}
    for number in sorted(above):
        members.setdefault(root(number), []).append(number)
    return tuple(
        _Set(
            os.path.commonpath([around[number] for number in numbers if number in around]),
            tuple(number for number in numbers if number not in around),
            tuple(number for number in numbers if number in around),
        )
        for numbers in members.values()
        if len(numbers) <= MAX_SET
    )


def _may_be_dockerfile(path: str) -> bool:
    return is_dockerfile_name(path.replace("\\", "/").rpartition("/")[2])


def _process(one: _Set, items: Sequence[Item], jobs: Sequence[Job]) -> dict[int, Outcome]:
    """Do one set; a file that cannot be read is told of, and the others are done without it."""
    done: dict[int, Outcome] = {}
    members: dict[int, Member] = {}
    for number in (*one.dockerfiles, *one.around):
        path, job = items[number][0], jobs[items[number][1]]
        data = read_file(path)
        if isinstance(data, ReadError):
            done[number] = failure(path, data.message, job)
            continue
        context = open_context(path, data, job.roots) if number in one.dockerfiles else None
        name = os.path.relpath(os.path.realpath(path), one.top).replace(os.sep, "/")
        members[number] = Member(name, path, data, job.settings, context)
    first = jobs[items[one.dockerfiles[0]][1]]
    dockerfiles = [members[number] for number in one.dockerfiles if number in members]
    around = [members[number] for number in one.around if number in members]
    try:
        made = migrate_together(dockerfiles, around, catalog_for(first.catalog), tree_for(one.top), unsafe=first.unsafe)
    except Exception as error:
        for number in members:
            path, job = items[number][0], jobs[items[number][1]]
            done[number] = failure(path, internal(error), job)
        return done
    by_path = {part.path: part for part in made}
    parts = {number: by_path[member.path] for number, member in members.items()}
    return {**done, **_deliver(parts, members, items, jobs)}


def _deliver(
    parts: dict[int, Part], members: dict[int, Member], items: Sequence[Item], jobs: Sequence[Job]
) -> dict[int, Outcome]:
    """Show the differences, or write all that differ."""
    jobs_of = {number: jobs[items[number][1]] for number in parts}
    if any(job.diff for job in jobs_of.values()):
        return {
            number: _shown(part, members[number].data, items[number][0], jobs_of[number])
            for number, part in parts.items()
        }
    from ..migrate.writer import NotWritten, write_all

    changes = [
        (items[number][0], part.data, members[number].data)
        for number, part in parts.items()
        if part.data != members[number].data
    ]
    try:
        write_all(changes, roots=next(iter(jobs_of.values())).roots)
    except NotWritten as error:
        return {
            number: _unwritten(part, members[number].data, items[number][0], jobs_of[number], error)
            for number, part in parts.items()
        }
    return {
        number: told(
            part.after._replace(path=items[number][0]),
            jobs_of[number],
            _said(part, items[number][0]),
            fixed=part.fixed,
            differs=part.data != members[number].data,
        )
        for number, part in parts.items()
    }


def _said(part: Part, path: str) -> tuple[str, ...]:
    return tuple(f"{path}: {text}" for text in part.said)


def _shown(part: Part, data: bytes, path: str, job: Job) -> Outcome:
    before, after = part.before._replace(path=path), part.after._replace(path=path)
    return deliver(Rewritten(part.data, before, after, part.fixed), data, job, _said(part, path))


def _unwritten(part: Part, data: bytes, path: str, job: Job, error: NotWritten) -> Outcome:
    """A file of a set of which none was written: one of them could not be."""
    before = part.before._replace(path=path)
    if path == error.path:
        return told(before._replace(error=str(error)), job, (f"{path}: {error}",))
    said = (f"{path}: not written, since {error.path} has to change with it",) if part.data != data else ()
    return told(before, job, said)

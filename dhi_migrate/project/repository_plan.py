"""The plan of a repository: which Dockerfile builds which image, which service runs it, and what has to change together.

Only what is written out counts. An image is the same as another where name and tag are the same; a name with a variable in it
is not known, and joins nothing. Every step is a look-up by name, so the work grows with the number of files and services.
"""

from __future__ import annotations

from .._record import NamedTuple
from ..dockerfile import Source
from .references.builders import image_name, only_builder
from .references.judging import judge_service
from .references.login import login_findings
from .references.model import OverlayTree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..catalog.store import Catalog
    from ..migrate.plan import FilePlan
    from ..settings import Settings
    from .references import ProjectFile, ProjectTree
    from .references.service import Build, Service


class Place(NamedTuple):
    """A service: the `path` of its file, the 1-based `line` where its image or build stands, and what it is called."""

    path: str
    line: int
    service: str


class BuiltImage(NamedTuple):
    """What a Dockerfile builds: its stage (`target`, None for the last), the image (None where it has no name that is known).

    `built_by` are the services and targets that build it, `run_by` those that run it by its name.
    """

    dockerfile: str
    target: str | None
    image: str | None
    built_by: tuple[Place, ...]
    run_by: tuple[Place, ...]


class ByHand(NamedTuple):
    """A finding in a file around a Dockerfile, on the image that is to come: place, rule and message."""

    path: str
    line: int
    rule: str
    text: str


class ChangeGroup(NamedTuple):
    """What has to change in one pull request: Dockerfiles in the order to change them in, and what to do around them.

    `dockerfiles` are in order, a base before what is built on it, except for those of `cycle`, which build on each other.
    `files` are all files that the group is about.
    """

    dockerfiles: tuple[str, ...]
    cycle: tuple[str, ...]
    files: tuple[str, ...]
    by_hand: tuple[ByHand, ...]


class RepositoryPlan(NamedTuple):
    """The images of a repository and the groups, in the order to do them in.

    `logins` come before all of them: what pulls the new images and does not log in to their registry (DHI901).
    """

    images: tuple[BuiltImage, ...] = ()
    groups: tuple[ChangeGroup, ...] = ()
    logins: tuple[ByHand, ...] = ()


class Around(NamedTuple):
    """A file around the Dockerfiles: its `path` as reports show it, its services, and the file itself."""

    path: str
    file: ProjectFile
    services: Sequence[Service]


def repository_plan(
    plans: Iterable[FilePlan],
    names: Mapping[str, str],
    around: Sequence[Around],
    catalog: Catalog,
    settings: Settings,
    tree: ProjectTree,
) -> RepositoryPlan:
    """The plan of one repository.

    `plans` are those of its Dockerfiles, in the order of the work list; `names` gives the path in a plan for a path from the top
    of the repository. `tree` reads the Dockerfiles. Groups are those of files that are not done yet.
    """
    listed = [plan for plan in plans if plan.error is None]
    images, builders = _images(names, around)
    bases = _bases(listed, builders)
    groups = []
    found = _by_hand(names, around, builders, catalog, settings, tree)
    todo = {plan.path for plan in listed if plan.flags is not None or plan.step is not None}
    for members in _connected([plan.path for plan in listed], bases):
        if todo.isdisjoint(members):
            continue
        order, cycle = _ordered(members, bases)
        by_hand = tuple(dict.fromkeys(one for path in order for one in found.get(path, ())))
        files = dict.fromkeys((*order, *(one.path for one in by_hand)))
        groups.append(ChangeGroup(order, cycle, tuple(files), by_hand))
    return RepositoryPlan(images, tuple(groups))


def planned_logins(
    plans: Iterable[FilePlan],
    names: Mapping[str, str],
    pipelines: Iterable[tuple[str, ProjectFile]],
    settings: Settings,
    tree: ProjectTree,
) -> tuple[ByHand, ...]:
    """What the `pipelines` (paths as reports show them, and the files) lack once the Dockerfiles are on their new bases.

    `plans`, `names` and `tree` are as in `repository_plan`. Only the bases of a Dockerfile count for that.
    """
    there = {path: inside for inside, path in names.items()}
    files = {there[plan.path]: _bases_to_come(plan) for plan in plans if plan.path in there and plan.error is None}
    moved = OverlayTree(tree, {path: data for path, data in files.items() if data is not None})
    found: list[ByHand] = []
    for path, file in pipelines:
        source = Source(file.data)
        found.extend(
            ByHand(path, source.line_of(one.span.start), one.rule, one.message)
            for one in login_findings(file, settings, moved)
        )
    return tuple(found)


def _bases_to_come(plan: FilePlan) -> bytes | None:
    """A Dockerfile with the bases that the stages of `plan` get; None where none of them is an image."""
    lines = [
        f"FROM {swap.target if swap.target is not None and swap.match != 'stage' else swap.base}"
        + (f" AS {swap.name}\n" if swap.name is not None else "\n")
        for swap in plan.swaps
        if swap.base is not None
    ]
    return "".join(lines).encode("utf-8", "replace") if lines else None


def _images(
    names: Mapping[str, str], around: Sequence[Around]
) -> tuple[tuple[BuiltImage, ...], dict[str, list[tuple[str, Build]]]]:
    """The images that Dockerfiles build, and who builds each name."""
    built: dict[tuple[str, str | None, str | None], list[Place]] = {}
    runs: dict[str, list[Place]] = {}
    builders: dict[str, list[tuple[str, Build]]] = {}
    for one in around:
        source = Source(one.file.data)
        for service in one.services:
            build = service.build
            if build is not None and build.inline is None and build.dockerfile in names:
                place = Place(one.path, source.line_of(build.span.start), service.name)
                path = names[build.dockerfile]
                tags = [tag for node in service.tags if (tag := image_name(node.text)) is not None]
                for tag in dict.fromkeys(tags):
                    builders.setdefault(tag, []).append((path, build))
                for name in dict.fromkeys(tags) or (None,):
                    built.setdefault((path, build.target, name), []).append(place)
            elif service.image is not None and (name := image_name(service.image.text)) is not None:
                runs.setdefault(name, []).append(
                    Place(one.path, source.line_of(service.image.span.start), service.name)
                )
    images = tuple(
        BuiltImage(path, target, name, tuple(places), tuple(runs.get(name, ())) if name is not None else ())
        for (path, target, name), places in built.items()
    )
    return images, builders


def _bases(plans: Iterable[FilePlan], builders: Mapping[str, list[tuple[str, Build]]]) -> dict[str, tuple[str, ...]]:
    """For each Dockerfile those that build its bases."""
    found = {}
    for plan in plans:
        names = (image_name(swap.base) for swap in plan.swaps if swap.base is not None and swap.match != "stage")
        paths = (path for name in names if name is not None for path, _ in builders.get(name, ()))
        found[plan.path] = tuple(dict.fromkeys(path for path in paths if path != plan.path))
    return found


def _by_hand(
    names: Mapping[str, str],
    around: Sequence[Around],
    builders: Mapping[str, list[tuple[str, Build]]],
    catalog: Catalog,
    settings: Settings,
    tree: ProjectTree,
) -> dict[str, list[ByHand]]:
    """For each Dockerfile what the services that run its image do that the hardened image does not bear."""
    found: dict[str, list[ByHand]] = {}
    for one in around:
        source = Source(one.file.data)
        for service in one.services:
            path, build = None, service.build
            if build is not None:
                path = names.get(build.dockerfile) if build.inline is None else None
            elif service.image is not None:
                path, build = only_builder(builders.get(image_name(service.image.text) or "", ()))
            if path is None or build is None:
                continue
            judged = judge_service(service._replace(image=None, build=build), catalog, settings, tree)
            found.setdefault(path, []).extend(
                ByHand(one.path, source.line_of(finding.span.start), finding.rule, finding.message)
                for finding in judged.findings
            )
    return found


def _connected(paths: Sequence[str], bases: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    """`paths` in sets that hang together, in the order of the first of each."""
    beside: dict[str, list[str]] = {path: [] for path in paths}
    for path in paths:
        for base in bases[path]:
            if base in beside:
                beside[path].append(base)
                beside[base].append(path)
    seen: set[str] = set()
    groups = []
    for path in paths:
        if path in seen:
            continue
        seen.add(path)
        members = [path]
        for member in members:  # it grows while it is gone through
            fresh = [one for one in dict.fromkeys(beside[member]) if one not in seen]
            seen.update(fresh)
            members.extend(fresh)
        groups.append(members)
    return groups


def _ordered(members: Sequence[str], bases: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`members` with bases first, and those of them that have no order since they build on each other, or on such."""
    inside = set(members)
    waits = {path: sum(base in inside for base in bases[path]) for path in members}
    follow: dict[str, list[str]] = {path: [] for path in members}
    for path in members:
        for base in bases[path]:
            if base in inside:
                follow[base].append(path)
    order = [path for path in members if not waits[path]]
    for path in order:  # it grows while it is gone through
        for child in follow[path]:
            waits[child] -= 1
            if not waits[child]:
                order.append(child)
    done = set(order)
    rest = tuple(path for path in members if path not in done)
    return (*order, *rest), rest

"""The repository around the Dockerfiles of a plan: finds and reads the other files, and gives what has to change together."""

from __future__ import annotations

import os

from ..project.config_files import tree_of
from ..project.reader import read_file
from ..project.references.repository import MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..catalog.store import Catalog
    from ..migrate.plan import FilePlan
    from ..project.repository_plan import RepositoryPlan
    from ..settings import Settings
    from .options import CheckOptions


def around_plans(
    options: CheckOptions, given: Sequence[str], plans: Sequence[FilePlan], catalog: Catalog, settings: Settings
) -> RepositoryPlan | None:
    """The plan of the repositories that the directories in `given` lie in; None where there is nothing to say of them.

    Each repository stands for itself. A directory that is in none is one.
    """
    folders = [os.path.realpath(path) for path in given if os.path.isdir(path)]
    if not folders:
        return None
    from ..project.discovery import discover
    from ..project.references import ProjectFile, RepositoryTree, kind_of, services_of
    from ..project.references.kinds import LOGINS
    from ..project.repository_plan import Around, RepositoryPlan, planned_logins, repository_plan

    tops: dict[str, str] = {}

    def place(path: str) -> tuple[str, str]:
        """The top of the repository of `path`, and the path from there."""
        real = os.path.realpath(path)
        folder = os.path.dirname(real)
        if folder not in tops:
            top = tree_of(folder)
            if not os.path.lexists(os.path.join(top, ".git")):
                above = (one for one in folders if folder == one or folder.startswith(one.rstrip(os.sep) + os.sep))
                top = min(above, key=len, default=top)
            tops[folder] = top
        return tops[folder], os.path.relpath(real, tops[folder]).replace(os.sep, "/")

    names: dict[str, dict[str, str]] = {}
    parts: dict[str, list[FilePlan]] = {}
    for plan in plans:
        top, name = place(plan.path)
        names.setdefault(top, {})[name] = plan.path
        parts.setdefault(top, []).append(plan)
    around: dict[str, list[Around]] = {}
    pipelines: dict[str, list[tuple[str, ProjectFile]]] = {}
    for path in discover(tuple(given), options.exclude, force_exclude=options.force_exclude, also=kind_of).files:
        top, name = place(path)
        if top not in names or name in names[top] or kind_of(name) is None:
            continue
        data = read_file(path, MAX_BYTES)
        file = ProjectFile(name, data) if isinstance(data, bytes) else None
        services = services_of(file) if file is not None else []
        if file is not None and kind_of(name) in LOGINS:
            pipelines.setdefault(top, []).append((path, file))
        if file is not None and services:
            around.setdefault(top, []).append(Around(path, file, services))
    found = []
    for top, known in names.items():
        tree = RepositoryTree(top)
        one = RepositoryPlan()
        if top in around:
            one = repository_plan(parts[top], known, around[top], catalog, settings, tree)
        logins = planned_logins(parts[top], known, pipelines.get(top, ()), settings, tree)
        found.append(one._replace(groups=one.groups if one.images else (), logins=logins))
    images = tuple(image for one in found for image in one.images)
    groups = tuple(group for one in found for group in one.groups)
    logins = tuple(login for one in found for login in one.logins)
    return RepositoryPlan(images, groups, logins) if images or logins else None

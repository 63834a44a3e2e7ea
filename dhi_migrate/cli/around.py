"""What is done with a file around a Dockerfile: Compose, Kubernetes, workflows and others. Runs in workers as well."""

from __future__ import annotations

import os
from functools import lru_cache

from ..project.config_files import tree_of
from ..project.references import ProjectFile, RepositoryTree, check_project_file, kind_of
from ..project.references.fixing import fix_project_file
from .work import Outcome, Rewritten, deliver, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.store import Catalog
    from .work import Job


def is_project_file(path: str) -> bool:
    """Whether the file at `path` is of a kind that is looked at as one around a Dockerfile, by its path from its repository."""
    return kind_of(place(path)[1]) is not None


def process_project_file(path: str, data: bytes, job: Job, catalog: Catalog) -> Outcome:
    """Do the `job` on the bytes `data` of the file at `path`, which is of such a kind."""
    top, name = place(path)
    file, tree = ProjectFile(name, data), tree_for(top)
    if not job.fix and not job.diff:
        return told(check_project_file(file, catalog, job.settings, tree)._replace(path=path), job, ())
    migration = fix_project_file(file, catalog, job.settings, tree, unsafe=job.unsafe)
    before, after = migration.before._replace(path=path), migration.after._replace(path=path)
    return deliver(Rewritten(migration.data, before, after, len(migration.applied)), data, job, ())


_top = lru_cache(maxsize=4096)(tree_of)


@lru_cache(maxsize=64)
def tree_for(top: str) -> RepositoryTree:
    """The files of the repository whose top is the directory `top`."""
    return RepositoryTree(top)


def place(path: str) -> tuple[str, str]:
    """The top of the repository that `path` lies in, and the path from there with forward slashes.

    Without a repository the top is the directory of the file.
    """
    real = os.path.realpath(path)
    folder, name = os.path.split(real)
    top = _top(folder)
    return top, os.path.relpath(os.path.join(folder, name), top).replace(os.sep, "/")

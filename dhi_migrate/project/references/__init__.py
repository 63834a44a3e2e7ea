"""The files around a Dockerfile that name images or rely on them: Compose, Kubernetes, workflows and others.

`kind_of(path)` says whether a file is one of them, `check_project_file(file, catalog, settings, tree)` gives its report, and
`RepositoryTree(root)` is the argument `tree` for a directory.
"""

from __future__ import annotations

from .check import check_project_file, services_of
from .kinds import kind_of
from .model import ProjectFile, ProjectTree
from .repository import RepositoryTree

__all__ = ["ProjectFile", "ProjectTree", "RepositoryTree", "check_project_file", "kind_of", "services_of"]

"""DHI901: what pulls hardened images and never logs in to their registry; once for each kind of system in a repository.

The registry gives nothing to whoever is not logged in: https://docs.docker.com/dhi/how-to/use/. Pipelines pull images to run jobs
in, and build Dockerfiles of the repository on them; Renovate and Dependabot ask for newer tags. Nothing is said of a repository
that has no hardened image yet. The first place is reported, and it names the others.
"""

from __future__ import annotations

from functools import lru_cache

from ...dockerfile import Source
from ...rules.findings import Finding
from ...rules.registry import rule
from .devcontainer import without_comments
from .kinds import kind_of
from .login_model import DHI, Need, Registries
from .model import ProjectFile, folder_of
from .yaml_tree import parse_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...settings import Settings
    from .model import ProjectTree

MAX_FILES = 200
"""Most files of one kind that are looked at for one finding."""

MAX_SHOWN = 2
"""Most other places that a message names."""


def login_findings(file: ProjectFile, settings: Settings, tree: ProjectTree | None) -> list[Finding]:
    """The first place of the repository of its kind, if that is in `file`, and those places of `file` that are suppressed."""
    same: Any = tree  # the cache goes by which tree it is
    own = _needs(file.path, file.data, settings.registry, same)
    if not own:
        return []
    left = _left(file.data, own)
    hushed = [_finding(one, []) for one in own if one not in left]
    every = [(file.path, file.data, left)]
    for path in _beside(file, tree):
        data = tree.read(path) if path != file.path and tree is not None else None
        needs = _needs(path, data, settings.registry, same) if data is not None else ()
        if data is not None and needs:
            every.append((path, data, _left(data, needs)))
    every.sort(key=lambda one: _order(one[0]))
    for kind in ("missing", "forks"):
        listed = [(path, data, need) for path, data, needs in every for need in needs if need.kind == kind]
        if listed:
            first, others = listed[0], listed[1:]
            if first[0] == file.path:
                hushed.append(_finding(first[2], [_place(path, data, need) for path, data, need in others]))
            break
    return hushed


def _left(data: bytes, needs: tuple[Need, ...]) -> tuple[Need, ...]:
    """Those of `needs` that no suppression of the file is about; the others do not count as a first place."""
    from .suppressions import suppress

    kept = suppress(Source(data), [_finding(one, []) for one in needs], lambda _: True).findings
    spans = {one.span for one in kept if one.rule == "DHI901"}
    return tuple(one for one in needs if one.span in spans)


def _finding(need: Need, others: list[str]) -> Finding:
    known = rule("DHI901")
    message = need.message
    if others:
        shown = ", ".join(others[:MAX_SHOWN])
        more = f" and {len(others) - MAX_SHOWN} more" if len(others) > MAX_SHOWN else ""
        message += f"; the same holds at {shown}{more}"
    evidence = "pulling from dhi.io needs a login: https://docs.docker.com/dhi/"
    if need.host != DHI:
        evidence = f"{need.host} is the mirror of the setting registry"
    return Finding("DHI901", known.name, known.severity, message, evidence, None, need.span)


def _place(path: str, data: bytes, need: Need) -> str:
    return f"{path}:{Source(data).line_of(need.span.start)}"


def _order(path: str) -> tuple[bool, str]:
    """The order of files of one kind: those that a system reads by themselves before what they include."""
    return not path.endswith((".gitlab-ci.yml", ".circleci/config.yml")), path


def _beside(file: ProjectFile, tree: ProjectTree | None) -> list[str]:
    """The other files of the same kind: those of its pipeline for GitLab, those in its directory for others."""
    folder, kind = folder_of(file.path), kind_of(file.path)
    if kind == "gitlab":
        from .login_gitlab import pipeline_files

        paths = pipeline_files(file.path, file.data, tree)
    else:
        listed = tree.names(folder) if tree is not None else None
        paths = [f"{folder}/{name}".lstrip("/") for name in listed or ()]
    return [one for one in paths if one != file.path and kind_of(one) == kind][:MAX_FILES]


@lru_cache(maxsize=512)
def _needs(path: str, data: bytes, template: str, tree: ProjectTree | None) -> tuple[Need, ...]:
    """The places of one file, by its kind; kept, since each file of a repository asks for those of the others."""
    kind, registries = kind_of(path), Registries(template)
    if kind == "jenkinsfile":
        from .login_jenkins import jenkins_needs

        return tuple(jenkins_needs(data, tree, registries))
    text = without_comments(data) if kind == "renovate" else data
    documents = [one for one in parse_yaml(text).documents if one.kind == "map"]
    if kind == "workflow":
        from .login_github import workflow_needs

        return tuple(need for one in documents for need in workflow_needs(one, tree, registries))
    if kind == "gitlab":
        from .login_gitlab import gitlab_needs

        return tuple(gitlab_needs(path, data, tree, registries))
    if kind == "circleci":
        from .login_circleci import circleci_needs

        return tuple(need for one in documents for need in circleci_needs(one, tree, registries))
    if kind == "renovate":
        from .login_updates import renovate_needs

        return tuple(need for one in documents[:1] for need in renovate_needs(path, one, tree, registries))
    if kind == "dependabot":
        from .login_updates import dependabot_needs

        return tuple(need for one in documents for need in dependabot_needs(one, tree, registries))
    return ()

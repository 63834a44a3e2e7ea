"""Which kind a file around a Dockerfile is, by its path alone; what may be Kubernetes is decided by its content."""

from __future__ import annotations

import re

from ..._pattern import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Kind

# https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file, and the names given to more of them.
_COMPOSE = regex(r"(?:[\w.-]{0,80}[.-])?(?:docker-)?compose(?:[._-][\w.-]{0,80})?\.ya?ml\Z", re.IGNORECASE)
_BAKE = regex(r"docker-bake(?:\.[\w-]{1,40}){0,3}\.(hcl|json)\Z")
_VALUES = regex(r"(?:[\w.-]{0,60}[.-])?values(?:[.-][\w.-]{0,60})?\.ya?ml\Z", re.IGNORECASE)
_GITLAB = regex(r"\.?gitlab-ci(?:[.-][\w.-]{0,60})?\.ya?ml\Z|.{0,80}\.gitlab-ci\.ya?ml\Z")
_MAKE = regex(r"(?:GNU)?[Mm]akefile(?:\.[\w-]{1,40})?\Z|[\w.-]{1,60}\.mk\Z")

# YAML that other programs own and that names no image to run; and lock files, which are large.
_NEITHER = frozenset(
    {
        *("pnpm-lock.yaml", "pubspec.yaml", "pubspec.yml", "mkdocs.yml", "mkdocs.yaml", "openapi.yaml", "openapi.yml"),
        *(
            ".pre-commit-config.yaml",
            ".golangci.yml",
            ".golangci.yaml",
            "dependabot.yml",
            "renovate.yaml",
            "Chart.yaml",
        ),
        *("codecov.yml", ".codecov.yml", ".yamllint", ".yamllint.yml", "environment.yml", "conda.yaml", "Chart.lock"),
    }
)


RENOVATE = (
    *("renovate.json", "renovate.jsonc", "renovate.json5", ".github/renovate.json", ".github/renovate.jsonc"),
    *(".github/renovate.json5", ".gitlab/renovate.json", ".gitlab/renovate.jsonc", ".gitlab/renovate.json5"),
    *(".renovaterc", ".renovaterc.json", ".renovaterc.jsonc", ".renovaterc.json5"),
)
"""Where Renovate looks for its configuration, in this order: https://docs.renovatebot.com/configuration-options/."""

DEPENDABOT = (".github/dependabot.yml", ".github/dependabot.yaml")
"""Where Dependabot has its configuration."""

LOGINS = frozenset({"workflow", "gitlab", "circleci", "jenkinsfile", "renovate", "dependabot"})
"""The kinds of files that pull images where nobody is logged in by hand (DHI901)."""

JAVASCRIPT = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
"""Ends of names of JavaScript and TypeScript."""


def kind_of(path: str) -> Kind | None:
    """The kind of the file at `path` (from the top of the repository, forward slashes); None for a file that is of none.

    "kubernetes" is any other YAML file: its documents say whether they are manifests.
    """
    if path in RENOVATE:
        return "renovate"
    if path in DEPENDABOT:
        return "dependabot"
    folder, _, name = path.rpartition("/")
    lower = name.lower()
    if lower.endswith((".yml", ".yaml")):
        return _yaml_kind(folder, name, lower)
    if lower.endswith(".py"):
        return "python"
    if lower.endswith(JAVASCRIPT):
        from .javascript_scan import is_passed_over

        return None if is_passed_over(path) else "javascript"
    bake = _BAKE.match(name)
    if bake is not None:
        return "bake-hcl" if bake[1] == "hcl" else "bake-json"
    if name in {"devcontainer.json", ".devcontainer.json"}:
        return "devcontainer"
    if _MAKE.match(name):
        return "makefile"
    if name == "Jenkinsfile" or name.startswith("Jenkinsfile.") or lower.endswith(".jenkinsfile"):
        return "jenkinsfile"
    if name == "Kustomization":
        return "kustomize"
    if lower.endswith(".tpl") and _in_templates(folder):
        return "helm-template"
    return None


def _yaml_kind(folder: str, name: str, lower: str) -> Kind | None:
    parents = folder.split("/")
    if parents[-2:] == [".github", "workflows"] or parents[-2:] in ([".gitea", "workflows"], [".forgejo", "workflows"]):
        return "workflow"
    if lower in {"action.yml", "action.yaml"}:
        return "action"
    if _COMPOSE.match(name):
        return "compose"
    if _GITLAB.match(name) or ".gitlab" in parents:
        return "gitlab"
    if parents[-1] == ".circleci":
        return "circleci"
    if lower in {"kustomization.yaml", "kustomization.yml"}:
        return "kustomize"
    if lower in {"skaffold.yaml", "skaffold.yml"} or lower.startswith("skaffold."):
        return "skaffold"
    if name in _NEITHER or ".github" in parents:
        return None
    if _in_templates(folder):
        return "helm-template"
    if _VALUES.match(name):
        return "helm-values"
    return "kubernetes"


def _in_templates(folder: str) -> bool:
    """Whether `folder` is one of those that Helm renders: ``<chart>/templates`` and below."""
    return "templates" in folder.split("/")

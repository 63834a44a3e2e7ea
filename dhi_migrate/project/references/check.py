"""One file around a Dockerfile to a report, as `dhi_migrate.rules.engine.check_source` is for a Dockerfile. Pure."""

from __future__ import annotations

from ...dockerfile import Source, Span
from ...rules.engine import chosen_rules
from ...rules.findings import FileReport, Finding
from ...rules.registry import rule
from .kinds import LOGINS, kind_of
from .model import ALONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...catalog.store import Catalog
    from ...settings import Settings
    from .model import Joint, Kind, ProjectFile, ProjectTree
    from .service import Service
    from .yaml_tree import Node, Trouble, Yaml

# Files of these kinds are what they are by their names: one that cannot be read is worth a word.
_CERTAIN = frozenset({"compose", "workflow", "action", "gitlab", "circleci", "kustomize", "skaffold"})
_WORDS: dict[str, tuple[bytes, ...]] = {
    "compose": (b"services",),
    "kubernetes": (b"image", b"kind: Service"),
    "workflow": (b"container", b"services", b"docker"),
    "action": (b"docker://",),
    "gitlab": (b"image", b"docker", b"buildah", b"podman"),
    "circleci": (b"docker",),
    "renovate": (b"{",),
    "dependabot": (b"docker",),
    "devcontainer": (b"image", b"ockerfile", b"ockerFile"),
    "bake-hcl": (b"target",),
    "bake-json": (b"target",),
    "skaffold": (b"docker", b"kaniko"),
    "helm-values": (b"image", b"repository"),
    "makefile": (b"docker", b"podman"),
    "jenkinsfile": (b"docker",),
}
"""What a file of a kind must have in it to be worth reading; others: ``image``."""


def check_project_file(
    file: ProjectFile,
    catalog: Catalog,
    settings: Settings,
    tree: ProjectTree | None = None,
    joint: Joint = ALONE,
) -> FileReport:
    """Judge one file around a Dockerfile; a file that is of no known kind has no findings. Any bytes are accepted.

    `tree` reads other files of the repository: the Dockerfiles that services build; `joint` are those that change in the same
    step. Stages are none; the status is None.
    Raises `UnknownRuleError` for a selector in `settings` that matches no rule.
    """
    takes = chosen_rules(settings).takes
    source = Source(file.data)
    kind = kind_of(file.path)
    found = [] if kind is None else _findings(file, kind, catalog, settings, tree, joint)
    inner: tuple[Span, ...] = ()
    number = 0
    if kind == "python":
        from .python_dockerfiles import embedded_findings

        embedded = embedded_findings(file.path, file.data, catalog, settings)
        found.extend(embedded.findings)
        inner, number = embedded.places, embedded.suppressed
    whole = True
    if kind is not None and b"dhi-migrate" in file.data:
        from .readable import readable

        whole, strings = readable(file, kind)
        inner += strings
    from .suppressions import suppress

    kept = suppress(source, tuple(found), takes, inner, whole=whole)
    shown = sorted({one for one in kept.findings if takes(one.rule)}, key=lambda one: (one.span, one.rule, one.message))
    return FileReport(file.path, source, None, None, None, (), tuple(shown), kept.number + number)


def _findings(
    file: ProjectFile, kind: Kind, catalog: Catalog, settings: Settings, tree: ProjectTree | None, joint: Joint
) -> list[Finding]:
    if kind == "python":
        from .python_code import python_findings
        from .python_images import image_findings

        images = image_findings(file.path, file.data, catalog, settings)
        return [*images, *python_findings(file.path, file.data, catalog, settings, tree)]
    if kind == "javascript":
        from .python_code import javascript_findings

        return javascript_findings(file.path, file.data, catalog, settings, tree)
    if not _worth_reading(file, kind):
        return []
    if kind in {"makefile", "jenkinsfile"}:
        from .commands import command_findings

        found = command_findings(file.data, catalog, settings, jenkins=kind == "jenkinsfile")
        return [*found, *_logins(file, kind, settings, tree)]
    if kind in {"renovate", "dependabot"}:
        return _logins(file, kind, settings, tree)
    filled_in = kind in {"helm-template", "kubernetes"} and b"{{" in file.data
    parsed = _parse(file.data, kind)
    if filled_in and (kind == "helm-template" or parsed.trouble is not None):
        from .helm import template_findings

        return template_findings(file.data, catalog, settings)
    from .uses import service_findings

    services = (one for document in parsed.documents for one in _services(file, kind, document, tree))
    found = service_findings(services, catalog, settings, tree, joint)
    if kind in {"kubernetes", "helm-template"}:
        found = _kept_by_kustomize(file, found, tree)
        if b"selector" in file.data and b"ports" in file.data:
            from .kubernetes_ports import service_port_findings

            found.extend(service_port_findings(file, parsed.documents, catalog, settings, tree))
    if filled_in and b"argoproj.io/" not in file.data:
        # what is YAML before something is put in may still be a template; the parameters of Argo are plain strings
        found = [one._replace(fixes=()) for one in found]
    for document in parsed.documents:
        if kind == "kustomize":
            from .kustomize import kustomize_findings

            found.extend(kustomize_findings(document, file.data, catalog, settings, tree))
        elif kind == "helm-values":
            from .helm import values_findings

            found.extend(values_findings(document, catalog, settings))
    found.extend(_logins(file, kind, settings, tree))
    if parsed.trouble is not None and kind in _CERTAIN:
        found.append(_syntax(file, parsed.trouble))
    return found


def _logins(file: ProjectFile, kind: Kind, settings: Settings, tree: ProjectTree | None) -> list[Finding]:
    """DHI901, for the kinds of files that pull images where nobody is logged in by hand."""
    if kind not in LOGINS:
        return []
    from .login import login_findings

    return login_findings(file, settings, tree)


def _worth_reading(file: ProjectFile, kind: Kind) -> bool:
    return any(word in file.data for word in _WORDS.get(kind, (b"image",)))


_WITHOUT_SERVICES = frozenset(
    {
        *("python", "javascript", "makefile", "jenkinsfile", "helm-values", "helm-template", "kustomize", "renovate"),
        "dependabot",
    }
)


def services_of(file: ProjectFile) -> tuple[Service, ...]:
    """What `file` starts or builds, as far as it is written out; empty for a kind that has no services, and for templates."""
    kind = kind_of(file.path)
    if kind is None or kind in _WITHOUT_SERVICES or not _worth_reading(file, kind):
        return ()
    if kind == "kubernetes" and b"{{" in file.data:
        return ()
    return tuple(one for document in _parse(file.data, kind).documents for one in _services(file, kind, document))


def _parse(data: bytes, kind: Kind) -> Yaml:
    from .yaml_tree import MAX_BYTES, Yaml, parse_yaml

    if kind == "bake-hcl":
        from .bake import parse_hcl

        root = parse_hcl(data) if len(data) <= MAX_BYTES else None
        return Yaml(() if root is None else (root,), None)
    if kind in {"devcontainer", "bake-json"}:
        from .devcontainer import without_comments

        return parse_yaml(without_comments(data))
    if kind == "kubernetes":
        from .yaml_tree import parse_chunks

        return parse_chunks(data, _may_start_something)
    return parse_yaml(data)


def _may_start_something(chunk: bytes) -> bool:
    """Whether a document can be a manifest of something that runs; the schemas of resources are most of many a file."""
    if b"image" not in chunk:
        return b"kind: Service" in chunk and b"selector" in chunk  # what leads to something that runs
    return b"kind" in chunk and b"kind: CustomResourceDefinition" not in chunk


def _services(file: ProjectFile, kind: Kind, document: Node, tree: ProjectTree | None = None) -> Iterator[Service]:
    """What one document of a file of the `kind` starts or builds; `tree` has other files that say more of that."""
    if document.kind != "map":
        return
    if kind == "compose":
        from .compose import compose_services

        yield from compose_services(document, file.path, tree)
    elif kind in {"kubernetes", "helm-template"}:
        from .kubernetes import manifest_services

        yield from manifest_services(document)
    elif kind in {"workflow", "action"}:
        from .workflows import workflow_services

        yield from workflow_services(document)
    elif kind == "gitlab":
        from .pipelines import gitlab_services

        yield from gitlab_services(document)
    elif kind == "circleci":
        from .pipelines import circleci_services

        yield from circleci_services(document)
    elif kind == "devcontainer":
        from .devcontainer import devcontainer_services

        yield from devcontainer_services(document, file.path)
    elif kind in {"bake-hcl", "bake-json"}:
        from .bake import bake_services

        yield from bake_services(document, file.path)
    elif kind == "skaffold":
        from .skaffold import skaffold_services

        yield from skaffold_services(document, file.path)


def _kept_by_kustomize(file: ProjectFile, found: list[Finding], tree: ProjectTree | None) -> list[Finding]:
    """The findings of a manifest without the fixes of images that a kustomization replaces: it would miss the new name."""
    if not any(one.rule == "DHI902" and one.fixes for one in found):
        return found
    from .kustomize import replaced_names

    replaced = replaced_names(file.path, tree)
    return [_without_fix(file, one, replaced) if one.rule == "DHI902" else one for one in found]


def _without_fix(file: ProjectFile, finding: Finding, replaced: Mapping[str, str]) -> Finding:
    text = file.data[finding.span.start : finding.span.end].decode("utf-8", "replace").strip("\"'")
    name = text.partition("@")[0]
    name = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
    if name not in replaced:
        return finding
    message = f"{finding.message}; {replaced[name]} replaces it by its name, so change it there"
    return finding._replace(fixes=(), message=message)


def _syntax(file: ProjectFile, trouble: Trouble) -> Finding:
    """DHI000 at the place of `trouble`."""
    known = rule("DHI000")
    start = min(trouble.offset, max(len(file.data) - 1, 0))
    span = Span(start, min(start + 1, len(file.data)))
    return Finding(
        "DHI000", known.name, known.severity, f"this is not valid YAML: {trouble.message}", "yaml", None, span
    )

"""Kubernetes manifests: the containers of what makes pods, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/.

Argo Rollouts and Workflows, Knative Services and Tekton Tasks hold containers of the same form.
"""

from __future__ import annotations

from ..._pattern import is_number
from .running import MADE, kinds_of, of_container, volume_mounts
from .service import Lines, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .yaml_tree import Node

MAX_CONTAINERS = 500
"""Most containers of one document that are looked at."""

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
# https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/, .../pods/ephemeral-containers/
_CONTAINERS = (
    ("initContainers", "init container"),
    ("containers", "container"),
    ("ephemeralContainers", "ephemeral container"),
)
_HOOKS = ("postStart", "preStop")
# Kinds whose pod is at spec.template.spec; https://argoproj.github.io/rollouts/, https://knative.dev/docs/serving/.
_TEMPLATED = frozenset(
    {
        *("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "Rollout", "Service"),
        "Configuration",
    }
)


def manifest_services(document: Node) -> Iterator[Service]:
    """The containers of one document; none for what is no manifest."""
    if document.kind == "map" and document.value("kind") is not None and document.value("apiVersion") is not None:
        for count, service in enumerate(_of(document, 0)):
            if count == MAX_CONTAINERS:
                return
            yield service


def _of(document: Node, depth: int) -> Iterator[Service]:
    kind, version = document.value("kind") or "", document.value("apiVersion") or ""
    spec = document.get("spec")
    if kind == "List" or kind.endswith("List"):
        for item in document.each("items") if depth == 0 else ():
            yield from _of(item, depth + 1)
    elif version.startswith("tekton.dev/"):
        from .tekton import tekton_services

        yield from tekton_services(kind, spec)
    elif kind == "PodTemplate":
        yield from _pod(_at(document, "template", "spec"), ())
    elif kind == "Pod":
        yield from _pod(spec, ())
    elif kind == "CronJob":
        yield from _pod(_at(spec, "jobTemplate", "spec", "template", "spec"), ())
    elif kind in _TEMPLATED and (kind != "Service" or "knative" in version):
        claims = spec.each("volumeClaimTemplates") if spec is not None else ()
        names = tuple(name for one in claims if (name := _name(one)) is not None)
        yield from _pod(_at(spec, "template", "spec"), names)
    elif version.startswith("argoproj.io/") and "Workflow" in kind:
        yield from _argo(_at(spec, "workflowSpec") if kind == "CronWorkflow" else spec)


def _name(node: Node) -> str | None:
    metadata = node.get("metadata")
    return metadata.value("name") if metadata is not None else None


def _at(node: Node | None, *names: str) -> Node | None:
    for name in names:
        node = node.get(name) if node is not None and node.kind == "map" else None
    return node


def _pod(spec: Node | None, claims: tuple[str, ...]) -> Iterator[Service]:
    if spec is None or spec.kind != "map":
        return
    for field, what in _CONTAINERS:
        for node in spec.each(field):
            if node.kind == "map":
                beside = field == "initContainers" and node.value("restartPolicy") == "Always"
                yield container(node, f"{'sidecar' if beside else what} {node.value('name') or '?'}", spec, claims)


def container(node: Node, name: str, pod: Node, claims: tuple[str, ...] = ()) -> Service:
    """One container of `pod`, whose volumes of the names `claims` are made for it."""
    lines = Lines()
    _start(node, lines)
    for probe in _PROBES:
        words = _at(node, probe, "exec", "command")
        if words is not None:
            lines.check(_words(words), words.span, _spaced(probe))
    for hook in _HOOKS:
        words = _at(node, "lifecycle", hook, "exec", "command")
        if words is not None:
            lines.check(_words(words), words.span, f"{hook} hook")
    _user(node, pod, lines)
    for item in node.each("env"):
        name_, value = item.value("name"), item.get("value")
        if name_ is not None and value is not None and value.kind == "scalar":
            lines.variable(name_, value.text, value.span)
    for item in node.each("ports"):
        port = item.get("containerPort")
        if port is not None:
            lines.port(f"{port.text}/{(item.value('protocol') or 'tcp').lower()}", port.span)
    _asked_ports(node, lines)
    _mounts(node, pod, claims, lines)
    folder = node.get("workingDir")
    if folder is not None:
        lines.folder(folder.text, folder.span)
    image = node.get("image")
    return Service(
        name,
        image if image is not None and image.kind == "scalar" else None,
        tuple(lines.lines),
        tuple(lines.checks),
        doubts=tuple(lines.doubts),
        running=of_container(node, pod),
    )


def _asked_ports(node: Node, lines: Lines) -> None:
    """The ports that probes and hooks ask by their number; a name is that of a port in the list."""
    for place, what in (
        *(((probe,), _spaced(probe)) for probe in _PROBES),
        *((("lifecycle", hook), f"{hook} hook") for hook in _HOOKS),
    ):
        for way in ("httpGet", "tcpSocket", "grpc"):
            one = _at(node, *place, way)
            port = one.get("port") if one is not None and one.get("host") is None else None
            if port is not None and port.kind == "scalar":
                lines.port(port.text, port.span, where=what)


def _spaced(probe: str) -> str:
    return probe.replace("Probe", " probe")


def _words(node: Node) -> list[str]:
    return [item.text for item in node.items if item.kind == "scalar"]


def _start(node: Node, lines: Lines) -> None:
    """``command`` is the entry point and ``args`` the command of the image: a command alone clears what the image gives."""
    command, args = node.get("command"), node.get("args")
    if command is not None and command.items:
        lines.start("ENTRYPOINT", _words(command), command.span, "command")
        if args is None:
            lines.add("CMD", "[]", command.span, "command")
    if args is not None and args.items:
        lines.start("CMD", _words(args), args.span, "args")


def _user(node: Node, pod: Node, lines: Lines) -> None:
    own, shared = node.get("securityContext"), pod.get("securityContext")
    user = next(
        (found for one in (own, shared) if one is not None and (found := one.get("runAsUser")) is not None), None
    )
    group = next(
        (found for one in (own, shared) if one is not None and (found := one.get("runAsGroup")) is not None), None
    )
    if user is not None and user.kind == "scalar":
        text = f"{user.text}:{group.text}" if group is not None and is_number(group.text) else user.text
        if is_number(user.text):
            lines.user(text, user.span)
        else:
            lines.doubts.append("runAsUser is no number")


def _mounts(node: Node, pod: Node, claims: tuple[str, ...], lines: Lines) -> None:
    for mount, path, name, volume in volume_mounts(node, pod):
        kinds = kinds_of(volume)
        if mount.get("subPath") is not None and volume is not None and "persistentVolumeClaim" not in kinds:
            lines.files("outside", path, mount.span, kept=False)
        elif name in claims or "persistentVolumeClaim" in kinds:
            lines.volume(path, mount.span)
        elif "emptyDir" in kinds:
            continue  # a directory that everybody may write to
        else:
            lines.files("outside", path, mount.span, kept=volume is not None and not kinds & MADE)


def _argo(spec: Node | None) -> Iterator[Service]:
    """https://argo-workflows.readthedocs.io/en/latest/fields/#template."""
    if spec is None:
        return
    for template in spec.each("templates"):
        title = template.value("name") or "?"
        one = template.get("container")
        if one is not None and one.kind == "map":
            yield container(one, f"template {title}", spec)
        for field in ("initContainers", "sidecars"):
            for node in template.each(field):
                if node.kind == "map":
                    yield container(node, f"container {node.value('name') or '?'}", spec)
        script = template.get("script")
        if script is not None and script.kind == "map":
            yield _script(script, title)


def _script(node: Node, title: str) -> Service:
    lines = Lines()
    command = node.get("command")
    if command is not None and command.items:
        lines.start("ENTRYPOINT", [*_words(command), "/argo/staging/script"], command.span, "command")
        lines.add("CMD", "[]", command.span, "command")
    image = node.get("image")
    return Service(
        f"script {title}", image if image is not None and image.kind == "scalar" else None, tuple(lines.lines)
    )

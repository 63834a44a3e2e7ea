"""DHI904 at a Service of Kubernetes that sends to a port on which the hardened image of its pods does not listen.

https://kubernetes.io/docs/concepts/services-networking/service/. A Service that names the port of the container
by its name follows that name, and what has to change is at the container.
"""

from __future__ import annotations

from itertools import islice

from ..._pattern import is_number
from ..._record import NamedTuple
from .judgement import said
from .judging import moved_port
from .model import folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...catalog.store import Catalog
    from ...rules.findings import Finding
    from ...settings import Settings
    from .model import ProjectFile, ProjectTree
    from .service import Service
    from .yaml_tree import Node

MAX_SERVICES = 50
"""Most Services of one file that are looked at."""

MAX_PAIRS = 200
"""Most containers behind Services that are judged."""

MAX_BESIDE = 100
"""Most files of the same directory that are looked through for the pods of a Service."""

MAX_BYTES = 256 * 1024
"""Most bytes of these files that are parsed for one file with Services."""


class _Route(NamedTuple):
    """One port of a Service: its name, namespace and selector, the `number` of the port of the container, and its node."""

    name: str
    space: str
    selector: frozenset[tuple[str, str]]
    number: str
    node: Node


def service_port_findings(
    file: ProjectFile, documents: Sequence[Node], catalog: Catalog, settings: Settings, tree: ProjectTree | None
) -> list[Finding]:
    """The findings at the Services among `documents` of `file`, for pods of the same file and of those beside it."""
    routes = [route for document in documents for route in _routes(document)][:MAX_SERVICES]
    if not routes:
        return []
    found: dict[Finding, None] = {}
    pairs = (
        (route, service)
        for document in (*documents, *_beside(file, routes, tree))
        for route in routes
        for service in _behind(route, document)
    )
    for route, service in islice(pairs, MAX_PAIRS):
        moved = moved_port(service, catalog, settings, tree)
        if moved is not None and str(moved.old) == route.number:
            text = (
                f"service {route.name} sends to port {moved.old} of {service.name}, and {moved.image} listens on {moved.new}: "
                f"set targetPort: {moved.new} together with the image"
            )
            found[said("DHI904", text, moved.evidence, route.node.span)] = None
    return list(found)


def _routes(document: Node) -> Iterator[_Route]:
    if document.kind != "map" or document.value("kind") != "Service" or document.value("apiVersion") != "v1":
        return
    spec = document.get("spec")
    selector = spec.get("selector") if spec is not None else None
    if spec is None or selector is None or selector.kind != "map":
        return
    labels = _labels(selector)
    for port in spec.each("ports"):
        node = port.get("targetPort") or port.get("port")
        protocol = (port.value("protocol") or "TCP").upper()
        if node is not None and node.kind == "scalar" and is_number(node.text) and protocol == "TCP" and labels:
            metadata = document.get("metadata")
            name = metadata.value("name") if metadata is not None else None
            yield _Route(name or "?", _space(document), labels, node.text, node)


def _labels(node: Node | None) -> frozenset[tuple[str, str]]:
    if node is None or node.kind != "map":
        return frozenset()
    return frozenset((name, value.text) for name, value in node.entries() if value.kind == "scalar")


def _space(document: Node) -> str:
    metadata = document.get("metadata")
    return (metadata.value("namespace") if metadata is not None else None) or ""


def _beside(file: ProjectFile, routes: Sequence[_Route], tree: ProjectTree | None) -> Iterator[Node]:
    """The documents of the other manifests of the directory that name what a selector asks for."""
    from .kinds import kind_of
    from .yaml_tree import parse_yaml

    folder = folder_of(file.path)
    names = tree.names(folder) if tree is not None else None
    count = size = 0
    for name in names or ():
        path = f"{folder}/{name}" if folder else name
        if path == file.path or not name.endswith((".yaml", ".yml")) or kind_of(path) != "kubernetes":
            continue
        count += 1
        if count > MAX_BESIDE:
            return
        data = tree.read(path) if tree is not None else None
        if data is None or b"containers" not in data or b"{{" in data or size + len(data) > MAX_BYTES:
            continue
        if any(all(value.encode() in data for _, value in route.selector) for route in routes):
            size += len(data)
            yield from parse_yaml(data).documents


def _behind(route: _Route, document: Node) -> Iterator[Service]:
    """The containers of `document` that `route` leads to."""
    from .kubernetes import manifest_services

    if document.kind != "map" or _space(document) != route.space or not route.selector <= _pod_labels(document):
        return
    yield from (one for one in manifest_services(document) if not one.name.startswith("init "))


def _pod_labels(document: Node) -> frozenset[tuple[str, str]]:
    """The labels of the pods that `document` makes; none where it makes none in a place that is known."""
    holder: Node | None = document
    if document.value("kind") != "Pod":
        spec = document.get("spec")
        holder = spec.get("template") if spec is not None and spec.kind == "map" else None
    metadata = holder.get("metadata") if holder is not None and holder.kind == "map" else None
    return _labels(metadata.get("labels")) if metadata is not None and metadata.kind == "map" else frozenset()

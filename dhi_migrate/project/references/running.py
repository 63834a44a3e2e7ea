"""How a container is run, beside what its image says: the limits that Kubernetes and Compose set, and what is mounted where.

https://kubernetes.io/docs/tasks/configure-pod-container/security-context/,
https://docs.docker.com/reference/compose-file/services/.
"""

from __future__ import annotations

from ..._pattern import is_number, regex
from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Span
    from .yaml_tree import Node

LOWEST_FREE = 1024
"""The lowest port that Linux opens to everybody by default: https://docs.kernel.org/networking/ip-sysctl.html."""

_LOW_PORTS = "net.ipv4.ip_unprivileged_port_start"
_OCTAL = regex(r"0o?([0-7]{1,4})\Z")
_DECIMAL = regex(r"[1-9][0-9]{0,3}\Z")
_VARIABLE = regex(r"\$\{[^{}]{0,300}\}")
# Volumes whose files fsGroup does not change: https://kubernetes.io/docs/concepts/storage/volumes/ (hostPath, nfs, image).
_UNGROUPED = frozenset({"hostPath", "nfs", "azureFile", "cephfs", "glusterfs", "image"})
MADE = frozenset({"configMap", "secret", "projected", "downwardAPI", "image", "emptyDir", "ephemeral", "gitRepo"})
"""Volumes of Kubernetes that are made for the pod; what is in others was there before it."""

_FIXED = frozenset({"configMap", "secret", "projected", "downwardAPI", "image"})


class Mount(NamedTuple):
    """A place of the container that is not its root file system: the `path`, and the bytes that say so.

    `empty` tells that nothing is in it when the container starts, `writable` that it can be written to. `grouped` tells whether
    fsGroup gives it to a group of the container: None where it can not, False where none is set. `mode` are the permissions of
    the files that Kubernetes makes there for root, None where that is not known.
    """

    path: str
    span: Span
    empty: bool = False
    writable: bool = True
    grouped: bool | None = None
    mode: int | None = None


class Running(NamedTuple):
    """The limits of one container.

    `non_root` are the bytes of a ``runAsNonRoot: true`` that no runAsUser answers, `read_only` those that make the root file
    system read-only. `pod` tells that Kubernetes runs it, `host` that it has the network of the machine, `binds` that it is
    given NET_BIND_SERVICE. `lowest` is the lowest port that needs no right.
    """

    non_root: Span | None = None
    read_only: Span | None = None
    mounts: tuple[Mount, ...] = ()
    pod: bool = False
    host: bool = False
    binds: bool = False
    lowest: int = 0

    def mount(self, path: str) -> Mount | None:
        """The mount at `path`."""
        return next((one for one in self.mounts if one.path == path), None)


def of_container(node: Node, pod: Node) -> Running:
    """The limits of the container `node` of `pod`; what the container says counts before what the pod says."""
    own = node.get("securityContext")
    contexts = [one for one in (own, pod.get("securityContext")) if one is not None]
    user = next((found for one in contexts if (found := one.get("runAsUser")) is not None), None)
    asked = next((found for one in contexts if (found := one.get("runAsNonRoot")) is not None), None)
    sealed = own.get("readOnlyRootFilesystem") if own is not None else None
    rights = own.get("capabilities") if own is not None else None
    sysctls = {item.value("name") or "": item.value("value") or "" for one in contexts for item in one.each("sysctls")}
    return Running(
        asked.span if asked is not None and _true(asked) and user is None else None,
        sealed.span if sealed is not None and _true(sealed) else None,
        tuple(_pod_mounts(node, pod)),
        pod=True,
        host=(pod.value("hostNetwork") or "").lower() == "true",
        binds=rights is not None and any(_binds(item) for item in rights.each("add")),
        lowest=_lowest(sysctls, LOWEST_FREE),
    )


def of_service(node: Node) -> Running:
    """The limits of the service `node` of a Compose file.

    Docker opens all ports to everybody, but in the network of the machine: https://docs.docker.com/engine/release-notes/20.10/.
    """
    sealed = node.get("read_only")
    host = node.value("network_mode") == "host"
    found = node.get("sysctls")
    sysctls = {}
    if found is not None:
        sysctls = {name: value.text for name, value in found.entries()}
        sysctls.update((item.text.partition("=")[0], item.text.partition("=")[2]) for item in found.items)
    return Running(
        read_only=sealed.span if sealed is not None and _true(sealed) else None,
        mounts=tuple(_service_mounts(node)),
        host=host,
        binds=any(_binds(item) for item in node.each("cap_add")),
        lowest=_lowest(sysctls, LOWEST_FREE if host else 0),
    )


def parts_of_volume(text: str) -> list[str]:
    """The source, the place and the options of a volume in its short form; a variable is ``$``, whatever its default is.

    https://docs.docker.com/reference/compose-file/services/#short-syntax-5.
    """
    return _VARIABLE.sub("$", text).split(":")


def _true(node: Node) -> bool:
    return node.kind == "scalar" and node.text.lower() == "true"


def _binds(node: Node) -> bool:
    return node.text.upper().removeprefix("CAP_") in {"NET_BIND_SERVICE", "ALL"}


def _lowest(sysctls: dict[str, str], otherwise: int) -> int:
    value = sysctls.get(_LOW_PORTS, "").strip()
    if not value:
        return otherwise
    return int(value) if is_number(value) and len(value) < 6 else 0  # one that is not known is believed


def volume_mounts(node: Node, pod: Node) -> Iterator[tuple[Node, str, str, Node | None]]:
    """Each mount of the container `node`: its node and path, the name of its volume, and that volume of `pod`, if it is there."""
    volumes = {name: one for one in pod.each("volumes") if (name := one.value("name")) is not None}
    for mount in node.each("volumeMounts"):
        name, path = mount.value("name"), mount.value("mountPath")
        if name is not None and path is not None:
            yield mount, path, name, volumes.get(name)


def kinds_of(volume: Node | None) -> set[str]:
    """The keys of a volume of Kubernetes, of which one is its kind."""
    return {key.text for key, _ in volume.pairs} if volume is not None else set()


def _pod_mounts(node: Node, pod: Node) -> Iterator[Mount]:
    context = pod.get("securityContext")
    group = context is not None and context.get("fsGroup") is not None
    for mount, path, _, volume in volume_mounts(node, pod):
        kinds = kinds_of(volume)
        sealed = (mount.value("readOnly") or "").lower() == "true" or bool(kinds & _FIXED)
        grouped = None if kinds & _UNGROUPED else group
        empty = "emptyDir" in kinds and mount.get("subPath") is None
        yield Mount(path, mount.span, empty, not sealed, grouped, _mode(volume))


def _mode(volume: Node | None) -> int | None:
    """The ``defaultMode`` of a secret or configMap whose files have no modes of their own: 0400 and 0o400 are 256."""
    for kind in ("secret", "configMap"):
        source = volume.get(kind) if volume is not None else None
        text = source.value("defaultMode") if source is not None and source.kind == "map" else None
        if source is None or text is None or any(item.get("mode") is not None for item in source.each("items")):
            continue
        octal = _OCTAL.match(text)
        if octal is not None:
            return int(octal[1], 8)
        return int(text) if _DECIMAL.match(text) else None
    return None


def _service_mounts(node: Node) -> Iterator[Mount]:
    found = node.get("tmpfs")
    for item in found.items or (found,) if found is not None else ():
        if item.kind == "scalar" and item.text.startswith("/"):
            yield Mount(item.text.partition(":")[0], item.span, empty=True)
    for item in node.each("volumes"):
        if item.kind == "map":
            target = item.value("target") or ""
            sealed = (item.value("read_only") or "").lower() == "true"
            yield Mount(target, item.span, item.value("type") == "tmpfs", not sealed)
        elif item.kind == "scalar":
            parts = parts_of_volume(item.text)
            options = parts[2].split(",") if len(parts) > 2 else []
            yield Mount(parts[1] if len(parts) > 1 else parts[0], item.span, writable="ro" not in options)

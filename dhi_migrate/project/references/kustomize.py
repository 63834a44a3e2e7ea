"""Kustomize: the images that a kustomization puts in, https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/.

An entry names an image of the resources, and gives a new name, a new tag or a digest. The manifests stay as they are, so
that the entry is the place to change: without a ``newName`` it gets one.
"""

from __future__ import annotations

from ...rules.findings import Edit, Finding, Fix
from .model import folder_of, join
from .service import Service
from .uses import reference_finding
from .yaml_tree import replacement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...catalog.store import Catalog
    from ...dockerfile import Span
    from ...settings import Settings
    from .model import ProjectTree
    from .yaml_tree import Node

MAX_IMAGES = 200
"""Most entries of one kustomization that are looked at."""

MAX_FILES = 40
"""Most kustomizations that are read for one manifest."""

_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def kustomize_findings(
    root: Node, data: bytes, catalog: Catalog, settings: Settings, tree: ProjectTree | None
) -> list[Finding]:
    """DHI902 for the entries of ``images`` of a kustomization whose document is `root`."""
    from .judging import judge_service

    found: list[Finding] = []
    for entry in root.each("images")[:MAX_IMAGES]:
        name, new_name, new_tag = entry.get("name"), entry.get("newName"), entry.get("newTag")
        shown = new_name or name
        if shown is None or new_tag is None or shown.kind != "scalar" or new_tag.kind != "scalar":
            continue
        reference = f"{shown.text}:{new_tag.text}"
        node = new_tag.reading(reference, None)
        service = Service(f"image {shown.text}", node, doubts=("what the resources start in it is not looked at here",))
        judged = judge_service(service, catalog, settings, tree)
        if judged.target is None:
            found.extend(
                one._replace(span=new_tag.span, fixes=()) for one in judged.findings if one.rule in {"DHI108", "DHI109"}
            )
            continue
        finding = reference_finding(node, judged._replace(reasons=service.doubts))
        edits = _edits(data, name, new_name, new_tag, judged.target)
        if edits and judged.safety is not None and entry.get("digest") is None:
            finding = finding._replace(fixes=(Fix("unsafe", f"Use {judged.target}", edits),))
        found.append(finding)
    return found


def _edits(data: bytes, name: Node | None, new_name: Node | None, new_tag: Node, target: str) -> tuple[Edit, ...]:
    """The edits that make the entry give `target`; none where its text does not allow them."""
    repository, _, tag = target.rpartition(":")
    if new_tag.edit is None:
        return ()
    edits = [Edit(new_tag.edit.start, new_tag.edit.end, replacement(new_tag, tag))]
    if new_name is not None:
        if new_name.edit is None:
            return ()
        edits.append(Edit(new_name.edit.start, new_name.edit.end, repository.encode()))
        return tuple(sorted(edits))
    line = _own_line(data, name.span) if name is not None else None
    if line is None:
        return ()
    indent, ending = line
    at = data.find(b"\n", name.span.end) if name is not None else -1
    if at < 0:
        return ()
    edits.append(Edit(at + 1, at + 1, b" " * indent + f"newName: {repository}".encode() + ending))
    return tuple(sorted(edits))


def _own_line(data: bytes, value: Span) -> tuple[int, bytes] | None:
    """Column of the key ``name`` and the line ending, where the line holds ``name: value`` alone; None for a flow mapping."""
    start = data.rfind(b"\n", 0, value.start) + 1
    head = data[start : value.start]
    end = data.find(b"\n", value.end)
    rest = data[value.end : end if end >= 0 else len(data)]
    if (
        not head.lstrip(b" -").startswith(b"name:")
        or b"{" in head
        or (rest.strip() and not rest.strip().startswith(b"#"))
    ):
        return None
    return head.index(b"name:"), b"\r\n" if rest.endswith(b"\r") else b"\n"


def replaced_names(path: str, tree: ProjectTree | None) -> dict[str, str]:
    """Images that kustomizations near the manifest at `path` replace: their names, and the kustomization that does so.

    Near are the directory of the manifest, those above it, and the directories beside it and below ``overlays``, as
    Kustomize's own layout of bases and overlays has them.
    """
    if tree is None:
        return {}
    from .yaml_tree import parse_yaml

    found: dict[str, str] = {}
    for folder in _near(folder_of(path), tree)[:MAX_FILES]:
        for name in _NAMES:
            inside = join(folder, name)
            data = tree.read(inside) if inside is not None and tree.exists(inside) else None
            if data is None or b"images" not in data or inside is None:
                continue
            for document in parse_yaml(data).documents[:1]:
                for entry in document.each("images")[:MAX_IMAGES] if document.kind == "map" else ():
                    image = entry.value("name")
                    if image is not None:
                        found.setdefault(image, inside)
    return found


def _near(folder: str, tree: ProjectTree) -> list[str]:
    found = [folder]
    above = folder_of(folder) if folder else None
    if above is not None:
        found.append(above)
        for name in tree.names(above) or ():
            found.append(f"{above}/{name}" if above else name)
        overlays = f"{above}/overlays" if above else "overlays"
        found.extend(f"{overlays}/{name}" for name in tree.names(overlays) or ())
        if above:
            found.append(folder_of(above))
    return list(dict.fromkeys(found))

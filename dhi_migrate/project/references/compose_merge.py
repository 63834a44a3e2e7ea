"""Services of Compose that are said in several places: files that are given together, and ``extends``.

https://docs.docker.com/reference/compose-file/merge/: mappings are merged, lists are put one behind the other, and a command, an
entry point or a test of a health check takes the place of the one below. What a second file says stands on the bytes of the
image in the first.
"""

from __future__ import annotations

from .model import folder_of
from .yaml_tree import MAX_DEPTH, Node, parse_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...dockerfile import Span
    from .model import ProjectTree

MAX_OTHERS = 6
"""Most other files of its directory that a Compose file is read together with."""

MAX_OTHER_BYTES = 128 * 1024
"""Largest of those, in bytes."""

MAX_NODES = 600
"""Most nodes of a service of another file that are taken over."""

# In this order: https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file.
_DEFAULT = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_REPLACED = frozenset({"command", "entrypoint", "test"})
_TAKES_BACK = (b"!reset", b"!override")


class Other:
    """Another Compose file of the directory: its `name`, its services, and whether it goes `below` the one that is judged.

    `vague` tells that it takes back some of what is below it, which is not followed.
    """

    __slots__ = ("below", "name", "services", "vague")

    def __init__(self, name: str, services: Node, below: bool, vague: bool) -> None:
        self.name = name
        self.services = services
        self.below = below
        self.vague = vague


def others(path: str, services: Node, tree: ProjectTree | None) -> tuple[Other, ...]:
    """The files that the Compose file at `path`, with those `services`, is used with.

    A file without a default name that is complete stands alone. One with services that have no image needs the file with the
    default name below it, and the latter has to work with it.
    """
    if tree is None:
        return ()
    folder, _, name = path.rpartition("/")
    names = tree.names(folder) or ()
    first = next((one for one in _DEFAULT if one in names), None)
    if first is None:
        return ()
    if name != first:
        below = _read(folder, first, tree) if not _complete(services) else None
        return () if below is None else (Other(first, below[0], True, below[1]),)
    from .kinds import kind_of

    found: list[Other] = []
    for one in names:
        if one in _DEFAULT or kind_of(one) != "compose" or len(found) == MAX_OTHERS:
            continue
        read = _read(folder, one, tree)
        if read is not None and not _complete(read[0]):
            found.append(Other(one, read[0], False, read[1]))
    return tuple(found)


def _read(folder: str, name: str, tree: ProjectTree) -> tuple[Node, bool] | None:
    data = tree.read(f"{folder}/{name}".lstrip("/"))
    if data is None or len(data) > MAX_OTHER_BYTES:
        return None
    documents = parse_yaml(data).documents
    services = documents[0].get("services") if documents else None
    if services is None or services.kind != "map":
        return None
    return services, any(word in data for word in _TAKES_BACK)


def _complete(services: Node) -> bool:
    """Whether each service has an image, by itself or from another service."""
    return all(
        any(node.get(key) is not None for key in ("image", "build", "extends"))
        for _, node in services.entries()
        if node.kind == "map"
    )


def together(name: str, node: Node, other: Other) -> Node | None:
    """The service `name`, which is `node` in the file that is judged, with what the `other` file says of it.

    None where that says nothing of it, or another image.
    """
    there = other.services.get(name)
    image = node.get("image") or node.get("build")
    if image is None or there is None or there.kind != "map" or there.get("extends") is not None:
        return None
    if any(there.get(key) is not None for key in ("image", "build")) and not (other.below and _differs(node, there)):
        return None
    moved = _moved(there, image.span)
    if moved is None:
        return None
    if not other.below:
        return merged(node, moved)
    kept = tuple(pair for pair in moved.pairs if pair[0].text not in {"image", "build"})
    built = moved.get("build") if node.get("image") is None else None
    if built is not None:  # a context that the file below names, and a target or arguments of this one
        kept = (*kept, (Node("scalar", image.span, "build"), built))
    return merged(Node("map", moved.span, pairs=kept), node)


def _differs(node: Node, below: Node) -> bool:
    """Whether `node` runs another image than the service `below` it, which is judged where that stands."""
    if below.get("build") is not None:
        build = node.get("build")
        return build is not None and build.kind == "map" and build.get("context") is None
    return node.get("build") is not None or node.value("image") != below.value("image")


def extended(name: str, node: Node, services: Node) -> Node | None:
    """The service `name` with those of `services` that it extends below it; None where one is of another file, or not there.

    https://docs.docker.com/reference/compose-file/services/#extends.
    """
    seen = {name}
    chain = [node]
    while (link := chain[-1].get("extends")) is not None:
        if link.kind == "map" and link.get("file") is not None:
            return None
        wanted = link.text if link.kind == "scalar" else link.value("service")
        below = services.get(wanted) if wanted else None
        if not wanted or wanted in seen or below is None or below.kind != "map":
            return None
        seen.add(wanted)
        chain.append(below)
        if len(chain) > MAX_DEPTH:
            return None
    made = chain.pop()
    while chain:
        made = merged(made, chain.pop())
    return Node("map", node.span, pairs=tuple(pair for pair in made.pairs if pair[0].text != "extends"))


def merged(below: Node, above: Node) -> Node:
    """What `above` makes of the mapping `below`."""
    return _merged("", below, above, 0)


def _merged(key: str, below: Node, above: Node, depth: int) -> Node:
    if below.kind == above.kind == "list" and key not in _REPLACED:
        return Node("list", above.span, items=(*below.items, *above.items))
    if below.kind != "map" or above.kind != "map" or depth == MAX_DEPTH:
        return above
    over = dict(above.entries())
    pairs = []
    for name, value in below.entries():
        mine = over.pop(name, None)
        pairs.append((name, value if mine is None else _merged(name, value, mine, depth + 1)))
    pairs.extend(over.items())
    return Node("map", above.span, pairs=tuple((Node("scalar", node.span, name), node) for name, node in pairs))


def _moved(node: Node, span: Span) -> Node | None:
    """A copy of `node` of which everything stands on `span`, and nothing can be edited; None for one that is too large."""
    made: dict[int, Node] = {}
    for one in _postorder(node):
        if len(made) > MAX_NODES:
            return None
        pairs = tuple((made[id(key)], made[id(value)]) for key, value in one.pairs)
        made[id(one)] = Node(
            one.kind, span, one.text, None, one.plain, pairs, tuple(made[id(item)] for item in one.items)
        )
    return made[id(node)]


def _postorder(node: Node) -> Iterator[Node]:
    """Each node below `node`, once, behind those that it holds."""
    done: set[int] = set()
    stack: list[tuple[Node, Sequence[Node], int]] = [(node, _held(node), 0)]
    while stack:
        one, held, at = stack.pop()
        while at < len(held) and id(held[at]) in done:
            at += 1
        if at < len(held):
            stack.append((one, held, at + 1))
            stack.append((held[at], _held(held[at]), 0))
            continue
        if id(one) not in done:
            done.add(id(one))
            yield one


def _held(node: Node) -> Sequence[Node]:
    return (*(part for pair in node.pairs for part in pair), *node.items)


def variables(path: str, tree: ProjectTree | None) -> dict[str, str]:
    """The variables that Compose takes from the file ``.env`` beside the file at `path`; empty where there is none.

    https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax.
    """
    data = tree.read(f"{folder_of(path)}/.env".lstrip("/")) if tree is not None else None
    if data is None or len(data) > MAX_OTHER_BYTES:
        return {}
    found: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        name, sign, value = line.removeprefix("export ").partition("=")
        if sign and name.strip().isidentifier():
            found[name.strip()] = value.partition(" #")[0].strip().strip("\"'")
    return found

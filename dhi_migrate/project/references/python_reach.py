"""Whether a file of the repository ends up in an image: over the COPY instructions of the Dockerfiles near it."""

from __future__ import annotations

import posixpath
from functools import lru_cache

from ..._record import NamedTuple
from ...dockerfile.details import Add, Copy
from ...rules.verdict import judge
from ..context import copied_paths
from ..dockerignore import MAX_BYTES as MAX_IGNORE
from ..dockerignore import Ignore, parse_dockerignore
from ..names import is_dockerfile_name
from .model import folder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.store import Catalog
    from ...dockerfile import Stage
    from ...rules.subject import Subject
    from ...rules.verdict import Verdict
    from ...settings import Settings
    from .model import ProjectTree

MAX_DOCKERFILES = 12
"""Most Dockerfiles that are looked at for one file."""

MAX_LEVELS = 8
"""Directories above the file in which Dockerfiles are looked for."""

MAX_BYTES = 256 * 1024
"""Largest Dockerfile that is read."""

_DEPTH = 4  # copies of copies between stages
_FOLDERS = ("docker", "dockerfiles", "deploy", "build")


class Shipped(NamedTuple):
    """An image that a file is part of: the `dockerfile` that says so, the line of its last COPY, and the stage that ships."""

    dockerfile: str
    line: int
    subject: Subject


def images_with(path: str, catalog: Catalog, settings: Settings, tree: ProjectTree) -> Iterator[Shipped]:
    """The images that the file at `path` is part of, by the Dockerfiles in its directory and those above it."""
    for dockerfile in _dockerfiles(folder_of(path), tree)[:MAX_DOCKERFILES]:
        data = tree.read(dockerfile)
        if data is None or len(data) > MAX_BYTES or (b"COPY" not in data.upper() and b"ADD" not in data.upper()):
            continue
        context = _context(dockerfile, data, tree)
        if context is None or not f"{path}/".startswith(f"{context}/" if context else ""):
            continue
        inside = path[len(context) :].lstrip("/")
        verdict = _verdict(data, catalog, settings._replace(level="auto"))
        target = verdict.context.graph.target if verdict.context is not None else None
        if verdict.context is None or target is None or _ignored(inside, context, dockerfile, tree):
            continue
        subject = verdict.subjects[target]
        line = _reaches(verdict, subject.chain, inside, 0)
        if line is not None:
            yield Shipped(dockerfile, line, subject)


@lru_cache(maxsize=32)
def _verdict(data: bytes, catalog: Catalog, settings: Settings) -> Verdict:
    """The judgement of a Dockerfile, which many files of one repository ask for."""
    return judge(data, catalog, settings, None)


def _dockerfiles(folder: str, tree: ProjectTree) -> list[str]:
    found: list[str] = []
    for _ in range(MAX_LEVELS):
        for place in (folder, *(f"{folder}/{name}".lstrip("/") for name in _FOLDERS)):
            names = tree.names(place) or ()
            found.extend(f"{place}/{name}".lstrip("/") for name in names if is_dockerfile_name(name))
        if not folder:
            break
        folder = folder_of(folder)
    return list(dict.fromkeys(found))


def _context(dockerfile: str, data: bytes, tree: ProjectTree) -> str | None:
    """The directory that has all that the Dockerfile copies by name: its own, or one above it."""
    sources = copied_paths(data)[:64]
    folder = folder_of(dockerfile)
    for _ in range(MAX_LEVELS):
        if all(tree.exists(f"{folder}/{source}".lstrip("/")) for source in sources):
            return folder
        if not folder:
            return None
        folder = folder_of(folder)
    return None


def _ignored(inside: str, context: str, dockerfile: str, tree: ProjectTree) -> bool:
    for path in (f"{dockerfile}.dockerignore", f"{context}/.dockerignore".lstrip("/")):
        data = tree.read(path) if tree.exists(path) else None
        if data is None:
            continue
        patterns = parse_dockerignore(data) if len(data) <= MAX_IGNORE else None
        return patterns is None or bool(Ignore(patterns).excludes(inside))
    return False


def _reaches(verdict: Verdict, chain: tuple[Stage, ...], inside: str, depth: int) -> int | None:
    """The line of the last COPY of `chain` that brings the file `inside`, from the context or from another stage."""
    found = None
    for stage in chain:
        for instruction in stage.instructions:
            detail = instruction.detail
            own = isinstance(detail, Add) or (isinstance(detail, Copy) and detail.from_ is None)
            if own and isinstance(detail, Add | Copy) and any(_covers(word.text, inside) for word in detail.sources):
                found = instruction.start_line
    graph = verdict.context.graph if verdict.context is not None else None
    if found is not None or graph is None or depth == _DEPTH:
        return found
    numbers = {stage.index for stage in chain}
    for edge in graph.edges:
        if edge.stage not in numbers or edge.kind != "copy" or edge.source is None or not edge.known:
            continue
        origin = graph.chain(edge.source)
        # a directory of programs or packages holds what was installed, not the files of the repository
        if all(_of_packages(source) for source in edge.sources):
            continue
        if _lands(verdict, origin, inside, edge.sources) and _reaches(verdict, origin, inside, depth + 1) is not None:
            found = edge.instruction.start_line
    return found


_PACKAGES = (
    "site-packages",
    "/usr/local",
    "/usr/bin",
    "/usr/lib",
    "venv",
    "/root/.local",
    "/install",
    "node_modules",
    "/wheels",
)


def _of_packages(source: str) -> bool:
    return any(word in source for word in _PACKAGES)


def _covers(source: str, inside: str) -> bool:
    """Whether ``COPY source`` takes the file `inside` of the context."""
    if "$" in source or "*" in source or "?" in source or "[" in source:
        return False
    path = posixpath.normpath(f"/{source}").lstrip("/")
    return not path or inside == path or inside.startswith(f"{path}/")


def _lands(verdict: Verdict, chain: tuple[Stage, ...], inside: str, sources: tuple[str, ...]) -> bool:
    """Whether the file `inside`, copied in `chain`, lies in one of the `sources` that another stage takes from it."""
    from ...dockerfile import stage_state_at

    graph = verdict.context.graph if verdict.context is not None else None
    for stage in chain:
        for instruction in stage.instructions:
            detail = instruction.detail
            if graph is None or not isinstance(detail, Copy | Add) or getattr(detail, "from_", None) is not None:
                continue
            state = stage_state_at(graph, stage.index, instruction)
            base = state.workdir.value if state.workdir.known and isinstance(state.workdir.value, str) else "/"
            target = posixpath.normpath(posixpath.join(base, detail.destination.text))
            for word in detail.sources:
                if _covers(word.text, inside):
                    path = posixpath.normpath(f"/{word.text}").lstrip("/")
                    rest = inside[len(path) :].lstrip("/") if path else inside
                    landed = posixpath.join(target, rest) if rest else target
                    for source in sources:
                        place = posixpath.normpath(posixpath.join(base, source))
                        if f"{landed}/".startswith(f"{place.rstrip('/')}/"):
                            return True
    return False

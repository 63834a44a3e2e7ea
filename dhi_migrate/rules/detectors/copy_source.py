"""Images that only files are taken from: ``COPY --from=image``, ``RUN --mount=from=image`` (DHI114)."""

from __future__ import annotations

from ...catalog.resolve import resolve
from ...images import InvalidReferenceError, parse_reference
from ..breakers.programs import known_programs
from ..findings import Edit, Fix, Hit
from ..linkage import runs_on
from ..repairs import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ...dockerfile import Edge
    from ..subject import Subject

# What is taken from them runs on any C library: composer is one file of PHP.
_NO_MACHINE_CODE = frozenset({"composer"})


def copy_source(subject: Subject) -> Iterator[Hit]:
    """One hit for each place of the stage that takes files from an upstream image with a hardened twin."""
    for edge in subject.incoming:
        text = edge.image.text if edge.image is not None else None
        if edge.source is None and text and text != "scratch":
            hit = _judge(subject, edge, text)
            if hit is not None:
                yield hit


def _judge(subject: Subject, edge: Edge, text: str) -> Hit | None:
    spelling = subject.file.spelling
    try:
        reference = parse_reference(text)
    except InvalidReferenceError:
        return None
    if spelling.read(reference) is not None:
        return None
    resolution = resolve(subject.file.catalog, text, "final")
    best = resolution.best
    if best is None or resolution.match in {"other-product", "none", "unknown"}:
        return None
    written = spelling.write(best.name, best.tag)
    places = {source: _place(best.definition, source) for source in _sources(edge)}
    missing = [source for source, place in places.items() if not place]
    moved = {source: place for source, place in places.items() if place and place != _rooted(source)}
    evidence = f"{resolution.upstream} -> {best.name} ({resolution.confidence} confidence), {best.definition.source}"
    if resolution.match in {"exact", "same-version"}:
        message = f"files come from {text}; {written} is the hardened one"
    else:
        message = f"files come from {text}; {written} is the nearest hardened one"
    fixes: tuple[Fix, ...] = ()
    if missing:
        message += f", but whether it has {', '.join(missing)} is not known"
    elif not places:
        message += ", but whether it has all that is taken is not known"
    elif moved:
        message += f", with {', '.join(moved.values())}"
    plain = edge.image is not None and not edge.image.uses
    reasons = resolution.reasons
    words = _words(edge, moved)
    if plain and resolution.workable and places and not missing and words is not None:
        finds = best.name in _NO_MACHINE_CODE or (
            subject.target is not None and runs_on(best.definition, subject.target)
        )
        if not finds:
            reasons = (*reasons, f"it needs the C library of {best.definition.distro} {best.definition.release}")
        edits = (Edit(edge.span.start, edge.span.end, written.encode()), *words)
        fixes = (Fix("unsafe", f"Use {written}", edits),)
        if resolution.automatic and finds and not moved and edge.kind == "copy":
            # the program finds its C library on the hardened image, not on the upstream one
            fixes = (Fix("safe", f"Use {written}", edits, bound=subject.pending), *fixes)
    return Hit(edge.span, message, "; ".join((evidence, *reasons)), fixes)


def _sources(edge: Edge) -> tuple[str, ...]:
    """The paths that are taken; none for a mount of the whole image."""
    return tuple(source for source in edge.sources if source.strip("/"))


def _rooted(source: str) -> str:
    return "/" + source.strip("/")


def _place(definition: Definition, source: str) -> str:
    """Where what lies at `source` upstream is in the image: there, or the only program of that name; "" for not known."""
    known = {entry.path.rstrip("/") for entry in definition.paths if entry.kind != "directory"}
    directories = {entry.path.rstrip("/") for entry in definition.paths}
    if _rooted(source) in directories:
        return _rooted(source)
    name = source.rsplit("/", 1)[-1]
    same = [path for path in sorted(known) if path.endswith(f"/bin/{name}")]
    if not same and name in known_programs(definition):
        same = [f"{prefix}/bin/{name}" for language, prefix in definition.prefix.items() if language == name]
    return same[0] if len(same) == 1 and "/bin/" in _rooted(source) else ""


def _words(edge: Edge, moved: dict[str, str]) -> tuple[Edit, ...] | None:
    """The edits of the sources that lie elsewhere in the hardened image; None where one is not written as it is."""
    if not moved:
        return ()
    written = {word.text: word.span for word in getattr(edge.instruction.detail, "sources", ())}
    if edge.kind != "copy" or not moved.keys() <= written.keys():
        return None
    return tuple(replace(written[source], place) for source, place in moved.items())

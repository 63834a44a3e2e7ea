"""Which Dockerfile of a repository builds the image of a name, as its files say."""

from __future__ import annotations

from ...images.reference import InvalidReferenceError, parse_reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .service import Build


def image_name(text: str) -> str | None:
    """The short form of an image reference, with its tag; None for one with a variable, a template or a digest."""
    try:
        parsed = parse_reference(text)
    except InvalidReferenceError:
        return None
    name = parsed.repository.removeprefix("docker.io/").removeprefix("library/")
    return None if parsed.digest is not None else f"{name}:{parsed.tag or 'latest'}"


def only_builder(builders: Sequence[tuple[str, Build]]) -> tuple[str | None, Build | None]:
    """The Dockerfile that builds an image, and how; none where several do, in different ways."""
    ways = {(path, build.folder, build.target, tuple(arg[:2] for arg in build.args)) for path, build in builders}
    return builders[0] if len(ways) == 1 else (None, None)

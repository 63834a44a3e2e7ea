"""uv in a stage that builds on the hardened image for Python, which has none: the upstream images of uv have both.

https://docs.astral.sh/uv/guides/integration/docker/#available-images. The hardened uv is linked with the C library of Debian
(image/uv of the public catalog), so on Alpine pip has to bring it: https://docs.astral.sh/uv/getting-started/installation/#pypi.
"""

from __future__ import annotations

from .findings import Fix
from .repairs import insert_after

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.model import Definition
    from .subject import Subject

PROGRAMS = frozenset({"uv", "uvx"})
"""The programs of uv."""


def upstream_has(subject: Subject) -> bool:
    """Whether the stage still stands on an upstream image of uv."""
    resolution = subject.carrier.resolution
    return subject.pending and resolution is not None and resolution.upstream.rsplit("/", 1)[-1] == "uv"


def bring(subject: Subject, target: Definition) -> tuple[str, tuple[Fix, ...]]:
    """What to do, in words, and the fix that puts uv into the image `target` right behind its ``FROM``, if there is one."""
    found = _source(subject, target)
    if found is not None:
        reference, places = found
        text = f"COPY --from={reference} {' '.join(places)} /usr/local/bin/"
        advice, title = f"copy it from {reference}", f"Copy uv from {reference}"
    elif target.distro == "alpine" and "pip" in subject.programs:
        text, advice, title = "RUN pip install --no-cache-dir uv", "install it with pip", "Install uv with pip"
    else:
        return "take it from an image that has it", ()
    stage = subject.carrier.stage
    if target.uid != 0 or not stage.instructions:
        return advice, ()
    keyword = subject.file.dockerfile.source.text(stage.instruction.keyword_span)
    if keyword.islower():
        text = text[: text.index(" ")].lower() + text[text.index(" ") :]
    edit = insert_after(subject.file.dockerfile, stage.instruction, text)
    return advice, (Fix("unsafe", title, (edit,), bound=subject.pending),)


def _source(subject: Subject, target: Definition) -> tuple[str, tuple[str, ...]] | None:
    """The hardened uv for the release of `target`, and the paths of its programs; None where the catalog has none."""
    image = subject.file.catalog.image("uv")
    system = f"{target.distro}{target.release}"
    for one in image.definitions if image is not None else ():
        if one.variant != "runtime" or (one.distro, one.release) != (target.distro, target.release):
            continue
        tags = [tag for tag in one.tags if tag.endswith(f"-{system}")]
        places = tuple(entry.target or entry.path for entry in one.paths if entry.path in {"/uv", "/uvx"})
        if tags and places:
            return subject.file.spelling.write("uv", min(tags, key=lambda tag: (len(tag), tag))), places
    return None

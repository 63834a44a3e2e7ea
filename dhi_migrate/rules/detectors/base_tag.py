"""What the reference of a base says beside its name and version: a moving tag, a digest, a variable (DHI105, DHI106, DHI107)."""

from __future__ import annotations

from ..._pattern import is_number
from ...catalog.versions import is_system
from ...images import InvalidReferenceError, parse_reference, parse_upstream_tag
from ..findings import Hit
from ..swap import MAX_JOINT, WRITTEN_OUT, swap_edits
from .base_image import swap_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ...images import Reference
    from ..subject import Subject

    Kind = Literal["floating", "digest", "variable"]


MAX_STAGES = 200
"""How many stages are looked at for what becomes of a variable."""

# Repositories that have nothing but moving tags: there is no version to name.
_WITHOUT_VERSIONS = ("gcr.io/distroless/", "cgr.dev/")


def base_tag(subject: Subject, kind: Kind) -> Iterator[Hit]:
    """At most one hit on the ``FROM`` of a stage with a hardened target.

    "floating": the reference names no version. "digest": it is pinned to the bytes of the image that is replaced. "variable": a
    variable holds it or a part of it.
    """
    model = subject.carrier
    if model.stage is not subject.stage or model.resolution is None or model.definition is None or model.own_from:
        return
    if kind == "variable":
        if model.stage.base.reference.uses:
            yield from _variable(subject)
        return
    try:
        reference = parse_reference(model.base)
    except InvalidReferenceError:
        return
    if kind == "floating":
        yield from _floating(subject, reference)
    elif reference.digest is not None:
        name = model.base.partition("@")[0]
        text = f"the digest belongs to {name}; it goes with the swap, and {subject.image} has digests of its own"
        evidence = "a digest names the bytes of one image, so it is never kept for another one"
        yield Hit(model.stage.base.word.span, text, evidence)


def _floating(subject: Subject, reference: Reference) -> Iterator[Hit]:
    tag, definition = parse_upstream_tag(reference.tag), subject.target
    if reference.digest is not None or tag.numbers or reference.repository.startswith(_WITHOUT_VERSIONS):
        return
    if tag.os is not None and tag.os.release and definition is not None and is_system(definition.image):
        return  # the release is the version of a distribution
    if any(is_number(letter) for word in (*tag.words, tag.alias or "") for letter in word):
        return  # a version in a spelling of its own (base-8.9, jdk11, the hash of a commit)
    how = f"the tag {reference.tag} names no version" if reference.tag is not None else "it has no tag"
    text = f"{subject.carrier.base} moves from version to version: {how}; name one, as {subject.image} does"
    evidence = f"{definition.source} is version {definition.version}" if definition is not None else subject.evidence
    yield Hit(subject.stage.base.word.span, text, evidence)


def _variable(subject: Subject) -> Iterator[Hit]:
    file, stage, resolution = subject.file, subject.stage, subject.carrier.resolution
    if resolution is None or not resolution.workable or swap_kind(subject.carrier) == "none":
        return  # nothing is swapped
    if len(file.models) > MAX_STAGES or sum(bool(model.stage.base.reference.uses) for model in file.models) > MAX_JOINT:
        return  # a generated file; and each stage would look at all of them
    targets = {
        model.stage.index: file.spelling.write(model.resolution.best.name, model.resolution.best.tag)
        for model in file.models
        if model.resolution is not None and model.resolution.best is not None
    }
    proposal = swap_edits(file.dockerfile, file.graph, file.models, targets).get(stage.index)
    if proposal is None:
        return
    read = {use.name for use in stage.base.reference.uses}
    before = (use.name for model in file.models[: stage.index] for use in model.stage.base.reference.uses)
    if read.issubset(before):
        return  # what becomes of the variable was said where it is used first
    names = ", ".join(dict.fromkeys(use.name for use in stage.base.reference.uses))
    span = stage.base.word.span
    values = [edit for edit in proposal.edits if not span.start <= edit.start <= span.end]
    own = [edit for edit in proposal.edits if span.start <= edit.start <= span.end]
    places = [use.value_span for use in stage.base.reference.uses if use.value_span is not None]
    changed = [edit for edit in values if any(place.start == edit.start for place in places)]
    if changed:
        value = changed[0].text.decode().strip("\"'")
        text = f"the swap changes the default of {names} to {value}"
        if value != subject.image:
            text += f": the base is {subject.image}, and FROM keeps the variable"
    elif own and b"$" in own[0].text:
        text = f"FROM keeps {names}: with its value here the base is {subject.image}"
    elif own:
        text = f"the swap writes the base out as {subject.image}, which no longer follows {names}"
    else:
        text = f"{names} can not be kept for {subject.image}: rewrite FROM by hand"
    written_out = WRITTEN_OUT.format(names)
    notes = [note for note in proposal.notes if note != written_out]
    known = f"{names} is read by FROM alone"
    if written_out in proposal.notes:
        known = f"there is no place for {names} in the hardened reference"
    yield Hit(span, text, "; ".join(notes) or known)

"""The base image of a stage: what replaces it (DHI101 to DHI104), and whether a hardened one exists and lasts (DHI108 to DHI111).

Which edits the swap takes is for the engine to say, once all rules have looked at the stage.
"""

from __future__ import annotations

from ..._pattern import is_number
from ...catalog.days import NEAR_DAYS, day_number
from ...catalog.ranking import step
from ...catalog.versions import definition_version
from ...images import InvalidReferenceError, parse_hardened_tag, parse_reference, parse_upstream_tag
from ..findings import Edit, Fix, Hit
from ..moving import foreign_architecture
from ..stages import has_platform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ...dockerfile import VariableUse
    from ..findings import Severity
    from ..hardened import HardenedUse
    from ..stages import StageModel
    from ..subject import Subject

    Kind = Literal["same", "version", "distribution", "none", "invalid", "retired", "ending", "platform"]


def base_image(subject: Subject, kind: Kind) -> Iterator[Hit]:
    """At most one hit on the image of the ``FROM``, where what is to be said of it is of the kind `kind`.

    "same": the same version is hardened. "version", "distribution": a newer one is. "none": nothing replaces it. "invalid",
    "retired", "ending": a hardened reference that never was, is no more, or is near its end of life (also of the target that
    the stage would get, where there is one that lasts longer). "platform": a target that is not built for the ``--platform``
    of the stage, or for the architecture that the reference names.
    """
    model = subject.carrier
    if model.stage is not subject.stage or model.match == "scratch":
        return
    if kind == "platform":
        yield from _platform(subject, model)
    elif model.hardened is not None:
        if model.hardened.problem == kind:
            yield _hardened(subject, model)
    elif kind == "ending":
        yield from _ending(subject, model)
    elif model.match in {"none", "unknown"}:
        if kind == "none":
            yield _nothing(subject, model)
    elif swap_kind(model) == kind:
        yield _swap(subject, model, kind)


# What somebody takes for its init system, and for the services and scripts that this starts, which a bare image has not:
# https://github.com/phusion/baseimage-docker#whats-inside-the-image.
_WITH_INIT = frozenset({"phusion/baseimage"})


def swap_kind(model: StageModel) -> Kind:
    """What kind of swap the stage of `model`, which has a target, would make."""
    resolution = model.resolution
    if resolution is None or not resolution.workable:
        return "none"
    if resolution.pinned or model.match in {"exact", "same-version"}:
        return "same"
    if model.match == "other-product":
        return "distribution" if resolution.system_image and resolution.upstream not in _WITH_INIT else "none"
    if model.match == "partial":
        return "distribution" if resolution.system_changes else "version" if _steps(model) else "same"
    return "distribution" if resolution.system_image else "version"


def _steps(model: StageModel) -> bool:
    """Whether the target of `model` has another version than its reference asks for, whatever else it lacks."""
    try:
        tag = parse_upstream_tag(parse_reference(model.base).tag)
    except InvalidReferenceError:
        return False
    definition = model.definition
    return definition is not None and step(tag.numbers, definition_version(definition)) in {"step-minor", "step-major"}


def _swap(subject: Subject, model: StageModel, kind: Kind) -> Hit:
    resolution, reference = model.resolution, subject.image
    base = _shown(resolution.reference if model.own_from and resolution is not None else model.base)
    if kind == "none":
        message = f"{base} has no hardened equivalent; the nearest hardened image is {reference}"
    elif resolution is not None and resolution.pinned:
        message = f"{base} is replaced by {reference}: the overlay pins it"
    elif kind == "same":
        message = f"{base} has a hardened equivalent: {reference}"
        if model.match == "partial":
            message = f"{base} has a hardened equivalent in part, {reference}: {_lacks(model)}"
    elif kind == "distribution" and resolution is not None and resolution.system_image:
        what = "release" if model.match in {"step-minor", "step-major"} else "distribution"
        message = f"{base} is a {what} without a hardened image; the nearest is {reference}"
    elif kind == "distribution":
        message = f"{base} has no hardened image of its version on its own distribution; the nearest is {reference}"
    else:
        message = f"{base} is not hardened in this version; {reference} is the nearest"
    return Hit(model.stage.base.word.span, message, _evidence(model))


# How the reasons of a resolution begin that tell of its version and its dates, not of what the image lacks.
_OF_VERSION = (
    "the same version",
    "no hardened ",
    "the tag names no version",
    "the catalog data of ",
    "a pre-release of ",
    "end of life ",
    "past its end of life",
)


def _lacks(model: StageModel) -> str:
    """The first thing that the target of `model` does not have, or has otherwise; its version is none."""
    reasons = model.resolution.reasons if model.resolution is not None else ()
    other = (one for one in reasons if not one.startswith(_OF_VERSION) and " becomes the patch release " not in one)
    return next(other, "the reasons say what differs")


def _evidence(model: StageModel) -> str:
    """Where the answer comes from: the map row and the definition."""
    resolution, definition = model.resolution, model.definition
    if resolution is None or definition is None:
        return ""
    shell = {True: "with /bin/sh", False: "without a shell", None: "perhaps with a shell"}[definition.bin_sh]
    return (
        f"{resolution.upstream} -> {definition.image} ({resolution.confidence} confidence); "
        f"{definition.source} runs as {definition.user} ({definition.uid}), {shell}"
    )


def _shown(reference: str) -> str:
    """The reference as a message names it: without its digest, which the line shown beside it has."""
    return reference.partition("@")[0]


def _nothing(subject: Subject, model: StageModel) -> Hit:
    resolution, spelling = model.resolution, subject.file.spelling
    ideas = [spelling.write(idea.name, idea.tag) for idea in resolution.alternatives] if resolution else []
    reasons = (*(resolution.reasons if resolution is not None else ()), *model.notes)
    base = _shown(model.base)
    if resolution is None:
        message = f"what {base} stands for is not known: {'; '.join(model.notes)}"
    elif (mirror := _mirror(subject, model)) is not None:
        message = f"{base} looks like a mirror of a hardened image: say so with --registry '{mirror}/{{name}}'"
    elif model.match == "unknown":
        message = f"nothing is known of a hardened image for {base}; if it is your own, move its Dockerfile first"
    else:
        message = f"{base} has no hardened equivalent"
    if ideas:
        message += f"; the nearest is {ideas[0]}"
    return Hit(model.stage.base.word.span, message, "; ".join(reasons))


def _mirror(subject: Subject, model: StageModel) -> str | None:
    """What stands before the name, where name and tag are those of a hardened image that upstream does not tag like that."""
    try:
        reference = parse_reference(model.base)
    except InvalidReferenceError:
        return None
    prefix, _, name = str(reference._replace(tag=None, digest=None)).rpartition("/")
    tag = reference.tag or ""
    parsed = parse_hardened_tag(tag)
    if not prefix or parsed is None or parsed.distro is None or parsed.release is None:
        return None
    return prefix if subject.file.catalog.find(name, tag) is not None else None


def _platform(subject: Subject, model: StageModel) -> Iterator[Hit]:
    platform, definition = model.stage.platform, subject.target
    if definition is None:
        return
    span, built = model.stage.base.word.span, f"{definition.source} is built for {', '.join(definition.platforms)}"
    foreign = foreign_architecture(model.resolution) if model.resolution is not None else None
    if foreign is not None:
        yield Hit(span, f"hardened images do not exist for {foreign}", built)
    elif platform is not None and platform.text and not has_platform(platform.text, definition):
        yield Hit(span, f"{subject.image} does not exist for {platform.text}", built)


def _ending(subject: Subject, model: StageModel) -> Iterator[Hit]:
    """The end of life of what the stage would get, where the catalog has a tag that lasts longer; the swap tells the date too."""
    definition, info = model.definition, subject.file.catalog.info
    best = model.resolution.best if model.resolution is not None else None
    if definition is None or best is None or definition.end_of_life is None:
        return
    days = day_number(definition.end_of_life) - day_number(info.date)
    if days > NEAR_DAYS:
        return
    from datetime import date

    from ...catalog.facts import classify

    state = classify(subject.file.catalog, best.name, best.tag, date.fromisoformat(info.date))
    if state.successor is None or state.successor == best.tag:
        return
    when = "was" if days < 0 else "is"
    longer = subject.file.spelling.write(best.name, state.successor)
    text = f"the end of life of {subject.image} {when} {definition.end_of_life}; {longer} lasts longer"
    yield Hit(model.stage.base.word.span, text, f"{definition.source}, data of {info.date}")


def _hardened(subject: Subject, model: StageModel) -> Hit:
    use, info = model.hardened, subject.file.catalog.info
    if use is None:
        raise ValueError("only a hardened reference has a state")
    span, message = model.stage.base.word.span, use.message
    fixes: tuple[Fix, ...] = ()
    successor = use.successor or _newest(subject, model, use)
    if successor is not None:
        reference = subject.file.spelling.write(use.name, successor)
        message += (
            f"; {reference} is its successor" if use.problem != "invalid" else f"; the nearest tag is {reference}"
        )
        if use.problem != "ending" and not model.stage.base.reference.uses:
            edit = Edit(span.start, span.end, reference.encode())
            certain = use.meant and "@" not in model.base
            fixes = (Fix("safe" if certain else "unsafe", f"Use {reference}", (edit,)),)
    source = use.definition.source if use.definition is not None else f"catalog {info.commit}"
    severity: Severity | None = (
        "error" if use.problem == "invalid" else None
    )  # certain, though nothing is known of the image
    uses = model.stage.base.reference.uses
    if use.problem == "invalid" and successor is None and uses and not any(map(_versioned, uses)):
        names = ", ".join(dict.fromkeys(one.name for one in uses))
        message, severity = f"with the value of {names} here {message}", "warning"
    return Hit(span, message, f"{source}, data of {info.date}", fixes, severity)


def _versioned(use: VariableUse) -> bool:
    """Whether the value of a variable may be a version; one without a digit stands for what ``--build-arg`` has to give."""
    return use.value is not None and any(is_number(letter) for letter in use.value)


def _newest(subject: Subject, model: StageModel, use: HardenedUse) -> str | None:
    """The tag that upstream's latest of the same name would get, for a hardened reference that names no version."""
    if use.problem != "invalid" or use.tag not in {"", "latest"} or subject.file.catalog.image(use.name) is None:
        return None
    from ...catalog.resolve import resolve

    best = resolve(subject.file.catalog, use.name, model.want or "final").best
    return best.tag if best is not None and best.name == use.name else None

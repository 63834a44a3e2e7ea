"""What a reference says beside its name and version that a hardened one can not say, or says otherwise."""

from __future__ import annotations

from .._pattern import regex
from ..catalog.families import family
from ..catalog.versions import definition_version, dotted, is_system
from ..images import parse_reference, parse_upstream_tag
from .breakers import Breaker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.model import Definition
    from ..catalog.resolve import Resolution
    from ..catalog.store import Catalog
    from ..dockerfile import Span

# Namespaces of official images for one architecture each; https://github.com/docker-library/official-images#architectures-other-than-amd64
_OFFERED = {"amd64": "linux/amd64", "arm64v8": "linux/arm64"}
_OTHERS = frozenset({"arm32v5", "arm32v6", "arm32v7", "i386", "ppc64le", "riscv64", "s390x", "mips64le", "winamd64"})


def reference_breakers(catalog: Catalog, resolution: Resolution, span: Span) -> list[Breaker]:
    """Why ``resolution.best`` may not be what the reference at `span` stands for, although its name and version fit."""
    if resolution.best is None:
        return []
    found = [*_architecture(resolution, span), *_frozen(resolution, span), *_behind(catalog, resolution, span)]
    found.extend(_another_language(resolution, span))
    if has_triggers(resolution.reference):
        text = f"{resolution.reference} runs instructions of its own in this build, and no hardened image does"
        found.append(Breaker(span, text, True))
    return found


def has_triggers(reference: str) -> bool:
    """Whether the tag of `reference` says that the image holds ONBUILD instructions: ``node:6-onbuild``."""
    return "onbuild" in reference.partition("@")[0].rpartition(":")[2].split("-")


def _another_language(resolution: Resolution, span: Span) -> list[Breaker]:
    """A step over a version that programs are known not to survive: https://docs.python.org/3/howto/pyporting.html."""
    best = resolution.best
    numbers = parse_upstream_tag(parse_reference(resolution.reference).tag).numbers
    if best is None or best.name != "python" or numbers[:1] != (2,):
        return []
    return [Breaker(span, "a program for Python 2 does not run on Python 3: port it first", True)]


def does_not_roll_forward(resolution: Resolution, data: bytes, *, ships: bool) -> bool:
    """Whether the runtime of .NET moves over a major version, which programs refuse unless `data`, the file, asks for it.

    An SDK counts where the stage `ships`, if the file names the framework that it builds for.
    https://learn.microsoft.com/dotnet/core/versions/selection#framework-dependent-apps-roll-forward
    """
    best = resolution.best
    if best is None or best.name not in {"dotnet", "aspnetcore"} or b"ROLL_FORWARD" in data:
        return False
    if best.definition.edition == "sdk":
        return ships and other_framework(data, best.definition) is not None
    return resolution.match == "step-major"


def other_framework(data: bytes, runtime: Definition) -> str | None:
    """The framework that `data`, a Dockerfile, says it builds for, where that is of another major version than `runtime`.

    None where it names none, the right one too, or brings the runtime with the program.
    """
    if b"self-contained" in data:
        return None
    named = {match[0].decode(): int(match[1]) for match in _FRAMEWORK.finditer(data)}
    if not named or definition_version(runtime)[0] in named.values():
        return None
    return min(named)


_FRAMEWORK = regex(rb"\b(?:netcoreapp|net)([0-9]{1,2})\.[0-9]\b")


def _architecture(resolution: Resolution, span: Span) -> list[Breaker]:
    namespace, _, rest = parse_reference(resolution.reference).path.partition("/")
    if not rest or namespace not in _OFFERED:
        return []
    text = f"{resolution.reference} is for {_OFFERED[namespace]} on every machine, a hardened reference only with --platform"
    return [Breaker(span, text, False)]


def foreign_architecture(resolution: Resolution) -> str | None:
    """The architecture without hardened images whose official images the reference names (``arm32v7/alpine``), or None."""
    namespace, _, rest = parse_reference(resolution.reference).path.partition("/")
    return namespace if rest and namespace in _OTHERS else None


def _frozen(resolution: Resolution, span: Span) -> list[Breaker]:
    """``golang:stretch`` stopped at the last version that was built for that release, whatever the newest one is today."""
    tag = parse_upstream_tag(parse_reference(resolution.reference).tag)
    best = resolution.best
    if best is None or tag.numbers or tag.os is None or not tag.os.release or is_system(best.name):
        return []
    if tag.os.family == best.definition.distro and tag.os.release == best.definition.release:
        return []
    text = f"the tag names no version, and which one was the last on {tag.os.text} is not known"
    return [Breaker(span, text, False)]


def _behind(catalog: Catalog, resolution: Resolution, span: Span) -> list[Breaker]:
    """A tag that moves with the newest version, where the catalog's newest is there for the other distribution only."""
    best = resolution.best
    image = catalog.image(best.name) if best is not None else None
    if best is None or image is None or is_system(best.name) or {"lts", "rule"} & set(family(best.name)):
        return []
    tag = parse_upstream_tag(parse_reference(resolution.reference).tag)
    if len(tag.numbers) > 1 or (tag.alias is not None and tag.alias != "latest"):
        return []
    kind = (best.definition.edition, best.definition.flavor)
    versions = [definition_version(one)[:2] for one in image.definitions if (one.edition, one.flavor) == kind]
    newest = max((one for one in versions if one[: len(tag.numbers)] == tag.numbers), default=())
    if newest <= definition_version(best.definition)[:2]:
        return []
    where = f"{best.definition.distro} {best.definition.release}"
    have = dotted(definition_version(best.definition)[:2])
    text = f"the tag moves with the newest version, {dotted(newest)} or later; on {where} the catalog has {have}"
    return [Breaker(span, text, False)]

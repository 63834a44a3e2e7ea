"""What keeps `retarget` from a rewriting: packages of another source or distribution, and places that the image lacks."""

from __future__ import annotations

from .._pattern import regex
from ..catalog.resolve import resolve
from ..dockerfile import parse
from .dev_tables import is_gone
from .effects.packages import purpose
from .outcome import Refusal
from .retarget_tables import FOREIGN, IMAGES, NAMES, NATIVE, PLACES, SETUPTOOLS_UNTIL, is_module, is_python2, minor

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from ..catalog.resolve import Role
    from ..dockerfile import Instruction, Span
    from ..rules.subject import Subject
    from .retarget_ground import Ground, Packed
    from .retarget_tables import Language

_FITS = frozenset({"exact", "same-version", "step-minor"})
_FOREIGN = tuple([(regex(text), what) for text, what in FOREIGN])
_PLACES = {language: regex(text) for language, text in PLACES.items()}
_PINNED = {"node": regex(r"(?:setup|node)_([0-9]{1,2})\.x"), "python": regex(r"\bpython(3\.[0-9]{1,2})\b")}
_NAMED: dict[Language, re.Pattern[str]] = {
    "python": regex(r"(?<![\w.=/-])(?:/usr/bin/)?(python|pip)(3\.[0-9]{1,2})(?![\w.-])"),
    "ruby": regex(r"(?<![\w.=/-])(?:/usr/bin/)?(ruby)([0-9]\.[0-9])(?![\w.-])"),
    "php": regex(r"(?<![\w.=/-])(?:/usr/bin/)?(php)([0-9]\.?[0-9])(?![\w.-])"),
}
_PROGRAMS = {
    language: regex(rf"/usr/s?bin/(?:{'|'.join(names)})(?:[0-9][0-9.]*)?(?![\w./-])")
    for language, names in NATIVE.items()
}


def _refuse(subject: Subject, span: Span, text: str) -> Refusal:
    return Refusal("split", subject.line(span), text)


def _text(instruction: Instruction) -> str:
    return instruction.original + "".join(one.content for one in instruction.heredocs)


def from_elsewhere(members: Iterable[Subject], language: Language) -> Refusal | None:
    """Packages of another source than the distribution, in any of the stages `members`."""
    for member in members:
        for run in member.facts.runs:
            text = _text(run.instruction)
            for pattern, what in _FOREIGN:
                if pattern.search(text) is None:
                    continue
                span = next(
                    (one.span for one in run.script.commands if any(pattern.search(word.text) for word in one.words)),
                    run.instruction.span,
                )
                return _refuse(member, span, f"packages come from {what}: {_instead(text, what, language)}")
    return None


def _instead(text: str, what: str, language: Language) -> str:
    """What a person would do where another source brings packages; the version is named if the file tells it."""
    if what == "NodeSource" and language != "node":
        return (
            f"do what needs Node.js in a stage on the official image node, and run {NAMES[language]} on its own image"
        )
    pattern = _PINNED.get(language)
    found = pattern.search(text) if pattern is not None else None
    official = f"{IMAGES[language]}:{found[1]}" if found is not None else f"the official image {IMAGES[language]}"
    return f"put {official} in FROM, and take the installation of {NAMES[language]} out"


def nearness(subject: Subject, image: str, packed: Packed, ground: Ground, language: Language) -> bool | Refusal:
    """Whether the hardened image for `image` is of the very version of the packages; a refusal where none is near enough.

    `subject` is a stage that stands on it.
    """
    ships = subject.stage.index in subject.file.lines.shipped
    wants: tuple[Role, ...] = ("build", "final") if ships else ("build",)
    exact = True
    for want in wants:
        found = resolve(subject.file.catalog, image, want)
        jre = found.match == "partial" and language == "java" and want == "final"
        if found.best is None or not found.workable or not (found.match in _FITS or jre):
            text = f"{packed.said(ground, language)}, for which there is no hardened image"
            if found.best is not None and not image.startswith("maven:"):
                near = found.best.tag.partition("-")[0]
                text += f": try the program on {NAMES[language]} {near}, then put {IMAGES[language]}:{near} in FROM"
            return _refuse(subject, subject.carrier.stage.base.word.span, text)
        exact = exact and found.match != "step-minor"
    return exact


def odd_package(
    subject: Subject, left: Iterable[tuple[str, Span]], image: str, ground: Ground, language: Language
) -> Refusal | None:
    """A package that stays and cannot: one for the interpreter that goes, or on Ubuntu one that Debian may not have."""
    builder = resolve(subject.file.catalog, image, "build").best
    for name, span in left:
        if is_module(name, language) or (language == "python" and is_python2(name)):
            text = f"{name} belongs to the {NAMES[language]} of {ground.name}, and {image} has one of its own"
            return _refuse(subject, span, f"{text}: install it with the package manager of the language")
        if ground.family != "ubuntu":
            continue
        if purpose(name) not in {"build", "tool", "data"}:
            text = f"{name} is a package of Ubuntu, and {image} is Debian: see whether that has the same"
            return _refuse(subject, span, f"{text}, and put {image} in FROM")
        if builder is not None and is_gone(builder.definition, name):
            where = f"{builder.definition.distro.capitalize()} {builder.definition.release}"
            return _refuse(subject, span, f"{where} has no package {name}: do without it, and put {image} in FROM")
    return None


def old_setup(members: Iterable[Subject], language: Language, version: str) -> Refusal | None:
    """``setup.py install``, which needs the setuptools that came along with the packages."""
    if language != "python" or minor(version) <= SETUPTOOLS_UNTIL:
        return None
    for member in members:
        for run in member.facts.runs:
            old = next((one for one in run.languages if one.tool == "setup.py"), None)
            if old is not None:
                text = "setup.py needs setuptools, which an environment has no more: install with pip"
                return _refuse(member, old.command.span, text)
    return None


def other_version(members: Iterable[Subject], language: Language, version: str) -> Refusal | None:
    """A program that is called by another version of the interpreter than the packages are: ``python3.7`` on Ubuntu 20.04."""
    pattern = _NAMED.get(language)
    if pattern is None:
        return None
    for member in members:
        for instruction in member.instructions("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
            for found in pattern.finditer(_text(instruction)):
                if found[2] not in {version, version.replace(".", "")}:
                    text = (
                        f"{found[0].strip()} is another {NAMES[language]} than that of the packages, which is {version}"
                    )
                    return _refuse(
                        member, instruction.span, f"{text}: put the official image of the version that is meant in FROM"
                    )
    return None


def left_behind(subject: Subject, data: bytes, ground: Ground, language: Language) -> Refusal | None:
    """What the new text `data` still says of the places of the distribution's interpreter."""
    # on Debian the hardened Python lies in /usr/bin as well
    same = language == "python" and ground.family != "alpine"
    after = parse(data)
    if not after.ok:
        return _refuse(subject, subject.carrier.stage.base.word.span, "what is left of the commands is no Dockerfile")
    for instruction in after.instructions:
        text = _text(instruction)
        found = _PLACES[language].search(text) or (None if same else _PROGRAMS[language].search(text))
        if found is not None:
            source = subject.file.dockerfile.source
            line = source.line_of(max(source.data.find(found[0].encode("utf-8", "surrogateescape")), 0))
            where = f"{found[0]} is a place of the {NAMES[language]} of {ground.name}"
            return Refusal("split", line, f"{where}, and the image keeps its own elsewhere: let it be found by name")
    return None

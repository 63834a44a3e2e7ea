"""Tools of a JDK that are started on an image that has a JRE alone (DHI605)."""

from __future__ import annotations

from ..breakers.programs import is_jre
from ..findings import Hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ...dockerfile import Instruction, Span
    from ..subject import Subject


def jdk_tool(subject: Subject, tools: list[str]) -> Iterator[Hit]:
    """At most one hit: the first place where the stage starts one of `tools` on a JRE, with the lines of the others."""
    target = subject.target
    if target is None or not is_jre(target) or any("jdk" in name for name in subject.facts.installed):
        return  # a JDK that a package manager brings is gone with the package manager
    wanted = frozenset(tools)
    found: list[tuple[str, Span]] = []
    for run in subject.facts.runs:
        found.extend((one.name, one.span) for one in run.script.commands if one.name in wanted)
    if subject.ships:
        for instruction in subject.instructions("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            found.extend(_started(instruction, wanted))
    if not found:
        return
    found.sort(key=lambda one: one[1])
    names = list(dict.fromkeys(name for name, _ in found))
    span = found[0][1]
    lines = [line for line in dict.fromkeys(subject.line(place) for _, place in found) if line != subject.line(span)]
    also = f" (also line {', '.join(map(str, lines[:5]))})" if lines else ""
    verb = "is a tool" if len(names) == 1 else "are tools"
    it = "it" if len(names) == 1 else "them"
    text = f"{', '.join(names)} {verb} of the JDK, and {subject.image} is a JRE{also}: "
    text += f"run {it} in a stage on {_jdk(subject, target)}"
    yield Hit(span, text, f"{target.source} installs a JRE")


def _jdk(subject: Subject, target: Definition) -> str:
    """The image with the JDK of the same version and distribution, or a word on it."""
    image = subject.file.catalog.image(target.image)
    for other in image.definitions if image is not None else ():
        same = (other.version, other.distro, other.release) == (target.version, target.distro, target.release)
        if same and other.variant == "dev" and other.edition == "jdk":
            tags = [tag for tag in other.tags if f"-{other.distro}{other.release}" in tag]
            if tags:
                return subject.file.spelling.write(target.image, min(tags, key=lambda tag: (len(tag), tag)))
    return "a -jdk image of the build"


def _started(instruction: Instruction, wanted: frozenset[str]) -> Iterator[tuple[str, Span]]:
    detail = instruction.detail
    argv, shell = getattr(detail, "argv", None), getattr(detail, "shell", None)
    if argv:
        name = argv[0].text.rsplit("/", 1)[-1]
        if name in wanted:
            yield name, argv[0].span
    elif shell is not None:
        from ...dockerfile.shell import read_shell

        for command in read_shell(instruction, shell).commands:
            if command.name in wanted:
                yield command.name, command.span

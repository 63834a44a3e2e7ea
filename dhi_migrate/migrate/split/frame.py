"""The two images of a split: the one that builds, and the one that runs what was built."""

from __future__ import annotations

from ..._record import NamedTuple
from ...catalog.resolve import resolve
from ...rules.cgo import cgo_hint
from ...rules.moving import other_framework
from ..outcome import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ...catalog.model import Definition
    from ...catalog.resolve import Resolution
    from ...catalog.store import Catalog
    from ...rules.subject import Subject
    from .inventory import Inventory

    Language = Literal["python", "node", "go", "rust", "java", "dotnet", "php", "ruby", "other"]


_LANGUAGES: dict[str, Language] = {
    "python": "python",
    "node": "node",
    "bun": "node",
    "deno": "other",
    "golang": "go",
    "rust": "rust",
    "eclipse-temurin": "java",
    "amazoncorretto": "java",
    "azul": "java",
    "sapmachine": "java",
    "maven": "java",
    "gradle": "java",
    "dotnet": "dotnet",
    "aspnetcore": "dotnet",
    "php": "php",
    "ruby": "ruby",
}

KNOWN = frozenset({"exact", "same-version", "step-minor", "step-major"})
"""Match classes in which the hardened image is the same product."""


class Frame(NamedTuple):
    """The image that ships after a split.

    `base` is what its FROM names: the upstream reference as the file writes it, which is swapped like every other, or a
    hardened reference where another image than that of the build takes over. `hardened` says which. `target` are the facts
    of the hardened one, `builder` those of the -dev image. `static` tells that there is nothing in it but a C library at most.
    """

    base: str
    hardened: bool
    target: Definition
    builder: Definition
    language: Language
    static: bool = False


def choose_frame(subject: Subject, inventory: Inventory) -> Frame | Refusal:
    """The frame for the stage of `subject`, or why there is none."""
    carrier = subject.carrier
    line = carrier.stage.line
    if carrier.hardened is not None:
        return _hardened(subject)
    base = carrier.resolution.reference if carrier.resolution is not None else carrier.base
    if carrier.resolution is None or carrier.match not in KNOWN | {"partial"}:
        return Refusal("split", line, f"{base} has no hardened equivalent that is known to be the same product")
    catalog = subject.file.catalog
    build, final = resolve(catalog, base, "build"), resolve(catalog, base, "final")
    if build.best is None or build.match not in KNOWN or not build.workable:
        return Refusal("split", line, f"there is no -dev image for {base}")
    builder = build.best.definition
    language = _LANGUAGES.get(builder.image, "other")
    platform = carrier.stage.platform
    if platform is not None and "BUILD" in (platform.text or carrier.stage.instruction.original).upper():
        return Refusal("split", line, "the stage that ships is built for the platform of the builder")
    if language in {"go", "rust"}:
        return _static(subject, inventory, builder, language)
    if builder.image in {"maven", "gradle"}:
        return _jre(subject, builder)
    if builder.image == "dotnet" and builder.edition == "sdk":
        return _dotnet(subject, builder)
    return _twin(subject, build, final, language)


def _twin(subject: Subject, build: Resolution, final: Resolution, language: Language) -> Frame | Refusal:
    """The runtime of the same image."""
    carrier = subject.carrier
    none = Refusal("split", carrier.stage.line, f"there is no runtime image for {carrier.base}")
    if build.best is None or final.best is None or not final.workable:
        return none
    same = build.match in KNOWN and build.best.name == final.best.name
    jre = same and language == "java" and final.match == "partial"
    if not (final.match in KNOWN or jre):
        return none
    builder, target = build.best.definition, final.best.definition
    if target.variant == "dev":
        return Refusal("split", carrier.stage.line, f"there is no runtime image for {carrier.base}")
    same = (builder.distro, builder.release) == (target.distro, target.release)
    if not same or _line(builder) != _line(target):
        text = f"{final.best.name}:{final.best.tag} and {build.best.name}:{build.best.tag} are not of one line"
        return Refusal("split", carrier.stage.line, text)
    return Frame(_written(subject), False, target, builder, language)


def _written(subject: Subject) -> str:
    """The reference as the FROM of the image writes it, over a stage that only gives it a name."""
    stage = subject.carrier.stage
    while stage.base.stage is not None:
        stage = subject.file.graph.stages[stage.base.stage]
    return stage.base.word.text


def _hardened(subject: Subject) -> Frame | Refusal:
    """A stage that ships on a hardened -dev image: the runtime image of the same tag."""
    carrier = subject.carrier
    use, builder = carrier.hardened, carrier.definition
    line = carrier.stage.line
    if use is None or builder is None or use.definition is None or builder.variant != "dev":
        return Refusal("split", line, f"{carrier.base} is not a -dev image")
    tag = use.tag.removesuffix("-dev")
    target = subject.file.catalog.find(use.name, tag)
    if tag == use.tag or target is None or target.variant == "dev" or carrier.stage.base.reference.uses:
        return Refusal("split", line, f"there is no runtime image for {carrier.base}")
    return Frame(
        subject.file.spelling.write(use.name, tag), True, target, builder, _LANGUAGES.get(builder.image, "other")
    )


def _line(definition: Definition) -> str:
    return ".".join(definition.version.split(".")[:2])


def _static(subject: Subject, inventory: Inventory, builder: Definition, language: Language) -> Frame | Refusal:
    """``static``: without a C library where the program has none of its own, else with that of the builder."""
    edition: str | None = "musl" if builder.distro == "alpine" else "glibc"
    if language == "go":
        builds = [(run, one) for run in inventory.runs for one in run.builds if one.tool in {"go", "xx-go"}]
        making = [run for run in inventory.runs if run.builds or any(one.tool == "go" for one in run.languages)]
        hint = next((found for run in making if (found := cgo_hint(subject.file, run, inventory.runs))), "")
        if hint:
            return Refusal(
                "split",
                subject.stage.line,
                f"{hint}: the program has C code in it, whose libraries it needs at run time",
            )
        environment = subject.stage.state.env.get("CGO_ENABLED")
        off = environment is not None and environment.value == "0"
        installs = any(one.tool == "go" and one.action == "install" for run in inventory.runs for one in run.languages)
        made = any(one.tool not in {"go", "xx-go"} for run in inventory.runs for one in run.builds)
        if (
            builds
            and all(one.static or (off and one.static is not False) for _, one in builds)
            and not (installs or made)
        ):
            edition = None
    newest = _newest(subject.file.catalog, "static", builder, edition)
    if newest is None:
        return Refusal("split", subject.stage.line, f"there is no static image on {builder.distro} {builder.release}")
    tag, target = newest
    return Frame(subject.file.spelling.write("static", tag), True, target, builder, language, static=True)


def _jre(subject: Subject, builder: Definition) -> Frame | Refusal:
    """The Java runtime of the version and distribution of a Maven or Gradle image."""
    version = (builder.edition or "").removeprefix("jdk")
    image = subject.file.catalog.image("eclipse-temurin")
    for one in image.definitions if image is not None and version else ():
        same = (one.distro, one.release, one.variant, one.flavor) == (builder.distro, builder.release, "runtime", None)
        if same and one.version.split(".")[0].split("u")[0] == version and one.edition in {None, "jre"}:
            tag = _plain_tag(one, version)
            if tag is not None:
                return Frame(subject.file.spelling.write("eclipse-temurin", tag), True, one, builder, "java")
    return Refusal(
        "split", subject.carrier.stage.line, f"there is no runtime image of Java {version} for {subject.carrier.base}"
    )


def _dotnet(subject: Subject, builder: Definition) -> Frame | Refusal:
    """ASP.NET Core, which has the plain runtime in it, in the version and distribution of the SDK."""
    version = _line(builder)
    other = other_framework(subject.file.dockerfile.source.data, builder)
    if other is not None:
        text = f"it builds for {other}, and a program for one major version of .NET does not start on {version}"
        return Refusal("split", subject.carrier.stage.line, text)
    image = subject.file.catalog.image("aspnetcore")
    for one in image.definitions if image is not None else ():
        same = (one.distro, one.release, one.variant, one.flavor) == (builder.distro, builder.release, "runtime", None)
        if same and _line(one) == version:
            tag = _plain_tag(one, version) or _plain_tag(one, version.split(".")[0])
            if tag is not None:
                return Frame(subject.file.spelling.write("aspnetcore", tag), True, one, builder, "dotnet")
    return Refusal(
        "split", subject.carrier.stage.line, f"there is no ASP.NET Core {version} runtime for {subject.carrier.base}"
    )


def _plain_tag(definition: Definition, version: str) -> str | None:
    """The tag of `definition` that names `version` and the distribution with its release, if it has that one."""
    wanted = f"{version}-{definition.distro}{definition.release}"
    return wanted if wanted in definition.tags else None


def _newest(catalog: Catalog, name: str, builder: Definition, edition: str | None) -> tuple[str, Definition] | None:
    """The newest runtime of `name` with `edition` on the distribution of `builder`, with its shortest full tag."""
    image = catalog.image(name)
    found = [
        one
        for one in (image.definitions if image is not None else ())
        if (one.distro, one.release, one.variant) == (builder.distro, builder.release, "runtime")
        and one.edition == edition
        and one.flavor is None
    ]
    if not found:
        return None
    best = max(found, key=lambda one: (one.version, one.source))
    full = [tag for tag in best.tags if tag.endswith(f"{best.distro}{best.release}")]
    return (min(full, key=lambda tag: (len(tag), tag)), best) if full else None

"""Stages that hand programs to each other over COPY --from: they have to agree on C library, release and language prefix."""

from __future__ import annotations

import re
from itertools import pairwise

from .._record import NamedTuple
from .breakers import Breaker
from .breakers.packages import read_install
from .makers import is_given, variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..catalog.model import Definition
    from ..dockerfile import Edge
    from .context import Context
    from .facts import Build, RunFacts
    from .lineage import Lineage
    from .stages import StageModel

# Hardened images whose trees (virtual environments, node_modules with add-ons, gems, extensions) are bound to the interpreter.
_INTERPRETED = frozenset({"python", "node", "ruby", "php", "perl", "elixir", "erlang-otp"})
# Hardened images that build or hold native programs, bound to the C library that they were linked with.
_NATIVE = frozenset({"golang", "rust", "debian-base", "alpine-base", "dart", "build"})
_STATIC = r"CGO_ENABLED[= ][\"']?0|-linux-musl|\+crt-static|(?<![\w-])-static(?![\w-])"
_BUILDS = r"\bgo\s+(?:build|install)\b|\bcargo\b|\b(?:gcc|g\+\+|cc|clang|make|ninja)\b"
_COPIES_PROGRAM = r"\b(?:cp|mv)\s[^&;|\n]{0,400}/s?bin/"
_PROGRAM = r"(?:^|/)s?bin/|^/?[\w-]+$"
# What a builder installs without linking to more than the C library.
_PLAIN = frozenset({"musl-dev", "libc-dev", "libc6-dev", "linux-libc-dev", "python3-dev", "zlib-ng-dev"})
_CXX = frozenset({"g++", "build-essential", "clang", "cmake"})
_JAVA = frozenset({"eclipse-temurin", "amazoncorretto", "azul", "maven", "gradle", "tomcat", "jruby", "clojure"})
_DOTNET = frozenset({"dotnet", "aspnetcore"})
# Languages have rules of their own, static has no programs, and that of composer is written in PHP.
_NO_TOOLS = frozenset({*_INTERPRETED, *_NATIVE, *_JAVA, *_DOTNET, "static", "composer"})


def link_breakers(lines: Lineage, models: Mapping[int, StageModel], index: int) -> tuple[Breaker, ...]:
    """Why the stage `index` must not move as planned, given the plans of the stages that it exchanges programs with."""
    model = models[index]
    span = model.stage.base.word.span
    found: dict[Breaker, None] = {}
    seen: set[tuple[int, int, str]] = set()
    makings: dict[int, _Making] = {}
    for edge in lines.partners(index):
        if edge.source is None:
            continue
        producer, consumer = models[lines.root[edge.source]], models[lines.root[edge.stage]]
        making = makings.get(producer.stage.index)
        if making is None:
            making = makings[producer.stage.index] = _making(producer)
        if model is producer and _takes_tool(producer, consumer, edge, making):
            text = f"line {edge.instruction.start_line} takes a program that may be static upstream, and need libraries here"
            found[Breaker(span, text, False)] = None
        pair = (producer.stage.index, consumer.stage.index, edge.kind)
        if pair in seen:
            continue  # all that follows is the same for every edge between the two
        seen.add(pair)
        partner = consumer if model is producer else producer
        if not _bound(producer, consumer, edge, making):
            continue
        reason = _disagreement(model, producer, consumer)
        if reason is not None:
            found[Breaker(span, reason, True)] = None
        elif _needs_libraries(producer, consumer, making):
            image = consumer.resolution.best.name if consumer.resolution and consumer.resolution.best else ""
            text = f"what line {producer.stage.line} builds may need shared libraries that {image} does not have"
            found[Breaker(span, text, False)] = None
        elif partner.resolution is None or partner.match == "scratch":
            continue
        elif (partner.broken and not model.broken) or (model.safe and not partner.safe):
            text = f"it moves together with the stage of line {partner.stage.line}, which "
            text += "can not move" if partner.broken else "is not safe to move"
            found[Breaker(span, text, partner.broken)] = None
    worst = sorted(found, key=lambda breaker: not breaker.certain)
    return tuple(worst[:MAX_REASONS])


MAX_REASONS = 3
"""How many partners are named that hold a stage back; one is enough to know."""


class _Making(NamedTuple):
    """What the commands of a stage say of the programs that it makes: linked to nothing, to libraries, or just copied."""

    static: bool
    libraries: bool
    cxx: bool
    copies: bool


def _making(producer: StageModel) -> _Making:
    instructions = producer.stage.instructions
    names: set[str] = set()
    runs = [one.original for one in instructions if one.keyword == "RUN"]
    for text in runs:
        names |= read_install(text).names
    settings = (one.original for one in instructions if one.keyword in {"ENV", "ARG"})
    builds = [text for text in runs if re.search(_BUILDS, text)]
    # a setting of one command (RUN CGO_ENABLED=0 go build) says nothing about another one
    alone = bool(builds) and all(re.search(_STATIC, text) for text in builds)
    return _Making(
        alone or any(re.search(_STATIC, text) for text in settings),
        any(name.endswith("-dev") and name not in _PLAIN for name in names),
        bool(names & _CXX),
        any(re.search(_COPIES_PROGRAM, text) for text in runs),
    )


def _takes_tool(producer: StageModel, consumer: StageModel, edge: Edge, making: _Making) -> bool:
    """Whether a program of the producer's image itself is taken to an image of another kind.

    Vendors ship static programs for that (docker, uv, busybox); the hardened ones come from the packages of a distribution.
    """
    maker, runner = producer.definition, consumer.definition
    if maker is None or maker.image in _NO_TOOLS:
        return False
    if runner is not None and consumer.safe and runs_on(maker, runner):
        return False
    if producer.want == "final":
        return any(re.search(_PROGRAM, source) for source in edge.sources)
    return making.copies


def runs_on(maker: Definition, runner: Definition) -> bool:
    """Whether programs of the image `maker` find their C library in the image `runner`."""
    if maker.distro != runner.distro:
        return False
    if maker.distro == "debian":
        return int(maker.release) <= int(runner.release) and runner.image != "static"
    return maker.release == runner.release


def _needs_libraries(producer: StageModel, consumer: StageModel, making: _Making) -> bool:
    """Whether what is built may want shared libraries that the upstream image has (for apt or apk, at times) and ours not.

    Packages that end in -dev say so, and a C++ compiler does on Debian, whose apt is written in that language.
    """
    runner = _name(consumer)
    if consumer.want != "final" or runner not in {"debian-base", "alpine-base", *_INTERPRETED}:
        return False
    if _name(producer) not in {*_NATIVE, runner}:
        return False
    return making.libraries or (runner == "debian-base" and making.cxx)


def _disagreement(model: StageModel, producer: StageModel, consumer: StageModel) -> str | None:
    other = consumer if model is producer else producer
    where = f"line {other.stage.line}"
    if other.match in {"none", "unknown"}:
        return f"it exchanges programs with the stage of {where}, whose image does not move"
    if other.match == "scratch":
        return None
    ours, theirs = model.definition, other.definition
    if ours is None or theirs is None:
        return None
    if ours.distro != theirs.distro:
        before = model.resolution.facts if model.resolution is not None else None
        after = other.resolution.facts if other.resolution is not None else None
        if before is not None and after is not None and (before.os == "alpine") != (after.os == "alpine"):
            return None  # they differed before: the program is known not to mind
        return f"{ours.distro} here and {theirs.distro} in the stage of {where} have different C libraries"
    if ours.release != theirs.release and not _older_builds(producer, consumer):
        return f"{ours.distro} {ours.release} here and {theirs.release} in the stage of {where} do not match"
    if producer.definition is not None and consumer.definition is not None and _same_language(producer, consumer):
        if _line(producer) != _line(consumer):
            return f"{_line(producer)} builds and {_line(consumer)} runs: they have to be of one version"
        if producer.definition.prefix != consumer.definition.prefix:
            return f"the language lies in different directories here and in the stage of {where}"
    return None


def _bound(producer: StageModel, consumer: StageModel, edge: Edge, making: _Making) -> bool:
    """Whether what the edge copies is tied to the image that made it."""
    if edge.kind == "mount":
        return False
    maker = _name(producer)
    if maker is None:
        # an unknown maker may hand over anything; an unknown consumer runs what a known maker builds
        return producer.match in {"none", "unknown"} and _name(consumer) not in {None, "nginx", "httpd", "static"}
    if maker in _JAVA:
        return False
    if maker in _DOTNET:
        return _name(consumer) in _DOTNET
    if maker in _INTERPRETED:
        return _name(consumer) in {maker, *_NATIVE, None}
    if maker in _NATIVE:
        return not making.static
    return False


def _name(model: StageModel) -> str | None:
    return model.definition.image if model.definition is not None else None


def _older_builds(producer: StageModel, consumer: StageModel) -> bool:
    """A program linked on an older glibc runs on a newer one; musl and interpreters make no such promise."""
    maker, runner = producer.definition, consumer.definition
    if maker is None or runner is None or maker.distro != "debian" or maker.image in _INTERPRETED:
        return False
    return int(maker.release) < int(runner.release)


def _same_language(producer: StageModel, consumer: StageModel) -> bool:
    return _name(producer) == _name(consumer) and _name(producer) in _INTERPRETED


def _line(model: StageModel) -> str:
    definition = model.definition
    if definition is None:
        return model.base
    return f"{definition.image} {'.'.join(definition.version.split('.')[: 2 if definition.image != 'node' else 1])}"


def links_dynamically(
    file: Context, index: int, maker: StageModel, run: RunFacts, build: Build, facts: Sequence[RunFacts]
) -> bool:
    """Whether `build`, in the RUN of the facts `run` of stage `index`, is known to link with the C library of `maker`'s image.

    `facts` are those of all RUN instructions of the stage and of the stages that it is built on. Go links with it where
    cgo is on: that is its default where there is a C compiler and the build is not for another system or architecture
    (https://pkg.go.dev/cmd/cgo). Rust links statically for
    musl targets, except with the compiler of Alpine's own packages; C and C++ do where they are told to.
    """
    if build.static is not None:
        return not build.static
    definition = maker.definition
    if build.tool in {"go", "xx-go"}:
        if build.action not in {"build", "install"}:
            return False
        cgo = variable(file, index, "CGO_ENABLED", run.instruction)
        flags = variable(file, index, "GOFLAGS", run.instruction) or ""
        if cgo != "1" and (is_given(file, index, "CGO_ENABLED", run.instruction) or _crosses(file, index, run, build)):
            return False
        from .cgo import cgo_hint

        tags = _tags(build)
        if any(tag.startswith("static") for tag in tags) or ("netgo" in tags and not cgo_hint(file, run, facts)):
            return False
        return "-static" not in flags and _has_compiler(definition, facts)
    if build.tool == "cargo":
        if build.action not in {"build", "install", "rustc", "b"}:
            return False
        flags = variable(file, index, "RUSTFLAGS", run.instruction) or ""
        target = variable(file, index, "CARGO_BUILD_TARGET", run.instruction) or ""
        if "crt-static" in flags or "musl" in target or any("-musl" in one.instruction.original for one in facts):
            return False
        # the compiler of rustup, as upstream has it, links statically on Alpine
        alpine = definition is not None and definition.distro == "alpine"
        return (
            definition is not None and definition.image == "rust" and (not alpine or "rustup" not in _names(definition))
        )
    flags = " ".join(filter(None, (variable(file, index, name, run.instruction) for name in ("LDFLAGS", "CFLAGS"))))
    return build.tool in _C_COMPILERS and "-static" not in flags and "-c" not in build.command.texts


# Where builds run on: hardened images are for these alone.
_HOSTS = {"GOOS": frozenset({"", "linux"}), "GOARCH": frozenset({"", "amd64", "arm64"})}


def _crosses(file: Context, index: int, run: RunFacts, build: Build) -> bool:
    """Whether `build` is for a system or an architecture that no machine with a hardened image has, so that cgo is off."""
    own = {name: word.text if word.literal else "" for name, word in build.command.assignments}
    for name, hosts in _HOSTS.items():
        value = own[name] if name in own else variable(file, index, name, run.instruction)
        if (value or "") not in hosts:
            return True
    return False


def _tags(build: Build) -> list[str]:
    """The build tags of a go command: ``-tags netgo,osusergo``, ``-tags="netgo static"``."""
    texts = build.command.texts
    given = [text.partition("=")[2] for text in texts if text.startswith(("-tags=", "--tags="))]
    given += [value for name, value in pairwise(texts) if name in {"-tags", "--tags"}]
    return [tag for value in given for tag in value.replace(",", " ").split()]


def static_upstream(maker: StageModel, build: Build, facts: Sequence[RunFacts]) -> bool:
    """Whether `build` makes a program that is linked to nothing on the upstream image of `maker`, by what is known of that image.

    golang on Alpine has no C compiler, so cgo is off; the compiler of rustup links statically on Alpine.
    """
    upstream = maker.resolution.facts if maker.resolution is not None else None
    if upstream is None or build.static is not None:
        return False
    if build.tool == "cargo":
        return upstream.os == "alpine" and "rustup" in upstream.tools
    installed = any(package.name in _COMPILERS for run in facts for one in run.packages for package in one.packages)
    return build.tool in {"go", "xx-go"} and "gcc" not in upstream.tools and not installed


_COMPILERS = frozenset({"gcc", "clang", "build-essential", "build-base", "g++"})
_C_COMPILERS = frozenset({"gcc", "g++", "cc", "c++", "clang", "clang++"})


def _names(definition: Definition) -> set[str]:
    return {package.partition("=")[0] for package in definition.packages}


def _has_compiler(definition: Definition | None, facts: Sequence[RunFacts]) -> bool:
    if definition is not None and definition.image != "golang":
        return False  # a go of unknown origin
    if definition is not None and _names(definition) & _COMPILERS:
        return True
    installed = {
        package.name for run in facts for one in run.packages if one.action == "install" for package in one.packages
    }
    return bool(installed & _COMPILERS)

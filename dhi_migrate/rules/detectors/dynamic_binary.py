"""Programs that need the loader and a C library, copied to an image that has neither: scratch, or a plain static one (DHI603)."""

from __future__ import annotations

import posixpath

from ..._pattern import regex
from ..cgo import cgo_hint, without_cgo
from ..findings import Fix, Hit
from ..linkage import links_dynamically, static_upstream
from ..makers import absolute, carrier, copies, rooted, runs_of, shown, uses_network
from ..repairs import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...dockerfile import Edge
    from ..facts import Build, RunFacts
    from ..findings import Severity
    from ..stages import StageModel
    from ..subject import Subject


def dynamic_binary(subject: Subject, tools: dict[str, str]) -> Iterator[Hit]:
    """One hit for each command that builds what the stage starts on an image without a C library.

    `tools` maps the commands that are looked at to the name of their language for the message.
    """
    if not _bare(subject):
        return
    file = subject.file
    seen: set[int] = set()
    taken = copies(subject)
    if any(_LOADER.search(source) for edge in taken for source in edge.sources):
        return  # libraries, or a whole root directory, come along
    for edge in taken:
        if edge.source is None or not any(map(_program, edge.sources)):
            continue
        maker = carrier(file, edge.source)
        facts = runs_of(file, edge.source)
        for run in facts:
            for build in run.builds:
                place = build.command.span.start
                if build.tool in tools and place not in seen and _copied(subject, edge, run, build):
                    if not links_dynamically(file, edge.source, maker, run, build, facts):
                        continue
                    seen.add(place)
                    yield _hit(subject, edge, maker, run, build, facts, tools[build.tool])


def _bare(subject: Subject) -> bool:
    if subject.state == "scratch":
        return True
    target = subject.target
    return target is not None and target.image == "static" and target.edition is None


_DATA = regex(r"^/?(?:etc|usr/share)/|\.(?:json|ya?ml|toml|html?|css|js|txt|md|crt|pem|conf|sql)$")


def _program(path: str) -> bool:
    return _DATA.search(path) is None


_LOADER = regex(r"/ld-|/lib(?:64)?(?:/|$)|\.so\b|/rootfs|^/?$")


def _copied(subject: Subject, edge: Edge, run: RunFacts, build: Build) -> bool:
    """Whether what `build` makes is what the edge copies."""
    index = edge.source
    if index is None:
        return False
    file = subject.file
    sources = [rooted(source) for source in edge.sources]
    if build.tool == "cargo":
        return any("/target/" in f"{source}/" and "-musl" not in source for source in sources) or (
            build.action == "install" and any("/bin/" in source for source in sources)
        )
    if not build.outputs:
        return build.tool in {"go", "xx-go"}
    own = any(one.index == run.instruction.index for one in file.graph.stages[index].instructions)
    for output in build.outputs:
        path = absolute(file, index, run.instruction, output).rstrip("/") if own else output
        for source in sources:
            if path == source or path.startswith(f"{source.rstrip('/')}/") or source.startswith(f"{path}/"):
                return True
            if posixpath.basename(path) == posixpath.basename(source):
                return True
    return False


def _hit(
    subject: Subject,
    edge: Edge,
    maker: StageModel,
    run: RunFacts,
    build: Build,
    facts: Sequence[RunFacts],
    language: str,
) -> Hit:
    where = "scratch" if subject.state == "scratch" else subject.image
    line = subject.line(edge.span)
    image = shown(subject.file, maker)
    copied = f"line {line} copies what is built here to {where}, which has no C library"
    severity: Severity | None = None
    fixes: tuple[Fix, ...] = ()
    source = maker.definition.source if maker.definition is not None else image
    if language == "Go":
        hint = cgo_hint(subject.file, run, facts)
        text = f"{copied}: {image} has a C compiler, so go links with it unless CGO_ENABLED=0 is set"
        if hint:
            text = f"{copied}, and {hint} needs cgo: use a runtime with the C library of {image}"
        else:
            fixes = without_cgo(build)
        as_before = maker.hardened is None and not static_upstream(maker, build, facts)
        if build.static is None and (as_before or not (hint or _changes(subject, maker, build, facts))):
            # without net, os/user or C code the program is static all the same; what was linked so before is known to start
            severity = "warning"
        evidence = f"{source} lists gcc; cgo is on by default where a C compiler is found (pkg.go.dev/cmd/cgo)"
    elif language == "Rust":
        text = f"{copied}: programs of {image} need the loader, the C library and libgcc; build for a musl target"
        if maker.definition is not None and maker.definition.distro == "debian":
            text += ", or use the -glibc edition of static"
            fixes = _other_static(subject, maker)
        evidence = f"{source} links with the C library by default (doc.rust-lang.org/reference/linkage.html)"
    else:
        text = f"{copied}: {build.tool} links with one unless it is told -static"
        evidence = f"{source}; gcc and clang link dynamically by default"
    return Hit(build.command.span, text, evidence, fixes, severity, edge.source)


def _changes(subject: Subject, maker: StageModel, build: Build, facts: Sequence[RunFacts]) -> bool:
    """Whether the same command makes another program than before: upstream has no C compiler.

    A hardened builder tells nothing of that; then it counts whether the program speaks to others, as net needs the C library.
    """
    return uses_network(subject) if maker.hardened is not None else static_upstream(maker, build, facts)


def _other_static(subject: Subject, maker: StageModel) -> tuple[Fix, ...]:
    """The edition of the static image that has the C library, for a stage that is hardened already."""
    use, base = subject.carrier.hardened, subject.carrier.stage.base
    if use is None or use.definition is None or base.reference.uses or maker.definition is None:
        return ()
    date, _, rest = use.tag.partition("-")
    tag = f"{date}-glibc" + (f"-{rest}" if rest else "")
    found = subject.file.catalog.find(use.name, tag)
    if found is None or found.release != maker.definition.release:
        return ()
    reference = subject.file.spelling.write(use.name, tag)
    return (
        Fix("unsafe", f"Use {reference} in line {subject.carrier.stage.line}", (replace(base.word.span, reference),)),
    )

"""Stages that hand each other what is bound to a C library, and do not agree on it (DHI112).

Judged by what the stages will run on. A pair that differed in the same way before the move is known not to mind.
"""

from __future__ import annotations

import posixpath
import re

from ..._pattern import is_number, regex
from ..cgo import cgo_hint, without_cgo
from ..findings import Fix, Hit
from ..linkage import links_dynamically, static_upstream
from ..makers import (
    absolute,
    carrier,
    copies,
    moved_tag,
    named_packages,
    rooted,
    runs_of,
    shown,
    system_after,
    system_before,
    uses_network,
)
from ..repairs import replace
from .interpreter_pair import PYTHON_INSTALLERS, environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal

    from ...dockerfile import Edge
    from ..context import Context
    from ..facts import RunFacts
    from ..findings import Edit, Severity
    from ..makers import System
    from ..stages import StageModel
    from ..subject import Subject

# Languages whose installed packages hold native code now and then, by the image that installs and runs them.
_TREES = {
    "node": re.compile(r"(?:^|/)node_modules(?:/|$)"),
    "python": re.compile(r"(?:^|/)(?:site-packages|\.?venv|virtualenv)(?:/|$)"),
    "ruby": re.compile(r"(?:^|/)bundle(?:/|$)"),
    "php": re.compile(r"/extensions(?:/|$)"),
}
_INSTALLERS = {
    "node": frozenset({"npm", "yarn", "pnpm", "bun"}),
    "python": PYTHON_INSTALLERS,
    "ruby": frozenset({"bundle", "bundler", "gem"}),
}
_SHARED = regex(r"^/(?:usr/)?lib(?:64)?/(?:[\w-]+-linux-gnu(?:/|$)|lib[\w+.-]*\.so)")


def linked_stages(subject: Subject, packages: Sequence[str]) -> Iterator[Hit]:
    """One hit for each stage that `subject` copies what is bound to another C library from, at the first such copy.

    That are programs, or packages with native code, that were linked with the other C library or with a newer one.
    `packages` are names of packages that are known to hold native code: without one of them it is a warning.
    """
    file, runner = subject.file, subject.carrier
    seen: set[int] = set()
    for edge in copies(subject):
        if edge.source is None or edge.source in seen:
            continue
        maker = carrier(file, edge.source)
        if maker is runner or maker.stage.index == runner.stage.index:
            continue
        hit = _library(subject, edge, maker, frozenset(packages))
        if hit is not None:
            seen.add(edge.source)
            yield hit


def _library(subject: Subject, edge: Edge, maker: StageModel, packages: frozenset[str]) -> Hit | None:
    file, runner = subject.file, subject.carrier
    made, runs = system_after(maker), system_after(runner)
    if made is None or runs is None or (maker.definition is None and runner.definition is None):
        return None
    why = _differ(made, runs)
    if why is None:
        return None
    severity: Severity | None = None
    flipped = False
    if maker.hardened is None or runner.hardened is None:
        before = [system_before(one) or system_after(one) for one in (maker, runner)]
        if before[0] is None or before[1] is None:
            return None
        known = _differ(before[0], before[1])
        # a pair that differed before is known to work, but for programs that were linked to nothing before
        flipped = known is not None and known in {why, "library"}
        if flipped and maker.hardened is not None:
            return None
        if why == "release" and not (before[0].release and before[1].release):
            severity = "warning"
    if any("/ld-" in source for one in copies(subject) for source in one.sources):
        return None  # the loader comes along
    found = _native(subject, edge, maker, why, packages, flipped)
    if found is None:
        return None
    what, certain = found
    severity = severity if certain else "warning"
    theirs, ours = shown(file, maker), subject.image
    if why == "library":
        names = [f"{one} ({'musl' if one.musl else 'glibc'})" for one in (made, runs)]
        fails = "does not run" if certain else "may not run"
        text = f"{what} on {names[0]} {fails} on {names[1]}: use one distribution for {theirs} and {ours}"
    else:
        text = f"{what} on {made} may need a newer glibc than {runs} has: use one release for {theirs} and {ours}"
    evidence = f"{_source(maker)}; {_source(runner)}"
    fixes = _align(subject, edge, maker, runs) or _static(subject, edge, maker)
    return Hit(edge.span, text, evidence, fixes, severity)


def _differ(made: System, runs: System) -> Literal["library", "release"] | None:
    """How `made` and `runs` disagree: programs of a newer glibc do not start on an older one; the other way round they do."""
    if made.musl != runs.musl:
        return "library"
    if made.musl or made.distro != runs.distro or not (made.release and runs.release):
        return None
    newer = [int(number) for number in made.release.split(".") if is_number(number)]
    older = [int(number) for number in runs.release.split(".") if is_number(number)]
    return "release" if newer > older else None


def _native(
    subject: Subject, edge: Edge, maker: StageModel, why: str, packages: frozenset[str], flipped: bool
) -> tuple[str, bool] | None:
    """What the edge brings that is bound to a C library, in a few words, and whether that is certain; None for nothing.

    Go links with the C library only where a package asks for it, as net does. With `flipped` only what is linked to
    nothing upstream counts.
    """
    file, index = subject.file, edge.source
    if index is None:
        return None
    if why == "library" and not flipped and any(_SHARED.search(source) for source in edge.sources):
        return "a shared library of the system", True
    facts = runs_of(file, index)
    for run in facts:
        for build in run.builds:
            if build.tool == "cargo" and any("-musl" in source for source in edge.sources):
                continue
            if flipped and not static_upstream(maker, build, facts):
                continue
            if links_dynamically(file, index, maker, run, build, facts) and _brings(file, edge, run, build.outputs):
                certain = build.tool not in {"go", "xx-go"} or uses_network(subject)
                return f"what {build.tool} builds in line {subject.line(build.command.span)}", certain
    image = maker.definition.image if maker.definition is not None else ""
    runner = subject.target.image if subject.target is not None else ""
    if why == "library" and not flipped and image == runner and image in _TREES:
        pairs = [(run, one) for run in facts for one in run.languages if one.tool in _INSTALLERS.get(image, ())]
        installs = [one for _, one in pairs]
        if pairs and (_is_tree(edge, image) or _holds_tree(file, edge, image, [run for run, _ in pairs])):
            names = named_packages(file, installs, packages)
            what = f"native code in what {installs[0].tool} installs in line {subject.line(installs[0].command.span)}"
            return what + (f" ({', '.join(names)})" if names else ""), bool(names)
    return None


def _is_tree(edge: Edge, image: str) -> bool:
    return any(_TREES[image].search(source) for source in edge.sources)


def _holds_tree(file: Context, edge: Edge, image: str, runs: list[RunFacts]) -> bool:
    """Whether the edge copies a whole directory in which packages were installed; what lies beside them is text."""
    if image == "python":
        return environment(file, edge, image) is not None
    if image != "node" or edge.source is None:
        return False
    sources = [rooted(source) for source in edge.sources]
    own = {one.index for one in file.graph.stages[edge.source].instructions}
    for run in runs:
        if run.instruction.index in own:
            place = absolute(file, edge.source, run.instruction, ".")
            if any(place == source or place.startswith(f"{source.rstrip('/')}/") for source in sources):
                return True
    return False


def _brings(file: Context, edge: Edge, run: RunFacts, outputs: tuple[str, ...]) -> bool:
    """Whether one of `outputs`, made by `run`, is among what the edge copies."""
    if edge.source is None:
        return False
    sources = [rooted(source) for source in edge.sources]
    if not outputs:
        return any(not _is_data(source) for source in sources)
    stage = file.graph.stages[edge.source]
    own = any(one.index == run.instruction.index for one in stage.instructions)
    for output in outputs:
        path = absolute(file, edge.source, run.instruction, output) if own else output
        path = path.rstrip("/")
        name = posixpath.basename(path)
        for source in sources:
            if path == source or path.startswith(f"{source.rstrip('/')}/") or source.startswith(f"{path}/"):
                return True
            if name and posixpath.basename(source) == name:
                return True
    return False


_DATA = regex(
    r"^/etc/|^/usr/share/|\.(?:json|ya?ml|toml|html?|css|js|mjs|txt|md|crt|pem|conf|sql|proto|sh|py|jar|war|xml|ini|env|tmpl)$"
    r"|/(?:templates?|static|public|assets|migrations?|locales?|config|conf|dist|www|html|docs|web|ui|certs?|node_modules)$",
    re.IGNORECASE,
)


def _is_data(path: str) -> bool:
    return _DATA.search(path) is not None


def _align(subject: Subject, edge: Edge, maker: StageModel, runs: System) -> tuple[Fix, ...]:
    """The builder on the distribution of what runs, where both are hardened and it installs no packages of the old one."""
    file, use, base = subject.file, maker.hardened, maker.stage.base
    if use is None or use.definition is None or subject.state != "hardened" or base.reference.uses:
        return ()
    if edge.source is None or any(run.packages for run in runs_of(file, edge.source)):
        return ()
    tag = moved_tag(file.catalog, use.definition, use.tag, runs)
    if tag is None:
        return ()
    reference = file.spelling.write(use.name, tag)
    return (Fix("unsafe", f"Use {reference} in line {maker.stage.line}", (replace(base.word.span, reference),)),)


def _static(subject: Subject, edge: Edge, maker: StageModel) -> tuple[Fix, ...]:
    """Go without cgo, where that is what upstream's image makes of all its builds."""
    if edge.source is None:
        return ()
    facts = runs_of(subject.file, edge.source)
    edits: list[Edit] = []
    for run in facts:
        for build in run.builds:
            if build.tool in {"go", "xx-go"} and links_dynamically(subject.file, edge.source, maker, run, build, facts):
                fix = without_cgo(build)
                if not fix or not static_upstream(maker, build, facts) or cgo_hint(subject.file, run, facts):
                    return ()
                edits.extend(fix[0].edits)
    return (Fix("unsafe", "Build without cgo", tuple(edits)),) if edits else ()


def _source(model: StageModel) -> str:
    if model.definition is not None:
        return f"{model.definition.source} is on {model.definition.distro} {model.definition.release}"
    return f"{model.base.partition('@')[0]} stays as it is"

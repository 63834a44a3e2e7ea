"""Virtual environments and installed packages that come from another interpreter than the one that runs them (DHI602).

Judged by what the stages will run on; a stage that is hardened already also by what its builder is today.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple
from ...images import InvalidReferenceError, parse_reference, parse_upstream_tag
from ..findings import Fix, Hit
from ..makers import absolute, carrier, copies, line_of, rooted, runs_of, shown, variable
from ..repairs import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Edge
    from ..context import Context
    from ..stages import StageModel
    from ..subject import Subject

PYTHON_INSTALLERS = frozenset({"pip", "uv", "poetry", "pipenv", "pdm", "setup.py"})
"""The tools that install Python's packages, as the facts name them."""

_VERSION = regex(r"/(?:python|ruby/)(\d+\.\d+)(?:\.\d+)?(?:/|$)")
_PACKAGES = "the site-packages directory"
_VENV = regex(r"(?:^|/)(?:\.?venv|env|virtualenv)\d*$")


def interpreter_pair(subject: Subject) -> Iterator[Hit]:
    """One hit for each stage that `subject` copies what was installed for another interpreter from, at the first such copy."""
    seen: set[int] = set()
    for edge in copies(subject):
        if edge.source is None or edge.source in seen:
            continue
        maker = carrier(subject.file, edge.source)
        if maker.stage.index == subject.carrier.stage.index:
            continue
        hit = _interpreter(subject, edge, maker)
        if hit is not None:
            seen.add(edge.source)
            yield hit


class _Interpreter(NamedTuple):
    """The interpreter that a stage has: its first two version numbers ("" unknown) and where it is installed."""

    version: str
    prefix: str

    def program(self, language: str) -> str:
        """The path of its program."""
        return f"{self.prefix}/bin/{language}"


def _interpreter(subject: Subject, edge: Edge, maker: StageModel) -> Hit | None:
    target = subject.target
    if target is None or target.image not in {"python", "ruby"}:
        return None
    language = target.image
    made = _made_by(subject, maker, language)
    runs = _Interpreter(line_of(target), target.prefix.get(language, ""))
    if made is None:
        return None
    moved = environment(subject.file, edge, language)
    if moved is None:
        return None
    version = next((found[1] for source in edge.sources if (found := _VERSION.search(source))), made.version)
    moved_on = maker.definition is None or _moves_with(subject, maker)
    where = shown(subject.file, maker) if moved_on else maker.base.partition("@")[0]
    named = version != made.version and made.version == runs.version
    if named and version:
        text = f"the copy names a directory of {language} {version}, and both stages have {runs.version}"
        if language == "python":
            text += f": use a virtual environment, or {runs.prefix}/lib/python{runs.version}/site-packages"
    elif version and version != runs.version:
        if subject.pending and maker.resolution is not None and _differed(subject, maker):
            return None
        text = f"{moved} is for {language} {version}, and {subject.image} has {runs.version}: use one version in both stages"
    elif language == "python" and made.prefix != runs.prefix and moved != _PACKAGES and not _linked(subject.file, edge):
        text = (
            f"{moved} points to {made.program(language)} of {where}, and {subject.image} has "
            f"{runs.program(language)}: build it in the -dev image of the same tag"
        )
    else:
        return None
    evidence = f"{target.source} has {language} {target.version} in {runs.prefix}"
    return Hit(edge.span, text, evidence, _same_line(subject, maker))


def _linked(file: Context, edge: Edge) -> bool:
    """Whether a RUN sets the link to the interpreter anew in what is copied: ``ln -sf /usr/bin/python3 /.venv/bin/python3``."""
    sources = tuple([f"{rooted(source).rstrip('/')}/" for source in edge.sources])
    return edge.source is not None and any(
        entry.kind == "link" and "/bin/python" in entry.path and f"{entry.path}/".startswith(sources)
        for run in runs_of(file, edge.source)
        for entry in run.written
    )


def _moves_with(subject: Subject, maker: StageModel) -> bool:
    """Whether the builder runs on its target by the time that the stage does: both are to move, or it is there already."""
    return subject.pending or maker.hardened is not None


def _made_by(subject: Subject, maker: StageModel, language: str) -> _Interpreter | None:
    definition = maker.definition
    if definition is not None and _moves_with(subject, maker):
        if definition.image != language:
            return None
        return _Interpreter(line_of(definition), definition.prefix.get(language, ""))
    if subject.state != "hardened" or maker.hardened is not None:
        return None  # with a stage that is still to move, a builder without a target is held with it
    facts = maker.resolution.facts if maker.resolution is not None else None
    prefix = facts.prefix.get(language, "") if facts is not None else ""
    return _Interpreter(_asked(maker), prefix) if prefix.startswith("/") else None


def _asked(model: StageModel) -> str:
    """The first two numbers of the version that an upstream reference names; "" where it names fewer."""
    try:
        tag = parse_upstream_tag(parse_reference(model.base).tag)
    except InvalidReferenceError:
        return ""
    return ".".join(map(str, tag.numbers[:2])) if len(tag.numbers) > 1 else ""


def _differed(subject: Subject, maker: StageModel) -> bool:
    ours, theirs = _asked(subject.carrier), _asked(maker)
    return not ours or not theirs or ours != theirs


def environment(file: Context, edge: Edge, language: str) -> str | None:
    """What of the interpreter's own the edge copies, in a few words."""
    index = edge.source
    if index is None:
        return None
    if language == "ruby":
        # compiled extensions lie below a directory of the version
        return "what bundle installs" if any("/bundle" in source for source in edge.sources) else None
    if any("site-packages" in source for source in edge.sources):
        return _PACKAGES
    sources = [rooted(source) for source in edge.sources]
    for run in runs_of(file, index):
        if any(one.tool == "uv" and one.action == "python" for one in run.languages):
            return None  # an interpreter of its own, which is copied along
        own = any(one.index == run.instruction.index for one in file.graph.stages[index].instructions)
        for one in run.languages:
            places: list[str] = []
            if one.action == "venv":
                places = [entry.path for entry in run.written if entry.command is one.command and "$" not in entry.path]
                places = places or ([".venv"] if one.tool == "uv" else [])
            elif one.tool == "uv" and one.action == "sync":
                places = [variable(file, index, "UV_PROJECT_ENVIRONMENT", run.instruction) or ".venv"]
            for place in places:
                path = absolute(file, index, run.instruction, place) if own else place
                if any(path == source or path.startswith(f"{source.rstrip('/')}/") for source in sources):
                    return f"the virtual environment {path}"
    named = next((source for source in sources if _VENV.search(source)), None)
    installs = any(one.tool in PYTHON_INSTALLERS for run in runs_of(file, index) for one in run.languages)
    return f"the virtual environment {named}" if named is not None and installs else None


def _same_line(subject: Subject, maker: StageModel) -> tuple[Fix, ...]:
    """The builder on the -dev image of the tag that runs."""
    use, base = subject.carrier.hardened, maker.stage.base
    if use is None or subject.state != "hardened" or base.reference.uses:
        return ()
    tag = f"{use.tag}-dev"
    twin = subject.file.catalog.find(use.name, tag)
    if twin is None or subject.file.graph.stages[maker.stage.index].platform is not None:
        return ()
    reference = subject.file.spelling.write(use.name, tag)
    return (Fix("unsafe", f"Use {reference} in line {maker.stage.line}", (replace(base.word.span, reference),)),)

"""One stage in two: what it is made of, which images, who it runs as, how it starts; then the text, or why not."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ..._pattern import regex
from ...rules.breakers.model import package_names
from ...rules.edits import EditConflict
from ...rules.paths import under
from ...rules.start import start_of
from ..outcome import Refusal, Rewrite
from .environment import plan_environment
from .frame import KNOWN, choose_frame
from .installed import needed_files
from .inventory import Inventory, Root, take_inventory
from .people import plan_people
from .start import plan_start
from .write import Copied, Layout, write_split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...rules.subject import Subject
    from ...rules.verdict import Verdict
    from .environment import Environment
    from .frame import Frame
    from .people import People
    from .start import StartPlan


def split_stage(verdict: Verdict) -> Rewrite | Refusal:
    """The text of the file with the stage that ships split in two, its bases not swapped yet; or what stands in the way."""
    context = verdict.context
    if context is None or context.graph.target is None:
        return Refusal("split", 1, "the file cannot be built")
    subject = verdict.subjects[context.graph.target]
    line = subject.stage.line
    carrier = subject.carrier
    if subject.state not in {"pending", "hardened"} or carrier.match not in {*KNOWN, "hardened", "partial"}:
        text = f"{carrier.base} has no hardened equivalent that is known to be the same product"
        return Refusal("split", carrier.stage.line, text)
    if any(True for stage in context.graph.children(subject.stage.index)) or subject.outgoing:
        return Refusal("split", line, "another stage is built on the stage that ships")
    if context.dockerfile.escape == "`":
        return Refusal("split", line, "the file is written for Windows")
    if not any(one.keyword == "RUN" for one in subject.chain_instructions()):
        return Refusal("split", line, "")  # there is nothing to move: what stands in the way is something else
    hidden = _hidden(verdict, subject)
    if hidden is not None:
        return hidden
    inventory = take_inventory(subject)
    if isinstance(inventory, Refusal):
        return inventory
    moved = _moved_workdir(subject, inventory)
    if moved is not None:
        return moved
    frame = choose_frame(subject, inventory)
    if isinstance(frame, Refusal):
        return frame
    environment = plan_environment(subject, inventory, frame)
    if isinstance(environment, Refusal):
        return environment
    start = plan_start(subject, inventory, frame, environment)
    if isinstance(start, Refusal):
        return start
    script = _script(subject, inventory, frame)
    if script is not None:
        return script
    people = plan_people(subject, inventory, frame)
    if isinstance(people, Refusal):
        return people
    used = {program for run in inventory.runs for program in run.programs}
    extra = needed_files(subject, frame.target, inventory.installed, used)
    if isinstance(extra, Refusal):
        return extra
    try:
        return _written(subject, inventory, frame, environment, start, people, extra)
    except EditConflict:
        return Refusal("split", line, "the lines that change overlap")


def _script(subject: Subject, inventory: Inventory, frame: Frame) -> Refusal | None:
    """A shell script that the stage takes by name, for an image that has no shell to run it."""
    if frame.target.bin_sh is not False:
        return None
    for one in inventory.copies:
        for source in one.sources:
            name = posixpath.basename(source.rstrip("/"))
            if name.endswith((".sh", ".bash")):
                text = f"{name} is a shell script, and {frame.target.image} has no shell to run it"
                return Refusal("split", subject.line(one.instruction.span), text)
    return None


def _moved_workdir(subject: Subject, inventory: Inventory) -> Refusal | None:
    """Relative paths in a stage without WORKDIR, which mean another place where the -dev image has its own work directory."""
    before, builder = subject.before, subject.carrier.definition
    if before is None or builder is None or any(True for _ in subject.chain_instructions("WORKDIR")):
        return None
    if subject.carrier.hardened is not None or (builder.workdir or "/") == (before.workdir or "/"):
        return None
    other = take_inventory(subject, builder.workdir or "/")
    if isinstance(other, Inventory) and other.roots == inventory.roots:
        return None
    text = f"the file sets no WORKDIR, and relative paths mean {builder.workdir or '/'} on the hardened image"
    return Refusal("split", subject.stage.line, text)


_BY_CONTENT = frozenset({"DHI204", "DHI209", "DHI801", "DHI802", "DHI803", "DHI905"})
"""Rules that look into files of the build context, which a COPY from another stage hides from them."""


def _hidden(verdict: Verdict, subject: Subject) -> Refusal | None:
    """What is wrong with a file that the stage takes from the build context: a split would only put it out of sight."""
    for finding in verdict.findings:
        if finding.rule in _BY_CONTENT and finding.severity == "error" and finding.stage == subject.stage.index:
            return Refusal("split", subject.line(finding.span), f"{finding.rule}: {finding.message}")
    return None


def _written(
    subject: Subject,
    inventory: Inventory,
    frame: Frame,
    environment: Environment,
    start: StartPlan,
    people: People,
    extra: tuple[str, ...],
) -> Rewrite | Refusal:
    copies: list[Copied] = []
    if environment.path:
        copies.append(Copied(environment.path, ""))
    roots = _roots(subject, inventory, frame, start.programs)
    if isinstance(roots, Refusal):
        return roots
    for root in roots:
        if environment.path and under(root.path, environment.path):
            continue
        owned = root.owned or (inventory.was_root and not _fixed(root.path) and root.path not in inventory.outputs)
        copies.append(Copied(root.path, people.owner if owned else ""))
    copies.extend(_program_copy(path, frame) for path in start.programs)
    copies.extend(Copied(path, "") for path in extra)
    if not copies:
        return Refusal("split", subject.stage.line, "nothing that the stage makes is known to be needed at run time")
    variables: list[str] = []
    inserted: list[str] = []
    if environment.path and not environment.own:
        head = f"VIRTUAL_ENV={environment.path} " if environment.managed else ""
        variables.append(f'ENV {head}PATH="{environment.path}/bin:$PATH"')
        inserted = [f"RUN python -m venv {environment.path}", variables[0]]
    if start.venv:
        variables.append(f'ENV PATH="{start.venv}/bin:$PATH"')
    gone = {one.index for one in people.gone}
    before = environment.first.instruction if environment.first is not None else None
    if before is not None and before.index in gone:
        return Refusal("split", subject.line(before.span), "users are made and packages installed in one RUN")
    workdir = inventory.workdir if inventory.workdir != (frame.target.workdir or "/") else ""
    layout = Layout(
        frame.base,
        workdir,
        tuple(dict.fromkeys(copies)),
        tuple(variables),
        people.user,
        (*environment.edits, *people.edits),
        start.edits,
        people.gone,
        before,
        tuple(inserted),
        frame.static,
    )
    title = f"Split the stage into a build stage on -dev and a runtime stage that takes {_listed([copy.path for copy in copies])}"
    names = list(dict.fromkeys(name for name, _ in inventory.installed if name not in package_names(frame.target)))
    if names:
        title += f"; {_listed(names)} {'stay' if len(names) > 1 else 'stays'} in the build stage"
    return Rewrite("split", write_split(subject, layout), title)


def _program_copy(path: str, frame: Frame) -> Copied:
    """An installed program: found by its name in the runtime, where the directory of the tool is not in the search path."""
    name = posixpath.basename(path)
    # without CARGO_HOME, which the hardened image does not set: https://doc.rust-lang.org/cargo/guide/cargo-home.html
    source = f"/root/.cargo/bin/{name}" if frame.language == "rust" else path
    return Copied(f"/usr/local/bin/{name}", "", source)


def _roots(
    subject: Subject, inventory: Inventory, frame: Frame, programs: tuple[str, ...]
) -> tuple[Root, ...] | Refusal:
    """What the runtime takes over: for a compiled program the program alone, where nothing else that it could read is there."""
    if frame.language not in {"go", "rust"}:
        return inventory.roots
    started = _program(subject)
    outputs = [path for path in inventory.outputs if not started or path == started]
    sources = _only_sources(subject, inventory, frame)
    if sources and len(outputs) == 1:
        return (Root(outputs[0], False),)
    if sources and programs and not outputs:
        return ()
    if frame.language == "rust":
        line = subject.stage.line
        return Refusal("split", line, "which files beside the program it reads at run time is not known")
    return tuple(root._replace(owned=False) if root.path in inventory.outputs else root for root in inventory.roots)


def _program(subject: Subject) -> str:
    """The absolute path of the program that starts; "" where the start names none."""
    start = start_of(subject)
    setting = (start.entrypoint or start.cmd) if start is not None else None
    words = setting.words if setting is not None and setting.argv is not None else ()
    if not words or "/" not in words[0]:
        return ""
    workdir = subject.stage.state.workdir.value
    return posixpath.normpath(posixpath.join(workdir if isinstance(workdir, str) else "/", words[0]))


_SOURCES = regex(
    r"(?:.*\.(?:go|rs|mod|sum|lock|proto|md)|go\.\*|Cargo\.\*|Cargo\.toml|rust-toolchain.*|build\.rs|Makefile|LICENSE|vendor|cmd|internal|pkg|src"
    r"|api|proto|Dockerfile.*|\.git.*|\.dockerignore|README.*|\.golangci.*|crates|benches|examples|tests?|\.cargo|docs?)\Z"
)


def _only_sources(subject: Subject, inventory: Inventory, frame: Frame) -> bool:
    """Whether all that the stage copies is source code, by the names of the files, so that the program is all it makes."""
    for one in inventory.copies:
        if one.outside or one.detail.documents:
            return False
        for source in one.sources:
            plain = source.rstrip("/").removeprefix("./")
            if plain in {"", "."}:
                names = subject.file.tree.names(".") if subject.file.tree is not None else None
                if names is None or not names or not all(_SOURCES.match(name) for name in names):
                    return False
            elif not _SOURCES.match(plain.rsplit("/", 1)[-1]):
                return False
    return True


def _fixed(path: str) -> bool:
    """Whether `path` is a place for programs and settings, which nobody but root writes."""
    return path.startswith(("/usr/", "/etc/", "/bin/", "/sbin/", "/lib/", "/opt/venv")) and not path.startswith(
        ("/usr/src/", "/usr/app", "/usr/share/nginx")
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more

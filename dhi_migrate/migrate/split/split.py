"""One stage in two: what it is made of, which images, who it runs as, how it starts; then the text, or why not."""

from __future__ import annotations

import posixpath

from ...dockerfile import stage_state_at
from ...rules.accounts import ROOT
from ...rules.breakers.model import package_names
from ...rules.edits import EditConflict
from ...rules.paths import under
from ..outcome import Refusal, Rewrite
from .chained import stands_alone, write_chained
from .compiled import compiled_roots
from .environment import plan_environment
from .frame import KNOWN, choose_frame
from .installed import needed_files
from .inventory import Inventory, take_inventory
from .obstacles import first_obstacle
from .ownership import owner_for
from .people import plan_people
from .start import plan_start
from .started import check_default, check_started
from .volumes import volume_folders
from .write import Copied, Layout, write_split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...dockerfile import Instruction
    from ...rules.subject import Subject
    from ...rules.verdict import Verdict
    from .environment import Environment
    from .frame import Frame
    from .people import People
    from .plan import StartPlan


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
    obstacle = first_obstacle(verdict, subject)
    if obstacle is not None:
        return obstacle
    inventory = take_inventory(subject)
    if isinstance(inventory, Refusal):
        return inventory
    moved = _moved_workdir(subject, inventory)
    if moved is not None:
        return moved
    frame = choose_frame(subject, inventory)
    if isinstance(frame, Refusal):
        return frame
    silent = check_default(subject, frame.target)
    if silent is not None:
        return silent
    environment = plan_environment(subject, inventory, frame)
    if isinstance(environment, Refusal):
        return environment
    start = plan_start(subject, inventory, frame, environment)
    if isinstance(start, Refusal):
        return start
    unknown = check_started(subject, inventory, frame, environment, start)
    if unknown is not None:
        return unknown
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


def _written(
    subject: Subject,
    inventory: Inventory,
    frame: Frame,
    environment: Environment,
    start: StartPlan,
    people: People,
    extra: tuple[str, ...],
) -> Rewrite | Refusal:
    alone = stands_alone(subject, people)
    below = take_inventory(subject, below=True) if alone else inventory
    compiled = frame.language in {"go", "rust"}
    roots = compiled_roots(subject, inventory, frame, start.programs) if compiled else inventory.roots
    if isinstance(below, Refusal):
        return below
    if isinstance(roots, Refusal):
        return roots
    if alone:
        roots = tuple(root for root in roots if any(under(one.path, root.path) for one in below.roots))
    copies: list[Copied] = []
    if environment.path:
        copies.append(Copied(environment.path, ""))
    workdir_text = _workdir_text(subject)
    for root in roots:
        if environment.path and under(root.path, environment.path):
            continue
        text = workdir_text if root.path == inventory.workdir else root.text
        copies.append(Copied(root.path, owner_for(root, inventory, people), text=text))
    copies.extend(_program_copy(path, frame) for path in start.programs)
    copies.extend(Copied(path, "") for path in extra)
    if not copies and not alone:
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
    if before is not None and inserted and _runs_as_user(subject, before):
        return Refusal("split", subject.line(before.span), "another user than root installs the packages")
    workdir = inventory.workdir if inventory.workdir != (frame.target.workdir or "/") else ""
    folders = volume_folders(subject, inventory, frame.target) if not people.user else ()
    layout = Layout(
        frame.base,
        workdir or (inventory.workdir if folders else ""),
        tuple(dict.fromkeys(copies)),
        tuple(variables),
        people.user,
        (*environment.edits, *people.edits),
        start.edits,
        people.gone,
        before,
        tuple(inserted),
        frame.static,
        folders,
    )
    data = write_chained(subject, layout, inventory, people, frame.target) if alone else write_split(subject, layout)
    return Rewrite("split", data, _title(subject, inventory, frame, layout, alone=alone))


def _runs_as_user(subject: Subject, instruction: Instruction) -> bool:
    """Whether a stage below makes `instruction` run as another user than root; USER of the stage itself moves away."""
    stage = next((one for one in subject.chain if any(own is instruction for own in one.instructions)), subject.stage)
    user = stage_state_at(subject.file.graph, stage.index, instruction).user
    if user.instruction is None or any(one is user.instruction for one in subject.stage.instructions):
        return False
    return str(user.value).partition(":")[0] not in ROOT


def _workdir_text(subject: Subject) -> str:
    """The last WORKDIR as written, where it is one with variables; else ""."""
    written = [one for one in subject.chain_instructions("WORKDIR") if one.words]
    text = written[-1].words[0].text.strip("\"'") if written else ""
    return text if "$" in text and text.startswith(("/", "$")) else ""


def _title(subject: Subject, inventory: Inventory, frame: Frame, layout: Layout, *, alone: bool) -> str:
    taken = _listed([copy.path for copy in layout.copies])
    if alone:
        title = "Give the stage that ships a FROM of its own on the runtime image"
        if taken:
            title += f", and take {taken} from {subject.stage.base.word.text}"
    else:
        title = f"Split the stage into a build stage on -dev and a runtime stage that takes {taken}"
    names = list(dict.fromkeys(name for name, _ in inventory.installed if name not in package_names(frame.target)))
    if names:
        title += f"; {_listed(names)} {'stay' if len(names) > 1 else 'stays'} in the build stage"
    return title


def _program_copy(path: str, frame: Frame) -> Copied:
    """An installed program: found by its name in the runtime, where the directory of the tool is not in the search path."""
    name = posixpath.basename(path)
    # without CARGO_HOME, which the hardened image does not set: https://doc.rust-lang.org/cargo/guide/cargo-home.html
    source = path.replace("/usr/local/cargo/bin/", "/root/.cargo/bin/") if frame.language == "rust" else path
    return Copied(f"/usr/local/bin/{name}", "", source)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more

"""An image for building that ships: by a FROM of a build stage (DHI113), or as the base of the final stage itself (DHI115)."""

from __future__ import annotations

from ..._pattern import is_number
from ..findings import Fix, Hit
from ..makers import runs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ..subject import Subject

    Kind = Literal["inherited", "named"]


# A file may end in a stage for --target that is only run, on top of the one that ships: ``FROM app AS test``.
_NEVER_SHIPPED = frozenset(
    {
        "test",
        "tests",
        "testing",
        "unittest",
        "dev",
        "dev-envs",
        "devcontainer",
        "develop",
        "development",
        "developer",
        "debug",
        "lint",
        "ci",
        "check",
    }
)


def shipped_build_image(subject: Subject, kind: Kind) -> Iterator[Hit]:
    """At most one hit, in the stage that ships.

    "inherited": it is built on a stage of the file that runs commands. "named": its image is one for building, and nothing was
    inherited.
    """
    if not subject.ships or (subject.stage.name or "").lower() in _NEVER_SHIPPED:
        return
    inherited = any(one.keyword == "RUN" for stage in subject.chain[:-1] for one in stage.instructions)
    if kind == "inherited":
        if inherited and subject.file.settings.level != "dev":
            yield from _inherited(subject)
    elif not inherited or subject.file.settings.level == "dev":
        yield from _named(subject)


def _inherited(subject: Subject) -> Iterator[Hit]:
    parent = subject.chain[-2]
    if not subject.stage.instructions and any(one.instruction for one in (parent.state.entrypoint, parent.state.cmd)):
        return  # another name for the stage below, whose commands are reported there
    run = next((one.instruction for one in runs_of(subject.file, parent.index) if one.pure != "cleanup"), None)
    if run is None:
        return  # what only cleans up is taken out
    name = parent.name or f"of line {parent.line}"
    text = (
        f"the stage that ships is built on stage {name}, which runs commands (line {subject.line(run.span)}) and "
        "so needs -dev: give it a FROM of its own, and COPY --from what it starts"
    )
    evidence = f"{subject.evidence}: everything of the stages below, tools included, is in the image that ships"
    yield Hit(subject.stage.base.word.span, text, evidence)


def _named(subject: Subject) -> Iterator[Hit]:
    target, span = subject.target, subject.carrier.stage.base.word.span
    if target is None or target.variant != "dev" or subject.carrier.stage.index != subject.chain[0].index:
        return
    keeps = what_keeps(subject)
    runtime = _runtime(subject)
    text = f"{subject.image} is an image for building, with a shell and a package manager"
    fixes: tuple[Fix, ...] = ()
    if keeps:
        more = f" and {len(keeps) - MAX_KEEPERS} more" if len(keeps) > MAX_KEEPERS else ""
        text += f"; what keeps the stage on it: {', '.join(keeps[:MAX_KEEPERS])}{more}"
    elif runtime is not None and _same_image(subject, runtime):
        text += f"; nothing in this file shows what needs that, and {runtime} has neither"
        if subject.state == "hardened" and not subject.stage.base.reference.uses:
            from ..repairs import replace

            fixes = (Fix("unsafe", f"Use {runtime}", (replace(span, runtime),)),)
    if runtime is None:
        text += "; there is no runtime image of it: copy what it makes to the image of the language"
    elif not _same_image(subject, runtime):
        text += f"; to run what it builds {runtime} is enough"
    yield Hit(span, text, subject.evidence, fixes)


MAX_KEEPERS = 3
"""How many things are named that keep a stage on its image."""


def _same_image(subject: Subject, runtime: str) -> bool:
    """Whether `runtime` is the image of the stage without what is for building alone, not that of the language or an SDK."""
    target = subject.target
    return target is not None and target.edition != "sdk" and runtime.startswith(subject.image.rpartition(":")[0] + ":")


def _runtime(subject: Subject) -> str | None:
    """The reference of the runtime image that belongs to the image for building, where the catalog has it."""
    target, model = subject.target, subject.carrier
    tag = model.hardened.tag if model.hardened is not None else ""
    if model.resolution is not None and model.resolution.best is not None:
        tag = model.resolution.best.tag
    if target is None:
        return None
    tags = [tag.removesuffix("-dev")]
    for part in (target.edition if target.edition in {"jdk", "sdk"} else None, target.flavor):
        if part is not None:
            tags.append(tags[-1].replace(f"-{part}", "", 1))
    wanted = [(target.image, one) for one in tags]
    java = (target.edition or "").removeprefix("jdk")
    if is_number(java):
        # the tools for building Java (maven, gradle) have no runtime image; their edition is the Java that they have
        wanted.append(("eclipse-temurin", f"{java}-{target.distro}{target.release}"))
    for name, one in wanted:
        found = subject.file.catalog.find(name, one)
        if found is not None and found.variant == "runtime":
            return subject.file.spelling.write(name, one)
    return None


def what_keeps(subject: Subject) -> list[str]:
    """What needs an image for building in the stage of `subject`, each with the first line that says so, in a few words."""
    found: dict[str, int] = {}
    index = subject.stage.index
    for run in runs_of(subject.file, index):
        line = subject.line(run.instruction.span)
        if any(one.action == "install" for one in run.packages):
            found.setdefault("packages of the distribution are installed", line)
        elif run.languages:
            found.setdefault(f"{run.languages[0].tool} installs dependencies", line)
        elif run.builds:
            found.setdefault(f"{run.builds[0].tool} builds", line)
        else:
            found.setdefault("a RUN", line)
    state = subject.stage.state
    for keyword, value in (("ENTRYPOINT", state.entrypoint), ("CMD", state.cmd), ("HEALTHCHECK", state.healthcheck)):
        if value.instruction is None:
            continue
        line = subject.line(value.instruction.span)
        if isinstance(value.value, str) and value.value:
            found.setdefault(f"{keyword} runs in a shell", line)
        elif isinstance(value.value, tuple) and value.value:
            first = value.value[0].rsplit("/", 1)[-1]
            if first.endswith(".sh") or first in {"sh", "bash", "ash", "docker-entrypoint"}:
                found.setdefault(f"{keyword} starts a shell script", line)
            elif first in {"npm", "npx", "yarn", "pnpm"}:
                found.setdefault(f"{keyword} starts {first}", line)
    return [f"{what} (line {line})" for what, line in found.items()]

"""What the stages that others take files from are, and do: their images after the move, and the facts of their commands."""

from __future__ import annotations

import posixpath
import re
from itertools import islice

from .._pattern import regex
from .._record import NamedTuple
from ..dockerfile import stage_state_at
from ..images import InvalidReferenceError, parse_hardened_tag, parse_reference, parse_upstream_tag
from .facts import stage_facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..catalog.model import Definition
    from ..catalog.store import Catalog
    from ..dockerfile import Edge, Instruction
    from .context import Context
    from .facts import LanguageInstall, RunFacts
    from .stages import StageModel
    from .subject import Subject

MAX_DEPTH = 50
"""Deepest chain of stages of one file that is looked at as one."""

MAX_RUNS = 100
"""How many RUN instructions of a stage that others copy from are looked at, once for each of them."""

MAX_COPIES = 40
"""How many copies of one stage are compared with what the stages before it make."""

_RELEASE = regex(r"(debian|alpine|ubuntu)-?([0-9][0-9.]*)")


class System(NamedTuple):
    """A distribution with its release ("" where that is not known)."""

    distro: str
    release: str

    def __str__(self) -> str:
        """As a message names it: ``debian 12``."""
        return f"{self.distro} {self.release}".strip()

    @property
    def musl(self) -> bool:
        """Whether its C library is musl; all others have glibc."""
        return self.distro == "alpine"


# The facts of the file that was looked at last: several rules ask for the same stages of one file.
_kept: list[tuple[Context, dict[int, tuple[RunFacts, ...]]]] = []


def runs_of(file: Context, index: int) -> tuple[RunFacts, ...]:
    """The facts of the first RUN instructions of stage `index` and of the stages that it is built on, the oldest first."""
    if not _kept or _kept[0][0] is not file:
        _kept[:] = [(file, {})]
    known = _kept[0][1]
    chain = [file.graph.stages[index]]
    while chain[-1].base.stage is not None and len(chain) < MAX_DEPTH:
        chain.append(file.graph.stages[chain[-1].base.stage])
    found: list[RunFacts] = []
    for stage in reversed(chain):
        if stage.index not in known:
            known[stage.index] = stage_facts(stage).runs
        found.extend(known[stage.index])
    return tuple(found[:MAX_RUNS])


def copies(subject: Subject) -> tuple[Edge, ...]:
    """What the stage copies from other stages of the file, the first `MAX_COPIES`."""
    found = (edge for edge in subject.incoming if edge.kind == "copy" and edge.source is not None)
    return tuple(islice(found, MAX_COPIES))


def carrier(file: Context, index: int) -> StageModel:
    """The model of the stage whose ``FROM`` names the image that stage `index` runs on."""
    model = file.models[index]
    return model if model.match != "stage" else file.models[file.lines.root[index]]


def variable(file: Context, index: int, name: str, at: Instruction | None = None) -> str | None:
    """The value that ENV or ARG give `name` in stage `index` before `at` (None: at its end); None where none is known."""
    history = file.graph.stages[index].history
    found = history.binding(name, at.index) if at is not None else history.binding(name)
    return found.value if found is not None else None


def is_given(file: Context, index: int, name: str, at: Instruction) -> bool:
    """Whether the file gives `name` a value in stage `index` before `at`, or takes one from the caller, known or not."""
    return file.graph.stages[index].history.binding(name, at.index) is not None


def rooted(path: str) -> str:
    """The source of a copy as an absolute path: sources lie below the root of their stage."""
    return posixpath.normpath("/" + path.lstrip("/"))


def absolute(file: Context, index: int, instruction: Instruction, path: str) -> str:
    """`path` as `instruction` of stage `index` means it: from the WORKDIR in force there."""
    if path.startswith("/"):
        return posixpath.normpath(path)
    workdir = stage_state_at(file.graph, index, instruction).workdir.value
    return posixpath.normpath(posixpath.join(workdir if isinstance(workdir, str) else "/", path))


def shown(file: Context, model: StageModel) -> str:
    """The image that the stage of `model` will run on, as a message names it."""
    if model.resolution is not None and model.resolution.best is not None:
        return file.spelling.write(model.resolution.best.name, model.resolution.best.tag)
    return model.base.partition("@")[0]


def system_after(model: StageModel) -> System | None:
    """What the stage of `model` will run on; None where that is not known, or nothing at all (scratch, a plain static image)."""
    definition = model.definition
    if definition is not None:
        if definition.image == "static" and definition.edition is None:
            return None
        return System(definition.distro, definition.release)
    return system_before(model)


def system_before(model: StageModel) -> System | None:
    """What an upstream base runs on, by its tag, its name, or what is known of the image; None for a hardened base."""
    if model.hardened is not None or model.match in {"scratch", "stage"}:
        return None
    try:
        reference = parse_reference(model.base)
    except InvalidReferenceError:
        return None
    named = parse_upstream_tag(reference.tag).os
    if named is not None and named.family in {"debian", "alpine", "ubuntu"}:
        return System(named.family, named.release)
    place = _RELEASE.search(reference.path)
    if place is not None:
        return System(place[1], place[2])
    last = reference.path.rsplit("/", 1)[-1]
    if last in {"alpine", "debian", "ubuntu"}:
        return System(last, (reference.tag or "").partition("-")[0] if re.match(r"\d", reference.tag or "") else "")
    facts = model.resolution.facts if model.resolution is not None else None
    return System(facts.os, "") if facts is not None and facts.os in {"debian", "alpine", "ubuntu"} else None


def line_of(definition: Definition) -> str:
    """The version of `definition` as far as what is installed for it depends on it: its first two numbers."""
    return ".".join(definition.version.split(".")[:2])


def moved_tag(catalog: Catalog, definition: Definition, tag: str, system: System) -> str | None:
    """The tag of the same image and version as `tag` on `system`; None where the catalog has none."""
    parsed = parse_hardened_tag(tag, definition.flavor)
    if parsed is None or system.distro not in {"debian", "alpine"}:
        return None
    wanted = str(parsed._replace(distro="alpine" if system.musl else "debian", release=system.release))
    if catalog.find(definition.image, wanted) is not None:
        return wanted
    image = catalog.image(definition.image)
    if image is None or definition.image != "debian-base":
        return None
    for other in image.definitions:
        same = (other.variant, other.flavor) == (definition.variant, definition.flavor)
        if same and (other.distro, other.release) == (system.distro, system.release):
            return min(other.tags, key=lambda one: (len(one), one))
    return None


def uses_network(subject: Subject) -> bool:
    """Whether the stage shows that what it starts speaks to others: a port, or certificates that it takes along."""
    if any(True for _ in subject.chain_instructions("EXPOSE")) or "ca-certificates" in subject.facts.installed:
        return True
    return any("/ssl/" in source or "ca-certificates" in source for edge in subject.incoming for source in edge.sources)


def named_packages(file: Context, installs: Sequence[LanguageInstall], packages: frozenset[str]) -> list[str]:
    """Which of `packages` are installed by name, or named by package.json or requirements.txt of the context; the first ones."""
    named = [name for one in installs for name in one.packages if name in packages]
    for path in ("package.json", "requirements.txt"):
        data = file.tree.read(path) if file.tree is not None else None
        if data is not None:
            words = dict.fromkeys(re.findall(rb"[\w@/.-]+", data))
            named.extend(name for word in words if (name := word.decode("utf-8", "replace")) in packages)
    return list(dict.fromkeys(named))[:4]

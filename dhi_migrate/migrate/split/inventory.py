"""What the stage that ships is made of: which files its runtime needs and where they lie, or why that cannot be told.

Walks the stages that it is built on and its own instructions in the order in which they run. What is found is complete: a file
that the application may need is in it, or the split is refused.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ..._record import NamedTuple
from ...dockerfile import scope_at, stage_state_at
from ...dockerfile.details import Add, Copy, Onbuild
from ...dockerfile.expand import expand
from ...rules.accounts import ROOT, was_root
from ...rules.copied import brought, expanded
from ...rules.facts import stage_facts
from ...rules.paths import under
from ..effects.read import PathReader, Place, effects
from ..outcome import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Instruction, Span, Stage
    from ...rules.copied import Brought
    from ...rules.facts import RunFacts
    from ...rules.subject import Subject
    from ..effects.model import Effect

MAX_INSTRUCTIONS = 400
"""Most instructions of a chain that is split; a longer one is generated, and its maker is the place to change."""

MAX_EFFECTS = 2000
"""Most commands of a chain that are looked at."""

SYSTEM = frozenset(
    {
        *("/", "/bin", "/sbin", "/lib", "/lib64", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local", "/usr/local/bin"),
        *("/usr/local/sbin", "/usr/local/lib", "/usr/local/share", "/usr/local/etc", "/usr/share", "/usr/include", "/etc"),
        *("/etc/ssl", "/etc/ssl/certs", "/var", "/var/lib", "/var/run", "/run", "/opt", "/root", "/home", "/tmp", "/dev"),  # noqa: S108
        *("/proc", "/sys", "/boot", "/mnt", "/media", "/usr/libexec", "/usr/local/libexec", "/usr/local/include", "/etc/nginx"),
    }
)  # fmt: skip
"""Directories that an image has of its own: they are never copied as a whole (Filesystem Hierarchy Standard 3.0)."""

HOME_SETTINGS = (
    *(
        "/root/.bashrc",
        "/root/.profile",
        "/root/.bash_profile",
        "/root/.zshrc",
        "/root/.npmrc",
        "/root/.yarnrc",
        "/root/.ssh",
    ),
    *("/root/.gitconfig", "/root/.git-credentials", "/root/.netrc", "/root/.pip", "/root/.config/pip", "/root/.pypirc"),
    *(
        "/root/.m2",
        "/root/.gradle",
        "/root/.nuget",
        "/root/.cargo",
        "/root/.gnupg",
        "/root/.bash_history",
        "/root/.wget-hsts",
    ),
    *(
        "/root/.docker",
        "/root/.composer",
        "/root/.bundle",
        "/root/.gem",
        "/root/.gemrc",
        "/root/.curlrc",
        "/root/.vimrc",
    ),
    *("/etc/apt", "/usr/share/keyrings", "/etc/yum.repos.d"),
)
"""Files that only tools of a build and a shell that somebody opens read."""


_NEVER = frozenset({"/", "/usr", "/etc", "/opt", "/root", "/home", "/tmp"})  # noqa: S108 - names of paths


class Root(NamedTuple):
    """A file or directory that the runtime takes over: its absolute path, and whether the application may have to write there."""

    path: str
    owned: bool


class Inventory(NamedTuple):
    """What a chain holds.

    `roots` in the order in which they come up, none in another. `workdir` is the final one ("/" for none). `python` are the
    RUN instructions that install for the Python of the image, `installed` the packages of the operating system with the
    bytes of the command, `globals` the effects of installations for the whole image. `runs` are the facts of all RUN
    instructions, `copies` all COPY and ADD, `outputs` the files that commands name as what they build. `was_root` tells
    that what starts runs as root so far.
    """

    roots: tuple[Root, ...]
    workdir: str
    python: tuple[RunFacts, ...]
    installed: tuple[tuple[str, Span], ...]
    globals: tuple[Effect, ...]
    runs: tuple[RunFacts, ...]
    copies: tuple[Brought, ...]
    outputs: frozenset[str]
    was_root: bool


def take_inventory(subject: Subject, workdir: str | None = None) -> Inventory | Refusal:
    """The inventory of the stage of `subject` with all that it is built on, or why it cannot be split.

    `workdir` is the work directory of the image, where it is not that of the upstream one.
    """
    return _Taker(subject, workdir).take()


class _Taker:
    def __init__(self, subject: Subject, workdir: str | None) -> None:
        self.subject = subject
        before = subject.before
        self.first = workdir if workdir is not None else (before.workdir or "/" if before is not None else None)
        self.file = subject.file
        self.paths: dict[str, bool] = {}
        self.python: list[RunFacts] = []
        self.installed: list[tuple[str, Span]] = []
        self.globals: list[Effect] = []
        self.runs: list[RunFacts] = []
        self.given: list[str] = []
        self.sure: set[str] = set()
        self.outputs: list[str] = []
        self.mine = False
        self.count = 0

    def refuse(self, span: Span, text: str) -> Refusal:
        return Refusal("split", self.subject.line(span), text)

    def take(self) -> Inventory | Refusal:
        subject = self.subject
        if sum(len(stage.instructions) for stage in subject.chain) > MAX_INSTRUCTIONS:
            return self.refuse(
                subject.stage.instruction.span, f"the stage has more than {MAX_INSTRUCTIONS} instructions"
            )
        copies = {one.instruction.index: one for one in brought(subject)}
        workdir = self._workdir()
        if workdir is None:
            return self.refuse(subject.stage.instruction.span, "the WORKDIR at the end of the stage is not known")
        self.root = was_root(subject)
        self.workdir = workdir
        for stage in subject.chain:
            facts = {run.instruction.index: run for run in stage_facts(stage).runs}
            for instruction in stage.instructions:
                refusal = self._instruction(stage, instruction, facts, copies)
                if refusal is not None:
                    return refusal
        roots = self._roots()
        for root in roots:
            if not self._there(root.path):
                return self.refuse(
                    subject.stage.instruction.span, f"whether {root.path} is made in every build is not known"
                )
        return Inventory(
            roots,
            workdir,
            tuple(self.python),
            tuple(self.installed),
            tuple(self.globals),
            tuple(self.runs),
            tuple(copies.values()),
            frozenset(self.outputs),
            self.root,
        )

    def _workdir(self) -> str | None:
        state = self.subject.stage.state.workdir
        if state.known and isinstance(state.value, str):
            return "/" + posixpath.normpath(state.value).lstrip("/")
        if state.instruction is not None:
            return None
        return "/" + posixpath.normpath(self.first).lstrip("/") if self.first is not None else None

    def _instruction(
        self, stage: Stage, instruction: Instruction, facts: dict[int, RunFacts], copies: dict[int, Brought]
    ) -> Refusal | None:
        if isinstance(instruction.detail, Onbuild):
            return self.refuse(instruction.span, "ONBUILD: what an image built on this one runs would move too")
        if isinstance(instruction.detail, Copy | Add):
            return self._copy(copies[instruction.index])
        if instruction.keyword != "RUN":
            return None
        run = facts[instruction.index]
        self.runs.append(run)
        place = Place(self._workdir_at(stage, instruction), self._expander(stage, instruction))
        found = effects(run, place)
        reader = PathReader(run, place)
        self.outputs.extend(path for build in run.builds for name in build.outputs if (path := reader.path(name)))
        self.given.extend(self._given(stage, run, place))
        self.mine = self._as_user(stage, instruction)
        for effect in found:
            self.count += 1
            if self.count > MAX_EFFECTS:
                return self.refuse(instruction.span, f"the stage runs more than {MAX_EFFECTS} commands")
            refusal = self._effect(run, effect)
            if refusal is not None:
                return refusal
        return None

    def _workdir_at(self, stage: Stage, instruction: Instruction) -> str | None:
        workdir = stage_state_at(self.file.graph, stage.index, instruction).workdir
        if workdir.known and isinstance(workdir.value, str):
            return "/" + posixpath.normpath(workdir.value).lstrip("/")
        if workdir.instruction is not None or self.first is None:
            return None
        return "/" + posixpath.normpath(self.first).lstrip("/")

    def _expander(self, stage: Stage, instruction: Instruction):  # type: ignore[no-untyped-def]
        scope = scope_at(self.file.graph, stage.index, instruction)
        escape = self.file.dockerfile.escape

        def value(text: str) -> str | None:
            return expand(text, scope, escape).text if "$" in text else text

        return value

    # -- one thing at a time

    def _copy(self, one: Brought) -> Refusal | None:
        span = one.instruction.span
        one = self._from_workdir(one)
        refusal = self._brought(one, span)
        if refusal is None and one.destination is not None:
            # what a later command takes away again is not there
            place = "/" + posixpath.normpath(one.destination).lstrip("/")
            self.sure.update(path for path in self.paths if under(path, place))
        return refusal

    def _from_workdir(self, one: Brought) -> Brought:
        """`one` with a relative destination as the work directory of the image has it, where the file names none."""
        workdir = stage_state_at(self.file.graph, one.stage.index, one.instruction).workdir
        text = expanded(self.subject, one.stage, one.instruction, one.detail.destination)
        if workdir.instruction is not None or text is None or text.startswith("/") or self.first is None:
            return one
        end = "/" if text.endswith("/") or text in {".", ""} else ""
        return one._replace(destination=posixpath.normpath(posixpath.join("/", self.first, text)).rstrip("/") + end)

    def _brought(self, one: Brought, span: Span) -> Refusal | None:
        if one.destination is None:
            return self.refuse(span, f"where {one.instruction.keyword} puts its files is not known")
        place = "/" + posixpath.normpath(one.destination).lstrip("/")
        owned = one.detail.chown is not None and (one.detail.chown.value or "").partition(":")[0] not in {"root", "0"}
        names = (*one.sources, *(word.text.lstrip("<-").strip("\"'") for word in one.detail.documents))
        if place not in SYSTEM or (place == self.workdir and place not in _NEVER):
            return self._add(place, owned, span)
        for name in names:
            base = posixpath.basename(name.rstrip("/"))
            plain = bool(base) and base not in {".", ".."} and not any(sign in name for sign in "*?[$")
            several = one.destination.endswith("/") or len(names) > 1
            if not plain or name.endswith("/") or not (several or self._is_file(one, name)):
                return self.refuse(
                    span, f"{one.instruction.keyword} puts files into {place}, which the image has of its own"
                )
            if self._is_file(one, name) is False:
                return self.refuse(span, f"{one.instruction.keyword} puts the contents of {name} into {place}")
            refusal = self._add(posixpath.join(place, base), owned, span)
            if refusal is not None:
                return refusal
        return None

    def _is_file(self, one: Brought, name: str) -> bool | None:
        """Whether a source is a single file; None where that is not known."""
        if "://" in name:
            return True
        if one.outside or self.file.tree is None:
            base = posixpath.basename(name)
            return True if "." in base.lstrip(".") or one.outside else None
        inside = self.file.tree.names(name.lstrip("/"))
        return None if inside is None else not inside

    def _add(self, path: str, owned: bool, span: Span) -> Refusal | None:
        if any(under(path, one) for one in ("/dev", "/proc", "/sys", "/tmp", "/var/tmp", "/run", "/var/run")):  # noqa: S108
            if under(path, "/tmp") or under(path, "/var/tmp"):  # noqa: S108
                self.paths.setdefault(path, owned)
                return None
            return None
        if any(under(path, one) for one in HOME_SETTINGS):
            return None
        if path in SYSTEM and path != self.workdir:
            return self.refuse(span, f"files are put into {path}, which the image has of its own")
        if under(path, "/root"):
            return self.refuse(span, f"{path} lies in the home directory of root, which no other user may enter")
        self.paths[path] = self.paths.get(path, False) or owned
        return None

    def _effect(self, run: RunFacts, effect: Effect) -> Refusal | None:
        kind, span = effect.kind, effect.span
        if kind == "unknown":
            return self.refuse(span, f"what {effect.text} leaves behind is not known")
        if kind == "packages":
            self.installed.extend((name, span) for name in effect.names)
        elif kind == "python":
            if run not in self.python:
                self.python.append(run)
        elif kind == "global":
            self.globals.append(effect)
        elif kind in {"path", "place"}:
            for path in effect.paths:
                refusal = self._add(path, self.mine, span)
                if refusal is not None:
                    return refusal
                if effect.certain:
                    self.sure.add(path)
        elif kind in {"edited", "removed"}:
            return self._changed(effect)
        elif kind == "tree":
            return self._tree(effect)
        return None

    def _changed(self, effect: Effect) -> Refusal | None:
        """A file that is changed in place or removed: one that the file itself brings, or one of the image."""
        for path in effect.paths:
            mine = any(under(path, one) or under(one, path) for one in self.paths) or under(
                path, self.workdir_or_none()
            )
            if any(under(path, one) for one in HOME_SETTINGS) or under(path, "/root"):
                continue
            if mine and effect.kind == "removed" and effect.certain:
                for one in [one for one in self.paths if under(one, path)]:
                    del self.paths[one]
                    self.sure.discard(one)
            if not mine:
                word = "removes" if effect.kind == "removed" else "changes"
                return self.refuse(effect.span, f"{effect.text} {word} {path}, which is part of the image")
        return None

    def workdir_or_none(self) -> str:
        """The work directory where it is one of the application, else a path that nothing is under."""
        return self.workdir if self.workdir not in SYSTEM else "\0"

    def _tree(self, effect: Effect) -> Refusal | None:
        for path in effect.paths:
            if under(path, self.workdir_or_none()) or any(under(path, one) for one in self.paths):
                self.paths[path] = self.paths.get(path, False) or self.mine
                continue
            if path in SYSTEM or under(path, "/root") or under(path, "/tmp"):  # noqa: S108
                if under(path, "/tmp"):  # noqa: S108
                    continue
                return self.refuse(
                    effect.span, f"{effect.text} works in {path}, which is no directory of the application"
                )
            self.paths.setdefault(path, False)
        return None

    def _as_user(self, stage: Stage, instruction: Instruction) -> bool:
        """Whether another user than root is in force at `instruction`, by the file itself."""
        user = stage_state_at(self.file.graph, stage.index, instruction).user
        return user.instruction is not None and str(user.value).partition(":")[0] not in ROOT

    @staticmethod
    def _given(stage: Stage, run: RunFacts, place: Place) -> Iterator[str]:
        """The paths that the commands of `run` give to somebody else than root."""
        reader = PathReader(run, place)
        for one in run.ownerships:
            if one.owner not in {"", *ROOT}:
                yield from (path for text in one.paths if (path := reader.path(text)) is not None)

    def _there(self, path: str) -> bool:
        """Whether `path` is there at the end of the build for sure: a COPY of what is not there fails."""
        if path == self.workdir and any(True for _ in self.subject.chain_instructions("WORKDIR")):
            return True
        return any(under(one, path) for one in self.sure)

    def _roots(self) -> tuple[Root, ...]:
        found: dict[str, bool] = {}
        work = self.workdir_or_none()
        for path, owned in self.paths.items():
            top = work if under(path, work) else path
            found[top] = found.get(top, False) or owned
        tops = [path for path in found if not any(other != path and under(path, other) for other in found)]
        tops = [path for path in tops if not under(path, "/tmp") and not under(path, "/var/tmp")]  # noqa: S108
        merged = []
        for top in tops:
            owned = any(mine for path, mine in found.items() if under(path, top))
            owned = owned or any(under(top, path) or under(path, top) for path in self.given if path != "/")
            merged.append(Root(top, owned))
        return tuple(merged)

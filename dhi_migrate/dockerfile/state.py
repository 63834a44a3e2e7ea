"""What is in force in a stage at each of its instructions: USER, WORKDIR, ENV and the rest, inherited over FROM."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Generic, TypeVar

    from .expand import Binding
    from .model import Instruction

    T = TypeVar("T")
else:
    T = None

    class Generic:
        """Stands for the one of `typing`, whose import would be a twentieth of a run on one file."""

        __slots__ = ()

        def __class_getitem__(cls, _):
            return cls


END = 1 << 62
"""A moment after every instruction."""

MAX_CHAIN = 100
"""Deepest chain of FROM-stages over which names are inherited; deeper they are unknown.

Bounds the cost of a look-up.
"""


class Effective(NamedTuple):
    """A value in force.

    `value` is a text, or the elements of a JSON array; None if nothing is set, or unknown if not `known`.
    `instruction` set it, in stage `stage`; None means that it comes from the external base image (or that nothing
    sets it, if known).
    """

    value: str | tuple[str, ...] | None
    known: bool
    instruction: Instruction | None
    stage: int | None


FROM_IMAGE = Effective(None, False, None, None)
"""Whatever the external base image has."""

NOTHING = Effective(None, True, None, None)
"""Nothing is set."""


class Log(Generic[T]):
    """Values of names over the moments of one stage; `parent` is that of the stage it is built from."""

    __slots__ = ("depth", "moments", "parent", "values")

    def __init__(self, parent: Log[T] | None = None) -> None:
        self.depth: int = 0 if parent is None or parent.depth >= MAX_CHAIN else parent.depth + 1
        self.parent = parent if self.depth else None
        self.moments: dict[str, list[int]] = {}
        self.values: dict[str, list[T]] = {}

    def set(self, name: str, moment: int, value: T) -> None:
        """Note that `name` has `value` from `moment` on; moments never decrease."""
        if name in self.moments:
            self.moments[name].append(moment)
            self.values[name].append(value)
        else:
            self.moments[name] = [moment]
            self.values[name] = [value]

    def own(self, name: str, before: int) -> T | None:
        """Last value that this stage gave `name` before moment `before`."""
        moments = self.moments.get(name)
        if moments is None:
            return None
        place = bisect_left(moments, before) - 1
        return self.values[name][place] if place >= 0 else None

    def get(self, name: str, before: int = END) -> T | None:
        """Value of `name` before moment `before`, from this stage or the ones it is built from."""
        log: Log[T] | None = self
        while log is not None:
            found = log.own(name, before)
            if found is not None:
                return found
            log, before = log.parent, END
        return None


class Names(Mapping[str, Effective]):
    """Names and values in force at one moment; a read-only view."""

    __slots__ = ("_before", "_log")

    def __init__(self, log: Log[Effective], before: int = END) -> None:
        self._log = log
        self._before = before

    def __getitem__(self, name: str) -> Effective:
        found = self._log.get(name, self._before)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        logs = []
        log: Log[Effective] | None = self._log
        while log is not None:
            logs.append(log)
            log = log.parent
        seen: set[str] = set()
        for log in reversed(logs):
            before = self._before if log is self._log else END
            for name, moments in log.moments.items():
                if moments[0] < before and name not in seen:
                    seen.add(name)
                    yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Names({dict(self)!r})"


class Settings(NamedTuple):
    """The single values of a stage."""

    user: Effective
    workdir: Effective
    shell: Effective
    entrypoint: Effective
    cmd: Effective
    healthcheck: Effective
    stop_signal: Effective


class StageState(NamedTuple):
    """Everything in force at one moment of a stage.

    `entrypoint`, `cmd`, `shell` and `healthcheck` have a text for the shell form and elements for the exec form
    (healthcheck: ``("NONE",)`` for NONE). `env`, `labels`, `ports` (``"8080/tcp"``) and `volumes` map names to values; `env`
    has what ENV sets, not ARG. Where not `complete`, the external base image can set names that are not in them.
    """

    user: Effective
    workdir: Effective
    env: Mapping[str, Effective]
    shell: Effective
    entrypoint: Effective
    cmd: Effective
    healthcheck: Effective
    ports: Mapping[str, Effective]
    volumes: Mapping[str, Effective]
    stop_signal: Effective
    labels: Mapping[str, Effective]
    complete: bool


class History:
    """All moments of one stage. Moments are instruction indices; what ONBUILD triggers run has moment -1.

    `names` holds what variables stand for, from ARG and ENV in the order of the file; `given` only what ENV gave.
    """

    __slots__ = ("complete", "env", "given", "labels", "moments", "names", "ports", "settings", "volumes")

    def __init__(self, first: Settings, complete: bool, parent: History | None = None) -> None:
        self.complete = complete
        self.moments = [-2]
        self.settings = [first]
        self.env: Log[Effective] = Log(parent.env if parent else None)
        self.labels: Log[Effective] = Log(parent.labels if parent else None)
        self.ports: Log[Effective] = Log(parent.ports if parent else None)
        self.volumes: Log[Effective] = Log(parent.volumes if parent else None)
        self.names: Log[Binding] = Log(parent.names if parent else None)
        self.given: Log[Binding] = Log(parent.given if parent else None)
        if parent is not None and self.env.parent is None:
            self.complete = False

    def change(self, moment: int, settings: Settings) -> None:
        """Note that `settings` are in force from `moment` on."""
        self.moments.append(moment)
        self.settings.append(settings)

    def binding(self, name: str, before: int = END) -> Binding | None:
        """What `name` stands for before moment `before`.

        The last ARG or ENV of the stage itself wins; then, as BuildKit sets the environment of the image anew when a
        stage starts, an ENV of the stages it is built from, then an ARG of them.
        """
        found = self.names.own(name, before)
        if found is None and self.given.parent is not None:
            found = self.given.parent.get(name)
        if found is None and self.names.parent is not None:
            found = self.names.parent.get(name)
        return found

    def shell_at(self, before: int = END) -> Effective:
        """The `shell` of the state before moment `before`: each RUN is asked for it several times, and for nothing else."""
        return self._settings_at(before).shell

    def _settings_at(self, before: int) -> Settings:
        return self.settings[max(0, bisect_left(self.moments, before) - 1)]

    def at(self, before: int = END) -> StageState:
        """The state before moment `before`."""
        now = self._settings_at(before)
        return StageState(
            now.user,
            now.workdir,
            Names(self.env, before),
            now.shell,
            now.entrypoint,
            now.cmd,
            now.healthcheck,
            Names(self.ports, before),
            Names(self.volumes, before),
            now.stop_signal,
            Names(self.labels, before),
            self.complete,
        )

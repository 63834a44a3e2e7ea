"""What each instruction says, one typed value an instruction. Texts are as written.

Quotes kept, variables not expanded.
"""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model import Flag, Instruction, Word
    from .source import Span


class From(NamedTuple):
    """``FROM [--platform=..] image [AS name]``."""

    image: Word
    name: Word | None
    platform: Flag | None


class MountField(NamedTuple):
    """``key=value`` of a ``--mount``: `key` in its long lower-case form, `value` None without ``=``.

    `span` holds the bytes of the value (of the key without one), `offset` their place in the logical text, -1 if
    quotes hide it.
    """

    key: str
    value: str | None
    span: Span
    offset: int


class Mount(NamedTuple):
    """A ``--mount`` flag of RUN; `fields` in the order written."""

    flag: Flag
    fields: tuple[MountField, ...]

    def field(self, key: str) -> MountField | None:
        """The last field `key` (long form.

        Type, from, source, target, readonly, ...), which is the one that counts.
        """
        for field in reversed(self.fields):
            if field.key == key:
                return field
        return None

    @property
    def type(self) -> str:
        """Type as written in lower case; ``bind`` if none is given."""
        field = self.field("type")
        return (field.value or "").lower() if field else "bind"


class Run(NamedTuple):
    """``RUN``: a shell text or the elements of a JSON array (None both if nothing follows).

    The here-documents are the instruction's.
    """

    shell: Word | None
    argv: tuple[Word, ...] | None
    mounts: tuple[Mount, ...]
    network: Flag | None
    security: Flag | None
    devices: tuple[Flag, ...]


class Cmd(NamedTuple):
    """``CMD``: a shell text or the elements of a JSON array."""

    shell: Word | None
    argv: tuple[Word, ...] | None


class Entrypoint(NamedTuple):
    """``ENTRYPOINT``: a shell text or the elements of a JSON array."""

    shell: Word | None
    argv: tuple[Word, ...] | None


class Copy(NamedTuple):
    """``COPY``: `sources` are paths, `documents` the ``<<NAME`` words of here-documents that are copied as files."""

    sources: tuple[Word, ...]
    documents: tuple[Word, ...]
    destination: Word
    from_: Flag | None
    chown: Flag | None
    chmod: Flag | None
    link: bool
    parents: bool
    exclude: tuple[Flag, ...]


class Add(NamedTuple):
    """``ADD``: as `Copy`; `keep_git_dir` and `unpack` are None where not given."""

    sources: tuple[Word, ...]
    documents: tuple[Word, ...]
    destination: Word
    chown: Flag | None
    chmod: Flag | None
    checksum: Flag | None
    link: bool
    keep_git_dir: bool | None
    unpack: bool | None
    exclude: tuple[Flag, ...]


class User(NamedTuple):
    """``USER user[:group]``; the whole rest of the line, spaces included."""

    user: Word


class Workdir(NamedTuple):
    """``WORKDIR path``."""

    path: Word


class Pair(NamedTuple):
    """``name=value``, or ``name value`` with an empty `separator`; `value_offset` is a place in the logical text."""

    name: str
    value: str
    name_span: Span
    value_span: Span
    value_offset: int
    separator: str


class Env(NamedTuple):
    """``ENV``."""

    pairs: tuple[Pair, ...]


class Label(NamedTuple):
    """``LABEL``."""

    pairs: tuple[Pair, ...]


class ArgPair(NamedTuple):
    """``name[=default]``; without a default `default` and `default_span` are None and `default_offset` is -1."""

    name: str
    default: str | None
    name_span: Span
    default_span: Span | None
    default_offset: int


class Arg(NamedTuple):
    """``ARG``."""

    pairs: tuple[ArgPair, ...]


class Expose(NamedTuple):
    """``EXPOSE``: ports in the order written."""

    ports: tuple[Word, ...]


class Healthcheck(NamedTuple):
    """``HEALTHCHECK NONE`` (`none`), or ``CMD`` with a shell text or the elements of a JSON array."""

    none: bool
    interval: Flag | None
    timeout: Flag | None
    start_period: Flag | None
    start_interval: Flag | None
    retries: Flag | None
    shell: Word | None
    argv: tuple[Word, ...] | None


class ShellInstruction(NamedTuple):
    """``SHELL [...]``."""

    argv: tuple[Word, ...]


class Volume(NamedTuple):
    """``VOLUME``."""

    paths: tuple[Word, ...]


class StopSignal(NamedTuple):
    """``STOPSIGNAL signal``."""

    signal: Word


class Onbuild(NamedTuple):
    """``ONBUILD``: the instruction that a later build runs.

    It has the index and the here-documents of the outer one.
    """

    inner: Instruction


class Maintainer(NamedTuple):
    """``MAINTAINER name``."""

    name: Word


Detail = (
    From
    | Run
    | Cmd
    | Entrypoint
    | Copy
    | Add
    | User
    | Workdir
    | Env
    | Label
    | Arg
    | Expose
    | Healthcheck
    | ShellInstruction
    | Volume
    | StopSignal
    | Onbuild
    | Maintainer
)

"""Values of the catalog: what is known of each hardened image, tag by tag.

One `Definition` stands for one definition file of the public catalog (``image/<name>/<distro>-<release>/<x>.yaml``).
All its tags name the same content, so every fact is a fact about each of its tags.
"""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Distro = Literal["debian", "alpine"]
    Variant = Literal["runtime", "dev"]
    PackageManager = Literal["apt", "apk"]
    EndOfLifeCause = Literal["image", "product", "distribution"]
    Confidence = Literal["high", "medium", "low", "none"]


class Account(NamedTuple):
    """A line of ``/etc/passwd`` or ``/etc/group``: `name` and numeric `uid`, `gid` (for a group both are the gid)."""

    name: str
    uid: int
    gid: int


class PathEntry(NamedTuple):
    """A path that a definition creates: `kind` with its owner, octal `mode` ("0755" or None), and a link's `target`."""

    path: str
    kind: Literal["directory", "file", "symlink"]
    uid: int
    gid: int
    mode: str | None
    target: str | None


class Definition(NamedTuple):
    """The facts of one image definition; the same for all of its `tags`.

    None means "not set" for `entrypoint`, `cmd`, `workdir`, `stop_signal`, and the dates (ISO 8601, "2026-10-31"),
    and "unknown" for `bin_sh` and `workdir_writable`. `variant` is what the image *is*, not what its file says:
    "dev" has a shell and runs as root for building (``-dev`` and .NET ``-sdk`` tags). `source` is the definition's
    path in the public catalog, or ``overlay <file>``.

    `packages` are the roots that the definition asks for ("name" or "name=version"), without what they depend on and
    without the exclusions; `packages_complete` False: the root file system is copied from other images (`inherits`),
    so the list says little. `shell_origins` are (path, how it comes in) pairs: "package bash", "link in the
    definition", "build busybox", "copied from dhi.io/postgres:18.6-debian13", and for a probable shell that `shells`
    does not list "dependency of ca-certificates". `end_of_life` is the earliest known date, `end_of_life_cause` what
    ends then: "image" (the catalog's own date), "product" or "distribution" (the tables in ``end_of_life.json``).
    """

    image: str
    source: str
    tags: tuple[str, ...]
    version: str
    edition: str | None
    distro: Distro
    release: str
    flavor: str | None
    variant: Variant
    platforms: tuple[str, ...]
    released: str | None
    end_of_life: str | None
    user: str
    uid: int
    gid: int
    accounts: tuple[Account, ...]
    groups: tuple[Account, ...]
    entrypoint: tuple[str, ...] | None
    cmd: tuple[str, ...] | None
    workdir: str | None
    workdir_writable: bool | None
    ports: tuple[str, ...]
    env: dict[str, str]
    stop_signal: str | None
    shells: tuple[str, ...]
    bin_sh: bool | None
    package_manager: PackageManager | None
    packages: tuple[str, ...]
    packages_complete: bool
    prefix: dict[str, str]
    paths: tuple[PathEntry, ...]
    shell_origins: tuple[tuple[str, str], ...] = ()
    inherits: tuple[str, ...] = ()
    end_of_life_cause: EndOfLifeCause | None = None


class Image(NamedTuple):
    """A hardened image (a repository): its `name` without registry, a one-line `title`, and its definitions."""

    name: str
    title: str
    definitions: tuple[Definition, ...]


class CatalogInfo(NamedTuple):
    """Where the data comes from: abbreviated `commit` and ISO `date` of the catalog, counts of `images` and `tags`."""

    commit: str
    date: str
    images: int
    tags: int


class UpstreamTarget(NamedTuple):
    """One row of the upstream map: the hardened image that replaces an upstream repository.

    `name` is "" where `confidence` is "none" (nothing replaces it); `note` says what to know.
    """

    repository: str
    name: str
    confidence: Confidence
    note: str


class UpstreamFacts(NamedTuple):
    """How an upstream image is configured, for the tags that the globs `variants` match.

    `user` "" means that no USER is set (root). `uid` None: unknown. `cmd` None: no CMD, or one cleared by a child's
    ENTRYPOINT. `shell` is the best shell present, None for none. `tools` are commands known to be in the image.
    """

    repository: str
    variants: tuple[str, ...]
    os: str
    user: str
    uid: int | None
    entrypoint: tuple[str, ...] | None
    cmd: tuple[str, ...] | None
    workdir: str
    ports: tuple[str, ...]
    volumes: tuple[str, ...]
    stop_signal: str | None
    shell: str | None
    package_manager: str | None
    prefix: dict[str, str]
    env: dict[str, str]
    tools: tuple[str, ...]
    users_present: tuple[str, ...]
    confidence: str
    source: str

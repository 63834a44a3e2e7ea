"""DHI904 about the limits of a container: root that is not wanted, or wanted, and a root file system that is read-only.

What programs write beside their data no list of packages tells. The table here is from the build steps in the definitions of the
catalog (nginx), and from the defaults of the program where these leave it alone (the directory of sockets of PostgreSQL); for
other images nothing is said.
"""

from __future__ import annotations

from ..._pattern import is_number
from ..._record import NamedTuple
from .judgement import said
from .mounted import below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...catalog.model import Definition
    from ...rules.findings import Finding
    from .judgement import Judgement
    from .running import Mount
    from .service import Service


class _Written(NamedTuple):
    """Places that the program of an image writes to when it starts; where `any_of`, one of them is enough.

    `releases` are those of the distribution, `config` the file that can name other places, `words` those of a command that can
    (an empty one is in every command, of which then nothing is known).
    """

    image: str
    distro: str
    releases: tuple[str, ...]
    places: tuple[str, ...]
    why: str
    config: str = ""
    words: tuple[str, ...] = ()
    any_of: bool = False


_NGINX = ("/etc/nginx/nginx.conf", ("",))
_POSTGRES = ("", ("unix_socket", "config_file", '"-k'))
# Build steps of image/nginx/*/*.yaml in the catalog: where the process id is, and the directories that nginx is given.
# https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-UNIX-SOCKET-DIRECTORIES: /tmp where it is built from
# source, which Alpine's package changes to /run/postgresql.
_WRITTEN = (
    _Written("nginx", "debian", ("13",), ("/run/nginx", "/var/cache/nginx"), "are for its process id and its cache", *_NGINX),
    _Written("nginx", "debian", ("12",), ("/run", "/var/cache/nginx"), "are for its process id and its cache", *_NGINX),
    _Written("nginx", "alpine", ("3.24",), ("/run/nginx", "/var/lib/nginx"), "are for its process id and its cache", *_NGINX),
    _Written("nginx", "alpine", ("3.22", "3.23"), ("/run", "/var/cache/nginx"), "are for its process id and its cache", *_NGINX),
    _Written("postgres", "debian", ("13",), ("/tmp",), "is where this build has its socket", *_POSTGRES),  # noqa: S108
    _Written("postgres", "alpine", ("3.22",), ("/tmp",), "is where this build has its socket", *_POSTGRES),  # noqa: S108
    _Written(
        "postgres", "alpine", ("3.23", "3.24"), ("/run/postgresql", "/tmp"), "is for its socket", *_POSTGRES, any_of=True  # noqa: S108
    ),
)  # fmt: skip

# Images whose start script changes from root to the user of the image with gosu, which their runtime variants do not have:
# image/postgres/bin/docker-entrypoint.sh and image/mysql/bin/docker-entrypoint.sh of the catalog.
_DROPPING = frozenset({"postgres", "mysql"})
_ROOT = frozenset({"0", "root"})


def limit_findings(service: Service, one: Judgement, found: Sequence[Finding]) -> list[Finding]:
    """What the image of `service` does not do under its limits; `found` are findings that are there already."""
    target = one.subject.target
    if target is None or service.build is not None:
        return []
    return [
        *_non_root(service, one, target),
        *_as_root(service, one, target, found),
        *_closed(service, one, target),
        *_sealed(service, one, target),
    ]


def _non_root(service: Service, one: Judgement, target: Definition) -> list[Finding]:
    """``runAsNonRoot`` without a number: the kubelet looks at the user that the image names, and takes no name for an answer.

    https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/security_context.go, and
    image/jmx-exporter/guides.md of the catalog, which shows the error with a hardened image.
    """
    span, image = service.running.non_root, one.subject.image
    user = target.user.partition(":")[0]
    if span is None or (target.uid and is_number(user)):
        return []
    if not target.uid:
        text = f"{service.name} is not to run as root (runAsNonRoot), and {image} does: the kubelet does not start it"
    else:
        text = (
            f"{service.name} is not to run as root (runAsNonRoot), and {image} names its user {user} and no number, so that "
            f"the kubelet does not start it: set runAsUser: {target.uid}"
        )
    return [said("DHI904", text, f"{target.source} runs as {target.user} ({target.uid})", span)]


def _as_root(service: Service, one: Judgement, target: Definition, found: Sequence[Finding]) -> list[Finding]:
    """Root asked for, where the start script of the image needs a program for that which is not there."""
    if target.image not in _DROPPING or target.variant != "runtime" or "gosu" in one.subject.programs:
        return []
    user = next((line for line in service.lines if line.keyword == "USER"), None)
    if user is None or user.text.partition(":")[0] not in _ROOT or any(other.span == user.span for other in found):
        return []
    if any(line.keyword == "ENTRYPOINT" for line in service.lines):
        return []
    text = (
        f"{service.name} runs as root, from which the start script of {one.subject.image} changes to {target.user} with gosu, "
        f"and the image has no gosu: leave the user out, it runs as {one.subject.who}"
    )
    evidence = f"image/{target.image}/bin/docker-entrypoint.sh; {target.source} lists no gosu"
    return [said("DHI904", text, evidence, user.span)]


def _closed(service: Service, one: Judgement, target: Definition) -> list[Finding]:
    """Files of secrets and configMaps that only root can read, to whom they belong unless fsGroup is set.

    https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions.
    """
    before = one.subject.before
    already = one.subject.state == "pending" and before is not None and bool(before.uid)
    if not target.uid or already or any(line.keyword == "USER" for line in service.lines):
        return []
    return [
        said(
            "DHI904",
            f"{service.name} has files at {mount.path} that root alone may read (mode {mount.mode:04o}), and "
            f"{one.subject.image} runs as {one.subject.who}: set fsGroup: {target.gid} in the securityContext of the pod",
            f"{target.source} runs as {target.user} ({target.uid})",
            mount.span,
        )
        for mount in service.running.mounts
        if mount.mode is not None and not mount.mode & 0o004 and not mount.grouped
    ]


def _sealed(service: Service, one: Judgement, target: Definition) -> list[Finding]:
    """Places that the program writes to, and can not: nothing is mounted there, or what is hides them."""
    row = next(
        (
            row
            for row in _WRITTEN
            if (row.image, row.distro) == (target.image, target.distro) and target.release in row.releases
        ),
        None,
    )
    running = service.running
    if row is None or target.variant != "runtime" or not target.source.startswith("image/"):
        return []
    if row.config and any(below(row.config, mount.path) for mount in running.mounts):
        return []
    starts = [line.text for line in service.lines if line.keyword in {"CMD", "ENTRYPOINT"}]
    if any(word in text for text in starts for word in row.words):
        return []
    state = [(place, _over(running.mounts, place)) for place in row.places]
    bad = [(place, mount) for place, mount in state if not _open(place, mount)]
    if row.any_of and len(bad) < len(state):
        return []
    both = " or " if row.any_of else " and "
    evidence = f"{target.source}: {both.join(row.places)} {row.why}"
    hiding = [(place, mount) for place, mount in bad if mount is not None and mount.writable]
    closed = [place for place, mount in bad if mount is None or not mount.writable]
    what = "an emptyDir" if running.pod else "a tmpfs"
    image = one.subject.image
    found = [
        said(
            "DHI904",
            f"{service.name} has an empty directory at {mount.path}, and {image} writes to {place}, which that hides: "
            f"mount {what} at {place}",
            evidence,
            mount.span,
        )
        for place, mount in hiding
    ]
    if running.read_only is not None and closed:
        where = "there" if len(closed) == 1 or row.any_of else "at both"
        text = f"{service.name} has a read-only root file system, and {image} writes to {both.join(closed)}: mount {what} {where}"
        found.append(said("DHI904", text, evidence, running.read_only))
    return found


def _over(mounts: Sequence[Mount], place: str) -> Mount | None:
    """The mount that `place` is in, the nearest; ``/var/run`` is ``/run``."""
    found = [mount for mount in mounts if mount.path.startswith("/") and below(place, _real(mount.path))]
    return max(found, key=lambda mount: len(_real(mount.path)), default=None)


def _real(path: str) -> str:
    clean = path.rstrip("/") or "/"
    return f"/run{clean.removeprefix('/var/run')}" if below(clean, "/var/run") else clean


def _open(place: str, mount: Mount | None) -> bool:
    """Whether `place`, in `mount`, is there and can be written to, as far as is known."""
    return mount is not None and mount.writable and (not mount.empty or _real(mount.path) == place)

"""Image references by the grammar of the distribution project, with Docker's defaults for short names.

Grammar: https://github.com/distribution/reference (``reference := name [":" tag] ["@" digest]``).
"""

from __future__ import annotations

from .._pattern import regex
from .._record import NamedTuple

DEFAULT_DOMAIN = "docker.io"
MAX_NAME = 255  # characters of domain and path together, as the distribution project limits them

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:]+\])"
_DOMAIN = regex(rf"({_HOST})(?::([0-9]+))?\Z")
_COMPONENT = regex(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*\Z")
_TAG = regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_DIGEST = regex(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}\Z")
_DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
_ARCHITECTURES = frozenset(
    {
        "amd64",
        "arm32v5",
        "arm32v6",
        "arm32v7",
        "arm64v8",
        "i386",
        "ppc64le",
        "riscv64",
        "s390x",
        "mips64le",
        "winamd64",
    }
)
_BITNAMI = frozenset({"bitnamilegacy", "bitnamisecure"})


class InvalidReferenceError(ValueError):
    """The text is not an image reference; the message says which part is wrong."""


class Reference(NamedTuple):
    """An image reference as it was written: `domain` (None where it was left out), `path`, `tag` and `digest`.

    ``str()`` gives back the parsed text, byte for byte.
    """

    domain: str | None
    path: str
    tag: str | None
    digest: str | None

    def __str__(self) -> str:
        """The reference as it was written."""
        text = self.path if self.domain is None else f"{self.domain}/{self.path}"
        if self.tag is not None:
            text += f":{self.tag}"
        if self.digest is not None:
            text += f"@{self.digest}"
        return text

    @property
    def repository(self) -> str:
        """Normal form without tag and digest: ``node`` is ``docker.io/library/node``."""
        domain = self.domain or DEFAULT_DOMAIN
        path = self.path
        if domain in _DOCKER_HUB:
            domain = DEFAULT_DOMAIN
            if "/" not in path:
                path = f"library/{path}"
        return f"{domain}/{path}"

    @property
    def familiar(self) -> str:
        """The short form of `repository`: ``docker.io/library/node`` is ``node``."""
        name = self.repository
        if name.startswith("docker.io/library/"):
            return name[18:]
        if name.startswith("docker.io/"):
            return name[10:]
        return name

    @property
    def upstream(self) -> str:
        """The familiar name of the upstream repository, seen through mirrors and architecture prefixes.

        ``mirror.gcr.io/library/node``, ``public.ecr.aws/docker/library/node`` and ``arm64v8/node`` are all ``node``;
        Bitnami's moved namespaces are ``bitnami/``; ``cgr.dev/<organisation>/`` is ``cgr.dev/chainguard/``;
        ``k8s.gcr.io`` is ``registry.k8s.io``.
        """
        name = self.familiar
        if name.startswith("mirror.gcr.io/"):
            name = name[14:]
        elif name.startswith("public.ecr.aws/docker/"):
            name = name[22:]
        elif name.startswith("public.ecr.aws/bitnami/"):
            name = name[15:]
        elif name.startswith("k8s.gcr.io/"):
            name = "registry.k8s.io/" + name[11:]
        elif name.startswith("registry.redhat.io/"):
            name = "registry.access.redhat.com/" + name[19:]
        elif name.startswith("cgr.dev/"):
            name = "cgr.dev/chainguard/" + name.rsplit("/", 1)[1]
        if name.startswith("library/"):
            name = name[8:]
        first, slash, rest = name.partition("/")
        if slash and "/" not in rest:
            if first in _ARCHITECTURES:
                return rest
            if first in _BITNAMI:
                return f"bitnami/{rest}"
        return name


def parse_reference(text: str) -> Reference:
    """Parse `text`; raises `InvalidReferenceError` where it is not a reference."""
    rest = text
    digest = tag = None
    if "@" in rest:
        rest, digest = rest.split("@", 1)
        if len(digest) > MAX_NAME or not _DIGEST.match(digest):
            raise InvalidReferenceError(f"invalid digest in image reference: {digest!r}")
    colon = rest.rfind(":")
    if colon > rest.rfind("/"):
        rest, tag = rest[:colon], rest[colon + 1 :]
        if not _TAG.match(tag):
            raise InvalidReferenceError(f"invalid tag in image reference: {tag!r}")
    if len(rest) > MAX_NAME:
        raise InvalidReferenceError(f"image name is longer than {MAX_NAME} characters")
    domain = None
    first, slash, remainder = rest.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        if not all(map(_is_plain, first.split("."))) and not _DOMAIN.match(first):
            raise InvalidReferenceError(f"invalid registry in image reference: {first!r}")
        domain, rest = first, remainder
    for component in rest.split("/"):
        if not (_is_plain(component) and component == component.lower()) and not _COMPONENT.match(component):
            raise InvalidReferenceError(f"invalid image name: {rest!r}")
    return Reference(domain, rest, tag, digest)


def _is_plain(text: str) -> bool:
    """Whether `text` has but ASCII letters and digits, as most parts of references have: no pattern is needed for these."""
    return text.isascii() and text.isalnum()

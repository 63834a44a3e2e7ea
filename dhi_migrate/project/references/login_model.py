"""Registries that hardened images are pulled from, and whether a login names one of them: yes, no, or perhaps.

The community registry is dhi.io, which gives nothing to whoever is not logged in (https://docs.docker.com/dhi/how-to/use/). With
a mirror in the configuration (``registry``) its references count as well, and the login that they take is that of its host.
"""

from __future__ import annotations

import fnmatch

from ..._pattern import regex
from ..._record import NamedTuple
from ...dockerfile import build_graph, parse
from ...images import InvalidReferenceError, parse_reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal

    from ...dockerfile import Span
    from .model import ProjectTree

DHI = "dhi.io"
"""The registry of the community images."""

HUB = "docker.io"
"""What a login without the name of a registry is for."""

MAX_DOCKERFILE = 256 * 1024
"""Largest Dockerfile that is read, in bytes."""

MAX_EXPANSIONS = 20
"""Most variables of one text that are put in."""

_HUB_NAMES = frozenset({"", "docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com"})
_MARK = "hardened-name"
# "$X", "${X}", "${X:-y}", "<< parameters.x >>", "${{ x }}" and what a command prints: what is not known before it runs
_UNKNOWN = regex(
    r"\$\{\{[^}]{0,200}\}\}|\$\{[^}]{0,200}\}|\$\([^)]{0,200}\)|\$[A-Za-z_]\w{0,100}|<<[^>]{0,200}>>|`[^`]{0,200}`"
)
_VARIABLE = regex(r"\$(?:\{([A-Za-z_]\w{0,100})\}|([A-Za-z_]\w{0,100}))")
# Variables of GitLab itself, which hold its own registries: https://docs.gitlab.com/ci/variables/predefined_variables/
_GITLAB = regex(r"CI_(?:REGISTRY|DEPENDENCY_PROXY|SERVER|TEMPLATE_REGISTRY)")


class Registries:
    """The registries of hardened images: dhi.io, and the mirror that `template` (the setting ``registry``) names."""

    def __init__(self, template: str) -> None:
        """Take the `template`, which holds ``{name}``; one that makes no reference has no mirror."""
        self._prefix = self._suffix = self._host = ""
        try:
            mirror = parse_reference(template.replace("{name}", _MARK))
        except InvalidReferenceError:
            return
        prefix, mark, suffix = mirror.repository.partition(_MARK)
        if mark and (suffix or prefix not in {"docker.io/", "docker.io/library/", f"{DHI}/"}):
            self._prefix, self._suffix, self._host = prefix, suffix, mirror.repository.partition("/")[0]

    @property
    def hosts(self) -> tuple[str, ...]:
        """All of them, dhi.io first."""
        return (DHI, self._host) if self._host else (DHI,)

    def host(self, text: str) -> str | None:
        """The registry that the image `text` is pulled from if it is a hardened one; None for any other."""
        try:
            reference = parse_reference(text)
        except InvalidReferenceError:
            return None
        if reference.domain == DHI:
            return DHI
        name = reference.repository
        inside = len(name) > len(self._prefix) + len(self._suffix)
        if self._prefix and inside and name.startswith(self._prefix) and name.endswith(self._suffix):
            return self._host
        return None

    def named_in(self, data: bytes) -> bool:
        """Whether `data` can name a hardened image at all: a test that is quick and never misses one."""
        if DHI.encode() in data:
            return True
        inner = self._prefix.removeprefix("docker.io/").removeprefix("library/")
        return bool(self._prefix) and (inner.encode() in data)


class Use(NamedTuple):
    """A hardened image, as written but for its digest, and the `host` that it is pulled from.

    `base` tells that a stage is built on it, or a service runs it; else files are copied from it.
    """

    image: str
    host: str
    base: bool = True


class Need(NamedTuple):
    """A place of a file, `span`, where an image of `host` is pulled and nothing is known to log in there.

    `message` says what, and which step to add. `kind` "forks" is a login that pull requests of forks cannot do.
    """

    span: Span
    message: str
    host: str
    kind: Literal["missing", "forks"] = "missing"


class Answer(NamedTuple):
    """Whether something logs in to a registry; `perhaps` is the text that decides it where that is not known."""

    yes: bool = False
    perhaps: str = ""

    def __or__(self, other: Answer) -> Answer:
        """Either of both; what is sure wins."""
        return Answer(self.yes or other.yes, self.perhaps or other.perhaps)


NO, YES = Answer(), Answer(True)


def names(written: str, host: str, given: Mapping[str, str]) -> Answer:
    """Whether `written`, the registry of a login ("" for none), is `host`; `given` are the variables whose values are known."""
    text = expand(written.strip().strip("\"'"), given)
    unknown = _UNKNOWN.search(text)
    for scheme in ("https://", "http://"):
        text = text.removeprefix(scheme)
    if unknown is None:
        name = text.partition("/")[0].lower()
        return Answer(name == host or (host == HUB and name in _HUB_NAMES))
    if host == DHI:
        if _GITLAB.search(text) is not None:
            return NO
        if "dhi" in text.lower() or "hardened" in text.lower():
            return YES
    pattern = _UNKNOWN.sub("*", text.replace("*", "").replace("[", "").replace("?", "")).partition("/")[0]
    return Answer(False, text) if fnmatch.fnmatchcase(host, pattern) else NO


def expand(text: str, given: Mapping[str, str]) -> str:
    """`text` with the variables of `given` put in; others stay."""
    for _ in range(MAX_EXPANSIONS):
        match = next((one for one in _VARIABLE.finditer(text) if (one[1] or one[2]) in given), None)
        if match is None or len(text) > 2000:
            break
        text = f"{text[: match.start()]}{given[match[1] or match[2]]}{text[match.end() :]}"
    return text


def hardened_uses(data: bytes, registries: Registries) -> Iterator[Use]:
    """The hardened images that a Dockerfile with the bytes `data` builds on, and then those that it copies from."""
    if len(data) > MAX_DOCKERFILE or not registries.named_in(data):
        return
    graph = build_graph(parse(data))
    texts = [(stage.base.reference.text, True) for stage in graph.stages if stage.base.kind == "image"]
    texts += [(edge.image.text, False) for edge in graph.edges if edge.image is not None]
    for text, base in texts:
        host = registries.host(text) if text is not None else None
        if text is not None and host is not None:
            yield Use(text.partition("@")[0], host, base)


def hardened_base(path: str, tree: ProjectTree | None, registries: Registries) -> Use | None:
    """The first hardened image that the Dockerfile at `path` builds on or copies from; None where there is none or no file."""
    data = tree.read(path) if tree is not None else None
    return next(hardened_uses(data, registries), None) if data is not None else None


def open_to_some(host: str) -> str:
    """What to add to a message about a mirror, which may let in whoever asks; "" for the registries that do not."""
    return "" if host in {DHI, HUB} else f"; where {host} lets everyone in who can reach it, nothing is missing"

"""How references to hardened images are written, and how they are recognised.

Known spellings on input: ``dhi.io/<name>`` (the community registry), ``<anything>/dhi-<name>`` (mirrors take the
prefix), ``docker/hardened-<name>`` (an older form), and whatever the configured template makes.
"""

from __future__ import annotations

from .._record import NamedTuple
from .reference import InvalidReferenceError, Reference, parse_reference

DEFAULT_TEMPLATE = "dhi.io/{name}"


class HardenedName(NamedTuple):
    """A recognised hardened image: its `name` in the catalog, and a `problem` if the spelling cannot be pulled."""

    name: str
    problem: str | None = None


class Spelling:
    """The template by which hardened references are written (``dhi.io/{name}``), and its inverse."""

    __slots__ = ("_prefix", "_suffix", "template")

    def __init__(self, template: str = DEFAULT_TEMPLATE) -> None:
        """Take a `template` holding ``{name}`` once; raises ValueError where it does not make valid references."""
        if template.count("{name}") != 1 or template.count("{") != 1 or template.count("}") != 1:
            raise ValueError(f"a registry template holds {{name}} exactly once: {template!r}")
        self.template = template
        self._prefix, self._suffix = template.split("{name}")
        try:
            reference = parse_reference(template.replace("{name}", "name"))
        except InvalidReferenceError as error:
            raise ValueError(f"the registry template does not make an image reference: {error}") from None
        if reference.tag or reference.digest:
            raise ValueError(f"a registry template names no tag and no digest: {template!r}")

    def write(self, name: str, tag: str) -> str:
        """The reference of the hardened image `name` with `tag`."""
        return f"{self._prefix}{name}{self._suffix}:{tag}"

    def read(self, reference: Reference) -> HardenedName | None:
        """The hardened image that `reference` names, or None for any other image."""
        written = str(reference._replace(tag=None, digest=None))
        prefix, suffix = self._prefix, self._suffix
        if len(written) > len(prefix) + len(suffix) and written.startswith(prefix) and written.endswith(suffix):
            name = written[len(prefix) : len(written) - len(suffix)]
            if "/" not in name and (
                prefix.rstrip("/") not in {"", "docker.io", "docker.io/library", "library"} or suffix
            ):
                return HardenedName(name)
        domain, path = reference.domain, reference.path
        if domain == "dhi.io":
            if "/" not in path:
                return HardenedName(path)
            last = path.rsplit("/", 1)[1]
            return HardenedName(last, f"dhi.io has no namespaces: write dhi.io/{last}")
        last = path.rsplit("/", 1)[-1]
        if "/" not in path:
            return None
        if last.startswith("dhi-") and len(last) > 4:
            return HardenedName(last[4:])
        if domain in {None, "docker.io"}:
            if path.startswith("docker/hardened-"):
                return HardenedName(last[9:])
            if path.startswith("dhi/"):
                return HardenedName(
                    last, f"dhi/{last} is a name for mirroring only and cannot be pulled: write dhi.io/{last}"
                )
        return None

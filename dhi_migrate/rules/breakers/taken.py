"""Files of the image itself that other stages take: ``COPY --from=build /usr/share/zoneinfo ...``.

What a stage makes for others lies in directories of its own. A path below the system's directories that no instruction of
the stage names was part of the upstream image, and a hardened image leaves most of that out.
"""

from __future__ import annotations

from .model import Breaker, Move
from .programs import known_programs

_SYSTEM = ("/usr", "/etc", "/bin", "/sbin", "/lib", "/lib64", "/var", "/opt", "/root", "/home")
# Package roots that hold a path; by the definitions of the hardened catalog.
_PACKAGES = {
    "/etc/ssl/certs": ("ca-certificates", "ca-certificates-bundle"),
    "/etc/ssl": ("ca-certificates", "ca-certificates-bundle"),
    "/usr/share/ca-certificates": ("ca-certificates",),
    "/usr/local/share/ca-certificates": ("ca-certificates",),
    "/usr/share/zoneinfo": ("tzdata",),
}
# In every image: https://docs.docker.com/dhi/ images have their accounts in these files.
_ALWAYS = ("/etc/passwd", "/etc/group")


def taken_breakers(move: Move) -> list[Breaker]:
    """Paths that others take from these stages and that are not known to be in the hardened image."""
    found = []
    texts = [
        instruction.original + "".join(heredoc.content for heredoc in instruction.heredocs)
        for stage in move.stages
        for instruction in stage.instructions
        if instruction.keyword in {"RUN", "COPY", "ADD", "WORKDIR", "ENV", "ARG", "VOLUME"}
    ]
    for edge in move.taken:
        for source in edge.sources:
            path = "/" + source.strip("\"'").lstrip("/")
            if not _of_image(path) or _made(path, texts) or _listed(move, path):
                continue
            text = f"{path} comes out of the upstream image, and is not known to be in {move.image}"
            found.append(Breaker(edge.instruction.span, text, False))
    return found


def _of_image(path: str) -> bool:
    return "$" not in path and any(path == top or path.startswith(f"{top}/") for top in _SYSTEM)


def _made(path: str, texts: list[str]) -> bool:
    """Whether an instruction of the stages names the path, or a directory above it that is not the system's."""
    names = [path.rstrip("/")]
    while names[-1].count("/") > 3:
        names.append(names[-1].rpartition("/")[0])
    directory = path.rpartition("/")[0]
    if directory.count("/") == 2 and not directory.startswith(("/usr/", "/etc/", "/lib/", "/var/")):
        names.append(directory)  # /opt/app, /home/me
    return any(name in text for name in names for text in texts)


def _listed(move: Move, path: str) -> bool:
    if path in _ALWAYS:
        return True
    packages = {package.partition("=")[0] for package in move.definition.packages}
    for place, wanted in _PACKAGES.items():
        if (path == place or path.startswith(f"{place}/")) and packages & set(wanted):
            return True
    if path.startswith(("/usr/local/bin/", "/usr/bin/", "/bin/")) and path.count("/") < 5:
        return path in {entry.path for entry in move.definition.paths} | {
            f"{prefix}/bin/{name}"
            for prefix in move.definition.prefix.values()
            for name in known_programs(move.definition)
        }
    return any(entry.path.rstrip("/") == path.rstrip("/") for entry in move.definition.paths)

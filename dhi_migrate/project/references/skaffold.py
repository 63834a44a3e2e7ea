"""skaffold.yaml: artifacts with a Dockerfile, its target and build arguments, https://skaffold.dev/docs/references/yaml/."""

from __future__ import annotations

from .compose import arguments
from .model import folder_of, join
from .service import Build, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .yaml_tree import Node

MAX_ARTIFACTS = 300
"""Most artifacts of one document that are looked at."""


def skaffold_services(root: Node, path: str) -> Iterator[Service]:
    """The artifacts of a configuration and of its profiles, as what they build."""
    folder = folder_of(path)
    for part in (root, *root.each("profiles")[:50]):
        build = part.get("build") if part.kind == "map" else None
        for artifact in build.each("artifacts")[:MAX_ARTIFACTS] if build is not None and build.kind == "map" else ():
            docker = next((one for name in ("docker", "kaniko") if (one := artifact.get(name)) is not None), None)
            context = join(folder, artifact.value("context") or ".")
            if docker is None or context is None or docker.kind != "map":
                continue
            inside = join(context, docker.value("dockerfile") or "Dockerfile")
            target = docker.value("target")
            if inside is None or "{{" in (target or ""):
                continue
            given = tuple(
                (name, None if value is not None and "{{" in value else value, node)
                for name, value, node in arguments(docker.get("buildArgs"))
            )
            image = artifact.get("image")
            tags = (image,) if image is not None and image.kind == "scalar" else ()
            built = Build(context, inside, None, given, target, docker.span)
            yield Service("artifact", None, build=built, tags=tags)

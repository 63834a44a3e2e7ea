"""DHI901: workflows that pull hardened images of dhi.io and never log in to it.

The registry gives nothing to whoever is not logged in: https://docs.docker.com/dhi/. A job is looked at as a whole: a
login in one of its steps is enough for the builds behind it. What a job builds is followed to the Dockerfile; an image of a
mirror (``--registry``) needs the login of that mirror, which is not judged.
"""

from __future__ import annotations

import posixpath
import shlex
from typing import TYPE_CHECKING

from ..._pattern import regex
from ...dockerfile import build_graph, parse
from ...images import InvalidReferenceError, parse_reference
from ...rules.findings import Finding
from ...rules.registry import rule
from .model import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import ProjectTree
    from .yaml_tree import Node

REGISTRY = "dhi.io"
"""The registry that is logged in to."""

MAX_STEPS = 300
"""Most steps of one job that are looked at."""

MAX_DOCKERFILE = 256 * 1024
"""Largest Dockerfile that is read, in bytes."""

_LOGIN = regex(r"\b(?:docker|podman|buildah|skopeo|crane)\s+(?:auth\s+)?login\b[^\n]{0,300}\bdhi\.io\b")
_BUILD = regex(r"\bdocker\s+(?:buildx\s+|image\s+|builder\s+)?build\b([^\n;&|]{0,1000})")
_CONTINUED = regex(r"\\\r?\n")
_STEP = (
    "uses: docker/login-action@v3 with registry: dhi.io, username: ${{ vars.DOCKER_USERNAME }} and "
    "password: ${{ secrets.DOCKER_TOKEN }}"
)


def login_findings(root: Node, tree: ProjectTree | None) -> list[Finding]:
    """At most one finding a job of the workflow `root`: where it first needs an image of dhi.io without a login."""
    found: list[Finding] = []
    forks = _pull_requests(root)
    jobs = root.get("jobs")
    for _, job in jobs.entries() if jobs is not None else ():
        if job.kind == "map":
            one = _job(job, tree, forks)
            if one is not None:
                found.append(one)
    return found


def _job(job: Node, tree: ProjectTree | None, forks: bool) -> Finding | None:
    for node, image in _pulled(job):
        if _of_registry(image):
            message = (
                f"{image} is pulled before any step, so that its own credentials have to log in to {REGISTRY}: add credentials "
                "with username: ${{ vars.DOCKER_USERNAME }} and password: ${{ secrets.DOCKER_TOKEN }}"
            )
            return _finding(node, message, forks)
    for step in job.each("steps")[:MAX_STEPS]:
        if step.kind != "map":
            continue
        if _logs_in(step, tree):
            return None
        built = _built(step)
        if built is None:
            continue
        node, dockerfile = built
        base = _hardened_base(dockerfile, tree)
        if base is not None:
            built_on = f"the job builds {dockerfile.removeprefix('./')} on {base.partition('@')[0]}"
            message = f"{built_on}, and does not log in to {REGISTRY}: before it, add a step, {_STEP}"
            return _finding(node, message, forks)
    return None


def _finding(node: Node, message: str, forks: bool) -> Finding:
    known = rule("DHI901")
    if forks:
        message += "; a pull request of a fork has no secrets, so it can not pull the image"
    evidence = "pulling from dhi.io needs a login: https://docs.docker.com/dhi/"
    return Finding("DHI901", known.name, known.severity, message, evidence, None, node.span)


def _pull_requests(root: Node) -> bool:
    """Whether pull requests start the workflow. YAML 1.1 reads the key ``on`` as true; its text is what counts here."""
    on = root.get("on")
    if on is None:
        return False
    return (
        on.text == "pull_request"
        or any(one.text == "pull_request" for one in on.items)
        or any(key.text == "pull_request" for key, _ in on.pairs)
    )


def _pulled(job: Node) -> Iterator[tuple[Node, str]]:
    """The images that the runner pulls itself, for a container or a service without credentials."""
    container, services = job.get("container"), job.get("services")
    group = [container] if container is not None else []
    group += [one for _, one in services.entries()] if services is not None and services.kind == "map" else []
    for one in group:
        image = one.get("image") if one.kind == "map" else one
        if image is not None and image.kind == "scalar" and (one.kind != "map" or one.get("credentials") is None):
            yield image, image.text


def _of_registry(text: str) -> bool:
    try:
        return parse_reference(text).domain == REGISTRY
    except InvalidReferenceError:
        return False


def _logs_in(step: Node, tree: ProjectTree | None) -> bool:
    """Whether a step logs in to the registry, or may do so: an expression, or an action of the repository, can hide that."""
    uses, run = step.value("uses") or "", step.value("run") or ""
    if "login" in uses:
        inputs = step.get("with")
        given = [inputs.value(name) or "" for name in ("registry", "registry-auth")] if inputs is not None else []
        return any(REGISTRY in text or "${{" in text.partition("\n")[0] for text in given)
    if uses.startswith("./"):
        folder = join("", uses)
        for name in ("action.yml", "action.yaml"):
            data = tree.read(f"{folder}/{name}") if tree is not None else None
            if data is not None and b"login" in data:
                return True
    return _LOGIN.search(_CONTINUED.sub(" ", run)) is not None


def _built(step: Node) -> tuple[Node, str] | None:
    """The node of a step that builds an image, and the path of its Dockerfile from the top of the repository."""
    uses, inputs = step.get("uses"), step.get("with")
    if uses is not None and uses.text.startswith("docker/build-push-action@"):
        context = (inputs.value("context") if inputs is not None else None) or "."
        file = inputs.value("file") if inputs is not None else None
        inside = (
            join("", file)
            if file is not None
            else join(context.strip("/"), "Dockerfile")
            if "$" not in context
            else None
        )
        return (uses, inside) if inside is not None else None
    run = step.get("run")
    match = _BUILD.search(_CONTINUED.sub(" ", run.text)) if run is not None and run.kind == "scalar" else None
    if run is None or match is None:
        return None
    folder = join("", step.value("working-directory") or "")
    inside = _argument(match[1], folder) if folder is not None else None
    return (run, inside) if inside is not None else None


_SWITCHES = frozenset(
    {"--pull", "--no-cache", "--push", "--load", "--quiet", "-q", "--rm", "--squash", "--force-rm", "--compress"}
)


def _argument(text: str, folder: str) -> str | None:
    """The Dockerfile that the words behind ``docker build`` name, seen from `folder`; None where a variable decides."""
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    file, context, place = None, None, 0
    while place < len(words):
        word = words[place]
        name, sign, value = word.partition("=")
        if word.startswith("-") and not sign and word not in _SWITCHES:
            value = words[place + 1] if place + 1 < len(words) else ""
            place += 1
        if name in {"-f", "--file"}:
            file = value
        elif not word.startswith("-"):
            context = word
        place += 1
    if file is not None:
        return join(folder, file)
    inside = join(folder, context) if context is not None else None
    return posixpath.join(inside, "Dockerfile") if inside is not None else None


def _hardened_base(path: str, tree: ProjectTree | None) -> str | None:
    """The first image of dhi.io that the Dockerfile at `path` builds on or copies from."""
    data = tree.read(path) if tree is not None else None
    if data is None or len(data) > MAX_DOCKERFILE or REGISTRY.encode() not in data:
        return None
    graph = build_graph(parse(data))
    texts = [stage.base.reference.text for stage in graph.stages if stage.base.kind == "image"]
    texts += [edge.image.text for edge in graph.edges if edge.image is not None]
    return next((text for text in texts if text is not None and _of_registry(text)), None)

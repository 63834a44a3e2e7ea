"""GitHub Actions: the container of a job, its services, and ``docker://`` steps.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax. Gitea and Forgejo read the same.
"""

from __future__ import annotations

import shlex

from ...dockerfile import Span
from .service import Lines, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .yaml_tree import Node

MAX_JOBS = 300
"""Most jobs of one workflow that are looked at."""

MAX_STEPS = 300
"""Most steps of one job that are looked at."""

_DOCKER = "docker://"
_IN_JOB = "the actions of the job run in it as well"


def workflow_services(root: Node) -> Iterator[Service]:
    """What the workflow `root`, or an action, starts."""
    jobs = root.get("jobs")
    for count, (name, job) in enumerate(jobs.entries() if jobs is not None else ()):
        if count == MAX_JOBS:
            break
        if job.kind == "map":
            yield from _job(name, job)
    runs = root.get("runs")
    if runs is not None and runs.kind == "map":
        yield from _steps(runs)
        image = runs.get("image")
        if image is not None and image.text.startswith(_DOCKER):
            yield _pulled(image, "action", runs)


def _job(name: str, job: Node) -> Iterator[Service]:
    found = job.get("container")
    image = found.get("image") if found is not None and found.kind == "map" else found
    if found is not None and image is not None and image.kind == "scalar":
        lines = Lines()
        lines.folder("/__w", image.span)
        if found.kind == "map":
            _settings(found, lines)
        for step in job.each("steps")[:MAX_STEPS]:
            run = step.get("run")
            if run is not None and run.kind == "scalar" and step.get("if") is None:
                lines.commands(run.text, run.span, "step")
        doubts = (
            (_IN_JOB, *lines.doubts)
            if any(step.get("uses") is not None for step in job.each("steps"))
            else lines.doubts
        )
        yield Service(f"job {name}", image, tuple(lines.lines), role="build", doubts=tuple(doubts))
    services = job.get("services")
    for count, (title, node) in enumerate(services.entries() if services is not None else ()):
        if count == MAX_JOBS or node.kind != "map":
            continue
        image = node.get("image")
        if image is not None and image.kind == "scalar":
            lines = Lines()
            _settings(node, lines)
            yield Service(
                f"service {title}", image, tuple(lines.lines), tuple(lines.checks), doubts=tuple(lines.doubts)
            )
    yield from _steps(job)


def _steps(node: Node) -> Iterator[Service]:
    for step in node.each("steps")[:MAX_STEPS]:
        uses = step.get("uses")
        if uses is not None and uses.kind == "scalar" and uses.text.startswith(_DOCKER):
            yield _pulled(uses, "step", step.get("with"))


def _pulled(node: Node, name: str, settings: Node | None) -> Service:
    """An image behind ``docker://``; the scalar that is left is the reference."""
    edit = Span(node.edit.start + len(_DOCKER), node.edit.end) if node.edit is not None else None
    image = node.reading(node.text[len(_DOCKER) :], edit)
    lines = Lines()
    for key, keyword in (("entrypoint", "ENTRYPOINT"), ("args", "CMD")):
        found = settings.get(key) if settings is not None and settings.kind == "map" else None
        if found is None:
            continue
        words = _split(found.text) if found.kind == "scalar" else [item.text for item in found.items]
        if words and "${{" not in " ".join(words):
            lines.start("ENTRYPOINT" if keyword == "ENTRYPOINT" else "CMD", words, found.span, key)
        else:
            lines.doubts.append(f"the {key} cannot be read")
    return Service(name, image, tuple(lines.lines), doubts=("it works on files of the runner", *lines.doubts))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text[:20_000])
    except ValueError:
        return []


def _settings(node: Node, lines: Lines) -> None:
    """Variables, ports, volumes and the options of ``docker create`` of a container or service."""
    env = node.get("env")
    for name, value in env.entries() if env is not None else ():
        if value.kind == "scalar":
            lines.variable(name, value.text, value.span)
    for item in node.each("ports"):
        lines.port(item.text[item.text.rfind(":") + 1 :], item.span)
    for item in node.each("volumes"):
        parts = item.text.split(":")
        if parts[-1].startswith("/") or len(parts) > 2:
            path = parts[1] if len(parts) > 1 else parts[0]
            lines.files("outside", path, item.span) if parts[0][:1] in {"/", "."} else lines.volume(path, item.span)
    options = node.get("options")
    if options is not None and options.kind == "scalar":
        _options(options, lines)


def _options(node: Node, lines: Lines) -> None:
    """https://docs.docker.com/reference/cli/docker/container/create/: the health command, the user, the entry point."""
    words = _split(node.text)
    for place, word in enumerate(words):
        name, sign, value = word.partition("=")
        if not sign and place + 1 < len(words):
            value = words[place + 1]
        if name == "--health-cmd" and value:
            lines.check(value, node.span, "health command")
        elif name in {"--user", "-u"} and value:
            lines.user(value, node.span)
        elif name == "--entrypoint" and value:
            lines.start("ENTRYPOINT", [value], node.span, "entrypoint")

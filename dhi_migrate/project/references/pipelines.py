"""GitLab CI and CircleCI: images of jobs, which run shell commands in them, and services beside these.

https://docs.gitlab.com/ci/yaml/, https://circleci.com/docs/configuration-reference/.
"""

from __future__ import annotations

from .service import Lines, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .yaml_tree import Node

MAX_JOBS = 300
"""Most jobs of one file that are looked at."""

MAX_COMMANDS = 100
"""Most commands of one job that are looked at."""

NO_JOB = frozenset({"default", "variables", "stages", "include", "workflow", "image", "services", "spec", "cache"})
"""Names at the top of a GitLab CI file that are no jobs."""
_CLONES = "CircleCI clones with the git and ssh of the image, which the -dev images lack"


def gitlab_services(root: Node) -> Iterator[Service]:
    """The images of a GitLab CI file: of the file as a whole, and of its jobs."""
    default = root.get("default")
    everywhere = [one for one in (default, root) if one is not None and one.kind == "map"]
    jobs = [(name, node) for name, node in root.entries() if node.kind == "map" and name not in NO_JOB][:MAX_JOBS]
    for one in everywhere:
        shared = [job for _, job in jobs if job.get("image") is None]
        yield from _gitlab(one, "the jobs", shared, everywhere)
    for name, job in jobs:
        yield from _gitlab(job, f"job {name}", [job], everywhere)


def _gitlab(node: Node, name: str, jobs: list[Node], everywhere: list[Node]) -> Iterator[Service]:
    found = node.get("image")
    image = found.get("name") if found is not None and found.kind == "map" else found
    if image is not None and image.kind == "scalar":
        lines = Lines()
        lines.folder("/builds", image.span)
        for job in jobs:
            for part in ("before_script", "script", "after_script"):
                commands = job.get(part) or next(
                    (one for root in everywhere if (one := root.get(part)) is not None), None
                )
                _commands(commands, lines)
            if job.get("extends") is not None:
                lines.doubts.append("a part of the job stands in what it extends")
        yield Service(name, image, tuple(lines.lines), role="build", doubts=tuple(lines.doubts))
    for item in node.each("services")[:MAX_JOBS]:
        image = item.get("name") if item.kind == "map" else item
        if image is None or image.kind != "scalar":
            continue
        lines = Lines()
        variables = item.get("variables") if item.kind == "map" else None
        for source in (node.get("variables"), variables):
            for key, value in source.entries() if source is not None and source.kind == "map" else ():
                if value.kind == "scalar":
                    lines.variable(key, value.text, value.span)
        for key in ("entrypoint", "command"):
            words = item.get(key) if item.kind == "map" else None
            if words is not None and words.items:
                lines.start(
                    "ENTRYPOINT" if key == "entrypoint" else "CMD", [one.text for one in words.items], words.span, key
                )
        yield Service(f"service of {name}", image, tuple(lines.lines), doubts=tuple(lines.doubts))


def _commands(node: Node | None, lines: Lines) -> None:
    if node is None:
        return
    if node.kind == "scalar":
        lines.commands(node.text, node.span, "script")
    for item in node.items[:MAX_COMMANDS]:
        if item.kind == "scalar":
            lines.commands(item.text, item.span, "script")
        else:
            lines.doubts.append("a part of the script stands elsewhere")


def circleci_services(root: Node) -> Iterator[Service]:
    """The images of the jobs and executors of a CircleCI file: the first runs the job, the others are services."""
    for field, what in (("jobs", "job"), ("executors", "executor")):
        group = root.get(field)
        for count, (name, node) in enumerate(group.entries() if group is not None else ()):
            if count == MAX_JOBS or node.kind != "map":
                continue
            for place, item in enumerate(node.each("docker")[:20]):
                image = item.get("image") if item.kind == "map" else None
                if image is not None and image.kind == "scalar":
                    yield _circleci(item, image, f"{what} {name}", node if place == 0 else None)


def _circleci(item: Node, image: Node, name: str, job: Node | None) -> Service:
    lines = Lines()
    if job is not None:
        lines.folder("/home/circleci/project", image.span)
        clones = not job.each("steps")
        for step in job.each("steps")[:MAX_COMMANDS]:
            clones = clones or step.text == "checkout" or step.get("checkout") is not None
            run = step.get("run") if step.kind == "map" else None
            text = run.get("command") if run is not None and run.kind == "map" else run
            if text is not None and text.kind == "scalar":
                lines.commands(text.text, text.span, "step")
        doubts = (_CLONES, *lines.doubts) if clones else tuple(lines.doubts)
        return Service(name, image, tuple(lines.lines), role="build", doubts=doubts)
    environment = item.get("environment")
    for key, value in environment.entries() if environment is not None and environment.kind == "map" else ():
        if value.kind == "scalar":
            lines.variable(key, value.text, value.span)
    for key in ("entrypoint", "command"):
        words = item.get(key)
        if words is not None:
            listed = [one.text for one in words.items] or words.text.split()
            lines.start("ENTRYPOINT" if key == "entrypoint" else "CMD", listed, words.span, key)
    user = item.get("user")
    if user is not None:
        lines.user(user.text, user.span)
    return Service(f"service of {name}", image, tuple(lines.lines), doubts=tuple(lines.doubts))

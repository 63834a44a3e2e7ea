"""CircleCI: images of jobs without ``auth``, and builds on hardened images without a login.

https://circleci.com/docs/guides/execution-managed/private-images/, https://circleci.com/docs/configuration-reference/.
"""

from __future__ import annotations

from .login_commands import Pull, Surroundings, logs_in, pulls
from .login_gitlab import step as command
from .login_model import NO, Answer, Need, hardened_base, names, open_to_some
from .model import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .login_model import Registries
    from .model import ProjectTree
    from .yaml_tree import Node

MAX_JOBS = 300
"""Most jobs, executors and commands of one file that are looked at."""

MAX_STEPS = 300
"""Most steps of one of them that are looked at."""

_KEYS = "username: $DOCKER_USERNAME and password: $DOCKER_TOKEN, variables of a context or of the project"


def circleci_needs(root: Node, tree: ProjectTree | None, registries: Registries) -> list[Need]:
    """The places of a configuration where a hardened image is pulled without ``auth``, or built on without a login."""
    found: list[Need] = []
    around = Surroundings(tree, registries, {})
    for field in ("jobs", "executors"):
        for name, node in _entries(root, field):
            for item in node.each("docker")[:20]:
                image = item.value("image") if item.kind == "map" else None
                host = registries.host(image) if image is not None else None
                place = item.get("image") if item.kind == "map" else None
                auth = ("auth", "aws_auth")
                if image is not None and host is not None and place is not None:
                    if any(item.get(one) is not None for one in auth):
                        continue
                    message = (
                        f"{image.partition('@')[0]} of {field.removesuffix('s')} {name} is pulled before any step, and has no "
                        f"auth for {host}: add auth with {_KEYS}"
                    )
                    found.append(Need(place.span, message + open_to_some(host), host))
    answers: dict[str, Answer] = {}
    for name, node, pull in _builds(root, around):
        answer = answers.setdefault(pull.host, _answer(root, pull.host, around))
        if not answer.yes:
            found.append(_need(name, node, pull, answer))
    return sorted(found, key=lambda one: one.span)


def _entries(root: Node, field: str) -> Iterator[tuple[str, Node]]:
    group = root.get(field)
    listed = list(group.entries())[:MAX_JOBS] if group is not None and group.kind == "map" else []
    return ((name, node) for name, node in listed if node.kind == "map")


def _steps(root: Node) -> Iterator[tuple[str, Node]]:
    """The steps of all jobs and commands of the file, with the names of these; those under conditions with them."""
    for field in ("jobs", "commands"):
        for name, node in _entries(root, field):
            waiting = list(node.each("steps")[:MAX_STEPS])
            count = 0
            while waiting and count < MAX_STEPS:
                one = waiting.pop(0)
                count += 1
                yield name, one
                for key in ("when", "unless"):
                    inner = one.get(key) if one.kind == "map" else None
                    waiting = [*(inner.each("steps") if inner is not None and inner.kind == "map" else ()), *waiting]


def _run(step: Node) -> tuple[Node, str] | None:
    """The command of a ``run`` step, and the directory that it runs in."""
    run = step.get("run") if step.kind == "map" else None
    text = run.get("command") if run is not None and run.kind == "map" else run
    if run is None or text is None or text.kind != "scalar":
        return None
    folder = run.value("working_directory") if run.kind == "map" else None
    return text, join("", (folder or ".").removeprefix("~/project").lstrip("/") or ".") or ""


def _builds(root: Node, around: Surroundings) -> Iterator[tuple[str, Node, Pull]]:
    """The first hardened image that each job or command pulls or builds on, by a script or by the orb for Docker."""
    seen: set[str] = set()
    for name, step in _steps(root):
        run = _run(step)
        pull = next(pulls(run[0].text, run[1], around), None) if run is not None else None
        place = run[0] if run is not None else step
        orb = step.get("docker/build") if step.kind == "map" else None
        if orb is not None and orb.kind == "map":
            path = join(join("", orb.value("path") or ".") or "", orb.value("dockerfile") or "Dockerfile")
            use = hardened_base(path, around.tree, around.registries) if path else None
            pull, place = (Pull(f"builds {path} on", use.image, use.host) if use is not None else None), orb
        if pull is not None and name not in seen:
            seen.add(name)
            yield name, place, pull


def _answer(root: Node, host: str, around: Surroundings) -> Answer:
    """Whether some step of the file logs in to `host`: a script, or ``docker/check`` of the orb for Docker."""
    found = NO
    for _, step in _steps(root):
        run = _run(step)
        if run is not None:
            found |= logs_in(run[0].text, run[1], host, around)
        elif step.text == "docker/check":
            found |= names("", host, {})
        elif step.kind == "map":
            orb = step.get("docker/check")
            found |= names(orb.value("registry") or "", host, {}) if orb is not None and orb.kind == "map" else NO
    return found


def _need(name: str, node: Node, pull: Pull, answer: Answer) -> Need:
    message = (
        f"{name} {pull.verb} {pull.image}, and nothing here logs in to {pull.host}: before it, add - run: "
        f"{command(pull.tool, pull.host)}, with variables of a context or of the project"
    )
    if answer.perhaps:
        message += f"; {answer.perhaps} may be that login"
    return Need(node.span, message + open_to_some(pull.host), pull.host)

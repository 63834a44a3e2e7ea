"""GitLab CI: jobs that run in hardened images or build on them, in a pipeline that never logs in to their registry.

https://docs.gitlab.com/ci/docker/using_docker_images/#access-an-image-from-a-private-container-registry,
https://docs.gitlab.com/ci/yaml/. A login anywhere in the pipeline counts: jobs inherit, extend and refer to each other. What
is set outside of the files (variables of the project, the runner) is not known, and said.
"""

from __future__ import annotations

from ..._record import NamedTuple
from ...dockerfile import Source
from .kinds import kind_of
from .login_commands import Surroundings, logs_in, pulls
from .login_model import NO, YES, Answer, Need, Registries, expand, open_to_some
from .model import join
from .pipelines import NO_JOB, gitlab_services
from .yaml_tree import parse_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .login_commands import Pull
    from .model import ProjectTree
    from .yaml_tree import Node

MAX_FILES = 40
"""Most files of one pipeline that are read."""

MAX_JOBS = 300
"""Most jobs of one file that are looked at."""

MAX_COMMANDS = 100
"""Most lines of one script that are looked at."""

TOP = ".gitlab-ci.yml"
"""The file that GitLab reads by itself, at the top of the repository."""

_SCRIPTS = ("before_script", "script", "after_script")
_AUTH = "DOCKER_AUTH_CONFIG"


class _Pipeline(NamedTuple):
    """The files of one pipeline, by their paths, and whether it includes others that are not in the repository."""

    files: dict[str, tuple[Node, ...]]
    more: bool


def gitlab_needs(path: str, data: bytes, tree: ProjectTree | None, registries: Registries) -> list[Need]:
    """The places of the file at `path` where a hardened image is pulled and its pipeline does not log in.

    The pipeline is that of the file at the top of the repository, if it takes `path` in; else the file is one by itself.
    """
    pipeline = _pipeline_of(path, data, tree)
    found = _needs(pipeline.files[path], pipeline, tree, registries)
    include = next((node for root in pipeline.files[path] if (node := root.get("include")) is not None), None)
    for name, documents in pipeline.files.items() if include is not None else ():
        text = tree.read(name) if kind_of(name) != "gitlab" and tree is not None else None
        if text is None or include is None:
            continue  # the others are judged by themselves
        for one in _needs(documents, pipeline, tree, registries):
            place = f"{name}:{Source(text).line_of(one.span.start)}"
            found.append(one._replace(span=include.span, message=f"{place}: {one.message}"))
    return sorted(found, key=lambda one: one.span)


def pipeline_files(path: str, data: bytes, tree: ProjectTree | None) -> list[str]:
    """The paths of the files of the pipeline that the file at `path` is a part of, itself among them."""
    return list(_pipeline_of(path, data, tree).files)


def _pipeline_of(path: str, data: bytes, tree: ProjectTree | None) -> _Pipeline:
    top = tree.read(TOP) if tree is not None and path != TOP else None
    pipeline = _pipeline(TOP, top, tree) if top is not None else None
    return _pipeline(path, data, tree) if pipeline is None or path not in pipeline.files else pipeline


def _needs(
    documents: tuple[Node, ...], pipeline: _Pipeline, tree: ProjectTree | None, registries: Registries
) -> list[Need]:
    """The places in the `documents` of one file of the `pipeline`."""
    given = _variables(pipeline)
    around = Surroundings(tree, registries, given)
    answers: dict[str, Answer] = {}
    found: list[Need] = []
    for span_node, name, image in _images(documents):
        text = expand(image, given)
        host = registries.host(text)
        if host is not None and not host.startswith("registry.gitlab."):
            answer = answers.setdefault(host, _answer(pipeline, host, around))
            if not answer.yes:
                found.append(_image_need(span_node, name, text.partition("@")[0], host, answer, more=pipeline.more))
    for node, name, pull in _builds(documents, around):
        answer = answers.setdefault(pull.host, _answer(pipeline, pull.host, around))
        if not answer.yes:
            found.append(_build_need(node, name, pull, answer, more=pipeline.more))
    return sorted(found, key=lambda one: one.span)


def _pipeline(path: str, data: bytes, tree: ProjectTree | None) -> _Pipeline:
    """The file at `path` with those of the repository that it takes in, directly or not."""
    files: dict[str, tuple[Node, ...]] = {}
    waiting, more = [(path, data)], False
    while waiting and len(files) < MAX_FILES:
        name, text = waiting.pop(0)
        if name in files:
            continue
        files[name] = tuple(one for one in parse_yaml(text).documents if one.kind == "map")
        for document in files[name]:
            local, elsewhere = _includes(document)
            more = more or elsewhere
            for one in local:
                for inside in _matching(one, tree):
                    found = tree.read(inside) if tree is not None else None
                    if found is not None:
                        waiting.append((inside, found))
                    else:
                        more = True
    return _Pipeline(files, more or bool(waiting))


def _includes(root: Node) -> tuple[list[str], bool]:
    """Paths of files of the repository that a file takes in, also for a child pipeline; and whether it takes in others."""
    local: list[str] = []
    more = False
    nodes = [root.get("include")]
    for _, job in root.entries():
        trigger = job.get("trigger") if job.kind == "map" else None
        nodes.append(trigger.get("include") if trigger is not None and trigger.kind == "map" else None)
    for node in nodes:
        for one in (node.items if node.kind == "list" else (node,)) if node is not None else ():
            text = one.text if one.kind == "scalar" else one.value("local")
            if text is not None and "://" not in text and "$" not in text:
                local.append(text)
            elif one.kind != "map" or one.get("template") is None:  # the templates of GitLab log in to its own registry
                more = True
    return local[:MAX_FILES], more


def _matching(pattern: str, tree: ProjectTree | None) -> list[str]:
    """The paths that `pattern` stands for; a star is one for the names of a directory."""
    path = join("", pattern.lstrip("/"))
    if path is None or "*" not in path:
        return [path] if path else [pattern]
    from fnmatch import fnmatchcase

    folder, _, last = path.rpartition("/")
    listed = tree.names(folder) if tree is not None and "*" not in folder else None
    if listed is None:
        return [pattern]
    return [f"{folder}/{name}".lstrip("/") for name in listed if fnmatchcase(name, last)][:MAX_FILES]


def _variables(pipeline: _Pipeline) -> dict[str, str]:
    """The variables that the files of a pipeline give a value, of the whole and of its jobs."""
    found: dict[str, str] = {}
    for documents in pipeline.files.values():
        for root in documents:
            for _, node in (("", root), *root.entries()):
                listed = node.get("variables") if node.kind == "map" else None
                for name, value in listed.entries() if listed is not None and listed.kind == "map" else ():
                    text = value.value("value") if value.kind == "map" else value.text
                    if text is not None:
                        found.setdefault(name, text)
    return found


def _answer(pipeline: _Pipeline, host: str, around: Surroundings) -> Answer:
    """Whether something in the pipeline logs in to `host`."""
    auth = around.given.get(_AUTH)
    found = NO
    if auth is not None:
        if host in expand(auth, around.given):
            return YES
        found = Answer(False, _AUTH) if "$" in auth else NO
    for documents in pipeline.files.values():
        for root in documents:
            for _, node in root.entries():
                for _, text in _scripts(node):
                    found |= logs_in(text, "", host, around)
                    if found.yes:
                        return YES
    return found


def _scripts(node: Node) -> Iterator[tuple[Node, str]]:
    """The shell texts of a job, of ``default`` or of what others refer to, each with the node that holds it."""
    if node.kind == "list" or (node.kind == "scalar" and "login" in node.text):
        yield node, _joined(node)
    for name in _SCRIPTS:
        part = node.get(name) if node.kind == "map" else None
        if part is not None:
            yield part, _joined(part)


def _joined(node: Node) -> str:
    """The lines of a script as one, since they run one after the other in one shell."""
    lines: list[str] = []
    for item in (node.items if node.kind == "list" else (node,))[:MAX_COMMANDS]:
        lines += [item.text] if item.kind == "scalar" else [one.text for one in item.items[:MAX_COMMANDS]]
    return "\n".join(lines)


def _images(documents: tuple[Node, ...]) -> Iterator[tuple[Node, str, str]]:
    """The images of the jobs and their services: the node, what it is of, and the text."""
    for root in documents:
        for service in gitlab_services(root):
            if service.image is not None:
                yield service.image, service.name, service.image.text


def _builds(documents: tuple[Node, ...], around: Surroundings) -> Iterator[tuple[Node, str, Pull]]:
    """The first hardened image that each job pulls or builds on in its script, with the line that does."""
    for root in documents:
        jobs = [(name, node) for name, node in root.entries() if node.kind == "map" and name not in NO_JOB][:MAX_JOBS]
        for name, job in jobs:
            found = None
            for part, text in _scripts(job):
                found = next(pulls(text, "", around), None)
                if found is not None:
                    yield _line(part, found, around), name, found
                    break


def _line(part: Node, pull: Pull, around: Surroundings) -> Node:
    """The item of a script that `pull` stands in, if it does so by itself; else the whole."""
    for item in part.items:
        if item.kind == "scalar" and pull in pulls(item.text, "", around):
            return item
    return part


def _image_need(node: Node, name: str, image: str, host: str, answer: Answer, *, more: bool) -> Need:
    message = (
        f"{image} of {name} is pulled by the runner before any script, and nothing here logs it in to {host}: set the CI/CD "
        f'variable {_AUTH} of the project or its group to {{"auths": {{"{host}": {{"auth": "<user:token in base64>"}}}}}}'
        f"; where it is set there, or the runner has a login, nothing is missing"
    )
    return Need(node.span, message + _doubts(answer, more=more), host)


def _build_need(node: Node, name: str, pull: Pull, answer: Answer, *, more: bool) -> Need:
    message = (
        f"job {name} {pull.verb} {pull.image}, and nothing here logs in to {pull.host}: add {step(pull.tool, pull.host)} before "
        "it, with DOCKER_USERNAME and DOCKER_TOKEN as masked CI/CD variables"
    )
    return Need(node.span, message + _doubts(answer, more=more) + open_to_some(pull.host), pull.host)


def _doubts(answer: Answer, *, more: bool) -> str:
    text = f"; {answer.perhaps} may be that login" if answer.perhaps else ""
    return text + ("; what is included from elsewhere is not read, and may log in" if more else "")


def step(tool: str, host: str) -> str:
    """The command that logs in to `host` for the `tool` that builds."""
    if tool == "kaniko":
        auth = "$(printf '%s:%s' \"$DOCKER_USERNAME\" \"$DOCKER_TOKEN\" | base64 | tr -d '\\n')"
        return f'echo "{{\\"auths\\":{{\\"{host}\\":{{\\"auth\\":\\"{auth}\\"}}}}}}" > /kaniko/.docker/config.json'
    return f'echo "$DOCKER_TOKEN" | {tool} login --username "$DOCKER_USERNAME" --password-stdin {host}'

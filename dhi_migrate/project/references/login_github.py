"""GitHub Actions: jobs that pull hardened images, and whether they log in before.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax. A job is a machine of its own, so that it is
looked at as a whole: a login in one of its steps is enough for the builds behind it. Containers and services are pulled
before the first step. Pull requests of forks get no secrets, and a login with one fails there.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple
from .login_commands import Pull, Surroundings, baked, logs_in, pulls
from .login_model import NO, Answer, Need, hardened_base, names, open_to_some
from .model import join
from .yaml_tree import parse_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .login_model import Registries
    from .model import ProjectTree
    from .yaml_tree import Node

MAX_JOBS = 300
"""Most jobs of one workflow that are looked at."""

MAX_STEPS = 300
"""Most steps of one job that are looked at."""

MAX_DEPTH = 3
"""Most actions of the repository that stand in each other."""

MAX_VALUES = 50
"""Most values of a matrix that are tried for one text."""

_DOCKER = "docker://"
_EXPRESSION = regex(r"\$\{\{\s{0,5}([\w.-]{1,100})\s{0,5}\}\}")
_SECRET = regex(r"\bsecrets\.(?!GITHUB_TOKEN\b)\w")
_GUARD = regex(
    r"fork|head\.repo|head_repository|event_name|pull_request|github\.repository|github\.actor|secrets\.|env\."
)
_LEFT_OUT = regex(
    r"event_name\s{0,5}!=\s{0,5}'pull_request'|event_name\s{0,5}==\s{0,5}'(?!pull)|github\.ref(?:_name)?\s{0,5}==|\(\s{0,5}github\.ref\b"
)
_FORK = regex(r"fork|head\.repo|github\.repository|github\.actor")
_PUBLIC = ("license", "licence", "copying", "contributing", "unlicense")


class _State(NamedTuple):
    """What a job has done so far: whether it is logged in, with a secret, and the condition that leaves pull requests out."""

    answer: Answer = NO
    secret: bool = False
    left_out: str = ""


def workflow_needs(root: Node, tree: ProjectTree | None, registries: Registries) -> list[Need]:
    """At most one place of each job of the workflow `root`, in the order of the file."""
    jobs = root.get("jobs")
    found: list[Need] = []
    known = variables(root.get("env"))
    for count, (_, job) in enumerate(jobs.entries() if jobs is not None else ()):
        if count == MAX_JOBS:
            break
        if job.kind == "map":
            one = _Job(job, known, tree, registries, pull_requests=_pull_requests(root)).need()
            if one is not None:
                found.append(one)
    return found


def variables(*nodes: Node | None) -> dict[str, str]:
    """The names and texts of mappings of variables, the later ones over the earlier."""
    found: dict[str, str] = {}
    for node in nodes:
        for name, value in node.entries() if node is not None and node.kind == "map" else ():
            if value.kind == "scalar":
                found[name] = value.text
    return found


class _Job:
    """One job, and what is known around it."""

    def __init__(
        self,
        job: Node,
        known: Mapping[str, str],
        tree: ProjectTree | None,
        registries: Registries,
        *,
        pull_requests: bool,
    ) -> None:
        self.job = job
        self.tree = tree
        self.registries = registries
        self.known = {**known, **variables(job.get("env"))}
        self.matrix = _matrix(job)
        guarded = _GUARD.search(job.value("if") or "") is not None
        self.forks = pull_requests and not guarded
        runner = job.get("runs-on")
        words = [runner.text, *(one.text for one in runner.items)] if runner is not None else []
        self.own_runner = "self-hosted" in words

    def need(self) -> Need | None:
        """The first place of the job where a hardened image is pulled without a login, or with one that forks cannot do."""
        later: Need | None = None
        for node, image, credentials in _pulled(self.job):
            for text in self.values(image):
                host = self.registries.host(text)
                if host is None:
                    continue
                if credentials is None:
                    return self.before_steps(node, text.partition("@")[0], host)
                if _SECRET.search(credentials.value("password") or "") and later is None:
                    later = self.for_forks(node, text.partition("@")[0], host)
        for step in self.job.each("steps")[:MAX_STEPS]:
            uses = step.get("uses") if step.kind == "map" else None
            if uses is not None and uses.text.startswith(_DOCKER):
                image = uses.text[len(_DOCKER) :].partition("@")[0]
                host = self.registries.host(image)
                if host is not None:
                    message = (
                        f"{image} is pulled before any step, and docker:// takes no credentials for {host}: log in with "
                        f"{_step(host)}, and start it with docker run"
                    )
                    return self.missing(uses, message, host)
        states: dict[str, _State] = {}
        return self.steps(self.job.each("steps")[:MAX_STEPS], "", states, 0) or later

    def steps(self, steps: tuple[Node, ...], folder: str, states: dict[str, _State], depth: int) -> Need | None:
        """The first place in `steps`; `states` has what is known of each registry, and is changed."""
        later: Need | None = None
        for step in steps:
            if step.kind != "map":
                continue
            for node, pull in self.pulls(step, folder):
                state = states.get(pull.host, _State())
                state = self.after(step, state, pull.host)  # a script can log in before it builds
                if not state.answer.yes:
                    return self.not_logged_in(node, pull, state)
                guarded = _GUARD.search(step.value("if") or "") is not None
                if later is None and not guarded and state.left_out and self.forks:
                    later = self.left_out(node, pull, state)
                elif later is None and not guarded and state.secret:
                    later = self.for_forks(node, pull.image, pull.host)
            for host in self.registries.hosts:
                states[host] = self.after(step, states.get(host, _State()), host)
            inner = self.action(step) if depth < MAX_DEPTH else None
            if inner is not None:
                outer, self.known = self.known, {**self.known, **self.inputs(step)}
                one = self.steps(inner, folder, states, depth + 1)
                self.known = outer
                if one is not None:
                    uses = step.get("uses")
                    one = one._replace(span=uses.span if uses is not None else step.span)
                    if one.kind == "missing":
                        return one
                    later = later or one
        return later

    def after(self, step: Node, state: _State, host: str) -> _State:
        """`state` after the `step`, for the registry `host`."""
        if state.answer.yes and not state.left_out:
            return state
        answer, secret = self.login(step, host)
        if not answer.yes:
            return state._replace(answer=state.answer | answer)
        condition = " ".join((step.value("if") or "").split())
        left_out = _LEFT_OUT.search(condition) is not None and _FORK.search(condition) is None
        return _State(answer, secret, condition if left_out else "")

    def login(self, step: Node, host: str) -> tuple[Answer, bool]:
        """Whether one step logs in to `host`, and whether it takes a secret to."""
        uses, run = step.value("uses") or "", step.value("run") or ""
        known = {**self.known, **variables(step.get("env"))}
        if run:
            folder = join("", step.value("working-directory") or "") or ""
            around = Surroundings(self.tree, self.registries, known)
            texts = " ".join((run, *known.values()))
            return logs_in(self.filled(run, known), folder, host, around), _SECRET.search(texts) is not None
        inputs = step.get("with")
        given = variables(inputs)
        if "login" in uses.partition("@")[0].lower():
            secret = any(_SECRET.search(text) for text in given.values())
            lines = given.get("registry-auth")
            if lines is not None:
                answer = Answer(host in lines, "" if host in lines or "${{" not in lines else "registry-auth")
                return answer, secret
            if "ecr" in uses and host.endswith("amazonaws.com"):
                return Answer(True), secret
            registry = given.get("registry", given.get("login-server", ""))
            return names(self.filled(registry, known), host, known), secret
        if uses.startswith("./") and self.action(step) is None:
            data = self.file_of(uses)
            if data is None or b"login" in data:
                return Answer(False, uses), False
        return NO, False

    def filled(self, text: str, known: Mapping[str, str]) -> str:
        """`text` with the expressions of known variables put in."""

        def value(name: str) -> str | None:
            return known.get(name[4:] if name.startswith("env.") else name)

        return _EXPRESSION.sub(lambda match: found if (found := value(match[1])) is not None else match[0], text)

    def values(self, text: str) -> list[str]:
        """`text` for each value of the matrix that it names; expressions that are not known stay."""
        texts = [self.filled(text, self.known).replace("${{ github.workspace }}", ".")]
        for match in list(_EXPRESSION.finditer(text))[:4]:
            listed = self.matrix.get(match[1].removeprefix("matrix."), []) if match[1].startswith("matrix.") else []
            if listed:
                texts = [one.replace(match[0], value) for one in texts for value in listed][:MAX_VALUES]
        return texts

    def file_of(self, uses: str) -> bytes | None:
        """The bytes of the description of the action `uses` of the repository."""
        folder = join("", uses)
        for name in ("action.yml", "action.yaml"):
            data = self.tree.read(f"{folder}/{name}") if self.tree is not None else None
            if data is not None:
                return data
        return None

    def action(self, step: Node) -> tuple[Node, ...] | None:
        """The steps of an action of the repository that is made of steps; None for any other step."""
        uses = step.value("uses") or ""
        data = self.file_of(uses) if uses.startswith("./") else None
        for document in parse_yaml(data).documents if data is not None else ():
            runs = document.get("runs") if document.kind == "map" else None
            if runs is not None and runs.get("steps") is not None:
                return runs.each("steps")[:MAX_STEPS]
        return None

    def inputs(self, step: Node) -> dict[str, str]:
        """The inputs of an action of the repository, as expressions name them, with their defaults."""
        data = self.file_of(step.value("uses") or "")
        found: dict[str, str] = {}
        for document in parse_yaml(data).documents if data is not None else ():
            listed = document.get("inputs") if document.kind == "map" else None
            for name, node in listed.entries() if listed is not None and listed.kind == "map" else ():
                found[f"inputs.{name}"] = (node.value("default") or "") if node.kind == "map" else ""
        for name, text in variables(step.get("with")).items():
            found[f"inputs.{name}"] = self.filled(text, self.known)
        return found

    def pulls(self, step: Node, folder: str) -> Iterator[tuple[Node, Pull]]:
        """The first hardened image that the step pulls or builds on, with the node that says so."""
        uses, run, inputs = step.get("uses"), step.get("run"), variables(step.get("with"))
        found: Pull | None = None
        known = {**self.known, **variables(step.get("env"))}
        around = Surroundings(self.tree, self.registries, known)
        if uses is not None:
            name = uses.text.partition("@")[0]
            if name.endswith("/build-push-action"):
                found = next(self.built(inputs), None)
            elif name == "docker/bake-action":
                place = join("", inputs.get("workdir", "."))
                found = next(baked(inputs.get("files", "").replace(",", "\n").split(), place or "", around), None)
            if found is not None:
                yield uses, found
        elif run is not None and run.kind == "scalar":
            for value in self.values(step.value("working-directory") or "."):
                place = join(folder, value)
                for text in self.values(run.text) if place is not None else ():
                    found = next(pulls(text, place or "", around), None)
                    if found is not None:
                        yield run, found
                        return

    def built(self, inputs: Mapping[str, str]) -> Iterator[Pull]:
        """What docker/build-push-action builds on."""
        context = inputs.get("context") or "."
        if context.startswith("{{defaultContext}}"):
            context = context.removeprefix("{{defaultContext}}").lstrip(":") or "."
        file = inputs.get("file")
        for text in self.values(file if file is not None else f"{context.rstrip('/')}/Dockerfile"):
            path = join("", text.lstrip("/") if file is None else text)
            use = hardened_base(path, self.tree, self.registries) if path else None
            if use is not None:
                yield Pull(f"builds {path} on", use.image, use.host)

    def before_steps(self, node: Node, image: str, host: str) -> Need:
        """A container or service without credentials."""
        message = (
            f"{image} is pulled before any step, so that its own credentials have to log in to {host}: add credentials "
            f"with {_credentials(host)}"
        )
        return self.missing(node, message, host)

    def not_logged_in(self, node: Node, pull: Pull, state: _State) -> Need:
        """A build, or something started, without a login before it."""
        built = f"the job {pull.verb} {pull.image}"
        message = f"{built}, and does not log in to {pull.host}: before it, add a step, {_step(pull.host)}"
        if state.answer.perhaps:
            message = (
                f"{built}, and whether it logs in to {pull.host} depends on "
                f"{_short(state.answer.perhaps)}: if it does not, add a step before it, {_step(pull.host)}"
            )
        return self.missing(node, message, pull.host)

    def missing(self, node: Node, message: str, host: str) -> Need:
        """A need, with what is to be said of forks, of runners and of mirrors."""
        if self.own_runner:
            message += "; a runner of your own may be logged in itself"
        if self.forks and host != "ghcr.io":
            message += "; a pull request of a fork has no secrets, so it can not pull the image"
        return Need(node.span, message + open_to_some(host), host)

    def left_out(self, node: Node, pull: Pull, state: _State) -> Need:
        """A login that pull requests do without, and a build that they do."""
        message = (
            f"the job {pull.verb} {pull.image} for pull requests too, and their login to {pull.host} is left out "
            f"(if: {_short(state.left_out)}): log in always, or leave out both"
        )
        return self.missing(node, message, pull.host)

    def for_forks(self, node: Node, image: str, host: str) -> Need | None:
        """A login with a secret, in a workflow for pull requests of a repository that looks open to others."""
        if not self.forks or not _looks_public(self.tree):
            return None
        message = (
            f"the login to {host} takes a secret, and pull requests of forks have none, so that they can not pull {image}: leave "
            "the job out for them (if: ${{ !github.event.pull_request.head.repo.fork }}), or keep a copy of the image in a "
            "registry that they can read (--registry)"
        )
        return Need(node.span, message, host, "forks")


def _looks_public(tree: ProjectTree | None) -> bool:
    """Whether the top of the repository has a licence or a guide for contributors, as public ones do."""
    listed = tree.names("") if tree is not None else None
    return any(name.lower().startswith(_PUBLIC) for name in listed or ())


def _credentials(host: str) -> str:
    if host == "ghcr.io":
        return "username: ${{ github.actor }} and password: ${{ secrets.GITHUB_TOKEN }}"
    return "username: ${{ vars.DOCKER_USERNAME }} and password: ${{ secrets.DOCKER_TOKEN }}"


def _step(host: str) -> str:
    return f"uses: docker/login-action@v3 with registry: {host}, {_credentials(host)}"


def _short(text: str) -> str:
    from .wording import shown

    return shown(" ".join(text.split()))


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


def _pulled(job: Node) -> Iterator[tuple[Node, str, Node | None]]:
    """The images that the runner pulls itself for a container or a service, each with its credentials."""
    container, services = job.get("container"), job.get("services")
    group = [container] if container is not None else []
    group += [one for _, one in services.entries()] if services is not None and services.kind == "map" else []
    for one in group:
        image = one.get("image") if one.kind == "map" else one
        if image is not None and image.kind == "scalar":
            yield image, image.text, one.get("credentials") if one.kind == "map" else None


def _matrix(job: Node) -> dict[str, list[str]]:
    """The values of each name of the matrix of a job, "a.b" for those of mappings; those of ``include`` with them."""
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if strategy is not None and strategy.kind == "map" else None
    found: dict[str, list[str]] = {}

    def add(name: str, node: Node) -> None:
        if node.kind == "scalar" and len(found.setdefault(name, [])) < MAX_VALUES:
            found[name].append(node.text)
        elif node.kind == "map":
            for key, value in node.entries():
                if value.kind == "scalar" and len(found.setdefault(f"{name}.{key}", [])) < MAX_VALUES:
                    found[f"{name}.{key}"].append(value.text)

    for name, node in matrix.entries() if matrix is not None and matrix.kind == "map" else ():
        for item in node.items[:MAX_VALUES]:
            if name != "include":
                add(name, item)
            elif item.kind == "map":
                for key, value in item.entries():
                    add(key, value)
    return found

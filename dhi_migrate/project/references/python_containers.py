"""Containers that Python source describes, in the terms of a service: which calls take an image, and what else they say.

A call counts where the import says of which library it is: docker SDK (https://docker-py.readthedocs.io), testcontainers
(https://testcontainers-python.readthedocs.io), Dagger (https://docs.dagger.io), Modal (https://modal.com/docs), Airflow
(https://airflow.apache.org/docs), the client of Kubernetes, Pulumi, AWS CDK, Prefect.
"""

from __future__ import annotations

import ast
import shlex

from ..._record import NamedTuple
from .python_syntax import tail
from .service import Lines as Said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .python_syntax import Lines
    from .python_values import Values


class Form(NamedTuple):
    """How a kind of call says things: names of its fields, and what of the container is not in the call.

    `image` are the names of the field of the image, `at` its position among the arguments (-1 for none). `command` and `entry`
    are the fields for CMD and ENTRYPOINT; `split` tells that a text in them is split into words as a shell would. `quiet` are
    fields that change nothing here; None for all that are not named. `doubt` is said always. `build` tells that commands of
    a build are run in the container, `fixed` that the reference can be replaced at all.
    """

    image: tuple[str, ...] = ("image",)
    at: int = -1
    command: str = ""
    entry: str = ""
    split: bool = False
    quiet: frozenset[str] | None = None
    doubt: str = ""
    build: bool = False
    fixed: bool = True


_USED = "what the program does with it is not looked at here"
_DOCKER_WORDS = (
    "name detach remove auto_remove labels network network_mode hostname stdout stderr stream tty stdin_open mem_limit nano_cpus"
    " restart_policy init extra_hosts dns links shm_size"
)
_OF_DOCKER = frozenset(_DOCKER_WORDS.split())
_OF_TASK = frozenset(
    {"image", "memory_limit_mib", "memory_reservation_mib", "cpu", "essential", "logging", "container_name"}
)
_OF_POD = frozenset({"name", "resources", "image_pull_policy", "imagePullPolicy", "stdin", "tty"})
DOCKER = Form(at=0, command="command", entry="entrypoint", split=True, quiet=_OF_DOCKER, doubt=_USED)
PULL = Form(image=("repository",), at=0, doubt=_USED)
TESTCONTAINERS = Form(at=0, command="command", entry="entrypoint", split=True, doubt=_USED)
DAGGER = Form(image=("address",), at=0, doubt="what is run in it is not looked at here", build=True)
MODAL = Form(
    image=("tag",), at=0, doubt="Modal needs a secret= to pull it, and runs pip in it", build=True, fixed=False
)
AIRFLOW_DOCKER = Form(
    command="command",
    entry="entrypoint",
    split=True,
    doubt="Airflow mounts a directory of another user at /tmp/airflow in it",
)  # unless mount_tmp_dir is off
AIRFLOW_POD = Form(command="arguments", entry="cmds")
AIRFLOW_TASK = Form()
POD = Form(command="args", entry="command", quiet=_OF_POD)
PULUMI_IMAGE = Form(image=("name",), doubt="what is started in it is not looked at here")
PULUMI = Form(
    command="command", entry="entrypoints", quiet=_OF_DOCKER, doubt="what is started in it is not looked at here"
)
CDK = Form(image=("name",), at=0, command="command", entry="entry_point", quiet=_OF_TASK)
CDK_BUNDLE = Form(image=("image",), at=0, doubt="what is run in it is not looked at here", build=True)
PREFECT = Form(command="command", doubt=_USED)
BUILD_ARGUMENT = Form(doubt="it is a build argument", fixed=False)

# The methods of the docker SDK, whatever the client is called.
_METHODS = {
    "containers.run": DOCKER,
    "containers.create": DOCKER,
    "create_container": DOCKER,
    "services.create": DOCKER,
    "images.pull": PULL,
    "api.pull": PULL,
}
_OPERATORS = {
    "DockerOperator": AIRFLOW_DOCKER,
    "DockerSwarmOperator": AIRFLOW_DOCKER,
    "KubernetesPodOperator": AIRFLOW_POD,
}


def form_of(node: ast.Call, name: str, libraries: frozenset[str]) -> Form | None:
    """The form of the call `node`, whose full `name` is known or "", in a file that imports from `libraries`; None for others."""
    root, last = name.partition(".")[0], (name or tail(node.func)).rpartition(".")[2]
    if root == "testcontainers":
        return TESTCONTAINERS if last.endswith("Container") else None
    if root == "modal":
        return MODAL if name.endswith("Image.from_registry") else None
    if root == "airflow":
        if name.endswith(("task.docker", "task.kubernetes")):
            return AIRFLOW_TASK
        return _OPERATORS.get(last)
    if root in {"kubernetes", "kubernetes_asyncio"}:
        return POD if last == "V1Container" else None
    if root.startswith("pulumi"):
        return _of_pulumi(root, last)
    if root == "aws_cdk":
        if name.endswith("DockerImage.from_registry"):
            return CDK_BUNDLE
        return CDK if name.endswith("ContainerImage.from_registry") else None
    if root.startswith("prefect"):
        return PREFECT if last in {"DockerContainer", "KubernetesJob"} else None
    attributes = tail(node.func)
    if "dagger" in libraries and attributes.rpartition(".")[2] == "from_":
        return DAGGER
    if not libraries.isdisjoint({"docker", "aiodocker"}):
        return next((form for method, form in _METHODS.items() if f".{attributes}".endswith(f".{method}")), None)
    return None


def form_of_dict(libraries: frozenset[str]) -> Form | None:
    """The form of a dictionary with an image in a file that imports from `libraries`: a container of Kubernetes, or None."""
    return None if libraries.isdisjoint({"kubernetes", "kubernetes_asyncio", "pulumi_kubernetes", "cdk8s"}) else POD


def _of_pulumi(root: str, last: str) -> Form | None:
    if last == "RemoteImage":
        return PULUMI_IMAGE
    if root == "pulumi_kubernetes":
        return POD if last == "ContainerArgs" else None
    return PULUMI if last in {"Container", "ContainerArgs"} or last.endswith("ContainerDefinitionArgs") else None


class Fields:
    """What one call or dictionary says, by the names of its fields."""

    def __init__(self, given: Mapping[str, ast.expr], *, whole: bool) -> None:
        """Take the fields that are `given`; `whole` tells that there are no others, such as those of ``**options``."""
        self.given = dict(given)
        self.whole = whole

    @classmethod
    def of_call(cls, node: ast.Call) -> Fields:
        """Those of a call: its keywords."""
        given = {one.arg: one.value for one in node.keywords if one.arg is not None}
        return cls(
            given, whole=len(given) == len(node.keywords) and not any(isinstance(one, ast.Starred) for one in node.args)
        )

    @classmethod
    def of_dict(cls, node: ast.Dict) -> Fields:
        """Those of a dictionary: its keys that are strings."""
        pairs = zip(node.keys, node.values, strict=True)
        given = {
            key.value: value for key, value in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }
        return cls(given, whole=len(given) == len(node.keys))


class Reader:
    """Reads the fields of one container into the lines of a service."""

    def __init__(self, lines: Lines, values: Values) -> None:
        """Take the positions and the `values` of the file."""
        self.lines = lines
        self.values = values

    def read(self, form: Form, fields: Fields) -> Said:
        """The lines that `fields` make, and what is doubtful about them."""
        said = Said()
        if form.doubt:
            said.doubts.append(form.doubt)
        if not fields.whole:
            said.doubts.append("some of what it is started with is not written out")
        for name, value in fields.given.items():
            if name in form.image:
                continue
            self._field(form, name, value, said)
        return said

    def _field(self, form: Form, name: str, value: ast.expr, said: Said) -> None:
        if isinstance(value, ast.Constant) and value.value is None:
            return
        if name in {form.command, form.entry}:
            self._start(form, name, value, said)
        elif name == "user":
            self._user(value, said)
        elif name in {"environment", "env", "env_vars", "envs"}:
            self._environment(value, said)
        elif name == "ports":
            self._ports(value, said)
        elif name in {"working_dir", "working_directory", "workingDir"}:
            found = self.values.text(value)
            if found is not None:
                said.folder(found.text, self.lines.span(value))
        elif form.quiet is not None and name not in form.quiet:
            said.doubts.append(f"its {name} is not looked at here")

    def _start(self, form: Form, name: str, value: ast.expr, said: Said) -> None:
        words, text = self.values.words(value), self.values.text(value)
        if words is None and text is not None and form.split:
            words = split(text.text)
        if words is None or any("{{" in word for word in words):
            said.doubts.append(f"its {name} is not written out")
            return
        if name == form.entry:
            said.start("ENTRYPOINT", words, self.lines.span(value), "entry point")
        else:
            said.start("CMD", words, self.lines.span(value), "command")

    def _user(self, value: ast.expr, said: Said) -> None:
        found = self.values.text(value)
        if isinstance(value, ast.Constant) and type(value.value) is int:
            said.user(str(value.value), self.lines.span(value))
        elif found is not None:
            said.user(found.text, self.lines.span(value))
        else:
            said.doubts.append("its user is not written out")

    def _environment(self, value: ast.expr, said: Said) -> None:
        if isinstance(value, ast.Dict):
            for key, one in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    found = self.values.text(one)
                    said.variable(key.value, "" if found is None else found.text, self.lines.span(one))
        elif isinstance(value, ast.List | ast.Tuple):
            for one in value.elts:
                self._variable(one, said)
        else:
            said.doubts.append("its environment is not written out")

    def _variable(self, node: ast.expr, said: Said) -> None:
        """One of a list: ``"NAME=value"``, or something with the fields `name` and `value`."""
        text = self.values.text(node)
        if text is not None:
            name, _, given = text.text.partition("=")
            said.variable(name, given, self.lines.span(node))
            return
        fields = _fields(node)
        name_, value = self.values.text(fields.get("name")), self.values.text(fields.get("value"))
        if name_ is not None:
            said.variable(name_.text, "" if value is None else value.text, self.lines.span(node))

    def _ports(self, value: ast.expr, said: Said) -> None:
        listed = value.keys if isinstance(value, ast.Dict) else value.elts if isinstance(value, ast.List) else []
        for one in listed:
            fields = _fields(one)
            node = fields.get("container_port") or fields.get("containerPort") or one
            if isinstance(node, ast.Constant) and isinstance(node.value, int | str):
                said.port(str(node.value), self.lines.span(node))


def _fields(node: ast.expr | None) -> Mapping[str, ast.expr]:
    if isinstance(node, ast.Call):
        return Fields.of_call(node).given
    return Fields.of_dict(node).given if isinstance(node, ast.Dict) else {}


def split(text: str) -> list[str] | None:
    """`text` as words, as the docker SDK splits a command that is a text; None where it cannot be."""
    try:
        return shlex.split(text)
    except ValueError:
        return None

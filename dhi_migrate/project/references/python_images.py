"""Images that Python source starts or builds on: DHI902 to DHI904 for the containers that its calls describe.

A reference counts where it is written out, or is one hop away: a constant that is assigned once, an attribute of a class, a
default. What the calls say of the container is judged with it, as what a Compose file says of a service is.
"""

from __future__ import annotations

import ast
from collections import Counter

from ..._pattern import regex
from ..._record import NamedTuple
from .python_containers import (
    AIRFLOW_TASK,
    BUILD_ARGUMENT,
    PULL,
    TESTCONTAINERS,
    Fields,
    Reader,
    form_of,
    form_of_dict,
    split,
)
from .python_syntax import MAX_BYTES, Lines, calls_of, dotted, imported_names, is_test, parents_of, parse_python, tail
from .python_values import Value, Values, editable
from .service import Service
from .yaml_tree import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...catalog.store import Catalog
    from ...rules.findings import Finding
    from ...settings import Settings
    from .python_containers import Form
    from .service import Lines as Said

MAX_IMAGES = 100
"""Most references of one file that are judged."""

# Searched for one by one, which is faster than one expression; the expression then tells an import from a mention.
_LIBRARIES = (
    *(b"docker", b"testcontainers", b"dagger", b"modal", b"airflow", b"kubernetes", b"pulumi", b"aws_cdk", b"prefect"),
    b"cdk8s",
)
_IMPORT = regex(
    rb"(?:^|[\n;])[ \t]*(?:from|import)[ \t]+(?:[\w.]{1,100}[ \t]*,[ \t]*){0,20}"
    rb"(?:docker|aiodocker|testcontainers|dagger|modal|airflow|kubernetes|kubernetes_asyncio|pulumi\w{0,40}|aws_cdk|prefect\w{0,40}"
    rb"|cdk8s)\b"
)
# What a class of testcontainers sets by itself: the database that the start script of the image is to make.
# https://testcontainers-python.readthedocs.io/en/latest/modules/
_DATABASES = {
    "PostgresContainer": ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"),
    "MySqlContainer": ("MYSQL_ROOT_PASSWORD", "MYSQL_DATABASE", "MYSQL_USER", "MYSQL_PASSWORD"),
    "MongoDbContainer": ("MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"),
}


class _Use(NamedTuple):
    """One container: the form of what describes it, its image, its fields, and the calls that go on with it."""

    form: Form
    image: Value
    fields: Fields
    chain: tuple[ast.Call, ...] = ()
    name: str = ""
    tag: str = ""


def image_findings(path: str, data: bytes, catalog: Catalog, settings: Settings) -> list[Finding]:
    """The findings for the images of the Python file `data` at `path`; in a test only what testcontainers starts counts."""
    if len(data) > MAX_BYTES or not any(word in data for word in _LIBRARIES) or _IMPORT.search(data) is None:
        return []
    tree = parse_python(data)
    if tree is None:
        return []
    from .uses import service_findings

    file = _File(data, tree)
    found = [one for one in file.uses() if one.form is TESTCONTAINERS or not is_test(path)][:MAX_IMAGES]
    number = Counter(one.image.name for one in found)
    containers = (file.service(one, number) for one in found if one.form is not BUILD_ARGUMENT)
    arguments = (file.service(one, number) for one in found if one.form is BUILD_ARGUMENT)
    return [*service_findings(containers, catalog, settings, None), *_arguments(arguments, catalog, settings)]


def _arguments(services: Iterable[Service], catalog: Catalog, settings: Settings) -> Iterator[Finding]:
    """DHI902, without a fix, for the images that are given to a build: what its Dockerfile makes of them is judged there."""
    from .judging import judge_service
    from .uses import reference_finding

    for service in services:
        judged = judge_service(service, catalog, settings, None)
        if judged.target is not None and service.image is not None:
            yield reference_finding(service.image, judged._replace(safety=None, reasons=service.doubts))


class _File:
    def __init__(self, data: bytes, tree: ast.Module) -> None:
        self.data = data
        self.tree = tree
        self.lines = Lines(data)
        self.names = imported_names(tree)
        self.parents = parents_of(tree)
        self.values = Values(tree, self.names, self.parents)
        self.reader = Reader(self.lines, self.values)

    def uses(self) -> Iterator[_Use]:
        """The containers, calls in file order and dictionaries behind them."""
        libraries = frozenset(name.partition(".")[0] for name in self.names.values())
        for node in calls_of(self.tree):
            name = dotted(node.func, self.names)
            form = form_of(node, name, libraries)
            if form is not None:
                yield from self._of_call(node, form, name)
            elif "docker" in libraries and f".{tail(node.func)}".endswith(".images.build"):
                yield from self._build_arguments(node)
        form = form_of_dict(libraries)
        for one in ast.walk(self.tree) if form is not None else ():
            if isinstance(one, ast.Dict) and form is not None:
                fields = Fields.of_dict(one)
                image = self.values.text(fields.given.get("image"))
                if image is not None:
                    yield _Use(form, image, fields)

    def _of_call(self, node: ast.Call, form: Form, name: str) -> Iterator[_Use]:
        fields = Fields.of_call(node)
        given = next((fields.given[one] for one in form.image if one in fields.given), None)
        if given is None and 0 <= form.at < len(node.args):
            given = node.args[form.at]
        image = self.values.text(given)
        if image is None:
            return
        if form.at == 0 and form.command and len(node.args) > 1:
            fields.given.setdefault(form.command, node.args[1])
        tag = ""
        if form is PULL and "tag" in fields.given:
            found = self.values.text(fields.given["tag"])
            if found is None:
                return
            tag = found.text
        yield _Use(form, image, self._around(node) or fields, self._chain(node), name.rpartition(".")[2], tag)

    def _around(self, node: ast.Call) -> Fields | None:
        """The fields of the call of which `node` is the `image`, for libraries that wrap the name of an image."""
        keyword = self.parents.get(node)
        above = self.parents.get(keyword) if isinstance(keyword, ast.keyword) and keyword.arg == "image" else None
        return Fields.of_call(above) if isinstance(above, ast.Call) else None

    def _chain(self, node: ast.Call) -> tuple[ast.Call, ...]:
        """The calls of methods of what `node` gives: ``Container("a").with_command("b")``."""
        found: list[ast.Call] = []
        above = self.parents.get(node)
        while isinstance(above, ast.Attribute):
            call = self.parents.get(above)
            if not isinstance(call, ast.Call) or call.func is not above:
                break
            found.append(call)
            above = self.parents.get(call)
        return tuple(found)

    def _build_arguments(self, node: ast.Call) -> Iterator[_Use]:
        given = Fields.of_call(node).given.get("buildargs")
        for value in given.values if isinstance(given, ast.Dict) else ():
            image = self.values.text(value)
            if image is not None and ":" in image.text:
                yield _Use(BUILD_ARGUMENT, image, Fields({}, whole=True))

    def service(self, use: _Use, number: Counter[str]) -> Service:
        """One container as a service; `number` tells how many there are with each constant."""
        said = self.reader.read(use.form, use.fields)
        image, span = use.image, self.lines.span(use.image.node)
        if use.form is TESTCONTAINERS:
            for variable in _DATABASES.get(use.name, ()):
                said.variable(variable, "test", span)
            for call in use.chain:
                self._method(call, said)
        elif use.form is AIRFLOW_TASK:
            said.start("CMD", ["bash", "-cx", "python"], span, "command that Airflow makes")
        if image.doubt:
            said.doubts.insert(0, image.doubt)
        if image.name and self.values.loads[image.name] > number[image.name]:
            said.doubts.append(f"{image.name.lstrip('.')} is used for something else too")
        text = f"{image.text}:{use.tag}" if use.tag and ":" not in image.text else image.text
        edit = editable(self.data, self.lines, image) if use.form.fixed and text == image.text else None
        return Service(
            "the container",
            Node("scalar", span, text, edit),
            tuple(said.lines),
            role="build" if use.form.build else "final",
            doubts=tuple(dict.fromkeys(said.doubts)),
        )

    def _method(self, call: ast.Call, said: Said) -> None:
        """What ``with_command`` and the like say."""
        method, first = tail(call.func).rpartition(".")[2], call.args[0] if call.args else None
        if first is None:
            return
        text, span = self.values.text(first), self.lines.span(first)
        if method == "with_command":
            words = split(text.text) if text is not None else self.values.words(first)
            if words:
                said.start("CMD", words, span, "command")
        elif method == "with_env" and text is not None and len(call.args) > 1:
            value = self.values.text(call.args[1])
            said.variable(text.text, "" if value is None else value.text, span)
        elif method == "with_exposed_ports":
            for one in call.args:
                if isinstance(one, ast.Constant):
                    said.port(str(one.value), self.lines.span(one))

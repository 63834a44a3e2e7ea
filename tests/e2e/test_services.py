"""Whole applications of several services, before and after the repository was migrated as one: services/ has the projects.

`case.toml` says what to ask: see README.md.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if os.environ.get("DHI_MIGRATE_E2E_REASON"):
    pytest.skip(os.environ["DHI_MIGRATE_E2E_REASON"], allow_module_level=True)

import re

from standins.containers import Container
from standins.services import Network, Service, attach, compose, kubernetes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from proof import Proof

pytestmark = pytest.mark.e2e
PROJECTS = Path(__file__).with_name("services")
NAMES = sorted(path.parent.name for path in PROJECTS.glob("*/case.toml"))


def case(name: str) -> dict[str, Any]:
    return tomllib.loads((PROJECTS / name / "case.toml").read_text())


class Project:
    """A copy of the project of one case, in which services are built and started."""

    def __init__(self, proof: Proof, name: str, kind: str, work: Path) -> None:
        from standins.vendored import MAKE

        self.proof, self.data, self.kind = proof, case(name), kind
        self.directory = work / "project"
        self.volumes = work / "volumes"
        shutil.copytree(PROJECTS / name / "input", self.directory)
        for place, kinds in self.data.get("make", {}).items():
            for one in kinds:
                MAKE[one](self.directory / place)
        self.name = f"{name}-{kind}"

    def services(self) -> list[Service]:
        if (self.directory / "compose.yaml").exists():
            return compose(self.directory)
        return kubernetes(self.directory, self.data["builds"])

    def migrate(self) -> None:
        """As the command line does it for the whole repository."""
        done = self.proof.command("--project", "--fix", "--unsafe-fixes", "--fail-on", "never", str(self.directory))
        assert done.returncode == 0, done.stdout + done.stderr

    def findings(self) -> str:
        done = self.proof.command("--project", "--fail-on", "never", "--format", "concise", str(self.directory))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def swap(self) -> None:
        """The references of images alone, as the case says: a file -> what is there -> what is there instead."""
        for file, pairs in self.data["naive"]["swap"].items():
            path = self.directory / file
            text = path.read_text()
            for old, new in pairs.items():
                assert old in text
                text = text.replace(old, new)
            path.write_text(text)

    def build(self, services: list[Service]) -> None:
        """Build what is built here, and make the stand-ins of what is not; each once for all who use it."""
        for service in services:
            if service.build is None:
                self.proof.make(service.image)
                continue
            folder, file = service.build
            context = self.directory / folder
            text = (context / file).read_text()
            own = {one.image for one in services if one.build is not None}
            if not any(base in own for base in re.findall(r"^FROM (\S+)", text, re.MULTILINE)):
                self.proof.ensure(text)
            built = self.proof.buildah.build(context, context / file, service.image)
            assert built.ok, f"{service.name}: {text}\n{built.log[-3000:]}"

    def run(self, stack: ExitStack) -> dict[str, Container]:
        """Build and start everything in its order; what has to end first has ended."""
        services = self.services()
        self.build(services)
        network = stack.enter_context(Network())
        running: dict[str, Container] = {}
        for service in services:
            log = self.directory.parent / f"{service.name}.log"
            one = stack.enter_context(Container(self.proof.buildah, service.image, log))
            one.network = network.pid
            attach(one, service, services, self.directory, self.volumes)
            one.start()
            running[service.name] = one
            if service.once:
                done = one.wait()
                assert done.code == 0, f"{service.name}: {done.output}"
        return running

    def ask(self, running: dict[str, Container]) -> None:
        """Ask at each published port that the case names; the answer has its text. Then every check passes."""
        inside = {outside: (one.name, port) for one in self.services() for outside, port in one.published}
        for asked in self.data["ask"]:
            name, port = inside[asked["published"]]
            answer = running[name].ask("http", port, asked.get("path", "/"), "GET")
            assert asked["text"] in answer, f"{name}: {answer}\n{running[name].output()}"
        for service in self.services():
            one = running[service.name]
            if one.config.healthcheck is not None and not service.once:
                probe = one.inside(one.config.healthcheck)
                assert probe.code == 0, f"{service.name}: {probe.output}"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


@pytest.mark.parametrize("name", NAMES)
def test_before(name: str, proof: Proof, stack: ExitStack, tmp_path: Path) -> None:
    """The application as it stands answers."""
    project = Project(proof, name, "before", tmp_path)
    project.ask(project.run(stack))


@pytest.mark.parametrize("name", [name for name in NAMES if not case(name).get("refused")])
def test_after(name: str, proof: Proof, stack: ExitStack, tmp_path: Path) -> None:
    """What the command line makes of the whole repository answers the same, on hardened images, and nobody is root."""
    project = Project(proof, name, "after", tmp_path)
    project.migrate()
    running = project.run(stack)
    project.ask(running)
    for service in project.services():
        if service.name in project.data.get("stays", ()):
            assert not service.image.startswith("dhi.io/")
            continue
        one = running[service.name]
        assert one.owner().uid != 0, service.name
        if service.name not in project.data.get("shell", ()):
            assert proof.present(one.root, ("sh", "bash", "apt-get", "dpkg")) == [], service.name
    before = {path: path.read_bytes() for path in project.directory.rglob("*") if path.is_file()}
    project.migrate()
    assert before == {path: path.read_bytes() for path in project.directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", [name for name in NAMES if "naive" in case(name)])
def test_naive_swap(name: str, proof: Proof, stack: ExitStack, tmp_path: Path) -> None:
    """The swap of the references alone fails as the finding says."""
    project = Project(proof, name, "naive", tmp_path)
    naive = project.data["naive"]
    found = project.findings()
    assert re.search(naive["finding"], found), found
    project.swap()
    with pytest.raises((AssertionError, RuntimeError, TimeoutError)) as raised:
        project.ask(project.run(stack))
    assert re.search(naive["text"], str(raised.value)), str(raised.value)

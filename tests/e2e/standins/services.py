"""Several containers that work together: those of a Compose file, or of the pods of Kubernetes manifests.

All share one network, in which the name of each service is this machine; so no two of them may listen on one port.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from types import TracebackType

    from .containers import Container

PROJECT = f"localhost/project-{os.getpid()}"
"""Where images of services without a name of their own go: another place for each process that shares the storage."""


class Service(NamedTuple):
    """One container to be: its image, or what builds it, and what it says besides.

    `build` is a directory below the project and a Dockerfile in it. `command` and `entrypoint` replace those of the image.
    `volumes` are pairs of a name (or a path of the project that begins with ``.``) and a path inside. `published` are pairs of
    ports outside and inside. `check` is the argv of its health check or probe. `once` tells that it has to end well before
    the next one starts, `pod` that it is of Kubernetes, whose volumes are empty and open to all.
    """

    name: str
    image: str
    build: tuple[str, str] | None = None
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    env: tuple[tuple[str, str], ...] = ()
    user: str = ""
    volumes: tuple[tuple[str, str], ...] = ()
    published: tuple[tuple[int, int], ...] = ()
    check: tuple[str, ...] | None = None
    once: bool = False
    pod: bool = False


def compose(project: Path) -> list[Service]:
    """The services of the Compose file of `project`, each behind those that it depends on."""
    data: dict[str, Any] = yaml.safe_load((project / "compose.yaml").read_text())["services"]
    found = {name: _composed(name, one, data) for name, one in data.items()}
    ordered: list[Service] = []

    def add(name: str) -> None:
        for other in data[name].get("depends_on", ()):
            add(other)
        if found[name] not in ordered:
            ordered.append(found[name])

    for name in data:
        add(name)
    return ordered


def _composed(name: str, one: dict[str, Any], all_of_them: dict[str, Any]) -> Service:
    build = one.get("build")
    if isinstance(build, str):
        build = {"context": build}
    env = one.get("environment", {})
    if isinstance(env, list):
        env = dict(entry.split("=", 1) for entry in env)
    test = one.get("healthcheck", {}).get("test")
    check = ("/bin/sh", "-c", test) if isinstance(test, str) else None
    if isinstance(test, list):
        check = ("/bin/sh", "-c", test[1]) if test[0] == "CMD-SHELL" else tuple(test[1:])
    waited = [other.get("depends_on", {}) for other in all_of_them.values()]
    once = any(isinstance(one, dict) and one.get(name, {}).get("condition") == "service_completed_successfully"
               for one in waited)  # fmt: skip
    return Service(
        name,
        one.get("image") or f"{PROJECT}/{name}:latest",
        None if build is None else (build.get("context", "."), build.get("dockerfile", "Dockerfile")),
        _words(one.get("entrypoint")),
        _words(one.get("command")),
        tuple((key, str(value)) for key, value in env.items()),
        str(one.get("user", "")),
        tuple((parts[0], parts[1]) for entry in one.get("volumes", ()) if (parts := entry.split(":"))),
        tuple((int(parts[0]), int(parts[1])) for entry in one.get("ports", ()) if (parts := entry.split(":"))),
        check,
        once,
    )


def _words(value: str | list[str] | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    words = shlex.split(value) if isinstance(value, str) else value
    return tuple(word.replace("$$", "$") for word in words)


def kubernetes(project: Path, builds: dict[str, str]) -> list[Service]:
    """The containers of the pods of ``deploy/*.yaml``, those that only prepare first.

    `builds` tells of the images that the project builds: name -> the directory with the Dockerfile.
    """
    found: list[Service] = []
    published: dict[int, int] = {}
    for path in sorted((project / "deploy").glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            if document["kind"] == "Service":
                published.update(
                    {int(one["port"]): int(one.get("targetPort", one["port"])) for one in document["spec"]["ports"]}
                )
            elif document["kind"] == "Deployment":
                pod = document["spec"]["template"]["spec"]
                found += [_contained(one, pod, builds, once=True) for one in pod.get("initContainers", ())]
                found += [_contained(one, pod, builds) for one in pod["containers"]]
    return [one._replace(published=tuple(published.items())) for one in found]


def _contained(one: dict[str, Any], pod: dict[str, Any], builds: dict[str, str], *, once: bool = False) -> Service:
    secured = {**pod.get("securityContext", {}), **one.get("securityContext", {})}
    user = str(secured.get("runAsUser", ""))
    probe = one.get("livenessProbe", one.get("readinessProbe", {})).get("exec", {}).get("command")
    command, arguments = one.get("command"), one.get("args")
    if command is not None and arguments is None:
        arguments = []
    built = builds.get(one["image"])
    return Service(
        one["name"],
        one["image"] if built is None else f"{PROJECT}/{one['name']}:latest",
        None if built is None else (built, "Dockerfile"),
        _words(command),
        _words(arguments),
        tuple((entry["name"], str(entry["value"])) for entry in one.get("env", ())),
        user and f"{user}:{secured.get('runAsGroup', secured.get('fsGroup', 0))}",
        tuple((entry["name"], entry["mountPath"]) for entry in one.get("volumeMounts", ())),
        (),
        None if probe is None else tuple(probe),
        once,
        True,
    )


class Network:
    """One network for several containers; use it in a `with`. `pid` is a process that is in it."""

    def __enter__(self) -> Network:
        """Make it."""
        self._holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL)
        self.pid = self._holder.pid
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it go."""
        self._holder.send_signal(signal.SIGKILL)
        self._holder.wait()


def attach(container: Container, service: Service, others: list[Service], project: Path, volumes: Path) -> None:
    """Give the entered `container` what `service` says; named volumes are kept in the directory `volumes`.

    A new named volume takes the files and the owner of what the image has at its place, as Docker does.
    """
    config = container.config
    if service.entrypoint is not None:
        config = config._replace(entrypoint=service.entrypoint, cmd=())
    if service.command is not None:
        config = config._replace(cmd=service.command)
    if service.user:
        config = config._replace(user=service.user)
    config = config._replace(env={**config.env, **dict(service.env)})
    if service.check is not None:
        config = config._replace(healthcheck=service.check)
    container.config = config
    container.hosts = tuple(one.name for one in others)
    mounts = []
    for name, path in service.volumes:
        source = project / name if name.startswith(".") else volumes / name
        inside = container.root / path.strip("/")
        if not source.exists():
            if inside.is_dir() and not service.pod:
                shutil.copytree(inside, source, symlinks=True)
                os.chown(source, inside.stat().st_uid, inside.stat().st_gid)
            else:
                source.mkdir(parents=True)
                source.chmod(0o777 if service.pod else 0o755)
        mounts.append((str(source), path))
    container.mounts = tuple(mounts)

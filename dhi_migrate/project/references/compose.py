"""Compose files: their services, https://docs.docker.com/reference/compose-file/services/."""

from __future__ import annotations

import shlex

from ..._pattern import is_number, regex
from ...dockerfile import Span
from .compose_merge import extended, others, together, variables
from .compose_variables import with_values
from .model import folder_of, join
from .running import of_service, parts_of_volume
from .service import Build, Lines, Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .compose_merge import Other
    from .model import ProjectTree
    from .service import Line
    from .yaml_tree import Node

_TRAEFIK = regex(r"traefik\.(?:http|tcp)\.services\.[^.]{1,100}\.loadbalancer\.server\.port\Z")
_IMAGE = "docker-image://"
MAX_SERVICES = 500
"""Most services of one file that are looked at."""


def compose_services(root: Node, path: str, tree: ProjectTree | None = None) -> Iterator[Service]:
    """The services of a Compose file at `path`, whose document is `root`.

    With `tree`, the repository, a service that another file says more of comes once more for each such file, with that.
    """
    services = root.get("services")
    if services is None or services.kind != "map":
        return
    more = others(path, services, tree)
    known = variables(path, tree)
    folder = folder_of(path)
    for count, (name, node) in enumerate(services.entries()):
        if count == MAX_SERVICES:
            return
        if node.kind != "map" or name.startswith("x-"):
            continue
        built = node.get("build")
        more_contexts = built.get("additional_contexts") if built is not None and built.kind == "map" else None
        if more_contexts is not None:
            yield from contexts_of(more_contexts, f"service {name}")
        whole = extended(name, node, services) if node.get("extends") is not None else node
        own = _service(name, whole or node, folder, known)
        yield own
        for other in more:
            both = together(name, whole or node, other)
            if both is not None:
                yield _said_by(_service(name, both, folder, known), own, other)


def _said_by(service: Service, own: Service, other: Other) -> Service:
    """`service`, which is `own` with what the `other` file says, with the name of that file where it says so."""
    there = {line.span for line in (*own.lines, *own.checks)}

    def named(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(
            line if line.span in there else line._replace(what=f"{line.what} in {other.name}") for line in lines
        )

    doubts = (*service.doubts, f"{other.name} takes some of it back") if other.vague else service.doubts
    return service._replace(lines=named(service.lines), checks=named(service.checks), doubts=doubts)


def _service(name: str, node: Node, folder: str, known: Mapping[str, str]) -> Service:
    lines = Lines()
    _start(node, lines)
    _health(node, lines)
    user = node.get("user")
    if user is not None and user.kind == "scalar":
        lines.user(user.text, user.span)
    place = node.get("working_dir")
    if place is not None:
        lines.folder(place.text, place.span)
    _environment(node, lines)
    _ports(node, lines)
    _volumes(node, lines, folder)
    _hooks(node, lines)
    if node.get("extends") is not None:
        lines.doubts.append("it extends another service")
    build = _build(node, folder)
    image = node.get("image")
    if image is not None and image.kind != "scalar":
        image = None
    if image is not None and build is None:
        image, decider = with_values(image, known)
        if decider is not None:
            lines.doubts.append(f"the variable {decider} may name another image")
    return Service(
        f"service {name}",
        image if build is None and node.get("build") is None else None,
        tuple(lines.lines),
        tuple(lines.checks),
        doubts=tuple(lines.doubts),
        build=build,
        platform=_platform(node),
        tags=(image,) if build is not None and image is not None else (),
        running=of_service(node),
    )


def _platform(node: Node) -> str:
    text = node.value("platform") or ""
    return text if text and len(text) < 40 and text.replace("/", "").isalnum() else ""


def words_of(node: Node) -> tuple[str, ...] | None:
    """The words of a command: a list as it is, a text as Compose splits it; None where it has no words that can be told.

    Compose puts variables in before it splits, and ``$$`` is a dollar of the container:
    https://docs.docker.com/reference/compose-file/interpolation/.
    """
    if node.kind == "list":
        if not all(item.kind == "scalar" for item in node.items):
            return None
        return tuple(item.text.replace("$$", "$") for item in node.items)
    if node.kind != "scalar":
        return None
    try:
        return tuple(word.replace("$$", "$") for word in shlex.split(node.text[:20_000]))
    except ValueError:
        return None


def _start(node: Node, lines: Lines) -> None:
    entrypoint, command = node.get("entrypoint"), node.get("command")
    if entrypoint is not None:
        words = words_of(entrypoint)
        if words is None:
            lines.doubts.append("the entrypoint cannot be read")
        elif words and words != ("",):
            lines.start("ENTRYPOINT", words, entrypoint.span, "entrypoint")
        else:
            lines.add("ENTRYPOINT", "[]", entrypoint.span, "entrypoint")
        if command is None:
            lines.add("CMD", "[]", entrypoint.span, "entrypoint")
    if command is not None:
        words = words_of(command)
        if words is None:
            lines.doubts.append("the command cannot be read")
        elif words:
            lines.start("CMD", words, command.span, "command")


def _health(node: Node, lines: Lines) -> None:
    """https://docs.docker.com/reference/compose-file/services/#healthcheck."""
    health = node.get("healthcheck")
    test = health.get("test") if health is not None and health.kind == "map" else None
    if health is None or test is None or (health.value("disable") or "").lower() == "true":
        return
    if test.kind == "scalar":
        lines.check(test.text.replace("$$", "$"), test.span, "healthcheck")
    elif test.kind == "list" and test.items and all(item.kind == "scalar" for item in test.items):
        head, *rest = [item.text.replace("$$", "$") for item in test.items]
        if head == "CMD-SHELL":
            lines.check(" ".join(rest), test.span, "healthcheck")
        elif head == "CMD":
            lines.check(rest, test.span, "healthcheck")


def _hooks(node: Node, lines: Lines) -> None:
    """https://docs.docker.com/reference/compose-file/services/#post_start; a hook is a command, and no shell reads it."""
    for hook in ("post_start", "pre_stop"):
        for item in node.each(hook):
            command = item.get("command")
            words = words_of(command) if command is not None else None
            if command is not None and words:
                lines.check(words, command.span, f"{hook} hook")


def _environment(node: Node, lines: Lines) -> None:
    found = node.get("environment")
    if found is None:
        return
    if found.kind == "map":
        for name, value in found.entries():
            if value.kind == "scalar" and not value.null:
                lines.variable(name, value.text, value.span)
    for item in found.items:
        name, sign, text = item.text.partition("=")
        if item.kind == "scalar" and sign:
            lines.variable(name, text, item.span)


def _ports(node: Node, lines: Lines) -> None:
    """https://docs.docker.com/reference/compose-file/services/#ports; what is published stays when the port behind it changes."""
    for item in node.each("ports"):
        if item.kind == "map":
            target = item.get("target")
            if target is not None:
                lines.port(target.text, target.span, target.edit)
        elif item.kind == "scalar":
            port = item.text[item.text.rfind(":") + 1 :]
            digits = port.partition("/")[0]
            edit = None
            if item.edit is not None and is_number(digits) and len(port) < len(item.text):
                start = item.edit.end - len(port)
                edit = Span(start, start + len(digits))
            lines.port(port, item.span, edit)
    _balanced(node, lines)
    for item in node.each("expose"):
        if item.kind == "scalar":
            lines.port(item.text, item.span, item.edit if is_number(item.text) else None, "expose list")


def _balanced(node: Node, lines: Lines) -> None:
    """The port that Traefik sends to: https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/docker/."""
    labels = node.get("labels")
    for name, value in labels.entries() if labels is not None else ():
        if _TRAEFIK.match(name) and value.kind == "scalar":
            lines.port(value.text, value.span, value.edit, "label for Traefik")
    for item in labels.items if labels is not None else ():
        name, _, port = item.text.partition("=")
        if item.kind == "scalar" and _TRAEFIK.match(name):
            edit = Span(item.edit.end - len(port), item.edit.end) if item.edit is not None else None
            lines.port(port, item.span, edit, "label for Traefik")


def _volumes(node: Node, lines: Lines, folder: str) -> None:
    """https://docs.docker.com/reference/compose-file/services/#volumes."""
    for item in node.each("volumes"):
        source, target, bind = "", "", False
        if item.kind == "map":
            kind: str | None = item.value("type")
            source, target = item.value("source") or "", item.value("target") or ""
            if kind == "tmpfs":
                continue
            bind = kind == "bind"
        elif item.kind == "scalar":
            parts = parts_of_volume(item.text)
            target = parts[0]
            if len(parts) > 1:
                source, target = parts[0], parts[1]
                bind = source[:1] in {".", "/", "~"} or "$" in source
        if not target.startswith("/"):
            continue
        if bind:
            inside = join(folder, source)
            lines.files(inside or "." if inside is not None else "outside", target, item.span)
        else:
            lines.volume(target, item.span)
    for kind in ("configs", "secrets"):
        for item in node.each(kind):
            place = item.value("target") if item.kind == "map" else None
            if place is not None and place.startswith("/"):
                lines.files("outside", place, item.span)


def _build(node: Node, folder: str) -> Build | None:
    """https://docs.docker.com/reference/compose-file/build/."""
    build = node.get("build")
    if build is None:
        return None
    if build.kind == "scalar":
        context = join(folder, build.text)
        return (
            None if context is None else Build(context, f"{context}/Dockerfile".lstrip("/"), None, (), None, build.span)
        )
    if build.kind != "map":
        return None
    context = join(folder, build.value("context") or ".")
    if context is None:
        return None
    inline = build.value("dockerfile_inline")
    name = join(context, build.value("dockerfile") or "Dockerfile")
    target = build.value("target")
    if name is None or (target is not None and "$" in target):
        return None
    return Build(context, name if inline is None else "", inline, arguments(build.get("args")), target, build.span)


def contexts_of(contexts: Node, owner: str) -> Iterator[Service]:
    """The images that named contexts of a build are; they are reported, since the Dockerfile decides what for.

    https://docs.docker.com/reference/dockerfile/#from, https://docs.docker.com/build/bake/contexts/.
    """
    named = list(contexts.entries()) if contexts.kind == "map" else []
    named += [
        (name, item.reading(text, None)) for item in contexts.items for name, _, text in [item.text.partition("=")]
    ]
    for name, node in named:
        if node.kind == "scalar" and node.text.startswith(_IMAGE):
            image = node.reading(node.text.removeprefix(_IMAGE), None)
            doubts = (f"the Dockerfile of {owner} builds on it",)
            yield Service(f"context {name} of {owner}", image, doubts=doubts, started=False)


def arguments(args: Node | None) -> tuple[tuple[str, str | None, Node], ...]:
    """Build arguments, as a mapping or as a list of ``NAME=value``: name, value (None where a variable decides), and node."""
    found: list[tuple[str, str | None, Node]] = []
    if args is None:
        return ()
    if args.kind == "map":
        for name, value in args.entries():
            if value.kind == "scalar" and not value.null:
                found.append((name, None if "$" in value.text else value.text, value))
    for item in args.items:
        name, sign, text = item.text.partition("=")
        if item.kind == "scalar" and sign:
            found.append((name, None if "$" in text else text, item))
    return tuple(found)

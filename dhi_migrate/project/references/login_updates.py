"""Renovate and Dependabot: whether they can ask the registry of the hardened images for newer tags, which takes a login as well.

https://docs.renovatebot.com/configuration-options/#hostrules,
https://docs.github.com/code-security/reference/supply-chain-security/dependabot-options-reference#registries--. Without one they
see no tags, and the base stays as old as it is.
"""

from __future__ import annotations

import posixpath

from ..._record import NamedTuple
from ..globs import excludes, parse_patterns
from ..names import SKIPPED_DIRECTORIES, is_dockerfile_name
from .kinds import kind_of
from .login_model import Need, hardened_uses, open_to_some
from .model import ProjectFile, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .login_model import Registries, Use
    from .model import Kind, ProjectTree
    from .yaml_tree import Node

MAX_NAMES = 1500
"""Most files and directories of a repository among which hardened images are looked for."""

MAX_ENTRIES = 100
"""Most entries of one configuration that are looked at."""

_MANAGERS: dict[Kind | None, str] = {
    None: "dockerfile",
    "compose": "docker-compose",
    "gitlab": "gitlabci",
    "circleci": "circleci",
    "workflow": "github-actions",
    "action": "github-actions",
    "devcontainer": "devcontainer",
    "helm-values": "helm-values",
}
"""What reads a kind of file in Renovate without being told where, https://docs.renovatebot.com/modules/manager/."""

_CREDENTIALS = ("username", "password", "token", "encrypted")
_ASIDE = parse_patterns(
    ("node_modules/", "vendor/", "examples/", "test/", "tests/", "__tests__/", "__fixtures__/", "bower_components/")
)
"""What the presets of Renovate leave out, https://docs.renovatebot.com/presets-default/#ignoremodulesandtests."""


_FILES = (".py", ".js", ".ts", ".json", ".md", ".yml", ".yaml")
"""Ends of names of files, which need not be asked what is in them."""


class Found(NamedTuple):
    """A hardened image in the file at `path`, whose kind is None for a Dockerfile."""

    path: str
    kind: Kind | None
    use: Use


def renovate_needs(path: str, root: Node, tree: ProjectTree | None, registries: Registries) -> list[Need]:
    """At most one place in the configuration of Renovate at `path`: the first hardened image whose tags it can not see."""
    if tree is None or any(tree.exists(one) for one in earlier(path)) or not root.pairs:
        return []
    if root.value("enabled") == "false" or _switched_off(root, "docker") or _no_images(root):
        return []
    enabled = {one.text for one in root.each("enabledManagers")}
    ignored = parse_patterns([one.text for one in root.each("ignorePaths")[:MAX_ENTRIES]])
    for found in _everywhere(tree, registries):
        manager = _MANAGERS.get(found.kind)
        left_out = excludes(_ASIDE, found.path) or excludes(ignored, found.path)
        if manager is None or left_out or (enabled and manager not in enabled) or _switched_off(root, manager):
            continue
        host = found.use.host
        if any(_rule_for(one, host) for one in root.each("hostRules")[:MAX_ENTRIES]):
            continue
        login = '"username": "<user>", "password": "{{ secrets.DOCKER_TOKEN }}"'
        rule = f'{{"matchHost": "{host}", "hostType": "docker", {login}}}'
        message = (
            f"Renovate has no hostRules for {host} here, so that it sees no newer tag of {found.use.image} ({found.path}): add "
            f'"hostRules": [{rule}]; the rule can also stand in {_elsewhere(root)}'
        )
        place = next((key for key, _ in root.pairs if key.text == "hostRules"), root.pairs[0][0])
        return [Need(place.span, message + open_to_some(host), host)]
    return []


def _elsewhere(root: Node) -> str:
    """Where else the rules of a host can stand: presets that Renovate does not bring itself, and its own configuration."""
    presets = [one.text for one in root.each("extends")[:MAX_ENTRIES]]
    own = [one for one in presets if ">" in one or ":" not in one]
    where = "the configuration of a Renovate of your own"
    return f"the preset {own[0].partition('?')[0][:100]}, or in {where}" if own else where


def earlier(path: str) -> tuple[str, ...]:
    """The files that Renovate reads instead of the one at `path` where they are there."""
    from .kinds import RENOVATE

    return RENOVATE[: RENOVATE.index(path)] if path in RENOVATE else ()


def _switched_off(root: Node, name: str) -> bool:
    node = root.get(name)
    return node is not None and node.kind == "map" and node.value("enabled") == "false"


def _no_images(root: Node) -> bool:
    """Whether a rule switches off images as a whole, or some: which ones is not looked at."""
    for rule in root.each("packageRules")[:MAX_ENTRIES]:
        texts = [item.text for name, node in rule.entries() if name.startswith("match") for item in node.items]
        if rule.value("enabled") == "false" and any("docker" in text or "dhi.io" in text for text in texts):
            return True
    return False


def _rule_for(rule: Node, host: str) -> bool:
    """Whether a host rule brings credentials for `host`: https://docs.renovatebot.com/configuration-options/#matchhost."""
    if rule.kind != "map" or not any(rule.get(name) is not None for name in _CREDENTIALS):
        return False
    if (rule.value("hostType") or "docker") != "docker":
        return False
    wanted = (rule.value("matchHost") or "").partition("://")[2] or rule.value("matchHost") or ""
    wanted = wanted.partition("/")[0].lstrip(".")
    hosts = {host, "index.docker.io"} if host == "docker.io" else {host}
    return not wanted or any(one == wanted or one.endswith(f".{wanted}") for one in hosts)


def dependabot_needs(root: Node, tree: ProjectTree | None, registries: Registries) -> list[Need]:
    """The entries of a Dependabot configuration, for images, that can not log in to the registry of what they look after."""
    if tree is None:
        return []
    listed = root.get("registries")
    known = {
        name: _host(node)
        for name, node in (listed.entries() if listed is not None and listed.kind == "map" else ())
        if node.kind == "map" and node.value("type") == "docker-registry"
    }
    needs: list[Need] = []
    for entry in root.each("updates")[:MAX_ENTRIES]:
        system = entry.get("package-ecosystem") if entry.kind == "map" else None
        if system is None or system.text not in {"docker", "docker-compose"}:
            continue
        given = entry.get("registries")
        names = {given.text, *(one.text for one in given.items)} if given is not None else set()
        hosts = {host for name, host in known.items() if name in names or "*" in names}
        for found in _of_entry(entry, system.text, tree, registries):
            host = found.use.host
            if host in hosts:
                continue
            there = next((name for name, one in known.items() if one == host), None)
            needs.append(Need(system.span, _unlisted(found, there) if there is not None else _unknown(found), host))
            break
    return needs


def _host(node: Node) -> str:
    url = node.value("url") or ""
    return (url.partition("://")[2] or url).partition("/")[0].replace("registry.hub.docker.com", "docker.io")


def _unlisted(found: Found, name: str) -> str:
    return (
        f"this entry does not name the registry {name[:60]}, so that Dependabot can not log in to {found.use.host} and sees no "
        f"newer tag of {found.use.image} ({found.path}): add registries: [{name[:60]}] to it"
    )


def _unknown(found: Found) -> str:
    host = found.use.host
    name = "dhi" if host == "dhi.io" else "mirror"
    block = (
        f"{{{name}: {{type: docker-registry, url: https://{host}, username: '${{{{ secrets.DOCKER_USERNAME }}}}', "
        f"password: '${{{{ secrets.DOCKER_TOKEN }}}}'}}}}"
    )
    return (
        f"Dependabot can not log in to {host}, so that it sees no newer tag of {found.use.image} ({found.path}): add registries: "
        f"{block} at the top, with secrets of Dependabot, and registries: [{name}] to this entry{open_to_some(host)}"
    )


def _of_entry(entry: Node, system: str, tree: ProjectTree, registries: Registries) -> Iterator[Found]:
    """What an entry looks after: hardened bases in the Dockerfiles, or images in the Compose files, of its directories."""
    single = entry.value("directory")
    folders = [single] if single is not None else [one.text for one in entry.each("directories")[:MAX_ENTRIES]]
    plain = [join("", one.strip("/") or ".") for one in folders if "*" not in one and "?" not in one]
    for folder in plain:
        for name in (tree.names(folder) or ()) if folder is not None else ():
            yield from _suited(f"{folder}/{name}".lstrip("/"), system, tree, registries)
    patterns = [parse_patterns([f"/{one.strip('/')}/"]) for one in folders if "*" in one or "?" in one]
    every = list(_paths(tree)) if patterns else []
    for one in patterns:
        for path in every:
            if excludes(one, path):
                yield from _suited(path, system, tree, registries)


def _suited(path: str, system: str, tree: ProjectTree, registries: Registries) -> Iterator[Found]:
    of_docker = system == "docker" and is_dockerfile_name(posixpath.basename(path))
    if of_docker or (system == "docker-compose" and kind_of(path) == "compose"):
        for found in _in_file(path, tree, registries):
            if found.use.base:
                yield found


def _everywhere(tree: ProjectTree, registries: Registries) -> Iterator[Found]:
    for path in _paths(tree):
        yield from _in_file(path, tree, registries)


def _paths(tree: ProjectTree) -> Iterator[str]:
    """The files of the repository that can name an image, those near the top first; no more than `MAX_NAMES` are looked at."""
    waiting, seen = [""], 0
    while waiting:
        folder = waiting.pop(0)
        listed = tree.names(folder) or ()
        seen += len(listed)
        if seen > MAX_NAMES:
            return
        for name in listed:
            path = f"{folder}/{name}".lstrip("/")
            if is_dockerfile_name(name) or kind_of(path) in _MANAGERS.keys() - {None}:
                yield path
            if name not in SKIPPED_DIRECTORIES and not name.endswith(_FILES):
                waiting.append(path)


def _in_file(path: str, tree: ProjectTree, registries: Registries) -> Iterator[Found]:
    """The hardened images in one file."""
    data = tree.read(path)
    if data is None or not registries.named_in(data):
        return
    if is_dockerfile_name(posixpath.basename(path)):
        yield from (Found(path, None, use) for use in hardened_uses(data, registries))
        return
    from .check import services_of
    from .login_model import Use

    for service in services_of(ProjectFile(path, data)):
        host = registries.host(service.image.text) if service.image is not None else None
        if service.image is not None and host is not None:
            yield Found(path, kind_of(path), Use(service.image.text.partition("@")[0], host))

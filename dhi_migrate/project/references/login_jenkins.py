"""Jenkinsfiles: agents of hardened images, and builds on them, without a login. These are programs, of which little is read.

https://www.jenkins.io/doc/book/pipeline/docker/. Whatever can log in - a registry that a variable names, a configuration
that is written - is taken for a login. So is a library, for what it runs is not known.
"""

from __future__ import annotations

from ..._pattern import regex
from ...dockerfile import Span
from .login_commands import Pull, Surroundings, logs_in, pulls
from .login_model import HUB, Need, hardened_base, open_to_some
from .model import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .login_model import Registries
    from .model import ProjectTree

MAX_BYTES = 64 * 1024
"""Largest Jenkinsfile that is read."""

MAX_MATCHES = 200
"""Most commands of one file that are looked at."""

_COMMENT = regex(rb"(?m)^[ \t]*//[^\n]*|/\*(?:[^*]|\*(?!/)){0,4000}\*/")
_SH = regex(
    rb"""\bsh\s{0,9}\(?\s{0,9}(?:script\s{0,9}:\s{0,9})?(?:'''((?:[^']|'(?!'')){0,8000})'''"""
    rb"""|\"\"\"((?:[^"]|"(?!"")){0,8000})\"\"\"|'([^'\n]{0,4000})'|"((?:[^"\\\n]|\\.){0,4000})")"""
)
_IMAGE = regex(
    rb"""\bdocker\s{0,9}\{[^{}]{0,400}?\bimage\s{1,9}(["'])([^"'\n$]{1,300})\1"""
    rb"""|\bdocker\.image\(\s{0,9}(["'])([^"'\n$]{1,300})\3"""
)
_DOCKERFILE = regex(rb"""\bagent\s{0,9}\{\s{0,99}dockerfile(?:\s{1,9}true|\s{0,9}\{([^{}]{0,400})\})""")
_BUILD = regex(
    rb"""\bdocker\.build\(\s{0,9}(?:"[^"\n]{0,300}"|'[^'\n]{0,300}')\s{0,9}"""
    rb"""(?:,\s{0,9}(?:"([^"\n]{0,300})"|'([^'\n]{0,300})')\s{0,9})?\)"""
)
_REGISTRY = regex(rb"""(?:withRegistry\(\s{0,9}|registryUrl\s{1,9})([^,\n)]{1,300})""")
_UNREADABLE = regex(
    rb"@Library|\bdir\s{0,9}\(|\b(?:library|load)\s{0,9}[\('\"]|withDockerRegistry\(|\.docker/config\.json"
)


def jenkins_needs(data: bytes, tree: ProjectTree | None, registries: Registries) -> list[Need]:
    """The places of a Jenkinsfile that pull a hardened image, or build on one, where nothing in the file can be a login."""
    if len(data) > MAX_BYTES or _UNREADABLE.search(data) is not None:
        return []
    clean = _COMMENT.sub(lambda match: b" " * len(match[0]), data)
    around = Surroundings(tree, registries, {})
    found = list(_pulled(clean, around))
    hosts = {pull.host for _, pull in found}
    open_hosts = {host for host in hosts if not _logged_in(clean, host, around)}
    needs = [_need(span, pull) for span, pull in found if pull.host in open_hosts]
    return sorted(needs, key=lambda one: one.span)


def _pulled(data: bytes, around: Surroundings) -> Iterator[tuple[Span, Pull]]:
    """What agents and commands of the file pull or build on, with the bytes that say so."""
    for match in list(_IMAGE.finditer(data))[:MAX_MATCHES]:
        group = 2 if match[2] is not None else 4
        text = match[group].decode("utf-8", "replace")
        host = around.registries.host(text)
        if host is not None:
            yield Span(match.start(group), match.end(group)), Pull("runs", text.partition("@")[0], host)
    for match in list(_DOCKERFILE.finditer(data))[:MAX_MATCHES]:
        inner = (match[1] or b"").decode("utf-8", "replace")
        words = inner.replace("'", '"').split('"')
        given = {words[at].split()[-1]: words[at + 1] for at in range(0, len(words) - 1, 2) if words[at].split()}
        path = join(join("", given.get("dir", ".")) or "", given.get("filename", "Dockerfile"))
        yield from _base(path, Span(match.start(), match.end()), around)
    for match in list(_BUILD.finditer(data))[:MAX_MATCHES]:
        arguments = (match[1] or match[2] or b".").decode("utf-8", "replace")
        pull = next(pulls(f"docker build {arguments}", "", around), None)
        if pull is not None:
            yield Span(match.start(), match.end()), pull
    for match in list(_SH.finditer(data))[:MAX_MATCHES]:
        pull = next(pulls(_text(match.groups()), "", around), None)
        if pull is not None:
            yield Span(match.start(), match.end()), pull


def _base(path: str | None, span: Span, around: Surroundings) -> Iterator[tuple[Span, Pull]]:
    use = hardened_base(path, around.tree, around.registries) if path else None
    if use is not None:
        yield span, Pull(f"builds {path} on", use.image, use.host)


def _text(groups: tuple[bytes | None, ...]) -> str:
    return next((one.decode("utf-8", "replace") for one in groups if one is not None), "")


def _logged_in(data: bytes, host: str, around: Surroundings) -> bool:
    """Whether something in the file logs in to `host`, or may."""
    for match in _REGISTRY.finditer(data):
        text = match[1].decode("utf-8", "replace").strip()
        literal = text[:1] in {"'", '"'} and "$" not in text
        name = text.strip("\"'").removeprefix("https://").partition("/")[0]
        if not literal or name == host or (host == HUB and name in {"", "index.docker.io"}):
            return True
    for match in _SH.finditer(data):
        answer = logs_in(_text(match.groups()), "", host, around)
        if answer.yes or answer.perhaps:
            return True
    return False


def _need(span: Span, pull: Pull) -> Need:
    message = (
        f"the pipeline {pull.verb} {pull.image}, and does not log in to {pull.host}: put it into "
        f"docker.withRegistry('https://{pull.host}', '<credentials>') {{ }}, for an agent set registryUrl "
        f"'https://{pull.host}' and registryCredentialsId; where the machine is logged in itself, nothing is missing"
    )
    return Need(span, message + open_to_some(pull.host), pull.host)

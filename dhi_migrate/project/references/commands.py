"""Makefiles and Jenkinsfiles: images that ``docker run`` and Jenkins start; reported only, since these are programs.

https://docs.docker.com/reference/cli/docker/container/run/, https://www.jenkins.io/doc/book/pipeline/docker/.
"""

from __future__ import annotations

from ..._pattern import regex
from ...dockerfile import Span
from .service import Service
from .uses import reference_finding
from .yaml_tree import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.store import Catalog
    from ...rules.findings import Finding
    from ...settings import Settings

MAX_COMMANDS = 300
"""Most commands of one file that are looked at."""

_RUN = regex(rb"\b(?:docker|podman)[ \t]+(?:container[ \t]+)?run\b((?:[^\n\\]|\\\r?\n|\\.){0,4000})")
_WORD = regex(rb"""(?:[^\s"'\\]|\\.|"[^"\n]{0,500}"|'[^'\n]{0,500}')+""")
# Options of docker run that take no value; every other one takes the next word, unless it is written with "=".
_SWITCHES = frozenset(
    {
        *(
            "--rm",
            "--detach",
            "--interactive",
            "--tty",
            "--init",
            "--privileged",
            "--read-only",
            "--publish-all",
            "--quiet",
        ),
        *("--no-healthcheck", "--oom-kill-disable", "--disable-content-trust", "--sig-proxy", "--help"),
    }
)
_SHORT_SWITCHES = frozenset(b"diPqt")
_JENKINS = regex(
    rb"""\bdocker\s*\{\s*image\s+(["'])([^"'\n$]{1,300})\1|\bdocker\s*(["'])([^"'\n$]{1,300})\3"""
    rb"""|\bdocker\.image\(\s*(["'])([^"'\n$]{1,300})\5"""
)


def command_findings(data: bytes, catalog: Catalog, settings: Settings, *, jenkins: bool) -> list[Finding]:
    """DHI902, without a fix, for what the commands of a Makefile or (`jenkins`) a Jenkinsfile start."""
    from .judging import judge_service

    found: list[Finding] = []
    uses = [(span, "final") for span in _runs(data)]
    if jenkins:
        uses += [(span, "build") for span in _agents(data)]
    for span, role in uses[:MAX_COMMANDS]:
        text = data[span.start : span.end].decode("utf-8", "replace").strip("\"'")
        node = Node("scalar", span, text)
        service = Service("the command", node, role="build" if role == "build" else "final")
        judged = judge_service(service, catalog, settings, None)
        if judged.target is not None:
            reasons = ("what is started in it is not looked at here",)
            found.append(reference_finding(node, judged._replace(safety=None, reasons=reasons)))
    return found


def _agents(data: bytes) -> Iterator[Span]:
    for match in _JENKINS.finditer(data):
        for group in (2, 4, 6):
            if match[group] is not None:
                yield Span(match.start(group), match.end(group))


def _runs(data: bytes) -> Iterator[Span]:
    """The bytes of the image of each ``docker run``, where it stands there without a variable."""
    for match in _RUN.finditer(data):
        start = data.rfind(b"\n", 0, match.start()) + 1
        if data[start : match.start()].lstrip().startswith((b"#", b"//", b"*")):
            continue
        skip = False
        for word in _WORD.finditer(match[1]):
            text = word[0]
            if text == b"\\":
                continue
            if skip:
                skip = False
            elif text.startswith(b"--"):
                skip = b"=" not in text and text.decode("utf-8", "replace") not in _SWITCHES
            elif text.startswith(b"-"):
                skip = (not set(text[1:]) <= _SHORT_SWITCHES and len(text) == 2) or (
                    text[-1] not in _SHORT_SWITCHES and set(text[1:-1]) <= _SHORT_SWITCHES
                )
            else:
                at = match.start(1)
                if not set(text) & set(b"$(){};|&`"):
                    yield Span(at + word.start(), at + word.end())
                break

"""A service in the terms of a Dockerfile: the image that it runs, and instructions that say what its file says.

Compose and Kubernetes set the same things as a Dockerfile does: command, entry point, user, variables, ports, files and health
checks. Written as instructions on top of the image, with the bytes of the file that each stands for, they are judged by the
rules for Dockerfiles, against the same facts, and nothing has to be said twice.
"""

from __future__ import annotations

import json

from ..._pattern import regex
from ..._record import NamedTuple
from .running import Running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from ...dockerfile import Span
    from .yaml_tree import Node

MAX_LINES = 200
"""Most instructions that are made of one service; what comes behind them is not judged."""

MAX_TEXT = 20_000
"""Longest text of one instruction, in characters."""

_NAME = regex(r"[A-Za-z_]\w{0,200}\Z")
_EXPRESSION = regex(r"\$\{\{[^}]{0,500}\}\}")
_END = "END-OF-COMMANDS"
_LAST_PORT = 65535
_PORT = regex(r"([0-9]{1,5})(?:-[0-9]{1,5})?(?:/(tcp|udp|sctp))?\Z")
_CONFIGURATION = ("/etc/", "/usr/local/apache2/conf", "/usr/local/etc/")
_USER = regex(r"[\w.-]{1,64}(?::[\w.-]{1,64})?\Z")


class Line(NamedTuple):
    """One instruction: its `keyword` and the `text` behind it, the bytes of the file that say so, and what messages call it.

    `path` is where files go, for those that bring or keep some; `edit` are the bytes of a port of the container that can be
    another one without anything else in the file.
    """

    keyword: str
    text: str
    span: Span
    what: str
    path: str = ""
    edit: Span | None = None


class Build(NamedTuple):
    """What a service builds: the `folder` of its context and its Dockerfile, both from the top of the repository, or the text.

    `args` are names and values of build arguments, with the node of each value; a value of None is not known. `target` is the
    stage, None for the last.
    """

    folder: str
    dockerfile: str
    inline: str | None
    args: tuple[tuple[str, str | None, Node], ...]
    target: str | None
    span: Span


class Service(NamedTuple):
    """One service, container or job: what messages call it, the scalar of its image (None where it has none of its own).

    `lines` are in force together; each of `checks` is judged by itself, since an image has one health check at most. `role`
    "build" is for what runs shell commands in the container, as jobs do. `doubts` say what is not known of it: then nothing is
    changed unasked. `tags` are the names that what it builds gets. `running` are the limits that it runs under.
    `started` is false for an image that is built on only.
    """

    name: str
    image: Node | None
    lines: tuple[Line, ...] = ()
    checks: tuple[Line, ...] = ()
    role: Literal["final", "build"] = "final"
    doubts: tuple[str, ...] = ()
    build: Build | None = None
    platform: str = ""
    tags: tuple[Node, ...] = ()
    running: Running = Running()
    started: bool = True

    @property
    def free_ports(self) -> bool:
        """Whether the ports that it names need no right of root, or root it is that opens them."""
        if any(line.keyword == "USER" and line.text.partition(":")[0] == "0" for line in self.lines):
            return True
        ports = [line.text.partition("/")[0] for line in self.lines if line.keyword == "EXPOSE"]
        return all(int(port) >= self.running.lowest for port in ports)


class Lines:
    """Collects the lines of one service, and what is doubtful about it."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.checks: list[Line] = []
        self.doubts: list[str] = []

    def add(self, keyword: str, text: str, span: Span, what: str, path: str = "", edit: Span | None = None) -> None:
        """One instruction, if it is a line at all."""
        if len(self.lines) < MAX_LINES and len(text) < MAX_TEXT:
            self.lines.append(Line(keyword, text, span, what, path, edit))

    def start(self, keyword: Literal["CMD", "ENTRYPOINT"], words: Sequence[str], span: Span, what: str) -> None:
        """The command or entry point; one that a variable decides is not known."""
        if words and "$" in words[0]:
            self.doubts.append(f"the {what} is decided by a variable")
            return
        self.add(keyword, json.dumps(list(words)), span, what)

    def check(self, words: Sequence[str] | str, span: Span, what: str) -> None:
        """A health check or probe: words of a program, or a text for the shell."""
        if not words:
            return
        text = " ".join(words.split()).rstrip("\\") if isinstance(words, str) else json.dumps(list(words))
        if text and len(self.checks) < MAX_LINES and len(text) < MAX_TEXT:
            self.checks.append(Line("HEALTHCHECK CMD", text, span, what))

    def variable(self, name: str, value: str, span: Span) -> None:
        """A variable of the environment."""
        if _NAME.match(name):
            self.add("ENV", f"{name}={_quoted(value)}", span, f"variable {name}")

    def port(self, text: str, span: Span, edit: Span | None = None, where: str = "") -> None:
        """A port of the container; `edit` are its bytes, where it is published and can be another one.

        `where` names what asks for it, if that is no list of ports: a probe.
        """
        match = _PORT.match(text)
        if match is not None and int(match[1]) <= _LAST_PORT:
            what = f"port {match[1]} in its {where}" if where else f"port {match[1]}"
            self.add("EXPOSE", f"{match[1]}/{match[2] or 'tcp'}", span, what, "", edit)

    def user(self, text: str, span: Span) -> None:
        """The user, with a group or not."""
        if _USER.match(text):
            self.add("USER", text, span, "user")
        else:
            self.doubts.append("the user is decided by a variable")

    def folder(self, text: str, span: Span) -> None:
        """The working directory."""
        if text.startswith("/") and text.isprintable() and not set(text) & set("$\\\"'"):
            self.add("WORKDIR", text, span, "working directory")

    def files(self, source: str, path: str, span: Span, *, kept: bool = True) -> None:
        """Files of the repository (`source`), or others, that are there at `path`; `kept` tells that they can be data."""
        if _plain(path) and _plain(source):
            self.add("COPY", json.dumps([source, path]), span, f"mount at {path}", path if kept else "")

    def volume(self, path: str, span: Span, *, kept: bool = True) -> None:
        """A volume at `path`, empty at first; `kept` tells that the data in it may be of the user of the image that was.

        One below a directory of configuration is filled by something else, and what is in it is not known.
        """
        if path.startswith(_CONFIGURATION):
            self.files("outside", path, span, kept=kept)
        elif _plain(path):
            self.add("VOLUME", json.dumps([path]), span, f"volume at {path}", path if kept else "")

    def commands(self, text: str, span: Span, what: str) -> None:
        """Shell commands that a job runs in the container; expressions of the runner stand for a word that is not known."""
        clean = _EXPRESSION.sub("expression", text)
        if clean.strip() and _END not in clean:
            body = clean if clean.endswith("\n") else f"{clean}\n"
            self.add("RUN", f"<<'{_END}'\n{body}{_END}", span, what)


def _plain(path: str) -> bool:
    return bool(path) and path.isprintable() and not set(path) & set("$\\*?[")


def _quoted(value: str) -> str:
    """`value` as a word in double quotes that stands for itself."""
    text = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return '"' + "".join(sign if sign.isprintable() else " " for sign in text) + '"'


def dockerfile_of(service: Service, check: Line | None) -> tuple[bytes, list[tuple[int, Line]]]:
    """The text of a Dockerfile that is `service` on its own image, and the offset at which each line of it begins."""
    platform = f"--platform={service.platform} " if service.platform else ""
    image = service.image.text if service.image is not None else "scratch"
    if service.role == "build":
        head, tail = f"FROM {platform}{image} AS job\n", "RUN true\nFROM scratch\nCOPY --from=job /srv/job /srv/job\n"
    else:
        head, tail = f"FROM {platform}{image}\n", ""
    body, places = written(service, check, len(head.encode()))
    return head.encode() + body + tail.encode(), places


def written(service: Service, check: Line | None, at: int) -> tuple[bytes, list[tuple[int, Line]]]:
    """The lines of `service` and its `check` as text that begins at the byte `at`, and the offset of each."""
    pieces: list[bytes] = []
    places: list[tuple[int, Line]] = []
    order = {"ENTRYPOINT": 1, "CMD": 2}
    lines = sorted(service.lines, key=lambda line: order.get(line.keyword, 0))
    for line in (*lines, *((check,) if check is not None else ())):
        text = f"{line.keyword} {line.text}\n".encode("utf-8", "replace")
        places.append((at, line))
        pieces.append(text)
        at += len(text)
    return b"".join(pieces), places

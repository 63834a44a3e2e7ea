"""Annotations for GitHub Actions: read back as its runner reads them, and nothing of a file becomes a command."""

from __future__ import annotations

import pytest
from report_cases import clean, document, hostile, markup, multi_stage, unreadable

from dhi_migrate.cli.console import say
from dhi_migrate.report.frame import View

# The commands that the runner has registered; any line of a log that begins with one of them is obeyed.
COMMANDS = {
    "error", "warning", "notice", "debug", "group", "endgroup", "echo", "add-mask", "add-matcher", "remove-matcher",
    "add-path", "set-env", "set-output", "save-state", "stop-commands", "internal-set-repo-path",
}  # fmt: skip

Command = tuple[str, dict[str, str], str]


def obey(log: str) -> list[Command]:
    """What the runner makes of a log: for each command its name, properties and message (ActionCommand.TryParseV2)."""
    found: list[Command] = []
    for line in log.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        text = line.lstrip()
        if not text.startswith("::") or "::" not in text[2:]:
            continue
        info, data = text[2:].split("::", 1)
        name, _, rest = info.partition(" ")
        if name not in COMMANDS:
            continue
        properties = {}
        for pair in filter(None, rest.strip().split(",")):
            key, _, value = pair.partition("=")
            properties[key] = unescape(value, {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"})
        found.append((name, properties, unescape(data, {"%0D": "\r", "%0A": "\n", "%25": "%"})))
    return found


def unescape(text: str, escapes: dict[str, str]) -> str:
    for escape, char in escapes.items():
        text = text.replace(escape, char)
    return text


def test_each_finding_is_a_command() -> None:
    assert document("github", multi_stage(), clean(), unreadable()) == (
        "::notice file=web/Dockerfile,line=2,col=6,endLine=2,endColumn=20,title=DHI101 hardened-base-available"
        "::web/Dockerfile:2:6: DHI101 node:22-alpine is there as dhi.io/node:22-alpine3.24-dev"
        "%0Afix: use dhi.io/node:22-alpine3.24-dev [--fix]\n"
        "::warning file=web/Dockerfile,line=4,endLine=5,title=DHI209 node-shell-shim"
        "::web/Dockerfile:4:1: DHI209 two lines\n"
        "::notice file=web/Dockerfile,line=10,col=6,endLine=10,endColumn=20,title=DHI101 hardened-base-available"
        "::web/Dockerfile:10:6: DHI101 node:22-alpine has a hardened image\n"
        "::error file=web/Dockerfile,line=12,col=1,endLine=12,endColumn=15,title=DHI202 shell-form-start"
        "::web/Dockerfile:12:1: DHI202 CMD needs a shell, which dhi.io/node:22-alpine3.24 does not have"
        "%0Abecause: image/node/alpine-3.24/22.yaml lists no shell"
        "%0Afix: write CMD as a JSON array [--fix --unsafe-fixes]\n"
        "::error file=gone/Dockerfile,title=dhi-migrate::gone/Dockerfile: no such file or directory\n"
    )


def test_the_runner_reads_back_what_was_meant_and_no_command_more() -> None:
    first, second = obey(document("github", markup(), hostile()))
    assert first[0] == "error"
    assert first[1] == {
        "file": "d,e:f/%0A<g>\"&'|`[h](i)\\n::error::j",
        "line": "2",
        "col": "5",
        "endLine": "2",
        "endColumn": "50",
        "title": "DHI202 shell-form-start",
    }
    assert first[2].split("\n")[0].endswith("{0} [l](http://z) %0A\\n::set-env name=A::b")
    assert len(first[2].split("\n")) == 3
    assert second == (
        "notice",
        {
            "file": r"a\xff\x1b[31m\x9b:\u202e1", "line": "1", "col": "6", "endLine": "1", "endColumn": "17",
            "title": "DHI101 hardened-base-available",
        },
        "\n".join(
            f"{head}a\\xff\\x1b[31m\\x9b:\\u202e1{tail}"
            for head, tail in (("", r":1:6: DHI101 a\xff\x1b[31m\x9b:\u202e1"), ("because: ", ""), ("fix: ", " [--fix]"))
        ),
    )  # fmt: skip


def test_every_line_is_a_command_of_ours() -> None:
    log = document("github", markup(), hostile(), multi_stage(), unreadable())
    lines = log.split("\n")
    assert lines.pop() == ""
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) and line.isprintable() for line in lines)
    assert len(obey(log)) == len(lines) == 7


@pytest.mark.parametrize(
    ("path", "directory", "shown"),
    [
        ("web/Dockerfile", "/work", "web/Dockerfile"),
        ("./web/Dockerfile", "/work", "web/Dockerfile"),
        ("/work/web/Dockerfile", "/work", "web/Dockerfile"),
        ("/work/web/Dockerfile", "/", "work/web/Dockerfile"),
        ("/other/Dockerfile", "/work", "/other/Dockerfile"),
        ("../x/Dockerfile", "/work/a", "/work/x/Dockerfile"),
        ("<stdin>", "/work", "<stdin>"),
        ("caf\u00e9 \U0001f468\u200d\U0001f469/Dockerfile", "/work", "caf\u00e9 \U0001f468\u200d\U0001f469/Dockerfile"),
    ],
)
def test_paths_are_from_the_directory_of_the_run(path: str, directory: str, shown: str) -> None:
    log = document("github", unreadable()._replace(path=path), view=View(directory))
    assert obey(log)[0][1]["file"] == shown


def test_a_line_on_standard_error_is_no_command_either(capsys: pytest.CaptureFixture[str]) -> None:
    say("x/Dockerfile.##[add-mask]a\n::error::b: skipped")
    assert capsys.readouterr().err == "dhi-migrate: x/Dockerfile.##\\x5badd-mask]a\\n::error::b: skipped\n"

"""The program ``dhi-migrate lsp``: how it starts and ends, what it needs, and what it costs."""

from __future__ import annotations

import cProfile
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsp_support import COMMAND, ENVIRONMENT

from dhi_migrate import Catalog, check
from dhi_migrate.lsp.documents import Document, View
from dhi_migrate.lsp.positions import Text
from dhi_migrate.lsp.settings import SettingsSource


class Raw:
    """A session without a library: bytes in, bytes out."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
        )

    def send(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def say(self, **message: Any) -> None:
        self.send(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def next(self) -> Any:
        assert self.process.stdout is not None
        size = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(size))

    def start(self) -> Any:
        self.say(id=1, method="initialize", params={"capabilities": {}, "processId": None, "rootUri": None})
        answer = self.next()
        self.say(method="initialized", params={})
        return answer


def test_the_server_says_what_it_can() -> None:
    raw = Raw()
    answer = raw.start()["result"]
    able = answer["capabilities"]
    assert answer["serverInfo"]["name"] == "dhi-migrate"
    assert able["textDocumentSync"] == {"openClose": True, "change": 2, "save": {"includeText": False}}
    assert able["codeActionProvider"] == {
        "codeActionKinds": ["quickfix", "source.fixAll.dhi-migrate", "refactor.rewrite.dhi-migrate"],
        "resolveProvider": True,
    }
    assert able["completionProvider"] == {"triggerCharacters": ["/", ":", "="], "resolveProvider": True}
    assert able["diagnosticProvider"] == {
        "identifier": "dhi-migrate",
        "interFileDependencies": False,
        "workspaceDiagnostics": False,
    }
    for provider in ("hover", "definition", "references", "documentSymbol"):
        assert able[f"{provider}Provider"] is True
    raw.say(id=2, method="shutdown")
    assert raw.next() == {"jsonrpc": "2.0", "id": 2, "result": None}
    raw.say(method="exit")
    out, err = raw.process.communicate(timeout=60)
    assert (raw.process.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize("goodbye", [True, False], ids=["exit without shutdown", "the editor is gone"])
def test_an_end_without_shutdown_is_exit_code_1(goodbye: bool) -> None:
    raw = Raw()
    raw.start()
    if goodbye:
        raw.say(method="exit")
    raw.process.communicate(timeout=60)
    assert raw.process.returncode == 1


def test_what_is_no_message_does_not_end_the_server() -> None:
    raw = Raw()
    raw.start()
    raw.send(b"{not json")
    raw.say(id=5, method="textDocument/nosuch", params={})
    raw.say(id=6, method="textDocument/hover", params={"textDocument": {"uri": 5}})
    raw.say(
        id=7,
        method="textDocument/hover",
        params={"textDocument": {"uri": "file:///gone"}, "position": {"line": 0, "character": 0}},
    )
    while (answer := raw.next()).get("id") != 7:
        pass
    assert answer["result"] is None
    raw.say(id=8, method="shutdown")
    assert raw.next()["id"] == 8
    raw.say(method="exit")
    raw.process.communicate(timeout=60)
    assert raw.process.returncode == 0


def test_without_pygls_it_says_how_to_get_it(tmp_path: Path) -> None:
    code = "import sys; sys.modules['pygls'] = None; from dhi_migrate.__main__ import main; sys.exit(main(['lsp']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "dhi-migrate: the editor server needs pygls, which is not installed: pip install 'dhi-migrate[lsp]'\n"
    )


def test_on_a_terminal_it_does_not_wait_for_nobody() -> None:
    import pty

    try:
        leader, follower = pty.openpty()
    except OSError as error:  # a build sandbox without /dev/pts
        pytest.skip(f"no pseudo terminal here: {error}")
    done = subprocess.run(
        [*COMMAND, "--stdio"], stdin=follower, capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False
    )
    os.close(leader)
    os.close(follower)
    assert (done.returncode, done.stdout) == (2, "")
    assert "docs/editors.md" in done.stderr


@pytest.mark.parametrize("arguments", [["--fail-on", "never", "Dockerfile"], ["check", "--help"], ["rules", "DHI202"]])
def test_no_other_command_loads_anything_of_the_server(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "Dockerfile").write_text("FROM node:22\nRUN npm ci\nCMD npm start\n")
    code = (
        "import sys\nfrom dhi_migrate.__main__ import main\n"
        f"main({arguments!r})\n"
        "names = ('pygls', 'lsprotocol', 'attrs', 'cattrs', 'asyncio', 'dhi_migrate.lsp')\n"
        "print([name for name in names if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, cwd=tmp_path, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"


PACKAGES = "".join(f"        package-{number} \\\n" for number in range(24))
STEPS = "".join(
    f"# step {number}: what it is for\nCOPY src{number} /srv/src{number}\nENV STEP_{number}=done\nRUN npm run step{number} \\\n"
    f"    --all\n\n"
    for number in range(9)
)
LINES = f"""\
# syntax=docker/dockerfile:1
ARG VERSION=22

FROM node:${{VERSION}} AS build
RUN apt-get update \\
    && apt-get install -y --no-install-recommends \\
{PACKAGES}    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \\
    npm ci

{STEPS}# what ships
FROM node:${{VERSION}}-slim
WORKDIR /srv
ENV NODE_ENV=production PORT=8080
COPY --from=build --chown=node:node /srv /srv
USER node
EXPOSE 8080
CMD node server.js --port 8080
"""


def test_a_change_of_a_hundred_lines_costs_few_calls(tmp_path: Path) -> None:
    """The work of the server for one change, without the pipe: counted in calls, since a clock measures the machine too.

    50,000 calls are about 15 ms on a machine that does `python -c pass` in as many; it was 41,000 when this was written.
    """
    from dhi_migrate.lsp.diagnostics import Abilities, diagnostics
    from dhi_migrate.lsp.features import register
    from dhi_migrate.lsp.server import Server

    register(Server())  # all of it is loaded
    assert LINES.count("\n") == 98
    path = tmp_path / "Dockerfile"
    path.write_text(LINES)
    source = SettingsSource()
    counts = []
    for number in range(4):
        text = Text(LINES.encode() + b"#" * number)
        document = Document(path.as_uri(), str(path), "dockerfile", number, text)
        view = View(document, source.for_path(str(path), str(tmp_path)), [str(tmp_path)])
        profile = cProfile.Profile()
        found = profile.runcall(diagnostics, view, Abilities())
        counts.append(sum(entry.callcount for entry in profile.getstats()))
    assert [one.code for one in found] == [
        one.rule for one in check(text.data, Catalog.load(), path=str(path), tree=view.tree).findings
    ]
    assert counts[-1] < 50_000, counts

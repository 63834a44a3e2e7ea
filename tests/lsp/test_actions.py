"""Code actions: they do what the command line does, no more and no less, and say beforehand what that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsp_support import Editor, abilities, session
from lsprotocol import types

from dhi_migrate import Catalog, Settings, check, migrate
from dhi_migrate.rules.edits import apply_edits

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMILE = "\U0001f600"
TWO_STAGES = (
    f"# {SMILE}\r\nFROM node:22-alpine AS build\r\nWORKDIR /srv\r\nCOPY . .\r\nRUN npm ci\r\n\r\n"
    f"FROM node:22-alpine\r\nWORKDIR /srv\r\nLABEL a={SMILE}\r\nCOPY --from=build /srv .\r\n"
    "CMD node server.js --port 3000"
)
INSTALLS = (
    "FROM python:3.13-slim\nWORKDIR /srv\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n"
    'CMD ["python", "app.py"]\n'
)
STUCK = 'FROM node:22-alpine\nWORKDIR /srv\nRUN apk add curl\nCMD ["sh", "-c", "curl localhost | node a.js"]\n'
OLD_TAG = 'FROM dhi.io/node:20-debian12\nCMD ["node", "a.js"]\n'

FIX_ALL = "source.fixAll.dhi-migrate"
RUNTIME, SPLIT, DEV = (f"refactor.rewrite.dhi-migrate.{level}" for level in ("runtime", "split", "dev"))


def kinds(found: list[types.CodeAction]) -> list[str]:
    return [str(getattr(one.kind, "value", one.kind)) for one in found]


async def test_each_fix_is_an_action_and_does_what_the_fix_does(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", TWO_STAGES)
    data = TWO_STAGES.encode()
    fixes = {fix: None for finding in check(data, Catalog.load()).findings for fix in finding.fixes}
    found = [one for one in await editor.actions(uri, only=["quickfix"]) if not one.title.startswith("Suppress")]
    assert [one.title for one in found] == [
        "Use dhi.io/node:22-alpine3.24-dev",
        "Use dhi.io/node:22-alpine3.24, and write CMD in exec form",
        "Write CMD in exec form",
    ]
    for action, fix in zip(found, fixes, strict=True):
        assert action.title == fix.title
        assert action.is_preferred is True
        assert editor.applied(action.edit).encode() == apply_edits(data, fix.edits)


async def test_an_unsafe_fix_says_so_and_is_not_preferred(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", OLD_TAG)
    fix, _ = await editor.actions(uri, "dhi.io/node:20-debian12", ["quickfix"])
    assert (fix.title, fix.is_preferred) == ("Use dhi.io/node:22-debian13 (unsafe)", None)
    assert [one.code for one in fix.diagnostics or ()] == ["DHI109"]
    assert editor.applied(fix.edit) == OLD_TAG.replace("20-debian12", "22-debian13")


async def test_actions_are_those_of_the_place(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", TWO_STAGES)
    titles = [one.title for one in await editor.actions(uri, "node server.js", ["quickfix"])]
    assert titles == ["Write CMD in exec form", "Suppress DHI202 (shell-form-start) here with a reason"]
    assert await editor.actions(uri, "WORKDIR", ["quickfix"]) == []


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (None, ["quickfix", FIX_ALL, RUNTIME, SPLIT, DEV]),
        ([""], ["quickfix", FIX_ALL, RUNTIME, SPLIT, DEV]),
        (["quickfix"], ["quickfix"]),
        (["quickfix.dhi-migrate"], []),
        (["source"], [FIX_ALL]),
        (["source.fixAll"], [FIX_ALL]),
        ([FIX_ALL], [FIX_ALL]),
        (["source.fix"], []),
        (["source.fixAll.ruff"], []),
        (["source.organizeImports"], []),
        (["refactor"], [RUNTIME, SPLIT, DEV]),
        (["refactor.rewrite"], [RUNTIME, SPLIT, DEV]),
        ([SPLIT], [SPLIT]),
        (["refactor.extract", "source.fixAll"], [FIX_ALL]),
    ],
)
async def test_kinds_are_matched_by_prefix(
    editor: Editor, tmp_path: Path, only: list[str] | None, expected: list[str]
) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", "FROM node:22-alpine\nCMD node server.js\n")
    found = await editor.actions(uri, only=only)
    assert list(dict.fromkeys(kinds(found))) == expected


@pytest.mark.parametrize("text", [TWO_STAGES, INSTALLS.replace("app.py", SMILE), STUCK.replace("[", "node a.js #")])
async def test_fix_all_is_what_the_command_line_writes(editor: Editor, tmp_path: Path, text: str) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", text)
    found = await editor.actions(uri, only=[FIX_ALL])
    expected = migrate(text.encode(), Catalog.load()).data
    if expected == text.encode():
        assert found == []
        return
    (action,) = found
    assert action.edit is None  # until it is resolved
    assert editor.applied((await editor.resolved(action)).edit).encode() == expected


async def test_fix_all_is_resolved_for_the_text_as_it_is_by_then(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", TWO_STAGES)
    (action,) = await editor.actions(uri, only=[FIX_ALL])
    editor.send_change(uri, 0, 0, f"# {SMILE} new\r\n")
    expected = migrate(editor.texts[uri].encode(), Catalog.load()).data
    assert editor.applied((await editor.resolved(action)).edit).encode() == expected


@pytest.mark.parametrize(
    ("text", "level"), [(TWO_STAGES, "runtime"), (OLD_TAG, "runtime"), (INSTALLS, "split"), (INSTALLS, "dev")]
)
async def test_a_migration_is_that_of_the_command_line_at_its_level(
    editor: Editor, tmp_path: Path, text: str, level: str
) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", text)
    (action,) = await editor.actions(uri, "FROM", [f"refactor.rewrite.dhi-migrate.{level}"])
    assert f"level {level}" in action.title
    assert action.edit is None
    result = migrate(text.encode(), Catalog.load(), Settings(level=level), unsafe=level == "runtime")  # type: ignore[arg-type]
    assert result.level == level
    assert editor.applied((await editor.resolved(action)).edit).encode() == result.data


@pytest.mark.parametrize(
    ("text", "level", "reason"),
    [
        (STUCK, "split", "dhi-migrate: level split is not reached: line "),
        (INSTALLS, "runtime", "dhi-migrate: level runtime is not reached: line 4: DHI303: "),
        (TWO_STAGES, "dev", "dhi-migrate: level dev is not needed: this file gets to level runtime"),
    ],
)
async def test_a_level_that_is_not_reached_changes_nothing_and_says_why(
    editor: Editor, tmp_path: Path, text: str, level: str, reason: str
) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", text)
    (action,) = await editor.actions(uri, only=[f"refactor.rewrite.dhi-migrate.{level}"])
    assert (await editor.resolved(action)).edit is None
    assert editor.client.messages[-1].message.startswith(reason)


async def test_a_file_that_is_done_has_nothing_to_migrate(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", 'FROM dhi.io/node:24-debian13\nCMD ["node", "a.js"]\n')
    assert await editor.actions(uri) == []


async def test_an_editor_that_resolves_nothing_gets_the_edits_at_once(tmp_path: Path) -> None:
    capabilities = abilities(codeAction={"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}}})
    del capabilities["workspace"]["workspaceEdit"]
    async with session(capabilities) as editor:
        uri = await editor.open(tmp_path / "Dockerfile", INSTALLS)
        found = await editor.actions(uri)
        assert [kind for kind in kinds(found) if kind != "quickfix"] == [SPLIT, DEV]  # runtime is not reached
        assert all(one.edit is not None and one.edit.document_changes is None for one in found)
        expected = migrate(INSTALLS.encode(), Catalog.load(), Settings(level="split")).data
        assert editor.applied(found[-2].edit).encode() == expected
        other = await editor.open(tmp_path / "Dockerfile.two", TWO_STAGES)
        (action,) = await editor.actions(other, only=["source.fixAll"])
        assert editor.applied(action.edit).encode() == migrate(TWO_STAGES.encode(), Catalog.load()).data


SUPPRESSED = {
    "above": ("FROM centos:7\n", "DHI104", "# dhi-migrate: ignore=DHI104 -- reason\nFROM centos:7\n"),
    "behind the directives, CRLF": (
        "# syntax=docker/dockerfile:1\r\n# check=skip=all\r\nFROM centos:7\r\n",
        "DHI104",
        "# syntax=docker/dockerfile:1\r\n# check=skip=all\r\n"
        "# dhi-migrate: ignore=DHI104 -- reason\r\nFROM centos:7\r\n",
    ),
    "behind a byte order mark": (
        "\ufeffFROM centos:7\n",
        "DHI104",
        "\ufeff# dhi-migrate: ignore=DHI104 -- reason\nFROM centos:7\n",
    ),
    "above a comment that speaks to another tool": (
        "FROM node:22-alpine\n  # hadolint ignore=DL3025\n  CMD node a.js",
        "DHI202",
        "FROM node:22-alpine\n  # dhi-migrate: ignore=DHI202 -- reason\n  # hadolint ignore=DL3025\n  CMD node a.js",
    ),
    "inside a continued RUN": (
        "FROM alpine:3.20\nRUN true && \\\n\tapk add curl\n",
        "DHI301",
        "FROM alpine:3.20\nRUN true && \\\n\t# dhi-migrate: ignore=DHI301 -- reason\n\tapk add curl\n",
    ),
    "above a here-document": (
        "FROM alpine:3.20\nRUN <<EOF\ntrue\napk add curl\nEOF\n",
        "DHI301",
        "FROM alpine:3.20\n# dhi-migrate: ignore=DHI301 -- reason\nRUN <<EOF\ntrue\napk add curl\nEOF\n",
    ),
}


@pytest.mark.parametrize("case", SUPPRESSED)
async def test_a_finding_is_suppressed_with_a_reason(editor: Editor, tmp_path: Path, case: str) -> None:
    text, code, expected = SUPPRESSED[case]
    uri = await editor.open(tmp_path / "Dockerfile", text)
    found = [one for one in await editor.actions(uri, only=["quickfix"]) if one.title.startswith(f"Suppress {code} ")]
    after = editor.applied(found[0].edit)
    assert after == expected
    before = check(text.encode(), Catalog.load())
    report = check(after.encode(), Catalog.load())
    assert [one.rule for one in report.findings] == [one.rule for one in before.findings if one.rule != code]


@pytest.mark.parametrize("text", ["FRM x\n", "FROM scratch\n# dhi-migrate: ignore=DHI401 -- x\nUSER 1\n", ""])
async def test_what_cannot_be_suppressed_is_not_offered_so(editor: Editor, tmp_path: Path, text: str) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", text)
    found = await editor.actions(uri)
    assert [one.title for one in found if one.title.startswith("Suppress")] == []

"""Diagnostics, pushed and pulled: what the command line finds, at the places that the editor counts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsp_support import ROOT, Editor, abilities, json_of, session
from lsprotocol import types

from dhi_migrate import Catalog, check

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMILE = "\U0001f600"
FILE = (
    "FROM node:22-alpine\r\nWORKDIR /srv\r\n"
    f'RUN echo "{SMILE}é{SMILE}"\t&& apk add curl\r\nCMD node server.js\r\n# dhi-migrate: ignore=DHI401 -- x\r\nUSER node'
)


def page(code: str) -> dict[str, str]:
    return {"href": (ROOT / "docs" / "rules" / f"{code}.md").as_uri()}


async def test_a_diagnostic_says_all_that_the_protocol_has_room_for(editor: Editor, tmp_path: Path) -> None:
    text = 'FROM dhi.io/node:24-debian13\n# dhi-migrate: ignore=DHI401 -- no reason\nCMD ["node", "a.js"]\n'
    uri = editor.send_open(tmp_path / "Dockerfile", text)
    assert json_of(await editor.published(uri)) == [
        {
            "range": {"start": {"line": 1, "character": 22}, "end": {"line": 1, "character": 28}},
            "severity": 2,
            "code": "DHI001",
            "codeDescription": page("DHI001"),
            "source": "dhi-migrate",
            "message": "DHI401 is suppressed here and not found: remove it from the suppression\n"
            "no finding of the rule lies in what the comment is about",
            "tags": [1],
        }
    ]


async def test_a_tag_that_is_gone_is_struck_through(editor: Editor, tmp_path: Path) -> None:
    uri = editor.send_open(tmp_path / "Dockerfile", 'FROM dhi.io/node:20-debian12\nCMD ["node", "a.js"]\n')
    (found,) = await editor.published(uri)
    assert (found.code, list(found.tags or ())) == ("DHI109", [types.DiagnosticTag.Deprecated])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_places_are_right_in_each_encoding_with_surrogate_pairs_tabs_and_crlf(
    encoding: str, tmp_path: Path
) -> None:
    async with session(abilities(encoding, "utf-16")) as editor:
        assert editor.encoding == encoding
        uri = editor.send_open(tmp_path / "Dockerfile", FILE)
        report = check(FILE.encode(), Catalog.load())
        found = await editor.published(uri)
        severities = {"error": 1, "warning": 2, "info": 3}
        assert [(one.code, one.severity, editor.covered(uri, one.range)) for one in found] == [
            (one.rule, severities[one.severity], FILE.encode()[one.span.start : one.span.end].decode())
            for one in report.findings
        ]
        installs = next(one for one in found if one.code == "DHI301")
        assert editor.covered(uri, installs.range) == "apk add curl"
        column = {"utf-8": 25, "utf-16": 20, "utf-32": 18}[encoding]
        assert installs.range.start == types.Position(2, column)
        # changes count in the same units: behind the second smile
        at = FILE.index('"\t&&')
        editor.send_change(uri, at - 1, at, "x\ny")
        editor.send_change(uri, 0, 0, f"# {SMILE}\r")  # a lone CR ends a line as well
        end = len(editor.texts[uri])
        editor.send_change(uri, end, end, f"\nLABEL a={SMILE}")
        found = await editor.published(uri)
        assert {editor.covered(uri, one.range) for one in found if one.code == "DHI000"} == {
            _covered_by_check(editor.texts[uri])
        }


def _covered_by_check(text: str) -> str:
    (finding,) = check(text.encode(), Catalog.load()).findings
    return text.encode()[finding.span.start : finding.span.end].decode()


async def test_without_an_agreement_it_is_utf_16(tmp_path: Path) -> None:
    capabilities = abilities()
    del capabilities["general"]
    async with session(capabilities) as editor:
        assert editor.encoding == "utf-16"


async def test_changes_are_applied_in_order_to_a_text_that_was_never_saved(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", "")
    for piece in ("FROM node:22-alpine\n", 'CMD ["node", "a.js"]\n', "# a\u2028b\x0cc\n", "USER nosuchuser\n"):
        end = len(editor.texts[uri])
        editor.send_change(uri, end, end, piece)
    editor.send_change(uri, 0, 4, "from")
    found = await editor.published(uri)
    expected = check(editor.texts[uri].encode(), Catalog.load()).findings
    assert [(one.code, editor.covered(uri, one.range)) for one in found] == [
        (one.rule, editor.texts[uri].encode()[one.span.start : one.span.end].decode()) for one in expected
    ]
    assert not (tmp_path / "Dockerfile").exists()


async def test_a_whole_new_text_is_taken_too(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", "FROM centos:7\n")
    editor.versions[uri] = 7
    editor.client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(7, uri),
            [types.TextDocumentContentChangeWholeDocument("FROM scratch\n")],
        )
    )
    assert await editor.published(uri) == []


@pytest.mark.parametrize(
    ("name", "language", "looked_at"),
    [
        ("Dockerfile", "dockerfile", True),
        ("build.txt", "dockerfile", True),
        ("Dockerfile.dev", "plaintext", True),
        ("docker-compose.yml", "yaml", False),
        ("dhi-migrate.toml", "toml", False),
    ],
)
async def test_dockerfiles_alone_are_looked_at(
    editor: Editor, tmp_path: Path, name: str, language: str, looked_at: bool
) -> None:
    uri = editor.send_open(tmp_path / name, "FRM x\n", language)
    assert [one.code for one in await editor.published(uri)] == (["DHI000"] if looked_at else [])


async def test_a_buffer_without_a_file_is_looked_at(editor: Editor) -> None:
    uri = editor.send_open("untitled:Untitled-1", "FROM node:22-alpine\n")
    assert [one.code for one in await editor.published(uri)] == ["DHI101"]


async def test_a_closed_file_has_no_diagnostics(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", "FROM centos:7\n")
    assert editor.client.diagnostics[uri]
    identifier = types.TextDocumentIdentifier(uri)
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))
    for _ in range(100):  # what is sent before an answer arrives before it
        await editor.client.text_document_hover_async(types.HoverParams(identifier, types.Position(0, 0)))
        if not editor.client.diagnostics[uri]:
            break
    assert list(editor.client.diagnostics[uri]) == []


async def test_the_build_context_of_a_saved_file_counts_and_is_read_again_on_save(
    editor: Editor, tmp_path: Path
) -> None:
    text = 'FROM dhi.io/node:24-debian13\nWORKDIR /app\nCOPY . .\nCMD ["npm", "start"]\n'
    (tmp_path / "Dockerfile").write_text(text)
    (tmp_path / "package.json").write_text('{"scripts": {"start": "node a.js"}}')

    def expected() -> list[str]:
        from dhi_migrate import open_context

        path = str(tmp_path / "Dockerfile")
        found = check(text.encode(), Catalog.load(), path=path, tree=open_context(path, text.encode()))
        return [f"{one.message}\n{one.evidence}" for one in found.findings]

    first = expected()
    uri = editor.send_open(tmp_path / "Dockerfile", text)
    assert [one.message for one in await editor.published(uri)] == first
    (tmp_path / "package.json").write_text('{"scripts": {"start": "node b.js --port 3000"}}')
    assert expected() != first
    editor.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
    assert [one.message for one in await editor.published(uri)] == expected()


async def test_what_is_pulled_is_what_would_be_pushed(editor: Editor, tmp_path: Path) -> None:
    pushing = await editor.open(tmp_path / "Dockerfile", FILE)
    async with session(abilities(diagnostic={})) as pulling:
        uri = pulling.send_open(tmp_path / "Dockerfile", FILE)
        identifier = types.TextDocumentIdentifier(uri)
        first = await pulling.client.text_document_diagnostic_async(types.DocumentDiagnosticParams(identifier))
        assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
        assert list(first.items) == list(editor.client.diagnostics[pushing])
        again = await pulling.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(identifier, previous_result_id=first.result_id)
        )
        assert json_of(again) == {"kind": "unchanged", "resultId": first.result_id}
        pulling.send_change(uri, 0, 0, "#\n")
        third = await pulling.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(identifier, previous_result_id=first.result_id)
        )
        assert isinstance(third, types.RelatedFullDocumentDiagnosticReport)
        assert [one.range.start.line for one in third.items] == [one.range.start.line + 1 for one in first.items]
        assert pulling.client.diagnostics == {}  # nothing was sent unasked


async def test_many_changes_at_once_are_answered_with_the_last_text(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", "FROM node:22-alpine\n")
    for _ in range(100):
        editor.send_change(uri, len(editor.texts[uri]), len(editor.texts[uri]), "#\n")
    editor.send_change(uri, 5, 19, "centos:7")
    assert [one.code for one in await editor.published(uri)] == [
        one.rule for one in check(editor.texts[uri].encode(), Catalog.load()).findings
    ]


async def test_a_file_that_takes_long_is_checked_once_the_typing_stops(editor: Editor, tmp_path: Path) -> None:
    text = "FROM node:22-alpine AS a\n" + "".join(f"RUN echo {number} && apk add curl\n" for number in range(600))
    uri = await editor.open(tmp_path / "Dockerfile", text)
    for _ in range(5):
        editor.send_change(uri, 0, 0, "#\n")
    found = await editor.published(uri)
    assert [one.range.start.line for one in found if one.code == "DHI101"] == [5]


async def test_a_file_that_is_too_large_says_so(editor: Editor, tmp_path: Path) -> None:
    uri = editor.send_open(tmp_path / "Dockerfile", "#" * (4 * 1024 * 1024 + 1))
    (found,) = await editor.published(uri)
    assert (found.code, found.severity) == ("too-large", types.DiagnosticSeverity.Error)
    assert await editor.hover(uri, "#") is None
    assert await editor.actions(uri, "#") == []


async def test_a_fault_in_one_file_is_a_diagnostic_and_the_others_go_on(tmp_path: Path) -> None:
    code = (
        "import sys, dhi_migrate.lsp.documents as d; real = d.check\n"
        "def check(data, *a, **k):\n"
        "    if b'BOOM' in data: raise RuntimeError('a fault')\n"
        "    return real(data, *a, **k)\n"
        "d.check = check\n"
        "from dhi_migrate.__main__ import main; sys.exit(main(['lsp']))"
    )
    import sys

    async with session(command=[sys.executable, "-c", code]) as editor:
        bad = editor.send_open(tmp_path / "Dockerfile", "FROM x\n# BOOM\n")
        (found,) = await editor.published(bad)
        assert found.code == "internal-error"
        assert "RuntimeError: a fault; please report it" in found.message
        assert "Traceback" in editor.client.log_messages[-1].message
        # whatever is asked of it has an answer
        assert await editor.actions(bad) == []
        good = editor.send_open(tmp_path / "Dockerfile.good", "FROM node:22-alpine\n")
        assert [one.code for one in await editor.published(good)] == ["DHI101"]
        editor.send_change(bad, editor.texts[bad].index("BOOM"), editor.texts[bad].index("BOOM") + 4, "")
        assert "internal-error" not in [one.code for one in await editor.published(bad)]


async def test_positions_outside_of_the_text_are_its_ends(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", "FROM scratch\nUSER 0")
    far = types.Range(types.Position(1, 999), types.Position(999, 999))
    editor.versions[uri] = 2
    editor.client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, uri), [types.TextDocumentContentChangePartial(far, "1\nFRM x\n")]
        )
    )
    editor.texts[uri] = "FROM scratch\nUSER 01\nFRM x\n"
    (found,) = await asyncio.wait_for(editor.published(uri), 60)
    assert found.range.start == types.Position(2, 0)

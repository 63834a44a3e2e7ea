"""A session with the server as an editor has it: over standard input and output, with the client of pytest-lsp."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, LanguageClient, register_lsp_features

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "dhi_migrate", "lsp"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
PATIENCE = 60  # seconds until a test gives up on an answer

PUBLISH = types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS


def abilities(*encodings: str, **changes: Any) -> dict[str, Any]:
    """The capabilities of a modern editor that takes pushed diagnostics, as JSON; `changes` replace parts of textDocument."""
    text: dict[str, Any] = {
        "synchronization": {"didSave": True},
        "publishDiagnostics": {
            "versionSupport": True,
            "codeDescriptionSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
        "codeAction": {
            "codeActionLiteralSupport": {
                "codeActionKind": {"valueSet": ["", "quickfix", "refactor.rewrite", "source", "source.fixAll"]}
            },
            "isPreferredSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"], "resolveSupport": {"properties": []}}},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        **changes,
    }
    return {
        "textDocument": {key: value for key, value in text.items() if value is not None},
        "general": {"positionEncodings": list(encodings or ("utf-16",))},
        "workspace": {"workspaceEdit": {"documentChanges": True}, "workspaceFolders": True},
    }


class Editor:
    """One session: texts are kept as an editor keeps them, and what the server sends is waited for, never slept for."""

    def __init__(self, client: LanguageClient, result: types.InitializeResult, arrived: asyncio.Queue[Any]) -> None:
        self.client = client
        self.result = result
        encoding = result.capabilities.position_encoding or "utf-16"
        self.encoding = str(getattr(encoding, "value", encoding))
        self._arrived = arrived
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}

    def send_open(self, path: Path | str, text: str, language: str = "dockerfile") -> str:
        """Open `text` as the file at `path` (or as the URI), which need not be on disk; gives the URI."""
        uri = path if isinstance(path, str) else path.as_uri()
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    async def open(self, path: Path | str, text: str, language: str = "dockerfile") -> str:
        """As `send_open`, and wait for the first diagnostics."""
        uri = self.send_open(path, text, language)
        await self.published(uri)
        return uri

    def send_change(self, uri: str, start: int, end: int, new: str) -> None:
        """Replace the characters `start` to `end` of a text by `new`."""
        text = self.texts[uri]
        place = types.Range(self.position(uri, start), self.position(uri, end))
        self.texts[uri] = text[:start] + new + text[end:]
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[uri], uri),
                [types.TextDocumentContentChangePartial(place, new)],
            )
        )

    async def published(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """The diagnostics of the current (or the given) version of a text, once they are there."""
        version = self.versions[uri] if version is None else version
        while True:
            params = await asyncio.wait_for(self._arrived.get(), PATIENCE)
            if params.uri == uri and params.version == version:
                return list(params.diagnostics)

    def position(self, uri: str, index: int) -> types.Position:
        """The place of character `index` of a text, in the units of the session: written apart from that of the server."""
        before = self.texts[uri][:index].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        units = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
        name, size = units[self.encoding]
        return types.Position(len(before) - 1, len(before[-1].encode(name)) // size)

    def index(self, uri: str, position: types.Position) -> int:
        """The character at `position`: the one that has it."""
        text = self.texts[uri]
        return next(
            at
            for at in range(len(text) + 1)
            if self.position(uri, at) == position and not (at and text[at - 1 : at + 1] == "\r\n")
        )

    def covered(self, uri: str, place: types.Range) -> str:
        """The text in a range."""
        return self.texts[uri][self.index(uri, place.start) : self.index(uri, place.end)]

    def applied(self, edit: types.WorkspaceEdit | None) -> str:
        """The text after the edit of an action, which names exactly one file that is open in its present version."""
        assert edit is not None
        if edit.document_changes is not None:
            (change,) = edit.document_changes
            assert isinstance(change, types.TextDocumentEdit)
            uri, edits = change.text_document.uri, change.edits
            assert change.text_document.version == self.versions[uri]
        else:
            assert edit.changes is not None
            ((uri, edits),) = edit.changes.items()
        text = self.texts[uri]
        pieces = [(self.index(uri, one.range.start), self.index(uri, one.range.end), one.new_text) for one in edits]
        assert pieces == sorted(pieces, key=lambda piece: piece[:2])
        for start, end, new in reversed(pieces):
            text = text[:start] + new + text[end:]
        return text

    async def actions(
        self, uri: str, within: str | None = None, only: Sequence[str] | None = None
    ) -> list[types.CodeAction]:
        """The actions at the text `within`, or of the whole file; of the kinds `only`."""
        text = self.texts[uri]
        start = text.index(within) if within is not None else 0
        end = start + len(within) if within is not None else len(text)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            types.Range(self.position(uri, start), self.position(uri, end)),
            types.CodeActionContext([], list(only) if only is not None else None),
        )
        found = await self.client.text_document_code_action_async(params)
        return [one for one in found or [] if isinstance(one, types.CodeAction)]

    async def resolved(self, action: types.CodeAction) -> types.CodeAction:
        """The action with its edit."""
        return await self.client.code_action_resolve_async(action)

    async def hover(self, uri: str, at: str, into: int = 1) -> str | None:
        """What is shown `into` characters into the text `at`."""
        place = self.position(uri, self.texts[uri].index(at) + into)
        params = types.HoverParams(types.TextDocumentIdentifier(uri), place)
        found = await self.client.text_document_hover_async(params)
        if found is None:
            return None
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    async def complete(self, uri: str, after: str) -> types.CompletionList:
        """What can stand after the text `after`."""
        place = self.position(uri, self.texts[uri].index(after) + len(after))
        params = types.CompletionParams(types.TextDocumentIdentifier(uri), place)
        found = await self.client.text_document_completion_async(params)
        assert isinstance(found, types.CompletionList)
        return found


def json_of(value: Any) -> Any:
    """A value of the protocol as JSON."""
    return default_converter().unstructure(value)


@contextlib.asynccontextmanager
async def session(
    capabilities: dict[str, Any] | None = None,
    options: Any = None,
    folders: Sequence[Path] = (),
    command: Sequence[str] = COMMAND,
) -> AsyncIterator[Editor]:
    """Start a server, and end it as an editor does; it has to end with exit code 0."""
    arrived: asyncio.Queue[Any] = asyncio.Queue()

    def note(client: LanguageClient, params: types.PublishDiagnosticsParams) -> None:
        client.diagnostics[params.uri] = params.diagnostics
        arrived.put_nowait(params)

    client = LanguageClient(converter_factory=default_converter)
    register_lsp_features(client, {**DEFAULT_CLIENT_FEATURES, PUBLISH: note})
    await client.start_io(*command, env=ENVIRONMENT)
    try:
        taken = default_converter().structure(capabilities or abilities(), types.ClientCapabilities)
        params = types.InitializeParams(
            capabilities=taken,
            initialization_options=options,
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders] or None,
        )
        result = await asyncio.wait_for(client.initialize_session(params), PATIENCE)
        yield Editor(client, result, arrived)
        await asyncio.wait_for(client.shutdown_session(), PATIENCE)
        assert client._server is not None
        assert client._server.returncode == 0
    finally:
        if client._server is not None and client._server.returncode is None:
            client._server.kill()
        await client.stop()

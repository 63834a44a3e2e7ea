"""Text synchronisation by our own `Text`: pygls splits lines at more characters than the protocol does, so that places shift."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

from .documents import Document
from .positions import UTF16, Text, to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any

    from .server import Server

    _Steps = Generator[tuple[Callable[..., Any], tuple[Any, ...], None], Any, None]


class Protocol(LanguageServerProtocol):
    """The protocol of pygls, with the open files kept in `Server.documents`; the handlers of the server run afterwards."""

    _server: Server

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> _Steps:
        """Keep the text of a file that was opened."""
        item = params.text_document
        encoding = self.workspace.position_encoding or UTF16
        text = Text(to_bytes(item.text), getattr(encoding, "value", encoding))
        language = str(getattr(item.language_id, "value", item.language_id))
        document = Document(item.uri, to_fs_path(item.uri), language, item.version, text)
        self._server.documents[unquote(item.uri)] = document
        yield from self._hand_on(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> _Steps:
        """Apply changes to a text, each to what the one before has left."""
        document = self._server.document(params.text_document.uri)
        if document is not None:
            for change in params.content_changes:
                document.text = document.text.changed(change)
            document.version = params.text_document.version
            document.view = None
            yield from self._hand_on(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> _Steps:
        """Forget a text."""
        self._server.documents.pop(unquote(params.text_document.uri), None)
        yield from self._hand_on(types.TEXT_DOCUMENT_DID_CLOSE, params)

    def _hand_on(self, method: str, params: object) -> _Steps:
        handler = self.fm.features.get(method)
        if handler is not None:
            yield handler, (params,), None

"""The server: what the editor asks, answered from the open files. One file's trouble is a message, and never ends the server."""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from .._version import __version__
from .diagnostics import Abilities, diagnostics, problem
from .documents import Document, View
from .protocol import Protocol
from .settings import SettingsSource

if TYPE_CHECKING:
    import asyncio

QUICK = 0.03
"""Seconds: a file that takes less than this to check is checked at every change, before anything else is answered."""

LONGEST_WAIT = 1.0
"""Seconds after the last change at which even a file that takes long is checked again."""

WATCHED = ("**/dhi-migrate.toml", "**/.dhi-migrate.toml", "**/pyproject.toml", "**/*.dockerignore")
"""Files on which more depends than their own text."""


class Server(LanguageServer):
    """The state of a session: open files by their (unquoted) URIs, settings, and what the editor can do."""

    def __init__(self) -> None:
        super().__init__("dhi-migrate", __version__, protocol_cls=Protocol)
        self.documents: dict[str, Document] = {}
        self.settings = SettingsSource()
        self.stopped = False
        self.generation = 0  # goes up when settings, or files that the open ones depend on, have changed
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def document(self, uri: str) -> Document | None:
        """The open file `uri`."""
        return self.documents.get(unquote(uri))

    def view(self, uri: str) -> View | None:
        """What is known of the open Dockerfile `uri`; None for any other file."""
        document = self.document(uri)
        if document is None or not document.is_dockerfile:
            return None
        if document.view is None:
            folders = [path for one in self.workspace.folders.values() if (path := to_fs_path(one.uri))]
            holding = [one for one in folders if _inside(document.path, one)]
            folder = max(holding, key=len, default=self.workspace.root_path or (folders[0] if folders else None))
            chosen = self.settings.for_path(document.path, folder)
            document.view = View(document, chosen, folders or ([folder] if folder else []))
        return document.view

    def able(self, what: str) -> bool:
        """Whether the editor has said that it has the capability `what` (a path in `ClientCapabilities`)."""
        return bool(self.capability(what))

    def capability(self, what: str) -> Any:
        """What the editor has said of the capability `what`; None where nothing."""
        return get_capability(self.client_capabilities, what, None)

    @property
    def abilities(self) -> Abilities:
        """What the editor takes of a diagnostic."""
        base = "text_document.publish_diagnostics"
        return Abilities(self.able(f"{base}.code_description_support"), self.able(f"{base}.tag_support"))

    @property
    def pulls(self) -> bool:
        """Whether the editor asks for diagnostics, so that none have to be sent unasked."""
        return self.capability("text_document.diagnostic") is not None

    def diagnose(self, uri: str) -> list[types.Diagnostic]:
        """The diagnostics of the file `uri`. A fault of ours is one of them."""
        document = self.document(uri)
        if document is None:
            return []
        start, known = time.perf_counter(), document.view
        try:
            view = self.view(uri)
            return diagnostics(view, self.abilities) if view is not None else []
        except Exception as error:
            return [problem(document.text, "internal-error", self.fault(error))]
        finally:
            if known is None:
                document.cost = time.perf_counter() - start

    def fault(self, error: Exception) -> str:
        """Write a fault of ours to the log of the editor, and give it in one line."""
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = "" if place is None else f" in {place.tb_frame.f_globals.get('__name__')}, line {place.tb_lineno}"
        message = f"internal error{where}: {type(error).__name__}: {error}; please report it"
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, f"{message}\n{traceback.format_exc()}"))
        return message

    def publish(self, uri: str) -> None:
        """Send the diagnostics of the file `uri`, if it is still open."""
        document = self.document(uri)
        timer = self._timers.pop(unquote(uri), None)
        if timer is not None:
            timer.cancel()
        if document is None:
            return
        found = self.diagnose(uri)
        version = document.version if self.able("text_document.publish_diagnostics.version_support") else None
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(document.uri, found, version))

    def changed(self, uri: str) -> None:
        """Send the diagnostics of the file `uri`, which has changed; where that takes long, once nothing more changes."""
        document = self.document(uri)
        if document is None or self.pulls:
            return
        if document.cost < QUICK:
            self.publish(uri)
            return
        import asyncio

        key = unquote(uri)
        if key in self._timers:
            self._timers[key].cancel()
        loop = asyncio.get_running_loop()
        self._timers[key] = loop.call_later(min(document.cost * 2, LONGEST_WAIT), self.publish, uri)

    def refresh(self) -> None:
        """Look at all open files again: settings, or files that they depend on, have changed."""
        self.generation += 1
        self.settings.forget()
        for document in self.documents.values():
            document.view = None
        if not self.pulls:
            for document in list(self.documents.values()):
                self.publish(document.uri)
        elif self.able("workspace.diagnostics.refresh_support"):
            self.workspace_diagnostic_refresh(None)

    def complain(self, text: str, kind: types.MessageType = types.MessageType.Error) -> None:
        """Show `text` to the user."""
        self.window_show_message(types.ShowMessageParams(kind, f"dhi-migrate: {text}"))


def _inside(path: str | None, folder: str) -> bool:
    return path is not None and path.startswith(os.path.join(folder, ""))


def make_server() -> Server:
    """A server with all that it answers."""
    from .features import register

    server = Server()
    register(server)
    return server


def serve() -> int:
    """Serve an editor on standard input and output until it ends the session; 0, or 1 where it went away without a word."""
    server = make_server()
    # it is off for short runs; what is there by now stays
    gc.enable()
    gc.freeze()
    server.start_io(sys.stdin.buffer, sys.stdout.buffer)
    return 0 if server.stopped else 1

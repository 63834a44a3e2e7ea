"""What the server answers, one function a request, and their registration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from . import completion, symbols
from .actions import FIX_ALL, QUICK_FIX, REWRITE, Unreached, Wishes, actions, whole_file_edit
from .diagnostics import SOURCE
from .hover import hover
from .names import definitions, references
from .server import WATCHED, Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from .documents import View

    Handler = Callable[[Server, Any], Any]


def register(server: Server) -> None:
    """Let `server` answer."""
    options: dict[str, Any] = {
        types.TEXT_DOCUMENT_DID_SAVE: types.SaveOptions(include_text=False),
        types.TEXT_DOCUMENT_DIAGNOSTIC: types.DiagnosticOptions(
            inter_file_dependencies=False, workspace_diagnostics=False, identifier=SOURCE
        ),
        types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(
            code_action_kinds=[QUICK_FIX, FIX_ALL, REWRITE], resolve_provider=True
        ),
        types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(
            trigger_characters=list(completion.TRIGGERS), resolve_provider=True
        ),
    }
    for method, handler in _HANDLERS.items():
        server.feature(method, options.get(method))(_guarded(server, handler))


def _guarded(server: Server, handler: Handler) -> Callable[[Any], Any]:
    """`handler` with no way out for exceptions: what goes wrong is written to the log of the editor, and the answer is empty."""

    def guarded(params: Any = None) -> Any:
        try:
            return handler(server, params)
        except Exception as error:
            server.fault(error)
            return None

    return guarded


def _initialize(server: Server, params: types.InitializeParams) -> None:
    # what is wrong with them can be shown only once the editor has the answer
    server.settings.set_options(params.initialization_options)


def _initialized(server: Server, params: types.InitializedParams) -> None:
    for text in server.settings.options.problems:
        server.complain(text)
    if server.able("workspace.did_change_watched_files.dynamic_registration"):
        watchers = [types.FileSystemWatcher(glob_pattern=pattern) for pattern in WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        server.client_register_capability(types.RegistrationParams([types.Registration("watch", method, options)]))


def _shutdown(server: Server, params: None) -> None:
    server.stopped = True


def _did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    server.changed(params.text_document.uri)
    document = server.document(params.text_document.uri)
    if document is not None:
        document.cost = 0.0  # the first check of a session loads what all checks need


def _did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    server.changed(params.text_document.uri)


def _did_save(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    document = server.document(params.text_document.uri)
    if document is not None:
        # files beside it may have changed as well, and not every editor watches them
        server.settings.forget()
        document.view = None
        server.changed(params.text_document.uri)


def _did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    if not server.pulls:
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))


def _configuration(server: Server, params: types.DidChangeConfigurationParams) -> None:
    if params.settings is not None:
        server.settings.set_options(params.settings)
        for text in server.settings.options.problems:
            server.complain(text)
    server.refresh()


def _refresh(server: Server, params: object) -> None:
    server.refresh()


def _diagnostic(
    server: Server, params: types.DocumentDiagnosticParams
) -> types.RelatedFullDocumentDiagnosticReport | types.RelatedUnchangedDocumentDiagnosticReport:
    found = server.diagnose(params.text_document.uri)
    document = server.document(params.text_document.uri)
    state = f"{document.version}.{server.generation}" if document is not None else None
    if state is not None and params.previous_result_id == state:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=state)
    return types.RelatedFullDocumentDiagnosticReport(items=found, result_id=state)


def _wishes(server: Server, context: types.CodeActionContext | None) -> Wishes:
    only = context.only if context is not None else None
    kinds = tuple(str(getattr(kind, "value", kind)) for kind in only) if only is not None else None
    properties = server.capability("text_document.code_action.resolve_support.properties") or ()
    return Wishes(
        resolve="edit" in properties and server.able("text_document.code_action.data_support"),
        versioned=server.able("workspace.workspace_edit.document_changes"),
        abilities=server.abilities,
        only=kinds,
        automatic=context is not None and context.trigger_kind == types.CodeActionTriggerKind.Automatic,
    )


def _code_action(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    view = server.view(params.text_document.uri)
    if view is None:
        return []
    start, end = view.text.offset(params.range.start), view.text.offset(params.range.end)
    return actions(view, start, end, _wishes(server, params.context))


def _resolve_action(server: Server, action: types.CodeAction) -> types.CodeAction:
    data = action.data if isinstance(action.data, dict) else {}
    view = server.view(str(data.get("uri", "")))
    if view is not None and action.edit is None:
        try:
            action.edit = whole_file_edit(view, data, versioned=_wishes(server, None).versioned)
        except Unreached as reason:
            server.complain(str(reason), types.MessageType.Warning)
    return action


def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    view, offset = _place(server, params)
    if view is None:
        return None
    return hover(view, offset, markdown=_markdown(server, "text_document.hover.content_format"))


def _completion(server: Server, params: types.CompletionParams) -> types.CompletionList | None:
    view, offset = _place(server, params)
    return completion.completions(view, offset) if view is not None else None


def _resolve_completion(server: Server, item: types.CompletionItem) -> types.CompletionItem:
    markdown = _markdown(server, "text_document.completion.completion_item.documentation_format")
    uri = item.data.get("uri", "") if isinstance(item.data, dict) else ""
    view = server.view(str(uri))
    if view is not None:
        completion.describe_item(item, view.chosen.catalog, markdown=markdown)
    return item


def _document_symbol(
    server: Server, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    view = server.view(params.text_document.uri)
    if view is None or view.unseen is not None:
        return []
    nested = server.able("text_document.document_symbol.hierarchical_document_symbol_support")
    return symbols.document_symbols(view, nested=nested)


def _definition(server: Server, params: types.DefinitionParams) -> list[types.Location]:
    view, offset = _place(server, params)
    if view is None:
        return []
    return [types.Location(view.uri, view.text.span_range(one)) for one in definitions(view.graph, offset)]


def _references(server: Server, params: types.ReferenceParams) -> list[types.Location]:
    view, offset = _place(server, params)
    if view is None:
        return []
    found = references(view.graph, offset, declarations=params.context.include_declaration)
    return [types.Location(view.uri, view.text.span_range(one)) for one in found]


def _place(server: Server, params: Any) -> tuple[View | None, int]:
    """The file that `params` are about, if there is one that can be looked at, and the byte at their position."""
    view = server.view(params.text_document.uri)
    if view is None or view.unseen is not None:
        return None, 0
    return view, view.text.offset(params.position)


def _markdown(server: Server, what: str) -> bool:
    """Whether the editor shows Markdown, by the list of formats at `what` in its capabilities: if it names it at all."""
    formats = server.capability(what)
    return any(getattr(one, "value", one) == types.MarkupKind.Markdown.value for one in formats or ())


_HANDLERS: dict[str, Handler] = {
    types.INITIALIZE: _initialize,
    types.INITIALIZED: _initialized,
    types.SHUTDOWN: _shutdown,
    types.TEXT_DOCUMENT_DID_OPEN: _did_open,
    types.TEXT_DOCUMENT_DID_CHANGE: _did_change,
    types.TEXT_DOCUMENT_DID_SAVE: _did_save,
    types.TEXT_DOCUMENT_DID_CLOSE: _did_close,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: _configuration,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: _refresh,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: _refresh,
    types.TEXT_DOCUMENT_DIAGNOSTIC: _diagnostic,
    types.TEXT_DOCUMENT_CODE_ACTION: _code_action,
    types.CODE_ACTION_RESOLVE: _resolve_action,
    types.TEXT_DOCUMENT_HOVER: _hover,
    types.TEXT_DOCUMENT_COMPLETION: _completion,
    types.COMPLETION_ITEM_RESOLVE: _resolve_completion,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: _document_symbol,
    types.TEXT_DOCUMENT_DEFINITION: _definition,
    types.TEXT_DOCUMENT_REFERENCES: _references,
}

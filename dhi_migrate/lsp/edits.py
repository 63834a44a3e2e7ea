"""Byte edits as edits of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..rules.findings import Edit
    from .documents import View


def workspace_edit(view: View, edits: Iterable[Edit], *, versioned: bool) -> types.WorkspaceEdit:
    """The `edits` of the file that `view` shows, in the order of the file.

    `versioned`: the editor checks that it still has this version before it applies them.
    """
    changes = [
        types.TextEdit(view.text.range(edit.start, edit.end), edit.text.decode("utf-8", "replace"))
        for edit in sorted(set(edits))
    ]
    if not versioned:
        return types.WorkspaceEdit(changes={view.uri: changes})
    document = types.OptionalVersionedTextDocumentIdentifier(uri=view.uri, version=view.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(changes))])

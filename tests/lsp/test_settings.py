"""Where settings come from: the options of the editor over the nearest configuration file; mistakes are never silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsp_support import Editor, abilities, session
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")

SWAP = 'FROM node:22-alpine\nCMD ["node", "a.js"]\n'
OVERLAY = '[[images]]\nname = "own"\nreplaces = ["node"]\n[[images.tags]]\ntag = "22"\nlike = "node:22-alpine3.24"\n'


async def fixed(editor: Editor, uri: str) -> str:
    """The text after the action that fixes everything."""
    (action,) = await editor.actions(uri, only=["source.fixAll"])
    return editor.applied((await editor.resolved(action)).edit)


def codes(found: list[types.Diagnostic]) -> list[Any]:
    return [one.code for one in found]


async def test_the_options_of_the_editor_hold(tmp_path: Path) -> None:
    options = {"registry": "docker.io/acme/dhi-{name}", "buildArgs": {"V": "22-alpine"}, "ignore": ["DHI107"]}
    async with session(options=options) as editor:
        uri = editor.send_open(tmp_path / "Dockerfile", "ARG V\n" + SWAP.replace("22-alpine", "$V"))
        (found,) = await editor.published(uri)
        assert found.code == "DHI101"
        assert "docker.io/acme/dhi-node:22-alpine3.24" in found.message


async def test_options_can_stand_in_a_section_and_change_later(tmp_path: Path) -> None:
    async with session(options={"dhi-migrate": {"select": "DHI202"}}) as editor:
        uri = editor.send_open(tmp_path / "Dockerfile", SWAP)
        assert await editor.published(uri) == []
        changed = types.DidChangeConfigurationParams({"dhi-migrate": {"registry": "r.io/x/{name}"}})
        editor.client.workspace_did_change_configuration(changed)
        assert codes(await editor.published(uri)) == ["DHI101"]
        assert (await fixed(editor, uri)).startswith("FROM r.io/x/node:22-alpine3.24\n")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"levl": "dev"}, "option 'levl' of the editor: there is no such option (did you mean 'level'?)"),
        ({"level": "dve"}, "option 'level' of the editor: it has to be one of auto, runtime, split, dev"),
        ({"select": 5}, "option 'select' of the editor: it has to be a list of texts"),
        ({"buildArgs": []}, "option 'buildArgs' of the editor: it has to be an object of texts"),
        ([1], "the options of the editor are no object"),
    ],
)
async def test_a_wrong_option_is_shown_and_is_a_diagnostic_and_the_rest_holds(
    tmp_path: Path, options: Any, text: str
) -> None:
    if isinstance(options, dict):
        options = {**options, "ignore": ["DHI105"]}
    async with session(options=options) as editor:
        uri = editor.send_open(tmp_path / "Dockerfile", SWAP)
        first, second = await editor.published(uri)
        assert (first.code, first.message, first.severity) == ("configuration", text, types.DiagnosticSeverity.Error)
        assert first.range == types.Range(types.Position(0, 0), types.Position(0, 19))
        assert second.code == "DHI101"
        assert [one.message for one in editor.client.messages] == [f"dhi-migrate: {text}"]


async def test_an_unknown_rule_and_a_catalog_that_is_not_there_are_diagnostics(tmp_path: Path) -> None:
    async with session(options={"ignore": ["DHI2O2"], "catalog": "gone.toml"}, folders=[tmp_path]) as editor:
        uri = editor.send_open(tmp_path / "Dockerfile", SWAP)
        found = await editor.published(uri)
        assert [(one.code, one.message) for one in found[:2]] == [
            ("configuration", "unknown rule: DHI2O2 (did you mean DHI202?)"),
            ("configuration", f"{tmp_path / 'gone.toml'}: No such file or directory"),
        ]
        assert codes(found[2:]) == ["DHI101"]


async def test_an_overlay_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "overlay.toml"
    path.write_text("deny = []\n")
    async with session(options={"catalog": "overlay.toml"}, folders=[tmp_path]) as editor:
        uri = editor.send_open(tmp_path / "Dockerfile", SWAP)
        await editor.published(uri)
        assert (await fixed(editor, uri)).startswith("FROM dhi.io/node:")
        path.write_text(OVERLAY)
        editor.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
        found = await editor.published(uri)
        assert "dhi.io/own:22" in found[0].message


async def test_each_file_has_the_nearest_configuration_in_several_folders(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b" / "deep"]
    for folder, registry in zip(folders, ("a.io/{name}", "b.io/{name}"), strict=True):
        folder.mkdir(parents=True)
        (folder / "dhi-migrate.toml").write_text(f'registry = "{registry}"\n')
    (folders[0] / "inner").mkdir()
    (folders[0] / "inner" / "pyproject.toml").write_text('[tool.dhi-migrate]\nregistry = "inner.io/{name}"\n')
    async with session(folders=folders) as editor:
        for folder, prefix in ((folders[0], "a.io"), (folders[0] / "inner", "inner.io"), (folders[1], "b.io")):
            uri = editor.send_open(folder / "Dockerfile", SWAP)
            await editor.published(uri)
            assert (await fixed(editor, uri)).startswith(f"FROM {prefix}/node:")


async def test_a_folder_that_is_added_counts(tmp_path: Path) -> None:
    (tmp_path / "overlay.toml").write_text(OVERLAY)
    async with session(options={"catalog": "overlay.toml"}) as editor:
        uri = editor.send_open(tmp_path / "Dockerfile", SWAP)
        assert codes(await editor.published(uri)) == ["configuration", "DHI101"]
        added = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(tmp_path.as_uri(), "x")], [])
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(added))
        (found,) = await editor.published(uri)
        assert "dhi.io/own:22" in found.message


async def test_the_editor_wins_over_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "dhi-migrate.toml").write_text('registry = "a.io/{name}"\nignore = ["DHI202"]\n')
    async with session(options={"registry": "b.io/{name}"}) as editor:
        uri = editor.send_open(tmp_path / "Dockerfile", "FROM node:22-alpine\nCMD node a.js\n")
        assert codes(await editor.published(uri)) == ["DHI101"]
        assert (await fixed(editor, uri)).startswith("FROM b.io/node:")


async def test_a_mistake_in_the_configuration_is_a_diagnostic_until_it_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "dhi-migrate.toml"
    path.write_text('select = ["DHI101"]\nregistri = "x"\n')
    capabilities = abilities()
    capabilities["workspace"]["didChangeWatchedFiles"] = {"dynamicRegistration": True}
    async with session(capabilities, folders=[tmp_path]) as editor:
        uri = editor.send_open(tmp_path / "Dockerfile", SWAP)
        first, *rest = await editor.published(uri)
        assert first.code == "configuration"
        assert first.message.startswith(f"{path}:2:1: ")
        assert "registry" in first.message
        assert codes(rest) == ["DHI101"]  # as without a configuration
        path.write_text('ignore = ["DHI101"]\n')
        change = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
        assert await editor.published(uri) == []


async def test_files_that_are_left_out_and_own_rules(tmp_path: Path) -> None:
    rules = tmp_path / "own"
    rules.mkdir()
    source = (Path(__file__).parents[2] / "rules" / "DHI202-shell-form-start.toml").read_text()
    (rules / "own.toml").write_text(source.replace("DHI202", "ACME202").replace("shell-form-start", "acme-start"))
    (tmp_path / "dhi-migrate.toml").write_text('exclude = ["old/"]\nrules = ["own"]\nselect = ["ACME"]\n')
    (tmp_path / "old").mkdir()
    async with session(folders=[tmp_path]) as editor:
        text = "FROM dhi.io/node:24-debian13\nCMD node a.js\n"
        uri = editor.send_open(tmp_path / "Dockerfile", text)
        assert codes(await editor.published(uri)) == ["ACME202"]
        out = editor.send_open(tmp_path / "old" / "Dockerfile", text)
        assert await editor.published(out) == []
        assert await editor.actions(out) == []
        shown = await editor.hover(uri, "node a.js")
        assert shown is not None
        assert shown.startswith("**ACME202 acme-start** (error)")


async def test_what_is_pulled_is_asked_for_again_when_the_configuration_changes(tmp_path: Path) -> None:
    capabilities = abilities(diagnostic={})
    capabilities["workspace"]["diagnostics"] = {"refreshSupport": True}
    async with session(capabilities) as editor:
        uri = editor.send_open(tmp_path / "Dockerfile", SWAP)
        identifier = types.TextDocumentIdentifier(uri)
        first = await editor.client.text_document_diagnostic_async(types.DocumentDiagnosticParams(identifier))
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"ignore": ["DHI101"]}))
        assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
        assert len(first.items) == 1
        again = await editor.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(identifier, previous_result_id=first.result_id)
        )
        assert isinstance(again, types.RelatedFullDocumentDiagnosticReport)
        assert again.items == ()
        assert editor.client.diagnostic_refresh_count == 1

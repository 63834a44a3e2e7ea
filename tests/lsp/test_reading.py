"""What helps to read and write a file: hover, completion, the outline, definitions and references."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsp_support import Editor, abilities, json_of, session
from lsprotocol import types

from dhi_migrate import Catalog

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = (Path(__file__).parents[2] / "docs" / "rules").as_uri()
FACTS = """\
- user: `node (1000)`
- shell: none
- package manager: none
- entrypoint: none
- cmd: `["node"]`
- workdir: `/app`
- ports: none
- end of life: `2028-04-30`
- tags: `24 24.19 24.19.0 24-debian 24.19.0-0 24-debian13 24.19-debian 24.19-debian13 24.19.0-debian \
24.19.0-0-debian 24.19.0-debian13 24.19.0-0-debian13`"""
CHANGES = """\
- user: `root (0) -> node (1000)`
- shell: `bash -> none`
- package manager: `apt -> none`
- entrypoint: `["docker-entrypoint.sh"] -> none`
- workdir: `/ -> /app`"""


async def test_hover_on_a_hardened_image_has_its_facts(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", 'FROM dhi.io/node:24-debian13\nCMD ["node", "a.js"]\n')
    assert await editor.hover(uri, "dhi.io") == (
        f"**dhi.io/node:24-debian13** (runtime, debian 13)\n\n{FACTS}\n\n**Against the upstream image node:**\n\n{CHANGES}"
    )


async def test_hover_on_an_upstream_image_says_what_replaces_it_and_what_that_changes(
    editor: Editor, tmp_path: Path
) -> None:
    text = "ARG VERSION=24\nFROM dhi.io/node:24-debian13\nCOPY --from=node:24-bookworm /a /b\n"
    uri = await editor.open(tmp_path / "Dockerfile", text)
    shown = await editor.hover(uri, "node:24-bookworm")
    assert shown is not None
    assert shown.startswith(
        "**node:24-bookworm** -> dhi.io/node:24-debian13 (same-version)\n\n- bookworm is past its end of life; debian 13 is it"
    )
    assert (
        f"\n\n**dhi.io/node:24-debian13** (runtime, debian 13)\n\n{FACTS}\n\n"
        f"**Against the upstream image node:**\n\n{CHANGES}" in shown
    )


async def test_hover_on_a_base_with_variables_is_about_the_image_and_the_need_of_the_stage(
    editor: Editor, tmp_path: Path
) -> None:
    text = "ARG V=24\nFROM node:${V} AS build\nRUN npm ci\nFROM build AS more\nFROM scratch\nCOPY --from=more /a /b\n"
    uri = await editor.open(tmp_path / "Dockerfile", text)
    shown = await editor.hover(uri, "node:${V}")
    assert shown is not None
    assert shown.startswith("**node:24** -> dhi.io/node:24-debian13-dev (")
    assert await editor.hover(uri, "FROM build", 6) == "**stage build** (line 2, from node:${V})"


async def test_hover_on_a_finding_has_the_text_of_its_rule(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", "FROM dhi.io/node:24-debian13\nCMD node a.js\n")
    shown = await editor.hover(uri, "node a.js")
    assert shown is not None
    parts = shown.split("\n\n")
    assert parts[0].startswith("**DHI202 shell-form-start** (error): CMD runs in a shell, and ")
    assert parts[2] == "CMD or ENTRYPOINT in shell form, on an image without a shell"
    assert parts[3].startswith("A command that is no JSON array is given to /bin/sh -c")
    assert parts[-2].startswith("Write the command as a JSON array.")
    assert parts[-1] == f"[the page of the rule]({PAGES}/DHI202.md)"
    assert await editor.hover(uri, "CMD") is None


@pytest.mark.parametrize("text", ["FROM dhi.io/node:24-debian13\nFRM x\n", "FROM dhi.io/node:24-debian13\nCOPY\n"])
async def test_an_image_is_described_in_a_file_that_cannot_be_built_as_well(
    editor: Editor, tmp_path: Path, text: str
) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", text)
    shown = await editor.hover(uri, "dhi.io")
    assert shown is not None
    assert FACTS in shown


async def test_nothing_of_a_file_acts_as_markdown(editor: Editor, tmp_path: Path) -> None:
    text = 'FROM "[x](command:evil)`<b>" AS a\nRUN true\nFROM scratch\nUSER [a](http://x)_b_\u202e\n'
    uri = await editor.open(tmp_path / "Dockerfile", text)
    for at in ("[x]", "FROM", "[a]"):
        shown = await editor.hover(uri, at) or ""
        assert "[x](" not in shown.replace("\\[", "")
        assert "<b>" not in shown.replace("\\<", "")
        assert "\u202e" not in shown


async def test_an_editor_without_markdown_gets_plain_text(tmp_path: Path) -> None:
    async with session(abilities(hover={"contentFormat": ["plaintext"]})) as editor:
        uri = await editor.open(tmp_path / "Dockerfile", "FROM dhi.io/node:24-debian13\nCMD node a.js\n")
        shown = await editor.hover(uri, "dhi.io")
        assert shown is not None
        assert shown.startswith("dhi.io/node:24-debian13 (runtime, debian 13)\n\n  user: node (1000)\n  shell: none\n")


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("FROM dhi.io/pytho\n", "dhi.io/pytho", "dhi.io/python"),
        ("FROM pytho\n", "pytho", "dhi.io/python"),
        ("FROM --platform=$BUILDPLATFORM dhi.io/", "dhi.io/", "dhi.io/python"),
        ("FROM scratch\nCOPY --from=dhi.io/ /a /b\n", "dhi.io/", "dhi.io/python"),
        ("FROM scratch\nCOPY --from=", "--from=", "dhi.io/python"),
        ("FROM scratch\nRUN --mount=type=bind,from=dhi.io/p,target=/x ls\n", "dhi.io/p", "dhi.io/python"),
        ("FROM ", "FROM ", "dhi.io/python"),
    ],
)
async def test_hardened_images_are_completed(
    editor: Editor, tmp_path: Path, text: str, after: str, expected: str
) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", text)
    found = await editor.complete(uri, after)
    item = next(one for one in found.items if one.label == expected)
    assert isinstance(item.text_edit, types.TextEdit)
    word = after.rpartition("=")[2].removeprefix("FROM ")
    assert editor.covered(uri, item.text_edit.range) == word
    assert item.text_edit.new_text == expected
    assert (item.filter_text or "").startswith(word)
    resolved = await editor.client.completion_item_resolve_async(item)
    assert isinstance(resolved.documentation, types.MarkupContent)
    assert "Replaces" in resolved.documentation.value
    assert "python" in resolved.documentation.value


async def test_tags_are_completed_newest_first_with_their_facts(editor: Editor, tmp_path: Path) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", "FROM dhi.io/node:24-\nRUN true\n")
    found = await editor.complete(uri, "node:24-")
    image = Catalog.load().image("node")
    assert image is not None
    assert sorted(one.label for one in found.items) == sorted({tag for one in image.definitions for tag in one.tags})
    assert [one.sort_text for one in found.items] == sorted(one.sort_text or "" for one in found.items)
    newest = max(image.definitions, key=lambda one: [int(part) for part in one.version.split(".")]).version
    first = next(one for one in image.definitions if found.items[0].label in one.tags)
    assert (first.version, first.variant) == (newest, "runtime")
    item = next(one for one in found.items if one.label == "24-debian13")
    assert item.detail == "runtime, debian 13, user node, until 2028-04-30"
    assert isinstance(item.text_edit, types.TextEdit)
    assert editor.covered(uri, item.text_edit.range) == "24-"
    resolved = await editor.client.completion_item_resolve_async(item)
    assert isinstance(resolved.documentation, types.MarkupContent)
    assert resolved.documentation.value == FACTS


async def test_earlier_stages_are_completed_and_later_ones_not(editor: Editor, tmp_path: Path) -> None:
    text = "FROM scratch AS base-one\nFROM b\nCOPY --from=base /a /b\nFROM scratch AS base-two\n"
    uri = await editor.open(tmp_path / "Dockerfile", text)
    for after in ("FROM b", "--from=base"):
        found = await editor.complete(uri, after)
        assert [one.label for one in found.items if one.label.startswith("base")] == ["base-one"]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("# FROM dhi.io/\n", "dhi.io/"),
        ("FROM scratch\nRUN echo --from=dhi.io/\n", "dhi.io/"),
        ("FROM scratch\nRUN <<EOF\nFROM dhi.io/\nEOF\n", "dhi.io/"),
        ("FROM dhi.io/$X\n", "dhi.io/$X"),
        ("FROM dhi.io/node:24 AS \n", "AS "),
        ("FROM --platform=\n", "--platform="),
        ("FROM dhi.io/nosuch:\n", "nosuch:"),
    ],
)
async def test_elsewhere_nothing_is_completed(editor: Editor, tmp_path: Path, text: str, after: str) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", text)
    assert json_of(await editor.complete(uri, after)) == {"isIncomplete": False, "items": []}


NAMES = """\
ARG VERSION=3
ARG OTHER
FROM alpine:$VERSION AS Build
ARG VERSION
ENV HOME_DIR=/srv/$VERSION
RUN echo "${VERSION}" \\
    && ls $HOME_DIR \\$VERSION '$NONE'
RUN <<EOF
é \U0001f600 $VERSION
EOF
FROM build
COPY --from=0 /a $VERSION
FROM scratch
ARG VERSION=4
COPY --from=BUILD /a /$VERSION
"""


async def _places(editor: Editor, uri: str, found: object) -> list[tuple[int, str]]:
    assert isinstance(found, list | tuple)
    assert all(one.uri == uri for one in found)
    return [(one.range.start.line + 1, editor.covered(uri, one.range)) for one in found]


VERSION = [(1, "VERSION"), (3, "VERSION"), (4, "VERSION"), (5, "VERSION"), (6, "VERSION"), (9, "VERSION")]
VERSION.append((12, "VERSION"))  # a stage has the variables of the one that it is built on


@pytest.mark.parametrize(
    ("at", "into", "defined", "used"),
    [
        ("$VERSION AS", 2, [(1, "VERSION")], VERSION),
        ("ARG VERSION\n", 4, [(1, "VERSION")], VERSION),
        ("${VERSION}", 3, [(1, "VERSION")], VERSION),
        ("\U0001f600 $VERSION", 4, [(1, "VERSION")], VERSION),
        ("VERSION=4", 7, [(14, "VERSION")], [(14, "VERSION"), (15, "VERSION")]),
        ("$HOME_DIR", 4, [(5, "HOME_DIR")], [(5, "HOME_DIR"), (7, "HOME_DIR")]),
        ("FROM build", 6, [(3, "Build")], [(3, "Build"), (11, "build"), (12, "0"), (15, "BUILD")]),
        ("=BUILD", 2, [(3, "Build")], [(3, "Build"), (11, "build"), (12, "0"), (15, "BUILD")]),
        ("OTHER", 1, [(2, "OTHER")], [(2, "OTHER")]),
        ("$NONE", 2, [], []),
        ("\\$VERSION", 3, [], []),
        ("scratch", 2, [], []),
    ],
)
async def test_definitions_and_references_of_stages_and_variables(
    editor: Editor, tmp_path: Path, at: str, into: int, defined: list[tuple[int, str]], used: list[tuple[int, str]]
) -> None:
    uri = await editor.open(tmp_path / "Dockerfile", NAMES)
    identifier = types.TextDocumentIdentifier(uri)
    place = editor.position(uri, NAMES.index(at) + into)
    found = await editor.client.text_document_definition_async(types.DefinitionParams(identifier, place))
    assert await _places(editor, uri, found or []) == defined
    for declarations in (True, False):
        params = types.ReferenceParams(types.ReferenceContext(declarations), identifier, place)
        places = await editor.client.text_document_references_async(params)
        declared = [*defined, (4, "VERSION")] if not declarations else []
        assert await _places(editor, uri, places or []) == [one for one in used if one not in declared]


async def test_the_outline_has_the_stages(editor: Editor, tmp_path: Path) -> None:
    text = "ARG A=1\nFROM node:22 AS build\nRUN \\\n  true\n\nFROM scratch\nCOPY --from=build \U0001f600 /b\n# end\n"
    uri = await editor.open(tmp_path / "Dockerfile", text)
    params = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
    found = await editor.client.text_document_document_symbol_async(params)
    assert [
        (one.name, one.detail, editor.covered(uri, one.range), editor.covered(uri, one.selection_range))
        for one in found or []
        if isinstance(one, types.DocumentSymbol)
    ] == [
        ("build", "FROM node:22", "FROM node:22 AS build\nRUN \\\n  true", "FROM node:22 AS build"),
        ("stage 1", "FROM scratch (ships)", "FROM scratch\nCOPY --from=build \U0001f600 /b", "FROM scratch"),
    ]


async def test_an_editor_that_knows_flat_outlines_alone_gets_one(tmp_path: Path) -> None:
    async with session(abilities(documentSymbol={})) as editor:
        uri = await editor.open(tmp_path / "Dockerfile", "FROM scratch AS a\n")
        params = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
        found = await editor.client.text_document_document_symbol_async(params)
        assert [(type(one), one.name) for one in found or []] == [(types.SymbolInformation, "a")]

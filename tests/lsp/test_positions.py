"""Places in a text: bytes and editor units lead to each other, in every encoding and with every line ending."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from dhi_migrate.lsp.positions import Text, to_bytes

ENCODINGS = ["utf-8", "utf-16", "utf-32"]
# what ends a line, and what other programs take for the end of one
TEXTS = st.lists(st.sampled_from(["a", "b ", "\n", "\r\n", "\r", "\t", "é", "\u4e2d", "\U0001f600", "\u2028", "\x0c"]))


def place(text: str, index: int, encoding: str) -> types.Position:
    """The place of character `index`, by the words of the specification."""
    lines = re.split(r"\r\n|\n|\r", text[:index])
    name, size = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    return types.Position(len(lines) - 1, len(lines[-1].encode(name)) // size)


def splits_an_ending(text: str, index: int) -> bool:
    return 0 < index < len(text) and text[index - 1 : index + 1] == "\r\n"


@settings(max_examples=200, deadline=None)
@given(pieces=TEXTS, encoding=st.sampled_from(ENCODINGS))
def test_every_character_has_its_place_and_is_found_by_it(pieces: list[str], encoding: str) -> None:
    text = "".join(pieces)
    held = Text(text.encode(), encoding)
    for index in range(len(text) + 1):
        if not splits_an_ending(text, index):
            offset = len(text[:index].encode())
            assert held.position(offset) == place(text, index, encoding)
            assert held.offset(place(text, index, encoding)) == offset


@settings(max_examples=200, deadline=None)
@given(pieces=TEXTS, new=TEXTS, encoding=st.sampled_from(ENCODINGS), data=st.data())
def test_a_change_puts_the_new_text_in_its_place(
    pieces: list[str], new: list[str], encoding: str, data: st.DataObject
) -> None:
    text = "".join(pieces)
    places = [index for index in range(len(text) + 1) if not splits_an_ending(text, index)]
    start, end = sorted((data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))))
    change = types.TextDocumentContentChangePartial(
        types.Range(place(text, start, encoding), place(text, end, encoding)), "".join(new)
    )
    after = Text(text.encode(), encoding).changed(change)
    assert after.data == (text[:start] + "".join(new) + text[end:]).encode()


@pytest.mark.parametrize(
    ("encoding", "character", "offset"),
    [("utf-16", 1, 0), ("utf-16", 2, 4), ("utf-8", 3, 0), ("utf-8", 4, 4), ("utf-32", 1, 4), ("utf-16", 99, 5)],
)
def test_the_middle_of_a_character_is_its_beginning(encoding: str, character: int, offset: int) -> None:
    assert Text("\U0001f600x\ny".encode(), encoding).offset(types.Position(0, character)) == offset


def test_half_of_a_surrogate_pair_is_one_character_of_the_file() -> None:
    held = Text(to_bytes("a\ud83dz"))
    assert held.data == b"a?z"
    assert held.offset(types.Position(0, 2)) == 2

"""Commands of plain words are split at their blanks: the same comes out as where the tree is asked for each word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dhi_migrate.dockerfile import parse
from dhi_migrate.dockerfile.shell import read, read_run, walk
from dhi_migrate.dockerfile.shell.simple import Parts

if TYPE_CHECKING:
    from dhi_migrate.dockerfile.shell import Script

WORDS = (
    *(
        "apt-get",
        "install",
        "-y",
        "curl",
        "./configure",
        "--prefix=/usr",
        "A=b",
        "A+=b",
        "=",
        "==",
        "=~",
        "=a",
        "a=",
        "1",
        "2",
    ),
    *("if", "then", "fi", "for", "in", "do", "done", "case", "esac", "while", "function", "select", "time", "coproc"),
    *(
        "export",
        "declare",
        "readonly",
        "local",
        "unset",
        "typeset",
        "test",
        "sh",
        "-c",
        "exec",
        "sudo",
        "env",
        "cd",
        ".",
    ),
    *(
        "%",
        "@",
        "^",
        ",",
        ":",
        "+",
        "-",
        "--",
        "_",
        "a@1.2",
        "https://example.com/a",
        "10#5",
        "#",
        "!",
        "[",
        "]",
        "{",
        "}",
    ),
    *("'a b'", '"$A"', "$A", "*", "~", ">", "2>&1", "<", "/dev/null", "\\", "é", "`id`", "$(id)", "(", ")"),
)
JOINTS = (" ", " ", " ", "  ", "\t", "", " && ", " || ", "; ", " | ", " & ", " \\\n  ")
FLAT_WORDS = (
    *WORDS[: WORDS.index("#")],
    "*",
    "a*",
    "/*.d",
    "apt-get",
    "apt-get",
    "install",
    "curl",
    "rm",
    "-rf",
    "true",
)
FLAT_JOINTS = (" ", " ", " ", "  ", "\t", "", " && ", "&&", "; ", " ;", " \\\n  ", " & ")
PIECES = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(JOINTS)), min_size=1, max_size=9)


def commands_of(text: str) -> list[Script]:
    instructions = parse(f"FROM a\nRUN {text}\n".encode()).instructions
    return [read_run(instruction) for instruction in instructions if instruction.keyword == "RUN"]


@given(PIECES)
@example([("apt-get", " "), ("install", " "), ("-y", " "), ("curl", " && "), ("cd", " "), ("A=b", "")])
@settings(max_examples=1500, deadline=None)
def test_plain_words_are_those_of_the_grammar(pieces: list[tuple[str, str]]) -> None:
    text = "".join(f"{word}{joint}" for word, joint in pieces)
    found = commands_of(text)
    whole, flat = Parts._read_plain, walk.flat
    try:
        read.flat = walk.flat = lambda _text: None
        assert commands_of(text) == found
        Parts._read_plain = lambda _self, _node: False  # type: ignore[assignment, method-assign]
        assert commands_of(text) == found
    finally:
        Parts._read_plain = whole  # type: ignore[method-assign]
        read.flat = walk.flat = flat


@given(
    st.lists(st.tuples(st.sampled_from(FLAT_WORDS), st.sampled_from(FLAT_JOINTS)), min_size=1, max_size=9),
    st.booleans(),
)
@settings(max_examples=1500, deadline=None)
def test_texts_without_a_grammar_are_those_of_the_grammar(pieces: list[tuple[str, str]], nested: bool) -> None:
    text = "".join(f"{word}{joint}" for word, joint in pieces)
    text = f"true; sh -c '{text}' && a" if nested else text
    found = commands_of(text)
    flat = walk.flat
    try:
        read.flat = walk.flat = lambda _text: None
        assert commands_of(text) == found
    finally:
        read.flat = walk.flat = flat


def test_a_plain_command_is_read_at_its_blanks() -> None:
    (script,) = commands_of("apt-get update  &&\tapt-get\tinstall -y --no-install-recommends curl=7.* A=b")
    assert [command.texts for command in script.commands] == [
        ("update",),
        ("install", "-y", "--no-install-recommends", "curl=7.*", "A=b"),
    ]
    assert [command.name for command in script.commands] == ["apt-get", "apt-get"]

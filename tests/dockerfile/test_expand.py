"""Variables in arguments, by the rules of BuildKit's shell package."""

from __future__ import annotations

import pytest

from dhi_migrate.dockerfile.expand import UNSET, Binding, Expanded, expand, expand_words
from dhi_migrate.dockerfile.source import Span

VALUES = {"A": "alpha", "EMPTY": "", "V": "3.12.4", "P": "/usr/lib/x.tar.gz", "S": " one two "}


def scope(name: str) -> Binding:
    if name == "UNKNOWN":
        return Binding(None, "image")
    if name == "OPEN":
        return Binding(None, "arg", open=True)
    return Binding(VALUES[name], "env") if name in VALUES else UNSET


def text(word: str, escape: str = "\\") -> str | None:
    expanded = expand(word, scope, escape)
    assert expanded.error is None
    return expanded.text


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("plain", "plain"),
        ("$A", "alpha"),
        ("${A}x$A.", "alphaxalpha."),
        ("$Ax", ""),
        ("a$", "a$"),
        ("$1x", "x"),
        ("'$A'", "$A"),
        ('"$A b"', "alpha b"),
        (r"\$A", "$A"),
        (r'"\$A \" \n"', r'$A " \n'),
        (r"a\ b\n", "a bn"),
        ("a\\", "a"),
        ("${A:-x}${NONE:-x}${EMPTY:-x}${EMPTY-x}", "alphaxx"),
        ("${A:+x}${NONE:+x}${EMPTY:+x}${EMPTY+x}", "xx"),
        ("${A?no}${A:?no}${EMPTY?no}", "alphaalpha"),
        ("${NONE:-${ALSO:-$A}}", "alpha"),
        ("${NONE:-'a b'}", "a b"),
        ("${V%.*}", "3.12"),
        ("${V%%.*}", "3"),
        ("${V#*.}", "12.4"),
        ("${V##*.}", "4"),
        ("${P##*/}", "x.tar.gz"),
        ("${P%.gz}", "/usr/lib/x.tar"),
        ("${V%x}", "3.12.4"),
        ("${V#?}", ".12.4"),
        (r"${P#\/usr}", "/lib/x.tar.gz"),
        ("${V/./-}", "3-12.4"),
        ("${V//./-}", "3-12-4"),
        (r"${P//\//-}", "-usr-lib-x.tar.gz"),
        ("${V/*/x}", "x"),
        ("${NONE/a/b}", ""),
    ],
)
def test_a_known_word(word: str, value: str) -> None:
    assert text(word) == value


def test_the_escape_character_is_that_of_the_file() -> None:
    assert text("`$A \\$A", "`") == "$A \\alpha"


@pytest.mark.parametrize(
    "word", ["${", "${A", "${}", "${{A}", "${:A}", "'a", '"a', "${A:-'x}", "${A!x}", "${A:#x}", r"${A#\x}"]
)
def test_a_word_that_is_refused(word: str) -> None:
    expanded = expand(word, scope)
    assert (expanded.text, bool(expanded.error)) == (None, True)


@pytest.mark.parametrize(
    ("word", "message"),
    [("${NONE?say why}", "NONE: say why"), ("${EMPTY:?}", "EMPTY: is empty"), ("${NONE:?}", "NONE: is not set")],
)
def test_a_variable_that_has_to_be_set(word: str, message: str) -> None:
    assert expand(word, scope).error == message


@pytest.mark.parametrize(
    "word", ["$UNKNOWN", "a${UNKNOWN:-b}", "${UNKNOWN+x}", "${UNKNOWN%x}", "$OPEN", "${OPEN?x}", "${NONE:-$UNKNOWN}"]
)
def test_what_cannot_be_known_stays_unknown(word: str) -> None:
    assert expand(word, scope)[::2] == (None, None)


def test_what_is_not_used_need_not_be_known() -> None:
    assert text("${A:-$UNKNOWN}${NONE:+$UNKNOWN}") == "alpha"


def test_an_arg_without_default_takes_the_value_given_for_that_case() -> None:
    assert text("${OPEN:-x}${OPEN-y}${OPEN:+z}") == "xy"


def test_every_use_is_told_with_its_place() -> None:
    expanded = expand('"${V%.*}-$A"', scope, locate=lambda start, end: Span(start + 100, end + 100))
    assert [(use.name, use.start, use.end, use.span, use.value, use.origin) for use in expanded.uses] == [
        ("V", 1, 8, Span(101, 108), "3.12.4", "env"),
        ("A", 9, 11, Span(109, 111), "alpha", "env"),
    ]


def test_uses_inside_a_use_are_told_too() -> None:
    uses = expand("${NONE:-$A}", scope).uses
    assert [(use.name, use.start, use.end) for use in uses] == [("NONE", 0, 11), ("A", 8, 10)]


def test_a_word_without_variables_has_no_uses() -> None:
    assert expand("a b", scope) == Expanded("a b", (), None)


def test_words_are_split_after_expansion_unless_quoted() -> None:
    assert expand_words('a$S"$S"', scope) == ("a", "one", "two", " one two ")
    assert expand_words("a$S", scope) == ("a", "one", "two")
    assert expand_words("$UNKNOWN", scope) is None
    assert expand_words("'a", scope) is None
    assert expand_words("80 81", scope) == ("80", "81")

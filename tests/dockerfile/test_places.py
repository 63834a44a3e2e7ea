"""Every argument knows its bytes in the file."""

from __future__ import annotations

from dhi_migrate.dockerfile import details
from dhi_migrate.dockerfile.model import Dockerfile, Instruction
from dhi_migrate.dockerfile.parse import parse
from dhi_migrate.dockerfile.source import Span


def raw(dockerfile: Dockerfile, span: Span) -> bytes:
    return dockerfile.source.data[span.start : span.end]


def last(data: bytes) -> tuple[Dockerfile, Instruction]:
    dockerfile = parse(data)
    return dockerfile, dockerfile.instructions[-1]


def words(data: bytes) -> list[bytes]:
    dockerfile, instruction = last(data)
    return [raw(dockerfile, word.span) for word in instruction.words]


def test_words_of_a_list() -> None:
    assert words(b"FROM --platform=x a:1 AS b \n") == [b"a:1", b"AS", b"b"]


def test_words_behind_a_byte_order_mark_crlf_and_text_that_is_not_ascii() -> None:
    assert words(b"\xef\xbb\xbf\tFROM a\r\n") == [b"a"]
    assert words("FROM a\r\nCOPY é/ü b\udcff /c\r\n".encode("utf-8", "surrogateescape")) == [
        "é/ü".encode(),
        b"b\xff",
        b"/c",
    ]


def test_words_over_continuations_comments_and_empty_lines() -> None:
    assert words(b"FROM a\nCOPY one \\\n  # note\n\n  two \\\n  three\n") == [b"one", b"two", b"three"]
    assert words(b"FROM a\nCOPY on\\\ne /x\n") == [b"on\\\ne", b"/x"]


def test_a_long_line_that_is_not_ascii_is_mapped_exactly() -> None:
    data = "FROM a\nCOPY {}\n".format(" ".join(f"é{number}" for number in range(900))).encode()
    assert words(data) == [f"é{number}".encode() for number in range(900)]


def test_elements_of_a_json_array_include_their_quotes_and_are_decoded() -> None:
    dockerfile, instruction = last(b'FROM a\nCMD [ "sh", "-c" , \\\n "a\\tb \\u00e9 \\ud83d\\ude00" ]\n')
    assert instruction.exec_form
    assert [raw(dockerfile, word.span) for word in instruction.words] == [
        b'"sh"',
        b'"-c"',
        b'"a\\tb \\u00e9 \\ud83d\\ude00"',
    ]
    assert instruction.values == ("sh", "-c", "a\tb \u00e9 \U0001f600")


def test_a_shell_text_is_one_word_without_its_flags() -> None:
    assert words(b"FROM a\nRUN --network=none echo  a  \\\n  && b  \n") == [b"echo  a  \\\n  && b"]


def test_flags_with_quotes_and_continuations() -> None:
    dockerfile, instruction = last(b'FROM a\nCOPY --chown="a b":c \\\n --link --from=x y /z\n')
    assert [(flag.name, flag.value, flag.text) for flag in instruction.flags] == [
        ("chown", "a b:c", '--chown="a b":c'),
        ("link", None, "--link"),
        ("from", "x", "--from=x"),
    ]
    assert [raw(dockerfile, flag.span) for flag in instruction.flags] == [b'--chown="a b":c', b"--link", b"--from=x"]
    assert [flag.value_span and raw(dockerfile, flag.value_span) for flag in instruction.flags] == [
        b'"a b":c',
        None,
        b"x",
    ]


def test_buildkit_reads_flags_byte_by_byte() -> None:
    dockerfile, instruction = last("FROM a\nCOPY --chown=é x /y\n".encode())
    assert instruction.flags[0].value == "\u00c3\u00a9"
    assert raw(dockerfile, instruction.flags[0].span) == "--chown=é".encode()
    # The second byte of this character is A0, a space to BuildKit: the flag ends inside the character.
    dockerfile, instruction = last("FROM a\nCOPY --chown=àb /y\n".encode())
    assert (instruction.flags[0].value, instruction.values) == ("\u00c3", ("b", "/y"))
    assert [raw(dockerfile, word.span) for word in instruction.words] == [b"b", b"/y"]


def test_only_ascii_spaces_part_the_words_of_a_healthcheck() -> None:
    assert last("FROM a\nHEALTHCHECK CMD \u00a0b\n".encode())[1].values == ("CMD", "\u00a0b")


def test_names_and_values_of_env_and_arg() -> None:
    dockerfile, instruction = last(b'FROM a\nENV A=1 \\\n  B="two words" C=\\ d\n')
    assert isinstance(instruction.detail, details.Env)
    pairs = instruction.detail.pairs
    assert [(pair.name, pair.value, pair.separator) for pair in pairs] == [
        ("A", "1", "="),
        ("B", '"two words"', "="),
        ("C", "\\ d", "="),
    ]
    assert [raw(dockerfile, pair.value_span) for pair in pairs] == [b"1", b'"two words"', b"\\ d"]
    dockerfile, instruction = last(b"FROM a\nENV  A  one  two \n")
    assert isinstance(instruction.detail, details.Env)
    (pair,) = instruction.detail.pairs
    assert (pair.name, pair.value, raw(dockerfile, pair.value_span), pair.separator) == (
        "A",
        "one  two",
        b"one  two",
        "",
    )
    dockerfile, instruction = last(b"ARG A B=c=d E=\n")
    assert isinstance(instruction.detail, details.Arg)
    defaults = [
        (p.name, p.default, p.default_span and raw(dockerfile, p.default_span)) for p in instruction.detail.pairs
    ]
    assert defaults == [("A", None, None), ("B", "c=d", b"c=d"), ("E", "", b"")]


def test_fields_of_a_mount() -> None:
    dockerfile, instruction = last(b"FROM a\nRUN --mount=type=bind,from=b,src=/c,dst=/d,ro e\n")
    assert isinstance(instruction.detail, details.Run)
    (mount,) = instruction.detail.mounts
    assert [(field.key, field.value, raw(dockerfile, field.span)) for field in mount.fields] == [
        ("type", "bind", b"bind"),
        ("from", "b", b"b"),
        ("source", "/c", b"/c"),
        ("target", "/d", b"/d"),
        ("readonly", None, b"ro"),
    ]


def test_the_instruction_of_an_onbuild_has_its_own_text_and_the_places_of_the_file() -> None:
    dockerfile, instruction = last(b"FROM a\nONBUILD \\\n copy --from=x \\\n a /b\n")
    assert isinstance(instruction.detail, details.Onbuild)
    inner = instruction.detail.inner
    assert (inner.keyword, inner.original, inner.index) == ("COPY", "copy --from=x  a /b", 1)
    assert [raw(dockerfile, word.span) for word in inner.words] == [b"a", b"/b"]
    assert raw(dockerfile, inner.keyword_span) == b"copy"
    assert isinstance(inner.detail, details.Copy)
    assert inner.map(0, 4) == inner.keyword_span


def test_bodies_of_here_documents() -> None:
    dockerfile, instruction = last(b"FROM a\nCOPY <<a <<-b /x\n1\na\n\t2\n\tb\n")
    assert [raw(dockerfile, doc.span) for doc in instruction.heredocs] == [b"1\n", b"\t2\n"]
    assert isinstance(instruction.detail, details.Copy)
    assert [word.text for word in instruction.detail.documents] == ["<<a", "<<-b"]
    assert instruction.detail.sources == ()
    assert raw(dockerfile, instruction.span) == b"COPY <<a <<-b /x\n1\na\n\t2\n\tb"


def test_comments_and_directives() -> None:
    dockerfile = parse(b"# syntax=docker/dockerfile:1\n#Escape = ` \n# one\nFROM a\n  # two\nRUN x `\n # three\n y\n")
    assert [(one.name, one.value, one.line) for one in dockerfile.directives] == [
        ("syntax", "docker/dockerfile:1", 1),
        ("escape", "`", 2),
    ]
    assert [(one.text, one.line, one.instruction, raw(dockerfile, one.span)) for one in dockerfile.comments] == [
        ("one", 3, None, b"# one"),
        ("two", 5, None, b"# two"),
        ("three", 7, 1, b"# three"),
    ]


def test_the_end_of_an_instruction_is_before_its_line_ending() -> None:
    dockerfile = parse(b"FROM a  \r\nRUN b \\\r\n c\r\n\r\nUSER d")
    assert [raw(dockerfile, one.span) for one in dockerfile.instructions] == [b"FROM a  ", b"RUN b \\\r\n c", b"USER d"]

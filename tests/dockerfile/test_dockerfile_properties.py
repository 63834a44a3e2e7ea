"""What holds for all bytes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dhi_migrate.dockerfile import details
from dhi_migrate.dockerfile.graph import build_graph, stage_state_at
from dhi_migrate.dockerfile.model import Dockerfile, Instruction
from dhi_migrate.dockerfile.parse import parse

PIECES = [
    b"FROM a", b"FROM $A AS b\n", b"RUN", b"COPY", b"ENV A=", b"ARG A", b"ONBUILD ", b"HEALTHCHECK", b"SHELL", b"EXPOSE 1",
    b" ", b"\n", b"\r\n", b"\r", b"\\\n", b"`\n", b"\\", b"# ", b"# escape=`\n", b"#", b"<<EOF", b"<<-E", b"EOF\n", b"E\n",
    b'["a", "b"]', b"[", b"]", b'"', b"'", b"$A", b"${A:-b}", b"${", b"}", b"--from=0", b"--mount=type=bind,from=b,target=/x",
    b"--", b"=", b",", b"\x00", b"\xff", b"\xc3\xa9", b"\xc2\xa0", b"\xc2\x85", b"\x1c", b"\x0b", b"\x0c", b"\t",
    b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc4\xb0", b"\xe2\x84\xaa", b"x", b"\\u00e9",
]  # fmt: skip
FILES = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map(lambda pieces: b"FROM a\n" + b"".join(pieces)),
)


def spans_in_order(dockerfile: Dockerfile) -> None:
    data = dockerfile.source.data
    end = 0
    line = 0
    for index, instruction in enumerate(dockerfile.instructions):
        assert instruction.index == index
        assert end <= instruction.span.start <= instruction.span.end <= len(data)
        assert line < instruction.start_line <= instruction.end_line <= dockerfile.source.line_count
        end, line = instruction.span.end, instruction.end_line
        parts_inside(instruction)
        for flag in instruction.flags:
            if b"\n" not in data[flag.span.start : flag.span.end]:
                assert dockerfile.source.text(flag.span) == flag.text
        if isinstance(instruction.detail, details.Onbuild):
            parts_inside(instruction.detail.inner)
    for diagnostic in dockerfile.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(data)
    for comment in dockerfile.comments:
        assert data[comment.span.start : comment.span.start + 1] == b"#"


def parts_inside(instruction: Instruction) -> None:
    at = instruction.keyword_span.end
    assert instruction.span.start == instruction.keyword_span.start
    for span in (*(flag.span for flag in instruction.flags), *(word.span for word in instruction.words)):
        assert at <= span.start <= span.end <= instruction.span.end
        at = span.end
    at = instruction.keyword_span.end
    for heredoc in instruction.heredocs:
        assert at <= heredoc.span.start <= heredoc.span.end
        at = heredoc.span.end


@given(FILES)
@settings(max_examples=1500, deadline=None)
@example(b"\\\n")
@example(b"RUN\xc2\xa0")
@example(b"RUN\xc2\xa0\\\n")
@example(b"FROM a\n\\\n\xc2\x85")
@example(b"\xef\xbb\xbf")
@example(b"\xef\xbb\xbf\\\nx")
def test_any_bytes_are_read_and_every_place_is_in_the_file(data: bytes) -> None:
    dockerfile = parse(data)
    spans_in_order(dockerfile)
    assert all(diagnostic.kind != "parser-disagreement" for diagnostic in dockerfile.diagnostics)


@given(FILES, st.sampled_from([None, "b", "0", "x"]))
@settings(max_examples=800, deadline=None)
def test_any_file_has_a_graph(data: bytes, target: str | None) -> None:
    dockerfile = parse(data)
    graph = build_graph(dockerfile, target=target, build_args=[("B", "1")])
    assert [stage.index for stage in graph.stages] == list(range(len(graph.stages)))
    for stage in graph.stages:
        assert stage.base.stage is None or stage.base.stage < stage.index
        assert graph.chain(stage.index)[-1] is stage
        for instruction in stage.instructions:
            stage_state_at(graph, stage.index, instruction)
    assert graph.target is None or graph.target in graph.reachable
    assert all(0 <= diagnostic.span.start <= diagnostic.span.end <= len(data) for diagnostic in graph.diagnostics)


@given(FILES)
@settings(max_examples=500, deadline=None)
def test_reading_is_repeatable_and_the_bytes_stay(data: bytes) -> None:
    first = parse(data)
    assert first.source.data == data
    assert first.instructions == parse(data).instructions


@given(st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join))
@settings(max_examples=500, deadline=None)
def test_text_above_does_not_change_what_follows_a_whole_instruction(data: bytes) -> None:
    after = b"FROM a\n" + data
    plain = parse(after).instructions
    moved = parse(b"# a comment\n\nARG X\n" + after).instructions[1:]
    assert [(one.keyword, one.values, one.start_line + 3) for one in plain] == [
        (one.keyword, one.values, one.start_line) for one in moved
    ]


def steps(work: Callable[[], Any]) -> int:
    """How many functions `work` calls."""
    count = 0

    def seen(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


GROWING: dict[str, Callable[[int], bytes]] = {
    "instructions": lambda n: b"FROM a\n" + b"RUN x\n" * n,
    "continued lines": lambda n: b"FROM a\nRUN x" + b" \\\n y" * n,
    "comments in a continuation": lambda n: b"FROM a\nRUN x" + b" \\\n# y" * n,
    "here-documents": lambda n: b"FROM a\n" + b"RUN <<E\nx\nE\n" * n,
    "here-documents of one line": lambda n: b"FROM a\nCOPY " + b"<<E " * n + b"/x\n" + b"E\n" * n,
    "marks that are none": lambda n: b"FROM a\nRUN " + b"<<" * n,
    "marks with spaces": lambda n: b"FROM a\nRUN <<" + b" " * n + b"x" * n + b"<",
    "flags": lambda n: b"FROM a\nRUN " + b"--mount=type=tmpfs,target=/x " * n,
    "json elements": lambda n: b"FROM a\nCMD [" + b'"a",' * n + b'"b"]',
    "quotes": lambda n: b"FROM a\nENV A=" + b"'x'\"y\"" * n,
    "variables": lambda n: b"FROM a\nENV B=1\nENV A=" + b"$B" * n,
    "doubling variables": lambda n: b"FROM a\nENV A=1\n" + b"ENV A=$A$A\n" * n,
    "stages": lambda n: b"FROM a AS s0\n" + b"".join(b"FROM s%d AS s%d\n" % (i, i + 1) for i in range(n)),
    "copies": lambda n: b"FROM a AS s\nFROM b\n" + b"COPY --from=s a /b\n" * n,
    "names": lambda n: b"FROM a\n" + b"".join(b"ENV A%d=$A%d\n" % (i, i - 1) for i in range(1, n)),
}


@pytest.mark.parametrize("name", GROWING)
def test_the_cost_grows_in_step_with_the_file(name: str) -> None:
    small, large = GROWING[name](400), GROWING[name](1600)
    build_graph(parse(small + b"\n"))  # another text: what is parsed is kept
    once = steps(lambda: build_graph(parse(small)))
    assert steps(lambda: build_graph(parse(large))) < 4.5 * once + 1000


def test_a_value_that_doubles_is_cut_off_as_unknown() -> None:
    graph = build_graph(parse(b"FROM a\nENV A=0123456789\n" + b"ENV A=$A$A\n" * 60))
    assert graph.stages[0].state.env["A"].known is False


def test_deep_nesting_is_unknown_and_no_error() -> None:
    graph = build_graph(parse(b"FROM " + b"${A:-" * 500 + b"x" + b"}" * 500))
    assert (graph.stages[0].base.kind, graph.stages[0].base.reference.error) == ("unknown", None)

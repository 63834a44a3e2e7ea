"""What BuildKit refuses is an error at its place; what it accepts is none."""

from __future__ import annotations

import pytest

from dhi_migrate.dockerfile.graph import build_graph
from dhi_migrate.dockerfile.parse import parse

Found = tuple[str, str, int, int]


def found(data: bytes) -> list[Found]:
    """Kind, severity, line and column of everything said about `data`, by the parser and then by the graph."""
    dockerfile = parse(data)
    said = [*dockerfile.diagnostics, *build_graph(dockerfile).diagnostics]
    return [(one.kind, one.severity, *dockerfile.source.position(one.span.start)) for one in said]


REFUSED = [
    (b"", "empty-file", 1, 1),
    (b"\n# only a comment\n", "empty-file", 1, 1),
    (b"ARG A=1\n", "no-stage", 1, 1),
    (b"ARG A=1\n  RUN a\nFROM b\n", "no-stage", 2, 3),
    (b"FROM a\nFOO bar\n", "unknown-instruction", 2, 1),
    (b"FROM a\n  caf\xc3\xa9 b\n", "unknown-instruction", 2, 3),
    (b"FROM a b\n", "from-arguments", 1, 1),
    (b"FROM\n", "from-arguments", 1, 1),
    (b"FROM a AS\n", "from-arguments", 1, 1),
    (b"FROM a AS 1st\n", "invalid-stage-name", 1, 11),
    (b"FROM a AS b/c\n", "invalid-stage-name", 1, 11),
    (b"FROM --platform a\n", "flag-without-value", 1, 6),
    (b"FROM --plat=b a\n", "unknown-flag", 1, 6),
    (b"FROM --platform=mars a\n", "invalid-platform", 1, 6),
    (b"FROM --platform=linux/a/b/c a\n", "invalid-platform", 1, 6),
    (b"FROM $NOTHING\n", "blank-base", 1, 6),
    (b"FROM ${A\n", "expansion", 1, 6),
    (b"FROM a\nCOPY b\n", "missing-argument", 2, 1),
    (b'FROM a\nCOPY ["b"]\n', "missing-argument", 2, 1),
    (b"FROM a\nCOPY --from=$A b /c\n", "invalid-flag-value", 2, 6),
    (b"FROM a\nCOPY --from=b --from=c d /e\n", "duplicate-flag", 2, 15),
    (b"FROM a\nCOPY --link=maybe b /c\n", "invalid-flag-value", 2, 6),
    (b"FROM a\nCOPY --link= b /c\n", "flag-without-value", 2, 6),
    (b"FROM a\nCOPY --checksum=x b /c\n", "unknown-flag", 2, 6),
    (b"FROM a\nCOPY --chmod=9 b /c\n", "invalid-flag-value", 2, 6),
    (b"FROM a\nCOPY b <<EOF\nx\nEOF\n", "heredoc-destination", 2, 8),
    (b"FROM a\nCOPY https://x/y /c\n", "copy-url", 2, 6),
    (b"FROM a\nCOPY don't /x\n", "expansion", 2, 6),
    (b"FROM a\nADD --from=b c /d\n", "unknown-flag", 2, 5),
    (b"FROM a\nADD --checksum=x b c /d\n", "invalid-flag-value", 2, 5),
    (b"FROM a\nENV\n", "missing-argument", 2, 1),
    (b"FROM a\nENV A\n", "missing-value", 2, 5),
    (b"FROM a\nENV A=1 B\n", "missing-equals", 2, 9),
    (b"FROM a\nENV =1\n", "blank-name", 2, 5),
    (b'FROM a\nENV A="b\n', "expansion", 2, 7),
    (b"FROM a\nLABEL a\n", "missing-value", 2, 7),
    (b"FROM a\nARG\n", "missing-argument", 2, 1),
    (b"FROM a\nARG =1\n", "blank-name", 2, 5),
    (b"FROM a\nUSER\n", "missing-argument", 2, 1),
    (b"FROM a\nWORKDIR\n", "missing-argument", 2, 1),
    (b"FROM a\nVOLUME\n", "missing-argument", 2, 1),
    (b'FROM a\nVOLUME [""]\n', "blank-volume", 2, 1),
    (b"FROM a\nEXPOSE\n", "missing-argument", 2, 1),
    (b"FROM a\nEXPOSE 80/http\n", "invalid-port", 2, 8),
    (b"FROM a\nEXPOSE 80 70000\n", "invalid-port", 2, 11),
    (b"FROM a\nEXPOSE 90-80\n", "invalid-port", 2, 8),
    (b"FROM a\nSTOPSIGNAL SIGNOTHING\n", "invalid-signal", 2, 12),
    (b"FROM a\nMAINTAINER\n", "missing-argument", 2, 1),
    (b"FROM a\nSHELL bash -c\n", "json-required", 2, 1),
    (b"FROM a\nSHELL []\n", "missing-argument", 2, 1),
    (b'FROM a\nCMD ["a", 1]\n', "json-not-strings", 2, 5),
    (b'FROM a\nCOPY ["a", ["b"]]\n', "json-not-strings", 2, 6),
    (b"FROM a\nCMD --x b\n", "unknown-flag", 2, 5),
    (b"FROM a\nHEALTHCHECK\n", "missing-argument", 2, 1),
    (b"FROM a\nHEALTHCHECK curl x\n", "healthcheck-type", 2, 13),
    (b"FROM a\nHEALTHCHECK CMD\n", "missing-argument", 2, 1),
    (b"FROM a\nHEALTHCHECK NONE x\n", "healthcheck-none", 2, 1),
    (b"FROM a\nHEALTHCHECK --interval=5 CMD x\n", "invalid-flag-value", 2, 13),
    (b"FROM a\nHEALTHCHECK --timeout=-5s CMD x\n", "invalid-flag-value", 2, 13),
    (b"FROM a\nHEALTHCHECK --start-period=1us CMD x\n", "invalid-flag-value", 2, 13),
    (b"FROM a\nHEALTHCHECK --retries=-1 CMD x\n", "invalid-flag-value", 2, 13),
    (b"FROM a\nONBUILD\n", "missing-argument", 2, 1),
    (b"FROM a\nONBUILD ONBUILD RUN x\n", "onbuild-trigger", 2, 9),
    (b"FROM a\nONBUILD FROM x\n", "onbuild-trigger", 2, 9),
    (b"FROM a\nONBUILD ENV A\n", "missing-value", 2, 13),
    (b"FROM a\nRUN --mount=type=disk,target=/x y\n", "invalid-mount", 2, 5),
    (b"FROM a\nRUN --mount=typ=bind y\n", "invalid-mount", 2, 5),
    (b"FROM a\nRUN --mount=target y\n", "invalid-mount", 2, 5),
    (b"FROM a\nRUN --mount=from=$A,target=/x y\n", "invalid-mount", 2, 5),
    (b"FROM a\nRUN --mount=type=secret y\n", "invalid-mount", 2, 5),
    (b"FROM a\nRUN --mount=type=secret,id=a,source=b y\n", "invalid-mount", 2, 5),
    (b"FROM a\nRUN --mount=type=bind,size=1,target=/x y\n", "invalid-mount", 2, 5),
    (b"FROM a\nRUN --mount=required=true,type=secret,id=a y\n", "invalid-mount", 2, 5),
    (b"FROM a\nRUN --mount=type=cache,sharing=some,target=/x y\n", "invalid-mount", 2, 5),
    (b"FROM a\nRUN --network=some y\n", "invalid-flag-value", 2, 5),
    (b"FROM a\nRUN --security=none y\n", "invalid-flag-value", 2, 5),
    (b"FROM a\nRUN <<EOF\nx\n", "unterminated-heredoc", 2, 1),
    (b"# escape=x\nFROM a\n", "invalid-escape", 1, 1),
    (b"# syntax=a\n# syntax=b\nFROM a\n", "duplicate-directive", 2, 1),
    (b"# check=all\nFROM a\n", "invalid-check", 1, 1),
    (b"FROM a\nRUN " + b"x" * 65532 + b"\n", "line-too-long", 2, 1),
    (b"FROM a AS b\nCOPY --from=b x /y\n", "circular-dependency", 2, 13),
    (b"FROM a AS b\nCOPY --from=c x /y\nFROM a AS c\nCOPY --from=b x /y\n", "circular-dependency", 2, 13),
    (b"FROM a\nCOPY --from=3 x /y\n", "invalid-stage-index", 2, 13),
    (b"FROM a AS Base\nFROM Base\n", "stage-name-case", 2, 6),
]


@pytest.mark.parametrize(("data", "kind", "line", "column"), REFUSED)
def test_what_buildkit_refuses_is_an_error_at_its_place(data: bytes, kind: str, line: int, column: int) -> None:
    assert (kind, "error", line, column) in found(data)


ACCEPTED = [
    b"FROM a",
    b"from a as B\nrun x",
    b"FROM --platform=linux/arm64/v8 a",
    b"FROM --platform=$BUILDPLATFORM a",
    b"FROM scratch\nCOPY a /\n",
    b"FROM a\nRUN\nCMD\nENTRYPOINT []\n",
    b"FROM a\nRUN [not json]\nCMD ['single', 'quotes']\n",
    b'FROM a\nCMD ["a",]\n',
    b"FROM a\nCOPY --link --chown=1:1 --chmod=0755 --exclude=a --exclude=b x y /z/\n",
    b"FROM a\nCOPY --chmod=u+x x /y\n",
    b"FROM a\nCOPY --link=FALSE x /y\n",
    b"FROM a\nCOPY <<A <<B /x/\n1\nA\n2\nB\n",
    b"FROM a\nADD --keep-git-dir=true --unpack --checksum=sha256:x https://x /y\n",
    b'FROM a\nEXPOSE 80 443/TCP 53/udp 9/sctp 8000-8010 127.0.0.1:80:80 $PORT "90"\n',
    b"FROM a\nSTOPSIGNAL 9\nSTOPSIGNAL sigterm\nSTOPSIGNAL RTMIN+3\nSTOPSIGNAL $S\n",
    b"FROM a\nHEALTHCHECK --interval=1m30s --timeout=1.5h --retries=3 --start-period=0 CMD x\n",
    b"FROM a\nHEALTHCHECK --interval=5m none\n",
    b"FROM a\nUSER a b\nWORKDIR a b\n",
    b"FROM a\nARG --x A\nSTOPSIGNAL --x 9\n",
    b"FROM a\nONBUILD FOO bar\n",
    b"FROM a\nRUN --mount=type=cache,target=/x,sharing=locked,uid=1,mode=0755 --network=none y\n",
    b"FROM a\nRUN --mount=type=$T,target=/x,foo y\n",
    b"FROM a\nRUN --mount=type=secret,id=a,required,env=A --mount=type=ssh --mount=type=tmpfs,size=1g,target=/t y\n",
    b"FROM a AS b\nFROM c\nCOPY --from=B x /y\nCOPY --from=0 x /y\nCOPY --from=d:1 x /y\n",
    b"FROM a AS b\nEXPOSE nonsense\nFROM c\n",
    b"FROM a AS later\nCOPY --from=c x /y\nFROM b AS c\n",
    b"FROM a AS x\nFROM b AS x\nCOPY --from=0 a /b\n",
    b"# check=skip=all;error=true\n# escape=`\nFROM a\n",
    b"FROM a\nRUN " + b"x" * 65531 + b"\n",
    b"FROM a\nENV A b c 'd\nUSER x\n".replace(b"'d", b"d"),
    b"\xef\xbb\xbfFROM a\r\nRUN x \\\r\n\r\n y\r\n",
    b"FROM a\nRUN b\x00c\xff\n",
]


@pytest.mark.parametrize("data", ACCEPTED)
def test_what_buildkit_accepts_is_no_error(data: bytes) -> None:
    assert [one for one in found(data) if one[1] == "error"] == []


def test_what_only_running_shows_is_a_warning_in_a_stage_that_may_not_be_built() -> None:
    assert found(b"FROM a AS b\nEXPOSE x\nFROM c\n") == [("invalid-port", "warning", 2, 8)]


def test_a_trigger_that_cannot_run_is_a_warning() -> None:
    assert found(b"FROM a\nONBUILD FOO bar\n") == [("unknown-instruction", "warning", 2, 9)]


def test_a_stage_named_twice_and_an_empty_continued_line_are_warnings() -> None:
    data = b"FROM a AS x\nFROM b AS X\nRUN c \\\n\n d\n"
    assert found(data) == [("duplicate-stage-name", "warning", 2, 11), ("empty-continuation", "warning", 4, 1)]


def test_a_file_with_errors_is_read_to_its_end() -> None:
    dockerfile = parse(b"FROM a\nENV A\nCOPY x\nUSER b\n")
    assert [(one.keyword, one.detail is None) for one in dockerfile.instructions] == [
        ("FROM", False),
        ("ENV", True),
        ("COPY", True),
        ("USER", False),
    ]
    assert not dockerfile.ok


def test_an_unknown_target_is_an_error() -> None:
    graph = build_graph(parse(b"FROM a AS b\n"), target="c")
    assert [(one.kind, one.severity) for one in graph.diagnostics] == [("unknown-target", "error")]
    assert graph.target is None
    assert graph.reachable == frozenset()

"""Stages, what they are built from, and what they take from each other."""

from __future__ import annotations

from dhi_migrate.dockerfile.expand import expand
from dhi_migrate.dockerfile.graph import BuildGraph, Stage, build_graph, scope_at
from dhi_migrate.dockerfile.parse import parse


def graph(text: str, **options: object) -> BuildGraph:
    return build_graph(parse(text.encode()), **options)  # type: ignore[arg-type]


def base(stage: Stage) -> tuple[str, str | None, int | None]:
    return stage.base.kind, stage.base.reference.text, stage.base.stage


def test_a_from_names_an_earlier_stage_an_image_or_scratch() -> None:
    built = graph("FROM a:1 AS One\nFROM one\nFROM one:2\nFROM scratch\nFROM two\nFROM b AS two\n")
    assert [base(stage) for stage in built.stages] == [
        ("image", "a:1", None),
        ("stage", "one", 0),
        ("image", "one:2", None),
        ("scratch", "scratch", None),
        ("image", "two", None),
        ("image", "b", None),
    ]
    assert [stage.name for stage in built.stages] == ["One", None, None, None, None, "two"]
    assert [stage.line for stage in built.stages] == [1, 2, 3, 4, 5, 6]


def test_the_last_of_two_stages_of_a_name_counts() -> None:
    built = graph("FROM a AS x\nFROM b AS x\nFROM x\nCOPY --from=x 1 2\n")
    assert built.stages[2].base.stage == 1
    assert [edge.source for edge in built.edges] == [1]


def test_global_arguments_are_for_from_and_for_stages_that_ask() -> None:
    built = graph("ARG V=1\nARG I=img:$V\nFROM $I\nARG V\nENV A=$V B=$I\n")
    assert base(built.stages[0]) == ("image", "img:1", None)
    env = built.stages[0].state.env
    assert (env["A"].value, env["A"].known) == ("1", True)
    assert (env["B"].value, env["B"].known) == (None, False)


def test_an_argument_of_a_stage_is_not_for_from() -> None:
    built = graph("FROM a\nARG V=1\nFROM b:${V:-none}\n")
    assert built.stages[1].base.reference.text == "b:none"


def test_build_arguments_override_defaults_but_declare_nothing() -> None:
    built = graph(
        "ARG V=1\nFROM a:$V-$W\nARG V\nARG X=2\nENV A=$V$X\n",
        build_args=[("V", "8"), ("V", "9"), ("W", "7"), ("X", "6")],
    )
    assert built.stages[0].base.reference.text == "a:9-"
    assert built.stages[0].state.env["A"].value == "96"
    assert built.stages[0].base.reference.uses[0].origin == "build-arg"


def test_uses_lead_to_the_bytes_that_gave_the_value() -> None:
    dockerfile = parse(b"ARG REG=docker.io\nARG TAG\nFROM ${REG}/a:${TAG:-1} AS x\nENV E=e\nCOPY f /$E\n")
    built = build_graph(dockerfile)
    reg, tag = built.stages[0].base.reference.uses
    assert dockerfile.source.text(reg.span) == "${REG}"
    assert reg.value_span is not None
    assert dockerfile.source.text(reg.value_span) == "docker.io"
    assert reg.definition is dockerfile.instructions[0]
    assert (tag.name, tag.value, tag.origin, tag.definition, tag.value_span) == (
        "TAG",
        None,
        "arg",
        dockerfile.instructions[1],
        None,
    )
    assert built.stages[0].base.reference.text == "docker.io/a:1"
    copy = dockerfile.instructions[-1]
    (use,) = expand("/$E", scope_at(built, 0, copy)).uses
    assert (use.value, use.origin, use.definition) == ("e", "env", dockerfile.instructions[3])


def test_an_argument_without_default_leaves_the_image_unknown() -> None:
    assert base(graph("ARG V\nFROM a:$V\n").stages[0]) == ("unknown", None, None)


def test_platform_arguments_are_there_but_not_known() -> None:
    built = graph("FROM --platform=$BUILDPLATFORM a\nFROM b-$TARGETARCH\nARG TARGETOS\nENV A=$TARGETOS\n")
    assert built.stages[0].platform is not None
    assert (built.stages[0].platform.text, built.stages[0].platform.uses[0].origin) == (None, "platform")
    assert base(built.stages[1]) == ("unknown", None, None)
    assert built.stages[1].state.env["A"].known is False
    given = graph("FROM b-$TARGETARCH\n", build_args=[("TARGETARCH", "arm64")])
    assert given.stages[0].base.reference.text == "b-arm64"


def test_copies_and_mounts_are_edges() -> None:
    dockerfile = parse(
        b"FROM a AS build\nFROM b\nARG D=/out\nCOPY --from=Build $D/x $D/y /srv/\nCOPY --from=0 q /\n"
        b"COPY --from=nginx:1 /etc /etc\n"
        b"COPY plain /\nRUN --mount=type=bind,from=build,source=/s,target=/t --mount=type=cache,target=/c x\n"
    )
    built = build_graph(dockerfile)
    assert [
        (
            edge.kind,
            edge.source,
            edge.image and edge.image.text,
            edge.sources,
            edge.destination,
            dockerfile.source.text(edge.span),
        )
        for edge in built.edges
    ] == [
        ("copy", 0, None, ("/out/x", "/out/y"), "/srv/", "Build"),
        ("copy", 0, None, ("q",), "/", "0"),
        ("copy", None, "nginx:1", ("/etc",), "/etc", "nginx:1"),
        ("mount", 0, None, ("/s",), "/t", "build"),
    ]
    assert all(edge.known and edge.stage == 1 for edge in built.edges)


def test_a_path_that_is_not_known_is_told_as_written() -> None:
    (edge,) = graph("FROM a\nFROM b\nCOPY --from=0 $HOME/x /\n").edges
    assert (edge.sources, edge.known) == (("$HOME/x",), False)


def test_what_the_target_needs_is_reachable() -> None:
    text = (
        "FROM a AS one\nFROM one AS two\nFROM b AS three\nFROM c AS four\nCOPY --from=three x y\n"
        "FROM two AS five\nRUN --mount=from=four,target=/x y\n"
    )
    built = graph(text)
    assert (built.target, built.reachable) == (4, frozenset({0, 1, 2, 3, 4}))
    built = graph(text, target="TWO")
    assert (built.target, built.reachable) == (1, frozenset({0, 1}))
    assert graph(text, target="3").reachable == frozenset({2, 3})


def test_chains_and_children() -> None:
    built = graph("FROM a AS one\nFROM one AS two\nFROM one AS three\nFROM two\n")
    assert [stage.index for stage in built.chain(3)] == [0, 1, 3]
    assert [stage.index for stage in built.children(0)] == [1, 2]


def test_a_file_without_stages() -> None:
    built = graph("ARG A=1\n")
    assert (built.stages, built.edges, built.target, built.reachable) == ((), (), None, frozenset())


def test_a_malformed_from_still_starts_a_stage() -> None:
    built = graph("FROM a b\nUSER x\nFROM\n")
    assert [base(stage) for stage in built.stages] == [("unknown", None, None)] * 2
    assert built.stages[0].state.user.value == "x"


def test_triggers_run_first_in_the_stage_built_on_theirs() -> None:
    built = graph(
        "FROM z AS src\nFROM a AS base\nONBUILD COPY --from=src /f /t\nONBUILD USER app\nFROM base\nWORKDIR /w\n"
    )
    assert [one.keyword for one in built.stages[2].triggers] == ["COPY", "USER"]
    assert [(edge.stage, edge.source) for edge in built.edges] == [(2, 0)]
    assert built.stages[2].state.user.value == "app"
    assert built.stages[1].state.user.known is False
    assert built.reachable == frozenset({0, 1, 2})


def test_a_stage_that_comes_later_is_refused_only_if_it_is_needed() -> None:
    text = "FROM a AS x\nCOPY --from=y 1 2\nFROM b AS y\n"
    assert [(one.kind, one.severity) for one in graph(text).diagnostics] == [("later-stage", "warning")]
    assert [(one.kind, one.severity) for one in graph(text, target="x").diagnostics] == [("later-stage", "error")]


def test_names_are_inherited_over_a_hundred_stages_and_unknown_below() -> None:
    text = "FROM scratch AS s0\nENV A=1\n" + "".join(f"FROM s{n} AS s{n + 1}\n" for n in range(150))
    built = graph(text + "ENV B=$A\n")
    assert (built.stages[100].state.env["A"].value, built.stages[100].state.complete) == ("1", True)
    assert ("A" in built.stages[101].state.env, built.stages[101].state.complete) == (False, False)
    assert built.stages[150].state.env["B"].known is False


def test_triggers_beyond_a_bound_are_left_out_and_that_is_said() -> None:
    built = graph("FROM a AS x\n" + "ONBUILD USER u\n" * 100 + "FROM x\n" * 60)
    assert {(one.kind, one.severity) for one in built.diagnostics} == {("too-many-triggers", "warning")}
    assert len([stage for stage in built.stages if stage.triggers]) == 50


def test_edges_of_a_stage() -> None:
    built = graph("FROM a AS x\nFROM b\nCOPY --from=x 1 2\nFROM c\nCOPY --from=x 3 4\n")
    assert [edge.stage for edge in built.edges_from(0)] == [1, 2]
    assert [edge.sources for edge in built.edges_into(2)] == [("3",)]

"""What is in force in a stage, and where it was set."""

from __future__ import annotations

from dhi_migrate.dockerfile.graph import BuildGraph, build_graph, stage_state_at
from dhi_migrate.dockerfile.parse import parse
from dhi_migrate.dockerfile.state import FROM_IMAGE, NOTHING, Effective, StageState


def graph(text: str, **options: object) -> BuildGraph:
    return build_graph(parse(text.encode()), **options)  # type: ignore[arg-type]


def final(text: str) -> StageState:
    return graph(text).stages[-1].state


def test_a_bare_stage_has_what_its_image_has() -> None:
    state = final("FROM a\n")
    assert {
        state.user,
        state.workdir,
        state.shell,
        state.entrypoint,
        state.cmd,
        state.healthcheck,
        state.stop_signal,
    } == {FROM_IMAGE}
    assert (dict(state.env), dict(state.ports), state.complete) == ({}, {}, False)


def test_scratch_has_nothing_but_a_root_directory() -> None:
    state = final("FROM scratch\n")
    assert {state.user, state.shell, state.entrypoint, state.cmd, state.healthcheck, state.stop_signal} == {NOTHING}
    assert (state.workdir.value, state.complete) == ("/", True)


def test_the_last_setting_counts_and_knows_its_instruction() -> None:
    built = graph("FROM a\nUSER one\nUSER two\n")
    assert built.stages[0].state.user == Effective("two", True, built.dockerfile.instructions[2], 0)


def test_the_state_at_an_instruction_is_that_before_it() -> None:
    built = graph("FROM a\nRUN 1\nUSER x\nENV A=1\nRUN 2\nENV A=2 B=3\nUSER y\nRUN 3\n")
    own = built.stages[0].instructions
    states = [stage_state_at(built, 0, own[index]) for index in (0, 1, 3, 6)]
    assert [state.user.value for state in states] == [None, None, "x", "y"]
    assert [{name: one.value for name, one in state.env.items()} for state in states] == [
        {},
        {},
        {"A": "1"},
        {"A": "2", "B": "3"},
    ]


def test_what_the_stage_below_set_is_inherited() -> None:
    built = graph(
        "FROM a AS one\nUSER u\nENV A=1\nLABEL l=1\nEXPOSE 80\nVOLUME /v\nWORKDIR /w\n"
        'STOPSIGNAL 9\nSHELL ["/bin/bash", "-c"]\nFROM one\n'
    )
    state = built.stages[1].state
    assert (state.user.value, state.user.stage, state.workdir.value, state.stop_signal.value) == ("u", 0, "/w", "9")
    assert (list(state.env), list(state.labels), list(state.ports), list(state.volumes)) == (
        ["A"],
        ["l"],
        ["80/tcp"],
        ["/v"],
    )
    assert state.shell.value == ("/bin/bash", "-c")


def test_relative_directories_are_joined() -> None:
    assert final("FROM a\nWORKDIR /a\nWORKDIR b/../c\n").workdir.value == "/a/c"
    assert final("FROM scratch\nWORKDIR a\n").workdir.value == "/a"
    assert final("FROM a\nWORKDIR b\n").workdir.known is False
    assert final("FROM a\nENV D=/d\nWORKDIR $D/e\n").workdir.value == "/d/e"
    assert final("FROM a\nWORKDIR $UNSET/e\n").workdir.known is False


def test_an_entrypoint_takes_away_a_cmd_of_below_but_not_of_its_own_stage() -> None:
    assert final("FROM a\nCMD x\nENTRYPOINT y\n").cmd.value == "x"
    assert final("FROM a\nENTRYPOINT y\nCMD x\n").cmd.value == "x"
    built = graph('FROM a AS one\nCMD x\nFROM one\nENTRYPOINT ["y"]\n')
    assert built.stages[1].state.cmd == Effective(None, True, built.dockerfile.instructions[3], 1)
    assert built.stages[1].state.entrypoint.value == ("y",)
    assert final("FROM a\nENTRYPOINT y\n").cmd[:2] == (None, True)
    assert final("FROM a AS one\nENTRYPOINT y\nFROM one\nCMD x\n").entrypoint.value == "y"


def test_forms_of_a_command() -> None:
    assert final("FROM a\nHEALTHCHECK NONE\n").healthcheck.value == ("NONE",)
    assert final("FROM a\nHEALTHCHECK CMD curl x\n").healthcheck.value == "curl x"
    assert final('FROM a\nHEALTHCHECK CMD ["curl", "x"]\n').healthcheck.value == ("curl", "x")
    assert final("FROM a\nENTRYPOINT []\n").entrypoint.value == ()


def test_values_of_one_env_see_what_was_before_it() -> None:
    env = final("FROM a\nENV A=1\nENV A=2 B=$A\n").env
    assert (env["A"].value, env["B"].value) == ("2", "1")


def test_arguments_of_one_arg_see_each_other() -> None:
    assert final("FROM a\nARG A=1 B=$A\nENV C=$B\n").env["C"].value == "1"


def test_the_later_of_env_and_arg_counts_in_a_stage_and_env_in_the_next() -> None:
    built = graph("FROM a AS one\nENV A=env\nARG A=arg\nENV B=$A\nFROM one\nENV C=$A\n")
    assert built.stages[0].state.env["B"].value == "arg"
    assert built.stages[1].state.env["C"].value == "env"


def test_arguments_of_the_stage_below_are_inherited() -> None:
    assert final("FROM a AS one\nARG A=1\nFROM one\nENV B=$A\n").env["B"].value == "1"


def test_arg_is_not_in_the_environment_of_the_image() -> None:
    assert dict(final("FROM a\nARG A=1\n").env) == {}


def test_names_that_only_the_image_can_set_are_unknown() -> None:
    env = final("FROM a\nENV A=$B C=${B:-c}\n").env
    assert (env["A"].known, env["C"].known) == (False, False)
    env = final("FROM scratch\nENV A=x$B P=$PATH\n").env
    assert (env["A"].value, env["P"].value) == ("x", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")


def test_the_environment_of_the_image_can_be_told() -> None:
    asked: list[str] = []

    def base_env(reference: str) -> dict[str, str] | None:
        asked.append(reference)
        return {"PATH": "/bin"} if reference == "a:1" else None

    built = graph("FROM a:1\nENV PATH=/x:$PATH N=$NONE\nFROM b\nENV P=$PATH\n", base_env=base_env)
    assert asked == ["a:1", "b"]
    env = built.stages[0].state.env
    assert (env["PATH"].value, env["N"].value) == ("/x:/bin", "")
    assert built.stages[1].state.env["P"].known is False


def test_ports_are_expanded_and_split() -> None:
    state = final('FROM scratch\nENV P="80 81/udp"\nEXPOSE $P 90\n')
    assert {name: one.value for name, one in state.ports.items()} == {
        "80/tcp": "80/tcp",
        "81/udp": "81/udp",
        "90/tcp": "90/tcp",
    }

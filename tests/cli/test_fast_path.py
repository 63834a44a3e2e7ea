"""The small parser and the full command line are one: the same options, the same output, the same exit code."""

from __future__ import annotations

import contextlib
import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from cli_support import Run, write
from hypothesis import given, settings
from hypothesis import strategies as st

from dhi_migrate.choices import Format
from dhi_migrate.cli import app as full
from dhi_migrate.cli import check
from dhi_migrate.cli.options import CheckOptions, parse_plain

PLAIN = [
    [],
    ["Dockerfile"],
    ["a", "b", "--fix"],
    ["--fix", "a"],
    ["--fix", "--fix"],
    ["--unsafe-fixes", "--diff"],
    ["-q", "--quiet"],
    ["--format", "json"],
    ["--format=concise", "x"],
    ["--format", "json", "--format", "text"],
    ["--output", "x.json", "a"],
    ["--output=-x"],
    ["--fail-on", "never", "--level=dev"],
    ["--select", "DHI1,DHI202", "--select", "DHI3"],
    ["--ignore=DHI1, DHI2 ,", "--extend-select", "DHI4"],
    ["--registry", "docker.io/acme/dhi-{name}"],
    ["--registry=localhost:5000/{name}"],
    ["--catalog", "overlay.toml", "--target", "prod"],
    ["--build-arg", "A=1", "--build-arg", "B", "--build-arg=C="],
    ["--exclude", "a,b", "--exclude", "c", "--force-exclude"],
    ["-", "--stdin-filename", "Dockerfile"],
    ["--jobs", "4"],
    ["--jobs=0"],
    ["--config", "c.toml", "--baseline=b.json", "--statistics", "--exit-zero"],
    ["--no-config", "--write-baseline"],
    ["--severity", "DHI1=info, root-user = error", "--severity=DHI2=warning"],
    ["--diff-base", "origin/main", "--files-from", "-"],
    ["--", "--fix", "-x"],
    ["a", "--", "b"],
    ["check"],
    ["", "a"],
]

DECLINED = [
    ["--help"],
    ["-h"],
    ["--version"],
    ["--fxi"],
    ["-qq"],
    ["-x"],
    ["--fix=1"],
    ["--output"],
    ["--output", "--fix"],
    ["--output="],
    ["--target="],
    ["--format", "xml"],
    ["--fail-on=none"],
    ["--level", "AUTO"],
    ["--jobs", "-1"],
    ["--jobs", "two"],
    ["--jobs", " 2"],
    ["--jobs", "٣"],
    ["--registry", "dhi.io/x"],
    ["--registry", "dhi.io/{name} x"],
    ["--registry", "DHI.io/{name}"],
    ["--registry", "dhi.io/{name}:tag"],
    ["--build-arg", "=x"],
    ["-", "a"],
    ["--severity", "DHI1"],
    ["--severity=DHI1=fatal"],
    ["--severity", "=info"],
    ["--files-from", "x", "a"],
    ["--config", "x", "--no-config"],
    ["--write-baseline", "--diff"],
    ["--diff-base", "HEAD", "--fix"],
    ["--statistics", "--format", "json"],
]


def full_options(arguments: list[str]) -> CheckOptions | int:
    """The options that the full command line makes of the arguments of ``check``, or the exit code it ends with."""
    seen: list[CheckOptions] = []

    def note(options: CheckOptions) -> int:
        seen.append(options)
        return 0

    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(None), contextlib.redirect_stdout(None):
        patch.setattr(check, "run", note)
        code = 0
        try:
            full.app(args=["check", *arguments], prog_name="dhi-migrate")
        except SystemExit as end:
            code = int(end.code or 0)
    return seen[0] if seen else code


@pytest.mark.parametrize("arguments", PLAIN, ids=" ".join)
def test_plain_arguments_mean_the_same_to_both(arguments: list[str]) -> None:
    options = parse_plain(arguments)
    assert options is not None
    assert options == full_options(arguments)


@pytest.mark.parametrize("arguments", DECLINED, ids=" ".join)
def test_what_is_unusual_or_wrong_is_left_to_the_full_command_line(arguments: list[str]) -> None:
    assert parse_plain(arguments) is None


@pytest.mark.parametrize(
    "arguments", [one for one in DECLINED if one[0] not in ("--help", "-h", "--version")], ids=" ".join
)
def test_a_mistake_is_exit_code_2(arguments: list[str]) -> None:
    harmless = (["--output="], ["--target="], ["-qq"], ["--output", "--fix"], ["--jobs", " 2"], ["--jobs", "٣"])
    result = full_options(arguments)
    assert isinstance(result, CheckOptions) if arguments in harmless else result == 2


# fmt: off
WORDS = st.sampled_from([
    "a", "Dockerfile", "-", "--", "--fix", "--diff", "--unsafe-fixes", "-q", "--format", "--format=json",
    "json", "text", "xml", "--jobs", "2", "x", "--jobs=3", "--select", "DHI1,DHI2", "--ignore=DHI3",
    "--build-arg", "A=1", "--build-arg=B", "--registry", "r/{name}", "--registry=x", "--target", "t",
    "--fail-on", "error", "--level", "dev", "--exclude", "g", "--force-exclude", "--stdin-filename=",
    "--output", "--extend-select", "--catalog", "--fxi", "-x", "--severity", "DHI1=info", "--statistics", "--exit-zero",
    "--config", "--no-config", "--baseline=b", "--write-baseline", "--diff-base", "HEAD", "--files-from=-",
])
# fmt: on


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=6))
def test_whatever_the_small_parser_takes_the_full_one_reads_the_same(arguments: list[str]) -> None:
    options = parse_plain(arguments)
    if options is not None:
        assert options == full_options(arguments)


OUTPUTS = [
    ["Dockerfile"],
    ["--format", "json", "."],
    ["--format=concise", "--fail-on", "info", "-q"],
    ["--diff", "Dockerfile"],
    ["--diff", "--unsafe-fixes", "."],
    ["gone", "Dockerfile"],
    ["--select", "DHI9999"],
    ["--exclude", "Dockerfile"],
    ["--fix", "--format", "concise"],
]


@pytest.mark.parametrize("arguments", OUTPUTS, ids=" ".join)
def test_both_print_the_same_and_end_with_the_same_exit_code(
    run: Run, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "FROM node:22\nCMD npm start\n"
    results = []
    for leading, plain in itertools.product(([], ["check"]), (True, False)):
        write("Dockerfile", text)
        with monkeypatch.context() as patch:
            if not plain:
                patch.setattr("dhi_migrate.cli.options.parse_plain", lambda _: None)
            results.append((*run(*leading, *arguments), Path("Dockerfile").read_text()))
    assert results == [results[0]] * 4


def test_an_unknown_option_gets_a_suggestion(run: Run) -> None:
    code, out, err = run("--unsafe-fix", "x")
    assert (code, out) == (2, "")
    assert "No such option: --unsafe-fix" in err
    assert "--unsafe-fixes" in err


def test_help_names_every_option_and_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run("check", "--help")
    assert code == 0
    for field in CheckOptions._fields:
        option = {"paths": "[PATH]...", "build_args": "--build-arg"}.get(field, "--" + field.replace("_", "-"))
        assert option in out, option
    code, out, _ = run("--help")
    assert code == 0
    assert all(f" {command} " in out for command in ("check", "plan", "rules", "catalog", "config", "lsp"))


def test_interruption_anywhere_is_exit_code_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    for name in ("dhi_migrate.cli.check.run", "dhi_migrate.cli.options.parse_plain"):
        with monkeypatch.context() as patch:
            patch.setattr(name, interrupt)
            assert run("Dockerfile") == (2, "", "dhi-migrate: interrupted\n")
    with monkeypatch.context() as patch:
        patch.setattr("dhi_migrate.cli.check.run", interrupt)
        assert run("Dockerfile", "--target=")[0] == 2


def test_a_fault_of_the_program_is_exit_code_2_with_a_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("dhi_migrate.cli.check.run", fail)
    for arguments in (["Dockerfile"], ["Dockerfile", "--target="]):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert "RuntimeError: a fault" in err
        assert err.endswith("please report it\n")


def test_the_plain_path_imports_nothing_heavy() -> None:
    # dockerfile-parse itself imports logging.
    heavy = {"typer", "rich", "pydantic", "dataclasses", "inspect", "pathlib", "subprocess", "csv", "difflib"}
    code = (
        "import sys, dhi_migrate.__main__, dhi_migrate.cli.check, dhi_migrate.report.text\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_no_module_of_a_check_imports_typing() -> None:
    # In a checkout the reader of TOML does, so the texts of the modules are looked at.
    fixtures = Path(__file__).parents[1] / "fixtures" / "swap"
    code = (
        "import sys; from dhi_migrate.__main__ import main\n"
        "main([sys.argv[1], '--fail-on=never', '-q', '--diff', '--unsafe-fixes', '--jobs=1'])\n"
        "print(*[one.__file__ for name, one in sys.modules.items() if name.startswith('dhi_migrate.')], sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(fixtures)], capture_output=True, text=True, check=True)
    modules = [Path(line) for line in done.stdout.splitlines() if line.endswith(".py")]
    assert len(modules) > 100
    typed = [one.name for one in modules if re.search(r"^(from|import) typing\b", one.read_text(), re.MULTILINE)]
    assert typed == []


def test_the_plain_parser_knows_the_formats_of_the_full_one() -> None:
    for format in get_args(Format):
        options = parse_plain(["--format", format])
        assert options is not None
        assert options.format == format
    assert parse_plain(["--format", "yaml"]) is None


def test_a_configuration_costs_the_toml_reader_and_nothing_heavy(tmp_path: Path) -> None:
    heavy = {"typer", "rich", "pydantic", "dataclasses", "inspect", "pathlib", "subprocess", "csv", "difflib"}
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "dhi-migrate.toml").write_text(
        'extend = "b.toml"\nignore = ["DHI104"]\n[severity]\nDHI2 = "info"\n[per-file-ignores]\n"a" = ["DHI3"]\n'
    )
    (tmp_path / "b.toml").write_text('registry = "docker.io/acme/dhi-{name}"\nexclude = ["old"]\n')
    code = (
        "import sys; from dhi_migrate.__main__ import main\n"
        "assert main(['Dockerfile', '-q']) == 0 and 'tomllib' in sys.modules\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == "[]\n"

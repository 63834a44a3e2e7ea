"""``plan`` from arguments to exit code, over real files and with the real rules."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from cli_support import Run, write

from dhi_migrate.__main__ import main
from dhi_migrate.cli import plan as command
from dhi_migrate.migrate.plan import FilePlan
from dhi_migrate.settings import Settings

PAGE = Path(__file__).parents[2] / "docs/plan.md"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/plan-v1.schema.json").read_text())
SWAPPABLE = 'FROM eclipse-temurin:21-jre\nCOPY app.jar /app.jar\nCMD ["java", "-jar", "/app.jar"]\n'
HARDENED = 'FROM dhi.io/node:24-debian13\nCMD ["node", "/app.js"]\n'
UNSUPPORTED = "FROM example.com/own/base:1\n"


@pytest.fixture
def run(here: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run ``plan`` in an empty directory; gives exit code, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["plan", *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape")

    return call


def test_the_work_list_begins_with_what_is_cheap_and_ends_with_totals(run: Run) -> None:
    write("a/Dockerfile", HARDENED)
    write("b/Dockerfile", UNSUPPORTED)
    path = write("c/Dockerfile", SWAPPABLE)
    assert run(".") == (
        0,
        """\
c/Dockerfile: swappable, level runtime
  swap   final  eclipse-temurin:21-jre  -> dhi.io/eclipse-temurin:21-debian13  exact
  write  --fix
  gain   root yes -> no (nonroot, 65532), shell yes -> no, package manager yes -> no, packages listed 4

b/Dockerfile: unsupported
  swap   final  example.com/own/base:1  -> no target (unknown)
  block  line 1: [DHI104] nothing is known of a hardened image for example.com/own/base:1
  next   line 1: if it is your own, move its Dockerfile first

a/Dockerfile: hardened, level runtime

3 files:
  1 swappable, level runtime
  1 unsupported
  1 hardened, level runtime
1 image that ships would change: 1 stop running as root, 1 lose the shell, 1 lose the package manager.
""",
        "",
    )
    assert path.read_text() == SWAPPABLE


def test_without_a_path_everything_below_is_planned_and_quiet_leaves_the_totals_out(run: Run) -> None:
    write("b/Dockerfile", HARDENED)
    write("a/x.dockerfile", HARDENED)
    write("a/README.md", SWAPPABLE)
    assert run("-q") == (
        0,
        "a/x.dockerfile: hardened, level runtime\n\nb/Dockerfile: hardened, level runtime\n\n",
        "",
    )


def test_json_is_one_document_that_follows_its_schema(run: Run) -> None:
    write("a/Dockerfile", UNSUPPORTED)
    write("b/Dockerfile", SWAPPABLE)
    code, out, err = run("--format", "json", "-q", "gone", ".")
    document = json.loads(out)
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    assert (code, err) == (2, "dhi-migrate: gone: no such file or directory\n")
    assert [(one["path"], one["status"], one["error"]) for one in document["files"]] == [
        ("b/Dockerfile", "swappable", None),
        ("a/Dockerfile", "unsupported", None),
        ("gone", None, "no such file or directory"),
    ]
    assert document["summary"]["files"] == 3


def test_markdown_is_a_table_with_totals_below_it(run: Run) -> None:
    write("a|b/Dockerfile", SWAPPABLE)
    code, out, err = run("--format", "markdown")
    assert (code, err) == (0, "")
    assert [line.partition(" | ")[0] for line in out.splitlines()] == [
        "## Migration plan",
        "",
        "| File",
        "|---|---|---|---|---|---|---|",
        "| <code>a&#124;b/Dockerfile</code>",
        "",
        "**1 file**: 1 swappable, level runtime.",
        "",
        "1 image that ships would change: 1 stop running as root, 1 lose the shell, 1 lose the package manager.",
    ]
    assert "**1 file**" not in run("--format", "markdown", "-q")[1]


def test_findings_are_no_reason_for_exit_code_1(run: Run) -> None:
    write("Dockerfile", "FROM node:24\nRUNN x\n")
    code, out, err = run("--level", "runtime", "-q")
    assert (code, err) == (0, "")
    assert out.startswith("Dockerfile: manual\n")


def test_a_file_that_cannot_be_read_is_shown_and_is_exit_code_2(run: Run) -> None:
    write("a/Dockerfile", HARDENED)
    code, out, err = run("a", "gone", "-q")
    assert (code, err) == (2, "dhi-migrate: gone: no such file or directory\n")
    assert out == "gone: not read: no such file or directory\n\na/Dockerfile: hardened, level runtime\n\n"
    assert "(did you mean the command 'check'? It has to come first)" in run("chekc")[2]


def test_a_fault_in_one_file_leaves_the_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = command.plan_source

    def fault(path: str, data: bytes, *rest: object, **options: object) -> FilePlan:
        if b"BOOM" in data:
            raise ValueError("BOOM")
        return real(path, data, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "plan_source", fault)
    write("a/Dockerfile", "BOOM")
    write("b/Dockerfile", HARDENED)
    code, out, err = run("-q")
    assert code == 2
    assert "a/Dockerfile: not read: internal error" in out
    assert "b/Dockerfile: hardened" in out
    assert "ValueError: BOOM; please report it" in err


def test_the_plan_goes_to_a_file(run: Run) -> None:
    write("Dockerfile", HARDENED)
    assert run("--output", "plan.txt", "-q") == (0, "", "")
    assert Path("plan.txt").read_text() == "Dockerfile: hardened, level runtime\n\n"
    code, _, err = run("--output", "Dockerfile")
    assert (code, err) == (2, "dhi-migrate: --output Dockerfile would overwrite Dockerfile, which is to be checked\n")
    assert Path("Dockerfile").read_text() == HARDENED


def test_standard_input_is_planned(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def give(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    give(HARDENED.encode())
    assert run("-", "-q") == (0, "<stdin>: hardened, level runtime\n\n", "")
    give(b"#" * (4 * 1024 * 1024 + 1))
    code, out, err = run("-", "-q")
    message = "is larger than 4194304 bytes, the most that is read"
    assert (code, out, err) == (2, f"<stdin>: not read: {message}\n\n", f"dhi-migrate: <stdin>: {message}\n")
    assert run("-", "Dockerfile")[0] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "concise"],
        ["--format", "sarif"],
        ["--fix"],
        ["--unsafe-fixes"],
        ["--diff"],
        ["--fail-on", "error"],
        ["--select", "DHI101"],
        ["--level", "best"],
        ["--jobs", "-1"],
        ["--registry", "dhi.io/x"],
        ["--build-arg", "=x"],
        ["--catalog", "gone.toml"],
    ],
    ids=" ".join,
)
def test_what_the_command_does_not_have_is_exit_code_2(run: Run, arguments: list[str]) -> None:
    write("Dockerfile", HARDENED)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err


def test_help_names_the_options_of_the_page(run: Run) -> None:
    code, out, _ = run("--help")
    options = set(re.findall(r"`(--[a-z-]+)", PAGE.read_text("utf-8").partition("## Options")[2]))
    assert code == 0
    assert len(options) == 11
    assert all(option in out for option in options)


def test_options_reach_the_plan(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def note(path: str, data: bytes, catalog: object, settings: object, *, tree: object = None) -> FilePlan:
        seen.append(settings)
        return FilePlan(path, "hardened", "runtime", None)

    monkeypatch.setattr(command, "plan_source", note)
    monkeypatch.setenv("FROM_ENV", "e")
    write("a/Dockerfile", HARDENED)
    write("b/Dockerfile", HARDENED)
    code, out, _ = run(
        "--registry", "docker.io/acme/dhi-{name}", "--target", "prod", "--level", "dev", "--build-arg", "A=b=c",
        "--build-arg", "FROM_ENV", "--exclude", "b", "--force-exclude", "-q", "a/Dockerfile", "b/Dockerfile",
    )  # fmt: skip
    assert (code, out) == (0, "a/Dockerfile: hardened, level runtime\n\n")
    assert seen == [
        Settings(
            registry="docker.io/acme/dhi-{name}",
            target="prod",
            build_args=(("A", "b=c"), ("FROM_ENV", "e")),
            level="dev",
        )
    ]


def test_an_overlay_changes_the_plan(run: Run) -> None:
    write("Dockerfile", 'FROM node:24-alpine\nCMD ["node", "/a.js"]\n')
    write("overlay.toml", '[pins]\n"node" = "node:22-alpine3.24"\n')
    assert "-> dhi.io/node:22-alpine3.24 " in run("--catalog", "overlay.toml", "-q")[1]


def test_nothing_found_and_what_is_skipped_are_said_unless_quiet(run: Run) -> None:
    Path("Dockerfile").symlink_to("gone")
    notice = "dhi-migrate: notice: Dockerfile: skipped: symbolic link that leads nowhere\n"
    assert run() == (0, "", notice + "dhi-migrate: no Dockerfiles found in .\n")
    assert run("-q") == (0, "", "")


def test_interruption_is_exit_code_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "plan_source", interrupt)
    write("Dockerfile", HARDENED)
    assert run("Dockerfile") == (2, "", "dhi-migrate: interrupted\n")


class TestManyFiles:
    """More files than one process does alone."""

    @pytest.fixture(autouse=True)
    def files(self, here: Path) -> None:
        for number in range(90):
            text = (SWAPPABLE, UNSUPPORTED, HARDENED)[number % 3]
            write(f"{number:03}/Dockerfile", text)
        write("050/Dockerfile", b"")

    @pytest.mark.parametrize("form", ["text", "json", "markdown"])
    def test_the_output_is_the_same_for_any_number_of_jobs(self, run: Run, form: str) -> None:
        one, two, many = (run("--format", form, "--jobs", jobs, "--level", "runtime") for jobs in ("1", "2", "5"))
        assert one == two == many
        assert one[0] == 0

    @pytest.mark.skipif(sys.platform != "linux", reason="the stand-in reaches workers by fork only")
    def test_a_worker_that_dies_ends_the_run_with_an_error(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def die(*_: object, **__: object) -> None:
            os._exit(9)

        monkeypatch.setattr(command, "plan_source", die)
        code, out, err = run("--jobs", "2", "--format", "json")
        assert code == 2
        assert "a worker process died" in err
        assert [one["status"] for one in json.loads(out)["files"]] == [None]


def test_a_reader_that_goes_away_is_no_error(here: Path) -> None:
    for number in range(40):
        write(f"{number}/Dockerfile", SWAPPABLE * 50)
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "dhi_migrate", "plan", "--format", "json", "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert (process.wait(60), said) == (0, "")


def test_the_example_of_the_page_is_what_the_command_above_it_prints(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(PAGE.parent.parent)
    monkeypatch.setenv("NO_COLOR", "1")
    text = PAGE.read_text("utf-8")
    shown = re.search(r"```\ndhi-migrate (plan .*)\n```\n\n<!-- output -->\n```\n((?:.*\n)*?)```\n", text)
    assert shown is not None
    main(shown[1].split())
    printed = capfdbinary.readouterr().out.decode()
    if os.environ.get("DHI_MIGRATE_UPDATE"):
        PAGE.write_text(text[: shown.start(2)] + printed + text[shown.end(2) :], "utf-8")
        return
    assert shown[2] == printed


def test_a_check_imports_nothing_of_it() -> None:
    code = (
        "import sys, dhi_migrate.__main__ as m\n"
        "m.main(['-q', '--fail-on', 'never', sys.argv[1]])\n"
        "print([name for name in sys.modules if name.endswith(('plan', 'gain', 'blockers')) or '.plan_' in name])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, str(root / "examples/java/Dockerfile")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert done.stdout.splitlines()[-1] == "[]"

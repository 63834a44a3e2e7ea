"""The full command line: help, error messages, and every command. Plain runs of ``check`` do not come here."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from ..choices import FailOn, Format, LevelChoice, PlanFormat
from .catalog import app as catalog_app
from .options import CheckOptions, make_options, problems
from .parameters import (
    CONFIGURATION,
    FILES,
    MIGRATION,
    BuildArgs,
    Catalog,
    Config,
    Exclude,
    FilesFrom,
    ForceExclude,
    Jobs,
    NoConfig,
    Paths,
    Registry,
    Target,
)

_EPILOG = """
[bold]Examples[/bold]

dhi-migrate                           all Dockerfiles from here down

dhi-migrate --diff web                what could be rewritten in web/

dhi-migrate --fix Dockerfile          write the safe fixes

dhi-migrate --format json > out.json  for programs

dhi-migrate - < Dockerfile            check standard input

dhi-migrate --write-baseline          know today's findings; then: --baseline FILE

dhi-migrate --diff-base origin/main   only what a branch has changed

git ls-files -z '*Dockerfile*' | dhi-migrate --files-from -

Exit codes: 0 nothing at or above --fail-on, 1 findings (or a diff),

2 a usage, configuration or I/O error.
"""

_TOP_HELP = (
    "Move Dockerfiles to Docker Hardened Images: find what can be swapped and what would break, and fix what is safe."
    "\n\n"
    "Without a command this is [bold]check[/bold]: `dhi-migrate --fix web` is `dhi-migrate check --fix web`, and"
    " `dhi-migrate check --help` lists its options. A file that is called like a command is given as ./check."
)
_CHECK_HELP = (
    "Check Dockerfiles, and fix them if asked to."
    "\n\n"
    "Directories are searched for the names that Dockerfiles go by, without what git ignores. Named files are checked"
    " whatever they are called."
)
_PLAN_HELP = (
    "Say what a migration of Dockerfiles takes and gains, as a work list: the cheap ones first."
    "\n\n"
    "For each file the best level that can be reached with unsafe fixes, what becomes of each base image, the edits in words,"
    " what is in the way of the next level, and the smallest step about it. Nothing is written. The exit code is 0, or 2 for a"
    " usage, configuration or I/O error."
)

_FIXES = "Fixing"
_OUTPUT = "Output"
_RULES = "Rules"


def _print_version(wanted: bool) -> None:
    if wanted:
        from .version import version_line

        typer.echo(version_line())
        raise typer.Exit


_Version = Annotated[
    bool,
    typer.Option(
        "--version", help="Show the version and the catalog it came with.", callback=_print_version, is_eager=True
    ),
]

app = typer.Typer(
    name="dhi-migrate",
    no_args_is_help=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EPILOG,
)
app.add_typer(catalog_app, name="catalog")


@app.callback(help=_TOP_HELP)
def _top(version: _Version = False) -> None:
    """Take the options that stand before a command."""


@app.command(help=_CHECK_HELP, epilog=_EPILOG)
def check(
    *,
    paths: Paths = None,
    fix: Annotated[bool, typer.Option("--fix", help="Write the safe fixes.", rich_help_panel=_FIXES)] = False,
    unsafe_fixes: Annotated[
        bool,
        typer.Option(
            "--unsafe-fixes",
            help="With --fix or --diff: also the fixes that may change what the image does.",
            rich_help_panel=_FIXES,
        ),
    ] = False,
    diff: Annotated[
        bool,
        typer.Option(
            "--diff",
            help="Write nothing; print what --fix with the same flags would change. Exit code 1 if there is something.",
            rich_help_panel=_FIXES,
        ),
    ] = False,
    format: Annotated[
        Format, typer.Option("--format", help="How findings are printed.", rich_help_panel=_OUTPUT)
    ] = "text",
    output: Annotated[
        str | None,
        typer.Option("--output", metavar="FILE", help="Print findings to this file.", rich_help_panel=_OUTPUT),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No notices and no summary.", rich_help_panel=_OUTPUT)
    ] = False,
    statistics: Annotated[
        bool,
        typer.Option("--statistics", help="How often each rule was found, instead of where.", rich_help_panel=_OUTPUT),
    ] = False,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            "--fail-on",
            help="The least severity that makes the exit code 1.",
            show_default="warning",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    exit_zero: Annotated[
        bool,
        typer.Option("--exit-zero", help="Exit code 0 whatever is found (errors are 2).", rich_help_panel=_OUTPUT),
    ] = False,
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select",
            metavar="RULE",
            help="Only these rules: codes, prefixes of codes, or names; separated by commas. Repeatable.",
            rich_help_panel=_RULES,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="RULE", help="Not these rules.", rich_help_panel=_RULES),
    ] = None,
    extend_select: Annotated[
        list[str] | None,
        typer.Option("--extend-select", metavar="RULE", help="These rules as well.", rich_help_panel=_RULES),
    ] = None,
    severity: Annotated[
        list[str] | None,
        typer.Option(
            "--severity",
            metavar="RULE=LEVEL",
            help="Report a rule as error, warning or info. Repeatable.",
            rich_help_panel=_RULES,
        ),
    ] = None,
    config: Config = None,
    no_config: NoConfig = False,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="FILE",
            help="Count the findings that are in this file, and do not show them.",
            rich_help_panel=CONFIGURATION,
        ),
    ] = None,
    write_baseline: Annotated[
        bool,
        typer.Option(
            "--write-baseline",
            help="Write the findings of this run to the baseline (dhi-migrate-baseline.json).",
            rich_help_panel=CONFIGURATION,
        ),
    ] = False,
    level: Annotated[
        LevelChoice | None,
        typer.Option(
            "--level",
            help="How far a final stage may be rewritten: swapped to the runtime image, split into a build and a"
            " runtime stage, or kept on the -dev image.",
            show_default="auto",
            rich_help_panel=MIGRATION,
        ),
    ] = None,
    registry: Registry = None,
    catalog: Catalog = None,
    target: Target = None,
    build_args: BuildArgs = None,
    exclude: Exclude = None,
    force_exclude: ForceExclude = False,
    project: Annotated[
        bool,
        typer.Option(
            "--project",
            help="In directories, also check Compose, Kubernetes, workflows, bake, Python and other files that name images.",
            rich_help_panel=FILES,
        ),
    ] = False,
    diff_base: Annotated[
        str | None,
        typer.Option(
            "--diff-base",
            metavar="REV",
            help="Only findings on lines that have changed since this git revision.",
            rich_help_panel=FILES,
        ),
    ] = None,
    files_from: FilesFrom = None,
    stdin_filename: Annotated[
        str | None,
        typer.Option(
            "--stdin-filename",
            metavar="NAME",
            help="What standard input is called in reports.",
            show_default="<stdin>",
            rich_help_panel=FILES,
        ),
    ] = None,
    jobs: Jobs = 0,
    version: _Version = False,
) -> None:
    """Turn the command line into `CheckOptions` and run the check."""
    options = make_options(
        paths=paths or (),
        fix=fix,
        unsafe_fixes=unsafe_fixes,
        diff=diff,
        format=format,
        output=output,
        quiet=quiet,
        statistics=statistics,
        fail_on=fail_on,
        exit_zero=exit_zero,
        select=select or (),
        ignore=ignore or (),
        extend_select=extend_select or (),
        severity=severity or (),
        config=config,
        no_config=no_config,
        baseline=baseline,
        write_baseline=write_baseline,
        level=level,
        registry=registry,
        catalog=catalog,
        target=target,
        build_args=build_args or (),
        exclude=exclude or (),
        force_exclude=force_exclude,
        project=project,
        diff_base=diff_base,
        files_from=files_from,
        stdin_filename=stdin_filename,
        jobs=jobs,
    )
    _refuse_problems(options)
    from .check import run

    raise typer.Exit(run(options))


def _refuse_problems(options: CheckOptions) -> None:
    wrong = problems(options)
    if wrong is not None:
        raise typer.BadParameter(wrong[1], param_hint=wrong[0])


@app.command(help=_PLAN_HELP)
def plan(
    *,
    paths: Paths = None,
    format: Annotated[
        PlanFormat, typer.Option("--format", help="How plans are printed.", rich_help_panel=_OUTPUT)
    ] = "text",
    output: Annotated[
        str | None,
        typer.Option("--output", metavar="FILE", help="Print plans to this file.", rich_help_panel=_OUTPUT),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No notices and no totals.", rich_help_panel=_OUTPUT)
    ] = False,
    level: Annotated[
        LevelChoice | None,
        typer.Option(
            "--level",
            help="How far a final stage may be rewritten, as for check.",
            show_default="auto",
            rich_help_panel=MIGRATION,
        ),
    ] = None,
    registry: Registry = None,
    catalog: Catalog = None,
    target: Target = None,
    build_args: BuildArgs = None,
    config: Config = None,
    no_config: NoConfig = False,
    exclude: Exclude = None,
    force_exclude: ForceExclude = False,
    files_from: FilesFrom = None,
    jobs: Jobs = 0,
) -> None:
    """Turn the command line into options and run the plan."""
    options = make_options(
        paths=paths or (),
        output=output,
        quiet=quiet,
        level=level,
        registry=registry,
        catalog=catalog,
        target=target,
        build_args=build_args or (),
        config=config,
        no_config=no_config,
        exclude=exclude or (),
        force_exclude=force_exclude,
        files_from=files_from,
        jobs=jobs,
    )
    _refuse_problems(options)
    from .plan import run

    raise typer.Exit(run(options, format))


@app.command()
def rules(
    selectors: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RULE]...", help="Codes, prefixes of codes, or names; none: all."),
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How rules are printed.")] = "text",
) -> None:
    """List the rules, or explain one: what it finds, why that matters, and how it is mended."""
    from .config import use_rules_here
    from .rules import show_rules

    if not use_rules_here():
        raise typer.Exit(2)
    raise typer.Exit(show_rules(tuple(selectors or ()), as_json=format == "json"))


@app.command()
def lsp(
    stdio: Annotated[
        bool, typer.Option("--stdio", help="What the server does anyway; many editors say it all the same.")
    ] = False,
) -> None:
    r"""Serve an editor by the language server protocol; needs the extra: pip install 'dhi-migrate\[lsp]'."""
    from .lsp import run

    raise typer.Exit(run())


@app.command()
def config(
    path: Annotated[str, typer.Argument(metavar="[PATH]", help="A file, or a directory.")] = ".",
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="This configuration, in place of the nearest one.")
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How settings are printed.")] = "text",
) -> None:
    """Show the settings that hold for a file, and where each of them comes from."""
    from .config import show_config

    raise typer.Exit(show_config(path, config, as_json=format == "json"))

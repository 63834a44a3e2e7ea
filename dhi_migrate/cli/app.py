"""The full command line: help, error messages, and every command. Plain runs of ``check`` do not come here."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from ..settings import FailOn, LevelChoice
from .catalog import app as catalog_app
from .options import DEFAULT_REGISTRY, CheckOptions, Format, PlanFormat, make_options, problems

_EPILOG = """
[bold]Examples[/bold]

dhi-migrate                           all Dockerfiles from here down

dhi-migrate --diff web                what could be rewritten in web/

dhi-migrate --fix Dockerfile          write the safe fixes

dhi-migrate --format json > out.json  for programs

dhi-migrate - < Dockerfile            check standard input

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
_MIGRATION = "Migration"
_FILES = "Files"


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
    add_completion=False,
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
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files, directories, or - for standard input; none: this directory."),
    ] = None,
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
    fail_on: Annotated[
        FailOn,
        typer.Option("--fail-on", help="The least severity that makes the exit code 1.", rich_help_panel=_OUTPUT),
    ] = "warning",
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
    level: Annotated[
        LevelChoice,
        typer.Option(
            "--level",
            help="How far a final stage may be rewritten: swapped to the runtime image, split into a build and a"
            " runtime stage, or kept on the -dev image.",
            rich_help_panel=_MIGRATION,
        ),
    ] = "auto",
    registry: Annotated[
        str,
        typer.Option(
            "--registry",
            metavar="TEMPLATE",
            help="How hardened references are written, for example docker.io/acme/dhi-{name}.",
            rich_help_panel=_MIGRATION,
        ),
    ] = DEFAULT_REGISTRY,
    catalog: Annotated[
        str | None,
        typer.Option(
            "--catalog",
            metavar="FILE",
            help="A catalog overlay: own images, tags, pins and denials.",
            rich_help_panel=_MIGRATION,
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            metavar="STAGE",
            help="The stage that ships.",
            show_default="the last",
            rich_help_panel=_MIGRATION,
        ),
    ] = None,
    build_args: Annotated[
        list[str] | None,
        typer.Option(
            "--build-arg",
            metavar="NAME[=VALUE]",
            help="As for docker build; without a value, that of the environment. Repeatable.",
            rich_help_panel=_MIGRATION,
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            metavar="GLOB",
            help="Leave out files and directories that match, as in a .gitignore. Repeatable.",
            rich_help_panel=_FILES,
        ),
    ] = None,
    force_exclude: Annotated[
        bool,
        typer.Option("--force-exclude", help="Leave them out even when named as PATH.", rich_help_panel=_FILES),
    ] = False,
    stdin_filename: Annotated[
        str | None,
        typer.Option(
            "--stdin-filename",
            metavar="NAME",
            help="What standard input is called in reports.",
            show_default="<stdin>",
            rich_help_panel=_FILES,
        ),
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            metavar="N",
            min=0,
            help="Processes to use for many files.",
            show_default="one a processor",
            rich_help_panel=_FILES,
        ),
    ] = 0,
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
        fail_on=fail_on,
        select=select or (),
        ignore=ignore or (),
        extend_select=extend_select or (),
        level=level,
        registry=registry,
        catalog=catalog,
        target=target,
        build_args=build_args or (),
        exclude=exclude or (),
        force_exclude=force_exclude,
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
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files, directories, or - for standard input; none: this directory."),
    ] = None,
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
        LevelChoice,
        typer.Option(
            "--level", help="How far a final stage may be rewritten, as for check.", rich_help_panel=_MIGRATION
        ),
    ] = "auto",
    registry: Annotated[
        str,
        typer.Option(
            "--registry",
            metavar="TEMPLATE",
            help="How hardened references are written, for example docker.io/acme/dhi-{name}.",
            rich_help_panel=_MIGRATION,
        ),
    ] = DEFAULT_REGISTRY,
    catalog: Annotated[
        str | None,
        typer.Option(
            "--catalog",
            metavar="FILE",
            help="A catalog overlay: own images, tags, pins and denials.",
            rich_help_panel=_MIGRATION,
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            metavar="STAGE",
            help="The stage that ships.",
            show_default="the last",
            rich_help_panel=_MIGRATION,
        ),
    ] = None,
    build_args: Annotated[
        list[str] | None,
        typer.Option(
            "--build-arg",
            metavar="NAME[=VALUE]",
            help="As for docker build; without a value, that of the environment. Repeatable.",
            rich_help_panel=_MIGRATION,
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            metavar="GLOB",
            help="Leave out files and directories that match, as in a .gitignore. Repeatable.",
            rich_help_panel=_FILES,
        ),
    ] = None,
    force_exclude: Annotated[
        bool,
        typer.Option("--force-exclude", help="Leave them out even when named as PATH.", rich_help_panel=_FILES),
    ] = False,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            metavar="N",
            min=0,
            help="Processes to use for many files.",
            show_default="one a processor",
            rich_help_panel=_FILES,
        ),
    ] = 0,
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
        exclude=exclude or (),
        force_exclude=force_exclude,
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
    from .rules import show_rules

    raise typer.Exit(show_rules(tuple(selectors or ()), as_json=format == "json"))

"""The options that more than one command has, each told once."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import DEFAULT_REGISTRY

MIGRATION = "Migration"
FILES = "Files"
CONFIGURATION = "Configuration"

Paths = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH]...", help="Files, directories, or - for standard input; none: this directory."),
]

Registry = Annotated[
    str | None,
    typer.Option(
        "--registry",
        metavar="TEMPLATE",
        help="How hardened references are written, for example docker.io/acme/dhi-{name}.",
        show_default=DEFAULT_REGISTRY,
        rich_help_panel=MIGRATION,
    ),
]

Catalog = Annotated[
    str | None,
    typer.Option(
        "--catalog",
        metavar="FILE",
        help="A catalog overlay: own images, tags, pins and denials.",
        rich_help_panel=MIGRATION,
    ),
]

Target = Annotated[
    str | None,
    typer.Option(
        "--target",
        metavar="STAGE",
        help="The stage that ships.",
        show_default="the last",
        rich_help_panel=MIGRATION,
    ),
]

BuildArgs = Annotated[
    list[str] | None,
    typer.Option(
        "--build-arg",
        metavar="NAME[=VALUE]",
        help="As for docker build; without a value, that of the environment. Repeatable.",
        rich_help_panel=MIGRATION,
    ),
]

Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="One configuration for all files, in place of the nearest dhi-migrate.toml above each.",
        rich_help_panel=CONFIGURATION,
    ),
]

NoConfig = Annotated[
    bool, typer.Option("--no-config", help="Use no configuration file.", rich_help_panel=CONFIGURATION)
]

Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="GLOB",
        help="Leave out files and directories that match, as in a .gitignore. Repeatable.",
        rich_help_panel=FILES,
    ),
]

ForceExclude = Annotated[
    bool,
    typer.Option("--force-exclude", help="Leave them out even when named as PATH.", rich_help_panel=FILES),
]

FilesFrom = Annotated[
    str | None,
    typer.Option(
        "--files-from",
        metavar="FILE",
        help="Read the paths from a file, or with - from standard input: one a line, or with NUL between them.",
        rich_help_panel=FILES,
    ),
]

Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        metavar="N",
        min=0,
        help="Processes to use for many files.",
        show_default="one a processor",
        rich_help_panel=FILES,
    ),
]

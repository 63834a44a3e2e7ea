"""``dhi-migrate catalog``: build the data, look into it, and check references against it."""

from __future__ import annotations

import datetime
import json
import os
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..catalog.store import Catalog

app = typer.Typer(
    name="catalog",
    help="What hardened images exist and what is in them.",
    no_args_is_help=True,
    add_completion=False,
)

Format = Literal["text", "json"]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]
OverlayOption = Annotated[
    str | None, typer.Option("--catalog", metavar="FILE", help="A catalog overlay: own images, tags, pins, denials.")
]
RegistryOption = Annotated[
    str, typer.Option("--registry", metavar="TEMPLATE", help="How hardened references are written; holds {name}.")
]

_BINARY_PROBE = 8192
_DEFAULT_REGISTRY = "dhi.io/{name}"


def _fail(message: str) -> NoReturn:
    """Print `message`, whose lines may hold text of files, to stderr and end with exit code 2."""
    from ..report.escape import visible

    typer.echo("error: " + "\n".join(visible(line) for line in message.split("\n")), err=True)
    raise typer.Exit(2)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2))  # ASCII alone: safe on any terminal


def open_catalog(overlay: str | None) -> Catalog:
    """The shipped catalog with the overlay file `overlay`, if any; ends the command where either cannot be read."""
    from ..catalog.store import Catalog, CatalogError

    try:
        if overlay is None:
            return Catalog.load()
        from ..catalog.overlay import OverlayError, load_overlay

        try:
            return Catalog.load(load_overlay(overlay))
        except OverlayError as error:
            _fail(str(error))
    except CatalogError as error:
        _fail(str(error))


@app.command()
def build(
    checkout: Annotated[
        str,
        typer.Argument(metavar="CHECKOUT", help="A checkout of docker-hardened-images/catalog.", show_default=False),
    ],
    output: Annotated[
        str | None, typer.Option("--output", metavar="DIR", help="Where to write; default: the data of this program.")
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing; print what changes against the data of this program.")
    ] = False,
    commit: Annotated[
        str | None, typer.Option("--commit", metavar="HASH", help="The commit, where CHECKOUT is no git work tree.")
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Its date, where CHECKOUT is no git work tree.")
    ] = None,
) -> None:
    """Make the catalog data from a checkout of the public catalog.

    The checkout is read, checked and turned into one file an image; nothing is written where anything is wrong. With
    --diff the exit code is 1 if there is a difference.
    """
    from ..catalog.build import CatalogBuildError, build_catalog
    from ..catalog.build.dates import is_date
    from ..catalog.build.diff import compare
    from ..catalog.build.provenance import git_provenance
    from ..catalog.build.write import write_catalog
    from ..catalog.store import DATA, Catalog, CatalogError
    from ..report.escape import visible

    known = git_provenance(checkout)
    commit = commit or (known.commit if known else None)
    date = date or (known.date if known else None)
    if not diff and (commit is None or date is None):
        _fail(f"{checkout} is no git work tree: give --commit and --date of the catalog that it holds")
    if date is not None and not is_date(date):
        _fail(f"--date: {date!r} is not a date such as 2026-08-22")
    try:
        shipped: Catalog | None = Catalog.load()
    except CatalogError:
        shipped = None
    before = [image for name in shipped.names if (image := shipped.image(name))] if shipped else []
    try:
        built = build_catalog(checkout, previous_definitions=sum(len(image.definitions) for image in before))
    except CatalogBuildError as error:
        _fail(f"{len(error.problems)} problems in {checkout}; nothing is written\n{error}")
    for note in built.notes:
        typer.echo(f"note: {visible(str(note))}", err=True)
    if diff:
        difference = compare(before, built.images)
        typer.echo("\n".join(visible(line) for line in difference.as_text().split("\n")))
        raise typer.Exit(1 if difference else 0)
    assert commit is not None  # noqa: S101 - established above
    assert date is not None  # noqa: S101
    target = DATA if output is None else output
    try:
        write_catalog(built.images, commit, date, target)
    except OSError as error:
        _fail(f"cannot write to {target}: {error.strerror}")
    typer.echo(
        f"{len(built.images)} images, {built.definitions} definitions, {built.tags} tags of {commit[:7]} ({date}) "
        f"written to {target}",
        err=True,
    )


def _parse_hardened(reference: str, registry: str) -> tuple[str, str, str]:
    """(name, tag, reference as the registry writes it) of what a user typed: with a registry or as ``name:tag``."""
    from ..images import InvalidReferenceError, Spelling, parse_reference

    try:
        spelling = Spelling(registry)
        parsed = parse_reference(reference)
    except (InvalidReferenceError, ValueError) as error:
        _fail(str(error))
    hardened = spelling.read(parsed)
    name = hardened.name if hardened is not None else parsed.path
    if hardened is None and (parsed.domain is not None or "/" in parsed.path):
        _fail(f"{reference} is not a hardened reference; `dhi-migrate catalog resolve` finds what replaces it")
    if parsed.tag is None:
        _fail(f"{reference} has no tag: the facts differ from tag to tag, so name one, as in {name}:1")
    return name, parsed.tag, spelling.write(name, parsed.tag)


@app.command()
def show(
    reference: Annotated[
        str, typer.Argument(metavar="REF", help="node:24-debian13, or with a registry.", show_default=False)
    ],
    output_format: FormatOption = "text",
    overlay: OverlayOption = None,
    registry: RegistryOption = _DEFAULT_REGISTRY,
) -> None:
    """Print the facts of one hardened tag."""
    from ..catalog.facts import classify
    from ..catalog.facts import show as facts_of

    catalog = open_catalog(overlay)
    name, tag, written = _parse_hardened(reference, registry)
    facts = facts_of(catalog, name, tag, written)
    if facts is None:
        state = classify(catalog, name, tag, datetime.date.today())
        if state.status == "unknown-image":
            near = _nearest(name, catalog.names)
            _fail(f"there is no image {name!r} in the catalog" + (f"; did you mean {near!r}?" if near else ""))
        hint = f"; the nearest tag is {name}:{state.successor}" if state.successor else ""
        what = "is no longer in the catalog" if state.status == "retired" else "is not in the catalog"
        _fail(f"{name}:{tag} {what}{hint}")
    if output_format == "json":
        _print_json(facts)
    else:
        definition = catalog.find(name, tag)
        typer.echo(facts_text(facts, dict(definition.shell_origins) if definition is not None else {}))


def _nearest(name: str, names: tuple[str, ...]) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(name, names, n=1)), None)


def facts_text(facts: dict[str, Any], origins: dict[str, str]) -> str:
    """The facts of a tag for people: a heading, and a line a fact; `origins` says how each shell comes in."""
    from ..report.escape import visible

    shells = ", ".join(f"{path} ({origins[path]})" if path in origins else path for path in facts["shells"])
    probable = f" ({origins['/bin/sh']})" if "/bin/sh" in origins else ""
    shell = {True: "yes", False: "no", None: f"unknown, probably yes{probable}"}
    rows = [
        ("variant", facts["variant"] + (f", {facts['flavor']}" if facts["flavor"] else "")),
        ("system", f"{facts['distro']} {facts['distro_release']}"),
        ("user", f"{facts['user']} ({facts['uid']}:{facts['gid']})"),
        ("/bin/sh", shell[facts["bin_sh"]]),
        ("shells", shells or "none"),
        ("packages by", facts["package_manager"] or "no package manager"),
        ("entrypoint", _command(facts["entrypoint"])),
        ("cmd", _command(facts["cmd"])),
        ("workdir", facts["workdir"] or "/"),
        ("ports", " ".join(facts["ports"]) or "none"),
        *(("env" if index == 0 else "", f"{key}={value}") for index, (key, value) in enumerate(facts["env"].items())),
        ("platforms", " ".join(facts["platforms"])),
        ("end of life", facts["end_of_life"] or "unknown"),
        ("tags", " ".join(facts["tags"])),
        ("packages", " ".join(facts["packages"]) or "none listed"),
        ("source", facts["source"]),
    ]
    return "\n".join([facts["reference"], *(f"  {label:<12} {visible(value)}" for label, value in rows)])


def _command(words: list[str] | None) -> str:
    return "none" if words is None else json.dumps(words, ensure_ascii=False)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="All must be found.", show_default=False)],
    output_format: FormatOption = "text",
    overlay: OverlayOption = None,
) -> None:
    """Find hardened images by name, by title, or by the upstream image that they replace.

    The exit code is 1 where nothing is found.
    """
    from ..catalog.facts import search as find
    from ..report.escape import visible

    found = find(open_catalog(overlay), words)
    if output_format == "json":
        _print_json([{"image": one.name, "title": one.title, "replaces": list(one.upstream)} for one in found])
    else:
        width = max((len(one.name) for one in found), default=0)
        for one in found:
            replaced = f"  replaces {', '.join(one.upstream[:4])}" if one.upstream else ""
            more = f" and {len(one.upstream) - 4} more" if len(one.upstream) > 4 else ""
            typer.echo(f"{one.name:<{width}}  {visible(one.title)}{replaced}{more}")
    if not found:
        raise typer.Exit(1)


@app.command()
def resolve(
    reference: Annotated[
        str, typer.Argument(metavar="REF", help="An image as it stands in a FROM.", show_default=False)
    ],
    role: Annotated[
        Literal["build", "final"],
        typer.Option("--role", help="Of a stage that runs commands, or of the one that ships."),
    ] = "final",
    output_format: FormatOption = "text",
    overlay: OverlayOption = None,
    registry: RegistryOption = _DEFAULT_REGISTRY,
) -> None:
    """Say which hardened tag replaces an upstream image, and why."""
    from ..report.escape import visible
    from ..report.json_report import stage_object
    from ..rules.stages import reference_report

    try:
        stage = reference_report(reference, role, open_catalog(overlay), registry)
    except ValueError as error:
        _fail(str(error))
    if output_format == "json":
        _print_json(stage_object(stage))
        return
    target = stage.target or "nothing"
    typer.echo(visible(f"{stage.base} -> {target} ({stage.match}{', applied by --fix' if stage.safe else ''})"))
    for reason in stage.reasons:
        typer.echo(visible(f"  because {reason}"))
    for alternative in stage.alternatives:
        typer.echo(visible(f"  or {alternative}"))


@app.command()
def check(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and directories.", show_default=False)],
    output_format: FormatOption = "text",
    overlay: OverlayOption = None,
    registry: RegistryOption = _DEFAULT_REGISTRY,
) -> None:
    """Check all hardened references in files: unknown, retired, past or near their end of life.

    The exit code is 1 where one of these is found.
    """
    from ..images import Spelling
    from ..project.reader import ReadError, read_file
    from ..report.escape import visible

    try:
        Spelling(registry)
    except ValueError as error:
        _fail(str(error))
    catalog = open_catalog(overlay)
    entries: list[dict[str, Any]] = []
    failed = False
    for path in text_files(paths):
        data = read_file(path)
        if isinstance(data, ReadError):
            typer.echo(f"error: {visible(path)}: {visible(data.message)}", err=True)
            failed = True
        elif b"\0" not in data[:_BINARY_PROBE]:
            entries += _states(catalog, path, data, registry)
    wrong = [entry for entry in entries if entry["status"] != "known"]
    if output_format == "json":
        info = catalog.info._asdict()
        _print_json({"version": 1, "catalog": info, "references": entries, "wrong": len(wrong)})
    else:
        for entry in wrong:
            place = f"{visible(entry['path'])}:{entry['line']}:{entry['column']}"
            hint = f"; use {entry['successor']}" if entry["successor"] else ""
            typer.echo(f"{place}: {entry['reference']} {_STATUS_TEXT[entry['status']].format(**entry)}{hint}")
        typer.echo(f"{len(wrong)} of {len(entries)} hardened references need attention", err=True)
    if failed:
        raise typer.Exit(2)
    if wrong:
        raise typer.Exit(1)


_STATUS_TEXT = {
    "retired": "is no longer in the catalog",
    "unknown": "is not in the catalog",
    "unknown-image": "names an image that the catalog does not have",
    "end-of-life": "reached its end of life on {end_of_life}",
    "near-end-of-life": "reaches its end of life on {end_of_life}",
}


def _states(catalog: Catalog, path: str, data: bytes, registry: str) -> Iterator[dict[str, Any]]:
    from ..catalog.facts import classify
    from ..catalog.references import find_references

    today = datetime.date.today()
    line = 1
    start_of_line = counted = 0
    for found in find_references(data, registry):
        start, end = found.span
        line += data.count(b"\n", counted, start)
        start_of_line = data.rfind(b"\n", 0, start) + 1
        counted = start
        state = classify(catalog, found.image, found.tag, today)
        yield {
            "path": path,
            "line": line,
            "column": len(data[start_of_line:start].decode("utf-8", "replace")) + 1,
            "reference": data[start:end].decode("ascii"),
            "image": found.image,
            "tag": found.tag,
            "status": state.status,
            "end_of_life": state.definition.end_of_life if state.definition else None,
            "successor": f"{found.image}:{state.successor}" if state.successor else None,
        }


def text_files(paths: list[str]) -> Iterator[str]:
    """The files that `paths` stand for, in order: of a directory those that git lists, without links out of the way."""
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for name in sorted(_listed(path)):
            full = os.path.normpath(os.path.join(path, name))
            if os.path.isfile(full) and not os.path.islink(full) and _is_below(full, path):
                yield full


def _is_below(path: str, directory: str) -> bool:
    root = os.path.join(os.path.realpath(directory), "")
    return os.path.realpath(path).startswith(root)


def _listed(directory: str) -> list[str]:
    """Names below `directory`: what git lists there and in repositories inside of it, or all files where git has no say."""
    from ..project.git import git_files
    from ..project.names import SKIPPED_DIRECTORIES

    names: list[str] = []
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        top = os.path.join(directory, prefix)
        listed = git_files(top)
        if listed is not None:
            names += [prefix + name for name in listed.files]
            inner = [f"{prefix}{name}/" for name in listed.repositories if name]
            waiting += [name for name in inner if _is_below(os.path.join(directory, name), directory)]
            continue
        for folder, folders, files in os.walk(top):
            folders[:] = [name for name in folders if name not in SKIPPED_DIRECTORIES]
            names += [os.path.relpath(os.path.join(folder, name), directory) for name in files]
    return names

"""The options of ``check`` as one value, and a parser for plain command lines that needs no library.

The parser here takes the command lines of everyday use and declines everything else (None): help, mistakes, unusual
spellings. Those go to the full command line in `app`, which gives the same value or a good error message.
"""

from __future__ import annotations

from .._pattern import is_number
from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Final

    from ..choices import FailOn, Format, LevelChoice, SeverityName

COMMANDS: Final = ("check", "plan", "catalog", "rules", "config", "lsp")
"""The words that are commands when they come first; everything else is for ``check``."""

DEFAULT_REGISTRY: Final = "dhi.io/{name}"
SEVERITIES: Final[dict[str, SeverityName]] = {"error": "error", "warning": "warning", "info": "info"}


class CheckOptions(NamedTuple):
    """What ``dhi-migrate check`` was asked to do. Fields are named like the options; `paths` may hold "-" alone.

    `select`, `ignore` and `extend_select` hold single selectors, `severity` are as written ("CODE=LEVEL"), and so are
    `build_args` ("NAME=VALUE" or "NAME"). `jobs` 0 stands for the number of processors. None stands for an option that was not
    given: a configuration file may say it.
    """

    paths: tuple[str, ...] = ()
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    format: Format = "text"
    output: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    fail_on: FailOn | None = None
    level: LevelChoice | None = None
    registry: str | None = None
    catalog: str | None = None
    target: str | None = None
    build_args: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    stdin_filename: str | None = None
    jobs: int = 0
    quiet: bool = False
    config: str | None = None
    no_config: bool = False
    baseline: str | None = None
    write_baseline: bool = False
    diff_base: str | None = None
    files_from: str | None = None
    statistics: bool = False
    exit_zero: bool = False
    project: bool = False


_FLAGS: Final = {
    "--fix": "fix",
    "--unsafe-fixes": "unsafe_fixes",
    "--diff": "diff",
    "--force-exclude": "force_exclude",
    "--quiet": "quiet",
    "-q": "quiet",
    "--no-config": "no_config",
    "--write-baseline": "write_baseline",
    "--statistics": "statistics",
    "--exit-zero": "exit_zero",
    "--project": "project",
}
_VALUES: Final = {
    "--format": "format",
    "--output": "output",
    "--fail-on": "fail_on",
    "--level": "level",
    "--registry": "registry",
    "--catalog": "catalog",
    "--target": "target",
    "--stdin-filename": "stdin_filename",
    "--jobs": "jobs",
    "--config": "config",
    "--baseline": "baseline",
    "--diff-base": "diff_base",
    "--files-from": "files_from",
}
_LISTS: Final = {
    "--select": "select",
    "--ignore": "ignore",
    "--extend-select": "extend_select",
    "--severity": "severity",
    "--build-arg": "build_args",
    "--exclude": "exclude",
}
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "format": ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html"),
    "fail_on": ("error", "warning", "info", "never"),
    "level": ("auto", "runtime", "split", "dev"),
}


def parse_plain(arguments: Sequence[str]) -> CheckOptions | None:
    """Read the arguments of ``check`` (without the word); None if they are for the full command line to judge."""
    given: dict[str, Any] = {}
    lists: dict[str, list[str]] = {}
    paths: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            paths += waiting
            break
        if argument == "-" or not argument.startswith("-"):
            paths.append(argument)
            continue
        if argument in _FLAGS:
            given[_FLAGS[argument]] = True
            continue
        name, equals, value = argument.partition("=")
        if name not in _VALUES and name not in _LISTS:
            return None
        if not equals:
            value = next(waiting, "")
        if not value or (value.startswith("-") and value != "-" and not equals):
            return None  # missing, or perhaps forgotten: "--output --fix"
        if name in _LISTS:
            lists.setdefault(_LISTS[name], []).append(value)
        else:
            given[_VALUES[name]] = value
    jobs = given.get("jobs", "0")
    if not is_number(jobs):
        return None
    for field, choices in _CHOICES.items():
        if given.get(field, choices[0]) not in choices:
            return None
    given["jobs"] = int(jobs)
    options = make_options(**{"paths": paths, **given, **lists})
    return None if problems(options) else options


def make_options(
    *,
    paths: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    extend_select: Sequence[str] = (),
    severity: Sequence[str] = (),
    build_args: Sequence[str] = (),
    exclude: Sequence[str] = (),
    target: str | None = None,
    **rest: Any,
) -> CheckOptions:
    """Build the options from values as a command line gives them: lists may hold comma-separated selectors."""
    return CheckOptions(
        paths=tuple(paths),
        select=_split(select),
        ignore=_split(ignore),
        extend_select=_split(extend_select),
        severity=_split(severity),
        build_args=tuple(build_args),
        exclude=_split(exclude),
        target=target or None,  # an empty one is none, as for docker build
        **rest,
    )


def problems(options: CheckOptions) -> tuple[str, str] | None:
    """Give what is wrong with the options, as the option's name and a text; None if nothing is."""
    if options.registry is not None:
        wrong = registry_problem(options.registry)
        if wrong is not None:
            return "--registry", wrong
    for given in options.severity:
        selector, equals, level = given.partition("=")
        if not equals or not selector.strip() or level.strip() not in SEVERITIES:
            return "--severity", f"{given!r} is not RULE=error, RULE=warning or RULE=info"
    for given in options.build_args:
        if not given.partition("=")[0]:
            return "--build-arg", f"{given!r} has no name before the equals sign"
    if "-" in options.paths and len(options.paths) > 1:
        return "PATH", "- (standard input) cannot be combined with other paths"
    return next(((one, f"cannot be combined with {other}") for one, other in _conflicts(options)), None)


def _conflicts(options: CheckOptions) -> Iterator[tuple[str, str]]:
    """The pairs of options that were given and do not go together."""
    plain = options.format in {"text", "concise"}
    given = (
        ("--files-from", options.files_from is not None, "PATH", bool(options.paths)),
        ("--config", options.config is not None, "--no-config", options.no_config),
        ("--write-baseline", options.write_baseline, "--diff", options.diff),
        ("--write-baseline", options.write_baseline, "--diff-base", options.diff_base is not None),
        ("--write-baseline", options.write_baseline, "- (standard input)", "-" in options.paths),
        ("--diff-base", options.diff_base is not None, "--fix, which is about whole files", options.fix),
        ("--diff-base", options.diff_base is not None, "--diff, which is about whole files", options.diff),
        ("--diff-base", options.diff_base is not None, "- (standard input)", "-" in options.paths),
        ("--statistics", options.statistics, "--diff", options.diff),
        ("--statistics", options.statistics, f"--format {options.format}", not plain),
    )
    return ((one, other) for one, is_first, other, is_second in given if is_first and is_second)


def severities(options: CheckOptions) -> tuple[tuple[str, SeverityName], ...]:
    """The pairs of selector and severity of ``--severity``, which `problems` has nothing against."""
    pairs = (given.partition("=") for given in options.severity)
    return tuple((selector.strip(), SEVERITIES[level.strip()]) for selector, _, level in pairs)


def registry_problem(template: str) -> str | None:
    """Say why `template` cannot be a registry template; None if it can.

    What it makes must be the name of an image: lower-case letters, digits and ``._-`` between slashes; a port may
    follow the first component (the grammar of distribution/reference).
    """
    if "{name}" not in template:
        return f"{template!r} does not hold {{name}}, the place for the name of the image"
    host, slash, rest = template.replace("{name}", "name").partition("/")
    host, _, port = host.partition(":")
    allowed = "abcdefghijklmnopqrstuvwxyz0123456789._-"
    components = [host, *rest.split("/")] if slash else [host]
    if all(part and not part.strip(allowed) for part in components) and (not port or is_number(port)):
        return None
    return f"{template!r} does not make the name of an image"


def _split(values: Sequence[str]) -> tuple[str, ...]:
    """Split at commas; blanks around, and empty ones, do not count."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())

"""What `retarget` goes by: the bare operating system of a stage, the language that starts, the version that is installed."""

from __future__ import annotations

from .._pattern import is_number, regex
from .._record import NamedTuple
from ..images import InvalidReferenceError, parse_reference, parse_upstream_tag
from ..rules.entrypoints import after_init, plain_name
from ..rules.start import SHELLS, basename, script_of, start_of
from .retarget_tables import NAMES, PROGRAMS, SYSTEMS, TOOLS, VERSIONS, is_python2, language_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..dockerfile import Span
    from ..rules.subject import Subject
    from ..rules.verdict import Verdict
    from .retarget_tables import Family, Language

_VENV = regex(r"(?:.*/)?\.?v?env/bin/[^/]+\Z")
_PYTHON = regex(r"(?:lib)?python(3\.[0-9]{1,2})(?![0-9.])")
_RUBY = regex(r"ruby([0-9]\.[0-9])(?![0-9.])")
_PHP = regex(r"php([0-9](?:\.[0-9])?|[0-9]{2})(?![0-9.])")
_JAVA = regex(r"openjdk-?([0-9]{1,2})(?![0-9.])")


class Ground(NamedTuple):
    """A bare operating system: its `family` and `release`, "" where the tag names none and that is not known."""

    family: Family
    release: str

    @property
    def name(self) -> str:
        """As a message names it: ``Debian 12``."""
        return f"{SYSTEMS[self.family]} {self.release}".rstrip()


class Packed(NamedTuple):
    """The `version` of a language that the packages have, and which package says so ("" for the default of the release)."""

    version: str
    package: str

    def said(self, ground: Ground, language: Language) -> str:
        """The version in words: ``openjdk-17-jre is Java 17``, ``Debian 12 has Python 3.11``."""
        return (
            f"{self.package} is {NAMES[language]} {self.version}"
            if self.package
            else f"{ground.name} has {NAMES[language]} {self.version}"
        )


class Odd(NamedTuple):
    """Why the version of the packages is not the one to take, and the package that shows it."""

    package: str
    text: str


def ground_of(subject: Subject) -> Ground | None:
    """The bare operating system that the stage of `subject` stands on; None for anything else, or for what a variable names.

    A tag that moves (``debian:stable``, ``alpine``) is the release that the catalog has for it; for Ubuntu none is known.
    """
    carrier = subject.carrier
    if carrier.stage.base.kind != "image" or carrier.stage.base.reference.uses:
        return None
    try:
        reference = parse_reference(carrier.stage.base.word.text)
    except InvalidReferenceError:
        return None
    family = next((one for one in SYSTEMS if one == reference.upstream), None)
    if family is None or reference.path not in {family, f"library/{family}", f"docker/library/{family}"}:
        return None  # another path is for one architecture
    if reference.tag is None and reference.digest is not None:
        return None
    tag = parse_upstream_tag(reference.tag)
    numbers = (tag.version or "").split(".")
    definition = carrier.definition
    newest = definition.release if definition is not None and definition.distro == family else ""
    if family == "alpine":
        release = ".".join(numbers[:2]) if len(numbers) > 1 else newest
    else:
        release = numbers[0] if family == "debian" else ".".join(numbers[:2])
        release = release or (tag.os.release if tag.os is not None else newest if tag.alias is not None else "")
    return Ground(family, release)


def installed(subjects: Iterable[Subject]) -> dict[str, Span]:
    """The packages that `subjects` install, by name, with the first command that does."""
    found: dict[str, Span] = {}
    for subject in subjects:
        for run in subject.facts.runs:
            for one in run.packages:
                for package in one.packages if one.action == "install" else ():
                    found.setdefault(package.name, one.command.span)
    return found


def started_language(verdict: Verdict, subject: Subject) -> Language | None:
    """The language that the container is started with, where packages of the distribution bring its interpreter."""
    chain = [verdict.subjects[stage.index] for stage in subject.chain]
    names = installed(chain)
    have = {language_of(name) for name in names} | ({"python"} if any(map(is_python2, names)) else set())
    word = _started(subject)
    name = plain_name(word)
    language = PROGRAMS.get(name) or ("python" if _VENV.match(word) else None)
    by_name = word == name or word.startswith(("/usr/local/bin/", "/usr/bin/"))
    if language is None and by_name and name and name not in {*SHELLS, *names, *_brought(chain)}:
        tools = {TOOLS.get(one.tool) for member in chain for run in member.facts.runs for one in run.languages}
        found = [one for one in tools if one is not None and one in have]
        language = found[0] if len(found) == 1 else None
    return language if language in have else None


def _brought(chain: Iterable[Subject]) -> set[str]:
    """Names of files that the stages of `chain` copy, make or fetch: a program among them comes from there."""
    found: set[str] = set()
    for member in chain:
        for instruction in member.instructions("COPY", "ADD"):
            found.update(basename(word.text.strip("\"'").rstrip("/")) for word in instruction.words)
        for run in member.facts.runs:
            found.update(basename(one.path.rstrip("/")) for one in run.written)
            found.update(basename(url) for one in run.downloads for url in (*one.urls, one.output))
    return found


def _started(subject: Subject) -> str:
    """The first word of what the container starts, an init left out; "" where that is not known."""
    start = start_of(subject)
    setting = (start.entrypoint or start.cmd) if start is not None else None
    if start is None or setting is None:
        return ""
    if setting.argv is not None:
        words = after_init((*setting.words, *(start.cmd.words if start.entrypoint and start.cmd else ())))
        return words[0] if words else ""
    script = script_of(subject, setting)
    commands = [one for one in script.commands if one.words] if script is not None and script.ok else []
    return commands[-1].words[0].text if commands else ""


def packed_version(ground: Ground, language: Language, names: Iterable[str]) -> Packed | Odd | None:
    """The version of `language` that the packages `names` are; None where it is not known, and why another one may be meant."""
    mine = [name for name in names if language_of(name) == language]
    if language == "python" and not any(name.startswith(("python3", "py3", "libpython3")) for name in mine):
        old = next((name for name in names if is_python2(name)), None)
        if old is not None:
            return Odd(old, f"{old} is Python 2, which no hardened image has: port the program to Python 3 first")
    key = "node-current" if "nodejs-current" in mine else language
    default = VERSIONS.get((key, ground.family), {}).get(ground.release)
    named: dict[str, str] = {}
    for name in mine:
        version = _named(language, name)
        if version:
            named.setdefault(version, name)
    free = language in {"java", "php"}  # the names of the packages have versions, and there are several
    if free and any(name.startswith("default-") or name in {"php", "php-cli"} for name in mine):
        if default is None:
            return None
        named.setdefault(default, "")
    if free and len(named) > 1:
        return Odd(
            mine[0], f"{' and '.join(sorted(named))} are different versions of {NAMES[language]}: install one of them"
        )
    if free:
        return next((Packed(version, name) for version, name in named.items()), None)
    if default is None:
        return None
    other = next((name for version, name in named.items() if version != default), None)
    if other is None:
        return Packed(default, "")
    text = f"{other} is not the {NAMES[language]} that the other packages of {ground.name} are for, which is {default}"
    return Odd(
        other, f"{text}: put the official image of that version in FROM, and install with its own package manager"
    )


def _named(language: Language, package: str) -> str:
    """The version in the name of a package: ``python3.11-venv``, ``openjdk-17-jre``, ``php83-phar``; "" for none."""
    pattern = {"python": _PYTHON, "ruby": _RUBY, "php": _PHP, "java": _JAVA}.get(language)
    found = pattern.match(package) if pattern is not None else None
    version = found[1] if found is not None else ""
    if language == "php" and is_number(version) and len(version) > 1:
        return f"{version[0]}.{version[1]}"
    return version

"""The RUN instructions of a stage that ships: which rule explains each, and what of them the hardened image has already.

Each RUN belongs to the rules that say best what to do about it; what none of them explains is left to DHI201.
"""

from __future__ import annotations

from functools import cached_property

from .._record import NamedTuple
from .breakers.model import package_names
from .causes import installs
from .facts.harmless import HARMLESS
from .makers import absolute, runs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ..catalog.model import Definition
    from ..dockerfile.shell import Command
    from .facts import PackageCommand, RunFacts
    from .findings import Edit
    from .subject import Subject

    Cause = Literal["packages", "redundant", "cleanup", "language", "certificates", "extension", "accounts", "files"]


CERTIFICATE_TOOLS = frozenset({"update-ca-certificates", "update-ca-trust", "c_rehash"})
"""Commands that put the store of certificates together anew: ca-certificates(8), update-ca-trust(8), openssl-rehash(1)."""

EXTENSION_TOOLS = frozenset(
    {
        *("docker-php-ext-install", "docker-php-ext-configure", "docker-php-ext-enable", "docker-php-source"),
        *("install-php-extensions", "pecl", "phpize"),
    }
)
"""Commands for extensions of PHP: docker-library/php, mlocati/docker-php-extension-installer."""

APACHE_TOOLS = frozenset({"a2enmod", "a2dismod", "a2ensite", "a2dissite", "a2enconf", "a2disconf"})
"""Commands for the Apache that upstream's PHP images bring; elsewhere a package of Debian brings them."""

_STORES = ("/ca-certificates/", "share/ca-certificates", "/etc/pki/ca-trust", "/etc/ssl", ".crt", ".pem", ".cer")
_SHARED = frozenset({"/", "/usr", "/usr/local", "/usr/local/share", "/usr/share", "/etc"})
_EVERYWHERE = frozenset({"ca-certificates", "tzdata"})


MAX_PLACES = 200
"""How many destinations of copies are compared with what a RUN removes; a file with more gets no such fix."""


MAX_COMMANDS = 500
"""Most commands of a RUN that are edited."""


class Redundant(NamedTuple):
    """A RUN that installs only what the target has: the `packages`, the `command` to mark, and the edits that take it out.

    `whole` tells that nothing is left of the RUN then.
    """

    packages: tuple[str, ...]
    command: Command
    edits: tuple[Edit, ...]
    whole: bool


class Shipped:
    """The RUN instructions of one stage that ships, with what explains each; made once a stage by `shipped`."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._redundant: dict[int, Redundant | None] = {}

    @cached_property
    def installs(self) -> bool:
        """Whether the stage installs packages that the target does not have."""
        return any(installs(run) and self.redundant(run) is None for run in self.subject.facts.runs)

    @cached_property
    def announced(self) -> bool:
        """Whether the stage, or one that it is built on, installs packages that the target does not have: DHI301 says so."""
        stage = self.subject.stage
        below = [
            command
            for run in runs_of(self.subject.file, stage.index)
            if run.instruction.index < stage.instruction.index
            for command in installs(run)
        ]
        return self.installs or any(
            one.opaque or not {package.name for package in one.packages} <= self.there(one) for one in below
        )

    @cached_property
    def places(self) -> tuple[str, ...] | None:
        """Where COPY and ADD of the chain put their files, as absolute paths; None where one is not known, or for too many."""
        found: dict[str, None] = {}
        for stage in self.subject.chain:
            for one in stage.instructions:
                if one.keyword in {"COPY", "ADD"}:
                    place = one.words[-1].text.strip("\"'") if one.words else "$"
                    found[absolute(self.subject.file, stage.index, one, place)] = None
        return None if len(found) > MAX_PLACES or any("$" in place for place in found) else tuple(found)

    @cached_property
    def certificates(self) -> bool:
        """Whether the chain may bring certificates of its own: a COPY or RUN into a store, or of a certificate."""
        return self.places is None or not _SHARED.isdisjoint(self.places) or self.names_certificates

    @cached_property
    def names_certificates(self) -> bool:
        """Whether the chain names a store of certificates, or a certificate."""
        return any(
            word in text
            for one in self.subject.chain_instructions("COPY", "ADD", "RUN", "WORKDIR")
            for text in (one.original, *(document.content for document in one.heredocs))
            for word in _STORES
        )

    @cached_property
    def _have(self) -> frozenset[str]:
        have = package_names(self.subject.target) if self.subject.target is not None else set[str]()
        return frozenset(have | {"ca-certificates"} if "ca-certificates-bundle" in have else have)

    def there(self, command: PackageCommand) -> frozenset[str]:
        """The packages of the target, by the names that the package manager of `command` knows them by."""
        target = self.subject.target
        family = "apt" if target is not None and target.distro == "debian" else "apk"
        return self._have if command.manager == family else self._have & _EVERYWHERE

    def certificate_command(self, run: RunFacts) -> Command | None:
        """The first command of `run` that changes a store of certificates; None too where nothing is there to put into it."""
        wanted = "ca-certificates" not in self._have or self.certificates
        for command in run.script.commands:
            if _is_certificate(command) and (command.name == "keytool" or wanted):
                return command
        return None

    def redundant(self, run: RunFacts) -> Redundant | None:
        """What of `run` the target has already, where all that it installs is; None also where it cannot be edited out."""
        index = run.instruction.index
        if index not in self._redundant:
            self._redundant[index] = self._judge(run)
        return self._redundant[index]

    def _judge(self, run: RunFacts) -> Redundant | None:
        wanted, target = installs(run), self.subject.target
        renewed = [one for one in run.script.commands if one.name in CERTIFICATE_TOOLS]
        if target is None or not run.script.ok or not (wanted or renewed) or len(run.script.commands) > MAX_COMMANDS:
            return None
        for one in run.packages:
            if one.opaque or one.repository or one.action == "other":
                return None
            names = {package.name for package in one.packages}
            if one.action in {"install", "remove"} and not names <= self.there(one):
                return None
        if renewed and ("ca-certificates" not in self._have or self.certificates):
            return None
        packages = tuple(dict.fromkeys(package.name for one in wanted for package in one.packages))
        if wanted and not packages:
            return None
        gone = [*(one.command for one in run.packages), *renewed, *_cleaning(run)]
        writes = {one.command for one in run.written}
        rest = [
            one
            for one in run.script.commands
            if one not in gone and (one in writes or (one.name not in HARMLESS and bool(one.words)))
        ]
        first = wanted[0].command if wanted else renewed[0]
        dockerfile = self.subject.file.dockerfile
        from .repairs import remove_commands, remove_instruction

        if not rest:
            return Redundant(packages, first, (remove_instruction(dockerfile, run.instruction),), True)
        # what is left must be for the same rule as now: were it files alone, another one would report it
        if not (run.accounts or language_commands(run) or any(one in rest for one in run.leftover)):
            return None
        edits = remove_commands(dockerfile, run.instruction, run.script.commands, gone)
        return Redundant(packages, first, edits, False) if edits is not None else None

    def cleanup(self, run: RunFacts) -> tuple[Edit, ...] | None:
        """The edits that take `run` out where it only cleans, and what it cleans is not what the file copied there."""
        if run.pure != "cleanup":
            return None
        removed = {one.path.rstrip("/*") for one in run.written if one.kind == "removed"}
        shell = self.subject.target is not None and self.subject.target.bin_sh is not False
        if shell and not run.packages and not all(path.startswith("/var/") for path in removed):
            return None  # with a shell anybody can remove what the file itself has put there
        if removed:
            if self.places is None or len(removed) > MAX_PLACES:
                return None
            if any(_inside(place, path) or _inside(path, place) for path in removed for place in self.places):
                return None
        from .repairs import remove_instruction

        return (remove_instruction(self.subject.file.dockerfile, run.instruction),)

    def explained(self, run: RunFacts) -> frozenset[Cause]:
        """The causes for which other rules than DHI201 report `run`; for a general claim that is the package manager alone."""
        found: set[Cause] = set()
        again = self.redundant(run)
        installing = bool(installs(run)) or (bool(run.packages) and self.installs)
        if again is None and installing:
            found.add("packages")
        elif again is not None and again.whole:
            found.add("redundant")
        if self.subject.target is None:
            return frozenset(found)
        if not installing and self.cleanup(run) is not None:
            found.add("cleanup")
        if language_commands(run):
            found.add("language")
        if self.certificate_command(run) is not None:
            found.add("certificates")
        if extension_commands(self.subject.target, run):
            found.add("extension")
        if run.pure == "accounts" or _for_accounts(run):
            found.add("accounts")  # what else there is in such a RUN is left when the users are gone
        if run.pure == "files":
            found.add("files")
        return frozenset(found)


# The stage that was looked at last: several rules ask for one after the other.
_kept: list[Shipped] = []


def shipped(subject: Subject) -> Shipped:
    """The RUN instructions of `subject`, a stage that ships."""
    if not _kept or _kept[0].subject is not subject:
        _kept[:] = [Shipped(subject)]
    return _kept[0]


def _cleaning(run: RunFacts) -> list[Command]:
    """The commands of `run` that only remove caches."""
    from .facts.files import is_cache

    removed: dict[Command, bool] = {}
    for one in run.written:
        removed[one.command] = removed.get(one.command, True) and one.kind == "removed" and is_cache(one.path)
    return [command for command, only in removed.items() if only]


def _for_accounts(run: RunFacts) -> bool:
    """Whether `run` makes users and, beside files for them, does nothing else; names and paths may be variables."""
    return bool(run.accounts) and run.script.ok and not (run.leftover or run.downloads or run.builds)


def _inside(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies in it; the root directory counts as no folder."""
    folder = folder.rstrip("/")
    return bool(folder) and (path.rstrip("/") == folder or path.startswith(f"{folder}/"))


def _is_certificate(command: Command) -> bool:
    """Whether `command` changes a store of certificates: that of the system, or a Java one by keytool(1)."""
    if command.name in CERTIFICATE_TOOLS:
        return True
    words = command.texts
    if command.name == "keytool":
        return any(word.lower().startswith(("-import", "-delete")) for word in words)
    return (command.name == "trust" and words[:1] in {("anchor",), ("extract",), ("extract-compat",)}) or (
        command.name == "openssl" and words[:1] == ("rehash",)
    )


def extension_commands(target: Definition, run: RunFacts) -> tuple[Command, ...]:
    """The commands of `run` for extensions of PHP, and on an image of PHP those for the modules of its Apache."""
    wanted = EXTENSION_TOOLS | APACHE_TOOLS if target.image == "php" else EXTENSION_TOOLS
    return tuple(one for one in run.script.commands if one.name in wanted)


def language_commands(run: RunFacts) -> tuple[Command, ...]:
    """The commands of `run` that install or build for a language, in their order; extensions of PHP have a rule of their own."""
    commands = {*(one.command for one in run.languages), *(one.command for one in run.builds)}
    return tuple(sorted((one for one in commands if one.name not in EXTENSION_TOOLS), key=lambda one: one.span))

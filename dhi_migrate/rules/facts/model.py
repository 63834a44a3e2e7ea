"""The values of the facts layer: what the commands of a RUN do, as far as it can be told. Computed once a file.

Every fact names the `Command` that it comes from, so that a finding has exact bytes. What cannot be told is in `opaque`
fields or is not listed; nothing here is a guess.
"""

from __future__ import annotations

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ...dockerfile import Instruction, Span
    from ...dockerfile.shell import Command, Script

    Manager = Literal["apt", "apk", "dnf", "yum", "microdnf", "tdnf", "zypper", "pacman", "dpkg", "rpm"]
    PackageAction = Literal["install", "remove", "update", "upgrade", "clean", "other"]
    AccountAction = Literal["user", "group", "change", "delete"]
    WrittenKind = Literal["directory", "file", "link", "removed", "edited"]


class Package(NamedTuple):
    """A package as a command names it.

    `name` without version and architecture, the `version` pin ("" for none), its word's bytes.
    """

    name: str
    version: str
    span: Span


class PackageCommand(NamedTuple):
    """One command of an operating system's package manager.

    `program` is the command as started ("apt-get"), `manager` the family. `options` are the names of its flags, their
    values left out. `packages` are for install and remove. `opaque` tells that more is installed than can be named: a
    variable, a local file, a glob, ``$(cat list)``. `repository` tells that a source outside of the distribution is
    named (``-t backports``, ``--repository URL``).
    """

    command: Command
    program: str
    manager: Manager
    action: PackageAction
    options: tuple[str, ...]
    packages: tuple[Package, ...]
    opaque: bool
    repository: bool


class Account(NamedTuple):
    """A command that makes, changes or deletes a user or a group (useradd, adduser, groupadd, addgroup, usermod, deluser, ..).

    `name` is "" and the ids None where they are not literal. `home` is the home directory that is named, `groups` the
    further groups that a user joins, `system` tells of a system account. `primary` is the first group as written, a
    name or a number, "" where the user has one of its own name. A change of the name (``usermod -l``) is a "change" of
    the old one and a "user" or "group" of the new one.
    """

    command: Command
    action: AccountAction
    name: str
    uid: int | None
    gid: int | None
    home: str
    groups: tuple[str, ...]
    system: bool = False
    primary: str = ""


class Ownership(NamedTuple):
    """``chown``/``chgrp`` (also ``install -o``).

    `owner` and `group` as written ("" where not given), the paths, recursive or not.
    """

    command: Command
    owner: str
    group: str
    paths: tuple[str, ...]
    recursive: bool


class Mode(NamedTuple):
    """``chmod``: `mode` as written ("+x", "755"), the paths, recursive or not."""

    command: Command
    mode: str
    paths: tuple[str, ...]
    recursive: bool


class Written(NamedTuple):
    """A path that a command makes or changes: `kind` says how.

    "directory" (mkdir), "file" (touch, cp, mv, tee, a redirection, a download, what tar and unzip unpack), "link" (ln),
    "removed" (rm, rmdir), "edited" (sed -i). A "file" is made at `path` or, if that is a directory, in it. `path` is as
    written: relative, or with an expansion (``$HOME/x``, ``/tmp/*``). `source` is what it is made from (cp, mv, ln,
    tar), "" where that is not one literal path.
    """

    command: Command
    kind: WrittenKind
    path: str
    source: str


class LanguageInstall(NamedTuple):
    """Dependencies of a language: ``pip install``, ``npm ci``, ``bundle install``, ``go mod download``, ..

    `tool` is the program ("pip", also for ``python -m pip`` and ``pip3.12``; "mvn" also for ``./mvnw``), `action` its
    first word that is no flag ("install"; "venv" for ``python -m venv``), `packages` the literal names given, without
    versions (paths and URLs as written), `options` the flags with values as written (``-r requirements.txt`` is one).
    `is_global`: installed for the whole system (``npm install -g``, pip without a virtual environment is "unknown":
    None).
    """

    command: Command
    tool: str
    action: str
    packages: tuple[str, ...]
    options: tuple[str, ...]
    is_global: bool | None


class Build(NamedTuple):
    """A command that makes a program or an application: ``go build``, ``mvn package``, ``npm run build``, ``gcc``, ..

    `tool` as for `LanguageInstall`, `action` is the goal, target, task or script ("package", "build"), "" for none;
    `outputs` are the literal paths named for the result (``-o``), `static` whether the command itself asks for a
    program without shared libraries (True), or with them (False), or does not say (None).
    """

    command: Command
    tool: str
    action: str
    outputs: tuple[str, ...]
    static: bool | None


class Download(NamedTuple):
    """``curl``, ``wget`` or ``git clone`` from outside.

    The literal `urls`, and where the result goes ("" for standard output or unknown).
    """

    command: Command
    tool: str
    urls: tuple[str, ...]
    output: str


class RunFacts(NamedTuple):
    """Everything that is known of one RUN. `programs` are the names of all programs it starts, in order, without duplicates.

    `leftover` are the commands that no fact explains and that are not harmless (``echo`` to the terminal, ``set -e``,
    ``cd``, ``true``, ``export``). `pure` is the one kind that explains all of its commands, or None: "packages"
    (package manager commands and their cleaning), "cleanup" (only cleaning, updates and upgrades), "accounts", "files"
    (mkdir, chown, chmod, ln, touch, rm, cp, mv of literal paths), "language", "build"; accounts together with files
    count as "accounts".
    """

    instruction: Instruction
    script: Script
    packages: tuple[PackageCommand, ...]
    accounts: tuple[Account, ...]
    ownerships: tuple[Ownership, ...]
    modes: tuple[Mode, ...]
    written: tuple[Written, ...]
    languages: tuple[LanguageInstall, ...]
    builds: tuple[Build, ...]
    downloads: tuple[Download, ...]
    programs: tuple[str, ...]
    leftover: tuple[Command, ...]
    pure: Literal["packages", "cleanup", "accounts", "files", "language", "build"] | None


class StageFacts(NamedTuple):
    """The facts of one stage: one `RunFacts` for each RUN among its own instructions, in file order."""

    runs: tuple[RunFacts, ...]

    def run(self, instruction: Instruction) -> RunFacts | None:
        """The facts of the RUN `instruction`."""
        return next((one for one in self.runs if one.instruction.index == instruction.index), None)

    @property
    def installed(self) -> frozenset[str]:
        """The names of all packages that the stage installs."""
        return frozenset(
            package.name
            for run in self.runs
            for one in run.packages
            if one.action == "install"
            for package in one.packages
        )

    @property
    def created_users(self) -> frozenset[str]:
        """The names of the users that the stage makes."""
        return frozenset(one.name for run in self.runs for one in run.accounts if one.action == "user" and one.name)

    @property
    def created_groups(self) -> frozenset[str]:
        """The names of the groups that the stage makes; a user made without a group of another name has one of its own."""
        return frozenset(
            one.name
            for run in self.runs
            for one in run.accounts
            if one.name and (one.action == "group" or (one.action == "user" and not one.primary))
        )

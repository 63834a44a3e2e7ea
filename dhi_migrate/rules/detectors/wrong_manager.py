"""Package managers and repositories of another distribution in a build stage (DHI306)."""

from __future__ import annotations

from ..._pattern import regex
from ..breakers.packages import LASTING_OF
from ..causes import also
from ..findings import Fix, Hit
from ..knowledge.install import install_command
from ..makers import system_after, system_before
from ..repairs import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ...catalog.model import Definition
    from ...dockerfile.shell import Command
    from ..facts import PackageCommand, RunFacts
    from ..subject import Subject

    Kind = Literal["manager", "repository"]


_FAMILY = {"apt": "apt", "dpkg": "apt", "apk": "apk"}
_ACTIONS = frozenset({"install", "remove", "update", "upgrade", "clean"})
# Scripts and repositories of vendors that choose by the release of the system. NodeSource's for Node 16 and later serve every
# release with the same packages (https://github.com/nodesource/distributions), so those are left out.
_VENDORS = regex(
    r"deb\.nodesource\.com/setup_(?:[0-9]|1[0-5])\.x|rpm\.nodesource\.com/setup\w{0,20}"
    r"|packagecloud\.io/[^\s\"']{0,200}script\.(?:deb|rpm)|get\.docker\.com|apt\.llvm\.org/llvm\.sh|deadsnakes"
    r"|launchpad(?:content)?\.net"
)
# Releases of Debian and Ubuntu by code name; https://www.debian.org/releases, https://wiki.ubuntu.com/Releases.
_RELEASES = {"buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13"} | dict.fromkeys(
    ("trusty", "xenial", "bionic", "focal", "jammy", "noble", "kinetic", "lunar", "mantic", "oracular", "plucky"),
    "ubuntu",
)
_SOURCE = regex(r"\bdeb(?:-src)?\s+(?:\[[^\]]{0,300}\]\s+)?https?://\S{1,300}\s+([a-z]+)")


def wrong_manager(subject: Subject, kinds: list[Kind]) -> Iterator[Hit]:
    """At most one hit of `kinds` in a stage on an image for building.

    "manager": commands of a package manager that the image does not have. "repository": a source of packages that is made for
    other releases.
    """
    target = subject.target
    if target is None or target.variant != "dev":
        return
    found = list(_managers(subject, target)) if "manager" in kinds else []
    if not found and "repository" in kinds:
        found = list(_repositories(subject, target))
    yield from found


def _managers(subject: Subject, target: Definition) -> Iterator[Hit]:
    installed = subject.facts.installed
    found: list[tuple[RunFacts, PackageCommand]] = []
    for run in subject.facts.runs:
        for one in run.packages:
            foreign = _FAMILY.get(one.manager, one.manager) != target.package_manager
            if foreign and one.action in _ACTIONS and one.command.certain and one.program not in installed:
                found.append((run, one))
                break
    if not found:
        return
    command = found[0][1]
    has = f"has {target.package_manager}" if target.package_manager else "has no package manager"
    name = f"{target.distro} {target.release}"
    text = f"{command.program}{also(subject, (run.instruction for run, _ in found[1:]))}: {subject.image} is {name} and {has}"
    text += (
        ", so install the packages by their names there"
        if target.package_manager
        else ": take what is needed from another stage"
    )
    yield Hit(command.command.span, text, subject.evidence, _fix(subject, target, found))


def _fix(subject: Subject, target: Definition, found: list[tuple[RunFacts, PackageCommand]]) -> tuple[Fix, ...]:
    """Install with the manager of the target, where every package has the same name there."""
    if target.package_manager is None:
        return ()
    edits = []
    for run, _ in found:
        wanted = [package for one in run.packages if one.action == "install" for package in one.packages]
        names = list(dict.fromkeys(package.name for package in wanted))
        plain = (
            run.pure == "packages" and run.script.ok and not run.instruction.heredocs and not run.instruction.exec_form
        )
        plain = plain and all(one.action in {"install", "update", "clean"} for one in run.packages)
        plain = plain and not any(one.opaque or one.repository for one in run.packages)
        if (
            not plain
            or not names
            or any(package.version for package in wanted)
            or not LASTING_OF[target.distro] >= set(names)
        ):
            return ()
        edits.append(replace(run.script.span, install_command(target.distro, names)))
    return (Fix("unsafe", f"Install with {target.package_manager}", tuple(edits), bound=subject.pending),)


def _repositories(subject: Subject, target: Definition) -> Iterator[Hit]:
    before = system_before(subject.carrier) if subject.pending else None
    same = before is not None and before == system_after(subject.carrier)
    for run in subject.facts.runs:
        for command in run.script.commands:
            what = _foreign(command, target, same)
            if what:
                name = f"{target.distro} {target.release}"
                text = f"{what}, and {subject.image} is {name}: see that it has packages for it"
                yield Hit(command.span, text, subject.evidence, (), "warning")
                return


def _foreign(command: Command, target: Definition, same: bool) -> str:
    """What `command` names that may not be for the release of `target`, in a few words; "" for nothing.

    `same` tells that the stage stands on that release already, so that what a vendor's script chooses stays.
    """
    if command.name in {"add-apt-repository", "apt-add-repository"}:
        words = [word for word in command.texts if word[:1] != "-"]
        if words and words[0].startswith("ppa:"):
            return f"{words[0]} is a repository for Ubuntu"
        return "" if not words or not words[0].startswith("deb") else _suite(" ".join(words), target)
    for word in command.texts:
        vendor = _VENDORS.search(word)
        if vendor is not None and command.name in {"curl", "wget"} and not same:
            return f"{vendor[0]} chooses by the release of the system"
        suite = _suite(word, target)
        if suite:
            return suite
    return ""


def _suite(text: str, target: Definition) -> str:
    """A repository line in `text` that names another release than that of `target`."""
    if len(text) > MAX_TEXT:
        return ""
    source = _SOURCE.search(text)
    suite = source[1] if source is not None else ""
    release = _RELEASES.get(suite)
    return (
        f"this repository is for {suite}" if release not in {None, target.release} and target.distro == "debian" else ""
    )


MAX_TEXT = 5000
"""Longest word that is looked at for a repository."""

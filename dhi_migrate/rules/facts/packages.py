"""Package managers of operating systems.

Apt-get(8), apk(8), dnf(8), zypper(8), pacman(8), dpkg(1), rpm(8) and their relatives.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple
from .model import Package, PackageCommand
from .options import Arguments, split, word_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile.shell import ShellWord
    from .model import Manager, PackageAction
    from .notes import Call, Kind, Notes, Reader


class Grammar(NamedTuple):
    """How a package manager is called.

    `actions` maps its first operand to what it does, `takes` are the flags that take a value, `sources` those flags
    (and words) that name a source outside of the distribution. `unnamed` are the first operands that bring packages of
    other names than given.
    """

    manager: Manager
    actions: dict[str, PackageAction]
    takes: frozenset[str]
    sources: frozenset[str]
    unnamed: frozenset[str]


def _actions(**words: str) -> dict[str, PackageAction]:
    """One table from the words of each action."""
    found: dict[str, PackageAction] = {}
    for action, text in words.items():
        found.update(dict.fromkeys(text.split(), action))  # type: ignore[arg-type]
    return found


APT = Grammar(
    "apt",
    _actions(
        install="install reinstall build-dep satisfy",
        remove="remove purge",
        update="update",
        upgrade="upgrade dist-upgrade full-upgrade safe-upgrade",
        clean="clean autoclean distclean autoremove auto-remove autopurge",
    ),
    word_set(
        "-t --target-release --default-release -o --option -c --config-file -a --host-architecture -P"
        " --build-profiles --solver --with-source"
    ),
    frozenset({"-t", "--target-release", "--default-release"}),
    frozenset({"build-dep", "satisfy"}),
)
APK = Grammar(
    "apk",
    _actions(install="add", remove="del", update="update", upgrade="upgrade", clean="cache"),
    word_set(
        "-X --repository -t --virtual -p --root --arch --keys-dir --repositories-file --wait --cache-dir"
        " --cache-max-age --progress-fd --timeout"
    ),
    frozenset({"-X", "--repository", "--repositories-file"}),
    frozenset(),
)
DNF = Grammar(
    "dnf",
    _actions(
        install="install localinstall reinstall groupinstall group groups builddep swap module",
        remove="remove erase groupremove",
        update="makecache check-update",
        upgrade="update upgrade upgrade-minimal update-minimal distro-sync distribution-synchronization",
        clean="clean autoremove",
    ),
    word_set(
        "-c --config -x --exclude --excludepkgs --installroot --enablerepo --disablerepo --repo --repoid"
        " --repofrompath --releasever --setopt -d --debuglevel -e --errorlevel -R --randomwait --forcearch"
        " --advisory --disableplugin --enableplugin --comment --downloaddir --destdir --color --rpmverbosity"
        " --disableexcludes"
    ),
    frozenset({"--enablerepo", "--repo", "--repoid", "--repofrompath", "--add-repo", "copr"}),
    frozenset({"groupinstall", "group", "groups", "builddep", "module"}),
)
ZYPPER = Grammar(
    "zypper",
    _actions(
        install="install in",
        remove="remove rm",
        update="refresh ref",
        upgrade="update up dist-upgrade dup patch",
        clean="clean cc",
    ),
    word_set(
        "-R --root --installroot -c --config -D --reposd-dir -C --cache-dir --raw-cache-dir --solv-cache-dir"
        " --pkg-cache-dir -p --plus-repo --plus-content --from -r --repo -t --type"
    ),
    frozenset({"-p", "--plus-repo", "--from", "-r", "--repo", "addrepo", "ar"}),
    frozenset(),
)
# Each program of apt but apt-get that only sets or shows something; add-apt-repository(1) and apt-key(8) are for other sources.
_HELPERS: dict[str, Manager] = {
    "add-apt-repository": "apt",
    "apt-add-repository": "apt",
    "apt-cache": "apt",
    "apt-config": "apt",
    "apt-key": "apt",
    "apt-mark": "apt",
    "debconf-set-selections": "apt",
    "dpkg-divert": "dpkg",
    "dpkg-query": "dpkg",
    "dpkg-reconfigure": "dpkg",
    "yum-config-manager": "yum",
}
_OTHER_SOURCES = frozenset({"add-apt-repository", "apt-add-repository", "apt-key", "yum-config-manager"})

# A name, then a pin (``=1.2*``, ``~=1.2``, ``>1``, ``<2``), Debian's architecture or release, or the repository tag of apk.
_NAME = regex(
    r"([A-Za-z0-9_][A-Za-z0-9+._-]*)(?::([a-z0-9-]+))?(?:([=<>~!]+)([^@]*))?(@[A-Za-z0-9_-]+|/[A-Za-z0-9-]+)?"
)
# name-version-release of rpm: both begin with a digit, so that java-1.8.0-openjdk and gcc-c++ are no versions.
_RPM = regex(r"([A-Za-z0-9+._-]*?)-([0-9][^-]*-[0-9][^-]*)")
_RPM_ARCH = regex(r"\.(?:x86_64|aarch64|noarch|i[3-6]86|s390x|ppc64le)\Z")
_FILES = (".deb", ".rpm", ".apk", ".pkg.tar.zst", ".pkg.tar.xz")
_KINDS: dict[PackageAction, Kind] = {"update": "update", "upgrade": "update", "clean": "cleanup"}


class _Names(NamedTuple):
    """Operands as packages: the ones with a name, whether there is more, whether one is of another source."""

    packages: tuple[Package, ...]
    opaque: bool
    repository: bool


def _names(words: tuple[ShellWord, ...], manager: Manager) -> _Names:
    """Read the operands `words` of `manager` as packages."""
    packages: list[Package] = []
    opaque = repository = False
    for word in words:
        text = word.text
        if manager == "pacman":
            text = text.rsplit("/", 1)[-1]
        if (manager == "apk" and text[:1] == "!") or (manager == "apt" and text.endswith("-")):
            continue  # "not this one"
        if not text or text.endswith(_FILES):
            opaque = opaque or bool(text)
            continue
        match = _NAME.fullmatch(text)
        if match is None or (match[2] and manager != "apt") or (match[5] and manager not in {"apt", "apk"}):
            opaque = True
            continue
        name, version = match[1], match[4] or ""
        if manager in {"dnf", "yum", "microdnf", "tdnf", "zypper"}:
            name = _RPM_ARCH.sub("", name)
            pinned = _RPM.fullmatch(name)
            if pinned:
                name, version = pinned[1], pinned[2]
        repository = repository or match[5] is not None
        packages.append(Package(name, version, word.span))
    return _Names(tuple(packages), opaque, repository)


def _note(call: Call, notes: Notes, manager: Manager, action: PackageAction, given: Arguments, names: _Names) -> Kind:
    """Add the command; words that ``xargs`` appends are not known."""
    opaque = names.opaque or (action in {"install", "remove"} and "xargs" in call.command.wrappers)
    notes.packages.append(
        PackageCommand(call.command, call.name, manager, action, given.names, names.packages, opaque, names.repository)
    )
    return _KINDS.get(action, "packages")


def _reader(grammar: Grammar, manager: Manager | None = None) -> Reader:
    """A reader for the programs of `grammar`, whose first operand says what to do."""

    def read(call: Call, notes: Notes) -> Kind:
        given = split(call.arguments, grammar.takes)
        first, rest = (given.operands[0], given.operands[1:]) if given.operands else (None, ())
        word = first.text if first is not None else ""
        action = grammar.actions.get(word, "other")
        if word in {"module", "group", "groups"}:
            # Only ``module install`` and ``group install`` bring anything.
            action = "install" if rest and rest[0].text == "install" else "other"
        elif word == "swap":
            rest = rest[1:]
        if action == "clean" and word.startswith("auto") and rest:
            action = "remove"  # ``autoremove gcc`` removes gcc and what came with it
        family = manager or grammar.manager
        found = _names(rest, family) if action in {"install", "remove", "upgrade"} else _Names((), False, False)
        if action == "install" and word in grammar.unnamed:
            found = _Names((), True, False)
        sources = any(flag.name in grammar.sources for flag in given.flags) or word in grammar.sources
        if action == "upgrade" and not rest:
            found = _Names((), False, False)
        # The type of zypper's packages: a pattern or a patch is a list of packages.
        typed = family == "zypper" and given.value("-t", "--type") not in {"", "package"}
        found = _Names(found.packages, found.opaque or typed, found.repository or sources)
        kind = _note(call, notes, family, action, given, found)
        # ``apt upgrade curl`` installs curl where it is missing.
        return "packages" if rest and action in {"update", "upgrade"} else kind

    return read


_PACMAN_TAKES = word_set(
    "-b --dbpath -r --root --config --cachedir --gpgdir --hookdir --logfile --ignore --ignoregroup --overwrite"
    " --arch --color --assume-installed"
)


def _pacman(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, _PACMAN_TAKES)
    found = _names(given.operands, "pacman")
    action: PackageAction = "other"
    if given.has("-U", "--upgrade"):
        action, found = "install", _Names((), True, False)
    elif given.has("-R", "--remove"):
        action = "remove"
    elif given.has("-S", "--sync"):
        if given.has("-c", "--clean"):
            action = "clean"
        elif given.operands:
            action = "install"
        elif given.has("-u", "--sysupgrade"):
            action = "upgrade"
        elif given.has("-y", "--refresh"):
            action = "update"
    return _note(call, notes, "pacman", action, given, found)


def _dpkg(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, frozenset({"--root", "--admindir", "--instdir", "-D"}))
    if given.has("-i", "--install", "--unpack"):
        return _note(call, notes, "dpkg", "install", given, _Names((), True, False))
    if given.has("-r", "--remove", "-P", "--purge"):
        return _note(call, notes, "dpkg", "remove", given, _names(given.operands, "apt"))
    return _note(call, notes, "dpkg", "other", given, _Names((), False, False))


def _rpm(call: Call, notes: Notes) -> Kind:
    given = split(
        call.arguments, frozenset({"--root", "-r", "--dbpath", "--prefix", "--define", "-D", "--qf", "--queryformat"})
    )
    if given.has("-q", "--query", "-V", "--verify", "--import", "-E", "--eval", "-K", "--checksig"):
        return _note(call, notes, "rpm", "other", given, _Names((), False, "--import" in given.names))
    if given.has("-i", "--install", "-U", "--upgrade", "-F", "--freshen"):
        return _note(call, notes, "rpm", "install", given, _Names((), True, False))
    if given.has("-e", "--erase"):
        return _note(call, notes, "rpm", "remove", given, _names(given.operands, "dnf"))
    return _note(call, notes, "rpm", "other", given, _Names((), False, False))


def _helper(call: Call, notes: Notes) -> Kind:
    found = _Names((), False, call.name in _OTHER_SOURCES)
    return _note(call, notes, _HELPERS[call.name], "other", split(call.arguments, frozenset()), found)


READERS: dict[str, Reader] = {
    "apt-get": _reader(APT),
    "apt": _reader(APT),
    "aptitude": _reader(APT),
    "apk": _reader(APK),
    "dnf": _reader(DNF),
    "dnf5": _reader(DNF),
    "yum": _reader(DNF, "yum"),
    "microdnf": _reader(DNF, "microdnf"),
    "tdnf": _reader(DNF, "tdnf"),
    "zypper": _reader(ZYPPER),
    "pacman": _pacman,
    "dpkg": _dpkg,
    "rpm": _rpm,
    **dict.fromkeys(_HELPERS, _helper),
}
"""Readers by program."""

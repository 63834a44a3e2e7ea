"""Build stages: commands, package managers and shells that the -dev image lacks although the upstream image has them.

The text of RUN is read by its words only, so that tools in the arguments of others count too. What is certain is said by the
rules (DHI305, DHI306); a word that looks like a missing tool only keeps the swap from being made unasked.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple
from ..knowledge.tools import DOUBTFUL, INSTALLABLE, SAME, TOOLS, holders
from .essentials import commands, essential_breakers
from .model import Breaker, Move, basename, package_names, pieces, run_text
from .native import native_breakers
from .packages import LASTING, read_install
from .programs import known_programs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Instruction

_WORD = regex(r"[A-Za-z0-9_.+/-]+")
_INSTALL = regex(r"\b(?:apt-get|apt|aptitude|apk|microdnf|tdnf|dnf|yum|zypper)\b")

_MANAGERS = {
    "apt-get": "apt",
    "apt": "apt",
    "aptitude": "apt",
    "apt-key": "apt",
    "add-apt-repository": "apt",
    "apk": "apk",
    "yum": "yum",
    "dnf": "dnf",
    "microdnf": "microdnf",
    "tdnf": "tdnf",
    "zypper": "zypper",
}

_GZIP = frozenset({"--gzip", "--gunzip", "--ungzip"})

# A script of the build context, or a Makefile, and the tools that such texts use most.
_SCRIPT = regex(r"\.(?:ba)?sh\b")
_MAKE = regex(r"(?:^|[;&|\s])make(?:\s|$)")
_BY_SCRIPTS = frozenset({"curl", "git", "gzip", "make", "python3", "tar", "unzip", "wget"})
_BY_MAKE = frozenset({"git", "gzip", "python3", "tar"})


def tool_breakers(move: Move) -> list[Breaker]:
    """What the RUN instructions of these stages need and the hardened image is not known to have."""
    definition = move.definition
    found = []
    runs = list(move.instructions("RUN"))
    if not runs:
        return []
    if definition.bin_sh is False:
        return [Breaker(run.span, f"RUN needs /bin/sh, which {move.image} does not have", True) for run in runs]
    split = [_words(run) for run in runs]
    stock = _Stock(
        frozenset(package_names(move.definition)),
        frozenset(known_programs(definition)),
        frozenset().union(*(install_words for _, install_words in split)),
    )
    for run, (words, install_words) in zip(runs, split, strict=True):
        found.extend(_manager_breakers(move, run, words | install_words))
        missing = [tool for tool in sorted(words & TOOLS.keys()) if _missing(move, tool, stock)]
        unknown = [tool for tool in sorted(_unexplained(run, words)) if _unknown(move, tool, stock)]
        if move.definition.distro == "debian" and move.definition.package_manager is not None:
            unknown += [tool for tool in missing if tool in DOUBTFUL]
            missing = [tool for tool in missing if tool not in DOUBTFUL]
        if unknown:
            found.append(Breaker(run.span, f"whether {move.image} has {_listed(unknown)} is not known", False))
        if missing:
            upstream = ", which upstream has" if move.facts is not None else ""
            text = f"{move.image} has no {_listed(missing)}{upstream}"
            found.append(Breaker(run.span, text, False))
        found.extend(_careful(move, run, words, stock))
    for instruction in move.instructions("SHELL"):
        argv = getattr(instruction.detail, "argv", ())
        if argv and argv[0].text not in definition.shells:
            found.append(
                Breaker(instruction.span, f"SHELL names {argv[0].text}, which {move.image} does not have", False)
            )
    found.extend(native_breakers(move, runs))
    found.extend(essential_breakers(move, runs, stock.installed))
    return found


def _words(run: Instruction) -> tuple[set[str], set[str]]:
    """Words of the commands, and words of the package manager's commands; paths of programs count as their names."""
    words: set[str] = set()
    install: set[str] = set()
    for piece in pieces(run_text(run)):
        chosen = install if _INSTALL.search(piece) else words
        for word in _WORD.findall(piece):
            chosen.add(word)
            if word.startswith(("/bin/", "/usr/bin/", "/usr/sbin/", "/sbin/")):
                chosen.add(word.rsplit("/", 1)[-1])
            if word.startswith("git+"):
                chosen.add("git")
        if chosen is words and _is_gzipped(piece.split()):
            chosen.add("gzip")
    return words, install


def _is_gzipped(words: list[str]) -> bool:
    """Whether the words of a command start tar with gzip behind it: by a flag, or by the name of the archive."""
    if not any(basename(word) == "tar" for word in words):
        return False
    flags = words[words.index("tar") + 1 :][:1] if "tar" in words else []
    flags += [word for word in words if word[:1] == "-" and word[:2] != "--"]
    if any("z" in word.partition("f")[0].partition("C")[0] for word in flags):
        return True
    return any(word in _GZIP or word.strip("\"'").endswith((".tar.gz", ".tgz")) for word in words)


class _Stock(NamedTuple):
    """What a build stage can draw on: the image's packages and programs, and the words of its install commands."""

    packages: frozenset[str]
    programs: frozenset[str]
    installed: frozenset[str]


def _missing(move: Move, tool: str, stock: _Stock) -> bool:
    packages, facts = holders(tool), move.facts
    if facts is not None and tool not in facts.tools and tool not in {"apt-key", "rustup"}:
        return False  # upstream did not have it either: a later step of the file brings it, or it is no command
    if tool in stock.programs or stock.installed & {*packages, tool} or stock.packages & packages:
        return False
    return not any(package.startswith((f"{tool}-", f"{tool}js-")) for package in stock.packages)


def _unexplained(run: Instruction, words: set[str]) -> set[str]:
    """Tools of distributions that start a command of `run`."""
    return commands(run_text(run)) & words & INSTALLABLE & TOOLS.keys()


def _unknown(move: Move, tool: str, stock: _Stock) -> bool:
    """Whether `tool` is neither known to be upstream nor installed: the file starts it, so that something has it all the same."""
    if move.facts is None or {tool, SAME.get(tool, tool)} & set(move.facts.tools) or stock.packages & holders(tool):
        return False
    return tool not in stock.programs and not stock.installed & {*holders(tool), tool}


def _listed(names: list[str]) -> str:
    """The names as a sentence has them after "no": ``git, make or tar``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _manager_breakers(move: Move, run: Instruction, words: set[str]) -> list[Breaker]:
    found = []
    for word in sorted(words & set(_MANAGERS)):
        wanted, have = _MANAGERS[word], move.definition.package_manager
        if wanted != have:
            has = f"{move.image} has {have}" if have else f"{move.image} has no package manager"
            found.append(Breaker(run.span, f"RUN uses {word}; {has}", False))
            break
    return found


def _careful(move: Move, run: Instruction, words: set[str], stock: _Stock) -> list[Breaker]:
    """What may well work but is not known to."""
    found = []
    install = read_install(run_text(run))
    if install.pinned:
        found.append(Breaker(run.span, "installed packages are pinned to versions of the upstream release", False))
    elif install and not install.lasting:
        release = f"{move.definition.distro} {move.definition.release}"
        odd = ", ".join(sorted(install.names - LASTING)) or "what is installed"
        found.append(Breaker(run.span, f"whether {release} has {odd} is not known", False))
    facts = move.facts
    if facts is None:
        text = f"what {move.upstream} brings beside {move.definition.image} is not known, so a tool may be missing"
        return [*found, Breaker(run.span, text, False)]
    fetchers = {"curl", "wget", "busybox"} & (stock.packages | stock.installed)
    if not fetchers and {"curl", "wget"} & set(facts.tools) and any(word.endswith("mvnw") for word in words):
        text = f"mvnw fetches Maven with curl or wget as a rule, and {move.image} has neither"
        found.append(Breaker(run.span, text, False))
    text = run_text(run)
    text = "\n".join(piece for piece in pieces(text) if not _INSTALL.search(piece))
    likely = _BY_SCRIPTS if _SCRIPT.search(text) else _BY_MAKE if _MAKE.search(text) else frozenset[str]()
    likely = (likely & set(facts.tools)) - stock.programs - stock.installed
    lacking = frozenset(tool for tool in likely if not holders(tool) & (stock.packages | stock.installed))
    if lacking:
        tools = ", ".join(sorted(lacking))
        why = f"what is run is written elsewhere, and {move.image} is not known to have {tools}, which upstream has"
        found.append(Breaker(run.span, why, False))
    if "update-ca-certificates" in words and move.definition.distro == "debian":
        # https://github.com/docker-hardened-images/catalog: packages are unpacked, their maintainer scripts are not run
        why = f"/etc/ca-certificates.conf is made by a maintainer script, and none has run in {move.image}"
        found.append(Breaker(run.span, why, False))
    fetcher = {"wget", "ssl_client"} & (stock.packages | stock.installed)
    if not fetcher and "wget" in words and "https:" in text and "busybox" in stock.packages:
        # Alpine's busybox leaves TLS to a program of its own: "wget: can't execute 'ssl_client'"
        why = f"busybox wget needs ssl_client for https, which {move.image} does not list"
        found.append(Breaker(run.span, why, False))
    accounts = {account.name for account in move.definition.accounts} | {"root", "nobody", "daemon"}
    for name in facts.users_present:
        if name not in accounts and any(word.startswith(f"/home/{name}") for word in words):
            found.append(Breaker(run.span, f"{move.image} has no /home/{name}", False))
    return found

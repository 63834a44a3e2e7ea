"""What a container does that only root may, as far as the file and its build context show: reasons not to take root away."""

from __future__ import annotations

from .._pattern import regex
from .._record import NamedTuple
from ..rules.accounts import ROOT
from ..rules.copied import brought
from ..rules.entrypoints import INITS, init_length
from ..rules.start import SHELLS, basename, start_of
from .dev_script import brought_script, looks_like_script, trouble_in
from .dev_tables import IDLE, LANGUAGES, PLAIN_SCRIPTS, RAW, SERVERS, SWITCHING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rules.start import Setting, Start
    from .dev_scope import Scope

# Rights that are given to a container from outside, which only make sense for root in it.
_RIGHTS = regex(
    r"--privileged|--cap-add|\bcap_add\b|\bCAP_(?:NET|SYS)_[A-Z]+\b|\bNET_ADMIN\b|\bSYS_ADMIN\b|docker\.sock|/dev/net/tun|/dev/kvm"
    r"|/dev/fuse|--net[= ]host\b|--device[= ]"
)
# Comments of people who say that root is meant.
_MEANT = regex(
    r"(?i)\b(?:needs?|requires?|must|has to|have to|run(?:s|ning)?)\b[^\n]{0,40}\b(?<!non-)(?<!non )root\b"
    r"(?!\s+(?:dir|path|cert|ca\b|folder|of|password|package|level|project|workspace))"
)
_DENIED = regex(
    r"(?i)n't\b|\bnot\b|\bnever\b|\bavoid|\binstead\b|\bno longer\b|\bwarn|\bwithout\b|\brootless\b|\bnon-?root\b"
)
# Packages of container engines.
_ENGINES = frozenset(
    {"docker.io", "docker-ce", "docker-ce-cli", "docker-cli", "docker", "docker-engine", "podman", "buildah"}
)
# Packages whose programs change the network or the file systems of the kernel.
_OF_KERNEL = frozenset(
    {
        *(
            "openvpn",
            "openvpn-auth-pam",
            "strongswan",
            "xl2tpd",
            "pptpd",
            "wireguard-tools",
            "iptables",
            "nftables",
            "ipset",
        ),
        *(
            "keepalived",
            "hostapd",
            "bridge-utils",
            "sshfs",
            "s3fs",
            "s3fs-fuse",
            "davfs2",
            "cifs-utils",
            "nfs-kernel-server",
        ),
        *("openssh-server", "dropbear"),
    }
)
_REPLACED = frozenset({"www-data", "nobody", "daemon", "nginx", "apache"})

MAX_WRAPPERS = 4
"""Most programs around the one that is meant."""

MAX_FOLLOWED = 3
"""How deep scripts that start scripts are followed."""


class Need(NamedTuple):
    """One reason: the 1-based `line` that shows it, and the `text` of a refusal."""

    line: int
    text: str


def need_of_root(scope: Scope) -> Need | None:
    """The first reason found why the container has to go on as root, or why that cannot be told; None for none."""
    return _stated(scope) or _started(scope) or _hooked(scope)


def _stated(scope: Scope) -> Need | None:
    """What the file says outright: rights, comments, USER root right before the start, a port of sshd, ONBUILD."""
    subject = scope.subject
    source = subject.file.dockerfile.source
    setting = subject.stage.state.user
    if setting.instruction is not None:
        later = [run for run in scope.runs if run.instruction.index > setting.instruction.index]
        if not later and scope.line(setting.instruction):
            text = "USER root stands right before the start: what is started seems to need it"
            return Need(scope.line(setting.instruction), text)
    for instruction in subject.chain_instructions():
        if instruction.keyword == "ONBUILD":
            return Need(scope.line(instruction), "ONBUILD: what later builds do here would not run as root any more")
        if instruction.keyword == "EXPOSE" and any(word.text.partition("/")[0] == "22" for word in instruction.words):
            return Need(scope.line(instruction), "EXPOSE 22: the server of SSH has to start as root")
        found = _RIGHTS.search(instruction.original)
        if found is not None:
            return Need(scope.line(instruction), f"{found[0]} is for a container that runs as root")
    for run in scope.runs:
        names = {package.name for one in run.packages if one.action == "install" for package in one.packages}
        if names & _ENGINES:
            text = f"{min(names & _ENGINES)} is installed, and its socket or its namespaces take root"
            return Need(scope.line(run.instruction), text)
        if names & _OF_KERNEL:
            text = f"{min(names & _OF_KERNEL)} is installed, which takes root to do its work"
            return Need(scope.line(run.instruction), text)
    first = subject.chain[0].line
    for comment in subject.file.dockerfile.comments:
        text = comment.text[:MAX_COMMENT]
        found = _RIGHTS.search(text)
        if found is None and comment.line >= first and not _DENIED.search(text):
            found = _MEANT.search(text)
        if found is not None:
            return Need(source.line_of(comment.span.start), f"a comment says that it runs as root ({found[0].strip()})")
    return None


MAX_COMMENT = 500
"""Longest comment that is read."""


def _started(scope: Scope) -> Need | None:
    subject = scope.subject
    start = start_of(subject)
    line = subject.stage.line
    if start is None:
        return Need(line, "what the container starts cannot be told")
    if start.entrypoint is None and start.cmd is None:
        return _default(scope)
    for setting in (start.entrypoint, start.cmd):
        if setting is not None:
            found = _setting(scope, start, setting)
            if found is not None:
                return Need(scope.line(setting.instruction), found)
    return None


def _hooked(scope: Scope) -> Need | None:
    """Scripts that the start script of the image runs beside: those in /docker-entrypoint.d."""
    for one in brought(scope.subject):
        if one.destination is None or not one.destination.startswith("/docker-entrypoint"):
            continue
        for source in one.sources:
            path = one.lands(source)
            script = brought_script(scope, path) if path is not None else None
            trouble = script.trouble if script is not None else f"what {source} does as root is not known"
            if trouble is not None:
                return Need(scope.line(one.instruction), trouble)
    return None


def _default(scope: Scope) -> Need | None:
    """No command in the file: that of the image, which is a server that runs as its own user, or only a prompt."""
    before, target = scope.subject.before, scope.target
    server = before is not None and bool(before.entrypoint or before.cmd) and bool(target.entrypoint or target.cmd)
    if server and target.image not in LANGUAGES:
        return None
    text = "the file sets no CMD or ENTRYPOINT: who uses the image, and whether as root, it does not say"
    return Need(scope.subject.stage.line, text)


def _setting(scope: Scope, start: Start, setting: Setting) -> str | None:
    """Why what `setting` starts needs root; None for nothing that is known."""
    if setting.argv is None:
        return trouble_in(scope, setting, None)
    words = setting.words
    if setting is start.cmd and start.entrypoint is not None and start.entrypoint.argv is not None:
        # arguments of the ENTRYPOINT; a command only where that is an init program or a script that starts it
        first = basename(start.entrypoint.words[0]) if start.entrypoint.words else ""
        if first in SHELLS and _takes_text(start.entrypoint.words[-1]):
            return trouble_in(scope, setting, setting.argv[0]) if setting.argv else None
        if first not in INITS and not looks_like_script(first):
            return None
    if setting is start.cmd and start.inherits and scope.target.entrypoint and words[:1] and words[0].startswith("-"):
        return None
    return _words(scope, setting, words)


def _words(scope: Scope, setting: Setting, words: tuple[str, ...]) -> str | None:
    for _ in range(MAX_WRAPPERS):
        if not words:
            return None
        name = basename(words[0])
        if name in INITS:
            words = words[init_length(words) :]
        elif name in PLAIN_SCRIPTS and "--" in words:
            words = words[words.index("--") + 1 :]
        elif name == "env":
            words = tuple(word for word in words[1:] if "=" not in word)
        else:
            break
    if not words:
        return None
    name = basename(words[0])
    if name in SHELLS and len(words) > 1:
        at = next((place for place, word in enumerate(words) if _takes_text(word)), 0)
        if at:
            # the text is the word behind the flag; where there is none, the first word of the CMD is it
            argument = (setting.argv or ())[at + 1 - len(words) :][:1] if at + 1 < len(words) else ()
            return trouble_in(scope, setting, argument[0]) if argument else None
        rest = tuple(word for word in words[1:] if not word.startswith("-"))
        return _script(scope, rest[0], True) if rest else f"{name} alone is started: what is done in it is not said"
    reason = program_trouble(scope, words)
    if reason is not None:
        return reason
    return _script(scope, words[0], False)


def _takes_text(word: str) -> bool:
    """Whether `word` is the flag of a shell that a text follows: ``-c``, ``-lc``, ``-euxc``."""
    return word.startswith("-") and not word.startswith("--") and "c" in word


def program_trouble(scope: Scope, words: tuple[str, ...]) -> str | None:
    """Why the program of `words`, a command line, needs root, by its name; None where the name says nothing."""
    name = basename(words[0])
    plain = name.rstrip("0123456789.")
    if name in SWITCHING:
        return f"{name} changes the user, which only root may"
    if (name in SERVERS or plain in SERVERS) and name not in scope.subject.programs:
        return f"{name} is a server that starts as root"
    if words[0].startswith("/etc/init.d/"):
        return f"{words[0]} starts a service of the system, which only root may"
    if words[0] == "/init":
        return "/init (s6) starts services, and changes to their users, as root"
    if name in RAW:
        return f"{name} opens raw sockets, which only root may"
    if name in IDLE and (name not in SHELLS or len(words) == 1):
        return f"{name} only keeps the container open: what is done in it is not said"
    return None


def _script(scope: Scope, path: str, surely: bool) -> str | None:
    """Why the script at `path`, if it is one, needs root. `surely` tells that a shell is started with it."""
    target = scope.target
    if path in {*(target.entrypoint or ()), *(target.cmd or ())} or any(one.path == path for one in target.paths):
        return None
    text = brought_script(scope, path)
    if text is None:
        if surely or looks_like_script(basename(path)):
            return f"what the script {path} does as root is not known"
        return None
    return text.trouble


def made_user(scope: Scope) -> str | Need | None:
    """The one user that the file makes for a container that starts as root; a `Need` where it cannot be told which.

    None where it makes none.
    """
    names: dict[str, int] = {}
    for run in scope.runs:
        for one in run.accounts:
            if one.action == "user" and one.name not in ROOT:
                names.setdefault(one.name, scope.line(run.instruction))
    names = {name: line for name, line in names.items() if name not in _REPLACED}
    if not names:
        return None
    first, line = next(iter(names.items()))
    if len(names) > 1 or not first:
        return Need(line, "which of the users that the file makes the application is for cannot be told")
    return first

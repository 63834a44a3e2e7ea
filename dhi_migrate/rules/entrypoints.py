"""What an image makes of a CMD: the ENTRYPOINT as a program of its own, or as a script that puts a program before it.

The scripts of the Docker Official Images put the name of the program before arguments that begin with a dash
(https://github.com/docker-library/official-images#consistency); node and bun also before what is no command, redis and
valkey before ``*.conf``. Of the hardened images the scripts are read in the public catalog (``image/<name>/bin``): that of
postgres ends with ``exec postgres "$@"``, those of mysql and mariadb with ``exec "$@"``.
"""

from __future__ import annotations

from .._pattern import regex
from .start import SHELLS, basename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from ..catalog.model import Definition, UpstreamFacts

INITS = frozenset({"tini", "tini-static", "dumb-init", "catatonit", "docker-init"})
"""Init programs that start what follows their options as a child."""

_SCRIPTS = ("entrypoint", ".sh")
# Programs that upstream scripts put before a dash, where that is not the program of their CMD; "" for none.
_PUTS = {
    "denoland/deno": "deno",
    "hashicorp/vault": "vault",
    "vault": "vault",
    "docker": "docker",
    "eclipse-temurin": "",
    "gradle": "",
    "clojure": "",
    "registry": "",
    "apache/kafka": "",
}
# Upstream scripts that also put their program before its own subcommands.
_SUBCOMMANDS = frozenset(
    {"denoland/deno", "hashicorp/vault", "vault", "docker", "traefik", "composer", "curlimages/curl"}
)
# Scripts that end with exec "$@" and put nothing before it: __cacert_entrypoint.sh.
_EXEC = frozenset({"eclipse-temurin", "gradle"})
# Repositories whose scripts are not described anywhere here.
_OPAQUE = ("bitnami/", "grafana/", "registry", "apache/kafka", "clojure", "quay.io/keycloak", "sonarqube", "jenkins/")
_FILES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx")
_VERSIONED = regex(r"(python3|python|perl|ruby|php)[\d.]*\Z")
_INTERPRETERS = frozenset({"php", "node", "python", "python3", "java", "deno", "bun", "ruby", "perl", "dotnet"})
# What upstream images start where nobody says otherwise, and that does nothing without a terminal.
_INTERACTIVE = SHELLS | {
    *("node", "python3", "python", "irb", "jshell", "bun", "deno", "iex", "erl", "perl", "julia", "R", "ghci", "dart"),
    *("php", "wp"),
}
# Arguments with which a program only says how it is used; ``java -jar`` without a file does no more.
_USAGE = frozenset({"--help", "-h", "help", "--info", "--version", "-jar"})
_NODE_LIKE = frozenset({"node", "bun"})

# Scripts of hardened images: what they start with the words of the CMD behind it; "" for nothing but those words.
_HARDENED = {"postgres": "postgres", "mysql": "", "mariadb": ""}


def plain_name(word: str) -> str:
    """The program that `word` names, without directory and version: ``/usr/bin/python3.13`` is ``python3``."""
    name = basename(word)
    match = _VERSIONED.match(name) if name.startswith(("python", "perl", "ruby", "php")) else None
    return match.group(1) if match else name


def after_init(argv: tuple[str, ...]) -> tuple[str, ...]:
    """`argv` without a leading init program and its options."""
    if not argv or basename(argv[0]) not in INITS:
        return argv
    at = init_length(argv)
    return argv[at:]


def init_length(argv: tuple[str, ...]) -> int:
    """How many words of `argv`, which begins with an init program, are that program and its options.

    Options with a value: ``tini -p SIG -e CODE``, ``dumb-init --rewrite 15:3``.
    """
    at = 1
    while at < len(argv):
        word = argv[at]
        if word == "--":
            return at + 1
        if not word.startswith("-"):
            return at
        at += 2 if word in {"-p", "-e", "-r", "--rewrite"} else 1
    return at


def is_script(word: str) -> bool:
    """Whether an ENTRYPOINT word of an image names a start script."""
    return basename(word).endswith(_SCRIPTS)


def upstream_words(facts: UpstreamFacts, argv: tuple[str, ...]) -> tuple[str, ...] | None:
    """What the upstream image runs when it is given `argv` as CMD; None where its script is not known well enough."""
    entry = after_init(facts.entrypoint or ())
    if not entry:
        return argv
    if not is_script(entry[0]):
        return (*entry, *argv)
    repository = facts.repository
    if repository.startswith(_OPAQUE) or "registry" in repository:
        return None
    if not argv:
        return None
    first = argv[0]
    program = _puts(facts)
    if first.startswith("-"):
        return (program, *argv) if program else None
    if not program or repository in _EXEC:
        return argv
    if plain_name(program) in _NODE_LIKE and first.endswith(_FILES):
        return (program, *argv)
    if program in {"redis-server", "valkey-server"} and first.endswith(".conf"):
        return (program, *argv)
    known = basename(first) == basename(program) or "/" in first or first in SHELLS or first in facts.tools
    if plain_name(program) in _NODE_LIKE and not known and "." in first:
        return None
    if repository in _SUBCOMMANDS and not known:
        return None
    return argv


def _puts(facts: UpstreamFacts) -> str:
    if facts.repository in _PUTS:
        return _PUTS[facts.repository]
    return facts.cmd[0] if facts.cmd else ""


def hardened_program(definition: Definition) -> tuple[str, ...] | None:
    """The words that the ENTRYPOINT of `definition` puts before a CMD; () where it starts the CMD itself.

    None where it is a script of which that is not known.
    """
    entry = after_init(definition.entrypoint or ())
    if not entry:
        return ()
    if is_script(entry[0]):
        program = _HARDENED.get(definition.image)
        return None if program is None else ((program,) if program else ())
    return entry


def lost_words(facts: UpstreamFacts, argv: tuple[str, ...]) -> tuple[str, ...]:
    """What the upstream image puts before the CMD `argv`, where that does not name the program itself; () for nothing."""
    theirs = upstream_words(facts, argv)
    if theirs is None or not argv or len(theirs) <= len(argv) or same_program(theirs[0], argv[0]):
        return ()
    return theirs[: len(theirs) - len(argv)]


def is_captured(facts: UpstreamFacts, definition: Definition, known: Collection[str], argv: tuple[str, ...]) -> bool:
    """Whether `argv`, which the upstream image runs as a command, would be mere arguments of the ENTRYPOINT of `definition`.

    Only where its first word is a command for sure: a shell, a program of either image (`known` are those of the hardened
    one; what the upstream image starts is one of its own), or a path, which an interpreter would take for its own.
    """
    first, program = argv[0], hardened_program(definition)
    theirs = upstream_words(facts, argv)
    if not program or theirs is None or first.startswith("-") or same_program(theirs[0], program[0]):
        return False
    if "/" in first:
        return basename(first) in SHELLS or plain_name(program[0]) not in _INTERPRETERS
    if first in (definition.cmd or ())[:1]:
        return False  # the first argument of the default command: caddy run
    return first in SHELLS or first in facts.tools or first in known or first in (facts.cmd or ())[:1]


def same_program(one: str, other: str) -> bool:
    """Whether two command words name the same program, wherever it lies; images for Python have it by both of its names."""
    return _unnumbered(one) == _unnumbered(other)


def _unnumbered(word: str) -> str:
    return "python" if (name := plain_name(word)) == "python3" else name


def default_words(definition: Definition) -> tuple[str, ...] | None:
    """What the hardened image starts where the file says nothing; None where its script is not known and has no CMD."""
    program = hardened_program(definition)
    if program is None:
        return definition.cmd or None
    return (*program, *(definition.cmd or ()))


def same_default(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Whether two default commands mean the same, or the first one only opens a prompt or ends with an error.

    The same program with no arguments before, or with some of them after, counts as the same: ``redis-server`` and
    ``redis-server /etc/redis/redis.conf``, ``caddy run --config F --adapter caddyfile`` and ``caddy run --config F``.
    """
    if before[0].startswith("-") or plain_name(before[0]).partition("<")[0] in _INTERACTIVE:
        return True
    if len(before) > 1 and all(word in _USAGE for word in before[1:]):
        return True
    if not after or not same_program(before[0], after[0]):
        return False
    return len(before) == 1 or (len(after) > 1 and set(after[1:]) <= set(before[1:]))

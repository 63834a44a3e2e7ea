"""Build stages that make native code: compilers, headers and the kind of linking that a build silently relies on."""

from __future__ import annotations

import re

from ..._pattern import regex
from .model import Breaker, Move, package_names, pieces, run_text
from .packages import read_install

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Instruction

_OPTIONS = r"(?:\s+-\S+(?:\s+(?!install|ci|add|sync|i\b|rebuild|wheel|compile)[\w./][\w./-]*)?){0,9}?"
# Commands that compile native code when no ready-made package fits the platform.
_COMPILING = (
    rf"\b(?:pip3?|poetry|pipenv|pdm|uv|npm|yarn|pnpm|bun|gem|bundle|bundler){_OPTIONS}"
    r"\s+(?:install|ci|add|sync|i|rebuild|wheel|update|upgrade)\b"
    r"|\byarn\s+(?:global|workspaces?)\b|\b(?:yarn|bundle|bundler)(?=\s*(?:$|&&|;|\||\n|\s-))|\bsetup\.py\b|\bpython3?\s+-m\s+build\b|\buv\s+(?:run|build)\b"
    r"|\bmix\s+(?:deps\.\w+|compile|release)\b|\brebar3\s+\w+|\bcpanm?\b|\binstall\.packages\b|\bluarocks\b|\bnode-gyp\b"
)
_CARGO = regex(r"\bcargo\b")
# Programs that start go build behind the scenes.
_GO_BUILD = (
    r"\bgo\s+(?:build|install|run|test|generate|get)\b|\b(?:make|mage|task|just|goreleaser|xcaddy|bazel|ko)\b|\.sh\b"
)
# In every image that is built on buildpack-deps, with the headers of some 30 libraries:
# https://github.com/docker-library/buildpack-deps
_INSTALL = regex(r"\b(?:apk|apt|apt-get)\b")
_FULL = frozenset({"pg_config", "mysql_config", "imagemagick"})


def native_breakers(move: Move, runs: list[Instruction]) -> list[Breaker]:
    """What the compilations in `runs`, the RUN instructions of the stages of `move`, are not known to find or to do."""
    return [*_compiler(move, runs), *_cgo(move, runs), *_rust(move, runs)]


def _commands(run: Instruction) -> str:
    """The text without the commands that install packages, whose names are those of tools."""
    return "\n".join(piece for piece in pieces(run_text(run)) if not _INSTALL.search(piece))


def _has_compiler(move: Move) -> bool:
    return bool(package_names(move.definition) & {"gcc", "build-essential", "build-base"})


def _installs(runs: list[Instruction], *names: str) -> bool:
    installed: set[str] = set()
    for run in runs:
        installed |= read_install(run_text(run)).names
    return bool(installed & set(names))


def _compiler(move: Move, runs: list[Instruction]) -> list[Breaker]:
    facts, found = move.facts, []
    if facts is None:
        return []
    full = _FULL & set(facts.tools)
    lacks = "gcc" in facts.tools and not _has_compiler(move) and not _installs(runs, "gcc", "build-essential")
    for run in runs:
        compiling = re.search(_COMPILING, run_text(run))
        if lacks and compiling:
            text = f"a package without a binary would need gcc, which {move.image} does not have"
            found.append(Breaker(run.span, text, False))
        elif full and (compiling or _CARGO.search(_commands(run))):
            text = f"upstream brings the headers of many libraries (OpenSSL, libpq, ..), {move.image} does not"
            found.append(Breaker(run.span, text, False))
    return found


def _cgo(move: Move, runs: list[Instruction]) -> list[Breaker]:
    """golang on Alpine: upstream has no gcc, so cgo is off; the hardened -dev image has one, so cgo would turn on."""
    facts = move.facts
    if move.definition.image != "golang" or facts is None or "gcc" in facts.tools or not _has_compiler(move):
        return []
    if _installs(runs, "gcc", "build-base", "musl-dev"):
        return []
    settings = [instruction.original for instruction in move.instructions("ENV", "ARG")]
    if any(re.search(r"\bCGO_ENABLED[= ]\W?0", text) for text in settings):
        return []
    text = f"{move.image} has gcc, so go build links dynamically unless CGO_ENABLED=0 is set"
    return [
        Breaker(run.span, text, False)
        for run in runs
        if re.search(_GO_BUILD, _commands(run)) and "CGO_ENABLED=0" not in run_text(run)
    ]


def _rust(move: Move, runs: list[Instruction]) -> list[Breaker]:
    """rustup's compiler on Alpine links everything in, the one of Alpine's packages links dynamically; and CARGO_HOME moves.

    https://git.alpinelinux.org/aports/tree/community/rust (crt-static is off), https://doc.rust-lang.org/reference/linkage.html
    """
    facts, definition = move.facts, move.definition
    if definition.image != "rust" or facts is None or "rustup" not in facts.tools:
        return []
    found = []
    home = facts.env.get("CARGO_HOME")
    for run in runs:
        text = _commands(run)
        if definition.distro == "alpine" and re.search(r"\b(?:cargo|make)\b", text):
            why = f"{move.image} has Alpine's own compiler, which links dynamically to musl and libgcc; upstream links statically"
            found.append(Breaker(run.span, why, False))
        if home and definition.env.get("CARGO_HOME") != home and re.search(r"\bcargo\s+install\b", text):
            why = f"cargo install writes to {home}/bin upstream, and elsewhere in {move.image}"
            found.append(Breaker(run.span, why, False))
    return found

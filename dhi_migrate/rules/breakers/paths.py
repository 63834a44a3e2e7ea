"""Paths of the upstream image that lie elsewhere in the hardened one: language prefixes, default work directories."""

from __future__ import annotations

import re

from ..._pattern import regex
from .model import Breaker, Move, destination

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile import Instruction

# Directories that only the upstream start scripts read: https://github.com/docker-library (postgres, mysql, mongo,
# nginx): files copied there have no effect without those scripts.
_SCRIPT_DIRECTORIES = ("/docker-entrypoint-initdb.d", "/docker-entrypoint.d", "/etc/nginx/templates")

# What lies below a language prefix and belongs to the language rather than to the application.
_BELOW = {
    "python": ("lib/python", "bin/python", "bin/pip", "bin/gunicorn", "bin/uvicorn", "bin/flask", "bin/celery"),
    "node": ("lib/node_modules", "bin/node", "bin/npm", "bin/npx", "bin/yarn"),
    "go": ("",),
    "java": ("",),
    "dotnet": ("",),
    "php": ("lib/php", "bin/php", "sbin/php-fpm", "etc/php-fpm"),
    "ruby": ("lib/ruby", "bin/ruby", "bin/gem", "bin/bundle", "bundle"),
}


# Directories of a tool, by the key that the upstream facts give them, with the variable by which a hardened image that has
# the tool elsewhere names the place.
_TOOL_HOMES = {
    "cargo": "CARGO_HOME",
    "rust": "CARGO_HOME",
    "rustup": "RUSTUP_HOME",
    "GOPATH": "GOPATH",
    "maven": "MAVEN_HOME",
    "gradle": "GRADLE_HOME",
    "gradle_user_home": "GRADLE_USER_HOME",
    "tomcat": "CATALINA_HOME",
    "httpd": "HTTPD_PREFIX",
    "yarn": "",
    "fpm": "",
    "xcaddy": "",
}
_CACHE = regex(r"--mount=type=cache\S*")
_ROOT_HOME = regex(r"(?<![\w.-])(?:/root(?![\w.-])|~/)")


def path_breakers(move: Move) -> list[Breaker]:
    """Mentions of paths that move or lose their meaning, and a default work directory that changes under the file."""
    return [
        *_moved_prefixes(move),
        *_tool_homes(move),
        *_homes(move),
        *_script_directories(move),
        *_main_configuration(move),
        *_workdir(move),
    ]


def _moved_prefixes(move: Move) -> list[Breaker]:
    facts = move.facts
    if facts is None:
        return []
    found = []
    for language, upstream in facts.prefix.items():
        if language not in _BELOW or "<" in upstream or not upstream.startswith("/"):
            continue
        here = move.definition.prefix.get(language)
        if here == upstream:
            continue
        stays = move.definition.env.get("GEM_HOME") == f"{upstream}/bundle"  # gems, wherever the interpreter is
        parts = "|".join(re.escape(below) for below in _BELOW[language] if below and not (below == "bundle" and stays))
        pattern = regex(
            rf"(?<![\w.-]){re.escape(upstream)}(?:/(?:{parts})|/?(?![\w./-]))" if parts else _exactly(upstream)
        )
        where = f"in {here}" if here else "not there"
        for instruction, mentioned in _mentions(move):
            if upstream in mentioned and pattern.search(mentioned):
                text = f"{language} is in {upstream} upstream and {where} in {move.image}"
                found.append(Breaker(instruction.span, text, True))
    return found


def _tool_homes(move: Move) -> list[Breaker]:
    facts = move.facts
    found = []
    for key, upstream in facts.prefix.items() if facts is not None else ():
        if key not in _TOOL_HOMES or "<" in upstream or not upstream.startswith("/"):
            continue
        here = move.definition.env.get(_TOOL_HOMES[key])
        if here == upstream:
            continue
        pattern = regex(_exactly(upstream))
        where = f"{here} in {move.image}" if here else f"not known to be in {move.image}"
        for instruction, mentioned in _mentions(move):
            if upstream in mentioned and pattern.search(_CACHE.sub("", mentioned)):
                found.append(Breaker(instruction.span, f"{upstream} upstream is {where}", False))
    return found


def _homes(move: Move) -> list[Breaker]:
    """Root's home directory where the image ships and does not run as root: on Debian nobody else may enter it."""
    user = move.last("USER")
    if not move.final or move.definition.uid == 0 or (user is not None and user.original.split()[-1] in {"0", "root"}):
        return []
    who = f"{move.definition.user} ({move.definition.uid})" if user is None else user.original.split()[-1]
    return [
        Breaker(instruction.span, f"/root is the home of root, and the container runs as {who}", False)
        for instruction in move.instructions("COPY", "ADD", "WORKDIR", "ENV", "CMD", "ENTRYPOINT", "VOLUME")
        if _names_home(_without_sources(instruction))
    ]


def _names_home(text: str) -> bool:
    return ("/root" in text or "~/" in text) and _ROOT_HOME.search(text) is not None


def _without_sources(instruction: Instruction) -> str:
    """The text of an instruction; of a copy the destination alone, since sources lie elsewhere."""
    return destination(instruction) if instruction.keyword in {"COPY", "ADD"} else instruction.original


def _exactly(path: str) -> str:
    return rf"(?<![\w.-]){re.escape(path)}(?![\w.-])"


def _mentions(move: Move) -> list[tuple[Instruction, str]]:
    """Texts whose paths lie in these stages: their own instructions, and the sources of copies out of them."""
    keywords = ("RUN", "ENV", "ENTRYPOINT", "CMD", "HEALTHCHECK", "WORKDIR", "VOLUME")
    own = [(instruction, instruction.original) for instruction in move.instructions(*keywords)]
    for edge in move.taken:
        # a directory of programs holds those of the language, with its path in their first lines
        own.append((edge.instruction, " ".join(re.sub(r"/bin(?:/.*)?\Z", "", source) for source in edge.sources)))
        own.append((edge.instruction, " ".join(edge.sources)))
    for instruction in move.instructions("COPY", "ADD"):
        if not any(flag.name == "from" for flag in instruction.flags):
            own.append((instruction, destination(instruction)))
    return own


def _script_directories(move: Move) -> list[Breaker]:
    if not move.final:
        return []
    found = []
    for instruction in move.instructions("COPY", "ADD"):
        for directory in _SCRIPT_DIRECTORIES:
            if directory in instruction.original and not _has_path(move, directory):
                found.append(Breaker(instruction.span, f"nothing in {move.image} reads {directory}", True))
    return found


def _main_configuration(move: Move) -> list[Breaker]:
    """A main configuration written for the upstream image, which runs as root and keeps its pid file elsewhere."""
    if not move.final or move.definition.image not in {"nginx", "httpd", "haproxy"} or move.definition.uid == 0:
        return []
    mains = ("/etc/nginx/nginx.conf", "/etc/nginx/", "/etc/nginx", "httpd.conf", "haproxy.cfg")
    return [
        Breaker(
            instruction.span,
            f"a main configuration for root may name a user or paths that {move.image} may not use",
            False,
        )
        for instruction in move.instructions("COPY", "ADD")
        if any(destination(instruction) == main or destination(instruction).endswith(f"/{main}") for main in mains)
    ]


def _has_path(move: Move, directory: str) -> bool:
    return any(entry.path == directory or entry.path.startswith(f"{directory}/") for entry in move.definition.paths)


def _workdir(move: Move) -> list[Breaker]:
    """Relative paths before the first absolute WORKDIR land in the image's own work directory, which may be another one."""
    before = (move.facts.workdir if move.facts is not None else "") or "/"
    after = move.definition.workdir or "/"
    if before == after or move.facts is None:
        return []
    relative = _relative_use(move)
    if relative is None:
        return []
    text = f"the work directory is {before} upstream and {after} in {move.image}, and the file sets none"
    return [Breaker(relative.span, text, False)]


def _relative_use(move: Move) -> Instruction | None:
    """The first instruction that leaves or looks for files in the work directory before the file sets one.

    A command that is run there is none, as long as nothing is copied there, nothing is taken by an absolute path, and it is
    not the start command. A start command is none where the file brings no files: what it starts is mounted, at a place and
    with a work directory that the caller names.
    """
    taken = any(edge.sources for edge in move.taken)
    brought = any(True for _ in move.instructions("COPY", "ADD"))
    for instruction in move.instructions("WORKDIR", "RUN", "COPY", "ADD", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        if instruction.keyword == "WORKDIR":
            if instruction.words and instruction.words[0].text.startswith("/"):
                return None
            return instruction
        if instruction.keyword in {"COPY", "ADD"}:
            if not destination(instruction).startswith("/"):
                return instruction
        elif instruction.keyword == "RUN":
            if taken and not any(other.keyword == "WORKDIR" for other in move.instructions("WORKDIR")):
                return instruction
        elif move.final and brought and any(_relative_path(word) for word in _argv(instruction)[1:]):
            return instruction
    return None


def _relative_path(word: str) -> bool:
    return not word.startswith(("/", "-")) and ("." in word or "/" in word) and "://" not in word


def _argv(instruction: Instruction) -> tuple[str, ...]:
    argv = getattr(instruction.detail, "argv", None)
    return tuple(word.text for word in argv) if argv is not None else tuple(instruction.original.split())

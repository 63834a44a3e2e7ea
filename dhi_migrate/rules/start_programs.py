"""The program of a plain command against the image that it starts in: what is missing, moved, or a text that needs a shell."""

from __future__ import annotations

import posixpath

from .._pattern import regex
from .brought import DEFAULT_PATH, has_env, has_shell, may_bring, may_copy
from .entrypoints import plain_name
from .start import SHELLS, basename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from .file_texts import Text
    from .subject import Subject

    Kind = Literal[
        "shell", "shell-program", "script", "missing", "shim", "package-script", "init", "privilege",
        "doubled", "captured", "lost", "default", "moved",
    ]  # fmt: skip


SWITCHES = frozenset({"gosu", "su-exec", "su", "sudo", "runuser", "setpriv", "chpst", "s6-setuidgid"})
"""Programs that start another one as another user."""
RUNNERS = frozenset({"npm", "npx", "yarn", "yarnpkg", "pnpm", "pnpx", "corepack"})
"""Package managers of node that start scripts of package.json; the node runtime has none of them."""
# Commands of npm packages: texts that begin with #!/usr/bin/env node. https://docs.npmjs.com/cli/configuring-npm/package-json#bin
_NODE_COMMANDS = frozenset(
    {
        *("nodemon", "pm2", "pm2-runtime", "pm2-docker", "forever", "ts-node", "ts-node-dev", "tsx", "next"),
        *("nest", "nuxt", "nuxi", "vite", "vue-cli-service", "gatsby", "serve", "http-server", "json-server"),
        *("prisma", "sequelize", "knex", "gulp", "grunt", "webpack", "react-scripts", "ng", "concurrently"),
        *("cross-env", "dotenv"),
    }
)
# Programs that upstream images or their distributions bring, and that no hardened runtime has unless it lists them.
_ABSENT = frozenset(
    {
        *("curl", "wget", "git", "make", "gcc", "g++", "supervisord", "crond", "cron", "dcron"),
        *("apache2-foreground", "apache2ctl", "service", "systemctl", "nc", "netcat", "telnet", "ssh"),
        *("sshd", "docker-php-entrypoint", "npm", "npx", "yarn", "pnpm", "corepack", "apt-get", "apt", "apk"),
        *("java", "php", "ruby", "perl", "mvn", "gradle", "cargo", "go", "node", "python"),
        *("python2", "python3", "dotnet", "nginx", "redis-server", "mongod", "mysqld", "caddy", "bun"),
        *("deno", "tail", "sleep", "cat", "echo", "ls", "cp", "mkdir", "chown", "chmod", "printenv"),
        *("envsubst", "watch", "entr", "sudo", "su", "uv", "uvx"),
    }
)
# Images that hold a distribution's base alone, and programs that no such base has.
_BARE = frozenset({"debian-base", "alpine-base", "busybox"})
_NOT_IN_BARE = frozenset(
    {"curl", "node", "npm", "java", "php", "python3", "python", "ruby", "supervisord", "nginx", "dotnet"}
)
_SCRIPT_ENDINGS = (".sh", ".bash", ".ash", ".zsh")
# Where upstream images have the program of a language, beside what their facts name; some of the JDK are images of the past.
_MOVED = regex(
    r"(?:/usr/local/bin/(?:python[\d.]*|node|php)|/usr/local/sbin/php-fpm|/nodejs/bin/node"
    r"|/(?:usr/local/openjdk-\d+|opt/java/openjdk|usr/java/openjdk-\d+|usr/lib/jvm/java-[^/]+(?:/jre)?)/bin/java"
    r"|/usr/share/dotnet/dotnet)\Z"
)
_LANGUAGES = {"python3": "python", "php-fpm": "php"} | {
    name: name for name in ("python", "node", "php", "java", "dotnet")
}


def is_absent(subject: Subject, word: str) -> bool:
    """Whether the program `word` is known to be neither in the image nor brought by the file."""
    return basename(word) not in subject.programs and not may_bring(subject, word)


def program_trouble(subject: Subject, texts: tuple[str, ...]) -> tuple[Kind, str, str] | None:
    """What is wrong with the program of the plain command `texts`: the kind, what it is about, and a note."""
    first = texts[0]
    name, target = basename(first), subject.target
    if target is None:
        return None
    if name in RUNNERS and name not in subject.programs:
        return None if may_bring(subject, first) else ("package-script", name, "")
    if name == "node" and "--run" in texts and target.bin_sh is False:
        return ("package-script", "node --run", "")
    if name == "bun" and target.bin_sh is False and _bun_script(texts):
        return ("package-script", "bun run", "")
    installed = posixpath.dirname(first) in {"", "/usr/local/bin"} and "node" in subject.programs
    if "node_modules/.bin/" in first or (name in _NODE_COMMANDS and installed):
        if has_env(subject) is False and name not in subject.programs:
            return ("shim", first, "")
        return None
    script = script_trouble(subject, first)
    if script is not None:
        return ("script", first, script)
    if is_moved(subject, first):
        return ("moved", first, "")
    text = _brought(subject, first) if "/" in first else None
    if text is not None and text.head.startswith("#!"):
        from .script_files import interpreter

        needed = interpreter(text.head)
        program = needed.removeprefix("/usr/bin/env ")
        if (program != needed and has_env(subject) is False) or _is_not_there(subject, program):
            return ("missing", first, needed)
        return None
    if absent_program(subject, first):
        return ("missing", first, "")
    return None


def _is_not_there(subject: Subject, program: str) -> bool:
    """Whether `program`, which the first line of a text names, is known to be missing, or to be at another path."""
    return basename(program) not in SHELLS and (is_moved(subject, program) or absent_program(subject, program))


def absent_program(subject: Subject, first: str) -> bool:
    """Whether `first` is a program that images of this kind are known not to have, and nothing brings it."""
    name, target = basename(first), subject.target
    if target is None:
        return False
    if name == "env":
        return has_env(subject) is False
    if target.bin_sh is not False:
        # an image with a shell has the tools of a system; which programs of languages a product brings is not known
        return target.image in _BARE and name in _NOT_IN_BARE and is_absent(subject, first)
    return name in _ABSENT and is_absent(subject, first)


def _bun_script(texts: tuple[str, ...]) -> bool:
    """Whether the words after ``bun`` name a script of package.json, which bun gives to a shell, and no file."""
    words = [word for word in texts[1:] if not word.startswith("-")]
    if not words or words[0] in {"install", "x", "test", "repl", "build", "init", "create", "upgrade"}:
        return False
    words = words[1:] if words[0] == "run" else words
    return bool(words) and "/" not in words[0] and "." not in words[0]


def script_trouble(subject: Subject, word: str) -> str | None:
    """How it is known that `word` is a script whose shell the image lacks (a shebang, "its name"); None where it is not one."""
    target = subject.target
    name = basename(word)
    if target is not None and word in {*(target.entrypoint or ()), *(target.cmd or ())}:
        return None
    if target is not None and any(basename(one) == word for one in target.entrypoint or ()):
        return None
    text = _brought(subject, word) if "/" in word or name.endswith(_SCRIPT_ENDINGS) else None
    if text is None and "/" not in word:
        text = _brought(subject, posixpath.join("/usr/local/bin", word))
    if text is None and "/" in word:
        text = _through_stages(subject, word)
    if text is not None:
        if not text.head.startswith("#!"):
            return None
        from .script_files import interpreter

        needed = interpreter(text.head)
        shell = basename(needed.split()[-1] if needed.startswith("/usr/bin/env ") else needed)
        if shell not in SHELLS:
            return None
        if target is not None and has_shell(subject, shell) is not False:
            return CARRIAGE_RETURN if text.head.partition("\n")[0].endswith("\r") and _keeps_it(subject, word) else None
        return f"begins with #!{needed}"
    by_name = name.endswith(_SCRIPT_ENDINGS) or name == "docker-php-entrypoint"
    by_name = by_name or (
        name.startswith("docker-entrypoint") and "." not in name
    )  # with an ending it may be any language
    if not by_name or (target is not None and has_shell(subject, "sh") is not False):
        return None
    return "is a shell script by its name"


CARRIAGE_RETURN = "has a carriage return at the end of its first line"
"""What is said of a script with the line endings of Windows: the kernel looks for a program called ``sh\\r``."""


def _keeps_it(subject: Subject, word: str) -> bool:
    """Whether `word` is a file of the build context of which no RUN is known to mend the line endings."""
    from .script_files import script_file

    file = script_file(subject, word if "/" in word else posixpath.join("/usr/local/bin", word))
    return file is not None and file.clean and not file.unix and file.name != file.path


def _through_stages(subject: Subject, word: str) -> Text | None:
    """The text of a script that comes out of the build context by way of other stages, which do not change it."""
    from .file_texts import Text
    from .script_files import looks_like_script, script_file

    file = script_file(subject, word) if looks_like_script(basename(word)) else None
    return Text(file.data[:1024].decode("utf-8", "replace")) if file is not None and file.clean else None


def _brought(subject: Subject, path: str) -> Text | None:
    """What `brought_text` says; what reads files is loaded with the first of them."""
    from .file_texts import brought_text

    return brought_text(subject, path)


def bare_name(subject: Subject, word: str) -> str:
    """The name by which the image has the program at the path `word`: without directory, and without a version it lacks."""
    name = basename(word)
    return name if name in subject.programs else plain_name(name)


def was_found_by_name(subject: Subject, path: str) -> bool:
    """Whether PATH of the upstream image leads to the program at `path`, so that its name alone starts it there too."""
    before = subject.before
    return before is not None and posixpath.dirname(path) in before.env.get("PATH", DEFAULT_PATH).split(":")


def is_moved(subject: Subject, word: str) -> bool:
    """Whether `word` is the path of a language's program upstream, and the image has it elsewhere."""
    name, target = basename(word), subject.target
    language = _LANGUAGES.get("python" if name.startswith("python") else name)
    if target is None or language is None or not word.startswith("/"):
        return False
    prefix = target.prefix.get(language)
    if prefix is None or posixpath.dirname(word) in {f"{prefix}/bin", f"{prefix}/sbin", prefix}:
        return False
    if word in {*(target.entrypoint or ()), *(target.cmd or ())} or any(entry.path == word for entry in target.paths):
        return False
    listed = target.env.get("PATH", DEFAULT_PATH).split(":")
    if name in subject.programs and f"{prefix}/bin" not in listed and posixpath.dirname(word) in listed:
        return (
            False  # its name is found in PATH all the same: one of these directories has a link, and it may be this one
        )
    theirs = subject.before.prefix.get(language) if subject.before is not None else None
    upstream = theirs is not None and word in {f"{theirs}/bin/{name}", f"{theirs}/sbin/{name}", f"{theirs}/{name}"}
    return (upstream or bool(_MOVED.match(word))) and not _is_brought(subject, word)


def _is_brought(subject: Subject, path: str) -> bool:
    """Whether the file may bring the program at `path` of a language whose image has it elsewhere.

    An image for building has the language too: of its RUN instructions only those that name the path bring another one.
    """
    target = subject.target
    if target is None or target.variant != "dev":
        return may_bring(subject, path)
    return may_copy(subject, path) or any(path in one.original for one in subject.chain_instructions("RUN"))

"""Shell commands of a job: which of them log in to a registry, and which pull hardened images, or build on them.

What is run by other programs is not followed, but for scripts and Makefiles of the repository that may hold the login.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple
from ...dockerfile.shell import read_file
from .login_model import NO, YES, Answer, Registries, expand, hardened_base, names
from .model import join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...dockerfile.shell import Command
    from .model import ProjectTree

MAX_COMMANDS = 500
"""Most commands of one script that are looked at."""

MAX_SCRIPTS = 8
"""Most scripts of the repository that are read for one script."""

MAX_SCRIPT = 64 * 1024
"""Largest script that is read, in bytes."""

_EXPRESSION = regex(r"\$\{\{[ \t]*([^}]{0,200}?)[ \t]*\}\}")
_TOP = regex(
    r"\A(?:\$\{?(?:CI_PROJECT_DIR|GITHUB_WORKSPACE|WORKSPACE|PWD|CIRCLE_WORKING_DIRECTORY)\}?|\$\(pwd\))(?:/|\Z)"
)
_ENGINES = frozenset({"docker", "podman", "nerdctl", "buildah", "skopeo", "oras", "crane", "regctl"})
# Options of these commands that take no value; every other one takes the next word, unless it is written with "=". Of ``run``,
# ``create`` and Compose these are some more.
_MORE_SWITCHES = frozenset({"-i", "-t", "-d", "-it", "-ti", "-id", "-itd", "-dit", "-di", "-td", "-P", "-a"})
_SWITCHES = frozenset(
    {
        *("--pull", "--no-cache", "--push", "--load", "--quiet", "-q", "--rm", "--squash", "--force-rm", "--compress"),
        *(
            "-D",
            "--detach",
            "--interactive",
            "--tty",
            "--init",
            "--privileged",
            "--read-only",
            "--publish-all",
            "--debug",
        ),
        "--password-stdin",
        *("--all-tags", "--layers", "--check", "--insecure", "--no-healthcheck", "--sig-proxy", "--verbose"),
        *("--skip-tls-verify", "--no-push", "--cleanup", "--single-snapshot", "--reproducible", "--cache", "--print"),
        *("--build", "--wait", "--remove-orphans", "--force-recreate", "--no-deps", "--all-resources", "--ansi-never"),
        *("--no-start", "--abort-on-container-exit", "--no-build", "--ignore-buildable", "--always-recreate-deps"),
    }
)
_COMPOSE_PULLS = frozenset({"up", "build", "pull", "run", "create", "start", "watch"})
_COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_BAKE_NAMES = ("docker-bake.hcl", "docker-bake.json")
_SHELLS = frozenset({"sh", "bash", "dash", "source", ".", "ash", "zsh"})
_MORE = {"pkg.dev": "gcloud", "gcr.io": "gcloud", "azurecr.io": "az", "amazonaws.com": "aws"}
"""Programs that log in to the registries of their clouds without naming them as ``docker login`` does."""


class Pull(NamedTuple):
    """What a command does with a hardened image: `verb` ("builds Dockerfile on", "runs"), the image and its registry."""

    verb: str
    image: str
    host: str
    tool: str = "docker"


class Surroundings(NamedTuple):
    """Where commands run: the repository, which images are hardened, and the variables whose values the file gives."""

    tree: ProjectTree | None
    registries: Registries
    given: Mapping[str, str]


def logs_in(text: str, folder: str, host: str, around: Surroundings, depth: int = 0) -> Answer:
    """Whether the script `text`, run in `folder`, logs in to `host`."""
    found = NO
    scripts = 0
    for command, place in _commands(text, folder):
        found |= _login(command, host, around.given)
        for path in _called(command) if not found.yes and not depth and around.tree is not None else ():
            inside = join(place, _TOP.sub("", path))
            data = around.tree.read(inside) if inside and scripts < MAX_SCRIPTS and around.tree is not None else None
            scripts += 1
            if data is not None and len(data) <= MAX_SCRIPT and (b"login" in data or b"auths" in data):
                found |= logs_in(data.decode("utf-8", "replace"), place, host, around, 1)
        if found.yes:
            return YES
    return found


def pulls(text: str, folder: str, around: Surroundings) -> Iterator[Pull]:
    """What the script `text`, run in `folder` (from the top of the repository), pulls or builds of hardened images."""
    for command, place in _commands(text, folder):
        words = [expand(word, around.given) for word in (command.name, *command.texts)]
        yield from _of_command(words, place, around)


def _commands(text: str, folder: str) -> Iterator[tuple[Command, str]]:
    """The commands of a script, each with the directory that it runs in; those behind an unknown directory are left out."""
    known: str | None = folder
    clean = _EXPRESSION.sub(r"${{\1}}", text)
    for command in read_file(clean.encode("utf-8", "replace")).commands[:MAX_COMMANDS]:
        if command.name in {"cd", "pushd"}:
            target = command.texts[0] if command.texts else ""
            known = join(known, _TOP.sub("", target) or ".") if known is not None and target else None
        elif command.name == "popd":
            known = folder
        else:
            yield command, known if known is not None else "?"


def _login(command: Command, host: str, given: Mapping[str, str]) -> Answer:
    texts = command.texts
    if command.name in _ENGINES:
        plain, _ = _parted(texts)
        if plain[:1] == ["login"] or plain[:2] in (["auth", "login"], ["registry", "login"]):
            at = plain.index("login") + 1
            return names(plain[at] if at < len(plain) else "", host, given)
        return NO
    for end, program in _MORE.items():
        if host.endswith(end) and command.name == program and {"login", "configure-docker", "get-login"} & set(texts):
            return YES
    written = " ".join((*texts, *(word.text for _, word in command.assignments)))
    if "auths" in written and host in expand(written, given):
        return YES
    targets = [one.target.text for one in command.redirects if one.target is not None and ">" in one.operator]
    targets += texts[-1:] if command.name in {"cp", "mv", "tee", "install"} else []
    if any(
        target.endswith((".docker/config.json", "containers/auth.json", "$DOCKER_CONFIG/config.json"))
        for target in targets
    ):
        if "auths" in written and "$" not in written.partition("auths")[2].partition("}")[0].partition(":")[2][:60]:
            return NO
        unknown = next((text for text in texts if "$" in text), "")
        if "auths" in written:
            return names(_first_key(written), host, given)
        return Answer(False, expand(unknown, given) or "config.json")
    return NO


_KEY = regex(r"auths\\?[\"']?\s{0,5}:\s{0,5}\{\s{0,5}\\?[\"']{0,3}([^\"'\\\s]{1,200})")


def _first_key(written: str) -> str:
    match = _KEY.search(written)
    return match[1] if match is not None else "none.invalid"


def _called(command: Command) -> Sequence[str]:
    """Paths of scripts that a command runs."""
    if command.name in _SHELLS:
        return [text for text in command.texts if not text.startswith("-")][:1]
    if command.name == "make":
        return ["Makefile"]
    first = command.words[0].text if command.words else ""
    return [first] if "/" in first and (first.endswith(".sh") or first.startswith(("./", "$"))) else []


def _parted(words: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The words that are no options, and the options with their values."""
    plain: list[str] = []
    options: dict[str, list[str]] = {}
    place = 0
    while place < len(words):
        word = words[place]
        place += 1
        if not word.startswith("-") or word == "-":
            plain.append(word)
            continue
        name, sign, value = word.partition("=")
        more = word in _MORE_SWITCHES and not {"run", "create", "up"}.isdisjoint(words[:6])
        if not sign and word not in _SWITCHES and not more and place < len(words):
            value = words[place]
            place += 1
        options.setdefault(name, []).append(value)
    return plain, options


def _of_command(words: list[str], folder: str, around: Surroundings) -> Iterator[Pull]:
    name, texts = words[0], words[1:]
    if name == "docker-compose" or (name in {"docker", "podman", "nerdctl"} and "compose" in texts[:3]):
        at = texts.index("compose") + 1 if name != "docker-compose" else 0
        yield from _compose(texts[at:], folder, around)
        return
    if name in {"executor", "kaniko-executor"}:
        _, options = _parted(texts)
        context = _one(options, "--context", "-c") or ""
        file = _one(options, "--dockerfile", "-f") or "Dockerfile"
        yield from _built(file, context.removeprefix("dir://"), folder, around, "kaniko")
        return
    if name == "skaffold" and {"run", "build", "dev", "debug"} & set(texts[:1]):
        file = _one(_parted(texts)[1], "-f", "--filename") or "skaffold.yaml"
        yield from of_services(join(folder, file), around, None)
    if name not in {"docker", "podman", "nerdctl", "buildah"}:
        return
    plain, options = _parted(texts)
    group = 1 if plain[:1] in (["buildx"], ["image"], ["builder"], ["container"]) else 0
    verb = plain[group] if len(plain) > group else ""
    rest = plain[group + 1 :]
    if verb == "bake":
        yield from baked(options.get("-f", []) + options.get("--file", []), folder, around)
    elif verb in {"build", "bud"} and rest:
        yield from _built(_one(options, "-f", "--file") or "", rest[-1], folder, around, name)
    elif verb in {"run", "pull", "create", "from"} and rest:
        host = around.registries.host(rest[0])
        if host is not None:
            yield Pull("pulls" if verb in {"pull", "from"} else "runs", rest[0].partition("@")[0], host, name)


def _one(options: Mapping[str, Sequence[str]], *wanted: str) -> str | None:
    return next((options[name][-1] for name in wanted if name in options), None)


def _built(file: str, context: str, folder: str, around: Surroundings, tool: str) -> Iterator[Pull]:
    """A build with the Dockerfile `file`, "" for that of the `context`; the first that is there is the one."""
    inside = join(folder, _TOP.sub("", context) or ".")
    path = _TOP.sub("", file)
    tried = [join(folder, path)] if file else []
    if inside is not None and (not file or tool != "docker"):
        tried.append(join(inside, path or "Dockerfile"))
        if tool in {"podman", "buildah"} and not file:
            tried.insert(0, join(inside, "Containerfile"))
    for one in tried:
        use = hardened_base(one, around.tree, around.registries) if one else None
        if one and use is not None:
            yield Pull(f"builds {one} on", use.image, use.host, tool)
            return


def _compose(texts: list[str], folder: str, around: Surroundings) -> Iterator[Pull]:
    """``docker compose``: the files that it reads, and what their services pull or build."""
    plain, options = _parted(texts)
    if not plain or plain[0] not in _COMPOSE_PULLS:
        return
    place = join(folder, _TOP.sub("", _one(options, "--project-directory") or ".") or ".")
    files = [*options.get("-f", ()), *options.get("--file", ())]
    wanted = frozenset(plain[1:2] if plain[0] == "run" else plain[1:])
    named: Sequence[str | None] = [join(folder, _TOP.sub("", one)) for one in files]
    if not files and place is not None and around.tree is not None:
        there = [join(place, one) for one in _COMPOSE_NAMES]
        named = [one for one in there if one is not None and around.tree.exists(one)][:1]
    for path in named[:10]:
        for one in of_services(path, around, wanted or None):
            if plain[0] != "build" or one.verb.startswith("builds"):
                yield one


def baked(files: Sequence[str], folder: str, around: Surroundings) -> Iterator[Pull]:
    """``docker buildx bake`` with `files`, or with those that it reads by itself."""
    for path in [join(folder, one) for one in (files or _BAKE_NAMES)][:10]:
        yield from of_services(path, around, None)


def of_services(path: str | None, around: Surroundings, wanted: frozenset[str] | None) -> Iterator[Pull]:
    """What the services of the file at `path` pull or build; `wanted` are the names of those that are meant, None for all."""
    from .check import services_of
    from .model import ProjectFile

    data = around.tree.read(path) if path and around.tree is not None else None
    if path is None or data is None:
        return
    for service in services_of(ProjectFile(path, data)):
        if wanted is not None and service.name.partition(" ")[2] not in wanted:
            continue
        if service.build is not None and service.build.inline is None:
            use = hardened_base(service.build.dockerfile, around.tree, around.registries)
            if use is not None:
                yield Pull(f"builds {service.build.dockerfile} ({path}) on", use.image, use.host)
        elif service.image is not None:
            host = around.registries.host(service.image.text)
            if host is not None:
                yield Pull(f"starts {service.name} of {path} on", service.image.text.partition("@")[0], host)

"""Packages of the operating system that a stage installs, against the image that it runs on: which of them the runtime needs."""

from __future__ import annotations

from ...rules.breakers.model import package_names
from ...rules.start import start_of
from ..effects.packages import purpose, runtime_library
from ..outcome import Refusal
from .requirements import is_unused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ...catalog.model import Definition
    from ...dockerfile import Span
    from ...rules.subject import Subject

STARTERS = frozenset({"tini", "dumb-init", "gosu", "su-exec"})
"""Programs around the start: where the start names one, a rule of its own takes it out or says why not."""


_FETCHERS = frozenset({"git", "composer", "bundle", "bundler", "go", "cargo", "mix", "rebar3", "bower", "gem"})
"""Programs that fetch sources with git."""

_SSH = frozenset({"ssh", "scp", "ssh-keyscan", "ssh-keygen", "ssh-agent", "sftp", "git"})
_DELIBERATE: dict[str, frozenset[str]] = {
    "jq": frozenset({"jq"}),
    "yq": frozenset({"yq"}),
    "zip": frozenset({"zip"}),
    "lsof": frozenset({"lsof"}),
    "procps": frozenset({"ps", "pgrep", "pkill", "top", "sysctl"}),
    "procps-ng": frozenset({"ps", "pgrep", "pkill", "top", "sysctl"}),
    **dict.fromkeys(("openssh-client", "openssh-clients", "openssh-client-default", "openssh"), _SSH),
}
"""Tools that nobody installs by habit, with the programs that explain them where a command of the stage starts one."""

_CXX = frozenset({"g++", "build-base", "alpine-sdk", "build-essential", "clang", "rust", "cargo"})

# Libraries that come with packages which the definitions list: https://packages.debian.org/trixie/libjemalloc2, libicu76
_IMPLIED = {"libjemalloc2": ("libstdc++6", "libgcc-s1"), "libicu76": ("libstdc++6", "libgcc-s1")}


def needed_files(
    subject: Subject, target: Definition, installed: Iterable[tuple[str, Span]], used: Collection[str]
) -> tuple[str, ...] | Refusal:
    """Files of the packages `installed` that the runtime needs and does not have, by absolute path.

    A refusal for the first package that it cannot do without.
    `used` are the programs that commands of the stage start: what is used there explains itself.
    """
    have = package_names(target)
    have = have | {library for name, libraries in _IMPLIED.items() if name in have for library in libraries}
    started = started_programs(subject)
    script = any(word.endswith(".sh") or "entrypoint" in word for word in started)
    extra: list[str] = []
    for name, span in installed:
        line = subject.line(span)
        kind = purpose(name)
        if name in STARTERS and script:
            return Refusal("split", line, f"the start script may need {name}, which the runtime image does not have")
        if name in have or name in STARTERS:
            continue
        if name in started:
            return Refusal("split", line, f"{name} is what the container starts, and {target.image} does not have it")
        cxx = "libstdc++" if target.distro == "alpine" else "libstdc++6"
        if kind == "build" and name in _CXX and cxx not in have:
            return Refusal("split", line, f"what {name} compiles may need {cxx}, which {target.image} does not list")
        if name == "git" and not _FETCHERS.intersection(used):
            return Refusal("split", line, "git is in the image for something that this file does not show")
        if name in _DELIBERATE and not _DELIBERATE[name].intersection(used):
            return Refusal("split", line, f"{name} is in the image for something that this file does not show")
        if kind in {"build", "tool"}:
            if script and kind == "tool":
                return Refusal(
                    "split", line, f"the start script may need {name}, which the runtime image does not have"
                )
            if kind == "tool" and target.bin_sh is not False and name not in used:
                # where there is a shell, somebody may start it there: a probe, a script, a person
                return Refusal("split", line, f"{name} is in the image for something that this file does not show")
            continue
        if name == "locales":
            continue  # what locale-gen makes of it is a file of its own
        if name == "tzdata":
            extra.append("/usr/share/zoneinfo")
            continue
        if name == "ca-certificates":
            if "ca-certificates-bundle" not in have:
                extra.append("/etc/ssl/certs/ca-certificates.crt")
            continue
        library = runtime_library(name, target.distro) if kind == "library" else None
        if (library is None or library not in have) and not is_unused(subject, name):
            return Refusal("split", line, _why(name, kind, library, target))
    return tuple(dict.fromkeys(extra))


def _why(name: str, kind: str, library: str | None, target: Definition) -> str:
    if kind == "library":
        needed = f" (its {library})" if library is not None and library != name else ""
        return f"{name}{needed} is needed at run time, and {target.image} does not list it: a person has to say what uses it"
    return f"{name} is installed for the image that ships, and {target.image} does not have it"


def started_programs(subject: Subject) -> frozenset[str]:
    """The words of the start command, without their directories."""
    start = start_of(subject)
    found: list[str] = []
    for setting in (start.entrypoint, start.cmd) if start is not None else ():
        if setting is not None:
            text = setting.text.text.split() if setting.text is not None else []
            found.extend(setting.words if setting.argv is not None else text)
    return frozenset(word.rsplit("/", 1)[-1] for word in found)

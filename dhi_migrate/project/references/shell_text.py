"""What a service gives to a shell (``sh -c "..."``), on an image that has one: programs that are not there, and work for root."""

from __future__ import annotations

import json

from ...rules.start import SHELLS, basename
from .judgement import said
from .wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...rules.findings import Finding
    from ...rules.script_commands import Steps
    from .judgement import Judgement
    from .service import Line, Service

# Programs that only root can use: chown(2) needs CAP_CHOWN to give a file away, mount(2) CAP_SYS_ADMIN, and what is below
# /proc/sys belongs to root.
_FOR_ROOT = frozenset({"chown", "mount", "umount", "sysctl"})
_MANAGERS = frozenset({"apk", "apt-get", "apt"})
_MAX_SHOWN = 3


def text_findings(service: Service, one: Judgement) -> list[Finding]:
    """DHI903 for programs that the text lacks, DHI904 for those that only root can use where another user runs them."""
    if service.role == "build":
        return []
    found: list[Finding] = []
    words, places = _command(service, one)
    text, line = _text(words, places)
    if line is not None and words:
        from ...rules.script_commands import read_steps
        from ...rules.script_files import ScriptFile
        from ...rules.script_programs import missing_programs

        file = ScriptFile("", "", text.encode("utf-8", "replace"), True, False)
        steps = read_steps(one.subject, file)
        called = (one_of.program for one_of in missing_programs(one.subject, steps))
        missing = list(dict.fromkeys((*_managers(one, steps), *called)))
        if missing:
            names = " and ".join(shown(name) for name in missing[:_MAX_SHOWN])
            message = f"{service.name} runs {names} in its {line.what}, which {one.subject.image} does not have"
            found.append(said("DHI903", message, one.subject.evidence, line.span))
        found.extend(_root_work(service, one, line, steps, missing))
    return found


def _managers(one: Judgement, steps: Steps) -> list[str]:
    """The package managers that the text calls, where the image has a shell and lists none."""
    target = one.subject.target
    if (
        target is None
        or target.bin_sh is not True
        or target.package_manager is not None
        or not target.packages_complete
    ):
        return []
    names = [step.command.name for step in steps.steps if step.command.name in _MANAGERS and step.certain]
    return list(dict.fromkeys(name for name in names if name not in steps.asked))


def _command(service: Service, one: Judgement) -> tuple[list[str], list[Line]]:
    """The words that start the container and the line of each; none where the image itself says with what it starts."""
    entry = next((line for line in service.lines if line.keyword == "ENTRYPOINT"), None)
    command = next((line for line in service.lines if line.keyword == "CMD"), None)
    target, before = one.subject.target, one.subject.before
    inherited = (
        service.build is not None or (target is not None and target.entrypoint) or (before and before.entrypoint)
    )
    if entry is None and inherited:
        return [], []
    words: list[str] = []
    places: list[Line] = []
    for line in (entry, command):
        if line is not None:
            listed = json.loads(line.text)
            words.extend(listed)
            places.extend([line] * len(listed))
    return words, places


def _text(words: list[str], places: list[Line]) -> tuple[str, Line | None]:
    """The text that a shell of `words` is given with ``-c``, or a plain command as a text, and its line."""
    if words and basename(words[0]) in SHELLS:
        for place, word in enumerate(words[1:-1], 1):
            if not word.startswith("-"):
                break
            if "c" in word.lstrip("-") and not word.startswith("--"):
                return words[place + 1], places[place + 1]
        return "", None
    if words and basename(words[0]) in _FOR_ROOT:
        return " ".join(words), places[0]
    return "", None


def _root_work(service: Service, one: Judgement, line: Line, steps: Steps, missing: list[str]) -> list[Finding]:
    target = one.subject.target
    if target is None or not target.uid or any(other.keyword == "USER" for other in service.lines):
        return []
    if (
        service.build is not None
        or service.running.non_root is not None
        or any(step.command.name in {"id", "whoami"} for step in steps.steps)
    ):
        return []
    for step in steps.steps:
        command = step.command
        if command.name not in _FOR_ROOT or command.name in missing or not step.certain:
            continue
        if command.name == "sysctl" and not any(word == "-w" or "=" in word for word in command.texts[1:]):
            continue
        user = "runAsUser: 0" if service.running.pod else 'user: "0"'
        text = (
            f"{service.name} runs {command.name} in its {line.what}, which only root may, and {one.subject.image} runs as "
            f"{one.subject.who}: set {user} for it"
        )
        return [said("DHI904", text, f"{target.source} runs as {target.user} ({target.uid})", line.span)]
    return []

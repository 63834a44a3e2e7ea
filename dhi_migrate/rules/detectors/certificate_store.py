"""Stores of certificates that are put together in a stage that ships (DHI606)."""

from __future__ import annotations

from itertools import pairwise

from ..brought import has_shell
from ..causes import also, installs, judged, obstacle
from ..findings import Hit
from ..shipped import shipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ...dockerfile.shell import Command
    from ..facts import RunFacts
    from ..shipped import Shipped
    from ..subject import Subject


def certificate_store(subject: Subject) -> Iterator[Hit]:
    """At most one hit: the first command that changes a store of certificates, with the lines of the others."""
    target = subject.target
    if not judged(subject) or target is None:
        return
    stage = shipped(subject)
    found = [
        (run, command, hindrance)
        for run in subject.facts.runs
        if stage.redundant(run) is None
        and not _belongs(stage, run)
        and (command := stage.certificate_command(run)) is not None
        and (hindrance := obstacle(subject, run.instruction)) is not None
    ]
    if not found:
        return
    _, command, hindrance = found[0]
    rest = also(subject, (run.instruction for run, _, _ in found[1:]))
    if command.name == "keytool" and _is_own(command):
        advice = "make the store in a build stage, and copy it"
    elif command.name == "keytool":
        advice = f"import in a build stage, and copy the store to {_java_store(target)}"
    else:
        advice = (
            "make the store in a build stage, and copy /etc/ssl/certs/ca-certificates.crt, or name it in SSL_CERT_FILE"
        )
    text = f"{command.name} in the stage that ships{rest}: {hindrance.text}; {advice}"
    # a shell that the file copies in may run it after all
    sure = hindrance.certain and has_shell(subject, "sh") is False
    yield Hit(command.span, text, subject.evidence, (), None if sure else "warning")


def _belongs(stage: Shipped, run: RunFacts) -> bool:
    """Whether `run` installs packages, and the store has nothing but what these bring: then it is part of that (DHI301)."""
    keys = any(command.name == "keytool" for command in run.script.commands)
    return not keys and not stage.names_certificates and bool(installs(run))


def _is_own(command: Command) -> bool:
    """Whether keytool writes to a file of the application's own, not to Java's (``cacerts`` by name, or by -cacerts)."""
    words = command.texts
    named = [after for word, after in pairwise(words) if word.lower() == "-keystore"]
    return bool(named) and not any("cacerts" in word for word in named)


def _java_store(target: Definition) -> str:
    """The directory of Java's own store in the target, where the catalog has it."""
    home = target.prefix.get("java", "")
    return f"{home}/lib/security/cacerts" if home else "lib/security/cacerts of JAVA_HOME"

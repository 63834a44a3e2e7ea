"""What keeps any stage from being split, whatever it is made of: told before its files are looked at."""

from __future__ import annotations

from ..._pattern import is_number
from ...dockerfile.details import Copy, Env
from ...rules.makers import carrier, system_after
from ...rules.start import start_of
from ..outcome import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...rules.subject import Subject
    from ...rules.verdict import Verdict

_BY_CONTENT = frozenset({"DHI204", "DHI209", "DHI308", "DHI601", "DHI602", "DHI603", "DHI801", "DHI802", "DHI803"})
"""Rules on files that the stage takes from elsewhere, which a COPY from the build stage hides from them."""

_JAVA = ("JAVA_HOME", "JRE_HOME", "JDK_HOME")


def first_obstacle(verdict: Verdict, subject: Subject) -> Refusal | None:
    """The first of them that the stage of `subject` has, or None."""
    return next(_obstacles(verdict, subject), None)


def _obstacles(verdict: Verdict, subject: Subject) -> Iterator[Refusal]:
    graph, line = subject.file.graph, subject.stage.line
    if any(True for _ in graph.children(subject.stage.index)) or subject.outgoing:
        yield Refusal("split", line, "another stage is built on the stage that ships")
    if subject.file.dockerfile.escape == "`":
        yield Refusal("split", line, "the file is written for Windows")
    if not any(one.keyword == "RUN" for one in subject.chain_instructions()):
        yield Refusal("split", line, "")  # there is nothing to move: what stands in the way is something else
    yield from _hidden(verdict, subject)
    yield from _mixed(subject)
    for stage in graph.stages[subject.stage.index + 1 :]:
        for one in stage.instructions:
            number = one.detail.from_.value if isinstance(one.detail, Copy) and one.detail.from_ is not None else ""
            if is_number(number or "") and int(number or "") > subject.stage.index:
                text = f"{one.original[:60]} counts the stages, and one more would come before it"
                yield Refusal("split", subject.line(one.span), text)
    start = start_of(subject)
    setting = (start.entrypoint or start.cmd) if start is not None else None
    if setting is not None and setting.argv is None and any(True for _ in subject.chain_instructions("SHELL")):
        yield Refusal("split", subject.line(setting.span), "what starts is given to the shell that SHELL names")
    for one in subject.chain_instructions("ENV"):
        for pair in one.detail.pairs if isinstance(one.detail, Env) else ():
            target = subject.target
            known = set(target.prefix.values()) if target is not None else set()
            if pair.name in _JAVA and pair.value.strip("\"'").rstrip("/") not in known:
                text = f"{pair.name} names a directory of the upstream image: Java is elsewhere in the hardened one"
                yield Refusal("split", subject.line(one.span), text)


def _hidden(verdict: Verdict, subject: Subject) -> Iterator[Refusal]:
    """What is wrong with a file that the stage takes from elsewhere: a split would only put it out of sight."""
    for finding in verdict.findings:
        if finding.rule in _BY_CONTENT and finding.severity == "error" and finding.stage == subject.stage.index:
            yield Refusal("split", subject.line(finding.span), f"{finding.rule}: {finding.message}")


def _mixed(subject: Subject) -> Iterator[Refusal]:
    """Files from a stage whose distribution has another C library: none of the stages moves then."""
    target = subject.target
    for edge in subject.incoming:
        if target is None or edge.kind != "copy" or edge.source is None:
            continue
        other = system_after(carrier(subject.file, edge.source))
        if other is not None and other.distro in {"alpine", "debian"} and other.musl != (target.distro == "alpine"):
            text = f"files come from a stage on {other}, and {target.image} is on {target.distro} {target.release}"
            yield Refusal("split", subject.line(edge.instruction.span), text)

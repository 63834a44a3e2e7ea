"""Judges a service: the rules for Dockerfiles over its lines, on its own image or on top of the Dockerfile that it builds.

What they find in the lines becomes DHI903 (a shell, or a program, that the image lacks) or DHI904 (user, port, data of another
user) at the place in the file of the service. Whether the swap of its own image is safe is what a stage with the same
instructions would get.
"""

from __future__ import annotations

from ..._record import NamedTuple
from ...dockerfile import build_graph, parse
from ...rules.detectors.ports import port_change
from ...rules.verdict import judge
from .behaviour import SWAPPABLE, behaviour_findings, published
from .judgement import Judgement
from .model import SubTree
from .mounted import same_owner
from .service import dockerfile_of, written
from .wording import first_clause, in_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...catalog.store import Catalog
    from ...rules.findings import Finding
    from ...settings import Settings
    from .model import ProjectTree
    from .service import Line, Service

MAX_DOCKERFILE = 128 * 1024
"""Largest Dockerfile, in bytes, that a service is judged on top of."""

MAX_CHECKS = 8
"""Most health checks and probes of one service that are judged."""

_PROTECTED = frozenset({"redis", "valkey"})  # DHI803 is about clients of theirs, not about data
_MAX_REASONS = 2
_LAST = "a store of data is for a person to move"
_LONGEST = 300  # characters of a reference


class Judged(NamedTuple):
    """What was found of one service, and how its image may be replaced.

    `target` is the hardened reference that replaces the image of the service, None where there is none of the same version.
    `safety` is that of the replacement, None where it is known not to work. `reasons` say what changes with it. `evidence` is
    where the facts come from.
    """

    findings: tuple[Finding, ...]
    target: str | None = None
    safety: str | None = None
    reasons: tuple[str, ...] = ()
    evidence: str = ""


_NOTHING = Judged(())


def judge_service(service: Service, catalog: Catalog, settings: Settings, tree: ProjectTree | None) -> Judged:
    """Judge `service`; `tree` is the repository, where there is one. Never raises for what stands in the file."""
    checks: Sequence[Line | None] = service.checks[:MAX_CHECKS] or (None,)
    found: list[Judgement] = []
    for check in checks:
        one = (
            _own(service, check, catalog, settings, tree)
            if service.build is None
            else _built(service, check, catalog, settings, tree)
        )
        if one is None:
            return _NOTHING
        found.append(one)
    findings = dict.fromkeys(finding for one in found for finding in behaviour_findings(service, one))
    judged = Judged(tuple(findings))
    return judged if service.build is not None else _swap(service, found, judged)


def broken_by_build(service: Service, catalog: Catalog, settings: Settings, tree: ProjectTree | None) -> list[Finding]:
    """What of `service` does not work on the Dockerfile that it builds, as that is in `tree`.

    That are its commands and checks (DHI903), its user (DHI904), at their places; and the errors of the Dockerfile with the stage
    and build arguments that the service names, whose places are of no use.
    """
    users = {line.span for line in service.lines if line.keyword == "USER"}
    found: list[Finding] = []
    for one in _every(service, catalog, settings, tree):
        if one.subject.state == "hardened":
            listed = behaviour_findings(service, one)
            found.extend(finding for finding in listed if finding.rule == "DHI903" or finding.span in users)
        found.extend(
            finding for finding in one.verdict.findings if _breaks(finding) and one.line_at(finding.span) is None
        )
    return list(dict.fromkeys(found))


def _breaks(finding: Finding) -> bool:
    return finding.severity == "error" or finding.rule == "DHI109"  # a tag that is gone cannot be pulled either


def published_by(service: Service, catalog: Catalog, settings: Settings, tree: ProjectTree | None) -> list[Finding]:
    """Ports that `service` publishes and that move when the Dockerfile that it builds, as it is in `tree`, does."""
    found = [finding for one in _every(service, catalog, settings, tree) for finding in published(service, one)]
    return list(dict.fromkeys(found))


class Moved(NamedTuple):
    """A port that the hardened `image` of a service does not listen on: the `old` one, the `new`, and the evidence."""

    old: int
    new: int
    image: str
    evidence: str


def moved_port(service: Service, catalog: Catalog, settings: Settings, tree: ProjectTree | None) -> Moved | None:
    """Whether the hardened image of `service` listens elsewhere; None where that is not known, or not so."""
    one = _own(service, None, catalog, settings, tree) if service.build is None else None
    if one is None or one.subject.target is None or one.subject.state not in {"pending", "hardened"}:
        return None
    if one.model.hardened is None and one.model.match not in SWAPPABLE:
        return None
    change = port_change(one.subject)
    if change is None or one.subject.before is None:
        return None
    evidence = f"{one.subject.evidence} exposes {change[1]}/tcp; {one.subject.before.repository} upstream listens on {change[0]}"
    return Moved(*change, one.subject.image, evidence)


def _every(service: Service, catalog: Catalog, settings: Settings, tree: ProjectTree | None) -> list[Judgement]:
    """The service on top of its Dockerfile, once for each of its checks; nothing where that cannot be judged."""
    checks: Sequence[Line | None] = service.checks[:MAX_CHECKS] or (None,)
    return [one for check in checks if (one := _built(service, check, catalog, settings, tree)) is not None]


def _own(
    service: Service, check: Line | None, catalog: Catalog, settings: Settings, tree: ProjectTree | None
) -> Judgement | None:
    """The service on its own image."""
    if service.image is None or not _reference_like(service.image.text):
        return None
    data, places = dockerfile_of(service, check)
    plain = settings._replace(target=None, build_args=(), level="auto")
    verdict = judge(data, catalog, plain, tree)
    if verdict.context is None or not verdict.subjects:
        return None
    return Judgement(verdict, places, verdict.subjects[0], verdict.context.models[0])


def _reference_like(text: str) -> bool:
    """Whether `text` can be a reference that stands for itself: printable, without variables and templates."""
    return (
        bool(text)
        and len(text) < _LONGEST
        and text.isascii()
        and text.isprintable()
        and not set(text) & set(" $\\\"'{}<>#")
    )


def _built(
    service: Service, check: Line | None, catalog: Catalog, settings: Settings, tree: ProjectTree | None
) -> Judgement | None:
    """The service on top of the Dockerfile that it builds."""
    build = service.build
    if build is None:
        return None
    if build.inline is not None:
        data: bytes | None = build.inline.encode("utf-8", "replace")
    else:
        data = tree.read(build.dockerfile) if tree is not None else None
    if data is None or len(data) > MAX_DOCKERFILE:
        return None
    given = tuple((name, value) for name, value, _ in build.args if value is not None)
    chosen = settings._replace(target=build.target, build_args=(*settings.build_args, *given), level="auto")
    at = _end_of_stage(data, chosen)
    if at is None:
        return None
    before = data[:at] if data[:at].endswith(b"\n") else data[:at] + b"\n"
    body, places = written(service, check, len(before))
    context = SubTree(tree, build.folder) if tree is not None else None
    verdict = judge(before + body + data[at:], catalog, chosen, context)
    target = verdict.context.graph.target if verdict.context is not None else None
    if verdict.context is None or target is None:
        return None
    subject = verdict.subjects[target]
    return Judgement(verdict, places, subject, subject.carrier)


def _end_of_stage(data: bytes, settings: Settings) -> int | None:
    """The byte behind the stage that ships; None where the Dockerfile is not one that can be built on."""
    dockerfile = parse(data)
    graph = build_graph(dockerfile, build_args=settings.build_args, target=settings.target)
    if not dockerfile.ok or graph.target is None or any(one.severity == "error" for one in graph.diagnostics):
        return None
    if data.rstrip().endswith((b"\\", b"`")):
        return None  # the last instruction goes on into nothing
    if graph.target + 1 < len(graph.stages):
        following = graph.stages[graph.target + 1].instruction
        return dockerfile.source.line_starts[following.start_line - 1]
    return len(data)


def _swap(service: Service, found: list[Judgement], judged: Judged) -> Judged:
    """What is to be said of the image of the service itself."""
    model, resolution = found[0].model, found[0].model.resolution
    if resolution is None or resolution.best is None or not resolution.workable or model.match not in SWAPPABLE:
        return judged
    best, definition = resolution.best, resolution.best.definition
    target = (
        found[0].verdict.context.spelling.write(best.name, best.tag) if found[0].verdict.context is not None else ""
    )
    every = [finding for one in found for finding in one.verdict.findings]
    if any(_filled(finding) for finding in every) and definition.image not in _PROTECTED:
        return _NOTHING  # a database that its start script fills: it stays what it is
    broken = any(_broken(one) for one in found) or any(finding.severity == "error" for finding in every)
    safe = all(one.model.safe for one in found) and not service.doubts and not judged.findings
    shell = {True: "with /bin/sh", False: "without a shell", None: "perhaps with a shell"}[definition.bin_sh]
    evidence = (
        f"{resolution.upstream} -> {definition.image} ({resolution.confidence} confidence); "
        f"{definition.source} runs as {definition.user} ({definition.uid}), {shell}"
    )
    # a user, a port or data that do not fit are for a person, step by step, unless an edit of the port comes with the swap
    # and a program that the start does not find is not there after the swap
    starts = {line.span for line in service.lines if line.keyword in {"CMD", "ENTRYPOINT"}}
    unfit = any(
        (finding.rule == "DHI904" and not finding.fixes) or (finding.rule == "DHI903" and finding.span in starts)
        for finding in judged.findings
    )
    safety = None if broken or unfit else "safe" if safe else "unsafe"
    reasons = () if safe else _reasons(service, found, judged)
    return judged._replace(target=target, safety=safety, reasons=reasons, evidence=evidence)


def _filled(finding: Finding) -> bool:
    return finding.rule == "DHI803" and finding.severity == "error"


def _broken(one: Judgement) -> bool:
    """Whether the swap is known not to work; what a check needs is judged by DHI903 alone, which knows more of tools."""
    return any(
        breaker.certain and ((line := one.line_at(breaker.span)) is None or line.keyword != "HEALTHCHECK CMD")
        for breaker in one.model.breakers
    )


def _reasons(service: Service, found: list[Judgement], judged: Judged) -> tuple[str, ...]:
    """What a person has to know before the swap and no other finding says, in words of the file of the service."""
    told = {finding.span for finding in judged.findings}
    ports = {line.text for line in service.lines if line.keyword == "EXPOSE" and line.span in told}
    certain: dict[str, None] = {}
    others: dict[str, None] = {}
    last = ""
    resolution = found[0].model.resolution
    if resolution is not None and not resolution.automatic:
        others.update(dict.fromkeys(one for one in resolution.reasons if not one.startswith("the same version")))
    for one in found:
        for breaker in one.model.breakers:
            reasons = certain if breaker.certain else others
            line = one.line_at(breaker.span)
            if line is not None and (line in service.checks or (line.keyword == "EXPOSE" and service.free_ports)):
                continue  # what is wrong with a check is DHI903, and ports that everybody may open are fine
            mount = service.running.mount(line.path) if line is not None and line.keyword == "VOLUME" else None
            if mount is not None and mount.grouped:
                last = _LAST
                continue  # a group of the container may write there
            if line is None:
                if breaker.text.startswith("existing data") and (service.running.pod or same_owner(one)):
                    # what is in a pod ends with it, but for its volumes, of which DHI904 speaks
                    last = _LAST
                    continue
                unstarted = not service.started and breaker.text.startswith("the file sets no command")
                if not unstarted and not _told(judged, breaker.text):
                    reasons[in_words(service.name, None, first_clause(breaker.text))] = None
            elif line.span not in told and not (line.keyword == "EXPOSE" and line.text in ports):
                reasons[in_words(service.name, line, first_clause(breaker.text))] = None
    listed = list(dict.fromkeys((*certain, *others, *service.doubts)))
    if last and not listed and not judged.findings:
        return (last,)
    if len(listed) > _MAX_REASONS:
        return (*listed[:_MAX_REASONS], f"{len(listed) - _MAX_REASONS} more")
    return tuple(listed)


def _told(judged: Judged, text: str) -> bool:
    """Whether a finding says what the breaker `text`, which is about the image as a whole, says."""
    told = [finding.message for finding in judged.findings if finding.rule == "DHI904"]
    if text.startswith("existing data"):
        return any(" keeps data in " in message for message in told)
    return text.startswith("upstream listens on ") and any(" listens on " in message for message in told)

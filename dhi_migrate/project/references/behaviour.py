"""What a service does that its image does not allow: DHI903 (a shell or a program that is not there), DHI904 (user, port, data).

The findings of the rules for Dockerfiles in the lines of a service, at the places in its file that these stand for, and in its
words.
"""

from __future__ import annotations

from ..._pattern import is_number
from ...rules.detectors.ports import port_change
from ...rules.findings import Edit, Finding, Fix
from .judgement import said
from .limits import limit_findings
from .mounted import foreign_data, moved_data, named_data, upstream_uid
from .shell_text import text_findings
from .wording import advice, first_clause, in_words, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .judgement import Judgement
    from .service import Line, Service

SHELL_RULES = frozenset(
    {"DHI201", "DHI203", "DHI204", "DHI205", "DHI206", "DHI208", "DHI209", "DHI210", "DHI211", "DHI305", "DHI306"}
)
"""Rules for Dockerfiles whose findings are DHI903 in a service."""

USER_RULES = frozenset({"DHI401", "DHI402", "DHI407", "DHI701", "DHI702"})
"""Rules for Dockerfiles whose findings are DHI904 in a service."""

_START_RULES = frozenset({"DHI501", "DHI502", "DHI504", "DHI803"})
_REFERENCE_RULES = frozenset({"DHI108", "DHI109"})
SWAPPABLE = frozenset({"exact", "same-version"})
"""The matches with which the image of a service is reported: the same version, perhaps another patch or release."""


def behaviour_findings(service: Service, one: Judgement) -> list[Finding]:
    """DHI903 and DHI904 of one text, and what is wrong with a hardened image that the service names."""
    if one.subject.target is None or one.subject.state not in {"pending", "hardened"}:
        return []
    hardened = one.model.hardened is not None
    if not hardened and service.build is None and one.model.match not in SWAPPABLE:
        return []
    found: list[Finding] = []
    for finding in one.verdict.findings:
        line = one.line_at(finding.span)
        if line is None:
            if finding.rule == "DHI407":
                found.extend(foreign_data(service, one, finding))
            elif finding.rule in _REFERENCE_RULES and finding.stage == one.model.stage.index:
                found.extend(_reference(service, one, finding))
        elif finding.rule in SHELL_RULES:
            found.append(said("DHI903", _shell_text(service, line, finding), finding.evidence, line.span))
        elif finding.rule == "DHI407":
            found.extend(foreign_data(service, one, finding))
        elif finding.rule == "DHI702" and service.build is not None:
            continue  # see `published`
        elif finding.rule in USER_RULES and not _excused(service, one, line, finding):
            text, fixes = _user_text(service, line, one, finding), _port_fixes(service, one, finding)
            found.append(said("DHI904", text, finding.evidence, line.span, fixes))
        elif finding.rule in _START_RULES and hardened and service.build is None:
            message = in_words(service.name, line, finding.message.partition("; ")[0])
            found.append(finding._replace(stage=None, message=message, span=line.span, fixes=()))
    found += [*published(service, one), *moved_data(service, one), *named_data(service, one)]
    found += _upstream_number(service, one, found)
    return [*found, *text_findings(service, one), *limit_findings(service, one, found)]


def _excused(service: Service, one: Judgement, line: Line, finding: Finding) -> bool:
    """Whether `finding` is nothing that fails: a low port that everybody may open, root by its number or known by name.

    A low port that a user other than root opens today can be opened tomorrow, too.
    """
    if finding.rule == "DHI701":
        pending, before = one.model.hardened is None, one.subject.before
        already = any(line.keyword == "USER" for line in service.lines) or (before is not None and bool(before.uid))
        return service.free_ports or (service.build is None and pending and already)
    if finding.rule != "DHI401":
        return False
    target = one.subject.target
    return line.text.partition(":")[0] == "0" or target is None or any(one.name == "root" for one in target.accounts)


def _shell_text(service: Service, line: Line, finding: Finding) -> str:
    text = in_words(service.name, line, first_clause(finding.message))
    if service.name not in text:
        text = f"the {line.what} of {service.name}: {text}"
    return text + advice(finding.rule, line)


def _user_text(service: Service, line: Line, one: Judgement, finding: Finding) -> str:
    image = one.subject.image
    own = f"{image} runs as {one.subject.who}"
    if finding.rule == "DHI401":
        return f"{service.name} runs as {shown(line.text)}, and {image} has no account of that name; {own} by itself"
    if finding.rule == "DHI402":
        if is_number(line.text.partition(":")[0]):
            upstream = f"{service.name} runs as {shown(line.text)}, the user of the upstream image"
            return f"{upstream}; {own}, and its files belong to that user"
        return f"{service.name} runs as {shown(line.text)}, and {image} has no such user; {own}"
    if finding.rule == "DHI702":
        return f"{service.name} names {line.what}, and {first_clause(finding.message)}{_asked_too(service, line)}"
    if finding.rule == "DHI701":
        who = "the machine, whose network it has," if service.running.host else "the runtime"
        text = (
            f"{service.name} names {line.what}, and {own}: a port below 1024 may be refused, "
            f"unless {who} allows it (net.ipv4.ip_unprivileged_port_start)"
        )
        return f"{text}; NET_BIND_SERVICE alone is of use to root only" if service.running.binds else text
    return in_words(service.name, line, finding.message)


def _asked_too(service: Service, first: Line) -> str:
    """The other places of a container that ask for the port of `first`, as an end of the message."""
    port = first.text.partition("/")[0]
    places = [
        line.what.partition(" in its ")[2]
        for line in service.lines
        if line is not first and line.keyword == "EXPOSE" and line.text == first.text and " in its " in line.what
    ]
    if not places:
        return ""
    return f"; its {' and '.join(dict.fromkeys(places))} {'asks' if len(places) == 1 else 'ask'} for {port} too"


def _port_fixes(service: Service, one: Judgement, finding: Finding) -> tuple[Fix, ...]:
    """Publish the port that the hardened image listens on in the place of the old one, in all mappings of the service."""
    number = finding.fixes[0].edits[0].text.partition(b"/")[0] if finding.rule == "DHI702" and finding.fixes else b""
    old = one.line_at(finding.span)
    if not number.isdigit() or old is None or service.build is not None:
        return ()
    lines = [line for line in service.lines if line.keyword == "EXPOSE" and line.text == old.text]
    edits = [Edit(line.edit.start, line.edit.end, number) for line in lines if line.edit is not None]
    if len(edits) < len(lines):
        return ()
    title = f"Publish {number.decode()} of the container"
    return (Fix("unsafe", title, tuple(sorted(edits)), bound=one.model.hardened is None),)


def published(service: Service, one: Judgement) -> list[Finding]:
    """Ports that a service publishes of what it builds, and that move when its Dockerfile does: the fix is bound to that."""
    change = port_change(one.subject) if service.build is not None and one.subject.state == "pending" else None
    if change is None or service.build is None:
        return []
    old, new = change
    lines = [line for line in service.lines if line.keyword == "EXPOSE" and line.text == f"{old}/tcp"]
    edits = tuple(
        sorted(Edit(line.edit.start, line.edit.end, str(new).encode()) for line in lines if line.edit is not None)
    )
    fixes = (Fix("unsafe", f"Publish {new} of the container", edits, bound=True),) if len(edits) == len(lines) else ()
    place = shown(service.build.dockerfile) if service.build.inline is None else "its Dockerfile"
    found = []
    for line in lines:
        asked = " in its " in line.what
        names = f"names {line.what}" if asked else f"publishes port {old} of the container"
        text = (
            f"{service.name} {names}, and {one.subject.image} listens on {new}: "
            f"{f'write {new} there' if asked else f'publish {new}'} together with the move of {place}"
        )
        found.append(said("DHI904", text, one.subject.evidence, line.span, fixes))
    return found


def _upstream_number(service: Service, one: Judgement, found: list[Finding]) -> list[Finding]:
    """A user by the number that the upstream image runs its program as, where the hardened one has another."""
    target, number = one.subject.target, upstream_uid(one)
    for line in service.lines if target is not None and number not in {None, target.uid} else ():
        if line.keyword == "USER" and line.text.partition(":")[0] == str(number):
            if any(finding.span == line.span for finding in found):
                return []
            text = (
                f"{service.name} runs as {shown(line.text)}, the user of the upstream image; {one.subject.image} runs as "
                f"{one.subject.who}, and its files belong to that user"
            )
            return [said("DHI904", text, one.subject.evidence, line.span)]
    return []


def _reference(service: Service, one: Judgement, finding: Finding) -> list[Finding]:
    """A hardened reference that is wrong or retired, with its fixes where they replace the reference alone."""
    node = service.image
    if node is None or service.build is not None:
        return []
    word = one.model.stage.base.word.span
    fixes: list[Fix] = []
    for fix in finding.fixes:
        if node.edit is not None and len(fix.edits) == 1:
            edit = fix.edits[0]
            if (edit.start, edit.end) == (word.start, word.end):
                fixes.append(fix._replace(edits=(Edit(node.edit.start, node.edit.end, edit.text),), bound=False))
    return [finding._replace(stage=None, span=node.span, fixes=tuple(fixes))]

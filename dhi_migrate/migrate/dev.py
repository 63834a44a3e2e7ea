"""Level dev: the stage that ships stays whole on the -dev image, and ends as a user that is not root.

The base itself is not swapped here. What the rewritten text adds holds on both images: a USER at the end, and the files that the
application writes for that user. Where the container does something as root that only root may, or may do something that nobody
can see, there is no rewriting.
"""

from __future__ import annotations

from .._record import NamedTuple
from ..images import parse_upstream_tag
from ..rules.accounts import ROOT, created, final_user, own_account
from ..rules.detectors.base_image import swap_kind
from ..rules.edits import EditConflict, apply_edits
from ..rules.findings import Edit
from ..rules.repairs import insert_after, line_ending
from .dev_files import Files, plan_files
from .dev_home import home_of_root
from .dev_names import gone_package, rename_owners, unmakeable
from .dev_root import Need, made_user, need_of_root
from .dev_scope import Scope
from .outcome import Refusal, Rewrite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.model import Definition
    from ..dockerfile import Dockerfile, Instruction
    from ..rules.context import Context
    from ..rules.subject import Subject
    from ..rules.verdict import Verdict

_STARTING = frozenset({"HEALTHCHECK", "ENTRYPOINT", "CMD"})
# What is done as the user in force while the image is built, or stands between such things.
_BUILDING = frozenset({"RUN", "WORKDIR", "USER", "SHELL", "COPY", "ADD", "ONBUILD"})


class Who(NamedTuple):
    """The user that the container is to run as: the text of its `user` and, for chown, of its `owner`; `label` for a message."""

    user: str
    owner: str
    label: str


def stay_on_dev(verdict: Verdict) -> Rewrite | Refusal:
    """The text of the file with what level dev needs beyond the swap itself, or why it cannot be.

    `verdict` is the judgement at ``Settings(level="dev")``. A text that needs nothing more comes back as it is.
    """
    found = _stay(verdict)
    return found._replace(text=" ".join(found.text.split())[:MAX_TEXT]) if isinstance(found, Refusal) else found


MAX_TEXT = 400
"""Longest text of a refusal; it may quote the file."""


def _stay(verdict: Verdict) -> Rewrite | Refusal:
    context = verdict.context
    if context is None:
        first = min((one.span for one in verdict.errors), default=None)
        line = verdict.dockerfile.source.line_of(first.start) if first is not None else 1
        return Refusal("dev", line, "the file has syntax errors")
    if context.graph.target is None:
        return Refusal("dev", 1, "the file has no stage that ships")
    subject = verdict.subjects[context.graph.target]
    target = _target(subject)
    if isinstance(target, Refusal):
        return target
    scope = Scope(subject, target)
    if scope.too_long:
        return Refusal("dev", subject.stage.line, "the stage has more RUN and COPY instructions than are looked at")
    refusal = _broken(verdict, context, scope) or unmakeable(scope) or gone_package(scope)
    if refusal is not None:
        return refusal
    user = final_user(subject)
    if user is None and not _mended(verdict, subject):
        setting = subject.stage.state.user.instruction
        line = scope.line(setting) if setting is not None else subject.stage.line
        return Refusal("dev", line, "the user at the end of the stage is not known")
    if user in {"", *ROOT}:
        return _as_user(scope, target)
    renamed = rename_owners(scope, frozenset({user}) if user and user not in created(subject) else frozenset())
    if isinstance(renamed, Refusal):
        return renamed
    return _written(scope, renamed, "Stay on the -dev image", ())


def _target(subject: Subject) -> Definition | Refusal:
    """The -dev definition that the stage runs on, or why there is none."""
    model, line = subject.carrier, subject.carrier.stage.line
    base = model.base.lower()
    if any(word in base for word in ("windows", "nanoserver", "servercore")):
        return Refusal("dev", line, "an image for Windows has no hardened equivalent")
    if model.match in {"none", "unknown", "other-product", "scratch"}:
        reasons = model.resolution.reasons if model.resolution is not None else model.notes
        why = reasons[0] if reasons else "nothing is known of a hardened equivalent"
        return Refusal("dev", line, f"{model.base}: {why}")
    target = model.definition
    if target is not None and target.image == "python" and model.hardened is None and _is_python2(base):
        return Refusal("dev", line, f"{model.base}: programs for Python 2 do not run on Python {target.version}")
    if target is None:
        return Refusal("dev", line, f"{model.base} has no hardened equivalent with a -dev image")
    if target.variant != "dev":
        if model.want == "final" and model.hardened is None:
            return Refusal(
                "dev", line, "nothing in the stage runs a command, so that the runtime image is the one for it"
            )
        return Refusal("dev", line, f"{target.image} has no -dev image for it")
    return target


def _is_python2(base: str) -> bool:
    """Whether the tag of the reference `base` names a version 2."""
    version = parse_upstream_tag(base.partition("@")[0].rpartition(":")[2]).version or ""
    return version == "2" or version.startswith("2.")


def _broken(verdict: Verdict, context: Context, scope: Scope) -> Refusal | None:
    """What is known to break in the stages that ship, and nothing mends."""
    shipped = {stage.index for stage in scope.subject.chain}
    stuck = [one for one in verdict.findings if one.severity == "error" and one.stage in shipped and not one.fixes]
    if stuck:
        first = min(stuck, key=lambda one: one.span)
        return Refusal("dev", scope.subject.line(first.span), f"{first.rule}: {first.message}")
    carrier = context.models[scope.subject.carrier.stage.index]
    if carrier.hardened is None and swap_kind(carrier) == "none":
        why = next((one.message for one in verdict.findings if one.rule == "DHI104" and one.stage in shipped), "")
        return Refusal("dev", carrier.stage.line, why or f"{carrier.base} has no hardened equivalent")
    mended = [one.span for one in verdict.findings if one.fixes and one.severity == "error"]
    for breaker in carrier.breakers:
        if breaker.certain and not any(one.start < breaker.span.end and breaker.span.start < one.end for one in mended):
            return Refusal("dev", scope.subject.line(breaker.span), breaker.text)
    return None


def _mended(verdict: Verdict, subject: Subject) -> bool:
    """Whether a finding on the USER at the end has a fix, so that it is known afterwards."""
    setting = subject.stage.state.user.instruction
    return setting is not None and any(
        one.fixes and setting.span.start <= one.span.start < setting.span.end for one in verdict.findings
    )


def _as_user(scope: Scope, target: Definition) -> Rewrite | Refusal:
    """The stage that ends as root, with a user."""
    subject = scope.subject
    if subject.file.graph.children(subject.stage.index):
        return Refusal(
            "dev", subject.stage.line, "other stages are built on the one that ships, and would run as its user"
        )
    who = _who(scope, target)
    if isinstance(who, Refusal):
        return who
    home = home_of_root(scope)
    if home is not None:
        return home
    files = plan_files(scope, who.owner)
    if isinstance(files, Refusal):
        return files
    if scope.root_before or subject.stage.state.user.instruction is not None:
        need = need_of_root(Scope(subject, target, files.given))
        if need is not None:
            return Refusal("dev", need.line, need.text)
    renamed = rename_owners(scope, None)
    if isinstance(renamed, Refusal):
        return renamed
    edits = [*renamed, *files.edits, _user_edit(scope, who, files)]
    return _written(scope, edits, f"Stay on the -dev image, as {who.label}", _notes(scope, who, files))


def _who(scope: Scope, target: Definition) -> Who | Refusal:
    """The user that the file makes for itself, or else the one that the runtime twin runs as."""
    subject = scope.subject
    made = made_user(scope)
    if isinstance(made, Need):
        return Refusal("dev", made.line, made.text)
    if made is not None:
        return Who(made, made, made)
    twin = _twin(subject, target)
    own = own_account(target)
    if twin is not None:
        if twin.uid == 0:
            return Refusal("dev", subject.carrier.stage.line, f"{twin.image} itself runs as root")
        own = next((one for one in target.accounts if one.uid == twin.uid), None)
        if own is None:
            return Who(f"{twin.uid}:{twin.gid}", f"{twin.uid}:{twin.gid}", f"uid {twin.uid}")
    if own is None:
        return Who("65532:65532", "65532:65532", "uid 65532")
    return Who(own.name, f"{own.uid}:{own.gid}", f"{own.name} ({own.uid})")


def _twin(subject: Subject, target: Definition) -> Definition | None:
    """The runtime image of the same tag."""
    for tag in target.tags:
        found = subject.file.catalog.find(target.image, tag.removesuffix("-dev"))
        if tag.endswith("-dev") and found is not None and found.variant == "runtime":
            return found
    return None


def _user_edit(scope: Scope, who: Who, files: Files) -> Edit:
    """USER, with the RUN that has to come before it, behind the last instruction that needs root."""
    subject = scope.subject
    own, dockerfile = subject.stage.instructions, subject.file.dockerfile
    text = line_ending(dockerfile).join((*files.last, f"{scope.keyword('USER')} {who.user}"))
    place = files.early
    if place is None:
        last = next((at for at in range(len(own) - 1, -1, -1) if own[at].keyword in _BUILDING), -1)
        place = next((one for one in own[last + 1 :] if one.keyword in _STARTING), None)
    if place is not None:
        return _above(dockerfile, place, text)
    end = own[-1] if own else subject.stage.instruction
    return insert_after(dockerfile, end, text)


def _above(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """`text` above `instruction` and the comments directly above it, set off by empty lines as these are."""
    source, ending = dockerfile.source, line_ending(dockerfile)
    lines = {one.line for one in dockerfile.comments if one.instruction is None}
    line = instruction.start_line
    while line - 1 in lines:
        line -= 1
    at = source.line_starts[line - 1]
    span = source.line_span(line - 1) if line > 1 else None
    apart = span is not None and not source.data[span.start : span.end].strip()
    return Edit(at, at, f"{text}{ending}{ending if apart else ''}".encode())


def _notes(scope: Scope, who: Who, files: Files) -> tuple[str, ...]:
    found = [f"the container ran as root and runs as {who.label} now"]
    if files.given:
        found.append(f"{', '.join(files.given)} belong{'s' if len(files.given) == 1 else ''} to that user")
    if any(True for _ in scope.subject.chain_instructions("VOLUME")):
        found.append("data in volumes that exist already belongs to root: chown it once")
    return tuple(found)


def _written(scope: Scope, edits: list[Edit], title: str, notes: tuple[str, ...]) -> Rewrite | Refusal:
    try:
        data = apply_edits(scope.subject.file.dockerfile.source.data, edits)
    except EditConflict:
        return Refusal("dev", scope.subject.stage.line, "the changes that it takes get in each other's way")
    return Rewrite("dev", data, title, notes)

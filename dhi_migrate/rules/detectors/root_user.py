"""The stage that starts does so as root: by its last USER, or because nothing says otherwise on an image that does (DHI401)."""

from __future__ import annotations

from ..accounts import ROOT, final_user, own_account, owner_of
from ..findings import Fix, Hit
from ..start import starts
from .shipped_build_image import what_keeps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Instruction
    from ..findings import Edit
    from ..subject import Subject

# What is done as the user in force at build time: a change of user has to come behind the last of these.
_BUILDING = frozenset({"RUN", "COPY", "ADD", "WORKDIR", "USER", "SHELL"})
_STARTING = frozenset({"ENTRYPOINT", "CMD"})


def root_user(subject: Subject) -> Iterator[Hit]:
    """At most one hit: on the last USER where it is root, on the ``FROM`` where the image itself runs as root."""
    if subject.role != "final" or not starts(subject) or _windows(subject):
        return
    user = final_user(subject)
    setting = subject.stage.state.user
    if setting.instruction is not None:
        if user in ROOT:
            span = setting.instruction.words[0].span if setting.instruction.words else setting.instruction.span
            yield Hit(
                span, _named(subject, setting.instruction), _evidence(subject), _fixes(subject), None, setting.stage
            )
        return
    if _runs_as_root(subject):
        yield Hit(subject.stage.base.word.span, _unnamed(subject), _evidence(subject), _fixes(subject))


def _windows(subject: Subject) -> bool:
    reference = subject.carrier.base.lower()
    return any(word in reference for word in ("windows", "nanoserver", "servercore"))


def _runs_as_root(subject: Subject) -> bool:
    """Whether the image is known to run as root: the target by its definition, another image by what is known of upstream."""
    if subject.target is not None:
        return subject.target.uid == 0
    before, tag = subject.before, subject.carrier.base.lower()
    # variants of one repository that run as another user; what is known of the repository does not tell them apart
    if any(word in tag for word in ("chiseled", "distroless", "nonroot", "non-root", "rootless", "unprivileged")):
        return False
    return before is not None and before.user.partition(":")[0] in {"", *ROOT}


def _named(subject: Subject, instruction: Instruction) -> str:
    text = f"the stage that ships ends with USER {instruction.original.split(None, 1)[-1].strip()}"
    target = subject.target
    if target is None:
        return f"{text}: hardened images in general run as a user that is not root"
    own = own_account(target)
    if target.uid:
        text += f", and {subject.image} runs as {subject.who} by itself"
        if not any(one.name == "root" for one in target.accounts):
            text += " and lists no account root"
    return text + (f": end with USER {own.name}" if own is not None else "")


def _unnamed(subject: Subject) -> str:
    target = subject.target
    if target is None:
        return f"the stage that ships sets no USER, and {subject.image} runs as root: hardened images in general do not"
    kind = " (an image to build with)" if target.variant == "dev" else ""
    own = own_account(target) if not _needs_root(subject) else None
    advice = f": end with USER {own.name}" if own is not None else ""
    return f"the stage that ships sets no USER, and {subject.image}{kind} runs as root{advice}"


def _evidence(subject: Subject) -> str:
    if subject.target is not None:
        return f"{subject.target.source} runs as {subject.target.user} ({subject.target.uid})"
    return subject.evidence


def _fixes(subject: Subject) -> tuple[Fix, ...]:
    """A USER at the end.

    Not for products whose runtime image itself runs as root, which need it, and not where the file starts nothing: that may be an
    image for building on.
    """
    if not any(subject.chain_instructions("CMD", "ENTRYPOINT")):
        return ()
    target = subject.target
    own = own_account(target) if target is not None else None
    if target is None or own is None or (target.uid == 0 and _needs_root(subject)):
        return ()
    if target.variant == "dev" and not (subject.ships and what_keeps(subject)):
        return ()  # the runtime image is the better answer, and DHI115 gives it; a stage for --target has files of root
    edit = _edit(subject, own.name)
    return (Fix("unsafe", f"End with USER {own.name}", (edit,), bound=subject.pending),)


def _needs_root(subject: Subject) -> bool:
    """Whether the image is of a product that runs as root (docker-dind), and not one for building such as ``-sdk`` of .NET."""
    target = subject.target
    if target is None:
        return False
    if target.variant != "dev":
        return target.package_manager is None
    image = subject.file.catalog.image(target.image)
    others = [one for one in image.definitions if one.variant != "dev"] if image is not None else []
    return bool(others) and all(one.uid == 0 for one in others)


def _edit(subject: Subject, name: str) -> Edit:
    dockerfile, own = subject.file.dockerfile, subject.stage.instructions
    last = next((one for one in reversed(own) if one.keyword in _BUILDING), None)
    from ..repairs import insert_after, insert_before, replace

    if last is not None and last.keyword == "USER":
        owner = owner_of(last)
        if owner is not None:
            return replace(owner.span, name)
    users = [one for one in own if one.keyword == "USER"]
    rest = own[own.index(users[-1]) + 1 :] if users else ()
    if users and not any(one.keyword in {"RUN", "SHELL"} for one in rest):
        owner = owner_of(users[-1])
        if owner is not None and owner.user in ROOT:
            return replace(owner.span, name)
    after = own[own.index(last) + 1 :] if last is not None else own
    start = next((one for one in after if one.keyword in _STARTING), None)
    if start is not None:
        return insert_before(dockerfile, start, f"USER {name}")
    return insert_after(dockerfile, after[-1] if after else (last or subject.stage.instruction), f"USER {name}")

"""Root's home directory in a stage that starts as another user, who may not even enter it (DHI409)."""

from __future__ import annotations

from ..._pattern import regex
from ..accounts import final_uid, was_root
from ..causes import also
from ..findings import Fix, Hit
from ..paths import standard, unowned
from ..start import starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...dockerfile import Instruction, Span
    from ..subject import Subject

_ROOT_HOME = regex(r"(?<![\w.$}/-])/root(?![\w.-])")
_STARTING = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK"})


def home_directory(subject: Subject) -> Iterator[Hit]:
    """At most one hit, on the first mention of /root in WORKDIR, ENV, VOLUME, a destination or the start."""
    target = subject.target
    if subject.role != "final" or target is None or not starts(subject):
        return
    if not final_uid(subject) or not was_root(subject):
        return
    found = [(one, span) for one in subject.instructions() if (span := _mention(one)) is not None]
    if not found:
        return
    first, span = found[0]
    what = f"{first.keyword} names a path in /root: /root is the home of root"
    # only where the package of the directories is listed its mode is known, 0700
    closed = "may not enter it" if standard(target) else "may be kept out of it"
    text = f"{what}, and the container runs as {_who(subject)}, who {closed}: use a directory of its own"
    fixes = _moved(subject, [one for one, _ in found])
    yield Hit(span, text + also(subject, [one for one, _ in found[1:]]), subject.evidence, fixes)


def _who(subject: Subject) -> str:
    uid, target = final_uid(subject), subject.target
    name = next((one.name for one in target.accounts if one.uid == uid), "") if target is not None else ""
    return f"{name} ({uid})" if name else f"uid {uid}"


def _mention(instruction: Instruction) -> Span | None:
    """Where `instruction` names /root in a way that matters at run time; of a copy only the destination does."""
    if instruction.keyword in {"COPY", "ADD"}:
        words = instruction.words[-1:]
    elif instruction.keyword in {"WORKDIR", "ENV", "VOLUME", *_STARTING}:
        words = instruction.words
    else:
        return None
    return next((word.span for word in words if "/root" in word.text and _ROOT_HOME.search(word.text)), None)


def _moved(subject: Subject, found: list[Instruction]) -> tuple[Fix, ...]:
    """Another work directory, where WORKDIR alone names /root and nothing takes files out of it."""
    if any(one.keyword != "WORKDIR" for one in found) or subject.outgoing or len(subject.chain) > 1:
        return ()
    rest = (one for one in subject.instructions() if one.keyword not in {"WORKDIR", "COPY", "ADD"})
    if any("/root" in one.original or "~" in one.original or "HOME" in one.original for one in rest):
        return ()
    place = "/opt/app" if unowned(subject.target, "/app") else "/app"
    edits = []
    from ..repairs import replace

    for one in found:
        word = one.words[0]
        if word.text != "/root" and not word.text.startswith("/root/"):
            return ()
        edits.append(replace(word.span, place + word.text.removeprefix("/root")))
    return (Fix("unsafe", f"Work in {place}", tuple(edits), bound=subject.pending),)

"""One release of the distribution for a final stage and the stage that builds its program.

The hardened images of a language are there for one or two releases; a program that is built on a newer one may need a newer C
library than the older release has (symbol versions, https://www.gnu.org/software/libc/). The final stage then takes the newer
one.
"""

from __future__ import annotations

import re

from ..._pattern import is_number
from ...rules.edits import apply_edits
from ...rules.findings import Edit
from ..outcome import Rewrite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...catalog.model import Definition
    from ...rules.subject import Subject
    from ...rules.verdict import Verdict

_CODENAMES = {"11": "bullseye", "12": "bookworm", "13": "trixie"}
_SYSTEMS = frozenset({"debian-base", "alpine-base"})


def align_release(verdict: Verdict) -> Rewrite | None:
    """The text with the base of the stage that ships in the release of its build stages; None where nothing is to be aligned."""
    context = verdict.context
    if context is None or context.graph.target is None:
        return None
    subject = verdict.subjects[context.graph.target]
    carrier, target = subject.carrier, subject.target
    if subject.state != "pending" or target is None or target.image not in _SYSTEMS:
        return None
    wanted = _release(verdict, subject, target)
    word = carrier.stage.base.word
    if wanted is None or carrier.stage.base.reference.uses or "@" in word.text:
        return None
    text = _moved(word.text, target, wanted)
    if text is None:
        return None
    edit = Edit(word.span.start, word.span.end, text.encode())
    title = f"Take {target.distro} {wanted} for the stage that ships, as its build stage does"
    return Rewrite("runtime", apply_edits(context.dockerfile.source.data, (edit,)), title)


def _release(verdict: Verdict, subject: Subject, target: Definition) -> str | None:
    """The one newer release of the same distribution that the stages run on from which files are taken."""
    found: set[str] = set()
    for edge in subject.incoming:
        maker = verdict.subjects[edge.source].target if edge.source is not None else None
        if maker is not None and maker.distro == target.distro and maker.release != target.release:
            found.add(maker.release)
    if len(found) != 1:
        return None
    wanted = found.pop()
    return wanted if _number(wanted) > _number(target.release) else None


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]{1,4}", release))


def _moved(text: str, target: Definition, wanted: str) -> str | None:
    """The upstream reference `text` in the release `wanted`; None where it does not say its release in a way that is known."""
    name, colon, tag = text.rpartition(":")
    if not colon or "/" in tag:
        return None
    if target.distro == "alpine":
        return f"{name}:{wanted}" if re.fullmatch(r"[0-9]+\.[0-9]+(?:\.[0-9]+)?", tag) else None
    old, new = _CODENAMES.get(target.release), _CODENAMES.get(wanted)
    if old is None or new is None:
        return None
    parts = tag.split("-")
    if parts[0] == old or re.fullmatch(rf"{target.release}(?:\.[0-9]+)?", parts[0]):
        return f"{name}:{'-'.join([new, *(part for part in parts[1:] if not is_number(part))])}"
    return None

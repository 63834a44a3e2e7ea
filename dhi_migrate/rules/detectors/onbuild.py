"""ONBUILD: instructions that run in files which are built on this one, and that are not seen here (DHI804)."""

from __future__ import annotations

from ..findings import Hit
from ..moving import has_triggers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subject import Subject


def onbuild(subject: Subject) -> Iterator[Hit]:
    """One hit on the first ONBUILD of the stage, naming the lines of the others; one on a base whose tag promises triggers."""
    carrier = subject.carrier
    reference = carrier.base.partition("@")[0]
    if carrier.stage is subject.stage and subject.state != "hardened" and has_triggers(reference):
        message = (
            f"{reference} runs instructions of its own in this build, and no hardened image does: write them out here"
        )
        yield Hit(
            subject.stage.base.word.span,
            message,
            "tags with onbuild hold ONBUILD instructions, and no definition of the catalog does",
        )
    found = list(subject.instructions("ONBUILD"))
    if not found or subject.state == "generic":
        return
    others = [str(one.start_line) for one in found[1:]]
    more = f" (line {', '.join(others[:5])}{' and others' if len(others) > 5 else ''} too)" if others else ""
    user = "the programs" if subject.stage.state.user.instruction is not None else "the user and the programs"
    message = (
        f"ONBUILD{more} runs in the files that are built on this image, with {user} of {subject.image}, "
        "and is not judged: write it into those files, or keep the image that carries it on a -dev base"
    )
    shell = "with" if subject.target is not None and subject.target.bin_sh else "without"
    yield Hit(found[0].span, message, f"{subject.evidence} runs as {subject.who}, {shell} a shell")

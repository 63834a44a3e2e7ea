"""Programs that only start another one: an init, or a change of the user (DHI211)."""

from __future__ import annotations

from ..findings import Fix, Hit
from ..start import basename, start_of
from ..start_causes import causes
from ..start_edits import drop_words, remove, takes_arguments, write_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..findings import Edit, Safety
    from ..start_causes import Cause
    from ..subject import Subject


def wrapper(subject: Subject) -> Iterator[Hit]:
    """The init program and the program that changes the user, where the image has none and the file brings none.

    Also one that is there and would change the user although the container does not start as root.
    """
    for cause in causes(subject):
        if cause.setting is None or cause.kind not in {"init", "privilege"}:
            continue
        name, keyword, stage = basename(cause.name), cause.setting.keyword, cause.setting.stage
        evidence = f"{subject.evidence} does not list {name}"
        title = f"Take {name} out of {keyword}"
        if cause.kind == "init":
            text = f"{keyword} starts {name}, which {subject.image} does not have"
            if cause.note:
                text = f"{keyword} starts the /init of {cause.note}, a shell script, and {subject.image} has no shell"
                yield Hit(
                    cause.span,
                    f"{text}: run one program a container",
                    f"{subject.evidence} lists no shell",
                    stage=stage,
                )
                continue
            text += ": start the program itself, and use docker run --init"
            yield Hit(cause.span, text, evidence, _fix(subject, cause, title, "unsafe"), stage=stage)
            continue
        text = f"{keyword} starts {name} to change the user, and {subject.image} runs as {subject.who} from the start"
        text += ": start the program itself"
        fixes = _fix(subject, cause, title, "unsafe" if _is_root(subject) else "safe")
        yield Hit(cause.span, text, evidence, fixes, stage=stage)


def _is_root(subject: Subject) -> bool:
    """Whether the file makes the container start as root, so that the wrapper was what took the rights away."""
    user = subject.stage.state.user
    return user.instruction is not None and (not user.known or str(user.value).partition(":")[0] in {"root", "0"})


def _fix(subject: Subject, cause: Cause, title: str, safety: Safety) -> tuple[Fix, ...]:
    setting, start = cause.setting, start_of(subject)
    if setting is None or start is None or basename(cause.name) in {"sudo", "su"}:
        return ()  # sudo gives rights, it does not take them away
    edits: tuple[Edit, ...] | None = None
    if setting.argv is None:
        # a shell text: what is left is a plain command, which becomes an exec form
        if cause.words and not takes_arguments(start, setting):
            edits = write_words(subject, setting, cause.words)
    elif cause.words and cause.start > 0 and cause.span.start == setting.argv[0].span.start:
        edits = drop_words(setting, cause.start)
    elif not cause.words and setting.keyword == "ENTRYPOINT" and start.cmd is not None and start.cmd.argv:
        # without its ENTRYPOINT the file has the one of the image, which is to be none
        bare = subject.target is not None and not subject.target.entrypoint
        edits = remove(subject, setting) if bare else None
    if edits is None:
        return ()
    return (Fix(safety, title, edits, subject.pending),)

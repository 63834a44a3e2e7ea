"""The ENTRYPOINT of the image and what the file relies on: repeated (DHI501), lost (DHI502), another default (DHI503)."""

from __future__ import annotations

from ..entrypoints import (
    default_words,
    hardened_program,
    is_script,
    plain_name,
    same_default,
    same_program,
    upstream_words,
)
from ..findings import Fix, Hit
from ..repairs import exec_form, insert_after
from ..start import SHELLS, basename
from ..start_causes import causes
from ..start_edits import clear_entrypoint, drop_words, is_alone, prepend_words, remove, write_words
from ..start_programs import program_trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ...catalog.model import Definition
    from ..findings import Edit
    from ..start import Setting
    from ..start_causes import Cause
    from ..subject import Subject

    Problem = Literal["doubled", "lost", "default"]


def entrypoint(subject: Subject, problem: Problem) -> Iterator[Hit]:
    """Where the image's own ENTRYPOINT and CMD change what the file starts.

    "doubled": a CMD becomes arguments of a program, which it repeats or which is another one. "lost": a CMD of arguments has no
    program before it any more. "default": the file sets neither, and the image starts something else than before.
    """
    target = subject.target
    if target is None:
        return
    for cause in causes(subject):
        if problem == "default" and cause.kind == "default":
            yield from _default(subject, target, cause)
        elif cause.setting is not None and problem == "doubled" and cause.kind in {"doubled", "captured"}:
            yield _doubled(subject, target, cause, cause.setting)
        elif cause.setting is not None and problem == "lost" and cause.kind == "lost":
            from .database import drops_arguments

            if not drops_arguments(subject):
                yield _lost(subject, target, cause, cause.setting)


def _doubled(subject: Subject, target: Definition, cause: Cause, cmd: Setting) -> Hit:
    entry = exec_form(target.entrypoint or ())
    evidence = f"{target.source} sets ENTRYPOINT {entry}"
    first = basename(cause.name)
    if cause.kind == "doubled":
        text = f"{subject.image} starts {first} already: the CMD would repeat it as an argument"
        edits, title, advice = _undouble(subject, target, cause, cmd)
        repair = () if edits is None else (Fix("safe", title, edits, subject.pending),)
        return Hit(cmd.span, f"{text}; {advice}", evidence, repair, stage=cmd.stage)
    words = cause.words
    what = words[0] if words else "the shell text"
    text = f"the CMD becomes arguments of {first}, the ENTRYPOINT of {subject.image}, so that {what} never starts"
    fixes: tuple[Fix, ...] = ()
    trouble = program_trouble(subject, words) if words else None
    if trouble is not None and trouble[0] == "missing" and not trouble[2]:
        text += ", and the image does not have that program either: start one that is there"
    elif not is_script((target.entrypoint or ("",))[-1]):
        text += ": set ENTRYPOINT [] before it"
        # where the image has its programs is not known well enough for a path
        sure = cmd.argv is not None and words[0] not in SHELLS and words[0] in subject.programs and trouble is None
        fix = Fix(
            "safe" if sure else "unsafe",
            "Clear the ENTRYPOINT of the image",
            clear_entrypoint(subject, cmd),
            subject.pending,
        )
        fixes = (fix,)
    else:
        text += ": give the CMD as its arguments"
    return Hit(cmd.span, text, evidence, fixes, stage=cmd.stage)


def _undouble(
    subject: Subject, target: Definition, cause: Cause, cmd: Setting
) -> tuple[tuple[Edit, ...] | None, str, str]:
    """The edits that take the repeated words away, their title, and the advice in words."""
    program, rest = hardened_program(target) or (), cause.words[1:]
    if len(program) > 1 and tuple(rest[: len(program) - 1]) == program[1:]:
        rest = rest[len(program) - 1 :]
    elif len(program) > 1:
        return None, "", f"take {plain_name(cause.words[0])} out of the CMD"
    if rest == (target.cmd or ()) and is_alone(subject, cmd):
        return remove(subject, cmd), "Remove the CMD that the image has already", "remove the CMD"
    title = f"Take {plain_name(cause.words[0])} out of the CMD"
    advice = f"write CMD {exec_form(rest)}"
    if cmd.argv is None:
        return write_words(subject, cmd, rest), title, advice
    return drop_words(cmd, len(cause.words) - len(rest)), title, advice


def _lost(subject: Subject, target: Definition, cause: Cause, cmd: Setting) -> Hit:
    words = cause.name.split()
    program = plain_name(words[0])
    added = (program, *words[1:])
    image = subject.image
    shown = exec_form((*added, *cause.words[:1]))[:-1]
    text = f"nothing in {image} starts {program} before the words of the CMD{cause.note}: write CMD {shown}"
    text += "]" if len(cause.words) == 1 else ", ...]"
    fixes: tuple[Fix, ...] = ()
    if program in subject.programs:
        # where a script puts the program before the CMD it leaves a CMD with the program alone: right on both images
        upstream = subject.before.entrypoint if subject.before is not None else None
        bound = subject.pending and not (upstream and is_script(upstream[-1]))
        fixes = (Fix("safe", f"Write {program} in the CMD", prepend_words(cmd, added), bound),)
    entry = exec_form(target.entrypoint) if target.entrypoint else "no ENTRYPOINT"
    return Hit(cmd.span, text, f"{target.source} sets {entry}", fixes, stage=cmd.stage)


def _default(subject: Subject, target: Definition, cause: Cause) -> Iterator[Hit]:
    facts = subject.before
    if facts is None:
        return
    before, after = upstream_words(facts, facts.cmd or ()), default_words(target)
    if not before or after is None or same_default(before, after):
        return
    same = same_program(before[0], after[0]) if after else False
    if not same and (is_script(before[0]) or "/" in before[0] or (after and is_script(after[0]))):
        return  # scripts and tools under other names: what they do alone is not known
    if before[0] == "apache2-foreground":
        return  # another server altogether: that is said of the image itself
    if subject.state == "hardened" and target.cmd:
        return  # whoever chose the image has its default command in view
    was, now = " ".join(before), " ".join(after) or "nothing"
    text = f"the file sets no command: upstream starts {was}, and {subject.image} starts {now}"
    fixes: tuple[Fix, ...] = ()
    if same and not target.cmd and hardened_program(target) == target.entrypoint:
        wanted = exec_form(before[1:])
        text += f": add CMD {wanted}"
        last = subject.stage.instructions[-1] if subject.stage.instructions else subject.stage.instruction
        fixes = (
            Fix(
                "unsafe",
                f"Add CMD {wanted}",
                (insert_after(subject.file.dockerfile, last, f"CMD {wanted}"),),
                subject.pending,
            ),
        )
    else:
        text += ": say in the file what it starts"
    yield Hit(
        cause.span, text, f"{target.source} sets {_set(target)}; upstream: {facts.source or facts.repository}", fixes
    )


def _set(target: Definition) -> str:
    found = [
        f"{key} {exec_form(argv)}" for key, argv in (("ENTRYPOINT", target.entrypoint), ("CMD", target.cmd)) if argv
    ]
    return " and ".join(found) or "no command"

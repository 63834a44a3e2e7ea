"""Edits of a CMD or an ENTRYPOINT: other words in the place of the ones that are there, the rest of the line as it was."""

from __future__ import annotations

from .findings import Edit
from .repairs import exec_form, insert_before, remove_instruction, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .start import Setting, Start
    from .subject import Subject


def write_words(subject: Subject, setting: Setting, words: Sequence[str]) -> tuple[Edit, ...] | None:
    """The command of `setting` as an exec form of `words`; None where comments between its lines would be lost."""
    data = subject.file.dockerfile.source.data[setting.span.start : setting.span.end]
    if any(line.lstrip().startswith(b"#") for line in data.splitlines()[1:]):
        return None
    text = exec_form(words)
    return (replace(setting.span, text if setting.argv is None else text[1:-1]),)


def drop_words(setting: Setting, count: int) -> tuple[Edit, ...]:
    """The exec form of `setting` without its first `count` words."""
    argv = setting.argv or ()
    end = argv[count].span.start if count < len(argv) else argv[-1].span.end
    return (Edit(argv[0].span.start, end, b""),)


def prepend_words(setting: Setting, words: Sequence[str]) -> tuple[Edit, ...]:
    """The exec form of `setting`, which is not empty, with `words` before its own."""
    argv = setting.argv or ()
    at = argv[0].span.start
    return (Edit(at, at, f"{exec_form(words)[1:-1]}, ".encode()),)


def remove(subject: Subject, setting: Setting) -> tuple[Edit, ...]:
    """The file without the instruction of `setting`."""
    return (remove_instruction(subject.file.dockerfile, setting.instruction),)


def clear_entrypoint(subject: Subject, cmd: Setting) -> tuple[Edit, ...]:
    """An ``ENTRYPOINT []`` above `cmd`: the image's own no longer stands before it."""
    return (insert_before(subject.file.dockerfile, cmd.instruction, "ENTRYPOINT []"),)


def is_alone(subject: Subject, setting: Setting) -> bool:
    """Whether no other instruction of the chain sets the same thing, so that the image's own is in force without `setting`."""
    return sum(1 for _ in subject.chain_instructions(setting.keyword)) == 1


def takes_arguments(start: Start | None, setting: Setting) -> bool:
    """Whether a CMD of the file would be appended to `setting`, an ENTRYPOINT, once that is an exec form."""
    return start is None or (setting.keyword == "ENTRYPOINT" and start.cmd is not None)

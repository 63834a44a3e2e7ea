"""Edits that repairs are made of. Whole lines go or come, line endings and attached comments stay with what they belong to.

A comment directly above an instruction that speaks to a tool (``# hadolint ignore=..``, ``# dhi-migrate: ignore=..``,
``# check=..``) is attached
to it: it goes when the instruction goes, and nothing comes between the two.
"""

from __future__ import annotations

from .findings import Edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dockerfile import Dockerfile, Instruction, Span
    from ..dockerfile.shell import Command

BOM = b"\xef\xbb\xbf"
_ATTACHED = ("hadolint", "dhi-migrate:", "check=", "trivy:", "checkov:", "kics-scan", "nosemgrep", "tally", "semgrep")


def replace(span: Span, text: str) -> Edit:
    """Put `text` in the place of `span`."""
    return Edit(span.start, span.end, text.encode("utf-8", "surrogateescape"))


def line_ending(dockerfile: Dockerfile) -> str:
    """The line ending of the file: that of its first line."""
    data = dockerfile.source.data
    at = data.find(b"\n")
    return "\r\n" if at > 0 and data[at - 1 : at] == b"\r" else "\n"


def attached_start(dockerfile: Dockerfile, instruction: Instruction) -> int:
    """The byte at which the first line of `instruction` begins, or that of the attached comments directly above it."""
    source = dockerfile.source
    line = instruction.start_line
    comments = {comment.line: comment for comment in dockerfile.comments if comment.instruction is None}
    while (above := comments.get(line - 1)) is not None and above.text.lstrip().lower().startswith(_ATTACHED):
        line -= 1
    return source.line_starts[line - 1]


def remove_instruction(dockerfile: Dockerfile, instruction: Instruction) -> Edit:
    """Take the lines of `instruction` out, with attached comments and the final line ending.

    Where it stood alone between two empty lines, one of them goes too.
    """
    source = dockerfile.source
    first = source.line_of(attached_start(dockerfile, instruction))
    last = source.line_of(max(instruction.span.end - 1, instruction.span.start))
    if first > 1 and _empty(dockerfile, first - 1) and last + 1 < source.line_count and _empty(dockerfile, last + 1):
        last += 1
    return remove_lines(dockerfile, first, last)


def remove_lines(dockerfile: Dockerfile, first: int, last: int) -> Edit:
    """Take the 1-based lines `first` to `last` out with their line endings; a byte order mark before them stays.

    The last lines of a file that ends without a line ending go with the ending before them, so that it still does.
    """
    source = dockerfile.source
    start = source.line_starts[first - 1]
    if first == 1 and source.data.startswith(BOM):
        start = len(BOM)
    if last < source.line_count:
        return Edit(start, source.line_starts[last], b"")
    if not source.data.endswith(b"\n") and source.data[start - 1 : start] == b"\n":
        start -= 2 if source.data[start - 2 : start] == b"\r\n" else 1
    return Edit(start, len(source.data), b"")


def _empty(dockerfile: Dockerfile, line: int) -> bool:
    span = dockerfile.source.line_span(line)
    return not dockerfile.source.data[span.start : span.end].strip()


def insert_before(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """Put the instruction `text` (without line ending) on a line of its own above `instruction` and its attached comments."""
    at = attached_start(dockerfile, instruction)
    return Edit(at, at, f"{text}{line_ending(dockerfile)}".encode())


def insert_after(dockerfile: Dockerfile, instruction: Instruction, text: str) -> Edit:
    """Put the instruction `text` (without line ending) on a line of its own below `instruction`."""
    source, ending = dockerfile.source, line_ending(dockerfile)
    end_line = source.line_of(max(instruction.span.end - 1, instruction.span.start))
    if end_line < source.line_count:
        at = source.line_starts[end_line]
        return Edit(at, at, f"{text}{ending}".encode())
    at = len(source.data)
    return Edit(at, at, f"{ending}{text}".encode())


def exec_form(words: Sequence[str]) -> str:
    """The exec form of `words`: a JSON array as Dockerfiles have it, ``["node", "server.js"]``."""
    import json

    return "[" + ", ".join(json.dumps(word, ensure_ascii=False) for word in words) + "]"


def remove_commands(
    dockerfile: Dockerfile, instruction: Instruction, commands: Sequence[Command], gone: Sequence[Command]
) -> tuple[Edit, ...] | None:
    r"""Take the commands `gone` out of the RUN `instruction`, whose top-level list is `commands`; None where that cannot be done.

    Only for texts that are one ``&&`` or ``;`` list at depth 0, joined on continued lines or not. All gone: the
    instruction goes. A
    command is removed with the operator that joins it to its neighbour, and with the continued line that it leaves empty.
    """
    if any(command.depth or command.operator not in {"", "&&", ";"} for command in commands):
        return None
    if instruction.heredocs:
        return None
    keep = [command for command in commands if command not in gone]
    if not keep:
        return (remove_instruction(dockerfile, instruction),)
    data = dockerfile.source.data
    edits: list[Edit] = []
    index = 0
    while index < len(commands):
        if commands[index] not in gone:
            index += 1
            continue
        last = index
        while last + 1 < len(commands) and commands[last + 1] in gone:
            last += 1
        if last + 1 < len(commands):
            # from the first byte of the run of commands to the first byte of what follows
            start, end = commands[index].span.start, commands[last + 1].span.start
        else:
            # from behind the last kept command to the end of the last one
            start, end = commands[index - 1].span.end, commands[last].span.end
        if b"#" in data[start:end]:
            return None  # a comment between the lines would go with them, or be left in an odd place
        edits.append(Edit(start, end, b""))
        index = last + 1
    return tuple(edits)

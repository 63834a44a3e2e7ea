"""The comment that suppresses a finding, and where it goes: above the instruction, or above its own line inside of one."""

from __future__ import annotations

from ..rules.findings import Edit
from ..rules.repairs import BOM, attached_start, line_ending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import Dockerfile, Instruction
    from ..rules.findings import Finding

NEVER = frozenset({"DHI000", "DHI001", "DHI002"})
"""The rules that no comment suppresses."""

REASON = "reason"
"""What stands for the reason until somebody writes it."""


def suppression_edit(dockerfile: Dockerfile, finding: Finding) -> Edit | None:
    """Put a comment into the file that suppresses `finding`; None for one that cannot be suppressed.

    A finding that lies in no instruction is suppressed for the whole file. The comment has the indentation of the line below it.
    """
    if finding.rule in NEVER or not dockerfile.instructions:
        return None
    source = dockerfile.source
    start = finding.span.start
    instruction = next((one for one in dockerfile.instructions if one.span.start <= start < one.span.end), None)
    if instruction is None:
        return _line(dockerfile, _first(dockerfile), f"ignore-file={finding.rule}")
    line = source.line_of(start)
    if line > source.line_of(instruction.span.start) and _may_hold_a_comment(dockerfile, instruction, line):
        return _line(dockerfile, source.line_starts[line - 1], f"ignore={finding.rule}")
    at = max(attached_start(dockerfile, instruction), _first(dockerfile))
    return _line(dockerfile, at, f"ignore={finding.rule}")


def _first(dockerfile: Dockerfile) -> int:
    """The beginning of the first line that comes after the parser directives, where a comment ends none of them."""
    source = dockerfile.source
    last = max((directive.line for directive in dockerfile.directives), default=0)
    return source.line_starts[min(last, source.line_count - 1)]


def _may_hold_a_comment(dockerfile: Dockerfile, instruction: Instruction, line: int) -> bool:
    """Whether a comment above `line`, not the first of `instruction`, is none of its text: not so in here-documents."""
    begins = dockerfile.source.line_starts[line - 1]
    return not instruction.heredocs or begins < min(document.span.start for document in instruction.heredocs)


def _line(dockerfile: Dockerfile, at: int, text: str) -> Edit:
    """Put the comment with `text` on a line of its own before the line that begins at `at`."""
    data = dockerfile.source.data
    if at == 0 and data.startswith(BOM):
        at = len(BOM)
    rest = data[at : at + 200]
    indent = rest[: len(rest) - len(rest.lstrip(b" \t"))].decode("ascii")
    comment = f"{indent}# dhi-migrate: {text} -- {REASON}{line_ending(dockerfile)}"
    return Edit(at, at, comment.encode())

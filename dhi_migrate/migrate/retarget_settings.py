"""The edits of `retarget` outside of RUN: variables and start commands that speak of the interpreter of the distribution."""

from __future__ import annotations

import posixpath

from .._pattern import regex
from .._record import NamedTuple
from ..dockerfile.details import Arg, Cmd, Entrypoint, Env, Healthcheck
from ..rules.findings import Edit
from ..rules.repairs import attached_start, exec_form, remove_lines, replace
from ..rules.start import Setting, script_of
from .outcome import Refusal
from .retarget_tables import NATIVE, SYNONYMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..dockerfile import Dockerfile, Instruction, Span
    from ..rules.subject import Subject
    from .retarget_tables import Language

_VERSIONED = regex(r"(python|pip|ruby|gem|bundle|bundler|rake|irb|php)[0-9.]*\Z")
_SPEAKS = regex(r"(?i)\b(?:python|pip|node|npm|java|jdk|jre|openjdk|ruby|php)")
_MANAGER = frozenset({"DEBIAN_FRONTEND", "DEBCONF_NONINTERACTIVE_SEEN"})


def plain_program(name: str, language: Language) -> str:
    """What every image of `language` calls its program `name` (``python3.11``: ``python``); "" for any other program."""
    match = _VERSIONED.match(name) if name not in NATIVE[language] else None
    plain = match[1] if match is not None else name
    return plain if plain in NATIVE[language] else ""


def usual_name(text: str, language: Language, *, exact: bool) -> str:
    """What the first word `text` of a command has to be on every image of `language`; "" where it may stay as it is.

    With `exact` the version in a name of Python is that of the image.
    """
    folder, name = posixpath.split(text)
    plain = plain_program(name, language) if folder in {"", "/usr/bin", "/bin"} else ""
    if not plain:
        return ""
    wanted = SYNONYMS.get(plain, plain)
    if name not in NATIVE[language] and plain in {"python", "pip"}:
        wanted = name if exact else f"{plain}3"
    elif plain == name:
        wanted = SYNONYMS.get(name, name)
    return wanted if wanted != text else ""


class Settings(NamedTuple):
    """The `edits` of instructions, and those that are `gone` as wholes."""

    edits: tuple[Edit, ...]
    gone: tuple[Instruction, ...]


def setting_edits(subject: Subject, language: Language, *, exact: bool, idle: bool) -> Settings | Refusal:
    """What becomes of the instructions of one stage that set variables, or say what starts.

    `idle` tells that nothing is installed from the distribution any more.
    """
    found: list[Edit] = []
    gone: list[Instruction] = []
    for instruction in subject.stage.instructions:
        detail = instruction.detail
        if isinstance(detail, Env | Arg):
            edits = _variables(subject, instruction, language, idle=idle)
            if isinstance(edits, Refusal):
                return edits
            found.extend(edits or ())
            gone.extend(() if edits is not None else (instruction,))
        elif isinstance(detail, Cmd | Entrypoint | Healthcheck):
            if detail.argv is not None:
                for word in detail.argv:
                    text = usual_name(word.text, language, exact=exact)
                    # an argument that is a bare name is left alone: it may be a word of the application
                    if text and (word is detail.argv[0] or "/" in word.text):
                        found.append(replace(word.span, exec_form((text,))[1:-1]))
            elif detail.shell is not None:
                script = script_of(subject, Setting(instruction, subject.stage.index, None, detail.shell))
                for command in script.commands if script is not None and script.ok else ():
                    text = usual_name(command.words[0].text, language, exact=exact) if command.words else ""
                    if text:
                        found.append(replace(command.words[0].span, text))
    return Settings(tuple(found), tuple(gone))


def _variables(
    subject: Subject, instruction: Instruction, language: Language, *, idle: bool
) -> tuple[Edit, ...] | Refusal | None:
    """Take out what only the package manager, or the interpreter of the distribution, reads; None where nothing is left."""
    pairs = _pairs(instruction)
    gone = [index for index, (name, value, _) in enumerate(pairs) if _is_idle(name, value, language, idle)]
    if gone and len(gone) == len(pairs):
        return None
    data = subject.file.dockerfile.source.data
    edits = []
    for index in gone:
        start, end = pairs[index][2]
        if index:
            start = pairs[index - 1][2].end
        else:
            end = pairs[1][2].start
        if b"#" in data[start:end]:
            return Refusal("split", subject.line(instruction.span), "comments stand between the variables")
        edits.append(Edit(start, end, b""))
    return tuple(edits)


def _pairs(instruction: Instruction) -> list[tuple[str, str, Span]]:
    """The variables of an ENV or ARG: name, value as written, and the bytes of both."""
    detail = instruction.detail
    if isinstance(detail, Env):
        return [
            (one.name, one.value.strip("\"'"), one.name_span._replace(end=one.value_span.end)) for one in detail.pairs
        ]
    if isinstance(detail, Arg):
        return [
            (
                one.name,
                (one.default or "").strip("\"'"),
                one.name_span._replace(end=(one.default_span or one.name_span).end),
            )
            for one in detail.pairs
        ]
    return []


def _is_idle(name: str, value: str, language: Language, idle: bool) -> bool:
    if name in _MANAGER:
        return idle
    if name == "PIP_BREAK_SYSTEM_PACKAGES":
        return language == "python"
    return name == "JAVA_HOME" and language == "java" and value.startswith("/usr")


def whole_lines(dockerfile: Dockerfile, instruction: Instruction) -> tuple[int, int]:
    """The first and the last of the 1-based lines that go with `instruction`: the comments directly above it speak of it.

    A heading that something else of its kind stands under as well stays.
    """
    source = dockerfile.source
    comments = {one.line: one.text for one in dockerfile.comments if one.instruction is None}
    last = source.line_of(max(instruction.span.end - 1, instruction.span.start))
    after = next((one for one in dockerfile.instructions if one.start_line == last + 1), None)
    shared = after is not None and after.keyword == instruction.keyword
    first = instruction.start_line
    while first - 1 in comments:
        first -= 1
    if shared and not any(_SPEAKS.search(comments[line]) for line in range(first, instruction.start_line)):
        first = source.line_of(attached_start(dockerfile, instruction))
    return first, last


def removals(dockerfile: Dockerfile, ranges: Iterable[tuple[int, int]]) -> Iterator[Edit]:
    """Take whole lines out; where they stood between two empty lines, one of these goes too."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(set(ranges)):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    for first, last in merged:
        inside = first > 1 and last < dockerfile.source.line_count
        apart = inside and _blank(dockerfile, first - 1) and _blank(dockerfile, last + 1)
        yield remove_lines(dockerfile, first, last + 1 if apart else last)


def _blank(dockerfile: Dockerfile, line: int) -> bool:
    span = dockerfile.source.line_span(line)
    return not dockerfile.source.data[span.start : span.end].strip()

"""The instructions that say what a start script said which only sets defaults: ENV, WORKDIR, and the exec form of its program.

An ENV is a default too: ``docker run -e`` sets another value. Two things change, which makes the edit an unsafe one: a
variable that is set and empty stays empty, where ``${X:-y}`` made it ``y``; and what the script set whatever it was given can
be overridden.
"""

from __future__ import annotations

from .._pattern import regex
from .._record import NamedTuple
from ..dockerfile.details import Add, Copy
from .brought import absolute
from .entrypoints import hardened_program
from .findings import Edit
from .repairs import attached_start, exec_form, insert_before, remove_commands, remove_instruction, replace
from .start import SHELLS, basename, script_of, start_of
from .start_edits import is_alone, remove, write_words
from .start_programs import bare_name, program_trouble
from .start_scripts import start_script
from .wrapper_script import read_wrapper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import Instruction
    from .start import Setting, Start
    from .start_scripts import StartScript
    from .subject import Subject
    from .wrapper_script import Variable, Wrapper

_BARE = regex(r"[A-Za-z0-9_./:@%+,=-]+\Z")
_QUOTABLE = regex(r"[ !#&'()*+,./0-9:;<=>?@A-Z\[\]^_a-z{|}~%-]*\Z")
# What may stand between the ENTRYPOINT and the end of the stage, since nothing of it sees a variable or the work directory.
_AFTER = frozenset({"CMD", "ENTRYPOINT", "EXPOSE", "LABEL", "STOPSIGNAL", "HEALTHCHECK", "USER", "VOLUME", "ENV"})
_STARTING = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK"})
# Commands that only make a script ready to start.
_READIES = frozenset({"chmod", "dos2unix", "sed", "chown"})
_MENTIONS = ("script", "entrypoint", "entry point", "start")


class Replaced(NamedTuple):
    """The `edits` that replace a script, what they do (`title`), and whether nothing speaks against what starts then (`starts`).

    A script of package.json does not start by itself: that is mended by another edit.
    """

    edits: tuple[Edit, ...]
    title: str
    starts: bool


def replace_wrapper(subject: Subject) -> Replaced | None:
    """The edits that write what the start script of `subject` says into the file; None where it says more or that cannot be.

    The script may be in the build context or in a here-document; it stays where it is.
    """
    script = start_script(subject)
    if script is None or not script.alone or script.setting.stage != subject.stage.index:
        return None
    if subject.file.graph.children(subject.stage.index) or subject.target is None:
        return None
    if b"\r" in script.file.data:
        return None
    wrapper = read_wrapper(script.file.data, script.named)
    start = start_of(subject)
    if wrapper is None or start is None:
        return None
    started = _started(subject, script, wrapper, start)
    settings = _settings(subject, script, wrapper)
    if started is None or settings is None:
        return None
    edits = [*started.edits, *settings, *_leftovers(subject, script)]
    names = [f"{one.name}={one.value}" for one in wrapper.variables if _is_new(subject, one) is not False]
    title = f"Start {started.name} in place of {script.word}"
    if names:
        title += f", with {', '.join(names[:3])}{' ..' if len(names) > 3 else ''} in ENV (docker run -e overrides it)"
    return Replaced(tuple(dict.fromkeys(edits)), title, started.known)


class _Started(NamedTuple):
    edits: tuple[Edit, ...]
    name: str
    known: bool


def _started(subject: Subject, script: StartScript, wrapper: Wrapper, start: Start) -> _Started | None:
    """The command without the script."""
    setting, cmd = script.setting, start.cmd
    entrypoint = setting.keyword == "ENTRYPOINT"
    following = cmd if entrypoint else None
    if setting.argv is None and entrypoint and (cmd is not None or wrapper.arguments):
        return None  # the shell form passes no arguments on
    target = subject.target
    if target is None or (not entrypoint and start.inherits and hardened_program(target) != ()):
        return None
    if not wrapper.arguments and (script.rest or following is not None):
        return None
    if following is not None and following.argv is None and wrapper.words:
        return None  # the program would get a shell and its text as arguments
    words = (*wrapper.words, *script.rest)
    after = _words(subject, following) if following is not None else ()
    if after is None or (not words and not after):
        return None
    whole = (*words, *after)
    split = wrapper.split and not all(_BARE.match(word) for word in (*script.rest, *after))
    if split or basename(whole[0]) in SHELLS:
        return None
    trouble = program_trouble(subject, whole)
    if trouble is not None and trouble[0] == "moved":
        moved = bare_name(subject, whole[0])
        words, after = ((moved, *words[1:]), after) if words else (words, (moved, *after[1:]))
        trouble = None
    if trouble is not None and trouble[0] not in {"package-script", "shim"}:
        return None  # nothing is won by it: the program does not start either
    edits = _write(subject, script, words)
    if edits is None:
        return None
    if following is not None and (following.argv is None or after != following.words):
        written = write_words(subject, following, after)
        if written is None:
            return None
        edits = (*edits, *written)
    return _Started(edits, basename((*words, *after)[0]), trouble is None)


def _words(subject: Subject, setting: Setting) -> tuple[str, ...] | None:
    """The words of a CMD; those of a shell text where it is one plain command."""
    if setting.argv is not None:
        return setting.words
    from ..dockerfile.shell import shell_argv

    text = script_of(subject, setting)
    return shell_argv(text).words if text is not None else None


def _write(subject: Subject, script: StartScript, words: tuple[str, ...]) -> tuple[Edit, ...] | None:
    """The setting of `script` with `words` from the place of the script on."""
    setting = script.setting
    if script.first <= 0 or setting.argv is None:
        if words:
            return write_words(subject, setting, words)
        target = subject.target
        if target is not None and not target.entrypoint and is_alone(subject, setting):
            return remove(subject, setting)
        return write_words(subject, setting, ())
    argv = setting.argv
    if words:
        span = argv[script.first].span._replace(end=argv[-1].span.end)
        return (replace(span, exec_form(words)[1:-1]),)
    return (Edit(argv[script.first - 1].span.end, argv[-1].span.end, b""),)


# -- variables and the work directory --------------------------------------------------------------------------------------


def _is_new(subject: Subject, one: Variable) -> bool | None:
    """Whether the variable needs an ENV: False where the image has a value already that stays; None where that is not known."""
    own = subject.stage.state.env.get(one.name)
    if own is not None:
        if not own.known or not isinstance(own.value, str):
            return None
        if own.value == one.value:
            return False
        return one.kind == "constant" or (one.kind == "empty" and not own.value)
    images = [image.env for image in (subject.target, subject.before) if image is not None]
    if any(one.name in env for env in images):
        return False if all(env.get(one.name) == one.value for env in images) else None
    return True


def _settings(subject: Subject, script: StartScript, wrapper: Wrapper) -> list[Edit] | None:
    """ENV and WORKDIR above the setting of `script`; none where the file has them already, None where that cannot be done."""
    pairs, lines = [], []
    for one in wrapper.variables:
        new = _is_new(subject, one)
        value = _value(one.value)
        if new is None or value is None:
            return None
        if new:
            pairs.append(f"{one.name}={value}")
    if wrapper.directory:
        place, current = absolute(subject, wrapper.directory), absolute(subject, ".")
        if place is None or current is None or not all(sign.isalnum() or sign in "/._-" for sign in wrapper.directory):
            return None
        if place != current:
            if any(True for _ in subject.chain_instructions("HEALTHCHECK")):
                return None  # it would run in another directory
            lines.append(f"WORKDIR {place}")
    lines[:0] = [f"ENV {pair}" for pair in pairs]
    if not lines:
        return []
    own = subject.stage.instructions
    at = next((index for index, one in enumerate(own) if one is script.setting.instruction), None)
    if at is None or any(one.keyword not in _AFTER for one in own[at:]):
        return None
    names = {one.name for one in wrapper.variables}
    later = [one.original for one in own[at:] if one.keyword not in _STARTING]
    if any("$" in text for text in later) or any(name in text for name in names for text in later):
        return None  # a value that is put in there could become another one
    lower = script.setting.instruction.keyword_span
    written = subject.file.dockerfile.source.data[lower.start : lower.end].islower()
    texts = [f"{line.partition(' ')[0].lower()} {line.partition(' ')[2]}" if written else line for line in lines]
    ending = "\r\n" if b"\r\n" in subject.file.dockerfile.source.data else "\n"
    return [insert_before(subject.file.dockerfile, script.setting.instruction, ending.join(texts))]


def _value(value: str) -> str | None:
    if _BARE.match(value):
        return value
    return f'"{value}"' if _QUOTABLE.match(value) else None


# -- what was there for the script alone -----------------------------------------------------------------------------------


def _leftovers(subject: Subject, script: StartScript) -> list[Edit]:
    """The COPY of the script alone, and the commands that make it ready, where nothing else in the file names it."""
    names = {basename(script.file.path), basename(script.file.name)}
    if subject.outgoing:
        return []
    copy: Instruction | None = None
    runs: list[Edit] = []
    for stage in subject.file.graph.stages:
        for instruction in stage.instructions:
            if instruction is script.setting.instruction:
                continue
            text = "\n".join([instruction.original, *(one.content for one in instruction.heredocs)])
            if not any(name in text for name in names):
                continue
            if stage is not subject.stage:
                return []
            if instruction.keyword in {"COPY", "ADD"} and copy is None:
                copy = instruction
                continue
            edits = _unreadied(subject, instruction, names) if instruction.keyword == "RUN" else None
            if edits is None:
                return []
            runs.extend(edits)
    if copy is None or not _is_alone_in(subject, copy, script):
        return runs
    return [*runs, _removed(subject, copy)]


def _is_alone_in(subject: Subject, copy: Instruction, script: StartScript) -> bool:
    detail = copy.detail
    if not isinstance(detail, Copy | Add) or len(detail.sources) + len(detail.documents) != 1:
        return False
    if detail.documents:
        return True
    name = detail.sources[0].text.strip("\"'")
    return basename(name) == basename(script.file.name) and not any(sign in name for sign in "*?[$")


def _unreadied(subject: Subject, run: Instruction, names: set[str]) -> tuple[Edit, ...] | None:
    """`run` without the commands that make the script ready; None where it does more with it."""
    from .facts import read_facts

    commands = read_facts(run).script.commands
    gone = []
    for command in commands:
        words = [word for word in command.texts if not word.startswith("-")]
        if not any(basename(word) in names for word in command.texts):
            if any(name in word for name in names for word in command.texts):
                return None
            continue
        operands = words[1:] if command.name in {"chmod", "chown", "sed"} else words
        if command.name not in _READIES or command.redirects or not all(basename(word) in names for word in operands):
            return None
        gone.append(command)
    if not gone:
        return None
    return remove_commands(subject.file.dockerfile, run, commands, gone)


def _removed(subject: Subject, copy: Instruction) -> Edit:
    """The edit that takes `copy` out, with the comment directly above it where that speaks of the script."""
    dockerfile = subject.file.dockerfile
    edit = remove_instruction(dockerfile, copy)
    source = dockerfile.source
    first = source.line_of(attached_start(dockerfile, copy))
    comments = {one.line: one for one in dockerfile.comments if one.instruction is None}
    line = first
    while line - 1 in comments and line - 1 > 1:
        line -= 1
    if line == first or not any(word in comments[one].text.lower() for one in range(line, first) for word in _MENTIONS):
        return edit
    return Edit(min(edit.start, source.line_starts[line - 1]), edit.end, edit.text)

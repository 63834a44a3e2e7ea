"""A start that needs a shell: the shell form (DHI202), a shell as the program (DHI203), a shell script (DHI204)."""

from __future__ import annotations

from ...dockerfile.shell import read_argument, shell_argv
from ..brought import has_shell, may_bring
from ..entrypoints import after_init, hardened_program
from ..file_texts import is_startable
from ..findings import Fix, Hit
from ..repairs import exec_form
from ..start import basename, script_of, start_of
from ..start_causes import causes
from ..start_edits import takes_arguments, write_words
from ..start_programs import CARRIAGE_RETURN, bare_name, program_trouble, script_trouble, was_found_by_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ..start import Setting
    from ..start_causes import Cause
    from ..subject import Subject

    Form = Literal["shell", "exec", "script"]


_KINDS = {"shell": "shell", "exec": "shell-program", "script": "script"}


def start_command(subject: Subject, form: Form) -> Iterator[Hit]:
    """The CMD or ENTRYPOINT in force that needs a shell which the image does not have.

    "shell": a shell form. "exec": an exec form that names a shell. "script": one that names a shell script.
    """
    for cause in causes(subject):
        if cause.kind != _KINDS[form] or cause.setting is None:
            continue
        if form == "shell":
            yield _shell_form(subject, cause, cause.setting)
        elif form == "exec":
            yield _shell_program(subject, cause, cause.setting)
        else:
            text = f"{cause.setting.keyword} starts {_quoted(cause.name)}, which {cause.note}"
            if cause.note == CARRIAGE_RETURN:
                text += ", so that it does not start in any image: give it the line endings of Unix"
                yield _hit(subject, cause, text)
                continue
            if subject.target is not None and subject.target.bin_sh:
                text += f", and {subject.image} lacks that shell"
            else:
                text += f", and {_lacks(subject, 'sh')}"
            from ..script_advice import of_script

            advice, fixes = of_script(subject, "do its work in the application or in a build stage")
            yield _hit(subject, cause, f"{text}: {advice}", fixes)


def _shell_form(subject: Subject, cause: Cause, setting: Setting) -> Hit:
    words = cause.words
    lacks = _lacks(subject, cause.name)
    if words:
        return _hit(
            subject,
            cause,
            f"{setting.keyword} runs in a shell, and {lacks}: {_advice(subject, setting, words)}",
            _exec_fix(subject, setting, words),
        )
    script = script_of(subject, setting)
    reason = cause.note
    if not reason and script is not None:
        why = shell_argv(script).reason
        reason = f"for {why}" if why and "understood" not in why and not why.startswith(("expands", "started")) else why
        if reason.startswith("expands"):
            reason = f"which {reason}"
        elif reason.startswith("started"):
            reason = f"and is {reason}"
    if setting.text is not None and setting.text.text.startswith("[") and setting.text.text.rstrip().endswith("]"):
        reason = "because it is no JSON array"
    reason = f" {reason}" if reason and "understood" not in reason else ""
    advice = "start one program in exec form"
    if "expands $" in reason:
        advice += ", and let it read the variable itself"
    return _hit(subject, cause, f"{setting.keyword} runs in a shell{reason}, and {lacks}: {advice}")


def _shell_program(subject: Subject, cause: Cause, setting: Setting) -> Hit:
    program, words = cause.words[0], cause.words
    lacks = _lacks(subject, basename(program))
    plain = _text_words(setting, cause)
    head = f"{setting.keyword} starts {program}, and {lacks}"
    if plain and script_trouble(subject, plain[0]) is not None:
        return _hit(subject, cause, f"{head}: {_unscripted(plain[0])}")
    if plain:
        fixes = _exec_fix(subject, setting, plain) if cause.start == 0 and len(words) == 3 else ()
        return _hit(subject, cause, f"{head}: {_advice(subject, setting, plain)}", fixes)
    script = next((word for word in words[1:] if not word.startswith("-")), "")
    if script and not any(word.startswith("-") and "c" in word for word in words[1:]):
        from ..script_advice import of_script

        advice, fixes = of_script(subject, _unscripted(script))
        return _hit(subject, cause, f"{head}: {advice}", fixes)
    advice = "start one program in exec form" if script else "name the program that the container is for"
    return _hit(subject, cause, f"{head}: {advice}")


def _unscripted(script: str) -> str:
    """What to do about a start by `script`, for which there is no shell."""
    return f"do the work of the script {_quoted(script)} in the application or in a build stage"


def _advice(subject: Subject, setting: Setting, words: tuple[str, ...]) -> str:
    """What to write for the plain command `words`."""
    trouble = program_trouble(subject, words)
    if trouble is not None and trouble[0] == "missing":
        return f"{_quoted(words[0])} is not there either, so start a program that is"
    if trouble is not None and trouble[0] == "moved":
        words = (bare_name(subject, words[0]), *words[1:])
    return f"write {setting.keyword} {_shown(words)}"


def _text_words(setting: Setting, cause: Cause) -> tuple[str, ...]:
    """The words of the text behind ``-c``, if it is one plain command; () for anything else."""
    if len(cause.words) < 3 or cause.words[1] not in {"-c", "-ec"} or setting.argv is None:
        return ()
    return shell_argv(read_argument(setting.instruction, setting.argv[cause.start + 2])).words or ()


def _exec_fix(subject: Subject, setting: Setting, words: tuple[str, ...]) -> tuple[Fix, ...]:
    """The exec form of `words`, where it means the same as the shell and what it starts is known to be there."""
    target, start = subject.target, start_of(subject)
    if target is None or start is None or takes_arguments(start, setting):
        return ()
    if setting.keyword == "CMD" and start.inherits and hardened_program(target) != ():
        return ()
    trouble = program_trouble(subject, words)
    bound = subject.pending and setting.keyword == "CMD" and start.inherits and _minds_words(subject)
    if trouble is not None:
        if trouble[0] != "moved" or "PATH" in subject.stage.state.env:
            return ()
        bound = bound or (subject.pending and not was_found_by_name(subject, words[0]))
        words = (bare_name(subject, words[0]), *words[1:])
    if "/" in words[0]:
        # a text without #! runs in the shell that tries to start it, and in no other way
        listed = {word for argv in (target.entrypoint, target.cmd) for word in (argv or ())[:1]}
        if words[0] not in listed and not is_startable(subject, words[0]):
            return ()
    elif words[0] not in subject.programs and not _brought(subject, words[0]):
        return ()
    edits = write_words(subject, setting, words)
    return () if edits is None else (Fix("safe", f"Write {setting.keyword} in exec form", edits, bound),)


def _minds_words(subject: Subject) -> bool:
    """Whether the ENTRYPOINT of the upstream image may do something else for the program than for a shell that starts it.

    Such scripts prepare data and change the user where the first word is their server; that of node only puts node before it.
    """
    before = subject.before
    if before is None:
        return True
    entry = after_init(before.entrypoint or ())
    return bool(entry) and before.repository != "node"


def _brought(subject: Subject, program: str) -> bool:
    """Whether the file may bring `program`: copied, or a command of a package that pip installs somewhere in the file."""
    if may_bring(subject, program):
        return True
    if "python3" not in subject.programs:
        return False
    runs = (one.original for stage in subject.file.graph.stages for one in stage.instructions if one.keyword == "RUN")
    return any(
        word in text for text in runs for word in ("pip install", "pip3 install", "uv sync", "uv pip", "poetry install")
    )


def _lacks(subject: Subject, shell: str) -> str:
    if subject.target is None:
        return "hardened runtime images have no shell as a rule"
    if has_shell(subject, "sh") and shell != "sh":
        return f"{subject.image} has /bin/sh but no {shell}"
    return f"{subject.image} has no shell"


def _shown(words: tuple[str, ...]) -> str:
    text = exec_form(words)
    return text if len(text) <= 120 else f"{exec_form(words[:1])[:-1]}, ...]"


def _quoted(word: str) -> str:
    return word if word.isprintable() and len(word) <= 80 else f"{word[:77]}..."


def _hit(subject: Subject, cause: Cause, message: str, fixes: tuple[Fix, ...] = ()) -> Hit:
    target = subject.target
    evidence = subject.evidence
    if target is not None:
        evidence = (
            f"{target.source} lists {', '.join(target.shells)} alone"
            if target.shells
            else f"{target.source} lists no shell"
        )
    stage = cause.setting.stage if cause.setting is not None else None
    return Hit(cause.span, " ".join(message.split()), evidence, fixes, stage=stage)

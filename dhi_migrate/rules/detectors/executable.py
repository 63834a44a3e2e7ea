"""Programs that are not where the file looks for them: missing (DHI208), texts for node (DHI209), moved (DHI504)."""

from __future__ import annotations

from ..brought import DEFAULT_PATH, has_env, has_shell
from ..causes import judged, listed
from ..findings import Fix, Hit
from ..start import SHELLS, basename
from ..start_causes import causes, moved_health
from ..start_programs import absent_program, bare_name, was_found_by_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ...dockerfile import Word
    from ..findings import Safety
    from ..start_causes import Cause
    from ..subject import Subject

    Problem = Literal["missing", "shim", "moved"]


def executable(subject: Subject, problem: Problem) -> Iterator[Hit]:
    """The program of the start that is known not to work by the name or path that the file gives it.

    "missing": neither the image nor the file has it; the program of a RUN in exec form too. "shim": a command of an npm
    package, a text that begins with ``#!/usr/bin/env node``. "moved": a path of the upstream image; also in a HEALTHCHECK,
    and of what cargo installs.
    """
    for cause in causes(subject):
        if cause.kind != problem or cause.setting is None:
            continue
        if problem == "missing":
            yield _missing(subject, cause)
        elif problem == "shim":
            text = (
                f"{cause.name} is a text that starts through /usr/bin/env, which {subject.image} does not have: "
                "start the JavaScript file that it stands for with node"
            )
            yield Hit(cause.span, text, _lists(subject), _named_file(subject, cause), stage=cause.setting.stage)
        else:
            yield _moved(subject, cause, cause.setting.stage)
    if problem == "moved":
        health = moved_health(subject)
        if health is not None:
            instruction = subject.stage.state.healthcheck.stage
            yield _moved(subject, health, instruction)
        if subject.target is not None and subject.target.image == "rust":
            from ..cargo_home import moved_installs

            yield from moved_installs(subject)
    elif problem == "missing":
        yield from _runs(subject)
        yield from _in_script(subject)


def _named_file(subject: Subject, cause: Cause) -> tuple[Fix, ...]:
    """The JavaScript file in the place of a command in ``node_modules/.bin``, where it is known."""
    folder, found, name = cause.name.rpartition("node_modules/.bin/")
    if not found or cause.start < 0 or "node" not in subject.programs:
        return ()
    from ..node_commands import command_file

    file = command_file(subject, name, folder or "./")
    if not file:
        return ()
    from ..repairs import exec_form, replace

    edits = (replace(cause.span, exec_form(("node", file))[1:-1]),)
    return (Fix("unsafe", f"Start {file} with node", edits),)


def _missing(subject: Subject, cause: Cause) -> Hit:
    stage = cause.setting.stage if cause.setting is not None else None
    if cause.note:
        program = cause.note.removeprefix("/usr/bin/env ")
        lacks = "/usr/bin/env" if program != cause.note and has_env(subject) is False else f"{program}"
        text = f"{cause.name} begins with {cause.note}, and {subject.image} has no {lacks}"
        program = bare_name(subject, program)
        if program in subject.programs:
            from ..repairs import exec_form

            text += f": start it as {exec_form((program, cause.name))}"
        return Hit(cause.span, text, _lists(subject), stage=stage)
    keyword = cause.setting.keyword if cause.setting is not None else "CMD"
    text = f"{keyword} starts {basename(cause.name)}, which {subject.image} does not have"
    if has_shell(subject, "sh") is False and any(not one.exec_form for one in subject.chain_instructions("RUN")):
        text += ", and no RUN can install it there: copy it from another stage"
    else:
        text += ", and nothing in this file brings it"
    return Hit(cause.span, text, _lists(subject), stage=stage)


def _in_script(subject: Subject) -> Iterator[Hit]:
    """One hit on the start script, where the image has its shell but not all of the programs that it calls."""
    if subject.target is None or subject.target.bin_sh is not True:
        return
    from ..start_scripts import start_script

    script = start_script(subject)
    if script is None or has_shell(subject, script.shell) is False:
        return
    from ..script_commands import read_steps
    from ..script_programs import missing_programs

    missing = list(missing_programs(subject, read_steps(subject, script.file)))
    if not missing:
        return
    first, *others = [(one.program, f"{basename(one.step.file.name)}:{one.step.line}") for one in missing]
    text = f"{first[1]} calls {first[0]}, which {subject.image} does not have"
    if others:
        text += f"; nor does it have {listed(f'{name} ({place})' for name, place in others)}"
    text += f", and nothing in this file brings {'them' if others else 'it'} there"
    yield Hit(script.span, text, f"{subject.target.source} lists no package with it", stage=script.setting.stage)


def _runs(subject: Subject) -> Iterator[Hit]:
    """One hit on the RUN instructions in exec form whose program is missing, and that no rule on packages explains."""
    target = subject.target
    if target is None:
        return
    found: list[Word] = []
    for run in subject.facts.runs:
        argv = getattr(run.instruction.detail, "argv", None)
        if not argv or run.pure is not None or run.packages or run.languages or run.builds:
            continue
        name, word = basename(argv[0].text), argv[0]
        if name in SHELLS:
            # where there is no shell at all DHI201 says so of all RUN instructions
            missing = has_shell(subject, name) is False and not (judged(subject) and target.bin_sh is False)
        else:
            missing = name not in subject.programs and target.bin_sh is False and absent_program(subject, word.text)
        if missing:
            found.append(word)
    if found:
        names = ", ".join(dict.fromkeys(word.text for word in found))
        lines = list(dict.fromkeys(subject.line(word.span) for word in found))[1:]
        also = f" (also line {', '.join(map(str, lines[:5]))})" if lines else ""
        text = f"RUN starts {names}, which {subject.image} does not have{also}: run it in a build stage"
        yield Hit(found[0].span, text, _lists(subject))


def _moved(subject: Subject, cause: Cause, stage: int | None) -> Hit:
    target = subject.target
    if target is None:
        raise ValueError("only a known image has its programs elsewhere")
    name = bare_name(subject, cause.name)
    prefix = next((target.prefix[key] for key in _keys(name) if key in target.prefix), "")
    where = f"{subject.image} has {name} below {prefix}" if prefix else f"{subject.image} has it elsewhere"
    fixes: tuple[Fix, ...] = ()
    keyword = cause.setting.keyword if cause.setting is not None else "HEALTHCHECK"
    if cause.start >= 0 and name in subject.programs and _found_by_name(subject, name, prefix):
        from ..repairs import exec_form, replace

        edits = (replace(cause.span, exec_form((name,))[1:-1]),)
        # a directory that the file puts before the others may hold a program of the same name
        safety: Safety = "safe" if "PATH" not in subject.stage.state.env else "unsafe"
        bound = subject.pending and not was_found_by_name(subject, cause.name)
        fixes = (Fix(safety, f"Start {name} by its name in {keyword}", edits, bound),)
    text = f"{keyword} starts {cause.name}, and {where}: write {name} alone, which is found in PATH"
    return Hit(cause.span, text, f"{target.source}: prefix {prefix}", fixes, stage=stage)


def _keys(name: str) -> tuple[str, ...]:
    return ({"python3": "python", "php-fpm": "php"}.get(name, name),)


def _found_by_name(subject: Subject, name: str, prefix: str) -> bool:
    """Whether PATH leads to the program in the image, also with the PATH that the file sets."""
    target, path = subject.target, subject.stage.state.env.get("PATH")
    if target is None:
        return False
    if path is not None and (
        path.instruction is None or "$PATH" not in path.instruction.original.replace("{", "").replace("}", "")
    ):
        return False
    listed = target.env.get("PATH", DEFAULT_PATH).split(":")
    own = {word for argv in (target.entrypoint, target.cmd) for word in (argv or ())[:1]}
    return name in own or f"{prefix}/bin" in listed or f"{prefix}/sbin" in listed or prefix in listed


def _lists(subject: Subject) -> str:
    target = subject.target
    if target is None:
        return subject.evidence
    if target.bin_sh is False:
        return f"{target.source} lists no shell and no tools beside it"
    return f"{target.source} does not list it"

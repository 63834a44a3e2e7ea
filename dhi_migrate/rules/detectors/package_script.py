"""Scripts of package.json as the start: npm, yarn, pnpm and npx are not in the runtime, and scripts need a shell (DHI210)."""

from __future__ import annotations

from ..._pattern import regex
from ..findings import Fix, Hit
from ..node_commands import command_file, package_file
from ..repairs import exec_form
from ..start import start_of
from ..start_causes import causes
from ..start_edits import takes_arguments, write_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..findings import Severity
    from ..start_causes import Cause
    from ..subject import Subject

_PLAIN = regex(r"[A-Za-z0-9_./@=:,-]+(?: [A-Za-z0-9_./@=:,-]+)+\Z")
_ASSIGNMENT = regex(r"([A-Za-z_]\w*)=(.*)\Z")
_OWN_COMMANDS = frozenset({"install", "ci", "add", "exec", "dlx", "init", "i", "audit", "publish", "run", "run-script"})


def package_script(subject: Subject) -> Iterator[Hit]:
    """A start by ``npm start`` and its kin on an image that has only node, or by ``node --run`` without a shell."""
    for cause in causes(subject):
        if cause.kind != "package-script" or cause.setting is None:
            continue
        severity: Severity | None = None
        keyword, image = cause.setting.keyword, subject.image
        form = " in shell form" if cause.setting.argv is None else ""
        if cause.name == "node --run":
            head = f"node --run needs a shell, and {image} has none"
        elif cause.name == "bun run":
            # https://bun.sh/docs/cli/run#bun: by default a script is given to the shell of the system
            head, severity = f"bun runs scripts of package.json in a shell, and {image} has none", "warning"
        else:
            head = f"{keyword} starts {cause.name}{form}, and {image} has no {cause.name}"
        words = _resolved(subject, cause)
        if words:
            what = "the JavaScript file of the package" if cause.name == "npx" else "what the script starts"
            text = f"{head}: start {what}, {exec_form(words)}"
        elif cause.name in {"npx", "pnpx"}:
            text = f"{head}: install the package in a build stage, and start its JavaScript file with node"
        else:
            text = f"{head}: start the program that the script of package.json starts"
        evidence = subject.evidence
        if cause.name != "bun run":
            evidence += " brings node alone" if "node" in subject.programs else f" does not list {cause.name}"
        yield Hit(cause.span, text, evidence, _fix(subject, cause, words), severity, cause.setting.stage)


def _resolved(subject: Subject, cause: Cause) -> tuple[str, ...]:
    """The words that start the same without a package manager and a shell; () where that is more, or not known.

    The script is a plain ``node x.js``, or a command of a package whose file is known.
    """
    if any("$" in word or "`" in word for word in cause.words) or subject.file.tree is None:
        return ()
    if cause.name == "npx":
        return _program(subject, cause.words[1:])
    name, arguments = _script_name(cause.words)
    package = package_file(subject) if name else {}
    scripts = package.get("scripts")
    if not isinstance(scripts, dict) or f"pre{name}" in scripts or f"post{name}" in scripts:
        return ()
    text = scripts.get(name)
    if text is None and name == "start" and cause.name == "npm":
        text = "node server.js"  # https://docs.npmjs.com/cli/commands/npm-start
    if not isinstance(text, str) or len(text) > 500 or not _PLAIN.match(text.strip()):
        return ()
    words = _program(subject, _unassigned(subject, text.split()))
    return (*words, *arguments) if words else ()


def _program(subject: Subject, words: Sequence[str]) -> tuple[str, ...]:
    """The plain command `words` as a start of node; () for no such thing."""
    if len(words) > 1 and words[0] == "node":
        return tuple(words)
    file = command_file(subject, words[0]) if words else ""
    return ("node", file, *words[1:]) if file else ()


def _unassigned(subject: Subject, words: list[str]) -> list[str]:
    """`words` without assignments before the program that say what ENV of the stage says too; nothing where one says more."""
    rest = words[1:] if words[:1] == ["cross-env"] else words
    while rest and (match := _ASSIGNMENT.match(rest[0])) is not None:
        found = subject.stage.state.env.get(match[1])
        if found is None or found.value != match[2]:
            return []
        rest = rest[1:]
    return rest


def _script_name(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The script that a plain command names, and what npm adds to it: ``npm start``, ``npm run serve -- -p 80``, ``yarn serve``.

    "" for anything else.
    """
    rest = list(words[1:])
    if words[:1] == ("node",):
        return (rest[1] if len(rest) == 2 and rest[0] == "--run" else ""), ()
    added: tuple[str, ...] = ()
    if words[:1] == ("npm",) and "--" in rest:
        at = rest.index("--")
        rest, added = rest[:at], tuple(rest[at + 1 :])
    if any(word.startswith("-") for word in rest) or not rest:
        return "", ()
    if rest[0] in {"run", "run-script"}:
        return (rest[1] if len(rest) == 2 else ""), added
    if len(rest) != 1 or rest[0] in _OWN_COMMANDS:
        return "", ()
    return (rest[0] if words[0] in {"yarn", "pnpm"} or rest[0] == "start" else ""), added


def _fix(subject: Subject, cause: Cause, words: tuple[str, ...]) -> tuple[Fix, ...]:
    setting = cause.setting
    if not words or setting is None or cause.start > 0 or takes_arguments(start_of(subject), setting):
        return ()
    if "node" not in subject.programs:
        return ()
    edits = write_words(subject, setting, words)
    if edits is None:
        return ()
    return (Fix("unsafe", f"Start {' '.join(words)} in {setting.keyword}", edits),)

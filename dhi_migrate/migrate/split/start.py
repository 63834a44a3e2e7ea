"""The start command of a stage that is split: what only the build stage can do is taken out of it."""

from __future__ import annotations

import posixpath

from ...rules.entrypoints import INITS, init_length
from ...rules.repairs import exec_form, replace
from ...rules.start import start_of
from ...rules.start_edits import drop_words, write_words
from ..outcome import Refusal
from .compiled import compiled_start
from .plan import StartPlan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...rules.findings import Edit
    from ...rules.start import Setting
    from ...rules.subject import Subject
    from .environment import Environment
    from .frame import Frame
    from .inventory import Inventory

_RUNNERS = frozenset({"poetry", "pipenv", "uv", "pdm", "rye", "hatch"})
_UV_PLAIN = frozenset(
    {"--frozen", "--no-sync", "--no-dev", "--locked", "--offline", "--no-cache", "--isolated", "--quiet", "-q"}
)


def plan_start(subject: Subject, inventory: Inventory, frame: Frame, environment: Environment) -> StartPlan | Refusal:
    """What becomes of the start, or why it cannot be moved."""
    start = start_of(subject)
    if start is None:
        return Refusal("split", subject.stage.line, "what starts is not known")
    setting = start.entrypoint or start.cmd
    if setting is None:
        return StartPlan((), (), "")
    line = subject.line(setting.span)
    words = _words(setting)
    if not words:
        return StartPlan((), (), "")
    names = {name for one in inventory.globals for name in one.names}
    skip = init_length(tuple(words)) if posixpath.basename(words[0]) in INITS else 0
    program = posixpath.basename(words[skip]) if skip < len(words) else ""
    if program in _RUNNERS and words[skip + 1 : skip + 2] == ["run"]:
        return _run(subject, setting, words, skip, environment)
    for one in inventory.globals:
        if program in one.names or any(program == name.rsplit("/", 1)[-1] for name in one.names):
            return Refusal("split", line, f"{program} starts it, which {one.text} installs for the whole image")
    if frame.language in {"go", "rust"}:
        return compiled_start(subject, setting, tuple(words), inventory, frame)
    if (
        names
        and program
        and program not in {"node", "python", "python3", "java", "ruby", "php"}
        and "/" not in words[skip]
    ):
        return Refusal("split", line, f"{program} may come from what is installed for the whole image")
    if environment.path and not environment.own and words[0].startswith("/usr/local/bin/"):
        name = posixpath.basename(words[0])
        if not name.startswith("python") and setting.argv is not None:
            first = setting.argv[0]
            return StartPlan((replace(first.span, exec_form((f"{environment.path}/bin/{name}",))[1:-1]),), (), "")
    return StartPlan((), (), "")


def _words(setting: Setting) -> list[str]:
    if setting.argv is not None:
        return [word.text for word in setting.argv]
    return setting.text.text.split() if setting.text is not None else []


def _run(
    subject: Subject, setting: Setting, words: list[str], skip: int, environment: Environment
) -> StartPlan | Refusal:
    """``poetry run X``: X alone, from the environment."""
    line = subject.line(setting.span)
    tool = words[skip]
    index = skip + 2
    while index < len(words) and words[index] in _UV_PLAIN:
        index += 1
    rest = words[index:]
    if not rest or rest[0].startswith("-") or skip:
        return Refusal("split", line, f"{' '.join(words[:4])} is not a plain {tool} run")
    if setting.text is not None and any(sign in setting.text.text for sign in "$|&;<>`\"'"):
        return Refusal("split", line, f"{tool} run stands in a text that needs a shell")
    if rest[0].endswith(".py"):
        rest = ["python", *rest]
    venv = ""
    if not environment.path:
        workdir = subject.stage.state.workdir.value
        venv = posixpath.join(workdir if isinstance(workdir, str) else "/", ".venv")
    elif environment.own is False and tool == "uv":
        return Refusal("split", line, "uv run makes an environment of its own in the project")
    if setting.argv is not None and rest == words[index:]:
        edits: tuple[Edit, ...] | None = drop_words(setting, index)
    else:
        edits = write_words(subject, setting, rest)
    if edits is None:
        return Refusal("split", line, "comments stand between the lines of the start command")
    return StartPlan(edits, (), venv)

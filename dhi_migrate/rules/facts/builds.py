"""Commands that make programs and applications: the tools of one table, Maven and Gradle, compilers."""

from __future__ import annotations

from ..._pattern import is_number
from .build_tables import BUILDERS, SAME, TASKS
from .linking import LINKING
from .model import LanguageInstall
from .notes import note_build
from .options import Arguments, split, split_long, word_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile.shell import ShellWord
    from .notes import Call, Kind, Notes, Reader


def _outputs(given: Arguments, names: frozenset[str]) -> tuple[str, ...]:
    return tuple([flag.value for flag in given.flags if flag.value and flag.literal and flag.name in names])


def _read(call: Call, notes: Notes) -> Kind | None:
    """A tool of the table."""
    name = SAME.get(call.name, call.name)
    builder = BUILDERS[name]
    given = (split_long if builder.long else split)(call.arguments, builder.takes)
    operands = given.operands
    if operands and operands[0].text[:1] == "+":
        operands = operands[1:]  # ``cargo +nightly build``
    action = operands[0].text if operands else ""
    if builder.actions and action not in builder.actions:
        return None
    if name in {"mvn", "gradle"}:
        return _goals(call, notes, name, [word.text for word in operands])
    if name == "cmake":
        action = next((mode[2:] for mode in ("--build", "--install") if given.has(mode)), "")
    elif name == "make":
        action = next((word.text for word in operands if _is_target(word)), "")
    elif name not in TASKS and not builder.actions:
        action = ""  # the operands are files
    linking = LINKING.get(name)
    static = linking(call, notes, given) if linking is not None else None
    return note_build(call, notes, name, action, _outputs(given, builder.outputs), static)


def _is_target(word: ShellWord) -> bool:
    """Whether an operand of make(1) is a target: no ``NAME=value``, and no number of jobs of a ``-j`` before it."""
    return word.literal and "=" not in word.text and not is_number(word.text)


def _goals(call: Call, notes: Notes, name: str, goals: list[str]) -> Kind | None:
    """Maven and Gradle: goals that only fetch are an installation, ``clean`` before others says nothing."""
    wanted = [goal for goal in goals if goal != "clean"]
    if wanted and all(_fetches(goal) for goal in wanted):
        notes.languages.append(LanguageInstall(call.command, name, wanted[0], (), (), False))
        return "language"
    if not wanted:
        return "build" if goals else None
    return note_build(call, notes, name, wanted[0], ())


def _fetches(goal: str) -> bool:
    """Whether a goal of Maven or a task of Gradle only brings dependencies."""
    plugin, _, task = goal.rpartition(":")
    parts = plugin.split(":")
    return (
        "dependency" in parts
        or "maven-dependency-plugin" in parts
        or task.lower()
        in {
            *(
                "dependencies",
                "resolvedependencies",
                "downloaddependencies",
                "resolve-plugins",
                "getdeps",
                "downloaddeps",
            ),
            *("cachedependencies", "wrapper"),
        }
    )


def _compiler(call: Call, notes: Notes) -> Kind | None:
    """gcc(1), g++(1), clang(1) and the cross compilers of their names."""
    words = call.arguments
    texts = [word.text for word in words]
    outputs, sources = [], False
    for index, text in enumerate(texts):
        if text == "-o" and index + 1 < len(texts):
            if words[index + 1].literal:
                outputs.append(texts[index + 1])
        elif text.startswith("-o") and len(text) > 2 and words[index].literal:
            outputs.append(text[2:])
        sources = sources or text[:1] != "-" or text == "-"
    if not sources:
        return None
    static = True if {"-static", "-static-pie", "--static"} & set(texts) else False if "-shared" in texts else None
    return note_build(call, notes, call.name, "", tuple(outputs), static)


COMPILERS = word_set("gcc g++ cc c++ clang clang++ musl-gcc tcc gfortran ld xx-clang xx-c++")

READERS: dict[str, Reader] = {
    **dict.fromkeys([*BUILDERS, *SAME], _read),
    **dict.fromkeys(COMPILERS, _compiler),
}
"""Readers by program."""

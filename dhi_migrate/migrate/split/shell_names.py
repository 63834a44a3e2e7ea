"""What the variables in a RUN stand for: those of the file, but not those that its shell sets itself."""

from __future__ import annotations

from collections import Counter

from ..._pattern import regex
from ...dockerfile import scope_at
from ...dockerfile.expand import expand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...dockerfile import Stage
    from ...dockerfile.expand import Binding
    from ...rules.context import Context
    from ...rules.facts import RunFacts

_SET = regex(
    r"(?:\bfor[ \t]+([A-Za-z_]\w{0,80})[ \t]+in\b|(?:^|[\s;&|(])([A-Za-z_]\w{0,80})="
    r"|\bread[ \t]+(?:-\w{1,10}[ \t]+){0,4}(\w{1,80}))"
)


def value_reader(file: Context, stage: Stage, run: RunFacts) -> Callable[[str], str | None]:
    """A function from a word of `run` to what it stands for; None where it uses a variable of which that is not known.

    A name that the shell gives a value of its own is known where it is one literal assignment, as in ``V=1.2 && curl ..$V``; in a
    loop, by ``read`` or by a command it is not.
    """
    instruction = run.instruction
    scope = scope_at(file.graph, stage.index, instruction)
    escape = file.dockerfile.escape
    text = "\n".join((instruction.original, *(one.content for one in instruction.heredocs)))
    counts = Counter(name for found in _SET.findall(text) for name in found if name)
    own = {name: value for name, value in _assigned(run) if counts[name] == 1}

    def binding(name: str) -> Binding:
        found = scope(name)
        return found._replace(value=own[name], origin="env", open=False) if name in own else found

    def value(word: str) -> str | None:
        if "$" not in word:
            return word
        found = expand(word, binding, escape)
        if any(use.origin == "unset" or (use.name in counts and use.name not in own) for use in found.uses):
            return None
        return found.text

    return value


def _assigned(run: RunFacts) -> Iterator[tuple[str, str]]:
    """The variables that commands of `run` set for those after them to a literal text: ``X=1``, ``export X=1``."""
    for command in run.script.commands:
        if command.depth or not command.certain:
            continue
        if not command.words:
            yield from ((name, word.text) for name, word in command.assignments if word.literal)
        elif command.name == "export":
            for word in command.arguments:
                name, equals, text = word.text.partition("=")
                if equals and word.literal:
                    yield name, text

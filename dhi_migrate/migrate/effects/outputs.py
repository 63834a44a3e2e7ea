"""The paths that a command names for what it builds, also those with variables, and those that follow from its words."""

from __future__ import annotations

import posixpath

from ...rules.facts.build_tables import BUILDERS, SAME
from ...rules.facts.builds import COMPILERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...rules.facts import Build

_COMPILERS = frozenset({"-o"})


def outputs_of(one: Build) -> tuple[str, ...]:
    """The words that name what `one` makes: its `outputs`, those with variables, and the name that ``go build main.go`` gives."""
    if one.outputs:
        return one.outputs
    builder = BUILDERS.get(SAME.get(one.tool, one.tool))
    flags = builder.outputs if builder is not None else _COMPILERS if one.tool in COMPILERS else frozenset()
    words = one.command.texts
    found = []
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in flags and word.startswith("-"):
            found.append(value if equals else words[index + 1] if index + 1 < len(words) else "")
    named = tuple([word for word in found if word])
    return named or _by_source(one)


def _by_source(one: Build) -> tuple[str, ...]:
    """``go build cmd/server.go`` makes ``server`` in the directory it runs in (https://pkg.go.dev/cmd/go)."""
    files = [word for word in one.command.texts if word.endswith(".go") and not any(sign in word for sign in "*?[${")]
    if one.tool in {"go", "xx-go"} and one.action == "build" and len(files) == 1:
        return (posixpath.basename(files[0]).removesuffix(".go"),)
    return ()

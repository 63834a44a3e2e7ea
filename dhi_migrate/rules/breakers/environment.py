"""Environment variables that the upstream image sets, the file reads, and the hardened image does not have."""

from __future__ import annotations

import re

from .model import Breaker, Move

_USE = re.compile(r"\$\{?([A-Za-z_]\w*)")
# Set by official images beside what their facts list; https://github.com/docker-library.
_VERSIONS = frozenset(
    {
        *(
            "GOLANG_VERSION",
            "JAVA_VERSION",
            "MAVEN_HOME",
            "NGINX_VERSION",
            "NJS_VERSION",
            "NODE_VERSION",
            "PHP_VERSION",
        ),
        *(
            "PYTHON_VERSION",
            "PYTHON_PIP_VERSION",
            "RUBY_VERSION",
            "RUST_VERSION",
            "YARN_VERSION",
            "PHPIZE_DEPS",
            "JAVA_HOME",
        ),
    }
)


def environment_breakers(move: Move) -> list[Breaker]:
    """A variable that is not set expands to nothing, silently: ``USER $APP_UID`` becomes root."""
    facts = move.facts
    set_upstream = set(facts.env) if facts is not None else set()
    lost = (set_upstream | _VERSIONS) - set(move.definition.env)
    if not lost:
        return []
    own: set[str] = set()
    found = []
    for stage in move.stages:
        for instruction in stage.instructions:
            names = sorted((set(_USE.findall(instruction.original)) & lost) - own)
            for name in names:
                text = f"{name} is set by the upstream image and not by {move.image}"
                found.append(Breaker(instruction.span, text, name in set_upstream))
            if instruction.keyword in {"ARG", "ENV"}:
                own.update(pair.name for pair in getattr(instruction.detail, "pairs", ()))
    return found

"""Variables in a reference of a Compose file: what stands there where nobody says otherwise.

https://docs.docker.com/reference/compose-file/interpolation/.
"""

from __future__ import annotations

from ..._pattern import regex
from ...dockerfile import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .yaml_tree import Node

_VARIABLE = regex(r"\$(?:\{([A-Za-z_]\w{0,80})(?::?-([^${}]{0,300}))?\}|([A-Za-z_]\w{0,80}))")


def with_values(node: Node, variables: Mapping[str, str]) -> tuple[Node, str | None]:
    """The scalar `node` with the values of its variables, and the name of one that decides it (None without variables).

    `variables` are those of the file ``.env``; a default counts for one that is not there. It can be edited only where it is
    one default as a whole, which is then what is replaced. A node with a variable that has neither is given back as it is.
    """
    if "$" not in node.text:
        return node, None
    names: list[str] = []
    parts: list[str] = []
    edit: Span | None = None
    at = 0
    for match in _VARIABLE.finditer(node.text):
        name, default = match[1] or match[3], match[2]
        value = variables.get(name) or default
        if not value:
            return node, None
        if match.span() == (0, len(node.text)) and not variables.get(name) and node.edit is not None:
            edit = Span(node.edit.start + match.start(2), node.edit.start + match.end(2))
        parts += [node.text[at : match.start()], value]
        names.append(name)
        at = match.end()
    text = "".join(parts) + node.text[at:]
    if "$" in text or not names:
        return node, None
    return node.reading(text, edit), names[0]

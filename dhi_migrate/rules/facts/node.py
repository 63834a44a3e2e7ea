"""Node.js: npm, yarn, pnpm and bun, the scripts of package.json, and the programs that they start."""

from __future__ import annotations

from .build_tables import SCRIPTS
from .language_tables import TOOLS
from .languages import arguments, note_install, read_tool
from .notes import note_build
from .options import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .notes import Call, Kind, Notes, Reader


def _node(call: Call, notes: Notes) -> Kind | None:
    """npm, yarn, pnpm and bun: installations, then the scripts of package.json and the programs that they start."""
    given = arguments(call, call.name)
    operands = given.operands
    action = operands[0].text if operands else ""
    if call.name == "yarn" and action in {"workspace", "workspaces"} and len(operands) > 2 and action == "workspace":
        operands = operands[2:]
        action = operands[0].text
        if action in TOOLS["yarn"].installs:
            return note_install(call, notes, "yarn", action, operands[1:], given)
    if call.name == "bun" and action == "build":
        outputs = tuple(filter(None, [given.value("--outfile"), given.value("--outdir")]))
        return note_build(call, notes, "bun", "build", outputs)
    if action in {"exec", "dlx", "x"} and len(operands) > 1:
        return _started(call, notes, call.arguments.index(operands[1]))
    if action in {"run", "run-script", "rum"}:
        return note_build(call, notes, call.name, operands[1].text, ()) if len(operands) > 1 else None
    found = read_tool(call, notes) if action != "workspace" else None
    if found is None and action and call.name in SCRIPTS and action not in SCRIPTS[call.name]:
        return note_build(call, notes, call.name, action, ())
    return found


def _npx(call: Call, notes: Notes) -> Kind | None:
    given = split(call.arguments, frozenset({"-p", "--package", "-c", "--call", "-w", "--workspace"}))
    return _started(call, notes, call.arguments.index(given.operands[0])) if given.operands else None


def _started(call: Call, notes: Notes, index: int) -> Kind | None:
    """The program at number `index` of the arguments, where it is one that is known."""
    from .read import read_call

    return read_call(call.inner(index), notes)


READERS: dict[str, Reader] = {
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun"), _node),
    **dict.fromkeys(("npx", "bunx", "pnpx"), _npx),
}
"""Readers by program."""

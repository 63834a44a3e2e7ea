"""Dependencies of languages: the tools that one table explains, and those of Ruby, Elixir, R and PHP."""

from __future__ import annotations

import re

from ..._pattern import regex
from .language_tables import NO_NAMES, SAME, SECOND, TOOLS, Tool
from .model import LanguageInstall
from .notes import note_build
from .options import Arguments, split, split_long

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile.shell import ShellWord
    from .notes import Call, Kind, Notes, Reader

_PATHS = regex(r"[./~]|[a-z+]+://|(?:file|git|link):|git@")
_SYSTEM_FOLDERS = ("/usr/bin/", "/usr/local/bin/", "/bin/")


def arguments(call: Call, name: str) -> Arguments:
    """The arguments of a call to a tool of the table."""
    tool = TOOLS[name]
    return (split_long if tool.long else split)(call.arguments, tool.takes)


def _packages(words: tuple[ShellWord, ...], versions: str) -> tuple[str, ...]:
    """The literal names among `words` without versions; paths and URLs as they are."""
    found = []
    for word in words:
        # A glob sign belongs to the name here: ``uvicorn[standard]``, ``django==4.*``.
        if (not word.literal and "$" in word.text) or "`" in word.text or not word.text:
            continue
        text = word.text
        if versions and not _PATHS.match(text):
            cut = re.search(versions, text)
            text = text[: cut.start()].rstrip() if cut else text
        found.append(text)
    return tuple(found)


def _is_global(call: Call, tool: Tool, name: str, given: Arguments, action: str, notes: Notes) -> bool | None:
    names = {*given.names, action}
    if names & tool.apart:
        return False
    if name in {"pip", "uv"} and "/" in call.program and not call.program.startswith(_SYSTEM_FOLDERS):
        return False  # the pip of a virtual environment
    if names & tool.everywhere or given.value("--location") == "global":
        return True
    if notes.activated and name in {"pip", "uv", "poetry"}:
        return False
    if (name, action) in {("go", "install"), ("cargo", "install")}:
        return not given.has("--root")
    return tool.default


def note_install(
    call: Call, notes: Notes, name: str, action: str, words: tuple[ShellWord, ...], given: Arguments
) -> Kind:
    """Add an installation by the tool `name`: `words` are the operands that name packages."""
    tool = TOOLS[name]
    packages = () if action in NO_NAMES else _packages(words, tool.versions)
    rules = TOOLS["pip"] if (name, action) == ("uv", "pip") else tool
    is_global = _is_global(call, rules, name, given, action, notes)
    notes.languages.append(LanguageInstall(call.command, name, action, packages, given.texts, is_global))
    return "language"


def read_tool(call: Call, notes: Notes) -> Kind | None:
    """A tool that the table explains in full."""
    name = SAME.get(call.name, call.name)
    tool = TOOLS[name]
    given = arguments(call, name)
    operands = given.operands
    if name == "cargo" and operands and operands[0].text[:1] == "+":
        operands = operands[1:]
    if "" in tool.installs and len(tool.installs) == 1:
        return note_install(call, notes, name, "", operands, given)
    action = operands[0].text if operands else ""
    if action in tool.cleans:
        return "cleanup"
    if action in tool.removes:
        return "language"
    if action in tool.harmless or (operands == () and given.has(*tool.harmless)):
        return "harmless"
    if action not in tool.installs:
        return None
    rest = operands[1:]
    second = SECOND.get(name, {}).get(action)
    if second is not None:
        if not rest or rest[0].text not in second:
            return None
        rest = rest[1:]
    return note_install(call, notes, name, action, rest, given)


def _bundle(call: Call, notes: Notes) -> Kind | None:
    given = arguments(call, "bundle")
    words = given.operands
    if words and words[0].text == "exec":
        if len(words) == 1:
            return None
        index = call.arguments.index(words[1])
        from .read import read_call

        found = read_call(call.inner(index), notes)
        if found is not None:
            return found
        more = call.arguments[index + 1 :]
        return note_build(call, notes, words[1].text, more[0].text if more else "", ())
    return read_tool(call, notes)


def _mix(call: Call, notes: Notes) -> Kind | None:
    """mix(1): tasks; ``do a, b`` runs several."""
    tasks = [word.text.rstrip(",") for word in call.arguments if word.text[:1] != "-" and word.text != "do"]
    first = tasks[0] if tasks else ""
    if first.startswith("deps.clean"):
        return "language"
    if first.startswith(("local.", "deps.get", "deps.update", "archive.install", "escript.install", "hex.")):
        given = split(call.arguments, frozenset({"--only"}))
        notes.languages.append(LanguageInstall(call.command, "mix", first, (), given.texts, False))
        return "language"
    return note_build(call, notes, "mix", first, ()) if first else None


_R_INSTALLS = regex(
    r"install\.packages|install_(?:github|version|cran|bioc|deps|local)|BiocManager|pak::|renv::restore"
)
_R_NAME = regex(r"[\"']([A-Za-z][A-Za-z0-9.]*)[\"']")


def _r(call: Call, notes: Notes) -> Kind | None:
    """``R -e "install.packages(c('a', 'b'))"``, ``Rscript -e`` and ``R CMD INSTALL``."""
    texts = [word.text for word in call.arguments]
    if texts[:2] == ["CMD", "INSTALL"]:
        notes.languages.append(LanguageInstall(call.command, call.name, "INSTALL", (), (), True))
        return "language"
    for text in texts:
        match = _R_INSTALLS.search(text)
        if match is not None:
            inside = text[match.end() :].split("repos", 1)[0].split(")", 1)[0]
            notes.languages.append(
                LanguageInstall(call.command, call.name, match[0], tuple(_R_NAME.findall(inside)), (), True)
            )
            return "language"
    return None


def _php(call: Call, notes: Notes) -> Kind | None:
    """``php artisan``, ``php bin/console`` and ``php composer.phar``."""
    for index, word in enumerate(call.arguments):
        script = word.text.rsplit("/", 1)[-1]
        if script in {"artisan", "console"}:
            task = call.arguments[index + 1].text if index + 1 < len(call.arguments) else ""
            return note_build(call, notes, script, task, ())
        if script in {"composer", "composer.phar"}:
            return read_tool(call.inner(index + 1, "composer"), notes)
    return None


def _composer(call: Call, notes: Notes) -> Kind | None:
    found = read_tool(call._replace(name="composer"), notes)
    if found is None:
        given = arguments(call, "composer")
        if given.operands and given.operands[0].text in {
            "dump-autoload",
            "dumpautoload",
            "run-script",
            "run",
            "dump-env",
        }:
            return note_build(call, notes, "composer", given.operands[0].text, ())
    return found


ELSEWHERE = frozenset({"pip", "uv", "npm", "yarn", "pnpm", "bun"})
"""Tools of the table that `python` and `node` read."""

READERS: dict[str, Reader] = {
    **dict.fromkeys([*(TOOLS.keys() - ELSEWHERE), *SAME], read_tool),
    "bundle": _bundle,
    "bundler": _bundle,
    "mix": _mix,
    **dict.fromkeys(("R", "Rscript", "r"), _r),
    "php": _php,
    "composer": _composer,
    "composer.phar": _composer,
}
"""Readers by program."""

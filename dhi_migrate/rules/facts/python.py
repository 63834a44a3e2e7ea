"""Python: pip, uv, virtual environments, ``python -m ..``, setup.py and manage.py."""

from __future__ import annotations

from .languages import READERS as LANGUAGES
from .languages import arguments, note_install, read_tool
from .model import LanguageInstall, Written
from .notes import note_build
from .options import NO_FLAGS, Arguments, split, word_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile.shell import ShellWord
    from .notes import Call, Kind, Notes, Reader


def _pip(call: Call, notes: Notes) -> Kind | None:
    return read_tool(call._replace(name="pip"), notes) or _wheel(call, notes)


def _wheel(call: Call, notes: Notes) -> Kind | None:
    """``pip wheel`` builds, ``pip download`` fetches."""
    given = arguments(call, "pip")
    action = given.operands[0].text if given.operands else ""
    if action == "wheel":
        return note_build(call, notes, "pip", "wheel", tuple(filter(None, [given.value("-w", "--wheel-dir")])))
    return note_install(call, notes, "pip", action, given.operands[1:], given) if action == "download" else None


def _uv(call: Call, notes: Notes) -> Kind | None:
    given = arguments(call, "uv")
    words = [word.text for word in given.operands[:2]]
    if words[:1] == ["venv"]:
        return _venv(call, notes, "uv", given, given.operands[1:])
    if words in (["pip", "install"], ["pip", "sync"], ["tool", "install"], ["python", "install"]):
        return note_install(call, notes, "uv", words[0], given.operands[2:], given)
    if words[:1] == ["build"]:
        return note_build(call, notes, "uv", "build", tuple(filter(None, [given.value("-o", "--out-dir")])))
    if words[:1] == ["run"]:
        return None
    return read_tool(call, notes)


def _venv(call: Call, notes: Notes, name: str, given: Arguments, paths: tuple[ShellWord, ...]) -> Kind:
    """A virtual environment: its directory is written."""
    is_global = None if given.has("--system-site-packages") else False
    notes.languages.append(LanguageInstall(call.command, name, "venv", (), given.texts, is_global))
    notes.written.extend(Written(call.command, "directory", word.text, "") for word in paths)
    return "language"


_VENV_TAKES = word_set("--prompt -p --python --download --seeder --app-data --pip --setuptools --wheel")


def _virtualenv(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, _VENV_TAKES)
    return _venv(call, notes, call.name, given, given.operands)


_SETUP_INSTALLS = frozenset({"install", "develop"})
_MANAGE = frozenset({"collectstatic", "compilemessages", "compress", "compilescss", "tailwind"})


def _python(call: Call, notes: Notes) -> Kind | None:
    """``python -m tool``, ``python setup.py`` and ``python manage.py``."""
    words = call.arguments
    index = 0
    while index < len(words) and words[index].text[:1] == "-" and not words[index].text.startswith(("-m", "-c")):
        index += 2 if words[index].text in {"-W", "-X"} else 1
    if index == len(words):
        return None
    text = words[index].text
    if text == "-m" and index + 1 < len(words):
        return _module(call, notes, index + 1)
    action = words[index + 1].text if index + 1 < len(words) else ""
    script = text.rsplit("/", 1)[-1]
    if script == "setup.py":
        given = split(words[index + 1 :], NO_FLAGS)
        if action in _SETUP_INSTALLS:
            notes.languages.append(LanguageInstall(call.command, "setup.py", action, (), given.texts, None))
            return "language"
        return note_build(call, notes, "setup.py", action, ())
    if script == "manage.py" and action in _MANAGE:
        return note_build(call, notes, "manage.py", action, ())
    if script == "get-pip.py":
        notes.languages.append(LanguageInstall(call.command, "get-pip.py", "", (), (), None))
        return "language"
    return None


def _module(call: Call, notes: Notes, index: int) -> Kind | None:
    """``python -m`` with the module at number `index` of the arguments."""
    module = call.arguments[index].text
    inner = call.inner(index + 1, module)
    if module in {"pip", "poetry", "pipenv", "uv", "pdm", "pipx", "easy_install"}:
        return (READERS.get(module) or LANGUAGES[module])(inner, notes)
    if module in {"venv", "virtualenv"}:
        given = split(inner.arguments, _VENV_TAKES)
        return _venv(call, notes, "python" if module == "venv" else module, given, given.operands)
    if module == "ensurepip":
        notes.languages.append(LanguageInstall(call.command, "ensurepip", "", (), (), None))
        return "language"
    if module in {"build", "compileall", "PyInstaller", "nuitka", "grpc_tools.protoc"}:
        given = split(inner.arguments, frozenset({"-o", "--outdir", "--distpath", "-C"}))
        return note_build(call, notes, module, "", tuple(filter(None, [given.value("-o", "--outdir", "--distpath")])))
    return None


READERS: dict[str, Reader] = {
    "pip": _pip,
    "uv": _uv,
    "virtualenv": _virtualenv,
    "pyvenv": _virtualenv,
    "python": _python,
    "pypy": _python,
}
"""Readers by program."""

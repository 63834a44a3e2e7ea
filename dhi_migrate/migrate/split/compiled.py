"""The program of a stage that compiles one: where the tools put it, and what of the sources it may read beside it."""

from __future__ import annotations

import posixpath

from ..._pattern import regex
from ...rules.brought import DEFAULT_PATH
from ...rules.start import SHELLS, start_of
from ..effects.places import BINARIES
from ..outcome import Refusal
from .holdings import Root
from .plan import StartPlan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...rules.start import Setting
    from ...rules.subject import Subject
    from .frame import Frame
    from .inventory import Inventory

MAX_FILES = 3000
"""Most files of the build context whose names are looked at."""

_TOOLCHAIN = frozenset({"go", "gofmt", "cargo", "rustc", "rustup", "make", "git", "gcc", "air", "sh", "bash"})
_SOURCES = regex(
    r"(?:.*\.(?:go|rs|mod|sum|lock|proto|md|c|h|s|S)|go\.work(?:\.sum)?|Cargo\.toml|rust-toolchain.*|Makefile|LICENSE.*"
    r"|NOTICE|CODEOWNERS|OWNERS|AUTHORS|Dockerfile.*|.*\.Dockerfile|docker-compose.*|compose\..*|\..*|README.*|Jenkinsfile|Taskfile.*)\Z"
)
_MARKS = {"go": ("go.mod", ".go"), "rust": ("Cargo.toml", ".rs")}


def compiled_start(
    subject: Subject, setting: Setting, words: tuple[str, ...], inventory: Inventory, frame: Frame
) -> StartPlan | Refusal:
    """Where the program lies that starts: at the path that it is given, in a directory of PATH, or where the tool installs."""
    line = subject.line(setting.span)
    word = words[0]
    name = posixpath.basename(word)
    if name in _TOOLCHAIN - SHELLS:
        return Refusal("split", line, f"{name} is for building, and {frame.target.image} does not have it")
    folder = _installs_to(subject, frame)
    if "/" in word:
        return StartPlan((), (word,) if folder and posixpath.dirname(word) == folder and inventory.globals else (), "")
    if setting.argv is None and not subject_plain(setting):
        return Refusal("split", line, f"{name} is started by a shell")
    files = [root.path for root in inventory.roots if posixpath.dirname(root.path) in BINARIES | {folder}]
    for path in (*inventory.outputs, *files):
        if posixpath.basename(path) == word:
            found = posixpath.dirname(path) in frame.target.env.get("PATH", DEFAULT_PATH).split(":")
            return StartPlan((), () if found else (path,), "")
    if not inventory.globals:
        return Refusal("split", line, f"where {name} comes from is not known")
    if not folder:
        return Refusal("split", line, f"where {name} is installed to is not known")
    return StartPlan((), (f"{folder}/{word}",), "")


def subject_plain(setting: Setting) -> bool:
    """Whether a shell text is plain words."""
    return setting.text is not None and not any(sign in setting.text.text for sign in "$|&;<>`*?()\"'")


def _installs_to(subject: Subject, frame: Frame) -> str:
    """The directory of ``go install`` and ``cargo install``; "" where the file sets another one that is not known.

    https://pkg.go.dev/cmd/go#hdr-Environment_variables; https://doc.rust-lang.org/cargo/guide/cargo-home.html.
    """
    environment = subject.stage.state.env
    if frame.language == "rust":
        return "" if {"CARGO_HOME", "CARGO_INSTALL_ROOT"} & set(environment) else "/usr/local/cargo/bin"
    for name in ("GOBIN", "GOPATH"):
        if name in environment:
            value = environment[name].value
            if not isinstance(value, str) or not value.startswith("/"):
                return ""
            return posixpath.normpath(value.split(":")[0] + ("/bin" if name == "GOPATH" else ""))
    return "/go/bin"


def compiled_roots(
    subject: Subject, inventory: Inventory, frame: Frame, programs: tuple[str, ...]
) -> tuple[Root, ...] | Refusal:
    """What the runtime takes over: the program alone, where nothing else that it could read is there."""
    started = _started(subject)
    outputs = [path for path in inventory.outputs if not started or path == started]
    sources = _only_sources(subject, inventory, frame)
    if sources and len(outputs) == 1 and outputs[0] not in programs:
        return (Root(outputs[0], False),)
    if sources and programs:
        return ()
    if frame.language == "rust":
        text = "which files beside the program it reads at run time is not known"
        return Refusal("split", subject.stage.line, text)
    return tuple(
        root._replace(owned=False) if root.path in inventory.outputs else root
        for root in inventory.roots
        if root.path not in programs
    )


def _started(subject: Subject) -> str:
    """The absolute path of the program that starts; "" where the start names none."""
    start = start_of(subject)
    setting = (start.entrypoint or start.cmd) if start is not None else None
    if setting is None:
        return ""
    words = setting.words if setting.argv is not None else tuple(setting.text.text.split()) if setting.text else ()
    if not words or "/" not in words[0]:
        return ""
    workdir = subject.stage.state.workdir.value
    return posixpath.normpath(posixpath.join(workdir if isinstance(workdir, str) else "/", words[0]))


def _only_sources(subject: Subject, inventory: Inventory, frame: Frame) -> bool:
    """Whether all that the stage copies is source code, by the names of the files, so that the program is all it makes.

    A context that holds none of the language's files is not the one that the file is built with.
    """
    seen: list[str] = []
    for one in inventory.copies:
        if one.outside or one.detail.documents:
            return False
        for source in one.sources:
            if not _sources(subject, source.strip("\"'").rstrip("/").removeprefix("./").lstrip("/"), seen):
                return False
    return any(name.endswith(_MARKS[frame.language]) for name in seen) if frame.language in _MARKS else False


def _sources(subject: Subject, path: str, seen: list[str]) -> bool:
    """Whether `path` of the build context is a source, or a directory of sources; the names looked at are added to `seen`."""
    tree = subject.file.tree
    if tree is None or "$" in path or "://" in path:
        return False
    name = posixpath.basename(path)
    if any(sign in path for sign in "*?["):
        seen.append(name)
        return bool(_SOURCES.match(name)) or name in {"go.*", "Cargo.*"}
    waiting = ["." if path in {"", "."} else path]
    while waiting:
        one = waiting.pop()
        names = tree.names(one)
        if names is None or len(seen) > MAX_FILES:
            return False
        if not names:
            name = posixpath.basename(one)
            seen.append(name)
            if not _SOURCES.match(name):
                return False
            continue
        for name in names:
            if name.startswith(".env") and not name.endswith(("example", "sample", "template")):
                return False  # read at run time, from the work directory
            if not name.startswith(".") and name not in {"testdata", "vendor", "node_modules"}:
                waiting.append(name if one == "." else f"{one}/{name}")
    return True

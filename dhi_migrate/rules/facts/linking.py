"""What a command that builds says of linking: whether it asks for a program without shared libraries."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .notes import Call, Notes
    from .options import Arguments


def _setting(call: Call, notes: Notes, name: str) -> str:
    """The value that the variable `name` has for the command as far as its own text sets it."""
    for key, word in call.command.assignments:
        if key == name:
            return word.text
    return notes.exported.get(name, "")


def _asks_static(text: str) -> bool:
    """Whether linker flags in `text` (``-extldflags "-static"``) hold ``-static``."""
    _, found, rest = text.partition("-extldflags")
    if not found:
        return False
    words = rest.translate({34: " ", 39: " ", 61: " "}).split()
    return "-static" in words or "-static-pie" in words


def _go_static(call: Call, notes: Notes, given: Arguments) -> bool | None:
    """go(1), "Build modes": without cgo nothing is linked from outside, unless a mode that needs the loader is asked for."""
    mode = given.value("-buildmode", "--buildmode")
    if mode in {"pie", "c-shared", "shared", "plugin"} or given.has("-linkshared"):
        return None if mode == "pie" and _setting(call, notes, "CGO_ENABLED") == "0" else False
    flags = [flag.value or "" for flag in given.flags if flag.name.lstrip("-") == "ldflags"]
    if any(_asks_static(text) for text in [*flags, _setting(call, notes, "GOFLAGS")]):
        return True
    cgo = _setting(call, notes, "CGO_ENABLED")
    return True if cgo == "0" else False if cgo == "1" else None


def _cargo_static(call: Call, notes: Notes, given: Arguments) -> bool | None:
    """Targets of musl link statically by default (doc.rust-lang.org/reference/linkage.html, "Static and dynamic C runtimes")."""
    flags = _setting(call, notes, "RUSTFLAGS") + " ".join(
        flag.value or "" for flag in given.flags if flag.name in {"-C", "--codegen"}
    )
    if "-crt-static" in flags:
        return False
    target = given.value("--target") or _setting(call, notes, "CARGO_BUILD_TARGET")
    return True if "+crt-static" in flags or target.endswith(("-musl", "-musleabihf", "-musleabi")) else None


def _flag_static(call: Call, notes: Notes, given: Arguments) -> bool | None:
    """Compilers with a flag for it: ``--static``, ``-static``."""
    return True if given.has("--static", "-static", "-static-executable") else None


LINKING: dict[str, Callable[[Call, Notes, Arguments], bool | None]] = {
    "go": _go_static,
    "xx-go": _go_static,
    "cargo": _cargo_static,
    "xx-cargo": _cargo_static,
    "rustc": _cargo_static,
    **dict.fromkeys(("crystal", "native-image", "swift", "ghc"), _flag_static),
}
"""What each tool says, by program."""

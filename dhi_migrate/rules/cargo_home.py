"""Programs of ``cargo install`` that are looked for below the CARGO_HOME of the upstream image, which the target does not set.

Without that variable cargo installs to ``.cargo/bin`` in the home of the user: https://doc.rust-lang.org/cargo/guide/cargo-home.html.
"""

from __future__ import annotations

import posixpath
from itertools import islice

from .causes import also
from .findings import Edit, Fix, Hit
from .makers import MAX_COPIES, rooted, runs_of
from .paths import under
from .repairs import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..dockerfile import Instruction, Span
    from .subject import Subject

_OURS = "/root/.cargo"  # the images for building run as root, whose home that is by their passwd
# What rustup puts beside the programs that cargo installs: https://rust-lang.github.io/rustup/concepts/proxies.html
_TOOLCHAIN = frozenset(
    {
        *("cargo", "rustc", "rustup", "rustdoc", "rustfmt", "rls", "rust-analyzer", "rust-gdb", "rust-gdbgui"),
        *("rust-lldb", "cargo-clippy", "cargo-fmt", "cargo-miri", "clippy-driver"),
    }
)
_SETTINGS = frozenset({"CARGO_HOME", "CARGO_INSTALL_ROOT", "HOME"})


def moved_installs(subject: Subject) -> Iterator[Hit]:
    """Hits on paths below the upstream CARGO_HOME: of programs that the stage installs, and of what is not there at all."""
    target, before = subject.target, subject.before
    if target is None or before is None or target.image != "rust" or target.uid != 0:
        return
    home = before.env.get("CARGO_HOME", "")
    if not home or "CARGO_HOME" in target.env or _sets_its_own(subject, home):
        return
    installs = any(
        one.tool == "cargo" and one.action == "install" and one.is_global and not one.command.assignments
        for run in runs_of(subject.file, subject.stage.index)
        for one in run.languages
    )
    source = subject.file.dockerfile.source
    found: list[tuple[Span, str, Edit | None, Instruction]] = []
    for instruction, span, path in _places(subject, home):
        name = posixpath.basename(path)
        if posixpath.dirname(path) == f"{home}/bin" and name not in _TOOLCHAIN:
            if installs:
                place = f"{_OURS}/bin/{name}"
                found.append((span, place, _edit(span, source.text(span), path, place), instruction))
        elif instruction.keyword == "COPY":
            text = f"{subject.image} has no {path}: upstream keeps Rust's programs there, and cargo what it installs"
            yield Hit(span, f"{text}; name what is needed of it", f"{subject.evidence} sets no CARGO_HOME")
    if found:
        found.sort(key=lambda one: one[0])
        span, place, _, first = found[0]
        text = f"{subject.image} sets no CARGO_HOME, so that cargo install writes to {_OURS}/bin and not to {home}/bin"
        rest = also(subject, [one[3] for one in found if one[3] is not first])
        edits = tuple(one[2] for one in found if one[2] is not None)
        fix = Fix("unsafe", f"Take what cargo installs from {_OURS}/bin", edits, bound=subject.pending)
        evidence = f"{subject.evidence} sets no CARGO_HOME; upstream sets {home}"
        yield Hit(span, f"{text}: name {place}{rest}", evidence, (fix,) if len(edits) == len(found) else ())


def _edit(span: Span, raw: str, path: str, place: str) -> Edit | None:
    """Write `place` in the place of `path`, which stands at `span` as `raw`; None where it is written in another way."""
    quote = raw[:1] if raw[:1] in {'"', "'"} else ""
    return replace(span, f"{quote}{place}{quote}") if raw == f"{quote}{path}{quote}" else None


def _sets_its_own(subject: Subject, home: str) -> bool:
    """Whether the file says where cargo installs to, makes the directory `home` itself, or leaves root."""
    if _SETTINGS & subject.stage.state.env.keys():
        return True
    for one in subject.chain_instructions("USER", "COPY", "ADD"):
        if one.keyword == "USER":
            if one.words and one.words[0].text.strip("\"'").partition(":")[0] not in {"root", "0"}:
                return True
        elif one.words and under(posixpath.normpath(one.words[-1].text.strip("\"'")), home):
            return True
    for run in runs_of(subject.file, subject.stage.index):
        if any(setting in run.instruction.original for setting in ("CARGO_HOME=", "CARGO_INSTALL_ROOT=")):
            return True
        if any(one.kind != "removed" and under(posixpath.normpath(one.path), home) for one in run.written):
            return True
    return False


def _places(subject: Subject, home: str) -> Iterator[tuple[Instruction, Span, str]]:
    """The words that name something at or below `home` of this stage: sources of copies out of it, and words of its RUN.

    Of a RUN only programs: what is removed, listed or cached there may be missing.
    """
    copies = (edge for edge in subject.outgoing if edge.kind == "copy" and edge.known)
    for edge in islice(copies, MAX_COPIES):
        for word, source in zip(getattr(edge.instruction.detail, "sources", ()), edge.sources, strict=False):
            if under(rooted(source), home):
                yield edge.instruction, word.span, rooted(source)
    for run in subject.facts.runs:
        for command in run.script.commands if run.script.ok else ():
            for word in command.words if command.name != "rm" else ():
                if word.literal and word.text.startswith(f"{home}/bin/"):
                    yield run.instruction, word.span, posixpath.normpath(word.text)

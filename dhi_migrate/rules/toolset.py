"""Tools that a command starts behind the scenes, by its arguments."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..dockerfile.shell import Command

# tar(1) starts these by its flags, or by the name of the archive.
_PACKERS = (
    ("gzip", "z", ("--gzip", "--gunzip", "--ungzip"), (".tar.gz", ".tgz")),
    ("xz", "J", ("--xz",), (".tar.xz", ".txz")),
    ("bzip2", "j", ("--bzip2",), (".tar.bz2", ".tbz2", ".tbz")),
)


def implied_tools(command: Command) -> Iterator[str]:
    """The tools that `command` needs beside its own program: the packer of an archive, git for what pip and npm fetch with it."""
    words = command.texts
    if command.name == "tar":
        yield from _packers(words)
    elif any(word.startswith(("git+https://", "git+ssh://", "git+http://")) or "@git+http" in word for word in words):
        yield "git"


def _packers(words: tuple[str, ...]) -> Iterator[str]:
    letters = "".join(word.lstrip("-") for word in words if word[:1] == "-" and word[:2] != "--")
    if words and words[0][:1] != "-":
        letters += words[0]
    # the letters behind an f or a C are the name that belongs to it
    flags = letters.partition("f")[0].partition("C")[0]
    for tool, letter, options, ends in _PACKERS:
        if letter in flags or any(word in options or word.endswith(ends) for word in words):
            yield tool

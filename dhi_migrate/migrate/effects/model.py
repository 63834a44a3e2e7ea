"""What a command does to the file system of its stage, as far as that decides whether a stage can be split."""

from __future__ import annotations

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ...dockerfile import Span

    Kind = Literal[
        "nothing",
        "packages",
        "account",
        "owner",
        "path",
        "directory",
        "link",
        "edited",
        "removed",
        "tree",
        "python",
        "global",
        "place",
        "unknown",
    ]
    """
    ``nothing``: what is left behind is of no use at run time (caches, lists, settings of the build).
    ``packages``: packages of the operating system, named.
    ``account``: users and groups. ``owner``: owner or mode of files that are there.
    ``path``: files at the paths named, and nowhere else. ``directory``: an empty directory there. ``link``: a link there.
    ``edited``: files that are there, changed in place.
    ``removed``: files taken away; with a pattern, `names` has it and `paths` the directory that it is about.
    ``tree``: files below the directory that the command works in.
    ``python``: packages for the Python of the image. ``global``: programs for the whole image, by a manager of a language.
    ``place``: the directory of the image in which a language keeps what is installed for all, named.
    ``unknown``: anything may have happened; `text` says why.
    """


class Effect(NamedTuple):
    """One effect of one command: its `kind`, the bytes of the command, and what the kind is about.

    `paths` are absolute and normal, so are `sources`: what files and links are made of. `names` are packages. `text` is the
    command as a message names it. `certain` tells that the command always runs when the RUN succeeds.
    """

    kind: Kind
    span: Span
    text: str
    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    certain: bool = True
    sources: tuple[str, ...] = ()

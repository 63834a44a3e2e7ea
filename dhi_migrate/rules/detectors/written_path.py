"""Places that are written to and stay with root: copied data (DHI405), the work directory (DHI406), volumes (DHI408)."""

from __future__ import annotations

from ..accounts import final_uid, was_root
from ..start import starts
from ..writing import written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from ..findings import Hit
    from ..subject import Subject

    Kind = Literal["copy", "workdir", "volume"]


def written_path(subject: Subject, kind: Kind) -> Iterator[Hit]:
    """Hits on what root keeps although the file says that it is written to, where what starts does not run as root.

    "copy": a COPY without --chown into such a path. "workdir": a work directory that the image brings and only root may write
    to. "volume": a VOLUME on a directory that nothing makes for the user. Silent where the file runs as another user than root
    already, since then nothing changes.
    """
    if subject.role != "final" or subject.target is None or not starts(subject):
        return
    uid = final_uid(subject)
    if not uid or not was_root(subject):
        return
    places = written(subject)
    if not places:
        return
    from ..kept_by_root import copies_of_root, volumes_of_root, workdir_of_root

    look = {"copy": copies_of_root, "workdir": workdir_of_root, "volume": volumes_of_root}
    yield from look[kind](subject, uid, places)

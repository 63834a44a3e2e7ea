"""Data of a container of the upstream image that belongs to another number than the target runs as (DHI407)."""

from __future__ import annotations

from ..._pattern import is_number
from ..accounts import ROOT, created, creating, final_uid, final_user, name_of, own_account
from ..findings import Hit
from ..start import starts
from ..writing import read_only, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..subject import Subject


def uid_change(subject: Subject, users: Mapping[str, int], paths: Mapping[str, str]) -> Iterator[Hit]:
    """At most one hit: on the ``FROM`` for the volumes of the upstream image, on the first VOLUME for a user of the file.

    `users` gives the uid that the start script of an upstream repository changes to, by repository, with ``/alpine`` behind it
    for those on Alpine where that differs; `paths` the data directory of images that declare no volume for it.
    """
    if subject.role != "final" or subject.target is None or not subject.pending or not starts(subject):
        return
    yield from _upstream(subject, users, paths)
    yield from _file(subject)


def _upstream(subject: Subject, users: Mapping[str, int], paths: Mapping[str, str]) -> Iterator[Hit]:
    before, now = subject.before, final_uid(subject)
    if before is None or now is None or final_user(subject) != "":
        return
    folders = before.volumes or tuple(path for name, path in paths.items() if name == before.repository)
    was = users.get(f"{before.repository}/{before.os}", users.get(before.repository))
    if was is None and before.uid:
        was = before.uid
    if not folders or was is None or was == now:
        return
    text = (
        f"data in {', '.join(folders)} belongs to uid {was} so far, and {subject.image} runs as {subject.who}: "
        f"chown it once, or set fsGroup: {subject.target.gid if subject.target is not None else now} in Kubernetes"
    )
    yield Hit(subject.carrier.stage.base.word.span, text, f"{subject.evidence}; upstream {before.source}")


def _file(subject: Subject) -> Iterator[Hit]:
    """A user that the file makes and runs as: the target has another one."""
    user, target = final_user(subject), subject.target
    own = own_account(target) if target is not None else None
    if not user or user in ROOT or is_number(user) or own is None or user == own.name or user not in created(subject):
        return
    volumes = [
        one for one in written(subject) if one.volume and one.instruction is not None and not read_only(one.path)
    ]
    if not volumes:
        return
    numbers = {
        one.uid
        for run in creating(subject)
        for one in run.accounts
        if one.action == "user" and name_of(one) == user and one.uid is not None
    }
    if own.uid in numbers:
        return
    was = f"uid {min(numbers)}" if numbers else user
    paths = ", ".join(dict.fromkeys(one.path for one in volumes))
    text = (
        f"data in {paths} belongs to {was} so far, and {subject.image} runs as {own.name} ({own.uid}): "
        f"chown it once, or set fsGroup: {own.gid} in Kubernetes"
    )
    yield Hit(volumes[0].span, text, subject.evidence)

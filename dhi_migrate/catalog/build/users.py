"""Who an image runs as: names and numbers of ``accounts.run-as``, and whether that user may write to a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..._pattern import is_number
from ..model import Account, PathEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from . import schema

NO_UID = "runs as a user that is not in its accounts"
_DEFAULT_MODE = "0755"
_FOR_ALL = frozenset({"/tmp", "/var/tmp"})  # noqa: S108 - mode 1777 in the base packages of both distributions


class RunUser(NamedTuple):
    """The user of an image: the `name` as the definition writes it ("node", "65532"), and its numbers."""

    name: str
    uid: int
    gid: int


def accounts_of(accounts: schema.Accounts) -> tuple[tuple[Account, ...], tuple[Account, ...]]:
    """(users, groups) that the image's /etc/passwd and /etc/group name; root only where the definition says so."""
    users = [Account(user.name, user.uid, user.gid) for user in accounts.users]
    groups = [Account(group.name, group.gid, group.gid) for group in accounts.groups]
    if accounts.root and not any(user.uid == 0 for user in users):
        users.append(Account("root", 0, 0))
    if accounts.root and not any(group.gid == 0 for group in groups):
        groups.append(Account("root", 0, 0))
    return tuple(sorted(set(users), key=_by_number)), tuple(sorted(set(groups), key=_by_number))


def _by_number(account: Account) -> tuple[int, str]:
    return account.uid, account.name


def run_user(accounts: schema.Accounts) -> RunUser | None:
    """The user that ``run-as`` names, None where that is a name without an account.

    A number needs no account: the runtime then takes group 0, as the OCI runtime specification leaves it to do.
    """
    users, groups = accounts_of(accounts)
    name, colon, group = accounts.run_as.partition(":")
    if name == "root":
        user: Account | None = Account("root", 0, 0)
    elif is_number(name):
        number = int(name)
        user = next((one for one in users if one.uid == number), Account(name, number, 0))
    else:
        user = next((one for one in users if one.name == name), None)
    if user is None:
        return None
    gid: int | None = user.gid
    if colon:
        gid = int(group) if is_number(group) else None
        gid = gid if gid is not None else next((one.gid for one in groups if one.name == group), None)
    return None if gid is None else RunUser(accounts.run_as, user.uid, gid)


def may_write(user: RunUser, directory: str | None, paths: Sequence[PathEntry]) -> bool | None:
    """Whether `user` may create files in the `directory`, going by the owners and modes in `paths`.

    No directory is ``/``, which belongs to root in every image. None: the definition does not make the directory, so
    its owner is not known.
    """
    if user.uid == 0:
        return True
    path = (directory or "/").rstrip("/")
    if not path:
        return False
    if path in _FOR_ALL:
        return True
    for _ in range(4):  # links to links; more are not followed
        entry = next((one for one in reversed(paths) if one.path.rstrip("/") == path), None)
        if entry is None or entry.kind == "file":
            return None
        if entry.kind == "directory":
            mode = int(entry.mode or _DEFAULT_MODE, 8)
            if entry.uid == user.uid:
                return bool(mode & 0o200)
            if entry.gid == user.gid:
                return bool(mode & 0o020)
            return bool(mode & 0o002)
        path = (entry.target or "").rstrip("/")
    return None

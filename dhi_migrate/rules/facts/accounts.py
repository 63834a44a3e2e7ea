"""Users and groups: useradd(8) and its family, adduser(8) of Debian, adduser of BusyBox, which share names but not flags."""

from __future__ import annotations

from ..._pattern import is_number
from .model import Account
from .options import Arguments, split, word_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile.shell import ShellWord
    from .model import AccountAction
    from .notes import Call, Kind, Notes, Reader

_USERADD = word_set(
    "-b --base-dir -c --comment -d --home-dir --home -e --expiredate -f --inactive -g --gid -G --groups -k --skel"
    " -K --key -p --password -R --root -P --prefix -s --shell -u --uid -Z --selinux-user --selinux-range -l --login"
)
# `-l` takes a value for usermod (the new name), none for useradd (``--no-log-init``).
_USERADD_ONLY = _USERADD - {"-l", "--login"}
# Both flavours in one: no letter takes a value in one and none in the other, except -h of BusyBox (help elsewhere).
_ADDUSER = _USERADD_ONLY | word_set(
    "-h --gecos --ingroup --firstuid --lastuid --firstgid --lastgid --uidpool --gidpool --conf --add-extra-groups-list"
)
_BUSYBOX = frozenset({"-D", "-S", "-H", "-h"})
_SHADOW = frozenset({"-m", "-M", "-r", "-d", "-c", "-N", "-U", "-o", "-l", "-p", "-b", "-e", "-f", "-K"})
_GROUPADD = word_set("-g --gid -K --key -p --password -R --root -P --prefix -U --users --firstgid --lastgid --conf")
_GROUPMOD = _GROUPADD | {"-n", "--new-name"}
_DELETE = frozenset({"-R", "--root", "-P", "--prefix", "--backup-to", "--conf"})
_PASSWORDS = word_set(
    "-d --lastday -e --crypt-method -E --expiredate -I --inactive -i -m --mindays -M --maxdays -n -w -W --warndays"
    " -x -R --root -s --shell -c --sha-rounds"
)


def _number(text: str) -> int | None:
    return int(text) if is_number(text) and len(text) < 11 else None


def _name(operands: tuple[ShellWord, ...], index: int = 0) -> str:
    """The operand of that number where it is literal."""
    return operands[index].text if len(operands) > index and operands[index].literal else ""


def _list(text: str) -> tuple[str, ...]:
    return tuple([name for name in text.split(",") if name])


def _user(
    call: Call, given: Arguments, action: AccountAction, primary: str, groups: tuple[str, ...], home: str
) -> Account:
    return Account(
        call.command,
        action,
        _name(given.operands),
        _number(given.value("-u", "--uid")),
        _number(primary),
        home,
        groups,
        given.has("-r", "-S", "--system"),
        primary,
    )


def _useradd(call: Call, notes: Notes) -> Kind | None:
    given = split(call.arguments, _USERADD_ONLY)
    if not given.operands:
        return None if not given.has("-D", "--defaults") else "accounts"
    primary = _primary(given, "-g", "--gid") or ("users" if given.has("-N", "--no-user-group") else "")
    groups = _list(given.value("-G", "--groups"))
    notes.accounts.append(_user(call, given, "user", primary, groups, given.value("-d", "--home-dir", "--home")))
    return "accounts"


def _primary(given: Arguments, *names: str) -> str:
    """The primary group as written, also where a variable holds it, so that it is known not to be the user's own."""
    flag = given.flag(*names)
    return flag.value or "" if flag is not None else ""


def _adduser(call: Call, notes: Notes) -> Kind | None:
    given = split(call.arguments, _ADDUSER)
    if len(given.operands) == 2:
        return _join(call, notes, given)
    if not given.operands:
        return None
    names = set(given.names)
    gid = given.value("-g")
    # On Red Hat adduser is useradd: there -g is the group, in BusyBox the comment.
    shadow = bool(names & _SHADOW) or ("-g" in names and not names & _BUSYBOX and _number(gid) is not None)
    if shadow and not names & _BUSYBOX:
        return _useradd(call, notes)
    primary = _primary(given, "-G", "--ingroup", "--gid")
    if "--system" in names and not primary and "--group" not in names and "-S" not in names and "-D" not in names:
        # adduser(8) of Debian; BusyBox does the same with a group of its own choice.
        primary = "nogroup"
    elif "-S" in names and not primary:
        primary = "nogroup"
    home = given.value("-h", "--home")
    notes.accounts.append(_user(call, given, "user", primary, (), home))
    return "accounts"


def _join(call: Call, notes: Notes, given: Arguments) -> Kind:
    """``adduser user group`` and ``addgroup user group``: nothing is made, the user joins the group."""
    user, group = _name(given.operands), _name(given.operands, 1)
    notes.accounts.append(Account(call.command, "change", user, None, None, "", (group,) if group else ()))
    return "accounts"


def _groupadd(call: Call, notes: Notes) -> Kind | None:
    given = split(call.arguments, _GROUPADD)
    if len(given.operands) == 2 and call.name == "addgroup":
        return _join(call, notes, given)
    if not given.operands:
        return None
    gid = _number(given.value("-g", "--gid"))
    system = given.has("-r", "-S", "--system")
    notes.accounts.append(Account(call.command, "group", _name(given.operands), None, gid, "", (), system))
    return "accounts"


def _usermod(call: Call, notes: Notes) -> Kind | None:
    given = split(call.arguments, _USERADD)
    if not given.operands:
        return None
    primary, groups = _primary(given, "-g", "--gid"), _list(given.value("-G", "--groups"))
    changed = _user(call, given, "change", primary, groups, given.value("-d", "--home"))._replace(system=False)
    notes.accounts.append(changed)
    renamed = given.value("-l", "--login")
    if renamed:
        # The group keeps its old name.
        notes.accounts.append(changed._replace(action="user", name=renamed, primary=primary or changed.name))
    return "accounts"


def _groupmod(call: Call, notes: Notes) -> Kind | None:
    given = split(call.arguments, _GROUPMOD)
    if not given.operands:
        return None
    gid = _number(given.value("-g", "--gid"))
    changed = Account(call.command, "change", _name(given.operands), None, gid, "", ())
    notes.accounts.append(changed)
    renamed = given.value("-n", "--new-name")
    if renamed:
        notes.accounts.append(changed._replace(action="group", name=renamed))
    return "accounts"


def _delete(call: Call, notes: Notes) -> Kind | None:
    given = split(call.arguments, _DELETE)
    if not given.operands:
        return None
    # ``deluser user group`` and ``delgroup user group`` only take the user out of the group.
    action: AccountAction = "change" if len(given.operands) == 2 else "delete"
    notes.accounts.append(Account(call.command, action, _name(given.operands), None, None, "", ()))
    return "accounts"


def _password(call: Call, notes: Notes) -> Kind:
    # -d, -l and -u of passwd(1) take no value; those of chage(1) and chpasswd(8) do.
    takes = _PASSWORDS - {"-d", "-e", "-E"} if call.name == "passwd" else _PASSWORDS
    given = split(call.arguments, takes)
    notes.accounts.append(Account(call.command, "change", _name(given.operands), None, None, "", ()))
    return "accounts"


def _gpasswd(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, frozenset({"-a", "--add", "-d", "--delete", "-A", "-M", "-Q", "--root"}))
    user, group = given.value("-a", "--add"), _name(given.operands)
    groups = (group,) if user and group else ()
    notes.accounts.append(Account(call.command, "change", user, None, None, "", groups))
    return "accounts"


READERS: dict[str, Reader] = {
    "useradd": _useradd,
    "adduser": _adduser,
    "groupadd": _groupadd,
    "addgroup": _groupadd,
    "usermod": _usermod,
    "groupmod": _groupmod,
    **dict.fromkeys(("userdel", "deluser", "groupdel", "delgroup"), _delete),
    **dict.fromkeys(("passwd", "chpasswd", "chage", "chsh"), _password),
    "gpasswd": _gpasswd,
}
"""Readers by program."""

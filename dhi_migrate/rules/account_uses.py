"""What else in a file counts on a user that its RUN instructions make: a home directory, a script, a name in a variable.

Taking the user out is safe only where nothing of this is there.
"""

from __future__ import annotations

import posixpath
from itertools import pairwise

from .._pattern import is_number, regex
from .paths import under

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..dockerfile import Edge, Stage
    from .absorb import Around
    from .facts import Account, RunFacts
    from .subject import Subject

_PARTS = regex(r"[\s\"',=:;\[\]]+")
# Words in front of the name of a user or group: --user app, -u app, user=app, APACHE_RUN_USER=app.
_BEFORE = ("user", "uid", "group", "gid", "owner", "-u", "-g", "username")
_HOME = ("$HOME", "${HOME", "~/")


def words_of(text: str) -> list[str]:
    """The words of `text`, also those that quotes, brackets, commas, colons and equal signs part."""
    return [word for word in _PARTS.split(text) if word]


def runs_as(text: str, names: frozenset[str]) -> bool:
    """Whether `text` gives one of `names` for a user or a group: ``--user app``, ``APP_USER=app``."""
    words = words_of(text)
    return any(word in names and before.lower().endswith(_BEFORE) for before, word in pairwise(words))


def names_in_variables(family: Sequence[Stage], names: frozenset[str]) -> bool:
    """Whether an ENV of `family` gives one of `names`, a user by name or number, to a variable for such."""
    return any(one.keyword == "ENV" and runs_as(one.original, names) for stage in family for one in stage.instructions)


def ending(subject: Subject, family: Sequence[Stage]) -> Stage:
    """The stage of `family`, those that are built on each other, whose end state ships: the last one where none does."""
    return next((one for one in family if one.index == subject.file.graph.target), family[-1])


def user_of(stage: Stage) -> str:
    """The user part that is in force at the end of `stage`, "" where it is not known or comes from the image."""
    value = stage.state.user.value
    return value.partition(":")[0] if isinstance(value, str) else ""


def starts_script(stage: Stage) -> bool:
    """Whether `stage` starts a file by its path, such as a script that changes to a user by itself."""
    value = stage.state.entrypoint.value or stage.state.cmd.value or ""
    first = value.partition(" ")[0] if isinstance(value, str) else value[0]
    return "/" in first or first.endswith(".sh")


def takes_accounts(edges: Iterable[Edge]) -> bool:
    """Whether one of `edges` takes account files or home directories over into another stage."""
    for edge in edges:
        for source in edge.sources:
            place = posixpath.normpath(posixpath.join("/", source))
            if place in {"/", "/etc"} or place.startswith(("/etc/passwd", "/etc/group", "/etc/shadow", "/home")):
                return True
    return False


def homes_stand(stage: Stage, family: Sequence[Stage], runs: Sequence[RunFacts], around: Around) -> bool | None:
    """Whether `stage`, the end of `family`, does without the home directories that `runs` make; None where that cannot be told.

    Nothing names them, or a WORKDIR or a COPY with ``--chown`` makes them for the image's own user. Who goes on as a number has
    no home at all then.
    """
    made = [one for run in runs for one in run.accounts if one.action == "user" and _with_home(one)]
    if not made:
        return True
    if is_number(user_of(stage)):
        return False
    changed = {run.instruction.index for run in runs}
    texts = [one.original for stage in family for one in stage.instructions if one.index not in changed]
    homes = dict.fromkeys(_home(one) for one in made)
    if "" in homes and any("/home" in text or "HOME" in text for text in texts):
        return None
    if any(word in text for text in texts for word in _HOME):
        return False
    return not any(home and any(home in text for text in texts) and not _made_by_others(around, home) for home in homes)


def _made_by_others(around: Around, home: str) -> bool:
    """Whether a WORKDIR, or a COPY with ``--chown``, makes `home` for the image's own user before a plain copy does for root."""
    if around.given(home):
        return True
    first = min((index for place, index in around.first.items() if under(place, home)), default=None)
    return around.made(home) is True and not any(
        one.detail.chown is None
        and one.destination is not None
        and one.instruction.index < (first or 0)
        and under(posixpath.normpath(one.destination), home)
        for one in around.every
    )


def _with_home(one: Account) -> bool:
    """Whether the command makes a home directory: useradd where it is told to, adduser unless it is told not to."""
    flags = [word.text for word in one.command.arguments if word.text.startswith("-")]
    short = "".join(text[1:] for text in flags if not text.startswith("--"))
    if one.command.name == "useradd":
        return "m" in short or "--create-home" in flags
    return not ("H" in short or "--no-create-home" in flags)


def _home(one: Account) -> str:
    """The home directory of a new user, "" where a variable or a flag keeps it from being known."""
    if one.home:
        return one.home.rstrip("/") if "$" not in one.home else ""
    based = any(word.text.startswith(("-b", "--base-dir")) for word in one.command.arguments)
    return f"/home/{one.name}" if one.name and not based else ""

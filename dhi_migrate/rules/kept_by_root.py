"""What to say of places that are written to and stay with root, and how to give them to the user: the work of `written_path`."""

from __future__ import annotations

import posixpath

from .absorb import Around
from .accounts import own_account
from .causes import also, is_root, listed
from .findings import Edit, Fix, Hit
from .paths import known_directory, owned, under, unowned
from .repairs import insert_before, replace
from .writing import DATABASE_FILES, given, holds_data, read_only, touched, touched_places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .copied import Brought
    from .subject import Subject
    from .writing import Written


def _who(subject: Subject, uid: int) -> str:
    target = subject.target
    name = next((one.name for one in target.accounts if one.uid == uid), "") if target is not None else ""
    return f"{name} ({uid})" if name else f"uid {uid}"


def _owner(subject: Subject, uid: int) -> str:
    own = own_account(subject.target) if subject.target is not None else None
    return f"{uid}:{own.gid}" if own is not None and own.uid == uid else f"{uid}:{uid}"


def copies_of_root(subject: Subject, uid: int, places: tuple[Written, ...]) -> Iterator[Hit]:
    """One hit for each of `places` that copies go to, on the first of them."""
    around = Around(subject, frozenset())
    changed = touched_places(subject)
    places = tuple(
        place
        for place in places
        if not read_only(place.path)
        and not (place.volume and not holds_data(place.path))
        and not touched(changed, place.path)
    )
    found: dict[Written, list[Brought]] = {}
    roots = _from_root(subject)
    for one in around.copies if places else ():
        # COPY --from keeps the owner that the files have where they come from
        if (
            one.destination is None
            or one.detail.chown is not None
            or (one.outside and one.instruction.index not in roots)
        ):
            continue
        if one.detail.chmod is not None and (one.detail.chmod.value or "")[-1:] in {"6", "7"}:
            continue
        place = next((place for place in places if _into(subject, around, one, place, uid)), None)
        if place is not None:
            found.setdefault(place, []).append(one)
    owner = _owner(subject, uid)
    for place, copies in found.items():
        first = copies[0]
        text = (
            f"{first.instruction.keyword} gives {first.destination} to root, {place.why}, and the container runs as "
            f"{_who(subject, uid)}: write --chown={owner}{also(subject, [one.instruction for one in copies[1:]])}"
        )
        edits = tuple(_flag(one, owner) for one in copies)
        fix = Fix("unsafe", f"Write --chown={owner}", edits, bound=subject.pending)
        yield Hit(first.detail.destination.span, text, subject.evidence, (fix,))


def _from_root(subject: Subject) -> frozenset[int]:
    """The numbers of the COPY instructions that take files over from a stage in which all belong to root, as far as it says."""
    clean: dict[int, bool] = {}
    for edge in subject.incoming:
        if edge.source is not None and edge.source not in clean:
            stage = subject.file.graph.stages[edge.source]
            clean[edge.source] = stage.base.stage is None and not any(
                one.keyword in {"USER", "ONBUILD"} or "chown" in one.original or "tar " in one.original
                for one in stage.instructions
            )
    return frozenset(
        edge.instruction.index for edge in subject.incoming if edge.source is not None and clean[edge.source]
    )


def _flag(one: Brought, owner: str) -> Edit:
    flags = one.instruction.flags
    at = flags[-1].span.end if flags else one.instruction.keyword_span.end
    return Edit(at, at, f" --chown={owner}".encode())


def _into(subject: Subject, around: Around, one: Brought, place: Written, uid: int) -> bool:
    """Whether `one` puts files into the directory `place`, which it then makes for root, or leaves root's files there."""
    folder = posixpath.normpath(one.destination or "/")
    if not under(folder, place.path) or _configures(one):
        return False
    ready = (
        owned(subject.target, place.path, uid)
        or around.made(place.path) is True
        or given(subject, around.every, place.path, uid) is True
    )
    # what lies deeper in a directory of the user's does not keep it from writing beside
    return not ready or folder == place.path


def _configures(one: Brought) -> bool:
    """Whether `one` brings single files that are no data: configuration, a page, a script."""
    names = [posixpath.basename(source.rstrip("/")) for source in one.sources]
    return all("." in name.lstrip(".") and not name.endswith(DATABASE_FILES) for name in names)


def workdir_of_root(subject: Subject, uid: int, places: tuple[Written, ...]) -> Iterator[Hit]:
    """At most one hit: the work directory that the image brings for root, where one of `places` lies in it."""
    target, state = subject.target, subject.stage.state.workdir
    if target is None or state.instruction is None or not state.known or not isinstance(state.value, str):
        return
    path = posixpath.normpath(state.value)
    if path == "/" or state.stage != subject.stage.index:
        return
    there = unowned(target, path) and known_directory(target, path)
    made = there or (is_root(subject, state.instruction) is True and not unowned(target, path))
    around = Around(subject, frozenset())
    if not made or given(subject, around.every, path, uid) is not False:
        return
    found, changed = None, touched_places(subject)
    for place in places:
        if place.volume and (read_only(place.path) or _copied(around, place.path)):
            continue
        inside = place.path == path or (not place.volume and under(place.path, path))
        ready = _writable(subject, around, place.path) or given(subject, around.every, place.path, uid) is not False
        if inside and not (place.path != path and ready) and not touched(changed, place.path):
            found = place
            break
    if found is None:
        return
    who, word = _who(subject, uid), state.instruction.words[0]
    reason = "is root's in the image" if there else "is made for root"
    text = (
        f"WORKDIR {path} {reason}, {found.why}, and the container runs as {who}: "
        f"work in a directory that WORKDIR makes, or copy one with --chown={_owner(subject, uid)}"
    )
    yield Hit(word.span, text, f"{target.source} has {path} as a directory of root", _moved(subject, path))


def _writable(subject: Subject, around: Around, path: str) -> bool:
    """Whether a WORKDIR makes a directory for the user in which `path` lies."""
    return any(
        mine and under(path, place) and not unowned(subject.target, place) for place, mine in around.workdirs.items()
    )


def _moved(subject: Subject, path: str) -> tuple[Fix, ...]:
    """Another work directory, where nothing else in the file names this one."""
    inside = f"/opt{path}" if path.count("/") == 1 and path not in {"/opt", "/srv"} else f"{path}/app"
    mentions = [one for one in subject.instructions() if f"{path}" in one.original and one.keyword != "FROM"]
    if subject.outgoing or len(subject.chain) > 1 or any(one.keyword != "WORKDIR" for one in mentions):
        return ()
    if len(mentions) != 1 or mentions[0].words[0].text.rstrip("/") != path:
        return ()
    edit = replace(mentions[0].words[0].span, inside)
    return (Fix("unsafe", f"Work in {inside}", (edit,), bound=subject.pending),)


def volumes_of_root(subject: Subject, uid: int, places: tuple[Written, ...]) -> Iterator[Hit]:
    """Hits on those of `places` that are volumes whose directory nothing makes for the user."""
    around = Around(subject, frozenset())
    changed = touched_places(subject)
    found = [
        place
        for place in places
        if place.volume
        and place.instruction is not None
        and not read_only(place.path)
        and around.made(place.path) is not True
        and not _brought(subject, place.path, uid)
        and given(subject, around.every, place.path, uid) is False
        and not touched(changed, place.path)
        and not _copied(around, place.path)
        and not _known(subject, place.path)
    ]
    if not found:
        return
    every = tuple(dict.fromkeys(place.path for place in found))
    what, it = ("is a directory of root", "it") if len(every) == 1 else ("are directories of root", "them")
    text = (
        f"VOLUME {listed(every)} {what}, and the container runs as {_who(subject, uid)}: make {it} for that user first, "
        f"by WORKDIR or COPY --chown={_owner(subject, uid)}; data that is there already needs a chown"
    )
    yield Hit(found[0].span, text, subject.evidence, _made(subject, found))


def _copied(around: Around, path: str) -> bool:
    """Whether a COPY without --chown makes `path`: what is to be said of that is said there."""
    return any(
        one.destination is not None and under(posixpath.normpath(one.destination), path) for one in around.copies
    )


def _brought(subject: Subject, path: str, uid: int) -> bool:
    """Whether the image has the directory `path` itself, for the user `uid` or for everybody."""
    target = subject.target
    for one in target.paths if target is not None else ():
        if one.kind == "directory" and posixpath.normpath(one.path) == path:
            return one.uid == uid or (one.mode or "0755")[-1] in "2367"
    return False


def _known(subject: Subject, path: str) -> bool:
    """Whether `path` is a place of the product itself (the cache of nginx), which its packages may make for its user.

    So are the volumes of the upstream image: the rules about the product speak of them.
    """
    before = subject.before
    if before is None:
        return False
    own = (*before.volumes, *(place for place in before.prefix.values() if place != "/"))
    return any(under(path, place) or under(place, path) for place in own)


def _made(subject: Subject, found: list[Written]) -> tuple[Fix, ...]:
    """A WORKDIR for each volume, above one that names the work directory by itself, so that this stays what it is."""
    own = list(subject.instructions("WORKDIR", "VOLUME"))
    first = next((one for one in own if one.keyword == "VOLUME"), None)
    before = [one for one in own if one.keyword == "WORKDIR" and (first is None or one.index < first.index)]
    if not before or any(place.instruction not in own for place in found):
        return ()
    last = before[-1]
    whole = last.words and last.words[0].text.startswith("/")
    if not whole or is_root(subject, last) is not False or any(unowned(subject.target, place.path) for place in found):
        return ()
    text = "\n".join(f"WORKDIR {path}" for path in dict.fromkeys(place.path for place in found))
    if "\n" in text or " " in text.removeprefix("WORKDIR "):
        return ()
    edit = insert_before(subject.file.dockerfile, last, text)
    return (Fix("unsafe", "Make the volume's directory with WORKDIR", (edit,), bound=subject.pending),)

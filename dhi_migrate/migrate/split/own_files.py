"""What a stage arranges in the files of its image, and has no need to in the hardened one.

nginx: files that it removes to put its own in their place, for a COPY over them does the same (the pages are in
/usr/share/nginx/html and the only server in /etc/nginx/conf.d/default.conf, upstream as in the hardened image); owners of
nginx's own directories, for the hardened image runs as nginx. Tomcat: the applications that come with it, which the hardened
image does not have.
"""

from __future__ import annotations

from ...rules.copied import brought
from ...rules.findings import Edit
from ...rules.paths import under
from ...rules.repairs import remove_instruction
from .landings import landing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...rules.copied import Brought
    from ...rules.facts import RunFacts
    from ...rules.subject import Subject

_PAGES = "/usr/share/nginx/html"
_SERVERS = "/etc/nginx/conf.d"
_SERVER = f"{_SERVERS}/default.conf"


_WEBAPPS = frozenset({"/usr/local/tomcat/webapps/*", "$CATALINA_HOME/webapps/*", "${CATALINA_HOME}/webapps/*"})


def arranged_files(subject: Subject, run: RunFacts) -> tuple[Edit, ...] | None:
    """Edits without `run`, whose whole work is done in the hardened image; None where that is not so.

    It gives directories of the product to the user that the image runs as, or it removes what the image does not have.
    """
    target = subject.target
    if target is None or not target.uid or not run.script.ok or run.instruction.heredocs:
        return None
    commands = {id(one.command) for one in run.ownerships} | {id(one.command) for one in run.modes}
    commands |= {id(one.command) for one in run.written}
    if not commands or any(id(command) not in commands for command in run.script.commands):
        return None
    whole = (remove_instruction(subject.file.dockerfile, run.instruction),)
    if target.image == "tomcat" and not run.ownerships and not run.modes:
        forced = all("f" in "".join(word for word in one.command.texts if word.startswith("-")) for one in run.written)
        if forced and all(one.kind == "removed" and one.path in _WEBAPPS for one in run.written):
            return whole
    if target.image != "nginx" or not run.ownerships:
        return None
    paths = [path for one in run.ownerships for path in one.paths] + [path for one in run.modes for path in one.paths]
    paths += [one.path for one in run.written]
    owners = {one.owner for one in run.ownerships}
    fine = all(path.startswith("/") and ("nginx" in path.split("/") or path.endswith("/nginx.pid")) for path in paths)
    made = all(one.kind in {"file", "directory"} for one in run.written) and not any(
        command.redirects or command.name in {"cp", "mv", "ln"} for command in run.script.commands
    )
    return whole if fine and made and owners <= {target.user, str(target.uid), ""} else None


def replaced_files(subject: Subject, run: RunFacts) -> tuple[Edit, ...] | None:
    """Edits without `run`, which only removes files that a later COPY replaces; None where that is not so."""
    target = subject.target
    removed = [one.path.rstrip("/") for one in run.written]
    if target is None or target.image != "nginx" or not removed or any(one.kind != "removed" for one in run.written):
        return None
    commands = {id(one.command) for one in run.written}
    if not run.script.ok or any(id(command) not in commands for command in run.script.commands):
        return None
    later = [one for one in brought(subject) if one.instruction.index > run.instruction.index]
    edits = [remove_instruction(subject.file.dockerfile, run.instruction)]
    if any(under(path, _SERVERS) for path in removed):
        edit = _server(subject, later)
        if edit is None:
            return None
        edits.extend(edit)
    for path in removed:
        pages = path in {_PAGES, f"{_PAGES}/*"} and any(_lands(subject, one) == (_PAGES,) for one in later)
        if not pages and path not in {_SERVER, f"{_SERVERS}/*", f"{_SERVERS}/*.conf"}:
            return None
    return tuple(edits)


def _lands(subject: Subject, one: Brought) -> tuple[str, ...]:
    places = landing(subject, one)
    return places if isinstance(places, tuple) else ()


def _server(subject: Subject, later: list[Brought]) -> tuple[Edit, ...] | None:
    """Edits after which the one file that is copied to the servers has the name of the one that was removed."""
    found = [one for one in later if any(under(place, _SERVERS) for place in _lands(subject, one))]
    found += [one for one in later if not _lands(subject, one)]
    if len(found) != 1 or len(found[0].sources) != 1:
        return None
    one = found[0]
    places = _lands(subject, one)
    if places == (_SERVER,):
        return ()
    word = one.detail.destination
    source = one.sources[0]
    if places == (_SERVERS,) and not source.endswith(".conf"):
        return None
    if len(places) != 1 or not places[0].endswith(".conf") or any(sign in word.text for sign in "$\"'"):
        plain = places == (_SERVERS,) and source.endswith(".conf") and not any(sign in source for sign in "*?[$")
        if not plain:
            return None
    return (Edit(word.span.start, word.span.end, _SERVER.encode()),)

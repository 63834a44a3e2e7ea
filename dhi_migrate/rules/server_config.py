"""Configuration of nginx and Apache httpd that a Dockerfile copies in: the directives that matter to a move."""

from __future__ import annotations

import posixpath
import re

from .._pattern import regex
from .._record import NamedTuple
from .copied import brought, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .copied import Brought
    from .subject import Subject

# Where each server reads its configuration, by the definitions of its image.
_FOLDERS = {"nginx": "/etc/nginx/", "httpd": "/usr/local/apache2/conf/"}
_NGINX = regex(r"(?m)^[ \t]*(listen|pid|user)[ \t]+([^;#\n]{1,200});|[{;][ \t]*(listen)[ \t]+([^;#\n]{1,200});")
_HTTPD = regex(r"(?mi)^[ \t]*(listen)[ \t]+([^#\n]{1,200})")
_PORT = regex(r"(?:^|:)(\d{1,5})\Z")
_WRITABLE = ("/run/nginx/", "/var/run/nginx/", "/tmp/", "/var/cache/nginx/", "/var/log/nginx/", "/etc/nginx/", "/dev/")  # noqa: S108


class Setting(NamedTuple):
    """A directive of a configuration file that lands at `path`: `name`, its value, and the COPY or ADD that brings the file."""

    name: str
    value: str
    path: str
    source: Brought


class Settings(NamedTuple):
    """The directives found, whether some file of the server could not be `seen`, and whether its `site` is replaced by the file.

    `seen` is False where such a file comes from elsewhere or is not at hand. `site` tells that the ports of the image's own
    configuration are no longer sure to be the ones: a file of the server is copied, or a RUN changes one.
    """

    found: tuple[Setting, ...]
    seen: bool
    site: bool

    def ports(self) -> dict[int, Setting]:
        """The ports that the files listen on."""
        return {port: one for one in self.found if one.name == "listen" and (port := listened(one.value)) is not None}


def read_settings(subject: Subject, server: str) -> Settings:
    """What the files say that the chain of `subject` copies to where `server` ("nginx", "httpd") reads its configuration."""
    folder = _FOLDERS.get(server)
    if folder is None:
        return Settings((), True, False)
    pattern = _NGINX if server == "nginx" else _HTTPD
    found: list[Setting] = []
    seen, site = True, False
    for one in brought(subject):
        if one.destination is None:
            seen = False
            continue
        into = one.destination.rstrip("/") + "/"
        if not into.startswith(folder) and not folder.startswith(into):
            continue
        for place, text in texts(subject, one):
            if text is None and _may_be_folder(one, place, folder):
                seen, site = False, True  # a directory of which only the name is known
                continue
            path = place
            if place.endswith((".d", "/sites-enabled")) and len(one.sources) == 1:
                path = (
                    f"{place}/{posixpath.basename(one.sources[0].rstrip('/'))}"  # a file to a directory that is there
                )
            if not path.startswith(folder) or not _is_read(path, folder):
                continue
            if text is None:
                seen, site = False, True
                continue
            site = site or _makes_site(path, text)
            for match in pattern.finditer(text):
                name, value = (match[1], match[2]) if match[1] else (match[3], match[4])
                found.append(Setting(name.lower(), value.strip(), path, one))
    if any(folder in text for text in _commands(subject)):
        seen, site = False, True
    return Settings(tuple(found), seen, site)


def listened(value: str) -> int | None:
    """The port of a ``listen`` directive: 80 for ``[::]:80 default_server`` and for an address alone.

    None for a socket or a variable.
    """
    words = value.split()
    first = words[0].strip("\"'") if words else ""
    if not first or first.startswith("unix:") or "$" in first:
        return None
    match = _PORT.search(first)
    if match is not None:
        return int(match[1])
    return 80


def unwritable_pid(setting: Setting) -> bool:
    """Whether `setting` is a ``pid`` file where only root may write, in the images of nginx that run as another user."""
    path = setting.value.strip("\"'")
    return setting.name == "pid" and path.startswith("/") and not path.startswith(_WRITABLE)


def _is_read(path: str, folder: str) -> bool:
    """Whether the server reads the file at `path` as its configuration: neither a template nor a certificate."""
    rest = f"{path}/".removeprefix(folder)
    first = rest.partition("/")[0]
    if first == "templates":
        return False
    return not rest or path.endswith(".conf") or first in {"conf.d", "http.d", "sites-enabled", "sites-available"}


def _may_be_folder(one: Brought, place: str, folder: str) -> bool:
    """Whether what `one` puts to `place` may be a directory whose contents land in `folder`, under names that are not known."""
    if folder.startswith(place.rstrip("/") + "/"):
        return True
    name = posixpath.basename(place)
    return "." not in name.lstrip(".") and any(posixpath.basename(source.rstrip("/")) == name for source in one.sources)


def _makes_site(path: str, text: str) -> bool:
    """Whether the file at `path` takes the place of the image's own site, so that its port is no longer served."""
    if path.endswith(("/default.conf", "/httpd.conf")):
        return True
    return (
        path.endswith("/nginx.conf")
        and path.count("/") == 3
        and not re.search(r"(?m)^[ \t]*include[ \t]+\S*conf\.d/", text)
    )


def _commands(subject: Subject) -> list[str]:
    """What runs while the image is built, and when the container starts: it may write a configuration."""
    return [one.original for one in subject.chain_instructions("RUN", "CMD", "ENTRYPOINT")]

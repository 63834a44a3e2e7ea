"""Commands of npm packages, and the JavaScript files that they stand for: what ``node_modules/.bin/next`` starts.

The field bin of a package's package.json names the file (https://docs.npmjs.com/cli/configuring-npm/package-json#bin). It is
an interface of the package to npm alone, so the table holds majors that were looked at, and nothing is said of others.
"""

from __future__ import annotations

import json

from .._pattern import regex
from .._record import NamedTuple
from .file_texts import whole_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .subject import Subject


class Bin(NamedTuple):
    """The `package` that a command belongs to, and its `file` from the major version `oldest` to `newest`."""

    package: str
    file: str
    oldest: int
    newest: int


# By the npm registry: next 9.0.0 to 16.4.6, vite 2.0.0 to 8.3.8, nuxt 3.0.0 to 4.5.2, tsx 4.0.0 to 4.23.15, ts-node 8.0.0 to
# 10.9.2, serve 14.0.0 to 14.2.7, http-server 0.12.3 to 14.1.1, remix-serve 2.16.0 and 2.17.5, react-router-serve 7.0.0 and
# 7.9.0 (8 has bin.cjs), fastify-cli 4.0.0 to 8.0.2, strapi 4.0.0 to 5.55.1.
COMMANDS: dict[str, Bin] = {
    "next": Bin("next", "dist/bin/next", 9, 16),
    "vite": Bin("vite", "bin/vite.js", 2, 8),
    "nuxt": Bin("nuxt", "bin/nuxt.mjs", 3, 4),
    "tsx": Bin("tsx", "dist/cli.mjs", 4, 4),
    "ts-node": Bin("ts-node", "dist/bin.js", 8, 10),
    "serve": Bin("serve", "build/main.js", 14, 14),
    "http-server": Bin("http-server", "bin/http-server", 0, 14),
    "remix-serve": Bin("@remix-run/serve", "dist/cli.js", 2, 2),
    "react-router-serve": Bin("@react-router/serve", "bin.js", 7, 7),
    "fastify": Bin("fastify-cli", "cli.js", 4, 8),
    "strapi": Bin("@strapi/strapi", "bin/strapi.js", 4, 5),
}
"""By the name of the command."""

_VERSION = regex(r"[\^~=v]?(\d{1,4})(?:\.[\dx*]{1,9}){0,2}(?:-[\w.]{1,40})?\Z")
_KINDS = ("dependencies", "devDependencies", "optionalDependencies")


def package_file(subject: Subject, folder: str = "./") -> dict[str, Any]:
    """The package.json that lies in `folder` of the image, seen from the work directory; empty where it is not known."""
    return _parsed(whole_file(subject, f"{folder}package.json"))


def _parsed(data: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(data or b"")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def command_file(subject: Subject, command: str, folder: str = "./") -> str:
    """The file of `command` below node_modules in `folder`, as a path that begins with it ("./" is left out); "" if not known.

    The package.json in `folder` names the package in a version that is known, and node_modules is where it is installed.
    """
    known = COMMANDS.get(command)
    package = package_file(subject, folder) if known is not None else {}
    if known is None or not package or _plug_and_play(subject, package, folder) or _hoisted(subject, package):
        return ""
    named = (package.get(kind) for kind in _KINDS)
    wanted = next((one[known.package] for one in named if isinstance(one, dict) and known.package in one), None)
    version = _VERSION.match(wanted) if isinstance(wanted, str) else None
    if version is None or not known.oldest <= int(version[1]) <= known.newest:
        return ""
    return f"{'' if folder == './' else folder}node_modules/{known.package}/{known.file}"


def _plug_and_play(subject: Subject, package: dict[str, Any], folder: str) -> bool:
    """Whether yarn may install without node_modules: https://yarnpkg.com/features/linkers."""
    manager = package.get("packageManager")
    tree = subject.file.tree
    settings = whole_file(subject, f"{folder}.yarnrc.yml") or (tree.read(".yarnrc.yml") if tree is not None else None)
    if settings is not None:
        return b"nodeLinker" not in settings or b"pnp" in settings
    return isinstance(manager, str) and manager.startswith("yarn@") and not manager.startswith("yarn@1.")


def _hoisted(subject: Subject, package: dict[str, Any]) -> bool:
    """Whether `package` is one of several in a workspace, whose dependencies may lie in the node_modules of the whole."""
    whole = _parsed(subject.file.tree.read("package.json") if subject.file.tree is not None else None)
    return "workspaces" in whole and whole != package

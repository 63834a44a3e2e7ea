"""What the tools leave behind that install for a system or a language and that build, by the tables of `table`."""

from __future__ import annotations

import posixpath

from .flags import value
from .model import Effect
from .outputs import outputs_of
from .table import BUILDS, ELSEWHERE, INSTALLS, MAKE_INSTALLS, MOVED_BY_FLAG, OUTPUT_VARIABLES, PACKAGE_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...rules.facts import Build, LanguageInstall, PackageCommand
    from .read import PathReader


def packages(reader: PathReader, one: PackageCommand, text: str) -> Iterator[Effect]:
    """The effects of a command of the system's package manager; `text` names it in a message."""
    span = one.command.span
    if one.action == "install":
        more = _more_packages(reader, one) if one.opaque else ()
        if more is None:
            yield Effect("unknown", span, text)
        names = (*(package.name for package in one.packages), *(more or ()))
        yield Effect("packages", span, text, names=tuple(dict.fromkeys(names)))
    elif one.action == "other":
        yield reader.known(one.command, text) or Effect("unknown", span, text)


def _more_packages(reader: PathReader, one: PackageCommand) -> tuple[str, ...] | None:
    """The packages that variables among the words of `one` name; None where others may be installed as well."""
    if "xargs" in one.command.wrappers or one.manager not in {"apt", "apk"}:
        return None
    found: list[str] = []
    for word in one.command.arguments:
        if word.literal:
            if "/" in word.text or word.text.endswith((".deb", ".apk")):
                return None
            continue
        known = reader.place.expand(word.text)
        names = known.split() if known is not None else [""]
        if any(sign in word.text for sign in "`(*?") or not all(PACKAGE_NAME.match(name) for name in names):
            return None
        found.extend(name.partition("=")[0] for name in names if not name.startswith("-"))
    return tuple(found) if found else None


def installed(reader: PathReader, one: LanguageInstall, text: str) -> Effect:
    """The effect of installing for a language."""
    span = one.command.span
    row = INSTALLS.get(one.tool)
    if row is None:
        return Effect("unknown", span, text)
    where = row.actions.get(one.action, row.where)
    if where == "python":
        return _python(reader, one, text)
    if one.is_global and where == "tree":
        return Effect("global", span, text, names=one.packages)
    if where == "place":
        return _gems(reader, one, text)
    if where == "tree":
        own = _environment(reader, one) if one.tool == "uv" else None
        return reader.named(own, span, text) if own else reader.tree(span, text, value(one.options, ELSEWHERE))
    if where == "global":
        root = value(one.options, {"--root"})
        return reader.named(f"{root}/bin", span, text) if root else Effect("global", span, text, names=one.packages)
    return Effect("nothing", span, text)


def _environment(reader: PathReader, one: LanguageInstall) -> str | None:
    """Where uv puts its environment: https://docs.astral.sh/uv/concepts/projects/config/#project-environment-path."""
    named = reader.place.expand("$UV_PROJECT_ENVIRONMENT")
    return reader.place.expand("$VIRTUAL_ENV") if "--active" in one.options else named


def _gems(reader: PathReader, one: LanguageInstall, text: str) -> Effect:
    """Bundler and gem install to GEM_HOME, unless the file names another directory (https://bundler.io/man/bundle-config.1.html)."""
    span = one.command.span
    given = value(one.options, {"--path", "-i", "--install-dir"})
    for named in (given, reader.place.expand("$BUNDLE_PATH") if one.tool == "bundle" else None):
        if named:
            return reader.named(named, span, text)
    home = reader.place.expand("$GEM_HOME")
    return Effect("place", span, text, (home if home and home.startswith("/") else INSTALLS["gem"].place,))


def _python(reader: PathReader, one: LanguageInstall, text: str) -> Effect:
    span = one.command.span
    given = value(one.options, {"-t", "--target", "--prefix", "--root"})
    if given is None:
        return Effect("python", span, text, names=one.packages)
    return reader.named(given, span, text) if given else Effect("unknown", span, text)


def built(reader: PathReader, one: Build, text: str) -> Iterator[Effect]:
    """The effects of building: files at the outputs that the command names, or below the directory that it works in."""
    span = one.command.span
    moved = value(one.command.texts, ELSEWHERE) if one.tool in MOVED_BY_FLAG else None
    if one.tool in {"make", "cmake", "ninja", "meson", "just"}:
        words = one.command.texts
        known = one.tool == "make" and not any(word.startswith(MAKE_INSTALLS) or "install" in word for word in words)
        yield reader.tree(span, text, moved) if known else Effect("unknown", span, text)
        return
    if one.tool not in BUILDS:
        yield Effect("unknown", span, text)
        return
    variable = OUTPUT_VARIABLES.get((one.tool, one.action), "")
    named = reader.place.expand(f"${variable}") if variable else None
    outputs = [reader.path(output) for output in outputs_of(one)]
    if named and named.startswith("/"):
        outputs.append(posixpath.normpath(named))
    paths = tuple(path for path in outputs if path is not None)
    if len(paths) < len(outputs):
        yield Effect("unknown", span, text)
    elif paths:
        yield Effect("path", span, text, paths)
    elif one.tool in {"go", "cargo"} and one.action == "run":
        yield Effect("unknown", span, text)
    else:
        yield reader.tree(span, text, moved)

"""From a definition as written to the facts of `Definition`."""

from __future__ import annotations

import re

from ..._pattern import is_number
from ...images.tags import parse_hardened_tag
from ..model import Definition, PathEntry
from .oci_config import SUFFIX, expand
from .shells import root_names
from .users import accounts_of, may_write, run_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import schema
    from .dates import EndOfLifeTable
    from .oci_config import Configs
    from .prefix import PrefixFinder
    from .reader import SourceFile
    from .shells import ShellFinder

_REVISION = re.compile(r"-r?\d+\Z")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_PACKAGE_MANAGERS = (("apt", "apt"), ("apk-tools", "apk"))


def version_and_edition(file: SourceFile) -> tuple[str, str | None]:
    """The full version that the tags of `file` name ("24.19.0", "8u502.b07", "trixie"), and their common edition.

    The packaging revision of a version ("24.19.0-0", "3.9.16-r0") is not part of it. An edition that only some of the
    fullest tags carry (``3.2.2`` and ``3.2.2-python3.12`` of airflow) is none: the image has just the one.
    """
    parsed = []
    for text in file.data.tags:
        tag = parse_hardened_tag(text, file.data.flavor)
        if tag is not None and tag.version != "latest":
            version = tag.version if _DAY.match(tag.version) else _REVISION.sub("", tag.version)
            parsed.append((version, tag.edition))
    if not parsed:
        return file.data.tags[0], None
    fullest = max(
        (version for version, _ in parsed), key=lambda text: (text.count("."), is_number(text[:1]), len(text))
    )
    editions = {edition for version, edition in parsed if version == fullest}
    return fullest, editions.pop() if len(editions) == 1 else None


def variant(file: SourceFile) -> str:
    """Whether the image is "dev" or "runtime", by what it is.

    .NET's SDK images say "runtime" and are builders: root, a shell and a package manager. Images for building alone
    (maven, gradle, composer ..) say "dev" whether their tags end in ``-dev`` or not.
    """
    if file.data.variant == "dev" or any(tag.endswith("-dev") for tag in file.data.tags):
        return "dev"
    return "dev" if version_and_edition(file)[1] == "sdk" else "runtime"


def environment(file: SourceFile, configs: Configs) -> dict[str, str]:
    """The environment that the image runs with, sorted by name: what packages add, and over it the definition's own.

    ``$VERSION`` is replaced from the definition's variables; what depends on the machine or on an earlier value
    (``${target.arch}``, ``${LD_LIBRARY_PATH}``) stays as it is written.
    """
    merged: dict[str, str] = {}
    for config in _configs(file, configs):
        merged.update(config.environment)
    merged.update(file.data.environment)
    fixed = {name: value for name, value in file.data.vars.items() if "#{" not in value}
    return {name: expand(merged[name], fixed) for name in sorted(merged)}


def paths(file: SourceFile, configs: Configs) -> tuple[PathEntry, ...]:
    """Paths that packages and the definition make, sorted; of two entries for one path the definition's own stands."""
    found: dict[str, PathEntry] = {}
    for config in _configs(file, configs):
        for entry in config.paths:
            found[entry.path] = _entry(entry)
    for entry in file.data.paths:
        if entry.type == "delete":
            found.pop(entry.path, None)
        else:
            found[entry.path] = _entry(entry)
    return tuple(found[path] for path in sorted(found))


def _configs(file: SourceFile, configs: Configs) -> list[schema.OciConfig]:
    found = []
    for root in root_names(file.data.contents.packages):
        if root.endswith(SUFFIX):
            config = configs.get((file.distro, file.release, root.removesuffix(SUFFIX)))
            if config is not None:
                found.append(config)
    return found


def missing_configs(file: SourceFile, configs: Configs) -> list[str]:
    """Packages of `file` that add configuration which ``package/`` does not define."""
    return [
        root
        for root in root_names(file.data.contents.packages)
        if root.endswith(SUFFIX) and (file.distro, file.release, root.removesuffix(SUFFIX)) not in configs
    ]


def _entry(entry: schema.Path) -> PathEntry:
    if entry.type == "symlink":
        return PathEntry(entry.path, "symlink", entry.uid, entry.gid, None, entry.source)
    kind = "directory" if entry.type == "directory" else "file"
    return PathEntry(entry.path, "directory" if kind == "directory" else "file", entry.uid, entry.gid, entry.mode, None)


def derive(
    file: SourceFile, configs: Configs, shells: ShellFinder, prefixes: PrefixFinder, dates: EndOfLifeTable
) -> Definition | None:
    """All facts of the definition `file`; None where its user cannot be resolved (which validation reports)."""
    data = file.data
    user = run_user(data.accounts)
    if user is None:
        return None
    users, groups = accounts_of(data.accounts)
    version, edition = version_and_edition(file)
    env = environment(file, configs)
    entries = paths(file, configs)
    found = shells.find(file)
    writable = may_write(user, data.work_dir, entries)
    if writable is None and _built_for(user.uid, data):
        writable = True
    end = dates.find(file, version)
    roots = root_names(data.contents.packages)
    manager = next((name for root, name in _PACKAGE_MANAGERS if root in roots), None)
    return Definition(
        image=file.name,
        source=file.path,
        tags=tuple(data.tags),
        version=version,
        edition=edition,
        distro=data.os_release.id,
        release=file.release,
        flavor=data.flavor,
        variant="dev" if variant(file) == "dev" else "runtime",
        platforms=tuple(data.platforms),
        released=data.dates.release,
        end_of_life=None if end is None else end.date,
        user=user.name,
        uid=user.uid,
        gid=user.gid,
        accounts=users,
        groups=groups,
        entrypoint=_command(data.entrypoint),
        cmd=_command(data.cmd),
        workdir=data.work_dir,
        workdir_writable=writable,
        ports=tuple(data.ports),
        env=env,
        stop_signal=data.stop_signal,
        shells=found.paths,
        bin_sh=found.bin_sh,
        package_manager="apt" if manager == "apt" else "apk" if manager == "apk" else None,
        packages=_packages(data.contents.packages),
        packages_complete=bool(data.contents.repositories),
        prefix=prefixes.find(file, env),
        paths=entries,
        shell_origins=found.origins,
        inherits=tuple(dict.fromkeys(one.name.partition("@")[0] for one in data.contents.artifacts)),
        end_of_life_cause=None if end is None else end.cause,
    )


def _built_for(uid: int, data: schema.ImageDefinition) -> bool:
    """Whether a build puts the working directory into the image as a directory of the user `uid`."""
    directory = (data.work_dir or "").rstrip("/")
    outputs = [output for build in data.contents.builds for output in build.outputs]
    return any(output.uid == uid and output.target.rstrip("/") == directory for output in outputs)


def _packages(entries: list[str]) -> tuple[str, ...]:
    """The packages asked for, in order; of a name that is listed with and without a version, the one with."""
    found: dict[str, str] = {}
    for entry in entries:
        if not entry.startswith("!"):
            name = entry.partition("=")[0]
            if found.get(name, name) == name:
                found[name] = entry
    return tuple(found.values())


def _command(words: list[str] | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(words)

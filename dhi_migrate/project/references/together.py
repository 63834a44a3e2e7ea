"""Dockerfiles and the services that build them, migrated as one set: what changes in the one is answered in the other. Pure.

A Dockerfile whose migration would break a service of the repository, in a way that no edit of the set mends, is left on the
level that does not, or as it is; and the reason is said. Services change with the Dockerfiles that they build or not at all.
"""

from __future__ import annotations

from ..._record import NamedTuple
from ...dockerfile import Source
from ...migrate.levels import migrate_source
from ...migrate.outcome import Migration
from .builders import image_name, only_builder
from .check import check_project_file, services_of
from .fixing import fix_project_file
from .judging import broken_by_build, published_by
from .model import Joint, OverlayTree, ProjectFile, SubTree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...catalog.store import Catalog
    from ...rules.findings import FileReport, Finding
    from ...rules.tree import BuildContext
    from ...settings import Settings
    from .fixing import ProjectMigration
    from .model import ProjectTree
    from .service import Build, Service


class Member(NamedTuple):
    """A file of a set: its `path` from the top of the repository, its bytes, and the settings that are in force for it.

    Messages call it `shown`. `context` is the build context of a Dockerfile where its services do not say it; a file around
    Dockerfiles has none.
    """

    path: str
    shown: str
    data: bytes
    settings: Settings
    context: BuildContext | None = None


class Part(NamedTuple):
    """What became of one member: its path, reports before and after, new bytes, the number of fixes, and what is to be said."""

    path: str
    before: FileReport
    after: FileReport
    data: bytes
    fixed: int
    said: tuple[str, ...] = ()


class Use(NamedTuple):
    """A service that builds a Dockerfile, or runs what another builds, the `file` that says so, and how messages call that."""

    file: ProjectFile
    shown: str
    service: Service
    build: Build


def all_uses(files: Sequence[tuple[ProjectFile, str, Sequence[Service]]]) -> tuple[tuple[Use, ...], ...]:
    """For each of `files` those of its services that build a Dockerfile, or run an image that another one of `files` builds.

    With each file stand what messages call it and its services. What is run goes by its name and tag; one that several build, in
    different ways, is left out.
    """
    builders: dict[str, list[tuple[str, Build]]] = {}
    for one in (one for _, _, services in files for one in services):
        if one.build is not None and one.build.inline is None:
            for name in {image_name(tag.text) for tag in one.tags} - {None}:
                builders.setdefault(name or "", []).append((one.build.dockerfile, one.build))
    found = []
    for file, shown, services in files:
        uses = []
        for one in services:
            build = one.build if one.build is not None and one.build.inline is None else None
            if one.build is None and one.image is not None:
                _, build = only_builder(builders.get(image_name(one.image.text) or "", ()))
            if build is not None:
                uses.append(Use(file, shown, one._replace(image=None, build=build), build))
        found.append(tuple(uses))
    return tuple(found)


def migrate_together(
    dockerfiles: Sequence[Member], around: Sequence[Member], catalog: Catalog, tree: ProjectTree, *, unsafe: bool
) -> tuple[Part, ...]:
    """Migrate all files of one set in memory; the parts have the order of the members, `dockerfiles` first.

    `around` are the files with the services that build them. `tree` has the files as they are. Raises what `migrate_source`
    raises.
    """
    uses: dict[str, list[Use]] = {}
    for listed in all_uses([_with_services(one, one.data) for one in around]):
        for use in listed:
            uses.setdefault(use.build.dockerfile, []).append(use)
    choices = [_Chooser(one, tuple(uses.get(one.path, ())), catalog, tree, unsafe).choose() for one in dockerfiles]
    while True:
        joint = Joint(
            frozenset(one.path for one in choices if one.moved), frozenset(one.path for one in choices if not one.moved)
        )
        migrations = [
            fix_project_file(ProjectFile(one.path, one.data), catalog, one.settings, tree, joint, unsafe=unsafe)
            for one in around
        ]
        left = _left_behind(around, migrations, joint, catalog, tree)
        if not left:
            break
        choices = [one.stay(left[one.path]) if one.path in left else one for one in choices]
    files = {one.path: one.migration.data for one in choices}
    files.update({one.path: migration.data for one, migration in zip(around, migrations, strict=True)})
    after = OverlayTree(tree, files)
    parts = [
        Part(
            one.path,
            one.migration.before,
            one.migration.after,
            one.migration.data,
            len(one.migration.applied),
            one.said,
        )
        for one in choices
    ]
    for member, migration in zip(around, migrations, strict=True):
        report = check_project_file(ProjectFile(member.path, migration.data), catalog, member.settings, after)
        parts.append(Part(member.path, migration.before, report, migration.data, len(migration.applied)))
    return tuple(parts)


def _left_behind(
    around: Sequence[Member],
    migrations: Sequence[ProjectMigration],
    joint: Joint,
    catalog: Catalog,
    tree: ProjectTree,
) -> dict[str, str]:
    """The Dockerfiles that move although a service still publishes the old port, with the reason in words."""
    left: dict[str, str] = {}
    files = [_with_services(member, made.data) for member, made in zip(around, migrations, strict=True)]
    for member, listed in zip(around, all_uses(files), strict=True):
        for use in listed:
            if use.build.dockerfile in joint.moving:
                for finding in published_by(use.service, catalog, member.settings, tree):
                    left.setdefault(use.build.dockerfile, _said(use, finding))
    return left


def _with_services(member: Member, data: bytes) -> tuple[ProjectFile, str, Sequence[Service]]:
    file = ProjectFile(member.path, data)
    return file, member.shown, services_of(file)


class Choice(NamedTuple):
    """What a Dockerfile becomes in the set, and what is said of it."""

    path: str
    migration: Migration
    said: tuple[str, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether the stage that ships is on a hardened image now, and was not before."""
        before = self.migration.before
        changed = before.source is not None and before.source.data != self.migration.data
        return changed and self.migration.level is not None and before.status != "hardened"

    def stay(self, reason: str) -> Choice:
        """The Dockerfile as it was, because of `reason`."""
        before = self.migration.before
        data = before.source.data if before.source is not None else self.migration.data
        return Choice(self.path, Migration(before, before, data, (), None), (f"left as it is: {reason}",))


class _Chooser:
    """Finds the strongest level of one Dockerfile that the services which build it can do with."""

    def __init__(
        self, member: Member, uses: tuple[Use, ...], catalog: Catalog, tree: ProjectTree, unsafe: bool
    ) -> None:
        self.member = member
        self.uses = uses
        self.catalog = catalog
        self.tree = tree
        self.unsafe = unsafe

    def choose(self) -> Choice:
        settings = self.member.settings
        found = self.migrated(settings)
        reason = self.trouble(found)
        problem = () if found.problem is None else (found.problem,)
        choice = Choice(self.member.path, found, problem)
        if reason is None:
            return choice
        if self.unsafe and settings.level == "auto" and found.level != "dev":
            other = self.migrated(settings._replace(level="dev"))
            if other.level == "dev" and other.data != self.member.data and self.trouble(other) is None:
                return Choice(self.member.path, other, (f"stays on the -dev image: {reason}",))
        return choice.stay(reason)

    def migrated(self, settings: Settings) -> Migration:
        """The Dockerfile at its best, for each of the stages that services name as the one that ships."""
        targets = dict.fromkeys(use.build.target for use in self.uses) if settings.target is None else {}
        folders = {use.build.folder for use in self.uses}
        context = SubTree(self.tree, folders.pop()) if len(folders) == 1 else self.member.context
        whole = self.for_target(self.member.data, settings, next(iter(targets), settings.target), context)
        for target in list(targets)[1:]:
            one = self.for_target(whole.data, settings, target, context)
            whole = one._replace(
                before=whole.before,
                applied=(*whole.applied, *one.applied),
                level=one.level if whole.level is not None else None,
                problem=whole.problem or one.problem,
            )
        return whole

    def for_target(
        self, data: bytes, settings: Settings, target: str | None, context: BuildContext | None
    ) -> Migration:
        """The text `data` migrated, with the stage `target` as the one that ships."""
        chosen = settings._replace(target=target)
        return migrate_source(self.member.path, data, self.catalog, chosen, unsafe=self.unsafe, tree=context)

    def trouble(self, found: Migration) -> str | None:
        """Why a service would no longer work with what the Dockerfile becomes; None where nothing is known against it."""
        if found.data == self.member.data:
            return None
        after = OverlayTree(self.tree, {self.member.path: found.data})
        known = {(one.rule, one.message) for one in found.after.findings}
        for use in self.uses:
            settings = self.member.settings
            if found.level is not None:
                for finding in published_by(use.service, self.catalog, settings, self.tree):
                    if not self.unsafe or not finding.fixes:
                        return _said(use, finding)
            for finding in broken_by_build(use.service, self.catalog, settings, after):
                if finding.rule in {"DHI903", "DHI904"}:
                    return _said(use, finding)
                if (finding.rule, finding.message) not in known:
                    return f"{_place(use, use.build.span.start)}: for {use.service.name}, {finding.message}"
        return None


def _said(use: Use, finding: Finding) -> str:
    return f"{_place(use, finding.span.start)}: {finding.message}"


def _place(use: Use, offset: int) -> str:
    return f"{use.shown}:{Source(use.file.data).line_of(offset)}"

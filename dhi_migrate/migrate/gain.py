"""What a change of the image that ships gains: who runs it, a shell, a package manager. Facts only; three answers."""

from __future__ import annotations

from functools import lru_cache

from .._pattern import is_number
from .._record import NamedTuple
from ..catalog.resolve import resolve
from ..dockerfile import build_graph, parse
from ..images import InvalidReferenceError, Spelling, parse_reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.model import Definition
    from ..catalog.store import Catalog
    from ..dockerfile import Effective
    from ..rules.findings import FileReport
    from ..settings import Settings

_ROOT = frozenset({"root", "0"})
_DIGITS = 10  # of the largest number that a kernel takes for a user
_spelling = lru_cache(maxsize=8)(Spelling)


class ImageTraits(NamedTuple):
    """What is known of an image that ships; None is unknown everywhere.

    `image` is the reference of its base. `user`, `uid` and `root` tell as whom it starts: by the last USER of the file, else by
    its base. `shell` and `package_manager` tell whether the base has one, `packages` how many packages the definition of a
    hardened base lists (without what they depend on). `source` names where the facts of the base come from, "" where there
    are none.
    """

    image: str
    user: str | None
    uid: int | None
    root: bool | None
    shell: bool | None
    package_manager: bool | None
    packages: int | None
    source: str


class Gain(NamedTuple):
    """The image that ships as it is (`before`) and on its hardened base (`after`).

    With `reached` the plan makes this change; without it stands for what there is to gain, once a person has done the rest.
    """

    before: ImageTraits
    after: ImageTraits
    reached: bool

    @property
    def stops_root(self) -> bool:
        """Whether the container is known to start as root today, and as somebody else after the change."""
        return self.before.root is True and self.after.root is False

    @property
    def loses_shell(self) -> bool:
        """Whether the base is known to have a shell today, and none after the change."""
        return self.before.shell is True and self.after.shell is False

    @property
    def loses_package_manager(self) -> bool:
        """Whether the base is known to have a package manager today, and none after the change."""
        return self.before.package_manager is True and self.after.package_manager is False


def gain_of(before: FileReport, after: FileReport, catalog: Catalog, settings: Settings) -> Gain | None:
    """What becomes of the image that ships between the reports `before` and `after` a migration.

    None where its base stays, with nothing known to put in its place. The files are read again as `settings` say (target,
    build arguments). Raises ValueError for a registry template that makes no references.
    """
    spelling = _spelling(settings.registry)
    old = _shipped(before, catalog, settings, spelling)
    if old is None:
        return None
    was = _traits(old.base, _base_facts(old.base, catalog, spelling), old.user)
    new = _shipped(after, catalog, settings, spelling)
    if new is not None and new.base != old.base:
        return Gain(was, _traits(new.base, _base_facts(new.base, catalog, spelling), new.user), True)
    if old.target is None:
        return None
    return Gain(was, _traits(old.target, _base_facts(old.target, catalog, spelling), old.user), False)


class _Shipped(NamedTuple):
    """The image that ships: the reference of its `base`, the hardened `target` of that, and the USER in force in the end."""

    base: str
    target: str | None
    user: Effective


class _Base(NamedTuple):
    """The facts of a base image; fields as in `ImageTraits`, `user` "" where nothing is known. `accounts` maps names to uids."""

    user: str
    uid: int | None
    shell: bool | None
    package_manager: bool | None
    packages: int | None
    source: str
    accounts: dict[str, int]


def _shipped(report: FileReport, catalog: Catalog, settings: Settings, spelling: Spelling) -> _Shipped | None:
    final = next((stage for stage in report.stages if stage.role == "final"), None)
    if final is None or report.source is None:
        return None
    graph = build_graph(parse(report.source.data), build_args=settings.build_args, target=settings.target)
    if final.index >= len(graph.stages):
        return None
    user = graph.stages[final.index].state.user
    if final.match != "stage":
        return _Shipped(final.base, final.target, user)
    carrier = report.stages[graph.chain(final.index)[0].index]
    if carrier.target is None or settings.level == "dev":
        return _Shipped(carrier.base, carrier.target, user)
    # the stage that names the image is there to build on; what ships would get the runtime by a FROM of its own
    best = resolve(catalog, carrier.base, "final").best
    return _Shipped(carrier.base, spelling.write(best.name, best.tag) if best is not None else None, user)


def _base_facts(reference: str, catalog: Catalog, spelling: Spelling) -> _Base:
    """What is known of the image `reference`, hardened or not, as it is written in the reports."""
    if reference == "scratch":
        return _Base("root", 0, False, False, None, "scratch is empty", {})
    try:
        parsed = parse_reference(reference)
    except InvalidReferenceError:
        return _NOTHING
    name = spelling.read(parsed)
    if name is not None:
        definition = catalog.find(name.name, parsed.tag or "")
        return _NOTHING if definition is None else _hardened(definition)
    facts = catalog.upstream_facts(parsed.upstream, parsed.tag or "latest")
    if facts is None:
        return _NOTHING
    user = facts.user.partition(":")[0] or "root"
    return _Base(user, facts.uid, facts.shell is not None, facts.package_manager is not None, None, facts.source, {})


_NOTHING = _Base("", None, None, None, None, "", {})


def _hardened(definition: Definition) -> _Base:
    shell = True if definition.shells else definition.bin_sh
    manager: bool | None = definition.package_manager is not None
    if not manager and not definition.packages_complete:
        manager = None  # what is copied from other images may hold one
    packages = len(definition.packages) if definition.packages_complete else None
    accounts = {account.name: account.uid for account in definition.accounts}
    return _Base(definition.user, definition.uid, shell, manager, packages, definition.source, accounts)


def _traits(reference: str, base: _Base, user: Effective) -> ImageTraits:
    """The traits of an image on `base` (written `reference`) that starts as `user`."""
    name, uid = _who(base, user)
    root = None if name is None else uid == 0 if uid is not None else name in _ROOT
    shown = reference.partition("@")[0]
    return ImageTraits(shown, name, uid, root, base.shell, base.package_manager, base.packages, base.source)


def _who(base: _Base, user: Effective) -> tuple[str | None, int | None]:
    """Name (or number, as written) and uid of who starts; a name of the file that the image does not list has no known uid."""
    if user.instruction is None:
        return base.user or None, base.uid
    if not user.known or not isinstance(user.value, str):
        return None, None
    name = user.value.partition(":")[0]
    if name in _ROOT or not name:
        return name or "root", 0
    if is_number(name):
        return name, int(name) if len(name) <= _DIGITS else None
    return name, base.accounts.get(name)

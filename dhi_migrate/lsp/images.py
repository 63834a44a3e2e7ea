"""What the editor shows of an image reference: the facts of the hardened image, and what they change against the upstream one."""

from __future__ import annotations

import datetime
import json

from .. import InvalidReferenceError, parse_reference
from .._record import NamedTuple
from ..catalog.facts import classify
from ..images import Spelling
from ..rules.stages import reference_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..catalog.model import Definition, UpstreamFacts
    from ..catalog.resolve import Role
    from ..catalog.store import Catalog
    from ..rules.findings import StageReport
    from .markup import Page
    from .settings import Chosen

_MOST_TAGS = 12
_MOST_REASONS = 8
_STATES = {
    "retired": "This tag is no longer in the catalog.",
    "unknown": "This tag is not in the catalog.",
    "unknown-image": "The catalog has no image of this name.",
    "end-of-life": "This image has reached its end of life.",
    "near-end-of-life": "This image is near its end of life.",
}


class Traits(NamedTuple):
    """What can be compared of two images, as texts; "" is none, None is not known."""

    user: str | None
    shell: str | None
    package_manager: str | None
    entrypoint: str | None
    cmd: str | None
    workdir: str | None
    ports: str | None


_LABELS = ("user", "shell", "package manager", "entrypoint", "cmd", "workdir", "ports")


def describe_reference(
    page: Page, reference: str, want: Role, chosen: Chosen, report: StageReport | None = None
) -> None:
    """Add to `page` what is to be known of the image `reference`.

    `report` is that of the stage that is built on it; without one, it is judged as the base of a stage that runs commands
    ("build") or ships ("final"), whichever is wanted.
    """
    catalog, spelling = chosen.catalog, Spelling(chosen.settings.registry)
    try:
        parsed = parse_reference(reference)
    except InvalidReferenceError as error:
        page.head(reference)
        page.text(str(error))
        return
    name = spelling.read(parsed)
    if name is not None:
        _hardened(page, reference, name.name, parsed.tag or "latest", catalog, spelling)
        return
    if report is None:
        report = reference_report(reference, want, catalog, chosen.settings.registry)
    upstream = catalog.upstream_facts(parsed.upstream, parsed.tag or "latest")
    _upstream(page, report, upstream, catalog, spelling)


def _hardened(page: Page, reference: str, name: str, tag: str, catalog: Catalog, spelling: Spelling) -> None:
    state = classify(catalog, name, tag, datetime.datetime.now(tz=datetime.UTC).date())
    if state.status != "known":
        page.head(reference)
        page.text(_STATES[state.status])
        if state.successor is not None:
            page.text(f"Instead: {spelling.write(name, state.successor)}")
    if state.definition is None:
        return
    if state.status == "known":
        page.head(reference, f"({kind_of(state.definition)})")
    page.rows(facts(state.definition))
    upstream = catalog.upstream_twin(state.definition)
    if upstream is not None:
        _changes(page, upstream, state.definition)


def _upstream(
    page: Page, report: StageReport, upstream: UpstreamFacts | None, catalog: Catalog, spelling: Spelling
) -> None:
    page.head(report.base, f"-> {report.target or 'nothing'} ({report.match})")
    if report.reasons:
        page.reasons(report.reasons[:_MOST_REASONS])
    if report.alternatives:
        page.text(f"Or: {', '.join(report.alternatives)}")
    if report.target is None:
        return
    parsed = parse_reference(report.target)
    name = spelling.read(parsed)
    definition = catalog.find(name.name, parsed.tag or "") if name is not None else None
    if definition is None:
        return
    page.head(report.target, f"({kind_of(definition)})")
    page.rows(facts(definition))
    if upstream is not None:
        _changes(page, upstream, definition)


def kind_of(definition: Definition) -> str:
    """What an image is for, and its distribution, in a few words."""
    flavor = f", {definition.flavor}" if definition.flavor else ""
    return f"{definition.variant}{flavor}, {definition.distro} {definition.release}"


def facts(definition: Definition) -> Iterator[tuple[str, str]]:
    """The facts of a tag with their labels."""
    traits = hardened_traits(definition)
    for label, value in zip(_LABELS, traits, strict=True):
        yield label, "unknown" if value is None else value
    yield "end of life", definition.end_of_life or "unknown"
    more = len(definition.tags) - _MOST_TAGS
    yield "tags", " ".join(definition.tags[:_MOST_TAGS]) + (f" and {more} more" if more > 0 else "")


def _changes(page: Page, upstream: UpstreamFacts, definition: Definition) -> None:
    rows = list(changes(upstream_traits(upstream), hardened_traits(definition)))
    page.head(f"Against the upstream image {upstream.repository}:", "" if rows else "no difference in these is known")
    if rows:
        page.rows(rows)


def changes(before: Traits, after: Traits) -> Iterator[tuple[str, str]]:
    """What is known to differ between two images, with labels."""
    for label, old, new in zip(_LABELS, before, after, strict=True):
        if old is None or new is None or old == new:
            continue
        if label != "shell" or not old or not new:  # one shell does as well as another
            yield label, f"{old or 'none'} -> {new or 'none'}"


def hardened_traits(definition: Definition) -> Traits:
    """The traits of a hardened image."""
    shell: str | None = " ".join(definition.shells)
    if not shell and definition.bin_sh is not False:
        shell = "/bin/sh" if definition.bin_sh else None
    manager: str | None = definition.package_manager or ""
    if not manager and not definition.packages_complete:
        manager = None  # what is copied from other images may hold one
    return Traits(
        f"{definition.user} ({definition.uid})",
        shell,
        manager,
        _command(definition.entrypoint),
        _command(definition.cmd),
        definition.workdir or "/",
        " ".join(definition.ports),
    )


def upstream_traits(upstream: UpstreamFacts) -> Traits:
    """The traits of an upstream image."""
    name = upstream.user.partition(":")[0] or "root"
    uid = 0 if name == "root" else upstream.uid
    return Traits(
        name if uid is None or name == str(uid) else f"{name} ({uid})",
        upstream.shell or "",
        upstream.package_manager or "",
        _command(upstream.entrypoint),
        _command(upstream.cmd),
        upstream.workdir or "/",
        " ".join(upstream.ports),
    )


def _command(words: tuple[str, ...] | None) -> str:
    return json.dumps(list(words), ensure_ascii=False) if words else ""

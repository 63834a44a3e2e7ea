"""The strongest level that can be shown to be right: swap, split, or stay on -dev; each tried in memory and judged again.

A level is *proven* when the rewritten file, with all repairs made, has no error left in the stages that ship and stands on a
hardened image there. (That it does not change at a second run is held by the tests.)
"""

from __future__ import annotations

import difflib
from functools import cached_property

from ..rules.edits import EditConflict, apply_edits
from ..rules.engine import check_source
from ..rules.findings import Edit, Fix
from ..rules.offers import SWAPS
from ..rules.start_causes import causes
from ..rules.suppress import refused_findings
from ..rules.verdict import judge
from .fix import fix_source
from .outcome import Migration, Refusal, Rewrite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.store import Catalog
    from ..choices import LevelChoice
    from ..rules.findings import FileReport, Finding, Level
    from ..rules.tree import BuildContext
    from ..rules.verdict import Verdict
    from ..settings import Settings

BREAKS = frozenset({"DHI201", "DHI208", "DHI301", "DHI303", "DHI403", "DHI410", "DHI804"})
"""Rules whose warnings keep a stage from being done as well: a program that is missing, commands that run as another user."""

NOT_HARDENED = "the image that ships is not a hardened one"
"""What is said of a stage that no rule reports, and that cannot move all the same."""

_TRIED: dict[LevelChoice, tuple[tuple[Level, bool], ...]] = {
    "auto": (("split", False), ("dev", False)),
    "runtime": (),
    "split": (("split", True), ("dev", False)),
    "dev": (("dev", True),),
}
"""The levels below ``runtime`` that a choice allows, and whether it names them, so that they are written unasked."""


def migrate_source(
    path: str, data: bytes, catalog: Catalog, settings: Settings, *, unsafe: bool, tree: BuildContext | None = None
) -> Migration:
    """Migrate one Dockerfile in memory at the strongest level that `settings` allow and that is proven.

    Without `unsafe` the safe fixes alone are applied, and a level below ``runtime`` only if it is named. Where no level is
    reached, what can be fixed is fixed all the same, and `refusals` say what stands in the way. `tree` is the build context,
    where there is one. Raises what `check_source` raises.
    """
    own = settings._replace(level="runtime") if settings.level != "dev" else settings._replace(level="auto")
    plain = fix_source(path, data, catalog, own, unsafe=unsafe, tree=tree)
    trouble = finished(plain.after, frozenset() if plain.before.status == "hardened" else BREAKS)
    done = trouble is None
    first = _runtime_refusal(plain.after, trouble)
    plain = plain._replace(level=(plain.after.level or "runtime") if done else None, refusals=first)
    levels = [level for level, named in _TRIED[settings.level] if named or unsafe]
    if not levels or plain.before.status in {"unsupported", None}:
        return plain
    if plain.before.status == "hardened" and (plain.before.level != "dev" or settings.level != "split"):
        return plain  # a stage that was left on -dev is split where that is asked for
    if done and not ("split" in levels and plain.level == "dev"):
        return plain  # what ships on -dev is an image for building, from which a program can still be taken
    trier = _Trier(path, data, catalog, settings, tree)
    held = trier.held(levels[0])
    if held is not None:
        return plain._replace(refusals=(*first, held))
    unwrapped = trier.unwrapped() if not done and unsafe else None
    if unwrapped is not None:
        return unwrapped._replace(before=plain.before)
    direct = trier.direct() if not done and "split" in levels else None
    if direct is not None:
        return direct._replace(before=plain.before)
    other = trier.retargeted() if not done else None
    if isinstance(other, Migration) and other.level in {"runtime", "split"} and "split" in levels:
        return other._replace(before=plain.before)
    refusals: list[Refusal] = [*first]
    for level in levels:
        found = trier.attempt(level)
        if isinstance(found, Migration):
            return found._replace(before=plain.before, refusals=tuple(refusals))
        if done and plain.level != "dev":
            return plain
        if level == "split" and isinstance(other, Refusal):
            refusals.append(other)  # says more than the general one
            continue
        refusals.append(found if found.text else trier.refusal(level, plain.after, finished(plain.after, BREAKS) or ""))
    if isinstance(other, Migration) and other.level in levels:
        return other._replace(before=plain.before, refusals=tuple(refusals))
    named = settings.level in {"split", "dev"} and not unsafe
    whole = fix_source(path, data, catalog, own, unsafe=True, tree=tree) if named else plain
    if named and finished(whole.after, BREAKS) is None and whole.after.level == settings.level:
        return whole._replace(before=plain.before, refusals=tuple(refusals), level=whole.after.level)
    return plain._replace(refusals=tuple(refusals))


def finished(report: FileReport, extra: frozenset[str] = frozenset()) -> Finding | str | None:
    """What keeps the stages that ship from being done: a finding, or a word on a base that is not hardened. None: nothing does.

    Errors count, and findings of the rules `extra`.
    """
    if report.error is not None or not report.stages:
        return report.findings[0] if report.findings else "the file cannot be read"
    used = {stage.index for stage in report.stages if stage.role != "unused"}
    for finding in report.findings:
        counts = finding.severity == "error" or finding.rule in extra
        if counts and (finding.stage is None or finding.stage in used):
            return finding
    ships = next((stage for stage in report.stages if stage.role == "final"), None)
    while ships is not None and ships.match == "stage":
        name = ships.base.lower()
        below = [one for one in report.stages[: ships.index] if (one.name or "").lower() == name]
        below = below or [one for one in report.stages[: ships.index] if str(one.index) == name]
        ships = below[-1] if below else None
    if ships is None or ships.match not in {"hardened", "scratch"}:
        return NOT_HARDENED
    return None


def _runtime_refusal(report: FileReport, trouble: Finding | str | None) -> tuple[Refusal, ...]:
    """Why the swap alone is not enough, where no error finding says so: a warning that keeps the stage from being done."""
    if trouble is None or isinstance(trouble, str) or trouble.severity == "error" or report.source is None:
        return ()
    return (Refusal("runtime", report.source.line_of(trouble.span.start), f"{trouble.rule}: {trouble.message}"),)


class _Trier:
    def __init__(self, path: str, data: bytes, catalog: Catalog, settings: Settings, tree: BuildContext | None) -> None:
        self.path, self.data, self.catalog, self.settings, self.tree = path, data, catalog, settings, tree

        self.auto = settings._replace(level="auto", select=(), ignore=())

    @cached_property
    def verdict(self) -> Verdict:
        """The file as it is judged with all rules, for the strongest level."""
        return judge(self.data, self.catalog, self.auto, self.tree)

    def held(self, level: Level) -> Refusal | None:
        """That a comment keeps a stage on its base: whoever wrote it does not want the file rewritten, for `level` or another."""
        for finding in refused_findings(self.verdict):
            if finding.rule in SWAPS:
                line = self.verdict.dockerfile.source.line_of(finding.span.start)
                return Refusal(level, line, "a comment keeps the stage on its base")
        return None

    def attempt(self, level: Level) -> Migration | Refusal:
        """The file at `level`, or why it is not reached."""
        if level == "dev":
            from .dev import stay_on_dev

            settings = self.auto._replace(level="dev")
            rewrite = stay_on_dev(judge(self.data, self.catalog, settings, self.tree))
            return rewrite if isinstance(rewrite, Refusal) else self._proven(rewrite, settings)
        from .split import split_stage

        rewrite = split_stage(self.verdict)
        return rewrite if isinstance(rewrite, Refusal) else self._proven(rewrite, self.auto)

    def retargeted(self) -> Migration | Refusal | None:
        """The file on the official image of the language whose interpreter it installs, migrated from there; or why not."""
        from .retarget import retarget

        rewrite = retarget(self.verdict)
        if not isinstance(rewrite, Rewrite):
            return rewrite
        found = migrate_source(self.path, rewrite.data, self.catalog, self.settings, unsafe=True, tree=self.tree)
        whole = Fix("unsafe", rewrite.title, line_edits(self.data, rewrite.data))
        return found._replace(applied=(whole, *found.applied)) if found.level is not None else None

    def unwrapped(self) -> Migration | None:
        """The file without its start script, which only sets defaults, migrated from there; None where that does not help."""
        target = self.verdict.context.graph.target if self.verdict.context is not None else None
        if target is None:
            return None
        subject = self.verdict.subjects[target]
        if not any(one.kind in {"script", "shell-program"} for one in causes(subject)):
            return None
        from ..rules.wrapper_edits import replace_wrapper

        replaced = replace_wrapper(subject)
        if replaced is None:
            return None
        try:
            data = apply_edits(self.data, replaced.edits)
        except EditConflict:
            return None
        found = migrate_source(self.path, data, self.catalog, self.settings, unsafe=True, tree=self.tree)
        if found.level not in {"runtime", "split"}:
            return None
        whole = Fix("unsafe", replaced.title, tuple(sorted(replaced.edits)))
        return found._replace(applied=(whole, *found.applied))

    def direct(self) -> Migration | None:
        """The file on the runtime image without what it installs, or in the release of its build stage, where that helps."""
        from .split import align_release, drop_installations

        rewrite = drop_installations(self.verdict)
        found = self._proven(rewrite, self.auto) if rewrite is not None else None
        if isinstance(found, Migration):
            return found
        aligned = align_release(self.verdict)
        if aligned is None:
            return None
        found = self._proven(aligned, self.auto)
        if isinstance(found, Migration):
            return found
        trier = _Trier(self.path, aligned.data, self.catalog, self.settings, self.tree)
        whole = Fix("unsafe", aligned.title, line_edits(self.data, aligned.data))
        again = trier.direct() or trier.attempt("split")
        return again._replace(applied=(whole, *again.applied)) if isinstance(again, Migration) else None

    def _proven(self, rewrite: Rewrite, settings: Settings) -> Migration | Refusal:
        first = fix_source(self.path, rewrite.data, self.catalog, settings, unsafe=True, tree=self.tree)
        proof = first.after
        if proof.suppressed:  # what somebody knows of the file as it is says nothing of what became of it
            proof = check_source(self.path, first.data, self.catalog, settings, tree=self.tree, comments=False)
        trouble = finished(proof, BREAKS)
        if trouble is not None:
            return self.refusal(rewrite.level, proof, trouble)
        after = first.after
        if settings != self.settings:
            after = check_source(self.path, first.data, self.catalog, self.settings, tree=self.tree)
        whole = Fix("unsafe", rewrite.title, line_edits(self.data, rewrite.data))
        return Migration(after, after, first.data, (whole, *first.applied), first.problem, (), rewrite.level)

    def refusal(self, level: Level, report: FileReport, trouble: Finding | str) -> Refusal:
        """The trouble in the rewritten text, told of the file as it is where the line is the same there."""
        line = 1
        if isinstance(trouble, str):
            ships = next((stage for stage in report.stages if stage.role == "final"), None)
            said = [reason for reason in ships.reasons if reason.startswith("line")] if ships is not None else []
            return Refusal(level, line, f"{trouble}: {said[-1]}" if said else trouble)
        if report.source is not None:
            text = report.source.text(report.source.line_span(report.source.line_of(trouble.span.start))).strip()
            own = self.data.decode("utf-8", "surrogateescape").splitlines()
            line = next((number for number, one in enumerate(own, 1) if text and one.strip() == text), 1)
        return Refusal(level, line, f"{trouble.rule}: {trouble.message}")


def line_edits(before: bytes, after: bytes) -> tuple[Edit, ...]:
    """The edits that make `after` of `before`, by whole lines."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    edits = []
    for tag, first, last, begin, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            edits.append(Edit(starts[first], starts[last], b"".join(new[begin:end])))
    return tuple(edits)

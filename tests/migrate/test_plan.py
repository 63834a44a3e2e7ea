"""Plans: how far a file gets, by which edits, what that gains, what is in the way; as values."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dhi_migrate import Catalog, Settings, check, plan
from dhi_migrate.dockerfile.source import Source, Span
from dhi_migrate.migrate.blockers import Blocker, Step, split_advice
from dhi_migrate.migrate.gain import Gain, ImageTraits
from dhi_migrate.migrate.levels import migrate_source
from dhi_migrate.migrate.outcome import Migration, Refusal
from dhi_migrate.migrate.plan import (
    FilePlan,
    PlanGroup,
    PlannedEdit,
    PlannedSwap,
    PlanTotals,
    plan_of,
    plan_totals,
    work_list,
)
from dhi_migrate.rules.findings import Edit, FileReport, Finding, Fix, StageReport

if TYPE_CHECKING:
    from dhi_migrate.rules.findings import Level

CATALOG = Catalog.load()
SWAPS = sorted((Path(__file__).parents[1] / "fixtures" / "swap").glob("*/Dockerfile"))


def fixed(text: str, settings: Settings | None = None) -> FilePlan:
    """The plan of `text` where no level below runtime is tried."""
    return plan(text.encode(), CATALOG, (settings or Settings())._replace(level="runtime"))


def rewritten(
    level: Level | None,
    text: str,
    result: str,
    *fixes: Fix,
    refusals: tuple[Refusal, ...] = (),
    target: str | None = None,
) -> FilePlan:
    """The plan of a migration of `text` to `result` that reaches `level`, whoever made it."""
    settings = Settings(target=target)
    before = check(text.encode(), CATALOG, settings)
    after = check(result.encode(), CATALOG, settings)
    migration = Migration(before, after, result.encode(), fixes, None, refusals, level)
    return plan_of(migration, CATALOG, settings)


def test_a_plan_of_references_alone_whole() -> None:
    text = """\
FROM golang:1.26-alpine3.23 AS build
ENV CGO_ENABLED=0
RUN go build -o /app .
FROM alpine:3.23
COPY --from=build /app /app
USER 10001
ENTRYPOINT ["/app"]
"""
    assert plan(text.encode(), CATALOG) == FilePlan(
        path="Dockerfile",
        status="swappable",
        level="runtime",
        error=None,
        swaps=(
            PlannedSwap(
                "build", "build", 1, "golang:1.26-alpine3.23", "dhi.io/golang:1.26-alpine3.23-dev", "exact", True,
                ("the same version on alpine 3.23",),
                ("dhi.io/golang:1.26-debian13-dev", "dhi.io/golang:1.27-alpine3.23-dev"),
            ),
            PlannedSwap(
                None, "final", 4, "alpine:3.23", "dhi.io/alpine-base:3.23", "exact", True,
                ("the same version on alpine 3.23",), ("dhi.io/alpine-base:3.24",),
            ),
        ),
        edits=(
            PlannedEdit("Use dhi.io/golang:1.26-alpine3.23-dev", "safe", ("DHI101",), (1,)),
            PlannedEdit("Use dhi.io/alpine-base:3.23", "safe", ("DHI101",), (4,)),
        ),
        flags="--fix",
        blockers=(),
        step=None,
        gain=Gain(
            ImageTraits(
                "alpine:3.23", "10001", 10001, False, True, True, None, "docker-library/official-images@library/alpine"
            ),
            ImageTraits(
                "dhi.io/alpine-base:3.23", "10001", 10001, False, True, False, 3,
                "image/alpine-base/alpine-3.23/3.23.yaml",
            ),
            reached=True,
        ),
        problem=None,
    )  # fmt: skip


STATIC = """\
FROM node:24-alpine AS build
RUN npm ci
FROM nginx:1.30-alpine
RUN rm /etc/nginx/conf.d/default.conf
COPY nginx/default.conf /etc/nginx/conf.d/
CMD ["nginx", "-g", "daemon off;"]
"""


def test_further_edits_are_named_with_their_rules_and_lines() -> None:
    found = fixed(STATIC)
    assert (found.status, found.level, found.flags) == ("fixable", "runtime", "--fix --unsafe-fixes")
    assert found.edits == (
        PlannedEdit("Use dhi.io/node:24-alpine3.24-dev", "safe", ("DHI101",), (1,)),
        PlannedEdit(
            "Use dhi.io/nginx:1.30-alpine3.24, and remove the RUN; remove the CMD that the image has already",
            "unsafe", ("DHI101", "DHI410", "DHI501"), (3, 4, 6),
        ),
    )  # fmt: skip
    assert found.gain is not None
    assert (found.gain.stops_root, found.gain.loses_shell, found.gain.loses_package_manager) == (True, False, True)


MANUAL = """\
FROM node:24-alpine AS build
RUN npm ci
FROM python:3.13-slim
RUN apt-get update && apt-get install -y libpq5
COPY app.py /app.py
CMD ["python", "/app.py"]
"""


def test_a_file_for_a_person_tells_the_first_error_as_a_step() -> None:
    found = fixed(MANUAL)
    assert (found.status, found.level, found.flags) == ("manual", None, "--fix")
    assert [(swap.line, swap.target, swap.reached) for swap in found.swaps] == [
        (1, "dhi.io/node:24-alpine3.24-dev", True),
        (3, "dhi.io/python:3.13-debian13", False),
    ]
    claim = (
        "apt-get installs libpq5 in the stage that ships, and dhi.io/python:3.13-debian13 has neither a shell nor a "
        "package manager"
    )
    advice = (
        "install in a build stage on -dev and copy what is needed, or ship a customised image with the packages, or the "
        "-dev image itself"
    )
    assert found.blockers == (Blocker(None, "DHI301", 4, f"{claim}: {advice}"),)
    assert found.step == Step("DHI301", 4, advice)
    assert found.gain is not None
    assert not found.gain.reached
    assert (found.gain.before.image, found.gain.after.image) == ("python:3.13-slim", "dhi.io/python:3.13-debian13")


def test_blockers_name_the_lines_of_the_file_as_it_is() -> None:
    text = f"FROM python:3.13-slim AS b\nRUN pip wheel -w /w .\n{MANUAL.partition(chr(10))[2].partition(chr(10))[2]}"
    shifted = "# one\n# two\n" + text.replace("FROM python:3.13-slim AS b", "FROM dhi.io/python:3.13-debian13-dev AS b")
    assert [(one.rule, one.line) for one in rewritten(None, text, shifted).blockers] == [("DHI301", 4)]
    # what is new in the result has no line
    other = shifted.replace("libpq5", "libpq-dev")
    assert [(one.rule, one.line) for one in rewritten(None, text, other).blockers] == [("DHI301", None)]


def test_without_an_error_the_reasons_of_what_stays_are_told() -> None:
    found = fixed(
        'FROM example.com/own/builder:1 AS b\nFROM alpine:3.23\nCOPY --from=b /app /app\nENTRYPOINT ["/app"]\n'
    )
    assert found.status == "manual"
    assert [(one.rule, one.line) for one in found.blockers] == [("DHI104", 1)]
    assert found.step == Step("DHI104", 1, "if it is your own, move its Dockerfile first")


def test_a_syntax_error_is_the_blocker() -> None:
    found = fixed("FROM node:24\nRUNN x\n")
    assert (found.status, found.swaps, found.gain) == ("manual", (), None)
    assert [(one.rule, one.line) for one in found.blockers] == [("DHI000", 2)]
    assert found.step == Step("DHI000", 2, "mend the named line")


def test_without_an_equivalent_the_nearest_idea_is_the_step() -> None:
    found = fixed('FROM node:99-alpine\nCMD ["node"]\n')
    (swap,) = found.swaps
    assert (found.status, found.level, found.gain) == ("unsupported", None, None)
    assert swap.alternatives
    assert found.step == Step(None, 1, f"try {swap.alternatives[0]} in place of node:99-alpine ({swap.reasons[0]})")
    own = fixed("FROM example.com/own/base:1\n")
    assert own.step == Step("DHI104", 1, "if it is your own, move its Dockerfile first")
    none = fixed("FROM mcr.microsoft.com/powershell:7.5\n")
    assert none.step is not None
    assert none.step.text.startswith("rebuild the image on a hardened base yourself, ")


def test_a_hardened_file_has_nothing_to_do() -> None:
    found = fixed('FROM dhi.io/node:24-debian13\nCMD ["node", "/app.js"]\n')
    assert (found.status, found.level, found.flags, found.edits) == ("hardened", "runtime", None, ())
    assert (found.blockers, found.step, found.gain) == ((), None, None)
    assert [(swap.target, swap.match, swap.reached) for swap in found.swaps] == [(None, "hardened", False)]


def test_a_file_that_was_not_read_has_its_error() -> None:
    report = FileReport("gone", None, None, None, "no such file", (), ())
    migration = Migration(report, report, b"", (), None)
    assert plan_of(migration, CATALOG, Settings()) == FilePlan("gone", None, None, "no such file")


SINGLE = """\
FROM node:24-alpine AS app
WORKDIR /srv
COPY . .
RUN npm ci
CMD ["node", "server.js"]
FROM node:24-alpine AS test
COPY --from=app /srv /srv
RUN node --test
"""
SPLIT = """\
FROM dhi.io/node:24-alpine3.24-dev AS build
WORKDIR /srv
COPY . .
RUN npm ci
FROM dhi.io/node:24-alpine3.24 AS app
WORKDIR /srv
COPY --from=build /srv /srv
CMD ["node", "server.js"]
FROM dhi.io/node:24-alpine3.24-dev AS test
COPY --from=app /srv /srv
RUN node --test
"""


def test_a_split_names_its_level_and_the_stage_that_it_adds() -> None:
    whole = Fix("unsafe", "Split the stage that ships", (Edit(5, 19, b"x"),))
    later = Fix("safe", "Later", (Edit(0, 0, b""),))
    found = rewritten("split", SINGLE, SPLIT, whole, later, target="app")
    assert (found.status, found.level, found.flags) == ("fixable", "split", "--fix --unsafe-fixes")
    assert [(swap.name, swap.role, swap.line, swap.base, swap.target, swap.reached) for swap in found.swaps] == [
        ("build", "build", 1, "node:24-alpine", "dhi.io/node:24-alpine3.24-dev", True),
        ("app", "final", None, None, "dhi.io/node:24-alpine3.24", True),
        ("test", "unused", 6, "node:24-alpine", "dhi.io/node:24-alpine3.24-dev", True),
    ]
    assert found.edits == (
        PlannedEdit("Split the stage that ships", "unsafe", (), (1,)),
        PlannedEdit("Later", "safe", (), ()),
    )
    assert found.gain is not None
    assert found.gain.reached
    assert found.gain.after.image == "dhi.io/node:24-alpine3.24"


DEV = """\
FROM python:3.13-slim
RUN apt-get update && apt-get install -y libpq5
CMD ["python", "/app.py"]
"""
ON_DEV = DEV.replace("python:3.13-slim", "dhi.io/python:3.13-debian13-dev") + "USER nonroot\n"


def test_the_dev_level_tells_what_keeps_it_there_nearest_level_first() -> None:
    found = rewritten(
        "dev",
        DEV,
        ON_DEV,
        refusals=(
            Refusal("runtime", 2, "a RUN is left"),
            Refusal("split", 2, "DHI301: apt-get installs libpq5: copy what is needed"),
        ),
    )
    assert (found.status, found.level) == ("fixable", "dev")
    assert found.blockers == (
        Blocker("split", "DHI301", 2, "apt-get installs libpq5: copy what is needed"),
        Blocker("runtime", None, 2, "a RUN is left"),
    )
    assert found.step == Step("DHI301", 2, "copy what is needed")
    assert found.gain is not None
    assert (found.gain.before.root, found.gain.after.root) == (True, False)
    assert (found.gain.after.shell, found.gain.after.package_manager) == (True, True)


def test_a_refusal_without_advice_is_told_as_it_is() -> None:
    found = rewritten("dev", DEV, ON_DEV, refusals=(Refusal("split", 2, "nobody knows what ./configure writes"),))
    assert found.step == Step(None, 2, "change this: nobody knows what ./configure writes")


def test_a_refusal_that_only_looks_like_a_rule_names_none() -> None:
    found = rewritten("dev", DEV, ON_DEV, refusals=(Refusal("split", 2, "DHI999: x"), Refusal("runtime", 1, "")))
    assert found.blockers == (Blocker("split", None, 2, "DHI999: x"),)
    assert found.step == Step(None, 2, "change this: DHI999: x")


def test_without_refusals_the_dev_level_tells_what_the_rule_on_it_says() -> None:
    found = rewritten("dev", DEV, ON_DEV)
    assert [(one.level, one.rule, one.line) for one in found.blockers] == [("runtime", "DHI115", 1)]


def test_refusals_of_a_file_for_a_person_leave_its_errors_to_the_runtime_level() -> None:
    found = rewritten(None, DEV, DEV, refusals=(Refusal("split", 2, "no"), Refusal("dev", 1, "no -dev image")))
    assert [(one.level, one.rule, one.line) for one in found.blockers] == [
        ("dev", None, 1),
        ("split", None, 2),
        ("runtime", "DHI301", 2),
    ]
    assert found.step is not None
    assert (found.step.rule, found.step.line) == ("DHI301", 2)


def test_what_is_offered_still_is_for_a_person_with_the_problem() -> None:
    text = b"FROM node:24-alpine\n"
    report = check(text, CATALOG)
    found = plan_of(Migration(report, report, text, (), "it would be worse"), CATALOG, Settings())
    assert (found.status, found.level, found.flags, found.problem) == ("manual", None, None, "it would be worse")


NODE = 'FROM node:24-alpine\n%sCMD ["node", "/a.js"]\n'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ("root", 0, True, "node", 1000, False)),
        ("USER root\n", ("root", 0, True, "root", 0, True)),
        ("USER 0:0\n", ("0", 0, True, "0", 0, True)),
        ("USER node\n", ("node", None, False, "node", 1000, False)),
        ("USER 1000:0\n", ("1000", 1000, False, "1000", 1000, False)),
        ("USER $WHO\n", (None, None, None, None, None, None)),
        ("USER 99999999999999\n", ("99999999999999", None, False, "99999999999999", None, False)),
    ],
)
def test_who_starts_is_the_last_user_or_that_of_the_base(line: str, expected: tuple[object, ...]) -> None:
    text = (NODE % line).encode()
    result = (NODE % line).replace("node:24-alpine", "dhi.io/node:24-alpine3.24").encode()
    migration = Migration(check(text, CATALOG), check(result, CATALOG), result, (), None)
    gain = plan_of(migration, CATALOG, Settings()).gain
    assert gain is not None
    assert (*gain.before[1:4], *gain.after[1:4]) == expected


def test_build_arguments_and_the_target_are_minded() -> None:
    text = "ARG BASE=alpine:3.23\nFROM $BASE AS one\nUSER 7\nFROM node:24-alpine AS two\n"
    found = fixed(text, Settings(target="one", build_args=(("BASE", "alpine:3.24"),)))
    assert found.gain is not None
    assert (found.gain.before.image, found.gain.after.image) == ("alpine:3.24", "dhi.io/alpine-base:3.24")
    assert (found.gain.before.user, found.gain.after.uid) == ("7", 7)


def test_an_image_that_nothing_is_known_of_has_no_answers() -> None:
    (swap,) = fixed("FROM traefik/whoami:v1.10\n").swaps
    text, result = "FROM example.com/own/base:1\n", f"FROM {swap.target or 'dhi.io/static:20260611-alpine3.24'}\n"
    gain = rewritten("runtime", text, result).gain
    assert gain is not None
    assert gain.before == ImageTraits("example.com/own/base:1", None, None, None, None, None, None, "")
    assert (gain.stops_root, gain.loses_shell, gain.loses_package_manager) == (False, False, False)


def test_a_chain_is_judged_by_the_runtime_image_that_it_would_get() -> None:
    found = fixed('FROM node:24-alpine AS base\nRUN npm ci\nFROM base AS build\nFROM base\nCMD ["node", "/a.js"]\n')
    assert found.status == "manual"
    assert found.gain is not None
    assert (found.gain.after.image, found.gain.after.root) == ("dhi.io/node:24-alpine3.24", False)


def test_a_list_of_packages_that_is_not_complete_is_not_counted_and_a_manager_not_denied() -> None:
    tags = [
        f"dhi.io/{one.image}:{one.tags[0]}"
        for one in CATALOG.definitions()
        if not one.packages_complete and one.package_manager is None and one.variant == "runtime"
    ]
    gain = rewritten("runtime", "FROM alpine:3.23\n", f"FROM {tags[0]}\n").gain
    assert gain is not None
    assert (gain.after.package_manager, gain.after.packages) == (None, None)
    assert not gain.loses_package_manager


def report(text: bytes, *findings: Finding) -> FileReport:
    stage = StageReport(0, None, 1, "final", "a", None, "unknown", False, (), ())
    return FileReport("x", Source(text), "fixable", "runtime", None, (stage,), findings)


def found(rule: str, at: int, *fixes: Fix) -> Finding:
    return Finding(rule, "name", "error", "message", "", 0, Span(at, at + 1), fixes)


def test_edits_stand_in_the_order_of_the_file_and_each_title_once() -> None:
    text = b"a\nb\nc\nd\n"
    first, last = Fix("safe", "same", (Edit(2, 3, b"x"),)), Fix("unsafe", "same", (Edit(6, 7, b"x"),))
    middle, other = Fix("safe", "middle", (Edit(4, 5, b"x"),)), Fix("safe", "middle", (Edit(9, 9, b"y"),))
    before = report(text, found("DHI2", 2, first), found("DHI1", 6, last), found("DHI3", 4, middle))
    after = before._replace(status="hardened", findings=())
    applied = (middle, last, first, other, Fix("safe", "only later", ()))
    plans = plan_of(Migration(before, after, b"new", applied, None, (), "runtime"), CATALOG, Settings())
    assert plans.edits == (
        PlannedEdit("same", "unsafe", ("DHI1", "DHI2"), (2, 4)),
        PlannedEdit("middle", "safe", ("DHI3",), (3,)),
        PlannedEdit("only later", "safe", (), ()),
    )


@pytest.mark.parametrize(
    ("message", "claim", "advice"),
    [
        ("x has no shell; do it in a build stage: there", "x has no shell", "do it in a build stage: there"),
        ("pip install: x has no shell; take it out", "pip install: x has no shell", "take it out"),
        ("x is needed: a person has to say what uses it", "x is needed", "say what uses it"),
        ("write: nothing", "write: nothing", None),
        ("x: doing it; its own user is nonroot", "x: doing it; its own user is nonroot", None),
        ("", "", None),
    ],
)
def test_advice_follows_a_colon_or_a_semicolon_and_begins_with_a_verb(
    message: str, claim: str, advice: str | None
) -> None:
    assert split_advice(message) == (claim, advice)


def test_the_work_list_begins_with_what_is_cheap_and_ends_with_what_is_done() -> None:
    kinds = [
        ("hardened", "runtime"), ("unsupported", None), (None, None), ("manual", None), ("fixable", "dev"),
        ("fixable", "split"), ("fixable", "runtime"), ("swappable", "dev"), ("swappable", "runtime"),
    ]  # fmt: skip
    plans = [FilePlan(path, status, level, None) for status, level in kinds for path in ("b", "a")]  # type: ignore[arg-type]
    assert [(one.status, one.level, one.path) for one in work_list(plans)] == [
        (*kind, path) for kind in [*kinds[:2:-1], kinds[1], kinds[2], kinds[0]] for path in ("a", "b")
    ]


def traits(root: bool | None, shell: bool | None, manager: bool | None) -> ImageTraits:
    return ImageTraits("x", None, None, root, shell, manager, None, "")


def test_totals_count_what_is_known_of_images_that_change() -> None:
    full, bare, dark = traits(True, True, True), traits(False, False, False), traits(None, None, None)
    gains = [
        Gain(full, bare, True), Gain(full, traits(True, False, None), True), Gain(bare, bare, True),
        Gain(dark, bare, True), Gain(full, bare, False), None,
    ]  # fmt: skip
    plans = [FilePlan("x", "fixable", "split", None, gain=gain) for gain in gains]
    plans += [FilePlan("x", "swappable", "runtime", None), FilePlan("x", None, None, "gone")]
    assert plan_totals(plans) == PlanTotals(
        files=8,
        groups=(PlanGroup("swappable", "runtime", 1), PlanGroup("fixable", "split", 6), PlanGroup(None, None, 1)),
        images=4,
        stop_root=1,
        lose_shell=2,
        lose_package_manager=1,
        unknown_root=1,
        unknown_shell=1,
        unknown_package_manager=2,
    )
    assert plan_totals([]) == PlanTotals(0, (), 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("path", SWAPS, ids=lambda path: path.parent.name)
def test_every_plan_is_whole(path: Path) -> None:
    data = path.read_bytes()
    settings = Settings(level="runtime")
    migration = migrate_source("Dockerfile", data, CATALOG, settings, unsafe=True)
    made = plan_of(migration, CATALOG, settings)
    assert (made.flags is None) == (migration.data == data)
    assert made.level == migration.level
    assert bool(made.edits) == bool(migration.applied)
    assert (made.step is None) == (not made.blockers)
    assert made.status == "hardened" or made.level is not None or made.blockers
    lines = [line for edit in made.edits for line in edit.lines] + [one.line for one in made.blockers if one.line]
    assert all(1 <= line <= data.count(b"\n") + 1 for line in lines)


def test_a_huge_file_full_of_findings_takes_no_time_to_speak_of() -> None:
    text = b"RUN " + b"a" * 3_000_000 + b"\n" + b"b\n" * 100_000
    findings = [found("DHI301", at)._replace(message=f"m{at}") for at in range(0, 200_000, 10)]
    before, after = report(text, *findings), report(b"\n" + text, *findings)
    migration = Migration(before, after._replace(status="manual"), b"\n" + text, (), None)
    start = time.process_time()
    assert len(plan_of(migration, CATALOG, Settings()).blockers) == len(findings)
    assert time.process_time() - start < 5.0

"""Plans as text, JSON and Markdown: whole, and harmless whatever the files hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dhi_migrate import _version
from dhi_migrate.catalog.model import CatalogInfo
from dhi_migrate.migrate.blockers import Blocker, Step
from dhi_migrate.migrate.gain import Gain, ImageTraits
from dhi_migrate.migrate.plan import FilePlan, PlannedEdit, PlannedSwap, plan_totals, work_list
from dhi_migrate.report import plan_markdown
from dhi_migrate.report.json_report import render_head
from dhi_migrate.report.plan_json import plan_object, render_file, render_tail
from dhi_migrate.report.plan_text import render_plan, render_plan_totals
from dhi_migrate.report.style import Style

INFO = CatalogInfo("30c3db9", "2026-08-22", 554, 18095)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/plan-v1.schema.json").read_text())
PLAIN = Style()
RUNTIME = "dhi.io/node:22-alpine3.24"

BEFORE = ImageTraits("node:22-alpine", "root", 0, True, True, True, None, "nodejs/docker-node")
AFTER = ImageTraits(RUNTIME, "node", 1000, False, False, False, 7, "image/node/alpine-3.24/22.yaml")

SPLIT = FilePlan(
    path="web/Dockerfile",
    status="fixable",
    level="split",
    error=None,
    swaps=(
        PlannedSwap(
            "build", "build", 1, "node:22-alpine", f"{RUNTIME}-dev", "exact", True, ("the same version",), ("x",)
        ),
        PlannedSwap("test", "unused", 9, "build", None, "stage", False, (), ()),
        PlannedSwap(None, "final", None, None, RUNTIME, "hardened", True, (), ()),
    ),
    edits=(
        PlannedEdit(f"Use {RUNTIME}-dev", "safe", ("DHI101",), (1,)),
        PlannedEdit("Split the stage that ships", "unsafe", (), (1,)),
        PlannedEdit("Write CMD in exec form", "safe", ("DHI202", "DHI205"), (2, 3, 4, 5, 6, 7, 8)),
        PlannedEdit("Only later", "safe", (), ()),
    ),
    flags="--fix --unsafe-fixes",
    gain=Gain(BEFORE, AFTER, True),
    problem="one edit was left out",
)
MANUAL = FilePlan(
    path="api/Dockerfile",
    status="manual",
    level=None,
    error=None,
    swaps=(PlannedSwap(None, "final", 1, "python:3.12", "dhi.io/python:3.12", "same-version", False, (), ()),),
    blockers=(
        Blocker("split", None, 4, "nobody knows what ./configure writes"),
        Blocker("runtime", "DHI301", 4, "apt installs gcc: install in a build stage"),
        Blocker(None, "DHI208", None, "x is not there"),
        *(Blocker(None, "DHI000", line, "more") for line in (5, 6, 7, 8)),
    ),
    step=Step("DHI301", 4, "install in a build stage"),
    gain=Gain(BEFORE._replace(root=None, user=None), AFTER._replace(shell=None, packages=None), False),
)
UNSUPPORTED = FilePlan(
    path="own/Dockerfile",
    status="unsupported",
    level=None,
    error=None,
    swaps=(PlannedSwap(None, "final", 1, "acme/base:1", None, "unknown", False, (), ()),),
    blockers=(
        Blocker(None, "DHI104", 1, "nothing is known of acme/base:1; if it is your own, move its Dockerfile first"),
    ),
    step=Step("DHI104", 1, "if it is your own, move its Dockerfile first"),
)
HARDENED = FilePlan(
    path="done/Dockerfile",
    status="hardened",
    level="runtime",
    error=None,
    swaps=(PlannedSwap(None, "final", 1, RUNTIME, None, "hardened", False, (), ()),),
)
UNREAD = FilePlan("gone/Dockerfile", None, None, "no such file or directory")

BAD = "a`|*_[x](y)<b>&\udcff\x1b[31m\x9b\u202e\n@team #1 https://x www.y"


def hostile() -> FilePlan:
    """Text of files wherever there can be some."""
    return FilePlan(
        path=BAD,
        status="manual",
        level=None,
        error=None,
        swaps=(
            PlannedSwap(BAD, "build", 1, BAD, BAD, "exact", True, (BAD,), (BAD,)),
            PlannedSwap(BAD, "final", 2, BAD, None, "unknown", False, (), ()),
        ),
        edits=(PlannedEdit(BAD, "safe", (), ()),),
        flags="--fix",
        blockers=(Blocker(None, None, 1, BAD),),
        step=Step(None, 1, BAD),
        gain=Gain(BEFORE._replace(image=BAD), AFTER._replace(image=BAD, user=BAD), True),
        problem=BAD,
    )


EVERY = (SPLIT, MANUAL, UNSUPPORTED, HARDENED, UNREAD, hostile())

TEXT = """\
web/Dockerfile: fixable, level split
  swap   build   build  node:22-alpine  -> dhi.io/node:22-alpine3.24-dev  exact
         unused  test   build
         final   #2     (new)           -> dhi.io/node:22-alpine3.24
  edit   line 1: Split the stage that ships
         lines 2, 3, 4, 5, 6 and 2 more: Write CMD in exec form (DHI202, DHI205)
         Only later
  write  --fix --unsafe-fixes
  note   one edit was left out
  gain   root yes -> no (node, 1000), shell yes -> no, package manager yes -> no, packages listed 7

api/Dockerfile: manual
  swap   final  python:3.12  -> dhi.io/python:3.12  same-version, not yet
  block  split: line 4: nobody knows what ./configure writes
         runtime: line 4: [DHI301] apt installs gcc
         [DHI208] x is not there
         line 5: [DHI000] more
         line 6: [DHI000] more
         and 2 more
  next   line 4: install in a build stage
  gain   once done: root unknown -> no, shell yes -> unknown, package manager yes -> no, packages listed not known

own/Dockerfile: unsupported
  swap   final  acme/base:1  -> no target (unknown)
  block  line 1: [DHI104] nothing is known of acme/base:1
  next   line 1: if it is your own, move its Dockerfile first

gone/Dockerfile: not read: no such file or directory

done/Dockerfile: hardened, level runtime

5 files:
  1 fixable, level split
  1 manual
  1 unsupported
  1 not read
  1 hardened, level runtime
1 image that ships would change: 1 stop running as root, 1 lose the shell, 1 lose the package manager.
"""


def test_the_text_whole() -> None:
    plans = work_list([HARDENED, UNREAD, UNSUPPORTED, MANUAL, SPLIT])
    text = "".join(render_plan(plan, PLAIN) for plan in plans) + render_plan_totals(plan_totals(plans), PLAIN)
    assert text == TEXT


def test_colours_change_nothing_else() -> None:
    coloured = "".join(render_plan(plan, Style(colour=True)) for plan in EVERY)
    assert "\x1b[1mweb/Dockerfile\x1b[0m: \x1b[32mfixable, level split\x1b[0m\n" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == "".join(render_plan(plan, PLAIN) for plan in EVERY)


def test_long_lines_are_folded_under_their_beginning() -> None:
    plan = UNSUPPORTED._replace(swaps=(), blockers=())
    assert render_plan(plan, Style(width=50)).splitlines()[1:] == [
        "  next   line 1: if it is your own, move its",
        "           Dockerfile first",
        "",
    ]


def test_totals_say_what_is_not_known() -> None:
    unknown = SPLIT._replace(gain=Gain(BEFORE._replace(root=None), AFTER._replace(shell=None), True))
    assert render_plan_totals(plan_totals([SPLIT, unknown]), PLAIN) == (
        "2 files:\n"
        "  2 fixable, level split\n"
        "2 images that ship would change: 1 stop running as root (1 not known), 1 lose the shell (1 not known), 2 lose the"
        " package manager.\n"
    )
    assert render_plan_totals(plan_totals([]), PLAIN) == ""


def test_nothing_of_a_file_reaches_a_terminal_as_it_is() -> None:
    text = render_plan(hostile(), Style(width=10_000))
    assert all(char.isprintable() or char == "\n" for char in text)
    assert text.count("\n") == 10  # a heading, two stages, a line for everything else, and a blank one
    assert "a`|*_[x](y)<b>&\\xff\\x1b[31m\\x9b\\u202e\\n@team" in text


MARKDOWN = """\
## Migration plan

| File | Status | Base images | Edits | In the way | Next step | Gain |
|---|---|---|---|---|---|---|
| <code>web/Dockerfile</code> | fixable, level split | <code>node:22-alpine</code> → <code>dhi.io/node:22-alpine3.24-dev</code> \
(exact)<br>(new) → <code>dhi.io/node:22-alpine3.24</code> | line 1: Split the stage that ships<br>lines 2, 3, 4, 5, 6 and 2 \
more: Write CMD in exec form (DHI202, DHI205)<br>Only later<br>one edit was left out |  |  | root yes → no (node, 1000), shell \
yes → no, package manager yes → no, packages listed 7 |
| <code>own/Dockerfile</code> | unsupported | <code>acme/base:1</code> → no target (unknown) |  | line 1: \\[DHI104\\] nothing \
is known of acme/base:1 | line 1: if it is your own, move its Dockerfile first |  |
| <code>gone/Dockerfile</code> | not read: no such file or directory |  |  |  |  |  |
| <code>done/Dockerfile</code> | hardened, level runtime | <code>dhi.io/node:22-alpine3.24</code> → hardened already |  |  |  |  |

**4 files**: 1 fixable, level split, 1 unsupported, 1 not read, 1 hardened, level runtime.

1 image that ships would change: 1 stop running as root, 1 lose the shell, 1 lose the package manager.
"""


def markdown(*plans: FilePlan) -> str:
    rows = "".join(map(plan_markdown.render_row, plans))
    return plan_markdown.render_head() + rows + plan_markdown.render_tail(plan_totals(plans))


def test_the_markdown_whole() -> None:
    assert markdown(SPLIT, UNSUPPORTED, UNREAD, HARDENED) == MARKDOWN
    assert markdown().endswith("|\n\n**0 files**.\n")


def test_text_of_files_is_nothing_but_text_in_markdown() -> None:
    row = plan_markdown.render_row(hostile())
    assert row.count("\n") == 1
    assert len(re.findall(r"(?<!\\)\|", row)) == 8  # the cells of the table, and no more
    assert set(re.findall(r"<[^>]*>", row)) == {"<code>", "</code>", "<br>", "<!-- -->"}
    assert not re.search(r"(?<!\\)[`*_\[\]]", row)
    assert "://" not in row
    assert "www." not in row
    plain = re.sub(r"<code>.*?</code>", "", row)
    assert not re.search(r"[@#]\w", plain.replace("&#58;", "").replace("&#46;", ""))
    assert "\\xff\\x1b".replace("\\", "\\\\") in row


def document(*plans: FilePlan) -> str:
    return render_head(INFO) + ",".join(map(render_file, plans)) + render_tail(plan_totals(plans))


@pytest.mark.parametrize("plans", [(), (SPLIT,), EVERY], ids=["none", "one", "every"])
def test_every_document_follows_the_schema(plans: tuple[FilePlan, ...]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    text = document(*plans)
    assert text.isascii()
    assert text.endswith("}\n")
    jsonschema.validate(json.loads(text), SCHEMA, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("version",), 2),
        (("files", 0, "status"), "done"),
        (("files", 0, "level"), "auto"),
        (("files", 0, "flags"), "--unsafe-fixes"),
        (("files", 0, "swaps", 0, "match"), "maybe"),
        (("files", 0, "swaps", 0, "line"), 0),
        (("files", 0, "edits", 0, "extra"), 1),
        (("files", 0, "edits", 0, "rules", 0), "x"),
        (("files", 0, "gain", "before", "root"), "yes"),
        (("files", 0, "gain", "after", "packages"), -1),
        (("files", 1, "blockers", 0, "level"), "all"),
        (("files", 1, "step", "text"), None),
        (("summary", "groups", 0, "files"), 0),
        (("summary", "images"), None),
    ],
)
def test_the_schema_refuses_what_is_not_the_documented_form(place: tuple[Any, ...], value: object) -> None:
    made = json.loads(document(SPLIT, MANUAL))
    inner = made
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, SCHEMA, jsonschema.Draft202012Validator)


def test_one_file_whole() -> None:
    plan = SPLIT._replace(
        swaps=SPLIT.swaps[::2],
        edits=SPLIT.edits[:1],
        blockers=MANUAL.blockers[1:2],
        step=MANUAL.step,
        path="\udcff",
    )
    assert json.loads(document(plan)) == {
        "version": 1,
        "tool": {"name": "dhi-migrate", "version": _version.__version__},
        "catalog": {"commit": "30c3db9", "date": "2026-08-22", "images": 554, "tags": 18095},
        "files": [
            {
                "path": "\\xff",
                "status": "fixable",
                "level": "split",
                "error": None,
                "swaps": [
                    {
                        "name": "build", "role": "build", "line": 1, "base": "node:22-alpine",
                        "target": "dhi.io/node:22-alpine3.24-dev", "match": "exact", "reached": True,
                        "reasons": ["the same version"], "alternatives": ["x"],
                    },
                    {
                        "name": None, "role": "final", "line": None, "base": None, "target": RUNTIME,
                        "match": "hardened", "reached": True, "reasons": [], "alternatives": [],
                    },
                ],
                "edits": [{"title": f"Use {RUNTIME}-dev", "safety": "safe", "rules": ["DHI101"], "lines": [1]}],
                "flags": "--fix --unsafe-fixes",
                "blockers": [
                    {
                        "level": "runtime", "rule": "DHI301", "line": 4,
                        "text": "apt installs gcc: install in a build stage",
                    }
                ],
                "step": {"rule": "DHI301", "line": 4, "text": "install in a build stage"},
                "gain": {
                    "reached": True,
                    "before": {
                        "image": "node:22-alpine", "user": "root", "uid": 0, "root": True, "shell": True,
                        "package_manager": True, "packages": None, "source": "nodejs/docker-node",
                    },
                    "after": {
                        "image": RUNTIME, "user": "node", "uid": 1000, "root": False, "shell": False,
                        "package_manager": False, "packages": 7, "source": "image/node/alpine-3.24/22.yaml",
                    },
                },
                "problem": "one edit was left out",
            }
        ],
        "summary": {
            "files": 1,
            "groups": [{"status": "fixable", "level": "split", "files": 1}],
            "images": 1,
            "stop_root": 1,
            "lose_shell": 1,
            "lose_package_manager": 1,
            "unknown_root": 0,
            "unknown_shell": 0,
            "unknown_package_manager": 0,
        },
    }  # fmt: skip


def test_the_keys_stand_in_the_documented_order() -> None:
    made = json.loads(document(SPLIT, MANUAL))
    assert list(made) == SCHEMA["required"]
    assert list(made["summary"]) == SCHEMA["properties"]["summary"]["required"]
    entry = SCHEMA["$defs"]["file"]
    assert list(plan_object(SPLIT)) == entry["required"]
    assert list(made["files"][0]["swaps"][0]) == SCHEMA["$defs"]["swap"]["required"]
    assert list(made["files"][0]["gain"]["after"]) == SCHEMA["$defs"]["traits"]["required"]
    assert list(made["files"][0]["edits"][0]) == entry["properties"]["edits"]["items"]["required"]
    assert list(made["files"][1]["blockers"][0]) == entry["properties"]["blockers"]["items"]["required"]


def test_the_values_are_what_the_schema_knows_by_name() -> None:
    assert set(FilePlan._fields) == set(SCHEMA["$defs"]["file"]["required"])
    assert set(PlannedSwap._fields) == set(SCHEMA["$defs"]["swap"]["required"])
    assert set(ImageTraits._fields) == set(SCHEMA["$defs"]["traits"]["required"])
    assert set(plan_totals([])._fields) == set(SCHEMA["properties"]["summary"]["required"])

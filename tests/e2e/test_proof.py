"""The proof that a migrated file builds, runs and answers as before, on images without a shell, not as root.

Each directory of cases/ is a project with how to ask it (README.md). Bases are stand-ins: see standins/.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

if os.environ.get("DHI_MIGRATE_E2E_REASON"):
    pytest.skip(os.environ["DHI_MIGRATE_E2E_REASON"], allow_module_level=True)

from proof import MANAGERS, NAMES, SHELLS, Proof, case
from standins.images import final_base

if TYPE_CHECKING:
    from standins.containers import Container

pytestmark = pytest.mark.e2e
ALL = NAMES
ASKED = [name for name in ALL if "ask" in case(name).data]
MIGRATED = [name for name in ASKED if not case(name).data.get("refused")]
NAIVE = [name for name in ALL if case(name).naive]
NOT_BUILT = {
    "DHI002": "is about a comment to this program that names no rule: builders skip comments, so that no build can tell",
}
"""Error rules that no build can show, and why."""


@pytest.mark.parametrize("name", [name for name in ASKED if case(name).data.get("before", True)])
def test_before(name: str, proof: Proof, result: dict[str, str]) -> None:
    """The project as it stands builds, and answers what the case says."""
    one = case(name)
    built, reference = proof.build(one, proof.context(one) / "Dockerfile", "before")
    assert built.ok, built.log[-4000:]
    result["before"] = "yes"
    with proof.container(one, reference) as running:
        assert one.data["ask"]["text"] in proof.answer(one, running)
    proof.buildah.remove(reference)


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.xfail(strict=True, reason=case(name).data["defect"])] if "defect" in case(name).data
                 else []) for name in MIGRATED])  # fmt: skip
def test_after(name: str, proof: Proof, result: dict[str, str]) -> None:
    """What the command line writes builds, answers the same as another user, and leaves no shell behind."""
    one = case(name)
    verdict = proof.verdict(one)
    result["level"] = str(verdict.level)
    if "defect" in one.data:
        result["after"] = result["answer"] = "defect"
    assert verdict.level == one.data["level"]
    dockerfile = proof.migrate(one)
    text = dockerfile.read_text()
    built, reference = proof.build(one, dockerfile, "after")
    assert built.ok, f"{text}\n{built.log[-4000:]}"
    result["after"] = "yes"
    with proof.container(one, reference) as running:
        answer = proof.answer(one, running, after=True)
        assert one.data["ask"]["text"] in answer, f"{text}\n{answer}\n{running.output()}"
        result["answer"] = "yes"
        assert running.owner().uid != 0 or one.data.get("root")
        if one.data["level"] != "dev":
            check_small(proof, running, text)
        for directory in one.data.get("writable", ()):
            path = running.root / directory.lstrip("/")
            owner = path.stat()
            assert owner.st_uid == running.owner().uid or owner.st_mode & 0o002, f"{directory} of {owner.st_uid}"
        if one.data["ask"].keys() & {"port", "inside"}:
            if running.config.healthcheck is not None:
                probe = running.inside(running.config.healthcheck)
                assert probe.code == 0, f"{running.config.healthcheck}: {probe.output}"
            assert running.stop(), "not stopped by its signal"
    proof.buildah.remove(reference)


def check_small(proof: Proof, running: Container, text: str) -> None:
    """No shell and no package manager, but those that the facts of the final base tell of."""
    base = final_base(text)
    image, _, tag = base.removeprefix("dhi.io/").partition(":")
    facts = proof.catalog.find(image, tag)
    if facts is None:
        assert base == "scratch"
        return
    shells = proof.present(running.root, SHELLS)
    assert "sh" in shells if facts.shells else not shells, shells
    if facts.package_manager is None:
        assert proof.present(running.root, MANAGERS) == []
    named = running.config.user.partition(":")[0]
    assert named.isdigit() or running.owner().uid == facts.uid


@pytest.mark.parametrize("name", [name for name in ALL if case(name).data.get("refused")])
def test_refused(name: str, proof: Proof, result: dict[str, str]) -> None:
    """The command line has no level for it, and leaves the stage that ships on the base that it has."""
    one = case(name)
    verdict = proof.verdict(one)
    result["level"] = str(verdict.level)
    assert verdict.level is None
    before = (proof.context(one) / "Dockerfile").read_text()
    after = proof.migrate(one).read_text()
    last = [re.findall(r"^FROM\s+(\S+)", text, re.MULTILINE | re.IGNORECASE)[-1] for text in (before, after)]
    assert last[0] == last[1]
    result["refused"] = "yes"


@pytest.mark.parametrize("name", NAIVE)
def test_naive_swap(name: str, proof: Proof, result: dict[str, str]) -> None:
    """The swap of the bases alone fails, where and how the rule says."""
    one = case(name)
    naive = one.naive
    assert naive is not None
    result["rule"] = naive["rule"]
    rules = proof.verdict(one).rules
    assert naive["rule"] in rules, f"not reported: {rules}"
    dockerfile = proof.swapped(one)
    built, reference = proof.build(one, dockerfile, "naive")
    if naive["at"] == "build":
        assert not built.ok, "the naive swap builds"
        found = built.log
    else:
        assert built.ok, built.log[-4000:]
        with proof.container(one, reference) as running:
            found = fail(naive["at"], one.name, proof, running)
        proof.buildah.remove(reference)
    assert re.search(naive["text"], found), found[-3000:]
    result["naive"] = "yes"


def fail(at: str, name: str, proof: Proof, running: Container) -> str:
    """How the started container fails: it ends with an error, its probe does, or it answers otherwise."""
    one = case(name)
    if at == "start":
        running.start(tuple(one.data.get("ask", {}).get("argv", ())) or None)
        done = running.wait(20)
        assert done.code != 0, f"it ends well: {done.output}"
        return done.output
    answer = proof.answer(one, running)
    if at == "health":
        assert running.config.healthcheck is not None
        probe = running.inside(running.config.healthcheck)
        assert probe.code != 0, "the probe passes"
        return probe.output
    assert one.data["ask"]["text"] not in answer
    return answer + running.output()


def test_every_error_rule_is_shown(proof: Proof) -> None:
    """Each rule of severity error has a case whose naive swap fails because of it."""
    listed = proof.command("rules").stdout
    errors = {line.split()[0] for line in listed.splitlines() if line.startswith("DHI") and line.split()[1] == "error"}
    shown = {naive["rule"] for name in ALL if (naive := case(name).naive)}
    assert errors - shown - set(NOT_BUILT) == set()
    assert set(NOT_BUILT) <= errors

"""JavaScript source that is hostile: it ends, is read without recursion, and is read in linear time."""

import pytest

from dhi_migrate.project.references import javascript_names, javascript_scan
from dhi_migrate.project.references.javascript_scan import MAX_BYTES, scan_javascript

HEAD = b'const { exec } = require("child_process");\n'


@pytest.mark.parametrize("typed", [False, True])
def test_nesting_that_is_deep_is_no_recursion(typed: bool) -> None:
    data = HEAD + b"f(\n" * 20_000 + b")\n" * 20_000 + b'exec("ls");\n'
    assert [one.text for one in scan_javascript(data, typed=typed)] == ["ls"]


@pytest.mark.parametrize(
    "data", [HEAD + b'exec("ls");' + b" " * MAX_BYTES, HEAD + b'exec("ls");' + b"a;" * 3000, HEAD + b"\xff\x00("]
)
def test_what_is_too_large_minified_or_broken_has_no_calls(data: bytes) -> None:
    assert scan_javascript(data) == ()


def test_each_node_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    call = javascript_scan._call
    monkeypatch.setattr(javascript_scan, "_call", lambda node, names: seen.append(node.id) or call(node, names))
    counts = []
    for number in (1000, 2000):
        seen.clear()
        scan_javascript(HEAD + b"f(g());\n" * number)
        counts.append(len(seen))
    assert counts == [2001, 4001]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('const express = require("express"); const app = express(); app.listen(80); other.listen(80)', ["80"]),
        ('import express from "express"; let app; app = express(); app.listen({ port: 443, host })', ["443"]),
        ('require("http").createServer(answer).listen(80)', ["80"]),
        ('import http from "node:http"; http.createServer(answer).on("error", stop).listen(80, () => {})', ["80"]),
        ('const Koa = require("koa"); new Koa().use(x).listen(80)', ["80"]),
        ('const fastify = require("fastify")({ logger: true }); fastify.listen({ port: 80 })', ["80"]),
        ('import { NestFactory as F } from "@nestjs/core"; const app = await F.create(M); await app.listen(80)', ["80"]),
        ('import express from "express"; class S { app = express(); start() { this.app.listen(80) } }', ["80"]),
        ('import http from "http"; class S { constructor() { this.s = http.createServer(); this.s.listen(80) } }', ["80"]),
        ('const app = require("express")(); function start(app) { app.listen(80) }', []),
        ('const app = require("express")(); app.listen(process.env.PORT || 80); app.listen(8080)', []),
        ("player.listen(80); new EventEmitter().listen(80)", []),
        ('const { exec } = require("child_process"); function run(exec) { exec("ls") }', []),
        ('const { exec } = require("child_process"); const run = exec => exec("ls"); exec("id")', ["id"]),
        ('const { exec } = require("child_process"); function run({ a: [exec] } = {}) { exec("ls") } exec("id")', ["id"]),
        ('const { exec } = require("child_process"); try { f() } catch (exec) { exec("ls") }', []),
        ('let { exec } = require("child_process"); exec = mine; exec("ls")', []),
        ('import { execaCommand, $ } from "execa"; await execaCommand("git status"); await $`npm ci`; await $`${x}`',
         ["git", "npm"]),
        ('import { $ } from "zx"; await $`ls | wc`', ["ls | wc"]),
    ],
)  # fmt: skip
def test_names_stand_for_what_they_were_given_and_nothing_else(source: str, found: list[str]) -> None:
    for typed in (False, True):
        assert [one.text or str(one.port) for one in scan_javascript(source.encode(), typed=typed)] == found


def test_parameters_hide_names_at_a_cost_that_is_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    hide = javascript_names._hide
    monkeypatch.setattr(javascript_names, "_hide", lambda *given: looks.append(given[1]) or hide(*given))
    counts = []
    for number in (1000, 2000):
        looks.clear()
        assert len(scan_javascript(HEAD + b"function f(exec) { exec('a'); }\n" * number + b"exec('b');")) == 1
        counts.append(len(looks))
    assert counts == [1000, 2000]

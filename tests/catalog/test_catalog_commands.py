"""The commands below `dhi-migrate catalog`, run in this process."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from checkouts import DEBIAN, make_checkout
from typer.testing import CliRunner

from dhi_migrate.catalog.build import build_catalog
from dhi_migrate.catalog.build.write import write_catalog
from dhi_migrate.catalog.store import Catalog
from dhi_migrate.cli import catalog as commands


@pytest.fixture
def run():
    def runner(*arguments):
        result = CliRunner().invoke(commands.app, [str(one) for one in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return runner


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Makes the shipped data a small one, so that small checkouts count as whole."""
    data = tmp_path / "data"
    checkout = make_checkout(tmp_path / "shipped")
    write_catalog(build_catalog(checkout).images, "0" * 40, "2026-01-01", str(data))
    monkeypatch.setattr("dhi_migrate.catalog.store.DATA", str(data))
    return data


def test_show_prints_the_facts_as_json(run):
    code, output, _ = run("show", "node:24-debian13", "--format", "json")
    facts = json.loads(output)
    assert (code, facts["reference"], facts["user"], facts["bin_sh"]) == (0, "dhi.io/node:24-debian13", "node", False)


def test_show_prints_the_facts_for_people(run):
    code, output, _ = run("show", "acme/dhi-perl:5-alpine3.24", "--registry", "docker.io/acme/dhi-{name}")
    lines = [line.split(maxsplit=1) for line in output.splitlines()]
    assert (code, lines[0]) == (0, ["docker.io/acme/dhi-perl:5-alpine3.24"])
    assert ["/bin/sh", "unknown, probably yes (dependency of ca-certificates)"] in lines
    assert ["cmd", '["perl", "--version"]'] in lines
    _, output, _ = run("show", "debian-base:trixie")
    assert "  shells       /bin/bash (package bash), /bin/sh (package bash)" in output.splitlines()


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("node:20-debian13", "node:20-debian13 is no longer in the catalog; the nearest tag is node:22-debian13"),
        ("node:99", "node:99 is not in the catalog"),
        ("nodd:24", "there is no image 'nodd' in the catalog; did you mean 'node'?"),
        ("node", "node has no tag: the facts differ from tag to tag, so name one, as in node:1"),
        ("library/node:24", "library/node:24 is not a hardened reference; `dhi-migrate catalog resolve` finds what replaces it"),
        ("No de:24", "invalid image name: 'No de'"),
    ],
)  # fmt: skip
def test_show_says_what_is_wrong_with_a_reference(run, reference, message):
    assert run("show", reference) == (2, "", f"error: {message}\n")


def test_search_lists_images_or_fails(run):
    code, output, _ = run("search", "mongo")
    assert (code, output.split()[0]) == (0, "mongodb")
    code, output, _ = run("search", "mongo", "exporter", "--format", "json")
    assert (code, [one["image"] for one in json.loads(output)]) == (0, ["mongodb-exporter"])
    assert run("search", "qqqq") == (1, "", "")


def test_check_tells_what_needs_attention_with_its_place(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "a.yaml").write_text("é: dhi.io/node:20-debian13\n  image: dhi.io/python:3.14-debian13\n")
    (tmp_path / "Dockerfile").write_text("FROM dhi.io/nope:1\nFROM dhi.io/debian-base:bookworm\n")
    (tmp_path / "binary").write_bytes(b"dhi.io/node:1\0")
    os.symlink("/etc/passwd", tmp_path / "link")
    code, output, errors = run("check", ".")
    assert (code, output.splitlines()) == (
        1,
        [
            "Dockerfile:1:6: dhi.io/nope:1 names an image that the catalog does not have",
            "Dockerfile:2:6: dhi.io/debian-base:bookworm reached its end of life on 2026-06-10; use debian-base:trixie",
            "k8s/a.yaml:1:4: dhi.io/node:20-debian13 is no longer in the catalog; use node:22-debian13",
        ],
    )
    assert errors == "3 of 4 hardened references need attention\n"
    code, output, _ = run("check", "k8s", "--format", "json")
    report = json.loads(output)
    assert (code, report["wrong"], report["catalog"]["images"]) == (1, 1, len(Catalog.load().names))
    assert report["references"][0] == {
        "path": os.path.join("k8s", "a.yaml"),
        "line": 1,
        "column": 4,
        "reference": "dhi.io/node:20-debian13",
        "image": "node",
        "tag": "20-debian13",
        "status": "retired",
        "end_of_life": None,
        "successor": "node:22-debian13",
    }


def test_check_is_quiet_where_all_is_well(run, tmp_path):
    file = tmp_path / "Dockerfile"
    file.write_text("FROM dhi.io/postgres:18-debian13\n")
    assert run("check", file) == (0, "", "0 of 1 hardened references need attention\n")


def test_check_tells_of_files_that_cannot_be_read(run, tmp_path):
    code, output, errors = run("check", tmp_path / "none")
    assert (code, output) == (2, "")
    assert errors.splitlines()[0] == f"error: {tmp_path / 'none'}: no such file or directory"


def test_check_sees_own_registries_and_own_images(run, tmp_path):
    overlay = tmp_path / "o.toml"
    overlay.write_text(
        '[[images]]\nname = "node"\n[[images.tags]]\ntag = "23-ours"\nlike = "node:24"\nend_of_life = ""\n'
    )
    file = tmp_path / "Dockerfile"
    file.write_text("FROM reg.acme.io/base/node:23-ours\n")
    options = ("--registry", "reg.acme.io/base/{name}")
    assert run("check", file, *options)[0] == 1
    assert run("check", file, *options, "--catalog", overlay)[0] == 0
    assert run("check", file, "--registry", "reg")[0] == 2


def test_a_wrong_overlay_ends_every_command_with_its_place(run, tmp_path):
    overlay = tmp_path / "o.toml"
    overlay.write_text("denny = []\n")
    for command in (("show", "node:24"), ("search", "node"), ("check", overlay)):
        code, output, errors = run(*command, "--catalog", overlay)
        assert (code, output, errors) == (2, "", f"error: {overlay}:1:1: unknown key 'denny'; did you mean 'deny'?\n")


def test_build_writes_the_data_of_a_git_checkout(run, tmp_path, small):
    checkout = make_checkout(tmp_path / "new")
    git = ("git", "-C", checkout, "-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    date = {**os.environ, "GIT_COMMITTER_DATE": "2026-08-22T23:30:00-02:00", "GIT_AUTHOR_DATE": "2026-08-20T00:00:00Z"}
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True, env=date)
    output = tmp_path / "out"
    code, text, errors = run("build", checkout, "--output", output)
    info = Catalog.load(directory=str(output)).info
    assert (code, text, info.date, info.images, info.tags) == (0, "", "2026-08-23", 1, 4)
    assert errors == f"1 images, 1 definitions, 4 tags of {info.commit} (2026-08-23) written to {output}\n"


def test_build_without_git_needs_commit_and_date(run, tmp_path, small):
    checkout = make_checkout(tmp_path / "new")
    assert run("build", checkout, "--output", tmp_path / "out")[0] == 2
    assert run("build", checkout, "--output", tmp_path / "out", "--commit", "abc", "--date", "2026-13-01")[0] == 2
    assert run("build", checkout, "--output", tmp_path / "out", "--commit", "abc", "--date", "2026-08-22")[0] == 0
    assert Catalog.load(directory=str(tmp_path / "out")).info.commit == "abc"


def test_build_tells_differences_and_writes_nothing(run, tmp_path, small):
    before = sorted(os.listdir(small))
    changed = make_checkout(tmp_path / "new", {"demo/debian-13/1.yaml": DEBIAN.replace("  - 1.2.3\n", "  - 1.2.4\n")})
    assert run("build", changed, "--diff") == (
        1,
        "+ demo:1.2.4\n- demo:1.2.3\n~ image/demo/debian-13/1.yaml: version: 1.2.3 -> 1.2.4\n"
        "0 images added, 0 removed; 1 tags added, 1 removed; 1 facts changed\n",
        "",
    )
    assert run("build", make_checkout(tmp_path / "same"), "--diff")[0] == 0
    assert sorted(os.listdir(small)) == before


def test_build_refuses_what_is_wrong_and_writes_nothing(run, tmp_path):
    checkout = make_checkout(tmp_path)
    code, text, errors = run("build", checkout, "--output", tmp_path / "out", "--commit", "abc", "--date", "2026-08-22")
    assert (code, text) == (2, "")
    assert errors.splitlines()[0] == f"error: 1 problems in {checkout}; nothing is written"
    assert errors.splitlines()[1].startswith("image/: only 1 definitions where the previous data has 2582")
    assert not (tmp_path / "out").exists()


def test_no_escape_of_a_file_reaches_the_terminal(run, tmp_path):
    overlay = tmp_path / "o.toml"
    overlay.write_text(
        '[[images]]\nname = "our"\ntitle = "\\u001b[31m"\nreplaces = ["our"]\n[[images.tags]]\ntag = "1"\nlike = "node:24"\n'
        'env = { A = "\\u001b[2J" }\nworkdir = "/\\u009b"\n'
    )
    printed = [
        *run("show", "our:1", "--catalog", overlay)[1:],
        *run("show", "our:1", "--catalog", overlay, "--format", "json")[1:],
        *run("search", "our", "--catalog", overlay)[1:],
        *run("show", "our:1", "--catalog", tmp_path / "\x1b[31m.toml")[1:],
    ]
    assert all(line.isprintable() for text in printed for line in text.split("\n"))
    assert "A=\\x1b[2J" in printed[0]

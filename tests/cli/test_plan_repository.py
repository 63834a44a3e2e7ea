"""``plan`` of a directory with files around its Dockerfiles: images, groups and their order."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from cli_support import write

from dhi_migrate.__main__ import main

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/plan-v1.schema.json").read_text())
NODE = 'FROM node:22-slim\nWORKDIR /app\nCMD ["node", "a.js"]\n'
NGINX = "FROM nginx:1.30\nCOPY a /usr/share/nginx/html\n"


def planned(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> str:
    """What ``plan -q`` prints for `arguments`."""
    assert main(["plan", "-q", *arguments]) == 0
    return capfdbinary.readouterr().out.decode()


def sections(text: str) -> str:
    """The part on the repository."""
    return text[text.index("Images:") :]


def test_a_base_comes_first_and_services_that_do_not_fit_come_along(
    here: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    write("a/Dockerfile", "FROM my/base:1\n")
    write("base/Dockerfile", NODE)
    write("web/Dockerfile", NGINX)
    write(
        "compose.yaml",
        "services:\n  base: {build: base, image: 'my/base:1'}\n  a: {build: a, image: 'my/a:${TAG}'}\n"
        "  web:\n    build: web\n    image: my/web:1\n    ports: ['80:80']\n  db: {image: postgres:17}\n",
    )
    write(
        "pod.yaml",
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n      image: my/web:1\n"
        "      securityContext: {runAsUser: 101}\n",
    )
    assert (
        sections(planned(capfdbinary, "."))
        == """\
Images:
  base/Dockerfile -> my/base:1, built by compose.yaml:2 (service base)
  a/Dockerfile, built by compose.yaml:3 (service a)
  web/Dockerfile -> my/web:1, built by compose.yaml:5 (service web), run by pod.yaml:6 (container web)

One pull request each, in this order:
  1. base/Dockerfile, then a/Dockerfile
  2. web/Dockerfile; with compose.yaml, pod.yaml
     compose.yaml:7: [DHI904] service web publishes port 80 of the container, and dhi.io/nginx:1.30-debian13 listens
       on 8080: publish 8080 together with the move of web/Dockerfile
     pod.yaml:7: [DHI904] container web runs as 101, the user of the upstream image; dhi.io/nginx:1.30-debian13 runs
       as nginx (65532), and its files belong to that user

"""
    )
    document = json.loads(planned(capfdbinary, ".", "--format", "json"))
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    assert [one["files"] for one in document["repository"]["groups"]] == [
        ["base/Dockerfile", "a/Dockerfile"],
        ["web/Dockerfile", "compose.yaml", "pod.yaml"],
    ]
    assert "1. base/Dockerfile, then a/Dockerfile\n" in planned(capfdbinary, ".", "--format", "markdown")


def test_a_workflow_that_does_not_log_in_comes_first(here: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write("web/Dockerfile", NODE)
    build = "      - uses: docker/build-push-action@v6\n        with: {context: web}\n"
    login = "      - uses: docker/login-action@v3\n        with: {registry: dhi.io}\n"
    head = "on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n"
    write(".github/workflows/a.yml", head + build)
    text = planned(capfdbinary, ".")
    assert (
        text[text.index("First of all") :]
        == """\
First of all, logins to the registry of the new images:
  .github/workflows/a.yml:6: [DHI901] the job builds web/Dockerfile on dhi.io/node:22-debian13, and does not log in to
    dhi.io: before it, add a step, uses: docker/login-action@v3 with registry: dhi.io, username: ${{
    vars.DOCKER_USERNAME }} and password: ${{ secrets.DOCKER_TOKEN }}

"""
    )
    document = json.loads(planned(capfdbinary, ".", "--format", "json"))
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    assert [(one["path"], one["line"], one["rule"]) for one in document["repository"]["logins"]] == [
        (".github/workflows/a.yml", 6, "DHI901")
    ]
    assert "### First of all, logins" in planned(capfdbinary, ".", "--format", "markdown")
    write(".github/workflows/a.yml", head + login + build)
    assert "First of all" not in planned(capfdbinary, ".")


def test_images_that_build_on_each_other_have_no_order(here: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write("x/Dockerfile", "FROM t/y:1\n")
    write("y/Dockerfile", "FROM t/x:1\n")
    write(
        "docker-bake.hcl",
        'target "x" {\n  context = "x"\n  tags = ["t/x:1"]\n}\ntarget "y" {\n  context = "y"\n  tags = ["t/y:1"]\n}\n',
    )
    assert "  1. no order for x/Dockerfile, y/Dockerfile: they build on each other\n" in planned(capfdbinary, ".")


def test_another_tag_or_a_variable_joins_nothing(here: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write("a/Dockerfile", "FROM my/base:2\n")
    write("base/Dockerfile", NODE)
    write("compose.yaml", "services:\n  base: {build: base, image: 'my/base:1'}\n")
    assert "  1. base/Dockerfile\n  2. a/Dockerfile\n" in planned(capfdbinary, ".")


def test_without_a_build_or_a_directory_nothing_is_added(here: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write("Dockerfile", NODE)
    write("compose.yaml", "services: {db: {image: 'postgres:17'}}\n")
    alone = planned(capfdbinary, "Dockerfile")
    assert planned(capfdbinary, ".") == alone
    write("compose.yaml", "services: {web: {build: .}}\n")
    assert planned(capfdbinary, "Dockerfile") == alone
    assert "Images:" in planned(capfdbinary, ".")

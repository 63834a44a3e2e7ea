"""What looks like a number and is none that `int` reads, wherever a number may stand: it is a name, or it is wrong."""

from __future__ import annotations

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.levels import migrate_source
from dhi_migrate.project.references import ProjectFile, check_project_file
from dhi_migrate.project.references.fixing import fix_project_file
from dhi_migrate.rules.engine import check_source
from dhi_migrate.settings import Settings

CATALOG = Catalog.load()
SETTINGS = Settings()

NUMBERS = ["\u00b2", "1\u00b2", "\u0663", "9" * 5000, "0" * 5000 + "1"]
"""Digits that `str.isdigit` takes, one that `int` takes too, and more digits than `int` takes."""

DOCKERFILES = {
    "USER @": ["DHI101", "DHI402"],
    "USER node:@": ["DHI101", "DHI402"],
    "RUN adduser -u @ -D app\nUSER app": ["DHI101", "DHI403"],
    "COPY --chown=@:@ . .": ["DHI101", "DHI404"],
    "COPY --from=@ a b": ["DHI101"],
    "EXPOSE @": ["DHI000"],
    "HEALTHCHECK --interval=@s CMD node a.js": ["DHI000"],
    "HEALTHCHECK --retries=@ CMD node a.js": ["DHI000"],
    "RUN --mount=type=cache,uid=@,target=/x npm ci": ["DHI000"],
    "RUN tar -x --strip-components=@ -f a.tar 2>&@": ["DHI101", "DHI201"],
    "ENV PORT=@": ["DHI101"],
    "RUN chmod @ /app && chown @ /app": ["DHI101", "DHI410"],
}
"""Lines between FROM and CMD, and the rules that have something to say of them; DHI000 where BuildKit refuses the line."""

MANIFEST = """\
apiVersion: v1
kind: Pod
spec:
  securityContext: {{runAsUser: {0}, fsGroup: {0}}}
  containers:
    - name: web
      image: memcached:1.6
      securityContext: {{runAsUser: {0}, runAsGroup: {0}}}
      ports: [{{containerPort: {0}}}]
"""
IDS = ["square", "with-square", "arabic", "nines", "zeros"]


@pytest.mark.parametrize("number", NUMBERS, ids=IDS)
@pytest.mark.parametrize("text", DOCKERFILES)
def test_in_a_dockerfile(text: str, number: str) -> None:
    data = f'FROM node:22-alpine\n{text.replace("@", number)}\nCMD ["node", "a.js"]\n'.encode()
    report = check_source("Dockerfile", data, CATALOG, SETTINGS)
    assert sorted({one.rule for one in report.findings}) == DOCKERFILES[text]
    done = migrate_source("Dockerfile", data, CATALOG, SETTINGS, unsafe=True)
    assert (done.data == data) == (DOCKERFILES[text] == ["DHI000"])


@pytest.mark.parametrize("number", [*NUMBERS, "99999"], ids=[*IDS, "large"])
def test_in_a_manifest(number: str) -> None:
    file = ProjectFile("k8s/pod.yaml", MANIFEST.format(f"'{number}'").encode())
    assert [one.rule for one in check_project_file(file, CATALOG, SETTINGS).findings] == ["DHI902"]
    done = fix_project_file(file, CATALOG, SETTINGS, unsafe=True)
    assert done.data == file.data.replace(b"memcached:1.6", b"dhi.io/memcached:1.6-debian13")

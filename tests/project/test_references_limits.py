"""Hostile and odd files: what is not read, what is bounded, and that nothing raises; kinds by path; the edges of YAML."""

from __future__ import annotations

import json
import time
from functools import cache

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.project.references import ProjectFile, check_project_file, kind_of
from dhi_migrate.project.references.model import join
from dhi_migrate.project.references.yaml_tree import MAX_BYTES, MAX_DEPTH, Node, parse_yaml
from dhi_migrate.rules.findings import FileReport
from dhi_migrate.rules.registry import UnknownRuleError
from dhi_migrate.settings import Settings


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def check(path: str, data: bytes, **options: object) -> FileReport:
    return check_project_file(ProjectFile(path, data), catalog(), Settings(**options))  # type: ignore[arg-type]


def messages(report: FileReport) -> list[tuple[str, str]]:
    return [(one.rule, one.message) for one in report.findings]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("compose.yaml", "compose"),
        ("deploy/docker-compose.prod.yml", "compose"),
        ("backend.docker-compose.yml", "compose"),
        ("docs/composer.yaml", "kubernetes"),
        (".github/workflows/ci.yml", "workflow"),
        ("sub/.github/workflows/ci.yaml", "workflow"),
        (".github/dependabot.yml", "dependabot"),
        ("docs/dependabot.yml", None),
        ("renovate.json", "renovate"),
        ("web/renovate.json", None),
        ("actions/build/action.yml", "action"),
        (".gitlab-ci.yml", "gitlab"),
        ("ci/build.gitlab-ci.yml", "gitlab"),
        (".circleci/config.yml", "circleci"),
        (".devcontainer/devcontainer.json", "devcontainer"),
        (".devcontainer.json", "devcontainer"),
        ("docker-bake.hcl", "bake-hcl"),
        ("docker-bake.override.json", "bake-json"),
        ("k8s/kustomization.yaml", "kustomize"),
        ("chart/values.yaml", "helm-values"),
        ("chart/values-prod.yaml", "helm-values"),
        ("chart/templates/deployment.yaml", "helm-template"),
        ("chart/templates/_helpers.tpl", "helm-template"),
        ("skaffold.yaml", "skaffold"),
        ("Makefile", "makefile"),
        ("build/common.mk", "makefile"),
        ("Jenkinsfile", "jenkinsfile"),
        ("app/main.py", "python"),
        ("app/main.mts", "javascript"),
        ("app/main.d.ts", None),
        ("app/main.test.js", None),
        ("node_modules/a/index.js", None),
        ("k8s/deployment.yaml", "kubernetes"),
        ("pnpm-lock.yaml", None),
        ("package.json", None),
        ("Dockerfile", None),
        ("README.md", None),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_path(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


def test_aliases_of_aliases_are_never_expanded() -> None:
    rows = ["services:", "  web:", "    image: memcached:1.6", "x-a: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    rows += [f"x-{step}: &a{step} [{', '.join([f'*a{step - 1}'] * 9)}]" for step in range(1, 40)]
    started = time.monotonic()
    report = check("compose.yaml", "\n".join(rows).encode())
    assert [one.rule for one in report.findings] == ["DHI902"]
    assert time.monotonic() - started < 5


def test_merges_of_merges_are_bounded() -> None:
    rows = ["x-0: &m0 {image: memcached:1.6}"]
    rows += [f"x-{step}: &m{step} {{<<: [{', '.join([f'*m{step - 1}'] * 9)}]}}" for step in range(1, 30)]
    rows += ["services:", "  web:", "    <<: *m29"]
    started = time.monotonic()
    report = check("compose.yaml", "\n".join(rows).encode())
    assert [one.rule for one in report.findings] == ["DHI902"]
    assert time.monotonic() - started < 5


def test_what_is_too_deep_or_too_large_is_said_once() -> None:
    deep = b"services: " + b"[" * (MAX_DEPTH + 5) + b"]" * (MAX_DEPTH + 5)
    large = b"services:\n" + b"# x\n" * (MAX_BYTES // 4)
    assert messages(check("compose.yaml", deep)) == [
        ("DHI000", "this is not valid YAML: more than 64 levels deep, the most that is read")
    ]
    assert messages(check("compose.yaml", large)) == [
        ("DHI000", "this is not valid YAML: larger than 1048576 bytes, the most that is read")
    ]


def test_a_file_that_may_be_anything_is_passed_over_in_silence() -> None:
    for data in (b"image: [", b"\xff\xfe image:", b"image: \x01", b"\x00image:"):
        assert check("config/anything.yaml", data).findings == ()


@pytest.mark.parametrize(
    "data",
    [
        b"services: \xff",
        b"services: {a: \x01}",
        b"services: [",
        b"services:\n\ta: b",
        b"services: *nothing\n",
        b"services: &a *a",
    ],
)
def test_bytes_that_are_no_yaml_give_one_finding_at_most(data: bytes) -> None:
    report = check("compose.yaml", data)
    assert [one.rule for one in report.findings] in ([], ["DHI000"])
    assert all(0 <= one.span.start <= one.span.end <= len(data) for one in report.findings)


def test_selectors_of_the_settings_hold_here_too() -> None:
    data = b"services: {web: {image: 'node:24', command: npm start}}"
    assert [one.rule for one in check("compose.yaml", data).findings] == ["DHI902", "DHI903"]
    assert [one.rule for one in check("compose.yaml", data, select=("DHI903",)).findings] == ["DHI903"]
    assert [one.rule for one in check("compose.yaml", data, ignore=("image-reference",)).findings] == ["DHI903"]
    with pytest.raises(UnknownRuleError):
        check("compose.yaml", data, select=("DHI999",))


def test_references_are_written_as_the_registry_setting_says() -> None:
    report = check(
        "compose.yaml", b"services: {web: {image: 'memcached:1.6'}}", registry="registry.example.com/dhi-{name}"
    )
    assert [fix.edits[0].text for one in report.findings for fix in one.fixes] == [
        b"registry.example.com/dhi-memcached:1.6-debian13"
    ]


@pytest.mark.parametrize(
    ("folder", "path", "inside"),
    [
        ("a/b", ".", "a/b"),
        ("a/b", "../c", "a/c"),
        ("", "./a//b/", "a/b"),
        ("a", "..", ""),
        ("a", "../..", None),
        ("", "/etc", None),
        ("", "~/x", None),
        ("", "${X}", None),
        ("", "https://example.com/x.git", None),
    ],
)
def test_paths_never_lead_out_of_the_repository(folder: str, path: str, inside: str | None) -> None:
    assert join(folder, path) == inside


SERVICE = b"---\n{apiVersion: v1, kind: Service, spec: {selector: {a: b}, ports: [{port: 80}]}}\n"
PODS = b"---\n{apiVersion: v1, kind: Pod, metadata: {labels: {a: b}}, spec: {containers: [%s]}}\n"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("docker-bake.hcl", b"target " + b"/*" * 200_000),
        ("docker-bake.hcl", b'target = "' + b'\\"' * 200_000),
        ("devcontainer.json", b'image "' + b'\\"' * 200_000),
        ("devcontainer.json", b"image" + b"/*" * 200_000),
        ("Makefile", b"docker run \\\n" * 30_000),
        ("Jenkinsfile", b"docker { image " * 30_000),
        ("t/templates/a.yaml", b"{{\n" + b"image:  \n" * 50_000),
        ("a.py", b"os.system(" * 50_000),
        ("compose.yaml", b"services:\n" + b"# dhi-migrate: ignore=DHI902\n" * 20_000),
        ("compose.yaml", b"services: {" + b"a: {image: 'node:24'}, " * 20_000 + b"}"),
        (".github/workflows/a.yml", b"jobs: {a: {steps: [" + b"{run: docker build .}, " * 20_000 + b"]}}"),
        ("k8s/a.yaml", b"".join((SERVICE, PODS % (b"{image: nginx}, " * 400), SERVICE * 3000))),
        ("k8s/a.yaml", b"".join((SERVICE, (PODS % b"{image: nginx}") * 2000))),
        ("compose.yaml", b"services: {a: {image: nginx, read_only: true, tmpfs: [" + b"/run, " * 50_000 + b"]}}"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_large_and_odd_files_take_no_longer_than_their_size(path: str, data: bytes) -> None:
    started = time.monotonic()
    check(path, data)
    assert time.monotonic() - started < 20


def scalars(node: Node) -> list[Node]:
    found = [node] if node.kind == "scalar" else list(node.items)
    found += [one for pair in node.pairs for one in pair]
    return found


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_an_editable_scalar_is_where_its_bytes_are(loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(yaml, loader):
        pytest.skip("this PyYAML has no libyaml")
    monkeypatch.setattr(yaml, "CSafeLoader", getattr(yaml, loader), raising=False)
    data = (
        '\ufeffgröße: übel\n\'日本\': "語"\nanchored: &a x:1\ntagged: !!str y\nescaped: "a\\tb"\n'
        "doubled: 'it''s'\nfolded: >-\n  a\n  b\nlong: a\n  b\nempty:\nquoted: ''\n"
    ).encode()
    parsed = parse_yaml(data)
    assert parsed.trouble is None
    found = {
        key.text: None if value.edit is None else data[value.edit.start : value.edit.end].decode()
        for key, value in parsed.documents[0].pairs
    }
    assert found == {
        "größe": "übel",
        "日本": "語",
        "anchored": "x:1",
        "tagged": "y",
        "escaped": None,
        "doubled": None,
        "folded": None,
        "long": None,
        "empty": None,
        "quoted": None,
    }


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="a:-[]{}&*!|>'\"#%@ \n\té日,?", max_size=80))
def test_any_text_is_parsed_or_refused_with_spans_inside(text: str) -> None:
    data = text.encode()
    parsed = parse_yaml(data)
    waiting = list(parsed.documents)
    while waiting:
        node = waiting.pop()
        assert 0 <= node.span.start <= node.span.end <= len(data)
        if node.edit is not None:
            assert data[node.edit.start : node.edit.end].decode() == node.text
        waiting += [one for one in scalars(node) if one is not node]


KINDS = (
    "compose.yaml",
    "k8s/a.yaml",
    ".github/workflows/a.yml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    "kustomization.yaml",
    "skaffold.yaml",
    "values.yaml",
    "t/templates/a.yaml",
    "devcontainer.json",
    "docker-bake.hcl",
    "docker-bake.json",
    "Makefile",
    "Jenkinsfile",
    "a.py",
)
WORDS = [
    "services",
    "image",
    "jobs",
    "container",
    "target",
    "args",
    "command",
    "healthcheck",
    "test",
    "kind",
    "apiVersion",
    "spec",
    "containers",
    "null",
    "volumes",
    "env",
    "ports",
    "80",
    "repository",
    "tag",
    "steps",
    "with",
    "build",
    "memcached:1.6",
    "node:24",
    "docker://",
    "*a",
    "<<",
    "#",
    "=",
    "$",
    "{{",
    "é",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "\n",
    "  ",
    "- ",
    "'",
    '"',
    "docker run ",
    "&a ",
    "os.system(",
    ")",
    "import os",
    "\\",
    "/*",
]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(KINDS), st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_file_of_a_kind_is_judged_without_raising(path: str, words: list[str]) -> None:
    data = "".join(words).encode()
    for one in check(path, data).findings:
        assert 0 <= one.span.start <= one.span.end <= len(data)


VALUES = st.one_of(
    st.sampled_from(
        ["true", "0", "65532", "80", "NET_BIND_SERVICE", "/run", "/run:ro", "root", "\u00b2", "", "${A:-/b}:/run"]
    ),
    st.booleans(),
    st.integers(-1, 70_000),
    st.none(),
)
FORMS = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
)


def fields(*names: str) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(names), FORMS | st.just({}), max_size=len(names))


def with_image(one: dict[str, object]) -> dict[str, object]:
    return {**one, "image": "dhi.io/nginx:1.30-debian13"}


CONTEXT = fields(
    *("runAsUser", "runAsNonRoot", "readOnlyRootFilesystem", "capabilities", "sysctls", "fsGroup", "runAsGroup"),
    *("add", "name", "value"),
)
CONTAINER = fields("ports", "volumeMounts", "livenessProbe", "lifecycle", "command", "args", "mountPath")
SERVICES = fields(
    *("read_only", "tmpfs", "volumes", "expose", "sysctls", "network_mode", "cap_add", "post_start", "user", "command"),
)


@settings(max_examples=150, deadline=None)
@given(
    CONTAINER, CONTEXT, CONTEXT, fields("hostNetwork", "volumes"), fields("selector", "ports", "targetPort"), SERVICES
)
def test_limits_of_any_form_are_judged_without_raising(
    container: dict[str, object],
    own: dict[str, object],
    shared: dict[str, object],
    pod: dict[str, object],
    route: dict[str, object],
    service: dict[str, object],
) -> None:
    one = with_image({**container, "securityContext": own})
    labels = {"metadata": {"labels": route.get("selector")}}
    documents = [
        {"apiVersion": "v1", "kind": "Pod", **labels, "spec": {**pod, "securityContext": shared, "containers": [one]}},
        {"apiVersion": "v1", "kind": "Service", "spec": route},
    ]
    for path, texts in (("pods.yaml", documents), ("compose.yaml", [{"services": {"web": with_image(service)}}])):
        data = b"".join(b"---\n" + json.dumps(text).encode() + b"\n" for text in texts)
        for finding in check(path, data).findings:
            assert 0 <= finding.span.start <= finding.span.end <= len(data)


def test_so_many_services_of_kubernetes_are_followed_and_no_more() -> None:
    found = check("web.yaml", PODS % b"{name: web, image: nginx:1.30}" + SERVICE * 60)
    assert len([one for one in found.findings if "sends to port 80" in one.message]) == 50

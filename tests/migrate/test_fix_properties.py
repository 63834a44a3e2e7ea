"""What holds of fixing whatever the Dockerfile is: checked on files put together from realistic fragments."""

from __future__ import annotations

from collections import Counter
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.dockerfile import Dockerfile, Instruction, build_graph, parse
from dhi_migrate.images import Spelling, parse_reference
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.migrate.outcome import Migration
from dhi_migrate.rules.edits import apply_edits
from dhi_migrate.rules.findings import FileReport
from dhi_migrate.settings import Settings

SETTINGS = Settings()


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


BASES = (
    *(
        "node:24-alpine",
        "node:24",
        "node:18-slim",
        "node:lts",
        "python:3.13-slim",
        "python:3.12.4",
        "python:3.13-alpine",
    ),
    *(
        "golang:1.26-alpine",
        "golang:1.26",
        "golang:1.22",
        "golang",
        "rust:1.98-slim",
        "alpine:3.24",
        "alpine",
        "debian:trixie-slim",
    ),
    *(
        "debian:bookworm",
        "ubuntu:24.04",
        "eclipse-temurin:21-jre",
        "eclipse-temurin:21-jdk",
        "maven:3.9-eclipse-temurin-21",
    ),
    *(
        "nginx:1.30-alpine",
        "redis:8",
        "php:8.4-fpm",
        "php:8.3-apache",
        "gcr.io/distroless/static",
        "scratch",
        "rockylinux:9",
    ),
    *(
        "mcr.microsoft.com/dotnet/sdk:10.0",
        "mcr.microsoft.com/dotnet/aspnet:10.0",
        "dhi.io/node:24-debian13",
        "dhi.io/node:20",
    ),
    *(
        "registry.example.com/team/app:1",
        "arm64v8/node:24",
        "node:24@sha256:" + "ab" * 32,
        "tomcat:10.1-jre21",
        "postgres:17",
    ),
    *("${BASE}", "node:${TAG}", "python:$PYTHON-slim", "${REGISTRY}/node:24-alpine", "golang:${GO:-1.26}-alpine"),
)
ARGUMENTS = (
    *("ARG BASE=node:24-alpine", 'ARG BASE="python:3.13-slim"', "ARG TAG=24-alpine", "ARG TAG='24'", "ARG PYTHON=3.13"),
    *("ARG PYTHON=3.13.2", "ARG REGISTRY=docker.io/library", "ARG BASE", "ARG GO=1.26 TAG=22-slim", "# a comment"),
)
BODY = (
    *("WORKDIR /app", "COPY . .", "COPY --chown=node:node a b /srv/", "RUN npm ci", "RUN apk add --no-cache git make"),
    *(
        "RUN CGO_ENABLED=0 go build -o /out/app .",
        "RUN go build -o /out/app .",
        "RUN pip install -r r.txt",
        "ENV A=b",
        "ARG TAG",
    ),
    *(
        "COPY --from=0 /out/app /app",
        "COPY --from=build /app /app",
        "COPY --from=ghcr.io/astral-sh/uv:0.12 /uv /bin/uv",
    ),
    *(
        "USER node",
        "USER 1000",
        "EXPOSE 80",
        "EXPOSE 3000",
        'CMD ["node", "app.js"]',
        "CMD npm start",
        'ENTRYPOINT ["/app"]',
    ),
    *(
        'CMD ["python", "a.py"]',
        "HEALTHCHECK CMD curl localhost",
        "ONBUILD RUN npm ci",
        "VOLUME /data",
        "ENV PATH=/x:$PATH",
    ),
    *(
        "RUN <<EOF\nFROM node:20\necho hi\nEOF",
        "COPY <<X /f\nFROM python:3.8\nX",
        "RUN a \\\n  && b",
        "RUN a \\\n# note\n  b",
    ),
    *(
        "RUN useradd -m app && mkdir /data && chown app /data",
        "RUN groupadd -r web && \\\n    useradd -r -g web web",
        "RUN adduser -D -u 1001 app # user",
        "USER app",
        "user web:web",
        "USER root",
        "USER 1001",
        "COPY --chown=app:app . /srv",
        "copy --chown=web --link a b/",
    ),
    *(
        "RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \\\n  && rm -rf /var/lib/apt/lists/*",
        "RUN apt-get install -y curl=7.88.1 git && \\\n# why\n  git clone https://example.com/x",
        "RUN apk add --no-cache tzdata bash",
        "run yum install -y tar",
        "RUN pip install -r requirements.txt",
        "RUN curl -fsS https://example.com/x | tar xz",
        "RUN go build -o /out/app .",
    ),
    *(
        "RUN mkdir -p /srv/x && chmod 755 /srv/x",
        "RUN chmod +x /start.sh",
        "COPY start.sh /start.sh",
        "COPY --chown=www-data . .",
        "# hadolint ignore=DL3008",
        "# dhi-migrate: ignore=DHI301 -- known",
        "# dhi-migrate: ignore=DHI4,DHI9",
        'SHELL ["/bin/bash", "-c"]',
    ),
    *(
        'ENTRYPOINT ["tini", "--"]',
        'ENTRYPOINT ["gosu", "app", "node", "x.js"]',
        'CMD ["nginx", "-g", "daemon off;"]',
        "CMD nginx -g 'daemon off;'",
        'CMD ["sh", "-c", "node app.js"]',
        'CMD ["/usr/local/bin/node", "app.js"]',
        'CMD ["app.js"]',
        "HEALTHCHECK --interval=5s CMD curl -f http://localhost:3000/ || exit 1",
        "healthcheck CMD node check.js",
        "ENV LANG=en_US.UTF-8 HOME=/root",
        "COPY --from=build /usr/local/lib/python3.13/site-packages /usr/local/lib/python3.13/site-packages",
        "WORKDIR /root/",
    ),
    *("RUN --mount=from=nginx:1.30,target=/n true", "LABEL a=b", "STOPSIGNAL SIGQUIT", "workdir\t/tabs", ""),
)
NAMES = ("", " AS build", " as base", "\tAS\tnode", " AS build-2")
FLAGS = ("", "--platform=$BUILDPLATFORM ", "--platform=linux/amd64 ", "--platform=linux/arm/v7 ")


@st.composite
def dockerfiles(draw: st.DrawFn) -> bytes:
    """A file of one to four stages; the later ones may be built on earlier ones."""
    lines = draw(st.lists(st.sampled_from(ARGUMENTS), max_size=4))
    for number in range(draw(st.integers(1, 4))):
        bases = BASES if number == 0 else (*BASES, "build", "base", "node")
        keyword = draw(st.sampled_from(("FROM ", "from\t", "FROM \\\n  ")))
        lines.append(
            keyword + draw(st.sampled_from(FLAGS)) + draw(st.sampled_from(bases)) + draw(st.sampled_from(NAMES))
        )
        lines.extend(draw(st.lists(st.sampled_from(BODY), max_size=6)))
    text = "\n".join(lines) + draw(st.sampled_from(("\n", "")))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return draw(st.sampled_from((b"", b"\xef\xbb\xbf"))) + text.encode()


def fix(data: bytes, *, unsafe: bool) -> Migration:
    """Fix `data` in memory."""
    return fix_source("Dockerfile", data, catalog(), SETTINGS, unsafe=unsafe)


def errors(report: FileReport) -> Counter[str]:
    """How many errors of each rule a report has."""
    return Counter(finding.rule for finding in report.findings if finding.severity == "error")


@settings(deadline=None, max_examples=150)
@given(dockerfiles(), st.booleans())
def test_fixing_twice_is_fixing_once(data: bytes, unsafe: bool) -> None:
    once = fix(data, unsafe=unsafe)
    assert unsafe or once.problem is None
    assert fix(once.data, unsafe=unsafe).data == once.data


@settings(deadline=None, max_examples=150)
@given(dockerfiles(), st.booleans())
def test_a_fixed_file_parses_and_has_no_more_errors_than_before(data: bytes, unsafe: bool) -> None:
    migration = fix(data, unsafe=unsafe)
    assert errors(migration.after) - errors(migration.before) == Counter()
    if parse(data).ok:
        assert parse(migration.data).ok


@settings(deadline=None, max_examples=150)
@given(dockerfiles(), st.booleans())
def test_bytes_outside_of_the_edits_are_unchanged(data: bytes, unsafe: bool) -> None:
    migration = fix(data, unsafe=unsafe)
    if not migration.applied:
        assert migration.data == data
        return
    first = [
        edit
        for finding in migration.before.findings
        for one in finding.fixes
        if one in migration.applied
        for edit in one.edits
    ]
    if {one for finding in migration.before.findings for one in finding.fixes} >= set(migration.applied):
        assert migration.data == apply_edits(data, first)


def endings(data: bytes) -> set[bytes]:
    """The kinds of line endings in `data`."""
    bare = data.count(b"\n") - data.count(b"\r\n")
    return {kind for kind, there in ((b"\r\n", b"\r\n" in data), (b"\n", bare > 0)) if there}


@settings(deadline=None, max_examples=150)
@given(dockerfiles(), st.booleans())
def test_the_mark_and_the_line_endings_stay(data: bytes, unsafe: bool) -> None:
    fixed = fix(data, unsafe=unsafe).data
    assert fixed.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
    assert endings(fixed) <= endings(data)
    assert fixed.endswith(b"\n") == data.endswith(b"\n")


@settings(deadline=None, max_examples=150)
@given(dockerfiles(), st.booleans())
def test_every_reference_that_is_written_is_a_tag_of_the_catalog(data: bytes, unsafe: bool) -> None:
    migration = fix(data, unsafe=unsafe)
    spelling = Spelling(SETTINGS.registry)
    before = {stage.base for stage in migration.before.stages}
    for stage in migration.after.stages:
        if stage.base in before or stage.match != "hardened":
            continue
        reference = parse_reference(stage.base)
        name = spelling.read(reference)
        assert name is not None
        assert reference.tag is not None
        assert catalog().find(name.name, reference.tag) is not None
    for stage in (*migration.before.stages, *migration.after.stages):
        for written in (*([stage.target] if stage.target else []), *stage.alternatives):
            reference = parse_reference(written)
            name = spelling.read(reference)
            assert name is not None
            assert reference.tag is not None
            assert catalog().find(name.name, reference.tag) is not None


def kept(instruction: Instruction) -> tuple[object, ...]:
    """An instruction without what a swap may change: the base of FROM, the value of ARG, the value of --from."""
    if instruction.keyword == "FROM":
        return ("FROM", instruction.values[1:], tuple(flag.text for flag in instruction.flags))
    if instruction.keyword == "ARG":
        return ("ARG", tuple(value.partition("=")[0] for value in instruction.values))
    flags = tuple(flag.text for flag in instruction.flags if flag.name != "from")
    return (instruction.keyword, instruction.values, flags, tuple(one.content for one in instruction.heredocs))


@settings(deadline=None, max_examples=150)
@given(dockerfiles())
def test_safe_fixes_keep_the_stages_and_what_no_edit_is_about(data: bytes) -> None:
    migration = fix(data, unsafe=False)
    before, after = parse(data), parse(migration.data)

    def stages(dockerfile: Dockerfile) -> list[tuple[object, ...]]:
        return [kept(one) for one in dockerfile.instructions if one.keyword == "FROM"]

    assert stages(before) == stages(after)
    if all(fix.title.startswith("Use dhi.io/") and "," not in fix.title for fix in migration.applied):
        assert [kept(one) for one in before.instructions] == [kept(one) for one in after.instructions]
        assert [comment.text for comment in before.comments] == [comment.text for comment in after.comments]


@settings(deadline=None, max_examples=150)
@given(dockerfiles())
def test_safe_fixes_touch_no_stage_that_is_not_called_safe(data: bytes) -> None:
    migration = fix(data, unsafe=False)
    for before, after in zip(migration.before.stages, migration.after.stages, strict=True):
        if not before.safe:
            assert before.base == after.base


@settings(deadline=None, max_examples=300)
@given(dockerfiles())
def test_safe_fixes_never_ship_a_build_image(data: bytes) -> None:
    migration = fix(data, unsafe=False)
    graph = build_graph(parse(migration.data))
    if graph.target is None or migration.data == data:
        return
    root = graph.chain(graph.target)[0]
    text = root.base.reference.text
    before = build_graph(parse(data)).stages[root.index].base.reference.text
    if text is None or root.base.kind != "image" or text == before:
        return
    reference = parse_reference(text)
    name = Spelling(SETTINGS.registry).read(reference)
    if name is not None and reference.tag is not None:
        definition = catalog().find(name.name, reference.tag)
        assert definition is not None
        assert definition.variant == "runtime"

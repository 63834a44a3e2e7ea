"""What holds of every file that is split: checked on Dockerfiles put together from lines as projects write them.

The files have one or several stages, a language, a start, and what real ones have beside: packages, users, odd formatting.
"""

from __future__ import annotations

import posixpath
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.dockerfile import Dockerfile, Stage, build_graph, parse
from dhi_migrate.dockerfile.details import Copy
from dhi_migrate.migrate.levels import BREAKS, finished, migrate_source
from dhi_migrate.migrate.outcome import Migration, Refusal
from dhi_migrate.migrate.split import split_stage
from dhi_migrate.rules.engine import check_source
from dhi_migrate.rules.verdict import judge
from dhi_migrate.settings import Settings

SETTINGS = Settings()
EXAMPLES = 60


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


# The lines of each language: bases, installations, builds, starts. A start names a program that the lines before it make.
LANGUAGES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "python": (
        ("python:3.13-slim", "python:3.12", "python:3.13-alpine", "docker.io/library/python:3.12-slim-bookworm"),
        (
            *(
                "COPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt",
                "RUN pip install flask gunicorn",
            ),
            *("RUN python -m pip install --upgrade pip && \\\n    pip3 install --user -r requirements.txt",),
            *("RUN --mount=type=cache,target=/root/.cache/pip \\\n  pip install .",),
            *("RUN <<EOF\npip install flask\nmkdir -p /app/data\nEOF",),
        ),
        ('CMD ["python", "app.py"]', "CMD gunicorn -b 0.0.0.0:8000 app:app", 'ENTRYPOINT ["python"]\nCMD ["app.py"]'),
    ),
    "node": (
        ("node:24-alpine", "node:22-slim", "node:24", "node:20-bookworm"),
        (
            *("COPY package*.json ./\nRUN npm ci --omit=dev", "RUN npm install && npm cache clean --force"),
            *("RUN corepack enable && pnpm install --prod", "RUN yarn install --production\nRUN yarn build"),
            *("RUN mkdir -p data \\\n  # where the uploads go\n  && npm install",),
        ),
        ('CMD ["node", "server.js"]', "CMD node server.js", 'ENTRYPOINT ["node", "dist/main.js"]'),
    ),
    "go": (
        ("golang:1.26", "golang:1.26-alpine"),
        (
            *("RUN CGO_ENABLED=0 go build -o /usr/local/bin/app ./cmd/app", "RUN go build -v -o /usr/local/bin/app"),
            "ENV CGO_ENABLED=0\nRUN go mod download \\\n    && go build -trimpath -o /usr/local/bin/app .",
        ),
        ('CMD ["app"]', 'ENTRYPOINT ["/usr/local/bin/app"]\nCMD ["--port", "8080"]'),
    ),
    "ruby": (
        ("ruby:3.4-slim", "ruby:3.3"),
        ("COPY Gemfile Gemfile.lock ./\nRUN bundle install --jobs 4", "RUN gem install sinatra rackup puma"),
        ('CMD ["bundle", "exec", "puma"]', 'CMD ["ruby", "app.rb"]'),
    ),
    "java": (
        ("eclipse-temurin:21", "eclipse-temurin:17-jdk"),
        ("RUN ./mvnw -q package", "RUN javac -d out src/Main.java"),
        ('CMD ["java", "-jar", "target/app.jar"]', 'ENTRYPOINT ["java", "-cp", "out", "Main"]'),
    ),
}
PACKAGES = (
    "RUN apt-get update && apt-get install -y --no-install-recommends \\\n    curl \\\n    && rm -rf /var/lib/apt/lists/*",
    "RUN apk add --no-cache curl",
    "RUN apt-get update\nRUN apt-get install -y build-essential",
    "RUN apk --no-cache add tzdata",
)
BESIDE = (
    *(
        "",
        "",
        "\n",
        "# a comment",
        "# one\n# and another",
        "EXPOSE 8080",
        "# the port\nEXPOSE 8080/tcp 8081/udp",
        "VOLUME /data",
    ),
    *(
        'LABEL org.opencontainers.image.title="notes" \\\n      version=1',
        "MAINTAINER A. Person <a@example.com>",
        "STOPSIGNAL SIGINT",
    ),
    *(
        "ENV NODE_ENV=production",
        "ENV TZ=UTC \\\n    LANG=C.UTF-8",
        "ARG REVISION=dev\nENV REVISION=$REVISION",
        "ARG UNUSED",
    ),
    *(
        "ENV HOME_DIR=/srv/notes\nRUN mkdir -p $HOME_DIR && touch $HOME_DIR/notes.db",
        "RUN mkdir -p /data /var/lib/notes",
    ),
    *(
        "HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1",
        "RUN useradd -m app && chown -R app /app\nUSER app",
        "USER 1000:1000",
    ),
    *(
        "COPY --from=tools /opt/tool /opt/tool",
        "ADD --chown=1000:1000 static /app/static",
        "COPY <<CONF /app/app.ini\nx = 1\nCONF",
    ),
    *(
        "RUN echo hello > /app/motd",
        "RUN ln -s /app/a /app/b",
        "WORKDIR /app/sub",
        "workdir /app",
        "COPY ./config/ /etc/notes/",
    ),
    *("RUN wget -O /usr/local/bin/x https://example.com/x && chmod +x /usr/local/bin/x", "ENV PATH=/app/bin:$PATH"),
)


@st.composite
def dockerfiles(draw: st.DrawFn) -> bytes:
    """A Dockerfile of one language, the stage that ships built on another one or not."""
    bases, installs, starts = LANGUAGES[draw(st.sampled_from(sorted(LANGUAGES)))]
    base = draw(st.sampled_from(bases))
    beside = st.lists(st.sampled_from(BESIDE), max_size=3)
    head = ["FROM alpine:3.24 AS tools", "RUN mkdir -p /opt/tool", ""] if draw(st.booleans()) else []
    body = ["WORKDIR /app" if draw(st.booleans()) else "WORKDIR /usr/src/app", *draw(beside)]
    if draw(st.integers(0, 2)) == 0:
        system = "apk" if "alpine" in base else "apt-get"
        body.append(draw(st.sampled_from([one for one in PACKAGES if system in one])))
    body += ["COPY . .", draw(st.sampled_from(installs)), *draw(beside)]
    if draw(st.integers(0, 2)) == 0:
        lines = [f"FROM {base} AS base", *body, "", "# what ships", "FROM base AS final"]
        lines += draw(st.sampled_from(([], ["COPY . ."], ["WORKDIR /app", "RUN mkdir -p more", "COPY docs docs"])))
    else:
        lines = [f"FROM {base}" + draw(st.sampled_from(("", " AS app", "  as  app"))), *body]
    lines += [*draw(beside), draw(st.sampled_from(starts))]
    text = "\n".join([*head, *lines]) + draw(st.sampled_from(("\n", "", "\n\n")))
    if draw(st.integers(0, 5)) == 0:
        text = text.replace("\n", "\r\n")
    return text.encode()


def migrated(data: bytes) -> Migration:
    return migrate_source("Dockerfile", data, catalog(), SETTINGS, unsafe=True)


def shipped(dockerfile: Dockerfile) -> tuple[list[Stage], Stage]:
    """All stages, and the one that ships."""
    graph = build_graph(dockerfile)
    assert graph.target is not None
    return list(graph.stages), graph.stages[graph.target]


def lines_of(data: bytes) -> list[bytes]:
    return [line.rstrip(b"\r\n") for line in data.splitlines(keepends=True)]


def is_subsequence(part: list[bytes], whole: list[bytes]) -> bool:
    rest = iter(whole)
    return all(any(line == one for one in rest) for line in part)


@given(dockerfiles())
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_is_done_parses_is_clean_and_stays_so(data: bytes) -> None:
    migration = migrated(data)
    assert parse(migration.data).ok
    if migration.level is None:
        return
    report = check_source("Dockerfile", migration.data, catalog(), SETTINGS)
    assert finished(report, BREAKS if migration.level != "dev" else frozenset()) is None
    assert migrated(migration.data).data == migration.data


# What is put into a build stage, and words of lines that are taken apart: a name for the stage, users, what is given to them.
INSERTED = (b"RUN python -m venv /opt/venv", b'ENV PATH="/opt/venv/bin:$PATH"', b"ENV VIRTUAL_ENV=/opt/venv PATH=")
CHANGED = (b"FROM ", b"useradd", b"chown")


@given(dockerfiles())
@settings(max_examples=2 * EXAMPLES, deadline=None)
def test_the_lines_of_the_build_stay_as_they_are(data: bytes) -> None:
    rewrite = split_stage(judge(data, catalog(), SETTINGS, None))
    if isinstance(rewrite, Refusal):
        return
    own = [line.replace(b" --user", b"") for line in lines_of(data) if line.strip()]
    after = parse(rewrite.data)
    assert after.ok
    build = lines_of(rewrite.data[: shipped(after)[1].instruction.span.start])
    kept = [line for line in build if line.strip() and not line.startswith(INSERTED)]
    assert is_subsequence([line for line in kept if not any(word in line for word in CHANGED)], own)
    ending = b"\r\n" if b"\r\n" in data else b"\n"
    assert rewrite.data.count(b"\n") == rewrite.data.count(ending)
    assert rewrite.data.endswith(b"\n") == data.endswith(b"\n")


@given(dockerfiles())
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_the_runtime_takes_is_there(data: bytes) -> None:
    migration = migrated(data)
    if migration.level != "split":
        return
    stages, last = shipped(parse(migration.data))
    names = {(stage.name or "").lower(): stage for stage in stages}
    for instruction in last.instructions:
        detail = instruction.detail
        if not isinstance(detail, Copy) or detail.from_ is None or (detail.from_.value or "") == "tools":
            continue
        maker = names[(detail.from_.value or "").lower()]
        chain = [maker]
        while chain[-1].base.stage is not None:
            chain.append(stages[chain[-1].base.stage])
        text = "\n".join(
            "\n".join([one.original, *(document.content for document in one.heredocs)])
            for stage in chain
            for one in stage.instructions
        )
        for word in detail.sources:
            assert made_by(word.text, text), (word.text, text)


def made_by(path: str, text: str) -> bool:
    """Whether the words of `text` name `path`, something in it, or what stands for it; gems have a place of their own."""
    names = {path, path.lstrip("/")}
    folder, name = posixpath.split(path)
    return (
        any(one in text for one in names)
        or (f"{folder}/" in text and name in text)
        or (path == "/usr/local/bundle" and ("bundle" in text or "gem " in text))
        or (path == "/usr/share/zoneinfo" and "tzdata" in text)
    )


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_plain_file_of_each_language_is_split(language: str) -> None:
    bases, installs, starts = LANGUAGES[language]
    data = f"FROM {bases[0]}\nWORKDIR /srv/app\nCOPY . .\n{installs[0]}\n{starts[0]}\n".encode()
    migration = migrated(data)
    assert migration.level == "split"
    stages, last = shipped(parse(migration.data))
    assert [stage.name for stage in stages] == ["build", None]
    assert {one.keyword for one in last.instructions} <= {"ENV", "WORKDIR", "COPY", "CMD", "ENTRYPOINT"}

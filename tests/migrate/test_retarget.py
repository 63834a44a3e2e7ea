"""From a bare operating system to the official image of the language: whole texts before and after, and why not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dhi_migrate import Catalog, Settings, migrate, open_context, parse
from dhi_migrate.catalog.resolve import resolve
from dhi_migrate.migrate.outcome import Refusal, Rewrite
from dhi_migrate.migrate.retarget import MAX_STAGES, retarget
from dhi_migrate.migrate.retarget_edits import MAX_WORDS
from dhi_migrate.migrate.retarget_tables import CODENAMES, MAX_NAME, VERSIONS, is_module, is_python2, language_of
from dhi_migrate.rules.verdict import judge

CASES = Path(__file__).parents[1] / "fixtures" / "migrate"


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def found(text: str | bytes) -> Rewrite | Refusal | None:
    data = text if isinstance(text, bytes) else text.encode()
    return retarget(judge(data, catalog(), Settings(), None))


def rewritten(text: str) -> Rewrite:
    """The rewriting, of which a second run makes nothing more; the test fails where there is none."""
    rewrite = found(text)
    assert isinstance(rewrite, Rewrite), rewrite
    assert rewrite.level == "runtime"
    assert parse(rewrite.data).ok
    assert found(rewrite.data) is None
    return rewrite


REWRITES = {
    "an Ubuntu release is the Python that it packs, the line that only installs it goes, and the flag with it": (
        """\
FROM ubuntu:24.04
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update -y && apt-get install -y python3 python3-pip python3-venv \\
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt .
RUN pip3 install --no-cache-dir --break-system-packages -r requirements.txt
COPY . .
CMD ["python3", "-m", "flask", "run"]
""",
        """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip3 install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python3", "-m", "flask", "run"]
""",
    ),
    "other packages stay in the line": (
        """\
FROM debian:12-slim
RUN apt-get update \\
 && apt-get install -y --no-install-recommends \\
      python3 \\
      ca-certificates \\
      python3-pip \\
      git \\
      python3-venv \\
 && rm -rf /var/lib/apt/lists/*
COPY . /app
CMD ["python3", "/app/main.py"]
""",
        """\
FROM python:3.11-slim-bookworm
RUN apt-get update \\
 && apt-get install -y --no-install-recommends \\
      ca-certificates \\
      git \\
 && rm -rf /var/lib/apt/lists/*
COPY . /app
CMD ["python3", "/app/main.py"]
""",
    ),
    "a comment between the packages stays, the line of the package goes": (
        """\
FROM debian:13
RUN apt-get update && apt-get install -y \\
    # the interpreter
    python3 \\
    # to clone
    git \\
    && rm -rf /var/lib/apt/lists/*
COPY . /app
CMD ["python3", "/app/main.py"]
""",
        """\
FROM python:3.13-slim-trixie
RUN apt-get update && apt-get install -y \\
    # the interpreter
    # to clone
    git \\
    && rm -rf /var/lib/apt/lists/*
COPY . /app
CMD ["python3", "/app/main.py"]
""",
    ),
    "paths and names of the distribution become the usual ones": (
        """\
FROM alpine:3.22
RUN apk add --no-cache nodejs npm
COPY . /srv
RUN cd /srv && /usr/bin/npm ci
HEALTHCHECK CMD /usr/bin/node /srv/health.js
ENTRYPOINT ["/usr/bin/node", "/srv/index.js"]
""",
        """\
FROM node:22-alpine3.22
COPY . /srv
RUN cd /srv && npm ci
HEALTHCHECK CMD node /srv/health.js
ENTRYPOINT ["node", "/srv/index.js"]
""",
    ),
    "links and alternatives of the interpreter go": (
        """\
FROM alpine:3.21
RUN apk add --no-cache python3 py3-pip && ln -sf /usr/bin/python3 /usr/bin/python && ln -sf pip3 /usr/bin/pip
RUN python3 -m ensurepip
RUN rm -f /usr/lib/python3.12/EXTERNALLY-MANAGED && pip install --no-cache-dir flask
COPY app.py /
CMD python /app.py
""",
        """\
FROM python:3.12-alpine3.21
RUN pip install --no-cache-dir flask
COPY app.py /
CMD python /app.py
""",
    ),
    "a name for packages that go, goes where they are deleted": (
        """\
FROM alpine:3.23
RUN apk add --no-cache python3
RUN apk add --no-cache --virtual .pip py3-pip \\
 && pip3 install requests \\
 && apk del .pip
COPY run.py /
CMD ["python3", "-u", "/run.py"]
""",
        """\
FROM python:3.12-alpine3.23
RUN pip3 install requests
COPY run.py /
CMD ["python3", "-u", "/run.py"]
""",
    ),
    "headers of the interpreter go where they are deleted, compilers stay": (
        """\
FROM alpine:3.20
RUN apk add --no-cache python3 py3-pip gcc musl-dev python3-dev \\
 && pip3 install --break-system-packages gevent \\
 && apk del gcc musl-dev python3-dev
COPY run.py /
CMD ["python3", "/run.py"]
""",
        """\
FROM python:3.12-alpine3.20
RUN apk add --no-cache gcc musl-dev \\
 && pip3 install gevent \\
 && apk del gcc musl-dev
COPY run.py /
CMD ["python3", "/run.py"]
""",
    ),
    "Java is of the version that its package names, and JAVA_HOME goes": (
        """\
FROM debian:bookworm-slim
ENV LANG=C.UTF-8 JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64 TZ=UTC
RUN mkdir -p /usr/share/man/man1 && apt-get update && apt-get install -y openjdk-17-jre-headless
COPY app.jar /app.jar
CMD ["java", "-jar", "/app.jar"]
""",
        """\
FROM eclipse-temurin:17-jre
ENV LANG=C.UTF-8 TZ=UTC
COPY app.jar /app.jar
CMD ["java", "-jar", "/app.jar"]
""",
    ),
    "default-jre is the Java of the release": (
        """\
FROM ubuntu:22.04
RUN apt-get update && apt-get install -y default-jre-headless
COPY app.jar /app.jar
ENTRYPOINT exec java $JAVA_OPTS -jar /app.jar
""",
        """\
FROM eclipse-temurin:11-jre
COPY app.jar /app.jar
ENTRYPOINT exec java $JAVA_OPTS -jar /app.jar
""",
    ),
    "a stage that compiles keeps the JDK": (
        """\
FROM ubuntu:24.04 AS build
RUN apt-get update && apt-get install -y openjdk-21-jdk-headless
COPY Main.java .
RUN javac Main.java

FROM ubuntu:24.04
RUN apt-get update && apt-get install -y openjdk-21-jre-headless
COPY --from=build Main.class /srv/
WORKDIR /srv
CMD ["java", "Main"]
""",
        """\
FROM eclipse-temurin:21-jdk AS build
COPY Main.java .
RUN javac Main.java

FROM eclipse-temurin:21-jre
COPY --from=build Main.class /srv/
WORKDIR /srv
CMD ["java", "Main"]
""",
    ),
    "Maven of the distribution is the image of Maven": (
        """\
FROM debian:12 AS build
RUN apt-get update && apt-get install -y openjdk-17-jdk maven
WORKDIR /src
COPY . .
RUN mvn -B package

FROM debian:12-slim
RUN apt-get update && apt-get install -y openjdk-17-jre-headless
COPY --from=build /src/target/app.jar /app.jar
CMD ["java", "-jar", "/app.jar"]
""",
        """\
FROM maven:3-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -B package

FROM eclipse-temurin:17-jre
COPY --from=build /src/target/app.jar /app.jar
CMD ["java", "-jar", "/app.jar"]
""",
    ),
    "the build stage goes along, a stage in between does not": (
        """\
FROM ubuntu:22.04 AS venv
RUN apt-get update && apt-get install -y python3-venv
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install gunicorn

FROM node:24-slim AS assets
RUN npm --version

FROM ubuntu:22.04
RUN apt-get update && apt-get install -y python3
COPY --from=venv /opt/venv /opt/venv
COPY --from=assets /etc/hostname /assets
CMD ["/opt/venv/bin/gunicorn", "app:app"]
""",
        """\
FROM python:3.10-slim AS venv
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install gunicorn

FROM node:24-slim AS assets
RUN npm --version

FROM python:3.10-slim
COPY --from=venv /opt/venv /opt/venv
COPY --from=assets /etc/hostname /assets
CMD ["/opt/venv/bin/gunicorn", "app:app"]
""",
    ),
    "stages that are built on each other share the image": (
        """\
FROM debian:trixie AS base
RUN apt-get update && apt-get install -y python3 python3-pip
FROM base AS test
RUN pip3 install --break-system-packages pytest
FROM base
COPY . /app
CMD ["python3", "/app"]
""",
        """\
FROM python:3.13-slim-trixie AS base
FROM base AS test
RUN pip3 install pytest
FROM base
COPY . /app
CMD ["python3", "/app"]
""",
    ),
    "Ruby, and bundler as everybody calls it": (
        """\
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y ruby ruby-dev bundler build-essential
WORKDIR /app
COPY . .
RUN bundler install
CMD ["bundle", "exec", "rackup"]
""",
        """\
FROM ruby:3.3-slim-trixie
RUN apt-get update && apt-get install -y build-essential
WORKDIR /app
COPY . .
RUN bundle install
CMD ["bundle", "exec", "rackup"]
""",
    ),
    "PHP of the command line": (
        """\
FROM alpine:3.22
RUN apk add --no-cache php84 php84-phar php84-mbstring
COPY . /app
CMD ["php84", "/app/run.php"]
""",
        """\
FROM php:8.4-cli-alpine3.22
COPY . /app
CMD ["php", "/app/run.php"]
""",
    ),
    "a program that pip installs starts it": (
        """\
FROM alpine:latest
RUN apk add --no-cache py3-pip && pip3 config set global.break-system-packages true && pip3 install visidata
ENTRYPOINT ["vd"]
""",
        """\
FROM python:3.14-alpine3.24
RUN pip3 install visidata
ENTRYPOINT ["vd"]
""",
    ),
    "a release that ended goes to the next version": (
        """\
FROM ubuntu:20.04
RUN apt update && apt install -y python3.8 python3-pip git
RUN python3.8 -m pip install flask
COPY app.py /
CMD ["/usr/bin/python3.8", "/app.py"]
""",
        """\
FROM python:3.8-slim
RUN apt update && apt install -y git
RUN python3 -m pip install flask
COPY app.py /
CMD ["python3", "/app.py"]
""",
    ),
    "lists that a later RUN needs stay": (
        """\
FROM debian:12
RUN apt-get update
RUN apt-get install -y python3
RUN apt-get install -y git
COPY a.py /
CMD ["python3", "/a.py"]
""",
        """\
FROM python:3.11-slim-bookworm
RUN apt-get update
RUN apt-get install -y git
COPY a.py /
CMD ["python3", "/a.py"]
""",
    ),
    "line endings, mirrors, digests and platforms stay or go with the reference": (
        "FROM --platform=linux/amd64 mirror.gcr.io/library/alpine:3.23.1"
        "@sha256:28bd5fe8b56d1bd048e5babf5b10710ebe0bae67db86916198a6eec434943f8b AS final\r\n"
        "RUN set -eux; apk add --no-cache nodejs\r\n"
        "COPY s.js /\r\n"
        'CMD ["node", "/s.js"]',
        'FROM --platform=linux/amd64 node:24-alpine3.23 AS final\r\nCOPY s.js /\r\nCMD ["node", "/s.js"]',
    ),
    "a heading stays where something else stands under it": (
        """\
FROM debian:12

# tools of the image
RUN apt-get update && apt-get install -y python3
RUN useradd app

# Python comes from the distribution
RUN echo ready
COPY a.py /
CMD ["python3", "/a.py"]
""",
        """\
FROM python:3.11-slim-bookworm

# tools of the image
RUN useradd app

# Python comes from the distribution
RUN echo ready
COPY a.py /
CMD ["python3", "/a.py"]
""",
    ),
    "nothing is left of two RUN between empty lines": (
        """\
FROM alpine:3.24

# Node.js
RUN apk update
RUN apk add nodejs-current

COPY s.js /
CMD ["node", "/s.js"]
""",
        """\
FROM node:26-alpine3.24

COPY s.js /
CMD ["node", "/s.js"]
""",
    ),
    "a setting of pip goes": (
        """\
FROM debian:12
ENV PIP_BREAK_SYSTEM_PACKAGES=1 \\
    PYTHONUNBUFFERED=1
RUN apt-get update && apt-get install -y python3-pip && rm -rf /var/lib/apt/lists/*
RUN pip install flask
COPY a.py /
CMD ["python3", "/a.py"]
""",
        """\
FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1
RUN pip install flask
COPY a.py /
CMD ["python3", "/a.py"]
""",
    ),
}


@pytest.mark.parametrize("name", REWRITES)
def test_the_text_in_upstream_terms(name: str) -> None:
    before, after = REWRITES[name]
    assert rewritten(before).data.decode() == after


REFUSALS = {
    "NodeSource": (
        """\
FROM ubuntu:22.04
RUN apt-get update && apt-get install -y curl \\
 && curl -fsSL https://deb.nodesource.com/setup_22.x | bash - \\
 && apt-get install -y nodejs
CMD ["node", "s.js"]
""",
        3,
        "packages come from NodeSource: put node:22 in FROM, and take the installation of Node.js out",
    ),
    "NodeSource beside Python": (
        """\
FROM debian:12
RUN apt-get update && apt-get install -y python3 curl
RUN curl -fsSL https://deb.nodesource.com/setup_22.x | bash - && apt-get install -y nodejs
CMD ["python3", "s.py"]
""",
        3,
        "packages come from NodeSource: do what needs Node.js in a stage on the official image node, and run "
        "Python on its own image",
    ),
    "a PPA": (
        """\
FROM ubuntu:22.04
RUN apt-get update && apt-get install -y software-properties-common
RUN add-apt-repository -y ppa:deadsnakes/ppa && apt-get install -y python3.12 python3.12-venv
RUN python3.12 -m venv .venv
CMD [".venv/bin/python", "main.py"]
""",
        3,
        "packages come from a repository for Ubuntu (PPA): put python:3.12 in FROM, and take the "
        "installation of Python out",
    ),
    "a repository of Alpine": (
        """\
FROM alpine:3.22
RUN apk add --no-cache --repository=https://dl-cdn.alpinelinux.org/alpine/edge/main nodejs
CMD ["node", "s.js"]
""",
        2,
        "packages come from a repository that the file adds: put the official image node in FROM, and take "
        "the installation of Node.js out",
    ),
    "a module of the system's Python": (
        """\
FROM debian:12
RUN apt-get update && apt-get install -y python3 python3-psycopg2
CMD ["python3", "s.py"]
""",
        2,
        "python3-psycopg2 belongs to the Python of Debian 12, and python:3.11-slim-bookworm has one of its "
        "own: install it with the package manager of the language",
    ),
    "a library of Ubuntu": (
        """\
FROM ubuntu:24.04
RUN apt-get update && apt-get install -y python3 \\
    git ffmpeg
CMD ["python3", "s.py"]
""",
        2,
        "ffmpeg is a package of Ubuntu, and python:3.12-slim is Debian: see whether that has the same, and "
        "put python:3.12-slim in FROM",
    ),
    "a package that Debian has no more": (
        """\
FROM ubuntu:24.04
RUN apt-get update && apt-get install -y python3 software-properties-common
CMD ["python3", "s.py"]
""",
        2,
        "Debian 13 has no package software-properties-common: do without it, and put python:3.12-slim in FROM",
    ),
    "Python 2": (
        """\
FROM debian:stretch
RUN apt-get update && apt-get install -y python python-pip
CMD ["python", "s.py"]
""",
        2,
        "python is Python 2, which no hardened image has: port the program to Python 3 first",
    ),
    "a version without a hardened image": (
        """\
FROM debian:12
RUN apt-get update && apt-get install -y nodejs npm
CMD ["node", "s.js"]
""",
        1,
        "Debian 12 has Node.js 18, for which there is no hardened image: try the program on Node.js 22, then "
        "put node:22 in FROM",
    ),
    "a Java without a hardened image": (
        """\
FROM debian:stretch
RUN apt-get update && apt-get install -y openjdk-7-jre-headless
CMD ["java", "-version"]
""",
        1,
        "openjdk-7-jre-headless is Java 7, for which there is no hardened image: try the program on Java 8, "
        "then put eclipse-temurin:8 in FROM",
    ),
    "a tag that names no release": (
        """\
FROM ubuntu
RUN apt-get update && apt-get install -y python3
CMD ["python3", "s.py"]
""",
        1,
        "ubuntu names no release, so that its version of Python is not known: name one",
    ),
    "two releases": (
        """\
FROM ubuntu:22.04 AS venv
RUN apt-get update && apt-get install -y python3-venv && python3 -m venv /opt/venv
FROM ubuntu:24.04
RUN apt-get update && apt-get install -y python3
COPY --from=venv /opt/venv /opt/venv
CMD ["/opt/venv/bin/python", "s.py"]
""",
        1,
        "Python comes from Ubuntu 24.04 and from Ubuntu 22.04: take one release for both stages",
    ),
    "another Python than the default": (
        """\
FROM ubuntu:20.04
RUN apt-get update && apt-get install -y python3.9 python3-pip
CMD ["python3.9", "s.py"]
""",
        2,
        "python3.9 is not the Python that the other packages of Ubuntu 20.04 are for, which is 3.8: put the "
        "official image of that version in FROM, and install with its own package manager",
    ),
    "a call of another version": (
        """\
FROM debian:12
RUN apt-get update && apt-get install -y python3 python3-pip
RUN python3.13 -m pip list
CMD ["python3", "s.py"]
""",
        3,
        "python3.13 is another Python than that of the packages, which is 3.11: put the official image of "
        "the version that is meant in FROM",
    ),
    "two versions of Java": (
        """\
FROM debian:12
RUN apt-get update && apt-get install -y openjdk-17-jre default-jre openjdk-21-jre
CMD ["java", "-jar", "a.jar"]
""",
        2,
        "17 and 21 are different versions of Java: install one of them",
    ),
    "a place of the distribution": (
        """\
FROM debian:12
RUN apt-get update && apt-get install -y python3
ENV PYTHONPATH=/usr/lib/python3/dist-packages
CMD ["python3", "s.py"]
""",
        3,
        "/usr/lib/python3 is a place of the Python of Debian 12, and the image keeps its own elsewhere: let "
        "it be found by name",
    ),
    "a program by its path on Alpine": (
        """\
FROM alpine:3.22
RUN apk add --no-cache python3
COPY run /
RUN sed -i 1s,python,/usr/bin/python3, /run
CMD ["python3", "/run"]
""",
        4,
        "/usr/bin/python3 is a place of the Python of Alpine 3.22, and the image keeps its own elsewhere: "
        "let it be found by name",
    ),
    "packages that are not named": (
        """\
FROM debian:12
COPY packages.txt /
RUN apt-get update && apt-get install -y python3 $(cat /packages.txt)
CMD ["python3", "s.py"]
""",
        3,
        "what apt-get installs is not known in full",
    ),
    "an installation inside of a condition": (
        """\
FROM debian:12
RUN if [ ! -e /usr/bin/python3 ]; then apt-get update; apt-get install -y python3; fi
CMD ["python3", "s.py"]
""",
        2,
        "the commands that install the interpreter cannot be taken out of this RUN by themselves",
    ),
    "an exec form with other packages": (
        """\
FROM debian:12
RUN ["apt-get", "install", "-y", "python3", "git"]
CMD ["python3", "s.py"]
""",
        2,
        "the exec form of this RUN has to be taken apart",
    ),
    "a command that BuildKit would take for a flag": (
        """\
FROM debian:12
RUN apt-get update && apt-get install -y python3 && --mount=x echo
CMD ["python3", "s.py"]
""",
        1,
        "what is left of the commands is no Dockerfile",
    ),
    "setup.py on a Python without setuptools": (
        """\
FROM debian:13
RUN apt-get update && apt-get install -y python3 python3-setuptools
COPY . /src
RUN cd /src && python3 setup.py install
CMD ["python3", "-m", "app"]
""",
        4,
        "setup.py needs setuptools, which an environment has no more: install with pip",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_stands_in_the_way_and_what_a_person_would_do(name: str) -> None:
    text, line, why = REFUSALS[name]
    assert found(text) == Refusal("split", line, why)


NOTHING = {
    "another start": """\
FROM debian:12
RUN apt-get update && apt-get install -y python3 nginx
CMD ["nginx", "-g", "daemon off;"]
""",
    "a script": """\
FROM alpine:3.22
RUN apk add --no-cache nodejs
COPY run.sh /
CMD ["/run.sh"]
""",
    "a shell": """\
FROM alpine:3.22
RUN apk add --no-cache nodejs
CMD ["sh", "-c", "node s.js"]
""",
    "no start": """\
FROM debian:12
RUN apt-get update && apt-get install -y python3
""",
    "an official image": """\
FROM python:3.12-slim
RUN apt-get update && apt-get install -y python3-dev
CMD ["python3", "s.py"]
""",
    "an interpreter from elsewhere": """\
FROM debian:12
COPY --from=node:22-slim /usr/local/bin/node /usr/local/bin/
CMD ["node", "s.js"]
""",
    "an unknown release": """\
FROM alpine:3.2
RUN apk add --no-cache python3
CMD ["python3", "s.py"]
""",
    "a release to come": """\
FROM debian:forky
RUN apt-get update && apt-get install -y python3
CMD ["python3", "s.py"]
""",
    "a base that a variable names": """\
ARG V=24.04
FROM ubuntu:$V
RUN apt-get update && apt-get install -y python3
CMD ["python3", "s.py"]
""",
    "one architecture": """\
FROM arm32v7/debian:12
RUN apt-get update && apt-get install -y python3
CMD ["python3", "s.py"]
""",
    "a program that the file fetches": """\
FROM alpine:3.22
RUN apk add --no-cache python3 py3-pip && pip3 install awscli
ADD https://example.com/kubectl /usr/local/bin/kubectl
ENTRYPOINT ["kubectl"]
""",
    "a distribution of another kind": """\
FROM centos:7
RUN yum install -y python3
CMD ["python3", "s.py"]
""",
    "a syntax error": """\
FROM debian:12
RUN --bogus
COPY
""",
    "no stage": "",
}


@pytest.mark.parametrize("name", NOTHING)
def test_files_of_another_kind_are_left_alone(name: str) -> None:
    assert found(NOTHING[name]) is None


def test_title_and_notes_say_what_a_reader_of_the_change_has_to_know() -> None:
    text = "FROM ubuntu:{}\nRUN apt-get update && apt-get install -y python3 python3-pip\nCMD python3 a.py\n"
    new, old = rewritten(text.format("24.04")), rewritten(text.format("focal"))
    packages = "and take python3, python3-pip out of the packages"
    assert new.title == f"Put python:3.12-slim in the place of ubuntu:24.04, {packages}"
    assert new.notes == (
        "Ubuntu 24.04 has Python 3.12",
        "the system is Debian now, no longer Ubuntu",
        "python3-pip brought setuptools (pkg_resources) along, and an environment has it no more",
    )
    assert old.title == f"Put python:3.8-slim in the place of ubuntu:focal, {packages}"
    assert old.notes == (
        "Ubuntu 20.04 has Python 3.8",
        "the nearest hardened image has a newer version: see whether the dependencies are there for it",
        "the system is Debian now, no longer Ubuntu",
    )


MIGRATED = {
    "13-alpine-apk-nodejs": (
        "split",
        """\
FROM dhi.io/node:22-alpine3.22-dev AS build

WORKDIR /usr/src/app
COPY package.json ./
RUN npm install --omit=dev
COPY index.js ./

FROM dhi.io/node:22-alpine3.22
WORKDIR /usr/src/app
COPY --from=build --chown=1000:1000 /usr/src/app /usr/src/app

EXPOSE 8080
CMD ["node", "index.js"]
""",
    ),
    "14-debian-apt-jre": (
        "runtime",
        """\
FROM dhi.io/eclipse-temurin:21-debian13
COPY target/indexer.jar /srv/indexer.jar
USER nonroot
ENTRYPOINT ["java", "-jar", "/srv/indexer.jar"]
""",
    ),
    "14-ubuntu-python-two-stage": (
        "runtime",
        """\
FROM dhi.io/python:3.12-debian13-dev AS venv
RUN python3 -m venv /opt/venv
COPY constraints.txt requirements.txt /
RUN /opt/venv/bin/pip install -c /constraints.txt -r /requirements.txt

FROM dhi.io/python:3.12-debian13
COPY --from=venv /opt/venv /opt/venv
COPY cli /opt/cli
ENV PYTHONPATH=/opt
ENTRYPOINT ["/opt/venv/bin/python3", "-m", "cli"]
""",
    ),
    "14-ubuntu-python3-pip": (
        "split",
        """\
FROM dhi.io/python:3.12-debian13-dev AS build

WORKDIR /opt/scoreboard
COPY ./requirements.txt ./requirements.txt
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
RUN pip3 install --no-cache-dir -r requirements.txt
COPY . .

FROM dhi.io/python:3.12-debian13
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /opt/scoreboard
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=65532:65532 /opt/scoreboard /opt/scoreboard

EXPOSE 5000
CMD [ "python3", "-m", "flask", "run", "--host=0.0.0.0" ]
""",
    ),
}


@pytest.mark.parametrize("name", MIGRATED)
def test_the_rest_is_migrated_like_any_other_file(name: str) -> None:
    folder = CASES / name / "input"
    path, data = folder / "Dockerfile", (folder / "Dockerfile").read_bytes()
    tree = open_context(str(path), data, (str(folder),))
    rewrite = retarget(judge(data, catalog(), Settings(), tree))
    assert isinstance(rewrite, Rewrite), rewrite
    done = migrate(rewrite.data, catalog(), Settings(), unsafe=True, path="Dockerfile", tree=tree)
    assert (done.level, done.data.decode()) == MIGRATED[name]


@pytest.mark.parametrize("name", ["14-centos7-yum", "14-ubi-minimal-java", "14-ubuntu-c-two-stage"])
def test_cases_without_such_an_interpreter_are_left_alone(name: str) -> None:
    assert found((CASES / name / "input" / "Dockerfile").read_bytes()) is None


PARTS = {
    "python": """
        python3 python3.11 python3-pip python3-venv python3.12-venv python3-dev python3-minimal python3-setuptools
        python-is-python3 py3-pip libpython3-dev libpython3.11-dev
    """,
    "node": "nodejs nodejs-current nodejs-npm npm yarn",
    "java": """
        openjdk-17-jre-headless openjdk-21-jdk openjdk17-jre openjdk8 openjdk8-jre-base default-jre default-jdk-headless
        maven ca-certificates-java
    """,
    "ruby": "ruby ruby3.1 ruby-dev ruby3.3-dev ruby-full bundler ruby-bundler ruby-json",
    "php": "php php8.2-cli php-cli php83 php83-phar php8.4-mbstring",
    None: """
        python3-numpy python3-virtualenv py3-numpy python python-pip node-gyp gradle ruby-nokogiri php-redis php83-fpm
        git gcc pipx libpython2.7-dev openjfx libjna-java nodejs-doc
    """,
}


@pytest.mark.parametrize("language", PARTS)
def test_packages_that_the_official_image_stands_for(language: str | None) -> None:
    names = PARTS[language].split()
    assert {name: language_of(name) for name in names} == dict.fromkeys(names, language)


def test_packages_that_are_of_no_use_to_another_interpreter() -> None:
    for language, names in {
        "python": "python3-numpy py3-numpy python3-tk python3.11-gdbm",
        "node": "node-gyp yarnpkg",
        "java": "libjna-java",
        "ruby": "ruby-nokogiri ruby3.1-foo",
        "php": "php-redis php83-redis php8.2-gd libapache2-mod-php8.2",
    }.items():
        assert [name for name in names.split() if not is_module(name, language)] == []  # type: ignore[arg-type]
    assert [is_python2(name) for name in ("python", "python-pip", "py-pip", "python2.7", "python3")] == [True] * 4 + [
        False
    ]
    long = "python3-" + "x" * MAX_NAME
    assert (language_of(long), is_module(long, "python"), is_python2(long)) == (None, False, False)


def test_every_version_is_one_of_an_official_image() -> None:
    for (language, family), releases in VERSIONS.items():
        assert list(releases) == sorted(releases, key=lambda text: [int(part) for part in text.split(".")])
        for release, version in releases.items():
            image = {"java": "eclipse-temurin"}.get(language, language.removesuffix("-current"))
            assert resolve(catalog(), f"{image}:{version}", "build").upstream == image
            assert family != "debian" or release in CODENAMES


def test_a_file_that_is_too_large_to_be_looked_at() -> None:
    base = "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y python3\n"
    stages = "".join(f"FROM base AS s{number}\n" for number in range(MAX_STAGES))
    assert found(f"{base}{stages}CMD python3 a.py\n") is None
    words = " ".join(["x"] * MAX_WORDS)
    refusal = found(f"{base}RUN echo {words}\nCMD python3 a.py\n")
    assert refusal == Refusal("split", 3, f"this RUN has more than {MAX_WORDS} words")
